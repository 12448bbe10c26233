"""The producer says three kinds of events about things; the consumer writes down what it takes, in the order it takes it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.json import Decoder
from sqlalchemy import BigInteger, Identity, MetaData
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from rcm.contracts.claims import ClaimAccepted, ClaimVoided, PayerSequenceCompleted
from rcm.contracts.envelope import Event, Message
from rcm.contracts.values import Rank
from rcm.database.rows import insert_rows
from rcm.database.tables import NAMING
from rcm.errors import Conflict, Unavailable
from rcm.messaging.subscription import AnySubscription, Subscription
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.service import Service

MIGRATIONS = Path(__file__).parent / "migrations"
POISON = "poison"
BUSY = "busy"
EARLY = "early"
BRINGS = "brings "
"""And the id of a thing that is known from then on."""


class Base(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))): ...


class Thing(Base, table=True):
    """Something that the producer says events about."""

    __tablename__ = "thing"
    organisation_id: UUID = Field(primary_key=True)
    thing_id: UUID = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)


class Taken(Base, table=True):
    """One event that took effect."""

    __tablename__ = "taken"
    organisation_id: UUID = Field(primary_key=True)
    position: int | None = Field(default=None, primary_key=True, sa_type=BigInteger, sa_column_args=(Identity(),))
    type: str
    subject: UUID
    sequence: int = Field(sa_type=BigInteger)
    event_id: UUID


SAY = """
insert into thing (organisation_id, thing_id, version) select $1, u.id, 1 from unnest($2::uuid[]) as u(id)
on conflict (organisation_id, thing_id) do update set version = thing.version + 1 returning thing_id, version
"""


async def say(unit: UnitOfWork, organisation_id: UUID, things: Sequence[UUID], reason: str = "") -> list[UUID]:
    """One event about each thing, of a kind that depends on its version, under its next version."""
    said = []
    for row in await unit.connection.fetch(SAY, organisation_id, things):
        event = event_about(row["thing_id"], row["version"], reason)
        said.append(unit.emit(event, organisation_id=organisation_id, sequence=row["version"], correlation_id=row["thing_id"]))
    return said


def event_about(thing: UUID, version: int, reason: str = "") -> Event:
    """Kinds alternate, so that waves matter."""
    if reason or version % 3:
        return ClaimVoided(claim_id=thing, encounter_id=thing, rank=Rank.PRIMARY, reason=reason)
    return ClaimAccepted(claim_id=thing, encounter_id=thing, patient_control_number="1", by="payer")


class Voided(Struct):
    """What the consumer reads of a ClaimVoided: two of its fields."""

    claim_id: UUID
    reason: str

    @property
    def key(self) -> UUID:
        return self.claim_id


class Moods:
    """What the consumer's handlers are told to do: filled by tests."""

    def __init__(self) -> None:
        self.busy = False
        self.poison = True
        self.known: set[UUID] = set()
        self.calls: list[int] = []


def handlers(moods: Moods) -> list[AnySubscription]:
    """The consumer's subscriptions."""

    async def keep(unit: UnitOfWork, messages: Sequence[Message[Any]]) -> None:
        moods.calls.append(len(messages))
        rows = []
        for message in messages:
            reason = getattr(message.data, "reason", "")
            if reason == POISON and moods.poison:
                raise Conflict("this message can never succeed")
            if reason == BUSY and moods.busy:
                raise Unavailable("not now")
            if reason == EARLY and not await known(unit, message.data.key):
                unit.wait_for(message, "thing", message.data.key)
                continue
            if reason.startswith(BRINGS):
                thing = UUID(reason.removeprefix(BRINGS))
                await unit.connection.execute("insert into thing values ($1, $2, 1)", message.organisation_id, thing)
                unit.arrived("thing", [thing])
            rows.append(
                {
                    "organisation_id": message.organisation_id,
                    "type": "ClaimVoided" if isinstance(message.data, Voided) else type(message.data).__name__,
                    "subject": message.data.key,
                    "sequence": message.sequence,
                    "event_id": message.event_id,
                }
            )
        await insert_rows(unit.connection, Taken, rows)

    async def known(unit: UnitOfWork, thing: UUID) -> bool:
        return bool(await unit.connection.fetchval("select exists (select from thing where thing_id = $1)", thing))

    return [
        Subscription(ClaimVoided, keep, reads=Decoder(Voided).decode),
        Subscription(ClaimAccepted, keep),
        Subscription(PayerSequenceCompleted, keep),
    ]


def producer(name: str = "claims-svc") -> Service:
    """Says."""
    return Service(name, "Producer", "rcm.claims", (), MIGRATIONS)


def consumer(moods: Moods, name: str = "payments-svc", topic: str = "rcm.payments") -> Service:
    """Takes."""
    return Service(name, "Consumer", topic, (), MIGRATIONS, subscriptions=handlers(moods))
