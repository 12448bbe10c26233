"""The services and programs as their mains build them, for tests that hold for all."""

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from rcm.hosting import Program
from rcm.service import Service
from rcm_deploy.programs import ADAPTER, CONSOLE, PARTS, SANDBOX, SERVICES, Part

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = (ADAPTER, SANDBOX, CONSOLE)
SETTINGS = {
    "jwks": '{"keys": []}',
    "api_database_url": "postgresql://nowhere/none",
    "worker_database_url": "postgresql://nowhere/none",
}


@dataclass(frozen=True, slots=True)
class House:
    """Where a part's code and README stand."""

    part: Part
    folder: Path
    package: str

    @property
    def readme(self) -> str:
        return (self.folder / "README.md").read_text()


def house(part: Part) -> House:
    """A part's folder under services/ and its package."""
    package = part.module.partition(".")[0]
    folders = [path.parents[1] for path in (ROOT / "services").glob(f"*/src/{package}")]
    assert len(folders) == 1, f"no folder for {part.name}"
    return House(part, folders[0], package)


def built(part: Part) -> Service | Program:
    """What a part's main builds; nothing is connected to."""
    main: ModuleType = part.main
    settings = main.Settings(**SETTINGS)
    built: Service | Program = main.build(settings)
    return built


__all__ = ["PARTS", "PROGRAMS", "ROOT", "SERVICES", "House", "built", "house"]
