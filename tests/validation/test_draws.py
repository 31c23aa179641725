"""Patterns under random draws: what is drawn, and how holding is counted and told."""

import json

import numpy as np
import pytest

from qisim.cli.main import exit_code
from qisim.design.ensemble import over_uncertain, uncertain_keys
from qisim.errors import InputError
from qisim.model.parameters import PARAMETERS
from qisim.scenario.scenario import load
from qisim.validation import draws, pages
from qisim.validation.patterns import PATTERNS, Arm, Pattern, Quantity
from qisim.validation.patterns.measuring import Runs
from qisim.validation.study import validate


def pattern(low, high, changes=None):
    number = Quantity(
        "q", "use", "points", lambda r: r.over_all("a", "use"), low, high, "a judgement"
    )
    arm = Arm("a", "internal", changes or {})
    return Pattern("X1", "x", "x", ("design",), "checked", "x", (arm,), ("use",), (number,))


def test_every_uncertain_number_is_drawn_but_what_scenario_or_experiment_sets():
    key = "use.base_odds"
    own, first = load("internal"), next(iter(over_uncertain().sets()))
    (free,), (held,) = (
        next(iter(draws.drawn_arms(pattern(0, 1, changes), 1, {}))) for changes in ({}, {key: 0.7})
    )
    set_by_it = [k for k in uncertain_keys() if own[k] != PARAMETERS[k].default]
    for name in uncertain_keys():
        assert free[name] == (own[name] if name in set_by_it else first[name])
    assert held[key] == 0.7 and free[key] == first[key] != 0.7


def test_a_draw_holds_unless_the_whole_interval_misses():
    def runs_of(arms):
        level = 0.3 + arms[0]["use.base_odds"] / 10.0
        levels.append(level)
        return Runs({("a", "use"): np.full((4, 20), level)})

    levels = []
    draws.held_in(pattern(0, 1), 12, {}, runs_of)
    middle = float(np.median(levels))
    found = draws.held_in(pattern(middle, 9.0), 12, {}, runs_of)
    assert found == (sum(level >= middle for level in levels[:12]), 12)
    assert found.text == f"{found.held} of 12" and 0 < found.held < 12

    def lucky(arms):
        return Runs({("a", "use"): np.tile([0.0, 1.0], 10)[None] * np.ones((4, 1))})

    assert draws.held_in(pattern(0.55, 0.9), 3, {}, lucky) == (3, 3)  # .5, give or take luck


def test_patterns_that_hold_always_are_called_no_test():
    told = draws.rates_line(
        {"A1": draws.Held(6, 6), "B1": draws.Held(2, 6), "C1": draws.Held(4, 6)}
    )
    always, _, seldom = told.partition("fewer than half")
    assert "A1" in always and "B1" not in always and "C1" not in told and "B1" in seldom


def test_rates_stand_in_table_page_and_folder(tmp_path, capsys):
    found = validate(["L14"], replicates=6, draws=2, out=tmp_path / "v")
    assert found.held == {"L14": found.held["L14"]} and found.held["L14"].draws == 2
    row = found.table().iloc[0]
    assert (row["draws_held"], row["draws"]) == found.held["L14"]
    text = found.held["L14"].text
    assert "| holds in draws |" in pages.overview(found.judged, found.held)
    assert f"| {text} |" in (tmp_path / "v" / "validation.md").read_text(encoding="utf-8")
    assert text in (tmp_path / "v" / "report.html").read_text(encoding="utf-8")
    assert found.manifest["settings"]["draws"] == 2
    assert exit_code(["validate", "L14", "--replicates", "6", "--draws", "2", "--json"]) == 0
    row = json.loads(capsys.readouterr().out)["quantities"][0]
    assert (row["draws_held"], row["draws"]) == found.held["L14"]
    assert "draws" not in validate(["L14"], replicates=6).table()


@pytest.mark.parametrize("number", [-1, 301, 1.5, True, "many"])
def test_a_wrong_number_of_draws_is_refused(number):
    with pytest.raises(InputError, match=r"number of draws.*0 \(none\) to 300"):
        validate(["L14"], draws=number)


@pytest.mark.parametrize("other", ["--mutants", "--levers"])
def test_draws_go_with_the_patterns_of_the_model_itself(other, capsys):
    assert exit_code(["validate", "--draws", "3", other]) == 2
    assert f"does not go with {other}" in capsys.readouterr().err


def test_every_number_of_a_pattern_has_a_least_size():
    """A direction alone, an open side that ends at 0, is passed by next to nothing."""
    for one in PATTERNS.values():
        for number in one.quantities:
            assert (number.low, number.high) not in ((0.0, np.inf), (-np.inf, 0.0)), number.name
            assert np.isfinite(number.low) or np.isfinite(number.high), number.name
            assert number.rests_on


def test_patterns_of_mechanisms_were_never_used_to_choose():
    for number in range(22, 27):
        assert PATTERNS[f"L{number}"].use == "checked"
