"""Explaining the difference between two scenarios: its decomposition into parts by Shapley values.

A difference of whole packages is no advice. It is cut into the parts in which the two scenarios differ
(`qisim.decide.parts`), and each part gets what it adds on average over all orders in which one scenario
can be turned into the other, part by part (`qisim.decide.shapley`). All worlds between the two are run on
the same random numbers, so each replicate has Shapley values of its own, and intervals are over these.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from qisim.comparison.context import posts
from qisim.decide.finding import (
    Finding,
    Table,
    amount,
    between,
    interval_note,
    persons,
    setting,
    with_interval,
)
from qisim.decide.game import MOST_EXACT, Game, Shares, exact_shares, sampled_shares
from qisim.decide.parts import FITTED, LISTS, Part, parts_between, short
from qisim.decide.question import answered
from qisim.decide.shapley import (
    Array,
    taylor_interactions,
)
from qisim.decide.worlds import DEFAULT_OUTCOME, Worlds, asked
from qisim.errors import InputError, not_one_of, not_whole
from qisim.model.outcomes import Outcome
from qisim.model.parameters import PARAMETERS
from qisim.runs.options import OF_QUESTIONS, Options, verb
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import takes_site

DEFAULT_ORDERS = 32
"""Orders that are drawn where there are more parts."""
NAMED = 6
"""Parts, and pairs, of which a sentence is made."""


@verb(*OF_QUESTIONS, "site")
@takes_site
def explain(
    base: Any,
    other: Any,
    *,
    parts: Mapping[str, Any] | None = None,
    by: str = "bundle",
    outcome: str = DEFAULT_OUTCOME,
    orders: int = DEFAULT_ORDERS,
    set: Mapping[str, Any] | None = None,
    **options: Any,
) -> Finding:
    """Decompose the difference between two scenarios into parts.

    Parameters
    ----------
    base, other : str, path, mapping or Scenario
        What `qisim.load` takes.
    parts : mapping, optional
        Parts of one's own by name; see `qisim.decide.parts.parts_between`.
    by : {"bundle", "key"}
        How the rest is cut: into bundles, or key by key.
    outcome : str
        Name or label of the outcome.
    orders : int
        Orders to draw where there are more than twelve parts.
    set : mapping, optional
        Values by dotted key, laid over both.
    site : path, optional
        A file that describes the ward of all scenarios; it wins over every shipped ward.
    **options
        As for `qisim.compare`: replicates, seed, engine, workers, scheduler, out, over, progress.

    Returns
    -------
    Finding
        With tables ``parts`` and (where all worlds were run) ``interactions`` and ``worlds``.

    Raises
    ------
    InputError
        If anything is wrong with the question; every problem is listed.
    """
    chosen = Options(**options)
    wrong = [problem for problem in (
        not_whole("orders", orders, 2, 2000),
        None if by in ("bundle", "key") else
        not_one_of("by", by, ("bundle", "key")),
    ) if problem is not None]  # fmt: skip
    (one, two), measured = asked([base, other], set, chosen, outcome, wrong)
    cut = parts_between(one, two, parts, by)
    if not cut:
        raise InputError(f"{two.name} and {one.name} do not differ in anything that a rule reads")
    game = Game(one, two, cut, Worlds(chosen, [one, two]), measured)
    settings: dict[str, Any] = {
        "parts": {part.name: list(part.keys) for part in cut},
        "outcome": measured.name,
    }
    exact = len(cut) <= MOST_EXACT
    settings |= {} if exact else {"orders": orders}

    def find() -> Finding:
        return _finding(
            game, exact_shares(game) if exact else sampled_shares(game, orders), settings
        )

    return answered("explain", game.worlds, [one, two], settings, find)


# --- wording ---------------------------------------------------------------------------------------


def _finding(game: Game, found: Shares, settings: Mapping[str, Any]) -> Finding:
    import pandas as pd

    from qisim.decide.figures import waterfall

    worlds, outcome = game.worlds, game.outcome
    number = posts(game.base.to_dict())
    number = number if number == posts(game.other.to_dict()) else 0
    rows = []
    for i, part in enumerate(game.parts):
        mean, low, high = worlds.interval(found.shapley[i])
        low, high = _widened(mean, low, high, found.spread[i])
        row = {"part": part.name, "shapley": mean, "low": low, "high": high,
               "keys": " ".join(part.keys), "from_to": change_text(part, game.base, game.other)}  # fmt: skip
        if found.values is not None:
            last = len(found.values) - 1
            row["alone"] = float((found.values[1 << i] - found.values[0]).mean())
            row["last"] = float((found.values[last] - found.values[last ^ (1 << i)]).mean())
        rows.append(row)
    total = worlds.interval(found.total)
    frame = pd.DataFrame(rows).sort_values("shapley", key=abs, ascending=False, kind="stable")
    frame = frame.reset_index(drop=True)
    table = _parts_table(frame, outcome, total, number)
    tables = {"parts": table}
    sentences = _part_sentences(frame, total, game, number)
    if found.values is not None and len(game.parts) > 1:
        tables["interactions"] = _interactions(game, found.values)
        sentences += _interaction_sentences(tables["interactions"].frame, outcome)
    if found.values is not None:
        tables["worlds"] = _worlds_table(game, found.values)
    means = [float(np.mean(v)) for v in (game.value(0), game.value((1 << len(game.parts)) - 1))]
    return Finding(
        "explain",
        _title(total, game, number),
        sentences,
        tables,
        {"waterfall": lambda: waterfall(frame, (game.base.name, game.other.name), means, outcome)},
        notes=_notes(game, found, settings),
    )


def _widened(mean: float, low: float, high: float, spread: float) -> tuple[float, float]:
    """Return an interval that also holds what comes of drawing orders (1.96 standard errors)."""
    if not spread:
        return low, high
    half = math.sqrt(((high - low) / 2) ** 2 + 1.96**2 * spread)
    return mean - half, mean + half


def _title(total: tuple[float, float, float], game: Game, number: int) -> str:
    """Return the difference in a sentence."""
    label = game.outcome.label
    heads = persons(total[0], game.outcome, number)
    people = f", {heads} of {number} persons" if heads and number else ""
    return (
        f"{label}: {game.other.name} less {game.base.name} is {with_interval(*total, game.outcome)}"
        f"{people}; what makes it"
    )


def _part_sentences(
    frame: Any, total: tuple[float, float, float], game: Game, number: int
) -> list[str]:
    found = []
    for row in frame.head(NAMED).to_dict("records"):
        found.append(part_sentence(row, total[0], game.outcome, number))
    rest = frame.iloc[NAMED:]
    if len(rest):
        found.append(f"The other {len(rest)} parts are smaller; they stand in the table.")
    return found


def part_sentence(row: Mapping[str, Any], total: float, outcome: Outcome, number: int) -> str:
    """Return the effect of a part in a sentence."""
    name = row["part"][:1].upper() + row["part"][1:]
    if row["shapley"] == 0.0 and row["low"] == row["high"]:
        return f"{name} makes no difference in any replicate."
    size = with_interval(row["shapley"], row["low"], row["high"], outcome)
    if not row["low"] * row["high"] > 0:
        return f"{name}: {size}, which could be nothing; cannot tell yet."
    heads = persons(row["shapley"], outcome, number)
    people = f", {heads} persons" if heads and number else ""
    way = "adds to" if row["shapley"] * total > 0 else "works against"
    return f"{name} {way} the difference: {size}{people} ({row['from_to']})."


def _interaction_sentences(frame: Any, outcome: Outcome) -> list[str]:
    clear = frame[(frame["low"] * frame["high"] > 0) & (frame["kind"] == "pair")].head(3)
    return [
        f"{row['part'][:1].upper()}{row['part'][1:]} together with {row['with']} do "
        f"{with_interval(row['value'], row['low'], row['high'], outcome)} beyond what each does alone."
        for row in clear.to_dict("records")
    ]


def change_text(part: Part, base: Scenario, other: Scenario, most: int = 3) -> str:
    """Return the changes of a part, from the base to the other, in a few words."""
    texts = []
    for key in sorted(part.keys, key=lambda key: (key not in LISTS, key in PARAMETERS)):
        if key in LISTS:
            what = {"activities": "another calendar", "events": "other events"}
            texts.append(what.get(key, "others lead"))
        else:
            texts.append(
                f"{short(key)} {setting(key, base[key], bare=True)} → {setting(key, other[key])}"
            )
    more = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {more} more" if more > 0 else "")


def _parts_table(
    frame: Any, outcome: Outcome, total: tuple[float, float, float], number: int
) -> Table:
    headers: tuple[str, ...] = ("Part", "What it changes", "Share", "95 %")
    exact = "alone" in frame
    headers += ("Persons",) if number and outcome.unit == "share" else ()
    headers += ("Alone, first", "Last") if exact else ()
    cells: list[tuple[str, ...]] = []
    for row in frame.to_dict("records"):
        cell: tuple[str, ...] = (row["part"], row["from_to"], amount(row["shapley"], outcome),
                between(row["low"], row["high"], outcome))  # fmt: skip
        if number and outcome.unit == "share":
            cell += (persons(row["shapley"], outcome, number),)
        if exact:
            cell += (amount(row["alone"], outcome), amount(row["last"], outcome))
        cells.append(cell)
    end: tuple[str, ...] = (
        "All together",
        "",
        amount(total[0], outcome),
        between(total[1], total[2], outcome),
    )
    if number and outcome.unit == "share":
        end += (persons(total[0], outcome, number),)
    cells.append(end + (("", "") if exact else ()))
    caption = (
        "Share: what a part adds on average over all orders in which one scenario can be turned into the "
        "other (Shapley); shares add up to the difference. "
    ) + ("Alone: as the first change. Last: when all else has been changed." if exact else "")
    return Table(frame, headers, cells, caption, words=2)


def _interactions(game: Game, values: Array) -> Table:
    import pandas as pd

    alone, pairs = taylor_interactions(values)
    names = [part.name for part in game.parts]
    rows = []
    for i, name in enumerate(names):
        mean, low, high = game.worlds.interval(alone[i])
        rows.append(
            {"kind": "alone", "part": name, "with": "", "value": mean, "low": low, "high": high}
        )
    for i in range(len(names)):
        for j in range(i + 1, len(names)):
            mean, low, high = game.worlds.interval(pairs[i, j])
            rows.append({"kind": "pair", "part": names[i], "with": names[j], "value": mean,
                         "low": low, "high": high})  # fmt: skip
    frame = pd.DataFrame(rows)
    order = frame.assign(size=frame["value"].abs()).sort_values(
        ["kind", "size"], ascending=[True, False], kind="stable"
    )
    frame = frame.loc[order.index].reset_index(drop=True)
    shown = frame[(frame["kind"] == "alone") | (frame.index < len(names) + 10)]
    cells = [
        (row["part"], row["with"] or "alone", amount(row["value"], game.outcome),
         between(row["low"], row["high"], game.outcome))
        for row in shown.to_dict("records")
    ]  # fmt: skip
    caption = (
        "What each part does alone, and what pairs do together beyond that (Shapley-Taylor, order two: what "
        "more than two do together is shared among their pairs); all rows of interactions.csv add up to the "
        "difference."
    )
    return Table(frame, ("Part", "Together with", "Effect", "95 %"), cells, caption, words=2)


def _worlds_table(game: Game, values: Array) -> Table:
    import pandas as pd

    rows: list[dict[str, Any]] = [
        {"parts_of_other": game.name(c), "mean": float(values[c].mean()),
         "digest": game.scenario(c).digest}
        for c in range(len(values))
    ]  # fmt: skip
    cells = [(r["parts_of_other"], amount(r["mean"], game.outcome, difference=False)) for r in rows]
    return Table(
        pd.DataFrame(rows),
        (f"Parts of {game.other.name}", "Mean"),
        cells if len(cells) <= 16 else [],
    )


def _notes(game: Game, found: Shares, settings: Mapping[str, Any]) -> list[str]:
    number = len(game.parts)
    how = (
        f"All {1 << number} worlds between the two were run"
        if found.values is not None
        else f"{number} parts: {settings['orders']} orders were drawn, each with its reverse, and intervals "
        "hold that too"
    )
    kept = found.total.shape[0]
    left_out = len(game.value(0)) - kept
    lost = f" {left_out} of them have no value in some world and are left out." if left_out else ""
    notes = [
        f"{how}, {game.worlds.options.replicates} replicates each, on the same random numbers.{lost}",
        interval_note(game.worlds),
    ]
    between_them = number > 1 and not all(part.corner for part in game.parts)
    return notes + ([FITTED] if between_them else [])
