"""Any X12 made readable, as text and as a page: segments with their names in our words, loops, money and codes explained.

from rcm.x12.show import as_html, as_text, lines_of, lines_from
from rcm.x12.show.excerpts import of_claim_835, of_claim_837, of_remittance
"""

from rcm.x12.show.html import as_html
from rcm.x12.show.lines import Line, lines_from, lines_of
from rcm.x12.show.text import as_text

__all__ = ["Line", "as_html", "as_text", "lines_from", "lines_of"]
