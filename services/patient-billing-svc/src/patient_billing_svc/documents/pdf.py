"""The statement as a PDF on US letter paper, folded for a window envelope, with a slip to send back with a check."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from patient_billing_svc.documents.contents import Contents, Visit

INK, SOFT, LINE = HexColor("#16302f"), HexColor("#55686a"), HexColor("#cfd9d8")
WASH, ACCENT = HexColor("#f1f6f5"), HexColor("#0b5d57")
MARGIN = 0.65 * inch
WIDTH = letter[0] - 2 * MARGIN
SLIP_HEIGHT = 1.75 * inch
LINES_TOGETHER_MAX = 3
"""A visit with more lines may run over a page's end; its name and the columns' names are then said again."""
HEAD_ROWS = 2
"""A visit's name, and its columns' names."""
REGULAR, BOLD = "Liberation Sans", "Liberation Sans Bold"


@cache
def _fonts() -> None:
    folder = Path(__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont(REGULAR, str(folder / "LiberationSans-Regular.ttf")))
    pdfmetrics.registerFont(TTFont(BOLD, str(folder / "LiberationSans-Bold.ttf")))


def _style(size: float, *, bold: bool = False, color: Color = INK, right: bool = False, leading: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size} {bold} {right}",
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=leading or size * 1.35,
        textColor=color,
        alignment=TA_RIGHT if right else 0,
    )


def _text(words: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(words), style)


class NumberedCanvas(Canvas):
    """Knows how many pages there are before it writes their numbers."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont(REGULAR, 8)
            self.setFillColor(SOFT)
            self.drawRightString(letter[0] - MARGIN, 0.4 * inch, f"Page {number} of {len(self._pages)}")
            super().showPage()
        super().save()


class Slip(Flowable):
    """The part to send back, at the foot of the last page below a dashed line."""

    def __init__(self, contents: Contents) -> None:
        super().__init__()
        self.contents = contents

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width = width
        return width, max(height - 1, SLIP_HEIGHT)

    def draw(self) -> None:
        canvas, it = self.canv, self.contents
        canvas.setStrokeColor(SOFT)
        canvas.setDash(3, 3)
        canvas.line(0, SLIP_HEIGHT - 8, self.width, SLIP_HEIGHT - 8)
        canvas.setDash()
        canvas.setFont(REGULAR, 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(0, SLIP_HEIGHT - 22, "Cut here and send this part with your check.")
        canvas.drawString(0, SLIP_HEIGHT - 44, "Payable to")
        top = SLIP_HEIGHT - 60
        for place, line in enumerate((it.remit_to.name, *it.remit_to.address)):
            canvas.setFont(REGULAR if place else BOLD, 10.5)
            canvas.setFillColor(INK)
            canvas.drawString(0, top - place * 14, line)
        facts = (("From", it.guarantor.name), ("Account", it.account_number), ("Statement", it.number), ("Due", it.due_on))
        for place, (label, value) in enumerate(facts):
            canvas.setFont(REGULAR, 9.5)
            canvas.setFillColor(SOFT)
            canvas.drawString(self.width * 0.46, top - place * 15, label)
            canvas.setFont(BOLD, 9.5)
            canvas.setFillColor(INK)
            canvas.drawString(self.width * 0.57, top - place * 15, value)
        self._boxes(top)

    def _boxes(self, top: float) -> None:
        """The amount due, and the box for the amount that is sent."""
        canvas, it = self.canv, self.contents
        left = self.width * 0.8
        for place, (label, value) in enumerate((("Amount due", it.amount_due), ("Amount enclosed", ""))):
            foot = top - 18 - place * 42
            canvas.setFillColor(SOFT)
            canvas.setFont(REGULAR, 8)
            canvas.drawString(left, foot + 28, label)
            canvas.setStrokeColor(INK)
            canvas.rect(left, foot, self.width - left, 24)
            canvas.setFillColor(INK)
            canvas.setFont(BOLD, 12)
            canvas.drawRightString(self.width - 6, foot + 8, value)


def render_pdf(contents: Contents) -> bytes:
    """The document's bytes; the same for the same contents (no time of making in it)."""
    _fonts()
    out = BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=letter,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=0.6 * inch,
        bottomMargin=0.7 * inch,
        title=f"Statement {contents.number}",
        author=contents.remit_to.name,
        subject="Patient statement",
        lang="en-US",
        invariant=1,
    )
    frame = Frame(
        MARGIN, 0.65 * inch, WIDTH, letter[1] - 1.2 * inch, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
    )

    def on_page(canvas: Canvas, _: Any) -> None:
        canvas.setFillColor(ACCENT)
        canvas.rect(0, letter[1] - 9, letter[0], 9, stroke=0, fill=1)
        canvas.setFont(REGULAR, 8)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN, 0.4 * inch, f"Statement {contents.number} · Account {contents.account_number}")

    document.addPageTemplates([PageTemplate(id="page", frames=[frame], onPage=on_page)])
    document.build(_story(contents), canvasmaker=NumberedCanvas)
    return out.getvalue()


