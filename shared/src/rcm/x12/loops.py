"""In which loop of its guide a segment stands: one table for each guide, and a tracker that follows a transaction set.

A line of a table is: the loop's number, the segment that begins it (with the codes of its first element, of HL its third),
and what it is in our words. A loop may stand in the one above it that is indented less.
"""

from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from rcm.x12.interchange import Segment, at

HEADER = "header"
_TABLES: Mapping[str, str] = {
    "835": """
        1000A N1=PR | the payer
        1000B N1=PE | who is paid
        2000 LX | a group of claims
            2100 CLP | a claim
                2110 SVC | a service line
        summary PLB | outside of any claim
    """,
    "837P": """
        1000A NM1=41 | who sends the file
        1000B NM1=40 | who receives the file
        2000A HL=20 | who bills
            2010AA NM1=85 | the billing provider
            2010AB NM1=87 | where the payment goes
            2010AC NM1=PE | a plan that the payment goes to
            2000B HL=22 | who is insured
                2010BA NM1=IL | the subscriber
                2010BB NM1=PR | the payer
                2300 CLM | a claim
                    2310 NM1 | who took part in the claim
                    2320 SBR | another payer
                        2330 NM1 | a party of the other payer
                    2400 LX | a service line
                        2410 LIN | a drug
                        2420 NM1 | who took part in the line
                        2430 SVD | what another payer decided on the line
                        2440 LQ | a form
                2000C HL=23 | the patient
                    2010CA NM1=QC | the patient's name
                    2300 CLM | a claim
                        2310 NM1 | who took part in the claim
                        2320 SBR | another payer
                            2330 NM1 | a party of the other payer
                        2400 LX | a service line
                            2410 LIN | a drug
                            2420 NM1 | who took part in the line
                            2430 SVD | what another payer decided on the line
                            2440 LQ | a form
    """,
    "277": """
        2000A HL=20 | who answers
            2100A NM1 | the payer
            2000B HL=21 | who asked
                2100B NM1 | its name
                2200B TRN | the inquiry as a whole
                2000C HL=19 | the provider
                    2100C NM1 | its name
                    2200C TRN | all of the provider's claims
                    2000D HL=22,PT,QC | the subscriber
                        2100D NM1 | the subscriber's name
                        2200D TRN | a claim
                            2220D SVC | a service line
                        2000E HL=23 | the patient
                            2100E NM1 | the patient's name
                            2200E TRN | a claim
                                2220E SVC | a service line
    """,
    "271": """
        2000A HL=20 | who is asked
            2100A NM1 | the payer
            2000B HL=21 | who asks
                2100B NM1 | its name
                2000C HL=22 | the subscriber
                    2100C NM1 | the subscriber's name
                    2110C EB | a benefit
                        2115C III | more about it
                        2120C NM1 | someone it concerns
                    2000D HL=23 | the patient
                        2100D NM1 | the patient's name
                        2110D EB | a benefit
                            2115D III | more about it
                            2120D NM1 | someone it concerns
    """,
    "999": """
        2000 AK2 | a transaction set
            2100 IK3,AK3 | a segment with errors
                2110 IK4,AK4 | an element with an error
        summary AK9 | the whole group
    """,
    "278": """
        2000A HL=20 | who decides
            2010A NM1 | its name
            2000B HL=21 | who asks
                2010B NM1 | its name
                2000C HL=22 | the subscriber
                    2010C NM1 | a name
                    2000E HL=EV | what care is asked for
                        2010E NM1 | who gives it
                        2000F HL=SS | a service
                            2010F NM1 | who gives it
                    2000D HL=23 | the patient
                        2010D NM1 | a name
                        2000E HL=EV | what care is asked for
                            2010E NM1 | who gives it
                            2000F HL=SS | a service
                                2010F NM1 | who gives it
    """,
    "275": """
        1000A NM1=PR | the payer
        1000B NM1=40,41 | who sends the file
        1000C NM1=1P,85 | the provider
        1000D NM1=IL,QC | the patient
        2000A LX | a document
            2100A DTP | when it was made
                2110B CAT,EFI,BIN,OOI,BDS | its content
    """,
    "820": """
        1000A N1=PE | who receives the premium
        1000B N1=PR | who pays the premium
        1000C N1 | a bank between them
        2000 ENT | for whom it is paid
            2100 NM1 | a name
            2300 RMR | what is paid
                2310 IT1 | a part of it
                    2315 SLN | members of it
                2320 ADX | an adjustment of it
    """,
    "834": """
        1000A N1=P5 | the sponsor
        1000B N1=IN | the payer
        1000C N1=BO,TV | a broker
            1100C ACT | its account
        2000 INS | a member
            2100 NM1 | a name
            2200 DSB | a disability
            2300 HD | a coverage
                2310 LX | a provider
                2320 COB | another coverage
                    2330 NM1 | its name
            2700 LS | reporting categories
                2710 LX | a category
                    2750 N1 | its name
    """,
    "824": """
        1000A N1 | a party
        2000 OTI | the transaction that is spoken of
            2100 TED | an error
        2200 LM | codes of an industry
    """,
}
_KINDS = {
    "837": (("X223", "837I"), ("X096", "837I"), ("X224", "837D"), ("X097", "837D")),
    "277": (("X214", "277CA"), ("X364", "277CA"), ("X167", "277CA")),
}
"""What tells a transaction set's kind by its guide, in 5010 and 4010."""
_SAME = {"837I": "837P", "837D": "837P", "277CA": "277", "270": "271", "276": "277", "997": "999"}
_INSTEAD = {"270": (" EB | a benefit", " EQ | a question")}
"""What differs in a table that is another's else."""
_BACK = frozenset({"IK5", "AK5"})
"""Segments that stand in a loop of the first level behind the loops within it."""
_SKIPPING = frozenset({"CLP", "SVC", "CLM", "EB", "EQ"})
"""Segments whose loop is known even where those above it are missing, as in a part of a file."""


