"""Early signs of failure: found where there is one, and counted where it was not drawn."""

import numpy as np
import pytest

from qisim.decide.failing import sign_of_failure


def test_a_sign_that_is_there_is_found():
    rng = np.random.default_rng(1)
    use = rng.uniform(0, 1, 4_000)
    failed = rng.random(4_000) < np.where(use < 0.3, 0.8, 0.1)
    line, below, above, warned, share = sign_of_failure(use, failed)
    assert line == pytest.approx(0.3, abs=0.04)
    assert below == pytest.approx(0.8, abs=0.05)
    assert above == pytest.approx(0.1, abs=0.03)
    assert warned == pytest.approx(0.24 / 0.31, abs=0.06)
    assert share == pytest.approx(0.3, abs=0.05)


def test_a_sign_of_nothing_is_worth_nothing_in_the_sites_it_was_not_drawn_on():
    rng = np.random.default_rng(2)
    gaps = []
    for _ in range(40):
        use, failed = rng.uniform(0, 1, 200), rng.random(200) < 0.3
        found = sign_of_failure(use, failed)
        gaps += [found[1] - found[2]] if found else []
    assert len(gaps) > 20
    assert abs(np.mean(gaps)) < 0.06


def test_where_too_few_fail_nothing_is_said():
    use = np.linspace(0, 1, 200)
    assert sign_of_failure(use, use < 0.02) is None
    assert sign_of_failure(use, np.ones(200, bool)) is None
