"""Whom the adapter works for: each organisation with its mailbox and the token that speaks for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import orjson

from clearinghouse_adapter.settings import AdapterSettings
from clearinghouse_adapter.transports import DirectoryTransport, Transport
from rcm.identity import Role
from rcm.tokens import issue_token, make_signing_key

TOKEN_LIFETIME = timedelta(hours=1)
SUBJECT = "clearinghouse-adapter"


class NoAccount(ValueError):
    """The settings name no organisation, or an account without a token."""


@dataclass(frozen=True, slots=True)
class Account:
    """One organisation."""

    organisation_id: UUID
    transport: Transport
    token: Callable[[], str]
    """The token to send now."""


def accounts_of(settings: AdapterSettings) -> list[Account]:
    """Everyone that the settings name. Raises NoAccount."""
    if settings.accounts is not None:
        entries = orjson.loads(settings.accounts.read_bytes())
        return [
            Account(
                UUID(entry["organisation_id"]),
                DirectoryTransport(Path(entry["mailbox"])),
                token_from_file(Path(entry["token_file"])),
            )
            for entry in entries
        ]
    if settings.organisation_id is None or settings.keys is None:
        raise NoAccount("set RCM_ACCOUNTS, or RCM_ORGANISATION_ID and RCM_KEYS")
    token = LocalToken(settings.keys, settings.organisation_id, settings.token_issuer, settings.token_audience)
    return [Account(settings.organisation_id, DirectoryTransport(settings.mailbox), token)]


def token_from_file(path: Path) -> Callable[[], str]:
    """Reads the token anew each time: whoever rotates it only writes the file."""
    return lambda: path.read_text(encoding="utf-8").strip()


class LocalToken:
    """Tokens signed with the local key, renewed before they end."""

    def __init__(self, keys: Path, organisation_id: UUID, issuer: str, audience: str) -> None:
        self._key = make_signing_key(keys)
        self._organisation_id = organisation_id
        self._issuer, self._audience = issuer, audience
        self._token, self._until = "", 0.0

    def __call__(self) -> str:
        if time.monotonic() >= self._until:
            self._token = issue_token(
                self._key,
                organisation_id=self._organisation_id,
                role=Role.ADAPTER,
                subject=SUBJECT,
                lifetime=TOKEN_LIFETIME,
                issuer=self._issuer,
                audience=self._audience,
            )
            self._until = time.monotonic() + TOKEN_LIFETIME.total_seconds() / 2
        return self._token
