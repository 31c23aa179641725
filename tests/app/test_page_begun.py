"""A plan that has begun, on the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from page_numbers import persons_by_week
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
    assert "too few" in page.inner_text("#levels") and not page.locator("#a4").is_visible()
    page.fill("#counts-text", "3 37")
    page.click("#counts-take")
    page.wait_for_selector("#counts-wrong:has-text('36 care posts')")
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
