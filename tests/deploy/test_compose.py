"""docker-compose.yml and the Dockerfile against the code. No engine may be at hand, so they are parsed and compared."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from rcm_deploy.data_folder import DataFolder
from rcm_deploy.databases import ROLES, database_name
from rcm_deploy.programs import ADAPTER, CONSOLE, PARTS, PORTS, SANDBOX, Part, Whole

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text()
PINNED = re.compile(r"[\w./-]+:\d+\.\d+(\.\d+)?(-[\w.-]+)?(@sha256:[0-9a-f]{64})?")
NOT_IN_CONTAINERS = {"RCM_CHAOS", "RCM_CHAOS_SEED"}
OF_THE_LAUNCHER = {"RCM_STATEMENT_GRACE_HOURS", "RCM_SANDBOX_DAY_SECONDS"}
"""Told to make a local run lively; production has their defaults."""


def environment(part: Part) -> Mapping[str, str]:
    return cast(Mapping[str, str], CONTAINERS[part.name]["environment"])


def fields(part: Part) -> set[str]:
    """The variables that a part's settings read."""
    return {f"RCM_{name.upper()}" for name in part.main.Settings.model_fields}


each_part = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)


def test_every_part_has_a_container() -> None:
    assert {part.name for part in PARTS} | {"postgres", "kafka", "set-up"} == set(CONTAINERS)


def test_images_are_pinned() -> None:
    images = [container["image"] for container in CONTAINERS.values() if "image" in container]
    images += re.findall(r"^ARG PYTHON=(\S+)$", DOCKERFILE, re.MULTILINE)
    assert len(images) == 3
    assert all(PINNED.fullmatch(image) for image in images), images
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${PYTHON}"}


def test_the_servers_are_those_of_the_local_launcher() -> None:
    """The same Kafka and PostgreSQL run in containers, in tests and under `make run-kafka`."""
    from rcm_deploy.jars import BROKER

    assert CONTAINERS["kafka"]["image"].partition(":")[2] == BROKER[2]
    assert CONTAINERS["postgres"]["image"].partition(":")[2].startswith("18.")


@each_part
def test_every_setting_is_set(part: Part) -> None:
    """What the launcher tells a part, its container is told too; and nothing is told that no setting reads."""
    whole = Whole(DataFolder(Path("/nowhere")), "kafka", PORTS, False, "", 0, "postgresql://u@h/postgres", {})
    told = set(environment(part))
    needed = (set(whole.environment(part)) & fields(part)) - NOT_IN_CONTAINERS - OF_THE_LAUNCHER
    assert needed <= told
    assert told <= fields(part), "a variable that no setting of this part reads"


@each_part
def test_ports_agree(part: Part) -> None:
    port = environment(part)["RCM_PORT"]
    assert int(port) == part.port
    assert CONTAINERS[part.name]["ports"] == [f"127.0.0.1:{port}:{port}"]


@pytest.mark.parametrize("part", [ADAPTER, CONSOLE], ids=lambda part: part.name)
def test_addresses_are_containers_and_their_ports(part: Part) -> None:
    ports = {each.name: each.port for each in PARTS}
    addresses = [value for name, value in environment(part).items() if re.fullmatch(r"RCM_\w+_URL", name) and "http" in value]
    assert addresses
    for address in addresses:
        found = re.fullmatch(r"http://([\w-]+):(\d+)", address)
        assert found
        assert int(found[2]) == ports[found[1]]


@pytest.mark.parametrize("part", [part for part in PARTS if part.has_database], ids=lambda part: part.name)
def test_each_role_has_its_own_database(part: Part) -> None:
    base = database_name(part.name)
    variable = f"{base.upper()}_PASSWORD"
    for role in ROLES:
        expected = f"postgresql://{base}_{role}:${{{variable}:?}}@postgres:5432/{base}"
        assert environment(part)[f"RCM_{role.upper()}_DATABASE_URL"] == expected
    assert variable in CONTAINERS["set-up"]["environment"]


@each_part
def test_start_order_and_health(part: Part) -> None:
    container = CONTAINERS[part.name]
    assert container["build"]["args"]["SERVICE"] == ROOT.joinpath("services", part_folder(part)).name
    after = container["depends_on"]
    assert all(each["condition"] in ("service_healthy", "service_completed_successfully") for each in after.values())
    if part in PARTS[:4]:
        assert {"set-up", "postgres", "kafka"} <= set(after)
    assert "HEALTHCHECK" in DOCKERFILE
    assert all(CONTAINERS[name].get("healthcheck") for name in ("postgres", "kafka"))


def part_folder(part: Part) -> str:
    return "clearinghouse-adapter" if part is SANDBOX else part.name


def test_the_image_starts_each_part() -> None:
    """The Dockerfile's rule from a service's name to its module, and the sandbox's own command."""
    for part in PARTS:
        command = CONTAINERS[part.name].get("command")
        assert (
            command == ["python", "-m", part.module]
            if part is SANDBOX
            else part.name.replace("-", "_") + ".main" == part.module
        )


def test_no_password_stands_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name, container in CONTAINERS.items():
        for variable, value in container.get("environment", {}).items():
            if "PASSWORD" in variable or "://" in str(value):
                assert "${" in value or "@" not in value, f"{name}: {variable}"
    asked = set(re.findall(r"\$\{(\w+):\?", text))
    made = set(re.findall(r'^    "(\w+)",$', (ROOT / "deploy/compose_environment.py").read_text(), re.MULTILINE))
    assert asked == made
