"""The page is one whole file: it asks nobody for anything, says everything in both languages, stays small."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from worlds import small

from qisim import load
from qisim.app import build, data
from qisim.cli.main import exit_code
from qisim.decide.parts import BUNDLES, STRENGTHS, WARD
from qisim.engines import wasm
from qisim.errors import InputError
from qisim.model.calendar import ACTIVITY_KINDS
from qisim.model.outcomes import OUTCOMES

MOST_BYTES = 2_500_000
FOLDER = Path(build.__file__).parent / "page"
WORDS = {
    name: json.loads((FOLDER / f"words.{name}.json").read_text(encoding="utf-8"))
    for name in build.LANGUAGES
}
SCRIPTS = "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.js")))


@pytest.fixture(scope="module")
def page() -> str:
    return build.page()


def told(page: str) -> dict:
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])


# --- words ----------------------------------------------------------------------------------------


def test_both_languages_have_the_same_words() -> None:
    assert list(WORDS["en"]) == list(WORDS["nb"])
    empty = {key for words in WORDS.values() for key, text in words.items() if not text}
    assert empty <= {"unit.1"}


@pytest.mark.parametrize("key", WORDS["en"])
def test_a_translation_holds_the_same_places_for_values(key: str) -> None:
    places = [sorted(re.findall(r"\{\w+\}", words[key])) for words in WORDS.values()]
    assert places[0] == places[1]


def keys_asked_for() -> set[str]:
    """Return every key that the scripts and the markup ask for, families of keys written out."""
    markup = (FOLDER / "page.html").read_text(encoding="utf-8")
    plain = set(re.findall(r"""\b(?:t|rich)\("([\w.]+)\"""", SCRIPTS))
    plain |= set(re.findall(r'data-(?:t|label|table)="([\w.]+)"', markup))
    families = {
        "lever": data.LEVERS, "what": data.LEVERS, "outcome": OUTCOMES, "kind": ACTIVITY_KINDS,
        "plan": data.PLANS, "option": data.SETTINGS, "lead": ("facilitator", "champion", "leader"),
        "bundle": (*BUNDLES, WARD, STRENGTHS), "day": [day["name"] for day in data.page_data([])["days"]],
        "verdict": data.layout()["verdicts"], "sentence": data.layout()["verdicts"],
    }  # fmt: skip
    written = {f"{family}.{name}" for family, names in families.items() for name in names}
    bands = {f"band.{key}.{i}" for key, steps in data.LEVERS.items() for i in range(len(steps))}
    names = {one.name for plan in data.PLANS for one in load(plan).activities}
    return plain | written | bands | {f"activity.{name}" for name in names}


def test_every_word_that_is_asked_for_is_there() -> None:
    assert keys_asked_for() - set(WORDS["en"]) == set()


def test_what_validation_found_is_what_its_page_says() -> None:
    """The table that the page of trust is made from is the one that docs/validation.md shows."""
    docs = Path(__file__).parents[2] / "docs" / "validation.md"
    row = re.compile(
        r"^\| ([TLJ]\d+) \| (.+?) \| (.+?) \| (pass|FAIL|open) \| [^|]*\|$", re.MULTILINE
    )
    found = [
        (i, title, use, verdict.lower())
        for i, title, use, verdict in row.findall(docs.read_text("utf-8"))
    ]
    told_ = [tuple(one.values()) for one in data.page_data([])["validation"]]
    assert told_ == found and len(found) > 20


# --- the file -------------------------------------------------------------------------------------


