"""Study files: what they may say, what they come to mean, and what is refused in which words."""

import mutations
import pytest
from studies import BASE, OTHER, study
from worlds import SMALL

import qisim
from qisim.design.methods import METHODS, fits
from qisim.design.plan_file import is_study, read, shipped_studies
from qisim.design.sampling import number_of_points, points
from qisim.errors import InputError, StudyError
from qisim.model.evidence import process_specific
from qisim.model.parameters import FACTORS, PARAMETERS


def problems(**changes):
    """Return what is wrong with a study."""
    with pytest.raises(StudyError) as refused:
        read(study(**changes))
    return refused.value.problems


def one_problem(**changes):
    (problem,) = problems(**changes)
    return problem


def of_role(role):
    return [p.key for p in PARAMETERS.values() if p.role == role and p.kind == "float"]


# --- what it means --------------------------------------------------------------------------------


def test_a_study_has_scenarios_inputs_a_design_and_runs():
    plan = read(study())
    assert list(plan.scenarios) == ["base", "other"]
    assert plan.names == (
        "workload.pressure", "tool.fit", "workforce.staff_turnover", "factors.turnover",
    )  # fmt: skip
    assert (plan.design.method, plan.design.samples) == ("sobol", 8)
    assert (plan.replicates, plan.seed, plan.random_numbers) == (3, 5, "common")
    assert plan.outcomes == ("adoption_mean", "leavers")


def test_ranges_and_distributions_are_those_of_the_declaration_unless_given():
    given = {"parameter": "tool.fit", "low": 0.5, "high": 0.7, "distribution": "triangular"}
    declared, ranged = read(study(vary=["workforce.staff_turnover", given])).inputs
    p = PARAMETERS["workforce.staff_turnover"]
    assert (declared.low, declared.high, declared.distribution) == (p.low, p.high, p.distribution)
    assert declared.peak == qisim.load(BASE)["staff_turnover"]
    assert (ranged.low, ranged.high, ranged.distribution) == (0.5, 0.7, "triangular")


@pytest.mark.parametrize("role", ["uncertain", "lever", "context"])
def test_a_role_means_all_its_numbers_that_do_not_shape_the_world(role):
    names = read(study(vary=role)).names
    assert set(names) == set(of_role(role)) - {"run.allocation_cut"}


def test_a_factor_means_all_that_belongs_to_it():
    names = read(study(vary=[{"factor": "turnover"}])).names
    assert set(names) == {p.key for p in PARAMETERS.values() if p.factor == "turnover"}
    assert read(study(vary="turnover")).names == names


def test_all_strengths_can_be_named_at_once():
    assert read(study(vary="factors")).names == tuple(f"factors.{factor}" for factor in FACTORS)


def test_the_last_entry_counts_and_what_is_fixed_does_not_vary():
    narrow = {"parameter": "tool.fit", "low": 0.6, "high": 0.7}
    plan = read(study(vary=["lever", narrow], fixed=["workload.pressure"]))
    assert next(one for one in plan.inputs if one.name == "tool.fit").high == 0.7
    assert "workload.pressure" not in plan.names
    assert len(plan.inputs) == len(of_role("lever")) - 1


def test_short_names_will_do_where_they_mean_one_thing():
    assert read(study(vary=["pressure", {"parameter": "fit"}])).names == (
        "workload.pressure", "tool.fit",
    )  # fmt: skip


def test_the_allocation_can_vary_under_both_ensembles():
    cases = [{**BASE, "programme": {**BASE["programme"], "study_case": "external"}}]
    plan = read(study(scenarios=cases, vary=["allocation"]))
    assert plan.names == tuple(f"allocation.{factor}" for factor in process_specific())
    assert {(one.low, one.high, one.group) for one in plan.inputs} == {(0.0, 1.0, "allocation")}
    null = {"allocation": "null", "factors": ["turnover"]}
    plan = read(study(scenarios=cases, vary=[null]))
    assert (plan.names, plan.allocation) == (("allocation.turnover",), "null")


def test_the_cut_varies_with_the_allocation_only():
    cases = [{**BASE, "programme": {**BASE["programme"], "study_case": "external"}}]
    assert "run.allocation_cut" not in read(study(scenarios=cases, vary="uncertain")).names
    both = read(study(scenarios=cases, vary=["uncertain", "allocation"]))
    assert "run.allocation_cut" in both.names
    assert "run.allocation_cut" in read(study(vary=["run.allocation_cut"])).names


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gets_the_design_that_it_needs(method):
    plan = read(
        study(analysis={"method": method}, design={"method": METHODS[method], "samples": 70})
    )
    default = {**study(analysis={"method": method}), "design": {}}
    assert read(default).design.method == plan.design.method == METHODS[method]
    assert fits(method, plan.design.method)
    assert len(points(plan)) == number_of_points(plan)


def test_rbd_fast_refuses_a_sobol_sequence():
    with pytest.raises(
        StudyError, match=r"design.method: does not suit analysis\.method = 'rbd_fast'"
    ):
        read(study(analysis={"method": "rbd_fast"}, design={"method": "sobol"}))


def test_what_is_no_study_is_text():
    assert not is_study(qisim.load("internal")) and not is_study(3)


