"""The planner's way through the page, in a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from page_numbers import looked_at
from page_steps import (
    ALL,
    filled,
    packed,
    plan,
    quiet,
    saved_plans,
    state,
    unpacked,
)

import qisim
from qisim import load
from qisim.design.ensemble import ensemble


def test_a_planner_compares_changes_and_goes_back(visit: Any) -> None:
    page = visit(ready=ALL)
    first = page.locator("#sentence").inner_text()
    assert "Own programme" in first and "Outside programme" in first
    assert page.locator("#curves svg path.median").count() == 3  # two plans, and doing nothing
    assert page.locator("#dots svg circle.dot").count() == 200
    before = page.url

    page.fill("[id='lever-1-leadership.champion_hours']", "7,5")
    page.press("[id='lever-1-leadership.champion_hours']", "Enter")
    page.wait_for_selector("#changed-1:has-text('0.5 → 7.5')")
    page.wait_for_selector(ALL)
    assert page.locator("#undo").is_enabled()

    page.click("#undo")
    page.wait_for_selector("#changed-1:has-text('Nothing changed yet.')")
    page.wait_for_selector(ALL)
    page.wait_for_timeout(600)
    assert page.locator("#sentence").inner_text() == first
    assert unpacked(page.url)["plans"] == unpacked(before)["plans"]
    quiet(page)


def test_the_ward_is_said_once_for_all_plans(visit: Any, tmp_path: Path) -> None:
    page = visit()
    page.click("#ward-card summary")
    for key, text in {"site.units": "2", "site.staff_per_unit": "21", "site.mean_post": "0,7",
                      "workforce.sickness_absence": "12 %",
                      "workforce.staff_turnover": "30"}.items():  # fmt: skip
        page.fill(f"[id='ward-{key}']", text)
        page.press(f"[id='ward-{key}']", "Enter")
    assert page.locator("#posts").inner_text() == "2 × 21 = 42 care posts"
    for file in saved_plans(page, tmp_path):
        found = load(file)
        assert (found["site.units"], found["site.staff_per_unit"]) == (2, 21)
        assert found["site.mean_post"] == 0.7
        assert found["workforce.sickness_absence"] == 0.12
        assert found["workforce.staff_turnover"] == 0.3
    quiet(page)


def test_what_is_typed_stays_while_the_levers_are_ordered(visit: Any) -> None:
    """The order of the levers is worked out in the background: no field that somebody types in is replaced."""
    page = visit(ready=ALL)
    page.click("#ward-card summary")
    field = "[id='ward-site.units']"
    page.fill(field, "2")
    page.wait_for_timeout(1500)
    page.press(field, "Enter")
    page.wait_for_selector("html[data-order='done']")
    assert page.input_value(field) == "2"
    assert "Units: 2" in page.locator("#ward-told").inner_text()


def test_a_number_that_cannot_be_is_refused_where_it_is_typed(visit: Any) -> None:
    page = visit()
    field = "[id='lever-0-leadership.champion_hours']"
    page.fill(field, "forty")
    page.press(field, "Enter")
    page.wait_for_selector("[id='lever-0-leadership.champion_hours-wrong']:visible")
    assert page.get_attribute(field, "aria-invalid") == "true"
    assert page.locator("#changed-0").inner_text() == "Nothing changed yet."


def test_what_would_help_becomes_a_plan(visit: Any) -> None:
    page = visit(ready=ALL)
    looked_at(page, "helps")
    assert "cheapest" in page.locator("#helps p").inner_text()
    assert page.locator("#helps tbody tr").count() >= 8
    page.locator("#helps tbody button").first.click()
    page.wait_for_selector("#plans > section:nth-child(3)")
    page.wait_for_selector(ALL)
    assert "With:" in page.locator("#sentence").inner_text()
    quiet(page)


def test_the_last_change_is_replayed(visit: Any) -> None:
    page = visit(ready=ALL)
    assert page.locator("#replay").is_disabled()
    first = page.locator("#sentence").inner_text()
    field = "[id='lever-0-leadership.champion_hours']"
    page.fill(field, "0")
    page.press(field, "Enter")
    page.wait_for_selector(ALL)
    page.wait_for_timeout(400)
    later, plans = page.locator("#sentence").inner_text(), unpacked(page.url)["plans"]
    assert later != first
    page.click("#replay")
    page.wait_for_selector("#changed-0:has-text('Nothing changed yet.')")
    page.wait_for_selector("#note:has-text('Before: ')")
    assert page.locator("#changed-0").inner_text() != "Nothing changed yet."
    page.wait_for_selector(ALL)
    page.wait_for_timeout(400)
    assert page.locator("#sentence").inner_text() == later
    assert unpacked(page.url)["plans"] == plans


@pytest.mark.parametrize("language", ["en", "nb"])
def test_every_number_is_explained_under_the_same_headings(visit: Any, language: str) -> None:
    page = visit()
    if language == "nb":
        page.click("#language")
        page.wait_for_selector("html[lang=nb]")
    page.evaluate(
        "document.querySelectorAll('.inputs details').forEach((one) => (one.open = true))"
    )
    heads = []
    marks = page.locator(".inputs .plan.a button.plain, #ward button.plain")
    assert marks.count() >= 7 + 12
    for mark in marks.all():
        mark.click()
        heads.append(page.locator("#lever dt").all_inner_texts())
        texts = page.locator("#lever dd").all_inner_texts()
        assert len(texts) == len(heads[-1]) == 7 and all(text.strip() for text in texts)
        page.keyboard.press("Escape")
    assert all(one == heads[0] for one in heads)


HOURS = [
    f"leadership.{who}_hours{when}" for who in ("leader", "champion") for when in ("", "_after")
]


def test_a_card_says_what_its_plan_costs_while_it_runs_and_after(
    visit: Any, tmp_path: Path
) -> None:
    both = [
        plan("A", "internal-competence", **{"leadership.champion_hours": 4}),
        plan("B", "external-leadership"),
    ]
    page = visit(packed(state(*both, price=400)), ready="html[data-order='done']")
    plans = [load(file) for file in saved_plans(page, tmp_path)]
    found = qisim.compare(*plans, replicates=200, seed=1, over="acceptable")
    each = list(ensemble("acceptable").sets())  # a strength may be an hour that is kept
    paid = found.differences().set_index("outcome").loc["paid_hours"]
    assert page.locator("#changed-0").inner_text() != "Nothing changed yet."
    for i, one in enumerate(plans):
        own = found.weekly[found.weekly["scenario"] == one.name]
        end = one["programme.start_week"] + one["programme.length_weeks"] - 1
        writing = own.groupby("week")["documentation_hours"].mean()
        held = {key: np.mean([dict(one.values, **each[r % len(each)])[key] for r in range(200)])
                for key in HOURS}  # fmt: skip
        leader, leader_after, nurse, nurse_after = held.values()
        kept = leader * leader_after + one["site.champions_per_unit"] * nurse * nurse_after
        after = (
            one["site.units"] * kept * (one["run.weeks"] - end)
            + writing.iloc[-1]
            - writing.loc[end]
        )
        whole = paid[("base_mean", "other_mean")[i]]
        during = whole - after
        filled(page.locator(f"#cost-{i}"))
        text = page.locator(f"#cost-{i}").inner_text()
        told = [float(found.replace(",", "")) for found in re.findall(r"[\d,]*\d", text)]
        expected = [during, whole - during, 400 * during, 400 * (whole - during)]
        np.testing.assert_allclose(told, expected, atol=0.501)


def test_an_activity_is_dragged_and_moved_by_keys(visit: Any) -> None:
    page = visit(ready=ALL)
    page.locator("#plans details[data-name='strip-0'] > summary").click()
    row = page.locator("#plans .strip .one").first
    handle, told = row.locator("input[type=range]"), row.locator("output")
    before = told.inner_text()
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    page.mouse.move(box["x"] + 12, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    moved = told.inner_text()
    assert moved != before
    handle.press("ArrowRight")
    assert told.inner_text() != moved
    row.locator("select").select_option("13")
    assert row.locator(".track line").count() > 1
    page.wait_for_selector("#changed-0:has-text('moved or dropped: 1')")
    row.locator("input[type=checkbox]").uncheck()
    page.wait_for_selector(ALL)


def test_plans_are_added_taken_out_and_put_back(visit: Any) -> None:
    page = visit()
    page.click("#add")
    page.click("#add")
    assert page.locator("#plans > section").count() == 4
    assert page.locator("#add").is_disabled()
    page.wait_for_selector(ALL)
    page.locator("#plans > section:nth-child(2) .plan-top button").click()
    assert page.locator("#plans > section").count() == 3
    page.wait_for_selector(ALL)
    page.click("#undo")
    assert page.locator("#plans > section").count() == 4
    page.click("#reset")
    assert page.locator("#plans > section").count() == 2
    page.wait_for_selector(ALL)
    for door in ("improve", "example", "choose"):
        page.click(f"#door-{door}")
        page.wait_for_selector(ALL)
    quiet(page)


def test_another_pair_is_told_while_its_choice_has_the_focus(visit: Any) -> None:
    three = [
        plan("Alder", "internal-competence"),
        plan("Birch", "external-leadership"),
        plan("Cedar", "blended"),
    ]
    page = visit(packed(state(*three)), ready=ALL)
    choice = page.locator("#verdicts select")
    for value, there, gone in (("2", "Cedar", "Birch"), ("1", "Birch", "Cedar")):
        choice.focus()
        choice.select_option(value)
        page.wait_for_selector(f"#dots-hint:has-text('{there}')")
        told = " ".join(page.locator("#verdicts > li:not(:has(select))").all_inner_texts())
        assert there in told and gone not in told
        assert choice.evaluate("node => node === document.activeElement")
    quiet(page)


def test_a_goal_and_a_price_are_answered(visit: Any) -> None:
    page = visit(packed(state(plan("A", "internal-competence"), plan("B", "external-leadership"),
                              goal={"persons": 5, "hours": 4000}, price=500)), ready=ALL)  # fmt: skip
    assert re.search(
        r"At least 5 people, at most 4,000 paid hours: A meets it in \d+ of 200 worlds; B meets it in \d+",
        page.locator("#verdicts").inner_text(),
    )
    page.locator("#bars + details summary").click()
    assert "kr" in page.locator("#bars-table").inner_text()


def test_everything_is_said_in_norwegian(visit: Any) -> None:
    page = visit(ready=ALL)
    page.click("#language")
    page.wait_for_selector("html[lang=nb]")
    page.wait_for_selector("#verdicts:has-text('Mulige verdener')")
    text = page.locator("body").inner_text()
    assert not re.search(r"\b(the|people|weeks|with)\b", text), re.search(
        r".{30}\b(the|people|weeks|with)\b.{30}", text
    )
    quiet(page)
