"""JSON lines, one an event, made for machines and safe to keep: ids, counts, names of code; never a value that was sent.

An exception is told by its type and the lines of code it passed; its message is left out, because databases and validators
like to quote values in it, and a value may be a patient's.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson
import structlog

QUIET = ("aiokafka", "asyncio", "httpx", "httpcore", "alembic", "uvicorn.access")
"""Libraries whose warnings we want and whose news we don't."""
_SOURCE_ROOT = re.compile(r"^.*/(?:src|site-packages)/")


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Sends structlog's and the standard library's records to `stream` (stdout) as JSON lines. Once a process."""
    out = stream or sys.stdout
    number = logging.getLevelNamesMapping()[level.upper()]
    _configure_structlog(number, out)
    handler = logging.StreamHandler(out)
    handler.setFormatter(_JsonFormatter())
    logging.basicConfig(level=number, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))


def _configure_structlog(number: int, stream: TextIO | None) -> None:
    structlog.configure(
        processors=[_stamp, _exceptions_told, _rendered],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )


def logger(service: str = "") -> Any:
    """A logger whose lines name their service."""
    return structlog.get_logger(service=service) if service else structlog.get_logger()


def told(error: BaseException) -> dict[str, Any]:
    """An exception without its message: its type, what caused it, and the last lines of code."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    cause = error.__cause__ or error.__context__
    found: dict[str, Any] = {
        "error": type(error).__name__,
        "at_code": [f"{_SOURCE_ROOT.sub('', frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if cause is not None:
        found["caused_by"] = type(cause).__name__
    if (state := getattr(error, "sqlstate", None)) is not None:
        found["sqlstate"] = state
        for name in ("schema_name", "table_name", "column_name", "constraint_name"):
            if value := getattr(error, name, None):
                found[name] = value
    return found


def _stamp(_: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "level": method, **event}


def _exceptions_told(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event.update(told(error))
    return event


def _rendered(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    return orjson.dumps(event, default=str).decode()


class _JsonFormatter(logging.Formatter):
    """The standard library's records, in the same form."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[1] is not None:
            line.update(told(record.exc_info[1]))
        return orjson.dumps(line, default=str).decode()


_configure_structlog(logging.INFO, None)
"""Who never calls `configure` (a test, a script) must not get structlog's own tracebacks, which show every local variable."""
