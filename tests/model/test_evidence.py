"""The ledger agrees with the evidence table, with the rules and with the parameters."""

import inspect

import pytest

from qisim.errors import InputError
from qisim.model import evidence, rules
from qisim.model.evidence import FINDINGS, PLAIN_WORDS, finding, rests_on, sources
from qisim.model.parameters import FACTORS, PARAMETERS

ALL = pytest.mark.parametrize("f", FINDINGS.values(), ids=FINDINGS)
ROWS = {row.factor: row for number in range(10, 29) if (row := sources()[f"S{number}"])}
"""The study's findings in the evidence table: rows S10 to S28."""

COINCIDENT = {
    "workload": "stated",
    "technology and tools (enabler)": "stated",
    "dedication": "stated",
    "ownership": "stated once",
    "engagement": "stated once",
}
"""What the study says was seen in both cases: in Results and Conclusion, or in one of them."""


def test_nineteen_factors_ten_helped_and_nine_hindered():
    kinds = [f.kind for f in FINDINGS.values()]
    assert (len(kinds), kinds.count("enabler"), kinds.count("barrier")) == (19, 10, 9)


def test_the_ledger_has_the_factors_of_the_evidence_table():
    assert set(FINDINGS) == set(ROWS)
    assert len(ROWS) == 19


@ALL
def test_allocation_agrees_with_the_evidence_table(f):
    row = ROWS[f.name]
    assert row.id in f.sources
    if f.certainty != "inferred":
        assert row.programme == "both" == f.seen
        assert row.value == "yes"
        return
    assert row.basis == "inferred"
    guessed = {"external": f.external, "internal": f.internal}[row.programme]
    assert guessed == pytest.approx(float(row.value))


@ALL
def test_kind_agrees_with_the_evidence_table(f):
    assert f.kind in ROWS[f.name].quantity


@ALL
def test_only_what_the_study_states_counts_as_stated(f):
    assert f.certainty == COINCIDENT.get(f.name, "inferred")


@ALL
def test_a_process_specific_factor_is_in_exactly_one_case(f):
    if f.certainty == "inferred":
        assert f.external + f.internal == pytest.approx(1.0)
        assert f.seen in ("external", "internal", "undetermined")
        assert (f.seen == "undetermined") == (abs(f.external - 0.5) < 0.1)
    else:
        assert f.external == f.internal >= 0.9


@ALL
def test_the_rules_that_carry_it_exist(f):
    assert f.rules
    assert all(inspect.isfunction(getattr(rules, name, None)) for name in f.rules)


@ALL
def test_it_names_a_strength_and_its_parameters(f):
    assert f.key in PARAMETERS
    assert PARAMETERS[f.key] in f.parameters
    assert all(p.factor == f.strength for p in f.parameters)
    assert f.mechanism.endswith(".")
    assert set(f.sources) <= set(sources())


@pytest.mark.parametrize("strength", FACTORS)
def test_a_strength_carries_one_finding_or_both_sides_of_one(strength):
    kinds = [f.kind for f in FINDINGS.values() if f.strength == strength]
    two_sided = strength in ("technology_and_tools", "coordination", "knowledge_sharing")
    assert sorted(kinds) == ["barrier", "enabler"] if two_sided else len(kinds) == 1


def test_two_sided_findings_share_the_rule_with_two_sides():
    for strength in ("coordination", "knowledge_sharing"):
        assert all("two_sided" in f.rules for f in finding(strength))


def test_what_the_ledger_says_first():
    assert "qualitative" in PLAIN_WORDS
    assert "inferred" in PLAIN_WORDS
    assert "no effect of any size" in PLAIN_WORDS


# --- looking things up ----------------------------------------------------------------------------


@pytest.mark.parametrize("f", FINDINGS.values(), ids=FINDINGS)
def test_found_by_its_own_name_however_written(f):
    assert f in finding(f.name)
    assert f in finding(f.name.upper().replace(" ", "_"))
    assert f in finding(f.strength.replace("_", "-"))


def test_a_shared_name_finds_both_sides():
    assert [f.kind for f in finding("technology and tools")] == ["enabler", "barrier"]


def test_a_misspelt_name_is_answered_with_the_nearest():
    with pytest.raises(InputError) as wrong:
        finding("dedicaton")
    assert wrong.value.problems[0].nearest == "dedication"


def test_probabilities_of_a_two_sided_strength_are_those_of_the_enabler():
    assert evidence.probability_external("coordination") == 0.6
    assert evidence.probability_internal("coordination") == pytest.approx(0.4)
    assert evidence.probability_external("technology_and_tools") == 1.0
    assert evidence.probability_internal("ownership") == 0.9


def test_what_a_number_rests_on_in_words():
    text = rests_on(("N01", "assumption"))
    assert text.startswith("N01 Helsedirektoratet")
    assert text.endswith("[read]; assumption")


def test_every_row_of_the_evidence_table_says_where_it_is_from():
    for row in sources().values():
        assert row.source and row.quantity and row.value + row.low
        assert row.basis in ("read", "recalled", "derived", "inferred")
        assert row.doi_or_url or row.basis == "derived"
