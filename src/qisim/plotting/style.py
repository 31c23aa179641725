"""The house style of figures: colours, fonts, and the parts that figures are assembled from.

Colours are those of Okabe and Ito (distinguishable with every kind of colour vision), and every
scenario has its own line style as well. There is no global state (no pyplot), and the same table
gives the same bytes.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from qisim.errors import InputError, Problem
from qisim.model.outcomes import WEEKLY, Array
from qisim.plotting.lines import fitted, left_to_right

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DASHES: tuple[Any, ...] = ("-", (0, (6, 1.6)), (0, (6, 1.6, 1.2, 1.6)), (0, (1.3, 1.0)))
INK, GREY, FAINT = "#222222", "#6b6b6b", "#d9d9d9"
ON_TOP: dict[str, Any] = {"clip_on": False, "zorder": 3.0}
"""Margin that keeps a line at the edge of its panel visible."""

STYLE: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "text.parse_math": False,  # a dollar in a name is a dollar
    "lines.linewidth": 1.8,
    "savefig.dpi": 150,
    "figure.constrained_layout.w_pad": 0.09,
    "figure.constrained_layout.h_pad": 0.07,
    "svg.hashsalt": "qisim",
    "svg.fonttype": "none",  # text stays text: it can be searched, edited and read aloud
    "pdf.fonttype": 42,
}

TITLE, CAPTION = "figure-title", "figure-caption"
"""Identifiers, within the SVG, of the text around a figure."""

Ends = Mapping[str, int] | None
Given = ParamSpec("Given")


class Picture(Figure):
    """A figure with its title, caption and description as text; notebooks show it directly.

    Attributes
    ----------
    title, caption : str
        Text above and below it.
    alt : str
        Description for readers who cannot see it.
    """

    title: str = ""
    caption: str = ""
    alt: str = ""

    def savefig(self, *args: Any, **options: Any) -> None:
        """Save it as matplotlib does, in the house style: text stays text in SVG and PDF."""
        with house_style():
            super().savefig(*args, **options)

    def _repr_png_(self) -> bytes:
        return figure_bytes(self, "png")


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in qisim's style, whatever the user's own matplotlib settings are.

    A character missing from the font is drawn as a box, without a warning.
    """
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font", UserWarning)
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def figure_bytes(figure: Figure, kind: str = "png") -> bytes:
    """Return a figure as a file: the same bytes each time, without a date.

    Parameters
    ----------
    figure : Figure
        As from the functions below.
    kind : {"png", "svg", "pdf"}
        File format.
    """
    title, caption = getattr(figure, "title", ""), getattr(figure, "caption", "")
    for text in figure.findobj(Text):
        text.set_text(left_to_right(text.get_text()))
    sink, screen, dpi = io.BytesIO(), figure.canvas, figure.dpi
    with house_style():  # the canvas directly: `savefig` would draw everything twice
        try:
            if kind == "svg":
                words = {"Title": title, "Description": caption}
                said = {name: text for name, text in words.items() if text}
                FigureCanvasSVG(figure).print_svg(sink, metadata={**said, "Date": None})
            elif kind == "pdf":
                from matplotlib.backends.backend_pdf import FigureCanvasPdf

                words = {"Title": title, "Subject": caption}
                FigureCanvasPdf(figure).print_pdf(sink, metadata={**words, "CreationDate": None})
            else:
                figure.set_dpi(STYLE["savefig.dpi"])
                FigureCanvasAgg(figure).print_png(sink, metadata={"Software": None})
        finally:
            figure.set_canvas(screen)
            figure.set_dpi(dpi)
    if kind == "svg":  # if the font is missing, one of similar width
        return sink.getvalue().replace(b"'DejaVu Sans'", b"'DejaVu Sans', Verdana, sans-serif")
    return sink.getvalue()


@dataclass(frozen=True)
class Files:
    """One figure as files.

    Attributes
    ----------
    png, svg : bytes
        The whole figure.
    bare : bytes
        The SVG without title and caption, for a page that shows both as text.
    """

    png: bytes
    svg: bytes
    bare: bytes


