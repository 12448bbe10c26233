"""What all tests share: a real PostgreSQL, a real Kafka, and the rule that on CI nothing is skipped."""

import functools
import os
import signal
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from rcm_deploy.kafka import KafkaServer
from rcm_deploy.postgres import PostgresServer
from tests.support.demo import kafka_jars
from tests.support.kafka import running_broker
from tests.support.live import Live, live_service
from tests.support.postgres import Databases, running_server
from tests.support.workers import Sharing, longest_first

__all__ = ["databases", "kafka", "kafka_jars", "live", "postgres"]

# No example fails because the machine was busy. With CI=true they are the same ones every time: chance looks for faults at
# developers' machines, and fails nobody who has nothing to do with them.
settings.register_profile("rcm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("rcm-ci", settings.get_profile("rcm"), derandomize=True, database=None, print_blob=True)
settings.load_profile("rcm-ci" if os.environ.get("CI") == "true" else "rcm")

# A shell's background job ignores Ctrl-C, and so would every program that a test starts in it and ends with one.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this session's own."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def databases(postgres: PostgresServer) -> Databases:
    """Migrated databases for services: `async with databases.fresh(service) as database`."""
    return Databases(postgres)


@pytest.fixture(scope="session")
def live(databases: Databases) -> Live:
    """A whole service on a database of its own: `async with live(service) as it` (tests/support/live.py)."""
    return functools.partial(live_service, databases)


@pytest.fixture(scope="session")
def kafka() -> Iterator[KafkaServer]:
    """A Kafka broker of this session's own; topics are each test's to name and make."""
    with running_broker() as broker:
        yield broker


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Sharing:
    """Who runs what, where there are several workers."""
    return Sharing(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker what takes longest comes first."""
    if hasattr(config, "workerinput"):
        longest_first(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a skip is a failure: what CI does not test, nobody does."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped, which CI=true forbids: {report.longrepr}"
    return report
