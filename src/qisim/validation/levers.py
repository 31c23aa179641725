"""Parameters that do nothing in a scenario, or the opposite of what was expected.

Each number is moved from one end of its plausible range to the other, all else as the scenario has it, on
common random numbers. What is looked at is routine use over all weeks and use in the last quarter, in points.

* **moves it**: one of the two changes by more than luck's floor, that is by more than `FLOOR` and by more
  than what luck does in so many pairs (a paired t of all moved numbers together, Bonferroni).
* **nothing seen**: neither does. **Not touched**: not one run is any different.
* **other sign**: it changes beyond the floor against the sign that ``data/signs.csv`` expects. The table gives
  a reason for each sign; a number that is not in it has none, because it may go either way.

An end that does not go with a scenario (no hours for a development nurse who leads a course) is left at the
scenario's own value. Whole numbers (units, weeks, posts) shape the site and the calendar, and are not among
them.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qisim.errors import InputError, Problem, ScenarioError, nearest_name
from qisim.model.coefficients import coefficients
from qisim.model.outcomes import OUTCOMES, Array
from qisim.model.parameters import PARAMETERS, Parameter
from qisim.model.site import build
from qisim.numerics import normal_quantile
from qisim.runs.batch import Batch
from qisim.runs.lifecycle import Lifecycle
from qisim.runs.options import Options
from qisim.scenario.scenario import Scenario, load

if TYPE_CHECKING:
    from rich.table import Table

LOOKED_AT = ("adoption_mean", "use_final")
FLOOR = 0.0025
"""Change below which nobody would care, as a share: a quarter of a point."""
SHORT = ("external", "internal")
REPLICATES = 100
MOVES, NOTHING, UNTOUCHED, CONTRARY = "moves it", "nothing seen", "not touched", "other sign"
"""The possible verdicts on a parameter in a scenario."""


@dataclass(frozen=True)
class Sign:
    """The sign that moving a number up is expected to have on use, and why."""

    sign: int
    reason: str


UNKNOWN = "is not a shipped scenario"


@cache
def signs() -> Mapping[str, Sign]:
    """Return the expected signs by dotted key."""
    text = files("qisim").joinpath("data", "signs.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["key"]: Sign(1 if row["sign"] == "+" else -1, row["reason"]) for row in rows}


def moved_numbers() -> list[Parameter]:
    """Return the numbers that are moved: all that are no whole numbers."""
    return [one for one in PARAMETERS.values() if one.kind == "float"]


def wrong_names(scenarios: Iterable[str], known: Sequence[str]) -> list[Problem]:
    """Return what is wrong with names of shipped scenarios."""
    return [
        Problem(UNKNOWN, value=name, allowed=", ".join(known), nearest=nearest_name(name, known))
        for name in scenarios
        if name not in known
    ]


def at_end(scenario: Scenario, key: str, end: float) -> Scenario:
    """Return a scenario with a number at an end of its range; unchanged where the two do not go together."""
    try:
        return scenario.replace({key: end})
    except ScenarioError:
        return scenario


class LeverRun(Lifecycle):
    """A check of levers in progress: each number moved from one end of its range to the other.

    Parameters
    ----------
    scenarios : sequence of Scenario
    options : Options
    """

    def __init__(self, scenarios: Sequence[Scenario], options: Options) -> None:
        super().__init__(options)
        self.scenarios, self.numbers = list(scenarios), moved_numbers()
        self.told: list[pd.DataFrame] = []

    def make(self) -> None:
        """Move every number in one scenario after the other."""
        for scenario in self.scenarios:
            self.told.append(self.of_scenario(scenario))

    def of_scenario(self, scenario: Scenario) -> pd.DataFrame:
        """Return what each number does in a scenario."""
        ends = [at_end(scenario, p.key, end) for p in self.numbers for end in (p.low, p.high)]
        rows = np.array([coefficients(one) for one in ends])
        found = np.full((len(rows), self.options.replicates, len(LOOKED_AT)), np.nan)
        places = [list(OUTCOMES).index(name) for name in LOOKED_AT]
        total = len(rows) * self.options.replicates
        for answer in self.answers(
            lambda size: self.batches(scenario, rows), total, total * len(self.scenarios), ()
        ):
            numbers = answer.batch.numbers
            if answer.failure is None and numbers is not None:
                row, run = np.divmod(numbers, self.options.replicates)
                found[row, run] = answer.outcomes[:, places]
        return judged(scenario.name, self.numbers, found[::2], found[1::2])

    def batches(self, scenario: Scenario, rows: Array) -> Iterator[Batch]:
        """Yield the runs, all numbers of one replicate range together."""
        world, replicates = build(scenario), np.arange(self.options.replicates)
        for row, values in enumerate(rows):
            given = np.repeat(values[None], len(replicates), axis=0)
            numbers = row * len(replicates) + replicates
            yield Batch(
                scenario.name, world, given, self.options.seed, replicates, "levers", numbers
            )

    def put_together(self) -> Any:
        """Return what was found."""
        return pd.concat(self.told, ignore_index=True) if self.told else None

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as of now."""
        return self.manifest_of(
            "validate",
            {one.name: one.to_dict() for one in self.scenarios},
            {one.name: one.digest for one in self.scenarios},
        )


