"""What moved between two versions of the model: outcomes and scenarios, ranked, and where the answer changed.

Both versions were asked the same, run by run on the same seeds. A run that is the same to the last bit in
all outcomes was not touched by the change. Where a version draws its chance otherwise, luck differs as well;
so a *typical* change is the root of the mean square over the scenarios with the variance of luck taken out
(that of the paired runs, over their number), and is 0 where luck explains all of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qisim.errors import InputError, Problem, not_whole
from qisim.model.draws import MAX_SEED
from qisim.model.outcomes import OUTCOMES, Array
from qisim.numerics import correlation, normal_quantile
from qisim.text import shown
from qisim.validation.versions import Asked, Version, paired_name, thousand, version_at

if TYPE_CHECKING:
    from rich.table import Table

    from qisim.plotting.style import Picture

SCENARIOS, REPLICATES = 1000, 8
LED_BY = "adoption_mean"
"""Outcome by which it is said who is ahead, and what goes with the change."""
MOST_REPLICATES = 1000
LISTED = 5


@dataclass(frozen=True)
class Moved:
    """Two versions that were asked the same.

    Attributes
    ----------
    asked : Asked
    sources : tuple of str
        The versions as they were named.
    answers : tuple of mapping
        What each answered; see ``data/in_version.py``.
    """

    asked: Asked
    sources: tuple[str, str]
    answers: tuple[Mapping[str, Any], Mapping[str, Any]]

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios that both versions have."""
        return [n for n in self.asked.points if all(n in one["scenarios"] for one in self.answers)]

    @property
    def outcomes(self) -> list[str]:
        """Names of the outcomes that both versions have."""
        lacks = {name for one in self.answers for name in one["lacks"]["outcomes"]}
        return [name for name in OUTCOMES if name not in lacks]

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row for each scenario, draw and outcome.

        ``scenario``, ``draw`` (0: as it is), ``outcome``, ``old``, ``new`` (means over the runs that have a
        value in both), ``change``, ``luck`` (standard error of the change), ``same`` (every run the same
        to the last bit).
        """
        held = [
            row
            for name in self.scenarios
            for outcome in self.outcomes
            for row in self._rows(name, outcome)
        ]
        columns = ["scenario", "draw", "outcome", "old", "new", "change", "luck", "same"]
        return pd.DataFrame(held, columns=columns)

    def _rows(self, name: str, outcome: str) -> Iterator[tuple[Any, ...]]:
        both = [one["scenarios"][name]["values"][outcome] for one in self.answers]
        for draw, (old, new) in enumerate(zip(*both, strict=True)):
            if old is None or new is None:
                continue
            values: Array = np.array([old, new], dtype=float)
            there = np.isfinite(values).all(axis=0)
            kept, number = values[:, there], int(there.sum())
            delta = kept[1] - kept[0]
            mean = kept.mean(axis=1) if number else np.full(2, np.nan)
            luck = float(delta.std(ddof=1)) / math.sqrt(number) if number > 1 else math.nan
            change = float(delta.mean()) if number else math.nan
            yield name, draw, outcome, *mean.tolist(), change, luck, old == new

    def refused(self) -> int:
        """Return how many scenarios one of the versions refuses."""
        return sum(
            len({key for one in self.answers for key in one["scenarios"][name]["refused"]})
            for name in self.scenarios
        )

    @cached_property
    def same(self) -> pd.Series:
        """Whether a scenario is the same in all outcomes and runs, by scenario and draw."""
        return self.table.groupby(["scenario", "draw"], sort=False)["same"].all()

    def ranked(self, by: str = "outcome") -> pd.DataFrame:
        """Return outcomes, or scenarios, by how far they moved.

        Returns
        -------
        DataFrame
            Of outcomes: ``outcome``, ``same`` (share of scenarios), ``mean`` change, ``typical`` change,
            ``size`` (typical change over the smallest that matters), ``largest`` (change of one scenario),
            ``where``. Of scenarios: ``scenario``, ``same``, ``size`` (of the outcome that moved most),
            ``outcome`` (which), and what the columns say of that one.
        """
        rows = [self._moved(str(outcome), part) for outcome, part in self.table.groupby("outcome")]
        if by == "scenario":
            rows = [
                {"scenario": name, **max(
                    (self._moved(str(outcome), part) for outcome, part in its.groupby("outcome")),
                    key=lambda row: row["size"],
                ), "same": float(self.same[name].mean())}
                for name, its in self.table.groupby("scenario", sort=False)
            ]  # fmt: skip
        return pd.DataFrame(rows).sort_values("size", ascending=False, ignore_index=True)

    def _moved(self, outcome: str, part: pd.DataFrame) -> dict[str, Any]:
        change, luck = part["change"].to_numpy(), part["luck"].to_numpy()
        told = np.isfinite(change) & np.isfinite(luck)
        square = float(np.mean(change[told] ** 2 - luck[told] ** 2)) if told.any() else 0.0
        typical = math.sqrt(max(square, 0.0))
        place = int(np.argmax(np.where(np.isfinite(change), np.abs(change), -1.0)))
        return {
            "outcome": outcome, "same": float(part["same"].mean()),
            "mean": float(change[told].mean()) if told.any() else math.nan,
            "typical": typical, "size": typical / OUTCOMES[outcome].matters,
            "largest": float(change[place]),
            "where": _where(part["scenario"].iloc[place], int(part["draw"].iloc[place])),
        }  # fmt: skip

    def ahead(self) -> list[dict[str, Any]]:
        """Return, for pairs that differ in who drives the programme, how often the answer is another.

        ``pair``, ``draws``, ``turned`` (another is ahead), ``old``, ``new`` (mean difference, internal less
        external).
        """
        held = self.table[self.table["outcome"] == LED_BY].set_index(["scenario", "draw"])
        found = []
        for name in self.scenarios:
            base = paired_name(name)
            if base == name or base not in self.scenarios:
                continue
            both = held.loc[name].join(held.loc[base].add_suffix("_base"), how="inner")
            old, new = (both[one] - both[f"{one}_base"] for one in ("old", "new"))
            found.append({
                "pair": f"{name} against {base}", "draws": len(both),
                "turned": int((np.sign(old) != np.sign(new)).sum()),
                "old": float(old.mean()), "new": float(new.mean()),
            })  # fmt: skip
        return found

    def goes_with(self) -> list[tuple[str, float]]:
        """Return the numbers that the change of `LED_BY` goes with over the draws, strongest first.

        Rank correlations beyond what one of so many numbers reaches by luck (5 %, after Bonferroni).
        """
        part = self.table[(self.table["outcome"] == LED_BY) & (self.table["draw"] > 0)]
        part = part[np.isfinite(part["change"])]
        if part["same"].all():
            return []
        points = [
            self.asked.points[row.scenario][int(row.draw)] for row in part.itertuples(index=False)
        ]
        keys = list(dict.fromkeys(key for point in points for key in point))
        wide = -float(normal_quantile(np.array([0.025 / max(len(keys), 1)]))[0])
        change, found = part["change"].to_numpy(), []
        for key in keys:
            has = np.array([key in point for point in points])
            values = np.array([point[key] for point in points if key in point])
            if len(values) > FEWEST_DRAWS and np.ptp(change[has]) > 0:
                one = float(correlation(_ranks(values)[:, None], _ranks(change[has])[:, None])[0])
                if abs(one) > wide / math.sqrt(len(values) - 1):
                    found.append((key, one))
        return sorted(found, key=lambda one: -abs(one[1]))

    @cached_property
    def pictures(self) -> dict[str, Picture]:
        """The figures by name."""
        from qisim.validation.moved_figure import moved_picture

        return {"moved": moved_picture(self)}

    def summary(self) -> list[str]:
        """Return in sentences what moved."""
        return list(_sentences(self))

    def files(self) -> dict[str, bytes]:
        """Return tables, sentences and both answers as files."""
        from qisim.output.file_bytes import csv_bytes
        from qisim.validation.versions import kept_bytes

        old, new = self.answers
        return {
            "outcomes.csv": csv_bytes(self.ranked()),
            "scenarios.csv": csv_bytes(self.ranked("scenario")),
            "differences.csv": csv_bytes(self.table),
            "summary.txt": ("\n".join(self.summary()) + "\n").encode(errors="replace"),
            "old.json.gz": kept_bytes(old),
            "new.json.gz": kept_bytes(new),
        }


FEWEST_DRAWS = 20
"""Draws below which no correlation is worked out."""


def _ranks(values: Array) -> Array:
    return np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(float)


def _where(scenario: str, draw: int) -> str:
    return f"{scenario}, draw {draw}" if draw else f"{scenario}, as it is"


def moved(
    old: str, new: str, *, scenarios: int = SCENARIOS, replicates: int = REPLICATES, seed: int = 1,
    workers: int | None = None,
) -> Moved:  # fmt: skip
    """Ask two versions of the model the same.

    Parameters
    ----------
    old, new : str
        See `qisim.validation.versions.version_at`.
    scenarios : int, optional
        At least so many: all shipped ones, and as many draws of each as that takes.
    replicates : int, optional
        Runs of each, from 2.
    seed : int, optional
        Of the draws and of all chance.
    workers : int, optional

    Raises
    ------
    InputError
        If an option is wrong, or there is no such version.
    RunError
        If a version gives no answer.
    """
    asked, places = asked_of(old, new, scenarios, replicates, seed, workers)
    first, second = (place.answer(asked, workers) for place in places)
    found = Moved(asked, (old, new), (first, second))
    if not found.scenarios or not found.outcomes:
        raise InputError(Problem("has no scenario and outcome that the other has", key="old"))
    return found


def asked_of(
    old: str, new: str, scenarios: int, replicates: int, seed: int, workers: int | None
) -> tuple[Asked, list[Version]]:
    """Return what two versions are to be asked, and where they are; see `moved`.

    Raises
    ------
    InputError
        If an option is wrong, or there is no such version.
    """
    checks = [
        not_whole("scenarios", scenarios, 1, 100_000),
        not_whole("replicates", replicates, 2, MOST_REPLICATES),
        not_whole("seed", seed, 0, MAX_SEED - MOST_REPLICATES),
        None if workers is None else not_whole("workers", workers, 1, 4096),
    ]
    wrong = [one for one in checks if one is not None]
    places = []
    for key, source in (("old", old), ("new", new)):
        try:
            places.append(version_at(source, key))
        except InputError as error:
            wrong += [one for one in error.problems if isinstance(one, Problem)]
    if wrong:
        raise InputError(wrong)
    return thousand(scenarios, replicates, seed), places


# --- for people ------------------------------------------------------------------------------------


def _sentences(found: Moved) -> Iterator[str]:
    for which, source, one in zip(("Old", "New"), found.sources, found.answers, strict=True):
        yield f"{which}: {source}, qisim {one['version']}, model {one['model']}."
    same, number = int(found.same.sum()), len(found.same)
    runs = f"{found.asked.replicates} runs of each, seed {found.asked.seed}"
    yield (
        f"{same:,} of {number:,} scenarios are the same to the last bit in all outcomes and runs ({runs})."
    )
    yield from _lacking(found)
    if same == number:
        return
    first = found.ranked().iloc[0]
    if first["typical"]:
        yield (
            f"Moved most: {OUTCOMES[first['outcome']].label}, typically by "
            f"{_points(first['typical'], first['outcome']).lstrip('+')} "
            f"({100 * first['size']:.0f} % of what matters); most of all "
            f"by {_points(first['largest'], first['outcome'])} in {first['where']}."
        )
    else:
        yield "No change is larger than luck explains: the chance was drawn otherwise, no more."
    for pair in found.ahead():
        yield (
            f"{pair['pair']}: another is ahead in {pair['turned']} of {pair['draws']} draws "
            f"(where they are close, luck may do it; {OUTCOMES[LED_BY].label.lower()}, "
            f"mean difference {_points(pair['old'], LED_BY)} before, "
            f"{_points(pair['new'], LED_BY)} now)."
        )
    numbers = found.goes_with()[:LISTED]
    told = ", ".join(f"{key} ({value:+.2f})".replace("-", "−") for key, value in numbers)
    yield f"The change of {OUTCOMES[LED_BY].label.lower()} goes with: {told or 'no number in particular'}."


def _lacking(found: Moved) -> Iterator[str]:
    """Yield what only one of the versions has."""
    for which, one in zip(("old", "new"), found.answers, strict=True):
        for what, names in one["lacks"].items():
            if names:
                yield f"The {which} version has no such {what}: {', '.join(names)}."
    if found.refused():
        yield f"{found.refused():,} scenarios are left out because one of the versions refuses them."


def _points(value: float, outcome: str) -> str:
    return shown(value, OUTCOMES[outcome].unit, difference=True, with_unit=True)


HEADS = ("Same", "Mean", "Typical", "Of what matters", "Largest")


def render(rows: pd.DataFrame) -> Table:
    """Return a ranked list as a terminal table (rich)."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    of_scenarios = "scenario" in rows
    heads = [*(["Scenario", "moved most"] if of_scenarios else ["Outcome"]), *HEADS]
    for head in (*heads, "in draw" if of_scenarios else "in"):
        table.add_column(
            head,
            justify="left" if head in ("Scenario", "moved most", "Outcome", "in") else "right",
            no_wrap=head == "Scenario",
            overflow="fold",
        )
    for row in rows.to_dict("records"):
        unit = OUTCOMES[row["outcome"]].unit
        typical = shown(row["typical"], unit, difference=True, with_unit=True).lstrip("+")
        where = (
            row["where"].rpartition(", ")[2].removeprefix("draw ") if of_scenarios else row["where"]
        )
        table.add_row(
            *([row["scenario"]] if of_scenarios else []), OUTCOMES[row["outcome"]].label,
            f"{100 * row['same']:.0f} %", shown(row["mean"], unit, difference=True), typical,
            f"{100 * row['size']:.0f} %", shown(row["largest"], unit, difference=True), where,
        )  # fmt: skip
    return table
