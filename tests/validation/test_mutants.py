"""Broken models: they are what they say, and a pattern that could not fail is named as such."""

import json
from inspect import signature

import pytest

from qisim.cli.main import exit_code
from qisim.errors import InputError
from qisim.model.rules import RULES
from qisim.validation import mutants
from qisim.validation.patterns import PATTERNS

HELD = mutants.mutants()
COMMANDS = ("qisim validate --mutants", "qisim validate --mutants L10 J1 --replicates 100")


def test_there_are_twenty_and_those_that_must_be_noticed_are_among_them():
    assert len(HELD) >= 20
    assert tuple(HELD)[: len(mutants.MUST)] == mutants.MUST


@pytest.mark.parametrize("one", HELD.values(), ids=list(HELD))
def test_a_mutant_replaces_rules_by_others(one):
    held = {}
    exec(compile(one.path.read_text(encoding="utf-8"), one.path, "exec"), held)
    assert one.says.endswith(".") and one.rules
    for name in one.rules:
        wanted = list(signature(RULES[name]).parameters)
        assert list(signature(held[name]).parameters) == wanted
        levels = (0.13, 0.37, 0.71, 1.9)
        worlds = [{p: levels[(i + k) % 4] for i, p in enumerate(wanted)} for k in range(4)]
        assert any(held[name](**world) != RULES[name](**world) for world in worlds), name


def found(own, **broken):
    verdicts = {mutants.OWN: own, **broken}
    return mutants.Notices(("T1", "L10", "L14"), verdicts, 40, 1)


OWN = {("T1", "a"): "pass", ("L10", "a"): "pass", ("L10", "b"): "fail", ("L14", "a"): "pass"}


def test_noticed_is_what_passes_with_the_own_rules_and_fails_with_the_broken_ones():
    fallen = found(OWN, no_contact={**OWN, ("L10", "a"): "fail", ("T1", "a"): "fail"})
    assert fallen.noticed("no_contact") == ["T1", "L10"]
    assert fallen.untuned("no_contact") == ["L10"] and not fallen.missing()
    assert fallen.blind() == ["L14"]
    unsettled = found(OWN, no_contact={**OWN, ("L10", "a"): "open"})
    assert unsettled.noticed("no_contact") == [] and unsettled.unnoticed() == ["no_contact"]


def test_a_tuned_pattern_does_not_stand_for_one_that_was_only_checked():
    assert PATTERNS["T1"].use == "tuned"
    by_tuned = found(OWN, no_contact={**OWN, ("T1", "a"): "fail"})
    assert by_tuned.noticed("no_contact") == ["T1"] and by_tuned.missing() == ["no_contact"]
    text = " ".join(mutants.summary(by_tuned))
    assert "2 of 3 patterns pass" in text and "missing: no_contact" in text
    assert "1 of 3 notice at least one of 1 broken models" in text and "(L14)" in text


def test_a_broken_model_is_judged_by_its_own_rules():
    """Where teaching does nothing nobody ever uses the practice, in no run."""
    how = {"replicates": 2, "seed": 1, "engine": "mesa", "workers": 1}
    tried = mutants.notices(["L14"], ["teaching_does_nothing"], **how)
    assert set(tried.verdicts["teaching_does_nothing"].values()) == {"fail"}
    assert tried.verdicts[mutants.OWN] != tried.verdicts["teaching_does_nothing"]


def test_what_is_wrong_is_said_before_anything_is_run(capsys, monkeypatch):
    monkeypatch.setattr(mutants, "_judged_under", lambda *asked: pytest.fail("ran"))
    with pytest.raises(InputError, match="no_forgetting"):
        mutants.notices(["L14"], ["no_forgeting"])
    with pytest.raises(InputError, match="L99"):
        mutants.notices(["L99"])
    assert exit_code(["validate", "--mutants", "--set", "pressure=1.1"]) == 2
    assert "does not go with --mutants" in capsys.readouterr().err


def test_the_command_says_which_are_noticed(capsys, monkeypatch):
    runs = []

    def judge(rules, patterns, options):
        runs.append(options["replicates"])
        own = {(pattern, "a"): "pass" for pattern in patterns}
        return own if "no_contact" not in rules else {**own, ("L10", "a"): "fail"}

    monkeypatch.setattr(mutants, "_judged_under", judge)
    for command in COMMANDS:
        assert exit_code([*command.split()[1:], "--quiet"]) == 0
    assert set(runs) == {n * times for n in (mutants.RUNS, 100) for times in (1, mutants.OWN_TIMES)}
    asked = ["validate", "--mutants", "T1", "L10", "L14"]
    assert exit_code([*asked, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["mutants"]
    assert {row["mutant"]: row["L10"] for row in rows}["no_contact"] is True
    assert [row["L10"] for row in rows].count(True) == 1
    assert exit_code([*asked, "--strict"]) == 4
    shown = " ".join(capsys.readouterr().out.split())
    assert "no pattern notices" in shown and f"1 of 3 notice at least one of {len(HELD)}" in shown
