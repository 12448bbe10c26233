"""Reads 835 files, one transaction set after the other and one claim at a time."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import TypeVar

from rcm.x12.elements import day
from rcm.x12.grammar import STANDARD, Source
from rcm.x12.interchange import Segment, TransactionSet, Walker, refuse_if_nothing
from rcm.x12.problems import Problem
from rcm.x12.reading import COLLECTOR
from rcm.x12.remittance.quick import quick_claims
from rcm.x12.remittance.segments import SegmentReader
from rcm.x12.remittance.values import BankAccount, ClaimPayment, Remittance

_Claim = TypeVar("_Claim")
_HASHED_TOGETHER = 256
"""Pieces of text that are taken into the content's sum at once."""


def read_remittances(source: Source) -> Iterator[Remittance]:
    """Every 835 of the file, whole, with its problems; other transaction sets are passed over.

    Raises NotX12, and WrongTransaction at the end where the file held no 835.

    A problem whose segment number lies within a claim's is that claim's: an amount that could not be read stands as zero,
    so such a claim must not be posted. `missing-se` says that the file was cut off. Who has not the memory for a whole
    remittance takes a `RemittanceReader` for each 835 of a `Walker`, and its claims one by one.
    """
    for reader in _each_835(source):
        with COLLECTOR.paused():
            claims = tuple(reader.claims())
        yield reader.remittance(claims)


def convert_remittances(source: Source, convert: Callable[[ClaimPayment], _Claim]) -> Iterator[tuple[Remittance, list[_Claim]]]:
    """The same where each claim is wanted as something else: it is converted as it is read and not kept, nor is it in its
    remittance. Converted afterwards they would have left the processor's cache.
    """
    for reader in _each_835(source):
        with COLLECTOR.paused():
            claims = [convert(claim) for claim in reader.claims()]
        yield reader.remittance(()), claims


def _each_835(source: Source) -> Iterator["RemittanceReader"]:
    """A reader for each 835, to be used up before the next is asked for. Raises NotX12 and WrongTransaction."""
    walker = Walker(source)
    count = 0
    for item in walker:
        if isinstance(item, TransactionSet) and item.identifier == "835":
            count += 1
            yield RemittanceReader(walker, item)
    refuse_if_nothing(count, walker, "835")


class RemittanceReader:
    """One 835: hands out its claims one by one, and then tells what stood around them."""

    def __init__(self, walker: Walker, transaction: TransactionSet) -> None:
        self._walker = walker
        self._transaction = transaction
        self._delimiters = walker.delimiters
        self._problems: list[Problem] = []
        self._segments = SegmentReader(self._problems, self._delimiters.component)
        self._content = sha256()
        self._texts: list[str] = []

    def claims(self) -> Iterator[ClaimPayment]:
        """The CLP loops in order, each released before the next is read."""
        walker, segments, texts = self._walker, self._segments, self._texts
        quick, claim_mark = quick_claims(self._delimiters).read, f"CLP{self._delimiters.element}"
        loop = 0
        for mark, text, number in self._transaction.pieces("LX", "CLP"):
            texts.append(mark)
            texts.append(text)
            if len(texts) > _HASHED_TOGETHER:
                self._hash()
            if mark == claim_mark:
                claim = quick(text, number, walker.number, loop)
                if claim is not None:
                    yield claim
                    continue
            yield from self._by_segments(mark, text, number)
            loop = segments.groups[-1].number if segments.groups else 0
        self._hash()

    def _by_segments(self, mark: str, text: str, first: int) -> Iterator[ClaimPayment]:
        """A piece read segment by segment; the claim in it, where there is one."""
        segments, separator = self._segments, self._delimiters.element
        number = first
        for number, raw in enumerate((mark + text).split(self._delimiters.terminator), first):
            elements = raw.split(separator)
            if elements[0] == "PLB" and (claim := segments.end_claim(number - 1)) is not None:
                yield claim
            segments.take(raw, elements, number)
        if (claim := segments.end_claim(number)) is not None:
            yield claim

    def remittance(self, claims: tuple[ClaimPayment, ...]) -> Remittance:
        """The whole, once all claims were taken."""
        first, last = self._transaction.first_segment, self._walker.number
        envelope_problems = self._walker.problems_of(self._transaction)
        found = self._segments
        payment, trace = found.payment, found.trace
        paid_on = day(payment[16])
        if not found.payment_at:
            self._problems.append(Problem(first, "BPR", 0, "missing-segment", "the transaction set has no BPR"))
        elif payment[16] and paid_on is None:
            self._problems.append(Problem(found.payment_at, "BPR", 16, "not-a-date", "BPR16 is no date"))
        payment_cents = found.faults.money(payment, 2, found.payment_at) if found.payment_at else 0
        return Remittance(
            payment_cents=payment_cents,
            trace_number=trace[2],
            payment_date=paid_on,
            payer=found.payer.whole(),
            payee=found.payee.whole(),
            claims=claims,
            provider_adjustments=tuple(found.provider_adjustments),
            handling=payment[1],
            credit_or_debit=payment[3],
            method=payment[4],
            payer_trace_id=trace[3],
            originating_company=trace[4],
            produced_on=day(found.produced),
            references=tuple(found.header.references),
            raw=tuple(found.header.raw),
            envelope=self._transaction.envelope,
            transaction_control_number=self._transaction.control_number,
            first_segment=first,
            last_segment=last,
            content_sha256=self._content.hexdigest(),
            problems=(*self._problems, *envelope_problems),
            payment_format=payment[5],
            payer_account=_account(payment[6:10]),
            payee_account=_account(payment[12:16]),
            originating_company_id=payment[10],
            originating_supplement=payment[11],
            groups=tuple([group.whole() for group in found.groups]),
        )

    def _hash(self) -> None:
        """Takes pieces into the content's sum, with the standard's delimiters and without trailing empty elements."""
        marks = iter(self._texts)
        text = "".join([f"{mark}{text}{self._delimiters.terminator}" for mark, text in zip(marks, marks, strict=True)])
        self._texts.clear()
        marks_found, marks_wanted = str(self._delimiters)[:3], str(STANDARD)[:3]
        if marks_found != marks_wanted:
            text = text.translate(str.maketrans(marks_found, marks_wanted))
        while "*~" in text:
            text = text.replace("*~", "~")
        self._content.update(text.encode())


def _account(elements: Segment) -> BankAccount | None:
    return BankAccount(*elements) if any(elements) else None
