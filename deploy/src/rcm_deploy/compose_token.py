"""`docker compose run --rm set-up python -m rcm_deploy.compose_token ehr`: a bearer token of the containers' local key.

The role is the argument; an organisation's id may follow it. In production the identity provider issues tokens.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from rcm.identity import Role
from rcm.tokens import issue_token, make_signing_key
from rcm_deploy.compose_setup import PRIVATE
from rcm_deploy.samples.practice import ORGANISATION_ID


def compose_token(arguments: Sequence[str], private: Path = PRIVATE) -> str:
    """A token for `[role [organisation]]`. Raises ValueError for a role or id that is none."""
    role, organisation, *_ = (*arguments, *("ehr", str(ORGANISATION_ID))[len(arguments) :])
    key = make_signing_key(private)
    return issue_token(key, organisation_id=UUID(organisation), role=Role(role), subject="compose token")


if __name__ == "__main__":
    sys.stdout.write(compose_token(sys.argv[1:]) + "\n")
