"""Signing in: a ticket from a link is checked and used up; then the person's own access tokens are made, short-lived.

Locally the ticket is what `make run` prints: a JWT for the audience `rcm-console`, ten minutes, signed with the local key. The
same key signs the access tokens here, in memory only. With an identity provider, `Tokens` is what is replaced.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

import jwt

from console.sessions import Session
from rcm.clock import Clock
from rcm.errors import Unauthenticated
from rcm.identity import Principal
from rcm.tokens import SigningKey, Verifier, issue_token, load_signing_key

TICKET_AUDIENCE = "rcm-console"
TICKET_LIFE = timedelta(minutes=15)
"""No ticket is taken that lives longer, whoever signed it."""
STARTED_SLACK = timedelta(seconds=60)
TOKEN_LIFE = timedelta(minutes=10)
RENEWED_BEFORE = timedelta(minutes=2)


class TicketRefused(Unauthenticated):
    """The link is used, too old, or not ours."""

    code = "ticket-refused"
    title = "This sign-in link can't be used"


class Tickets:
    """Checks sign-in tickets; each is good for one use.

    A ticket older than this process is refused (what was used before a restart is not remembered); a minute's slack lets the
    launcher print the link while we start.
    """

    def __init__(self, verifier: Verifier, clock: Clock) -> None:
        self._verifier, self._clock = verifier, clock
        self._not_before = clock.now() - STARTED_SLACK
        self._used: dict[bytes, datetime] = {}

    async def redeem(self, ticket: str) -> Principal:
        """Who the ticket is for. Raises TicketRefused."""
        try:
            principal = await self._verifier.verify(ticket)
        except Unauthenticated as error:
            raise TicketRefused(error.detail) from error
        claims = jwt.decode(ticket, options={"verify_signature": False})
        issued, expires = (datetime.fromtimestamp(int(claims.get(name, 0)), UTC) for name in ("iat", "exp"))
        if expires - issued > TICKET_LIFE or issued < self._not_before:
            raise TicketRefused("The link is older than this console's start, or made to last too long")
        now = self._clock.now()
        self._used = {digest: until for digest, until in self._used.items() if until > now - TICKET_LIFE}
        digest = hashlib.sha256(ticket.encode()).digest()
        if digest in self._used:
            raise TicketRefused("The link was used already")
        self._used[digest] = expires
        return principal


class Tokens(Protocol):
    """Where a signed-in person's access token comes from."""

    def token(self, session: Session) -> str:
        """A token that is good for a while yet. Raises Unauthenticated where none can be had."""


class LocalTokens:
    """Makes them with the local signing key: one machine, no identity provider."""

    def __init__(self, key: SigningKey, clock: Clock) -> None:
        self._key, self._clock = key, clock

    def token(self, session: Session) -> str:
        now = self._clock.now()
        if session.token_until is None or session.token_until - now < RENEWED_BEFORE:
            who = session.principal
            session.token = issue_token(
                self._key, organisation_id=who.organisation_id, role=who.role, subject=who.subject, lifetime=TOKEN_LIFE
            )
            session.token_until = now + TOKEN_LIFE
        return session.token


class NoTokens:
    """Where nothing was said of keys: nobody can be given a token."""

    def token(self, session: Session) -> str:  # noqa: ARG002 - the protocol's
        raise Unauthenticated("This console was started without RCM_CONSOLE_KEYS: it can make no access tokens")


def tokens_of(folder: str, clock: Clock) -> Tokens:
    """Tokens by the signing key that lies in `folder`; none where no folder is named (blanks name none). Nothing is written.

    Raises OSError where the folder holds no key: the console must not make one that nobody else knows.
    """
    return LocalTokens(load_signing_key(Path(folder)), clock) if folder.strip() else NoTokens()
