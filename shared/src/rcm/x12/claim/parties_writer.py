"""The parties of claims as segments: submitter, providers, subscriber, patient, payer.

Refusals carry the path within the value; the writer puts the claim's before it.
"""

from collections.abc import Callable
from functools import lru_cache

from rcm.x12.claim.values import Patient, Payer, PayTo, Place, Provider, Receiver, Submitter, Subscriber
from rcm.x12.elements import day_text, decimal_text, has_digits
from rcm.x12.problems import CannotWrite
from rcm.x12.text import clean, code, free, is_npi, segment
from rcm.x12.values import Address, Reference
from rcm.x12.writing import contact_number, contact_segment, refuse_lost

SegmentsOf = Callable[..., tuple[str, ...]]
"""A function that makes the segments of one part."""
_CACHE = 4096
_RELATIONSHIPS = frozenset({"01", "19", "20", "21", "39", "40", "53", "G8"})
_SEXES = frozenset({"M", "F", "U"})


_PERSONS = frozenset({"DN", "P3", "DQ", "72", "ZZ", "71"})
"""Roles that only a person has."""
_BILLING_RAW = ("CUR*",)


def submitter_segments(submitter: Submitter, receiver: Receiver) -> list[str]:
    """1000A and 1000B."""
    refuse_lost(submitter.raw, "submitter.raw", names={"41": submitter.name})
    refuse_lost(receiver.raw, "receiver.raw", names={"40": receiver.name})
    if submitter.contacts:
        contacts = [contact_segment(item, "submitter.") for item in submitter.contacts]
    else:
        numbers = [*(("TE", _phone(submitter.phone, "submitter.phone")) if submitter.phone else ())]
        if submitter.email:
            numbers += ["EM", contact_number("EM", submitter.email, "submitter.")]
        if not numbers:
            raise CannotWrite("submitter", "a phone or an email is required")
        contacts = [segment("PER", "IC", free(submitter.contact_name, 60, "submitter.contact_name"), *numbers)]
    first = free(submitter.first_name, 35, "submitter.first_name")
    return [
        segment("NM1", "41", "1" if first else "2", free(submitter.name, 60, "submitter.name", required=True), first, "", "",
                "", "46", free(submitter.identifier, 80, "submitter.identifier", required=True)),
        *contacts,
        segment("NM1", "40", "2", free(receiver.name, 60, "receiver.name", required=True), "", "", "", "", "46",
                free(receiver.identifier, 80, "receiver.identifier", required=True)),
    ]  # fmt: skip


@lru_cache(_CACHE)
def billing_provider_segments(provider: Provider) -> tuple[str, ...]:
    """2000A PRV and 2010AA."""
    if provider.address is None:
        raise CannotWrite("address", "the billing provider needs one")
    if not has_digits(provider.address.postal_code, 9) and not provider.address.country:
        raise CannotWrite("address.postal_code", "the billing provider needs all nine digits")
    if not has_digits(provider.tax_id, 9) or provider.tax_id_kind not in {"EI", "SY"}:
        raise CannotWrite("tax_id", "must be nine digits, an employer id (EI) or a social security number (SY)")
    out = [f"PRV*BI*PXC*{code(provider.taxonomy, 10, 'taxonomy', shortest=10)}"] if provider.taxonomy else []
    refuse_lost(provider.raw, "raw", _BILLING_RAW, {"85": provider.last_name})
    out += [raw for raw in provider.raw if raw.startswith("CUR*")]
    out.append(_name("85", provider))
    out += address_segments(provider.address, "address")
    out.append(f"REF*{provider.tax_id_kind}*{provider.tax_id}")
    out += reference_segments(provider.references)
    out += _contacts(provider)
    return tuple(out)


@lru_cache(_CACHE)
def provider_segments(entity: str, provider: Provider) -> tuple[str, ...]:
    """2310 and 2420, by NM101; 82 and 71 have a taxonomy, 77 and DK an address.

    A provider is one value wherever he stands: of it is written what the guide has a place for there.
    """
    refuse_lost(provider.raw, "raw", names={entity: provider.last_name})
    if entity == "QB":
        # Of whom a service was purchased the guide takes the number alone.
        out = [segment("NM1", "QB", "2", "", "", "", "", "", *(("XX", provider.npi) if is_npi(provider.npi) else ()))]
    else:
        out = [_name(entity, provider)]
    if entity in {"82", "71"} and provider.taxonomy:
        out.append(f"PRV*{'AT' if entity == '71' else 'PE'}*PXC*{code(provider.taxonomy, 10, 'taxonomy', shortest=10)}")
    if entity == "77" and provider.address is None:
        raise CannotWrite("address", "the service facility needs one")
    if entity in {"77", "DK"} and provider.address is not None:
        out += address_segments(provider.address, "address")
    out += reference_segments(provider.references)
    if entity in {"77", "DK"}:
        out += _contacts(provider)
    return tuple(out)


