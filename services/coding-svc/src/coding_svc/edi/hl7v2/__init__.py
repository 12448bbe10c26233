"""HL7 v2: DFT^P03 (detail financial transactions) read into encounters, answered with an ACK (2.5.1-2.8, chapters 2, 6)."""

from coding_svc.edi.hl7v2.ack import answer
from coding_svc.edi.hl7v2.dft import read

__all__ = ["answer", "read"]
