"""835 (005010X221A1). ST03 is not used by the guide; many send it, so that its presence is a warning of its own."""

from rcm.x12.validation.guide import Guide, read_table

VERSIONS = ("005010X221A1", "005010X221")

_REASONS = "CAS S99 | CO OA PI PR | R | R | S" + " | S | S | S" * 5
_MODIFIED = "R, S, S, S, S, S"
_OTHERS = "0B 1A 1B 1C 1D 1G 1H 1J D3 G2 LU"
_PAID = "AD FI NI PI PP XV"
_OWN = "ZK ZL ZM ZN ZO"
_PLACE = "R | S | S | S | - | - | S"
_PROVIDER = (
    "50 51 72 90 AH AM AP B2 B3 BD BN C5 CR CS CT CV CW DM E3 FB FC GO HM IP IR IS J1 L3 L6 LE LS OA OB PI PL RA RE SL TL WO WU"
)

TABLE = f"""
ST R1 | 835 | R | S
BPR R1 | C D H I P U X | R | C D | ACH BOP CHK FWT NON | ?CCP CTX | ?01 04 | S | ?DA | S | S | S | ?01 04 | S | ?DA SG | S | R
TRN R1 | 1 | R | R | S
CUR S1 | PR | R | S
REF S1 | EV | R
REF S1 | F2 | R
DTM S1 | 405 | R
1000A R1                                      # payer
  N1 R1 | PR | R | ?XV | S
  N3 R1 | R | S
  N4 R1 | {_PLACE}
  REF S4 | 2U EO HI NF | R
  PER S1 | CX | S | ?EM FX TE | S | ?EM EX FX TE | S | ?EX | S
  PER R* | BL | S | ?EM TE UR | S | ?EM EX FX TE UR | S | ?EM EX FX UR | S
  PER S1 | IC | - | UR | R
1000B R1                                      # payee
  N1 R1 | PE | R | FI XV XX | R
  N3 S1 | R | S
  N4 S1 | {_PLACE}
  REF S* | 0B D3 PQ TJ | R
  RDM S1 | BM EM FT OL | S | S
2000 S*
  LX R1 | R
  TS3 S1 | R | R | R | R | R | 7x - | S | - | S | - | S | S | - | S | S | S | S | S
  TS2 S1 | 19x S
  2100 R*                                     # claim
    CLP R1 | R | 1 2 3 4 19 20 21 22 23 25 | R | R | S | 12 13 14 15 16 17 AM CH DS HM LM MA MB MC OF TV VA WC ZZ | R | S | S \
| - | S | S | S
    {_REASONS}
    NM1 R1 | QC | 1 | S | S | S | - | S | ?34 HN II MI MR | S
    NM1 S1 | IL | 1 2 | S | S | S | - | S | FI II MI | R
    NM1 S1 | 74 | 1 2 | S | S | S | - | S | ?C | S
    NM1 S1 | 82 | 1 2 | S | S | S | - | S | BD BS FI MC PC SL UP XX | R
    NM1 S1 | TT | 2 | R | 4x - | {_PAID} | R
    NM1 S1 | PR | 2 | R | 4x - | {_PAID} | R
    NM1 S1 | GB | 1 2 | S | S | S | - | S | ?FI II MI | S
    MIA S1 | R | 23x S
    MOA S1 | 9x S
    REF S5 | 1L 1W 28 6P 9A 9C BB CE EA F8 G1 G3 IG SY | R
    REF S10 | {_OTHERS} | R
    DTM S2 | 232 233 | R
    DTM S1 | 036 | R
    DTM S1 | 050 | R
    PER S2 | CX | S | EM FX TE | R | ?EM EX FX TE | S | ?EX | S
    AMT S13 | AU D8 DY F5 I NL T T2 {_OWN} | R
    QTY S14 | CA CD LA LE NE NR OU PS VS {_OWN} | R
    2110 S999                                 # line
      SVC R1 | R(AD ER HC HP IV N4 N6 NU UI WK, {_MODIFIED}) | R | R | S | S | S(AD ER HC HP IV N4 NU WK, {_MODIFIED}) | S
      DTM S2 | 150 151 472 | R
      {_REASONS}
      REF S8 | 1S APC BB E9 G1 G3 LU RB | R
      REF S1 | 6R | R
      REF S10 | 0B 1A 1B 1C 1D 1G 1H 1J D3 G2 HPI SY TJ | R
      REF S5 | 0K | R
      AMT S9 | B6 KH T T2 {_OWN} | R
      QTY S6 | {_OWN} | R
      LQ S99 | HE RX | R
PLB S* | R | R | R({_PROVIDER}, S) | R{f" | S({_PROVIDER}, S) | S" * 5}
SE R1 | R | R
"""


def remittance() -> Guide:
    """The guide."""
    return read_table("835", "835", "HP", VERSIONS, TABLE)