def _contacts(provider: Provider) -> list[str]:
    """PER."""
    if provider.contacts:
        return [contact_segment(item) for item in provider.contacts]
    if not provider.phone:
        return []
    name = free(provider.contact_name, 60, "contact_name")
    return [segment("PER", "IC", name, "TE", _phone(provider.phone, "phone"))]


def place_segments(entity: str, place: Place, path: str) -> list[str]:
    """2310E and F, 2420G and H."""
    refuse_lost(place.raw, f"{path}.raw", names={entity: place.name})
    name = f"NM1*{entity}*2*{free(place.name, 60, f'{path}.name')}".rstrip("*")
    return [name, *address_segments(place.address, f"{path}.address")]


def pay_to_segments(pay_to: PayTo) -> list[str]:
    """2010AB and 2010AC."""
    refuse_lost(pay_to.raw, "pay_to.raw", names={pay_to.role: pay_to.name})
    name = free(pay_to.name, 60, "pay_to.name")
    identifier = free(pay_to.identifier, 80, "pay_to.identifier")
    out = [segment("NM1", pay_to.role, "2", name, "", "", "", "", pay_to.identifier_qualifier, identifier)]
    return [*out, *address_segments(pay_to.address, "pay_to.address"), *reference_segments(pay_to.references)]


def subscriber_segments(subscriber: Subscriber, payer: Payer, *, is_patient: bool) -> list[str]:
    """SBR, PAT, 2010BA and 2010BB."""
    if subscriber.raw:
        refuse_lost(subscriber.raw, "subscriber.raw", names={"IL": subscriber.last_name})
    out = [
        _coverage_segment(
            subscriber.rank, subscriber.group_number, subscriber.group_name, subscriber.insurance_type,
            subscriber.filing_indicator, "18" if is_patient else "",
        )
    ]  # fmt: skip
    if is_patient:
        out += _condition("", subscriber, "subscriber")
    member = free(subscriber.member_id, 80, "subscriber.member_id", required=True)
    kind = "2" if subscriber.organisation else "1"
    out.append(f"{_person('IL', kind, subscriber, 'subscriber')}*{subscriber.identifier_qualifier}*{member}")
    if is_patient and (subscriber.address is None or subscriber.birth_date is None):
        raise CannotWrite("subscriber", "address and birth date are required where the subscriber is the patient")
    if subscriber.address is not None:
        out += address_segments(subscriber.address, "subscriber.address")
    if subscriber.birth_date is not None:
        out.append(f"DMG*D8*{day_text(subscriber.birth_date)}*{_sex(subscriber.sex, 'subscriber.sex')}")
    if subscriber.references:
        out += reference_segments(subscriber.references)
    if subscriber.contacts:
        out += [contact_segment(item, "subscriber.") for item in subscriber.contacts]
    out += _payer_segments(payer)
    return out


@lru_cache(_CACHE)
def _coverage_segment(
    rank: str, group_number: str, group_name: str, insurance_type: str, filing_indicator: str, relationship: str
) -> str:
    """SBR: the same for all who work at one employer."""
    name = "" if group_number else free(group_name, 60, "subscriber.group_name")
    return segment(
        "SBR", code(rank, 1, "subscriber.rank"), relationship, free(group_number, 50, "subscriber.group_number"), name,
        clean(insurance_type), "", "", "", code(filing_indicator, 2, "subscriber.filing_indicator"),
    )  # fmt: skip


def patient_segments(patient: Patient) -> list[str]:
    """PAT and 2010CA."""
    refuse_lost(patient.raw, "patient.raw", names={"QC": patient.last_name})
    if patient.relationship not in _RELATIONSHIPS:
        raise CannotWrite("patient.relationship", "is no relationship that PAT01 takes")
    out = [
        *(_condition(patient.relationship, patient, "patient") or (f"PAT*{patient.relationship}",)),
        _person("QC", "1", patient, "patient").rstrip("*"),
        *address_segments(patient.address, "patient.address"),
        f"DMG*D8*{day_text(patient.birth_date)}*{_sex(patient.sex, 'patient.sex')}",
    ]
    if patient.references:
        out += reference_segments(patient.references)
    if patient.contacts:
        out += [contact_segment(item, "patient.") for item in patient.contacts]
    return out


