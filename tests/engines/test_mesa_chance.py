"""Chance in the Mesa model: seed and replicate fix a run, and nothing else does."""

import random

import mesa
import numpy as np
import pytest
from histories import history, same
from worlds import CALENDAR, live, lived, small

import qisim
from qisim.engines.mesa_model import CareUnit, Leader, Staff
from qisim.errors import InputError
from qisim.model import draws

UNCOUPLED = {
    "strain_on_leaving": 0.0, "engagement_on_leaving": 0.0, "strain_on_absence": 0.0,
}  # fmt: skip

"""Nobody leaves or falls ill because of how the work is: people come and go by chance alone."""


# --- chance ---------------------------------------------------------------------------------------


def test_seed_and_replicate_fix_a_run():
    base = lived(small(), replicate=3, seed=7)
    same(lived(small(), replicate=3, seed=7), base)
    assert not lived(small(), replicate=4, seed=7).equals(base)
    assert not lived(small(), replicate=3, seed=8).equals(base)


def test_no_seed_is_seed_one():
    same(lived(small(), seed=None), lived(small(), seed=1))


def test_seed_zero_is_a_seed():
    same(lived(small(), seed=0), lived(small(), seed=0))
    assert not lived(small(), seed=0).equals(lived(small(), seed=1))


@pytest.mark.parametrize("seed", [2**32, 2**63 - 1])
def test_large_seeds_are_seeds(seed):
    same(lived(small(), seed=seed), lived(small(), seed=seed))


@pytest.mark.parametrize("wrong", [{"seed": -1}, {"seed": "one"}, {"replicate": -1}])
def test_what_is_no_seed_is_an_input_error(wrong):
    with pytest.raises(InputError):
        CareUnit(small(), **wrong)


def test_other_generators_do_not_matter():
    base = lived(small())
    random.seed(5)
    np.random.seed(5)
    model = CareUnit(small())
    while model.running:
        random.random()
        np.random.random()
        model.random.random()
        model.rng.random()
        model.step()
    same(model.datacollector.get_model_vars_dataframe(), base)


class Shuffled(CareUnit):
    """People act in another order every week."""

    def live_week(self):
        for kind in (Staff, Leader):
            self.agents_by_type[kind].shuffle(inplace=True)
        super().live_week()


class StaffFirst(CareUnit):
    """Staff act before leaders, and both from the last post to the first."""

    @property
    def agents_by_type(self):
        found = super().agents_by_type
        order = {Leader: Staff, Staff: Leader}
        return {
            kind: mesa.agent.AgentSet(list(found[order[kind]])[::-1], random=self.random)
            for kind in order
        }


@pytest.mark.parametrize("form", [Shuffled, StaffFirst])
@pytest.mark.parametrize("scenario", ["small", "external", "internal"])
def test_the_order_in_which_people_act_does_not_matter(form, scenario):
    scenario = small() if scenario == "small" else qisim.load(scenario, weeks=60)
    same(live(form(scenario)), live(CareUnit(scenario)))


# --- two worlds that differ a little --------------------------------------------------------------


def test_one_more_post_leaves_the_chances_of_all_others_as_they_were():
    few, many = CareUnit(small()), CareUnit(small(), staff_per_unit=6, units=3)
    for level, posts in ((draws.STAFF, 5), (draws.LEADER, 2)):
        for unit in range(2):
            assert many.draws[level][unit][:posts] == few.draws[level][unit]


def test_one_more_post_changes_nobody_elses_comings_and_goings():
    few, many = CareUnit(small(), **UNCOUPLED), CareUnit(small(), staff_per_unit=6, **UNCOUPLED)
    before = history(few, "in_post", "absent", "settled")
    after = history(many, "in_post", "absent", "settled").reshape(30, 2, 6, 3)[:, :, :5]
    assert before.any()
    assert (after.reshape(30, 10, 3) == before).all()


def test_a_change_for_leaders_only_leaves_staffs_chances_as_they_were():
    assert CareUnit(small()).draws == CareUnit(small(), leader_hours=20.0).draws
    came = [
        history(CareUnit(small(), leader_hours=hours, **UNCOUPLED), "in_post", "absent")
        for hours in (0.0, 20.0)
    ]
    assert (came[0] == came[1]).all()


def test_before_its_first_effect_a_change_makes_no_difference():
    early = lived("internal", weeks=52)
    late = lived("internal", weeks=52, events=[
        {"kind": "demand", "from_week": 30, "until_week": 40, "factor": 1.3}
    ])  # fmt: skip
    same(early.iloc[:29], late.iloc[:29])
    assert (early.iloc[29:]["workload"] != late.iloc[29:]["workload"]).any()


def test_a_longer_watch_sees_the_same_weeks():
    same(lived("external", weeks=100).iloc[:60], lived("external", weeks=60))


def test_a_unit_lives_the_same_alone_and_beside_others_that_its_leaders_do_not_know():
    levels = ("in_post", "competence", "habit", "used", "routine", "strain", "ownership")
    apart = {"norm_weight": 0.0, "leader_from_peers": 0.0, "facilitator_hours": 0.0}
    calendar = [a | {"led_by": "leader"} for a in CALENDAR if a["led_by"] == "facilitator"]
    calendar += [a for a in CALENDAR if a["led_by"] != "facilitator"]
    alone = history(CareUnit(small(units=1, activities=calendar), **apart), *levels)
    beside = history(CareUnit(small(units=4, activities=calendar), **apart), *levels)
    assert alone[:, :, 3].any()
    assert (beside[:, :5] == alone).all()
