"""The loops of an 837P around its claims, as segments: providers, subscriber, patient, payer.

Refusals carry the path within the value; the writer puts the claim's before it.
"""

from collections.abc import Callable
from functools import lru_cache

from rcm.x12.elements import day_text, has_digits
from rcm.x12.problems import CannotWrite
from rcm.x12.professional_claim.values import Patient, Payer, Provider, Receiver, Submitter, Subscriber
from rcm.x12.text import clean, code, composite, free, is_npi, segment
from rcm.x12.values import Address, Reference

SegmentsOf = Callable[..., tuple[str, ...]]
"""A function that makes the segments of one part."""
_CACHE = 4096
_RELATIONSHIPS = frozenset({"01", "19", "20", "21", "39", "40", "53", "G8"})
_SEXES = frozenset({"M", "F", "U"})


def submitter_segments(submitter: Submitter, receiver: Receiver) -> list[str]:
    """1000A and 1000B."""
    contact = [*(("TE", _phone(submitter.phone, "submitter.phone")) if submitter.phone else ())]
    if submitter.email:
        contact += ["EM", _email(submitter.email)]
    if not contact:
        raise CannotWrite("submitter", "a phone or an email is required")
    return [
        segment("NM1", "41", "2", free(submitter.name, 60, "submitter.name", required=True), "", "", "", "", "46",
                free(submitter.identifier, 80, "submitter.identifier", required=True)),
        segment("PER", "IC", free(submitter.contact_name, 60, "submitter.contact_name"), *contact),
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
    out.append(_name("85", provider))
    out += address_segments(provider.address, "address")
    out.append(f"REF*{provider.tax_id_kind}*{provider.tax_id}")
    out += reference_segments(provider.references)
    if provider.phone:
        contact = free(provider.contact_name, 60, "contact_name")
        out.append(segment("PER", "IC", contact, "TE", _phone(provider.phone, "phone")))
    return tuple(out)


@lru_cache(_CACHE)
def provider_segments(entity: str, provider: Provider) -> tuple[str, ...]:
    """2310 and 2420: DN referring, 82 rendering (with its taxonomy), 77 facility (with its address), DQ supervising."""
    out = [_name(entity, provider)]
    if entity == "82" and provider.taxonomy:
        out.append(f"PRV*PE*PXC*{code(provider.taxonomy, 10, 'taxonomy', shortest=10)}")
    if entity == "77":
        if provider.address is None:
            raise CannotWrite("address", "the service facility needs one")
        out += address_segments(provider.address, "address")
    out += reference_segments(provider.references)
    return tuple(out)


def subscriber_segments(subscriber: Subscriber, payer: Payer, *, is_patient: bool) -> list[str]:
    """SBR, 2010BA and 2010BB."""
    group_name = "" if subscriber.group_number else free(subscriber.group_name, 60, "subscriber.group_name")
    out = [
        segment("SBR", code(subscriber.rank, 1, "subscriber.rank"), "18" if is_patient else "",
                free(subscriber.group_number, 50, "subscriber.group_number"), group_name, clean(subscriber.insurance_type),
                "", "", "", code(subscriber.filing_indicator, 2, "subscriber.filing_indicator")),
    ]  # fmt: skip
    member = free(subscriber.member_id, 80, "subscriber.member_id", required=True)
    out.append(f"{_person('IL', subscriber, 'subscriber')}***MI*{member}")
    if is_patient and (subscriber.address is None or subscriber.birth_date is None):
        raise CannotWrite("subscriber", "address and birth date are required where the subscriber is the patient")
    if subscriber.address is not None:
        out += address_segments(subscriber.address, "subscriber.address")
    if subscriber.birth_date is not None:
        out.append(f"DMG*D8*{day_text(subscriber.birth_date)}*{_sex(subscriber.sex, 'subscriber.sex')}")
    out += _payer_segments(payer)
    return out


def patient_segments(patient: Patient) -> list[str]:
    """PAT and 2010CA."""
    if patient.relationship not in _RELATIONSHIPS:
        raise CannotWrite("patient.relationship", "is no relationship that PAT01 takes")
    return [
        f"PAT*{patient.relationship}",
        _person("QC", patient, "patient").rstrip("*"),
        *address_segments(patient.address, "patient.address"),
        f"DMG*D8*{day_text(patient.birth_date)}*{_sex(patient.sex, 'patient.sex')}",
    ]


def reference_segments(references: tuple[Reference, ...]) -> list[str]:
    """REF each."""
    return [
        f"REF*{code(item.qualifier, 3, 'references', shortest=2)}*{free(item.value, 50, 'references', required=True)}"
        for item in references
    ]


@lru_cache(_CACHE)
def address_segments(address: Address, path: str) -> tuple[str, ...]:
    """N3 and N4."""
    if not address.country:
        if len(address.state) != 2 or not (address.state.isascii() and address.state.isalpha()):
            raise CannotWrite(f"{path}.state", "must be two letters")
        if not has_digits(address.postal_code, 5, 9):
            raise CannotWrite(f"{path}.postal_code", "must be five or nine digits")
    street = free(address.line1, 55, f"{path}.line1", required=True)
    city = free(address.city, 30, f"{path}.city", required=True)
    if len(city) < 2:
        raise CannotWrite(f"{path}.city", "must have two characters or more")
    return (
        segment("N3", street, free(address.line2, 55, f"{path}.line2")),
        segment("N4", city, clean(address.state), clean(address.postal_code), clean(address.country)),
    )


@lru_cache(_CACHE)
def _payer_segments(payer: Payer) -> tuple[str, ...]:
    name = free(payer.name, 60, "payer.name", required=True)
    identifier = free(payer.payer_id, 80, "payer.payer_id", required=True)
    if len(identifier) < 2:
        raise CannotWrite("payer.payer_id", "must have two characters or more")
    address = address_segments(payer.address, "payer.address") if payer.address is not None else ()
    return (f"NM1*PR*2*{name}*****PI*{identifier}", *address)


def _name(entity: str, provider: Provider) -> str:
    """NM1 of a provider with its NPI; a facility is never a person."""
    if not is_npi(provider.npi):
        raise CannotWrite("npi", "is no NPI: ten digits with the right check digit")
    last = free(provider.last_name, 60, "last_name", required=True)
    if not provider.first_name and entity in {"DN", "DQ"}:
        raise CannotWrite("first_name", "is required: a referring or supervising provider is a person")
    if not provider.first_name or entity == "77":
        return f"NM1*{entity}*2*{last}*****XX*{provider.npi}"
    first = free(provider.first_name, 35, "first_name", required=True)
    return f"NM1*{entity}*1*{last}*{first}*{free(provider.middle_name, 25, 'middle_name')}***XX*{provider.npi}"


def _person(entity: str, person: Subscriber | Patient, path: str) -> str:
    """NM1 up to NM105."""
    last = free(person.last_name, 60, f"{path}.last_name", required=True)
    first = free(person.first_name, 35, f"{path}.first_name")
    return f"NM1*{entity}*1*{last}*{first}*{free(person.middle_name, 25, f'{path}.middle_name')}"


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


def _email(email: str) -> str:
    """An address in PER: the extended character set has small letters, and @ is no delimiter."""
    cleaned = email.strip()
    if not cleaned.isascii() or not cleaned.isprintable() or any(mark in cleaned for mark in "*:~^ ") or "@" not in cleaned:
        raise CannotWrite("submitter.email", "is no address that X12 can hold")
    return cleaned.upper()


def place_of_service(text: str, path: str) -> str:
    """Two digits or letters."""
    return code(text, 2, path, shortest=2)


def procedure_composite(procedure: str, modifiers: tuple[str, ...], description: str) -> str:
    """SV101: HC, the code, up to four modifiers, the description at the seventh place."""
    if len(procedure) != 5:
        raise CannotWrite("procedure", "must be five letters and digits")
    if not modifiers and not description:
        return f"HC:{code(procedure, 5, 'procedure')}"
    if len(modifiers) > 4:
        raise CannotWrite("modifiers", "are more than four")
    marks = [code(modifier, 2, "modifiers", shortest=2) for modifier in modifiers]
    text = free(description, 80, "description")
    return composite("HC", code(procedure, 5, "procedure"), *marks, *[""] * (4 - len(marks)), text)
