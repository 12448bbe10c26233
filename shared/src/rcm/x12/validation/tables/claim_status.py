"""276 and 277 (005010X212)."""

from rcm.x12.validation.guide import Guide, read_table

VERSIONS = ("005010X212", "005010X212E1", "005010X212E2")

_LINE = "SVC R1 | R(AD ER HC HP IV N4 NU WK, R, S, S, S, S) | R | {paid} | S | - | - | S"

_CLAIM_ASKED = """
TRN R1 | 1 | R
REF S1 | each 1K BLT LU 6P EJ XZ D9 | R
AMT S1 | T3 | R
DTP S1 | 472 | D8 RD8 | R
"""
_LINE_ASKED = f"""
{_LINE.format(paid="-")}
REF S1 | FJ | R
DTP R1 | 472 | D8 RD8 | R
"""

ASKED = """
ST R1 | 276 | R | R
BHT R1 | 0010 | 13 | R | R | R
2000A R*                                      # who answers
  HL R1 | R | - | 20 | 1
  2100A R1
    NM1 R1 | PR | 2 | R | - | - | - | - | PI XV | R
  2000B R*                                    # who asks
    HL R1 | R | R | 21 | 1
    2100B R1
      NM1 R1 | 41 | 1 2 | S | S | S | - | - | 46 | R
    2000C R*                                  # provider
      HL R1 | R | R | 19 | 1
      2100C R2
        NM1 R1 | 1P | 1 2 | S | S | S | - | S | FI SV XX | R
      2000D R*                                # subscriber
        HL R1 | R | R | 22 | 0 1
        DMG S1 | D8 | R | ?F M
        2100D R1
          NM1 R1 | IL | 1 2 | R | S | S | - | S | 24 II MI | R
        2200D S*
          + claim
          2210D S*
            + line
        2000E S*                              # dependent
          HL R1 | R | R | 23
          DMG R1 | D8 | R | ?F M
          2100E R1
            NM1 R1 | QC | 1 | R | S | S | - | S
          2200E R*
            + claim
            2210E S*
              + line
SE R1 | R | R
"""

_STATUS = "R(R, R, S, ?RX)"
_MORE = "S(R, R, S, ?RX)"

_CLAIM_ANSWERED = f"""
TRN R1 | 2 | R
STC R* | {_STATUS} | R | - | S | S | S | - | S | S | {_MORE} | {_MORE}
REF S1 | each 1K BLT EJ XZ VV D9 | R
DTP S1 | 472 | D8 RD8 | R
"""
_LINE_ANSWERED = f"""
{_LINE.format(paid="R")}
STC R* | {_STATUS} | R | 7x - | {_MORE} | {_MORE}
REF S1 | FJ | R
DTP R1 | 472 | D8 RD8 | R
"""

ANSWERED = f"""
ST R1 | 277 | R | R
BHT R1 | 0010 | 08 | R | R | R | DG
2000A R*                                      # who answers
  HL R1 | R | - | 20 | 1
  2100A R1
    NM1 R1 | PR | 2 | R | - | - | - | - | PI XV | R
    PER S1 | IC | S | EM FX TE | R | ?EM EX FX TE | S | ?EM EX FX TE | S
  2000B R*                                    # who asked
    HL R1 | R | R | 21 | 0 1
    2100B R1
      NM1 R1 | 41 | 1 2 | S | S | S | - | - | 46 | R
    2200B S1
      TRN R1 | 2 | R
      STC R* | {_STATUS} | R | 7x - | {_MORE} | {_MORE}
    2000C S*                                  # provider
      HL R1 | R | R | 19 | 0 1
      2100C R2
        NM1 R1 | 1P | 1 2 | S | S | S | - | S | FI SV XX | R
      2200C S1
        TRN R1 | 1 2 | R
        STC R* | {_STATUS} | R | 7x - | {_MORE} | {_MORE}
      2000D S*                                # subscriber
        HL R1 | R | R | 22 | 0 1
        2100D R1
          NM1 R1 | IL | 1 2 | R | S | S | - | S | 24 II MI | R
        2200D S*
          + claim
          2220D S*
            + line
        2000E S*                              # dependent
          HL R1 | R | R | 23
          2100E R1
            NM1 R1 | QC | 1 | R | S | S | - | S
          2200E R*
            + claim
            2220E S*
              + line
SE R1 | R | R
"""


def status_inquiry() -> Guide:
    """276."""
    return read_table("276", "276", "HR", VERSIONS, ASKED, {"claim": _CLAIM_ASKED, "line": _LINE_ASKED})


def status_answer() -> Guide:
    """277 as the answer to a 276."""
    return read_table("277", "277", "HN", VERSIONS, ANSWERED, {"claim": _CLAIM_ANSWERED, "line": _LINE_ANSWERED})
