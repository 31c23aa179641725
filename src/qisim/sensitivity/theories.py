"""Sensitivity under rival theories: whether the same input leads, and the theories' share of the variance.

Every theory analyses the same points, with base values of its own for what does not vary
(`qisim.design.theories`) and its own rules, in a process of its own. A conclusion is the input that comes
first under the model as shipped. Under a theory it **holds** where the input comes first as well, is **close**
where it is among the first `NEAR`, and else is **lost**; where a theory has no indices (an outcome that is
constant there, or hidden by noise) it cannot be told.

The variance of the expected outcome over points and theories together has two parts: that between the
theories' means, and that within each of them. The share of the first is the theory's share of the doubt,
among those tried; the points are the same, so the luck of the design cancels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import fsum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qisim.design.plan import Plan
from qisim.design.plan_file import read
from qisim.design.theories import sets_under
from qisim.errors import InputError, Problem
from qisim.model.theories import AS_SHIPPED, THEORIES
from qisim.runs.options import Options
from qisim.runs.theories import problems_with, tell, under
from qisim.sensitivity.finding import FINE
from qisim.sensitivity.wording import input_label, label_of

if TYPE_CHECKING:
    import pandas as pd

    from qisim.sensitivity.result import Sensitivity

NEAR = 3
HOLDS, CLOSE, LOST, OPEN = "holds", "close", "lost", "cannot tell"
INDICES, WHOLE = "indices.parquet", "whole.parquet"
SHARED_OPTIONS = ("engine", "workers", "retry_failed")


def check_theories(plan: Plan, until: float | None, options: Options) -> None:
    """Refuse what does not go with theories.

    Raises
    ------
    InputError
        If anything does not; all problems are listed.
    """
    found = problems_with(options)
    if until is not None:
        found.append(
            Problem("looks at one theory only; leave out either it or --theories", key="until")
        )
    if plan.analysis.over_time:
        message = "is available for the model as shipped only; leave out either it or --theories"
        found.append(Problem(message, key="over_time"))
    if found:
        raise InputError(found)


# --- the runs --------------------------------------------------------------------------------------


def plan_under(name: str, plan: Plan) -> dict[str, Any]:
    """Return a plan with a theory's base values, as what a study file says.

    What varies keeps its range, and what a scenario says of its own stays as it is.
    """
    sets = sets_under(name, plan.scenarios.values(), only_base=True).without(plan.names)
    values = dict(zip(sets.keys, sets.values[0].tolist(), strict=True))
    held = plan.to_dict()
    held["scenarios"] = [one.replace(values).to_dict() for one in plan.scenarios.values()]
    return held


def found_under(
    name: str, plan: Plan, options: Options, told: Callable[[int], None] | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the indices, and what is known of every outcome as a whole, under a theory."""
    import pandas as pd

    request = {
        "plan": plan_under(name, plan),
        "store": None if options.store is None else str(options.store),
        **{key: getattr(options, key) for key in SHARED_OPTIONS},
    }
    with under(name, __name__, request, told) as folder:
        return pd.read_parquet(folder / INDICES), pd.read_parquet(folder / WHOLE)


def work(request: dict[str, Any], folder: Path) -> None:
    """Analyse what is asked for; in a process that has the rules of the theory."""
    from qisim.sensitivity.study import SensitivityStudy

    given = {key: request[key] for key in SHARED_OPTIONS}
    options = Options(**given, store=request["store"], progress=tell)
    found = SensitivityStudy(read(request["plan"]), None, options).result().findings
    found.indices.to_parquet(folder / INDICES, index=False)
    found.noise.to_parquet(folder / WHOLE, index=False)


# --- what they show --------------------------------------------------------------------------------


def theory_table(
    shipped: Sensitivity, theirs: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]
) -> pd.DataFrame:
    """Return the rank and index of every input under the model as shipped and under every theory.

    Returns
    -------
    DataFrame
        The columns of `Sensitivity.indices` for the main index, and ``theory``.
    """
    import pandas as pd

    every = {
        AS_SHIPPED: shipped.indices,
        **{name: indices for name, (indices, _) in theirs.items()},
    }
    main = shipped.design.kind.main
    own = [table[table["index"] == main].assign(theory=name) for name, table in every.items()]
    return pd.concat(own, ignore_index=True)


