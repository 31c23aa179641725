"""Invariants of the Mesa model wherever its parameters lie, and sane extremes."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import live, lived, small

from qisim.engines.mesa_model import CareUnit
from qisim.errors import ScenarioError
from qisim.model import records, site
from qisim.model.coefficients import POSITION, coefficients
from qisim.model.outcomes import WEEKLY
from qisim.model.parameters import PARAMETERS

CUMULATIVE = (
    "leavers", "leader_leavers", "programme_hours", "documentation_hours", "outside_weeks",
)  # fmt: skip


# --- invariants -----------------------------------------------------------------------------------


def check(model):
    """Live through a model and check each week."""
    frame = live(model)
    assert np.isfinite(frame.to_numpy(dtype=float)).all()
    shares = frame[[n for n, s in WEEKLY.items() if s.unit in ("share", "index")]]
    assert shares.to_numpy().min() >= 0.0
    assert shares.to_numpy().max() <= 1.0 + 1e-12
    assert frame["workload"].between(0.0, 3.0).all()
    for name in CUMULATIVE:
        assert frame[name].iloc[0] >= 0.0
        assert (frame[name].diff().dropna() >= 0.0).all()


WAYS = {p.key: p for p in PARAMETERS.values() if p.kind == "float"}

# until rules.schooled_turnover is capped (see test_world), this one gives rates that are no numbers
del WAYS["workforce.unschooled_turnover_ratio"]

SIZES = {
    "site.units": (1, 3), "site.staff_per_unit": (4, 9), "site.teams_per_unit": (1, 4),
    "site.champions_per_unit": (1, 3), "programme.start_week": (1, 9), "run.weeks": (20, 26),
    "run.start_week_of_year": (1, 52),
}  # fmt: skip


def somewhere(places):
    """Return a small scenario with parameters at places (0 to 1) of their allowed ranges."""
    values = {
        key: WAYS[key].minimum + place * (WAYS[key].maximum - WAYS[key].minimum)
        for key, place in places.items()
        if key in WAYS
    }
    sizes = {
        key: low + round(places[key] * (high - low))
        for key, (low, high) in SIZES.items()
        if key in places
    }
    while True:
        try:
            return small({**values, **sizes})
        except ScenarioError as wrong:  # what does not go together takes its default
            keys = [key for key in values if key in str(wrong)]
            assert keys, wrong
            for key in keys:
                del values[key]


@settings(max_examples=40, deadline=None)
@given(
    places=st.dictionaries(
        st.sampled_from([*WAYS, *SIZES]), st.sampled_from((0.0, 1.0)) | st.floats(0.0, 1.0)
    ),
    replicate=st.integers(0, 1000),
)
def test_series_stay_within_their_ranges_wherever_parameters_lie(places, replicate):
    check(CareUnit(somewhere(places), replicate=replicate))


@pytest.mark.parametrize("corner", range(24))
def test_series_stay_within_their_ranges_when_every_parameter_is_extreme(corner):
    chance = random.Random(corner)
    check(CareUnit(somewhere({key: float(chance.random() < 0.5) for key in WAYS})))


def test_counts_of_people_agree():
    model = CareUnit(small(), staff_turnover=0.9, replicate=2)
    gone, filled = 0, [person.in_post for person in model.staff]
    while model.running:
        model.step()
        now = [person.in_post for person in model.staff]
        gone += sum(was > 0.5 > still for was, still in zip(filled, now))
        filled, posts = now, len(now)
        assert set(now) <= {0.0, 1.0}
        assert model.current["vacancy"] == 1.0 - math.fsum(now) / posts
        assert model.current["leavers"] == gone
        assert all(person.in_post >= person.present for person in model.staff)
        assert all(person.used <= person.present for person in model.staff)
        assert model.adopters == round(model.current["adoption"] * math.fsum(now))
    assert gone > 5


def test_a_vacant_post_holds_nothing():
    model = CareUnit(small(), staff_turnover=0.95, vacancy_weeks=52.0)
    while model.running:
        model.step()
        empty = [person for person in model.staff if person.in_post < 0.5]
        assert all(getattr(person, level) == 0.0 for person in empty for level in records.STATE)
    assert empty


def test_newcomers_arrive_without_training_habit_or_ownership():
    model = CareUnit("internal", staff_turnover=0.9, weeks=60)
    newcomers = 0
    while model.running:
        before = [person.in_post for person in model.staff]
        habits = [person.habit for person in model.staff]
        model.step()
        for person, was, habit in zip(model.staff, before, habits):
            if person.in_post > was:
                newcomers += 1
                assert habit == 0.0
                assert person.settled < 0.2
                assert person.routine == 0.0
                assert person.took_part == (1.0 if person.programme_hours > 0.0 else 0.0)
    assert newcomers > 5


@pytest.mark.parametrize(("kind", "gone"), [("leader_leaves", 2), ("champion_leaves", 3)])
def test_an_event_makes_whoever_leads_in_one_unit_leave(kind, gone):
    events = [{"kind": kind, "week": 6, "unit": 2}]
    still = {"leader_turnover": 0.0, "leader_vacancy_weeks": 104.0, "events": events}
    model = CareUnit(small(), **still)
    posts = []
    while model.running:
        model.step()
        posts.append([leader.in_post for leader in model.leaders])
    assert next(week for week, row in enumerate(posts, 1) if row[gone] < 0.5) == 6
    assert (np.delete(np.array(posts), gone, axis=1) == 1.0).all()
    assert model.site.leader_leavers == 1.0


# --- sane extremes --------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["external", "internal"])
def test_without_activities_or_coaching_nobody_adopts(scenario):
    frame = lived(scenario, activities=[], coaching_step=0.0)
    gained = [
        "adoption",
        "use",
        "reach",
        "trained",
        "competence",
        "leader_use",
        "held",
        "embedding",
    ]
    assert frame[gained].to_numpy().max() == 0.0


def test_a_facilitator_who_only_coaches_leaders_reaches_staff_through_them():
    frame = lived("external", activities=[])
    assert frame["trained"].max() == 0.0
    first = {name: (frame[name] > 0.0).idxmax() for name in ("leader_use", "reach", "use")}
    assert 0 < first["leader_use"] <= first["reach"] <= first["use"]


def test_without_people_nobody_adopts():
    scenario = small()
    row = coefficients(scenario)
    row[[POSITION["hiring"], POSITION["leader_hiring"]]] = 0.0  # beyond what is allowed
    model = CareUnit.of_world(site.build(scenario), row, 1, 0)
    for _ in range(scenario["weeks"]):
        model.live_week()
        assert model.current["vacancy"] == 1.0
        assert model.current["adoption"] == model.current["use"] == model.current["reach"] == 0.0
        assert model.current["workload"] > 2.0


def test_without_posts_filled_or_people_well_little_is_adopted():
    scarce = {"sickness_absence": 0.6, "absence_weeks": 26.0, "vacancy_weeks": 104.0,
              "staff_turnover": 0.95, "cover": 0.0}  # fmt: skip
    assert lived("internal", **scarce)["adoption"].mean() < 0.05


IDEAL = {
    "factors.turnover": 0.0, "factors.workload": 0.0, "sickness_absence": 0.0, "factors.staff_variety": 0.0,
    "leader_hours": 20.0, "leader_hours_after": 1.0, "champion_hours": 20.0,
    "champion_hours_after": 1.0, "usability": 1.0, "fit": 1.0, "protected_time": 1.0,
    "plan": 1.0, "arenas": 1.0, "documentation_hours": 0.0, "leader_documentation_hours": 0.0,
    "length_weeks": 156, "habit_carries": 0.6,
}  # fmt: skip

EVERY_WEEK = [
    {"kind": kind, "week": week, "every": 4, "until": 156, "hours": 2.0, "audience": "everyone",
     "led_by": "leader"}
    for week, kind in ((1, "seminar"), (2, "simulation"), (3, "coaching"), (4, "feedback"))
]  # fmt: skip


@pytest.mark.parametrize("replicate", range(3))
@pytest.mark.parametrize("scenario", ["external", "internal"])
def test_with_full_support_and_no_turnover_or_load_nearly_everybody_adopts(scenario, replicate):
    frame = lived(scenario, replicate, activities=EVERY_WEEK, **IDEAL)
    assert frame["adoption"].iloc[-1] > 0.9


@pytest.mark.parametrize(("units", "staff"), [(1, 10), (1, 300), (8, 38)])
def test_small_and_large_sites_run(units, staff):
    check(CareUnit("internal", units=units, staff_per_unit=staff, weeks=104, length_weeks=104))
