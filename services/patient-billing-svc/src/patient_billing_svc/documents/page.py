"""The statement as a web page: one file, no script, no address of anything outside; readable on a phone, made to print."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from patient_billing_svc.documents.contents import Contents


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("patient_billing_svc.documents"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("statement.html.j2")


def render_page(contents: Contents) -> str:
    """The whole document."""
    return _template().render(it=contents)
