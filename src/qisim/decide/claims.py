"""Executable claims: sentences about what the model gives, each with what would make it true.

A file of claims (TOML) says for each claim what is measured in which scenarios, and what it must be. A
claim **passes** when the whole 95 % interval of what is measured lies where it must, **fails** when none
of it does, and **cannot be told yet** in between. So a paper, a page or a plan can hold its own sentences
against the model, again and again. Where a claim names a document, its sentence must stand there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from qisim.decide.finding import (
    Finding,
    Table,
    amount,
    between,
    interval_note,
)
from qisim.decide.levers import ratio_interval
from qisim.decide.question import answered
from qisim.decide.worlds import DEFAULT_OUTCOME, Array, Worlds, asked, each_once, renamed
from qisim.errors import DataError, InputError, Problem, nearest_name, not_one_of
from qisim.model.outcomes import OUTCOMES, Outcome
from qisim.reading import MIB, hidden_ending, ordinary_bytes, readable, text_of, why
from qisim.runs.options import OF_QUESTIONS, Options, verb
from qisim.scenario.files import parse
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import takes_site
from qisim.text import shown

FORMAT = 1
MEASURES = ("mean", "difference", "ratio", "better")
RELATIONS = ("above", "below", "between")
HEAD = ("format", "claims")
FIELDS = (
    "id",
    "text",
    "template",
    "where",
    "scenarios",
    "set",
    "outcome",
    "measure",
    "is",
    "value",
    "low",
    "high",
)
PASSES, FAILS, UNTOLD = "passes", "fails", "cannot be told yet"


@dataclass(frozen=True)
class Claim:
    """A sentence, and what would make it true.

    Attributes
    ----------
    id : str
    text : str
        The sentence.
    scenarios : tuple of Scenario
        One, or base and other.
    outcome : Outcome
    measure : {"mean", "difference", "ratio", "better"}
        Of one scenario its mean; of two the difference (other less base), the ratio of means (other over
        base), or the share of pairs in which the other did better.
    low, high : float
        Where it must lie.
    where : str
        Document in which the sentence stands; empty where none is named.
    """

    id: str
    text: str
    scenarios: tuple[Scenario, ...]
    outcome: Outcome
    measure: str
    low: float
    high: float
    where: str = ""

    def judged(self, low: float, high: float) -> str:
        """Return whether it passes, fails or cannot be told yet, by an interval."""
        if np.isnan(low):
            return UNTOLD
        if self.low < low and high < self.high:
            return PASSES
        return FAILS if high <= self.low or low >= self.high else UNTOLD


@verb(*OF_QUESTIONS, "site")
@takes_site
def claims(file: Any, *, set: Mapping[str, Any] | None = None, **options: Any) -> Finding:
    """Check the claims of a file.

    Parameters
    ----------
    file : path or mapping
        The file, or what it would say.
    set : mapping, optional
        Values by dotted key, laid over all scenarios.
    site : path, optional
        A file that describes the ward of all scenarios; it wins over every shipped ward.
    **options
        As in `qisim.decide.explain.explain`.

    Returns
    -------
    Finding
        With the table ``claims``.

    Raises
    ------
    InputError
        If anything in the file is wrong; every problem is listed.
    """
    chosen = Options(**options)
    held = read(file, set, chosen)
    scenarios = list(
        renamed(list({s.digest: s for one in held for s in one.scenarios}.values())).values()
    )
    worlds = Worlds(chosen, scenarios)
    settings = {"claims": [[one.id, one.measure, one.outcome.name, str(one.low), str(one.high),
                            [s.digest for s in one.scenarios]] for one in held]}  # fmt: skip

    def find() -> Finding:
        worlds.run(scenarios)
        return _finding([{"claim": one, **measured(one, worlds)} for one in held], worlds)

    return answered("claims", worlds, scenarios, settings, find)


# --- reading ---------------------------------------------------------------------------------------


def read(
    file: Any, changes: Mapping[str, Any] | None = None, options: Options | None = None
) -> list[Claim]:
    """Read claims and all their scenarios.

    Raises
    ------
    InputError
        If anything is wrong; every problem is listed.
    """
    name, folder, data = _data(file)
    wrong = [
        Problem("is not part of a file of claims", name, key=str(key), nearest=nearest_name(str(key), HEAD))
        for key in data if key not in HEAD
    ]  # fmt: skip
    if data.get("format") != FORMAT:
        wrong.append(Problem("is missing or unknown", name, key="format", value=data.get("format"),
                             allowed=str(FORMAT)))  # fmt: skip
    entries = data.get("claims")
    if not isinstance(entries, list) or not entries:
        raise InputError([*wrong, Problem("has no claims", name, allowed="[[claims]] tables")])
    found: list[Claim] = []
    wrong += (options or Options()).problems(changes)
    for number, entry in enumerate(entries, 1):
        try:
            found.append(_claim(entry, number, name, folder, changes))
        except InputError as refused:
            wrong += refused.problems
    ids = [one.id for one in found]
    wrong += [Problem("is the id of two claims", name, key="id", value=id_)
              for id_ in dict.fromkeys(ids) if ids.count(id_) > 1]  # fmt: skip
    if wrong:
        raise InputError(each_once(wrong))
    return found


def _hint(path: Path, error: Exception) -> str:
    return hidden_ending(path) if isinstance(error, FileNotFoundError) else ""


def _data(file: Any) -> tuple[str | None, Path, Mapping[str, Any]]:
    """Return the name of a file of claims, the folder that its paths start from, and what it says."""
    if isinstance(file, Mapping):
        return None, Path(), file
    path = Path(file)
    name = readable(str(path))
    try:
        held = parse(ordinary_bytes(path, MIB), name)
    except (OSError, ValueError) as error:
        raise InputError(
            Problem(f"cannot be read as a file of claims: {why(error)}{_hint(path, error)}", name)
        ) from None
    if isinstance(held, Problem):
        raise InputError(held)
    return name, path.parent, held.data


def _claim(
    entry: Any, number: int, name: str | None, folder: Path, changes: Mapping[str, Any] | None
) -> Claim:
    """Read one claim."""
    at = f"claims.{number}"
    if not isinstance(entry, Mapping):
        raise InputError(Problem("is not a table", name, key=at))
    wrong = [
        Problem("is not part of a claim", name, key=f"{at}.{key}", nearest=nearest_name(str(key), FIELDS))
        for key in entry if key not in FIELDS
    ]  # fmt: skip
    text = entry.get("text", "")
    if not isinstance(text, str) or not text.strip():
        wrong.append(Problem("is missing", name, key=f"{at}.text", allowed="the sentence"))
    sources = entry.get("scenarios")
    measure = entry.get("measure", "difference")
    if measure not in MEASURES:
        wrong.append(not_one_of(f"{at}.measure", measure, MEASURES, name))
    wanted = 1 if measure == "mean" else 2
    if not isinstance(sources, list) or len(sources) != wanted:
        wrong.append(
            Problem(f"is not a list of {wanted}", name, key=f"{at}.scenarios", value=sources)
        )
        sources = []
    low, high, problems = _place(entry, name, at)
    wrong += problems
    wrong += _stands(entry, text, name, folder, at)
    laid = {**(entry.get("set") or {}), **(changes or {})}
    outcome = str(entry.get("outcome", DEFAULT_OUTCOME))
    scenarios, declared = asked(_found(sources, folder), laid, Options(), outcome, wrong)
    return Claim(
        str(entry.get("id", number)), " ".join(text.split()), tuple(scenarios), declared, measure,
        low, high, str(entry.get("where", "")),
    )  # fmt: skip


def _found(sources: Sequence[Any], folder: Path) -> list[Any]:
    """Return scenarios by name or path, a path being relative to the file of claims."""
    return [
        folder / one if isinstance(one, str) and one.endswith(".toml") else one for one in sources
    ]


def _place(
    entry: Mapping[str, Any], name: str | None, at: str
) -> tuple[float, float, list[Problem]]:
    """Return where what is measured must lie, and what is wrong with it."""
    relation = entry.get("is")
    if relation not in RELATIONS:
        return 0.0, 0.0, [not_one_of(f"{at}.is", relation, RELATIONS, name)]
    keys = ("low", "high") if relation == "between" else ("value",)
    values, wrong = [], []
    for key in keys:
        value = entry.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
            wrong.append(Problem("is not a number", name, key=f"{at}.{key}", value=value))
        else:
            values.append(float(value))
    if wrong:
        return 0.0, 0.0, wrong
    if relation == "between":
        if not values[0] < values[1]:
            wrong.append(Problem("is not below high", name, key=f"{at}.low", value=values[0]))
        return values[0], values[1], wrong
    return (values[0], np.inf, []) if relation == "above" else (-np.inf, values[0], [])


def _stands(
    entry: Mapping[str, Any], text: str, name: str | None, folder: Path, at: str
) -> list[Problem]:
    """Return a problem where a claim names a document in which its sentence does not stand."""
    where = entry.get("where")
    if not where:
        return []
    try:
        page = text_of(folder / str(where), 16 * MIB)
    except DataError as refused:
        said = refused.problems[0].message
        return [Problem(said, name, key=f"{at}.where", value=where)]
    if " ".join(str(text).split()) in " ".join(page.split()):
        return []
    return [Problem(f"is not in {where}", name, key=f"{at}.text", value=text)]


# --- measuring -------------------------------------------------------------------------------------


def measured(claim: Claim, worlds: Worlds) -> dict[str, Any]:
    """Return the measured value of a claim, its interval, and the verdict."""
    values = [worlds.values(one, claim.outcome.name) for one in claim.scenarios]
    there = ~np.isnan(np.array(values)).any(axis=0)
    if claim.measure == "better":
        found = worlds.interval(_better(values[0], values[1], claim.outcome))
    elif there.sum() < 2:
        found = (np.nan, np.nan, np.nan)
    elif claim.measure == "mean":
        found = worlds.interval(values[0])
    elif claim.measure == "ratio":
        base, other = (one[there] for one in values)
        found = ratio_interval(other, base) if base.mean() else (np.nan, np.nan, np.nan)
    else:
        found = worlds.interval(values[1] - values[0])
    value, low, high = found
    return {"value": value, "low": low, "high": high, "pairs": int(there.sum()),
            "verdict": claim.judged(low, high)}  # fmt: skip


def _better(base: Array, other: Array, outcome: Outcome) -> Array:
    """Return for each pair whether the other did better: 1, 0, or one half for a tie."""
    sign = -1.0 if outcome.better == "lower" else 1.0
    base, other = sign * base, sign * other
    if outcome.missing_is_worst:
        base, other = (np.where(np.isnan(one), -np.inf, one) for one in (base, other))
    won = np.where(base == other, 0.5, (other > base).astype(float))
    return np.where(np.isnan(base) | np.isnan(other), np.nan, won)


def value_text(claim: Claim, value: float) -> str:
    """Return the measured value with its unit."""
    if claim.measure == "ratio":
        return shown(value, "ratio")
    if claim.measure == "better":
        return shown(value, "share", with_unit=True)
    return amount(value, claim.outcome, difference=claim.measure == "difference")


def place_text(claim: Claim) -> str:
    """Return where what is measured must lie."""
    if claim.high == np.inf:
        return f"above {value_text(claim, claim.low)}"
    if claim.low == -np.inf:
        return f"below {value_text(claim, claim.high)}"
    return f"{value_text(claim, claim.low)} to {value_text(claim, claim.high)}"


def _finding(rows: Sequence[Mapping[str, Any]], worlds: Worlds) -> Finding:
    counts = {word: sum(row["verdict"] == word for row in rows) for word in (PASSES, FAILS, UNTOLD)}
    frame = pd.DataFrame(
        {
            "id": row["claim"].id, "text": row["claim"].text, "where": row["claim"].where,
            "scenarios": " ".join(one.name for one in row["claim"].scenarios),
            "outcome": row["claim"].outcome.name, "measure": row["claim"].measure,
            "must_be_above": row["claim"].low, "must_be_below": row["claim"].high,
            "value": row["value"], "low": row["low"], "high": row["high"], "pairs": row["pairs"],
            "verdict": row["verdict"],
        }
        for row in rows
    )  # fmt: skip
    frame = frame.replace({np.inf: np.nan, -np.inf: np.nan})
    cells, sentences = [], []
    for row in rows:
        one = row["claim"]
        unit = OUTCOMES["adoption_final"] if one.measure == "better" else one.outcome
        ends = (
            f"[{shown(row['low'], 'ratio')}, {shown(row['high'], 'ratio')}]"
            if one.measure == "ratio"
            else between(row["low"], row["high"], unit)
        )
        cells.append((one.id, one.text, row["verdict"], value_text(one, row["value"]), ends,
                      place_text(one)))  # fmt: skip
        if row["verdict"] != PASSES:
            sentences.append(
                f"{one.id} {row['verdict']}: {one.text} Measured {value_text(one, row['value'])} {ends}, "
                f"claimed {place_text(one)}."
            )
    if not sentences:
        sentences.append("Every claim passes.")
    title = (
        f"{len(rows)} claims: {counts[PASSES]} pass, {counts[FAILS]} fail, {counts[UNTOLD]} cannot be "
        "told yet"
    )
    caption = (
        "A claim passes when the whole 95 % interval lies where it must, fails when none of it does. Each is "
        "judged by itself: of many claims, some are on the wrong side by chance."
    )
    headers = ("Claim", "Sentence", "Verdict", "Measured", "95 %", "Must be")
    notes = [
        f"{worlds.options.replicates} replicates of each scenario, seed {worlds.options.seed}.",
        interval_note(worlds),
    ]
    tables = {"claims": Table(frame, headers, cells, caption, words=3)}
    counted: dict[str, int | str] = {"claims": len(rows), "pass": counts[PASSES], "fail": counts[FAILS],
                                    "cannot be told yet": counts[UNTOLD]}  # fmt: skip
    return Finding("claims", title, sentences, tables, {}, notes=notes, counted=counted)
