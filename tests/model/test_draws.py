"""Chance: known answers, the form of the draws, and that an address alone fixes them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qisim.model import draws
from qisim.model.draws import (
    DECISIONS,
    LEADER,
    MAX_SEED,
    SITE,
    STAFF,
    UNIT,
    UNIT_DECISIONS,
    keys,
    philox,
    table,
)  # fmt: skip

KNOWN_ANSWERS = (
    ("00000000 00000000 00000000 00000000", "00000000 00000000",
     "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff",
     "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0",
     "d16cfe09 94fdcceb 5001e420 24126ea1"),
)  # fmt: skip
"""Counter, key and answer of Philox 4x32 with ten rounds, from Random123's ``kat_vectors``."""

SEEDS = st.integers(0, MAX_SEED)
LEVELS = st.sampled_from((STAFF, LEADER, SITE, UNIT))


def words(text):
    return tuple(np.uint64(int(word, 16)) for word in text.split())


def big(seed=1, replicate=0, level=STAFF, unit=0):
    """Return a table of 320,000 draws."""
    return table(seed, replicate, level, unit, slots=100, weeks=199)


# --- the generator --------------------------------------------------------------------------------


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN_ANSWERS)
def test_philox_gives_the_published_answers(counter, key, answer):
    assert philox(*words(counter), *words(key)) == words(answer)


def test_philox_of_arrays_gives_the_same_answers():
    given_words = [words(f"{counter} {key}") for counter, key, _ in KNOWN_ANSWERS]
    found = np.stack(philox(*np.array(given_words).T), axis=1)
    assert found.tolist() == [[int(word) for word in words(a)] for _, _, a in KNOWN_ANSWERS]


