"""Tokens: who is let in, who is not, and what is told to those who are not."""

import stat
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from rcm.errors import Unauthenticated
from rcm.identity import Principal, Role
from rcm.tokens import RELOAD_SECONDS_MAX, SigningKey, Verifier, issue_token, make_signing_key, new_signing_key

ORGANISATION = UUID("0198f5d0-5c00-7000-8000-0000000000aa")
KEY = new_signing_key()


async def verifier(source: Any = None, **more: Any) -> Verifier:
    made = Verifier(source or KEY.jwks(), **more)
    await made.load()
    return made


def token(key: SigningKey = KEY, role: Role = Role.BILLER, **more: Any) -> str:
    return issue_token(key, organisation_id=ORGANISATION, role=role, **more)


def signed(claims: dict[str, Any], key: Any = KEY.private, algorithm: str = "EdDSA", kid: str = KEY.key_id) -> str:
    now = int(time.time())
    whole = {"iss": "rcm", "aud": "rcm", "sub": "x", "org": str(ORGANISATION), "role": "ehr", "iat": now, "exp": now + 86_400}
    kept = {name: value for name, value in {**whole, **claims}.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm, headers={"kid": kid})


async def test_a_token_names_one_organisation_and_one_role() -> None:
    found = await (await verifier()).verify(token(subject="pat@example.org"))
    assert found == Principal(ORGANISATION, Role.BILLER, "pat@example.org")


async def test_es256_of_an_identity_provider_is_good_too() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    public = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    trusting = await verifier({"keys": [{**public, "kid": "idp", "alg": "ES256"}]})
    found = await trusting.verify(signed({}, private, "ES256", "idp"))
    assert found.role is Role.EHR


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("nonsense", "no JWT"),
        ("a.b.c", "no JWT"),
        (signed({"exp": int(time.time()) - 60}), "expired"),
        (signed({"aud": "others"}), "audience"),
        (signed({"iss": "others"}), "issuer"),
        (signed({"org": "maple street"}), "org"),
        (signed({"role": "root"}), "role"),
        (signed({"exp": None}), "lacks the claim exp"),
        (signed({"org": None}), "lacks the claim org"),
        (token(new_signing_key()), "not in the JWKS"),
        (signed({}, "a shared secret of thirty-two bytes!", "HS256"), "EdDSA or ES256"),
        (jwt.encode({"sub": "x"}, "", algorithm="none"), "EdDSA or ES256"),
        (token()[:-4] + "AAAA", "signature"),
    ],
)
async def test_what_is_not_ours_is_refused_with_its_reason(bad: str, told: str) -> None:
    with pytest.raises(Unauthenticated, match=told):
        await (await verifier()).verify(bad)


async def test_a_verified_token_is_known_by_its_hash_until_it_expires(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = time.time()
    checked = await verifier(now=lambda: seconds)
    good = token(lifetime=timedelta(seconds=60))
    await checked.verify(good)
    with monkeypatch.context() as without_cryptography:
        without_cryptography.setattr(jwt, "decode", None)
        await checked.verify(good)
        seconds += 61
        with pytest.raises(TypeError):  # now it would be looked into
            await checked.verify(good)


async def test_a_key_that_left_the_jwks_is_refused_after_the_next_reading(tmp_path: Path) -> None:
    seconds = 1000.0
    file = tmp_path / "jwks.json"
    file.write_bytes(orjson.dumps(KEY.jwks()))
    checked = await verifier(str(file), now=lambda: seconds)
    good = token()
    await checked.verify(good)
    file.write_bytes(orjson.dumps(new_signing_key().jwks()))
    await checked.verify(good)
    seconds += RELOAD_SECONDS_MAX + 1
    with pytest.raises(Unauthenticated, match="not in the JWKS"):
        await checked.verify(good)


async def test_a_new_key_is_learned_when_it_is_first_seen(tmp_path: Path) -> None:
    seconds = 1000.0
    file = tmp_path / "jwks.json"
    file.write_bytes(orjson.dumps(KEY.jwks()))
    checked = await verifier(str(file), now=lambda: seconds)
    newer = new_signing_key()
    file.write_bytes(orjson.dumps({"keys": [*KEY.jwks()["keys"], *newer.jwks()["keys"]]}))
    seconds += 11
    assert (await checked.verify(token(newer))).role is Role.BILLER


async def test_a_jwks_that_cannot_be_read_for_a_while_locks_nobody_out(tmp_path: Path) -> None:
    seconds = 1000.0
    file = tmp_path / "jwks.json"
    file.write_bytes(orjson.dumps(KEY.jwks()))
    checked = await verifier(str(file), now=lambda: seconds)
    file.unlink()
    seconds += RELOAD_SECONDS_MAX + 1
    assert (await checked.verify(token())).role is Role.BILLER


async def test_the_local_key_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first, second = make_signing_key(folder), make_signing_key(folder)
    assert first.key_id == second.key_id
    assert stat.S_IMODE((folder / "signing-key.pem").stat().st_mode) == 0o600
    assert b'"d"' not in (folder / "jwks.json").read_bytes()
    assert (await (await verifier(str(folder / "jwks.json"))).verify(token(first))).organisation_id == ORGANISATION
