"""Values and names as people read them.

Shares in per cent, thousands separated, a sign for a difference; long names broken over lines.
"""

from __future__ import annotations

import re

import numpy as np

from qisim.model.outcomes import Unit


def shown(value: float, unit: Unit, *, difference: bool = False, with_unit: bool = False) -> str:
    """Format a value, such as ``62.1`` for a share of .621 (per cent).

    Parameters
    ----------
    value : float
        In the outcome's own unit; NaN gives a dash.
    unit : str
        As in `Series.unit`.
    difference : bool, optional
        Whether it is a difference: it then carries a sign, and the unit of a share is points.
    with_unit : bool, optional
        Whether the unit follows it.
    """
    if np.isnan(value):
        return "–"
    scaled = 100.0 * value if unit == "share" else value
    small = 0 if unit == "kroner" or abs(scaled) >= 1000 else 1
    decimals = 2 if unit in ("index", "ratio") else small
    text = f"{scaled:{'+' if difference else ''},.{decimals}f}".replace("-", "−")
    if float(f"{scaled:.{decimals}f}") == 0:
        text = text.lstrip("+−")
    return f"{text} {unit_name(unit, difference=difference)}".rstrip() if with_unit else text


def unit_name(unit: Unit, *, difference: bool = False) -> str:
    """Return the unit as text; empty for a pure number and for people."""
    if unit == "share":
        return "points" if difference else "%"
    return {"hours": "h", "weeks": "weeks", "kroner": "kr"}.get(unit, "")


def wrapped_name(name: str, width: int) -> str:
    """Break a name into lines of at most `width` characters, at hyphens.

    Only a word that is longer than a line is broken itself.
    """
    lines = [""]
    for piece in re.findall(r"[^-_ ]*[-_ ]*", name):
        if len(lines[-1]) + len(piece.rstrip()) > width and lines[-1]:
            lines.append("")
        while len(piece.rstrip()) > width:  # a word longer than a line
            lines[-1] += piece[:width]
            piece = piece[width:]
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)
