"""Rows as the texts in which they travel to PostgreSQL, for statements of any table; `rcm.database.rows` writes tables' own."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct
from pydantic import BaseModel

Rows = Sequence[Mapping[str, object]] | Sequence[Struct]
"""Mappings of the same keys, or Structs of one class."""
BETWEEN = "\x1e"
"""Between long values that travel as one text: a control character, which JSON never holds as it is."""
JOINED = "string_to_table({}, chr(30))"
"""Such a text as rows, in SQL; `{}` stands for the parameter."""


def recordset(rows: Rows) -> str:
    """Rows as the JSON that `json_to_recordset` takes; bytes are written in base64."""
    return encoded(rows)


def encoded(value: object) -> str:
    """A value's JSON, by msgspec, which takes asyncpg's UUIDs for what they are: orjson asks Python about each of them."""
    return _JSON.encode(value).decode()


def _cell(value: object) -> object:
    """What msgspec does not know itself: pydantic's models, mappings, and values of classes made from str and int."""
    if isinstance(value, BaseModel):
        return msgspec.Raw(value.model_dump_json().encode())
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


_JSON = msgspec.json.Encoder(enc_hook=_cell)
