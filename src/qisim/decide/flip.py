"""The smallest plausible change that would reverse the answer.

Each number that a planner can change, or that describes the site, is moved by itself over its plausible
range, on common random numbers: to both ends and half way to each. Where the mean paired difference
changes its sign, the value at which it does is found by halving. So is the value from which the other is
*clearly* ahead (its 95 % interval is clear of 0), where there is one. Then the strongest are moved
together, each in proportion to what it does, until the answer turns. Whatever is found is run again on
luck of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from qisim.decide.changes import Lever
from qisim.decide.finding import (
    Finding,
    Table,
    amount,
    between,
    interval_note,
    listing,
    with_interval,
)
from qisim.decide.plan_options import unseen
from qisim.decide.question import answered
from qisim.decide.ways import Path, levers_of, parameters_of
from qisim.decide.worlds import DEFAULT_OUTCOME, Worlds, asked, sign_of
from qisim.errors import InputError, Problem
from qisim.model.draws import MAX_SEED
from qisim.model.outcomes import Outcome
from qisim.runs.options import OF_QUESTIONS, Options, verb
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import takes_site

DEFAULT_VARY = ("lever", "context")
HALVINGS = 7
TOGETHER = 3
"""How many numbers are moved at once."""
NAMED = 4


@verb(*OF_QUESTIONS, "site")
@takes_site
def flip(
    base: Any,
    other: Any,
    *,
    vary: Sequence[str] = DEFAULT_VARY,
    outcome: str = DEFAULT_OUTCOME,
    set: Mapping[str, Any] | None = None,
    **options: Any,
) -> Finding:
    """Find the smallest plausible changes that put the one who is behind ahead.

    Parameters
    ----------
    base, other : str, path, mapping or Scenario
        What `qisim.load` takes.
    vary : sequence of str
        What may be moved: roles (``lever``, ``context``, ``uncertain``), factors, or keys.
    outcome, set, site, **options
        As in `qisim.decide.explain.explain`.

    Returns
    -------
    Finding
        With tables ``flips`` and ``tried``.

    Raises
    ------
    InputError
        If anything is wrong with the question; every problem is listed.
    """
    chosen, wrong = Options(**options), list[Problem]()
    try:
        parameters = parameters_of(vary)
    except InputError as refused:
        parameters, wrong = [], list(refused.problems)
    pair, measured = asked([base, other], set, chosen, outcome, wrong)
    sign_of(measured)
    worlds = Worlds(chosen, pair, [one.key for one in parameters])
    settings = {"vary": list(vary), "outcome": measured.name}

    def find() -> Finding:
        search = Search(pair, worlds, measured)
        if search.ahead:
            search.one_by_one(levers_of(parameters, pair))
            search.together()
            search.run_again()
        return search.finding()

    return answered("flip", worlds, pair, settings, find)


class Search:
    """The search for changes that reverse an answer.

    Attributes
    ----------
    ahead : int
        1 where the other is ahead of the base as things stand, -1 where the base is, 0 where it cannot
        be told.
    """

    def __init__(self, pair: Sequence[Scenario], worlds: Worlds, outcome: Outcome) -> None:
        self.pair, self.worlds, self.outcome = list(pair), worlds, outcome
        self.names = [one.name for one in pair]
        self.sign = sign_of(outcome)
        self.now = worlds.interval(worlds.differences(pair[0], pair[1], outcome.name))
        clear = self.now[1] * self.now[2] > 0
        self.ahead = int(np.sign(self.sign * self.now[0])) if clear else 0
        self.paths: list[Path] = []
        self.joint: Path | None = None
        self.again: dict[int, tuple[float, float, float]] = {}

    # --- runs ---

    def look(self, wanted: Sequence[tuple[Path, float]]) -> None:
        """Run points of ways, all at once, and note the paired difference at each."""
        held = [(path, t, path.worlds(t, self.pair)) for path, t in wanted if t not in path.at]
        self.worlds.run([one for _, _, pair in held if pair for one in pair])
        for path, t, pair in held:
            path.at[t] = (np.nan, np.nan, np.nan) if pair is None else self.worlds.interval(
                self.worlds.differences(pair[0], pair[1], self.outcome.name)
            )  # fmt: skip

    def gain(self, path: Path, t: float) -> float:
        """Return the lead, at a point, of the plan now behind; negative while it is still behind."""
        return -self.ahead * self.sign * path.at[t][0]

    def turned(self, path: Path, t: float) -> bool:
        """Return whether the one who is behind now is ahead at a point."""
        return self.gain(path, t) > 0

    def clearly(self, path: Path, t: float) -> bool:
        """Return whether it is clearly so: the interval is clear of 0."""
        _, low, high = path.at[t]
        return self.turned(path, t) and low * high > 0

    def halve(self, paths: Sequence[Path], holds: Callable[[Path, float], bool], name: str) -> None:
        """Find for each way the first point from which something holds."""
        ends: dict[int, tuple[float, float]] = {}
        for i, path in enumerate(paths):
            there = [t for t in sorted(path.at) if holds(path, t)]
            if there:
                before = [t for t in path.at if t < there[0] and not np.isnan(path.at[t][0])]
                ends[i] = (max(before, default=0.0), there[0])
        for _ in range(HALVINGS):
            middles = {i: (low + high) / 2 for i, (low, high) in ends.items()}
            moving = [i for i in middles if self._apart(paths[i], ends[i])]
            self.look([(paths[i], middles[i]) for i in moving])
            for i in moving:
                low, high = ends[i]
                ends[i] = (low, middles[i]) if holds(paths[i], middles[i]) else (middles[i], high)
        for i, (_, high) in ends.items():
            setattr(paths[i], name, high)

    def _apart(self, path: Path, ends: tuple[float, float]) -> bool:
        """Return whether there is anything between two points of a way."""
        low, high = (path.values(t) for t in ends)
        steps = [abs(a - b) > (1.0 if lever.whole else 0.0)
                 for (lever, _, _), a, b in zip(path.moves, low, high, strict=True)]  # fmt: skip
        return any(steps)

    # --- the search ---

    def one_by_one(self, levers: Sequence[Lever]) -> None:
        """Move each number by itself, towards both ends of its range."""
        for lever in levers:
            own = lever.own(self.pair)
            for end in (lever.low, lever.high):
                begin = min(own, key=lambda value: abs(value - end))
                outward = (end - begin) * (1 if end == lever.high else -1) > 0
                if outward:
                    self.paths.append(Path([(lever, begin, end)], at={0.0: self.now}))
        self.look([(path, t) for path in self.paths for t in (0.5, 1.0)])
        self.halve(self.paths, self.turned, "flips")
        self.halve(self.paths, self.clearly, "clear")

    def together(self) -> None:
        """Move the strongest numbers at once, each in proportion to what it does."""
        best: dict[str, Path] = {}
        for path in self.paths:
            key = path.moves[0][0].key
            if not np.isnan(path.at[1.0][0]) and self.slope(path) > 0:
                best[key] = max(path, best.get(key, path), key=self.slope)
        strongest = sorted(best.values(), key=self.slope, reverse=True)[:TOGETHER]
        if len(strongest) < 2:
            return
        top = self.slope(strongest[0])
        moves = [path.moves[0] for path in strongest]
        far = [path.size(1.0) for path in strongest]
        steps = [self.slope(path) / top for path in strongest]
        # the way ends where the last has come to the end of its range; the others wait at theirs
        reach = max(room / step for room, step in zip(far, steps, strict=True))
        rates = tuple(step * reach / room for room, step in zip(far, steps, strict=True))
        self.joint = Path(moves, rates, {0.0: self.now})
        self.look([(self.joint, t) for t in (0.25, 0.5, 0.75, 1.0)])
        self.halve([self.joint], self.turned, "flips")
        self.halve([self.joint], self.clearly, "clear")

    def slope(self, path: Path) -> float:
        """Return the change of the difference over a whole plausible range of a parameter."""
        moved = path.size(1.0)
        return (self.gain(path, 1.0) - self.gain(path, 0.0)) / moved if moved else 0.0

    def found(self) -> list[Path]:
        """Return the ways on which the answer turns, the shortest first; all together last."""
        alone = [path for path in self.paths if not np.isnan(path.flips)]
        alone.sort(key=lambda path: path.size(path.flips))
        joint = [self.joint] if self.joint and not np.isnan(self.joint.flips) else []
        return alone + joint

    def tested_at(self, path: Path) -> float:
        """Return the point of a way that is run again: where it is clear, else the end."""
        return path.clear if not np.isnan(path.clear) else 1.0

    def run_again(self) -> None:
        """Run what was found on luck of its own: another seed, twice the replicates."""
        options = self.worlds.options
        fresh = Worlds(
            replace(
                options,
                seed=(int(options.seed) + 1) % (MAX_SEED + 1),
                replicates=min(2 * options.replicates, 20_000),
            ),
            self.pair,
        )
        fresh.over = self.worlds.over
        ways = self.found()
        pairs = [path.worlds(self.tested_at(path), self.pair) for path in ways]
        fresh.run([one for pair in pairs if pair for one in pair])
        for i, pair in enumerate(pairs):
            if pair:
                delta = fresh.differences(pair[0], pair[1], self.outcome.name)
                self.again[i] = fresh.interval(delta)
        self.worlds.failures += fresh.failures

    def verdict(self, result: tuple[float, float, float]) -> str:
        """Return the verdict on a flip under new random numbers."""
        mean, low, high = result
        if not low * high > 0:
            return "cannot tell yet"
        return "confirmed" if -self.ahead * self.sign * mean > 0 else "not confirmed"

    # --- wording ---

    @property
    def behind(self) -> str:
        """Name of the scenario that is behind now."""
        return self.names[0 if self.ahead > 0 else 1]

    @property
    def leading(self) -> str:
        """Name of the scenario that is ahead now."""
        return self.names[1 if self.ahead > 0 else 0]

    def finding(self) -> Finding:
        """Return the finding."""
        from qisim.decide.figures import flip_picture

        flips, tried_table = self.flip_table(), self.tried_table()
        pictures = {"flip": lambda: flip_picture(self)} if self.paths else {}
        tables = {"flips": flips, "tried": tried_table} if self.paths else {}
        return Finding(
            "flip", self.title(), self.sentences(flips.frame), tables, pictures, notes=self.notes(),
            counted={"numbers tried, one at a time": self.tried} if self.paths else {},
        )  # fmt: skip

    @property
    def tried(self) -> int:
        """How many numbers were moved by themselves."""
        return len({path.moves[0][0] for path in self.paths})

    def title(self) -> str:
        """Return the answer in a line."""
        size = with_interval(*self.now, self.outcome)
        head = f"{self.outcome.label}: {self.names[1]} less {self.names[0]} is {size}"
        if not self.ahead:
            return f"{head}; nobody is ahead, so there is nothing to turn"
        alone = [path for path in self.found() if path is not self.joint]
        if alone:
            changes = "one change" if len(alone) == 1 else f"{len(alone)} single changes"
            return f"{head}; {changes} within the plausible range would put {self.behind} ahead"
        if self.found():
            return f"{head}; only several changes at once would put {self.behind} ahead"
        return f"{head}; nothing within the plausible range puts {self.behind} ahead"

    def sentences(self, frame: pd.DataFrame) -> list[str]:
        """Return the findings, one sentence each."""
        if not self.ahead:
            return ["The interval holds 0: more replicates may tell who is ahead."]
        found = []
        for i, path in enumerate(self.found()):
            if i < NAMED or path is self.joint:
                found.append(self.flip_sentence(i, path))
        if not any(path is not self.joint for path in self.found()):
            found.insert(
                0, f"No single change turns it: {self.tried} were tried, "
                "each over its plausible range.",
            )  # fmt: skip
        named = [path for i, path in enumerate(self.found()) if i < NAMED or path is self.joint]
        found += unseen(lever.key for path in named for lever, _, _ in path.moves)
        if self.joint and np.isnan(self.joint.flips):
            words = listing([lever.words(self.names) for lever, _, _ in self.joint.moves])
            found.append(f"Together {words} do not turn it either.")
        return found

    def flip_sentence(self, number: int, path: Path) -> str:
        """Return the sentence on one way."""
        parts = [
            f"{lever.words(self.names)} {'rose above' if end > begin else 'fell below'} "
            f"{lever.value(value)} (now {lever.value(begin)})"
            for (lever, begin, end), value in zip(path.moves, path.values(path.flips), strict=True)
        ]
        clear = "" if np.isnan(path.clear) else (
            f", clearly from {listing([m[0].value(v) for m, v in zip(path.moves, path.values(path.clear))])}"
        )  # fmt: skip
        again = ""
        if number in self.again:
            result = self.again[number]
            where = "there" if not np.isnan(path.clear) else "at the end of the plausible range"
            again = (
                f" Run again {where} on other luck: {with_interval(*result, self.outcome)}, "
                f"{self.verdict(result)}."
            )
        return f"If {listing(parts)}, {self.behind} would be ahead{clear}.{again}"

    def flip_table(self) -> Table:
        """Return the ways on which the answer turns."""
        rows, cells = [], []
        for i, path in enumerate(self.found()):
            words = listing([lever.words(self.names) for lever, _, _ in path.moves])
            again = self.again.get(i, (np.nan, np.nan, np.nan))
            texts = [
                listing([m[0].value(v) for m, v in zip(path.moves, values)])
                for values in (path.values(0.0), path.values(path.flips),
                               [] if np.isnan(path.clear) else path.values(path.clear))
                if values
            ]  # fmt: skip
            texts += ["not clear"] * (3 - len(texts))
            said = self.verdict(again) if i in self.again else ""
            rows.append({
                "what": words, "keys": " ".join(lever.key for lever, _, _ in path.moves),
                "sides": " ".join(lever.side for lever, _, _ in path.moves),
                "now": " ".join(f"{v:.12g}" for v in path.values(0.0)),
                "flips_at": " ".join(f"{v:.12g}" for v in path.values(path.flips)),
                "clear_from": "" if np.isnan(path.clear) else
                " ".join(f"{v:.12g}" for v in path.values(path.clear)),
                "plausible_ranges_moved": path.size(path.flips),
                "again_difference": again[0], "again_low": again[1], "again_high": again[2],
                "again": said,
            })  # fmt: skip
            cells.append((words, *texts, f"{path.size(path.flips):.2f}", amount(again[0], self.outcome),
                          between(again[1], again[2], self.outcome), said))  # fmt: skip
        columns = ("What", "Now", "Turns at", "Clearly from", "Moved", "Run again", "95 %", "")
        frame = pd.DataFrame(rows, columns=None if rows else ["what"])
        caption = (
            "Moved: distance from as things stand, in plausible ranges. Run again: the difference where it is "
            "clear (else at the end of the range), with another seed and twice the replicates."
        )
        return Table(frame, columns, cells, caption, words=4)

    def tried_table(self) -> Table:
        """Return every point that was run."""
        rows = [
            {"what": lever.words(self.names), "key": lever.key, "side": lever.side,
             "now": begin, "value": path.values(t)[0], "difference": path.at[t][0],
             "low": path.at[t][1], "high": path.at[t][2]}
            for path in self.paths for lever, begin, _ in path.moves for t in sorted(path.at) if t
        ]  # fmt: skip
        ends = sorted(self.paths, key=lambda path: -self.gain(path, 1.0))[:12] if self.ahead else []
        cells = [
            (lever.words(self.names), lever.value(begin), lever.value(end),
             amount(path.at[1.0][0], self.outcome), between(*path.at[1.0][1:], self.outcome))
            for path in ends for lever, begin, end in path.moves
        ]  # fmt: skip
        headers = ("Moved by itself", "From", "To", "Difference there", "95 %")
        return Table(pd.DataFrame(rows), headers, cells, "What comes nearest to turning the answer; all "
                     "points that were run stand in tried.csv.")  # fmt: skip

    def notes(self) -> list[str]:
        """Return the notes needed to read it."""
        return [
            f"{self.worlds.options.replicates} replicates of each world, on the same random numbers. A "
            "plausible range is that of qisim show; ranges that rest on judgement are assumptions.",
            interval_note(self.worlds),
            "A shorter programme leaves out what lies after its end; a longer one has no more activities.",
        ]
