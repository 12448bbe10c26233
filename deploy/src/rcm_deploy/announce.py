"""What is said when everything is ready: to programs in running.json, to people on the terminal."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from rich.console import Console
from rich.markup import escape

from rcm.identity import Role
from rcm.tokens import SigningKey, issue_token
from rcm_deploy.data_folder import DataFolder
from rcm_deploy.programs import SERVICES, Whole
from rcm_deploy.samples.practice import ORGANISATION_ID

SIGN_IN_LIFETIME = timedelta(minutes=10)


def sign_in_link(console_url: str, key: SigningKey, role: Role = Role.ADMIN) -> str:
    """A link that signs its opener in, once and soon."""
    ticket = issue_token(
        key,
        organisation_id=ORGANISATION_ID,
        role=role,
        subject="you@this-machine",
        lifetime=SIGN_IN_LIFETIME,
        audience="rcm-console",
    )
    return f"{console_url}/sign-in?ticket={quote(ticket)}"


def write_running(whole: Whole, processes: Mapping[str, int], launcher_pid: int, key: SigningKey) -> None:
    """`running.json`: where everything is, for `rcm`'s other commands, the demo, the bench, and tests."""
    whole.folder.write(
        whole.folder.running.name,
        {
            "launcher_pid": launcher_pid,
            "bus": whole.bus,
            "urls": whole.urls,
            "processes": {"launcher": launcher_pid, **processes},
            "keys": str(whole.folder.keys),
            "organisation_id": str(ORGANISATION_ID),
            "sign_in": sign_in_link(whole.urls["console"], key) if "console" in whole.urls else None,
            "admin_database_url": whole.admin_url,
            "kafka_bootstrap": whole.bootstrap if whole.bus == "kafka" else None,
        },
    )


def greet(out: Console, whole: Whole, key: SigningKey, *, seconds: float, samples: float) -> None:
    """The page, the APIs, and a request that works when it is pasted."""
    urls = whole.urls
    token = issue_token(key, organisation_id=ORGANISATION_ID, role=Role.EHR, subject="you@this-machine")
    sample = shown(whole.folder.path / "sample-encounter.json")
    shape = "the services in this process" if whole.bus == "direct" else f"a process each, on Kafka at {whole.bootstrap}"
    out.print(f"\n[bold green]The open revenue cycle runs[/] ({shape}; ready after {seconds:.1f} s).\n")
    if "console" in urls:
        say(out, "Page", f"[bold]{escape(sign_in_link(urls['console'], key))}[/]")
        say(
            out,
            "",
            "(signs an administrator in once, within 10 minutes; a biller: `.venv/bin/rcm sign-in --role biller`)",
        )
    for part in SERVICES:
        say(out, part.name, f"{urls[part.place]}/docs")
    out.print("\n  Post an encounter of your own:\n")
    out.print(
        f"curl -sS {urls['coding']}/v1/encounters -H 'Content-Type: application/json' \\\n"
        f"  -H 'Authorization: Bearer {token}' \\\n  -d @{sample}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    playing = f"A sample encounter every {1 / samples:g} s (SAMPLES=0: none)." if samples else "No sample encounters."
    where = shown(whole.folder.path)
    forget = "make clean" if where == ".rcm" else f".venv/bin/rcm clean --data-folder {where}"
    out.print(f"\n  {playing} Data: {where}; `{forget}` forgets it. Ctrl-C stops everything.\n", soft_wrap=True)


def say(out: Console, name: str, text: str) -> None:
    """One line of the list."""
    out.print(f"  {name:<22}{text}", highlight=False, soft_wrap=True)


def shown(path: Path) -> str:
    """A path as a person would type it here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def say_fallback(out: Console, folder: DataFolder, postgres: Path) -> None:
    """Where PostgreSQL's data stand when that is not in the data folder."""
    if not postgres.is_relative_to(folder.path):
        out.print(f"PostgreSQL's own user can't reach {folder.path}: its data are in {postgres}.", highlight=False)
