"""`make judge-x12`: pyx12 4.0.0 over thousands of generated files and over every fault of the tables; prints JSON.

Generated claims must be accepted, by it and by our own validator; of faults that it finds its 999 must say what ours says.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from random import Random

from rcm.x12.acknowledgement import write_claim_acknowledgements
from rcm.x12.institutional_claim import write_institutional_claims
from rcm.x12.professional_claim import write_professional_claims
from rcm.x12.remittance import write_remittances
from tests.shared.x12 import generate, generate_answers, generate_institutional
from tests.shared.x12.comparison import JUDGED, disagreement
from tests.shared.x12.judge import findings

CLAIMS = 5_000
"""Of each guide."""
IN_A_FILE = 50


def _professional(seed: int) -> bytes:
    made = generate.claims(seed, IN_A_FILE)
    return write_professional_claims(generate.HEADER, generate.SUBMITTER, generate.RECEIVER, made, reference=f"SUB{seed}")


def _institutional(seed: int) -> bytes:
    made = generate_institutional.generate_institutional(seed, IN_A_FILE)
    return write_institutional_claims(generate.HEADER, generate.SUBMITTER, generate.RECEIVER, made, reference=f"SUB{seed}")


def _remittance(seed: int) -> bytes:
    return write_remittances(generate_answers.HEADER, [generate_answers.remittance(Random(seed), IN_A_FILE)])


def _acknowledgement(seed: int) -> bytes:
    return write_claim_acknowledgements(
        generate_answers.HEADER, [generate_answers.claim_acknowledgement(Random(seed), IN_A_FILE // 2)]
    )


MAKERS: dict[str, Callable[[int], bytes]] = {
    "837P": _professional,
    "837I": _institutional,
    "835": _remittance,
    "277CA": _acknowledgement,
}


def refusals(kind: str, seeds: Iterable[int]) -> Iterator[str]:
    """What pyx12 or our validator says against generated files."""
    for seed in seeds:
        made = MAKERS[kind](seed)
        yield from (f"{kind} {seed}: {said}" for said in findings(made))


def main() -> int:
    """Everything; 1 where anybody disagrees."""
    refused = {kind: list(refusals(kind, range(CLAIMS // IN_A_FILE))) for kind in MAKERS}
    said = [text for fault in JUDGED if (text := disagreement(fault))]
    whole = {
        "claims_of_each": CLAIMS,
        "refused": {kind: len(found) for kind, found in refused.items()},
        "faults": len(JUDGED),
        "disagreements": len(said),
        "first": [*(text for found in refused.values() for text in found), *said][:20],
    }
    sys.stdout.write(json.dumps(whole, indent=1) + "\n")
    return 1 if whole["first"] else 0


if __name__ == "__main__":
    sys.exit(main())
