"""Every verb that writes a folder and is no question of `qisim.decide`, asked in a moment; also a program."""

import json
import sys
import tempfile
from functools import cache
from pathlib import Path

from pairs import PAGES
from placing import lives
from studies import study
from worlds import small

import qisim
from qisim.comparison.flow import Presenter
from qisim.model.outcomes import OUTCOMES
from qisim.plotting import style
from qisim.validation.moved_study import diff_model
from qisim.validation.study import validate
from qisim.validation.versions import KEPT, kept_bytes, thousand


def calibrated(**given):
    """Calibrate with counts that stand in a file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "counts.csv")
        file.write_text("week,using,in_post\n2,1,10\n6,3,10\n10,4,10\n16,5,10\n")
        return qisim.calibrate(small(), file, samples=2000, checks=0, workers=1, **given)


def moved(**given):
    """Hold a version against another, both of which gave their answers some time ago."""
    return diff_model(*answers(), scenarios=1, replicates=2, **given)


@cache
def answers():
    """Return the files of two versions' answers, the same each time: they are part of the question."""
    asked, folder = thousand(1, 2, 1), Path(KEEPS.name)
    others = [name for name in OUTCOMES if name != "adoption_mean"]
    for which, level in (("old", 0.4), ("new", 0.5)):
        held = {
            name: {"values": {"adoption_mean": [[level] * 2] * len(points)}, "refused": {}}
            for name, points in asked.points.items()
        }
        gone = {"scenarios": [], "outcomes": others, "numbers": []}
        answer = {"asked": asked.digest, "version": which, "model": which, "lacks": gone,
                  "scenarios": held}  # fmt: skip
        (folder / (which + KEPT)).write_bytes(kept_bytes(answer))
    return tuple(str(folder / (which + KEPT)) for which in ("old", "new"))


KEEPS = tempfile.TemporaryDirectory()


ALL = {
    "run": lambda **given: qisim.run(small(), replicates=3, workers=1, **given),
    "compare": lambda **given: qisim.compare(
        small(), small(pressure=1.2), replicates=3, workers=1, **given
    ),
    "sweep": lambda **given: qisim.sweep(study(design={"samples": 2}), workers=1, **given),
    "sensitivity": lambda **given: qisim.sensitivity(
        small(), vary=["pressure", "tool.fit"], outcome="adoption_mean", samples=8, replicates=3,
        workers=1, **given,
    ),
    "calibrate": calibrated,
    "validate": lambda **given: validate(["T4"], replicates=3, workers=1, **given),
    "diff-model": moved,
}  # fmt: skip


def undrawn(patch):
    """Let figures be a few bytes."""
    patch(style, "figure_bytes", lambda picture, kind="png": b"drawn")
    patch(style, "figure_files", lambda picture: style.Files(b"drawn", b"<svg/>", b"<svg/>"))
    patch(Presenter, "pages", lambda self, result: PAGES)


def killed_at_some_files(folder, step):
    """Ask every verb again and again, killed some files later each time; print how many files each places."""
    undrawn(setattr)
    last = {}
    for name, ask in ALL.items():
        ask(out=f"{folder}/{name}-whole")
        number = 2
        while lives(lambda: ask(out=f"{folder}/{name}-{number}"), number) != 0:  # noqa: B023
            assert lives(lambda: ask(out=f"{folder}/{name}-{number}"), 0) == 0, (name, number)  # noqa: B023
            number += 2 * step if name == "calibrate" else step  # it takes longest
        last[name] = number
    print(json.dumps(last))


if __name__ == "__main__":
    killed_at_some_files(sys.argv[1], int(sys.argv[2]))
