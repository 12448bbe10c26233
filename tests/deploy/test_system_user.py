"""As root PostgreSQL has a user of ours. If this fails, two systems that start at once on a new machine spoil each other's."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rcm_deploy import system_user
from rcm_deploy.system_user import Account, NoSystemUser, server_account


@pytest.fixture(autouse=True)
def _root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root on a machine that does not have the user."""
    monkeypatch.setattr(system_user, "HOME", tmp_path / "rcm")
    monkeypatch.setattr(system_user, "running_as_root", lambda: True)


def test_of_several_launchers_at_once_one_makes_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Account] = []

    def make() -> None:
        time.sleep(0.05)
        made.append(Account(990 + len(made), 990))

    monkeypatch.setattr(system_user, "_find", lambda: made[-1] if made else None)
    monkeypatch.setattr(system_user, "_make", make)
    with ThreadPoolExecutor(4) as pool:
        found = [each.result() for each in [pool.submit(server_account) for _ in range(4)]]
    assert made == [Account(990, 990)]
    assert found == made * 4


def test_without_a_user_it_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_user, "_find", lambda: None)
    monkeypatch.setattr(system_user, "_make", lambda: None)
    with pytest.raises(NoSystemUser, match="RCM_DATABASE_URL"):
        server_account()
