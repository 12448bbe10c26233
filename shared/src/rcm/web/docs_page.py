"""GET /docs: the OpenAPI document as one page to read, with a curl for each endpoint; nothing is loaded from anywhere else."""

import html
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)
METHODS = ("get", "post", "put", "patch", "delete")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>
:root {{ color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem; }}
h2 {{ margin-top: 2.5rem; border-bottom: 1px solid var(--line); }}
details {{ border: 1px solid var(--line); border-radius: .4rem; margin: .4rem 0; padding: .4rem .8rem; }}
summary {{ cursor: pointer; overflow-wrap: anywhere; }}
code, pre {{ font: .85rem/1.4 ui-monospace, monospace; }}
pre {{ overflow-x: auto; padding: .6rem; border: 1px solid var(--line); border-radius: .3rem; }}
.method {{ display: inline-block; min-width: 4rem; font-weight: 700; }}
.roles {{ opacity: .75; font-size: .85rem; }}
table {{ border-collapse: collapse; width: 100%; }} td {{ border-top: 1px solid var(--line); padding: .25rem .5rem .25rem 0;
vertical-align: top; overflow-wrap: break-word; }}
</style></head><body><h1>{title}</h1><p>{description}</p>
<p>The document itself: <a href="/openapi.json">/openapi.json</a>. Refusals are problem+json (RFC 9457); every write takes an
<code>Idempotency-Key</code>.</p>
{body}</body></html>
"""


@router.get("/docs", response_class=HTMLResponse)
async def get_docs(request: Request) -> HTMLResponse:
    """The page."""
    origin = f"{request.url.scheme}://{request.url.netloc}"
    return HTMLResponse(
        page(request.app.openapi(), origin),
        headers={"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )


def page(document: Mapping[str, Any], origin: str) -> str:
    """The document in HTML."""
    info = document["info"]
    found = [
        (operation.get("tags", ["other"])[0], method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    ]
    order = {tag["name"]: number for number, tag in enumerate(document.get("tags", ()))}
    told = {tag["name"]: tag.get("description", "") for tag in document.get("tags", ())}
    found.sort(key=lambda one: order.get(one[0], len(order)))
    parts = []
    for tag, operations in groupby(found, key=lambda one: one[0]):
        parts.append(f"<h2>{escaped(tag)}</h2><p>{escaped(told.get(tag, ''))}</p>")
        parts.extend(_operation(document, origin, method, path, operation) for _, method, path, operation in operations)
    return PAGE.format(title=escaped(info["title"]), description=escaped(info.get("description", "")), body="\n".join(parts))


def escaped(text: object) -> str:
    """Text as HTML."""
    return html.escape(str(text))


def _operation(document: Mapping[str, Any], origin: str, method: str, path: str, operation: Mapping[str, Any]) -> str:
    roles = ", ".join(operation.get("x-roles", ())) or "no token needed"
    rows = "".join(
        f"<tr><td><code>{escaped(one['name'])}</code></td><td>{escaped(one['in'])}</td>"
        f"<td>{escaped(one.get('description', ''))}</td></tr>"
        for one in operation.get("parameters", ())
    )
    call = _curl(document, origin, method, path, operation)
    answers = "".join(
        f"<tr><td>{escaped(status)}</td><td>{escaped(answer.get('description', ''))}</td></tr>"
        for status, answer in operation["responses"].items()
    )
    examples = "".join(
        _example(document, answer) for status, answer in operation["responses"].items() if status.startswith("2")
    )
    return (
        f'<details><summary><span class="method">{method.upper()}</span> <code>{escaped(path)}</code> '
        f'{escaped(operation.get("summary", ""))} <span class="roles">({escaped(roles)})</span></summary>'
        f"<p>{escaped(operation.get('description', ''))}</p><pre>{escaped(call)}</pre>"
        f"<table>{rows}</table>{examples}<table>{answers}</table></details>"
    )


def _curl(document: Mapping[str, Any], origin: str, method: str, path: str, operation: Mapping[str, Any]) -> str:
    """A call to copy."""
    lines = [f"curl {'' if method == 'get' else f'-X {method.upper()} '}'{origin}{path}'"]
    if operation.get("x-roles"):
        lines.append(f'  -H "Authorization: Bearer $(rcm token --role {operation["x-roles"][0]})"')
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        lines.append(f"  -H 'Content-Type: {kind}'")
        example = next(_examples(document, content), None)
        if example is not None:
            text = example if isinstance(example, str) else orjson.dumps(example).decode()
            lines.append("  --data-binary '" + text.replace("'", "'\\''") + "'")
        break
    return " \\\n".join(lines)


def _example(document: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    for content in answer.get("content", {}).values():
        for example in _examples(document, content):
            text = example if isinstance(example, str) else orjson.dumps(example, option=orjson.OPT_INDENT_2).decode()
            return f"<pre>{escaped(text)}</pre>"
    return ""


def _examples(document: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[Any]:
    """A media type's examples, or its schema's."""
    if "example" in content:
        yield content["example"]
    for example in content.get("examples", {}).values():
        yield example["value"]
    schema = content.get("schema", {})
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    yield from schema.get("examples", ())
