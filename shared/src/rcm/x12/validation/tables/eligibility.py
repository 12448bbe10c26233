"""270 and 271 (005010X279A1)."""

from rcm.x12.validation.guide import Guide, read_table

VERSIONS = ("005010X279A1", "005010X279")

_PLACE = "S | S | S | S | - | - | S"
_SOURCE = "2B 36 GP P5 PR"
_RECEIVER = "1P 2B 36 80 FA GP P5 PR"
_ASKED_BY = "0B 1C 1D 1J 4A CT EL EO HPI JD N5 N7 Q4 SY TJ"
_MEMBER = "18 1L 1W 3H 6P 49 CE CT EA EJ F6 GH HJ IF IG M7 ML MRC N6 NQ Q4 SY Y4"
_ROLE = "AD AT BI CO CV H HH LA OT P1 P2 PC PE R RF SK SU"
_DAYS = "096 102 152 291 307 318 340 341 342 343 346 347 356 357 382 435 442 458 472 539 540 636 771"
_BENEFIT_DAYS = "193 194 198 290 291 292 295 304 307 318 348 349 356 357 435 472 636 771"
_NEXT = "C N P R S W X Y"
_CONTACT = "PER S3 | IC | S | ?ED EM FX TE UR WP | S | ?ED EM EX FX TE UR WP | S | ?ED EM EX FX TE UR WP | S"
_PROCEDURE = "S(AD CJ HC ID IV N4 ZZ, R, S, S, S, S, S, S)"
_DIAGNOSES = "HI S1 | R(ABK BK, R) | 7x S(ABF BF, R)"
_COVERAGE = "CHD DEP ECH EMP ESP FAM IND SPC SPO"


def _refusals(reasons: str) -> str:
    return f"AAA S9 | N Y | - | {reasons} | {_NEXT}"


ASKED = f"""
ST R1 | 270 | R | R
BHT R1 | 0022 | 01 13 36 | S | R | R | ?RT
2000A R*                                      # who answers
  HL R1 | R | - | 20 | 1
  2100A R1
    NM1 R1 | {_SOURCE} | 1 2 | R | S | S | - | S | 24 46 FI NI PI PP XV XX | R
  2000B R*                                    # who asks
    HL R1 | R | R | 21 | 1
    2100B R1
      NM1 R1 | {_RECEIVER} | 1 2 | R | S | S | - | S | 24 34 FI PI PP SV XV XX | R
      REF S9 | {_ASKED_BY} | R | S
      N3 S1 | R | S
      N4 S1 | {_PLACE}
      PRV S1 | {_ROLE} | ?PXC ZZ | S
    2000C R*                                  # subscriber
      HL R1 | R | R | 22 | 0 1
      TRN S2 | 1 | R | R | S
      2100C R1
        NM1 R1 | IL | 1 2 | S | S | S | - | S | ?24 II MI | S
        REF S9 | {_MEMBER} | R | S
        N3 S1 | R | S
        N4 S1 | {_PLACE}
        PRV S1 | {_ROLE} | ?9K D3 EI HPI PXC SY TJ ZZ | S
        DMG S1 | ?D8 | S | ?F M
        INS S1 | Y | 18 | 14x - | S
        {_DIAGNOSES}
        DTP S2 | 102 291 | D8 RD8 | R
        2110C S99
          EQ R1 | S[99] | {_PROCEDURE} | ?{_COVERAGE} | - | S(R, S, S, S)
          AMT S2 | PB R | R
          III S10 | BF BK ZZ | R
          REF S1 | 9F G1 | R
          DTP S1 | 291 | D8 RD8 | R
      2000D S*                                # dependent
        HL R1 | R | R | 23 | 0
        TRN S2 | 1 | R | R | S
        2100D R1
          NM1 R1 | 03 | 1 | S | S | S | - | S
          REF S9 | {_MEMBER} | R | S
          N3 S1 | R | S
          N4 S1 | {_PLACE}
          PRV S1 | {_ROLE} | ?9K D3 EI HPI PXC SY TJ ZZ | S
          DMG S1 | ?D8 | S | ?F M
          INS S1 | N | 01 19 34 | 14x - | S
          {_DIAGNOSES}
          DTP S2 | 102 291 | D8 RD8 | R
          2110D R99
            EQ R1 | S[99] | {_PROCEDURE} | ?{_COVERAGE} | - | S(R, S, S, S)
            AMT S2 | PB R | R
            III S10 | BF BK ZZ | R
            REF S1 | 9F G1 | R
            DTP S1 | 291 | D8 RD8 | R
SE R1 | R | R
"""

