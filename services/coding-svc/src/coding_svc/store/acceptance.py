"""The organisation's rule of acceptance, and counts over what was decided."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from coding_svc.domain.suggestions import AcceptanceRule, CodeRange
from coding_svc.models import AcceptanceRule as RuleRow
from rcm.database.rows import insert_rows
from rcm.messaging.unit_of_work import UnitOfWork

NO_RULE = AcceptanceRule(0, enabled=False, minimum_score=1.0)
"""What counts where an organisation has said nothing: a person decides."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Decisions of one kind."""

    decided_by: str
    action: str
    engine: str
    category: str
    """The suggested code's first three characters; those of the added code where nothing was suggested."""
    count: int


async def current_rule(unit: UnitOfWork, organisation_id: UUID) -> AcceptanceRule:
    """The newest version; NO_RULE where there is none."""
    row = await unit.connection.fetchrow(
        "select version, enabled, minimum_score, ranges from acceptance_rule where organisation_id = $1"
        " order by version desc limit 1",
        organisation_id,
    )
    if row is None:
        return NO_RULE
    ranges = tuple(CodeRange(each["first"], each["last"]) for each in row["ranges"])
    return AcceptanceRule(row["version"], row["enabled"], row["minimum_score"], ranges)


async def add_rule(unit: UnitOfWork, rule: AcceptanceRule, now: datetime) -> None:
    """A further version; the older ones stay, because decisions name them.

    A version that another transaction just took is a serialization failure.
    """
    row = {
        "organisation_id": unit.organisation,
        "version": rule.version,
        "changed_at": now,
        "actor": unit.cause.actor,
        "enabled": rule.enabled,
        "minimum_score": rule.minimum_score,
        "ranges": [asdict(each) for each in rule.ranges],
    }
    await insert_rows(unit.connection, RuleRow, [row], on_conflict="(organisation_id, version) do nothing")


async def counts(unit: UnitOfWork, first: datetime | None, last: datetime | None) -> list[Counted]:
    """Decisions on diagnoses from `first` to before `last`, by who decided, what, engine and category."""
    rows = await unit.connection.fetch(
        "select decided_by, action, engine, left(coalesce(nullif(suggested_code, ''), code), 3) as category, count(*) as count"
        " from code_decision where organisation_id = $1 and kind = 'diagnosis'"
        " and ($2::timestamptz is null or decided_at >= $2) and ($3::timestamptz is null or decided_at < $3)"
        " group by 1, 2, 3, 4 order by 1, 2, 3, 4",
        unit.organisation,
        first,
        last,
    )
    return [Counted(**row) for row in rows]
