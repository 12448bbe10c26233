"""What the database itself demands of the ledger beside its checks (decision 0060), in PostgreSQL's words.

`encounter_balances_check` runs once for each statement that writes entries, over all of them: the balances in `encounter` are
the sums of its entries. Tables are joined row by row through their indexes, whatever the planner believes of a transition
table, so that the cost is that of the entries written, not of those stored. The rights (select, insert) forbid changing,
deleting, locking and truncating. `sum_cents` adds in whole numbers of 64 bits, where sum() of such goes by way of decimals at
twice the cost of all the rest; an overflow is an error, not a wrong sum. `ledger_line` shows the ledger by account.
"""

from alembic import op

from rcm.database.migrations import roles

revision, down_revision = "0002", "0001"

ENCOUNTER_BALANCES_CHECK = """
create function encounter_balances_check() returns trigger language plpgsql
    set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
    broken record;
begin
    select touched.encounter_id into broken
    from (select distinct organisation_id, encounter_id from written where encounter_id is not null) touched
    left join encounter e on e.organisation_id = touched.organisation_id and e.encounter_id = touched.encounter_id
    cross join lateral (
        select
            -sum_cents(l.charges_cents) as charges,
            sum_cents(l.insurance_paid_cents) as insurance_paid,
            sum_cents(l.contractual_cents) as contractual,
            sum_cents(l.other_adjustments_cents) as other_adjustments,
            sum_cents(l.patient_paid_cents) as patient_paid,
            sum_cents(l.patient_open_cents) as patient_open,
            sum_cents(l.insurance_open_cents) as insurance_open
        from ledger_entry l
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
        raise exception 'the balances of encounter % are not the sums of its ledger entries', broken.encounter_id
            using errcode = 'check_violation', constraint = 'encounter_balances', table = 'encounter';
    end if;
    return null;
end
$$
"""

LEDGER_LINE = """
create view ledger_line with (security_invoker = true) as
select e.organisation_id, e.entry_id, l.line, l.account, l.amount_cents, e.encounter_id
from ledger_entry e cross join lateral (values
    (1, 'charges', e.charges_cents),
    (2, 'insurance_paid', e.insurance_paid_cents),
    (3, 'contractual', e.contractual_cents),
    (4, 'other_adjustments', e.other_adjustments_cents),
    (5, 'patient_paid', e.patient_paid_cents),
    (6, 'patient_open', e.patient_open_cents),
    (7, 'insurance_open', e.insurance_open_cents),
    (8, 'unapplied_cash', e.unapplied_cash_cents),
    (9, 'suspense', e.suspense_cents)
) as l(line, account, amount_cents)
where l.amount_cents <> 0
"""

STATEMENTS = (
    "create aggregate sum_cents(bigint) (sfunc = int8pl, stype = bigint, initcond = '0')",
    ENCOUNTER_BALANCES_CHECK,
    """create trigger encounter_balances_check after insert on ledger_entry
    referencing new table as written for each statement execute function encounter_balances_check()""",
    LEDGER_LINE,
)


def upgrade() -> None:
    api, worker = roles(op)
    for statement in (*STATEMENTS, f'grant select on ledger_line to "{api}", "{worker}"'):
        op.get_bind().exec_driver_sql(statement)
