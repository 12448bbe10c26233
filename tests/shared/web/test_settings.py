"""The platform's settings as an environment gives them."""

import pytest
from pydantic import ValidationError

from rcm.hosting import plumb
from rcm.messaging.direct import DirectBus
from rcm.settings import PlatformSettings
from rcm.tokens import Verifier, new_signing_key
from tests.shared.web.notebook.service import build
from tests.support.live import ORGANISATION
from tests.support.postgres import Databases


def test_an_empty_setting_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RCM_OPERATOR_ORGANISATION", "RCM_LOG_RETENTION_DAYS", "RCM_INBOX_RETENTION_DAYS"):
        monkeypatch.setenv(name, "")
    settings = PlatformSettings()
    assert settings.operator_organisation is None
    assert settings.log_retention_days is settings.inbox_retention_days is None
    monkeypatch.setenv("RCM_OPERATOR_ORGANISATION", str(ORGANISATION))
    assert PlatformSettings().operator_organisation == ORGANISATION


def test_an_inbox_remembers_longer_than_a_log_can_be_replayed() -> None:
    assert PlatformSettings(log_retention_days=90, inbox_retention_days=120).log_retention_days == 90
    for log, inbox in ((None, 120), (90, 90), (90, 30), (0, None)):
        with pytest.raises(ValidationError):
            PlatformSettings(log_retention_days=log, inbox_retention_days=inbox)


async def test_the_log_is_kept_as_long_as_the_settings_say(databases: Databases) -> None:
    async with databases.fresh(build()) as database:
        settings = PlatformSettings(
            api_database_url=database.api_url,
            worker_database_url=database.worker_url,
            log_retention_days=90,
            inbox_retention_days=400,
        )
        runtime, _ = await plumb(build(), settings, DirectBus(), Verifier(new_signing_key().jwks()))
        try:
            assert [kept and kept.days for kept in runtime.retention] == [90, 400]
        finally:
            await runtime.api.close()
            await runtime.worker.close()
