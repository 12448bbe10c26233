"""835, remittance advice (005010X221A1): typed values, reader, balances, writer."""

from rcm.x12.remittance.balances import claim_differences, differences, transaction_difference
from rcm.x12.remittance.reader import RemittanceReader, convert_remittances, read_remittances
from rcm.x12.remittance.values import (
    BankAccount,
    ClaimGroup,
    ClaimPayment,
    LinePayment,
    Party,
    Person,
    ProviderAdjustment,
    Remittance,
)
from rcm.x12.remittance.writer import write_remittances
from rcm.x12.values import Difference

__all__ = [
    "BankAccount",
    "ClaimGroup",
    "ClaimPayment",
    "Difference",
    "LinePayment",
    "Party",
    "Person",
    "ProviderAdjustment",
    "Remittance",
    "RemittanceReader",
    "claim_differences",
    "convert_remittances",
    "differences",
    "read_remittances",
    "transaction_difference",
    "write_remittances",
]
