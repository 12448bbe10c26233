"""The platform's own tables in each service's database, in PostgreSQL's words: partitions, policies and rights at once."""

# ruff: noqa: S608 - statements are put together from constants of this file; every value is a parameter

from collections.abc import Iterator

from rcm.database.security import Kind, security_sql

ENVELOPE = """
    event_id uuid not null,
    type text not null,
    subject uuid not null,
    sequence bigint not null,
    "time" timestamptz not null,
    correlation_id uuid not null,
    causation_id uuid,
    traceparent text"""

TABLES = f"""
create table log_epoch (
    epoch integer constraint pk_log_epoch primary key,
    system_identifier bigint not null,
    since timestamptz not null default now()
);
insert into log_epoch (epoch, system_identifier) select 1, system_identifier from pg_control_system();

create sequence event_log_seq cache 100;
create table event_log (
    organisation_id uuid not null,
    epoch integer not null default 1,
    xid xid8 not null default pg_current_xact_id(),
    seq bigint not null default nextval('event_log_seq'),
    logged_at timestamptz not null default now(),{ENVELOPE},
    data text not null,
    constraint pk_event_log primary key (organisation_id, epoch, xid, seq, logged_at)
) partition by range (logged_at);
alter table event_log alter column data set storage external;
create index ix_event_log_order on event_log (epoch, xid, seq);
create index ix_event_log_time on event_log using brin ("time");

create table log_cursor (
    name text constraint pk_log_cursor primary key,
    epoch integer not null default 0,
    xid xid8 not null default '0',
    seq bigint not null default 0,
    generation bigint not null default 0,
    replayed_organisations uuid[] not null default '{{}}',
    replayed_epoch integer not null default 0,
    replayed_xid xid8 not null default '0',
    replayed_seq bigint not null default 0
);
insert into log_cursor (name) values ('relay');

create table inbox (
    event_id uuid not null,
    consumer text not null,
    organisation_id uuid not null,
    constraint pk_inbox primary key (event_id, consumer)
) partition by range (event_id);
create table inbox_other partition of inbox default;

create sequence parked_message_position;
create table parked_message (
    organisation_id uuid not null,
    parked_id uuid not null,
    position bigint not null default nextval('parked_message_position'),
    state text not null constraint ck_parked_message_state check (state in ('waiting', 'retrying', 'dead', 'dropped')),
    kind text not null default '',
    awaited_id uuid,
    attempts integer not null default 0,
    next_at timestamptz not null default now(),
    code text not null default '',
    reason text not null default '',
    parked_at timestamptz not null default now(),
    failed_at timestamptz,
    dropped_at timestamptz,
    dropped_by text,
    topic text not null,{ENVELOPE},
    data bytea not null,
    constraint pk_parked_message primary key (organisation_id, parked_id),
    constraint uq_parked_message_event unique (organisation_id, event_id)
);
create index ix_parked_message_due on parked_message (next_at) where state in ('waiting', 'retrying');
create index ix_parked_message_event on parked_message (event_id);
create index ix_parked_message_subject on parked_message (subject) where state in ('waiting', 'retrying');
create index ix_parked_message_awaited on parked_message (awaited_id, kind) where state = 'waiting';
create index ix_parked_message_dead on parked_message (organisation_id, state, parked_id)
    where state in ('dead', 'dropped');

create table idempotency_key (
    organisation_id uuid not null,
    method_path text not null,
    key text not null,
    body_hash bytea not null,
    status integer not null,
    headers jsonb not null,
    body bytea not null,
    created_at timestamptz not null default now(),
    constraint pk_idempotency_key primary key (organisation_id, method_path, key)
);
create index ix_idempotency_key_created_at on idempotency_key (created_at);

create table access_log (
    organisation_id uuid not null,
    access_id uuid not null,
    at timestamptz not null,
    subject text not null,
    role text not null,
    method text not null,
    path text not null,
    request_id uuid not null,
    shown text[] not null default '{{}}',
    constraint pk_access_log primary key (organisation_id, access_id)
);
create index ix_access_log_at on access_log (organisation_id, at);

create table simulated_clock (
    one boolean constraint pk_simulated_clock primary key default true check (one),
    ahead_seconds double precision not null
);
"""

