"""The sandbox payer's desk: takes files from the mailbox, keeps answers until they are due, puts them into the mailbox.

    mailbox/inbound/            what the provider's side sends; moved to inbound/archive when taken
    mailbox/outbound/           our answers; the provider's side moves them to outbound/archive
    folder/taken/SHA256.json    what was taken when, for which claims it is answered, and what these take back: written once,
                                before any answer
    folder/taken/SHA256.done    all its answers are made
    folder/due/INSTANT_NAME     answers that wait for the clock

Every step can be done again: names come from the content, files are written whole, and what the other side has archived is
not sent again. So a kill at any moment loses and doubles nothing.
"""

import bisect
import errno
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from clearinghouse_adapter.files import ARCHIVE, move_to, names_in, write_whole
from clearinghouse_adapter.sandbox.answers import Answer, answers_to, claim_key, read_file
from clearinghouse_adapter.sandbox.history import History
from rcm.clock import Clock
from rcm.logs import logger
from rcm.x12.problems import CannotWrite

_INSTANT = "%Y%m%dT%H%M%S.%f"


@dataclass(frozen=True, slots=True)
class Flow:
    """What is open at the desk."""

    pending: int
    """Answers that are made and not sent."""
    unread: int
    """Files in the mailbox that are not taken, and answers that are due and not sent yet."""
    last_answer_due: datetime | None
    now: datetime


class Desk:
    """One mailbox's payer side. Not for several processes at once."""

    def __init__(self, mailbox: Path, folder: Path, clock: Clock, *, day_seconds: float) -> None:
        self._inbound, self._outbound = mailbox / "inbound", mailbox / "outbound"
        self._taken, self._due = folder / "taken", folder / "due"
        for place in (self._inbound, self._outbound, self._taken, self._due):
            place.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self._day_seconds = day_seconds
        self._waiting: list[tuple[datetime, str]] = sorted(_due_of(name) for name in names_in(self._due))
        self._answered: set[str] = set()
        self._history = History(self._inbound)
        journals = [orjson.loads(path.read_bytes()) for path in self._taken.glob("*.json")]
        for entry in sorted(journals, key=lambda one: one["received_at"]):
            self._remember(entry)

    def work(self) -> bool:
        """Takes what came and sends what is due; whether there was anything."""
        return self.take_new() + self.send_due() > 0

    def seconds_to_next(self) -> float | None:
        """Until the next answer is due; None where none waits."""
        return max((self._waiting[0][0] - self._clock.now()).total_seconds(), 0.0) if self._waiting else None

    def take_new(self) -> int:
        """Takes every file that lies in the mailbox; answers how many."""
        names = names_in(self._inbound)
        for name in names:
            self._take(name)
        return len(names)

    def send_due(self) -> int:
        """Puts every answer whose time has come into the mailbox; answers how many."""
        count = bisect.bisect_right(self._waiting, (self._clock.now(), "\uffff"))
        for due, name in self._waiting[:count]:
            self._hand_over(self._due / _waiting_name(due, name), name)
        del self._waiting[:count]
        return count

    def flow(self) -> Flow:
        """What is open; any thread may ask."""
        # The desk works meanwhile, in a thread of its own: a file that is not in the mailbox any more has its answers waiting.
        now, files = self._clock.now(), len(names_in(self._inbound))
        waiting = list(self._waiting)
        ripe = bisect.bisect_right(waiting, (now, "\uffff"))
        return Flow(len(waiting), files + ripe, waiting[-1][0] if waiting else None, now)

    def _take(self, name: str) -> None:
        path = self._inbound / name
        content = path.read_bytes()
        digest = sha256(content).hexdigest()
        done = self._taken / f"{digest}.done"
        if not done.exists():
            self._answer(content, digest, name)
            write_whole(done, b"", durable=False)
        move_to(path, self._inbound / ARCHIVE)

    def _answer(self, content: bytes, digest: str, name: str) -> None:
        received = read_file(content)
        if received is None:
            return
        journal = self._taken / f"{digest}.json"
        if not journal.exists():
            mine = {key: item for item in received.claims if (key := claim_key(item)) not in self._answered}
            reverses = self._history.reversed_by(mine.values())
            entry = {"name": name, "received_at": self._clock.now(), "claims": list(mine), "reverses": reverses}
            write_whole(journal, orjson.dumps(entry), durable=False)
        entry = orjson.loads(journal.read_bytes())
        self._remember(entry)
        received_at = datetime.fromisoformat(entry["received_at"])
        before = {key: self._history.payment(number) for key, (number, _) in entry["reverses"].items()}
        taken_back = {key: payment for key, payment in before.items() if payment is not None}
        try:
            answers = answers_to(received, received_at, frozenset(entry["claims"]), taken_back)
        except CannotWrite as refusal:
            # Somebody's file whose own names or numbers can't be written back.
            logger("sandbox-payer").warning("file can't be answered", sha256=digest, path=refusal.path)
            return
        for answer in answers:
            self._keep(answer, received_at)

    def _remember(self, entry: dict[str, Any]) -> None:
        """A journal's claims are answered for."""
        self._answered.update(entry["claims"])
        self._history.took(entry["name"], entry["claims"], entry["reverses"])

    def _keep(self, answer: Answer, received_at: datetime) -> None:
        """Sends at once, or keeps until it is due; what was sent before is left alone."""
        if (self._outbound / answer.name).exists() or (self._outbound / ARCHIVE / answer.name).exists():
            return
        if not answer.after_days:
            write_whole(self._outbound / answer.name, answer.content, durable=False)
            return
        due = received_at + timedelta(seconds=answer.after_days * self._day_seconds)
        write_whole(self._due / _waiting_name(due, answer.name), answer.content, durable=False)
        if (due, answer.name) not in self._waiting:
            bisect.insort(self._waiting, (due, answer.name))

    def _hand_over(self, path: Path, name: str) -> None:
        """Into the mailbox, also where that is another file system."""
        try:
            path.replace(self._outbound / name)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            write_whole(self._outbound / name, path.read_bytes(), durable=False)
            path.unlink()


def _waiting_name(due: datetime, name: str) -> str:
    return f"{due.strftime(_INSTANT)}_{name}"


def _due_of(waiting: str) -> tuple[datetime, str]:
    due, _, name = waiting.partition("_")
    return datetime.strptime(due, _INSTANT).replace(tzinfo=UTC), name