def test_it_is_small_and_names_no_host(page: str) -> None:
    assert len(page.encode()) <= MOST_BYTES
    markup = page[: page.index('id="data"')] + build.bundled(build.ORDER)
    assert set(re.findall(r"\w+://[\w./]*", markup)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(
        r"\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|import)\b *\(", markup
    )
    assert not re.search(r"<(link|img|iframe|object|embed)\b", page)


def test_its_policy_allows_its_own_script_and_style_and_no_connection(page: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert set(rules) == {
        "default-src",
        "script-src",
        "style-src",
        "worker-src",
        "base-uri",
        "form-action",
    }
    assert "unsafe-inline" not in policy and "'unsafe-eval'" not in policy
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    for content, rule in ((script, "script-src"), (style, "style-src")):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in rules[rule]


def test_scripts_hold_no_mathematics_of_the_model() -> None:
    scripts = SCRIPTS.replace("10 ** Math.floor(Math.log10(rough))", "")  # the steps of an axis
    assert not re.search(r"Math\.(pow|exp|log|sqrt|random)\b", scripts)


def test_it_holds_the_plans_that_were_given(page: str) -> None:
    assert told(page)["given"] == []
    hostile = small({"name": "</script><b>", "title": "<!-- </script>"})
    text = build.page([hostile, "external"], "nb")
    found = told(text)
    assert [one["name"] for one in found["given"]] == ["</script><b>", "external"]
    assert found["base"]["site.staff_per_unit"] == hostile["site.staff_per_unit"]
    assert found["language"] == "nb"
    assert text.count("</script>") == 2


# --- the command ----------------------------------------------------------------------------------


def test_it_is_written_where_one_says(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    file = tmp_path / "page.html"
    assert exit_code(["app", "internal", "--save", str(file), "--language", "en"]) == 0
    assert "is written" in capsys.readouterr().out
    assert told(file.read_text(encoding="utf-8"))["given"][0]["name"] == "internal"
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_ward_that_is_left_out_is_told(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert exit_code(["app", "external", "internal", "--save", str(tmp_path / "page.html")]) == 0
    assert "internal: its ward is left out (contact 1 / 0.8)" in capsys.readouterr().err


@pytest.mark.parametrize("browser", [True, False])
def test_without_more_it_is_opened_from_the_cache(
    browser: bool, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or browser)
    code = build.wasm.module()
    monkeypatch.setattr(build.wasm, "module", lambda: code)
    monkeypatch.setattr(build.wasm, "folder", lambda: tmp_path)
    assert exit_code(["app", "internal", "--language", "nb"]) == 0
    file = tmp_path / "page" / "qisim.html"
    assert opened == [file.as_uri()]
    assert told(file.read_text(encoding="utf-8"))["given"][0]["name"] == "internal"
    said = capsys.readouterr()
    assert str(file) in said.out
    assert ("no browser was found" in said.err) is not browser


def test_it_is_served_on_this_computers_own_address_until_it_is_stopped(tmp_path: Path) -> None:
    """The page, at one address, to this computer alone; nothing else is there; Ctrl-C ends it."""
    import urllib.request
    from urllib.error import HTTPError

    script = "import webbrowser; webbrowser.open = lambda url: True; from qisim.cli.main import main; main()"
    command = [sys.executable, "-u", "-c", script, "app", "external", "--serve"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as served:
        try:
            address = served.stdout.readline().split()[0]
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
            with urllib.request.urlopen(address, timeout=30) as answer:
                text = answer.read().decode()
                assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
            assert told(text)["given"][0]["name"] == "external"
            with pytest.raises(HTTPError, match="404"):
                urllib.request.urlopen(address + "etc/passwd", timeout=30)
        finally:
            served.send_signal(signal.SIGINT)
        _, errors = served.communicate(timeout=30)
    assert served.returncode == 0 and errors.strip() == "ended"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["intrenal"], "internal"),
        (["internal"] * 5, "at most 4"),
        (["--language", "de"], "en | nb"),
    ],
)
def test_what_is_wrong_is_refused(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert exit_code(["app", *arguments, "--save", str(tmp_path / "page.html")]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_what_the_page_cannot_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"run\.allocation"):
        build.page([load("internal", {"run.allocation": "study"})])


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert exit_code(["app", "--save", str(tmp_path / "no" / "page.html")]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners on this system")
def test_a_page_is_not_put_where_others_may_write(tmp_path: Path) -> None:
    mine = wasm.private(tmp_path / "own")
    assert mine == tmp_path / "own" and mine.stat().st_mode & 0o077 == 0
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    link = tmp_path / "link"
    link.symlink_to(mine)
    for place in (shared, link):
        fresh = wasm.private(place)
        assert fresh != place and fresh.stat().st_mode & 0o077 == 0
        fresh.rmdir()


def test_a_file_that_asks_for_sites_like_it_opens_with_wards_like_ours(tmp_path: Path) -> None:
    """And says so where the page has another number of them."""
    asks = small(sites={"number": 30})
    assert told(build.page([asks]))["sites"]["asked"]
    assert not told(build.page([small(sites={"number": 1})]))["sites"]["asked"]
    number = len(told(build.page())["sites"]["drawn"])
    (note,) = build.ward_notes([asks])
    assert "30" in note and str(number) in note
    assert build.ward_notes([small(sites={"number": number})]) == []
