"""The page's numbers are those of qisim."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_numbers import persons_by_week, signed
from page_steps import (
    ALL,
    packed,
    plan,
    quiet,
    runs_of,
    saved,
    saved_plans,
    state,
)

import qisim
from qisim import load
from qisim.comparison.layers import layer_of
from qisim.design.ensemble import ensemble
from qisim.model.outcomes import OUTCOMES


def test_its_digits_are_those_of_a_comparison(visit: Any, tmp_path: Path) -> None:
    """The saved files, compared by qisim with the same seed, give the same runs and the same table."""
    page = visit(packed(state(plan("One", "internal-competence", **{"programme.protected_time": 0.6}),
                              plan("Two", "blended"), seed=7)), ready=ALL)  # fmt: skip
    one, two = saved_plans(page, tmp_path)
    found = qisim.compare(one, two, replicates=200, seed=7, over="acceptable")
    runs = runs_of(saved(page, "#runs", tmp_path))
    for name, columns in runs.items():
        own = found.runs[found.runs["scenario"] == name.lower()]
        for outcome in OUTCOMES:
            np.testing.assert_array_equal(
                columns[outcome], own[outcome].to_numpy(), err_msg=f"{name} {outcome}"
            )
    page.locator("details:has(> summary h3:has-text('All outcomes')) > summary").click()
    for row in found.differences().to_dict("records"):
        if row["outcome"] not in OUTCOMES:
            continue  # hours paid stand in another table
        cells = page.locator(f"#all tr[data-outcome={row['outcome']}] td").all_inner_texts()
        scale = 100.0 if OUTCOMES[row["outcome"]].unit == "share" else 1.0
        told = [float(text.replace("−", "-").replace(",", "")) for text in
                (*cells[:2], *re.split(r" \[|, (?=[−\d])|\]", cells[2].replace(",0", "0"))[:1])]  # fmt: skip
        expected = [scale * row[name] for name in ("base_mean", "other_mean", "difference")]
        np.testing.assert_allclose(
            told, expected, atol=0.0501 if abs(expected[0]) < 1000 else 0.501
        )
        assert int(cells[3]) == row["pairs"]
        interval = cells[2].partition("[")[2].rstrip("]")
        if "too few to say" in row["verdict"]:
            assert interval == "too few pairs differ to say" and np.isnan(row["low"])
            continue
        ends = [float(end.replace("−", "-").replace(",", "")) for end in interval.split(", ")]
        of = [scale * row[end] for end in ("low", "high")]
        np.testing.assert_allclose(ends, of, atol=0.0501 if max(map(abs, of)) < 1000 else 0.501)


def test_the_answer_for_wards_like_ours_is_that_of_sites_like_it(
    visit: Any, tmp_path: Path
) -> None:
    both = [plan("A", "internal-competence"), plan("B", "blended")]
    page = visit(packed(state(*both, sites=True)), ready=ALL + "[data-wards='200']")
    plans = [load(file) for file in saved_plans(page, tmp_path)]
    rows = page.locator("#verdicts li").all_inner_texts()
    assert [one.sites["number"] for one in plans] == [200, 200]
    for label, how in (("Wards like yours", {}), ("Plausible worlds", {"sites": 1})):
        found = qisim.compare(*plans, replicates=200, seed=1, over="acceptable", **how).weekly
        base, other = (
            persons_by_week(found[found["scenario"] == one.name]).loc[156].mean() for one in plans
        )
        (text,) = [row for row in rows if row.startswith(label)]
        shown = re.search(r"([+−]?[\d.]+) people", text)[1]
        assert signed(shown) == pytest.approx(other - base, abs=0.0501)
    page.select_option("#sites", "this")
    page.wait_for_selector(ALL)
    assert page.locator("#verdicts li").first.inner_text().startswith("Plausible worlds")


def test_strengths_have_the_last_word_as_in_a_comparison(visit: Any, tmp_path: Path) -> None:
    """In how many sets, and by enough to matter in how many, is what a comparison's layers say."""
    both = [plan("A", "internal-competence"), plan("B", "external-leadership")]
    page = visit(packed(state(*both, months=0, matters=1.8)), ready=ALL)
    said = page.locator("#verdicts li").first.inner_text()
    plans = [load(file) for file in saved_plans(page, tmp_path)]
    runs = qisim.compare(*plans, replicates=200, seed=1, over="acceptable").weekly
    base, other = (
        persons_by_week(runs[runs["scenario"] == one.name]).loc[week].to_numpy()
        for one, week in zip(plans, (104, 52), strict=True)
    )
    layer = layer_of(other - base, np.arange(200) % len(ensemble("acceptable").values), 1.8)
    assert layer is not None
    side = "above" if layer.above.count >= layer.below.count else "below"
    much = getattr(layer, f"much_{side}")
    numbers = re.search(
        r"in (\d+) of (\d+) sets, by enough to matter in (\d+)% to (\d+)%", said
    ).groups()
    expected = [getattr(layer, side).count, layer.above.of, 100 * much.low, 100 * much.high]
    np.testing.assert_allclose([float(one) for one in numbers], expected, atol=0.5001)


