"""Optuna drives the model: which levers give much routine use for few programme hours?

Trials are asked for and told in batches, so that a whole batch is one call of the model. The result is
a front: what more routine use costs. A front from 16 replicates holds luck; its points are worth a
comparison (`qisim compare`) before anybody believes them.
"""

import sys

import numpy as np
import optuna

import qisim

batches, batch = int(sys.argv[1]) if len(sys.argv) > 1 else 12, 16

problem = qisim.problem(
    "internal",
    vary=["programme.session_hours", "programme.protected_time", "leadership.champion_hours",
          "programme.structure"],
    outcomes=["adoption_mean", "programme_hours"],
)  # fmt: skip
space = {
    name: optuna.distributions.FloatDistribution(*bounds[:2])
    for name, bounds in zip(problem["names"], problem["bounds"], strict=True)
}

optuna.logging.set_verbosity(optuna.logging.WARNING)
study = optuna.create_study(
    directions=["maximize", "minimize"],
    sampler=optuna.samplers.NSGAIISampler(population_size=batch, seed=1),
)
for _ in range(batches):
    trials = [study.ask(space) for _ in range(batch)]
    points = np.array([[trial.params[name] for name in space] for trial in trials])
    for trial, values in zip(trials, qisim.evaluate(points, problem, replicates=16), strict=True):
        study.tell(trial, values.tolist())

front = sorted(study.best_trials, key=lambda trial: trial.values[1])
print(f"{batches * batch} trials, {len(front)} of them on the front")
for trial in front[:: max(1, len(front) // 6)]:
    levers = ", ".join(f"{name} {value:.2g}" for name, value in trial.params.items())
    print(f"  {100 * trial.values[0]:.1f} % routine use for {trial.values[1]:,.0f} h: {levers}")
