"""Patient, guarantor, coverages and providers of an Encounter."""

from coding_svc.edi.fhir.resources import (
    EIN,
    FILING_INDICATORS,
    NPI,
    SSN,
    TAXONOMY,
    Index,
    Resource,
    code_of,
    day,
    each,
    identifier,
    last_part,
    part,
    text,
)
from coding_svc.edi.sheet import Sheet

_SEXES = {"male": "M", "female": "F"}
_RELATIONSHIPS = {"self": "18", "spouse": "01", "child": "19", "common": "53", "parent": "G8", "other": "G8", "injured": "G8"}
_RANKS = "PST"
_SELF_PAY = "pay"
_PAYER_TYPES = frozenset({"NIIP", "NAIC"})
_PAYER_SYSTEMS = frozenset({"urn:oid:2.16.840.1.113883.6.300", "http://hl7.org/fhir/sid/us-payer-id", "urn:rcm:payer-id"})
_MEMBER_TYPES = frozenset({"MB"})
_TEAM = {
    "primary": "rendering_provider",
    "rendering": "rendering_provider",
    "performing": "rendering_provider",
    "referring": "referring_provider",
    "supervisor": "supervising_provider",
    "supervising": "supervising_provider",
}
_PERFORMERS = ("PPRF", "ATND", "SPRF")
_REFERRER = "REF"


def patient(index: Index, encounter: Resource, sheet: Sheet, at: str) -> None:
    """Encounter.subject."""
    found = index.follow(encounter.get("subject"), encounter)
    sheet.at("/patient", f"{at}.subject")
    sheet.at("/patient/external_id", f"{at}.subject")
    named = text(part(encounter, "subject", "reference"))
    identity = index.identity(found) or last_part(named)
    sheet.put("/patient/external_id", identity, f"{at}.subject")
    _person(sheet, "/patient", found, f"Patient/{identity}" if identity else f"{at}.subject")


def _person(sheet: Sheet, pointer: str, resource: Resource, where: str) -> None:
    name = next((name for name in each(resource.get("name")) if name.get("use") == "official"), part(resource, "name") or {})
    name = name[0] if isinstance(name, list) and name else name
    given = part(name, "given")
    names = [text(one) for one in given] if isinstance(given, list) else []
    sheet.at(pointer, where)
    sheet.put(f"{pointer}/last_name", text(part(name, "family")), f"{where}.name.family")
    sheet.put(f"{pointer}/first_name", names[0] if names else "", f"{where}.name.given")
    sheet.put(f"{pointer}/middle_name", names[1] if len(names) > 1 else "", f"{where}.name.given")
    sheet.put(f"{pointer}/birth_date", day(resource.get("birthDate")), f"{where}.birthDate")
    sheet.put(f"{pointer}/sex", _SEXES.get(text(resource.get("gender")), "U"), f"{where}.gender")
    phone = next((text(told.get("value")) for told in each(resource.get("telecom")) if told.get("system") == "phone"), "")
    sheet.put(f"{pointer}/phone", "".join(filter(str.isdigit, phone))[:30], f"{where}.telecom")
    _address(sheet, f"{pointer}/address", resource, f"{where}.address")


def _address(sheet: Sheet, pointer: str, resource: Resource, where: str) -> None:
    found = resource.get("address")
    found = found[0] if isinstance(found, list) and found else found
    lines = part(found, "line")
    told = [text(line) for line in lines] if isinstance(lines, list) else []
    state = text(part(found, "state"))
    sheet.put(f"{pointer}/line1", told[0] if told else "", f"{where}.line")
    sheet.put(f"{pointer}/line2", told[1] if len(told) > 1 else "", f"{where}.line")
    sheet.put(f"{pointer}/city", text(part(found, "city")), f"{where}.city")
    sheet.put(f"{pointer}/state", _STATES.get(state.lower(), state), f"{where}.state")
    sheet.put(f"{pointer}/postal_code", text(part(found, "postalCode")), f"{where}.postalCode")


