"""`make fuzz-x12`: damages files of every kind and hands them to everything that reads; prints JSON, exit 1 on a failure.

No crash (only refusals by name), no hang, no memory over twice the input and 20 MB. A failing input is kept below .rcm/fuzz.
"""

import gc
import json
import os
import signal
import sys
import tempfile
import time
import tracemalloc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from rcm.x12.acknowledgement import (
    read_acknowledgements,
    write_claim_acknowledgements,
    write_functional_acknowledgements,
    write_interchange_acknowledgement,
)
from rcm.x12.acknowledgement.answer import answer, header_back
from rcm.x12.dental_claim import read_dental_claims
from rcm.x12.institutional_claim import read_institutional_claims, write_institutional_claims
from rcm.x12.problems import CannotWrite, NotX12, WrongTransaction
from rcm.x12.professional_claim import read_professional_claims, write_professional_claims
from rcm.x12.remittance import read_remittances, write_remittances
from rcm.x12.report import report_json
from rcm.x12.show import as_html, as_text
from rcm.x12.split import split
from rcm.x12.validation import check, validate
from tests.shared.x12 import generate, generate_answers, generate_inquiries
from tests.shared.x12.generate_institutional import generate_institutional
from tests.shared.x12.test_inquiries import GUIDES

KEPT = Path(".rcm/fuzz")
SAMPLES = Path(os.environ.get("RCM_SHARED_DATA", "../shared")) / "x12-samples"
REFUSALS = (NotX12, WrongTransaction, CannotWrite)
SECONDS_MAX = 10.0
"""Of one reading; a damaged file of ours takes milliseconds."""
MEMORY_OVER = 20 * 1024 * 1024
ANSWERED = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
ODD = (b"~", b"*", b":", b"^", b"~~", b"*" * 40, b"\n", b"\x00", b"\xff\xfe", "é²１".encode(), b"-", b"9" * 40,
       b"1e9", b"BIN*9999999*", b"ISA*",
       b"HL*1*1*22*1~", b"ST*835*1~", b"SE*1*1~", b"LS*2120~", b"LE*2120~", b"CAS*CO" + b"*1*1*1" * 30 + b"~")  # fmt: skip

VALUES = (b"", b"X", b"-1", b"99999999999", b"1.005", b"20261399", b"A:B:C:D:E:F:G")
OTHER_DELIMITERS = (b"|!>^", b"\x1d\x1c\x1f\x1e", b"*\n:^", b"*~::", b"***^")


@cache
def seeds() -> tuple[bytes, ...]:
    """A file of each kind, ours and (where they are) the published ones."""
    random = Random(1)
    answers = generate_answers
    ours = [
        write_professional_claims(generate.HEADER, generate.SUBMITTER, generate.RECEIVER, generate.claims(1, 3), reference="1"),
        write_institutional_claims(
            generate.HEADER, generate.SUBMITTER, generate.RECEIVER, generate_institutional(1, 3), reference="1"
        ),
        write_remittances(answers.HEADER, [answers.remittance(random, 3, number) for number in (1, 2)]),
        write_claim_acknowledgements(answers.HEADER, [answers.claim_acknowledgement(random, 3)]),
        write_functional_acknowledgements(answers.HEADER, [answers.functional_acknowledgement(random)]),
        write_interchange_acknowledgement(answers.HEADER, answers.interchange_acknowledgement(random)),
        *(write(generate_inquiries.HEADER, [make(random, 1) for _ in range(3)]) for make, write, _ in GUIDES.values()),
    ]
    published = [path.read_bytes() for path in sorted(SAMPLES.rglob("*")) if path.is_file() and path.suffix != ".tsv"]
    return (*ours, *published)


def damaged(random: Random) -> bytes:
    """A file with a few kinds of damage."""
    found = random.choice(seeds())
    for _ in range(random.choice((1, 1, 2, 4, 12))):
        found = random.choice(DAMAGES)(random, found)
    return found


def _cut(random: Random, content: bytes) -> bytes:
    first, last = sorted(random.randrange(len(content) + 1) for _ in range(2))
    return content[:first] + content[last:] if last - first < 200 else content[:last]


def _put(random: Random, content: bytes) -> bytes:
    place = random.randrange(len(content) + 1)
    return content[:place] + random.choice((*ODD, random.randbytes(random.randrange(1, 9)))) + content[place:]


def _replace(random: Random, content: bytes) -> bytes:
    if not content:
        return content
    place = random.randrange(len(content))
    return content[:place] + random.randbytes(1) + content[place + 1 :]


