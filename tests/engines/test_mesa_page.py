"""Mesa's page of the model, really served and opened: headless Chromium plays it, week by week.

It needs a browser, `playwright` to drive it, and `solara-assets`, because a page fetches nothing from elsewhere
here: ``uv run --group browser pytest tests/engines/test_mesa_page.py``. With ``QISIM_BROWSER=needed`` what
is missing is a failure; without, the tests are skipped.
"""

import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import qisim

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_S, CLICK_MS = 120, 30_000

APP = """
import solara
from mesa.visualization import SolaraViz, make_plot_component
import qisim

def Told(model):
    solara.Text(f"{model.scenario.name} week {model.week} use {model.current['use']:.6f}" if model.week
                else f"{model.scenario.name} week 0")

page = SolaraViz(
    qisim.CareUnit(%r), components=[Told, make_plot_component(["adoption", "use"])], play_interval=400,
    model_params={"pressure": {"type": "SliderFloat", "label": "Workload", "value": 1.0,
                               "min": 0.0, "max": 2.0, "step": 0.05}},
)
"""
BARE = """
from mesa.visualization import SolaraViz
import qisim

page = SolaraViz(qisim.CareUnit("external"))
"""


def missing():
    """Return what is missing to open a page, or None."""
    if not any(map(shutil.which, BROWSERS)):
        return f"no browser was found (looked for {', '.join(BROWSERS)})"
    for package in ("playwright", "solara_assets"):
        if importlib.util.find_spec(package) is None:
            return f"{package} is not installed (dependency group browser)"
    return None


@pytest.fixture(scope="module")
def browser():
    lack = missing()
    if lack and os.environ.get("QISIM_BROWSER") == "needed":
        pytest.fail(lack)
    if lack:
        pytest.skip(lack)
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)))
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


def answers(port):
    with socket.socket() as line:
        line.settimeout(1.0)
        return line.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def served(tmp_path):
    """Return a function that serves an app and gives its address; the servers end with the test."""
    started = []

    def serve(app):
        file, log, port = tmp_path / "app.py", tmp_path / "server.log", free_port()
        file.write_text(app)
        command = [Path(sys.executable).with_name("solara"), "run", file, "--host", "127.0.0.1",
                   "--port", str(port), "--no-open", "--production"]  # fmt: skip
        with log.open("wb") as stream:
            server = subprocess.Popen(
                command, cwd=tmp_path, stdout=stream, stderr=subprocess.STDOUT
            )
        started.append(server)
        deadline = time.monotonic() + START_S
        while not answers(port):
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        return f"http://127.0.0.1:{port}/"

    yield serve
    for server in started:
        server.terminate()
        server.wait(30)


def opened(browser, address):
    page = browser.new_page()
    page.set_default_timeout(CLICK_MS)
    page.goto(address, timeout=2 * CLICK_MS)
    page.get_by_role("button", name="Reset").wait_for()
    return page


def week_of(page):
    """Return the week that the page shows: in words of our own, or in Mesa's (Step: 3, Time: 3.0)."""
    found = re.search(r"(?:week|Step:|Time:) (\d+)", page.inner_text("body"))
    return int(found[1]) if found else -1


def wait_for_week(page, wanted):
    deadline = time.monotonic() + CLICK_MS / 1000
    while not wanted(week_of(page)):
        assert time.monotonic() < deadline, page.inner_text("body")
        page.wait_for_timeout(50)


def step(page, weeks):
    """Press Step until so many weeks have been lived through."""
    while (before := week_of(page)) < weeks:
        page.get_by_role("button", name="Step").click()
        wait_for_week(page, lambda now, before=before: now > before)
    assert week_of(page) == weeks


def stand_still(page):
    """Wait until the page plays no more: a step that was under way when it was paused has come in."""
    deadline, shown = time.monotonic() + CLICK_MS / 1000, -1
    while shown != (shown := week_of(page)):
        assert time.monotonic() < deadline
        page.wait_for_timeout(2_000)


def test_the_bare_page_opens_and_plays_ten_weeks(browser, served):
    page = opened(browser, served(BARE))
    wait_for_week(page, lambda week: week == 0)
    step(page, 10)
    text = page.inner_text("body")
    assert "Error" not in text and "Traceback" not in text and "CareUnit" in text


def test_a_page_plays_pauses_and_starts_the_same_site_again(browser, served):
    page = opened(browser, served(APP % "internal"))
    page.get_by_text("internal week 0").wait_for()
    step(page, 10)
    model = qisim.CareUnit("internal")
    for _ in range(10):
        model.step()
    told = f"internal week 10 use {model.current['use']:.6f}"
    page.get_by_text(told).wait_for()
    assert page.locator("img, canvas, svg").count() > 0  # the plot
    page.get_by_role("button", name="▶").click()
    wait_for_week(page, lambda week: week >= 14)
    page.get_by_role("button", name="❚❚").click()
    stand_still(page)
    page.get_by_role("button", name="Reset").click()
    page.get_by_text("internal week 0").wait_for()
    step(page, 10)
    page.get_by_text(told).wait_for()
