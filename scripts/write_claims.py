"""Write the figures of the documents anew, and the claims that hold them: ``docs/claims.toml``.

Every claim that has a template has a figure. It is measured, its sentence is written from the template, and
takes the place of the former one in the claims and in the document. The claim is that the figure is right up to
the smallest difference that matters. A figure whose interval holds zero, or that has changed sign, is not
written: its sentence must be thought over. What benchmarks measure is written with ``--benchmarks``, which
takes some minutes.

Usage: uv run scripts/write_claims.py [--check | --benchmarks]
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from qisim.decide.claims import claims
from qisim.decide.finding import amount, between
from qisim.model.outcomes import OUTCOMES

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docs" / "claims.toml"
RANGE = re.compile(r"ratio of variances: (\S+) to (\S+)")
BANDS = re.compile(r"^internal, \d+ months: 90 % bands held (\d\.\d+) \((\d\.\d+)\)", re.MULTILINE)

SAVED = (
    ROOT / "README.md", r"is \S+ to \S+ times\s+smaller than with independent seeds",
)  # fmt: skip
HELD = (
    ROOT / "docs" / "decisions.md",
    r"With [^;%]*?(?:sites|\)), \d[\d., and]+ % of\s+months\s+to\s+come\s+lay\s+within\s+the\s+middle\s+90 % "
    r"\(standard error up to [\d.]+ points\)",
)
"""Documents and the sentences in them that benchmarks write."""


def with_figures() -> list[dict[str, Any]]:
    """Return the claims that have a template."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["claims"]
    return [one for one in entries if "template" in one]


def measured(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield each claim as it ought to be."""
    bare = [{k: v for k, v in one.items() if k not in ("where", "template")} for one in entries]
    for one in bare:
        one["text"] = one["text"] or "not yet written"
    found = claims({"format": 1, "claims": bare}).table()
    for one, row in zip(entries, found.to_dict("records"), strict=True):
        outcome = OUTCOMES[one["outcome"]]
        if row["low"] <= 0.0:
            raise SystemExit(
                f"{one['id']}: the interval {between(row['low'], row['high'], outcome)} is not above zero; "
                "think the sentence over"
            )
        figure = f"{amount(row['value'], outcome).lstrip('+')} {between(row['low'], row['high'], outcome)}"
        low, high = (round(row["value"] + sign * outcome.matters, 3) for sign in (-1, 1))
        text = one["template"].format(difference=figure)
        yield {**one, "text": text, "low": low, "high": high}


def rewritten(old: Mapping[str, Any], new: Mapping[str, Any], text: str) -> str:
    """Return the file of claims with a claim in its new form."""
    head, mark, rest = text.partition(f'id = "{old["id"]}"')
    block, gap, after = rest.partition("\n[[claims]]")
    for key in ("text", "low", "high"):
        line = f'{key} = "{new[key]}"' if key == "text" else f"{key} = {new[key]}"
        at = re.search(rf"^{key} = .*$", block, flags=re.MULTILINE)
        if at is None:
            raise SystemExit(f"{old['id']} has no {key}")
        block = block[: at.start()] + line + block[at.end() :]
    return head + mark + block + gap + after


def pattern(template: str) -> re.Pattern[str]:
    """Return what finds the sentence of a template in a document, whatever its figure and its lines."""
    words = re.escape(template).replace(re.escape("{difference}"), r"\S+ [^\[\]]*\[[^\[\]]*\]")
    return re.compile(re.sub(r"(\\ )+", r"\\s+", words))


def place(entry: Mapping[str, Any], page: str) -> str:
    """Return a document with the sentence of a claim in its new form."""
    page, times = pattern(entry["template"]).subn(lambda _: entry["text"], page)
    if times != 1:
        raise SystemExit(f"{entry['id']}: its sentence stands {times} times in {entry['where']}")
    return page


def benchmarks(pages: dict[Path, str]) -> None:
    """Measure what no claim can hold, and write it: variance that is saved, and how often bands hold."""
    low, high = _one(RANGE, _printed("variance.py"))[0]
    _put(pages, SAVED, f"is {low} to {high} times smaller than with independent seeds")
    rows = _one(BANDS, _printed("following.py", "200", "2000", "internal"))
    shares = [f"{100 * float(share):.1f}" for share, _ in rows]
    outside = [share for share in shares if not 85.0 <= float(share) <= 95.0]
    if outside:
        raise SystemExit(f"bands of 90 % held {', '.join(outside)} %: think the sentence over")
    error = max(100 * float(one) for _, one in rows)
    _put(
        pages, HELD,
        f"With `internal` and 2,000 sites, {', '.join(shares[:-1])} and {shares[-1]} % of months to come\n"
        f"lay within the middle 90 % (standard error up to {error:.1f} points)",
    )  # fmt: skip


def _put(pages: dict[Path, str], sentence: tuple[Path, str], new: str) -> None:
    path, old = sentence
    page = pages.get(path) or path.read_text(encoding="utf-8")
    pages[path], times = re.subn(old, lambda _: new, page)
    if times != 1:
        raise SystemExit(f"a sentence stands {times} times in {path.name}: {old}")


def _printed(name: str, *arguments: str) -> str:
    command = [sys.executable, str(ROOT / "benchmarks" / name), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def _one(what: re.Pattern[str], text: str) -> list[tuple[str, ...]]:
    found = what.findall(text)
    if not found:
        raise SystemExit(f"a benchmark prints no {what.pattern}")
    return found


def main(arguments: list[str]) -> int:
    """Write, or say with ``--check`` what would be written."""
    if set(arguments) - {"--check", "--benchmarks"}:
        print(__doc__)
        return 2
    pages = {FILE: FILE.read_text(encoding="utf-8")}
    for old, new in zip(with_figures(), measured(with_figures()), strict=True):
        path = (FILE.parent / old["where"]).resolve()
        pages[FILE] = rewritten(old, new, pages[FILE])
        pages[path] = place(new, pages.get(path) or path.read_text(encoding="utf-8"))
    if "--benchmarks" in arguments:
        benchmarks(pages)
    stale = [path for path, text in pages.items() if path.read_text(encoding="utf-8") != text]
    for path in stale:
        print(
            f"{path.relative_to(ROOT)} {'is not as measured' if '--check' in arguments else 'written'}"
        )
        if "--check" not in arguments:
            path.write_text(pages[path], encoding="utf-8")
    if not stale:
        print("every figure is as measured")
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
