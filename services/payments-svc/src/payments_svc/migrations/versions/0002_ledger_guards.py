"""What the database itself demands of the ledger (decision 0060), in PostgreSQL's words.

`ledger_line_check` runs once for each statement that writes lines, over all of them: an entry's lines come in one statement,
number from 1, sum to zero and belong to an entry; and the balances in `encounter` are the sums of its lines. Tables are
joined row by row through their indexes, whatever the planner believes of a transition table, so that the cost is that of
the lines written, not of those stored. `ledger_entry_check` is deferred to the commit: no entry is without lines.
The rights (select, insert) forbid changing, deleting, locking and truncating.
"""

from alembic import op

revision, down_revision = "0002", "0001"

LEDGER_LINE_CHECK = """
create function ledger_line_check() returns trigger language plpgsql
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    broken record;
begin
    select organisation_id, entry_id into broken from written group by organisation_id, entry_id
    having sum(amount_cents) <> 0 or min(line) <> 1 or max(line) <> count(*)
        or not exists (
            select from ledger_entry e where e.organisation_id = written.organisation_id and e.entry_id = written.entry_id
        )
    limit 1;
    if found then
        raise exception 'ledger entry % is not whole: its lines sum to zero and come in one statement', broken.entry_id
            using errcode = 'check_violation', constraint = 'ledger_entry_whole', table = 'ledger_line';
    end if;
    select touched.encounter_id into broken
    from (select distinct organisation_id, encounter_id from written where encounter_id is not null) touched
    left join encounter e on e.organisation_id = touched.organisation_id and e.encounter_id = touched.encounter_id
    cross join lateral (
        select
            coalesce(sum(-l.amount_cents) filter (where l.account = 'charges'), 0) as charges,
            coalesce(sum(l.amount_cents) filter (where l.account = 'insurance_paid'), 0) as insurance_paid,
            coalesce(sum(l.amount_cents) filter (where l.account = 'contractual'), 0) as contractual,
            coalesce(sum(l.amount_cents) filter (where l.account = 'other_adjustments'), 0) as other_adjustments,
            coalesce(sum(l.amount_cents) filter (where l.account = 'patient_paid'), 0) as patient_paid,
            coalesce(sum(l.amount_cents) filter (where l.account = 'patient_open'), 0) as patient_open,
            coalesce(sum(l.amount_cents) filter (where l.account = 'insurance_open'), 0) as insurance_open
        from ledger_line l
        where l.organisation_id = touched.organisation_id and l.encounter_id = touched.encounter_id
    ) said
    where e.encounter_id is null
        or e.charges_cents <> said.charges
        or e.insurance_paid_cents <> said.insurance_paid
        or e.contractual_cents <> said.contractual
        or e.other_adjustments_cents <> said.other_adjustments
        or e.patient_paid_cents <> said.patient_paid
        or e.patient_open_cents <> said.patient_open
        or e.insurance_open_cents <> said.insurance_open
    limit 1;
    if found then
        raise exception 'the balances of encounter % are not the sums of its ledger lines', broken.encounter_id
            using errcode = 'check_violation', constraint = 'encounter_balances', table = 'encounter';
    end if;
    return null;
end
$$
"""

LEDGER_ENTRY_CHECK = """
create function ledger_entry_check() returns trigger language plpgsql as $$
begin
    if not exists (select from ledger_line l where l.organisation_id = new.organisation_id and l.entry_id = new.entry_id) then
        raise exception 'ledger entry % has no lines', new.entry_id
            using errcode = 'check_violation', constraint = 'ledger_entry_lines', table = 'ledger_entry';
    end if;
    return null;
end
$$
"""

LEDGER_GUARDS = (
    LEDGER_LINE_CHECK,
    """create trigger ledger_line_check after insert on ledger_line
    referencing new table as written for each statement execute function ledger_line_check()""",
    LEDGER_ENTRY_CHECK,
    """create constraint trigger ledger_entry_check after insert on ledger_entry
    deferrable initially deferred for each row execute function ledger_entry_check()""",
)


def upgrade() -> None:
    for statement in LEDGER_GUARDS:
        op.get_bind().exec_driver_sql(statement)
