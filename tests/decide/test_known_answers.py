"""Questions about made-up worlds whose outcome is a known function: the whole answer is known, to the digit."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from worlds import small

from qisim.comparison.paired import interval_of
from qisim.decide import claims, explain, failing, flip, lever_map, levers, robust, search, turns
from qisim.decide.follow import Forecast
from qisim.decide.trial import Pool, TrialStudy
from qisim.decide.trial_tests import stepped
from qisim.decide.worlds import Worlds
from qisim.decide.worth import WorthStudy
from qisim.model.outcomes import OUTCOMES
from qisim.model.parameters import PARAMETERS

FIT, EASE, LOAD, CALL = "tool.fit", "tool.usability", "workload.pressure", "social.contact"
SHARE, STRAIN = OUTCOMES["adoption_final"], OUTCOMES["strain_mean"]


@pytest.fixture
def made(monkeypatch):
    """Return what lets every run of a scenario end as a function of it and of its luck says."""

    def as_known(function):
        def values(self, scenario, outcome):
            numbers = np.arange(self.options.replicates)
            return function(scenario, numbers, int(self.options.seed)) + 0.0 * numbers

        monkeypatch.setattr(Worlds, "run", lambda self, scenarios: None)
        monkeypatch.setattr(Worlds, "values", values)

    return as_known


def two(base, other):
    return small({"name": "base", **base}), small({"name": "other", **other})


# --- explain ---------------------------------------------------------------------------------------

FROM, TO = {FIT: 0.4, EASE: 0.4, LOAD: 1.0}, {FIT: 0.7, EASE: 0.6, LOAD: 1.1}


def test_parts_alone_and_last_are_those_of_the_game(made):
    def ends(one, numbers, seed):
        a, b, c = (one[key] == TO[key] for key in TO)
        return 0.5 - 0.2 * a - 0.1 * (a and b) + (0.04 * (-1.0) ** numbers if c else 0.0)

    made(ends)
    found = explain.explain(*two(FROM, TO), by="key", replicates=20)
    parts = found.table("parts").set_index("keys")
    assert parts.loc[FIT, ["alone", "last"]].tolist() == pytest.approx([-0.2, -0.3])
    assert parts.loc[EASE, ["alone", "last"]].tolist() == pytest.approx([0.0, -0.1])
    assert parts["shapley"].to_dict() == pytest.approx({FIT: -0.25, EASE: -0.05, LOAD: 0.0})
    # what makes a fall larger adds to it; what may be nothing is told so
    assert any(one.startswith("Fit adds to the difference: −25.0") for one in found.sentences)
    assert any("could be nothing; cannot tell yet" in one for one in found.sentences)


def test_intervals_hold_what_comes_of_drawing_orders(made, monkeypatch):
    ends = {key: (PARAMETERS[key].low, PARAMETERS[key].high) for key in (FIT, EASE, LOAD, CALL)}
    base, other = two(*({key: pair[side] for key, pair in ends.items()} for side in (0, 1)))
    game = np.random.default_rng(4).normal(size=16)
    made(
        lambda one, *_: game[int(np.dot([one[key] == ends[key][1] for key in ends], [1, 2, 4, 8]))]
    )
    exact = explain.explain(base, other, by="key", replicates=4).table("parts").set_index("part")
    monkeypatch.setattr("qisim.decide.explain.MOST_EXACT", 2)
    width, held = {}, []
    for drawn in (32, 128):
        for seed in range(10):
            table = explain.explain(base, other, by="key", replicates=4, orders=drawn, seed=seed)
            parts = table.table("parts").set_index("part").loc[exact.index]
            width.setdefault(drawn, []).append((parts["high"] - parts["low"]).mean())
            held += (
                (parts["low"] <= exact["shapley"]) & (exact["shapley"] <= parts["high"])
            ).tolist()
    assert np.mean(width[32]) / np.mean(width[128]) == pytest.approx(2.0, rel=0.2)
    assert np.mean(held) > 0.8


# --- map and flip ----------------------------------------------------------------------------------


def test_the_band_is_that_next_to_the_flip():
    places, one = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], np.ones(6)
    low = np.array([-1.0, 1.0, -1.0, -1.0, 1.0, 1.0])
    assert lever_map.band_around(places, low, one, 3.0) == (1.5, 3.5)


def test_the_map_tells_who_is_ahead_and_the_flip_next_to_ones_own_values(made):
    def ends(one, numbers, seed):  # the other is ahead below .35 and above .65
        luck = 0.001 * (-1.0) ** numbers
        return 0.5 + (one["name"] == "other") * ((one[FIT] - 0.35) * (one[FIT] - 0.65) + luck)

    made(lambda one, numbers, seed: ends({"name": one.name, FIT: one[FIT]}, numbers, seed))
    pair = two({FIT: 0.6}, {FIT: 0.6})
    found = lever_map.lever_map(*pair, x=CALL, y=FIT, y_range=(0.0, 1.0), steps=21, replicates=8)
    line = found.table("flip_line")
    assert line["y"].tolist() == pytest.approx([0.65] * len(line), abs=0.002)
    grid = found.table("map")
    ahead, behind = (int((grid["ahead"] == sign).sum()) for sign in (1, -1))
    assert ahead > behind > 0
    assert f"other is clearly ahead at {ahead}, base at {behind};" in found.sentences[0]


def test_with_less_being_better_the_best_point_is_the_lowest(made):
    made(lambda one, numbers, seed: one[FIT] + 0.001 * (-1.0) ** numbers * one[EASE])
    found = lever_map.lever_map(
        small({FIT: 0.5}), x=FIT, y=CALL, x_range=(0.1, 0.9), steps=5, replicates=8,
        outcome="strain_mean",
    )  # fmt: skip
    assert any(one.startswith("Best is fit 0.1 with") for one in found.sentences)


def test_the_value_of_a_flip_and_that_from_which_it_is_clear(made):
    slope, luck = 0.5, 0.06

    def ends(one, numbers, seed):
        own = luck * (-1.0) ** numbers if one.name == "other" else 0.0
        return 0.5 + slope * (one[FIT] - 0.5) + own

    made(ends)
    found = flip.flip(*two({FIT: 0.5}, {FIT: 0.7}), vary=[FIT], replicates=16)
    low, high = interval_of(luck * (-1.0) ** np.arange(16))
    row = found.table("flips").set_index("sides").loc["base"]
    near = (PARAMETERS[FIT].high - PARAMETERS[FIT].low) / 2**6
    assert float(row["flips_at"]) == pytest.approx(0.7, abs=near)
    assert float(row["clear_from"]) == pytest.approx(0.7 + (high - low) / 2 / slope, abs=near)


@pytest.mark.parametrize(("again", "said"), [(1.0, "confirmed"), (-1.0, "not confirmed")])
def test_a_flip_that_other_luck_does_not_show_is_not_confirmed(made, again, said):
    def ends(one, numbers, seed):
        way = 1.0 if seed == 1 else again
        return (
            0.5 + way * 0.5 * (one[FIT] - 0.5) + 0.001 * (one.name == "other") * (-1.0) ** numbers
        )

    made(ends)
    table = flip.flip(*two({FIT: 0.5}, {FIT: 0.7}), vary=[FIT], replicates=16).table("flips")
    assert set(table["again"]) == {said}


def test_the_shortest_way_comes_first_and_several_go_in_proportion_to_what_they_do(made):
    """Four numbers that count in the base only, of which none turns it alone, then with a larger effect two."""
    ranges = {key: PARAMETERS[key].high - PARAMETERS[key].low for key in (FIT, EASE)}
    slopes = {FIT: 0.4, EASE: 0.2}  # for a whole plausible range

    def with_gap(gap):
        def ends(one, numbers, seed):
            if one.name == "other":
                return 0.3 + gap + 1e-6 * (-1.0) ** numbers
            moved = [slopes[key] * (one[key] - PARAMETERS[key].low) / ranges[key] for key in slopes]
            return 0.3 + math.fsum(moved)

        return ends

    base = {key: PARAMETERS[key].low for key in slopes}
    made(with_gap(0.5))  # .4 + .2 are needed, at most
    found = flip.flip(*two(base, {}), vary=[FIT, EASE], replicates=8)
    assert "only several changes at once" in found.title
    row = found.table("flips").iloc[0]
    # rates 2 : 1, so the first is at its end when .3 of .5 is still lacking: the second goes on alone
    values = [float(text) for text in str(row["flips_at"]).split()]
    wanted = PARAMETERS[EASE].low + (0.5 - 0.4) / 0.2 * ranges[EASE]
    assert values == pytest.approx([PARAMETERS[FIT].high, wanted], abs=0.02 * ranges[EASE])
    made(with_gap(0.15))
    table = flip.flip(*two(base, {}), vary=[EASE, FIT], replicates=8).table("flips")
    alone = table[~table["keys"].str.contains(" ")]
    assert alone["keys"].tolist() == [FIT, EASE]
    assert alone["plausible_ranges_moved"].tolist() == pytest.approx([0.375, 0.75], abs=0.02)


def test_of_many_the_strongest_three_are_moved_at_once(made):
    keys = (FIT, EASE, LOAD, CALL)
    slopes = dict(zip(keys, (0.05, 0.2, 0.3, 0.4)))

    def ends(one, numbers, seed):
        if one.name == "other":
            return 1.9 + 1e-6 * (-1.0) ** numbers
        return math.fsum(
            slopes[k] * (one[k] - PARAMETERS[k].low) / (PARAMETERS[k].high - PARAMETERS[k].low)
            for k in keys
        )

    made(ends)
    low = {key: PARAMETERS[key].low for key in keys}
    found = flip.flip(*two(low, low), vary=keys, replicates=8)
    assert any("Together contact, pressure and usability" in one for one in found.sentences)


# --- robust ----------------------------------------------------------------------------------------


def sample(base, other):
    base, other = np.array(base), np.array(other)
    return SimpleNamespace(base=base, other=other, difference=other - base)


def test_a_world_counts_where_the_difference_matters_and_fresh_ones_by_themselves():
    little, much = 0.5 * SHARE.matters, 2.0 * SHARE.matters
    first = sample([0.3] * 4, [0.3 + little, 0.3 + much, 0.3 + much, 0.3 - much])
    fresh = sample([0.3] * 4, [0.3 - much, 0.3 - much, 0.3 + much, 0.3])
    rows = robust.shares_table(("base", "other"), first, fresh, SHARE).frame.set_index("plan")
    assert rows["ahead"].tolist() == pytest.approx([0.25, 0.5, 0.25])
    assert rows["ahead_again"].tolist() == pytest.approx([0.5, 0.25, 0.25])
    assert rows.loc["other", "worst_regret"] == pytest.approx(much)


def test_a_plan_fails_where_hardly_anybody_has_the_habit_at_the_end():
    curves = {
        "plan": {
            "adoption": np.array([[0.9, 0.0], [0.0, 0.5], [0.0, 0.05], [0.2, 0.7], [0.0, 0.9]])
        }
    }
    table = failing.failing_table({"plan": small()}, curves, np.arange(5))
    assert table["fails"].tolist() == [0.4]


# --- levers, worth, search -------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "hours", "kind"), [
    ((0.01, 0.2), (-5.0, -9.0, -1.0), "more users for fewer hours"),
    ((0.01, 0.2), (-5.0, -11.0, 1.0), "more users at a price"),  # hours may be none saved
    ((-0.2, -0.01), (-5.0, -9.0, -1.0), "fewer users"),
    ((-0.01, 0.01), (-5.0, -9.0, -1.0), "fewer hours, as many users"),
    ((-0.01, 0.2), (-5.0, -9.0, -1.0), "cannot tell"),
])  # fmt: skip
def test_a_change_is_called_what_its_intervals_say(share, hours, kind):
    ledger = SimpleNamespace(plan=small(), outcome=SHARE)
    option = SimpleNamespace(scenario=small(), name="a")
    assert levers.Ledger._kind(ledger, option, share, hours) == kind


def test_weeks_of_use_are_those_of_who_is_there():
    held = {"use": np.full((2, 3), 0.5, np.float32), "vacancy": np.full((2, 3), 0.2, np.float32)}
    study = SimpleNamespace(curves={"plan": held}, plan=small())
    assert WorthStudy.used(study, "plan", np.arange(2)) == pytest.approx([3 * 0.5 * 8.0] * 2)


def test_the_best_options_are_run_on_sites_that_they_were_not_screened_on():
    from qisim.decide.worth import AS_IT_IS, worth

    found = worth(small(), vary=["context"], week_of_use=2.0, replicates=200)
    rows = [found.table(name).set_index("option").loc[AS_IT_IS] for name in ("screened", "options")]
    assert rows[0]["weeks_of_use"] != rows[1]["weeks_of_use"]


def test_the_winner_is_told_on_other_luck_than_it_was_chosen_on(made, monkeypatch):
    def ends(
        one, numbers, seed
    ):  # on the luck of the search only, more hours of the leader bring less strain
        return 0.5 - (0.1 if seed == 1 else 0.0) * one["leadership.leader_hours"] + 0.001 * numbers

    made(ends)
    monkeypatch.setattr(search, "POLISH", 20)
    found = search.search(small(), outcome="strain_mean", trials=10, replicates=4, budget=1e5)
    row = found.table("fresh").iloc[0]
    assert row["while_searching"] < -0.1  # less is better, and less is what was sought
    assert row["difference"] == 0.0
    assert "nothing clearly better" in found.title


# --- trial, claims, follow -------------------------------------------------------------------------


def test_no_site_is_twice_in_a_study():
    rows = np.random.default_rng(1).random((4, 30, 5))
    chosen = Pool(rows, rows[0], rows[0]).studies(stepped(24, 4, 5), 50, 1).chosen
    assert all(len(set(one)) == 24 for one in chosen.tolist())


def test_what_is_measured_is_the_share_of_who_is_there():
    held = {
        "adoption": np.full((3, 10), 0.5, np.float32),
        "vacancy": np.full((3, 10), 0.2, np.float32),
    }
    study = SimpleNamespace(
        curves={"plan": held}, plan=small(), at=np.array([5, 10]),
        settings={"series": "adoption", "observed": None},
    )  # fmt: skip
    seen = TrialStudy.measured(study, "plan", np.arange(3), np.random.default_rng(1))
    assert (seen == 0.5).all()  # four of the eight who are there


def test_a_tie_is_half_a_win():
    one, other = np.array([1.0, 1.0, 1.0, np.nan]), np.array([1.0, 2.0, 0.0, 1.0])
    assert claims._better(one, other, SHARE)[:3].tolist() == [0.5, 1.0, 0.0]
    assert claims._better(one, other, STRAIN)[:3].tolist() == [0.5, 0.0, 1.0]


def test_the_gain_is_that_of_sites_like_this_one():
    """Half of all sites are used much and half little, and a change helps only where it is used much."""
    from qisim.calibration.counts_file import weeks_of_month
    from qisim.calibration.observations import Observations

    rng = np.random.default_rng(2)
    much = rng.random(2_000) < 0.5
    use = np.clip(np.where(much, 0.7, 0.2)[:, None] + rng.normal(0, 0.03, (2_000, 60)), 0, 1)
    use = use.astype(np.float32)
    ends = np.array([weeks_of_month(month) for month in (1, 2, 3)])
    for level, gain in ((0.7, 0.3), (0.2, 0.0)):
        seen = Observations("", "month", ends[:, 0], ends[:, 1], np.full(3, 30.0 * level),
                            np.full(3, 30.0), np.full(3, 30.0))  # fmt: skip
        found = Forecast(use, use, seen, 1, checks=20).gain(0.3 * much)
        assert found[0] == pytest.approx(gain, abs=0.03)


def test_what_was_held_before_a_switch_ends_with_it_and_the_rest_comes_after():
    plan = small()
    past = [week for one in turns.before(plan, 10) for week in one.weeks()]
    ahead = [week for one in turns.after(plan, 10) for week in one.weeks()]
    assert max(past) <= 10 < min(ahead)
    assert sorted(past + ahead) == sorted(week for one in plan.activities for week in one.weeks())
