"""All findings of an analysis, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from qisim.comparison.paired import mean_of
from qisim.output.file_bytes import csv_bytes, parquet_bytes
from qisim.sensitivity.block_indices import pairs
from qisim.sensitivity.convergence import (
    half_width_of,
    settled,
)
from qisim.sensitivity.replicate_noise import is_constant, within_points
from qisim.sensitivity.sample import Sample

if TYPE_CHECKING:
    import pandas as pd

from qisim.sensitivity.finding import (
    FLOOR,
    REFUSED,
    Finding,
    has_index,
    index_rows,
    interval_row,
    verdict,
    widest,
)


@dataclass
class Sensitivity:
    """The sensitivity of outcomes to inputs.

    Attributes
    ----------
    design : Sample
        As asked for.
    findings : list of Finding
        For every target and outcome.
    provisional : str
        Why it is provisional; empty when it is not.
    factor_of : dict of str to str
        Factor of each parameter.
    weeks : DataFrame, optional
        Indices per week; see `over_weeks`.
    """

    design: Sample
    findings: list[Finding]
    provisional: str = ""
    factor_of: dict[str, str] = field(default_factory=dict)
    weeks: pd.DataFrame | None = None

    @property
    def targets(self) -> list[str]:
        """Names of the targets."""
        return list(dict.fromkeys(one.target for one in self.findings))

    @property
    def outcomes(self) -> list[str]:
        """Names of the outcomes."""
        return list(dict.fromkeys(one.outcome for one in self.findings))

    def finding(self, target: str, outcome: str) -> Finding:
        """Return what was found for one outcome of one target."""
        return next(one for one in self.findings if (one.target, one.outcome) == (target, outcome))

    def half_width(self, target: str | None = None) -> float:
        """Return the widest half interval among the top inputs of a target; see `widest`."""
        return widest([one for one in self.findings if target in (None, one.target)])

    @cached_property
    def indices(self) -> pd.DataFrame:
        """Every index of every input, a row each.

        Columns: ``target``, ``outcome``, ``input``, ``factor``, ``index``, ``estimate``, ``low``,
        ``high``, ``half_width`` (95 %), ``rank`` (by the main index, from 1), ``correlation``,
        ``verdict`` (both with the main index only).
        """
        import pandas as pd

        columns = [
            "target", "outcome", "input", "factor", "index", "estimate", "low", "high",
            "half_width", "rank", "correlation", "verdict",
        ]  # fmt: skip
        rows = [row for one in self.findings for row in self._rows(one)]
        return pd.DataFrame(rows, columns=columns)

    def _rows(self, found: Finding) -> Iterator[dict[str, Any]]:
        kind, inputs = found.design.kind, found.design.inputs
        ranks = {i: rank for rank, i in enumerate(_by_rank(found), 1)}
        for index in (*kind.indices, *([FLOOR] if has_index(found, FLOOR) else [])):
            for i, (name, values) in enumerate(zip(inputs, index_rows(found, index), strict=True)):
                main = index == kind.main
                yield {
                    "target": found.target,
                    "outcome": found.outcome,
                    "input": name,
                    "factor": self.factor_of.get(name, name),
                    "index": index,
                    **values,
                    "rank": ranks.get(i, np.nan),
                    "correlation": float(found.correlation[i]) if main else np.nan,
                    "verdict": verdict(found, i) if main else "",
                }

    @cached_property
    def second_order(self) -> pd.DataFrame:
        """Indices of pairs (``S2``): ``target``, ``outcome``, ``first``, ``second``, ``estimate``, ..."""
        import pandas as pd

        columns = ["target", "outcome", "first", "second", "estimate", "low", "high", "half_width"]
        rows = [
            {
                "target": one.target,
                "outcome": one.outcome,
                "first": one.design.inputs[i],
                "second": one.design.inputs[j],
                **values,
            }
            for one in self.findings
            if has_index(one, "S2")
            for (i, j), values in zip(
                pairs(len(one.design.inputs)), index_rows(one, "S2"), strict=True
            )
        ]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def noise(self) -> pd.DataFrame:
        """What is known of every outcome as a whole, a row each.

        Columns: ``target``, ``outcome``, ``status``, ``mean``, ``expected_variance`` (of the expected
        outcome over the inputs), ``noise_variance`` (of runs with the same inputs), ``noise_share``
        (of the variance of single runs), ``noise_share_low``, ``noise_share_high``, ``replicates``,
        ``random_numbers``, ``points``, ``blocks``, ``block`` (what a block is), ``left_out``,
        ``top_half_width``, ``same_top``, ``same_order``, ``settled``, ``provisional``, ``notes``.
        """
        import pandas as pd

        return pd.DataFrame([self._noise_row(one) for one in self.findings])

    def _noise_row(self, found: Finding) -> dict[str, Any]:
        estimate, values = found.estimate, found.values
        replicates = values.shape[1]
        unknown = np.nan if replicates == 1 or found.status == REFUSED else 0.0
        noise = estimate.noise if estimate else unknown + _noise_share(found)
        share = estimate.share if estimate else unknown + float(noise > 0)
        half = half_width_of(estimate.share_draws) if estimate else unknown
        return {
            "target": found.target,
            "outcome": found.outcome,
            "status": found.status,
            "mean": mean_of(values[np.isfinite(values)]),
            "expected_variance": estimate.variance if estimate else unknown,
            "noise_variance": noise,
            "noise_share": share,
            "noise_share_low": float(share - half),
            "noise_share_high": float(share + half),
            "replicates": replicates,
            "random_numbers": "common" if found.design.common else "fresh",
            "points": len(values),
            "blocks": found.design.blocks,
            "block": found.design.kind.block,
            "left_out": found.left_out,
            "top_half_width": found.settled.half_width,
            "same_top": found.settled.same_set,
            "same_order": found.settled.same_order,
            "settled": found.is_settled,
            "provisional": self.provisional,
            "notes": "; ".join(found.notes),
        }

    @cached_property
    def convergence(self) -> pd.DataFrame:
        """The main index at ever larger samples: ``blocks``, ``points``, ``input``, ``estimate``, ..."""
        import pandas as pd

        columns = [
            "target", "outcome", "blocks", "points", "input", "index", "estimate", "low", "high",
            "half_width", "same_top", "same_order",
        ]  # fmt: skip
        rows = [row for one in self.findings for row in _steps(one)]
        return pd.DataFrame(rows, columns=columns)

    def tables(self) -> dict[str, bytes]:
        """Return all tables as files, each as CSV and as Parquet."""
        held = {
            "indices": self.indices,
            "noise": self.noise,
            "convergence": self.convergence,
            "second_order": self.second_order,
            "over_time": self.weeks,
        }
        files: dict[str, bytes] = {}
        for name, table in held.items():
            if table is not None and len(table):
                files[f"{name}.csv"] = csv_bytes(table)
                files[f"{name}.parquet"] = parquet_bytes(table)
        return files


def _noise_share(found: Finding) -> float:
    """Return the mean variance within the points of an outcome that has no indices."""
    if is_constant(found.values):
        return 0.0
    return float(within_points(found.values).mean())


def _by_rank(found: Finding) -> Sequence[int]:
    from qisim.sensitivity.convergence import ranking

    if found.estimate is None:
        return []
    return [int(i) for i in ranking(found.estimate.indices[found.design.kind.main])]


def _steps(found: Finding) -> Iterator[dict[str, Any]]:
    design, index = found.design, found.design.kind.main
    for blocks, estimate in found.steps:
        top = settled(estimate, index)
        halves = estimate.half_width(index)
        for i, name in enumerate(design.inputs):
            yield {
                "target": found.target,
                "outcome": found.outcome,
                "blocks": blocks,
                "points": blocks * design.block_size,
                "input": name,
                "index": index,
                **interval_row(float(estimate.indices[index][i]), float(halves[i])),
                "same_top": top.same_set,
                "same_order": top.same_order,
            }
