"""999 (005010X231A1) and 277CA (005010X214)."""

from rcm.x12.validation.guide import Guide, read_table

FUNCTIONAL_VERSIONS = ("005010X231A1", "005010X231")
CLAIM_VERSIONS = ("005010X214",)

_SEGMENT_CODES = "1 2 3 4 5 6 7 8 I4 I6 I7 I8 I9"
_ELEMENT_CODES = "1 2 3 4 5 6 7 8 9 10 12 13 I10 I11 I12 I13 I6 I9"
_SET_CODES = "1 2 3 4 5 6 7 8 9 10 11 12 13 15 16 17 18 19 20 21 22 23 24 25 26 27 I5 I6"
_GROUP_CODES = "1 2 3 4 5 6 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26"

FUNCTIONAL = f"""
ST R1 | 999 | R | R
AK1 R1 | R | R | R
2000 S*                                       # an acknowledged set
  AK2 R1 | R | R | S
  2100 S*                                     # a segment
    IK3 R1 | R | R | S | {_SEGMENT_CODES}
    CTX S10 | R(R, S)[10] | S | S | S | S(R, S, S) | S(R, S)
    2110 S*                                   # an element
      IK4 R1 | R(R, S, S) | S | {_ELEMENT_CODES} | S
      CTX S10 | R(R, S)[10] | S | S | S | S(R, S, S) | S(R, S)
  IK5 R1 | A E M R W X | ?{_SET_CODES} | ?{_SET_CODES} | ?{_SET_CODES} | ?{_SET_CODES} | ?{_SET_CODES}
AK9 R1 | A E M P R W X | R | R | R{f" | ?{_GROUP_CODES}" * 5}
SE R1 | R | R
"""

_NAME = "R | - | - | - | -"
_STATUS = "R(R, R, S)"
_MORE = "S(R, R, S)"

CLAIM = f"""
ST R1 | 277 | R | R
BHT R1 | 0085 | 08 | R | R | R | TH
2000A R1                                      # who answers
  HL R1 | R | - | 20 | 1
  2100A R1
    NM1 R1 | AY PR | 2 | {_NAME} | 46 FI PI XV | R
  2200A R1
    TRN R1 | 1 | R
    DTP R1 | 050 | D8 | R
    DTP R1 | 009 | D8 | R
  2000B R1                                    # who sent the claims
    HL R1 | R | R | 21 | 0 1
    2100B R1
      NM1 R1 | 41 | 1 2 | R | S | S | - | - | 46 | R
    2200B R1
      TRN R1 | 2 | R
      STC R* | {_STATUS} | R | U WQ | R | 5x - | {_MORE} | {_MORE} | S
      QTY S1 | 90 | R
      QTY S1 | AA | R
      AMT S1 | YU | R
      AMT S1 | YY | R
    2000C S*                                  # billing provider
      HL R1 | R | R | 19 | 0 1
      2100C R1
        NM1 R1 | 85 | 1 2 | R | S | S | S | S | FI SV XX | R
      2200C S1
        TRN R1 | 1 | R
        STC S* | {_STATUS} | - | U WQ | R | 5x - | {_MORE} | {_MORE}
        REF S3 | 0B 1G G2 LU SY TJ | R
        QTY S1 | QA | R
        QTY S1 | QC | R
        AMT S1 | YU | R
        AMT S1 | YY | R
      2000D S*                                # patient
        HL R1 | R | R | PT
        2100D R1
          NM1 R1 | QC | 1 | R | S | S | S | S | II MI | R
        2200D R*                              # claim
          TRN R1 | 2 | R
          STC R* | {_STATUS} | R | U WQ | R | 5x - | {_MORE} | {_MORE} | S
          REF S3 | 1K | R
          REF S1 | D9 | R
          REF S1 | BLT | R
          DTP R1 | 472 | D8 RD8 | R
          2220D S*                            # line
            SVC R1 | R(AD ER HC HP IV NU WK, R, S, S, S, S) | R | - | S | - | - | S
            STC R* | {_STATUS} | R | U | 6x - | {_MORE} | {_MORE} | S
            REF S1 | FJ | R
            REF S1 | XZ | R
            DTP S1 | 472 | D8 RD8 | R
SE R1 | R | R
"""


def functional_acknowledgement() -> Guide:
    """999."""
    return read_table("999", "999", "FA", FUNCTIONAL_VERSIONS, FUNCTIONAL)


def claim_acknowledgement() -> Guide:
    """277CA."""
    return read_table("277CA", "277", "HN", CLAIM_VERSIONS, CLAIM)
