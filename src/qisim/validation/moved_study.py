"""The comparison of two versions of the model as a study."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qisim.output.display import line_of
from qisim.output.file_bytes import digest_of_json
from qisim.output.folder import write_study
from qisim.output.presenters import figures_as_files
from qisim.runs.lifecycle import Lifecycle
from qisim.runs.options import Options, verb
from qisim.validation.moved import REPLICATES, SCENARIOS, Moved, asked_of, moved

if TYPE_CHECKING:
    from qisim.plotting.style import Picture


@dataclass(frozen=True, repr=False)
class MovedResult:
    """What moved, and how that was found.

    Attributes
    ----------
    found : Moved
    manifest : mapping
        As from `qisim.output.manifest.manifest_of`.
    """

    found: Moved
    manifest: Mapping[str, Any]

    def __repr__(self) -> str:
        old, new = self.found.sources
        return line_of("Moved", self.manifest, f"from {old} to {new}")

    def plot(self, *, width_mm: float | None = None) -> Picture:
        """Return the figure of what moved, of some width."""
        from qisim.plotting.style import resized
        from qisim.validation.moved_figure import moved_picture

        return resized(moved_picture(self.found), width_mm)

    def save(self, out: str | os.PathLike[str]) -> None:
        """Write tables and the answers of both versions, then figures, then the manifest."""
        write_study(
            out, self.found.files(), lambda: figures_as_files(self.found.pictures), self.manifest
        )


@verb()
def diff_model(
    old: str, new: str, *, scenarios: int = SCENARIOS, replicates: int = REPLICATES, seed: int = 1,
    workers: int | None = None, out: str | os.PathLike[str] | None = None,
    command: Sequence[str] | None = None,
) -> MovedResult:  # fmt: skip
    """Ask two versions of the model the same, and write a folder where one was asked for.

    Parameters
    ----------
    old, new, scenarios, replicates, seed, workers
        See `qisim.validation.moved.moved`.
    out : path, optional
        Folder for tables, figures and the answers of both versions.
    command : sequence of str, optional
        What was typed, for the manifest.

    Raises
    ------
    InputError
        If an option is wrong, or there is no such version.
    StoreError
        If `out` holds another study; nothing is run then.
    RunError
        If a version gives no answer.
    Interrupted
        If somebody stops it; with what moved, where only figures were missing.
    """
    asked_of(
        old, new, scenarios, replicates, seed, workers
    )  # what is wrong is said before all else
    options = Options(replicates, seed, workers=workers, out=out, command=command)
    result: MovedResult = MovedStudy((old, new), scenarios, options).result()
    return result


class MovedStudy(Lifecycle):
    """A comparison of two versions in progress.

    Parameters
    ----------
    sources : tuple of str
        The versions as they were named.
    scenarios : int
        How many are asked for.
    options : Options
    """

    def __init__(self, sources: tuple[str, str], scenarios: int, options: Options) -> None:
        super().__init__(options)
        self.sources, self.scenarios = sources, scenarios
        self.found: Moved | None = None

    def make(self) -> None:
        """Ask both."""
        options = self.options
        self.found = moved(
            *self.sources, scenarios=self.scenarios, replicates=options.replicates,
            seed=options.seed, workers=options.workers,
        )  # fmt: skip

    def put_together(self) -> MovedResult | None:
        """Return what moved; None where not both have answered."""
        return None if self.found is None else MovedResult(self.found, self.manifest())

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as of now; which versions were asked is part of the study's digest."""
        old, new = self.sources
        asked = {"old": old, "new": new, "scenarios": self.scenarios}
        made = self.manifest_of("diff-model", {}, {}, settings=asked)
        return {**made, "study_digest": digest_of_json([made["study_digest"], asked])}
