"""837 institutional (005010X223A2)."""

from rcm.x12.validation.guide import Guide, read_table
from rcm.x12.validation.tables.claim_parts import (
    CONTACT,
    FILING,
    MODIFIED,
    ORDER,
    ORGANISATION,
    PERSON,
    PLACE,
    PRICING,
    REASONS,
    RELATION,
    REPORT,
)

VERSIONS = ("005010X223A2", "005010X223A3", "005010X223A1", "005010X223")

TABLE = f"""
ST R1 | 837 | R | R
BHT R1 | 0019 | 00 18 | R | R | R | 31 CH RP
1000A R1                                      # submitter
  NM1 R1 | 41 | 1 2 | R | S | S | - | - | 46 | R
  {CONTACT}
1000B R1                                      # receiver
  NM1 R1 | 40 | 2 | R | - | - | - | - | 46 | R
2000A R*                                      # billing provider
  HL R1 | R | - | 20 | 1
  PRV S1 | BI | PXC | R
  CUR S1 | 85 | R
  2010AA R1
    NM1 R1 | 85 | {ORGANISATION}
    N3 R1 | R | S
    N4 R1 | {PLACE}
    REF R1 | EI | R
    {CONTACT.replace("R2", "S2")}
  2010AB S1                                   # pay-to address
    NM1 R1 | 87 | 2
    N3 R1 | R | S
    N4 R1 | {PLACE}
  2010AC S1                                   # pay-to plan
    NM1 R1 | PE | 2 | R | - | - | - | - | PI XV | R
    N3 R1 | R | S
    N4 R1 | {PLACE}
    REF S1 | 2U FY NF | R
    REF R1 | EI | R
  2000B R*                                    # subscriber
    HL R1 | R | R | 22 | 0 1
    SBR R1 | {ORDER} | ?18 | S | S | - | - | - | - | ?{FILING}
    2010BA R1
      NM1 R1 | IL | 1 2 | R | S | S | - | S | ?II MI | S
      N3 S1 | R | S
      N4 S1 | {PLACE}
      DMG S1 | D8 | R | F M U
      REF S1 | SY | R
      REF S1 | Y4 | R
    2010BB R1                                 # payer
      NM1 R1 | PR | 2 | R | - | - | - | - | PI XV | R
      N3 S1 | R | S
      N4 S1 | {PLACE}
      REF S3 | 2U EI FY NF | R
      REF S1 | G2 LU | R
    2300 S100
      + claim
    2000C S*                                  # patient
      HL R1 | R | R | 23 | 0
      PAT R1 | {RELATION}
      2010CA R1
        NM1 R1 | QC | 1 | R | S | S | - | S
        N3 R1 | R | S
        N4 R1 | {PLACE}
        DMG R1 | D8 | R | F M U
        REF S1 | Y4 | R
        REF S1 | 1W SY | R
      2300 R100
        + claim
SE R1 | R | R
"""

_PRICED = f"HCP S1 | {PRICING} | R | S | S | S | S | S"
_NUMBERS = "0B 1G G2 LU"

