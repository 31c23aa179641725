"""What is kept and shared of the page: links and files, also hostile ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from page_steps import (
    ALL,
    moved,
    packed,
    plan,
    quiet,
    saved_plans,
    state,
)

from qisim import load


def test_a_link_brings_everything_back_and_is_short(visit: Any) -> None:
    page = visit(ready=ALL)
    moved(page, 0, "tool.usability", "81 %")
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