def test_doing_nothing_and_no_help_from_outside_can_be_run(visit: Any, tmp_path: Path) -> None:
    page = visit(packed(state(plan("Nothing", "no-programme"), plan("Gone", "external-competence",
                 **{"programme.facilitator_weeks": 0}))), ready=ALL)  # fmt: skip
    nothing, gone = (load(file) for file in saved_plans(page, tmp_path))
    assert nothing["programme.length_weeks"] == 0
    assert gone["programme.lead"] == "champion"


def random_state(seed: int, told: dict[str, Any]) -> dict[str, Any]:
    """Return a state that a restless planner might come to."""
    chance = np.random.default_rng(seed)

    def number(key: str) -> float | int:
        p = told["parameters"][key]
        if p["whole"]:
            return int(chance.integers(p["low"], p["high"] + 1))
        return round(float(chance.uniform(p["low"], p["high"])), 3)

    ward = {key: number(key) for key in told["ward"] if key in
            ("site.units", "site.staff_per_unit", "site.champions_per_unit", "workload.pressure")}  # fmt: skip
    plans = []
    for i in range(int(chance.integers(2, 4))):
        start = str(chance.choice(list(told["plans"])[:5]))
        keys = chance.choice(
            [*told["levers"], "programme.length_weeks", "programme.facilitator_weeks"],
            5,
            replace=False,
        )
        activities = {
            str(j): (False if chance.random() < 0.3 else int(chance.integers(1, 90)))
            for j in range(4)
        }
        own = {str(key): number(str(key)) for key in keys}
        own["programme.lead"] = str(chance.choice(["facilitator", "champion", "leader"]))
        plans.append({"name": f"P{i}", "from": start, "set": own, "activities": activities})
    return state(
        *plans,
        ward=ward,
        months=int(chance.choice([0, 6, 12])),
        seed=int(chance.integers(0, 2**50)),
    )


@pytest.mark.parametrize(
    "seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 40))]
)
def test_whatever_a_planner_does_the_saved_files_are_sound_and_the_same(
    seed: int, visit: Any, tmp_path: Path
) -> None:
    from qisim.app import data

    asked = random_state(seed, data.page_data([]))
    page = visit(packed(asked), ready=ALL)
    files = saved_plans(page, tmp_path)
    runs = runs_of(saved(page, "#runs", tmp_path))
    assert len(files) == len(runs) == len(asked["plans"])
    found = qisim.compare(*files, replicates=16, seed=asked["seed"], over="acceptable").runs
    for name, columns in runs.items():
        own = found[found["scenario"] == name.lower()]
        for outcome in OUTCOMES:
            np.testing.assert_array_equal(
                columns[outcome][:16], own[outcome].to_numpy(), err_msg=f"{name} {outcome}"
            )
    quiet(page)
