"""SALib drives the model: on which of four numbers does "internal against external" hang?

The problem and the model are handed to SALib's ProblemSpec as they are. SALib sees means over
replicates and takes the noise left in them for effects; `qisim sensitivity` takes it out.
"""

import sys

from SALib import ProblemSpec

import qisim

base_points = int(sys.argv[1]) if len(sys.argv) > 1 else 128

problem = qisim.problem(
    "external",
    "internal",
    vary=[
        "use.habit_half_life",
        "use.habit_days",
        "workload.half_slack_load",
        "social.norm_weight",
    ],
    outcomes=["adoption_mean", "programme_hours"],
)
spec = ProblemSpec(problem)
spec.sample_sobol(base_points, calc_second_order=False, seed=1)
spec.evaluate(qisim.evaluate, problem, replicates=8)
spec.analyze_sobol(calc_second_order=False, seed=1)

print(f"{len(spec.samples)} points, 8 pairs of runs each")
for outcome, (total, first) in zip(problem["outputs"], spec.to_df(), strict=True):
    print(f"\n{outcome}\n{total.join(first).round(2).to_string()}")
