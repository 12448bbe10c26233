"""Set-up, claims with their history, files, acknowledgements, tasks."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from rcm.database.migrations import create_platform_tables, roles, secure

revision, down_revision = "0001", None

MUTABLE = (
    "setup_revision",
    "organisation",
    "receiver",
    "payer",
    "billing_provider",
    "enrolment",
    "interchange_number",
    "encounter",
    "claim",
    "submission",
    "acknowledgement",
    "task",
)
APPEND_ONLY = ("claim_entry", "former_number", "submission_fact")
CHANGING = {
    "submission": "version, state, transmitted_at, recorded_at, remote_name, recorded_by",
    "acknowledgement": "version, state, accepted, rejected, unresolved",
}
"""Files that were written and answers that came stay as they are: of their rows only these columns change."""
INSTANT = sa.DateTime(timezone=True)
ON_WORKLIST = """case when state::text = any (array['CLEARINGHOUSE_REJECTED'::text, 'DENIED'::text, 'EDIT_FAILED'::text,
 'FORWARDED'::text, 'FUNCTIONAL_REJECTED'::text, 'INTERCHANGE_REJECTED'::text, 'PARTIALLY_PAID'::text, 'PAYER_REJECTED'::text,
 'READY'::text, 'REVERSED'::text]) then state else null::character varying end"""


def upgrade() -> None:
    create_platform_tables(op)
    _setup()
    _providers()
    _claims()
    _content_and_history()
    _submissions()
    _acknowledgements()
    _tasks()
    _store_content_as_it_is()
    _facts_only_grow()
    for table in MUTABLE:
        secure(op, table, "mutable")
    for table in APPEND_ONLY:
        secure(op, table, "append_only")
    for table, columns in CHANGING.items():
        for role in roles(op):
            op.execute(f'revoke update, delete on {table} from "{role}"')
            op.execute(f'grant update ({columns}) on {table} to "{role}"')


def _store_content_as_it_is() -> None:
    """Nothing is compressed: what is written once and read once or twice costs more time so than it saves room (decision 0053).

    An encounter stays within its row, up to a page. A claim's page has room for its changes: while they touch no indexed
    column they stay on it and write to no index. A claim begins with some 350 bytes, and paid it has 950: a page takes four,
    so that each fits once more beside all of them. Fewer pages are written than with more claims on each, which must move.
    """
    for column in ("encounter.content", "submission.content", "submission.claims", "acknowledgement.content"):
        table, _, name = column.partition(".")
        op.execute(f"alter table {table} alter column {name} set storage external")
    op.execute("alter table encounter set (toast_tuple_target = 8160)")
    op.execute("alter table claim set (fillfactor = 20, toast_tuple_target = 8160)")


def _facts_only_grow() -> None:
    """What the outside said about a claim, and where it stood in which file, is added to and never changed.

    The condition costs less than rows of their own.
    """
    op.execute(
        """create function refuse_changed_facts() returns trigger language plpgsql as
           $$ begin raise insufficient_privilege using message = 'facts and places of a claim are only added to'; end $$"""
    )
    op.execute(
        """create trigger facts_only_grow before update on claim for each row
           when (not starts_with(new.facts, old.facts) or not starts_with(new.places, old.places))
           execute function refuse_changed_facts()"""
    )


def _setup() -> None:
    """What an organisation sets up."""
    op.create_table(
        "setup_revision",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_setup_revision"),
    )
    op.create_table(
        "organisation",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("submitter_id", sa.String(), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_phone", sa.String(), nullable=False),
        sa.Column("contact_email", sa.String(), nullable=False),
        sa.Column("sender_qualifier", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_organisation"),
    )
    op.create_table(
        "receiver",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("receiver_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("qualifier", sa.String(), nullable=False),
        sa.Column("usage", sa.String(), nullable=False),
        sa.Column("group_receiver", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "receiver_id", name="pk_receiver"),
    )
    op.create_table(
        "payer",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("payer_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("receiver_id", sa.String(), nullable=False),
        sa.Column("claim_filing_indicator", sa.String(), nullable=False),
        sa.Column("member_id_pattern", sa.String(), nullable=False),
        sa.Column("timely_filing_days", sa.Integer(), nullable=True),
        sa.Column("wants_authorisation", sa.Boolean(), nullable=False),
        sa.Column("requires_accident", sa.Boolean(), nullable=False),
        sa.Column("accepts_replacement", sa.Boolean(), nullable=False),
        sa.Column("accepts_void", sa.Boolean(), nullable=False),
        sa.Column("requires_enrolment", sa.Boolean(), nullable=False),
        sa.Column("address", JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "payer_id", name="pk_payer"),
    )


def _providers() -> None:
    """Who bills, and where they are enrolled."""
    op.create_table(
        "billing_provider",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("npi", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("taxonomy", sa.String(), nullable=False),
        sa.Column("tax_id", sa.String(), nullable=False),
        sa.Column("tax_id_kind", sa.String(), nullable=False),
        sa.Column("address", JSONB(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "npi", name="pk_billing_provider"),
    )
    op.create_table(
        "enrolment",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("payer_id", sa.String(), nullable=False),
        sa.Column("npi", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("enrolled", sa.Boolean(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "payer_id", "npi", name="pk_enrolment"),
    )
    op.create_table(
        "interchange_number",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_interchange_number"),
    )


def _claims() -> None:
    """Claims."""
    op.create_table(
        "claim",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("encounter_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.String(), nullable=False),
        sa.Column("payer_name", sa.String(), nullable=False),
        sa.Column("member_id", sa.String(), nullable=False),
        sa.Column("billing_npi", sa.String(), nullable=False),
        sa.Column("receiver_id", sa.String(), nullable=False),
        sa.Column("charge_cents", sa.BigInteger(), nullable=False),
        sa.Column("date_of_service", sa.Date(), nullable=False),
        sa.Column("duplicate_key", sa.LargeBinary(), nullable=False),
        sa.Column("next_rank", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("frequency", sa.String(), nullable=False, server_default=sa.text("'1'")),
        sa.Column("payer_claim_control_number", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("own", JSONB(), nullable=True),
        sa.Column("findings", JSONB(), nullable=True),
        sa.Column("setup_revision", sa.Integer(), nullable=False),
        sa.Column("ready_at", INSTANT, nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("patient_control_number", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("submissions", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("payer_holds", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("changed_since_file", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("insurance_paid_cents", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("responsibility", JSONB(), nullable=True),
        sa.Column("sequence_completed", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("cancelled", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("facts", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("places", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("file_refused", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("worklist", sa.String(), sa.Computed(ON_WORKLIST, persisted=True), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "claim_id", name="pk_claim"),
        sa.UniqueConstraint("organisation_id", "encounter_id", "rank", name="uq_claim_organisation_id_encounter_id_rank"),
    )
    op.create_index("ix_claim_duplicate_key", "claim", ["organisation_id", "duplicate_key"])
    op.create_index(
        "ix_claim_patient_control_number",
        "claim",
        ["organisation_id", "patient_control_number"],
        unique=True,
        postgresql_where=sa.text("patient_control_number <> ''"),
    )
    op.create_index(
        "ix_claim_worklist",
        "claim",
        ["organisation_id", "worklist", "setup_revision"],
        postgresql_where=sa.text("worklist is not null"),
    )


def _content_and_history() -> None:
    """What claims are made of, and what happened to them."""
    op.create_table(
        "encounter",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("encounter_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "encounter_id", name="pk_encounter"),
    )
    op.create_table(
        "claim_entry",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("details", JSONB(), nullable=True),
        sa.Column("cause_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "claim_id", "entry_id", name="pk_claim_entry"),
    )


def _submissions() -> None:
    """Files of claims."""
    op.create_table(
        "submission",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("control_number", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("claim_count", sa.Integer(), nullable=False),
        sa.Column("charge_cents", sa.BigInteger(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("transmitted_at", INSTANT, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=True),
        sa.Column("remote_name", sa.String(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("claims", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "submission_id", name="pk_submission"),
        sa.UniqueConstraint("organisation_id", "control_number", name="uq_submission_organisation_id_control_number"),
    )
    op.create_table(
        "former_number",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("patient_control_number", sa.String(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "patient_control_number", name="pk_former_number"),
    )


def _acknowledgements() -> None:
    """What receivers and payers answered."""
    op.create_table(
        "submission_fact",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("acknowledgement_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "submission_id", "fact_id", name="pk_submission_fact"),
    )
    op.create_table(
        "acknowledgement",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("acknowledgement_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kinds", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("received_by", sa.String(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("unresolved", JSONB(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "acknowledgement_id", name="pk_acknowledgement"),
        sa.UniqueConstraint("organisation_id", "sha256", name="uq_acknowledgement_organisation_id_sha256"),
    )
    op.create_index("ix_acknowledgement_state", "acknowledgement", ["organisation_id", "state", "acknowledgement_id"])


def _tasks() -> None:
    """Work for people."""
    op.create_table(
        "task",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("encounter_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("details", JSONB(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("closed_by", sa.String(), nullable=False),
        sa.Column("resolution", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "task_id", name="pk_task"),
        sa.UniqueConstraint(
            "organisation_id", "claim_id", "kind", "source_id", name="uq_task_organisation_id_claim_id_kind_source_id"
        ),
    )
    op.create_index("ix_task_state", "task", ["organisation_id", "state", "task_id"])
