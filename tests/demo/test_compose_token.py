"""Containers have a way to a token for an EHR. If this fails, `docker compose up` gives a system that nobody can post to."""

from pathlib import Path

import jwt
import pytest

from rcm.tokens import make_signing_key
from rcm_deploy.compose_token import compose_token
from rcm_deploy.samples.practice import ORGANISATION_ID

OTHER = "0198f5d0-5c00-7000-8000-0000000000ff"


@pytest.mark.parametrize(
    ("arguments", "role", "organisation"),
    [((), "ehr", str(ORGANISATION_ID)), (("biller",), "biller", str(ORGANISATION_ID)), (("coder", OTHER), "coder", OTHER)],
)
def test_a_token_says_what_was_asked_for(tmp_path: Path, arguments: tuple[str, ...], role: str, organisation: str) -> None:
    make_signing_key(tmp_path)
    claims = jwt.decode(compose_token(arguments, tmp_path), options={"verify_signature": False})
    assert role in claims.values()
    assert organisation in claims.values()


def test_an_unknown_role_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="king"):
        compose_token(["king"], tmp_path)
