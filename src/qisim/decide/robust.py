"""How robust: in what share of plausible worlds each plan is ahead, by how much, and what decides it.

A world is a set of strengths that shows the tuning patterns (`qisim.design.ensemble`), with the study's
factors allotted to its two cases by chance, and whatever else is asked to vary drawn from its plausible
range. Both plans are run in every world on the same luck, and their means are compared. Which inputs
decide is found by cutting the worlds in two, and the halves again, where that parts the differences best
(a small regression tree; Breiman L et al. Classification and regression trees, 1984). A tree fits its own
worlds too well, so its boxes are held against fresh worlds with fresh luck.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from qisim.comparison.context import differing
from qisim.decide.boxes import Box, grow
from qisim.decide.failing import with_failing
from qisim.decide.finding import (
    Finding,
    Table,
    amount,
)
from qisim.decide.parts import short
from qisim.decide.question import answered
from qisim.decide.ways import LEFT_OUT, parameters_of
from qisim.decide.worlds import DEFAULT_OUTCOME, Array, Worlds, asked, sign_of
from qisim.design.ensemble import ACCEPTABLE, ensemble
from qisim.design.run_table import RunTable
from qisim.errors import InputError, Problem, not_whole
from qisim.model.draws import MAX_SEED
from qisim.model.outcomes import Outcome
from qisim.model.parameters import PARAMETERS
from qisim.runs.evaluate import problem, run_table
from qisim.runs.options import OF_QUESTIONS, Options, verb
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import takes_site

DEFAULT_WORLDS, MOST_WORLDS = 300, 5000


@verb(*OF_QUESTIONS, "site")
@takes_site
def robust(
    base: Any,
    other: Any,
    *,
    vary: Sequence[str] = (),
    worlds: int = DEFAULT_WORLDS,
    outcome: str = DEFAULT_OUTCOME,
    set: Mapping[str, Any] | None = None,
    **options: Any,
) -> Finding:
    """Say in what share of plausible worlds each of two plans is ahead.

    Parameters
    ----------
    base, other : str, path, mapping or Scenario
        What `qisim.load` takes.
    vary : sequence of str
        What varies beside the sets of strengths and the allocation: roles, factors or keys. Where the two
        scenarios differ, they stay as they are.
    worlds : int
        How many.
    outcome, set, site, **options
        As in `qisim.decide.explain.explain`; `over` names the sets (by default ``acceptable``) and
        `replicates` the runs of each plan in each world.

    Returns
    -------
    Finding
        With tables ``shares``, ``boxes``, ``failing``, ``signs`` and ``worlds``.

    Raises
    ------
    InputError
        If anything is wrong with the question; every problem is listed.
    """
    chosen = Options(**options)
    bad = not_whole("worlds", worlds, 20, MOST_WORLDS)
    wrong = [bad] if bad else []
    try:
        more = parameters_of(vary)
    except InputError as refused:
        more, wrong = [], [*wrong, *refused.problems]
    pair, measured = asked([base, other], set, chosen, outcome, wrong)
    sign_of(measured)
    if measured.missing_when:
        message = "some runs have no value of it, so worlds cannot be compared in it"
        raise InputError(Problem(message, key="outcome", value=measured.name))
    ledger = Worlds(chosen, pair)
    settings = {
        "vary": list(vary),
        "worlds": worlds,
        "outcome": measured.name,
        "sets": str(chosen.over or ACCEPTABLE),
    }
    space = Space(pair, [one.key for one in more], chosen)

    def find() -> Finding:
        seeds = int(chosen.seed), (int(chosen.seed) + 1) % (MAX_SEED + 1)
        first, fresh = (Sample(space, pair, worlds, ledger, measured, seed) for seed in seeds)
        boxes = grow(space.names, first.points, first.difference)
        told = _finding(pair, space, first, fresh, boxes, measured, chosen)
        sites = min(worlds * int(chosen.replicates), MOST_WORLDS)
        return with_failing(told, pair, more, sites, ledger)

    return answered("robust", ledger, pair, settings, find)


class Space:
    """What tells plausible worlds apart.

    Attributes
    ----------
    names : list of str
        Inputs: those of the sets, those that vary beside them, and the allocation of factors.
    vary : list
        The same as entries of a study.
    """

    def __init__(self, pair: Sequence[Scenario], more: Sequence[str], options: Options) -> None:
        apart = {key for key in differing([one.to_dict() for one in pair]) if key in PARAMETERS}
        self.sets = ensemble(options.over or ACCEPTABLE).without(apart)
        keys = [key for key in more if key not in apart and key not in self.sets.keys]
        self.more = [key for key in keys if key not in LEFT_OUT and PARAMETERS[key].kind == "float"]
        self.vary: list[Any] = [
            {"parameter": key, "low": float(column.min()), "high": float(column.max())}
            for key, column in zip(self.sets.keys, self.sets.values.T, strict=True)
            if column.min() < column.max()
        ]
        self.varied = [entry["parameter"] for entry in self.vary]
        self.vary += [{"parameter": key} for key in self.more]
        cases = [one.choices["programme.study_case"] for one in pair]
        if any(case != "none" for case in cases):
            self.vary.append("allocation")
        if not self.vary:
            raise InputError("nothing varies between worlds: name something with --vary")
        inputs = problem(pair[0], pair[1], self.vary)["plan"].inputs
        self.names: list[str] = [one.name for one in inputs]
        self.low = np.array([one.low for one in inputs], dtype=float)
        self.high = np.array([one.high for one in inputs], dtype=float)

    def draw(self, number: int, seed: int) -> Array:
        """Return worlds, a row each: sets in turn, all else spread evenly over its range."""
        from scipy.stats import qmc

        spread = qmc.LatinHypercube(len(self.names), rng=np.random.default_rng(seed)).random(number)
        points: Array = self.low + spread * (self.high - self.low)
        order = np.random.default_rng(seed).permutation(len(self.sets))
        which = order[np.arange(number) % len(order)]
        for key in self.varied:
            column = list(self.sets.keys).index(key)
            points[:, self.names.index(key)] = self.sets.values[which, column]
        return points


class Sample:
    """Worlds, and how both plans do in each.

    Attributes
    ----------
    points : ndarray, shape (worlds, inputs)
    base, other, difference : ndarray, shape (worlds,)
        Means over the runs of a world; both plans have the same luck.
    """

    def __init__(
        self, space: Space, pair: Sequence[Scenario], number: int, ledger: Worlds,
        outcome: Outcome, seed: int,
    ) -> None:  # fmt: skip
        self.points = space.draw(number, seed)
        tables = (self.table_of(one, space, ledger.options.replicates, seed) for one in pair)
        self.base, self.other = (ledger.means_at(table, outcome.name) for table in tables)
        self.difference = self.other - self.base

    def table_of(self, plan: Scenario, space: Space, replicates: int, seed: int) -> RunTable:
        """Return the runs of one plan; to one that is no case of the study, the allocation is nothing."""
        is_case = plan.choices["programme.study_case"] != "none"
        design = problem(plan, None, [one for one in space.vary if is_case or one != "allocation"])
        columns = [space.names.index(one.name) for one in design["plan"].inputs]
        return run_table(design["plan"], self.points[:, columns], replicates, seed)


# --- what decides ----------------------------------------------------------------------------------


def share_interval(count: int, number: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson)."""
    if not number:
        return np.nan, np.nan
    z, p = 1.959964, count / number
    middle = (p + z * z / (2 * number)) / (1 + z * z / number)
    half = z / (1 + z * z / number) * np.sqrt(p * (1 - p) / number + z * z / (4 * number**2))
    return float(middle - half), float(middle + half)


