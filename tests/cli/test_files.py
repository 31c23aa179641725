"""Scenario files that the command line writes and checks."""

import json

import pytest

from qisim import load


def test_new_writes_a_file_that_is_fine_and_the_same(say, tmp_path):
    path = tmp_path / "mine.toml"
    assert say("new", path, "--from", "internal")[0] == 0
    assert say("check", path)[:2] == (0, f"{path}: fine\n")
    shown = [json.loads(say("show", name, "--json")[1]) for name in ("internal", path)]
    assert shown[0]["digest"] == shown[1]["digest"]
    assert shown[1]["name"] == "mine"


def test_new_from_a_path_extends_it_relative_to_the_new_file(say, tmp_path, small_file):
    (tmp_path / "deep").mkdir()
    path = tmp_path / "deep" / "mine.toml"
    assert say("new", path, "--from", small_file)[0] == 0
    assert say("check", path)[0] == 0


def test_new_overwrites_nothing(say, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("precious")
    code, _, err = say("new", path, "--from", "internal")
    assert code == 2
    assert "nothing was overwritten" in err
    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    "name",
    ["a\nb", "tab\t", "y" * 90, "quo\"te's", "æøå 看護", "#", ".", "\x1b[31m", "\udcff", " "],
)
def test_new_under_any_name_is_fine(say, tmp_path, name):
    path = tmp_path / f"{name}.toml"
    try:
        code, _, err = say("new", path, "--from", "internal")
    except OSError:
        pytest.skip("no file of this name here")
    assert (code, err) == (0, "")
    assert say("check", path)[0] == 0


def test_new_from_a_part_works_in_any_folder(say, tmp_path):
    assert say("new", tmp_path / "a.toml", "--from", "parts/driver-internal")[0] == 0
    assert say("check", tmp_path / "a.toml")[0] == 0


def test_new_cannot_extend_a_name_that_no_file_can_hold(say, tmp_path):
    base = tmp_path / "a\tb.toml"
    assert say("new", base, "--from", "internal")[0] == 0
    code, _, err = say("new", tmp_path / "c.toml", "--from", base)
    assert code == 2
    assert "no scenario file can hold" in err


def test_new_in_no_folder(say, tmp_path):
    assert say("new", tmp_path / "no" / "mine.toml", "--from", "internal")[0] == 2


def test_check_tells_every_problem_of_every_file(say, tmp_path, small_file):
    bad, worse = tmp_path / "bad.toml", tmp_path / "worse.toml"
    bad.write_text('format = 1\nextends = "external"\n[workload]\npresure = 1\ncover = 3\n')
    worse.write_text("[[[")
    code, out, err = say("check", bad, small_file, worse)
    assert code == 2
    assert out.startswith(f"{small_file}: fine\n") and str(bad) not in out
    for part in (f"{bad}:4", "presure", "did you mean", f"{bad}:5", "0 to 1", str(worse)):
        assert part in err


def test_check_tells_that_a_calendar_was_replaced(say, tmp_path):
    path = tmp_path / "mine.toml"
    head = 'format = 1\nextends = "internal"\n'
    one = '[[activities]]\nkind = "seminar"\nweek = 1\nhours = 1.0\n'
    path.write_text(head + one)
    number = len(load("internal").activities)
    told = f"calendar: 1 activity of its own instead of the {number} of internal"
    assert say("check", path)[:2] == (0, f"{path}: fine\n  {told}\n")
    path.write_text(head + one + one)
    assert "2 activities of its own" in say("check", path)[1]
    path.write_text(f"format = 1\n{one}")
    assert say("check", path)[1] == f"{path}: fine\n"


def test_check_tells_what_a_file_leads_to_without_saying_so(say, tmp_path):
    path = tmp_path / "mine.toml"
    for text, told in {
        "": "says nothing: a site of default values, and no programme",
        'name = "mine"\n': "says nothing",
        'extends = "no-programme"\n': "no programme",
        "[site]\nunits = 2\nstaff_per_unit = 42\n": "no programme: neither this file",
        'extends = "external"\n[site]\nunits = 2\nstaff_per_unit = 42\n': "2 x 42 = 84 posts",
        'extends = "internal"\n[programme]\nlength_weeks = 78\n': "4 activities end with it\n",
    }.items():
        path.write_text(text)
        code, out, _ = say("check", path)
        assert code == 0 and told in out, out
    path.write_text('extends = "internal"\n')
    assert say("check", path)[1] == f"{path}: fine\n"


def test_check_tells_what_other_commands_will_refuse(say, tmp_path):
    path = tmp_path / "site.toml"
    path.write_text("[site]\nstaff_per_unit = 30\n")
    told = say("check", path)[1]
    for command in ("levers", "worth", "search", "trial"):
        assert command in told
        words = {"worth": ["--week-of-use", 2], "search": ["--budget", 1000]}.get(command, [])
        assert say(command, path, *words)[0] == 2
    path.write_text('extends = "internal"\n[run]\nweeks = 30\n')
    assert (
        "the run ends in week 30, and the programme would go on to week 104"
        in say("check", path)[1]
    )


def test_a_plan_is_checked_and_shown_in_a_ward_file(say, tmp_path):
    ward = tmp_path / "ward.toml"
    ward.write_text("[site]\nstaff_per_unit = 21\nchampions_per_unit = 0\n")
    code, _, err = say("check", "internal", "--site", ward)
    assert code == 2 and f"{ward}:3: site.champions_per_unit" in err
    ward.write_text("[site]\nstaff_per_unit = 21\n")
    assert "the ward file leaves out" in say("check", "internal", "--site", ward)[1]
    assert json.loads(say("show", "internal", "--site", ward, "--json")[1])["values"]


