"""The compiled code sets: a read-only SQLite file that the set-up makes, opened in milliseconds by everybody who asks.

Loaded lists lie in a second file of the same kind. Both are only ever replaced whole, by a rename, so that a reader needs no
lock: it keeps the file that it opened, and opens the next one when it sees another at its place.
"""

import os
import sqlite3
import sys
from pathlib import Path
from urllib.parse import quote

FORMAT = 1
"""Of both files' tables; another one is made anew."""
COMPILED_VARIABLE = "RCM_COMPILED_CODES"
LOADED_VARIABLE = "RCM_LOADED_CODES"


COMPILE_AGAIN = "`python -m rcm.codesets.compile` makes it anew"
LOAD_AGAIN = "move it away, and load the lists again"


class CodesUnreadable(RuntimeError):
    """A file of code sets is missing or none; the text says which and what to do."""


def compiled_path() -> Path:
    """Where the compiled sets lie: RCM_COMPILED_CODES, or in the environment that runs us."""
    return Path(os.environ.get(COMPILED_VARIABLE) or Path(sys.prefix) / "share" / "rcm" / "codesets.sqlite")


def loaded_path() -> Path:
    """Where loaded lists lie: RCM_LOADED_CODES, or in the data folder. The file need not exist."""
    return Path(os.environ.get(LOADED_VARIABLE) or Path(os.environ.get("RCM_DATA_FOLDER") or ".rcm") / "codesets.sqlite")


def connect(path: Path, mend: str = COMPILE_AGAIN) -> sqlite3.Connection:
    """The file, read-only and without locks; from any thread. Raises CodesUnreadable, which says how to mend it."""
    if not path.is_file():
        raise CodesUnreadable(f"there are no code sets at {path}; {mend}")
    connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    try:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        connection.close()
        raise CodesUnreadable(f"{path} is no file of code sets ({error}); {mend}") from None
    if found != FORMAT:
        connection.close()
        raise CodesUnreadable(f"{path} has the form {found}, not {FORMAT}; {mend}")
    return connection
