"""The page in a real browser, from a file, without a network: what a planner does, and what must hold."""

from __future__ import annotations

import csv
import json
import math
import re
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from page_steps import (
    ALL,
    LONG_MS,
    filled,
    packed,
    plan,
    quiet,
    runs_of,
    saved,
    saved_plans,
    state,
    unpacked,
)

import qisim
from qisim import load
from qisim.comparison.layers import layer_of
from qisim.design.ensemble import ensemble
from qisim.model.outcomes import OUTCOMES
from qisim.model.parameters import PARAMETERS

# --- the planner's way ------------------------------------------------------------------------------


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


def test_a_goal_and_a_price_are_answered(visit: Any) -> None:
    page = visit(packed(state(plan("A", "internal-competence"), plan("B", "external-leadership"),
                              goal={"persons": 5, "hours": 4000}, price=500)), ready=ALL)  # fmt: skip
    assert re.search(
        r"A meets it in \d+ of 200 worlds; B meets it in \d+",
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


# --- behind the answer -----------------------------------------------------------------------------------


def looked_at(page: Any, study: str) -> Any:
    """Look at a study behind the answer, and wait until it is done."""
    page.locator(f"#{study}-card").scroll_into_view_if_needed()
    page.wait_for_selector(f"html[data-{study}='done']", timeout=LONG_MS)
    return page.locator(f"#{study}")


def signed(text: str) -> float:
    return float(text.replace("−", "-").replace(",", "").split(" ")[0])


def means(files: list[Path], runs: int, *overrides: dict[str, float]) -> list[float]:
    """Return people in routine use in the last week, the mean of runs of each plan, as qisim gives them."""
    plans = [load(file, change) for file, change in zip(files, overrides, strict=True)]
    found = qisim.compare(*plans, replicates=runs, seed=1, over="acceptable").weekly
    return [
        float(persons_by_week(found[found["scenario"] == one.name]).iloc[-1].mean())
        for one in plans
    ]


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
    page.fill("[id='lever-1-tool.usability']", page.input_value("[id='lever-0-tool.usability']"))
    page.press("[id='lever-1-tool.usability']", "Enter")
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


# --- a plan that has begun -----------------------------------------------------------------------------


def persons_by_week(weekly: Any) -> Any:
    """Return people in routine use, a row for each week (from 1) and a column for each run."""
    table = weekly.pivot(index="week", columns="replicate", values=["adoption", "vacancy"])
    return 36 * table["adoption"] * (1 - table["vacancy"])


def test_what_has_begun_goes_on_from_what_was_counted(visit: Any, tmp_path: Path) -> None:
    """Three ways to go on share a past in worlds near the counts; qisim compare gives the same runs."""
    weeks = {3: 13, 6: 26}
    usual = persons_by_week(qisim.run("internal-competence", replicates=64, seed=5).weekly)
    counts = {month: round(float(usual.loc[week].median())) for month, week in weeks.items()}
    page = visit()
    page.click("#door-begun")
    page.fill("#counts-text", f"month 3: {counts[3]} of 36\n6\t{counts[6]}")
    page.click("#counts-take")
    page.wait_for_selector("html[data-past]")
    assert page.get_attribute("html", "data-past") == "shared"
    found, of = re.search(
        r"In (\d+) of ([\d,]+)", page.locator("#begun-told").inner_text()
    ).groups()
    assert of == "1,024"
    files, runs = saved_plans(page, tmp_path), runs_of(saved(page, "#runs", tmp_path))
    names = [load(file).name for file in files]
    worlds = next(iter(runs.values()))["replicate"]
    result = qisim.compare(*files, replicates=1024, seed=1, over="acceptable")
    by_plan = {
        name: persons_by_week(result.weekly[result.weekly["scenario"] == name]) for name in names
    }
    first = by_plan[names[0]]
    near = np.ones(1024, dtype=bool)
    for month, week in weeks.items():
        near &= (np.abs(first.loc[week] - counts[month]) <= 2 + 1e-9).to_numpy()
    assert near.sum() == int(found)
    assert worlds == np.flatnonzero(near)[:200].tolist()
    for persons in by_plan.values():
        np.testing.assert_array_equal(persons.loc[:26, near], first.loc[:26, near])
    assert not by_plan[names[2]].loc[27:].equals(first.loc[27:])
    for name, columns in zip(names, runs.values(), strict=True):
        own = result.runs[result.runs["scenario"] == name].set_index("replicate")
        np.testing.assert_array_equal(columns["adoption_final"], own.loc[worlds, "adoption_final"])
    quiet(page)


def test_counts_that_no_world_comes_near_give_no_answer(visit: Any) -> None:
    page = visit()
    page.click("#door-begun")
    page.fill("#counts-text", "3 36")
    page.click("#counts-take")
    page.wait_for_selector("#sentence:has-text('No answer')")
    assert not page.locator("#curves").is_visible() and not page.locator("#verdicts").is_visible()
    page.fill("#counts-text", "3 many")
    page.click("#counts-take")
    page.wait_for_selector("#counts-wrong:visible")
    assert page.get_attribute("#counts-text", "aria-invalid") == "true"


def test_a_tally_sheet_and_reports_ask_nobody_for_anything(
    visit: Any, browser: Any, tmp_path: Path
) -> None:
    page = visit(
        packed(state(plan("</script><b>A", "internal-competence"), plan("B", "blended"))), ready=ALL
    )
    found = [saved(page, f"#{which}", tmp_path) for which in ("a4", "report", "picture")]
    page.click("#door-begun")
    found.append(saved(page, "#tally", tmp_path))
    assert [file.name for file in found] == [
        "qisim-a4.html", "qisim-report.html", "qisim-curves.svg", "qisim-tally.html",
    ]  # fmt: skip
    for file in found:
        text = file.read_text(encoding="utf-8")
        assert "<script" not in text and not re.search(r'(src|href)="', text)
    context = browser.new_context(viewport={"width": 794, "height": 1123})
    sheet = context.new_page()
    sheet.goto(found[0].as_uri())
    assert "</script><b>A" in sheet.locator("body").inner_text()
    pages = re.findall(rb"/Type\s*/Page\b", sheet.pdf(format="A4", prefer_css_page_size=True))
    assert len(pages) == 1
    context.close()


# --- the same model ---------------------------------------------------------------------------------


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


# --- keep and share ---------------------------------------------------------------------------------


def test_a_link_brings_everything_back_and_is_short(visit: Any) -> None:
    page = visit(ready=ALL)
    page.fill("[id='lever-0-tool.usability']", "81 %")
    page.press("[id='lever-0-tool.usability']", "Enter")
    page.select_option("#months", "6")
    page.wait_for_selector("#asked:has-text('6 months')")
    page.wait_for_selector(ALL)
    page.wait_for_timeout(700)
    text, sentence = urlsplit(page.url).fragment, page.locator("#sentence").inner_text()
    assert len(text) <= 2048
    again = visit("#" + text, ready=ALL)
    assert again.locator("#sentence").inner_text() == sentence
    assert again.input_value("[id='lever-0-tool.usability']") == "81%"


def test_a_saved_plan_is_opened_again(visit: Any, tmp_path: Path) -> None:
    page = visit(
        packed(state(plan("Ours", "blended"), plan("Theirs", "external-competence"), seed=3))
    )
    file = saved_plans(page, tmp_path)[0]
    again = visit()
    again.set_input_files("#open", file)
    again.wait_for_selector("#note:has-text('Opened')")
    assert [
        again.input_value(f"#plans > section:nth-child({i}) .plan-top input") for i in (1, 2)
    ] == ["Ours", "Theirs"]
    strange = tmp_path / "strange.toml"
    strange.write_text("format = 1\n")
    again.set_input_files("#open", strange)
    again.wait_for_selector("#note:has-text('not saved by this page')")


HOSTILE = '<img src=x onerror="document.title=1">"]\\u2028${1}'


@pytest.mark.parametrize(
    "fragment",
    [
        "#not-a-state", "#" + "A" * 5000, packed({"plans": 3}),
        packed(state(plan("x", "constructor"), plan("y", "__proto__"))),
        packed(state(plan(HOSTILE, "blended", **{"use.base_odds": 1e9, "__proto__": 1}),
                     plan("", "internal-competence"),
                     ward={"site.units": 10**9, "site.setting": "moon"}, seed=-1, months=1e9)),
    ],
)  # fmt: skip
def test_a_hostile_link_does_nothing(fragment: str, visit: Any, tmp_path: Path) -> None:
    page = visit(fragment, ready=ALL)
    assert page.title() == "qisim: two plans, one ward"
    assert page.locator("main img").count() == 0
    for file in saved_plans(page, tmp_path):
        load(file)
    quiet(page)


def test_no_connection_can_be_opened(visit: Any) -> None:
    page = visit()
    page.context.set_offline(False)
    outcome = page.evaluate("fetch('https://example.org/').then(() => 'open', () => 'closed')")
    assert outcome == "closed"
    assert any("Content Security Policy" in text for text in page.faults)


# --- for everyone -----------------------------------------------------------------------------------

VIEWS = {
    "light": {}, "dark": {"color_scheme": "dark"}, "phone": {"viewport": {"width": 360, "height": 740}},
    "forced": {"forced_colors": "active"}, "still": {"reduced_motion": "reduce"},
}  # fmt: skip


@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing(view: str, visit: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(ready=ALL, bypass_csp=True, **VIEWS[view])
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    if view in ("light", "dark"):  # a study takes long, and its table is like the others
        page.locator("#helps-ask button").first.click()
        page.wait_for_selector("html[data-helps='done']", timeout=LONG_MS)
    assert told_by(Axe().run(page)) == []
    page.locator("#plans button.plain").first.click()
    page.wait_for_selector("dialog[open]")
    assert told_by(Axe().run(page)) == []


def test_axe_finds_nothing_where_a_plan_has_begun_or_less_is_shown(visit: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit(bypass_csp=True)
    page.click("#door-begun")
    assert told_by(Axe().run(page)) == []
    page.check("#expect-first")
    page.wait_for_selector("#expect-show:visible")
    assert told_by(Axe().run(page)) == []
    page.uncheck("#expect-first")
    page.click("#projector")
    assert told_by(Axe().run(page)) == []


def told_by(results: Any) -> list[str]:
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in results.response["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("width", [320, 360, 640, 1024, 1440])
def test_nothing_runs_over_the_side(width: int, visit: Any) -> None:
    page = visit(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_alone_is_enough(visit: Any) -> None:
    page = visit(ready=ALL)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(150):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.id || document.activeElement.tagName"))
        if page.evaluate(
            "document.activeElement.type === 'range' && document.activeElement.closest('.plan') !== null"
        ):
            break
    assert {"undo", "months", "matters"} - reached <= {"undo"}  # nothing to undo yet: out of reach
    before = page.locator("#changed-0").inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("#changed-0").inner_text() != before
    page.keyboard.press("Control+z")
    page.wait_for_selector("#changed-0:has-text('Nothing changed yet.')")


def test_every_drawing_has_a_name_and_a_table(visit: Any) -> None:
    page = visit(ready=ALL)
    for chart in ("curves", "dots", "bars"):
        assert len(page.get_attribute(f"#{chart} svg", "aria-label")) > 20
        assert page.get_attribute(f"#{chart} svg", "role") == "img"
        assert page.locator(f"#{chart}-table table tr").count() >= 3


def test_a_printed_page_is_the_answer_alone(visit: Any) -> None:
    page = visit(ready=ALL)
    page.emulate_media(media="print")
    assert page.locator("#sentence").is_visible() and page.locator("#caveats").is_visible()
    assert not page.locator("#plans").is_visible()


def test_an_old_phone_answers(visit: Any) -> None:
    page = visit(viewport={"width": 360, "height": 740})
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    page.locator("#plans input[type=range]").first.press("ArrowRight")
    page.wait_for_selector("#changed-0:has-text('→')")
    page.wait_for_selector(ALL)
