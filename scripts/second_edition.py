"""Measure the patterns that the second edition of the model is judged by, and write their table.

    uv run scripts/second_edition.py [--write] [--set KEY=VALUE ...]

The patterns stand in ``docs/data/second-edition-patterns.toml``, written down before any version of that
edition had run, and ``second-edition-drift.toml``; they are not to be changed. With ``--write`` the table
goes into ``docs/second-edition.md`` between its marks; without, it is printed.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import qisim
from qisim.comparison.layers import components_of
from qisim.design.ensemble import ensemble
from qisim.design.sites import Sites
from qisim.engines.compiled import simulate
from qisim.engines.mesa_model import CareUnit
from qisim.model.coefficients import coefficients
from qisim.model.outcome_values import last_programme_week
from qisim.model.outcomes import WEEKLY
from qisim.model.site import build

Array = npt.NDArray[np.float64]

ROOT = Path(__file__).parents[1]
DATA = ROOT / "docs" / "data"
PATTERNS = DATA / "second-edition-patterns.toml", DATA / "second-edition-drift.toml"
PAGE = ROOT / "docs" / "second-edition.md"
BEGIN, END = "<!-- table: patterns -->", "<!-- end table -->"

SEED = 1
SITES, EACH = 200, 4
RUNS = 400
QUARTER = 13
MESA_RUNS = 12
SETS, PER_SET = 40, 10

OWN: dict[str, float] = {}
"""Values by dotted key that are tried in every experiment."""


def scenario(name: str, **values: Any) -> Any:
    """Return a scenario with the values that are tried; ``a__b`` stands for ``a.b``."""
    return qisim.load(name, {**OWN, **{key.replace("__", "."): v for key, v in values.items()}})


def runs(one: Any, number: int = RUNS) -> dict[str, Array]:
    """Return the weekly series of runs of a scenario, each of shape (weeks, runs)."""
    rows = np.repeat(coefficients(one)[None], number, axis=0)
    return _named(simulate(build(one), rows, SEED, range(number), 2)[0])


def at_sites(one: Any, number: int = SITES, each: int = EACH) -> dict[str, Array]:
    """Return the weekly series at drawn sites; run r is at site r // each."""
    rows = np.repeat(Sites(number, SEED).rows(one), each, axis=0)
    return _named(simulate(build(one), rows, SEED, range(len(rows)), 2)[0])


def _named(weekly: Array) -> dict[str, Array]:
    return {name: weekly[:, place] for place, name in enumerate(WEEKLY)}


def end_of(one: Any) -> int:
    """Return the index of the last week of the programme."""
    return last_programme_week(one["programme.start_week"], one["programme.length_weeks"])


def last_quarter(one: Any, use: Array) -> Array:
    """Return use in the last quarter of the programme, for each run."""
    end = end_of(one) + 1
    return np.asarray(use[end - QUARTER : end].mean(axis=0))


# --- the experiments -------------------------------------------------------------------------------


def s1() -> float:
    one = scenario("internal")
    found = last_quarter(one, at_sites(one)["use"])
    between = components_of(found, np.repeat(np.arange(SITES), EACH)).between
    return float(np.sqrt(between))


def _fates() -> tuple[float, float]:
    one = scenario("internal", run__weeks=520)
    return fates(one, at_sites(one)["use"], EACH)


def fates(one: Any, use: Array, each: int) -> tuple[float, float]:
    """Return the shares of sites that go on, and that have stopped, five years after the end."""
    before, end = last_quarter(one, use), end_of(one)
    last = use[end + 5 * 52 - 52 : end + 5 * 52].mean(axis=0)
    kept = last.reshape(-1, each).mean(axis=1) / np.maximum(
        before.reshape(-1, each).mean(axis=1), 1e-9
    )
    return float((kept >= 0.5).mean()), float((kept < 0.1).mean())


def s2() -> float:
    return _fates()[0]


def s3() -> float:
    length = 52
    feedback = [
        {"kind": "feedback", "week": 4, "every": 4, "until": length, "hours": 1.0,
         "audience": "everyone", "led_by": "facilitator"},
    ]  # fmt: skip
    text = {
        "format": 1, "extends": "no-programme",
        "programme": {
            "length_weeks": length, "facilitator_weeks": length, "facilitator_hours": 2.0,
            "target": "both", "lead": "facilitator",
        },
        "site": {"baseline": 0.2}, "run": {"weeks": length + 131}, "activities": feedback,
    }  # fmt: skip
    with_it = qisim.load(text, dict(OWN))
    without = qisim.load("no-programme", {**OWN, "site.baseline": 0.2, "run.weeks": length + 131})
    gain = (runs(with_it)["use"] - runs(without)["use"]).mean(axis=1)
    return float(gain[length + 124 : length + 131].mean() / gain[length - QUARTER : length].mean())


