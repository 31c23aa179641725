"""Sensitivity in plain sentences and as a terminal table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from qisim.model.outcomes import REPORTED, WEEKLY
from qisim.model.parameters import PARAMETERS
from qisim.sensitivity.convergence import half_width_of
from qisim.sensitivity.finding import CONSTANT, HIDDEN, MATTERS, REFUSED, SURE, Finding, verdict
from qisim.sensitivity.result import Sensitivity
from qisim.sensitivity.sample import KINDS

if TYPE_CHECKING:
    from rich.table import Table

SHARES = ("sobol", "efast", "rbd_fast", "hdmr", "shapley")
"""Methods whose main index is a share of the variance."""
ROLES = {
    "lever": "something you can decide",
    "context": "a circumstance of the site",
    "uncertain": "a number that nobody knows well",
}
"""What a planner can do about an input, by role."""
NAMED = 5
"""Inputs that are named in a paragraph."""
TELLING = 0.15
"""Half width of the sum of first-order indices up to which it is told."""
CLEAR = 0.1
"""Correlation from which a direction is told."""


def planner_text(result: Sensitivity) -> str:
    """Return the findings in plain sentences: a paragraph per target and outcome.

    Of two scenarios, the difference comes first.
    """
    order = sorted(result.findings, key=lambda one: -result.targets.index(one.target))
    head = [f"PROVISIONAL: {result.provisional}."] if result.provisional else []
    return "\n\n".join([*head, *(paragraph(one) for one in order)])


def paragraph(found: Finding) -> str:
    """Return what one outcome of one target depends on."""
    label = label_of(found.outcome)
    lines = [f"What the answer depends on: {label} ({found.target})", *_lines(found)]
    return "\n".join([lines[0], *(f"* {line}" for line in lines[1:])])


def label_of(outcome: str) -> str:
    """Return what an outcome or weekly series is called."""
    known = REPORTED.get(outcome) or WEEKLY.get(outcome)
    return known.label if known else outcome


def input_label(name: str) -> str:
    """Return what an input means, in words, with its name."""
    section, _, rest = name.partition(".")
    if section == "allocation":
        return f"in which case {rest.replace('_', ' ')} was ({name})"
    if name in PARAMETERS:
        return f"{PARAMETERS[name].meaning} ({name})"
    return f"all of {name.replace('_', ' ')}"


def _lines(found: Finding) -> Iterator[str]:
    if found.status in (CONSTANT, REFUSED):
        yield from found.notes
        return
    if found.status == HIDDEN:
        yield _too_few(found)
        return
    yield from _top(found)
    yield from _rest(found)
    yield _chance(found)
    yield _large_enough(found)
    yield from found.notes


def _too_few(found: Finding) -> str:
    """Return that noise hides what an outcome depends on, and what to try."""
    samples, replicates = found.design.blocks, found.values.shape[1]
    if found.design.method == "efast":
        samples *= found.design.block_size // len(found.design.inputs)
    more = max(256, 4 * samples), max(8, 2 * replicates)
    return f"Too few runs to say what drives this; try --samples {more[0]} --replicates {more[1]}"


def _top(found: Finding) -> Iterator[str]:
    """Yield the inputs that matter most, a line each."""
    estimate, kind = found.estimate, found.design.kind
    assert estimate is not None
    correlation = found.correlation
    for place, i in enumerate(found.settled.top[:NAMED]):
        sentence = verdict(found, i)
        if place and sentence in ("hardly matters", "cannot be told from no effect"):
            return
        value, half = (
            float(estimate.indices[kind.main][i]),
            float(estimate.half_width(kind.main)[i]),
        )
        which, name = "Most" if place == 0 else "Then", found.design.inputs[i]
        yield (
            f"{which}: {input_label(name)}{_role(name)}: {_amount(found, value, half)}"
            f"{_direction(float(correlation[i]))}{'' if sentence == 'matters' else f' ({sentence})'}"
        )


def _role(name: str) -> str:
    """Return what a planner can do about an input."""
    known = PARAMETERS.get(name)
    return f", {ROLES[known.role]}" if known else ""


def _amount(found: Finding, value: float, half: float) -> str:
    """Return an index in words, with its interval."""
    if found.design.method in SHARES:
        interval = (
            ""
            if np.isnan(half)
            else f" [{_percent(_share(value - half))} to {_percent(_share(value + half))}]"
        )
        return f"{_percent(_share(value))} % of the spread{interval}"
    interval = "" if np.isnan(half) else f" [{value - half:.3g} to {value + half:.3g}]"
    return f"{found.design.kind.main} {value:.3g}{interval}"


def _share(value: float) -> float:
    """Return an estimate as the share that it is of, between 0 and 1."""
    return min(max(value, 0.0), 1.0)


def _percent(value: float) -> str:
    return f"{100 * value:.0f}".replace("-0", "0").replace("-", "−")


def _direction(correlation: float) -> str:
    if not abs(correlation) >= CLEAR:
        return ""
    return f"; the higher it is, the {'higher' if correlation > 0 else 'lower'} the outcome"


def _rest(found: Finding) -> Iterator[str]:
    """Yield how many inputs hardly matter, and how much is interplay."""
    estimate, count = found.estimate, len(found.design.inputs)
    assert estimate is not None
    sentence = [verdict(found, i) for i in range(count)]
    least = sentence.count("hardly matters") + sentence.count("cannot be told from no effect")
    unsure = sentence.count("cannot tell yet")
    if least:
        yield (
            f"{least} of {count} inputs hardly matter"
            + (f"; of {unsure} this sample cannot tell yet" if unsure else "")
        )
    if "S1" in estimate.indices and "ST" in estimate.indices:
        alone = float(np.sum(estimate.indices["S1"]))
        half = float(half_width_of(estimate.draws["S1"].sum(axis=1))) if estimate.draws else np.nan
        if half <= TELLING:
            yield (
                f"Taken one by one, the inputs explain {_percent(min(alone, 1.0))} % of the spread "
                f"(give or take {_percent(half)}); the rest is interplay"
            )


def _chance(found: Finding) -> str:
    estimate = found.estimate
    assert estimate is not None
    if np.isnan(estimate.share):
        return "How much is chance is not known: there is one replicate"
    return (
        f"Chance: {_percent(estimate.share)} % of the variance of single runs is luck that no input "
        f"explains; the shares above are of the expected outcome, without it"
        if found.design.method in SHARES
        else f"Chance: {_percent(estimate.share)} % of the variance of single runs is luck that no "
        f"input explains. {KINDS[found.design.method].noise}"
    )


def _large_enough(found: Finding) -> str:
    """Return whether the sample is large enough."""
    top, kind, blocks = found.settled, found.design.kind, found.design.blocks
    size = f"{blocks:,} {kind.block}"
    if np.isnan(top.same_set):
        return f"Whether the sample ({size}) is large enough cannot be told: there are no intervals"
    said = (
        f"the first {len(top.top)} are the same in {_percent(top.same_set)} % of resamples, in the same "
        f"order in {_percent(top.same_order)} %; their intervals reach {top.half_width:.2g} to each side"
    )
    if not found.is_settled:
        state = "is not large enough yet"
    elif top.same_order >= SURE or len(top.top) == 1:
        state = "is large enough for the ranking"
    else:
        state = f"is large enough to say which {len(top.top)} come first, not in which order"
    return f"The sample ({size}) {state}: {said}"


# --- as a table ------------------------------------------------------------------------------------


def render_table(found: Finding, most: int = 12) -> Table:
    """Return the inputs that matter most as a terminal table (rich)."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    kind = found.design.kind
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, title_justify="left")
    shown = [index for index in kind.indices if found.estimate and index in found.estimate.indices]
    table.title = Text(f"{label_of(found.outcome)} ({found.target}), {kind.label}")
    table.add_column("Input")
    for index in shown:
        table.add_column(f"{index} [95 %]", justify="right")
    table.add_column("Verdict")
    if found.estimate is None:
        table.add_row(Text(f"{found.status}: {'; '.join(found.notes)}"), "")
        return table
    from qisim.sensitivity.convergence import ranking

    for i in ranking(found.estimate.indices[kind.main])[:most]:
        cells = [_cell(found, index, int(i)) for index in shown]
        table.add_row(Text(found.design.inputs[i]), *cells, verdict(found, int(i)))
    return table


def _cell(found: Finding, index: str, i: int) -> str:
    assert found.estimate is not None
    value, half = found.estimate.indices[index][i], found.estimate.half_width(index)[i]
    number = f"{value:.3f}" if abs(value) < 100 else f"{value:.4g}"
    interval = "" if np.isnan(half) else f" ± {half:.3f}" if half < 100 else f" ± {half:.3g}"
    return f"{number}{interval}"


__all__ = ["MATTERS", "input_label", "label_of", "paragraph", "planner_text", "render_table"]
