"""One person in two worlds: the same person and the same luck, week by week, until the stories diverge.

Draws are addressed by seed, replicate, post, week and decision, so a post meets the same luck in both
worlds. Its stories are the same, to the last bit, until something that differs between the plans
reaches it. The first week in which anything about the person differs, and the first in which they *do*
something else, are found and explained by what differs between the two worlds at that moment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from qisim.decide.finding import (
    Finding,
    Table,
    amount,
    listing,
    with_interval,
)
from qisim.decide.question import answered
from qisim.decide.worlds import DEFAULT_OUTCOME, Worlds, asked
from qisim.engines.trace import LEVELS, Trace, trace
from qisim.errors import InputError, Problem, not_whole
from qisim.model.outcomes import Outcome
from qisim.runs.options import OF_QUESTIONS, Options, verb
from qisim.scenario.ward import takes_site

WORDS = {
    "room": "room left by the week's work", "support": "follow-up by leaders",
    "attention": "how far the practice is in mind", "competence": "competence", "habit": "habit",
    "ownership": "ownership", "dedication": "dedication",
    "involvement": "engagement with the programme",
    "relevance": "relevance seen in it", "strain": "strain", "seen": "colleagues seen to use it",
    "dropped": "whether the unit has dropped it",
}  # fmt: skip
"""Levels in words: what a decision depends on."""
MET = ("room", "support", "seen")
"""Levels that a week brings; the others are as the week before has left them."""
REASONS = 3


@dataclass(frozen=True)
class Happening:
    """Something that a person does, or that happens to them.

    Attributes
    ----------
    week : int
        From 1.
    what : str
    sort : str
        ``post``, ``part``, ``unit``, ``use`` or ``routine``.
    """

    week: int
    what: str
    sort: str


@verb(*OF_QUESTIONS, "site")
@takes_site
def story(
    base: Any,
    other: Any,
    *,
    person: int | None = None,
    replicate: int | None = None,
    outcome: str = DEFAULT_OUTCOME,
    set: Mapping[str, Any] | None = None,
    **options: Any,
) -> Finding:
    """Tell one person's story in two worlds.

    Parameters
    ----------
    base, other : str, path, mapping or Scenario
        What `qisim.load` takes; both sites must have the same posts.
    person : int, optional
        Post, from 1; by default that of the person whom the two worlds affect most.
    replicate : int, optional
        Which run; by default the one whose difference is the median of all.
    outcome, set, site, **options
        As in `qisim.decide.explain.explain`; replicates are those among which the median is sought.

    Returns
    -------
    Finding
        With tables ``story`` and ``weeks``.

    Raises
    ------
    InputError
        If anything is wrong with the question; every problem is listed.
    """
    chosen, wrong = Options(**options), list[Problem]()
    if replicate is not None:
        problem = not_whole("replicate", replicate, 0, chosen.replicates - 1)
        wrong += [problem] if problem else []
    if chosen.over is not None:
        wrong.append(Problem("a story is of one run, so there are no sets to run over", key="over"))
    pair, measured = asked([base, other], set, chosen, outcome, wrong)
    posts = [one.values["site.units"] * one.values["site.staff_per_unit"] for one in pair]
    shapes = [(one["site.units"], one["site.staff_per_unit"], one["run.weeks"]) for one in pair]
    if shapes[0] != shapes[1]:
        raise InputError(
            f"the sites of {pair[0].name} and {pair[1].name} have other posts or weeks, so nobody is in both"
        )
    if person is not None:
        problem = not_whole("person", person, 1, int(posts[0]))
        if problem:
            raise InputError(problem)
    worlds = Worlds(chosen, pair)
    settings = {"person": person, "replicate": replicate, "outcome": measured.name}

    def find() -> Finding:
        delta = worlds.differences(pair[0], pair[1], measured.name)
        number = typical(delta) if replicate is None else replicate
        traces = [trace(one, int(chosen.seed), number) for one in pair]
        post = most_affected(traces) if person is None else person - 1
        return Story(traces, post, number, worlds, measured, delta, person is None).finding()

    return answered("story", worlds, pair, settings, find)


def typical(delta: Any) -> int:
    """Return the replicate whose difference is the median, the first of those as near.

    Raises
    ------
    InputError
        If no replicate has a difference.
    """
    if np.isnan(delta).all():
        raise InputError("no pair of runs has a value in both; choose another outcome")
    return int(np.nanargmin(np.abs(delta - np.nanmedian(delta))))


def most_affected(traces: Sequence[Trace]) -> int:
    """Return the post whose habit differs most between the two worlds, over all weeks."""
    apart = np.abs(traces[1].of("habit") - traces[0].of("habit")).sum(axis=0)
    apart = apart + np.abs(traces[1].of("routine") - traces[0].of("routine")).sum(axis=0)
    return int(np.argmax(apart))


# --- what happens ----------------------------------------------------------------------------------


def happenings(one: Trace, post: int) -> list[Happening]:
    """Return the events in a post, in the order of weeks."""
    found = []
    value = {name: one.of(name)[:, post] for name in LEVELS}
    before = dict.fromkeys(LEVELS, 0.0)
    used_before = False
    for week in range(1, one.weeks + 1):
        now = {name: float(value[name][week - 1]) for name in LEVELS}
        if week > 1 and now["in_post"] != before["in_post"]:
            what = "the post is filled by somebody new" if now["in_post"] else "leaves"
            found.append(Happening(week, what, "post"))
            used_before = used_before and now["in_post"] < 0.5
        if now["programme_hours"] > 0:
            found.append(Happening(week, part_text(one, week, now["programme_hours"]), "part"))
        if now["dropped"] != before["dropped"] and now["in_post"] and before["in_post"]:
            what = "drops the practice" if now["dropped"] else "takes the practice up again"
            found.append(Happening(week, f"the unit {what}", "unit"))
        if now["used"] and not used_before:
            first = "as before anybody asked" if now["before"] else "for the first time"
            found.append(Happening(week, f"uses the practice {first}", "use"))
            used_before = True
        if now["routine"] and not before["routine"]:
            found.append(Happening(week, "use becomes routine", "routine"))
        if before["routine"] and not now["routine"] and now["in_post"]:
            found.append(Happening(week, "use is no longer routine", "routine"))
        before = now
    return found


def part_text(one: Trace, week: int, hours: float) -> str:
    """Return the activities attended: those of the week that add up to the hours, if unambiguous."""
    offered = [*one.held(week), ("short session", float(one.scenario["programme.session_hours"]))]
    fits = {
        tuple(sorted(kind.replace("_", " ") for kind, _ in some))
        for number in range(1, len(offered) + 1)
        for some in combinations(offered, number)
        if abs(math.fsum(time for _, time in some) - hours) < 1e-9
    }
    what = listing(list(fits.pop())) if len(fits) == 1 else "activities"
    return f"takes part: {what} ({hours:g} h)"


class Story:
    """The story of one post in two worlds."""

    def __init__(
        self, traces: Sequence[Trace], post: int, replicate: int, worlds: Worlds, outcome: Outcome,
        delta: Any, sought: bool,
    ) -> None:  # fmt: skip
        self.traces, self.post, self.replicate = list(traces), post, replicate
        self.worlds, self.outcome, self.delta, self.sought = worlds, outcome, delta, sought
        self.names = [one.scenario.name for one in traces]
        self.events = [happenings(one, post) for one in traces]

    def level(self, side: int, name: str, week: int) -> float:
        """Return a level at the end of a week; 0 before the first."""
        return float(self.traces[side].of(name)[week - 1, self.post]) if week else 0.0

    def first_week(self, names: Sequence[str]) -> int | None:
        """Return the first week in which any of some levels differs; None where none ever does."""
        apart = np.zeros(self.traces[0].weeks, dtype=bool)
        for name in names:
            one, two = (side.of(name)[:, self.post] for side in self.traces)
            apart |= one != two
        return int(np.argmax(apart)) + 1 if apart.any() else None

    @property
    def parted(self) -> int | None:
        """First week in which anything about the person differs."""
        return self.first_week(LEVELS)

    @property
    def acts(self) -> int | None:
        """First week in which the person does something else: comes or goes, takes part, uses it."""
        return self.first_week(("in_post", "absent", "programme_hours", "used"))

    # --- why ---

    def differing(self, week: int) -> list[tuple[str, float, float]]:
        """Return the levels that differ most as a week begins (what the week brings: in it)."""
        found = []
        for name in WORDS:
            at = week if name in MET else week - 1
            one, two = self.level(0, name, at), self.level(1, name, at)
            if one != two:
                found.append((name, one, two))
        return sorted(found, key=lambda row: -abs(row[2] - row[1]))

    def why_parted(self, week: int) -> str:
        """Return the first difference, in words."""
        one, two = (self.level(side, "programme_hours", week) for side in (0, 1))
        if one != two:
            texts = [
                f"in {name} this person {part_text(side, week, hours) if hours else 'takes part in nothing'}"
                for name, side, hours in zip(self.names, self.traces, (one, two), strict=True)
            ]
            return listing(texts)
        apart = [
            (word, self.level(0, name, week), self.level(1, name, week))
            for name, word in WORDS.items()
            if self.level(0, name, week) != self.level(1, name, week)
        ]
        apart.sort(key=lambda row: -abs(row[2] - row[1]))
        return listing([f"{word} {a:.3f} against {b:.3f}" for word, a, b in apart[:REASONS]])

    def why_acts(self, week: int) -> str:
        """Return what the person does in one world and not in the other, and what that depended on."""
        texts = []
        hours = [self.level(side, "programme_hours", week) for side in (0, 1)]
        if hours[0] != hours[1]:
            yes, no = (0, 1) if hours[0] > hours[1] else (1, 0)
            text = part_text(self.traces[yes], week, hours[yes])
            less = "does not" if not hours[no] else f"for {hours[no]:g} h"
            texts.append(f"{text} in {self.names[yes]}, {less} in {self.names[no]}")
        for name, what, less in (
            ("in_post", "is in post", "is not"), ("absent", "is absent", "is there"),
            ("used", "uses the practice", "does not"),
        ):  # fmt: skip
            one, two = (self.level(side, name, week) for side in (0, 1))
            if one != two:
                yes, no = (0, 1) if one > two else (1, 0)
                texts.append(f"{what} in {self.names[yes]} and {less} in {self.names[no]}")
        return f"this person {listing(texts)}, on the same draw"

    # --- wording ---

    def finding(self) -> Finding:
        """Return the story as an answer."""
        from qisim.decide.figures import story_picture

        return Finding(
            "story", self.title(), self.sentences(), {"story": self.story_table(),
            "reasons": self.reasons_table(), "weeks": self.weeks_table()},
            {"story": lambda: story_picture(self)}, notes=self.notes(),
        )  # fmt: skip

    def title(self) -> str:
        """Return the story in a line."""
        parted = self.parted
        who = f"Person {self.post + 1}, run {self.replicate}"
        if parted is None:
            return f"{who}: the same story in {self.names[0]} and {self.names[1]}, to the end"
        head = f"{who}: one story until week {parted}, then two"
        if self.acts is None or self.acts == parted:
            return head
        return f"{head}; from week {self.acts} on something else is done"

    def sentences(self) -> list[str]:
        """Return how the stories diverge and how they end."""
        found = []
        if self.parted is None:
            return ["Nothing about this person ever differs between the two worlds."]
        found.append(f"The stories part in week {self.parted}: {self.why_parted(self.parted)}.")
        if self.acts is not None:
            found.append(
                f"The first thing done otherwise is in week {self.acts}: {self.why_acts(self.acts)}."
            )
            reasons = self.differing(self.acts)[:REASONS]
            if reasons and self.acts > 1:
                texts = [f"{WORDS[n]} {a:.2f} against {b:.2f}" for n, a, b in reasons]
                found.append(
                    f"What differed by then ({self.names[0]} against {self.names[1]}): {listing(texts)}."
                )
        found += [self.end_sentence(side) for side in (0, 1)]
        return found

    def end_sentence(self, side: int) -> str:
        """Return what becomes of the person in one world."""
        one = self.traces[side]
        used = int(one.of("used")[:, self.post].sum())
        routine = int(one.of("routine")[:, self.post].sum())
        last = one.weeks
        state = "has routine use" if self.level(side, "routine", last) else "has no routine use"
        if not self.level(side, "in_post", last):
            state = "is no longer there"
        return (
            f"In {self.names[side]}: used in {used} of {last} weeks, routine in {routine}; in the last "
            f"week the person {state}."
        )

    def story_table(self) -> Table:
        """Return what happens in both worlds, side by side."""
        weeks = sorted({one.week for events in self.events for one in events})
        rows, cells = [], []
        for week in weeks:
            texts = ["; ".join(e.what for e in events if e.week == week) for events in self.events]
            rows.append({"week": week, **dict(zip(("base", "other"), texts, strict=True)),
                         "same": texts[0] == texts[1]})  # fmt: skip
            cells.append((f"{week}", *texts))
        for side in (0, 1):
            one = self.traces[side]
            counts = {name: int(one.of(name)[:, self.post].sum()) for name in ("used", "routine")}
            rows.append({"week": one.weeks, "base": "", "other": "", "same": False,
                         "scenario": self.names[side], **counts})  # fmt: skip
        frame = pd.DataFrame(rows)
        counted = [
            f"used in {row['used']:.0f} of {row['week']} weeks, routine in {row['routine']:.0f}"
            for row in rows[-2:]
        ]
        cells.append(("All weeks", *counted))
        caption = "Draws are the same in both worlds: what differs comes of the plans."
        return Table(frame, ("Week", *self.names), cells, caption, words=3)

    def reasons_table(self) -> Table:
        """Return the levels that differ where the stories part, and where something is done otherwise."""
        rows, cells = [], []
        for moment, week in (("parting", self.parted), ("first act", self.acts)):
            if week is None:
                continue
            for name, word in WORDS.items():
                at = week if moment == "parting" or name in MET else week - 1
                values = [self.level(side, name, at) for side in (0, 1)]
                rows.append({"moment": moment, "week": week, "level": name, "base": values[0],
                             "other": values[1]})  # fmt: skip
                if values[0] != values[1]:
                    digits = 3 if moment == "parting" else 2
                    cells.append(
                        (f"{moment}, week {week}", word, *(f"{v:.{digits}f}" for v in values))
                    )
        frame = pd.DataFrame(rows, columns=None if rows else ["moment"])
        return Table(frame, ("When", "What", *self.names), cells, "Levels from 0 to 1.", words=2)

    def weeks_table(self) -> Table:
        """Return every week of the person in both worlds; for the folder only."""
        frames = []
        for one in self.traces:
            frame = pd.DataFrame(one.levels[:, self.post, :], columns=list(LEVELS))
            frame.insert(0, "scenario", one.scenario.name)
            frame.insert(1, "week", np.arange(1, one.weeks + 1))
            frames.append(frame)
        return Table(pd.concat(frames, ignore_index=True), (), [])

    def notes(self) -> list[str]:
        """Return how person and run were chosen."""
        size = amount(float(self.delta[self.replicate]), self.outcome)
        mean = with_interval(*self.worlds.interval(self.delta), self.outcome)
        who = "the person whose habit the two worlds affect most" if self.sought else "as asked for"
        return [
            f"Run {self.replicate} of {self.worlds.options.replicates}: {self.outcome.label.lower()} differs "
            f"by {size} in it, over all runs by {mean}. Person {self.post + 1}: {who}.",
            "One person in one run is an illustration of how the model works and proves nothing.",
        ]
