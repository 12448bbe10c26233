"""What an adjustment is for the ledger: a dated table of (group, CARC, remark, payer), kept as data beside this file.

A row says its kind, and with it the account: contractual and other adjustments are posted; the rest moves no money when a
payment is posted, so it stays in insurance open. What no row names is for review.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from payments_svc.domain.ledger import Account

UNLISTED = "unlisted"
"""The denial category of a reason that no row names."""
_KNOWN_MAX = 500
"""Answers kept, of each kind: remittances ask the same few again and again."""
_COLUMNS = ("group", "reason", "remark", "payer_id", "effective_from", "effective_to", "kind", "denial_category", "source")


class Kind(StrEnum):
    """What becomes of the amount."""

    CONTRACTUAL = "contractual"
    OTHER = "other"
    PATIENT = "patient"
    """PR 1, 2, 3: the next payer's, else the patient's."""
    PROTECTED = "protected"
    """PR 1, 2, 3 of a Qualified Medicare Beneficiary: never the patient's."""
    NEUTRAL = "neutral"
    """A prior payer's effect: not adjusted twice, no denial."""
    DENIAL = "denial"
    REVIEW = "review"


_ACCOUNT_OF = {Kind.CONTRACTUAL: Account.CONTRACTUAL, Kind.OTHER: Account.OTHER_ADJUSTMENTS}


@dataclass(frozen=True, slots=True)
class Reason:
    """One row. An empty remark or payer, and the group `*`, stand for any."""

    group: str
    reason: str
    remark: str
    payer_id: str
    effective_from: date
    effective_to: date | None
    """The last day."""
    kind: Kind
    denial_category: str = ""
    source: str = ""
    account: Account = field(init=False)
    """Where the amount is posted; insurance_open where nothing is."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "account", _ACCOUNT_OF.get(self.kind, Account.INSURANCE_OPEN))

    def covers(self, on: date, remarks: Iterable[str], payer_id: str) -> bool:
        """Whether the row holds on that day, for that payer, with these remarks."""
        if on < self.effective_from or (self.effective_to is not None and on > self.effective_to):
            return False
        return self.payer_id in {"", payer_id} and (not self.remark or self.remark in remarks)

    @property
    def narrowness(self) -> tuple[bool, bool, bool]:
        """The narrowest row wins: one for a remark, then one for a payer, then one for a group."""
        return bool(self.remark), bool(self.payer_id), self.group != "*"


class AdjustmentReasons:
    """The table, indexed."""

    def __init__(self, rows: Iterable[Reason]) -> None:
        ordered = sorted(rows, key=lambda row: row.narrowness, reverse=True)
        self.rows = tuple(ordered)
        self._by_reason: dict[tuple[str, str], tuple[Reason, ...]] = {}
        self._known: dict[tuple[object, ...], _Rows] = {}
        groups = {row.group for row in ordered if row.group != "*"} | {"CO", "PR", "OA", "PI", "CR"}
        for reason in {row.reason for row in ordered}:
            for group in groups:
                found = tuple(row for row in ordered if row.reason == reason and row.group in {group, "*"})
                if found:
                    self._by_reason[group, reason] = found

    def rows_for(self, on: date, remarks: tuple[str, ...] = (), payer_id: str = "") -> Mapping[tuple[str, str], Reason]:
        """By (group, reason), whatever they are: the narrowest row that holds on that day (the remittance's payment date) for
        a CLP of these remarks, else a row for review.
        """
        asked = (on, remarks, payer_id)
        known = self._known.get(asked)
        if known is None:
            if len(self._known) >= _KNOWN_MAX:
                self._known.clear()
            known = self._known[asked] = _Rows(self, on, remarks, payer_id)
        return known

    def narrowest(self, group: str, reason: str, on: date, remarks: tuple[str, ...], payer_id: str) -> Reason:
        """One of them, looked for."""
        for row in self._by_reason.get((group, reason), ()):
            if row.covers(on, remarks, payer_id):
                return row
        return _for_review(group, reason)


class _Rows(dict[tuple[str, str], Reason]):
    """Rows by (group, reason) for one day, payer and remarks, found when they are asked for."""

    def __init__(self, table: AdjustmentReasons, on: date, remarks: tuple[str, ...], payer_id: str) -> None:
        super().__init__()
        self._table, self._on, self._remarks, self._payer_id = table, on, remarks, payer_id

    def __missing__(self, key: tuple[str, str]) -> Reason:
        if len(self) >= _KNOWN_MAX:
            self.clear()
        group, reason = key
        found = self[key] = self._table.narrowest(group, reason, self._on, self._remarks, self._payer_id)
        return found


def _for_review(group: str, reason: str) -> Reason:
    return Reason(group, reason, "", "", date.min, None, Kind.REVIEW, UNLISTED, "no row names it")


def read_table(text: str) -> AdjustmentReasons:
    """The table from its text: tab separated, a heading, one row a line. Raises ValueError for a row that can't be read."""
    heading, *lines = text.splitlines()
    if tuple(heading.split("\t")) != _COLUMNS:
        raise ValueError(f"the columns must be {_COLUMNS}")
    rows = []
    for line in lines:
        group, reason, remark, payer_id, start, end, kind, category, source = line.split("\t")
        last = date.fromisoformat(end) if end else None
        rows.append(Reason(group, reason, remark, payer_id, date.fromisoformat(start), last, Kind(kind), category, source))
    return AdjustmentReasons(rows)


@cache
def published_table() -> AdjustmentReasons:
    """The table that comes with the service."""
    return read_table(files("payments_svc.domain").joinpath("adjustment_reasons.tsv").read_text("utf-8"))
