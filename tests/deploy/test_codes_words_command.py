"""`rcm codes search` and `rcm codes suggest`, as a program reads them."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from rcm_deploy.bench import codes_words
from rcm_deploy.cli.app import app

run = CliRunner()


def lines(*arguments: str) -> list[dict[str, Any]]:
    result = run.invoke(app, ["codes", *arguments])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_phrase_and_a_file_of_them(tmp_path: Path) -> None:
    (one,) = lines("search", "heart attack", "--date", "2026-03-02", "--limit", "3", "--json")
    assert one["phrase"] == "heart attack"
    assert [set(result) for result in one["results"]] == [{"code", "description", "score"}] * 3
    assert one["results"][0]["code"] == "I21.9"
    file = tmp_path / "phrases"
    file.write_text("kidney stone\n\nqzxqzx\n")
    many = lines("search", "--file", str(file), "--date", "2026-03-02", "--json")
    assert [(each["phrase"], bool(each["results"])) for each in many] == [("kidney stone", True), ("qzxqzx", False)]


def test_notes_of_a_folder_and_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("ASSESSMENT\nCommunity acquired pneumonia. No fever.")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\x00bad")
    (tmp_path / "c.txt").write_text("")
    first, second, third = lines("suggest", "--dir", str(tmp_path), "--date", "2026-03-02", "--json")
    assert first["document"] == "a.txt"
    assert {"code", "description", "score", "assertion", "evidence", "why"} == set(first["suggestions"][0])
    assert "J18.9" in {each["code"] for each in first["suggestions"]}
    assert ("R50.9", "negated") in {(each["code"], each["assertion"]) for each in first["not_coded"]}
    assert "no text" in second["problem"]
    assert third == {"document": "c.txt", "suggestions": [], "not_coded": [], "problem": "the document is empty"}


def test_one_note_that_can_not_be_read_keeps_no_other_from_being_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "b.txt").mkdir()
    (tmp_path / "c.txt").write_text("ASSESSMENT\nHypertension.")
    first, last = lines("suggest", "--dir", str(tmp_path), "--date", "2026-03-02", "--json")
    assert first == {
        "document": "a.txt",
        "suggestions": [],
        "not_coded": [],
        "problem": "it can't be read: No such file or directory",
    }
    assert [each["code"] for each in last["suggestions"]] == ["I10"]


@pytest.mark.parametrize(("day", "why"), [("1990-01-01", "begins on 2015-10-01"), ("2050-01-01", "no release")])
def test_a_day_that_no_release_covers_is_told(tmp_path: Path, day: str, why: str) -> None:
    (tmp_path / "a.txt").write_text("ASSESSMENT\nHypertension.")
    for asked in (["search", "hypertension"], ["suggest", "--dir", str(tmp_path)]):
        (told,) = lines(*asked, "--date", day, "--json")
        assert why in told["problem"]
        people = run.invoke(app, ["codes", *asked, "--date", day])
        assert why in people.output + people.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["drg", "I50.20", "--age", "65", "--sex", "Q"], "--sex"),
        (["drg", "I50.20:Z", "--age", "65"], "not Z"),
        (["hcc", "I50.20", "--age", "65", "--sex", "Q"], "--sex"),
    ],
)
def test_a_group_is_not_asked_for_with_nonsense(arguments: list[str], why: str) -> None:
    refused = run.invoke(app, ["codes", *arguments, "--date", "2026-03-02", "--json"])
    assert refused.exit_code in {1, 2}
    assert why in refused.output + refused.stderr


def test_sentences_are_asserted(tmp_path: Path) -> None:
    file = tmp_path / "sentences.tsv"
    file.write_text("fever\tNo fever or chills.\ncough\tShe has a cough.\nrash\tShe has a cough.\n")
    told = lines("suggest", "--assert", str(file))
    assert [each["assertion"] for each in told] == ["negated", "affirmed", None]
    assert "line 3" in told[2]["problem"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["search"],
        ["search", "--file", "/no/such/file"],
        ["search", "cough", "--date", "yesterday"],
        ["suggest"],
        ["suggest", "--text", "/no/such/file"],
        ["suggest", "--dir", "/no/such/folder"],
        ["suggest", "--assert", "BYTES"],
        ["search", "--file", "BYTES"],
    ],
)
def test_a_bad_call_is_refused_with_its_reason(tmp_path: Path, arguments: list[str]) -> None:
    file = tmp_path / "bytes"
    file.write_bytes(b"\xff\xfe\x00")
    result = run.invoke(app, ["codes", *(str(file) if part == "BYTES" else part for part in arguments)])
    assert result.exit_code in {1, 2}
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.output or result.stderr


def test_the_bench_measures_words() -> None:
    figures = codes_words.measure(phrases=3, documents=1)
    assert figures["suggested_documents_per_second"] > 0
    assert figures["search_ms_p95"] >= figures["search_ms_p50"] > 0
