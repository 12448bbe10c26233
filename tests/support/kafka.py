"""A real Kafka broker for the tests; where the machine can't have one, they are skipped and say why."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rcm_deploy.jars import JarsMissing
from rcm_deploy.kafka import KafkaServer
from rcm_deploy.ports import free_port


@contextmanager
def running_broker() -> Iterator[KafkaServer]:
    """A broker on a folder and port of its own; `stop` and `start` (or a kill) in between are the test's business."""
    with tempfile.TemporaryDirectory(prefix="rcm-test-", ignore_cleanup_errors=True) as folder:
        broker = KafkaServer(Path(folder) / "kafka", free_port())
        try:
            broker.start()
        except JarsMissing as error:
            pytest.skip(str(error))
        try:
            yield broker
        finally:
            broker.stop()
