"""Pages of which some parts are written from the declarations of the project, and the rest by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def filled(page: str, marked: re.Pattern[str], parts: Mapping[str, Callable[[], str]]) -> str:
    """Return a page with what stands between its marks as it should be."""
    return marked.sub(lambda mark: f"{mark[1]}\n{parts[mark[2]]()}\n{mark[3]}", page)


def rewrite(
    path: Path, marked: re.Pattern[str], parts: Mapping[str, Callable[[], str]], arguments: list[str],
    script: str,
) -> int:  # fmt: skip
    """Rewrite a page; with ``--check`` only say whether it is up to date."""
    before = path.read_text(encoding="utf-8")
    after = filled(before, marked, parts)
    if "--check" in arguments:
        print("up to date" if before == after else f"out of date: run python scripts/{script}")
        return int(before != after)
    path.write_text(after, encoding="utf-8")
    print(f"{len(marked.findall(after))} parts of {path.name} written")
    return 0
