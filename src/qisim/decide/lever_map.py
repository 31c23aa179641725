"""Where the answer flips: two numbers moved over a grid, and the line at which another plan is ahead.

With two scenarios the map is of their paired difference, and the line is where it is 0. With one it is
of the outcome, and the line is where it is as now: each point is paired with the scenario as it stands.
The band around the line holds all points at which the 95 % interval of the paired difference holds 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from qisim.decide.changes import Lever, lever, tried_all
from qisim.decide.finding import (
    Finding,
    Table,
    amount,
    between,
    interval_note,
    with_interval,
)
from qisim.decide.question import answered
from qisim.decide.worlds import DEFAULT_OUTCOME, Array, Worlds, asked, sign_of
from qisim.errors import InputError, Problem, not_whole
from qisim.model.outcomes import Outcome
from qisim.runs.options import OF_QUESTIONS, Options, verb
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import takes_site

DEFAULT_STEPS, MOST_STEPS = 9, 41


@verb(*OF_QUESTIONS, "site")
@takes_site
def lever_map(
    scenario: Any,
    other: Any = None,
    *,
    x: str,
    y: str,
    x_range: Sequence[float] | None = None,
    y_range: Sequence[float] | None = None,
    steps: int = DEFAULT_STEPS,
    outcome: str = DEFAULT_OUTCOME,
    set: Mapping[str, Any] | None = None,
    **options: Any,
) -> Finding:
    """Map an outcome, or the difference of two scenarios in it, over two numbers.

    Parameters
    ----------
    scenario, other : str, path, mapping or Scenario
        What `qisim.load` takes; with `other` the map is of other less scenario.
    x, y : str
        Keys of numbers; with two scenarios ``base:KEY`` or ``other:KEY`` moves one of them only.
    x_range, y_range : (float, float), optional
        Over which range; by default the plausible one.
    steps : int
        Points in each direction; one's own values are put among them.
    outcome, set, site, **options
        As in `qisim.decide.explain.explain`.

    Returns
    -------
    Finding
        With tables ``map`` and ``flip_line``.

    Raises
    ------
    InputError
        If anything is wrong with the question; every problem is listed.
    """
    chosen, wrong = Options(**options), list[Problem]()
    sources = [scenario] if other is None else [scenario, other]
    levers: list[Lever] = []
    for words, key, ends in ((x, "x", x_range), (y, "y", y_range)):
        try:
            levers.append(lever(words, key, ends, len(sources)))
        except InputError as refused:
            wrong += refused.problems
    if len(levers) == 2 and levers[0].key == levers[1].key and not _apart(levers):
        wrong.append(Problem("is the same number as x", key="y", value=y))
    problem = not_whole("steps", steps, 2, MOST_STEPS)
    wrong += [problem] if problem else []
    scenarios, measured = asked(sources, set, chosen, outcome, wrong)
    sign_of(measured)
    worlds = Worlds(chosen, scenarios, [one.key for one in levers])
    settings = {
        "x": [levers[0].key, levers[0].side, levers[0].low, levers[0].high],
        "y": [levers[1].key, levers[1].side, levers[1].low, levers[1].high],
        "steps": steps, "outcome": measured.name,
    }  # fmt: skip

    def find() -> Finding:
        return Map(scenarios, levers, steps, worlds, measured).finding()

    return answered("map", worlds, scenarios, settings, find)


def _apart(levers: Sequence[Lever]) -> bool:
    """Return whether two levers on one key move different scenarios."""
    return {one.side for one in levers} == {"base", "other"}


class Map:
    """A grid of worlds with their results.

    Attributes
    ----------
    xs, ys : list of float
    mean, low, high : ndarray, shape (len(ys), len(xs))
        Of the paired difference: other less base, or the point less the scenario as it stands.
    value : ndarray
        Of the same shape: the difference, or with one scenario the outcome itself.
    """

    def __init__(
        self, scenarios: Sequence[Scenario], levers: Sequence[Lever], steps: int, worlds: Worlds,
        outcome: Outcome,
    ) -> None:  # fmt: skip
        self.scenarios, self.worlds, self.outcome = list(scenarios), worlds, outcome
        self.x, self.y = levers
        self.names = [one.name for one in scenarios]
        self.own_x, self.own_y = self.x.own(scenarios), self.y.own(scenarios)
        self.xs, self.ys = (
            one.grid(steps, own) for one, own in ((self.x, self.own_x), (self.y, self.own_y))
        )
        points = [[self._worlds_at(x, y) for x in self.xs] for y in self.ys]
        wanted = [one for row in points for pair in row if pair for one in pair]
        if not wanted:
            raise InputError("no point of the map is a valid scenario: narrow the ranges")
        worlds.run([*scenarios, *wanted])
        shape = (len(self.ys), len(self.xs))
        self.mean, self.low, self.high, self.value = (np.full(shape, np.nan) for _ in range(4))
        for i, row in enumerate(points):
            for j, pair in enumerate(row):
                if pair:
                    self._note(i, j, pair)

    def _worlds_at(self, x: float, y: float) -> list[Scenario] | None:
        """Return the scenarios at a point; None where one of them cannot be."""
        changes = [
            {**one, **two}
            for one, two in zip(self.x.put(self.scenarios, x), self.y.put(self.scenarios, y))
        ]
        return tried_all(self.scenarios, changes)

    def _note(self, i: int, j: int, pair: Sequence[Scenario]) -> None:
        name = self.outcome.name
        reference = pair[0] if len(pair) == 2 else self.scenarios[0]
        delta = self.worlds.differences(reference, pair[-1], name)
        self.mean[i, j], self.low[i, j], self.high[i, j] = self.worlds.interval(delta)
        here = self.worlds.values(pair[-1], name)
        there = here[~np.isnan(here)]
        one = float(there.mean()) if len(there) else np.nan
        self.value[i, j] = self.mean[i, j] if len(pair) == 2 else one

    # --- wording ---

    @property
    def better(self) -> Array:
        """1 where the other (or the point) is clearly better, -1 where clearly worse, else 0."""
        sign = sign_of(self.outcome)
        with np.errstate(invalid="ignore"):
            ahead = np.where(self.low > 0, 1.0, np.where(self.high < 0, -1.0, 0.0))
        return np.where(np.isnan(self.mean), np.nan, sign * ahead)

    def finding(self) -> Finding:
        """Return the map as an answer."""
        from qisim.decide.map_figure import map_picture

        tables = {"flip_line": self.line_table(), "map": self.map_table()}
        return Finding(
            "map", self.title(), self.sentences(tables["flip_line"].frame), tables,
            {"map": lambda: map_picture(self)}, notes=self.notes(), counted=self.counted(),
        )  # fmt: skip

    def title(self) -> str:
        """Return the answer in a line."""
        axes = f"{self.x.words(self.names)} and {self.y.words(self.names)}"
        clear = self.better[~np.isnan(self.better)]
        label = self.outcome.label
        if not len(clear):
            return f"{label}: no value at any point of this map of {axes}"
        if len(self.names) == 2:
            if (clear > 0).any() and (clear < 0).any():
                return f"{label}: who is ahead changes over {axes}"
            for sign, name in ((1, self.names[1]), (-1, self.names[0])):
                if (clear == sign).all():
                    return f"{label}: {name} is ahead over all of this map of {axes}"
                if (clear == sign).any() and not (clear == -sign).any():
                    return f"{label}: {name} is ahead or it cannot be told, over {axes}"
            return f"{label}: nowhere on this map of {axes} can it be told who is ahead"
        return f"{label} of {self.names[0]}: a map over {axes}"

    def counts(self) -> dict[int, int]:
        """Return at how many points which is clearly ahead (1 the other, -1 the base, 0 neither)."""
        return {sign: int((self.better == sign).sum()) for sign in (1, 0, -1)}

    def counted(self) -> dict[str, int | str]:
        """Return the points of the map, and at how many which is ahead."""
        count, names = self.counts(), self.names
        better, worse = (
            (f"{names[1]} clearly ahead", f"{names[0]} clearly ahead") if len(names) == 2
            else ("clearly better", "clearly worse")
        )  # fmt: skip
        return {"points of the map": int(np.sum(list(count.values()))), better: count[1],
                worse: count[-1], "cannot be told": count[0]}  # fmt: skip

    def sentences(self, line: pd.DataFrame) -> list[str]:
        """Return the findings of the map."""
        count = self.counts()
        points = sum(count.values())
        if not points:
            return [
                "No run at any point of the map has a value, so nothing can be said of who is ahead."
            ]
        if len(self.names) == 2:
            base, other = self.names
            found = [
                f"Of {points} points of the map, {other} is clearly ahead at {count[1]}, {base} at "
                f"{count[-1]}; at {count[0]} it cannot be told."
            ]
        else:
            found = [
                f"Of {points} points of the map, {count[1]} are clearly better than as things stand, "
                f"{count[-1]} clearly worse; at {count[0]} it cannot be told."
            ]
        if len(self.names) < 2:
            return found + self._best_sentence()
        found += self._own_sentence()
        own = line[line["own"]]
        for row in own.to_dict("records"):
            at = f"{self.x.words(self.names)} as it is ({self.x.value(row['x'])})"
            if np.isnan(row["y"]):
                found.append(
                    f"With {at}, the answer is the same over the whole range of {self.y.words(self.names)}."
                )
            else:
                found.append(
                    f"With {at}, it flips where {self.y.words(self.names)} is {self.y.value(row['y'])}"
                    f"{self._band_text(row)}."
                )
        return found

    def _best_sentence(self) -> list[str]:
        """Return which point of the map is best, where one is clearly better than as things stand."""
        gain = np.where(self.better > 0, sign_of(self.outcome) * self.mean, -np.inf)
        i, j = np.unravel_index(int(np.argmax(gain)), gain.shape)
        if not np.isfinite(gain[i, j]):
            return []
        size = with_interval(self.mean[i, j], self.low[i, j], self.high[i, j], self.outcome)
        x, y = self.x.value(self.xs[int(j)]), self.y.value(self.ys[int(i)])
        return [
            f"Best is {self.x.words()} {x} with {self.y.words()} {y}: {size} against as things stand. What it "
            "costs stands elsewhere: qisim levers."
        ]

    def _band_text(self, row: Mapping[Any, Any]) -> str:
        ends = [self.y.value(row[end]) for end in ("y_low", "y_high") if not np.isnan(row[end])]
        if len(ends) == 2:
            return f" (cannot be told between {ends[0]} and {ends[1]})"
        return (
            f" (and cannot be told beyond {ends[0]})" if ends else " (and cannot be told around it)"
        )

    def _own_sentence(self) -> list[str]:
        """Return what holds where one's own site is; nothing where that is off the map."""
        if len(self.names) < 2 or len(self.own_x) > 1 or len(self.own_y) > 1:
            return []
        if self.own_x[0] not in self.xs or self.own_y[0] not in self.ys:
            return [f"Your own values ({self.x.value(self.own_x[0])}, {self.y.value(self.own_y[0])}) "
                    "are not on the map."]  # fmt: skip
        i, j = self.ys.index(self.own_y[0]), self.xs.index(self.own_x[0])
        size = with_interval(self.mean[i, j], self.low[i, j], self.high[i, j], self.outcome)
        return [f"At your own values ({self.x.value(self.own_x[0])}, {self.y.value(self.own_y[0])}), "
                f"{self.names[1]} less {self.names[0]} is {size}."]  # fmt: skip

    def line_table(self) -> Table:
        """Return for each x the y at which the answer flips, and the band around it."""
        rows = []
        for j, x in enumerate(self.xs):
            flips = crossings(self.ys, self.mean[:, j])
            near = self.own_y[0]
            y = min(flips, key=lambda flip: abs(flip - near)) if flips else np.nan
            low, high = band_around(self.ys, self.low[:, j], self.high[:, j], y)
            rows.append({"x": x, "y": y, "y_low": low, "y_high": high, "flips": len(flips),
                         "own": x in self.own_x})  # fmt: skip
        frame = pd.DataFrame(rows)
        cells = [
            (
                self.x.value(row["x"]) + (" (as it is)" if row["own"] else ""),
                "does not flip" if np.isnan(row["y"]) else self.y.value(row["y"]),
                *(
                    "" if np.isnan(row[end]) else self.y.value(row[end])
                    for end in ("y_low", "y_high")
                ),
            )
            for row in frame.to_dict("records")
        ]
        headers = (
            self.x.words(self.names),
            f"flips at {self.y.words(self.names)}",
            "band from",
            "to",
        )
        caption = (
            "Between the ends of the band the 95 % interval of the paired difference holds 0; an end that is "
            "missing lies beyond the map. Values between points of the map are interpolated."
        )
        return Table(frame, headers, cells, caption)

    def map_table(self) -> Table:
        """Return every point."""
        rows = [
            {"x": x, "y": y, "value": self.value[i, j], "difference": self.mean[i, j],
             "low": self.low[i, j], "high": self.high[i, j], "ahead": self.better[i, j]}
            for i, y in enumerate(self.ys) for j, x in enumerate(self.xs)
        ]  # fmt: skip
        frame = pd.DataFrame(rows)
        mine = frame["x"].isin(self.own_x) & frame["y"].isin(self.own_y)
        best = (sign_of(self.outcome) * frame["difference"]).rank(
            ascending=False, method="first"
        ) == 1
        own = frame[mine if len(self.names) == 2 else mine | best]
        words = {1.0: "ahead", -1.0: "behind", 0.0: "cannot tell"}
        cells = [
            (self.x.value(row["x"]), self.y.value(row["y"]), amount(row["difference"], self.outcome),
             between(row["low"], row["high"], self.outcome), words.get(row["ahead"], "cannot be"))
            for row in own.to_dict("records")
        ]  # fmt: skip
        whose = self.names[1] if len(self.names) == 2 else "this point"
        headers = (self.x.words(self.names), self.y.words(self.names), "Difference", "95 %", whose)
        return Table(
            frame,
            headers,
            cells,
            f"One's own values{'' if len(self.names) == 2 else ', and the best'}; all points of the map stand "
            "in map.csv.",
        )

    def notes(self) -> list[str]:
        """Return the notes needed to read the map."""
        missing = int(np.isnan(self.mean).sum())
        found = [
            f"{self.mean.size} points, {self.worlds.options.replicates} replicates of each, on the same random "
            "numbers.",
            interval_note(self.worlds),
        ]
        if missing:
            found.append(f"{missing} points are left out: there the values do not go together.")
        ends = "programme.length_weeks"
        if ends in (self.x.key, self.y.key):
            found.append(
                "A shorter programme leaves out what lies after its end; a longer one has no more activities."
            )
        return found


def crossings(places: Sequence[float], values: Array) -> list[float]:
    """Return where values along a line change their sign, by linear interpolation."""
    found = []
    for i in range(len(places) - 1):
        a, b = values[i], values[i + 1]
        if a == 0.0 and (i == 0 or values[i - 1] * b < 0):
            found.append(float(places[i]))
        elif a * b < 0:
            found.append(float(places[i] + (places[i + 1] - places[i]) * a / (a - b)))
    return found


def band_around(
    places: Sequence[float], low: Array, high: Array, flip: float
) -> tuple[float, float]:
    """Return the ends of the band around a flip: where the interval stops holding 0, on both sides."""
    if np.isnan(flip):
        return np.nan, np.nan
    ends = sorted([*crossings(places, low), *crossings(places, high)])
    below = [end for end in ends if end <= flip]
    above = [end for end in ends if end >= flip]
    return (below[-1] if below else np.nan), (above[0] if above else np.nan)
