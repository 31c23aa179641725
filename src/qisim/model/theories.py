"""Rival theories of how use comes about, each a file of rules that replace the model's.

The files lie in ``data/theories``: ``NAME.py`` with the rules, ``NAME.csv`` with the values of the free
strengths under which the theory shows the tuning patterns best. Everything else (turnover, load,
teaching, the fate of a practice in a unit) is the model's. `docs/theories.md` describes each
theory.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

AS_SHIPPED = "as-shipped"
"""Name of the model's own account of use beside the theories."""


@dataclass(frozen=True)
class Theory:
    """A theory of how use comes about.

    Attributes
    ----------
    name : str
        Name of its files, with hyphens.
    label : str
        Heading of its column in tables.
    says : str
        The theory in a sentence.
    """

    name: str
    label: str
    says: str


THEORIES = {
    one.name: one
    for one in (
        Theory(
            "additive-intent", "additive intent",
            "Skill, time and motive add up, so that one makes good for another.",
        ),
        Theory(
            "weakest-link", "weakest link",
            "Use goes as far as the scarcest of skill, time, motive and being in mind.",
        ),
        Theory(
            "threshold-contagion", "threshold contagion",
            "People do what enough colleagues do; own attitudes and leaders' urging play no part.",
        ),
        Theory(
            "habit-only", "habit only",
            "Nothing is weighed: what is tried on a reminder becomes habit, or does not.",
        ),
        Theory(
            "diffusion-of-innovations", "diffusion",
            "Some take it up by themselves, others by word of mouth; the two add up.",
        ),
    )
}  # fmt: skip
"""The theories that are shipped, by name."""


def folder() -> Path:
    """Return the folder of the theories' files."""
    return Path(str(files("qisim").joinpath("data", "theories")))


def rules_of(name: str) -> Path:
    """Return the file of a theory's rules."""
    return folder() / f"{name.replace('-', '_')}.py"


def values_of(name: str) -> Path:
    """Return the file of a theory's values."""
    return folder() / f"{name.replace('-', '_')}.csv"


def digest_of(name: str) -> str:
    """Return a digest of a theory: of its rules and of its values."""
    text = hashlib.sha256()
    for path in (rules_of(name), values_of(name)):
        text.update(path.read_bytes())
    return text.hexdigest()
