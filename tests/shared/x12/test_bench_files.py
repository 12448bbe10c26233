"""The files that `make bench-x12` reads are good ones, so that what it measures is what everybody's files cost."""

from rcm.x12.validation import validate
from rcm_deploy.bench import x12
from rcm_deploy.bench.x12_files import claims_file, remittance_file


def test_they_are_read_balanced_and_found_without_fault() -> None:
    paid, sent = "".join(remittance_file(30, 3)).encode(), "".join(claims_file(30, 2)).encode()
    assert x12.read_remittance(paid) == x12.read_claims(sent) == 30
    assert validate(paid) == validate(sent) == []


def test_the_floor_writes_what_the_writer_writes() -> None:
    claims = [x12._claim(number) for number in range(3)]
    written, floor = x12._write(claims).decode(), x12._floor(claims).decode()
    assert floor in written