def _story(contents: Contents) -> list[Flowable]:
    story: list[Flowable] = [_heading(contents), Spacer(0, 26), _address_and_due(contents), Spacer(0, 18), _equation(contents)]
    for visit in contents.visits:
        story += [Spacer(0, 16), *_visit(visit, pending=contents.shows_pending)]
    if contents.unapplied:
        unapplied = [("Your payments that are not assigned to a visit yet", contents.unapplied)]
        story += [Spacer(0, 8), _totals(unapplied, contents.amount_due, "You owe")]
    notes = [_text(f"•  {words}", _style(8.5, color=SOFT)) for words in (*contents.explanations, *contents.notes)]
    meaning = [Spacer(0, 14), _text("What the words mean", _style(10, bold=True)), Spacer(0, 3), *notes, Spacer(0, 6)]
    needed = SLIP_HEIGHT + sum(each.wrap(WIDTH, letter[1])[1] for each in meaning)
    return [*story, CondPageBreak(needed), *meaning, Slip(contents)]


def _heading(contents: Contents) -> Table:
    left = [_text(contents.remit_to.name, _style(15, bold=True, color=ACCENT, leading=20))]
    left += [_text(line, _style(9.5, color=SOFT)) for line in contents.remit_to.address]
    right: list[Flowable] = [_text("Statement", _style(15, bold=True, right=True, leading=20))]
    for label, value in (("Number", contents.number), ("Account", contents.account_number), ("Date", contents.issued_on)):
        markup = f'<font color="#55686a">{label}</font>  <font name="{BOLD}">{escape(value)}</font>'
        right.append(Paragraph(markup, _style(9.5, right=True)))
    return Table([[left, right]], colWidths=[WIDTH * 0.62, WIDTH * 0.38], style=[("VALIGN", (0, 0), (-1, -1), "TOP"), *_BARE])


