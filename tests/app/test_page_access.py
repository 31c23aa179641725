"""The page for everyone: contrast, keyboard, small screens, print, old phones."""

from __future__ import annotations

from typing import Any

import pytest
from page_steps import (
    ALL,
    LONG_MS,
)

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
