"""Tokens: a JWT of one organisation and one role, signed by a key whose public half stands in a JWKS.

    {"iss": "rcm", "aud": "rcm", "sub": "pat@example.org", "org": "<uuid>", "role": "biller", "iat": 1, "exp": 2, "jti": "..."}

EdDSA (Ed25519) or ES256, nothing else: neither `none` nor a shared secret. Locally `make_signing_key` makes a key in a folder
that only its user can read; in production the identity provider signs and RCM_JWKS names its address. Tokens live by the
machine's clock and never by a simulated one.
"""

import asyncio
import hashlib
import os
import secrets
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import OKPAlgorithm

from rcm.errors import Unauthenticated
from rcm.identity import Principal, Role
from rcm.ids import id_of

ALGORITHMS = ("EdDSA", "ES256")
ISSUER = AUDIENCE = "rcm"
PRIVATE_KEY_FILE = "signing-key.pem"
JWKS_FILE = "jwks.json"
CACHE_SIZE = 10_000
RELOAD_SECONDS_MIN = 10.0
"""An unknown key id makes us read the JWKS again, but not more often than this."""
RELOAD_SECONDS_MAX = 300.0
"""A key that was taken out of the JWKS is refused after this at the latest, cached tokens too."""
LEEWAY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private half: for `rcm token` and for tests."""

    private: Ed25519PrivateKey
    key_id: str

    def jwks(self) -> dict[str, Any]:
        """The public half, as a JWKS with one key."""
        public: dict[str, Any] = OKPAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {"keys": [public | {"kid": self.key_id, "alg": "EdDSA", "use": "sig"}]}


def new_signing_key() -> SigningKey:
    """A fresh key that is kept nowhere."""
    return _with_id(Ed25519PrivateKey.generate())


def make_signing_key(folder: Path) -> SigningKey:
    """The key of `folder`, made at the first call: `signing-key.pem` (mode 600) and the public `jwks.json` beside it."""
    path = folder / PRIVATE_KEY_FILE
    if path.exists():
        key = load_signing_key(folder)
    else:
        key = new_signing_key()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write(path, pem, mode=0o600)
    _write(folder / JWKS_FILE, orjson.dumps(key.jwks(), option=orjson.OPT_INDENT_2), mode=0o644)
    return key


def load_signing_key(folder: Path) -> SigningKey:
    """The key that lies in `folder`; nothing is written. Raises OSError where there is none, ValueError for another kind."""
    path = folder / PRIVATE_KEY_FILE
    private = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise ValueError(f"{path} holds no Ed25519 key")  # noqa: TRY004 - the file is at fault, no argument
    return _with_id(private)


def issue_token(
    key: SigningKey,
    *,
    organisation_id: UUID,
    role: Role,
    subject: str = "",
    lifetime: timedelta = timedelta(hours=12),
    issuer: str = ISSUER,
    audience: str = AUDIENCE,
) -> str:
    """A signed token; `subject` names a person or program, by default the role itself.

    Each is another one, also those of one second for one person: a sign-in ticket is good for one use.
    """
    now = int(time.time())
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": subject or f"local {role}",
        "org": str(organisation_id),
        "role": str(role),
        "iat": now,
        "exp": now + int(lifetime.total_seconds()),
        "jti": secrets.token_urlsafe(12),
    }
    return jwt.encode(claims, key.private, algorithm="EdDSA", headers={"kid": key.key_id})


class Verifier:
    """Tells a token's Principal; a token that was verified once is known by its hash until it expires."""

    def __init__(
        self,
        source: str | Mapping[str, Any],
        *,
        issuer: str = ISSUER,
        audience: str = AUDIENCE,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`source`: a path or http(s) address of a JWKS, or the JWKS itself."""
        self._source = source
        self._issuer, self._audience, self._now = issuer, audience, now
        self._keys: dict[str, jwt.PyJWK] = {}
        self._loaded_at = float("-inf")
        self._known: dict[bytes, tuple[float, Principal]] = {}
        self._loading = asyncio.Lock()

    async def load(self) -> None:
        """Reads the JWKS. A service does this before it is ready. Raises OSError or ValueError where it can't be read."""
        document = self._source if isinstance(self._source, Mapping) else await asyncio.to_thread(_fetch, self._source)
        keys = {}
        for entry in document["keys"]:
            if entry.get("kty") in ("OKP", "EC") and entry.get("crv") in ("Ed25519", "P-256"):
                key = jwt.PyJWK.from_dict(dict(entry))
                keys[str(entry.get("kid", ""))] = key
        if not keys:
            raise ValueError("the JWKS holds no Ed25519 or P-256 key")
        if keys.keys() != self._keys.keys():
            self._known.clear()
        self._keys, self._loaded_at = keys, self._now()

    async def verify(self, token: str) -> Principal:
        """The bearer. Raises Unauthenticated, whose detail says what is wrong with the token."""
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        now = self._now()
        if now - self._loaded_at > RELOAD_SECONDS_MAX:
            await self._reload(RELOAD_SECONDS_MAX)
        known = self._known.get(digest)
        if known is not None:
            expires_at, principal = known
            if now < expires_at:
                return principal
            del self._known[digest]
        claims = self._claims(token, await self._key(token))
        principal = _principal(claims)
        if len(self._known) >= CACHE_SIZE:
            self._known.clear()
        self._known[digest] = (float(claims["exp"]), principal)
        return principal

    async def _key(self, token: str) -> jwt.PyJWK:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError as error:
            raise Unauthenticated("The bearer token is no JWT") from error
        if header.get("alg") not in ALGORITHMS:
            raise Unauthenticated(f"The token must be signed with {' or '.join(ALGORITHMS)}")
        key_id = str(header.get("kid", ""))
        if key_id not in self._keys and self._now() - self._loaded_at > RELOAD_SECONDS_MIN:
            await self._reload(RELOAD_SECONDS_MIN)
        key = self._keys.get(key_id)
        if key is None or key.algorithm_name != header["alg"]:
            raise Unauthenticated("The token is signed by a key that is not in the JWKS")
        return key

    async def _reload(self, seconds: float) -> None:
        """Reads the JWKS again; one at a time. Where it can't be read now, the keys that we have go on for a while."""
        async with self._loading:
            if self._now() - self._loaded_at <= seconds:
                return
            try:
                await self.load()
            except (OSError, ValueError, KeyError):
                self._loaded_at = self._now() - RELOAD_SECONDS_MAX + RELOAD_SECONDS_MIN

    def _claims(self, token: str, key: jwt.PyJWK) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub", "org", "role"]},
            )
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("The token has expired") from error
        except jwt.MissingRequiredClaimError as error:
            raise Unauthenticated(f"The token lacks the claim {error.claim}") from error
        except (jwt.PyJWTError, ValueError) as error:
            raise Unauthenticated("The token's signature, issuer or audience is not right") from error
        return claims


def _principal(claims: Mapping[str, Any]) -> Principal:
    try:
        return Principal(id_of(str(claims["org"])), Role(claims["role"]), str(claims["sub"]))
    except ValueError as error:
        raise Unauthenticated("The token's claims org (a UUID) and role (a role of ours) can't be read") from error


def _with_id(private: Ed25519PrivateKey) -> SigningKey:
    return SigningKey(private, hashlib.sha256(private.public_key().public_bytes_raw()).hexdigest()[:16])


def _fetch(source: str) -> Mapping[str, Any]:
    if source.startswith(("http://", "https://")):
        with urllib.request.urlopen(source, timeout=5) as answer:  # noqa: S310 - the scheme was just checked
            found: Mapping[str, Any] = orjson.loads(answer.read())
        return found
    content: Mapping[str, Any] = orjson.loads(Path(source).read_bytes())
    return content


def _write(path: Path, content: bytes, *, mode: int) -> None:
    """Whole or not at all, and never readable to others for a moment where it must not be."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    beside.replace(path)
