"""The sums over an organisation's accounts, kept by the database as they change (decision 0170).

Each statement that writes accounts appends what it changed in all, in the same transaction: one row for an organisation, none
where nothing changed. Rows are only added, so that two writers never meet in one; the sum of all is the sum of the accounts.
"""

import sqlalchemy as sa
from alembic import op

from rcm.database.migrations import secure

revision, down_revision = "0002", "0001"

APPEND = """
create function tally_append() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into tally (organisation_id, patient_open_cents, payments_cents)
        select organisation_id, sum(responsibility_cents - applied_cents), sum(payments_cents)
        from after_it group by organisation_id
        having sum(responsibility_cents - applied_cents) <> 0 or sum(payments_cents) <> 0;
    else
        insert into tally (organisation_id, patient_open_cents, payments_cents)
        select organisation_id, sum(open_cents), sum(paid_cents) from (
            select organisation_id, responsibility_cents - applied_cents as open_cents, payments_cents as paid_cents
            from after_it
            union all
            select organisation_id, applied_cents - responsibility_cents, -payments_cents from before_it
        ) changed group by organisation_id having sum(open_cents) <> 0 or sum(paid_cents) <> 0;
    end if;
    return null;
end
$$
"""
STATEMENTS = (
    APPEND,
    """create trigger tally_of_new_accounts after insert on account
    referencing new table as after_it for each statement execute function tally_append()""",
    """create trigger tally_of_changed_accounts after update on account
    referencing old table as before_it new table as after_it for each statement execute function tally_append()""",
)
SO_FAR = (
    "alter table account no force row level security",
    """insert into tally (organisation_id, patient_open_cents, payments_cents)
    select organisation_id, sum(responsibility_cents - applied_cents), sum(payments_cents)
    from account group by organisation_id""",
    "alter table account force row level security",
)
"""The accounts that are there already; the owner sees none of them otherwise."""


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("tally_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("patient_open_cents", sa.BigInteger(), nullable=False),
        sa.Column("payments_cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "tally_id", name="pk_tally"),
    )
    for statement in (*SO_FAR, *STATEMENTS):
        op.get_bind().exec_driver_sql(statement)
    secure(op, "tally", "mutable")
