"""What docker-compose.yml runs once before everything: databases and roles, and a local signing key.

Passwords come from the environment (RCM_CODING_PASSWORD and so on, of `.env`). In production the identity provider signs and
RCM_JWKS names its address; here a key is made: its public half for everyone, its private half for adapter and console.
"""

import asyncio
import os
import shutil
from pathlib import Path

import asyncpg

from rcm.tokens import JWKS_FILE, make_signing_key
from rcm_deploy.databases import ROLES, create_service_database, database_name
from rcm_deploy.programs import PARTS

PRIVATE = Path("/keys/private")
PUBLIC = Path("/keys/public")


def passwords() -> dict[str, str]:
    """Each role's password: one a service, from the environment. Raises KeyError for a missing one."""
    found: dict[str, str] = {}
    for part in PARTS:
        if part.has_database:
            base = database_name(part.name)
            found |= {f"{base}_{role}": os.environ[f"{base.upper()}_PASSWORD"] for role in ROLES}
    return found


async def make_databases(admin_url: str) -> None:
    """Databases and roles; what is there stays, passwords are set anew."""
    admin = await asyncpg.connect(admin_url)
    try:
        for part in PARTS:
            if part.has_database:
                await create_service_database(admin, part.name, passwords=passwords())
    finally:
        await admin.close()


def make_keys() -> None:
    """The key, once; its public half in a folder of its own."""
    make_signing_key(PRIVATE)
    PUBLIC.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PRIVATE / JWKS_FILE, PUBLIC / JWKS_FILE)


if __name__ == "__main__":
    make_keys()
    asyncio.run(make_databases(os.environ["RCM_DATABASE_URL"]))