# --- wording ---------------------------------------------------------------------------------------


def _finding(
    pair: Sequence[Scenario], space: Space, first: Sample, fresh: Sample, boxes: Sequence[Box],
    outcome: Outcome, options: Options,
) -> Finding:  # fmt: skip
    from qisim.decide.figures import robust_picture

    names = [one.name for one in pair]
    shares = shares_table(names, first, fresh, outcome)
    box_table = boxes_table(names, space, first, fresh, boxes, outcome)
    title = _title(names, shares.frame, outcome, len(first.points))
    sentences = [*_share_sentences(names, shares, outcome), *_box_sentences(names, box_table)]
    frame = pd.DataFrame(first.points, columns=space.names)
    frame = frame.assign(base=first.base, other=first.other, difference=first.difference)
    tables = {"shares": shares, "boxes": box_table, "worlds": Table(frame, (), [])}
    fixed = (
        f", and {', '.join(short(key) for key in space.more)} over plausible ranges"
        if space.more
        else ""
    )
    factors = sum(name.startswith("allocation.") for name in space.names)
    allotted = f", {factors} factors allotted to the study's cases by chance" if factors else ""
    notes = [
        f"{len(first.points)} worlds, {options.replicates} runs of each plan in each, on the same luck: sets "
        f"of {len(space.varied)} strengths ({options.over or ACCEPTABLE}){allotted}{fixed}.",
        "Worlds count alike; nobody knows how likely each is, so a share of worlds is no probability.",
    ]
    return Finding(
        "robust", title, sentences, tables,
        {"worlds": lambda: robust_picture(names, first, outcome, title)}, notes=notes,
        counted={"plausible worlds": len(first.points)},
    )  # fmt: skip


