"""The report for decision-makers: the answer on one page, and behind it the details for a reviewer.

It is made of finished folders and runs nothing: that of a comparison, and those of further questions about
the same scenarios (what makes the difference, what would turn it, what levers cost, how robust it is).
The first page has the answer in a sentence, the plans as columns, every run as a dot, why, what would
turn it, what it costs, and what must be kept in mind. Every number in its sentences stands in one of its
tables, and those are written by the same function as the tables of the folders. Of one answer by itself it is
the page of that answer, in either language.
"""

from __future__ import annotations

import base64
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qisim.comparison import layer_table
from qisim.comparison.comparison import Comparison
from qisim.comparison.context import (
    CHANCE_ONLY,
    OVER_SETS,
    concluded,
    pair_lines,
    posts,
    settings_table,
)
from qisim.decide.figure_words import picture_of
from qisim.decide.finding import amount, between, persons
from qisim.decide.finding_page import page as page_of_answer
from qisim.decide.headings import heading_of
from qisim.decide.report_folder import ANSWERS, ASKED, answer_of, comparison_of, finding_of
from qisim.decide.report_words import Words
from qisim.errors import InputError, Problem, StoreError
from qisim.model.evidence import PLAIN_WORDS, STUDY
from qisim.model.outcomes import REPORTED
from qisim.model.parameters import PARAMETERS
from qisim.output.folder import read_manifest, write_whole
from qisim.output.pages import page_of

FILE = "decision.html"
"""Name of the report in the folder of the comparison."""
LASTING, PAID = "adoption_final", "paid_hours"
KEY_OUTCOMES = (LASTING, "adoption_year_after", "sustained", "leader_use_final", "programme_hours",
                "paid_hours", "documentation_hours", "hours_per_adopter")  # fmt: skip
"""What stands on the first page, where any run has it."""
ON_THE_FIRST_PAGE = ("explain", "flip", "robust", "levers")
MOST_SENTENCES = 3
MOST_ROWS = 16
LISTS = ("events", "activities")


def report(
    folder: str | os.PathLike[str],
    more: Sequence[str | os.PathLike[str]] = (),
    to: str | os.PathLike[str] | None = None,
    language: str = "en",
) -> Path:
    """Write the report of a comparison, with further questions about the same scenarios, or of one answer.

    Parameters
    ----------
    folder : path
        Folder of a finished comparison, or of one question of this room (`qisim worth`, `follow`, ...).
    more : sequence of path, optional
        Beside a comparison: folders of `qisim explain`, `flip`, `robust`, `levers`, `map` and `story`.
    to : path, optional
        The file; by default ``decision.html`` in the first folder.
    language : {"en", "nb"}, optional
        English, or Norwegian (bokmål). Keys of scenario files stay English.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    StoreError
        If a folder is none of qisim, or a file in it was changed.
    InputError
        If a folder is of another sort, or about other scenarios.
    """
    say = Words(language)
    kind = read_manifest(folder)["kind"]
    if kind in ANSWERS:
        if more:
            raise InputError(
                Problem(f"was written by qisim {kind}; further folders come after that of a comparison",
                        key="folder", value=str(folder))
            )  # fmt: skip
        made = answer_page(folder, say)
    else:
        compared = comparison_of(folder)
        made = page(compared, [finding_of(one, compared) for one in more], say)
    target = Path(folder) / FILE if to is None else Path(to)
    if target.is_dir():
        raise InputError(Problem("is a folder; give the name of a file", key="to", value=str(to)))
    try:
        write_whole(target, made)
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror or error}") from None
    return target


def answer_page(folder: str | os.PathLike[str], say: Words) -> bytes:
    """Return the page of one answer, from its folder."""
    found, manifest = answer_of(folder)
    return page_of_answer(found, found["figures"], manifest, say)


# --- the page --------------------------------------------------------------------------------------


def page(
    compared: Comparison, findings: Sequence[Mapping[str, Any]], say: Words | None = None
) -> bytes:
    """Return the report as one self-contained HTML file."""
    say = say or Words()
    say.names = frozenset(compared.scenarios)
    told = [
        {**one, "pictures": [picture_of(svg, say) for svg in one["figures"]],
         "tables": {name: shortened(table, name) for name, table in one["tables"].items()},
         "headings": {name: heading_of(one["kind"], name) for name in one["tables"]}}
        for one in findings
    ]  # fmt: skip
    return page_of("decision.html", {**facts(compared, told, say), **say.on_a_page()})


