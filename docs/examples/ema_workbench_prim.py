"""EMA Workbench drives the model: under which conditions does the external programme last?

Experiments over what nobody knows; then PRIM, the patient rule induction method, looks for a corner of
the space in which routine use in the last week is in the upper quarter, and says which ranges make it.
"""

import sys
import warnings
from inspect import signature

import numpy as np

warnings.filterwarnings("ignore", message="ipyparallel not installed")

from ema_workbench import Model, RealParameter, Samplers, ScalarOutcome, SequentialEvaluator  # noqa: E402
from ema_workbench.analysis import prim  # noqa: E402

import qisim  # noqa: E402

experiments_wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 300

problem = qisim.problem("external", vary=["use", "workload"], outcomes=["adoption_final"])
short = [name.rpartition(".")[2] for name in problem["names"]]  # the last part is unique


def care_site(**values):
    """Return the mean outcome at one point."""
    row = [values[name] for name in short]
    return {"adoption_final": float(qisim.evaluate(row, problem, replicates=8))}


model = Model("careSite", function=care_site)
model.uncertainties = [
    RealParameter(name, *bounds[:2]) for name, bounds in zip(short, problem["bounds"], strict=True)
]
model.outcomes = [ScalarOutcome("adoption_final")]

np.random.seed(1)  # EMA Workbench draws its samples from numpy's own chance
with SequentialEvaluator(model) as evaluator:
    experiments, outcomes = evaluator.perform_experiments(
        scenarios=experiments_wanted, uncertainty_sampling=Samplers.LHS
    )

lasting = outcomes["adoption_final"] >= np.quantile(outcomes["adoption_final"], 0.75)
older = "threshold" in signature(prim.Prim).parameters  # EMA Workbench 2 asks for one, 3 has none
algorithm = prim.Prim(experiments[short], lasting, **({"threshold": 0.5} if older else {}))
box = algorithm.find_box()
density, coverage = (
    float(box.peeling_trajectory[name].iloc[-1]) for name in ("density", "coverage")
)
print(f"{len(lasting)} experiments, {int(lasting.sum())} of them lasting")
print(f"PRIM: a box in which {density:.0%} last, and which holds {coverage:.0%} of those that do")
limits, whole = box.box_lims[-1], box.box_lims[0]
for name in short:
    low, high = limits[name]
    if (low, high) != tuple(whole[name]):
        print(
            f"  {name}: {low:.3g} to {high:.3g} (of {whole[name][0]:.3g} to {whole[name][1]:.3g})"
        )
