"""276 and 277, claim status inquiries and answers (005010X212): typed values, readers, writers."""

from rcm.x12.claim_status.reader import read_claim_status_answers, read_claim_status_inquiries
from rcm.x12.claim_status.values import ClaimStatus, ClaimStatusAnswer, ClaimStatusInquiry, StatusCode, StatusLine
from rcm.x12.claim_status.writer import write_claim_status_answers, write_claim_status_inquiries

__all__ = [
    "ClaimStatus",
    "ClaimStatusAnswer",
    "ClaimStatusInquiry",
    "StatusCode",
    "StatusLine",
    "read_claim_status_answers",
    "read_claim_status_inquiries",
    "write_claim_status_answers",
    "write_claim_status_inquiries",
]
