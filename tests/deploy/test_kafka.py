"""The broker's own server: what breaks here keeps `make run-kafka` from starting on an unlucky draw."""

import uuid
from pathlib import Path

import pytest

from rcm_deploy.jars import JarsMissing
from rcm_deploy.kafka import KafkaServer
from rcm_deploy.ports import free_port


def test_a_cluster_whose_identity_begins_like_an_option_is_formatted(tmp_path: Path) -> None:
    """One random identity in 64 is written with a leading hyphen, which Kafka's tool once took for an option."""
    broker = KafkaServer(tmp_path / "kafka", free_port())
    try:
        broker.prepare(uuid.UUID(int=0xF8 << 120))
    except JarsMissing as missing:
        pytest.skip(str(missing))
    assert "cluster.id=-AAAAAAAAAAAAAAAAAAAAA\n" in (broker.data / "meta.properties").read_text()
