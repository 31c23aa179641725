"""How free strengths are chosen: ranges, implausibility, what is acceptable; and the stored sets."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qisim.design.ensemble import ensemble
from qisim.model.parameters import PARAMETERS

SCRIPTS = Path(__file__).parents[2] / "scripts"
SCRIPT = {
    name: value
    for file in ("base_numbers.py", "base_page.py", "choose_base.py")
    for name, value in runpy.run_path(str(SCRIPTS / file)).items()
}
FREE, QUANTITIES, SIZED = SCRIPT["FREE"], SCRIPT["QUANTITIES"], SCRIPT["SIZED"]


def numbers(**changed):
    """Return one set's numbers: those of the sources, the middle of other tolerances; some changed."""
    found = []
    for name, (_, q) in zip(SCRIPT["NAMES"], QUANTITIES, strict=True):
        ends = np.clip([q.low, q.high], -100.0, 100.0)
        found.append(changed.get(name.replace(".", "_"), q.source or float(ends.mean())))
    return np.array([found])


def test_a_set_that_shows_what_the_sources_say_has_no_implausibility():
    assert SCRIPT["implausibility"](numbers()) == 0.0
    assert SCRIPT["within"](numbers()).all()


@pytest.mark.parametrize("place", SIZED)
def test_the_end_of_a_tolerance_is_an_implausibility_of_two(place):
    _, q = QUANTITIES[place]
    for end in (q.low, q.high):
        row = numbers()
        row[0, place] = end
        assert SCRIPT["implausibility"](row) == pytest.approx(2.0)
        row[0, place] = q.source + 1.01 * (end - q.source)
        assert not SCRIPT["within"](row).any()


def test_an_uncertain_emulator_rules_out_less():
    row = numbers(T2_lost_external=60.0)
    assert SCRIPT["implausibility"](row, 10.0) < SCRIPT["implausibility"](row)


def test_a_direction_that_is_wrong_is_not_acceptable_and_the_less_plausible_the_more_it_is_wrong():
    wrong, worse = (numbers(T1_rank_external=points) for points in (-1.0, -2.0))
    assert 0.0 < SCRIPT["implausibility"](wrong) < SCRIPT["implausibility"](worse)
    assert not SCRIPT["within"](wrong).any()


def test_points_of_the_unit_cube_fill_the_plausible_ranges():
    points = SCRIPT["sobol"](256, 1)
    sets = SCRIPT["in_ranges"](points)
    assert SCRIPT["in_cube"](sets) == pytest.approx(points)
    for p, column in zip(FREE, sets.T, strict=True):
        assert p.low <= column.min() < column.max() <= p.high
        assert column.min() - p.low < 0.05 * (p.high - p.low)


def test_what_is_free_is_what_nobody_knows():
    assert all((p.role == "uncertain" and "assumption" in p.sources) or p.name == "support_weight"
               for p in FREE)  # fmt: skip


def test_the_stored_sets_are_of_the_free_strengths_and_called_acceptable_for_a_reason():
    table = pd.read_csv(SCRIPT["DATA"])
    assert ensemble("acceptable").keys == tuple(p.key for p in FREE)
    found = table[list(SCRIPT["NAMES"])].to_numpy()
    assert SCRIPT["within"](found).all()
    assert table["implausibility"].to_numpy() == pytest.approx(
        SCRIPT["implausibility"](found), abs=1e-3
    )
    assert 80 <= len(table) <= 500


def test_the_page_has_the_present_base_values():
    page = SCRIPT["PAGE"].read_text(encoding="utf-8")
    for p in FREE:
        row = f"| `{p.key}` | {p.unit} | {p.low:g} to {p.high:g} | {PARAMETERS[p.key].default:g} |"
        assert row in page


def test_it_refuses_to_do_two_things_at_once(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["choose_base.py", "--quick", "--again"])
    with pytest.raises(SystemExit):
        SCRIPT["main"]()


@pytest.mark.slow
def test_the_stored_sets_are_still_acceptable():
    """After a change of the model: `scripts/choose_base.py --again`."""
    table = pd.read_csv(SCRIPT["DATA"]).head(10)
    sets = table[[p.key for p in FREE]].to_numpy()
    found = SCRIPT["simulated"](sets, SCRIPT["RUNS_AT_LAST"], "again")
    assert SCRIPT["within"](found).mean() >= 0.9
