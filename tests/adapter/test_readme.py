"""The README's tables are the code's: test values, receivers, settings."""

import re
from pathlib import Path

from clearinghouse_adapter.sandbox.main import Settings as SandboxSettings
from clearinghouse_adapter.sandbox.scenarios import FUNCTION_REFUSED, INTERCHANGE_REFUSED, SCENARIOS
from clearinghouse_adapter.settings import AdapterSettings
from rcm.settings import PlatformSettings
from rcm_deploy.samples.practice import PAYERS

README = Path(__file__).parents[2] / "services" / "clearinghouse-adapter" / "README.md"
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|")) for line in README.read_text().splitlines() if line[:1] == "|"
]


def test_scenarios() -> None:
    assert {row[0]: row[1] for row in ROWS if re.fullmatch(r"\d{3}", row[0])} == SCENARIOS


def test_receivers_and_payers() -> None:
    assert {row[0] for row in ROWS if row[0].startswith("SANDBOX") and len(row) == 2} == {FUNCTION_REFUSED, INTERCHANGE_REFUSED}
    told = {row for row in ROWS if row[0].startswith("SBX")}
    assert told == {(payer.payer_id, payer.name, payer.filing_indicator, payer.receiver_id) for payer in PAYERS}


def test_settings() -> None:
    told = {row[0]: row[1] for row in ROWS if row[0].startswith("RCM_")}
    own = {
        f"RCM_{name.upper()}": field.default
        for settings in (AdapterSettings, SandboxSettings)
        for name, field in settings.model_fields.items()
        if name not in PlatformSettings.model_fields
    }
    assert set(told) == set(own)
    assert {
        name: "" if value is None else f"{value:g}" if isinstance(value, float | int) else str(value)
        for name, value in own.items()
    } == told
