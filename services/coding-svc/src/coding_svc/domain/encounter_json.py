"""An encounter's JSON is read: quickly by msgspec where there is nothing to say about it, else by pydantic.

Both read by the same annotations (`domain.encounter`). Pydantic's model is made of them: it is the schema that is published, it
trims texts, and every refusal is its own. What msgspec takes pydantic would take too, and make the same of it: a text that
msgspec can't judge (an escape, a blank at its edge) is left to pydantic (decision 0191).
"""

import re
from collections.abc import Sequence
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from msgspec import NODEFAULT, Meta
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model

from coding_svc.domain.encounter import Encounter, Part

_QUICK = msgspec.json.Decoder(Encounter)
_BLANK_EDGE = re.compile(rb' (?:"|(?<=" ))')
"""It begins with the blank, of which there are few: they are jumped to."""
_ANY_BLANK_EDGE = re.compile(r'"\s|\s"')


@cache
def model_of(part: type[Part]) -> type[BaseModel]:
    """The pydantic model with a part's fields, in their order. It refuses unknown fields, and values of another type."""
    fields: dict[str, Any] = {}
    for each in msgspec.structs.fields(part):
        default = each.default_factory() if each.default_factory is not NODEFAULT else each.default
        fields[each.name] = (_annotation(each.type), ... if each.required else default)
    config = ConfigDict(extra="forbid", frozen=True, strict=True)
    return create_model(part.__name__, __config__=config, __doc__=part.__doc__, __module__=part.__module__, **fields)


def _annotation(kind: Any) -> Any:
    """A field's type as pydantic wants it: parts as their models, msgspec's bounds as pydantic's."""
    if isinstance(kind, type) and issubclass(kind, Part):
        return model_of(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is None or origin is Literal:
        return kind
    if origin is Annotated:
        return Annotated[(_annotation(inner[0]), *_told(inner[1:]))]
    if NoneType in inner:
        return Union[tuple(_annotation(each) for each in inner)]  # noqa: UP007 - it is put together
    return origin[tuple(each if each is ... else _annotation(each) for each in inner)]


def _told(metadata: Sequence[Any]) -> list[Any]:
    """What is told of a type besides: pydantic's own word for texts, else msgspec's bounds in pydantic's words."""
    texts = [each for each in metadata if isinstance(each, StringConstraints)]
    return texts or [_bounds(each) if isinstance(each, Meta) else each for each in metadata]


def _bounds(meta: Meta) -> Any:
    return Field(ge=meta.ge, le=meta.le, min_length=meta.min_length, max_length=meta.max_length, pattern=meta.pattern)


ENCOUNTER_MODEL = model_of(Encounter)


def encounter_of(body: bytes) -> Encounter:
    """An encounter's JSON in UTF-8, without a byte order mark. Raises pydantic's ValidationError for what it refuses."""
    return quickly(body) or of_model(ENCOUNTER_MODEL.model_validate_json(body))


def of_model(read: BaseModel) -> Encounter:
    """What pydantic read as an ENCOUNTER_MODEL."""
    return msgspec.convert(read, Encounter, from_attributes=True)


def quickly(body: bytes) -> Encounter | None:
    """As msgspec reads it; None for what it refuses, and for what pydantic might change or refuse in a text."""
    if b"\\" in body or b"\x7f" in body:
        return None
    try:
        found = _QUICK.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return None if _has_blank_edges(found.document) else found


def _has_blank_edges(document: bytes) -> bool:
    """Whether a text begins or ends with white space. There is none between a document's values, and no quote in its texts."""
    if document.isascii():
        return _BLANK_EDGE.search(document) is not None
    return _ANY_BLANK_EDGE.search(document.decode()) is not None
