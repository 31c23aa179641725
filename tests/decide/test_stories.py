"""One person in two worlds: where the stories part is where the worlds first differ for them."""

import re

import numpy as np
import pytest
from worlds import CALENDAR, small

import qisim
from qisim.decide.stories import happenings, most_affected, part_text, story, typical
from qisim.engines.trace import LEVELS, trace
from qisim.errors import InputError


def later():
    """Return a world in which one more activity is held, in week 7: nothing differs before it."""
    extra = {
        "kind": "skills_training",
        "week": 7,
        "hours": 2.0,
        "audience": "staff",
        "led_by": "nobody",  # whoever leads gives hours to it in other weeks, too
    }
    return small({"name": "later", "activities": [*CALENDAR, extra]})


def test_stories_are_one_until_something_differs():
    found = story(small(), later(), replicates=4, replicate=0)
    weeks = found.table("weeks")
    one, two = (
        weeks[weeks["scenario"] == name].reset_index(drop=True) for name in ("small", "later")
    )
    apart = (one[list(LEVELS)] != two[list(LEVELS)]).any(axis=1)
    first = int(one["week"][apart].min())
    assert first >= 7
    assert f"until week {first}" in found.title
    assert f"part in week {first}" in found.sentences[0]


def test_whoever_comes_to_the_new_activity_parts_there_and_it_is_named():
    traces = [trace(one, 1, 0) for one in (small(), later())]
    came = traces[1].of("programme_hours")[6] != traces[0].of("programme_hours")[6]
    assert came.any()
    person = int(np.flatnonzero(came)[0]) + 1
    found = story(small(), later(), replicates=2, replicate=0, person=person)
    assert "week 7" in found.title
    assert "skills training" in found.sentences[0]
    assert "week 7" in found.sentences[1]
    assert "on the same draw" in found.sentences[1]


def test_two_worlds_that_are_one_have_one_story():
    found = story(small(), small({"name": "twin"}), replicates=3)
    assert "the same story" in found.title
    assert found.sentences == ["Nothing about this person ever differs between the two worlds."]
    assert found.plot() is not None


def test_the_run_is_that_of_the_median_difference():
    assert typical(np.array([0.0, 5.0, 2.0, np.nan, 1.0, 2.1])) == 2
    runs = qisim.compare(small(), later(), replicates=9, seed=2).runs
    wide = runs.pivot(index="replicate", columns="scenario", values="adoption_final")
    delta = (wide["later"] - wide["small"]).to_numpy()
    found = story(small(), later(), replicates=9, seed=2)
    assert found.title.split("run ")[1].startswith(str(typical(delta)))
    with pytest.raises(InputError, match="no pair"):
        typical(np.array([np.nan]))


def test_the_most_affected_is_who_has_the_most_other_habit():
    traces = [trace(one, 1, 0) for one in (small(), later())]
    apart = np.abs(traces[1].of("habit") - traces[0].of("habit")).sum(axis=0)
    apart += np.abs(traces[1].of("routine") - traces[0].of("routine")).sum(axis=0)
    assert apart[most_affected(traces)] == apart.max()


def test_what_happens_is_what_the_trace_holds():
    one = trace(small(), 1, 0)
    for post in range(one.posts):
        events = happenings(one, post)
        part = [event.week for event in events if event.sort == "part"]
        assert part == (np.flatnonzero(one.of("programme_hours")[:, post]) + 1).tolist()
        won = sum(event.what == "use becomes routine" for event in events)
        routine = np.concatenate([[0.0], one.of("routine")[:, post]])
        assert won == int((np.diff(routine) > 0).sum())


def test_what_becomes_of_the_practice_in_the_unit_is_told_to_whoever_is_there():
    fickle = {
        "fates.new_aims": 1.0, "fates.begun_at": 0.02, "fates.faded_at": 0.0, "fates.restart": 1.0,
        "leader_vacancy_weeks": 1.0, "programme.structure": 0.0,
        "events": [{"kind": "leader_leaves", "week": 14}],
    }  # fmt: skip
    one, told = trace(small(fickle), 1, 0), []
    for post in range(one.posts):
        dropped, there = one.of("dropped")[:, post], one.of("in_post")[:, post]
        turns = np.flatnonzero((np.diff(dropped) != 0) & (there[1:] * there[:-1] > 0)) + 2
        events = [event for event in happenings(one, post) if event.sort == "unit"]
        assert [event.week for event in events] == turns.tolist()
        told += [event.what for event in events]
    assert set(told) == {"the unit drops the practice", "the unit takes the practice up again"}


def test_who_did_it_before_does_not_use_it_for_the_first_time():
    one = trace(small({"site.baseline": 1.0}), 1, 0)
    first = [e.what for post in range(one.posts) for e in happenings(one, post) if e.sort == "use"]
    assert set(first) == {"uses the practice as before anybody asked"}


def test_in_what_somebody_took_part_is_named_where_it_is_clear():
    one = trace(later(), 1, 0)
    assert part_text(one, 7, 2.0) == "takes part: skills training (2 h)"
    assert part_text(one, 7, 2.5) == "takes part: short session and skills training (2.5 h)"
    assert part_text(one, 7, 0.5) == "takes part: short session (0.5 h)"
    assert part_text(one, 7, 1.1) == "takes part: activities (1.1 h)"


def test_every_number_of_a_sentence_stands_in_a_table():
    found = story(qisim.load("external"), qisim.load("internal"), replicates=3, set={"weeks": 104})
    number = re.compile(r"\d[\d.]*\d|\d")
    cells = {text for one in found.tables.values() for row in one.cells for cell in row
             for text in number.findall(cell)}  # fmt: skip
    for sentence in found.sentences:
        assert set(number.findall(sentence)) <= cells, sentence


@pytest.mark.parametrize(("words", "text"), [
    ({"person": 0}, "person"),
    ({"person": 11}, "1 to 10"),
    ({"replicate": 5}, "replicate"),
    ({"over": "acceptable"}, "over"),
    ({"outcome": "adoptio"}, "adoption"),
])  # fmt: skip
def test_what_is_wrong_is_refused(words, text):
    with pytest.raises(InputError, match=text):
        story(small(), later(), **{"replicates": 3, **words})


def test_sites_of_another_size_share_nobody():
    with pytest.raises(InputError, match="nobody is in both"):
        story(small(), small({"site.units": 1}), replicates=2)
