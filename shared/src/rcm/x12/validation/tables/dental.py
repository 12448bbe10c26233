"""837 dental (005010X224A2)."""

from rcm.x12.validation.guide import Guide, read_table
from rcm.x12.validation.tables.claim_parts import (
    ANYBODY,
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
)

VERSIONS = ("005010X224A2", "005010X224A3", "005010X224A1", "005010X224")

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
    NM1 R1 | 85 | {ANYBODY}
    N3 R1 | R | S
    N4 R1 | {PLACE}
    REF R1 | EI SY | R
    REF S2 | 0B 1G | R
    {CONTACT.replace("R2", "S2")}
  2010AB S1                                   # pay-to address
    NM1 R1 | 87 | 1 2
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
    SBR R1 | {ORDER} | ?18 | S | S | - | S | - | - | ?{FILING}
    2010BA R1
      NM1 R1 | IL | 1 2 | R | S | S | - | S | II MI | R
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
      REF S2 | G2 LU | R
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
_CONTRACT = "CN1 S1 | 01 02 03 04 05 06 09 | S | S | S | S | S"

CLAIM = f"""
CLM R1 | R | R | - | - | R(R, B, R) | N Y | A B C | N W Y | I Y | ?P | S(AA EM OA, ?AA EM OA, -, S, S) | ?01 02 03 05 09 \
| 6x - | ?PB | ?1 2 3 4 5 6 7 8 9 10 11 15
DTP S1 | 439 | D8 | R
DTP S1 | 452 | D8 | R
DTP S1 | 472 | D8 RD8 | R
DTP S1 | 050 | D8 | R
DN1 S1 | S | S | - | ?Y
DN2 S35 | R | E M | - | - | - | JP
PWK S10 | B4 DA DG EB OZ P6 RB RR | AA BM EL EM FT FX | - | - | ?AC | S
{_CONTRACT}
AMT S1 | F5 | R
REF S1 | each 4N F8 9F G1 G3 9A 9C D9 | R
K3 S10 | R
NTE S5 | ADD | R
HI S1 | R(ABK BK TQ, R) | 3x S(ABF BF TQ, R)
{_PRICED} | 5x - | ?T1 T2 T3 T4 T5 T6 | ?1 2 3 4 5 | ?1 2 3 4 5 6
2310A S2                                      # referring
  NM1 R1 | DN P3 | {PERSON}
  PRV S1 | RF | PXC | R
  REF S3 | 0B 1G G2 | R
2310B S1                                      # rendering
  NM1 R1 | 82 | {ANYBODY}
  PRV S1 | PE | PXC | R
  REF S4 | {_NUMBERS} | R
2310C S1                                      # service facility
  NM1 R1 | 77 | {ORGANISATION}
  N3 R1 | R | S
  N4 R1 | {PLACE}
  REF S3 | 0B G2 LU | R
2310D S1                                      # assistant surgeon
  NM1 R1 | DD | {PERSON}
  PRV S1 | AS | PXC | R
  REF S4 | {_NUMBERS} | R
2310E S1                                      # supervising
  NM1 R1 | DQ | {PERSON}
  REF S4 | {_NUMBERS} | R
2320 S10                                      # another payer's view of the claim
  SBR R1 | {ORDER} | 18 {RELATION} | S | S | - | S | - | - | ?{FILING}
  {REASONS}
  AMT S1 | D | R
  AMT S1 | EAF | R
  AMT S1 | A8 | R
  OI R1 | - | - | N W Y | ?P | - | I Y
  MOA S1 | S | S | S | S | S | S | S | S | S
  2330A R1
    NM1 R1 | IL | 1 2 | R | S | S | - | S | II MI | R
    N3 S1 | R | S
    N4 S1 | {PLACE}
    REF S1 | SY | R
  2330B R1
    NM1 R1 | PR | 2 | R | - | - | - | - | PI XV | R
    N3 S1 | R | S
    N4 S1 | {PLACE}
    DTP S1 | 573 | D8 | R
    REF S2 | 2U EI FY NF | R
    REF S1 | G1 | R
    REF S1 | 9F | R
    REF S1 | T4 | R
    REF S1 | G3 | R
    REF S1 | F8 | R
  2330C S2
    NM1 R1 | DN P3 | 1
    REF R3 | 0B 1G G2 | R
  2330D S1
    NM1 R1 | 82 | 1 2
    REF R3 | {_NUMBERS} | R
  2330E S1
    NM1 R1 | DQ | 1
    REF R3 | {_NUMBERS} | R
  2330F S1
    NM1 R1 | 85 | 1 2
    REF R2 | G2 LU | R
  2330G S1
    NM1 R1 | 77 | 2
    REF R3 | 0B G2 LU | R
  2330H S1
    NM1 R1 | DD | 1
    REF R3 | {_NUMBERS} | R
2400 R50
  + line
"""

LINE = f"""
LX R1 | R
SV3 R1 | R(AD ER, {MODIFIED}) | R | S | S(R, S, S, S, S) | ?I R | S | - | - | - | - | S(R, S, S, S)
TOO S32 | JP | S | S(B D F I L M O, ?B D F I L M O, ?B D F I L M O, ?B D F I L M O, ?B D F I L M O)
DTP S1 | each 441 452 446 196 198 | D8 | R
DTP S1 | 139 | D8 | R
DTP S1 | 472 | D8 RD8 | R
{_CONTRACT}
REF S5 | G3 | R | - | S(2U, R)
REF S5 | G1 | R | - | S(2U, R)
REF S1 | 9B | R
REF S1 | 9D | R
REF S1 | 6R | R
REF S5 | 9F | R | - | S(2U, R)
AMT S1 | T | R
K3 S10 | R
{_PRICED} | - | ?AD ER | S | ?UN | S | ?T1 T2 T3 T4 T5 T6 | ?1 2 3 4 5 | ?1 2 3 4 5 6
2420A S1                                      # rendering
  NM1 R1 | 82 | {ANYBODY}
  PRV S1 | PE | PXC | R
  REF S20 | {_NUMBERS} | R | - | S(2U, R)
2420B S1                                      # assistant surgeon
  NM1 R1 | DD | {PERSON}
  PRV S1 | AS | PXC | R
  REF S20 | {_NUMBERS} | R | - | S(2U, R)
2420C S1                                      # supervising
  NM1 R1 | DQ | {PERSON}
  REF S20 | {_NUMBERS} | R | - | S(2U, R)
2420D S1                                      # service facility
  NM1 R1 | 77 | {ORGANISATION}
  N3 R1 | R | S
  N4 R1 | {PLACE}
  REF S3 | G2 LU | R | - | S(2U, R)
2430 S15                                      # what another payer decided about the line
  SVD R1 | R | R | R(AD ER, {MODIFIED}) | - | R | S
  {REASONS}
  DTP R1 | 573 | D8 | R
  AMT S1 | EAF | R
"""


def dental() -> Guide:
    """The guide."""
    return read_table("837 dental", "837", "HC", VERSIONS, TABLE, {"claim": CLAIM, "line": LINE})
