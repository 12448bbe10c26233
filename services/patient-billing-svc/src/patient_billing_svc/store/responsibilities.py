"""What is owed for encounters."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from patient_billing_svc import models
from patient_billing_svc.domain.book import Key
from patient_billing_svc.domain.responsibility import Responsibility
from patient_billing_svc.store.rows import RESPONSIBILITY, columns, responsibility_of
from rcm.database.rows import insert_rows

if TYPE_CHECKING:
    from rcm.messaging.unit_of_work import Connection


async def load_responsibilities(connection: "Connection", keys: Iterable[Key]) -> list[Responsibility]:
    """The responsibilities of these encounters, as far as they are known."""
    organisations, encounters = columns(keys)
    rows = await connection.fetch(
        f"""select {RESPONSIBILITY} from unnest($1::uuid[], $2::uuid[]) as k (organisation_id, encounter_id)
            join responsibility r using (organisation_id, encounter_id)""",  # noqa: S608 - constants
        organisations,
        encounters,
    )
    return [responsibility_of(row) for row in rows]


async def save_responsibilities(connection: "Connection", responsibilities: Sequence[tuple[Responsibility, str]]) -> None:
    """Writes responsibilities, new or replaced, each with what payments-svc said."""
    await insert_rows(
        connection,
        models.Responsibility,
        [each for each, _ in responsibilities],
        on_conflict="""(organisation_id, encounter_id) do update set account_id = excluded.account_id,
            sequence = excluded.sequence, assigned_at = excluded.assigned_at, date_of_service = excluded.date_of_service,
            total_cents = excluded.total_cents, assignment = excluded.assignment""",
        wide={"assignment": [assignment for _, assignment in responsibilities]},
    )


async def load_unsettled(connection: "Connection", accounts: Iterable[Key]) -> dict[Key, list[Responsibility]]:
    """For each account its encounters with a balance other than zero."""
    organisations, account_ids = columns(accounts)
    rows = await connection.fetch(
        f"""select {RESPONSIBILITY} from unnest($1::uuid[], $2::uuid[]) as k (organisation_id, account_id)
            join responsibility r using (organisation_id, account_id) where r.total_cents <> r.applied_cents""",  # noqa: S608
        organisations,
        account_ids,
    )
    found: dict[Key, list[Responsibility]] = {}
    for row in rows:
        found.setdefault((row["organisation_id"], row["account_id"]), []).append(responsibility_of(row))
    return found


async def load_assignments(connection: "Connection", keys: Iterable[Key]) -> dict[Key, str]:
    """What payments-svc said last about these encounters, as JSON."""
    organisations, encounters = columns(keys)
    rows = await connection.fetch(
        """select organisation_id, encounter_id, assignment from unnest($1::uuid[], $2::uuid[])
           as k (organisation_id, encounter_id) join responsibility using (organisation_id, encounter_id)""",
        organisations,
        encounters,
    )
    return {(row["organisation_id"], row["encounter_id"]): row["assignment"] for row in rows}