def shortened(table: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a table with its first rows and its last, and where the others stand."""
    cells = table["cells"]
    if len(cells) <= MOST_ROWS:
        return {**table, "left": ""}
    left = f"{len(cells) - MOST_ROWS} rows between them stand in {name}.csv and report.html of the folder."
    return {**table, "cells": [*cells[: MOST_ROWS - 1], cells[-1]], "left": left}


def facts(
    compared: Comparison, findings: Sequence[Mapping[str, Any]], say: Words
) -> dict[str, Any]:
    """Return all that the report says, as plain data."""
    manifest, names = compared.manifest, list(compared.scenarios)
    table = compared.differences()
    rows: dict[str, dict[str, Any]] = {
        other: {row["outcome"]: row for row in table[table["other"] == other].to_dict("records")}
        for other in compared.others
    }
    asked = {one["kind"] for one in findings}
    first = [one for kind in ON_THE_FIRST_PAGE for one in findings if one["kind"] == kind]
    open_ones = [
        {"heading": heading, "command": command.format(base=names[0], other=names[1])}
        for kind, (heading, command) in ASKED.items()
        if kind in ON_THE_FIRST_PAGE and kind not in asked
    ]
    return {
        "title": f"{' or '.join(names)}?",
        "answers": [answer(compared, other, rows[other]) for other in compared.others],
        "plans": [{"name": name, "title": one["title"], "posts": posts(one)}
                  for name, one in compared.scenarios.items()],
        "key": key_table(compared, rows, KEY_OUTCOMES),
        "whole": key_table(compared, rows, tuple(REPORTED)),
        "layers": [layers for other in compared.others if (layers := layers_of(compared, other))],
        "dots": _picture(dots(compared), say),
        "first": [{**one, "sentences": short_of(one)} for one in first],
        "open_ones": open_ones,
        "caveats": caveats(compared),
        "curves": [_picture(compared.plot(name), say) for name in ("adoption", "difference")],
        "findings": findings,
        "settings": settings_of(compared.scenarios),
        "plain_words": PLAIN_WORDS,
        "study": STUDY,
        "command": shlex.join(manifest["command"]),
        "replicates": int(compared.runs["replicate"].nunique()),
        "weeks": max(one["run"]["weeks"] for one in compared.scenarios.values()),
        "made_with": made_with(manifest),
        "digests": manifest["digests"],
    }  # fmt: skip


def short_of(finding: Mapping[str, Any]) -> list[str]:
    """Return the sentences of a finding that stand on the first page."""
    lead = [f"{finding['title']}."] if finding["kind"] == "robust" else []
    return [*lead, *finding["sentences"]][:MOST_SENTENCES]


def answer(
    compared: Comparison, other: str, rows: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """Return who is ahead in lasting use, in persons and months; then how sure that is, and what it costs."""
    row, base = rows[LASTING], compared.base
    outcome = REPORTED[LASTING]
    shares = [amount(row[side], outcome, difference=False) for side in ("other_mean", "base_mean")]
    numbers = {posts(one) for one in compared.scenarios.values()}
    if len(numbers) == 1:
        number = numbers.pop()
        heads = [f"{row[side] * number:.1f}" for side in ("other_mean", "base_mean")]
        means = f"{heads[0]} of {number} persons with {other}, {heads[1]} with {base}"
    else:
        means = f"{shares[0]} with {other}, {shares[1]} with {base}"
    if max(abs(row["low"]), abs(row["high"])) < row["matters"]:
        lead = f"{other} and {base} leave as many staff with the practice as a habit, as far as it matters"
    elif row["low"] * row["high"] > 0:
        ahead, behind = (other, base) if row["difference"] > 0 else (base, other)
        lead = f"{ahead} leaves more staff with the practice as a habit than {behind}"
    else:
        lead = f"It cannot be told yet whether {other} or {base} leaves more staff with the practice as a habit"
    size = f"{amount(row['difference'], outcome)} {between(row['low'], row['high'], outcome)}"
    paid, cost = rows[PAID], REPORTED[PAID]
    hours = [amount(paid[side], cost, difference=False) for side in ("other_mean", "base_mean")]
    weeks = compared.scenarios[other]["run"]["weeks"]
    return {
        "lead": f"{lead}: {means}, after {months(weeks)} months.",
        "more": f"In per cent {shares[0]} against {shares[1]}, a difference of {size}. It takes {hours[0]} "
        f"that are paid for, against {hours[1]}.",
    }  # fmt: skip


def months(weeks: float) -> str:
    """Return weeks as months."""
    return f"{weeks * 12 / 52:.0f}"


def settings_of(scenarios: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return how plans differ: settings, with what their usual values rest on, and what is in calendars."""
    rows = settings_table(scenarios)
    dated = [row for row in rows if row[1] in LISTS]
    numbers = [(*row, rests_on(row[1])) for row in rows if row[1] not in LISTS]
    return [{"heading": "Setting", "numbers": True, "rows": numbers},
            {"heading": "Events and activities", "numbers": False, "rows": dated}]  # fmt: skip


def rests_on(key: str) -> str:
    """Return what the usual value of a setting rests on: rows of the table of evidence, or an assumption."""
    return " ".join(PARAMETERS[key].sources) if key in PARAMETERS else ""


def layers_of(compared: Comparison, other: str) -> dict[str, Any] | None:
    """Return doubt in layers as a table: what is luck, what lies between sets or sites; None without any."""
    table = compared.layers()
    own = table[table["other"] == other]
    if not len(own):
        return None
    return {"heading": f"{other} less {compared.base}", "headers": layer_table.HEADERS,
            "cells": layer_table.cells(own), "note": layer_table.note(own)}  # fmt: skip


def key_table(
    compared: Comparison, rows: Mapping[str, Mapping[str, Mapping[str, Any]]],
    outcomes: Sequence[str],
) -> dict[str, Any]:  # fmt: skip
    """Return outcomes with the plans as columns, and the difference of each from the base."""
    base, others = compared.base, compared.others
    headers = ["", base]
    for other in others:
        headers += [other, f"{other} less {base}", "95 %"]
    cells = []
    for name in outcomes:
        outcome = REPORTED[name]
        if any(name not in rows[other] for other in others):  # kroner, where a plan has no prices
            continue
        if all(rows[other][name]["pairs"] == 0 for other in others):
            continue
        line = [
            outcome.label,
            amount(rows[others[0]][name]["base_mean"], outcome, difference=False),
        ]
        for other in others:
            row = rows[other][name]
            line += [
                amount(row["other_mean"], outcome, difference=False),
                amount(row["difference"], outcome), between(row["low"], row["high"], outcome),
            ]  # fmt: skip
        cells.append(line)
        if name == LASTING:
            cells += _persons_line(compared, rows)
    watched = [
        f"{one['run']['weeks']} ({months(one['run']['weeks'])})"
        for one in compared.scenarios.values()
    ]
    cells.append(
        ["Watched, weeks (months)", watched[0], *(w for one in watched[1:] for w in (one, "", ""))]
    )
    return {"headers": headers, "cells": cells}


def _persons_line(
    compared: Comparison, rows: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> list[list[str]]:
    """Return the line of persons under that of lasting use, where all sites have as many posts."""
    numbers = {posts(one) for one in compared.scenarios.values()}
    if len(numbers) > 1:
        return []
    number, outcome = numbers.pop(), REPORTED[LASTING]
    first = rows[compared.others[0]][LASTING]
    line = [f"the same in persons, of {number}", f"{first['base_mean'] * number:.1f}"]
    for other in compared.others:
        row = rows[other][LASTING]
        ends = [persons(row[end], outcome, number).lstrip("+") for end in ("low", "high")]
        line += [f"{row['other_mean'] * number:.1f}", persons(row["difference"], outcome, number),
                 f"[{ends[0]}, {ends[1]}]"]  # fmt: skip
    return [line]


def dots(compared: Comparison) -> Any:
    """Return the picture in which every run is a dot."""
    from qisim.decide.figures import dots_picture

    values = {
        name: compared.runs.loc[compared.runs["scenario"] == name, LASTING].dropna().to_numpy(np.float64)
        for name in compared.scenarios
    }  # fmt: skip
    return dots_picture(values, REPORTED[LASTING])


def _picture(picture: Any, say: Words) -> dict[str, str]:
    from matplotlib.text import Text

    from qisim.plotting.style import figure_files

    if say.language != "en":
        for text in picture.findobj(Text):
            text.set_text(say.cell(text.get_text()))
    alt = getattr(picture, "alt", "")
    return {"alt": alt, "data": base64.b64encode(figure_files(picture).bare).decode()}


def caveats(compared: Comparison) -> list[str]:
    """Return the caveats, the most important first."""
    found = [concluded(True)]
    for other in compared.others:
        pair = {name: compared.scenarios[name] for name in (compared.base, other)}
        found += [line for line in pair_lines(pair) if "ward" in line]
    found.append(OVER_SETS if "over" in compared.manifest else CHANCE_ONLY)
    found.append(
        "It starts from a qualitative study that gives no effect of any size: results hold if the mechanisms "
        "and the assumed numbers do, and are no forecast for a given site."
    )
    if compared.manifest["failures"]:
        found.append("Some runs failed and are left out; the reasons stand in manifest.json.")
    if compared.manifest["interrupted"]:
        found.append("The study was stopped before it was finished.")
    return list(dict.fromkeys(found))


def made_with(manifest: Mapping[str, Any]) -> str:
    """Return seed, engine and versions in a line."""
    packages = ", ".join(
        f"{name} {version}" for name, version in manifest["packages"].items() if version
    )
    return (
        f"qisim {manifest['qisim_version']}, seed {manifest['seed']}, {manifest['engine']} engine, Python "
        f"{manifest['python_version']}, {packages}"
    )
