"""What every change of a plan brings and costs."""

import re

import numpy as np
import pytest
from worlds import small

import qisim
from qisim.decide.levers import KINDS, levers, ratio_interval
from qisim.decide.plan_options import UNSEEN, options_of, unseen
from qisim.errors import InputError
from qisim.model.parameters import PARAMETERS
from qisim.output.dictionary import column as meaning_of

PRICES = {"staff": 400.0, "leader": 500.0, "facilitator": 900.0, "cover": 450.0}


@pytest.fixture(scope="module")
def found():
    return levers(qisim.load("internal", {"prices": PRICES}), replicates=24)


def test_every_column_of_its_tables_has_a_meaning(found):
    for name, one in found.tables.items():
        assert [h for h in one.frame.columns if meaning_of(h, f"{name}.csv") is None] == []


def test_every_option_is_another_scenario_that_can_be():
    plan = small()
    options = options_of(plan)
    digests = [one.scenario.digest for one in options]
    assert plan.digest not in digests
    assert len(set(digests)) == len(digests)
    names = [one.name for one in options]
    assert len(set(names)) == len(names)
    assert "no programme" in names


def test_numbers_stay_within_their_plausible_ranges():
    plan = small()
    for one in options_of(plan):
        if one.key in PARAMETERS and one.key not in ("site.champions_per_unit",) and (
            PARAMETERS[one.key].kind == "float"
        ):  # fmt: skip
            declared = PARAMETERS[one.key]
            assert one.scenario[one.key] in (declared.low, declared.high)


def test_hours_kept_afterwards_nurses_length_and_calendar_are_among_them():
    keys = {one.key for one in options_of(qisim.load("internal"))}
    assert keys >= {"leadership.leader_hours_after", "leadership.champion_hours_after",
                    "site.champions_per_unit", "programme.length_weeks", "activities"}  # fmt: skip


def test_a_programme_that_ends_later_is_watched_for_longer():
    plan = small()
    longer = [one.scenario for one in options_of(plan) if one.name.startswith("length")]
    for one in longer:
        assert one["run.weeks"] - one["programme.length_weeks"] == 10


def test_points_and_hours_are_those_that_compare_gives(found):
    plan = qisim.load("internal")
    row = found.table("levers").set_index("option").loc["leader hours 2.5 → 5 h/week"]
    more = plan.replace({"leadership.leader_hours": 5.0, "name": "more"})
    by_hand = qisim.compare(plan, more, replicates=24).differences().set_index("outcome")
    assert row["points"] == pytest.approx(by_hand.loc["adoption_final", "difference"])
    assert row["persons"] == pytest.approx(row["points"] * 36)


def test_hours_and_kroner_are_those_that_are_paid_for(found):
    plan = qisim.load("internal", {"prices": PRICES})
    row = found.table("levers").set_index("option").loc["leader hours 2.5 → 5 h/week"]
    more = plan.replace({"leadership.leader_hours": 5.0, "name": "more"})
    table = qisim.compare(plan, more, replicates=24).paid_hours().set_index(["scenario", "kind"])
    for column in ("hours", "kroner"):
        by_hand = table.loc[("more", "paid"), column] - table.loc[("internal", "paid"), column]
        assert row[column] == pytest.approx(by_hand)
    assert row["kroner_low"] <= row["kroner"] <= row["kroner_high"]
    assert row["kroner_per_user_low"] < row["kroner_per_user"] < row["kroner_per_user_high"]


def test_with_one_price_for_all_kroner_are_hours_times_it(found):
    """Also their intervals; a change that no paid hour follows from costs nothing, whoever uses it."""
    one_price = levers(small({"prices": dict.fromkeys(PRICES, 500.0)}), replicates=24).table(
        "levers"
    )
    for end in ("", "_low", "_high"):
        assert one_price[f"kroner{end}"].to_numpy() == pytest.approx(500 * one_price[f"hours{end}"])
    per_user = one_price["kroner_per_user_low"].notna()
    assert one_price.loc[per_user, "kroner_per_user_low"].to_numpy() == pytest.approx(
        500 * one_price.loc[per_user, "per_user_low"].to_numpy()
    )


