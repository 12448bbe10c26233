"""X12 health-care transactions as typed values: readers, writers, balances and checks, one package per guide.

from rcm.x12.professional_claim import ProfessionalClaim, write_professional_claims, read_professional_claims
from rcm.x12.institutional_claim import InstitutionalClaim, write_institutional_claims, read_institutional_claims
from rcm.x12.dental_claim import DentalClaim, read_dental_claims
from rcm.x12.remittance import Remittance, read_remittances, claim_differences, transaction_difference, write_remittances
from rcm.x12.acknowledgement import read_acknowledgements, write_functional_acknowledgements
from rcm.x12.eligibility import read_eligibility_inquiries, read_eligibility_answers, write_eligibility_answers
from rcm.x12.claim_status import read_claim_status_inquiries, read_claim_status_answers, write_claim_status_answers
from rcm.x12.segments import read_segments, write_segments
from rcm.x12.problems import NotX12, CannotWrite, Problem
"""
