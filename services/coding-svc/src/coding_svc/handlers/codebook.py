"""The code sets that the use cases hand to the edits: made by main.py, the same for every request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from coding_svc.domain.codes import CodeSets as CodesByDate
from coding_svc.domain.edits.form import Facts
from coding_svc.domain.suggestions import Suggester
from coding_svc.domain.visits.levels import VisitLevel
from coding_svc.domain.visits.procedures import Named
from rcm.codesets.book import CodeSets
from rcm.codesets.search.index import SearchIndex


@dataclass(frozen=True, slots=True)
class CodeBook:
    """Dated code sets behind the edits' own protocols."""

    codes: CodesByDate
    is_place_of_service: Callable[[str, date], bool]
    engine: Callable[[], Suggester]
    """Opens the engine at the first note, and answers the same one ever after."""
    visit_level: Callable[[str, date, str, str], VisitLevel]
    """The level that a text supports on a day for a service (office, hospital, emergency) and a patient ("": as it says)."""
    procedures: Callable[[str, date], Sequence[Named]]
    """What a note says was done, in the words of loaded lists; nothing where none are loaded."""
    sets: CodeSets
    """The same code sets as whoever looks a code up asks them."""
    search: Callable[[], SearchIndex]
    """Opens the index of words at the first search."""

    @property
    def release(self) -> str:
        """The release that codes are checked against."""
        return self.codes.release

    def facts(self, today: date, billed: Mapping[int, UUID | str]) -> Facts:
        """What the edits need to know today of an encounter whose patient has `billed` services."""
        self.codes.refresh()
        return Facts(today, self.codes, self.is_place_of_service, billed)
