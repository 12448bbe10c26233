"""What each segment is, in our own words."""

from collections.abc import Mapping

_NAMES = """
AAA Refusal of a question
ACT Account
ADX Adjustment outside of items
AK1 Group that is acknowledged
AK2 Transaction that is acknowledged
AK3 Segment with an error
AK4 Element with an error
AK5 Verdict on the transaction
AK9 Verdict on the group
AMT Amount
BDS Embedded document
BGN Beginning
BHT Beginning
BIN Embedded document
BPR Payment
CAS Adjustment
CAT Kind of document
CL1 Admission and discharge
CLM Claim
CLP Claim as decided
CN1 Contract
COB Other coverage
CR1 Ambulance
CR2 Chiropractic
CR3 Medical equipment
CR5 Oxygen
CR6 Home health
CR7 Home health plan
CR8 Pacemaker
CRC Condition
CTP Quantity of a drug
CTX Context of an error
CUR Currency
DMG Birth date and sex
DN1 Orthodontics
DN2 Tooth
DSB Disability
DTM Date
DTP Date
EB Benefit
EC Employment
EFI Embedded file
EM1 Emergency contact
ENT Whom it is for
EQ Question about benefits
FRM Answer on a form
GE End of the group
GS Group
HCP Repricing
HD Coverage
HI Codes
HL Level
HLH Health
HSD How often and how much
IDC Identification card
IEA End of the envelope
III More information
IK3 Segment with an error
IK4 Element with an error
IK5 Verdict on the transaction
INS Member
ISA Envelope
IT1 Item of a premium
K3 Fixed-form text
LE End of a loop
LIN Item
LN1 Loan
LOC Place
LQ Code of a remark or form
LS Begin of a loop
LUI Language
LX Number
MEA Measurement
MIA Inpatient decision
MOA Outpatient decision
MPI Military service
MSG Message
N1 Party
N2 More of the name
N3 Street
N4 City
NM1 Name
NTE Note
NX1 Kind of name
OI Other insurance
OOI Where the document comes from
OTI Transaction that is spoken of
PAT Patient
PER Contact
PLA Change of place
PLB Provider adjustment
PRV Kind of provider
PS1 Bought service
PWK Attachment
QTY Quantity
RDM How the remittance is sent
RED Related data
REF Number
RMR What is paid
SBR Insurance
SE End of the transaction
SLN Member of an item
ST Transaction
STC Status
SV1 Professional service
SV2 Institutional service
SV3 Dental service
SV4 Drug
SV5 Medical equipment
SV6 Anaesthesia
SVC Service as decided
SVD What another payer decided
TA1 Verdict on the envelope
TED Error
TOO Tooth
TRN Trace number
TS2 Totals of inpatient claims
TS3 Totals of claims
UM Kind of care
UR Peer review
"""
NAMES: Mapping[str, str] = dict(line.split(" ", 1) for line in _NAMES.strip().splitlines())


def name_of(segment_id: str) -> str:
    """The segment's name in our words; its id where we have none."""
    return NAMES.get(segment_id, segment_id)
