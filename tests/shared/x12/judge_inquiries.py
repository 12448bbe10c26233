"""`make judge-x12-inquiries`: what linuxforhealth-x12 0.57.0 says of generated 270, 271, 276 and 277, as JSON.

It needs Pydantic 1, so it gets an environment of its own below .rcm, made at the first run. It is wrong in a few things. So
every value is judged twice: without those (`plain`), where nothing is excused, and whole, where the table excuses what the
judge says of them, each with its reason and with what has to stand in the file; anything else fails.
"""

import json
import re
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from rcm.x12.eligibility import EligibilityAnswer, EligibilityInquiry
from rcm.x12.parties import Party
from tests.shared.x12.generate_inquiries import HEADER
from tests.shared.x12.test_inquiries import GUIDES

ENVIRONMENT = Path(".rcm/judges/linuxforhealth")
PACKAGES = ("linuxforhealth-x12==0.57.0", "pydantic==1.10.27")
FILES = 1_000
"""Of each guide, each judged plain and whole."""
RECEIVER = Party("1P", "MAPLE STREET CLINIC", qualifier="XX", identifier="1993999998")
KNOWN = Party("P3", "CEDAR HEALTH", qualifier="XX", identifier="1993999998")


class Excuse(Struct, frozen=True):
    """A complaint that is the judge's own fault."""

    guides: str
    says: str
    where: str
    """What stands in a file that it says so of."""
    reason: str


EXCEPTIONS = (
    Excuse("271", r"aaa_segment.reject_reason_code", r"AAA\*[YN]\*\*7[25]", "judges a member's refusals by a provider's codes"),
    Excuse("271", r"eb_segment.quantity_qualifier|Quantity requires", r"\*VS\*", "takes EB09, a code, for a number"),
    Excuse("271", r"KeyError\('eb_segment'\)", r"\*VS\*", "falls over a benefit with an EB09"),
    Excuse(
        "271",
        r"2120[cd].nm1_segment.identification_code_qualifier: field",
        r"NM1\*(P3|PR|36)\*2\*[A-Z ]+~",
        "asks each for an id",
    ),
    Excuse(
        "271",
        r"hierarchical_child_code|loop_2000b: field required",
        r"HL\*1\*\*20\*0",
        "asks for a receiver below a refusing payer",
    ),
    Excuse("270", r"eq_segment.service_type_code", r"EQ\*\*HC", "asks for EQ01 where EQ02 names a procedure"),
    Excuse("276 277", r"SE segment count", r"SVC\*(?:(?!TRN\*|HL\*).)*SVC\*", "keeps one line of a claim"),
    Excuse("271", r"SE segment count", r"NM1\*PR\*[^~]*~PER\*(?:(?!HL\*).)*HL\*2", "knows no PER of the payer"),
    Excuse("271", r"SE segment count", r"LS\*2120~NM1(?:(?!LE\*).)*~NM1", "keeps one party of those between LS and LE"),
    Excuse("270 271", r"SE segment count \d+ != actual count 3$", r".", "counts what is left after another complaint"),
)


def python() -> Path:
    """The environment's Python; the environment is made where it is missing."""
    found = ENVIRONMENT / "bin/python"
    if not found.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    subprocess.run([found, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return found


def excuse(guide: str, complaint: str, content: str) -> str:
    """Why the complaint is the judge's fault; "" where it is ours."""
    for one in EXCEPTIONS:
        if guide in one.guides and re.search(one.says, complaint) and re.search(one.where, content):
            return one.reason
    return ""


def plain(value: Any) -> Any:
    """The value without what the judge is wrong about."""
    if isinstance(value, EligibilityInquiry):
        asked = tuple(replace(one, procedure=None, service_types=one.service_types or ("30",)) for one in value.questions)
        return replace(value, questions=asked)
    if isinstance(value, EligibilityAnswer):
        benefits = tuple(
            replace(one, quantity_qualifier="", quantity="", deliveries=(), related=one.related[:1] and (KNOWN,))
            for one in value.benefits
        )
        source, receiver, subscriber = replace(value.source, contacts=()), value.receiver or RECEIVER, value.subscriber
        if subscriber is not None:
            told = tuple(replace(one, code="15") for one in subscriber.party.rejections)
            subscriber = replace(subscriber, party=replace(subscriber.party, rejections=told))
        return replace(value, source=source, receiver=receiver, subscriber=subscriber, benefits=benefits)
    return replace(value, lines=value.lines[:1])


def files(folder: Path) -> Iterator[tuple[str, bool, Path]]:
    """Guide, whether it is a plain one, and the file; one value in each: the judge does not see which it complains of."""
    for guide, (make, write, _) in GUIDES.items():
        for seed in range(FILES):
            value = make(Random(seed), 1)
            for is_plain in (True, False):
                path = folder / f"{seed}{'-plain' if is_plain else ''}.{guide}"
                path.write_bytes(write(HEADER, [plain(value) if is_plain else value]))
                yield guide, is_plain, path


def main() -> int:
    """Judges all files; the exit code is 1 where one is refused without an excuse."""
    judge = python()
    told: dict[str, Counter[str]] = {guide: Counter() for guide in GUIDES}
    refused: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        written = list(files(Path(folder)))
        script = Path(__file__).with_name("linuxforhealth_verdicts.py")
        paths = "\n".join(str(path) for *_, path in written)
        done = subprocess.run([judge, script], input=paths, capture_output=True, text=True, check=True)
        for (guide, is_plain, path), line in zip(written, done.stdout.splitlines(), strict=True):
            complaints, content = json.loads(line), path.read_text()
            excuses = ["" if is_plain else excuse(guide, complaint, content) for complaint in complaints]
            verdict = "accepted" if not complaints else "excused" if all(excuses) else "refused"
            told[guide].update({f"{verdict}, plain" if is_plain else verdict: 1})
            told[guide].update(set(filter(None, excuses)))
            refused += [f"{path.name}: {complaint}" for complaint, found in zip(complaints, excuses, strict=True) if not found]
    sys.stdout.write(json.dumps({"files": FILES, "verdicts": told, "refused": refused[:20]}, indent=2) + "\n")
    return int(bool(refused))


if __name__ == "__main__":
    sys.exit(main())
