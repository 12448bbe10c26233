"""What was adjudicated before, by the payer's own claim control number: what a replacement or a void takes back.

The files themselves are the memory: they lie in the mailbox's archive. They are read again only when a replacement or void
comes, so an ordinary claim costs nothing here.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from clearinghouse_adapter.files import ARCHIVE
from clearinghouse_adapter.sandbox.adjudication import ANSWERED, adjudicate, payer_claim_control_number
from clearinghouse_adapter.sandbox.answers import VOID, claim_key, read_file
from clearinghouse_adapter.sandbox.scenarios import content_of, scenario_of
from rcm.x12.professional_claim import ClaimInFile
from rcm.x12.remittance import ClaimPayment

REPLACING = frozenset({"7", VOID})
Reverses = Mapping[str, Sequence[str]]
"""For claims by their key: the payer's number that each takes back, and the number that stands then ("" after a void)."""


class History:
    """One mailbox's adjudicated claims."""

    def __init__(self, inbound: Path) -> None:
        self._inbound = inbound
        self._unread: list[tuple[str, frozenset[str]]] = []
        self._places: dict[str, tuple[str, str]] = {}
        """The payer's number -> file and claim key."""
        self._after: dict[str, str] = {}

    def took(self, name: str, keys: Collection[str], reverses: Reverses) -> None:
        """A file whose claims `keys` are answered for."""
        self._unread.append((name, frozenset(keys)))
        self._after.update((before, after) for before, after in reverses.values())

    def reversed_by(self, claims: Iterable[ClaimInFile]) -> dict[str, list[str]]:
        """What those of the claims that replace or void an adjudicated one take back."""
        found: dict[str, list[str]] = {}
        for item in claims:
            claim = item.claim
            if claim.frequency not in REPLACING:
                continue
            content = content_of(claim)
            if scenario_of(claim, content) not in ANSWERED:
                continue
            number = self._standing(claim.payer_claim_control_number)
            if number:
                after = "" if claim.frequency == VOID else payer_claim_control_number(claim, content)
                found[claim_key(item)] = [number, after]
                self._after[number] = after
        return found

    def payment(self, number: str) -> ClaimPayment | None:
        """The CLP that was answered under the payer's number; None where its file is gone."""
        if number not in self._places:
            self._read()
        if number not in self._places:
            return None
        name, key = self._places[number]
        for item in self._claims(name):
            if claim_key(item) == key:
                content = content_of(item.claim)
                return adjudicate(item.claim, scenario_of(item.claim, content), content)
        return None

    def _standing(self, number: str) -> str:
        """The number that stands now of a claim that was known under `number`; "" where none does, or none ever was."""
        if number not in self._places:
            self._read()
        if number not in self._places:
            return ""
        while number in self._after:
            number = self._after[number]
        return number

    def _read(self) -> None:
        for name, keys in self._unread:
            for item in self._claims(name):
                content = content_of(item.claim)
                answered = scenario_of(item.claim, content) in ANSWERED and item.claim.frequency != VOID
                if answered and claim_key(item) in keys:
                    self._places[payer_claim_control_number(item.claim, content)] = name, claim_key(item)
        self._unread.clear()

    def _claims(self, name: str) -> list[ClaimInFile]:
        for path in (self._inbound / ARCHIVE / name, self._inbound / name):
            if path.exists():
                received = read_file(path.read_bytes())
                return received.claims if received is not None else []
        return []
