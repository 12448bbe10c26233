"""FHIR's JSON, asked for politely: whatever is not of the expected kind is not there."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

Resource = Mapping[str, Any]

ICD_10_CM = frozenset({"http://hl7.org/fhir/sid/icd-10-cm", "urn:oid:2.16.840.1.113883.6.90"})
PROCEDURES = frozenset(
    {
        "http://www.ama-assn.org/go/cpt",
        "urn:oid:2.16.840.1.113883.6.12",
        "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "http://terminology.hl7.org/CodeSystem/HCPCS",
        "urn:oid:2.16.840.1.113883.6.285",
    }
)
"""CPT and HCPCS level II."""
PLACES_OF_SERVICE = frozenset(
    {
        "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set",
        "http://terminology.hl7.org/CodeSystem/ex-serviceplace",
        "urn:oid:2.16.840.1.113883.6.50",
    }
)
NDC = frozenset({"http://hl7.org/fhir/sid/ndc", "urn:oid:2.16.840.1.113883.6.69"})
TAXONOMY = frozenset({"http://nucc.org/provider-taxonomy", "urn:oid:2.16.840.1.113883.6.101"})
FILING_INDICATORS = frozenset({"https://codesystem.x12.org/005010/1032", "https://x12.org/codes/claim-filing-indicator-codes"})
NPI = frozenset({"http://hl7.org/fhir/sid/us-npi", "urn:oid:2.16.840.1.113883.4.6"})
EIN = frozenset({"urn:oid:2.16.840.1.113883.4.4", "http://hl7.org/fhir/sid/us-ein"})
SSN = frozenset({"http://hl7.org/fhir/sid/us-ssn", "urn:oid:2.16.840.1.113883.4.1"})

_DIGITS_MAX = 30


def text(value: Any) -> str:
    """A string or a number as text, else nothing. A number with an exponent out of all reason keeps it, to be refused."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Decimal) and -_DIGITS_MAX < value.adjusted() < _DIGITS_MAX:
        return format(value, "f")
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""


def each(value: Any) -> Sequence[Resource]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def part(value: Any, *names: str) -> Any:
    """What stands beneath, member by member; the first where a list stands between."""
    for name in names:
        if isinstance(value, list):
            value = value[0] if value else None
        value = value.get(name) if isinstance(value, dict) else None
    return value


def day(value: Any) -> str:
    """A date, or an instant's date as the sender's own offset says it. "2024-05" stays, for the model to refuse."""
    told = text(value)
    return told[:10] if len(told) > 10 and told[10] == "T" else told


def code_of(concept: Any, systems: frozenset[str]) -> str:
    """A CodeableConcept's code of one of the systems."""
    return next(
        (text(coding.get("code")) for coding in each(part(concept, "coding")) if text(coding.get("system")) in systems), ""
    )


def words_of(concept: Any) -> str:
    """A CodeableConcept in words."""
    return text(part(concept, "text")) or text(part(concept, "coding", "display"))


def identifier(resource: Any, systems: frozenset[str], types: frozenset[str] = frozenset()) -> str:
    """The value of an identifier of one of the systems, or of one of the types (v2-0203)."""
    for one in each(part(resource, "identifier")):
        if text(one.get("system")) in systems or any(
            text(coding.get("code")) in types for coding in each(part(one, "type", "coding"))
        ):
            return text(one.get("value"))
    return ""


