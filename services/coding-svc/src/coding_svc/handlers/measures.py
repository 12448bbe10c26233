"""The engine measured by what coders decided, and the organisation's rule of acceptance."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from coding_svc.domain.suggestions import AcceptanceRule, Action, CodeRange, DecidedBy
from coding_svc.handlers.reads import decision_view
from coding_svc.store import acceptance, readings
from coding_svc.store.acceptance import Counted
from coding_svc.views.suggestions import CategoryMeasure, CodingMeasures, EngineMeasure, RangeIn, Ratio, RuleIn, RuleView
from rcm.errors import Fault, InvalidBody
from rcm.messaging.unit_of_work import UnitOfWork
from rcm.web.edge import Answer
from rcm.web.pages import decode_cursor_as, page_of
from rcm.web.versions import check_version, etag

CATEGORIES_MAX = 50


async def show(unit: UnitOfWork, first: date | None, last: date | None) -> Answer:
    """Accepted, changed, refused and added codes of the days from `first` to `last` (UTC), both inclusive."""
    if first and last and last < first:
        fault = Fault("?last_day", "days-reversed", "The last day is before the first", "Exchange the two days.")
        raise InvalidBody("These are no days", faults=[fault])
    until = last + timedelta(days=1) if last and last < date.max else None
    counted = await acceptance.counts(unit, _start(first), _start(until))
    by_coders = [each for each in counted if each.decided_by == DecidedBy.CODER]
    by_rule = sum(each.count for each in counted if each.decided_by == DecidedBy.RULE)
    engines = _grouped(by_coders, "engine")
    categories = _grouped(by_coders, "category")
    worst = sorted(categories.items(), key=lambda each: (each[1][Action.ACCEPTED] - each[1].total(), each[0]))
    return Answer(
        CodingMeasures(
            first_day=first,
            last_day=last,
            engines=tuple(_engine(name, counts) for name, counts in engines.items()),
            accepted_by_rule=by_rule,
            categories=tuple(CategoryMeasure(category=name, **_told(counts)) for name, counts in worst[:CATEGORIES_MAX]),
        ),
        shown=[],
    )


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), UTC) if day else None


def _grouped(counted: Sequence[Counted], by: str) -> Mapping[str, Counter[Action]]:
    found: dict[str, Counter[Action]] = defaultdict(Counter)
    for each in counted:
        found[getattr(each, by)][Action(each.action)] += each.count
    return found


def _told(counts: Counter[Action]) -> dict[str, int]:
    return {action.value: counts[action] for action in Action}


def _engine(name: str, counts: Counter[Action]) -> EngineMeasure:
    right, changed = counts[Action.ACCEPTED], counts[Action.CHANGED]
    return EngineMeasure(
        engine=name,
        **_told(counts),
        precision=ratio(right, right + changed + counts[Action.REFUSED]),
        recall=ratio(right, right + changed + counts[Action.ADDED]),
    )


def ratio(numerator: int, denominator: int) -> Ratio:
    """To four places; no value where nothing was counted."""
    return Ratio(numerator=numerator, denominator=denominator, value=round(numerator / denominator, 4) if denominator else None)


async def decisions(unit: UnitOfWork, action: Action | None, category: str | None, limit: int, after: str | None) -> Answer:
    """A page of the decisions that the measures count, the first one first."""
    place = decode_cursor_as(after, UUID)[0] if after else None
    rows = await readings.decisions_page(unit, action=action, category=category, after=place, limit=limit + 1)
    page = page_of(rows, limit, decision_view, lambda row: [row.decision_id])
    return Answer(page, shown=[str(item.encounter_id) for item in page.items])


async def show_rule(unit: UnitOfWork) -> Answer:
    """The rule as it stands; version 0, switched off, where none was ever set."""
    return _rule(await acceptance.current_rule(unit, unit.organisation))


async def set_rule(unit: UnitOfWork, version: int, given: RuleIn) -> Answer:
    """A further version of the rule; it decides on what is read from now on."""
    if given.enabled and not given.ranges:
        fault = Fault("/ranges", "no-range", "A rule that is switched on names no codes", "Name at least one range of codes.")
        raise InvalidBody("The rule would take nothing", faults=[fault])
    ranges = tuple(CodeRange(each.first.upper(), each.last.upper()) for each in given.ranges)
    backwards = [place for place, each in enumerate(ranges) if each.is_empty]
    if backwards:
        why, fix = "The range ends before it begins", "Name its first code first."
        raise InvalidBody("A range has no codes", faults=[Fault(f"/ranges/{at}", "empty-range", why, fix) for at in backwards])
    before = await acceptance.current_rule(unit, unit.organisation)
    check_version(version, before.version)
    rule = AcceptanceRule(before.version + 1, given.enabled, given.minimum_score, ranges)
    await acceptance.add_rule(unit, rule, unit.clock.now())
    return _rule(rule)


def _rule(rule: AcceptanceRule) -> Answer:
    ranges = tuple(RangeIn(first=each.first, last=each.last) for each in rule.ranges)
    view = RuleView(version=rule.version, enabled=rule.enabled, minimum_score=rule.minimum_score, ranges=ranges)
    return Answer(view, headers=etag(rule.version))
