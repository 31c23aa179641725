"""The page of an answer: one self-contained HTML file, in each of the report's languages."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from qisim.comparison.context import assumed
from qisim.decide.figure_words import picture_of
from qisim.decide.headings import heading_of
from qisim.decide.report_words import Words
from qisim.model.evidence import PLAIN_WORDS
from qisim.model.parameters import PARAMETERS
from qisim.output.pages import page_of


def page(
    found: Mapping[str, Any], figures: Sequence[bytes], made: Mapping[str, Any], say: Words | None = None
) -> bytes:  # fmt: skip
    """Return the page of an answer.

    Parameters
    ----------
    found : mapping
        As from `qisim.decide.finding.Finding.words`.
    figures : sequence of bytes
        Its figures, as SVG.
    made : mapping
        Its manifest.
    say : Words, optional
        The language; English by default.
    """
    say = say or Words()
    say.names = frozenset(made["scenarios"])
    facts = {
        "found": found,
        "headings": {name: heading_of(found["kind"], name) for name in found["tables"]},
        "pictures": [picture_of(svg, say) for svg in figures],
        "failures": len(made["failures"]),
        "command": shlex.join(made["command"]),
        "made_with": f"qisim {made['qisim_version']}, seed {made['seed']}, {made['replicates']} replicates "
        f"of each world, {made['engine']} engine, Python {made['python_version']}.",
        "plain_words": PLAIN_WORDS,
        "rests": f"{assumed()} of {len(PARAMETERS)} numbers of the model are assumptions or rest on one "
        "in part.",
    }
    return page_of("finding.html", {**facts, **say.on_a_page()})
