"""The wording of a trial design: sentences, tables and a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from qisim.decide.finding import Finding, Table
from qisim.decide.sites import described
from qisim.decide.trial import (
    DEALT,
    ENOUGH,
    FEWEST_WAYS,
    FORMULA,
    USUAL,
    Pool,
    Studies,
    TrialStudy,
    sizes_table,
)
from qisim.decide.trial_tests import Layout, closed_power, closed_variance
from qisim.model.outcomes import WEEKLY
from qisim.plotting.style import COLOURS, GREY, Picture, blank, drawn
from qisim.plotting.style import described as with_words
from qisim.text import shown

LABELS = {DEALT: "test by permutation", USUAL: "usual mixed model", FORMULA: "closed form"}


def per_cent(share: float) -> str:
    """Return a share in per cent; a tenth of a per cent near the ends."""
    digits = 1 if 0 < share < 0.1 or 0.9 < share < 1 else 0
    return f"{100 * share:.{digits}f} %"


def bounds(low: float, high: float) -> str:
    """Return an interval of shares in per cent."""
    return f"[{100 * low:.0f}, {100 * high:.0f}]"


def points(value: float, *, sign: bool = True) -> str:
    """Return a share of staff as points."""
    return shown(value, "share", difference=sign, with_unit=True)


def finding_of(study: TrialStudy, pool: Pool) -> Finding:
    """Return the answer."""
    settings = study.settings
    layout = study.layout(int(settings["sites"]))
    drawn_ = pool.studies(layout, int(settings["studies"]), int(study.options.seed))
    tests = tests_table(pool, layout, drawn_)
    sizes = sizes_table(study, pool)
    tables = {
        "tests": Table(tests, *tests_cells(tests)),
        "sizes": Table(sizes, *sizes_cells(sizes)),
        "curves": Table(curves_table(study, pool), (), []),
    }
    title = _title(study, tests)
    return Finding(
        "trial", title, _sentences(study, pool, layout, tests, sizes), tables,
        {"power": lambda: trial_picture(study, pool, sizes)},
        study.manifest(), _notes(study, pool), counted(study, layout),
    )  # fmt: skip


# --- tables ----------------------------------------------------------------------------------------


def tests_table(pool: Pool, layout: Layout, studies: Studies) -> pd.DataFrame:
    """Return what each analysis finds: power, false alarms, estimate beside the true effect."""
    within, between = pool.variances()
    true, variance = pool.effect(layout), closed_variance(layout, within, between)
    rows = []
    for name in (DEALT, USUAL):
        power, false = studies.power(name), studies.false_alarms(name)
        rows.append((name, *power, *false, float(studies.found(name)[0].mean()), true))
    formula = closed_power(true, variance) if variance > 0 else np.nan
    rows.append((FORMULA, formula, np.nan, np.nan, np.nan, np.nan, np.nan, true, true))
    return pd.DataFrame(rows, columns=[
        "analysis", "power", "power_low", "power_high", "false_alarms", "false_alarms_low",
        "false_alarms_high", "estimate", "effect",
    ])  # fmt: skip


def tests_cells(frame: pd.DataFrame) -> tuple[tuple[str, ...], list[tuple[str, ...]], str]:
    """Return headers, cells and caption of what each analysis finds."""
    headers = ("Analysis", "Power", "95 %", "False alarms", "95 %", "Estimate", "Effect")
    cells: list[tuple[str, ...]] = []
    for row in frame.to_dict("records"):
        known = row["power_low"] == row["power_low"]
        cells.append((
            LABELS[row["analysis"]], "–" if np.isnan(row["power"]) else per_cent(row["power"]),
            bounds(row["power_low"], row["power_high"]) if known else "",
            per_cent(row["false_alarms"]) if known else "5 %",
            bounds(row["false_alarms_low"], row["false_alarms_high"]) if known else "",
            points(row["estimate"]), points(row["effect"]),
        ))  # fmt: skip
    caption = (
        "Power: share of studies with p ≤ .05. False alarms: the same where all sites do one and the same, "
        "which should be 5 %. Estimate: mean over studies. Effect: what the programme does in the "
        "sites and periods that have it. The closed form takes this effect as there at once and "
        "constant, and variances as known."
    )
    return headers, cells, caption


def sizes_cells(frame: pd.DataFrame) -> tuple[tuple[str, ...], list[tuple[str, ...]], str]:
    """Return headers, cells and caption of power by number of sites."""
    headers = ("Sites", "By permutation", "95 %", "Mixed model", "95 %", "Closed form")
    cells: list[tuple[str, ...]] = [
        (f"{row['sites']:.0f}", per_cent(row["permutation"]),
         bounds(row["permutation_low"], row["permutation_high"]), per_cent(row["mixed_model"]),
         bounds(row["mixed_model_low"], row["mixed_model_high"]),
         "–" if np.isnan(row["closed_form"]) else per_cent(row["closed_form"]))
        for row in frame.to_dict("records")
    ]  # fmt: skip
    return headers, cells, "Power by number of sites; more --replicates allow larger studies."


def curves_table(study: TrialStudy, pool: Pool) -> pd.DataFrame:
    """Return what is measured on average, by arm and week."""
    rows = []
    for name, arm in zip(study.each, pool.arms, strict=True):
        ends = np.quantile(arm, (0.05, 0.95), axis=0)
        rows += [
            (name, int(week), *values)
            for week, *values in zip(study.at, arm.mean(axis=0), *ends, strict=True)
        ]
    return pd.DataFrame(rows, columns=["arm", "week", "mean", "p05", "p95"])


def counted(study: TrialStudy, layout: Layout) -> dict[str, int | str]:
    """Return what the design is made of, and what was sought."""
    return {
        "sequences" if study.wedge else "arms": study.arms,
        "sites": int(study.settings["sites"]),
        "measurements": int(study.settings["periods"]),
        "ways to deal the sites": layout.allocations,
        "power that is enough": per_cent(ENOUGH),
    }


# --- words -----------------------------------------------------------------------------------------


def _design(study: TrialStudy) -> str:
    settings = study.settings
    kind = f"stepped wedge of {study.arms} sequences" if study.wedge else "parallel study"
    return f"{kind}, {settings['sites']} sites, {settings['periods']} measurements"


def _title(study: TrialStudy, tests: pd.DataFrame) -> str:
    row = tests.iloc[0]
    other = study.named[-1].name if len(study.named) > 1 else study.control
    against = "" if study.wedge else f" against {other}"
    return (
        f"{study.plan.name}{against}, {_design(study)}: power {per_cent(row['power'])} "
        f"{bounds(row['power_low'], row['power_high'])}"
    )


def _sentences(
    study: TrialStudy, pool: Pool, layout: Layout, tests: pd.DataFrame, sizes: pd.DataFrame
) -> list[str]:
    rows = {row["analysis"]: row for row in tests.to_dict("records")}
    dealt, usual, formula = (rows[name] for name in (DEALT, USUAL, FORMULA))
    found = [_sites_sentence(study, sizes)]
    label = WEEKLY[str(study.settings["series"])].label.lower()
    found.append(
        f"In the sites and periods that have it, the programme changes {label} by {points(dealt['effect'])} on "
        f"average; the usual mixed model, which takes the effect as there at once, estimates "
        f"{points(usual['estimate'])}."
    )
    if not np.isnan(formula["power"]):
        found.append(
            f"The closed form, with the same effect as a step, promises {per_cent(formula['power'])}."
        )
    if usual["false_alarms_low"] > 0.05:
        found.append(
            f"The usual mixed model finds an effect where there is none in {per_cent(usual['false_alarms'])} "
            f"of studies (permutation: {per_cent(dealt['false_alarms'])}): analyse by permutation."
        )
    if layout.allocations < FEWEST_WAYS:
        found.append(
            f"There are only {layout.allocations} ways to deal {study.settings['sites']} sites, too few for a "
            "p-value of .05 by permutation: no study of this size can find anything."
        )
    return found


def _sites_sentence(study: TrialStudy, sizes: pd.DataFrame) -> str:
    enough = sizes[sizes["permutation_low"] >= ENOUGH]
    if len(enough):
        row = enough.iloc[0]
        return (
            f"{row['sites']:.0f} sites are enough for a power of {per_cent(ENOUGH)}: "
            f"{per_cent(row['permutation'])} {bounds(row['permutation_low'], row['permutation_high'])} (of the "
            "numbers tried, the smallest whose whole interval is above)."
        )
    top = sizes.iloc[-1]
    return (
        f"None of the sizes tried is clearly enough for a power of {per_cent(ENOUGH)}; with {top['sites']:.0f} "
        f"sites it is {per_cent(top['permutation'])} {bounds(top['permutation_low'], top['permutation_high'])}."
    )


def _notes(study: TrialStudy, pool: Pool) -> list[str]:
    settings = study.settings
    within, between = pool.variances()
    seen = settings["observed"]
    who = "all staff in post" if seen is None else f"{seen} of the staff, drawn anew each time,"
    level = np.sqrt(between + within)
    return [
        f"{settings['studies']} studies, drawn from {len(pool)} simulated sites that differ in "
        f"{described(study.sites, settings['sets'])} and in their luck. Each site is a whole scenario; {who} "
        f"are counted every {settings['every']} weeks, the first time before anything begins.",
        f"Sites differ about the mean curve by {100 * level:.1f} points (standard deviation, at a "
        f"measurement), {per_cent(between / (between + within)) if level > 0 else '0 %'} of the variance from "
        "site to site. Real sites may differ by more than the model has them differ; then more are needed.",
        "False alarms are counted where all sites have the programme from the same week, whatever they "
        "are told." if study.wedge else
        "False alarms are counted where all sites have the programme, whichever arm they are told.",
    ]  # fmt: skip


# --- figure ----------------------------------------------------------------------------------------


@drawn
def trial_picture(study: TrialStudy, pool: Pool, sizes: pd.DataFrame) -> Picture:
    """Draw what is measured in each arm, and power by number of sites."""
    picture, (left, right) = blank((7.4, 3.6), 2, 2)
    for place, (name, arm) in enumerate(zip(study.each, pool.arms, strict=True)):
        colour = COLOURS[place % len(COLOURS)]
        low, high = np.quantile(100 * arm, (0.05, 0.95), axis=0)
        left.fill_between(study.at, low, high, color=colour, alpha=0.10, linewidth=0)
        label = name if not study.wedge else name.rpartition(", ")[2]
        left.plot(
            study.at, 100 * arm.mean(axis=0), color=colour, marker="o", markersize=3, label=label
        )
    left.set_xlabel("week of the study")
    left.set_ylabel(f"{WEEKLY[str(study.settings['series'])].label.lower()}, %")
    left.set_ylim(bottom=0)
    left.legend(frameon=False, fontsize=7.5, loc="upper left")
    _power_axis(right, sizes)
    row = sizes[sizes["sites"] == study.settings["sites"]].iloc[0]
    return with_words(
        picture,
        f"With {study.settings['sites']} sites the power is {per_cent(row['permutation'])}",
        "Left: what is measured on average in sites of each arm or sequence, with 90 % of sites. Right: "
        "power by number of sites, with 95 % intervals; dashed: 80 %.",
    )


def _power_axis(axes: Any, sizes: pd.DataFrame) -> None:
    """Draw power by number of sites."""
    lines: Sequence[Mapping[str, Any]] = (
        {"column": "permutation", "label": LABELS[DEALT], "color": COLOURS[0], "linestyle": "-"},
        {"column": "mixed_model", "label": LABELS[USUAL], "color": COLOURS[1], "linestyle": "--"},
        {"column": "closed_form", "label": LABELS[FORMULA], "color": GREY, "linestyle": ":"},
    )
    for line in lines:
        look = {key: value for key, value in line.items() if key != "column"}
        axes.plot(sizes["sites"], 100 * sizes[line["column"]], marker="o", markersize=3, **look)
        low = f"{line['column']}_low"
        if low in sizes:
            axes.fill_between(sizes["sites"], 100 * sizes[low], 100 * sizes[f"{line['column']}_high"],
                              color=line["color"], alpha=0.12, linewidth=0)  # fmt: skip
    axes.axhline(100 * ENOUGH, color=GREY, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.set_ylim(0, 102)
    axes.set_xlabel("sites")
    axes.set_ylabel("power, %")
    axes.legend(frameon=False, fontsize=7.5, loc="lower right")