def test_the_facilitators_hours_are_counted():
    plan = small()
    table = levers(plan, replicates=4).table("levers").set_index("option")
    none = table.loc["outside facilitator 12 → 0 weeks"]
    # nobody else is paid for more or less by it, except for what is written
    writing = abs(none["hours"] + 12 * plan["programme.facilitator_hours"])
    assert writing < 0.2 * 12 * plan["programme.facilitator_hours"]
    assert np.isnan(none["kroner"])


def test_a_missing_price_leaves_kroner_out():
    found = levers(small({"prices": {"staff": 400.0}}), replicates=4)
    table = found.table("levers").set_index("option")
    assert np.isnan(table.loc["no programme", "kroner"])  # leaders' hours have no price
    cells = [cell for one in found.tables.values() for row in one.cells for cell in row]
    assert not any("nan" in cell for cell in cells)


def test_doing_nothing_is_among_them_and_cheapest_comes_first(found):
    table = found.table("levers")
    assert {"as it is", "no programme"} <= set(table["option"])
    assert table["kind"].map(KINDS.index).is_monotonic_increasing
    paid = table[table["kind"] == "more users at a price"]
    assert paid["hours_per_user"].is_monotonic_increasing
    same = table.set_index("option").loc["as it is"]
    assert same[["points", "persons", "hours"]].tolist() == [0.0, 0.0, 0.0]


def test_a_programme_has_more_users_and_takes_more_hours_than_none(found):
    none = found.table("levers").set_index("option").loc["no programme"]
    assert none["high"] < 0
    assert none["hours_high"] < 0
    assert none["per_user_low"] < none["hours_per_user"] < none["per_user_high"]


def test_the_ratio_is_one_of_means_and_its_interval_covers_it():
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(400):
        users = rng.normal(2.0, 1.0, 50)
        hours = 10.0 * users + rng.normal(0.0, 5.0, 50)
        ratio, low, high = ratio_interval(hours, users)
        assert ratio == pytest.approx(hours.mean() / users.mean())
        covered += low <= 10.0 <= high
    assert 0.90 <= covered / 400 <= 0.985


def test_the_best_were_run_again_on_other_luck(found):
    best = found.table("best")
    assert len(best)
    assert best["again_points"].notna().all()
    assert (best["again_points"] != best["points"]).all()


def test_every_number_of_a_sentence_stands_in_a_table(found):
    number = re.compile(r"[−+]?\d[\d.,]*\d|\d")
    plain = {text.lstrip("+−") for one in found.tables.values() for row in one.cells
             for cell in row for text in number.findall(cell)}  # fmt: skip
    for sentence in found.sentences:
        assert {text.lstrip("+−") for text in number.findall(sentence)} <= plain, sentence


@pytest.mark.parametrize(("words", "text"), [
    ({"outcome": "programme_hours"}, "share of people"),
    ({"outcome": "adoptio"}, "adoption"),
])  # fmt: skip
def test_what_is_wrong_is_refused(words, text):
    with pytest.raises(InputError, match=text):
        levers(small(), replicates=2, **words)


def test_what_the_model_does_not_know_of_a_lever_is_said_at_once_behind_it(found):
    assert set(UNSEEN) <= {key for key, one in PARAMETERS.items() if one.role == "lever"}
    place = next(
        i for i, said in enumerate(found.sentences) if said.startswith("Documentation hours")
    )
    assert found.sentences[place + 1] == UNSEEN["tool.documentation_hours"]
    assert found.sentences.count(UNSEEN["tool.documentation_hours"]) == 1
    assert unseen(["tool.fit", "leadership.leader_hours"]) == []
