"""A sheet on which a reader of FHIR or HL7 notes what it found: value by value, each with the place where it stands.

The places come back in refusals and findings: a sender is told "FT1[2]-11", not "/lines/1/charge_cents".
"""

from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import ValidationError

from coding_svc.domain.encounter_json import encounter_of
from coding_svc.edi.parcel import Raw, Refused, Taken
from rcm.errors import Fault, InvalidBody
from rcm.money import NotMoney, cents_from_text
from rcm.web.faults import faults_of_model


class Sheet:
    """One encounter's values by JSON pointer."""

    def __init__(self, fixes: Mapping[str, str] | None = None) -> None:
        self._fixes = fixes or {}
        """By a fault's code, where the form writes something otherwise than JSON does."""
        self._values: dict[str, Any] = {}
        self._places: dict[str, str] = {}
        self._faults: list[Fault] = []

    def put(self, pointer: str, value: Any, place: str) -> None:
        """Notes a value; nothing for an empty one."""
        if value is None or value in ("", []):
            return
        self._values[pointer] = value
        self._places[pointer] = place

    def at(self, pointer: str, place: str) -> None:
        """Tells where a part stands of which no value is known: a finding about it names the place."""
        self._places.setdefault(pointer, place)

    def money(self, pointer: str, text: str, place: str) -> None:
        """Notes an amount in cents; a fault for what is none, or for a negative one."""
        if not text:
            return
        try:
            cents = cents_from_text(text)
        except NotMoney as error:
            self.fault(place, "not-money", f"The amount can't be read: {error}", "Send a decimal amount such as 125.00.")
            return
        if cents < 0:
            self.fault(
                place, "negative-charge", "A charge is negative", "Cancel or change the encounter instead of crediting it."
            )
            return
        self.put(pointer, cents, place)

    def fault(self, place: str, code: str, message: str, fix: str) -> None:
        """Notes why this can't become an encounter."""
        self._faults.append(Fault(place, code, message, fix))

    def has(self, pointer: str) -> bool:
        """Whether a value is known there, or beneath it."""
        return pointer in self._values or any(known.startswith(f"{pointer}/") for known in self._values)

    def value(self, pointer: str) -> Any:
        """What is known there; None for nothing."""
        return self._values.get(pointer)

    def place_of(self, pointer: str) -> str:
        """The place of a pointer, or of the nearest part around it; the pointer itself where none is known."""
        found = pointer
        while found:
            if found in self._places:
                return self._places[found]
            found = found.rpartition("/")[0]
        return pointer

    def document(self) -> dict[str, Any]:
        """The encounter's JSON."""
        tree: dict[str, Any] = {}
        for pointer, value in self._values.items():
            *parents, last = pointer.split("/")[1:]
            at = tree
            for name in parents:
                at = at.setdefault(name, {})
            at[last] = value
        listed: dict[str, Any] = _listed(tree)
        return listed

    def read(self, raw: Raw, place: str) -> Taken | Refused:
        """The encounter, or why there is none."""
        external_id = str(self._values.get("/external_id", ""))
        if self._faults:
            return Refused(InvalidBody("A part can't be taken as it is", faults=self._faults), raw, place, external_id)
        try:
            encounter = encounter_of(orjson.dumps(self.document()))
        except orjson.JSONEncodeError:
            fault = Fault(place, "half-character", "A text holds half of a surrogate pair", "Send whole characters.")
            return Refused(InvalidBody("A text can't be written", faults=[fault]), raw, "")
        except ValidationError as error:
            faults = [
                Fault(self.place_of(fault.pointer), fault.code, fault.message, self._fixes.get(fault.code, fault.fix))
                for fault in faults_of_model(error)
            ]
            return Refused(InvalidBody("A part can't be taken as it is", faults=faults), raw, place, external_id)
        return Taken.of(encounter, raw, place, self.place_of)


def _listed(tree: Any) -> Any:
    """Objects whose names are numbers become lists, in the order of the numbers."""
    if not isinstance(tree, dict):
        return tree
    if tree and all(name.isdigit() for name in tree):
        return [_listed(tree[name]) for name in sorted(tree, key=int)]
    return {name: _listed(value) for name, value in tree.items()}
