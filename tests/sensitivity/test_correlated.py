"""Inputs that hang together: their correlations, their own distributions, and indices with a known value."""

import numpy as np
import pytest
from scipy.stats import norm, spearmanr

from qisim.cli.main import exit_code
from qisim.errors import InputError
from qisim.sensitivity.correlated import correlated, factor_of, matrix_of, pairs_of
from qisim.sensitivity.findings import found_for
from qisim.sensitivity.planning import planned
from qisim.sensitivity.responses import sample_of
from qisim.sensitivity.study import sensitivity

THREE = ["tool.fit", "tool.usability", "use.habit_days"]
PAIR = "tool.fit,tool.usability=0.6"


def plan_of(*texts, samples=1024, **more):
    given = {"method": "delta", "vary": THREE, "samples": samples, **more}
    return planned("internal", correlate=texts, **given)


def test_points_have_the_correlation_and_each_input_its_own_distribution():
    plan, free = plan_of(PAIR, "habit_days,tool.fit=-0.3"), plan_of()
    ranks = spearmanr(plan.design.table).statistic
    assert ranks[0, 1] == pytest.approx(0.6, abs=0.02)
    assert ranks[0, 2] == pytest.approx(-0.3, abs=0.02)
    for column, own in zip(plan.design.table.T, sample_of(free).points.T, strict=True):
        shares = [0.05, 0.25, 0.5, 0.75, 0.95]
        spread = np.ptp(own)
        assert np.quantile(column, shares) == pytest.approx(
            np.quantile(own, shares), abs=0.02 * spread
        )
        assert own.min() - 1e-9 <= column.min() + 0.01 * spread


def test_without_correlations_the_points_are_those_of_the_design():
    assert plan_of().design.table is None and plan_of().design.method == "sobol"
    none = correlated(plan_of(), [("tool.fit", "tool.usability", 0.0)])
    assert none.design.table == pytest.approx(sample_of(plan_of()).points)


def delta_of_normals(rho):
    """Return delta of one of two normal variables for the other, by integration."""
    x = norm.ppf((np.arange(400) + 0.5) / 400)
    y = np.linspace(-7, 7, 4001)
    inner = [
        np.trapezoid(np.abs(norm.pdf(y, rho * one, np.sqrt(1 - rho**2)) - norm.pdf(y)), y)
        for one in x
    ]
    return 0.5 * float(np.mean(inner))


def test_an_input_that_does_nothing_itself_has_the_index_that_its_correlation_gives():
    """Delta asks for distributions alone, whatever the scale, so a normal copula gives its value."""
    plan = plan_of(PAIR, samples=4096)
    y = norm.ppf((plan.design.table[:, 0].argsort().argsort() + 0.5) / 4096)[
        :, None
    ]  # of tool.fit alone
    found = found_for(sample_of(plan), "a", "y", y, 8, steps=False).estimate
    rho = 2 * np.sin(np.pi * 0.6 / 6)
    assert found.indices["delta"][1] == pytest.approx(delta_of_normals(rho), abs=0.04)
    assert abs(found.indices["delta"][2] - found.indices["floor"][2]) < 0.04


def test_the_factor_is_that_of_the_matrix():
    matrix = matrix_of(["a", "b", "c"], [("a", "b", 0.5), ("b", "c", -0.4)])
    assert factor_of(matrix) == pytest.approx(np.linalg.cholesky(matrix))
    assert (
        factor_of(matrix_of(["a", "b", "c"], [("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)]))
        is None
    )


@pytest.mark.parametrize("text", ["tool.fit=0.5", "a,b,c=0.5", "a,a=0.5", "a,b=1", "a,b=x", "a,b"])
def test_what_is_no_correlation_is_refused(text):
    with pytest.raises(InputError, match="is not a correlation"):
        pairs_of([text])


def test_what_does_not_go_with_correlations_is_told(capsys):
    with pytest.raises(InputError, match="sobol needs them independent"):
        plan_of(PAIR, method="sobol")
    with pytest.raises(InputError, match=r"is not a known key.*'tool.fit'"):
        plan_of("tool.fitt,tool.usability=0.5")
    with pytest.raises(InputError, match="has two correlations"):
        plan_of(PAIR, "tool.usability,tool.fit=0.1")
    with pytest.raises(InputError, match="cannot all hold together"):
        plan_of(
            "tool.fit,tool.usability=0.9",
            "tool.fit,habit_days=0.9",
            "tool.usability,habit_days=-0.9",
        )
    assert exit_code(["sensitivity", "internal", "--correlate", "tool.fit"]) == 2
    assert "is not a correlation" in capsys.readouterr().err


def test_it_is_run_and_made_again_from_its_folder(tmp_path):
    from qisim.reproduction import reproduce

    made = sensitivity(
        "internal", method="delta", vary=THREE[:2], correlate=[PAIR], samples=64, replicates=2,
        set={"run.weeks": 40, "site.staff_per_unit": 12}, outcome=["adoption_mean"], workers=1,
        store=tmp_path / "store", out=tmp_path / "out",
    )  # fmt: skip
    assert "tool.fit and tool.usability +0.6" in made.summary()
    again = reproduce(tmp_path / "out", workers=1)
    assert again.same_values and "design.csv" in again.alike
