"""The wording of a forecast: advice, forecast, tables and a figure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from qisim.decide.finding import Finding, Table, amount, between, with_interval
from qisim.decide.follow import BANDS, OUTSIDE, FollowStudy, Forecast
from qisim.decide.turns import STAY
from qisim.model.outcomes import OUTCOMES
from qisim.output.paid_hours import PRICE_OF, paid_hours
from qisim.plotting.style import COLOURS, INK, Picture, blank, drawn
from qisim.plotting.style import described as with_words
from qisim.scenario.scenario import Scenario
from qisim.text import shown

LASTING = OUTCOMES["adoption_final"]
BETTER, WORSE, SAME, UNKNOWN = (
    "worth it", "worse than staying", "no difference that matters", "cannot tell yet",
)  # fmt: skip


def finding_of(
    study: FollowStudy, forecast: Forecast, held: Mapping[str, Mapping[str, Any]]
) -> Finding:
    """Return the answer."""
    ways = turns_table(study, forecast, held)
    bands = bands_table(study, forecast, held)
    tables = {
        "turns": Table(ways, *turns_cells(ways), words=2),
        "forecast": Table(bands, *bands_cells(bands)),
        "counts": Table(counts_table(study, forecast), (), []),
    }
    title = f"{study.plan.name} after week {forecast.now}: {advice(ways)}"
    return Finding(
        "follow", title, _sentences(study, forecast, ways, bands), tables,
        {"forecast": lambda: follow_picture(study, forecast, bands, title)}, study.manifest(),
        _notes(study, forecast), {"weeks that were counted": forecast.now},
    )  # fmt: skip


# --- ways to go on ---------------------------------------------------------------------------------


def turns_table(
    study: FollowStudy, forecast: Forecast, held: Mapping[str, Mapping[str, Any]]
) -> pd.DataFrame:
    """Return the gain and cost of every continuation, against staying."""
    stay = held[STAY]["adoption"][:, -1].astype(np.float64)
    base = study.ways[0].plan
    rows: list[dict[str, Any]] = []
    for way in study.ways:
        final = held[way.name]["adoption"][:, -1].astype(np.float64)
        mean, low, high = forecast.gain(final - stay)
        there = [forecast.mean(held[name][OUTSIDE][:, -1]) for name in (way.name, STAY)
                 if OUTSIDE in held[name]]  # fmt: skip
        hours, kroner = more_hours(way.plan, base, there)
        ends = forecast.bands(held[way.name]["use"], held[way.name]["adoption"])[:, -1]
        rows.append({
            "turn": way.name, "p05": ends[0], "p50": ends[2], "p95": ends[4], "gain": mean,
            "low": low, "high": high,
            "better": forecast.mean(final - stay > LASTING.matters), "hours": hours,
            "kroner": kroner, "verdict": "" if way.name == STAY else verdict(low, high),
        })  # fmt: skip
    return pd.DataFrame(rows)


def verdict(low: float, high: float) -> str:
    """Return the verdict on the interval of a mean gain."""
    matters = LASTING.matters
    if low > matters:
        return BETTER
    if high < -matters:
        return WORSE
    return SAME if -matters < low and high < matters else UNKNOWN


def more_hours(
    plan: Scenario, base: Scenario, outside: Sequence[float] = ()
) -> tuple[float, float]:
    """Return by how much more hours, and kroner, are paid for than in another plan; without writing.

    Parameters
    ----------
    plan, base : Scenario
    outside : sequence of float, optional
        Weeks in which a facilitator is there in each, where a rule may hand over before the calendar does.
    """
    weeks = outside or (None, None)
    mine, others = (
        paid_hours(one, 0.0, there) for one, there in zip((plan, base), weeks, strict=True)
    )
    more = {kind: mine[kind] - others[kind] for kind in mine}
    if not base.prices:
        return math.fsum(more.values()), np.nan
    cost = [more[kind] * base.prices.get(PRICE_OF[kind], np.nan) for kind in more if more[kind]]
    return math.fsum(more.values()), math.fsum(cost)


def advice(ways: pd.DataFrame) -> str:
    """Return what to do, in a few words."""
    turned = ways[ways["turn"] != STAY]
    good = turned[turned["verdict"] == BETTER]
    if len(good):
        best = good.sort_values("gain", ascending=False, kind="stable").iloc[0]
        return str(best["turn"])
    if not len(turned):
        return "stay, there is nothing else to do"
    if (turned["verdict"] == UNKNOWN).any():
        return "stay for now; whether a change is worth it cannot be told yet"
    return "stay"


def turns_cells(frame: pd.DataFrame) -> tuple[tuple[str, ...], list[tuple[str, ...]], str]:
    """Return headers, cells and caption of the ways to go on."""
    money = frame["kroner"].notna().any()
    headers = ("Go on", "Verdict", "At the end", "90 %", "Gain", "95 %", "Better in", "Paid hours",
               *(("Kroner",) if money else ()))  # fmt: skip
    cells: list[tuple[str, ...]] = []
    for row in frame.to_dict("records"):
        stay = row["turn"] == STAY
        cost = ("" if stay else f"{row['kroner']:+,.0f} kr".replace("-", "−"),) if money else ()
        cells.append((
            row["turn"], row["verdict"], amount(row["p50"], LASTING, difference=False),
            between(row["p05"], row["p95"], LASTING), "" if stay else amount(row["gain"], LASTING),
            "" if stay else between(row["low"], row["high"], LASTING),
            "" if stay else f"{100 * row['better']:.0f} %",
            "" if stay else shown(row["hours"], "hours", difference=True, with_unit=True), *cost,
        ))  # fmt: skip
    caption = (
        "At the end: routine use in the last week, median and middle 90 % of sites like this one. Gain: mean "
        "over staying, with 95 % interval; better in: the share of them in which it gains more than "
        f"{100 * LASTING.matters:.0f} points. Worth it: the whole interval of the mean gain is above that."
    )
    return headers, cells, caption


# --- forecast --------------------------------------------------------------------------------------


def bands_table(
    study: FollowStudy, forecast: Forecast, held: Mapping[str, Mapping[str, Any]]
) -> pd.DataFrame:
    """Return the forecast of every way to go on, month by month."""
    rows = []
    for way in study.ways:
        bands = forecast.bands(held[way.name]["use"], held[way.name]["adoption"])
        for place, (month, first, last) in enumerate(forecast.months):
            rows.append((way.name, month, first, last, *bands[:, place]))
    names = [f"p{round(100 * share):02d}" for share in BANDS]
    table = pd.DataFrame(rows, columns=["turn", "month", "first_week", "last_week", *names])
    return table.astype(dict.fromkeys(names, float))


def bands_cells(frame: pd.DataFrame) -> tuple[tuple[str, ...], list[tuple[str, ...]], str]:
    """Return headers, cells and caption of the forecast for staying, a row for each month."""
    headers = ("Month", "Weeks", "Use, median", "Middle half", "Middle 90 %")
    use = OUTCOMES["adoption_final"]
    cells: list[tuple[str, ...]] = [
        (f"{row['month']}", f"{row['first_week']} to {row['last_week']}",
         amount(row["p50"], use, difference=False), between(row["p25"], row["p75"], use),
         between(row["p05"], row["p95"], use))
        for row in frame[frame["turn"] == STAY].to_dict("records")
    ]  # fmt: skip
    caption = (
        "If one stays: the share of staff who use the practice, mean of the month. A month's count outside the "
        "middle 90 % is a reason to look why."
    )
    return headers, cells, caption


def counts_table(study: FollowStudy, forecast: Forecast) -> pd.DataFrame:
    """Return the counts, and the corresponding counts in all simulated sites."""
    data = study.data
    table = pd.DataFrame(data.to_rows()).assign(share=data.shares)
    for share, line in zip(BANDS, np.quantile(forecast.table.shares, BANDS, axis=0), strict=True):
        table[f"all_p{round(100 * share):02d}"] = line
    return table


# --- words -----------------------------------------------------------------------------------------


def _sentences(
    study: FollowStudy, forecast: Forecast, ways: pd.DataFrame, bands: pd.DataFrame
) -> list[str]:
    stay = ways.iloc[0]
    found = []
    if forecast.strange:
        found.append(
            "The model hardly gives counts like these, so what it says of this site should not be relied on: "
            "look at what the plan and the ward are said to be."
        )
    found.append(
        f"If one stays, routine use ends at {amount(stay['p50'], LASTING, difference=False)} "
        f"{between(stay['p05'], stay['p95'], LASTING)} of staff (median, middle 90 % of sites like this one)."
    )
    for row in ways[ways["turn"] != STAY].to_dict("records"):
        size = with_interval(row["gain"], row["low"], row["high"], LASTING)
        hours = shown(row["hours"], "hours", difference=True, with_unit=True)
        found.append(
            f"To {row['turn']}: {size} on average, {hours} paid for; better in {100 * row['better']:.0f} % of "
            f"sites like this one. {row['verdict'][:1].upper()}{row['verdict'][1:]}."
        )
    months = bands[bands["turn"] == STAY]
    if len(months):
        first = months.iloc[0]
        size = amount(first["p50"], LASTING, difference=False)
        found.append(
            f"Expect {size} {between(first['p05'], first['p95'], LASTING)} to use it in month "
            f"{first['month']}; another count is a reason to look why, and to ask again."
        )
    return [*found, *study.none]


def _notes(study: FollowStudy, forecast: Forecast) -> list[str]:
    varied = len(study.sites.keys)
    found = [
        f"{len(forecast.use):,} simulated sites with {varied} numbers of their own, held against "
        f"{len(study.data)} counts; {len(forecast.posterior.weights):,} of them are like this one, worth "
        f"{forecast.alike:,.0f} of full weight. Bands are widened by {forecast.by.max():.2f} at most, after "
        f"{forecast.checks} such sites whose future is known. Runs are kept in the run store.",
        "Ways to go on are run in the same sites with the same luck, and up to now they are the same to the "
        "last bit.",
    ]
    left = [(way.name, way.left) for way in study.ways if way.left]
    found += [
        f"To {name} takes over the calendar, who leads, the length and the facilitator's stay; as they were "
        f"remain: {', '.join(words)}."
        for name, words in left
    ]
    return [*found, *(str(problem) for problem in study.data.warnings)]


@drawn
def follow_picture(
    study: FollowStudy, forecast: Forecast, bands: pd.DataFrame, title: str
) -> Picture:
    """Draw what was counted, the forecast for staying, and the median of each other way to go on."""
    picture, (axes,) = blank((7.4, 4.2), 1, 1)
    data = study.data
    axes.plot(data.middle, 100 * data.shares, "o", color=INK, markersize=4.2, markerfacecolor="white",
              markeredgewidth=1.1, label="counted", zorder=5, clip_on=False)  # fmt: skip
    for place, way in enumerate(study.ways):
        rows = bands[bands["turn"] == way.name]
        middle = (rows["first_week"] + rows["last_week"]).astype(float) / 2
        colour = COLOURS[place % len(COLOURS)]
        if way.name == STAY:
            for low, high, alpha, label in (("p05", "p95", 0.15, "stay: middle 90 %"),
                                            ("p25", "p75", 0.25, "stay: middle half")):  # fmt: skip
                axes.fill_between(middle, 100 * rows[low], 100 * rows[high], color=colour, alpha=alpha,
                                  linewidth=0, label=label)  # fmt: skip
        axes.plot(middle, 100 * rows["p50"], color=colour, label=f"{way.name}: median",
                  linestyle="-" if way.name == STAY else "--")  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    axes.set_xlabel("week of the run")
    axes.set_ylabel("staff in post who use the practice, %")
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    return with_words(
        picture, title,
        f"Counted: {len(data)} rows up to week {forecast.now}. Bands: sites like this one, of "
        f"{len(forecast.use):,} simulated ones.",
    )  # fmt: skip
