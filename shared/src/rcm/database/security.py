"""Row-level security and grants for one table: which organisation's rows a role sees, and what it may do with them."""

from typing import Literal

Kind = Literal["mutable", "append_only"]

PRIVILEGES: dict[Kind, str] = {"mutable": "select, insert, update, delete", "append_only": "select, insert"}


WHAT_ANALYZE_WILL_FIND = """
do $$ declare key text; begin
    if current_setting('server_version_num')::integer >= 180000 then
        perform pg_restore_attribute_stats(
            'schemaname', 'public', 'relname', '{table}', 'attname', 'organisation_id', 'inherited', false,
            'null_frac', 0::real, 'avg_width', 16, 'n_distinct', 4::real);
        for key in
            select distinct second.attname from pg_index i
            join pg_attribute first on first.attrelid = i.indrelid and first.attnum = i.indkey[0]
            join pg_attribute second on second.attrelid = i.indrelid and second.attnum = i.indkey[1]
            where i.indrelid = '"{table}"'::regclass and first.attname = 'organisation_id'
              and (second.atttypid in ('uuid'::regtype, 'bytea'::regtype) or i.indisunique and i.indnkeyatts = 2)
        loop
            perform pg_restore_attribute_stats(
                'schemaname', 'public', 'relname', '{table}', 'attname', key, 'inherited', false,
                'null_frac', 0::real, 'avg_width', 16, 'n_distinct', (-1)::real);
        end loop;
    end if;
end $$"""
"""Said at once: an organisation is a large part of a table, and what stands behind it in a key is nearly one row's alone. Else
the planner thinks that an organisation is half a percent, and each key another half, so that some hundred keys are all there
are: it reads all of an organisation's rows and looks for the wanted keys among them (decision 0018).
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
        WHAT_ANALYZE_WILL_FIND.format(table=table),
    ]
