"""What the tables of the three claim guides share: parts that stand in more than one loop, and code numbers used again."""

FILING = "11 12 13 14 15 16 17 AM BL CH CI DS FI HM LM MA MB MC OF TV VA WC ZZ"
"""SBR09."""
ORDER = "A B C D E F G H P S T U"
"""SBR01."""
RELATION = "01 19 20 21 39 40 53 G8"
"""PAT01; of other insured people 18 besides."""
REPORT = (
    "03 04 05 06 07 08 09 10 11 13 15 21 A3 A4 AM AS B2 B3 B4 BR BS BT CB CK CT D2 DA DB DG DJ DS EB HC HR I5 IR LA M1 MT NN "
    "OB OC OD OE OX OZ P4 P5 PE PN PO PQ PY PZ RB RR RT RX SG V5 XP"
)
"""PWK01."""
PRICING = "00 01 02 03 04 05 06 07 08 09 10 11 12 13 14"
"""HCP01."""

CONTACT = "PER R2 | IC | S | EM FX TE | R | ?EM EX FX TE | S | ?EM EX FX TE | S"
CASUALTY_CONTACT = "PER S1 | IC | S | TE | R | ?EX | S"
PLACE = "R | S | S | S | - | - | S"
"""N4."""
PERSON = "1 | R | S | S | - | S | ?XX | S"
ANYBODY = "1 2 | R | S | S | - | S | ?XX | S"
ORGANISATION = "2 | R | - | - | - | - | ?XX | S"
"""NM102 to NM109 of a provider."""
REASONS = "CAS S5 | CO CR OA PI PR | R | R | S" + " | S | S | S" * 5
MODIFIED = "R, S, S, S, S, S"
"""A procedure code, its modifiers, a description."""
