"""Row-level security and grants for one table: which organisation's rows a role sees, and what it may do with them."""

from typing import Literal

Kind = Literal["mutable", "append_only"]

PRIVILEGES: dict[Kind, str] = {"mutable": "select, insert, update, delete", "append_only": "select, insert"}


def security_sql(table: str, kind: Kind, api: str, worker: str) -> list[str]:
    """The statements of `secure`."""
    own = "organisation_id = (select nullif(current_setting('app.org', true), '')::uuid)"
    return [
        f'alter table "{table}" enable row level security',
        f'alter table "{table}" force row level security',
        f'create policy own_organisation on "{table}" to "{api}" using ({own}) with check ({own})',
        f'create policy all_organisations on "{table}" to "{worker}" using (true) with check (true)',
        f'grant {PRIVILEGES[kind]} on "{table}" to "{api}", "{worker}"',
        f'grant usage on all sequences in schema public to "{api}", "{worker}"',
    ]