def test_a_draw_is_the_word_of_its_address():
    unit, slot, week, decision = 3, 17, 44, 9
    key = keys(20, 5)[0]
    place = np.uint64(unit + 256 * LEADER)
    counter = (np.uint64(slot), place, np.uint64(week), np.uint64(decision // 4))
    expected = float(philox(*counter, *key)[decision % 4]) / 2**32
    assert table(20, 5, LEADER, unit, slots=20, weeks=50)[week, slot, decision] == expected


# --- what the draws are like ----------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(seed=SEEDS, replicate=st.integers(0, 2**32 - 1), level=LEVELS)
def test_draws_are_from_0_up_to_but_not_including_1(seed, replicate, level):
    found = table(seed, replicate, level, unit=7, slots=5, weeks=20)
    assert found.shape == (21, 5, len(DECISIONS))
    assert found.dtype == np.float64
    assert found.min() >= 0.0
    assert found.max() < 1.0


def test_the_largest_word_stays_below_1():
    assert (2**32 - 1) * draws.TO_UNIT < 1.0


@pytest.mark.parametrize("decision", range(len(DECISIONS)), ids=DECISIONS)
def test_draws_of_a_decision_are_spread_evenly(decision):
    found = big()[:, :, decision].ravel()
    counts = np.histogram(found, bins=20, range=(0.0, 1.0))[0]
    chi_square = ((counts - 1000.0) ** 2 / 1000.0).sum()
    assert chi_square < 43.8  # 19 degrees of freedom, p = .001


def correlated(one, other):
    """Return the correlation in standard errors."""
    one, other = np.ravel(one), np.ravel(other)
    return abs(np.corrcoef(one, other)[0, 1]) * np.sqrt(one.size)


def test_draws_of_different_addresses_have_nothing_to_do_with_each_other():
    here = big()
    neighbours = {
        "seed": big(seed=2),
        "replicate": big(replicate=1),
        "level": big(level=LEADER),
        "units": big(level=UNIT),
        "unit": big(unit=1),
        "post": np.roll(here, 1, axis=1),
        "week": np.roll(here, 1, axis=0),
        "decision": np.roll(here, 1, axis=2),
        "block": np.roll(here, 4, axis=2),
    }
    assert {name: c for name, t in neighbours.items() if (c := correlated(here, t)) > 3.5} == {}


def test_every_pair_of_decisions_is_uncorrelated():
    found = np.corrcoef(big().reshape(-1, len(DECISIONS)).T) - np.eye(len(DECISIONS))
    assert np.abs(found).max() * np.sqrt(20_000) < 4.0


def test_no_two_draws_share_an_address():
    tables = [
        table(seed, replicate, level, unit, slots=4, weeks=4)
        for seed in (0, 1, 2**32, MAX_SEED)
        for replicate in (0, 1, 2**20)
        for level in (STAFF, LEADER, SITE, UNIT)
        for unit in (0, 1, 7)
    ]
    found = np.concatenate([t.ravel() for t in tables])
    chance_repeats = found.size**2 / 2 / 2**32
    assert found.size - np.unique(found).size < 5 * chance_repeats + 5


def test_the_first_decision_of_every_address_uses_all_of_seed_and_replicate():
    seeds = [0, 1, 2**31, 2**32, 2**32 + 1, 2**62, MAX_SEED]
    found = {tuple(k) for seed in seeds for k in keys(seed, range(100)).tolist()}
    assert len(found) == 100 * len(seeds)


# --- fixed by address -----------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, replicate=st.integers(0, 10**6), more=st.integers(1, 9))
def test_more_people_and_more_weeks_leave_all_other_draws_as_they_were(seed, replicate, more):
    few = table(seed, replicate, STAFF, 0, slots=5, weeks=10)
    many = table(seed, replicate, STAFF, 0, slots=5 + more, weeks=10 + more)
    assert (many[:11, :5] == few).all()


def test_more_decisions_leave_all_other_draws_as_they_were():
    few = table(1, 0, STAFF, 0, slots=5, weeks=10)
    many = table(1, 0, STAFF, 0, 5, 10, (*DECISIONS, "a", "b", "c", "d"))
    assert many.shape[2] == few.shape[2] + 4
    assert (many[:, :, : len(DECISIONS)] == few).all()


def test_decisions_fill_whole_blocks_and_have_names_of_their_own():
    assert len(DECISIONS) == 4 * draws.BLOCKS
    assert len(set(DECISIONS)) == len(DECISIONS)
    assert len(UNIT_DECISIONS) % 4 == 0
    assert len(set(UNIT_DECISIONS)) == len(UNIT_DECISIONS)


def test_what_is_decided_in_every_week_stands_in_the_weekly_blocks():
    """A run draws the rest only at the start and where somebody arrives."""
    weekly = {"leave", "absence", "attend", "use", "hire", "session"}
    assert weekly <= set(DECISIONS[: 4 * draws.WEEKLY])
    assert set(UNIT_DECISIONS[:4]) == {"facilitator", "champion", "leader", "fate"}


def test_a_unit_draws_its_own_decisions():
    found = table(20, 5, UNIT, 3, 1, 50, UNIT_DECISIONS)
    assert found.shape == (51, 1, len(UNIT_DECISIONS))
    key, place = keys(20, 5)[0], np.uint64(3 + 256 * UNIT)
    for decision, name in ((2, "leader"), (7, "unrest")):
        counter = (np.uint64(0), place, np.uint64(44), np.uint64(decision // 4))
        assert UNIT_DECISIONS[decision] == name
        assert found[44, 0, decision] == float(philox(*counter, *key)[decision % 4]) / 2**32


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS)
def test_keys_of_a_replicate_do_not_depend_on_how_many_there_are(seed):
    together = keys(seed, range(6))
    assert together.shape == (6, 2)
    assert (np.concatenate([keys(seed, r) for r in range(6)]) == together).all()


def test_seed_zero_is_a_seed():
    assert (big(seed=0) == big(seed=0)).all()
    assert (big(seed=0) != big(seed=1)).any()
