"""Study files that are refused, and in which words."""

import mutations
import pytest
from studies import BASE, OTHER, study
from studies_refused import one_problem, problems
from worlds import SMALL

from qisim.design.plan_file import read, shipped_studies
from qisim.errors import InputError, StudyError


def test_every_problem_is_told_at_once_with_line_key_range_and_nearest_name(tmp_path):
    file = tmp_path / "study.toml"
    file.write_text(
        'scenarios = ["external", "intrnal"]\n'
        "outcome = []\n"
        "[[vary]]\n"
        'parameter = "workload.presure"\n'
        "[[vary]]\n"
        'parameter = "workload.pressure"\n'
        "low = 3.0\n"
        "[design]\n"
        'method = "sobl"\n'
        "samples = 0\n"
        "[runs]\n"
        "replicates = 1.5\n"
    )
    with pytest.raises(StudyError) as refused:
        read(file)
    told = {(p.key, p.line, p.nearest) for p in refused.value.problems}
    assert told == {
        ("scenarios", 1, "internal"),
        ("outcome", 2, "outcomes"),
        ("vary.1.parameter", 4, "workload.pressure"),
        ("vary.2.low", 7, None),
        ("design.method", 9, "sobol"),
        ("design.samples", 10, None),
        ("runs.replicates", 12, None),
    }
    assert all(p.file == str(file) for p in refused.value.problems)
    low = next(p for p in refused.value.problems if p.key == "vary.2.low")
    assert (low.value, low.allowed) == (3.0, "0 to 2")


@pytest.mark.parametrize(("entry", "key", "message"), [
    ({"parameter": "tool.fit", "low": 0.7, "high": 0.6}, "low", "leaves no range"),
    ({"parameter": "tool.fit", "low": float("nan")}, "low", "not a finite number"),
    ({"parameter": "tool.fit", "low": "0.5"}, "low", "not a number"),
    ({"parameter": "tool.fit", "high": 2.0}, "high", "out of range"),
    ({"parameter": "tool.fit", "distribution": "normal"}, "distribution", "not one of the words"),
    ({"parameter": "social.arenas", "low": 0.0, "distribution": "loguniform"}, "distribution", "not above 0"),
    ({"parameter": "tool.fit", "values": []}, "values", "not a list of values"),
    ({"parameter": "tool.fit", "values": [0.5, 0.5]}, "values", "holds a value twice"),
    ({"parameter": "tool.fit", "values": [0.5, 7]}, "values.2", "out of range"),
    ({"parameter": "tool.fit", "hihg": 1.0}, "hihg", "not a known key"),
    ({"parameter": "programme.target", "low": 1}, "low", "words, which have no range"),
    ({"parameter": "programme.target", "values": ["staf"]}, "values.1", "not one of the words"),
    ({"parameter": "programme.target", "values": "staff"}, "values", "not a list of words"),
    ({"parameter": "programme.target", "values": ["staff", "staff"]}, "values", "holds a value twice"),
    ({"parameter": "programme"}, "values", "not a list of words"),
    ({"role": "levers"}, "role", "not one of the words"),
    ({"factor": "turnovr"}, "factor", "not one of the words"),
    ({"allocation": "all"}, "allocation", "not one of the words"),
    ({"allocation": "study", "factors": ["workload"]}, "factors.1", "not one of the words"),
    ({"low": 0.1}, "", "has none of parameter"),
    ({"parameter": "tool.fit", "role": "lever"}, "", "has 2 of"),
    (7, "", "neither a word nor a table"),
])  # fmt: skip
def test_a_bad_entry_is_refused(entry, key, message):
    problem = one_problem(vary=[entry])
    assert problem.key == f"vary.1.{key}".rstrip(".")
    assert message in problem.message


@pytest.mark.parametrize(("changes", "key"), [
    ({"scenarios": []}, "scenarios"),
    ({"scenarios": [BASE, OTHER, BASE]}, "scenarios"),
    ({"vary": []}, "vary"),
    ({"vary": ["allocation"]}, "vary"),
    ({"fixed": ["tool.usability"]}, "fixed.1"),
    ({"outcomes": ["adoption"]}, "outcomes.1"),
    ({"outcomes": 3}, "outcomes"),
    ({"analysis": {"method": "anova"}}, "analysis.method"),
    ({"analysis": {"groups": "factor"}}, "analysis.method"),
    ({"analysis": {"method": "sobol"}}, "design.method"),
    ({"analysis": {"method": "pawn", "second_order": "no"}}, "analysis.second_order"),
    ({"analysis": {"method": "pawn", "over_time": ["adopton"]}}, "analysis.over_time.1"),
    ({"design": {"method": "morris", "levels": 5}}, "design.levels"),
    ({"design": {"method": "csv"}}, "design.file"),
    ({"design": {"file": "x.csv"}}, "design.file"),
    ({"runs": {"seed": -1}}, "runs.seed"),
    ({"runs": {"random_numbers": "shared"}}, "runs.random_numbers"),
    ({"vary": ["run.weeks"], "design": {"method": "saltelli"}}, "vary"),
    ({"design": {"samples": 10**7}, "runs": {"replicates": 1000}}, "design.samples"),
])  # fmt: skip
def test_bad_settings_are_refused(changes, key):
    assert one_problem(**changes).key == key


def test_a_table_that_is_no_table_is_refused():
    held = {**study(), "design": 3}
    with pytest.raises(StudyError, match="design: is not a table"):
        read(held)


