"""The figures and the self-contained report of a result.

`flow` passes this module to results as their presenter. The page needs no other file and no
network; the same result gives the same bytes.
"""

from __future__ import annotations

import base64
import platform
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qisim.comparison import difference_figure, figures
from qisim.comparison.context import (
    concluded,
    over_sentences,
    pair_lines,
    programme_ends,
    settings_table,
    shared_settings,
)
from qisim.errors import InputError, Problem, nearest_name
from qisim.model.evidence import PLAIN_WORDS, STUDY
from qisim.model.outcomes import OUTCOMES
from qisim.output.pages import page_of
from qisim.output.paid_hours import NOTE as PAID_NOTE
from qisim.output.paid_hours import paid_cells
from qisim.output.presenters import captions_as_file
from qisim.plotting.style import Picture, figure_files, plotted
from qisim.text import shown

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FIGURES = ("adoption", "difference", "uptake", "hours")
"""Names of the figures; ``difference`` belongs to comparisons only."""


def plot(
    result: Any, name: str | None = None, *, ax: Axes | None = None, width_mm: float | None = None
) -> Picture | Axes:
    """Return one figure of a result, or draw it into given axes and return these.

    Parameters
    ----------
    result : Result or Comparison
    name : {"adoption", "difference", "uptake", "hours"}, optional
        Which; by default the adoption curves.
    ax : Axes, optional
        Draw into these, without title and caption; for figures with a single panel.
    width_mm : float, optional
        Width of the figure.

    Raises
    ------
    InputError
        If there is no figure of this name, or it has several panels and `ax` is given.
    """
    shown: Picture | Axes = plotted(lambda: picture_of(result, name), ax, width_mm)
    return shown


def caption(result: Any, name: str | None = None) -> str:
    """Return title and caption of a figure as text."""
    return picture_of(result, name).alt


def picture_of(result: Any, name: str | None = None) -> Picture:
    """Return one figure of a result; see `plot`."""
    names, wanted = figure_names(result), name or "adoption"
    if wanted not in names:
        raise InputError(
            Problem("is not a figure of this result", value=wanted, allowed=" | ".join(names),
                    nearest=nearest_name(wanted, names))
        )  # fmt: skip
    weekly, ends = result.weekly, programme_ends(result.scenarios)
    over = "over" in result.manifest
    if wanted == "adoption":
        return figures.adoption_curves(weekly, ends, over=over)
    if wanted == "difference":
        return difference_figure.paired_difference(
            weekly, result.base, result.others, ends, over=over
        )
    if wanted == "uptake":
        return figures.small_multiples(weekly, ends, over=over)
    return figures.hours(weekly, ends, over=over)


def figure_names(result: Any) -> tuple[str, ...]:
    """Return which figures a result has: none without a finished run."""
    if not is_comparison(result):
        return tuple(name for name in FIGURES if name != "difference") if len(result.weekly) else ()
    drawn = all((result.weekly["scenario"] == name).any() for name in result.scenarios)
    return FIGURES if drawn else ()


def is_comparison(result: Any) -> bool:
    """Return whether a result compares scenarios."""
    return hasattr(result, "differences")


def pages(result: Any) -> dict[str, bytes]:
    """Return the figures (PNG and SVG) and the report, by file name."""
    pictures = {name: picture_of(result, name) for name in figure_names(result)}
    files = {name: figure_files(picture) for name, picture in pictures.items()}
    drawn = {
        f"figures/{name}.{kind}": getattr(files[name], kind)
        for name in pictures
        for kind in ("png", "svg")
    }
    shown_pictures = [
        {"data": base64.b64encode(files[name].bare).decode(), "alt": picture.alt, "name": name}
        for name, picture in pictures.items()
    ]
    return {**drawn, **captions_as_file(pictures), "report.html": page(result, shown_pictures)}


def page(result: Any, pictures: Sequence[Mapping[str, str]]) -> bytes:
    """Return the report as one self-contained HTML file."""
    return page_of("report.html", {**facts(result), "pictures": pictures})