def doubt_table(
    shipped: Sensitivity, theirs: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]
) -> pd.DataFrame:
    """Return for every outcome of every target in how many theories the same input leads.

    Returns
    -------
    DataFrame
        A row per target and outcome: ``target``, ``outcome``, ``first`` (the input that leads under the
        model as shipped; empty where none does), ``theories`` (that one among them), ``first_in``,
        ``near_in``, ``lost_in``, ``unknown_in`` (theories), ``same_side_in`` (theories under which the
        mean has the sign that it has as shipped), ``theory_share`` (of the variance of the expected
        outcome).
    """
    import pandas as pd

    table = theory_table(shipped, theirs)
    whole = {AS_SHIPPED: shipped.noise, **{name: noise for name, (_, noise) in theirs.items()}}
    rows = [_doubt_of(one.target, one.outcome, table, whole) for one in shipped.findings]
    return pd.DataFrame(rows)


def _doubt_of(
    target: str, outcome: str, table: pd.DataFrame, whole: Mapping[str, pd.DataFrame]
) -> dict[str, Any]:
    """Return a row of `doubt_table`."""
    of_it = {
        name: noise[(noise["target"] == target) & (noise["outcome"] == outcome)].iloc[0]
        for name, noise in whole.items()
    }
    own = table[(table["target"] == target) & (table["outcome"] == outcome)]
    told = {name for name, row in of_it.items() if row["status"] == FINE}
    first = _first(own) if AS_SHIPPED in told else ""
    verdicts = [_conclusion(own, name, first) if first and name in told else OPEN for name in of_it]
    side = of_it[AS_SHIPPED]["mean"] > 0
    return {
        "target": target, "outcome": outcome, "first": first, "theories": len(of_it),
        "first_in": verdicts.count(HOLDS), "near_in": verdicts.count(CLOSE),
        "lost_in": verdicts.count(LOST), "unknown_in": verdicts.count(OPEN),
        "same_side_in": sum(int((row["mean"] > 0) == side) for row in of_it.values()),
        "theory_share": theory_share(
            [float(row["mean"]) for row in of_it.values()],
            [float(row["expected_variance"]) for row in of_it.values()],
        ),
    }  # fmt: skip


def _first(own: pd.DataFrame) -> str:
    """Return the input that leads under the model as shipped."""
    leading = own[(own["theory"] == AS_SHIPPED) & (own["rank"] == 1)]
    return str(leading["input"].iloc[0]) if len(leading) else ""


def _conclusion(own: pd.DataFrame, theory: str, first: str) -> str:
    """Return what becomes of the conclusion that `first` leads."""
    rank = own[(own["theory"] == theory) & (own["input"] == first)]["rank"].iloc[0]
    return HOLDS if rank == 1 else CLOSE if rank <= NEAR else LOST if rank == rank else OPEN


def theory_share(means: list[float], variances: list[float]) -> float:
    """Return the share of the variance over points and theories together that is between theories.

    `means` are those of each theory over the points, `variances` those within it. NaN where there is none.
    """
    number, middle = len(means), fsum(means) / len(means)
    between = fsum((mean - middle) * (mean - middle) for mean in means) / number
    within = fsum(max(one, 0.0) for one in variances) / number
    whole = between + within
    return between / whole if whole > 0 else float("nan")


def sentences(doubt: pd.DataFrame, difference: str | None) -> list[str]:
    """Return for each outcome in how many theories the same input leads."""
    said = []
    for row in doubt.to_dict("records"):
        if not row["first"]:
            continue
        label = f"{label_of(row['outcome'])} ({row['target']})"
        side = (
            f"; its mean has the same sign in {row['same_side_in']} of {row['theories']}"
            if row["target"] == difference else ""
        )  # fmt: skip
        said.append(
            f"{label}: {input_label(row['first'])} comes first in {row['first_in']} of {row['theories']} "
            f"theories and among the first {NEAR} in {row['first_in'] + row['near_in']}{side}. "
            f"{100 * row['theory_share']:.0f} % of the spread of the expected outcome is between theories"
        )
    return said


__all__ = ["THEORIES", "check_theories", "doubt_table", "found_under", "sentences", "theory_table"]
