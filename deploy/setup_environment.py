"""Makes `.venv` from requirements.lock: `python3 deploy/setup_environment.py run test kafka? browser?`.

Groups with a question mark are passed over, aloud, where this machine can't have them (no Java runtime, no browser driver).

Needs Python 3.11 or newer and nothing else. A group that the lock has not changed since is not looked at again, so a second
call costs milliseconds. A package index, a mirror or a certificate is your pip's own configuration.
"""

import compileall
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

if sys.version_info < (3, 11):  # noqa: UP036 - said before anything newer is used
    sys.exit("Python 3.11 or newer is needed; this is %s. Name one: make PYTHON=python3.12 ..." % sys.version.split()[0])  # noqa: UP031

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "rcm-environment.json"
GROUPS = ("run", "kafka", "image", "codesets", "test", "browser")
CODES_FROM = ROOT / "shared" / "src" / "rcm" / "codesets"
CODES = VENV / "share" / "rcm" / "codesets.sqlite"

COMMAND = """\
#!/bin/sh
exec '{python}' -m rcm_deploy.cli "$@"
"""


def read_sections(lock: str) -> dict[str, str]:
    """The lock's groups: what stands between `# == run ==` and the next such line."""
    sections: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in lock.splitlines():
        if line.startswith("# == ") and line.endswith(" =="):
            lines = sections.setdefault(line[5:-3], [])
        else:
            lines.append(line)
    return {group: "\n".join(text) for group, text in sections.items()}


def source_roots() -> list[Path]:
    """Our own code: nothing of it is installed, the environment looks at where it stands."""
    return [ROOT / "shared" / "src", *sorted((ROOT / "services").glob("*/src")), ROOT / "deploy" / "src"]


def identity() -> dict[str, str]:
    """What an environment belongs to: a moved project or another Python needs a new one."""
    roots = "\n".join(str(root) for root in source_roots())
    return {"root": str(ROOT), "roots": roots}


def read_stamp() -> dict[str, str]:
    """What is installed: the hash of each group's section, besides the identity."""
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def note(gained: dict[str, str]) -> None:
    """Keeps what was installed or made."""
    STAMP.write_text(json.dumps({**read_stamp(), **gained}))


def wanted(groups: list[str]) -> dict[str, str]:
    """The sections of these groups, by group; an unknown group ends with its name."""
    sections = read_sections(LOCK.read_text())
    for group in groups:
        if group not in sections:
            sys.exit(f"There is no group {group!r} in {LOCK.name}; there are: {', '.join(sections)}.")
    return {group: sections[group] for group in groups}


def digest(section: str) -> str:
    return hashlib.sha256(section.encode()).hexdigest()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One set-up at a time: a `make test` beside a `make run` waits."""
    VENV.mkdir(exist_ok=True)
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    handle = os.open(VENV, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def make_venv() -> None:
    """A new environment with pip in it."""
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        hint = "On Debian and Ubuntu: apt-get install python3-venv. " if "ensurepip" in done.stdout + done.stderr else ""
        sys.exit(f"The environment could not be made. {hint}\n{done.stdout}{done.stderr}")


def install(group: str, section: str) -> bool:
    """One group's packages, each checked against its hash; a wheel where there is one. Answers whether all are there."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{group}.txt"
        file.write_text(section)
        options = ["--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check", "--quiet", "--prefer-binary"]
        command = [str(python()), "-m", "pip", "install", *options, "-r", str(file)]
        return subprocess.run(command, check=False).returncode == 0  # noqa: S603


def connect_sources() -> None:
    """Puts our source roots on the environment's path, and the `rcm` command beside its Python."""
    show = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
    packages = subprocess.run([str(python()), "-c", show], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603
    (Path(packages) / "rcm.pth").write_text("".join(f"{root}\n" for root in source_roots()))
    if os.name == "nt":
        (python().parent / "rcm.cmd").write_text(f'@"{python()}" -m rcm_deploy.cli %*\n')
        return
    command = python().parent / "rcm"
    command.write_text(COMMAND.format(python=str(python()).replace("'", "'\\''")))
    command.chmod(0o755)


def compile_sources() -> None:
    """Compiles what changed of our own code: a start, and with it every child, need not, whatever its environment says.

    A project that can't be written to is run as it is.
    """
    for root in source_roots():
        compileall.compile_dir(root, quiet=2)


def codes_identity(section: str) -> str:
    """What the compiled code sets are made of: the packages that carry them, and our code that reads them."""
    texts = [
        path.read_text()
        for path in sorted(CODES_FROM.rglob("*.*"))
        if path.suffix in {".py", ".txt"} and "loading" not in path.parts
    ]
    return digest("\0".join([section, *texts]))


@contextlib.contextmanager
def codes_compiled_beside(section: str) -> Iterator[None]:
    """Makes the compiled code sets beside what is done meanwhile, where what they are made of has changed; ten seconds, once.

    It takes the packages of the group `codesets` and no other's.
    """
    made_of = codes_identity(section)
    if CODES.exists() and read_stamp().get("codes") == made_of:
        yield
        return
    environment = {name: value for name, value in os.environ.items() if name != "RCM_COMPILED_CODES"}
    with subprocess.Popen([str(python()), "-m", "rcm.codesets.compile"], env=environment) as compiling:  # noqa: S603
        try:
            yield
        except BaseException:
            compiling.terminate()
            raise
        if compiling.wait() != 0:
            sys.exit("The code sets could not be compiled (see above).")
    note({"codes": made_of})


def say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> None:
    """Brings `.venv` to what the lock says for the named groups and the code sets that go with them; compiles our own code."""
    names = sys.argv[1:] or ["run"]
    optional = {name.rstrip("?") for name in names if name.endswith("?")}
    sections = wanted([name.rstrip("?") for name in names])
    if {"run", "image"} & set(sections):
        sections = {**wanted(["codesets"]), **sections}
    compiling = threading.Thread(target=compile_sources)  # takes a second the first time, in which the environment is made
    compiling.start()
    if not is_brought(sections):
        with alone():
            bring_environment(sections, optional)
    compiling.join()


def is_brought(sections: dict[str, str]) -> bool:
    """Whether all of that is installed, and the code sets made of what they would be made of now."""
    asked = {**identity(), **{group: digest(section) for group, section in sections.items()}}
    if "codesets" in sections:
        asked["codes"] = codes_identity(sections["codesets"])
    return asked.items() <= read_stamp().items() and python().exists() and ("codesets" not in sections or CODES.exists())


def bring_environment(sections: dict[str, str], optional: set[str]) -> None:
    """Makes `.venv` where there is none, and installs what these sections of the lock have gained; the code sets beside it."""
    if not python().exists() or read_stamp().get("root", str(ROOT)) != str(ROOT):
        say("Making the environment .venv ...")
        make_venv()
    connect_sources()
    note(identity())
    with contextlib.ExitStack() as beside:
        for group, section in sections.items():
            bring_group(group, section, is_optional=group in optional)
            if group == "codesets":  # the first where it is asked for
                beside.enter_context(codes_compiled_beside(section))


def bring_group(group: str, section: str, *, is_optional: bool) -> None:
    """Installs a group's packages where its section of the lock has changed."""
    if read_stamp().get(group) == digest(section):
        return
    say(f"Installing the packages of the group {group!r} ...")
    if install(group, section):
        note({group: digest(section)})
    elif is_optional:
        say(f"This machine can't have the group {group!r} (see above); what needs it is skipped.")
    else:
        sys.exit(f"The packages of the group {group!r} could not be installed (see above); the next try goes on.")


if __name__ == "__main__":
    main()
