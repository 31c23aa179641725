"""Many plausible sites: each with numbers and luck of its own, the same under every plan.

Site r has the r-th draw of whatever varies, and the luck of replicate r. Draws of the first sites stay as
they are when more are asked for, so runs that are in the store are found again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from qisim.comparison.context import differing
from qisim.decide.ways import LEFT_OUT
from qisim.decide.worlds import Array
from qisim.design.ensemble import Ensemble
from qisim.errors import InputError
from qisim.model import site as world
from qisim.model.allocation import allocated
from qisim.model.coefficients import matrix
from qisim.model.outcomes import WEEKLY
from qisim.model.parameters import PARAMETERS, Parameter
from qisim.output.file_bytes import digest_of_json
from qisim.runs.batch import Batch, group_of
from qisim.runs.lifecycle import Lifecycle
from qisim.runs.options import Options
from qisim.scenario.scenario import Scenario

Small = npt.NDArray[np.float32]
FAILED = -1.0
"""Stands in a curve for a run that failed."""


@dataclass(frozen=True)
class Sites:
    """What tells plausible sites apart.

    Attributes
    ----------
    keys : tuple of str
        Dotted keys of what varies.
    values : ndarray of float, shape (sites, keys)
    seed : int
        Of the study.
    """

    keys: tuple[str, ...]
    values: Array
    seed: int

    def __len__(self) -> int:
        return len(self.values)

    def batches(self, plans: Mapping[str, Scenario], size: int) -> Iterator[Batch]:
        """Yield every site under every plan; plans take turns."""
        worlds = {name: world.build(plan) for name, plan in plans.items()}
        group = group_of(" ".join(["sites", *self.keys]))
        for begin in range(0, len(self), size):
            numbers = np.arange(begin, min(begin + size, len(self)))
            for name, plan in plans.items():
                rows = matrix(plan, self.keys, self.values[numbers])
                rows = allocated(plan, rows, self.seed, numbers)
                yield Batch(name, worlds[name], rows, self.seed, numbers, group)


def drawn_sites(
    plans: Sequence[Scenario], varied: Sequence[Parameter], sets: Ensemble | None, number: int,
    seed: int,
) -> Sites:  # fmt: skip
    """Draw sites: sets of strengths in turn, all else from its plausible range.

    Parameters
    ----------
    plans : sequence of Scenario
        Where these differ, nothing varies.
    varied : sequence of Parameter
        Whole numbers, and what the sets vary, are left out.
    sets : Ensemble, optional
    number, seed : int

    Raises
    ------
    InputError
        If nothing is left that varies.
    """
    apart = set(differing([one.to_dict() for one in plans]))
    held = None if sets is None else sets.without(apart)
    own = () if held is None else held.keys
    free = [
        one for one in varied
        if one.kind == "float" and one.key not in (*apart, *own, *LEFT_OUT)
    ]  # fmt: skip
    keys = (*own, *(one.key for one in free))
    if not keys:
        raise InputError("nothing varies between sites: name something with --vary")
    unit = np.random.default_rng([seed, 0x517E]).random((number, len(free)))
    columns = [one.low + unit[:, place] * (one.high - one.low) for place, one in enumerate(free)]
    drawn: Array = np.column_stack([np.empty((number, 0)), *columns])
    if held is not None:
        drawn = np.hstack([held.values[np.arange(number) % len(held)], drawn])
    return Sites(keys, drawn, seed)


def described(sites: Sites, sets: str | None) -> str:
    """Return in words what varies between sites."""
    levels = [PARAMETERS[key] for key in sites.keys]
    context = sum(one.role == "context" for one in levels)
    parts = [f"{context} numbers of the site" if context else ""]
    parts.append(f"{len(levels) - context} strengths" + (f" ({sets})" if sets else ""))
    return " and ".join(part for part in parts if part)


class SitesStudy(Lifecycle):
    """A question put to many plausible sites, in progress.

    Parameters
    ----------
    kind : str
        The command.
    named : sequence of Scenario
        What the question is about.
    plans : mapping of str to Scenario
        What every site is run under.
    sites : Sites
    series : sequence of str
        Weekly series to keep.
    settings : mapping
        What else it takes to ask again.
    options : Options
    """

    def __init__(
        self, kind: str, named: Sequence[Scenario], plans: Mapping[str, Scenario], sites: Sites,
        series: Sequence[str], settings: Mapping[str, Any], options: Options,
    ) -> None:  # fmt: skip
        super().__init__(options)
        self.kind, self.named, self.plans, self.sites = kind, list(named), dict(plans), sites
        self.series, self.settings = tuple(series), dict(settings)
        self.drawn = digest_of_json(sites.values.tolist())  # a study may go on to other sites
        self.curves: dict[str, dict[str, Small]] = {}
        self.failures: dict[tuple[str, int], str] = {}

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as of now."""
        named = {one.name: one for one in self.named}
        found = self.manifest_of(
            self.kind,
            {name: one.to_dict() for name, one in named.items()},
            {name: one.digest for name, one in named.items()},
            settings=self.settings,
            failures=[
                {"scenario": name, "replicate": site, "reason": why}
                for (name, site), why in sorted(self.failures.items())
            ],
        )
        own = [found["study_digest"], self.settings, self.drawn]
        return {**found, "study_digest": digest_of_json(own)}

    def make(self) -> None:
        """Run every site under every plan."""
        self.curves = {
            name: {
                one: np.full((len(self.sites), int(plan["run.weeks"])), FAILED, np.float32)
                for one in self.series
            }
            for name, plan in self.plans.items()
        }
        order = [one for one in WEEKLY if one in self.series]
        number = len(self.sites)

        def work(size: int) -> Iterator[Batch]:
            return self.sites.batches(self.plans, size)

        for answer in self.answers(work, number, number * len(self.plans), self.series):
            batch = answer.batch
            if answer.failure is not None:
                self.failures[batch.name, int(batch.replicates[0])] = answer.failure
                continue
            for place, one in enumerate(order):
                self.curves[batch.name][one][batch.replicates] = answer.weekly[:, place].T

    def whole(self) -> npt.NDArray[np.int64]:
        """Return the sites that were run under every plan."""
        first = [next(iter(held.values()))[:, 0] for held in self.curves.values()]
        return np.flatnonzero(np.logical_and.reduce([column != FAILED for column in first]))
