"""837 professional (005010X222A1)."""

from rcm.x12.validation.guide import Guide, read_table
from rcm.x12.validation.tables.claim_parts import (
    ANYBODY,
    CASUALTY_CONTACT,
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

VERSIONS = ("005010X222A1", "005010X222A2", "005010X222")

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
    SBR R1 | {ORDER} | ?18 | S | S | ?12 13 14 15 16 41 42 43 47 | - | - | - | ?{FILING}
    PAT S1 | - | - | - | - | ?D8 | S | ?01 | S | ?Y
    2010BA R1
      NM1 R1 | IL | 1 2 | R | S | S | - | S | II MI | R
      N3 S1 | R | S
      N4 S1 | {PLACE}
      DMG S1 | D8 | R | F M U
      REF S1 | SY | R
      REF S1 | Y4 | R
      {CASUALTY_CONTACT}
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
      PAT R1 | {RELATION} | - | - | - | ?D8 | S | ?01 | S | ?Y
      2010CA R1
        NM1 R1 | QC | 1 | R | S | S | - | S
        N3 R1 | R | S
        N4 R1 | {PLACE}
        DMG R1 | D8 | R | F M U
        REF S1 | Y4 | R
        REF S1 | 1W SY | R
        {CASUALTY_CONTACT}
      2300 R100
        + claim
SE R1 | R | R
"""

_AMBULANCE = "CR1 S1 | ?LB | S | - | A B C D E | DH | R | - | - | S | S"
_CONDITIONS = "01 04 05 06 07 08 09 12"
_PRICED = f"HCP S1 | {PRICING} | R | S | S | S | S | S"
_OWN_NUMBERS = "REF S20 | 0B 1G G2 LU | R | - | S(2U, R)"

CLAIM = f"""
CLM R1 | R | R | - | - | R(R, B, R) | N Y | A B C | N W Y | I Y | ?P | S(AA EM OA, ?AA EM OA, -, S, S) | ?02 03 05 09 \
| 7x - | ?1 2 3 4 5 6 7 8 9 10 11 15
DTP S1 | each 431 454 304 453 439 484 455 471 | D8 | R
DTP S1 | 314 360 361 | D8 RD8 | R
DTP S1 | each 297 296 435 096 | D8 | R
DTP S2 | 090 091 | D8 | R
DTP S1 | 444 | D8 | R
DTP S1 | 050 | D8 | R
PWK S10 | {REPORT} | AA BM EL EM FT FX | - | - | ?AC | S
CN1 S1 | 01 02 03 04 05 06 09 | S | S | S | S | S
AMT S1 | F5 | R
REF S1 | each 4N F5 EW 9F G1 F8 X4 9A 9C LX D9 EA P4 1J | R
K3 S10 | R
NTE S1 | ADD CER DCP DGN TPO | R
{_AMBULANCE}
CR2 S1 | 7x - | A C D E F G M | - | S | S
CRC S3 | 07 | N Y | {_CONDITIONS} | 4x ?{_CONDITIONS}
CRC S3 | E1 E2 E3 | N Y | L1 L2 L3 L4 L5 | 4x ?L1 L2 L3 L4 L5
CRC S1 | 75 | Y | IH
CRC S1 | ZZ | N Y | AV NU S2 ST | 2x ?AV NU S2 ST
HI R1 | R(ABK BK, R) | 11x S(ABF BF, R)
HI S1 | R(BP, R) | S(BO, R)
HI S2 | R(BG, R) | 11x S(BG, R)
{_PRICED} | 5x - | ?T1 T2 T3 T4 T5 T6 | ?1 2 3 4 5 | ?1 2 3 4 5 6
2310A S2                                      # referring
  NM1 R1 | DN P3 | {PERSON}
  REF S3 | 0B 1G G2 | R
2310B S1                                      # rendering
  NM1 R1 | 82 | {ANYBODY}
  PRV S1 | PE | PXC | R
  REF S4 | 0B 1G G2 LU | R
2310C S1                                      # service facility
  NM1 R1 | 77 | {ORGANISATION}
  N3 R1 | R | S
  N4 R1 | {PLACE}
  REF S3 | 0B G2 LU | R
  {CASUALTY_CONTACT}
2310D S1                                      # supervising
  NM1 R1 | DQ | {PERSON}
  REF S4 | 0B 1G G2 LU | R
2310E S1                                      # ambulance: from
  NM1 R1 | PW | 2
  N3 R1 | R | S
  N4 R1 | {PLACE}
2310F S1                                      # ambulance: to
  NM1 R1 | 45 | 2 | S
  N3 R1 | R | S
  N4 R1 | {PLACE}
2320 S10                                      # another payer's view of the claim
  SBR R1 | {ORDER} | 18 {RELATION} | S | S | ?12 13 14 15 16 41 42 43 47 | - | - | - | ?{FILING}
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
    REF S1 | F8 | R
  2330C S2
    NM1 R1 | DN P3 | 1
    REF R3 | 0B 1G G2 | R
  2330D S1
    NM1 R1 | 82 | 1 2
    REF R3 | 0B 1G G2 LU | R
  2330E S1
    NM1 R1 | 77 | 2
    REF R3 | 0B G2 LU | R
  2330F S1
    NM1 R1 | DQ | 1
    REF R3 | 0B 1G G2 LU | R
  2330G S1
    NM1 R1 | 85 | 1 2
    REF R2 | G2 LU | R
2400 R50
  + line
"""

LINE = f"""
LX R1 | R
SV1 R1 | R(ER HC IV WK, {MODIFIED}) | R | MJ UN | R | S | - | R(R, S, S, S) | - | ?Y | - | ?Y | ?Y | - | - | ?0
SV5 S1 | R(HC, R) | DA | R | R | R | 1 4 6
PWK S10 | {REPORT.replace(" CT ", " ")} | AA BM EL EM FT FX | - | - | ?AC | S
PWK S11 | CT | AA AB AD AF AG BM EL EM FT FX NS | - | - | ?AC | S
{_AMBULANCE}
CR3 S1 | I R S | MO | R
CRC S3 | 07 | N Y | {_CONDITIONS} | 4x ?{_CONDITIONS}
CRC S1 | 70 | N Y | 65
CRC S1 | 09 | N Y | 38 ZV | ?38 ZV
DTP R1 | 472 | D8 RD8 | R
DTP S1 | each 471 607 463 461 304 | D8 | R
DTP S2 | 738 739 | D8 | R
DTP S1 | 011 | D8 | R
DTP S1 | 455 | D8 | R
DTP S1 | 454 | D8 | R
QTY S1 | PT | R
QTY S1 | FL | R
MEA S5 | OG TR | HT R1 R2 R3 R4 | R
CN1 S1 | 01 02 03 04 05 06 09 | S | S | S | S | S
REF S1 | 9B | R
REF S1 | 9D | R
REF S5 | G1 | R | - | S(2U, R)
REF S1 | each 6R EW X4 F4 BT | R
REF S5 | 9F | R | - | S(2U, R)
AMT S1 | T | R
AMT S1 | F4 | R
K3 S10 | R
NTE S1 | ADD DCP | R
NTE S1 | TPO | R
PS1 S1 | R | R
{_PRICED} | - | ?ER HC IV WK | S | ?MJ UN | S | ?T1 T2 T3 T4 T5 T6 | ?1 2 3 4 5 | ?1 2 3 4 5 6
2410 S1
  LIN R1 | - | EN EO HI N4 ON UK UP | R
  CTP R1 | - | - | - | R | R(F2 GR ME ML UN)
  REF S1 | VY XZ | R
2420A S1
  NM1 R1 | 82 | {ANYBODY}
  PRV S1 | PE | PXC | R
  {_OWN_NUMBERS}
2420B S1
  NM1 R1 | QB | 1 2 | 5x - | ?XX | S
  {_OWN_NUMBERS}
2420C S1
  NM1 R1 | 77 | {ORGANISATION}
  N3 R1 | R | S
  N4 R1 | {PLACE}
  REF S3 | G2 LU | R | - | S(2U, R)
2420D S1
  NM1 R1 | DQ | {PERSON}
  {_OWN_NUMBERS}
2420E S1
  NM1 R1 | DK | {PERSON}
  N3 S1 | R | S
  N4 S1 | {PLACE}
  REF S20 | 0B 1G G2 | R | - | S(2U, R)
  PER S1 | IC | S | EM FX TE | R | ?EM EX FX TE | S | ?EM EX FX TE | S
2420F S2
  NM1 R1 | DN P3 | {PERSON}
  REF S20 | 0B 1G G2 | R | - | S(2U, R)
2420G S1
  NM1 R1 | PW | 2
  N3 R1 | R | S
  N4 R1 | {PLACE}
2420H S1
  NM1 R1 | 45 | 2 | S
  N3 R1 | R | S
  N4 R1 | {PLACE}
2430 S15                                      # what another payer decided about the line
  SVD R1 | R | R | R(ER HC IV WK, {MODIFIED}) | - | R | S
  {REASONS}
  DTP R1 | 573 | D8 | R
  AMT S1 | EAF | R
2440 S*
  LQ R1 | AS UT | R
  FRM R99 | R | ?N W Y | S | S | S
"""


def professional() -> Guide:
    """The guide."""
    return read_table("837 professional", "837", "HC", VERSIONS, TABLE, {"claim": CLAIM, "line": LINE})
