"""A database and three roles a service: the owner migrates, `api` obeys row-level security, `worker` sees all organisations."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import asyncpg

ROLES = ("owner", "api", "worker")


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    """One service's database, by each of its roles."""

    name: str
    owner_url: str
    api_url: str
    worker_url: str

    def environment(self) -> dict[str, str]:
        """The settings that a service's process reads (rcm.settings)."""
        return {
            "RCM_OWNER_DATABASE_URL": self.owner_url,
            "RCM_API_DATABASE_URL": self.api_url,
            "RCM_WORKER_DATABASE_URL": self.worker_url,
        }


def database_name(service: str) -> str:
    """`coding-svc` -> `rcm_coding`, `clearinghouse-adapter` -> `rcm_adapter`; its roles add `_owner`, `_api`, `_worker`."""
    return "rcm_" + service.removesuffix("-svc").removeprefix("clearinghouse-").replace("-", "_")


def with_login(url: str, *, database: str, role: str | None = None, password: str | None = None) -> str:
    """The same server's address for another database, and for another role when one is named."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    login = parts.netloc.rpartition("@")[0]
    query = [(key, value) for key, value in parse_qsl(parts.query) if role is None or key not in {"user", "password"}]
    if role is not None:
        login = quote(role, safe="") + (f":{quote(password, safe='')}" if password else "")
    netloc = f"{login}@{place}" if login else place
    return urlunsplit(("postgresql", netloc, f"/{quote(database)}", urlencode(query), ""))


def service_database(
    admin_url: str, service: str, *, name: str = "", passwords: Mapping[str, str] | None = None
) -> ServiceDatabase:
    """The addresses of a service's database. Roles are the cluster's: a database under another `name` has the same three."""
    base = database_name(service)
    urls = [
        with_login(admin_url, database=name or base, role=f"{base}_{role}", password=(passwords or {}).get(f"{base}_{role}"))
        for role in ROLES
    ]
    return ServiceDatabase(name or base, *urls)


def new_passwords(services: list[str]) -> dict[str, str]:
    """Passwords for the roles on a server that wants them (one that RCM_DATABASE_URL names)."""
    return {f"{database_name(service)}_{role}": secrets.token_urlsafe(24) for service in services for role in ROLES}


async def create_service_database(
    admin: "asyncpg.Connection[Any]",
    service: str,
    *,
    name: str = "",
    template: str = "",
    passwords: Mapping[str, str] | None = None,
) -> None:
    """Makes what is missing of a service's roles and its database; what is there stays as it is.

    `admin` is a connection that may make roles and databases, outside a transaction. `template` names a database to copy.
    """
    base = database_name(service)
    for role in ROLES:
        await _create_role(admin, f"{base}_{role}", (passwords or {}).get(f"{base}_{role}"))
    database = name or base
    if await admin.fetchval("select true from pg_database where datname = $1", database):
        return
    # A managed server's administrator is no superuser: it makes a database for another role only as that role's member.
    if not await admin.fetchval("select rolsuper from pg_roles where rolname = current_user"):
        await admin.execute(f'grant "{base}_owner" to current_user')
    copy = f'template "{template}" strategy file_copy' if template else "template template0 encoding 'UTF8'"
    await admin.execute(f'create database "{database}" owner "{base}_owner" {copy}')
    everyone = ", ".join(f'"{base}_{role}"' for role in ROLES)
    await admin.execute(f'revoke all on database "{database}" from public')
    await admin.execute(f'grant connect, temporary on database "{database}" to {everyone}')


async def _create_role(admin: "asyncpg.Connection[Any]", role: str, password: str | None) -> None:
    if not await admin.fetchval("select true from pg_roles where rolname = $1", role):
        await admin.execute(f'create role "{role}" login nosuperuser nocreatedb nocreaterole')
    if password:
        await admin.execute(f"alter role \"{role}\" login password '{password}'")