def figure_files(picture: Picture) -> Files:
    """Return a figure in all file formats; it is laid out only once."""
    with house_style():
        engine = picture.get_layout_engine()
        if engine is not None:
            engine.execute(picture)
            picture.set_layout_engine("none")
    svg = figure_bytes(picture, "svg")
    return Files(figure_bytes(picture, "png"), svg, _without_words(picture, svg))


def _without_words(picture: Picture, svg: bytes) -> bytes:
    """Return the SVG cropped to the part between title and caption, without these."""
    to_points, (width, height) = 72.0 / picture.dpi, 72.0 * picture.get_size_inches()
    low, high = 0.0, height
    # matplotlib offers no public access to the texts, and the stub lacks the private one
    for words, gid in ((picture._suptitle, TITLE), (picture._supxlabel, CAPTION)):  # type: ignore[attr-defined]
        if words is None:
            continue
        box = words.get_window_extent()
        low, high = (low, to_points * box.y0) if gid == TITLE else (to_points * box.y1, high)
        svg = svg.replace(f'<g id="{gid}">'.encode(), f'<g id="{gid}" display="none">'.encode(), 1)
    whole = re.search(rb'height="[^"]*" viewBox="[^"]*"', svg)
    if whole is None:
        return svg
    part = f'height="{high - low:.2f}pt" viewBox="0 {height - high:.2f} {width:g} {high - low:.2f}"'
    return svg.replace(whole[0], part.encode(), 1)


def drawn(function: Callable[Given, Picture]) -> Callable[Given, Picture]:
    """Decorate a function to draw in the house style."""

    @wraps(function)
    def styled(*given: Given.args, **named: Given.kwargs) -> Picture:
        with house_style():
            return function(*given, **named)

    return styled


# Data


@dataclass(frozen=True)
class Curves:
    """One weekly series of one scenario, over its replicates.

    Attributes
    ----------
    name : str
        The scenario.
    weeks : ndarray, shape (weeks,)
        Weeks of the run, from 1.
    values : ndarray, shape (weeks, replicates)
        In the unit of the axis (per cent for shares).
    look : dict
        Colour and line style.
    end : int or None
        Week in which the programme ends, where it lies within the run.
    """

    name: str
    weeks: Array
    values: Array
    look: dict[str, Any]
    end: int | None = None

    def quantile(self, share: float) -> Array:
        """Return a quantile over replicates, by week."""
        found: Array = np.quantile(self.values, share, axis=1)
        return found

    @property
    def median(self) -> Array:
        """The median over replicates, by week."""
        return self.quantile(0.5)

    @property
    def mean(self) -> Array:
        """The mean over replicates, by week."""
        found: Array = self.values.mean(axis=1)
        return found

    def at_end(self, line: Array) -> float:
        """Return the value of a line in the week in which the programme ends."""
        return float(np.interp(self.end or 0, self.weeks, line))


def curves_of(weekly: pd.DataFrame, series: str, ends: Ends = None) -> list[Curves]:
    """Return one series of every scenario, in the order of the table."""
    found = []
    for i, name in enumerate(names_in(weekly)):
        weeks, values = by_week(weekly[weekly["scenario"] == name], series)
        end = (ends or {}).get(name)
        within = end if end is not None and weeks[0] <= end < weeks[-1] else None
        point = {"marker": "o"} if len(weeks) == 1 else {}  # a line needs two weeks
        found.append(Curves(name, weeks, values * scale(series), {**look(i), **point}, within))
    if not found:
        raise ValueError("there is no finished run to draw")
    return found


def names_in(weekly: pd.DataFrame) -> list[str]:
    """Return the scenarios of a table in their order."""
    return list(weekly["scenario"].unique())


