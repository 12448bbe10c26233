"""Everything that runs in a whole system, as data: where it listens, what it is told, and which module it is."""

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from rcm_deploy.data_folder import DataFolder
from rcm_deploy.databases import ServiceDatabase, service_database
from rcm_deploy.samples.practice import ORGANISATION_ID


@dataclass(frozen=True, slots=True)
class Part:
    """A service, or a program beside the services."""

    place: str
    """Its name among the addresses: `coding`."""
    name: str
    """Its own name: `coding-svc`; its database is named after it."""
    module: str
    """Its composition root; `python -m` runs it alone."""
    port: int
    """Where it listens unless told otherwise."""
    has_database: bool = True
    is_outside: bool = False
    """It knows the services from outside alone: a process of its own in both shapes, so that its work never delays theirs."""

    @property
    def main(self) -> Any:
        """The module: `Settings`, and `build(settings)` that makes the service or program."""
        return import_module(self.module)


CODING = Part("coding", "coding-svc", "coding_svc.main", 8101)
SERVICES = (
    CODING,
    Part("claims", "claims-svc", "claims_svc.main", 8102),
    Part("payments", "payments-svc", "payments_svc.main", 8103),
    Part("patient-billing", "patient-billing-svc", "patient_billing_svc.main", 8104),
)
ADAPTER = Part("adapter", "clearinghouse-adapter", "clearinghouse_adapter.main", 8105, is_outside=True)
SANDBOX = Part("sandbox", "sandbox-payer", "clearinghouse_adapter.sandbox.main", 8106, has_database=False, is_outside=True)
CONSOLE = Part("console", "console", "console.main", 8100, has_database=False)
PARTS = (*SERVICES, ADAPTER, SANDBOX, CONSOLE)
REPLACEABLE = (ADAPTER, SANDBOX, CONSOLE)
"""What somebody else's program may stand in for, as it speaks to the services by their public APIs alone."""

KAFKA_PORT = 8192
PORTS: Mapping[str, int] = {**{part.place: part.port for part in PARTS}, "kafka": KAFKA_PORT}

LIVELY: Mapping[str, str] = {"RCM_SANDBOX_DAY_SECONDS": "2", "RCM_STATEMENT_GRACE_HOURS": "0"}
"""Outside a simulation: the sandbox's day takes 2 s and statements go out at once, so that a stranger sees the whole story."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What one whole system is made of, and what it tells each part."""

    folder: DataFolder
    bus: str
    ports: Mapping[str, int]
    simulation: bool
    chaos: str
    chaos_seed: int
    admin_url: str
    passwords: Mapping[str, str]
    without: Collection[str] = ()
    """The places of those that are not started."""

    @property
    def parts(self) -> tuple[Part, ...]:
        """What runs."""
        return tuple(part for part in PARTS if part.place not in self.without)

    @property
    def processes(self) -> tuple[Part, ...]:
        """Those that run as a process of their own."""
        return tuple(part for part in self.parts if part.is_outside or self.bus == "kafka")

    @property
    def embedded(self) -> tuple[Part, ...]:
        """Those that share the launcher's process: on the direct bus all but those outside."""
        return tuple(part for part in self.parts if part not in self.processes)

    @property
    def urls(self) -> dict[str, str]:
        """Where each part is found."""
        return {part.place: f"http://127.0.0.1:{self.ports[part.place]}" for part in self.parts}

    @property
    def bootstrap(self) -> str:
        """Kafka's address."""
        return f"127.0.0.1:{self.ports['kafka']}"

    def database(self, part: Part) -> ServiceDatabase:
        """A part's database, by each of its roles."""
        return service_database(self.admin_url, part.name, passwords=self.passwords)

    def environment(self, part: Part) -> dict[str, str]:
        """What this part is told, as variables of its environment; the launcher's own environment stands behind it."""
        told = {
            "RCM_HOST": "127.0.0.1",
            "RCM_PORT": str(self.ports[part.place]),
            "RCM_BUS": self.bus,
            "RCM_KAFKA_BOOTSTRAP": self.bootstrap,
            "RCM_JWKS": str(self.folder.keys / "jwks.json"),
            "RCM_OPERATOR_ORGANISATION": str(ORGANISATION_ID),
            "RCM_SIMULATION": "1" if self.simulation else "0",
            "RCM_CHAOS": self.chaos if self.bus == "direct" else "",
            "RCM_CHAOS_SEED": str(self.chaos_seed),
        }
        if not self.simulation:
            told |= {name: os.environ.get(name, value) for name, value in LIVELY.items()}
        if part.has_database:
            told |= self.database(part).environment()
        if part is CODING:
            told["RCM_LOADED_CODES"] = str(self.folder.codes)
        if part in (ADAPTER, SANDBOX):
            told["RCM_MAILBOX"] = str(self.folder.mailbox)
            told["RCM_SANDBOX_FOLDER"] = str(self.folder.sandbox)
        if part in (ADAPTER, CONSOLE):
            told |= {f"RCM_{place.upper().replace('-', '_')}_URL": url for place, url in self.urls.items()}
            told |= {"RCM_KEYS": str(self.folder.keys), "RCM_CONSOLE_KEYS": str(self.folder.keys)}
            told["RCM_ORGANISATION_ID"] = str(ORGANISATION_ID)
        return told


def values_of(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The same as arguments of a settings class, for a part that shares our process: RCM_JWKS is its field `jwks`."""
    for name, value in environment.items():
        yield name.removeprefix("RCM_").lower(), value


def log_file(folder: DataFolder, name: str) -> Path:
    """Where a process of ours writes."""
    return folder.logs / f"{name}.log"
