"""270 and 271, eligibility inquiries and benefits (005010X279A1): typed values, readers, writers."""

from rcm.x12.eligibility.reader import read_eligibility_answers, read_eligibility_inquiries
from rcm.x12.eligibility.values import Benefit, Delivery, Detail, EligibilityAnswer, EligibilityInquiry, Question
from rcm.x12.eligibility.writer import write_eligibility_answers, write_eligibility_inquiries

__all__ = [
    "Benefit",
    "Delivery",
    "Detail",
    "EligibilityAnswer",
    "EligibilityInquiry",
    "Question",
    "read_eligibility_answers",
    "read_eligibility_inquiries",
    "write_eligibility_answers",
    "write_eligibility_inquiries",
]