def test_check_tells_why_sensitivity_would_refuse_a_study(say, tmp_path):
    path = tmp_path / "study.toml"
    path.write_text('scenarios = "external"\nvary = ["site.units"]\n')
    code, out, _ = say("check", path)
    assert code == 0 and f"qisim sensitivity refuses it: {path}:2: vary" in out
    code, _, err = say("sensitivity", path)
    assert code == 2 and f"{path}:2: vary" in err


def test_check_as_json_takes_every_number(say, tmp_path):
    path = tmp_path / "nan.toml"
    path.write_text("[workload]\ncover = nan\npressure = inf\n")
    code, out, _ = say("check", path, "--json")
    assert code == 2 and [p["value"] for p in json.loads(out)[str(path)]] == ["nan", "inf"]


def test_check_as_json(say, tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text("format = 1\n[workload]\ncover = 3\n")
    code, out, _ = say("check", bad, "--json")
    (problem,) = json.loads(out)[str(bad)]
    assert code == 2
    assert (problem["line"], problem["key"], problem["allowed"]) == (3, "workload.cover", "0 to 1")


def test_a_file_that_says_nothing_runs_and_is_told_of(say, tmp_path):
    file, short = tmp_path / "empty.toml", ("--replicates", "1", "--set", "run.weeks=4")
    file.write_text("")
    code, _, err = say("run", file, *short)
    assert code == 0 and "empty.toml says nothing" in err
    assert "says nothing" not in say("run", "null-no-programme", *short)[2]
    assert say("run", file, *short, "--quiet") == (0, "", "")


@pytest.mark.parametrize(("weeks", "told"), [
    (78, "external: programme.length_weeks = 78 follows 52 weeks whose calendar stays as it is: "
         "its last activity is in week 44 and the facilitator leaves in week 52 "
         "(facilitator_weeks = 78 keeps them)"),
    (26, "external: the calendar follows programme.length_weeks = 26"), (52, ""),
])  # fmt: skip
def test_a_change_of_length_is_told_with_what_became_of_the_calendar(say, weeks, told):
    sets = ("--set", "run.weeks=4", "--set", "start_week=1", "--set", f"length_weeks={weeks}")
    code, _, err = say("run", "external", "--replicates", "1", *sets)
    assert code == 0 and (told in err if told else "calendar" not in err)


def test_check_refuses_the_sample_that_the_analysis_would_refuse(say, tmp_path):
    path = tmp_path / "study.toml"
    text = 'scenarios = ["external"]\nvary = ["tool.fit"]\n[analysis]\nmethod = "sobol"\n'
    path.write_text(f"{text}[design]\nsamples = 2\n")
    for verb in ("check", "sensitivity"):
        code, _, err = say(verb, path)
        assert code == 2 and "is too small a sample" in err
    err = say("sensitivity", tmp_path / "none.toml")[2]
    assert "no file has this name" in err and "mapping" not in err
    path.write_text(f"{text}[design]\nsamples = 8\n")
    assert say("check", path)[0] == 0


@pytest.mark.parametrize("verb", [
    ("explain", "{}", "external"), ("flip", "external", "{}"), ("levers", "{}"),
    ("story", "external", "{}"), ("map", "{}", "external", "--x", "staff_turnover", "--y", "pressure"),
    ("robust", "external", "{}"), ("worth", "{}"), ("search", "{}"), ("sensitivity", "{}", "external"),
    ("trial", "external", "--against", "{}"), ("follow", "{}", "--data", "none.csv"),
    ("calibrate", "{}", "--data", "none.csv"),
])  # fmt: skip
def test_every_verb_tells_of_a_plan_in_which_no_programme_happens(say, tmp_path, monkeypatch, verb):
    monkeypatch.setattr("qisim.runs.lifecycle.Lifecycle.result", _stopped)
    file = tmp_path / "ward.toml"
    file.write_text("[site]\nstaff_per_unit = 30\n")
    code, _, err = say(*(word.format(file) for word in verb))
    assert code in (2, 130) and f"{file}: no programme: neither this file nor" in err


def _stopped(life):
    raise KeyboardInterrupt


def test_a_study_and_show_tell_of_a_plan_in_which_no_programme_happens(say, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "none.toml").write_text("format = 1\n[site]\nunits = 1\n", encoding="utf-8")
    for name, text in (("with", '"internal"'), ("without", '"none.toml"')):
        (tmp_path / f"{name}.toml").write_text(
            f'scenarios = [{text}]\n[design]\nmethod = "latin"\nsamples = 4\n[runs]\nreplicates = 1\n'
            '[[vary]]\nparameter = "workload.pressure"\n',
            encoding="utf-8",
        )
    none = "a programme without activities and without a facilitator"
    assert none in say("check", "without.toml")[1]
    assert none in say("sweep", "without.toml")[2]
    assert none in say("show", "none.toml")[1]
    assert none not in "".join(
        part for verb in (("check", "with.toml"), ("show", "internal")) for part in say(*verb)[1:]
    )


@pytest.mark.parametrize("verb", ["check", "sweep", "claims"])
@pytest.mark.parametrize("ending", [".txt", ".toml.txt"])
def test_a_file_whose_ending_windows_hides_is_named_by_every_reader(
    say, tmp_path, monkeypatch, verb, ending
):
    monkeypatch.chdir(tmp_path)
    assert "Windows" not in say(verb, "mine")[2]
    (tmp_path / f"mine{ending}").write_text("format = 1\n", encoding="utf-8")
    code, _, err = say(verb, "mine")
    assert code == 2 and f"mine{ending} is there" in err