def judged(scenario: str, numbers: Sequence[Parameter], low: Array, high: Array) -> pd.DataFrame:
    """Return what each number does.

    Parameters
    ----------
    scenario : str
    numbers : sequence of Parameter
    low, high : ndarray, shape (numbers, runs, outcomes)
        Outcomes with each number at either end of its range, run by run on the same chance.

    Returns
    -------
    DataFrame
        A row per number: ``scenario``, ``key``, ``role``, ``change`` (of routine use over all weeks, a share),
        ``change_use`` (of use in the last quarter), ``luck`` (half width of the wider interval), ``expected``
        (1, -1 or 0), ``verdict``.
    """
    delta = high - low
    mean = np.nanmean(delta, axis=1)
    runs = delta.shape[1]
    wide = -float(normal_quantile(np.array([0.025 / (len(numbers) * delta.shape[2])]))[0])
    luck = wide * np.nanstd(delta, axis=1, ddof=1) / math.sqrt(runs)
    rows = []
    for place, number in enumerate(numbers):
        expected = signs()[number.key].sign if number.key in signs() else 0
        clear = (np.abs(mean[place]) > FLOOR) & (np.abs(mean[place]) > luck[place])
        if not np.any(delta[place]):
            verdict = UNTOUCHED
        elif not clear.any():
            verdict = NOTHING
        else:
            against = bool(np.any(clear & (np.sign(mean[place]) == -expected)))
            verdict = CONTRARY if expected and against else MOVES
        rows.append({
            "scenario": scenario, "key": number.key, "role": number.role,
            "change": float(mean[place, 0]), "change_use": float(mean[place, 1]),
            "luck": float(luck[place].max()), "expected": expected, "verdict": verdict,
        })  # fmt: skip
    return pd.DataFrame(rows)


def levers(scenarios: Sequence[str] = (), *, full: bool = False, **options: Any) -> pd.DataFrame:
    """Say which numbers do nothing in scenarios, and which have another sign than expected.

    Parameters
    ----------
    scenarios : sequence of str
        Names of shipped scenarios; by default external and internal, or all of them where `full`.
    full : bool, optional
        Whether all shipped scenarios are looked at, where none is named.
    **options
        ``replicates``, ``seed``, ``engine``, ``workers``, ``progress``: as in `qisim.run`.

    Returns
    -------
    DataFrame
        As from `judged`, for all scenarios.
    """
    from qisim.scenario.files import shipped

    known = list(shipped())
    chosen = Options(**{"replicates": REPLICATES, "keep": False, **options})
    wrong = chosen.problems() + wrong_names(scenarios, known)
    if chosen.replicates == 1:
        message = "is too few to measure replicate noise"
        wrong.append(Problem(message, key="replicates", value=1, allowed="from 2"))
    if wrong:
        raise InputError(wrong)
    names = list(scenarios) or (known if full else list(SHORT))
    found: pd.DataFrame = LeverRun([load(name) for name in names], chosen).result()
    return found


# --- for people ------------------------------------------------------------------------------------


def summary(found: pd.DataFrame) -> list[str]:
    """Return in sentences what does nothing anywhere, and what goes the other way somewhere."""
    scenarios, lines = found["scenario"].nunique(), []
    still = found["verdict"].isin([NOTHING, UNTOUCHED]).groupby(found["key"], sort=False).all()
    idle = list(still[still].index)
    where = f"in {'both' if scenarios == 2 else 'any' if scenarios > 2 else 'it'}"
    number = found["key"].nunique()
    lines.append(
        f"Nothing seen {where if scenarios != 1 else 'here'} of {len(idle)} of {number} numbers: "
        f"{', '.join(idle) or 'none'}."
    )
    against = found[found["verdict"] == CONTRARY]
    told = [
        f"{row['key']} in {row['scenario']} ({100 * row['change']:+.1f} points of routine use, "
        f"{100 * row['change_use']:+.1f} of use; expected {'+' if row['expected'] > 0 else '−'}: "
        f"{signs()[row['key']].reason})"
        for row in against.to_dict("records")
    ]
    lines.append(f"Another sign than expected: {'; '.join(told) or 'none'}.")
    return lines


def render(found: pd.DataFrame) -> Table:
    """Return what does nothing, or goes the other way, as a terminal table (rich)."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown = found[found["verdict"] != MOVES]
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False,
                  title_justify="left", caption_justify="left")  # fmt: skip
    table.title = Text(
        "Numbers that do nothing, or the opposite, from one end of their range to the other"
    )
    for header in ("Scenario", "Number", "Routine use, points", "Use, points", "Luck's floor", ""):
        table.add_column(
            header, justify="left" if header in ("Scenario", "Number", "") else "right"
        )
    for row in shown.to_dict("records"):
        points = [f"{100 * row[name]:+.2f}" for name in ("change", "change_use")]
        floor = f"{100 * max(row['luck'], FLOOR):.2f}"
        table.add_row(row["scenario"], row["key"], *points, floor, row["verdict"])
    return table
