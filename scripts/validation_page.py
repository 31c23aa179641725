"""Write what `qisim validate --full` finds into docs/validation.md, and its verdicts into the data.

What stands between the marks of the page is written from a full validation with seed 1; everything
else on the page is left as it is. `tests/test_validation.py` runs some of the patterns again and
compares; all of them with the slow tests.

With --mutants only the table of broken models is written (`qisim validate --mutants`), of all patterns or of
those that are named, and the page says of which.

Usage: python scripts/validation_page.py [--mutants [PATTERN ...]]
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qisim.validation import mutants, pages
from qisim.validation.draws import DRAWS, Held
from qisim.validation.patterns import Judged
from qisim.validation.study import FULL, validate

PAGE = Path(__file__).parents[1] / "docs" / "validation.md"
TABLE = Path(__file__).parents[1] / "src" / "qisim" / "data" / "validation.csv"
"""Verdicts for the planner's page."""
MUTANT_RUNS = 40
"""Runs of each arm of each broken model: gross errors show, and what is not clear counts for nothing."""
MARKED = re.compile(r"(<!-- written: (\w+) -->\n).*?(<!-- end written -->)", re.DOTALL)


def parts(
    judged: Sequence[Judged], manifest: Any, held: Mapping[str, Held] = pages.NO_DRAWS
) -> dict[str, str]:
    """Return what is written, by the name of its mark."""
    return {
        "summary": pages.summary_text(judged, manifest),
        "overview": pages.overview(judged, held),
        **{use.replace(" ", "_"): pages.patterns_text(judged, use) for use in pages.GROUPS},
    }


def table(judged: Sequence[Judged]) -> str:
    """Return the patterns with their use and verdict, as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "title", "use", "verdict"])
    for one in judged:
        writer.writerow([one.pattern.id, one.pattern.title, one.pattern.use, one.verdict])
    return out.getvalue()


def written(text: str, made: dict[str, str]) -> str:
    """Return the page with what was made put between its marks; what was not made stays."""

    def put(mark: re.Match[str]) -> str:
        return f"{mark[1]}\n{made[mark[2]]}\n\n{mark[3]}" if mark[2] in made else mark[0]

    return MARKED.sub(put, text)


def main() -> int:
    """Run the full validation, or the broken models, and write the page."""
    import credibility_page  # beside this script, which tests load from elsewhere

    if "--mutants" in sys.argv[1:]:
        asked = sys.argv[sys.argv.index("--mutants") + 1 :]
        told = mutants.notices(asked, replicates=MUTANT_RUNS, progress=shown)
        which = f"Judged by {', '.join(told.patterns)}.\n\n" if asked else ""
        made = {"mutants": which + mutants.as_markdown(told)}
        PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")
        print("\n".join(mutants.summary(told)))
        return 0
    found = validate(full=True, replicates=FULL, draws=DRAWS, progress=shown)
    made = parts(found.judged, found.manifest, found.held)
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")
    TABLE.write_text(table(found.judged), encoding="utf-8")
    credibility_page.main()  # its tables say how many patterns pass
    print(made["summary"])
    return 0


def shown(done: int, total: int) -> None:
    """Show progress on a terminal."""
    if sys.stderr.isatty():
        print(f"\r{done:,} of {total:,}", end="\n" * (done == total), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