def _condition(relationship: str, person: Subscriber | Patient, path: str) -> tuple[str, ...]:
    """PAT with death, weight and pregnancy; nothing where there is none of them."""
    if person.died_on is None and not person.weight_pounds and not person.pregnant:
        return ()
    died = ("D8", day_text(person.died_on)) if person.died_on is not None else ("", "")
    weight = decimal_text(person.weight_pounds) if person.weight_pounds else ""
    if weight is None:
        raise CannotWrite(f"{path}.weight_pounds", "must be a number")
    pounds = ("01", weight) if weight else ("", "")
    return (segment("PAT", relationship, "", "", "", *died, *pounds, "Y" if person.pregnant else ""),)


def reference_segments(references: tuple[Reference, ...]) -> list[str]:
    """REF each."""
    return [
        f"REF*{code(item.qualifier, 3, 'references', shortest=2)}*{free(item.value, 50, 'references', required=True)}"
        + (f"*{free(item.description, 80, 'references')}" if item.description else "")
        for item in references
    ]


@lru_cache(_CACHE)
def address_segments(address: Address, path: str) -> tuple[str, ...]:
    """N3 and N4."""
    street = free(address.line1, 55, f"{path}.line1", required=True)
    return (
        segment("N3", street, free(address.line2, 55, f"{path}.line2")),
        _place_segment(address.city, address.state, address.postal_code, address.country, address.subdivision, path),
    )


@lru_cache(_CACHE)
def _place_segment(city: str, state: str, postal_code: str, country: str, subdivision: str, path: str) -> str:
    """N4: a practice's patients live in few places."""
    if not country:
        if len(state) != 2 or not (state.isascii() and state.isalpha()):
            raise CannotWrite(f"{path}.state", "must be two letters")
        if not has_digits(postal_code, 5, 9):
            raise CannotWrite(f"{path}.postal_code", "must be five or nine digits")
    name = free(city, 30, f"{path}.city", required=True)
    if len(name) < 2:
        raise CannotWrite(f"{path}.city", "must have two characters or more")
    return segment("N4", name, clean(state), clean(postal_code), clean(country), "", "", clean(subdivision))


@lru_cache(_CACHE)
def _payer_segments(payer: Payer) -> tuple[str, ...]:
    refuse_lost(payer.raw, "payer.raw", names={"PR": payer.name})
    name = free(payer.name, 60, "payer.name", required=True)
    identifier = free(payer.payer_id, 80, "payer.payer_id", required=True)
    if len(identifier) < 2:
        raise CannotWrite("payer.payer_id", "must have two characters or more")
    address = address_segments(payer.address, "payer.address") if payer.address is not None else ()
    return (f"NM1*PR*2*{name}*****{payer.identifier_qualifier}*{identifier}", *address, *reference_segments(payer.references))


def _name(entity: str, provider: Provider) -> str:
    """NM1 of a provider with its NPI; a facility is never a person."""
    if not is_npi(provider.npi):
        raise CannotWrite("npi", "is no NPI: ten digits with the right check digit")
    last = free(provider.last_name, 60, "last_name", required=True)
    if not provider.first_name and entity in _PERSONS:
        raise CannotWrite("first_name", "is required: this provider is a person")
    if not provider.first_name or entity == "77":
        return f"NM1*{entity}*2*{last}*****XX*{provider.npi}"
    first, middle = free(provider.first_name, 35, "first_name", required=True), free(provider.middle_name, 25, "middle_name")
    return f"NM1*{entity}*1*{last}*{first}*{middle}**{free(provider.suffix, 10, 'suffix')}*XX*{provider.npi}"


def _person(entity: str, kind: str, person: Subscriber | Patient, path: str) -> str:
    """NM1 up to NM107."""
    last = free(person.last_name, 60, f"{path}.last_name", required=True)
    first, middle, suffix = person.first_name, person.middle_name, person.suffix
    if first:
        first = free(first, 35, f"{path}.first_name")
    if middle:
        middle = free(middle, 25, f"{path}.middle_name")
    if suffix:
        suffix = free(suffix, 10, f"{path}.suffix")
    return f"NM1*{entity}*{kind}*{last}*{first}*{middle}**{suffix}"


def _sex(sex: str, path: str) -> str:
    if sex not in _SEXES:
        raise CannotWrite(path, "must be M, F or U")
    return sex


def _phone(phone: str, path: str) -> str:
    digits = "".join(mark for mark in phone if mark in "0123456789")
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    if len(digits) != 10:
        raise CannotWrite(path, "must have ten digits")
    return digits
