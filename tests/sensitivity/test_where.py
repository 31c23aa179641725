"""What an outcome depends on where a condition holds: reading it, picking points, known answers."""

from types import SimpleNamespace

import numpy as np
import pytest
from known_functions import ishigami_problem

from qisim.errors import DataError, InputError
from qisim.sensitivity.findings import found_for
from qisim.sensitivity.sample import FEWEST_ALONE, Sample
from qisim.sensitivity.study import sensitivity
from qisim.sensitivity.where import condition

FEW = ["use.base_odds", "workload.half_slack_load", "use.habit_days"]
SHORT = {"run.weeks": 40, "site.staff_per_unit": 12}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return tmp_path_factory.mktemp("store")


def small(store, **more):
    given = {"vary": FEW, "set": SHORT, "outcome": ["adoption_mean"], "method": "delta"}
    return sensitivity(
        "internal", store=store, workers=1, samples=64, replicates=2, **given, **more
    )


def runs_of(**values):
    """Stand for runs whose one outcome has these values by scenario."""
    return SimpleNamespace(all_values=lambda _: {k: np.array(v, float) for k, v in values.items()})


@pytest.mark.parametrize(("text", "read"), [
    ("adoption_final > 0.4", "adoption_final > 0.4"),
    ("adoption_final>=40%", "adoption_final >= 0.4"),
    (" programme_hours < 1e3 ", "programme_hours < 1000"),
])  # fmt: skip
def test_a_condition_is_read_and_can_be_written_again(text, read):
    assert condition(text).text == read and condition(read) == condition(text)
    assert condition(None) is None


@pytest.mark.parametrize(("text", "told"), [
    ("adoption_final = 0.4", "is not a condition"), ("adoption_final > much", "is not a condition"),
    ("adoption_final > 1.2.3", "is not a condition"), ("", "is not a condition"),
    ("adoption_finl > 0.4", "'adoption_final'"), ("leavers > 4 %", "is no share"),
])  # fmt: skip
def test_what_is_no_condition_is_refused(text, told):
    with pytest.raises(InputError, match=told):
        condition(text)


def test_it_holds_for_the_mean_over_replicates_in_every_scenario():
    wanted = condition("adoption_final > 0.5")
    one = [[0.4, 0.8], [0.4, 0.6], [0.9, 0.9], [0.9, np.nan]]
    assert wanted.holds(runs_of(a=one)).tolist() == [True, False, True, False]
    other = [[0.1, 0.1], [0.9, 0.9], [0.9, 0.9], [0.9, 0.9]]
    assert wanted.holds(runs_of(a=one, b=other)).tolist() == [False, False, True, False]


def test_too_few_points_are_refused_with_how_many_it_takes():
    values = np.repeat([[1.0], [0.0]], [FEWEST_ALONE // 2, 7 * FEWEST_ALONE // 2], axis=0)
    wanted = condition("adoption_final > 0.5")
    with pytest.raises(DataError, match=f"32 of 256 points.* about {2 * 256} points"):
        wanted.picked(runs_of(a=values))
    with pytest.raises(DataError, match=r"0 of 256 points, and at least 64 are needed$"):
        condition("adoption_final > 2").picked(runs_of(a=values))


@pytest.mark.parametrize("method", ["delta", "pawn"])
def test_what_matters_where_it_holds_is_found_and_what_brought_it_there_is_not(method):
    """The first input alone decides over all; where it is above a half, the second alone does."""
    points = np.random.default_rng(2).random((1200, 4))
    problem = ishigami_problem(bounds=[[0.0, 1.0]] * 4)
    y = np.where(points[:, 0] > 0.5, 3.0 + 0.1 * points[:, 1], points[:, 0])[:, None]
    whole = found_for(Sample(method, problem, points), "a", "y", y, 50, steps=False)
    assert np.argmax(whole.estimate.indices[whole.design.kind.main]) == 0
    which = condition("adoption_final > 2").picked(runs_of(a=y))
    assert which.tolist() == (points[:, 0] > 0.5).tolist()
    part = Sample(method, problem, points).only(which)
    there = found_for(part, "a", "y", y[which], 50, steps=False).estimate
    main, floor = there.indices[part.kind.main], there.indices["floor"]
    assert np.argmax(main) == 1 and main[1] > floor[1] + 0.3
    assert np.abs(main[[0, 2, 3]] - floor[[0, 2, 3]]).max() < 0.1


def test_a_condition_that_always_holds_changes_nothing(store, tmp_path):
    whole = small(store)
    there = small(store, where="adoption_mean >= 0", out=tmp_path / "out")
    one, other = (held.findings.indices.drop(columns="target") for held in (whole, there))
    assert one.equals(other)
    assert set(there.findings.indices["target"]) == {"internal where adoption_mean >= 0"}
    assert there.summary().startswith("adoption_mean >= 0 holds at 64 of 64 points")
    assert there.manifest["settings"]["where"] == "adoption_mean >= 0"
    assert there.manifest["study_digest"] != whole.manifest["study_digest"]
    assert (tmp_path / "out" / "figures" / "ranked_adoption_mean.png").is_file()


def test_what_does_not_go_with_a_condition_is_told_before_anything_is_run(store):
    def runs(*_):
        pytest.fail("it runs")

    how = {"where": "adoption_mean > 0.2", "store": store, "progress": runs}
    with pytest.raises(InputError, match="sobol needs them independent"):
        sensitivity("internal", method="sobol", **how)
    with pytest.raises(InputError) as told:
        sensitivity("internal", until=0.1, theories=True, **how)
    assert {one.key for one in told.value.problems} == {"until", "theories"}