def s4() -> float:
    one = scenario("external")
    use, end = at_sites(one)["use"].mean(axis=1), end_of(one) + 1
    return float(1.0 - use[end + 48 : end + 52].mean() / use[end - 4 : end].mean())


def s5() -> float:
    hours = {"run__weeks": 312}
    kept = scenario(
        "internal",
        leadership__leader_hours_after=1.0,
        leadership__champion_hours_after=1.0,
        **hours,
    )
    none = scenario(
        "internal",
        leadership__leader_hours_after=0.0,
        leadership__champion_hours_after=0.0,
        **hours,
    )
    return 100.0 * float(runs(kept)["use"][299:312].mean() - runs(none)["use"][299:312].mean())


def s6() -> float:
    one = scenario("internal")
    return float(at_sites(one)["trained"][end_of(one)].mean())


def s7() -> float:
    one = scenario("internal")
    values = Sites(MESA_RUNS, SEED)
    never, all_ = 0.0, 0.0
    for number, row in enumerate(values.rows(one)):
        model = CareUnit.of_world(build(one), row, SEED, number)
        there = np.ones(one.values["site.units"] * one.values["site.staff_per_unit"])
        for _ in range(end_of(one) + 1):
            model.live_week()
            held = np.array([person.in_post for person in model.staff])
            fresh = np.array([person.hired for person in model.staff])
            there = there * held * (1.0 - fresh)
        took = np.array([person.trained for person in model.staff])
        never, all_ = never + float((there * (1.0 - took)).sum()), all_ + float(there.sum())
    return never / all_


def one_day() -> Any:
    """Return a ward without a programme in which a quarter of the staff have one day of training."""
    return qisim.load({
        "format": 1, "extends": "no-programme",
        "programme": {
            "length_weeks": 1, "target": "staff", "structure": 0.0, "leader_tasks": 0.0,
            "facilitator_weeks": 0, "protected_time": 1.0, "sharing": 0.0, "adaptable": 0.0,
        },
        "activities": [{
            "kind": "skills_training", "week": 1, "hours": 7.5, "audience": "staff", "led_by": "nobody",
            "places": 9, "protected": 1.0,
        }],
        "run": {"weeks": 104},
    }, dict(OWN))  # fmt: skip


def tipped(use: Array) -> Array:
    """Say for each run whether more use it two years on than in the first quarter."""
    return np.asarray(use[100:104].mean(axis=0) > use[8:12].mean(axis=0))


def s8() -> float:
    one, sets = one_day(), ensemble("acceptable")
    chosen = np.linspace(0, len(sets) - 1, SETS).round().astype(int)
    both, world = 0, build(one)
    for values in [list(sets.sets())[i] for i in chosen]:
        row = coefficients(one.replace({**values, **OWN}))
        weekly = simulate(world, np.repeat(row[None], PER_SET, 0), SEED, range(PER_SET), 1)[0]
        both += 0 < tipped(_named(weekly)["use"]).sum() < PER_SET
    return both / SETS


def s9() -> float:
    contact = scenario("internal", social__contact=1.0), scenario("internal", social__contact=0.0)
    one, other = (last_quarter(s, runs(s)["use"]).mean() for s in contact)
    return 100.0 * float(one - other)


def s10() -> float:
    used, all_ = 0.0, 0.0
    for name in ("external", "internal"):
        one = scenario(name)
        for number in range(MESA_RUNS):
            model = CareUnit.of_world(build(one), coefficients(one), SEED, number)
            for _ in range(one["run.weeks"]):
                model.live_week()
            for person in model.staff:
                used += person.routine * person.present * person.used
                all_ += person.routine * person.present
    return used / all_


def s11() -> float:
    ends = [scenario("internal", use__habit_half_life=weeks) for weeks in (4.0, 26.0)]
    low, high = (runs(one)["adoption"][-1].mean() for one in ends)
    return 100.0 * abs(float(high - low))


def s12() -> float:
    one, none = scenario("internal"), _without("internal")
    weeks = slice(2, 2 + QUARTER)
    return float(runs(one)["strain"][weeks].mean() - runs(none)["strain"][weeks].mean())