def _move(random: Random, content: bytes) -> bytes:
    """Segments in another order."""
    parts = content.split(b"~")
    first, second = random.randrange(len(parts)), random.randrange(len(parts))
    parts[first], parts[second] = parts[second], parts[first]
    return b"~".join(parts)


def _repeat(random: Random, content: bytes) -> bytes:
    parts = content.split(b"~")
    place = random.randrange(len(parts))
    return b"~".join([*parts[:place], *[parts[place]] * random.choice((2, 3, 50)), *parts[place:]])


def _element(random: Random, content: bytes) -> bytes:
    """Another value in an element."""
    parts = content.split(b"*")
    parts[random.randrange(len(parts))] = random.choice(
        (b"", b"X", b"-1", b"99999999999", b"1.005", b"20261399", b"A:B:C:D:E:F:G")
    )
    return b"*".join(parts)


def _delimiters(random: Random, content: bytes) -> bytes:
    return content.translate(
        bytes.maketrans(b"*~:^", random.choice((b"|!>^", b"\x1d\x1c\x1f\x1e", b"*\n:^", b"*~::", b"***^")))
    )


def _splice(random: Random, content: bytes) -> bytes:
    other = random.choice(seeds())
    return content[: random.randrange(len(content) + 1)] + other[random.randrange(len(other)) :]


DAMAGES: tuple[Callable[[Random, bytes], bytes], ...] = (
    _cut, _put, _replace, _move, _repeat, _element, _element, _delimiters, _splice,
)  # fmt: skip


def _consumed(items: Iterable[Any]) -> None:
    deque(items, maxlen=0)


def _split(content: bytes) -> None:
    with tempfile.TemporaryDirectory(prefix="rcm-fuzz-") as folder:
        for by in ("claim", "payer"):
            _consumed(split(content, Path(folder) / by, by))


READERS: dict[str, Callable[[bytes], None]] = {
    "report": lambda content: _consumed(report_json(content)),
    "validate": lambda content: _consumed(validate(content)),
    "acknowledge": lambda content: _consumed(answer(one, header_back(one, 1, ANSWERED)) for one in check(content)),
    "text": lambda content: _consumed(as_text(content)),
    "html": lambda content: _consumed(as_html(content, "fuzz")),
    "837P": lambda content: _consumed(read_professional_claims(content)),
    "837I": lambda content: _consumed(read_institutional_claims(content)),
    "837D": lambda content: _consumed(read_dental_claims(content)),
    "835": lambda content: _consumed(read_remittances(content)),
    "acknowledgements": lambda content: _consumed(read_acknowledgements(content)),
    **{guide: lambda content, read=read: _consumed(read(content)) for guide, (_, _, read) in GUIDES.items()},  # type: ignore[misc]
    "split": _split,
}


def failure(name: str, content: bytes) -> str:
    """What went wrong when this reader got these bytes; "" where all is well."""
    try:
        READERS[name](content)
    except REFUSALS as refusal:
        return "" if refusal.detail else "a refusal without a reason"
    except Exception as error:  # whatever it is: that is what is looked for
        return f"{type(error).__name__}: {error}"
    return ""


def memory_failure(name: str, content: bytes) -> str:
    """The same, with what it needed at most besides the input."""
    gc.collect()
    tracemalloc.start()
    try:
        found = failure(name, content)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    allowed = 2 * len(content) + MEMORY_OVER
    return found or (f"{most:,} bytes for {len(content):,}" if most > allowed else "")


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Ends what hangs."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"longer than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def main(seconds: float, seed: int) -> int:
    """Fuzzes for so long; every hundredth file is a long one and its memory is measured."""
    random = Random(seed)
    until = time.monotonic() + seconds
    failures: list[str] = []
    files = readings = measured = 0
    while time.monotonic() < until:
        content = damaged(random)
        files += 1
        is_long = files % 100 == 0
        if is_long:
            content = content * (random.randrange(200_000, 2_000_000) // max(len(content), 1) + 1)
        for name in READERS:
            if is_long and name == "split":
                continue
            readings += 1
            measured += is_long
            with _limited(SECONDS_MAX * (20 if is_long else 1)):
                found = memory_failure(name, content) if is_long else failure(name, content)
            if found:
                KEPT.mkdir(parents=True, exist_ok=True)
                path = KEPT / f"{sha256(content).hexdigest()[:16]}.x12"
                path.write_bytes(content)
                failures.append(f"{name} {path}: {found}")
    told = {"seed": seed, "files": files, "readings": readings, "memory_measured": measured, "failures": failures[:20]}
    sys.stdout.write(json.dumps(told, indent=2) + "\n")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main(float(os.environ.get("FUZZ_SECONDS", "300")), int(os.environ.get("SEED", "1"))))