class Index:
    """A bundle's resources by their addresses, and the references between them."""

    def __init__(self, bundle: Resource) -> None:
        self.resources: list[tuple[int, Resource]] = []
        self._by_address: dict[str, Resource] = {}
        self._identities: dict[int, str] = {}
        for place, entry in enumerate(each(bundle.get("entry"))):
            resource = entry.get("resource")
            if not isinstance(resource, dict):
                continue
            self.resources.append((place, resource))
            kind, full_url = text(resource.get("resourceType")), text(entry.get("fullUrl"))
            identity = self._identities[id(resource)] = (
                text(resource.get("id")) or full_url.rpartition(":")[2].rpartition("/")[2]
            )
            for address in (full_url, f"{kind}/{identity}" if identity else ""):
                if address:
                    self._by_address.setdefault(address, resource)
        encounters = [resource for _, resource in self.of("Encounter")]
        self._only_encounter = encounters[0] if len(encounters) == 1 else None
        self._by_encounter = self._group()

    def of(self, kind: str) -> Iterator[tuple[int, Resource]]:
        """The resources of a kind with their places in Bundle.entry."""
        return ((place, resource) for place, resource in self.resources if resource.get("resourceType") == kind)

    def follow(self, reference: Any, within: Resource | None = None) -> Resource:
        """The resource that a Reference names: contained, in the bundle, or by identifier; {} where it is elsewhere."""
        address = text(part(reference, "reference"))
        if address.startswith("#"):
            contained = each(within.get("contained")) if within else []
            return next((found for found in contained if text(found.get("id")) == address[1:]), {})
        found = self._by_address.get(address) or self._by_address.get("/".join(address.split("/")[-2:]))
        if found is not None:
            return found
        kind, query, searched = address.partition("?identifier=")
        if query:
            return self._by_identifier(kind, searched)
        told = part(reference, "identifier")
        return {"identifier": [told]} if isinstance(told, dict) else {}

    def _by_identifier(self, kind: str, searched: str) -> Resource:
        """A conditional reference: in the bundle, else what it tells by itself."""
        system, _, value = searched.rpartition("|")
        for _, resource in self.of(kind):
            if identifier(resource, frozenset({system})) == value:
                return resource
        return {"resourceType": kind, "identifier": [{"system": system, "value": value}]}

    def identity(self, resource: Resource) -> str:
        """A resource's id; where it has none yet, that of its address in the bundle."""
        return self._identities.get(id(resource)) or text(resource.get("id"))

    def items(self, claim: Resource, encounter: Resource) -> list[tuple[int, Resource]]:
        """The lines of a claim that are this Encounter's, with their places. A claim that names none is the only one's."""
        lines = list(enumerate(each(claim.get("item"))))
        if self._only_encounter is encounter and not _names_encounters(claim):
            return lines
        return [
            (place, line)
            for place, line in lines
            if any(self.follow(reference, claim) is encounter for reference in each(line.get("encounter")))
        ]

    def about(self, kind: str, encounter: Resource) -> list[tuple[int, Resource]]:
        """The resources of a kind that name this Encounter."""
        return self._by_encounter.get(id(encounter), {}).get(kind, [])

    def _group(self) -> dict[int, dict[str, list[tuple[int, Resource]]]]:
        """Resources by the Encounter that they name: `encounter`, `context.encounter`, or a Claim's items."""
        grouped: dict[int, dict[str, list[tuple[int, Resource]]]] = {}
        for place, resource in self.resources:
            kind = text(resource.get("resourceType"))
            seen: set[int] = set()
            named = [self.follow(reference, resource) for reference in _encounters_named(resource)]
            if kind == "Claim" and self._only_encounter is not None and not _names_encounters(resource):
                named = [self._only_encounter]
            for encounter in named:
                if encounter and id(encounter) not in seen:
                    seen.add(id(encounter))
                    grouped.setdefault(id(encounter), {}).setdefault(kind, []).append((place, resource))
        return grouped


def last_part(address: str) -> str:
    """The id in `urn:uuid:ID` and in `Kind/ID`."""
    return address.rpartition(":")[2].rpartition("/")[2]


def _names_encounters(claim: Resource) -> bool:
    return any(item.get("encounter") for item in each(claim.get("item")))


def _encounters_named(resource: Resource) -> Iterator[Any]:
    kind = resource.get("resourceType")
    if kind == "Claim":
        for item in each(resource.get("item")):
            yield from each(item.get("encounter"))
        return
    named = resource.get("encounter")
    if isinstance(named, dict):
        yield named
    context = resource.get("context")
    if isinstance(context, dict):
        yield context if "reference" in context else {}
        yield from each(context.get("encounter"))