FUNCTIONS = r"""
create function uuid7_floor(instant timestamptz) returns uuid language sql immutable
    return (lpad(to_hex(floor(extract(epoch from instant) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

create function maintain_partitions(keep_log interval default null, keep_inbox interval default null) returns void
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    month timestamptz;
    suffix text;
    old record;
begin
    for ahead in -1..3 loop
        month := date_trunc('month', now(), 'UTC') + make_interval(months => ahead);
        suffix := to_char(month at time zone 'UTC', '"y"YYYY"m"MM');
        if ahead >= 0 and to_regclass('event_log_' || suffix) is null then
            -- An event is written once and read a few times: compressing it costs more than its place (decision 0014).
            execute format('create table %I partition of event_log for values from (%L) to (%L)',
                'event_log_' || suffix, month, month + interval '1 month');
            -- It leaves as a whole: no vacuum need tidy what was only inserted (decision 0192).
            execute format('alter table %I set (toast_tuple_target = 8160, autovacuum_vacuum_insert_threshold = -1)',
                'event_log_' || suffix);
        end if;
        if to_regclass('inbox_' || suffix) is null then
            execute format('create table %I partition of inbox for values from (%L) to (%L)',
                'inbox_' || suffix, uuid7_floor(month), uuid7_floor(month + interval '1 month'));
            execute format('alter table %I set (autovacuum_vacuum_insert_threshold = -1)', 'inbox_' || suffix);
        end if;
    end loop;
    for old in
        select c.relname, to_timestamp(right(c.relname, 7), 'YYYY"m"MM') + interval '1 month' as upper,
            case when i.inhparent = 'event_log'::regclass then keep_log else keep_inbox end as keep
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent in ('event_log'::regclass, 'inbox'::regclass) and c.relname ~ '_y\d{4}m\d\d$'
    loop
        if old.upper < now() - old.keep then
            execute format('drop table %I', old.relname);
        end if;
    end loop;
end $$;

create function log_epoch_check() returns integer language plpgsql as $$
declare
    here bigint := (select system_identifier from pg_control_system());
    last log_epoch := (select row(e.*)::log_epoch from log_epoch e order by epoch desc limit 1);
begin
    if last.system_identifier <> here then
        insert into log_epoch (epoch, system_identifier) values (last.epoch + 1, here);
        execute format('alter table event_log alter column epoch set default %s', last.epoch + 1);
        return last.epoch + 1;
    end if;
    return last.epoch;
end $$;
"""

SECURED: dict[str, Kind] = {
    "event_log": "append_only",
    "inbox": "append_only",
    "parked_message": "mutable",
    "idempotency_key": "mutable",
    "access_log": "append_only",
}


def platform_sql(api: str, worker: str) -> Iterator[str]:
    """All statements, in order."""
    yield from (statement for statement in TABLES.split(";\n") if statement.strip())
    yield from (f"create function {body}" for body in FUNCTIONS.split("create function ")[1:])
    yield "select maintain_partitions()"
    for table, kind in SECURED.items():
        yield from security_sql(table, kind, api, worker)
    yield f'revoke all on inbox from "{api}"'
    yield f'grant select on log_epoch to "{api}", "{worker}"'
    yield f'grant select, update on log_cursor to "{worker}"'
    yield f'grant select on simulated_clock to "{api}"'
    yield f'grant select, insert, update on simulated_clock to "{worker}"'
    yield "revoke all on function maintain_partitions(interval, interval), log_epoch_check() from public"
    yield f'grant execute on function maintain_partitions(interval, interval) to "{worker}"'