def _without(name: str, **values: Any) -> Any:
    """Return the site of a scenario without its programme."""
    one = scenario(name, **values)
    ward = {key: one[key] for key in ("site.units", "social.contact", "site.baseline", "run.weeks")}
    return qisim.load("no-programme", {**OWN, **ward})


def s13() -> float:
    much, none = (scenario("internal", tool__documentation_hours=hours) for hours in (10.0, 0.0))
    end = end_of(much) + 1
    loads = [runs(one)["workload"][end - 52 : end].mean() for one in (much, none)]
    return float(loads[0] - loads[1])


def s14() -> float:
    one = scenario("external")
    use = at_sites(one)["use"] > 0
    first = np.where(use.any(axis=0), use.argmax(axis=0) + 1.0, np.inf)
    return float(((first >= 8) & (first <= 16)).mean())


def s15() -> float:
    found = runs(scenario("internal"))
    weeks = slice(52, 104)
    at_work = (found["use"] / (1.0 - found["absence"]))[weeks]
    load = found["workload"][weeks]
    low, high = np.quantile(load, [0.1, 0.9])
    return 100.0 * float(at_work[load >= high].mean() - at_work[load <= low].mean())


def s16() -> float:
    found = []
    for name in ("external", "internal"):
        for lever in ("programme.sharing", "programme.adaptable"):
            ends = [
                qisim.load(name, {**OWN, "tool.fit": 0.3, lever: value}) for value in (0.0, 1.0)
            ]
            low, high = (runs(one)["adoption"].mean() for one in ends)
            found.append(100.0 * float(high - low))
    return min(found)


def s17() -> float:
    one = scenario(
        "no-programme", workforce__staff_turnover=0.22, workforce__strain_on_leaving=0.0,
        workforce__engagement_on_leaving=0.0, site__unit_spread=0.0,
    )  # fmt: skip
    left = runs(one)["leavers"].mean(axis=1)
    return float((left[103] - left[51]) / build(one).staff_posts)


def s18() -> float:
    gains = []
    for baseline in (0.4, 0.0):
        one, none = (make("internal", site__baseline=baseline) for make in (scenario, _without))
        use, without = runs(one)["use"], runs(none)["use"]
        gains.append(float(last_quarter(one, use).mean() - last_quarter(one, without).mean()))
    return 100.0 * (gains[0] - gains[1])


def s19() -> float:
    use = runs(scenario("no-programme", site__baseline=0.2), 100)["use"].mean(axis=1)
    return float(use[143:156].mean() - use[:QUARTER].mean())


EXPERIMENTS: Mapping[str, Callable[[], float]] = {
    f"S{number}": one
    for number, one in enumerate(
        (s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19), 1
    )
}


# --- the table -------------------------------------------------------------------------------------


def patterns() -> list[dict[str, Any]]:
    """Return the patterns as they were written down."""
    return [one for file in PATTERNS for one in tomllib.loads(file.read_text("utf-8"))["pattern"]]


def table(found: Mapping[str, float]) -> list[str]:
    """Return the table of what was measured, in lines of Markdown."""
    lines = ["| # | pattern | use | must lie in | measured | |", "|---|---|---|---|---|---|"]
    for one in patterns():
        value = found.get(one["id"])
        if value is None:
            continue
        word = "holds" if one["low"] <= value <= one["high"] else "**fails**"
        unit = "" if one["unit"] in ("share", "index") else f" {one['unit']}"
        lines.append(
            f"| {one['id']} | {one['title']} | {one['use']} | {one['low']:g} to {one['high']:g}{unit} | "
            f"{value:.3g} | {word} |"
        )
    return lines


def main() -> None:
    """Measure, and print or write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the table into the page")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--only", default="", help="numbers of patterns, such as S1,S4")
    given = parser.parse_args()
    OWN.update({key: float(value) for key, value in (one.split("=") for one in given.set)})
    chosen = given.only.split(",") if given.only else list(EXPERIMENTS)
    lines = table({name: EXPERIMENTS[name]() for name in chosen})
    if not given.only or "S2" in chosen:
        going, stopped = _fates()
        lines += [
            "",
            f"Five years after the end {100 * going:.0f} % of sites go on and {100 * stopped:.0f} % have "
            "stopped (S2 asks for at least 15 % of each).",
        ]
    if not given.write:
        print("\n".join(lines))
        return
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    PAGE.write_text("\n".join([head + BEGIN, *lines, END]) + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
