"""A calibration as one page to read, with its figures in it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qisim.calibration.result import cells_of, findings, honesty
from qisim.model.evidence import PLAIN_WORDS
from qisim.output.pages import page_of

if TYPE_CHECKING:
    from qisim.calibration.result import Calibration
    from qisim.plotting.style import Picture

TITLES = {
    "fit": "What was counted, and what is to come",
    "posterior": "What the figures say about parameters",
    "check": "Whether the intervals are honest",
}


def page(result: Calibration, pictures: Mapping[str, Picture], files: Mapping[str, bytes]) -> bytes:
    """Return the report as one self-contained HTML file.

    Parameters
    ----------
    result : Calibration
    pictures, files : mapping
        Figures by name, and the same as files.
    """
    facts = {
        **facts_of(result),
        "pictures": [_picture(name, pictures, files) for name in TITLES if name in pictures],
    }
    return page_of("calibration.html", facts)


def facts_of(result: Calibration) -> dict[str, Any]:
    """Return all that the page says, as plain data."""
    speaking = result.speaking().to_dict("records") if result.possible else []
    ahead = result.outlook.to_dict("records") if result.possible else []
    return {
        "name": result.name,
        "findings": list(findings(result)),
        "possible": result.possible,
        "honesty": honesty(result) if result.possible else "",
        "warnings": [str(problem) for problem in result.data.warnings],
        "rows": [cells_of(row) for row in [*ahead, *speaking]],
        "manifest": result.manifest,
        "plain_words": PLAIN_WORDS,
    }


def _picture(
    name: str, pictures: Mapping[str, Picture], files: Mapping[str, bytes]
) -> dict[str, str]:
    svg = base64.b64encode(files[f"figures/{name}.svg"]).decode()
    return {"title": TITLES[name], "alt": pictures[name].alt, "svg": svg}
