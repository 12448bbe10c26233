"""Kafka's jars: found and fetched by jgo, but believed only when they match our own lock; jgo does not check sums itself.

`python -m rcm_deploy.jars lock` writes deploy/kafka.lock anew, for developers who renew the broker.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

LOCK = Path(__file__).resolve().parents[2] / "kafka.lock"
BROKER = ("org.apache.kafka", "kafka_2.13", "4.3.0")
LOGGING = ("org.apache.logging.log4j", "log4j-slf4j-impl")
"""Without it the broker logs nothing; its version is that of the broker's own log4j."""
DOWNLOADS_AT_ONCE = 4
TIMEOUT_SECONDS = 20


class JarsMissing(RuntimeError):
    """A jar can't be had, or is not what the lock says; the message says which."""


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def path(self) -> Path:
        """Its place in a Maven repository."""
        return Path(*self.group.split("."), self.artifact, self.version, f"{self.artifact}-{self.version}.jar")

    def matches(self, file: Path) -> bool:
        """Whether the file is there and is what the lock says."""
        try:
            with file.open("rb") as content:
                return hashlib.file_digest(content, "sha256").hexdigest() == self.sha256
        except OSError:
            return False


def cache_folder() -> Path:
    """Where verified jars are kept, for all projects of this user: a Maven repository of our own."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get("RCM_JARS") or Path(base) / "rcm" / "jars")


def read_lock(text: str) -> list[Jar]:
    """`group:artifact:version sha256` a line; # begins a comment."""
    jars = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            coordinates, sha256 = line.split()
            group, artifact, version = coordinates.split(":")
            jars.append(Jar(group, artifact, version, sha256))
    return jars


def verified_jars(lock: Path = LOCK, cache: Path | None = None) -> list[Path]:
    """Every jar of the lock, each read and its sum compared, missing ones fetched first. Raises JarsMissing."""
    cache = cache or cache_folder()
    jars = read_lock(lock.read_text())
    missing = [jar for jar in jars if not jar.matches(cache / jar.path)]
    if missing:
        _fetch(missing, cache)
    return [cache / jar.path for jar in jars]


def _fetch(jars: Sequence[Jar], cache: Path) -> None:
    """Downloads into a folder of its own and moves what matches: the cache never holds half a file or another's."""
    try:
        from jgo.maven import MavenContext  # noqa: PLC0415 - only in the Kafka group
    except ImportError as error:
        raise JarsMissing("Kafka needs the packages of the group kafka: `make run-kafka` installs them") from error
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="unfinished-", dir=cache) as folder:
        context = MavenContext(repo_cache=Path(folder), timeout=TIMEOUT_SECONDS)

        def fetch(jar: Jar) -> None:
            component = context.project(jar.group, jar.artifact).at_version(jar.version)
            file = Path(component.artifact().resolve())
            if not jar.matches(file):
                raise JarsMissing(f"{jar.path.name} is not the file that {LOCK.name} names: its SHA-256 differs")
            target = cache / jar.path
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)

        pool = ThreadPoolExecutor(DOWNLOADS_AT_ONCE)
        try:
            list(pool.map(fetch, jars))
        except JarsMissing:
            raise
        except Exception as error:
            raise JarsMissing(f"Kafka's jars can't be fetched: {type(error).__name__}") from error
        finally:
            pool.shutdown(cancel_futures=True)


def resolve_lock() -> list[Jar]:
    """The broker's jars and their sums as the repository gives them today."""
    from jgo.maven import MavenContext  # noqa: PLC0415
    from jgo.maven._core import Dependency  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder), timeout=TIMEOUT_SECONDS)

        def artifact(group: str, name: str, version: str) -> Dependency:
            return Dependency(context.project(group, name).at_version(version).artifact())

        broker = artifact(*BROKER)
        _, nodes = context.resolver.get_dependency_list([broker])
        log4j = next(node.dep.version for node in nodes if node.dep.artifactId == "log4j-core")
        logging = artifact(*LOGGING, log4j)
        _, more = context.resolver.get_dependency_list([logging])
        found = {(node.dep.groupId, node.dep.artifactId): node.dep for node in (*more, *nodes)}
        found |= {(dep.groupId, dep.artifactId): dep for dep in (broker, logging)}
        return sorted(_summed(found.values()), key=lambda jar: (jar.group, jar.artifact))


def _summed(dependencies: Iterable[object]) -> Iterable[Jar]:
    for dependency in dependencies:
        artifact = dependency.artifact  # type: ignore[attr-defined]
        sha256 = hashlib.sha256(Path(artifact.resolve()).read_bytes()).hexdigest()
        yield Jar(artifact.groupId, artifact.artifactId, artifact.version, sha256)


def main() -> None:
    """Writes the lock."""
    if sys.argv[1:] != ["lock"]:
        sys.exit("usage: python -m rcm_deploy.jars lock")
    header = "# `group:artifact:version sha256`; written by `python -m rcm_deploy.jars lock`, verified at every start.\n"
    lines = [f"{jar.group}:{jar.artifact}:{jar.version} {jar.sha256}\n" for jar in resolve_lock()]
    LOCK.write_text(header + "".join(lines))


if __name__ == "__main__":
    main()
