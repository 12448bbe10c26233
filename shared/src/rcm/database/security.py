"""Row-level security and grants for one table: which organisation's rows a role sees, and what it may do with them."""

from typing import Literal

Kind = Literal["mutable", "append_only"]

PRIVILEGES: dict[Kind, str] = {"mutable": "select, insert, update, delete", "append_only": "select, insert"}


FEW_ORGANISATIONS = """
do $$ begin
    if current_setting('server_version_num')::integer >= 180000 then
        perform pg_restore_attribute_stats(
            'schemaname', 'public', 'relname', '{table}', 'attname', 'organisation_id', 'inherited', false,
            'null_frac', 0::real, 'avg_width', 16, 'n_distinct', 4::real);
    end if;
end $$"""
"""What the first analyze will find, said at once: an organisation is a large part of a table. Else the planner thinks that
it is half a percent, reads all of an organisation's rows and looks for the wanted keys among them (decision 0018).
"""


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
        FEW_ORGANISATIONS.format(table=table),
    ]
