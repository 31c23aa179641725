"""What the command line lists and shows."""

import json

from qisim.scenario.scenario import shipped


def test_list_has_a_line_for_each_shipped_scenario(say):
    code, out, err = say("list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(shipped())


def test_list_as_json(say):
    assert [row["name"] for row in json.loads(say("list", "--json")[1])] == list(shipped())


def test_show_tells_value_range_origin_and_basis(say):
    code, out, _ = say("show", "external", "--set", "pressure=1.25")
    (line,) = [line for line in out.splitlines() if line.split()[:1] == ["pressure"]]
    assert code == 0
    for part in ("1.25", "[0 to 2]", "override", "Q16 Q47 assumption"):
        assert part in line


def test_show_as_json_can_be_read_back(say):
    data = json.loads(say("show", "internal", "--json")[1])
    about = data["values"]["workforce.staff_turnover"]
    assert about["value"] == 0.22
    assert about["rests_on"] == ["N01", "N03", "N04"]
    assert {"unit", "allowed", "plausible", "set_in", "role", "factor", "meaning"} <= set(about)


def test_factors_say_what_kind_of_study_it_is(say):
    code, out, _ = say("factors")
    flat = " ".join(out.split())
    assert code == 0
    assert "qualitative" in flat
    assert out.count(" inferred ") == 14


def test_one_factor_in_full(say):
    out = say("factors", "knowledge", "sharing")
    assert out[0] == 2  # one name, not two
    out = say("factors", "knowledge_sharing")[1]
    assert out.count("social.teaching_rate") == 2  # the enabler and its lack
    assert "rests on" in out


def test_a_misspelt_factor_is_told_the_nearest(say):
    code, out, err = say("factors", "turnver")
    assert (code, out) == (2, "")
    assert "'turnover'" in err


def test_version_and_citation(say):
    assert say("--version")[1].startswith("qisim 0.")
    assert "doi 10.1186/s12913-024-10985-2" in say("--cite")[1]
