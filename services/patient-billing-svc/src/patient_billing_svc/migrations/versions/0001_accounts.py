"""Accounts, what is owed by encounter, payments and where they went, statements, holds, numbers."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from rcm.database.migrations import create_platform_tables, roles, secure

revision, down_revision = "0001", None

INSTANT = sa.DateTime(timezone=True)
EACH_STANDS_ON_AN_ACCOUNT = (
    """create function responsibility_account_check() returns trigger language plpgsql
        set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
    declare
        lost uuid;
    begin
        select w.encounter_id into lost from written w
        left join account a on a.organisation_id = w.organisation_id and a.account_id = w.account_id
        where a.account_id is null limit 1;
        if found then
            raise exception 'encounter % stands on no account', lost
                using errcode = 'foreign_key_violation', constraint = 'fk_responsibility_account', table = 'responsibility';
        end if;
        return null;
    end
    $$""",
    """create trigger responsibility_account_of_new after insert on responsibility
    referencing new table as written for each statement execute function responsibility_account_check()""",
    """create trigger responsibility_account_of_changed after update on responsibility
    referencing new table as written for each statement execute function responsibility_account_check()""",
)
"""In the place of a foreign key, which plans and runs a query a row and locks the account: one for all (decision 0171)."""


def upgrade() -> None:
    create_platform_tables(op)
    _accounts()
    _responsibilities()
    _payments()
    _statements()
    # Within its row and not compressed, up to a page (decision 0014).
    op.execute("alter table responsibility alter column assignment set storage external")
    op.execute("alter table responsibility set (toast_tuple_target = 8160)")


def _column(name: str, kind: sa.types.TypeEngine[Any], *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=nullable)


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "account_id"],
        ["account.organisation_id", "account.account_id"],
        name=f"fk_{table}_account",
    )


def _accounts() -> None:
    op.create_table(
        "account",
        _column("organisation_id", sa.Uuid()),
        _column("account_id", sa.Uuid()),
        _column("number", sa.BigInteger()),
        _column("guarantor_external_id", sa.String()),
        _column("guarantor", sa.String()),
        _column("guarantor_said_at", INSTANT),
        _column("opened_at", INSTANT),
        _column("version", sa.Integer()),
        _column("hold", sa.String(), nullable=True),
        _column("responsibility_cents", sa.BigInteger()),
        _column("applied_cents", sa.BigInteger()),
        _column("payments_cents", sa.BigInteger()),
        _column("payments_applied_cents", sa.BigInteger()),
        _column("last_statement_at", INSTANT, nullable=True),
        _column("look_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "account_id", name="pk_account"),
        sa.UniqueConstraint(
            "organisation_id", "guarantor_external_id", name="uq_account_organisation_id_guarantor_external_id"
        ),
        sa.UniqueConstraint("organisation_id", "number", name="uq_account_organisation_id_number"),
    )
    op.create_index(
        "ix_account_look_at", "account", ["look_at"], postgresql_where=sa.text("look_at is not null and hold is null")
    )
    op.create_table(
        "hold_change",
        _column("organisation_id", sa.Uuid()),
        _column("hold_change_id", sa.Uuid()),
        _column("account_id", sa.Uuid()),
        _column("hold", sa.String(), nullable=True),
        _column("note", sa.String()),
        _column("changed_by", sa.String()),
        _column("changed_at", INSTANT),
        sa.PrimaryKeyConstraint("organisation_id", "hold_change_id", name="pk_hold_change"),
        _of_account("hold_change"),
    )
    op.create_index("ix_hold_change_account_id", "hold_change", ["organisation_id", "account_id"])
    op.create_table(
        "numbering",
        _column("organisation_id", sa.Uuid()),
        _column("accounts", sa.BigInteger()),
        _column("statements", sa.BigInteger()),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_numbering"),
    )
    secure(op, "account", "mutable")
    secure(op, "hold_change", "append_only")
    secure(op, "numbering", "mutable")


def _responsibilities() -> None:
    op.create_table(
        "responsibility",
        _column("organisation_id", sa.Uuid()),
        _column("encounter_id", sa.Uuid()),
        _column("account_id", sa.Uuid()),
        _column("sequence", sa.BigInteger()),
        _column("assigned_at", INSTANT),
        _column("date_of_service", sa.Date()),
        _column("total_cents", sa.BigInteger()),
        _column("applied_cents", sa.BigInteger()),
        _column("assignment", sa.String()),
        sa.PrimaryKeyConstraint("organisation_id", "encounter_id", name="pk_responsibility"),
    )
    op.create_index("ix_responsibility_account_id", "responsibility", ["organisation_id", "account_id", "date_of_service"])
    secure(op, "responsibility", "mutable")
    api, worker = roles(op)
    for statement in (*EACH_STANDS_ON_AN_ACCOUNT, f'revoke delete on account from "{api}", "{worker}"'):
        op.get_bind().exec_driver_sql(statement)


def _payments() -> None:
    op.create_table(
        "patient_payment",
        _column("organisation_id", sa.Uuid()),
        _column("patient_payment_id", sa.Uuid()),
        _column("account_id", sa.Uuid()),
        _column("amount_cents", sa.BigInteger()),
        _column("method", sa.String()),
        _column("reference", sa.String()),
        _column("received_on", sa.Date()),
        _column("recorded_at", INSTANT),
        _column("recorded_by", sa.String()),
        _column("encounter_id", sa.Uuid(), nullable=True),
        _column("applied_cents", sa.BigInteger()),
        sa.PrimaryKeyConstraint("organisation_id", "patient_payment_id", name="pk_patient_payment"),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_patient_payment_positive")),
        _of_account("patient_payment"),
    )
    op.create_index("ix_patient_payment_account_id", "patient_payment", ["organisation_id", "account_id"])
    op.create_index(
        "uq_patient_payment_check",
        "patient_payment",
        ["organisation_id", "account_id", "reference"],
        unique=True,
        postgresql_where=sa.text("method = 'check'"),
    )
    op.create_table(
        "application",
        _column("organisation_id", sa.Uuid()),
        _column("event_id", sa.Uuid()),
        _column("patient_payment_id", sa.Uuid()),
        _column("encounter_id", sa.Uuid()),
        _column("applied_cents", sa.BigInteger()),
        _column("applied_at", INSTANT),
        sa.PrimaryKeyConstraint("organisation_id", "event_id", name="pk_application"),
        sa.ForeignKeyConstraint(
            ["organisation_id", "patient_payment_id"],
            ["patient_payment.organisation_id", "patient_payment.patient_payment_id"],
            name="fk_application_patient_payment",
        ),
    )
    op.create_index("ix_application_patient_payment_id", "application", ["organisation_id", "patient_payment_id"])
    op.create_index("ix_application_encounter_id", "application", ["organisation_id", "encounter_id"])
    secure(op, "patient_payment", "mutable")
    secure(op, "application", "append_only")


def _statements() -> None:
    op.create_table(
        "statement",
        _column("organisation_id", sa.Uuid()),
        _column("statement_id", sa.Uuid()),
        _column("account_id", sa.Uuid()),
        _column("number", sa.String()),
        _column("issued_at", INSTANT),
        _column("issued_on", sa.Date()),
        _column("due_on", sa.Date()),
        _column("balance_cents", sa.BigInteger()),
        _column("document", JSONB()),
        sa.PrimaryKeyConstraint("organisation_id", "statement_id", name="pk_statement"),
        sa.UniqueConstraint("organisation_id", "number", name="uq_statement_organisation_id_number"),
        sa.CheckConstraint("balance_cents > 0", name=op.f("ck_statement_never_nothing")),
        _of_account("statement"),
    )
    op.create_index("ix_statement_account_id", "statement", ["organisation_id", "account_id"])
    secure(op, "statement", "append_only")