_PERSON = f"""
REF S9 | {_MEMBER} | R | S
N3 S1 | R | S
N4 S1 | {_PLACE}
{_refusals("15 35 42 43 45 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 67 68 69 70 71 72 73 74 75 76 77 78")}
PRV S1 | {_ROLE} | ?9K D3 EI HPI PXC SY TJ ZZ | S
DMG S1 | ?D8 | S | ?F M U | - | S(-, ?RET, S)[10]
INS S1 | N Y | 01 18 19 20 21 34 39 40 53 G8 | S | S | - | - | - | ?F N P | ?N Y | - | ?D8 | S | - | - | - | - | S
{_DIAGNOSES}
DTP S9 | {_DAYS} | D8 RD8 | R
MPI S1 | A C L O P S T U | AE AO AS AT AU CC DD HD IR LX PE RE RM RR RU | A B C D E F G H I N O | S | ?D8 RD8 | S
"""

_BENEFIT = f"""
EB R1 | 1 2 3 4 5 6 7 8 A B C CB D E F G H I J K L M MC N O P Q R S T U V W X Y | ?{_COVERAGE} | S[99] | S | S \
| ?6 7 13 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 | S | S | ?8H 99 CA CE D3 DB DY HS LA LE M2 MN P6 QA S7 S8 VS YY | S \
| ?N U Y | ?N U W Y | {_PROCEDURE} | S(R, S, S, S)
HSD S9 | ?DY FL HS MN VS | S | ?DA MO VS WK YR | S | ?6 7 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 | S | S | S
REF S9 | 18 1L 1W 49 6P 9F ALS CLI F6 FO G1 IG M7 N6 NQ Y4 | R | S
DTP S20 | {_BENEFIT_DAYS} | D8 RD8 | R
{_refusals("15 33 52 53 54 55 56 57 60 61 62 63 69 70 98 AA AE AF AG AO CI E8 IA MA")}
MSG S10 | R
"""

_LIMITS = "III R1 | ?BF BK GR NI ZZ | S | ?44 | S"

_RELATED = f"""
NM1 R1 | 13 1I 1P 2B 36 73 FA GP GW I3 IL LR OC P3 P4 P5 PR PRP SEP TTP VER VN VY X3 Y2 | 1 2 | S | S | S | - | S \
| ?24 34 46 FA FI II MI NI PI PP SV XV XX | S
N3 S1 | R | S
N4 S1 | {_PLACE}
{_CONTACT}
PRV S1 | {_ROLE} | ?PXC | S
"""

ANSWERED = f"""
ST R1 | 271 | R | R
BHT R1 | 0022 | 06 11 | S | R | R
2000A R*                                      # who answers
  HL R1 | R | - | 20 | 0 1
  {_refusals("04 41 42 79")}
  2100A R1
    NM1 R1 | {_SOURCE} | 1 2 | S | S | S | - | S | 24 46 FI NI PI PP XV XX | R
    {_CONTACT}
    {_refusals("04 41 42 79 80 T4")}
  2000B S*                                    # who asked
    HL R1 | R | R | 21 | 0 1
    2100B R1
      NM1 R1 | {_RECEIVER} | 1 2 | S | S | S | - | S | 24 34 FI PI PP SV XV XX | R
      REF S9 | {_ASKED_BY} | R | S
      N3 S1 | R | S
      N4 S1 | {_PLACE}
      {_refusals("15 41 43 44 45 46 47 48 50 51 79 97 T4")}
      PRV S1 | {_ROLE} | ?PXC ZZ | S
    2000C S*                                  # subscriber
      HL R1 | R | R | 22 | 0 1
      TRN S3 | 1 2 | R | R | S
      2100C R1
        NM1 R1 | IL | 1 2 | S | S | S | - | S | ?24 II MI | S
        + person
        2110C S*
          + benefit
          2115C S10
            {_LIMITS}
          LS S1 | R
          2120C S23
            + related
          LE S1 | R
      2000D S*                                # dependent
        HL R1 | R | R | 23 | 0
        TRN S3 | 1 2 | R | R | S
        2100D R1
          NM1 R1 | 03 | 1 | S | S | S | - | S
          + person
          2110D S*
            + benefit
            2115D S10
              {_LIMITS}
            LS S1 | R
            2120D S23
              + related
            LE S1 | R
SE R1 | R | R
"""


def eligibility_inquiry() -> Guide:
    """270."""
    return read_table("270", "270", "HS", VERSIONS, ASKED)


def eligibility_answer() -> Guide:
    """271."""
    return read_table("271", "271", "HB", VERSIONS, ANSWERED, {"person": _PERSON, "benefit": _BENEFIT, "related": _RELATED})