CLAIM = f"""
CLM R1 | R | R | - | - | R(R, A, R) | - | A B C | N W Y | I Y | 10x - | ?1 2 3 4 5 6 7 8 9 10 11 15
DTP S1 | 096 | TM | R
DTP R1 | 434 | RD8 | R
DTP S1 | 435 | D8 DT | R
DTP S1 | 050 | D8 | R
CL1 R1 | R | S | R
PWK S10 | {REPORT} | AA BM EL EM FT FX | - | - | ?AC | S
CN1 S1 | 01 02 03 04 05 06 09 | S | S | S | S | S
AMT S1 | F3 | R
REF S1 | each 4N 9F G1 F8 9A 9C | R
REF S5 | LX | R
REF S1 | each D9 LU EA P4 G4 | R
K3 S10 | R
NTE S10 | ALG DCP DGN DME MED NTR ODT RHB RLH RNH SET SFM SPT UPI | R
NTE S1 | ADD | R
CRC S1 | ZZ | N Y | AV NU S2 ST | 2x ?AV NU S2 ST
HI R1 | R(ABK BK, R, -, -, -, -, -, -, ?N U W Y)
HI S1 | R(ABJ BJ, R)
HI S1 | R(APR PR, R) | 2x S(APR PR, R)
HI S1 | R(ABN BN, R, -, -, -, -, -, -, ?N U W Y) | 11x S(ABN BN, R, -, -, -, -, -, -, ?N U W Y)
HI S1 | R(DR, R)
HI S2 | R(ABF BF, R, -, -, -, -, -, -, ?N U W Y) | 11x S(ABF BF, R, -, -, -, -, -, -, ?N U W Y)
HI S1 | R(BBR BR CAH, R, D8, R)
HI S2 | R(BBQ BQ, R, D8, R) | 11x S(BBQ BQ, R, D8, R)
HI S2 | R(BI, R, RD8, R) | 11x S(BI, R, RD8, R)
HI S2 | R(BH, R, D8, R) | 11x S(BH, R, D8, R)
HI S2 | R(BE, R, -, -, R) | 11x S(BE, R, -, -, R)
HI S2 | R(BG, R) | 11x S(BG, R)
HI S2 | R(TC, R) | 11x S(TC, R)
{_PRICED} | S | - | - | ?DA UN | S | ?T1 T2 T3 T4 T5 T6 | ?1 2 3 4 5 | ?1 2 3 4 5 6
2310A S1                                      # attending
  NM1 R1 | 71 | {PERSON}
  PRV S1 | AT | PXC | R
  REF S4 | {_NUMBERS} | R
2310B S1                                      # operating
  NM1 R1 | 72 | {PERSON}
  REF S4 | {_NUMBERS} | R
2310C S1                                      # another operating
  NM1 R1 | ZZ | {PERSON}
  REF S4 | {_NUMBERS} | R
2310D S1                                      # rendering
  NM1 R1 | 82 | {PERSON}
  REF S4 | {_NUMBERS} | R
2310E S1                                      # service facility
  NM1 R1 | 77 | {ORGANISATION}
  N3 R1 | R | S
  N4 R1 | {PLACE}
  REF S3 | 0B G2 LU | R
2310F S1                                      # referring
  NM1 R1 | DN | {PERSON}
  REF S3 | 0B 1G G2 | R
2320 S10                                      # another payer's view of the claim
  SBR R1 | {ORDER} | 18 {RELATION} | S | S | - | - | - | - | ?{FILING}
  {REASONS}
  AMT S1 | D | R
  AMT S1 | EAF | R
  AMT S1 | A8 | R
  OI R1 | - | - | N W Y | - | - | I Y
  MIA S1 | R | - | 22x S
  MOA S1 | S | S | S | S | S | S | S | S | S
  2330A R1
    NM1 R1 | IL | 1 2 | R | S | S | - | S | II MI | R
    N3 S1 | R | S
    N4 S1 | {PLACE}
    REF S2 | SY | R
  2330B R1
    NM1 R1 | PR | 2 | R | - | - | - | - | PI XV | R
    N3 S1 | R | S
    N4 S1 | {PLACE}
    DTP S1 | 573 | D8 | R
    REF S2 | 2U EI FY NF | R
    REF S1 | G1 | R
    REF S1 | 9F | R
    REF S1 | T4 | R
    REF S1 | F8 | R
  2330C S1
    NM1 R1 | 71 | 1
    REF R4 | {_NUMBERS} | R
  2330D S1
    NM1 R1 | 72 | 1
    REF R4 | {_NUMBERS} | R
  2330E S1
    NM1 R1 | ZZ | 1
    REF R4 | {_NUMBERS} | R
  2330F S1
    NM1 R1 | 77 | 2
    REF R3 | 0B G2 LU | R
  2330G S1
    NM1 R1 | 82 | 1
    REF R4 | {_NUMBERS} | R
  2330H S1
    NM1 R1 | DN | 1
    REF R3 | 0B 1G G2 | R
  2330I S1
    NM1 R1 | 85 | 2
    REF R2 | G2 LU | R
2400 R999
  + line
"""

LINE = f"""
LX R1 | R
SV2 R1 | R | S(ER HC HP IV WK, {MODIFIED}) | R | DA UN | R | - | S
PWK S10 | {REPORT} | AA BM EL EM FT FX | - | - | ?AC | S
DTP S1 | 472 | D8 RD8 | R
REF S1 | 6R | R
REF S1 | 9B | R
REF S1 | 9D | R
AMT S1 | GT | R
AMT S1 | N8 | R
NTE S1 | TPO | R
{_PRICED} | S | ?ER HC HP IV WK | S | ?DA UN | S | ?T1 T2 T3 T4 T5 T6 | ?1 2 3 4 5 | ?1 2 3 4 5 6
2410 S1
  LIN R1 | - | N4 | R
  CTP R1 | - | - | - | R | R(F2 GR ME ML UN)
  REF S1 | VY XZ | R
2420A S1                                      # operating
  NM1 R1 | 72 | {PERSON}
  REF S20 | {_NUMBERS} | R | - | S(2U, R)
2420B S1                                      # another operating
  NM1 R1 | ZZ | {PERSON}
  REF S20 | {_NUMBERS} | R | - | S(2U, R)
2420C S1                                      # rendering
  NM1 R1 | 82 | {PERSON}
  REF S20 | {_NUMBERS} | R | - | S(2U, R)
2420D S1                                      # referring
  NM1 R1 | DN | {PERSON}
  REF S20 | 0B 1G G2 | R | - | S(2U, R)
2430 S15                                      # what another payer decided about the line
  SVD R1 | R | R | S(ER HC HP IV WK, {MODIFIED}) | R | R | S
  {REASONS}
  DTP R1 | 573 | D8 | R
  AMT S1 | EAF | R
"""


def institutional() -> Guide:
    """The guide."""
    return read_table("837 institutional", "837", "HC", VERSIONS, TABLE, {"claim": CLAIM, "line": LINE})
