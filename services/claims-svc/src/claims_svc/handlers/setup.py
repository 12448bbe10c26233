"""An organisation sets itself up: every change counts a revision, and claims are edited again by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from claims_svc import store
from claims_svc.store.setup import BILLING_PROVIDER, ENROLMENT, ORGANISATION, PAYER, RECEIVER, Table
from rcm.errors import NotFound
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.versions import check_version

__all__ = ["BILLING_PROVIDER", "ENROLMENT", "ORGANISATION", "PAYER", "RECEIVER", "Stored", "Table", "Thing"]


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of a set-up, as it is stored: which table, its key beside the organisation, its values."""

    table: Table
    key: Mapping[str, Any]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """A thing as it is now."""

    values: Mapping[str, Any]
    version: int
    created: bool = False


async def put(unit: UnitOfWork, thing: Thing, version: int | None) -> Stored:
    """Makes the thing so. The same again changes nothing; where a version is named it must be the present one."""
    row = await store.setup.read_thing(unit.connection, unit.organisation, thing.table, thing.key)
    if row is not None and version is not None:
        check_version(version, row["version"])
    if row is not None and all(row[name] == value for name, value in thing.values.items()):
        return Stored(dict(row), row["version"])
    written = {
        "organisation_id": unit.organisation,
        **thing.key,
        **thing.values,
        "version": row["version"] + 1 if row is not None else 1,
    }
    await store.setup.next_revision(unit.connection, unit.organisation)
    await store.setup.put_thing(unit.connection, thing.table, ("organisation_id", *thing.key), written)
    return Stored(written, written["version"], created=row is None)


async def show(unit: UnitOfWork, table: Table, key: Mapping[str, Any]) -> Stored:
    """The thing. Raises NotFound."""
    row = await store.setup.read_thing(unit.connection, unit.organisation, table, key)
    if row is None:
        raise NotFound()
    return Stored(dict(row), row["version"])


async def list_things(unit: UnitOfWork, table: Table, key: str, limit: int, after: str | None) -> list[Mapping[str, Any]]:
    """A page of things by `key`; one more than `limit`."""
    return [dict(row) for row in await store.setup.list_things(unit.connection, table, key, limit, after)]


async def list_enrolments(unit: UnitOfWork, limit: int, after: tuple[str, str] | None) -> list[Mapping[str, Any]]:
    """A page of enrolments by payer and NPI; one more than `limit`."""
    return [dict(row) for row in await store.setup.list_enrolments(unit.connection, limit, after)]
