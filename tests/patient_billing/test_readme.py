"""The README's tables, the models and the code say the same."""

import re
from pathlib import Path

from patient_billing_svc.domain.account import TRANSITIONS, Hold
from patient_billing_svc.main import Settings, build
from patient_billing_svc.models import Base
from rcm.contracts import patient_accounts
from rcm.contracts.envelope import Event
from rcm.web.app import build_app
from tests.support.models import differences
from tests.support.postgres import Databases

README = (Path(__file__).parents[2] / "services/patient-billing-svc/README.md").read_text(encoding="utf-8")
PLATFORM = ("/v1/events", "/v1/dead-letters", "/v1/access-log", "/v1/admin")


def table(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    section = re.split(r"^## ", README.partition(f"\n## {heading}\n")[2], flags=re.MULTILINE)[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_http() -> None:
    paths = build_app(build(Settings())).openapi()["paths"]
    code = {
        f"{method.upper()} {path}": ", ".join(operation["x-roles"])
        for path, operations in paths.items()
        for method, operation in operations.items()
        if path.startswith("/v1/") and not path.startswith(PLATFORM)
    }
    assert {row[0]: row[1] for row in table("HTTP")} == code


def test_events() -> None:
    service = build(Settings())
    assert [row[0] for row in table("Events in")] == [each.event.type_name() for each in service.subscriptions]
    said = [
        each.type_name()
        for each in vars(patient_accounts).values()
        if isinstance(each, type) and issubclass(each, Event) and each is not Event
    ]
    assert [row[0] for row in table("Events out")] == said


def test_states_and_holds() -> None:
    code = [[str(state), ", ".join(sorted(targets))] for state, targets in TRANSITIONS.items()]
    assert table("States") == code
    assert f"Reasons of a hold: {', '.join(Hold)}." in README


def test_settings() -> None:
    own = {name: field.default for name, field in Settings.model_fields.items() if name.startswith("statement_")}
    assert [row[:2] for row in table("Settings")] == [[f"RCM_{name.upper()}", str(value)] for name, value in own.items()]


async def test_the_migrations_make_the_models_tables(databases: Databases) -> None:
    assert await differences(databases, build(Settings()), Base.metadata) == []