def _address_and_due(contents: Contents) -> Table:
    address = [_text(contents.guarantor.name, _style(11, bold=True))]
    address += [_text(line, _style(11)) for line in contents.guarantor.address]
    light = _style(9.5, color=white, right=True)
    due = [
        _text("You owe", light),
        _text(contents.amount_due, _style(24, bold=True, color=white, right=True, leading=29)),
        _text(f"by {contents.due_on}", light),
    ]
    box = Table(
        [[due]],
        colWidths=[WIDTH * 0.32],
        style=[
            ("BACKGROUND", (0, 0), (-1, -1), ACCENT),
            ("ROUNDEDCORNERS", [5, 5, 5, 5]),
            *[(f"{side}PADDING", (0, 0), (-1, -1), 10) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")],
        ],
    )
    style = [("VALIGN", (0, 0), (-1, -1), "BOTTOM"), *_BARE]
    return Table([[address, box]], colWidths=[WIDTH * 0.68, WIDTH * 0.32], style=style)


def _equation(contents: Contents) -> Table:
    """Charges - insurance paid - adjustments - ... = you owe, each amount under its name."""
    cells: list[list[Flowable]] = []
    for term in contents.equation:
        bold = term.sign == "="
        name = f"{term.sign} {term.label}".strip()
        cells.append(
            [_text(name, _style(8, color=SOFT)), _text(term.amount, _style(11, bold=True, color=ACCENT if bold else INK))]
        )
    return Table(
        [cells],
        colWidths=[WIDTH / len(cells)] * len(cells),
        style=[
            ("BACKGROUND", (0, 0), (-1, -1), WASH),
            ("ROUNDEDCORNERS", [5, 5, 5, 5]),
            ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
            ("TOPPADDING", (0, 0), (-1, -1), 8),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
        ],
    )


class VisitTable(Table):
    """A visit's lines and sums; what runs on to another page begins with the visit's name, "continued"."""

    continued: Paragraph

    def onSplit(self, T: Any, byRow: int = 1) -> None:  # noqa: N802, N803, ARG002 - reportlab's names
        rows: list[list[Any]] = T._cellvalues
        T.continued = self.continued
        if rows[HEAD_ROWS] is not self._cellvalues[HEAD_ROWS]:  # type: ignore[attr-defined]
            rows[0] = [[self.continued], *rows[0][1:]]


def _visit(visit: Visit, *, pending: bool) -> list[Flowable]:
    number, strong = _style(9, right=True), _style(9, bold=True, right=True)
    names = ["Charge", "Insurance paid", "Adjustment", *(["Insurance pending"] if pending else []), "You owe"]
    columns = len(names) + 2
    rows: list[list[Any]] = [_wide(_names_of(visit), columns), _column_names(names)]
    for row in visit.rows:
        service = Paragraph(f'{escape(row.description)} <font color="#55686a">{escape(row.procedure)}</font>', _style(9))
        amounts = [row.charge, row.insurance_paid, row.adjusted, *([row.pending] if pending else [])]
        rows.append([_text(row.day, _style(9)), service, *[_text(a, number) for a in amounts], _text(row.owed, strong)])
    sums = _sums(visit)
    first_sum = len(rows)
    for name, amount in sums:
        style = {"bold": True} if (name, amount) == sums[-1] else {"color": SOFT}
        rows.append([*_wide([_text(name, _style(9, right=True, **style))], columns - 1), _text(amount, _style(9, right=True))])
    rows[-1][-1] = _text(visit.due, strong)
    narrow = WIDTH * (0.115 if pending else 0.13)
    table = VisitTable(
        rows,
        colWidths=[WIDTH * 0.12, WIDTH * 0.88 - narrow * len(names), *[narrow] * len(names)],
        repeatRows=HEAD_ROWS,
        style=[
            ("SPAN", (0, 0), (-1, 0)),
            ("LINEBELOW", (0, 1), (-1, 1), 1.1, INK),
            ("LINEBELOW", (0, HEAD_ROWS), (-1, first_sum - 1), 0.5, LINE),
            ("VALIGN", (0, 1), (-1, 1), "BOTTOM"),
            ("VALIGN", (0, HEAD_ROWS), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ("RIGHTPADDING", (0, 0), (-1, -1), 2),
            *[("SPAN", (0, place), (-2, place)) for place in range(first_sum, len(rows))],
            ("BOTTOMPADDING", (0, first_sum), (-1, -1), 1),
            ("TOPPADDING", (0, first_sum + 1), (-1, -1), 1),
            ("NOSPLIT", (0, first_sum - 1), (-1, -1)),
        ],
    )
    table.continued = _text(f"{visit.title}, continued", _style(11, bold=True))
    return [KeepTogether([table])] if len(visit.rows) <= LINES_TOGETHER_MAX else [table]


def _names_of(visit: Visit) -> list[Flowable]:
    return [_text(visit.title, _style(11, bold=True)), _text(visit.subtitle, _style(9, color=SOFT))]


def _column_names(names: list[str]) -> list[Any]:
    head, right = _style(8, color=SOFT), _style(8, color=SOFT, right=True)
    return [_text("Date", head), _text("Service", head), *[_text(name, right) for name in names]]


def _sums(visit: Visit) -> list[tuple[str, str]]:
    """What stands below the lines; the last is what is due."""
    sums = [("Your share of the visit as a whole", visit.beside_lines)] if visit.beside_lines else []
    sums.append((f"Your share: {visit.why}", visit.share))
    if visit.paid:
        sums.append(("You paid", visit.paid))
    return [*sums, ("Due for this visit", visit.due)]


def _wide(content: list[Flowable], columns: int) -> list[Any]:
    """A row's cells of which the first takes the place of all."""
    return [content, *[""] * (columns - 1)]


def _totals(lines: list[tuple[str, str]], due: str, label: str) -> Table:
    rows = [[_text(name, _style(9, color=SOFT, right=True)), _text(amount, _style(9, right=True))] for name, amount in lines]
    rows.append([_text(label, _style(9.5, bold=True, right=True)), _text(due, _style(9.5, bold=True, right=True))])
    style = [("LEFTPADDING", (0, 0), (-1, -1), 2), ("RIGHTPADDING", (0, 0), (-1, -1), 2), ("TOPPADDING", (0, 0), (-1, -1), 1)]
    return Table(rows, colWidths=[WIDTH * 0.85, WIDTH * 0.15], style=style)


_BARE: list[Any] = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
