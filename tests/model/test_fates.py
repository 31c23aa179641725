"""What becomes of a practice in a unit: begun, dropped, faded, taken up again, written in.

Each on two worlds that differ in it alone; see `test_second_edition.py`.
"""

from minimal_pairs import NOTHING_ENDS_IT, lived, moves, nothing_changes, world

LEADERS_GO = [{"kind": "leader_leaves", "week": week} for week in (70, 100)]
"""Every unit leader leaves twice, after a programme of a year."""

# --- what becomes of the practice -----------------------------------------------------------------

EVERYBODY = {"baseline": 0.6, "events": LEADERS_GO, "dropped_use": 0.0}
"""Most did it before, so that every unit has begun; and leaders change."""
EXPOSED = {**EVERYBODY, **NOTHING_ENDS_IT, "embed_from": 1.0, "restart": 0.0, "revive": 0.0}
"""The same, where nothing ends it and nothing is written in."""


def test_what_nothing_ends_goes_on():
    found = lived(world(**EXPOSED))
    assert found["stopped"].max() == found["restarted"].max() == 0.0
    assert (found["going_on"][30:] == 1.0).all()


def test_a_new_leader_may_have_other_aims():
    base, aims = world(**EXPOSED), {"new_aims": 1.0}
    assert lived(base.replace(aims))["stopped"][-1].mean() > 0.9
    moves(base, aims, "use", -1, begin=110)


def test_no_new_leader_no_new_aims():
    stable = {**EXPOSED, "events": [], "leader_turnover": 0.0}
    filled = world(**stable, weeks=60).replace({"leader_vacancy_weeks": 1.0})
    nothing_changes(filled, {"new_aims": 1.0})


def test_a_running_programme_with_plan_and_fixed_time_is_not_dropped():
    held = {**EXPOSED, "structure": 1.0, "length_weeks": 100, "activities": [], "new_aims": 1.0}
    events = [{"kind": "leader_leaves", "week": 30}]
    found = lived(world(**{**held, "events": events}, facilitator_weeks=0))
    assert found["stopped"][:100].max() == 0.0
    loose = lived(world(**{**held, "events": events, "structure": 0.0}, facilitator_weeks=0))
    assert loose["stopped"][99].mean() > 0.9


def test_weeks_of_crisis_may_end_it():
    base = world(**EXPOSED, pressure=1.5, crisis_weeks=4.0)
    crisis = {"crisis_drop": 0.2}
    assert lived(base.replace(crisis))["stopped"][-1].mean() > 0.5
    nothing_changes(base.replace({"heavy_load": 4.0}), crisis)


def test_a_practice_that_hardly_anybody_uses_any_more_fades():
    """Most did it once; nobody speaks of it, it is soon out of mind, and no habit carries it."""
    forgotten = {"baseline_use": 0.0, "habit_carries": 0.0, "attention_half_life": 1.0}
    gone = {**EXPOSED, **forgotten, "baseline": 0.9, "begun_at": 0.05, "contact": 0.0}
    base = world("no-programme", **gone, hours_granted=0.0)
    assert (lived(base)["going_on"].max(axis=0) == 1.0).all()
    assert lived(base)["stopped"].max() == 0.0
    assert lived(base.replace({"faded_at": 0.05}))["stopped"][-1].mean() > 0.9


def test_use_that_is_left_where_it_was_dropped():
    base = world(**{**EXPOSED, "new_aims": 1.0})
    moves(base, {"dropped_use": 0.5}, "use", +1, begin=110)
    nothing_changes(world(**EXPOSED), {"dropped_use": 0.5})


def test_a_unit_whose_people_can_takes_it_up_again():
    base, again = world(**{**EXPOSED, "new_aims": 1.0}), {"restart": 1.0}
    assert lived(base)["restarted"].max() == 0.0
    assert lived(base.replace(again))["restarted"][-1].mean() > 0.9
    moves(base, again, "going_on", +1, begin=110)
    nothing_changes(world(**EXPOSED), again)


def test_a_running_programme_brings_it_back():
    held = {**EXPOSED, "new_aims": 1.0, "structure": 0.5, "length_weeks": 150, "activities": []}
    events = [{"kind": "leader_leaves", "week": week} for week in (20, 30, 40)]
    base = world(**{**held, "events": events}, facilitator_weeks=0)
    assert lived(base)["restarted"].max() == 0.0
    assert lived(base.replace({"revive": 1.0}))["restarted"][-1].mean() > 0.3


# --- embedding ------------------------------------------------------------------------------------

WRITTEN_IN = {"embed_from": 0.2, "embed_weeks": 10.0}


def test_with_nobody_to_see_to_it_it_is_not_written_in_and_newcomers_are_shown_nothing():
    base = world(**{**EXPOSED, **WRITTEN_IN, "hours_granted": 0.0, "staff_turnover": 0.6})
    assert lived(base)["use"].mean() > 0.3
    assert lived(base)["embedding"].max() == 0.0
    nothing_changes(base, {"induction": 0.9, "unembed_half_life": 4.0, "embed_weeks": 1.0})


def test_what_only_all_would_be_enough_for_is_hardly_ever_written_in():
    assert lived(world(**EXPOSED))["embedding"].mean() < 0.01


def test_what_most_use_and_somebody_sees_to_is_written_in():
    base = world(**EXPOSED)
    moves(base, WRITTEN_IN, "embedding", +1)
    moves(base, WRITTEN_IN, "use", +1, begin=60)


def test_what_is_written_in_outlasts_a_new_leader():
    base = world(**{**EXPOSED, "new_aims": 1.0})
    moves(base, WRITTEN_IN, "stopped", -1, begin=110)


def test_newcomers_are_shown_what_is_written_in():
    base = world(**{**EXPOSED, **WRITTEN_IN, "induction": 0.0, "staff_turnover": 0.6})
    moves(base, {"induction": 0.9}, "competence", +1, begin=60)


def test_what_is_no_longer_done_is_crossed_out_again():
    """Written in at first; dropped by new leaders, and then used no more."""
    gone = {**EXPOSED, "embed_from": 0.2, "embed_weeks": 40.0, "new_aims": 1.0, "baseline_use": 0.0}
    base = world(**gone, unembed_half_life=520.0)
    moves(base, {"unembed_half_life": 4.0}, "embedding", -1, begin=110)