def guarantor(index: Index, encounter: Resource, sheet: Sheet, at: str) -> None:
    """Account.guarantor of the Encounter's account; without one the patient is billed."""
    account = index.follow(part(encounter, "account"), encounter) if not isinstance(encounter.get("account"), list) else {}
    for reference in each(encounter.get("account")):
        account = account or index.follow(reference, encounter)
    party = part(account, "guarantor", "party")
    found = index.follow(party, account)
    identity = index.identity(found)
    if identity:
        sheet.put("/guarantor/external_id", identity, f"{at}.account")
        _person(sheet, "/guarantor", found, f"{text(found.get('resourceType'))}/{identity}")


def coverages(index: Index, claim: Resource, sheet: Sheet, where: str, seen: set[int]) -> None:
    """Claim.insurance in its order; what is told in words alone is no coverage. `seen`: those that a claim before named."""
    told = sorted(enumerate(each(claim.get("insurance"))), key=lambda pair: _order(pair[1]))
    for place, insurance in told:
        here = f"{where}.insurance[{place}]"
        coverage = index.follow(insurance.get("coverage"), claim)
        sheet.at("/coverages", here)
        if coverage.get("resourceType") != "Coverage":
            continue
        if _SELF_PAY in {text(coding.get("code")) for coding in each(part(coverage, "type", "coding"))}:
            sheet.put("/self_pay", value=True, place=f"{here}.coverage")
            continue
        rank = sum(sheet.has(f"/coverages/{number}") for number in range(len(_RANKS)))
        if rank >= len(_RANKS) or id(coverage) in seen:
            continue
        seen.add(id(coverage))
        _coverage(index, coverage, sheet, rank, here)
        authorisations = insurance.get("preAuthRef")
        if isinstance(authorisations, list) and authorisations and not sheet.has("/authorisation_number"):
            sheet.put("/authorisation_number", text(authorisations[0]), f"{here}.preAuthRef")


def _order(insurance: Resource) -> int:
    sequence = insurance.get("sequence")
    return sequence if isinstance(sequence, int) else 999


def _coverage(index: Index, coverage: Resource, sheet: Sheet, rank: int, here: str) -> None:
    pointer = f"/coverages/{rank}"
    where = f"Coverage/{text(coverage.get('id'))}"
    payor = next((index.follow(reference, coverage) for reference in each(coverage.get("payor"))), {})
    sheet.at(pointer, where)
    sheet.put(f"{pointer}/rank", _RANKS[rank], f"{here}.sequence")
    sheet.put(f"{pointer}/payer_id", identifier(payor, _PAYER_SYSTEMS, _PAYER_TYPES), f"{where}.payor")
    name = text(payor.get("name")) or text(part(coverage, "payor", "display"))
    sheet.put(f"{pointer}/payer_name", name, f"{where}.payor")
    sheet.at(f"{pointer}/payer_id", f"{where}.payor")
    member = text(coverage.get("subscriberId")) or identifier(coverage, frozenset(), _MEMBER_TYPES)
    sheet.at(f"{pointer}/member_id", f"{where}.subscriberId")
    sheet.put(f"{pointer}/member_id", member, f"{where}.subscriberId")
    for kind in each(coverage.get("class")):
        if text(part(kind, "type", "coding", "code")) == "group":
            sheet.put(f"{pointer}/group_number", text(kind.get("value")), f"{where}.class")
    sheet.put(f"{pointer}/plan_type", code_of(coverage.get("type"), FILING_INDICATORS), f"{where}.type")
    told = text(part(coverage, "relationship", "coding", "code"))
    relationship = _RELATIONSHIPS.get(told, "G8") if told else "18"
    sheet.put(f"{pointer}/relationship", relationship, f"{where}.relationship")
    sheet.put(f"{pointer}/effective_from", day(part(coverage, "period", "start")), f"{where}.period.start")
    sheet.put(f"{pointer}/effective_to", day(part(coverage, "period", "end")), f"{where}.period.end")
    if relationship != "18":
        sheet.at(f"{pointer}/subscriber", f"{where}.subscriber")
        subscriber = index.follow(coverage.get("subscriber"), coverage)
        if subscriber:
            _person(sheet, f"{pointer}/subscriber", subscriber, f"{where}.subscriber")


