"""Puts the planner's page together: markup, style, scripts, words, data and the engine in one file.

The page is self-contained: no script, style or font lies outside it, and its content security
policy forbids any connection. Scripts are small modules in `page/`; browsers refuse to load modules
from files, so each becomes a function, and all of them together one script that is allowed by its
digest.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from qisim.app import data
from qisim.comparison.context import ward_differences
from qisim.engines import wasm
from qisim.errors import InputError, Problem, not_one_of
from qisim.scenario import ward
from qisim.scenario.scenario import Scenario, load

LANGUAGES = ("en", "nb")
MOST_PLANS = 4
ORDER = (
    "module", "pool", "numbers", "words", "scenario", "state", "background", "charts", "fields",
    "answer", "keep", "begun", "helps", "why", "turning", "days",
    "map", "trust", "expect", "lever", "story", "unit", "asking", "painting", "main",
)  # fmt: skip
"""Scripts of the page, each after those that it imports."""
WORKER = ("module", "worker")
IMPORT = re.compile(r'^import \{([^}]*)\} from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let) (\w+))", re.MULTILINE)
EXPORT_LIST = re.compile(r"^export \{[^}]*\};\n", re.MULTILINE)


def page(scenarios: Sequence[str | Scenario] = (), language: str | None = None) -> str:
    """Return the page as the text of one HTML file.

    Parameters
    ----------
    scenarios : sequence of str, path or Scenario, optional
        Plans to begin with, at most four; the ward is that of the first.
    language : {"en", "nb"}, optional
        Language at the start; by default English, or the language last used.

    Raises
    ------
    InputError
        If a scenario is wrong, or is one that the page cannot run.
    """
    if language is not None and language not in LANGUAGES:
        raise InputError(not_one_of("language", language, list(LANGUAGES)))
    if len(scenarios) > MOST_PLANS:
        message = "too many plans for one page"
        raise InputError(
            Problem(message, value=str(len(scenarios)), allowed=f"at most {MOST_PLANS} scenarios")
        )
    given = [load(one) for one in scenarios]
    told = data.page_data(given)
    first = told["given"][0] if given else told["plans"][data.PLANS[0]]
    told |= {
        "base": {key: first["values"][key] for key in ward.WARD_KEYS},
        "language": language,
        "catalogues": {name: json.loads(_part(f"words.{name}.json")) for name in LANGUAGES},
        "translated": json.loads(_part("sentences.nb.json")),
        "code": base64.b64encode(wasm.module()).decode(),
        "worker": bundled(WORKER),
    }
    script, style = bundled(ORDER), _part("style.css")
    policy = (
        f"default-src 'none'; script-src {_digest(script)} 'wasm-unsafe-eval'; "
        f"style-src {_digest(style)}; worker-src blob:; base-uri 'none'; form-action 'none'"
    )
    text = _part("page.html")
    for mark, content in {
        "@POLICY@": policy, "@STYLE@": style, "@DATA@": _as_json(told), "@SCRIPT@": script,
    }.items():  # fmt: skip
        before, found, after = text.partition(mark)
        assert found, mark
        text = before + content + after
    return text


def save(file: Path, scenarios: Sequence[str | Scenario] = (), language: str | None = None) -> None:
    """Write the page to a file, atomically."""
    text = page(scenarios, language)
    draft = file.with_name(f".{file.name}.part")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise InputError(Problem(f"cannot be written: {error.strerror}", str(file))) from None


def ward_notes(scenarios: Sequence[str | Scenario]) -> list[str]:
    """Return notes on the wards: which of them counts, and which values are defaults."""
    given = {one.name: one for one in map(load, scenarios)}
    notes = ward.ward_notes(given)
    notes += [
        f"{one.name} asks for {one.sites['number']:g} sites like it; the page has {data.MOST_SHOWN}"
        for one in given.values()
        if one.sites.get("number", 1) not in (1, data.MOST_SHOWN)
    ]
    if len(given) < 2:
        return notes
    first, *others = given.values()
    for one in others:
        if unlike := ward_differences(first.to_dict(), one.to_dict()):
            notes.append(
                f"{one.name}: its ward is left out ({unlike}); that of {first.name} counts"
            )
    return notes


def cached(scenarios: Sequence[str | Scenario] = (), language: str | None = None) -> Path:
    """Write the page into the cache and return its path.

    A browser runs what lies there, so the folder must belong to the user; see
    `qisim.engines.wasm.private`.
    """
    folder = wasm.private(wasm.folder() / "page")
    file = folder / "qisim.html"
    save(file, scenarios, language)
    return file


def bundled(names: Sequence[str]) -> str:
    """Return modules as one script, each a function that returns its exports."""
    return '"use strict";\n' + "\n".join(_as_function(name, _part(f"{name}.js")) for name in names)


def _as_function(name: str, source: str) -> str:
    source = EXPORT_LIST.sub("", source)
    exported = EXPORT.findall(source)
    body = IMPORT.sub(
        lambda found: f"const {{{found[1]}}} = of_{found[2]};\n", EXPORT.sub("", source)
    )
    assert "import " not in re.sub(r"//.*", "", body), name
    return f"const of_{name} = (() => {{\n{body}return {{ {', '.join(exported)} }};\n}})();"


def _digest(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _as_json(told: Any) -> str:
    """Return data as JSON that cannot end the script that holds it."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _part(name: str) -> str:
    return files("qisim.app").joinpath("page", name).read_text(encoding="utf-8")