def facts(result: Any) -> dict[str, Any]:
    """Return the content of the page, as plain data."""
    manifest = result.manifest
    return {
        "title": " against ".join([*list(result.scenarios)[1:2], next(iter(result.scenarios))])
        if len(result.scenarios) == 2
        else ", ".join(result.scenarios),
        "comparison": is_comparison(result),
        "scenarios": [
            {"name": name, "title": one["title"], "digest": manifest["digests"][name][:12]}
            for name, one in result.scenarios.items()
        ],
        "replicates": int(result.runs["replicate"].nunique()),
        "over": over_sentences(manifest),
        "weeks": max(one["run"]["weeks"] for one in result.scenarios.values()),
        "pairs": _pairs(result) if is_comparison(result) else [],
        "plans": _plans(result) if is_comparison(result) and len(result.others) > 1 else None,
        "summary": _summary(result),
        "paid": paid_cells(result.paid_hours()),
        "paid_note": PAID_NOTE,
        "settings": settings_table(result.scenarios),
        "shared": shared_settings(result.scenarios),
        "plain_words": PLAIN_WORDS,
        "study": STUDY,
        "concluded": concluded(is_comparison(result)),
        "failures": manifest["failures"],
        "interrupted": manifest["interrupted"],
        "command": shlex.join(manifest["command"]),
        "made_with": _made_with(manifest),
    }


def _pairs(result: Any) -> list[dict[str, Any]]:
    """Return each pair of scenarios: its heading, its verdicts in words, its table."""
    from qisim.comparison.until_decided import notes_of
    from qisim.comparison.wording import (
        HEADERS,
        by_pair,
        heading,
        note,
        table_cells,
        verdict_groups,
    )

    return [
        {
            "heading": heading(rows),
            "lines": pair_lines(
                {name: result.scenarios[name] for name in (rows[0]["base"], rows[0]["other"])},
                notes_of(result, rows[0]["base"], rows[0]["other"]),
            ),
            "groups": verdict_groups(rows),
            "headers": [header.format(**rows[0]) for header in HEADERS],
            "rows": [table_cells(row) for row in rows],
            "note": note(rows, over="over" in result.manifest),
            "layers": _layers(result.layers(), rows[0]["base"], rows[0]["other"]),
            "theories": _theories(result, rows[0]["base"], rows[0]["other"]),
        }
        for rows in by_pair(result.differences())
    ]


def _plans(result: Any) -> dict[str, Any]:
    """Return several plans as the columns of one table."""
    from qisim.comparison import side_by_side

    found = result.differences()
    header, rows = side_by_side.cells(found, result.base)
    return {"headers": header, "rows": rows, "note": side_by_side.note(found, result.base)}


def _layers(layers: Any, base: str, other: str) -> dict[str, Any] | None:
    """Return the layers of one pair of scenarios as cells; None where there are none."""
    from qisim.comparison import layer_table

    own = layers[(layers["base"] == base) & (layers["other"] == other)] if len(layers) else layers
    if not len(own):
        return None
    return {
        "headers": layer_table.HEADERS,
        "rows": layer_table.cells(own),
        "note": layer_table.note(own),
    }


def _theories(result: Any, base: str, other: str) -> dict[str, Any] | None:
    """Return the differences from the base under every theory as cells; None without theories."""
    from qisim.comparison import theories

    if not result.under_theories or base != result.base:
        return None
    table, doubt = result.theories()
    own, whose = table[table["other"] == other], doubt[doubt["other"] == other]
    return {
        "headers": theories.headers(own),
        "rows": theories.cells(own, whose, other),
        "lines": list(theories.sentences(own, whose)),
        "note": theories.note(own),
    }


def _summary(result: Any) -> list[tuple[str, ...]]:
    """Return the distribution of every outcome of every scenario, as cells."""
    summary = result.summary()
    return [
        (
            OUTCOMES[row["outcome"]].label,
            row["scenario"],
            *(
                shown(row[name], OUTCOMES[row["outcome"]].unit, with_unit=True)
                for name in ("mean", "median", "p05", "p95")
            ),
            f"{row['n']}",
        )
        for name in OUTCOMES
        for row in summary[summary["outcome"] == name].to_dict("records")
    ]


def _made_with(manifest: Mapping[str, Any]) -> str:
    """Return seed, engine and versions in a line."""
    packages = ", ".join(f"{n} {v}" for n, v in manifest["packages"].items() if v)
    commit = f" ({manifest['qisim_commit'][:12]})" if manifest.get("qisim_commit") else ""
    own = manifest.get("own_rules")
    changed = f"; RULES CHANGED by {own['file']}: {', '.join(own['replaces'])}" if own else ""
    return (
        f"qisim {manifest['qisim_version']}{commit}, seed {manifest['seed']}, "
        f"{manifest['engine']} engine, Python {manifest.get('python_version', platform.python_version())}, "
        f"{packages}{changed}"
    )