def shares_table(names: Sequence[str], first: Sample, fresh: Sample, outcome: Outcome) -> Table:
    """Return in what share of worlds each is ahead, and what choosing it may cost."""
    sign, matters = sign_of(outcome), outcome.matters
    rows: list[dict[str, Any]] = []
    cells: list[tuple[str, ...]] = []
    for side, name in enumerate(names):
        way = sign if side else -sign
        gain, again = way * first.difference, way * fresh.difference
        count = int((gain > matters).sum())
        low, high = share_interval(count, len(gain))
        regret = np.maximum(-gain, 0.0)
        rows.append({
            "plan": name, "ahead": count / len(gain), "low": low, "high": high,
            "ahead_again": float((again > matters).mean()),
            "mean_regret": float(regret.mean()), "worst_regret": float(regret.max()),
            "median": float(np.median((first.base, first.other)[side])),
            "p05": float(np.percentile((first.base, first.other)[side], 5)),
            "p95": float(np.percentile((first.base, first.other)[side], 95)),
        })  # fmt: skip
        cells.append((
            name, per_cent(rows[-1]["ahead"]), f"[{per_cent(low)}, {per_cent(high)}]",
            per_cent(rows[-1]["ahead_again"]),
            *(amount(rows[-1][key], outcome, difference=False)
              for key in ("median", "p05", "p95")),
            *(amount(rows[-1][key], outcome).lstrip("+") for key in ("mean_regret", "worst_regret")),
        ))  # fmt: skip
    near = float((np.abs(first.difference) <= matters).mean())
    near_again = float((np.abs(fresh.difference) <= matters).mean())
    rows.append({"plan": "neither by what matters", "ahead": near, "ahead_again": near_again})
    cells.append(("neither by what matters", per_cent(near), "", per_cent(near_again), *[""] * 5))
    headers = ("Plan", "Ahead in", "95 %", "Fresh worlds", "Median", "5th percentile", "95th percentile",
               "Mean regret", "Worst regret")  # fmt: skip
    caption = (
        f"Ahead: by more than {amount(matters, outcome).lstrip('+')}. Regret: what a plan gives away against "
        "the better one in the same world. Fresh worlds: other draws, other luck."
    )
    return Table(pd.DataFrame(rows), headers, cells, caption)


def boxes_table(
    names: Sequence[str], space: Space, first: Sample, fresh: Sample, boxes: Sequence[Box],
    outcome: Outcome,
) -> Table:  # fmt: skip
    """Return the boxes of worlds with what holds in each, in these worlds and in fresh ones."""
    sign, rows, cells = sign_of(outcome), [], []
    for box in boxes:
        row: dict[str, Any] = {"box": box.words()}
        for name, sample in (("", first), ("_again", fresh)):
            inside = box.holds(space.names, sample.points)
            delta = sample.difference[inside]
            row[f"worlds{name}"] = int(inside.sum())
            row[f"difference{name}"] = float(delta.mean()) if len(delta) else np.nan
            row[f"ahead{name}"] = float((sign * delta > 0).mean()) if len(delta) else np.nan
        rows.append(row)
        cells.append((
            row["box"], f"{row['worlds']}", amount(row["difference"], outcome), per_cent(row["ahead"]),
            f"{row['worlds_again']}", amount(row["difference_again"], outcome),
            per_cent(row["ahead_again"]),
        ))  # fmt: skip
    headers = ("Worlds in which", "Number", "Mean difference", f"{names[1]} ahead", "Fresh",
               "Mean difference", f"{names[1]} ahead")  # fmt: skip
    caption = (
        "The cuts were chosen in the first worlds; fresh worlds and luck tell what they are worth."
    )
    return Table(pd.DataFrame(rows), headers, cells, caption)


def per_cent(value: float) -> str:
    """Return a share of worlds."""
    return "" if np.isnan(value) else f"{100 * value:.0f} %"


def _title(names: Sequence[str], frame: pd.DataFrame, outcome: Outcome, number: int) -> str:
    ahead = frame["ahead"].tolist()
    lead, place = (names[1], 1) if ahead[1] >= ahead[0] else (names[0], 0)
    return (
        f"{outcome.label}: {lead} is ahead by more than what matters in {per_cent(ahead[place])} of "
        f"{number} plausible worlds, {names[1 - place]} in {per_cent(ahead[1 - place])}"
    )


def _share_sentences(names: Sequence[str], shares: Table, outcome: Outcome) -> list[str]:
    found = []
    for row in shares.frame.head(2).to_dict("records"):
        worst = amount(row["worst_regret"], outcome).lstrip("+")
        mean = amount(row["mean_regret"], outcome).lstrip("+")
        found.append(
            f"Choosing {row['plan']} gives away {mean} on average over worlds, {worst} in the worst."
        )
    near = shares.frame.iloc[2]["ahead"]
    if near:
        found.append(f"In {per_cent(near)} of worlds neither is ahead by what matters.")
    return found


def _box_sentences(names: Sequence[str], boxes: Table) -> list[str]:
    """Return where the answer is least and most in favour of the other, where boxes differ in fresh worlds."""
    frame = boxes.frame
    if len(frame) < 2 or frame["difference_again"].isna().any():
        return []
    low, high = (
        int(np.argmin(frame["difference_again"])), int(np.argmax(frame["difference_again"])),
    )  # fmt: skip
    cells = list(boxes.cells)
    return [
        f"{word} in favour of {names[1]} are worlds with {cells[i][0]}: {cells[i][5]} in fresh worlds, "
        f"ahead in {cells[i][6]}."
        for word, i in (("Least", low), ("Most", high))
    ]
