"""The wording of a payoff analysis: sentences, tables and a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from qisim.comparison.paired import interval_of
from qisim.decide.finding import Finding, Table
from qisim.decide.information import values_of_information
from qisim.decide.levers import ratio_interval
from qisim.decide.parts import short
from qisim.decide.plan_options import NOTHING, options_of, unseen
from qisim.decide.worth import AS_IT_IS, SCREEN, Account, WorthStudy
from qisim.plotting.style import COLOURS, GREY, INK, Picture, blank, drawn
from qisim.plotting.style import described as with_words
from qisim.text import shown, wrapped_name

NAMED = 4
SHOWN = 12
IN_KRONER = ("payoff_kroner", "payoff_kroner_low", "payoff_kroner_high")


def hours(value: float, *, sign: bool = False) -> str:
    """Return hours with their unit."""
    return shown(value, "hours", difference=sign, with_unit=True)


def kroner(value: float, *, sign: bool = False) -> str:
    """Return a sum of money."""
    return f"{value:{'+' if sign else ''},.0f} kr".replace("-", "−")


def ends(low: float, high: float) -> str:
    """Return an interval of hours."""
    return "" if np.isnan(low) else f"[{shown(low, 'hours')}, {shown(high, 'hours')}]"


def finding_of(study: WorthStudy, accounts: Mapping[str, Account]) -> Finding:
    """Return the answer."""
    frame = options_table(study, accounts)
    tables = {"options": Table(frame, *options_cells(frame))}
    information, floor = None, np.nan
    if study.worth is not None:
        information, floor = information_table(study, accounts)
        tables["information"] = Table(information, *information_cells(information, floor))
    tables["screened"] = Table(screened_table(study), (), [])
    title = _title(study, frame)
    return Finding(
        "worth", title, _sentences(study, frame, information, floor), tables,
        {"worth": lambda: worth_picture(study, frame, information, floor, title)}, study.manifest(),
        _notes(study, frame), counted=counted(study, frame, information, floor),
    )  # fmt: skip


def counted(
    study: WorthStudy, frame: pd.DataFrame, information: pd.DataFrame | None, floor: float
) -> dict[str, int | str]:
    """Return what was declared, what the best option gains, and what is found by chance alone."""
    if study.worth is None or information is None:
        return {}
    return {
        "what a week of use is worth": hours(study.worth),
        "value of implementation": hours(implementation(frame), sign=True),
        "inputs": len(information),
        "chance alone gives up to": hours(floor),
    }


def implementation(frame: pd.DataFrame) -> float:
    """Return what is gained by doing what pays best as things are known, instead of the plan as it is."""
    payoff = frame.set_index("option")["payoff"]
    return float(payoff.iloc[0] - payoff[AS_IT_IS])


# --- tables ----------------------------------------------------------------------------------------


def options_table(study: WorthStudy, accounts: Mapping[str, Account]) -> pd.DataFrame:
    """Return the gain, paid hours and payoff of every option, against no programme."""
    price = study.plan.prices.get("staff", np.nan)
    rows = []
    for one in accounts.values():
        row: dict[str, Any] = {
            "option": one.name, "weeks_of_use": float(one.weeks.mean()),
            "hours": float(one.hours.mean()), "kroner": float(one.kroner.mean()),
        }  # fmt: skip
        even = (np.nan,) * 3
        if one.name != NOTHING and interval_of(one.weeks)[0] > 0:
            even = ratio_interval(one.hours, one.weeks)
        row |= dict(zip(("break_even", "break_even_low", "break_even_high"), even))
        row |= dict.fromkeys(("payoff", "low", "high", "pays_in", *IN_KRONER), np.nan)
        if study.worth is not None:
            payoff = one.payoff(study.worth)
            low, high = interval_of(payoff) if one.name != NOTHING else (0.0, 0.0)
            row |= {"payoff": float(payoff.mean()), "low": low, "high": high,
                    "pays_in": float((payoff > 0).mean())}  # fmt: skip
            sums = one.payoff_kroner(study.worth, price)
            between = interval_of(sums) if one.name != NOTHING else (0.0, 0.0)
            row |= dict(zip(IN_KRONER, (float(sums.mean()), *between), strict=True))
        rows.append(row)
    frame = pd.DataFrame(rows)
    key = "payoff" if study.worth is not None else "break_even"
    return frame.sort_values(
        key, ascending=study.worth is None, kind="stable", ignore_index=True, na_position="last"
    )


def _kroner_between(row: Mapping[Any, Any]) -> str:
    """Return a payoff in kroner with its interval."""
    low, high = (f"{row[f'payoff_kroner_{end}']:,.0f}".replace("-", "−") for end in ("low", "high"))
    return kroner(row["payoff_kroner"], sign=True) + (f" [{low}, {high}]" if low != high else "")


def options_cells(frame: pd.DataFrame) -> tuple[tuple[str, ...], list[tuple[str, ...]], str]:
    """Return headers, cells and caption of the options."""
    paid = frame["payoff"].notna().any()
    money = frame.loc[frame["option"] != NOTHING, "payoff_kroner"].notna().any()
    headers = ("Option", "Weeks of use", "Paid hours",
               *(("Payoff", "95 %", "Pays in") if paid else ()),
               *(("Kroner",) if money else ()), "Break-even", "95 %")  # fmt: skip
    cells: list[tuple[str, ...]] = []
    for row in frame.to_dict("records"):
        payoff: tuple[str, ...] = ()
        if paid:
            payoff = (hours(row["payoff"], sign=True), ends(row["low"], row["high"]),
                      f"{100 * row['pays_in']:.0f} %")  # fmt: skip
        known = row["payoff_kroner"] == row["payoff_kroner"]
        sums = (_kroner_between(row) if known else "–",) if money else ()
        even = "" if np.isnan(row["break_even"]) else hours(row["break_even"])
        cells.append((
            row["option"], f"{row['weeks_of_use']:,.0f}".replace("-", "−"), hours(row["hours"]), *payoff,
            *sums, even, ends(row["break_even_low"], row["break_even_high"]),
        ))  # fmt: skip
    caption = (
        "Against no programme, over the weeks that are watched. Weeks of use: weeks in which one of the staff "
        "uses the practice. Break-even: what such a week must be worth, in hours, for the option to pay."
    )
    if paid:
        caption += " Payoff: their worth less the hours paid for; pays in: the share of sites where above 0."
    return headers, cells, caption


def information_table(
    study: WorthStudy, accounts: Mapping[str, Account]
) -> tuple[pd.DataFrame, float]:
    """Return the value of knowing each input, in hours, and the floor."""
    worth = float(study.worth or 0.0)
    payoffs = np.column_stack([one.payoff(worth) for one in accounts.values()])
    inputs = study.sites.values[study.whole()]
    return values_of_information(study.sites.keys, inputs, payoffs, int(study.options.seed))


def information_cells(
    frame: pd.DataFrame, floor: float
) -> tuple[tuple[str, ...], list[tuple[str, ...]], str]:
    """Return headers, cells and caption of what is worth knowing."""
    cells: list[tuple[str, ...]] = [
        (short(row["input"]), hours(row["value"]), ends(row["low"], row["high"]),
         "worth knowing" if row["above"] else "nothing to learn")
        for row in frame.head(SHOWN if frame["above"].any() else NAMED - 1).to_dict("records")
    ]  # fmt: skip
    caption = (
        "Payoff that is gained on average if the input is known before deciding (expected value of partial "
        f"perfect information). Up to {hours(floor)} comes of pure chance (largest of all inputs in 95 of 100 "
        "shuffles): there is nothing to learn below."
    )
    return ("Input", "Worth", "95 %", ""), cells, caption


def screened_table(study: WorthStudy) -> pd.DataFrame:
    """Return all options as they were screened."""
    rows = [
        (one.name, float(one.weeks.mean()), float(one.hours.mean()), study.rank(one))
        for one in study.screened.values()
    ]
    table = pd.DataFrame(rows, columns=["option", "weeks_of_use", "hours", "rank_value"])
    return table.sort_values("rank_value", ascending=False, kind="stable", ignore_index=True)


# --- words -----------------------------------------------------------------------------------------


def _title(study: WorthStudy, frame: pd.DataFrame) -> str:
    name = study.plan.name
    if study.worth is None:
        row = frame[frame["option"] == AS_IT_IS].iloc[0]
        if np.isnan(row["break_even"]):
            return f"{name} brings no clear gain in use, so it cannot pay"
        return f"{name} pays if a week of use is worth {hours(row['break_even'])} or more"
    best = frame.iloc[0]
    if best["option"] == NOTHING:
        return f"{name}: doing nothing pays best"
    size = hours(best["payoff"], sign=True)
    return f"{name}: what pays best is {best['option']}, {size} against doing nothing"


def _sentences(
    study: WorthStudy, frame: pd.DataFrame, information: pd.DataFrame | None, floor: float
) -> list[str]:
    rows = {row["option"]: row for row in frame.to_dict("records")}
    plan = rows[AS_IT_IS]
    found = [
        f"The plan as it is brings {plan['weeks_of_use']:,.0f} staff-weeks of use for "
        f"{hours(plan['hours'])} that are paid for, against doing nothing."
    ]
    if not np.isnan(plan["break_even"]):
        found.append(
            f"It pays where such a week is worth {hours(plan['break_even'])} "
            f"{ends(plan['break_even_low'], plan['break_even_high'])} or more."
        )
    if study.worth is None or information is None:
        found.append(
            "What a week of use is worth is not declared, so nothing is said of payoffs: week_of_use in "
            "[prices] of your site file, or --week-of-use."
        )
        return found
    found.append(
        f"At {hours(study.worth)} a week its payoff is {hours(plan['payoff'], sign=True)} "
        f"{ends(plan['low'], plan['high'])}; it pays in {100 * plan['pays_in']:.0f} % of plausible sites."
    )
    found.append(_implementation(frame))
    found += unseen(
        one.key for one in options_of(study.plan) if one.name == frame.iloc[0]["option"]
    )
    found.append(_information(information, floor))
    return found


def _implementation(frame: pd.DataFrame) -> str:
    """Return the value of implementation: of doing what is best, as things are known now."""
    best = frame.iloc[0]["option"]
    if best == AS_IT_IS:
        return "No change of it that was looked at pays better."
    return (
        f"What pays best as things are known is {best}; to do that instead of the plan as it is is worth "
        f"{hours(implementation(frame), sign=True)} (value of implementation)."
    )


def _information(information: pd.DataFrame, floor: float) -> str:
    """Return the inputs most worth knowing."""
    known = information[information["above"]].head(NAMED)
    if not len(known):
        return (
            f"There is nothing to learn about any one of {len(information)} inputs that would be worth more "
            f"than chance alone gives ({hours(floor)})."
        )
    words = [f"{short(row['input'])} ({hours(row['value'])})" for row in known.to_dict("records")]
    return f"Worth knowing before deciding: {', '.join(words)}; chance alone gives up to {hours(floor)}."


def _notes(study: WorthStudy, frame: pd.DataFrame) -> list[str]:
    sites = len(study.whole())
    return [
        f"{len(study.screened)} options were screened on {SCREEN} sites; the best {len(frame) - 2}, the plan "
        f"as it is and no programme were then run on {sites} others, with {len(study.sites.keys)} numbers of "
        "their own and luck of their own, the same under every option.",
        "Hours are those that are paid for, by kind; a price that is missing leaves kroner out. All is summed "
        f"over the {study.plan['run.weeks']} weeks that are watched, and not discounted. Inputs are valued "
        "one at a time: what two tell together may be worth more.",
    ]


# --- figure ----------------------------------------------------------------------------------------


@drawn
def worth_picture(
    study: WorthStudy,
    frame: pd.DataFrame,
    information: pd.DataFrame | None,
    floor: float,
    title: str,
) -> Picture:
    """Draw what options pay, and what is worth knowing."""
    if information is not None and not (information["value"] > 0).any():
        information = None  # nothing to draw
    panels = 1 if information is None else 2
    rows = len(frame) if information is None else max(len(frame), 8)
    picture, axes = blank((7.4, 1.5 + 0.42 * rows), panels, panels)
    column, low, high = ("payoff", "low", "high")
    if study.worth is None:
        column, low, high = ("break_even", "break_even_low", "break_even_high")
    shown_ = frame[frame[column].notna()].to_dict("records")
    _bars(axes[0], [row["option"] for row in shown_], [row[column] for row in shown_],
          [(row[low], row[high]) for row in shown_])  # fmt: skip
    axes[0].set_xlabel(
        "payoff, hours" if study.worth is not None else "break-even, hours a week of use"
    )
    if information is not None:
        top = information.head(8).to_dict("records")
        _bars(axes[1], [short(row["input"]) for row in top], [row["value"] for row in top],
              [(row["low"], row["high"]) for row in top])  # fmt: skip
        axes[1].axvline(floor, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)))
        axes[1].set_xlabel("worth knowing, hours")
    words = (
        ""
        if information is None
        else " Right: what is gained by knowing an input first; dashed: chance."
    )
    return with_words(picture, title, f"Bars with 95 % intervals.{words}")


def _bars(
    axes: Any, names: Sequence[str], values: Sequence[float],
    bounds: Sequence[tuple[float, float]],
) -> None:  # fmt: skip
    """Draw bars with names and intervals, the first on top."""
    for place, (value, (low, high)) in enumerate(zip(values, bounds, strict=True)):
        axes.barh(place, value, height=0.6, color=COLOURS[0] if value >= 0 else COLOURS[1])
        axes.plot([low, high], [place, place], color=INK, linewidth=1.3)
    axes.set_yticks(range(len(names)), [wrapped_name(name, 24) for name in names], fontsize=7.5)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", visible=True)
