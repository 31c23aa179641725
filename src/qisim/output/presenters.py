"""Figures as files, for every kind of result."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qisim.plotting.style import Picture


def figures_as_files(
    pictures: Mapping[str, Picture], only_png: Collection[str] = ()
) -> dict[str, bytes]:
    """Return figures as PNG and SVG by name of the file; each is laid out once.

    Parameters
    ----------
    pictures : mapping of str to Picture
    only_png : collection of str
        Names of figures with too many dots for an SVG.
    """
    from qisim.plotting.style import figure_bytes, figure_files

    files: dict[str, bytes] = {}
    for name, picture in pictures.items():
        if name in only_png:
            files[f"figures/{name}.png"] = figure_bytes(picture, "png")
            continue
        drawn = figure_files(picture)
        files |= {f"figures/{name}.png": drawn.png, f"figures/{name}.svg": drawn.svg}
    return files | captions_as_file(pictures)


def captions_as_file(pictures: Mapping[str, Picture]) -> dict[str, bytes]:
    """Return title and caption of every figure as one file of text."""
    words = "\n\n".join(f"{name}: {picture.alt}" for name, picture in pictures.items())
    return {"figures/captions.txt": f"{words}\n".encode(errors="replace")} if pictures else {}
