"""Methods of sensitivity analysis, and the designs that each can work on."""

from __future__ import annotations

METHODS = {
    "morris": "morris",
    "sobol": "saltelli",
    "efast": "fast",
    "rbd_fast": "random",
    "delta": "sobol",
    "pawn": "sobol",
    "hdmr": "sobol",
    "dgsm": "finite_difference",
    "shapley": "shapley",
}
"""Methods of sensitivity analysis, each with its default design."""
ANY_POINTS = ("rbd_fast", "delta", "pawn", "hdmr")
"""Methods that work on points that fill the space; the others need the design above."""
SPACE_FILLING = ("sobol", "latin", "random", "csv")
SORTABLE = tuple(design for design in SPACE_FILLING if design != "sobol")
"""Designs of RBD-FAST, which sorts the points by one input and reads the outcome as a wave: sorted by
one coordinate, a Sobol' sequence still runs through the others in a pattern, which passes for an effect."""
GROWING = ("saltelli", "morris", "fast", "finite_difference", "shapley", "sobol", "random")
"""Designs whose larger samples contain the smaller ones."""
SAMPLES = {
    "factorial": 1, "latin": 256, "sobol": 256, "random": 256, "csv": 1, "saltelli": 1024,
    "morris": 20, "fast": 257, "finite_difference": 64, "shapley": 256,
}  # fmt: skip
"""Designs, each with its default number of base samples."""
GIVEN = ("csv", "shapley")
"""Designs that a file can give; of Shapley effects, whole blocks of points (inputs that hang together)."""
TAKES_WHOLE = ("factorial", "csv", "latin", "sobol", "random")
"""Designs in which whole numbers may vary; each of their combinations is a world of its own."""


def designs_for(method: str) -> tuple[str, ...]:
    """Return the designs that a method of analysis can work on."""
    if method == "rbd_fast":
        return SORTABLE
    return SPACE_FILLING if method in ANY_POINTS else (METHODS[method],)


def fits(method: str, design: str) -> bool:
    """Return whether a method of analysis can work on a design."""
    return design in designs_for(method)
