"""Any X12 as one HTML page that stands alone: loops that fold, names and sentences in our words, everything escaped."""

from collections.abc import Iterator
from html import escape

from rcm.x12.grammar import Source
from rcm.x12.show.lines import Line, lines_of

_STYLE = """
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#d9dee5;--page:#f6f7f9;--card:#fff;--accent:#0b5cad}
@media (prefers-color-scheme:dark){
:root{--ink:#e6e9ee;--soft:#9aa5b4;--line:#333c48;--page:#12161c;--card:#1a2028;--accent:#7ab8ff}
}
*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:76rem;margin:0 auto;padding:1.5rem 1rem 4rem}h1{font-size:1.4rem;margin:0 0 1rem;overflow-wrap:anywhere}
.file{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:.6rem 1rem}
details{border-left:2px solid var(--line);padding-left:.9rem;margin:.35rem 0 .35rem .2rem}
summary{cursor:pointer;font-weight:600;color:var(--accent)}summary small{color:var(--soft);font-weight:400}
.s{display:grid;grid-template-columns:3.2rem 9.5rem minmax(0,1fr);
gap:.1rem .9rem;padding:.28rem 0;border-bottom:1px solid var(--line)}
.s>span{color:var(--soft);font-variant-numeric:tabular-nums;text-align:right}.s>b{font-weight:600}
.s p{margin:0;overflow-wrap:anywhere}code{color:var(--soft);font-size:.82rem;overflow-wrap:anywhere;white-space:pre-wrap}
@media (max-width:44rem){.s{grid-template-columns:2.6rem minmax(0,1fr)}.s>div{grid-column:2}details{padding-left:.5rem}}
"""


def as_html(source: Source, title: str) -> Iterator[str]:
    """The page in pieces. Raises NotX12 before the first piece."""
    lines = lines_of(source)
    first = next(lines)
    shown = escape(title)
    yield (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<title>{shown}</title><style>{_STYLE}</style></head><body><main><h1>{shown}</h1><div class="file">\n'
    )
    folds = _Folds()
    yield from folds.line(first)
    for line in lines:
        yield from folds.line(line)
    yield from folds.close(0)
    yield "</div></main></body></html>\n"


class _Folds:
    """Knows which loops stand open."""

    def __init__(self) -> None:
        self._open = 0

    def line(self, line: Line) -> Iterator[str]:
        """The line, and what has to be closed or opened before it."""
        if line.begins:
            yield from self.close(line.depth - 1)
            heading = escape(line.loop_name[:1].upper() + line.loop_name[1:])
            yield f"<details open><summary>{heading} <small>{escape(line.loop)}</small></summary>\n"
            self._open += 1
        else:
            yield from self.close(line.depth)
        says = f"<p>{escape(line.says)}</p>" if line.says else ""
        yield (
            f'<div class="s"><span>{line.segment.number}</span><b>{escape(line.name)}</b>'
            f"<div>{says}<code>{escape(line.text)}</code></div></div>\n"
        )

    def close(self, depth: int) -> Iterator[str]:
        """Closes loops until `depth` of them stand open."""
        while self._open > depth:
            self._open -= 1
            yield "</details>"
