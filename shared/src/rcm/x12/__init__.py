"""X12 health-care transactions as typed values: readers, writers, balances and checks, one package per guide.

from rcm.x12.professional_claim import ProfessionalClaim, write_professional_claims, read_professional_claims
from rcm.x12.remittance import Remittance, read_remittances, line_differences, claim_differences, transaction_difference
from rcm.x12.acknowledgement import read_acknowledgements, write_functional_acknowledgement
from rcm.x12.problems import NotX12, CannotWrite, Problem
"""
