"""One unit week by week, and one person in both worlds: what the page tells is what qisim tells."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from page_steps import ALL, packed, plan, quiet, saved_plans, state

from qisim import load
from qisim.decide.stories import Story, happenings
from qisim.design.ensemble import ensemble
from qisim.engines.trace import Trace, trace

THERE = "html[data-unit='there']"


def opened(visit: Any, *plans: dict[str, Any], **more: Any) -> Any:
    page = visit(packed(state(*plans, **more)), ready=ALL)
    page.click("#unit-card summary")
    page.wait_for_selector(THERE)
    return page


def traces(page: Any, folder: Path) -> tuple[int, list[Trace]]:
    """Return the world that is shown, and everybody in it under both plans, as qisim lives through it."""
    world = int(re.search(r"World (\d+)", page.locator("#unit").inner_text())[1]) - 1
    sets = ensemble("acceptable")
    drawn = dict(zip(sets.keys, sets.values[world % len(sets.values)], strict=True))
    return world, [trace(load(file, drawn), 1, world) for file in saved_plans(page, folder)]


def test_a_story_is_that_of_qisim(visit: Any, tmp_path: Path) -> None:
    page = opened(visit, plan("A", "internal-competence"), plan("B", "external-leadership"))
    world, pair = traces(page, tmp_path)
    first = int(page.input_value("#unit-who"))
    for post in (first, (first + 5) % pair[0].posts):
        page.select_option("#unit-who", str(post))
        story = Story(pair, post, world, None, None, None, False)  # type: ignore[arg-type]
        assert int(page.get_attribute("#story-head", "data-parted")) == (story.parted or 0)
        assert int(page.get_attribute("#story-head", "data-acts")) == (story.acts or 0)
        told = {
            int(row.get_attribute("data-week")): row.locator("td").all_inner_texts()
            for row in page.locator("#story-table tbody tr").all()
        }
        for side, one in enumerate(pair):
            events = happenings(one, post)
            assert {week for week, cells in told.items() if cells[side] != "–"} == {
                event.week for event in events
            }
            for event in events:
                # the names of activities have words of their own in the page
                what = event.what.split("(")[-1] if event.sort == "part" else event.what
                assert what in told[event.week][side]
            ends = page.locator("#story .ends").nth(side).inner_text()
            used, routine = (int(one.of(name)[:, post].sum()) for name in ("used", "routine"))
            assert f"used it in {used} of {one.weeks} weeks, routine in {routine}" in ends
    quiet(page)


def test_a_week_shows_everybody_as_they_are(visit: Any, tmp_path: Path) -> None:
    page = opened(visit, plan("A", "internal-competence"), plan("B", "blended"))
    _, pair = traces(page, tmp_path)
    for week in (1, 60, pair[0].weeks):
        page.locator("#unit-week").fill(str(week))
        assert page.locator("#unit-when").inner_text().startswith(f"Week {week},")
        for side, one in enumerate(pair):
            shown = page.locator(f"#unit-{side} .who[data-post]")
            posts = [int(node.get_attribute("data-post")) for node in shown.all()]
            states = [str(node.get_attribute("class")).split()[1] for node in shown.all()]
            for post, found in zip(posts, states, strict=True):
                there, routine, used = (
                    one.of(name)[week - 1, post] > 0.5 for name in ("in_post", "routine", "used")
                )
                expected = (
                    "vacant" if not there else "routine" if routine else "used" if used else "idle"
                )
                assert found == expected, (week, side, post)
            count = int(page.locator(f"#unit-told-{side}").inner_text().split(" of ")[0])
            assert count == round(float(one.of("routine")[week - 1].sum()))
    page.locator("#unit details summary").click()
    rows = page.locator("#unit-table tbody tr")
    assert rows.count() == page.locator("#unit-0 .who[data-post]").count()
    for row in rows.all():
        post = int(row.get_attribute("data-post"))
        empty = [one.of("in_post")[-1, post] < 0.5 for one in pair]
        assert [text == "empty post" for text in row.locator("td").all_inner_texts()] == empty


def test_weeks_go_by_until_they_are_stopped(visit: Any) -> None:
    page = opened(visit, plan("A", "internal-competence"), plan("B", "blended"))
    page.focus("#unit-play")
    page.keyboard.press("Enter")
    for _ in range(200):  # the page's policy allows no code from outside that could wait
        if int(page.input_value("#unit-week")) >= 4:
            break
        page.wait_for_timeout(100)
    assert int(page.input_value("#unit-week")) >= 4
    page.keyboard.press("Enter")
    assert page.locator("#unit-play").inner_text() == "Play"
    stopped = page.locator("#unit-when").inner_text()
    page.wait_for_timeout(700)
    assert page.locator("#unit-when").inner_text() == stopped
    page.focus("#unit-week")
    page.keyboard.press("End")
    assert "Week 156," in page.locator("#unit-when").inner_text()
    page.locator("#unit-0 .who[data-post]").first.click()
    chosen = page.locator("#unit-0 .who.chosen").get_attribute("data-post")
    assert page.input_value("#unit-who") == chosen


def test_a_unit_of_several_and_another_world(visit: Any) -> None:
    page = opened(visit, plan("A", "blended"), plan("B", "external-competence"),
                  ward={"site.units": 3, "site.staff_per_unit": 9})  # fmt: skip
    world = page.locator("#unit").inner_text().split(":")[0]
    page.select_option("#unit-number", index=2)  # "2" would be taken for a label
    assert {
        int(n.get_attribute("data-post")) for n in page.locator("#unit-0 .who[data-post]").all()
    } == set(range(18, 27))
    assert int(page.input_value("#unit-who")) in range(18, 27)
    for _ in range(5):  # by chance it may be the same one
        page.click("#unit-another")
        page.wait_for_selector(THERE)
        if page.locator("#unit").inner_text().split(":")[0] != world:
            break
    assert page.locator("#unit").inner_text().split(":")[0] != world
    page.click("#language")
    page.wait_for_selector("html[lang=nb] #unit:has-text('Verden')")
    text = page.locator("#unit-card").inner_text()
    assert not re.search(r"\b(the|weeks?|person leaves|newcomer)\b", text)
    assert np.isfinite(float(page.input_value("#unit-week")))
