"""Who is signed in: sessions on the server, known by a random name in a cookie; their forms by a secret of their own."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rcm.clock import Clock
from rcm.identity import Principal

SESSIONS_MAX = 10_000


@dataclass(slots=True)
class Session:
    """One signed-in browser. `csrf` stands in each of its forms; `token` is the access token in use, until `token_until`."""

    principal: Principal
    began_at: datetime
    used_at: datetime
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    token: str = ""
    token_until: datetime | None = None
    notice: str = ""
    """What the next page says once, after a form was sent."""

    def owns_form(self, given: str) -> bool:
        """Whether a form's secret is this session's."""
        return hmac.compare_digest(self.csrf.encode(), given.encode())


class Sessions:
    """All sessions of this process. A restart signs everybody out; names are kept as hashes."""

    def __init__(self, clock: Clock, life: timedelta, idle: timedelta) -> None:
        self._clock, self._life, self._idle = clock, life, idle
        self._sessions: dict[str, Session] = {}

    def begin(self, principal: Principal) -> str:
        """A new session; answers the cookie's value, which nobody else can guess or read here."""
        self._sweep()
        name = secrets.token_urlsafe(32)
        now = self._clock.now()
        self._sessions[_hash(name)] = Session(principal, now, now)
        return name

    def find(self, name: str) -> Session | None:
        """The session of a cookie, as long as it lives."""
        if not name:
            return None
        key = _hash(name)
        session = self._sessions.get(key)
        now = self._clock.now()
        if session is None:
            return None
        if self._over(session, now):
            del self._sessions[key]
            return None
        session.used_at = now
        return session

    def end(self, name: str) -> None:
        """Signs out."""
        self._sessions.pop(_hash(name), None)

    def _over(self, session: Session, now: datetime) -> bool:
        return now - session.began_at > self._life or now - session.used_at > self._idle

    def _sweep(self) -> None:
        now = self._clock.now()
        self._sessions = {key: each for key, each in self._sessions.items() if not self._over(each, now)}
        while len(self._sessions) >= SESSIONS_MAX:
            del self._sessions[min(self._sessions, key=lambda key: self._sessions[key].used_at)]


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