class Loop(Struct):
    """A loop of a guide's table."""

    number: str
    name: str
    depth: int
    segments: frozenset[str]
    """What begins it."""
    codes: frozenset[str]
    """What that segment's element must hold; anything where empty."""
    children: list["Loop"]

    def begins(self, elements: Segment) -> bool:
        """Whether the segment begins it."""
        if elements[0] not in self.segments:
            return False
        return not self.codes or at(elements, 3 if elements[0] == "HL" else 1) in self.codes


class Place(Struct, frozen=True, gc=False):
    """Where a segment stands."""

    loop: str
    """The loop's number, "header" outside of any."""
    depth: int
    """0 in the header, 1 in its loops, ..."""
    begins: bool
    """Whether the segment begins the loop."""
    name: str
    """The loop in our words."""


_OUTSIDE = Place(HEADER, 0, False, "")


def kind_of(identifier: str, version: str) -> str:
    """A transaction set's kind by ST01 and its guide: 837P, 837I, 837D, 277CA; else ST01 itself."""
    for guide, kind in _KINDS.get(identifier, ()):
        if guide in version:
            return kind
    return "837P" if identifier == "837" else identifier


class LoopTracker:
    """Follows the segments of one transaction set."""

    def __init__(self, kind: str) -> None:
        self._stack = [_guide(kind)]
        self._bounds: list[int] = []
        """How deep the stack was at each LS that is open."""

    def place(self, elements: Segment) -> Place:
        """Where the next segment stands."""
        name = elements[0]
        if name in {"ST", "SE"}:
            del self._stack[1:]
            return _OUTSIDE
        if name in _BACK:
            del self._stack[2:]
        for depth in range(len(self._stack) - 1, -1, -1):
            found = next((loop for loop in self._stack[depth].children if loop.begins(elements)), None)
            if found is not None:
                self._stack[depth + 1 :] = [found]
                return Place(found.number, found.depth, True, found.name)
        if name in _SKIPPING and (path := self._skipping(elements)):
            return Place(path[-1].number, path[-1].depth, True, path[-1].name)
        if name == "LS":
            self._bounds.append(len(self._stack))
        elif name == "LE" and self._bounds:
            del self._stack[max(self._bounds.pop(), 1) :]
        current = self._stack[-1]
        return Place(current.number, current.depth, False, current.name) if current.depth else _OUTSIDE

    def _skipping(self, elements: Segment) -> list[Loop]:
        """Opens the loop that the segment begins below the innermost loop that may hold it, however deep; none else."""
        for depth in range(len(self._stack) - 1, -1, -1):
            path = _path(self._stack[depth], elements)
            if path:
                self._stack[depth + 1 :] = path
                return path
        return []


def _path(loop: Loop, elements: Segment) -> list[Loop]:
    """From below `loop` down to the first loop that the segment begins."""
    for child in loop.children:
        if child.begins(elements):
            return [child]
        if found := _path(child, elements):
            return [child, *found]
    return []


@lru_cache
def _guide(kind: str) -> Loop:
    """A guide's table as a tree; of an unknown guide HL alone begins loops."""
    table = _TABLES.get(_SAME.get(kind, kind)) or "HL HL | a level"
    if kind in _INSTEAD:
        table = table.replace(*_INSTEAD[kind])
    root = Loop(HEADER, "", 0, frozenset(), frozenset(), [])
    open_loops = [(-1, root)]
    for line in table.splitlines():
        if not line.strip():
            continue
        indent = len(line) - len(line.lstrip())
        while open_loops[-1][0] >= indent:
            open_loops.pop()
        placed, _, name = line.strip().partition(" | ")
        number, _, segment = placed.partition(" ")
        names, _, codes = segment.partition("=")
        parent = open_loops[-1][1]
        begins = frozenset(names.split(","))
        loop = Loop(number, name, parent.depth + 1, begins, frozenset(codes.split(",")) if codes else frozenset(), [])
        parent.children.append(loop)
        open_loops.append((indent, loop))
    return root
