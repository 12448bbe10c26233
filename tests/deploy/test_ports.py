"""Ports for systems that are started beside each other. If these fail, one now and then finds another on its port."""

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rcm_deploy import ports
from rcm_deploy.ports import FIRST, LAST, free_port, free_ports, port_is_free


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user whose turn nobody else takes."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "rcm"


def test_nobody_is_given_a_port_twice_though_nobody_listens_on_it_yet() -> None:
    with ThreadPoolExecutor(4) as pool:
        given = [port for found in pool.map(free_ports, [3] * 20) for port in found]
    assert len(set(given)) == 60
    assert all(FIRST <= port < LAST for port in given)


def test_a_port_that_is_taken_is_passed_over_and_after_the_last_comes_the_first(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.mkdir()
    (cache / "next-port").write_text(str(LAST - 2))
    monkeypatch.setattr(ports, "port_is_free", lambda port: port not in (LAST - 1, FIRST + 1))
    assert free_ports(3) == [LAST - 2, FIRST, FIRST + 2]
    (cache / "next-port").write_text(str(LAST - 2))
    monkeypatch.setattr(ports, "port_is_free", lambda _: True)
    assert [free_ports(2), free_ports(1)] == [[LAST - 2, LAST - 1], [FIRST]]


def test_a_port_where_somebody_listens_is_not_free() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert not port_is_free(listening.getsockname()[1])


@pytest.mark.parametrize("text", ["", "x", "7", "99999"])
def test_a_file_that_says_nothing_of_use_is_begun_anew(cache: Path, text: str) -> None:
    cache.mkdir()
    (cache / "next-port").write_text(text)
    assert (cache / "next-port").read_text() != str(free_port())
    assert FIRST <= int((cache / "next-port").read_text()) <= LAST


def test_who_can_keep_no_file_is_given_ports_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert len(set(ports.free_ports(8))) == 8