def test_ranges_that_cannot_hold_together_are_refused_with_the_corner():
    shares = [
        {"parameter": "site.nurse_share", "low": 0.2, "high": 0.9},
        {"parameter": "site.unschooled_share", "low": 0.1, "high": 0.3},
    ]
    problem = one_problem(vary=shares)
    assert "adds up to more than 1" in problem.message
    assert "site.nurse_share = 0.9" in problem.message


def test_the_problems_of_a_scenario_are_told_too():
    wrong = problems(scenarios=[{**BASE, "tool": {"usability": 7.0}}], set={"tool.fi": 1.0})
    assert {p.key for p in wrong} == {"tool.usability", "tool.fi"}


def test_what_is_laid_over_scenarios_is_placed_in_the_file(tmp_path):
    file = tmp_path / "study.toml"
    file.write_text('scenarios = "external"\nvary = "lever"\n[set]\n"tool.fit" = 7.0\n')
    with pytest.raises(StudyError) as refused:
        read(file)
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.key) == (str(file), 4, "tool.fit")


def test_a_study_that_is_not_there_names_the_nearest():
    name = shipped_studies()[0]
    with pytest.raises(StudyError) as refused:
        read(f"{name}x")
    assert refused.value.problems[0].nearest == name


@pytest.mark.parametrize("text", ["scenarios = [", "\x00", "= 3"])
def test_a_file_that_is_no_toml_is_refused(tmp_path, text):
    (tmp_path / "study.toml").write_text(text)
    with pytest.raises(StudyError, match="TOML"):
        read(tmp_path / "study.toml")


def test_check_takes_studies_beside_scenarios(tmp_path, capsys):
    from qisim.cli.main import exit_code

    good, bad, shape = (tmp_path / f"{name}.toml" for name in ("good", "bad", "shape"))
    good.write_text('scenarios = "external"\nvary = "lever"\n')
    bad.write_text('scenarios = "external"\nvary = "levers"\n')
    shape.write_text(
        'scenarios = "external"\nvary = [{ parameter = "run.weeks", values = [2, 156] }]\n'
        '[set]\nstart_week = 3\n[design]\nmethod = "factorial"\n'
    )
    assert exit_code(["check", str(good), "internal", "levers"]) == 0
    assert exit_code(["check", str(good), str(bad), str(shape)]) == 2
    told = capsys.readouterr().err
    assert f"{bad}:2: vary.1: is not a known parameter; got 'levers'; did you mean 'lever'?" in told
    assert "run.weeks = 2" in told


def test_mutated_study_files_are_read_or_refused_in_words(tmp_path):
    file, fine = tmp_path / "gone-wrong.toml", 0
    for number in range(400):
        file.write_bytes(mutations.gone_wrong(number, mutations.STUDIES))
        try:
            read(str(file))
            fine += 1
        except InputError as error:
            assert error.problems
            assert all(str(problem).isprintable() for problem in error.problems), number
    assert 0 < fine < 400


def test_a_bare_factor_is_not_taken_for_its_strength_where_a_parameter_is_asked_for():
    given = {"scenarios": "external", "vary": [{"parameter": "turnover", "low": 0.1, "high": 0.3}]}
    with pytest.raises(StudyError, match=r"factors\.turnover for its strength.*staff_turnover"):
        read(given)


ODD = [
    5,
    0.5,
    float("nan"),
    True,
    "x",
    "",
    [],
    [[5]],
    [None],
    {},
    {"a": 1},
    {"a": [1]},
    -1,
    10**30,
    None,
]

"""Values of every kind, most of them wrong wherever they stand."""

PLACES = [
    "format", "title", "scenarios", "vary", "fixed", "outcomes", "set", "design", "runs", "analysis",
    "design.method", "design.samples", "design.levels", "design.step", "design.file", "design.points",
    "runs.replicates", "runs.seed", "runs.random_numbers", "analysis.method", "analysis.groups",
    "analysis.resamples", "analysis.second_order", "analysis.over_time",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_what_is_odd_anywhere_in_a_study_is_read_or_refused_in_words(place):
    for odd in ODD:
        asked = {"scenarios": [SMALL], "vary": ["workload.pressure"], "design": {}, "runs": {},
                 "analysis": {"method": "sobol"}}  # fmt: skip
        table, _, name = place.rpartition(".")
        (asked[table] if table else asked)[name] = odd
        try:
            read(asked)
        except StudyError as refused:
            assert all(problem.message for problem in refused.problems)


def test_a_value_for_what_varies_is_used_or_refused_and_never_ignored():
    asked = {"scenarios": [SMALL], "vary": ["uncertain"]}
    assert "workforce.absence_weeks" in read(asked).names
    for key in ("workforce.absence_weeks", "absence_weeks"):
        held = read(asked, set={key: 1.2})
        assert "workforce.absence_weeks" not in held.names
        assert next(iter(held.scenarios.values()))["workforce.absence_weeks"] == 1.2
    named = {**asked, "vary": ["uncertain", "workforce.absence_weeks"]}
    for laid in ({"set": {"absence_weeks": 1.2}}, {"set": {"workforce": {"absence_weeks": 1.2}}}):
        with pytest.raises(StudyError, match=r"vary\.2: varies in this study"):
            read({**named, **laid})
    with pytest.raises(StudyError, match="varies in this study"):
        read(named, set={"workforce.absence_weeks": 1.2})
