"""Write docs/credibility.md: how far the model may be trusted, factor by factor, with a level for each.

What stands between the marks of the page is written from verdicts of patterns
(`src/qisim/data/validation.csv`), the parameters and the evidence table; everything else on the page is left
as it is. A level comes from what is there: where a piece of evidence is taken away, or a checked pattern stops
passing, it falls.

Usage: python scripts/credibility_page.py [--check]
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from odd_tables import table

from qisim.design.ensemble import uncertain_keys
from qisim.model.evidence import FINDINGS, sources
from qisim.model.parameters import PARAMETERS
from qisim.validation.patterns import PATTERNS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "credibility.md"
VERDICTS = ROOT / "src" / "qisim" / "data" / "validation.csv"
MARKED = re.compile(r"(<!-- written: (\w+) -->\n).*?(<!-- end written -->)", re.DOTALL)
BROKEN = ROOT / "docs" / "validation.md"
MODEL = re.compile(r"^\| `(\w+)`[^|]*\|[^|]*\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
"""A row of the table of broken models: its name, the checked patterns that notice it, and the others."""
ARGUED, EXAMINED = 1, 2
"""Levels: described and argued; examined by tests that anybody can run again."""


@dataclass(frozen=True)
class Factor:
    """A factor of credibility.

    Attributes
    ----------
    name, asks : str
        Of the scale, and what it asks of a model, in our words.
    best : int
        Level that the evidence carries where all of it is there and nothing in the tables speaks against it.
    files : tuple of str
        Evidence, from the root of the repository.
    known, missing : str
        What is known, and what keeps it from the next level.
    against : str
        What the tables say against the level, which takes it down to `ARGUED`; empty where nothing.
    """

    name: str
    asks: str
    best: int
    files: tuple[str, ...]
    known: str
    missing: str
    against: str = ""

    @property
    def level(self) -> int:
        """The level that what is there carries."""
        whole = all((ROOT / name).exists() for name in self.files)
        return self.best if whole and not self.against else min(self.best, ARGUED)


def verdicts() -> list[dict[str, str]]:
    """Return the patterns with their use and verdict, as the last full validation left them."""
    return list(csv.DictReader(VERDICTS.read_text(encoding="utf-8").splitlines()))


def broken_models() -> dict[str, tuple[bool, bool]]:
    """Return the broken models of docs/validation.md: is each noticed by a checked pattern, and by any?"""
    text = BROKEN.read_text(encoding="utf-8").partition("<!-- written: mutants -->")[2]
    rows = MODEL.findall(text.partition("<!-- end written -->")[0])
    return {
        name: (by.strip() != "none", bool(by.strip() != "none" or too.strip()))
        for name, by, too in rows
    }


def broken_text() -> str:
    """Say in how many broken models a pattern notices that something is wrong."""
    found = broken_models()
    checked, any_at_all = (len([one for one in found.values() if one[i]]) for i in (0, 1))
    unseen = ", ".join(name.replace("_", " ") for name, one in found.items() if not one[1])
    return (
        f"of {len(found)} broken models {checked} are noticed by a pattern that was only checked and "
        f"{any_at_all} by any (`qisim validate --mutants`)"
        + (f"; noticed by none: {unseen}" if unseen else "")
    )


def of_literature(pattern: str) -> bool:
    """Say whether a pattern rests on a source, and not on what is asked of any model of this kind."""
    return any(source != "design" for source in PATTERNS[pattern].sources)


def factors(patterns: Sequence[dict[str, str]]) -> list[Factor]:
    """Return the eight factors."""
    assumed = sum("assumption" in p.sources for p in PARAMETERS.values())
    basis = Counter(one.basis for one in sources().values())
    inferred = sum(one.certainty == "inferred" for one in FINDINGS.values())
    checked = [one for one in patterns if one["use"] == "checked"]
    short = [one["id"] for one in checked if one["verdict"] != "pass"]
    sourced = [one for one in checked if of_literature(one["id"])]
    return [
        Factor(
            "Verification",
            "does the program do what the description says?",
            EXAMINED,
            ("tests/engines/test_naive.py", "tests/engines/test_compiled.py",
             "tests/model/rules/test_all_rules.py", "tests/model/test_draws.py",
             "tests/baseline/outcome_means.csv"),
            "a second writing of the rules and two engines are held against each other, rules against "
            "known answers, outcomes against a kept baseline",
            "nobody outside has written the model anew from its description",
        ),
        Factor(
            "Validation",
            "does it agree with what was seen in the world?",
            EXAMINED,
            ("docs/validation.md", "tests/validation/test_study.py"),
            f"{len(checked) - len(short)} of {len(checked)} patterns that were only checked pass, "
            f"and {len(sourced)} of the {len(checked)} are findings of the literature; "
            f"{len(patterns) - len(checked)} more were tuned or are built in and test nothing; {broken_text()}",
            "no course of use at a site was held against the model; most sources are of other settings",
            f"checked patterns that do not pass: {', '.join(short)}" if short else "",
        ),
        Factor(
            "Input pedigree",
            "where do the numbers come from?",
            EXAMINED,
            ("src/qisim/data/evidence.csv", "docs/base-values.md"),
            f"{len(sources())} rows of evidence: " + ", ".join(f"{n} {how}" for how, n in basis.items())
            + f"; in which programme a factor was seen is inferred for {inferred} of {len(FINDINGS)}",
            "strengths of mechanisms that were measured",
            f"{assumed} of {len(PARAMETERS)} numbers are assumptions or rest on one in part"
            if assumed else "",
        ),
        Factor(
            "Results uncertainty",
            "is the doubt about a result counted, and counted rightly?",
            EXAMINED,
            (
                "benchmarks/intervals.py", "benchmarks/stopping.py", "benchmarks/layers.py",
                "benchmarks/counting.py",
            ),
            "intervals, rules for stopping and verdicts in layers are tried on studies with a known truth",
            f"a plain comparison counts chance alone; the {len(uncertain_keys())} uncertain numbers vary only "
            "with `--over uncertain`, and rival theories only with `--theories`",
            "calibration takes counts as true but for chance unless it is told otherwise (`--users-counted`, "
            "`--others-counted`): where users are missed and it is not told, its outlook is too sure",
        ),
        Factor(
            "Results robustness",
            "which inputs move the result, and how far?",
            EXAMINED,
            ("docs/sensitivity.md", "tests/known_functions.py", "docs/theories.md"),
            "indices are tried on functions with known answers; `qisim sensitivity` takes any scenario, and "
            "`validate --levers` moves one number after the other",
            "importance is of plausible ranges that are in part assumed, with inputs that vary by themselves",
        ),
        Factor(
            "Use history",
            "has it been used before, and with what success?",
            0,
            (),
            "no use in a decision or a publication is known",
            "a decision that used it, and what became of it",
        ),
        Factor(
            "M&S management",
            "is the model kept in order: versions, changes, records of runs?",
            EXAMINED,
            ("CHANGELOG.md", "CONTRIBUTING.md", "pyproject.toml", "tests/test_reproduction.py"),
            "each study leaves a manifest from which it can be run again; changes are listed by version",
            "an audit by others",
        ),
        Factor(
            "People qualifications",
            "are those who built and use it trained for it?",
            0,
            (),
            "nothing is said of the training of those who built it, and nothing is asked of those who use it",
            "names, training and experience; a review by people of the field",
        ),
    ]  # fmt: skip


def told(names: Sequence[str]) -> str:
    """Return links to files of evidence, and say which are gone."""
    return ", ".join(
        f"[{Path(name).name}]({link(name)})" if (ROOT / name).exists() else f"`{name}` (missing)"
        for name in names
    )


def link(name: str) -> str:
    """Return a path from the root as one from the page."""
    return name.removeprefix("docs/") if name.startswith("docs/") else f"../{name}"


def levels() -> str:
    """Return the factors with level and evidence."""
    head = ("factor", "what it asks", "level", "what is known", "evidence", "what is missing")
    rows = (
        (
            f"**{one.name}**", one.asks, one.level,
            "; ".join(text for text in (one.known, one.against) if text),
            told(one.files), one.missing,
        )
        for one in factors(verdicts())
    )  # fmt: skip
    return "\n" + table(head, rows)


def lowest() -> str:
    """Return in a sentence the factors that a result stands weakest on."""
    found = factors(verdicts())
    least = min(one.level for one in found)
    names = [one.name for one in found if one.level == least]
    return f"\nLowest, at level {least}: {', '.join(names)}.\n"


def kinds() -> str:
    """Return the five kinds of validation with what stands for each."""
    found = [one for one in verdicts() if of_literature(one["id"])]
    passing = Counter(one["use"] for one in found if one["verdict"] == "pass")
    total = Counter(one["use"] for one in found)
    rows = [
        ("Face validity", "do people of the field find it sensible?",
         "**not done by others.** Each mechanism stands beside the study's words: [factors](factors.md)"),
        ("Verification (internal validity)", "is it programmed as described?",
         "done by those who built it: Verification above"),
        ("Cross validity", "what do other models of the same problem say?",
         "**not done.** [Rival theories](theories.md) of how use comes about, built by the same people, "
         "stand in the place of other models"),
        ("External validity", "does it agree with observations?",
         f"**in part.** Patterns of the literature: {passing['checked']} of {total['checked']} that were only "
         f"checked pass ([validation](validation.md)); {passing['tuned']} of {total['tuned']} tuned and "
         f"{passing['built in']} of {total['built in']} built in are no tests. "
         "No course of use at a site"),
        ("Predictive validity", "did a forecast come true?",
         "**not done.** [Calibration](calibration.md) makes forecasts that can be held against later counts; "
         "it was tried on synthetic sites alone"),
    ]  # fmt: skip
    return "\n" + table(("kind", "what it asks", "what there is"), rows)


PARTS: dict[str, Callable[[], str]] = {"levels": levels, "lowest": lowest, "kinds": kinds}
"""Every part of the page, by the name in its mark."""


def filled(page: str) -> str:
    """Return the page with all its parts as they should be."""
    return MARKED.sub(lambda mark: f"{mark[1]}{PARTS[mark[2]]()}\n{mark[3]}", page)


def main(arguments: Sequence[str] = ()) -> int:
    """Rewrite the page; with ``--check`` only say whether it is up to date."""
    before = PAGE.read_text(encoding="utf-8")
    after = filled(before)
    if "--check" in arguments:
        print(
            "up to date" if before == after else "out of date: python scripts/credibility_page.py"
        )
        return int(before != after)
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
