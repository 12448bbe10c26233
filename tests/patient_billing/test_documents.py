"""The statement on paper and screen."""

from html.parser import HTMLParser
from io import BytesIO

import pypdf
import pytest

from patient_billing_svc import documents
from patient_billing_svc.api.statements import accepted
from patient_billing_svc.documents.contents import contents
from patient_billing_svc.domain.statement import OwedFor, Statement
from tests.patient_billing.making import account, bill, line, responsibility, statement

HTML, PDF = "text/html", "application/pdf"


def sample(visits: int = 1, lines: int = 1, **changes: object) -> Statement:
    of = account(**changes)
    made = bill(*[line(n, 15000, 6300, 2000, 6700 if n == 1 else 0) for n in range(1, lines + 1)])
    return statement(of, *[(responsibility(of, 6700), made) for _ in range(visits)])


def rendered(it: Statement, kind: str) -> bytes:
    body = documents.render(it, kind)
    assert isinstance(body, bytes)
    return body


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)


def test_the_pdf_is_the_same_each_time_and_says_what_the_page_says() -> None:
    it = sample(2)
    first = rendered(it, PDF)
    assert first == rendered(it, PDF)
    text, page = text_of(first), rendered(it, HTML).decode()
    for words in ("Dana Nguyễn-Żak", "Sam Nguyễn-Żak", "$134.00", "$67.00", "−$63.00", "00000031", "A0000012", "April 1, 2025"):
        assert words in text, words
        assert words in page, words


@pytest.mark.parametrize(("visits", "lines"), [(1, 1), (1, 60), (12, 3), (40, 1)])
def test_long_statements_get_more_pages_and_one_slip(visits: int, lines: int) -> None:
    pdf = rendered(sample(visits, lines), PDF)
    reader = pypdf.PdfReader(BytesIO(pdf))
    text = text_of(pdf)
    assert text.count("Cut here and send this part") == 1
    assert f"Page {len(reader.pages)} of {len(reader.pages)}" in text
    assert len(reader.pages) == 1 or (visits, lines) != (1, 1)


def test_a_long_visit_fills_the_page_and_says_its_names_again_on_the_next() -> None:
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(rendered(sample(2, 12), PDF))).pages]
    assert [page.count("Visit of February 11, 2025") for page in pages] == [2, 1]
    assert [page.count("Visit of February 11, 2025, continued") for page in pages] == [0, 1]
    assert [page.count("Insurance paid") for page in pages] == [3, 1], "in the sum of all, and above each part of a table"
    assert [page.count("Due for this visit") for page in pages] == [1, 1]
    first, second = (page.split("continued")[-1] for page in pages)
    assert second.count("Office visit") + first.count("Office visit") == 24
    assert second.count("Office visit") > 1


def test_a_short_visit_stays_together_and_sums_never_stand_alone() -> None:
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(rendered(sample(30, 3), PDF))).pages]
    for page in pages:
        assert page.count("Office visit") == 3 * page.count("Due for this visit")
        assert "continued" not in page
    for lines in range(16, 28):
        for text in [page.extract_text() for page in pypdf.PdfReader(BytesIO(rendered(sample(1, lines), PDF))).pages]:
            assert "Due for this visit" not in text or "Office visit" in text


def test_the_fonts_are_embedded_so_that_every_name_prints() -> None:
    [page, *_] = pypdf.PdfReader(BytesIO(rendered(sample(), PDF))).pages
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    used = {str(font["/BaseFont"]) for font in fonts if "+" in str(font["/BaseFont"])}
    assert any("LiberationSans" in name for name in used)


def test_names_are_data_and_never_markup() -> None:
    of = account()
    shown = bill(line(1, 100, 0, 0, 100, description="<script>alert(1)</script> & <b>bold</b>"))
    it = statement(of, (responsibility(of, 100), shown))
    page = rendered(it, HTML).decode()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<script>alert(1)</script> & <b>bold</b>" in text_of(rendered(it, PDF)).replace("\n", " ")


def test_the_page_stands_alone() -> None:
    class Addresses(HTMLParser):
        found: list[str] = []  # noqa: RUF012 - a test's own

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href", "action")]

    parser = Addresses()
    parser.feed(rendered(sample(), HTML).decode())
    assert parser.found == []
    assert "default-src 'none'" in documents.headers(sample(), HTML)["content-security-policy"]


def test_what_is_owed_beside_the_lines_and_what_insurance_still_decides_are_named() -> None:
    of = account(payments_cents=500)
    shown = bill(line(1, 15000, 6000, 2000, 3000), owed_for=(OwedFor(reason="1", amount_cents=4200),))
    it = contents(statement(of, (responsibility(of, 4200, applied_cents=200), shown)))
    assert it.visits[0].beside_lines == "$12.00"
    assert it.visits[0].paid == "−$2.00"
    assert it.visits[0].why == "Deductible $42.00"
    assert it.unapplied == "−$5.00"
    assert [(term.sign, term.label, term.amount) for term in it.equation] == [
        ("", "Charges", "$150.00"),
        ("−", "Insurance paid", "$60.00"),
        ("−", "Adjustments", "$20.00"),
        ("−", "Insurance pending", "$28.00"),
        ("−", "You paid", "$7.00"),
        ("=", "You owe", "$35.00"),
    ]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", HTML),
        ("application/pdf", PDF),
        ("application/json;q=0.5, application/pdf;q=0.9", PDF),
        ("application/pdf;q=0, text/html;q=0.1", HTML),
        ("image/png", "application/json"),
        ("text/html;q=nonsense", "application/json"),
    ],
)
def test_the_accept_header_is_heard(header: str, kind: str) -> None:
    assert accepted(header) == kind
