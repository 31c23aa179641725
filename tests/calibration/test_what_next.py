"""What to count next: in worlds in which it is known what a further count would tell."""

import numpy as np
import pytest

from qisim.calibration.posterior import Posterior
from qisim.calibration.sites import Sites
from qisim.calibration.what_next import sentence, weighted_correlation, what_next

SITES, WEEKS, LAST = 4000, 24, 12


def told(correlations, seed=1):
    """Return what is said where use in each month to come hangs together with the end as given."""
    rng = np.random.default_rng(seed)
    end, use = rng.standard_normal(SITES), np.full((SITES, WEEKS), 0.5)
    for month, r in enumerate(correlations):
        scores = r * end + np.sqrt(1 - r * r) * rng.standard_normal(SITES)
        use[:, LAST + 4 * month : LAST + 4 * month + 4] += 0.05 * scores[:, None]
    chosen = np.arange(0, SITES, 2)
    weights = np.full(len(chosen), 1 / len(chosen))
    scores = np.column_stack([rng.standard_normal(len(chosen)), end[chosen], end[chosen] ** 2])
    posterior = Posterior(scores, weights, chosen, np.ones((len(chosen), 1)))
    return what_next(posterior, Sites(np.arange(SITES), use, use), LAST, np.random.default_rng(0))


def test_a_month_tells_what_its_correlation_lets_it_tell():
    table = told([0.0, 0.6, 0.95])
    assert table["first_week"].tolist() == [13, 17, 21] and table["last_week"].tolist() == [
        16,
        20,
        24,
    ]
    assert table["correlation"].to_numpy() == pytest.approx([0.0, 0.6, 0.95], abs=0.05)
    assert table["would_narrow"].to_numpy() == pytest.approx(
        [0.0, 0.2, 1 - (1 - 0.95**2) ** 0.5], abs=0.04
    )


def test_the_sentence_names_the_next_month_and_the_first_that_halves_the_doubt():
    said = sentence(told([0.1, 0.9, 0.95]), "use at the end")
    assert said.startswith(
        "To know use at the end better: a count in weeks 13 to 16 would narrow its spread by"
    )
    assert said.endswith("the first to halve it is a count in weeks 17 to 20.")
    none = sentence(told([0.0, 0.3, 0.5]), "it")
    assert "a count in weeks 21 to 24 by most, " in none and none.endswith(
        "no single month would halve it."
    )
    assert sentence(told([0.95, 0.2, 0.2]), "it").count("count") == 1


def test_where_nothing_is_left_to_count_there_is_no_month():
    rng = np.random.default_rng(2)
    use = rng.random((50, WEEKS))
    posterior = Posterior(rng.random((50, 2)), np.full(50, 0.02), np.arange(50), np.ones((50, 1)))
    assert what_next(posterior, Sites(np.arange(50), use, use), WEEKS - 3, rng).empty


def test_what_does_not_vary_tells_nothing():
    weights = np.array([0.2, 0.3, 0.5])
    assert weighted_correlation(weights, np.ones(3), np.arange(3.0)) == 0.0
    x = np.array([1.0, 2.0, 4.0])
    assert weighted_correlation(weights, x, -2 * x) == pytest.approx(-1.0)
