"""How soon the planner's page answers: open to first picture, and a slider's move to curves and verdict.

Run it on a quiet machine: ``python benchmarks/page.py``. Two plans of one ward of 40 posts and 156 weeks;
each move is a key on the slider of one lever, so one plan is run anew. ``--both`` moves the ward's
workload instead, which runs both anew. Times are taken in the page, from the event to the painted answer.
A drag of the slider is watched for long tasks: those of more than 50 ms block the hand. On a busy machine
times on the clock tell of the others as well; what the page's thread itself worked stands beside them.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from qisim.app import build

WATCH = """() => {
  const root = document.documentElement;
  window.moves = [];
  addEventListener("input", () => window.moves.push({ at: performance.now(), shown: {} }), true);
  addEventListener("change", (event) => {
    if (event.target.type === "text") window.moves.push({ at: performance.now(), shown: {} });
  }, true);
  new MutationObserver(() => {
    const move = window.moves.at(-1), shown = root.dataset.shown;
    if (move && shown && !(shown in move.shown))
      requestAnimationFrame(() => setTimeout(() => (move.shown[shown] ??= performance.now() - move.at)));
  }).observe(root, { attributes: true, attributeFilter: ["data-painted"] });
}"""

PLANS = [("Own programme", "internal-competence"), ("Outside programme", "external-leadership")]
STATE = {
    "version": version("qisim"), "ward": {"site.staff_per_unit": 40, "site.units": 1},
    "plans": [{"name": a, "from": b, "set": {}, "activities": {}, "more": []} for a, b in PLANS],
}  # fmt: skip
WARD = "#" + base64.urlsafe_b64encode(json.dumps(STATE).encode()).decode().rstrip("=")
LONG = """() => {
  window.long = [];
  new PerformanceObserver((seen) => {
    for (const one of seen.getEntries()) window.long.push(one.duration);
  }).observe({ type: "longtask" });
}"""
WHOLE = "html[data-shown='200'][data-luck='200']"
DRAG = 90
"""Steps of a drag, 30 ms each."""


def opened(browser, file: Path) -> float:
    """Return seconds from opening the file to the first picture, in a context of its own."""
    context = browser.new_context()
    page = context.new_page()
    begin = time.perf_counter()
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-shown]")
    seconds = time.perf_counter() - begin
    context.close()
    return seconds


def dragged(page) -> tuple[list[float], list[float]]:
    """Return tasks of the page's thread in one drag: ms on the clock of the long ones, ms of work of all."""
    page.evaluate(LONG)
    session = page.context.new_cdp_session(page)
    events: list[dict] = []
    ended: list[bool] = []
    session.on("Tracing.dataCollected", lambda found: events.extend(found["value"]))
    session.on("Tracing.tracingComplete", lambda _: ended.append(True))
    categories = {"includedCategories": ["toplevel", "devtools.timeline"]}
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": categories})
    slider = page.locator("#plans input[type=range]").nth(1)
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.2 * box["width"], height)
    page.mouse.down()
    for step in range(DRAG):
        page.mouse.move(box["x"] + (0.2 + 0.6 * (step % 30) / 30) * box["width"], height)
        page.wait_for_timeout(30)
    page.mouse.up()
    page.wait_for_selector(WHOLE)
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(50)
    threads = {
        (one["pid"], one["tid"])
        for one in events
        if one.get("name") == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        one.get("tdur", one["dur"]) / 1000
        for one in events
        if one.get("ph") == "X"
        and one["name"] == "ThreadControllerImpl::RunTask"
        and (one["pid"], one["tid"]) in threads
    ]
    return page.evaluate("window.long"), tasks


def moves(page, number: int, both: bool) -> dict[str, list[float]]:
    """Return milliseconds to each number of runs, for so many moves."""
    page.evaluate(WATCH)
    slider = page.locator("#plans input[type=range]").nth(1)
    if both:
        page.click("#ward-card summary")
    for i in range(number):
        if both:
            page.fill("[id='ward-workload.pressure']", f"{90 + i % 25} %")
            page.press("[id='ward-workload.pressure']", "Enter")
        else:
            slider.press("ArrowRight" if i % 40 < 20 else "ArrowLeft")
        page.wait_for_selector(WHOLE)
        page.wait_for_timeout(50)
    found: dict[str, list[float]] = {}
    for move in page.evaluate("window.moves"):
        for runs, time_ms in move["shown"].items():
            found.setdefault(runs, []).append(time_ms)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moves", type=int, default=40)
    parser.add_argument("--both", action="store_true")
    options = parser.parse_args()
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        file = Path(folder) / "page.html"
        build.save(file)
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        print(
            f"{file.stat().st_size / 1000:.0f} kB, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
        )
        first = sorted(opened(browser, file) for _ in range(7))
        print(f"open to first picture: median {first[3]:.2f} s, worst of 7 {first[-1]:.2f} s")
        page = browser.new_page()
        page.goto(file.as_uri() + WARD)
        page.wait_for_selector(WHOLE)
        for runs, times in moves(page, options.moves, options.both).items():
            median, p95 = np.percentile(times, [50, 95])
            print(
                f"{runs} runs each: median {median:.0f} ms, p95 {p95:.0f} ms ({len(times)} moves)"
            )
        long, tasks = dragged(page)
        print(
            f"a drag of {DRAG} steps: {len(long)} tasks of more than 50 ms on the clock "
            f"(longest {max(long, default=0):.0f} ms), longest work of one task {max(tasks):.0f} ms; "
            f"load {os.getloadavg()[0]:.1f}"
        )
        browser.close()


if __name__ == "__main__":
    main()