def providers(index: Index, encounter: Resource, sheet: Sheet, at: str) -> None:
    """Who bills (Claim.provider, else serviceProvider), who rendered, referred, supervised, and where."""
    sheet.at("/billing_provider", f"{at}.serviceProvider")
    for place, claim in index.about("Claim", encounter):
        where = f"Bundle.entry[{place}].resource"
        if not sheet.has("/billing_provider"):
            _provider(index, index.follow(claim.get("provider"), claim), sheet, "/billing_provider", f"{where}.provider")
        for number, member in enumerate(each(claim.get("careTeam"))):
            role = _TEAM.get(text(part(member, "role", "coding", "code")))
            if role and not sheet.has(f"/{role}"):
                found = index.follow(member.get("provider"), claim)
                _provider(index, found, sheet, f"/{role}", f"{where}.careTeam[{number}]")
    if not sheet.has("/billing_provider"):
        found = index.follow(encounter.get("serviceProvider"), encounter)
        _provider(index, found, sheet, "/billing_provider", f"{at}.serviceProvider")
    _participants(index, encounter, sheet, at)
    for number, told in enumerate(each(encounter.get("location"))):
        location = index.follow(told.get("location"), encounter)
        if identifier(location, NPI) and not sheet.has("/service_facility"):
            _provider(index, location, sheet, "/service_facility", f"{at}.location[{number}]")


def _participants(index: Index, encounter: Resource, sheet: Sheet, at: str) -> None:
    told = list(enumerate(each(encounter.get("participant"))))
    for number, member in told:
        kinds = {text(part(kind, "coding", "code")) for kind in each(member.get("type"))}
        role = (
            "rendering_provider"
            if kinds.intersection(_PERFORMERS) or (not kinds and len(told) == 1)
            else "referring_provider"
            if _REFERRER in kinds
            else None
        )
        if role and not sheet.has(f"/{role}"):
            found = index.follow(member.get("individual"), encounter)
            _provider(index, found, sheet, f"/{role}", f"{at}.participant[{number}]")


def _provider(index: Index, resource: Resource, sheet: Sheet, pointer: str, where: str) -> None:
    """A Practitioner, an Organization, a Location, or a PractitionerRole's Practitioner."""
    taxonomy = ""
    if resource.get("resourceType") == "PractitionerRole":
        taxonomy = next((code for told in each(resource.get("specialty")) if (code := code_of(told, TAXONOMY))), "")
        resource = index.follow(resource.get("practitioner"), resource)
    if not resource:
        return
    sheet.at(pointer, where)
    name = resource.get("name")
    if isinstance(name, str):
        sheet.put(f"{pointer}/last_name", name.strip(), where)
    else:
        sheet.put(f"{pointer}/last_name", text(part(name, "family")), where)
        given = part(name, "given")
        sheet.put(f"{pointer}/first_name", text(given[0]) if isinstance(given, list) and given else "", where)
    sheet.put(f"{pointer}/npi", identifier(resource, NPI), where)
    employer, personal = identifier(resource, EIN, frozenset({"TAX", "EN"})), identifier(resource, SSN)
    sheet.put(f"{pointer}/tax_id", employer, where)
    if not employer and personal and pointer == "/billing_provider":
        sheet.put(f"{pointer}/tax_id", personal, where)
        sheet.put(f"{pointer}/tax_id_kind", "SY", where)
    for told in (*each(resource.get("type")), *(part(q, "code") or {} for q in each(resource.get("qualification")))):
        taxonomy = taxonomy or code_of(told, TAXONOMY)
    sheet.put(f"{pointer}/taxonomy", taxonomy, where)
    if sheet.has(pointer):
        _address(sheet, f"{pointer}/address", resource, where)


_STATES = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "florida": "FL", "georgia": "GA", "hawaii": "HI",
    "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY", "louisiana": "LA",
    "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN", "mississippi": "MS",
    "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH", "new jersey": "NJ",
    "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND", "ohio": "OH", "oklahoma": "OK",
    "oregon": "OR", "pennsylvania": "PA", "puerto rico": "PR", "rhode island": "RI", "south carolina": "SC",
    "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT", "virginia": "VA",
    "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
}  # fmt: skip
"""FHIR allows a state's name where a claim wants its two letters."""
