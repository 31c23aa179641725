"""What a notebook shows of a scenario: a line, or a card with what differs from its parent."""

import re

import pytest

import qisim
from qisim.errors import ScenarioError, UnknownKeyError
from qisim.model.parameters import FACTORS
from qisim.scenario.display import ROWS, card


def text_of(html):
    """Return the words of a piece of HTML."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize("name", qisim.scenario.scenario.shipped())
def test_every_shipped_scenario_is_shown_in_a_line_and_on_a_card(name):
    scenario = qisim.load(name)
    line, words = repr(scenario), text_of(scenario._repr_html_())
    assert len(line) < 300 and "\n" not in line
    assert name[:30] in line and scenario.digest[:12] in line
    assert (
        len(words) < 2000 and scenario.digest[:12] in words and str(scenario["run.weeks"]) in words
    )


def test_a_changed_scenario_says_what_differs_from_its_parent():
    busy = qisim.load("external").replace({"workload.pressure": 1.15, "programme.target": "both"})
    assert "2 values differ from external" in repr(busy)
    words = text_of(busy._repr_html_())
    assert "workload.pressure 1 1.15" in words and "programme.target leaders both" in words
    assert busy.changed == {"workload.pressure": 1.0, "programme.target": "leaders"}


def test_a_file_says_what_differs_from_what_it_extends(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('extends = "internal"\n[workforce]\nstaff_turnover = 0.3\n')
    mine = qisim.load(file)
    assert mine.parent == "internal"
    assert mine.changed == {"workforce.staff_turnover": qisim.load("internal")["staff_turnover"]}
    again = qisim.load({"extends": "internal", "events": [{"kind": "leader_leaves", "week": 9}]})
    assert (again.parent, again.changed) == ("internal", {"events": 0})


def test_where_it_comes_from_is_not_part_of_what_it_is():
    one, other = qisim.load("external", pressure=1.1), qisim.load("external", pressure=1.2)
    assert other.replace(pressure=1.1) == one
    assert other.replace(pressure=1.1).changed != one.changed


def test_what_is_shown_is_text_and_no_markup():
    wild = qisim.load("external", name="<b>x</b>", title="<script>alert(1)</script>")
    assert "<script>" not in wild._repr_html_() and "<b>x</b>" not in wild._repr_html_()


def test_a_long_table_is_cut_and_counted():
    words = text_of(card("title", {}, ("key",), [[number] for number in range(ROWS + 5)]))
    assert words.endswith(f"{ROWS - 1} and 5 more")


# --- keys -----------------------------------------------------------------------------------------


def test_keys_are_offered_for_completion():
    scenario = qisim.load("external")
    offered = scenario._ipython_key_completions_()
    assert {"workload.pressure", "pressure", "programme.target"} <= set(offered)
    assert all(scenario[key] is not None for key in offered)


@pytest.mark.parametrize(("key", "nearest"), [
    ("presure", "workload.pressure"), ("workload.presure", "workload.pressure"),
    ("staff_turnovr", "workforce.staff_turnover"),
])  # fmt: skip
def test_a_misspelt_key_is_answered_with_the_nearest(key, nearest):
    with pytest.raises(KeyError) as wrong:
        qisim.load("external")[key]
    assert isinstance(wrong.value, UnknownKeyError)
    assert str(wrong.value) == f"{key}: is not a known key; did you mean {nearest!r}?"


@pytest.mark.parametrize("factor", FACTORS)
def test_the_strength_of_a_factor_is_never_set_by_its_bare_name(factor):
    for give in (qisim.load, qisim.CareUnit):
        with pytest.raises(ScenarioError, match=rf"factors\.{factor} for its strength"):
            give("external", **{factor: 0.3})
    with pytest.raises(UnknownKeyError, match="its numbers are"):
        qisim.load("external")[factor]
    assert qisim.load("external", {f"factors.{factor}": 0.3})[f"factors.{factor}"] == 0.3


def test_who_writes_turnover_is_led_to_staff_turnover():
    with pytest.raises(ScenarioError, match=r"did you mean 'workforce\.staff_turnover'\?"):
        qisim.CareUnit("external", turnover=0.3)
