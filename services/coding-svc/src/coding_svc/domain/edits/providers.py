"""Edits of the providers: who bills, check digits, taxonomy and tax id form."""

import re
from collections.abc import Iterator
from functools import lru_cache

from coding_svc.domain.edits.form import Edit, Facts, Hit
from coding_svc.domain.edits.people import is_whole
from coding_svc.domain.encounter import Encounter, Provider
from coding_svc.domain.npi import is_npi

_TAXONOMY = re.compile(r"[0-9]{3}[0-9A-Z]{6}X")
_TAX_ID = re.compile(r"[0-9]{9}")


def billing_provider_missing(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    if encounter.billing_provider is None:
        yield Hit("/billing_provider")


def provider_incomplete(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for path, provider in encounter.providers:
        if not provider.npi:
            yield Hit(f"{path}/npi", "the NPI")
        if not provider.last_name:
            yield Hit(f"{path}/last_name", "the name")


def npi_check_digit(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for path, provider in encounter.providers:
        if provider.npi and not is_npi(provider.npi):
            yield Hit(f"{path}/npi")


@lru_cache(maxsize=4096)
def is_taxonomy(code: str) -> bool:
    """Ten characters, the last an X (NUCC)."""
    return _TAXONOMY.fullmatch(code) is not None


def taxonomy_form(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for path, provider in encounter.providers:
        if provider.taxonomy and not is_taxonomy(provider.taxonomy):
            yield Hit(f"{path}/taxonomy")


@lru_cache(maxsize=4096)
def is_tax_id(text: str) -> bool:
    """Nine digits."""
    return _TAX_ID.fullmatch(text) is not None


def tax_id_form(encounter: Encounter, _: Facts) -> Iterator[Hit]:
    for path, provider in encounter.providers:
        if provider.tax_id and not is_tax_id(provider.tax_id):
            yield Hit(f"{path}/tax_id")


def unremarkable(provider: Provider) -> bool:
    """Whether no edit of providers has anything to say about one, and none of addresses about the provider's."""
    return (
        provider.last_name != ""
        and is_npi(provider.npi)
        and (provider.taxonomy == "" or is_taxonomy(provider.taxonomy))
        and (provider.tax_id == "" or is_tax_id(provider.tax_id))
        and (provider.address is None or is_whole(provider.address))
    )


EDITS = (
    Edit(
        "billing-provider-missing",
        "/billing_provider",
        "The billing provider is missing",
        "Send who bills: at least NPI and name.",
        "837P 2010AA",
        billing_provider_missing,
        needs="no-billing-provider",
    ),
    Edit(
        "provider-incomplete",
        "/rendering_provider/npi",
        "A provider is incomplete",
        "Send NPI and name of each provider that is named.",
        "837P 2010AA, 2310A-D, 2420E NM103, NM109",
        provider_incomplete,
        needs="parties",
    ),
    Edit(
        "npi-check-digit",
        "/billing_provider/npi",
        "The NPI is not valid: ten digits with the right check digit",
        "Compare it with the NPI registry; a digit is likely mistyped.",
        "45 CFR 162.406; Luhn with the prefix 80840",
        npi_check_digit,
        needs="parties",
    ),
    Edit(
        "taxonomy-form",
        "/billing_provider/taxonomy",
        "A taxonomy code has ten characters and ends with X",
        "Send the NUCC taxonomy code, or leave it out.",
        "NUCC provider taxonomy; 837P PRV03",
        taxonomy_form,
        needs="parties",
    ),
    Edit(
        "tax-id-form",
        "/billing_provider/tax_id",
        "A tax id has nine digits",
        "Send it without a dash, or leave it out.",
        "837P 2010AA REF02",
        tax_id_form,
        needs="parties",
    ),
)
