"""Tables of points."""

import pytest
from studies import study

from qisim.design.plan_file import read
from qisim.design.sampling import points
from qisim.errors import StudyError


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
    ("tool.fit\n0.5,0.6\n", 2, "has 2 values for 1 column"),
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
