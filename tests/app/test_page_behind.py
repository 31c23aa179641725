"""Behind the page's answer: parts, what turns it, other worlds, and what was expected."""

from __future__ import annotations

import csv
import json
import math
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_numbers import looked_at, means, persons_by_week, signed
from page_steps import (
    ALL,
    LONG_MS,
    moved,
    packed,
    plan,
    quiet,
    saved_plans,
    state,
)

import qisim
from qisim import load
from qisim.design.ensemble import ensemble
from qisim.model.parameters import PARAMETERS


def test_parts_of_the_difference_add_up(visit: Any) -> None:
    page = visit(ready=ALL)
    rows = [
        row.locator("td").first.text_content()
        for row in looked_at(page, "why").locator("tbody tr").all()
    ]
    *parts, together = [signed(text) for text in rows]
    assert len(parts) >= 4
    assert math.fsum(parts) == pytest.approx(together, abs=0.0501 * (len(parts) + 1))
    assert math.fsum(map(abs, parts)) > 0.5


def test_a_single_change_is_the_whole_reason_and_none_is_no_reason(visit: Any) -> None:
    both = [plan("A", "blended"), plan("B", "blended", **{"tool.usability": 0.9})]
    page = visit(packed(state(*both)), ready=ALL)
    rows = looked_at(page, "why").locator("tbody tr")
    one, together = (
        [cell.text_content() for cell in row.locator("th, td").all()] for row in rows.all()
    )
    assert one[0].startswith("Tool") and one[1:] == together[1:]
    moved(page, 1, "tool.usability", page.input_value("[id='lever-0-tool.usability']"))
    page.wait_for_selector("#why:has-text('do not differ')")


def test_what_turns_it_and_bad_days_are_those_of_qisim(visit: Any, tmp_path: Path) -> None:
    """A plan a little weaker in one lever: it gets ahead where that lever is stronger than the other's."""
    hours = "leadership.champion_hours"
    plans = [
        plan("A", "internal-competence", **{hours: 4}),
        plan("B", "internal-competence", **{hours: 2}),
    ]
    page = visit(packed(state(*plans)), ready=ALL)
    row = looked_at(page, "turn").locator(f"tr[data-key='{hours}'][data-side='1']")
    at, before = float(row.get_attribute("data-at")), float(row.get_attribute("data-before"))
    assert before <= 4 + 1e-9 < at + 1.0
    files = saved_plans(page, tmp_path)
    gaps = []
    for value in (2, before, at):
        a, b = means(files, 32, {}, {hours: value})
        gaps.append(b - a)
    assert gaps[0] < 0 and gaps[1] <= 0 < gaps[2]

    days = looked_at(page, "days").locator("tbody tr")
    high = {"workforce.staff_turnover": PARAMETERS["workforce.staff_turnover"].high}
    for number, expected in ((0, means(files, 64, {}, {})), (-1, means(files, 64, high, high))):
        told = days.all()[number].locator("td").all_inner_texts()
        np.testing.assert_allclose([signed(text) for text in told[:2]], expected, atol=0.0501)

    page.click("#map-card summary")
    cells = looked_at(page, "map").locator("td")
    axes = json.loads(page.get_attribute("#map-chart", "data-axes"))
    ticks = json.loads(page.get_attribute("#map-chart", "data-ticks"))
    across, up = len(ticks[0]), len(ticks[1])
    found = np.array([float(one.get_attribute("data-difference")) for one in cells.all()])
    for i, j in ((1, up - 1), (across - 1, 1)):
        changes: list[dict[str, float]] = [{}, {}]
        for axis, value in zip(axes, (ticks[0][i], ticks[1][j]), strict=True):
            for side in (0, 1) if axis["side"] is None else (axis["side"],):
                changes[side][axis["key"]] = value
        a, b = means(files, 64, *changes)
        assert found.reshape(up, across)[j, i] == pytest.approx(b - a, abs=1e-9)
    assert (found > 0).any() and (found < 0).any()
    assert page.get_attribute("#map-chart path.flip", "d")


def test_a_study_is_stopped_and_taken_up_again(visit: Any) -> None:
    page = visit(ready=ALL)
    page.locator("#turn-card").scroll_into_view_if_needed()
    page.click("#turn-status button")
    page.wait_for_selector("#turn-status:has-text('Stopped')")
    page.wait_for_timeout(500)
    assert page.get_attribute("html", "data-turn") is None
    page.click("#turn-status button")
    page.wait_for_selector("html[data-turn='done']", timeout=LONG_MS)
    assert "Provisional" in page.locator("#turn-status").inner_text()


def test_what_is_expected_is_asked_first_and_stands_beside_the_answer(visit: Any) -> None:
    page = visit(ready=ALL)
    page.check("#expect-first")
    page.click("#door-choose")
    page.wait_for_selector("#expect-show:visible")
    assert not page.locator("#sentence").is_visible() and not page.locator("#curves").is_visible()
    page.check("#expect input[value='1']")
    page.fill("#expect-by", "4")
    page.press("#expect-by", "Enter")
    page.click("#expect-show")
    page.wait_for_selector("#verdicts:has-text('Outside programme leaves more, by about 4 people')")
    assert page.locator("#sentence").is_visible()
    assert "by about 4 people" in page.input_value("#note-expectation")
    page.uncheck("#expect-first")
    page.click("#door-choose")
    page.wait_for_selector("#sentence:visible")


def test_what_speaks_for_the_model_and_what_against_is_what_validation_found(visit: Any) -> None:
    page = visit()
    text = files("qisim.data").joinpath("validation.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    page.click("#trust-card summary")
    passed, against = page.locator("#trust section").all()
    for row in rows:
        place = passed if row["verdict"] == "pass" else against
        assert row["title"] in place.inner_text()
    page.click("#projector")
    assert page.get_attribute("#projector", "aria-pressed") == "true"
    assert page.locator("#sentence").is_visible() and page.locator("#curves").is_visible()
    assert not page.locator("#plans").is_visible() and not page.locator("#dots").is_visible()
    quiet(page)


def test_another_plausible_world_is_drawn_among_those_that_qisim_has(
    visit: Any, tmp_path: Path
) -> None:
    page = visit(ready=ALL)
    page.click("#sceptic-card summary")
    page.wait_for_selector("#sceptic tbody tr")
    assert page.locator("#sceptic tbody tr").count() == sum(
        p.role == "uncertain" for p in PARAMETERS.values()
    )
    page.click("#draw")
    page.wait_for_selector("html[data-sceptic='done']", timeout=LONG_MS)
    told = page.locator("#sceptic-world").inner_text()
    sets = ensemble("acceptable")
    number = int(re.search(r"World ([\d,]+) of", told)[1].replace(",", "")) - 1
    drawn = dict(zip(sets.keys, sets.values[number], strict=True))
    plans = [load(file, drawn) for file in saved_plans(page, tmp_path)]
    weekly = qisim.compare(*plans, replicates=64, seed=1).weekly
    base, other = (
        persons_by_week(weekly[weekly["scenario"] == one.name]).loc[week].mean()
        for one, week in zip(plans, (156, 104), strict=True)
    )
    shown = re.search(r"([+−]?[\d.]+) (?:more )?people", told)[
        1
    ]  # told from the plan that has more
    assert abs(signed(shown)) == pytest.approx(abs(other - base), abs=0.0501)
