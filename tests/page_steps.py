"""What tests of the page do again and again: states as its address holds them, files that it saves."""

from __future__ import annotations

import base64
import csv
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

import qisim

ALL = "html[data-shown='200']"
LONG_MS = 600_000
"""Studies behind the answer take seconds on a quiet machine of two cores, and minutes on a busy one."""


def packed(state: dict[str, Any]) -> str:
    """Return a state as the page's address holds it."""
    return "#" + base64.urlsafe_b64encode(json.dumps(state).encode()).decode().rstrip("=")


def unpacked(url: str) -> dict[str, Any]:
    text = urlsplit(url).fragment
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def plan(name: str, start: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "from": start, "set": more, "activities": {}, "more": []}


def state(*plans: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"plans": list(plans), "version": qisim.__version__, **more}


def quiet(page: Any) -> None:
    """Hold that the page asked nobody for anything and complained of nothing."""
    assert page.faults == []
    assert {urlsplit(url).scheme for url in page.asked} <= {"file", "blob", "data"}
    assert len([url for url in page.asked if url.startswith("file")]) == 1


def filled(place: Any) -> None:
    """Wait until a number stands in a place."""
    from playwright.sync_api import expect

    expect(place).to_contain_text(re.compile(r"\d"), timeout=LONG_MS)


def moved(page: Any, side: int, key: str, text: str) -> None:
    """Type a lever's value; the lever may stand among those that matter less, which are folded away."""
    page.locator(f"#plans details[data-name='more-{side}']").evaluate("(one) => (one.open = true)")
    field = f"[id='lever-{side}-{key}']"
    page.fill(field, text)
    page.press(field, "Enter")


def saved(page: Any, selector: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.click(selector)
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def saved_plans(page: Any, folder: Path) -> list[Path]:
    files = []
    for i in range(page.locator("#keep .save").count()):
        with page.expect_download() as waiting:
            page.locator("#keep .save").nth(i).click()
        file = folder / f"{i}-{waiting.value.suggested_filename}"
        waiting.value.save_as(file)
        files.append(file)
    return files


def runs_of(file: Path) -> dict[str, dict[str, list[float]]]:
    """Return columns of the runs that the page saved, by plan."""
    found: dict[str, dict[str, list[float]]] = {}
    with file.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            columns = found.setdefault(row.pop("plan"), {})
            for name, text in row.items():
                columns.setdefault(name, []).append(float(text) if text else np.nan)
    return found