def by_week(rows: pd.DataFrame, series: str) -> tuple[Array, Array]:
    """Return the weeks of one scenario, and a series of it of shape (weeks, replicates)."""
    weeks, replicate = rows["week"].to_numpy(), rows["replicate"].to_numpy()
    values = rows[series].to_numpy(np.float64)
    runs = int(np.count_nonzero(weeks == weeks[0])) if len(weeks) else 1
    shape = (runs, len(weeks) // runs)
    if len(weeks) == shape[0] * shape[1]:  # sorted by run, then by week, as in results
        by_run = weeks.reshape(shape), replicate.reshape(shape)
        if (by_run[0] == by_run[0][0]).all() and (by_run[1] == by_run[1][:, :1]).all():
            return by_run[0][0].astype(np.float64), values.reshape(shape).T
    wide = rows.pivot(index="week", columns="replicate", values=series)
    return wide.index.to_numpy(np.float64), wide.to_numpy(np.float64)


def look(i: int) -> dict[str, Any]:
    """Return colour and line style of the i-th scenario."""
    return {"color": COLOURS[i % len(COLOURS)], "linestyle": DASHES[i % len(DASHES)]}


def ink(curves: Curves) -> str:
    """Return the colour of a scenario, dark enough for text."""
    red, green, blue = to_rgb(curves.look["color"])
    return to_hex((0.72 * red, 0.72 * green, 0.72 * blue))


def scale(series: str) -> float:
    """Return the factor that scales a series to its axis (shares are in per cent)."""
    return 100.0 if WEEKLY[series].unit == "share" else 1.0


# Pieces of a figure


def blank(size: tuple[float, float], panels: int, columns: int, **shared: Any) -> Any:
    """Return an empty picture of a size in inches, and its panels in reading order."""
    picture, given = Picture(figsize=size, layout="constrained"), _GIVEN.get()
    if given is not None and panels == 1:
        return picture, [given]
    refuse_axes(panels)
    grid = picture.subplots(-(-panels // columns), columns, squeeze=False, **shared)
    for spare in grid.flat[panels:]:
        spare.set_visible(False)
    return picture, list(grid.flat[:panels])


def refuse_axes(panels: int) -> None:
    """Raise InputError if axes were given and the figure has several panels."""
    if _GIVEN.get() is not None:
        message = "is drawn with several panels, so it cannot be put into one pair of axes"
        raise InputError(Problem(message, key="ax", value=panels, allowed="leave ax out"))


def described(picture: Picture, title: str, caption: str) -> Picture:
    """Put the title above and the caption below a picture."""
    picture.title, picture.caption, picture.alt = title, caption, f"{title}. {caption}"
    room = 0.95 * 72 * float(picture.get_size_inches()[0])
    head = fitted(title, room, 11.5, "bold")
    picture.suptitle(head, x=0.012, ha="left", fontsize=11.5, fontweight="bold", gid=TITLE)
    foot = fitted(caption, room, 8)
    picture.supxlabel(foot, x=0.012, ha="left", fontsize=8, color=GREY, gid=CAPTION)
    return picture


_GIVEN: ContextVar[Axes | None] = ContextVar("axes given by the caller to draw into", default=None)


@contextmanager
def drawing_into(axes: Axes | None) -> Iterator[None]:
    """Let figures with one panel draw it into given axes; title and caption stay with the picture."""
    before = _GIVEN.set(axes)
    try:
        yield
    finally:
        _GIVEN.reset(before)


def plotted(draw: Callable[[], Picture], axes: Axes | None, width_mm: float | None) -> Any:
    """Return the figure in the given width; or draw it into given axes and return these."""
    with drawing_into(axes):
        picture = draw()
    return resized(picture, width_mm) if axes is None else axes


def resized(picture: Picture, width_mm: float | None) -> Picture:
    """Return a picture in another width, with its text wrapped to it.

    Letters keep their size, so a narrower picture keeps its height: its title and caption take more
    lines.

    Raises
    ------
    InputError
        If it is not a width that a figure can have.
    """
    if width_mm is None:
        return picture
    number = isinstance(width_mm, int | float) and not isinstance(width_mm, bool)
    if not number or not 40 <= width_mm <= 1000:
        raise InputError(
            Problem("is not a width", key="width_mm", value=width_mm, allowed="40 to 1000 mm")
        )
    width, height = picture.get_size_inches()
    share = width_mm / 25.4 / width
    picture.set_size_inches(width_mm / 25.4, height * max(share, 1.0) ** 0.5)
    with house_style():
        return described(picture, picture.title, picture.caption)
