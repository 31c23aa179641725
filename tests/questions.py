"""The questions of `qisim.decide` about small wards, each asked in a moment; also run as a program."""

import os
import signal
import sys
import tempfile
from functools import partial
from pathlib import Path

from placing import lives
from worlds import small

from qisim.decide.claims import claims
from qisim.decide.explain import explain
from qisim.decide.flip import flip
from qisim.decide.follow import follow
from qisim.decide.lever_map import lever_map
from qisim.decide.levers import levers
from qisim.decide.robust import robust
from qisim.decide.search import search
from qisim.decide.stories import story
from qisim.decide.trial import trial
from qisim.decide.worth import worth

OUTCOME = {"outcome": "strain_mean"}
CLAIM = {"text": "More demand, more strain.", "is": "above", "value": 0.0, **OUTCOME}


def plans():
    return small(), small({"name": "busy", "workload.pressure": 1.2, "tool.fit": 0.4})


def claimed(**options):
    one = {**CLAIM, "scenarios": [plan.to_dict() for plan in plans()]}
    return claims({"format": 1, "claims": [one]}, **options)


def followed(**options):
    """Hold a plan against counts that stand in a file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "counts.csv")
        file.write_text("month,using,in_post\n1,0,10\n2,1,10\n3,2.5,10\n")
        return follow(small(), file, **{**options, "replicates": 1_000})


VERBS = {
    "explain": lambda **given: explain(*plans(), **OUTCOME, **given),
    "map": lambda **given: lever_map(*plans(), x="pressure", y="fit", steps=2, **OUTCOME, **given),
    "flip": lambda **given: flip(*plans(), vary=["tool.fit"], **OUTCOME, **given),
    "levers": lambda **given: levers(small(), **given),
    "robust": lambda **given: robust(*plans(), worlds=20, **OUTCOME, **given),
    "story": lambda **given: story(*plans(), **OUTCOME, **given),
    "claims": claimed,
    "search": lambda **given: search(small(), trials=10, outcome="adoption_mean", **given),
    "worth": lambda **given: worth(
        small(), vary=["context"], week_of_use=2.0, **{**given, "replicates": 200}
    ),
    "follow": followed,
    "trial": lambda **given: trial(
        small(), sites=6, steps=3, every=5, studies=100, **{**given, "replicates": 40}
    ),
}


def killed_at_each_file(folder, name, step):
    """Ask again and again, killed one file later each time; print how many files there are to place."""
    from qisim.plotting import style

    style.figure_bytes = lambda picture, kind="png": b"drawn"
    VERBS[name](replicates=3, workers=1)  # compiled once for all
    number, code = 1, -signal.SIGKILL
    while code == -signal.SIGKILL:
        os.environ["QISIM_STORE"] = f"{folder}/store{number}"
        ask = partial(VERBS[name], replicates=3, workers=1, out=f"{folder}/out{number}")
        code = lives(ask, number)
        assert lives(ask, 0) == 0, f"killed at {number}, stuck"
        number += step
    assert code == 0, code
    print(number - step)


if __name__ == "__main__":
    killed_at_each_file(sys.argv[1], sys.argv[2], int(sys.argv[3]))