def test_values_can_be_laid_over_all_scenarios():
    laid = {"tool": {"usability": 0.5}, "workload.cover": 0.4}
    plan = read(study(set=laid), set={"cover": 0.3}, seed=0, replicates=2, samples=4)
    assert [s["tool.usability"] for s in plan.scenarios.values()] == [0.5, 0.5]
    assert [s["workload.cover"] for s in plan.scenarios.values()] == [0.3, 0.3]
    assert (plan.seed, plan.replicates, plan.design.samples) == (0, 2, 4)


def test_a_plan_can_be_written_and_read_again():
    plan = read(study(vary=["uncertain", {"parameter": "tool.fit", "values": [0.5, 0.6]}]))
    assert read(plan.to_dict()) == plan
    assert read(plan) is not None
    assert read(plan, seed=9).seed == 9


def test_one_scenario_will_do():
    assert list(read(study(scenarios="internal")).scenarios) == ["internal"]
    assert list(read(study(scenarios=[BASE])).scenarios) == ["base"]


# --- files ----------------------------------------------------------------------------------------


def test_paths_of_scenarios_and_tables_are_relative_to_the_file(tmp_path):
    (tmp_path / "mine.toml").write_text('extends = "external"\n')
    (tmp_path / "points.csv").write_text("tool.fit,workload.pressure\n0.5,1.0\n0.6,1.1\n")
    (tmp_path / "study.toml").write_text('scenarios = "mine.toml"\n[design]\nfile = "points.csv"\n')
    plan = read(tmp_path / "study.toml")
    assert list(plan.scenarios) == ["mine"]
    assert plan.names == ("tool.fit", "workload.pressure")
    assert points(plan).tolist() == [[0.5, 1.0], [0.6, 1.1]]


def test_a_study_is_told_from_a_scenario(tmp_path):
    file = tmp_path / "study.toml"
    file.write_text('scenarios = "external"\nvary = "lever"\n')
    assert is_study(file)
    assert not is_study("external")
    assert not is_study(tmp_path / "nothing.toml")


@pytest.mark.parametrize("name", shipped_studies())
def test_shipped_studies_are_sound(name):
    plan = read(name)
    assert plan.title != " and ".join(plan.scenarios)
    assert number_of_points(plan) * plan.replicates * len(plan.scenarios) < 2_000_000


def test_there_are_shipped_studies_of_several_kinds():
    plans = [read(name) for name in shipped_studies()]
    assert {plan.design.method for plan in plans} >= {"factorial", "saltelli", "morris", "latin"}
    assert any(one.factor for plan in plans for one in plan.inputs)


# --- what is refused ------------------------------------------------------------------------------


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


# --- tables of points -----------------------------------------------------------------------------


def from_table(tmp_path, text, **more):
    (tmp_path / "points.csv").write_text(text)
    held = {k: v for k, v in study(**more).items() if k != "vary"}
    return read({**held, "design": {"file": str(tmp_path / "points.csv")}})


def test_a_plan_with_a_table_can_be_written_and_read_again(tmp_path):
    plan = from_table(tmp_path, "site.units,fit\n1,0.5\n2,0.1\n")
    again = read(plan.to_dict())
    assert again == plan
    assert points(again).tolist() == [[1.0, 0.5], [2.0, 0.1]]
    for bad in ([[1.5, 0.5]], [[1.0]], [[1.0, 7.0]], [], 3, [3]):
        with pytest.raises(StudyError):
            read({**plan.to_dict(), "design": {"method": "csv", "points": bad}})


def test_whole_numbers_may_stand_in_a_table(tmp_path):
    plan = from_table(tmp_path, "site.units,fit\n1,0.5\n\n2,0.6\n")
    assert plan.names == ("site.units", "tool.fit")
    assert plan.design.method == "csv"


@pytest.mark.parametrize(("text", "line", "message"), [
    ("tool.fit,tool.fit\n1,2\n", 1, "appears twice"),
    ("tool.fit\n0.5\nlots\n", 3, "not a finite number"),
    ("tool.fit\n0.5\nnan\n", 3, "not a finite number"),
    ("tool.fit\n0.5\n7\n", 3, "out of range"),
    ("tool.fit\n0.5,0.6\n", 2, "has 2 values for 1 columns"),
    ("site.units\n1.5\n", 2, "not a whole number"),
    ("tool.fit\n", None, "holds no points"),
    ("", 1, "is empty"),
])  # fmt: skip
def test_a_bad_table_is_refused_with_its_line(tmp_path, text, line, message):
    with pytest.raises(StudyError) as refused:
        from_table(tmp_path, text)
    problem = refused.value.problems[0]
    assert message in problem.message
    assert problem.line == line


def test_an_unknown_column_is_refused(tmp_path):
    with pytest.raises(StudyError, match=r"workload\.presure.*did you mean 'workload.pressure'"):
        from_table(tmp_path, "workload.presure\n1\n")


def test_a_table_that_is_not_there_is_refused():
    with pytest.raises(StudyError, match="cannot be read"):
        read(study(design={"method": "csv", "file": "/nowhere.csv"}))


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
