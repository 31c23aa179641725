"""Pages: a template of the package and its content, rendered as one self-contained HTML file."""

from __future__ import annotations

from typing import Any


def page_of(template: str, facts: dict[str, Any]) -> bytes:
    """Return a page.

    Parameters
    ----------
    template : str
        Name of a file in ``templates``.
    facts : dict
        Values of the names in the template; a missing name is an error, not a gap. A page in a
        single language needs no translation function.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    room = Environment(
        loader=PackageLoader("qisim"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    english = {"_": str, "cell": str, "head": str, "language": "en"}
    return room.get_template(template).render(**english | facts).encode(errors="replace")
