"""How a cluster-randomised study is analysed: the usual mixed model, a test by permutation, a closed form.

Sites are measured in periods, and each has a row of yes and no that says in which periods it has the
programme. Analyses take the mean of each site in each period.

* **mixed model** of Hussey MA, Hughes JP (Contemp Clin Trials 2007;28:182-191): fixed periods, one effect
  that is there at once and stays, a random level of each site; variances by REML, Wald test with t.
* **permutation**: the same estimate with weights fixed beforehand, held against those of sites dealt anew
  to the rows. It is right whatever the curves and however sites hang together in time (Wang R,
  De Gruttola V. Stat Med 2017;36:2831-2843; Thompson JA et al. Stat Med 2018;37:2487-2500).
* **closed form**: the power of the mixed model where its assumptions hold and variances are known.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial, prod

import numpy as np
import numpy.typing as npt

from qisim.decide.worlds import Array
from qisim.numerics import agreed_array, exp, log, normal_quantile, normal_share

ALPHA = 0.05
RATIOS = np.concatenate([[0.0], exp(np.linspace(-1.0, 1.0, 61) * log(1e3))])
"""Variance between sites over that within, among which REML chooses."""
PERMUTATIONS = 999


@dataclass(frozen=True)
class Layout:
    """Which site has the programme in which period.

    Attributes
    ----------
    rows : ndarray of float, shape (arms, periods)
        1 where sites of an arm (or of a sequence) have it.
    arm : ndarray of int, shape (sites,)
        Arm of each site.
    """

    rows: Array
    arm: npt.NDArray[np.int64]

    @property
    def treated(self) -> Array:
        """Return which site has it when, shape (sites, periods)."""
        found: Array = self.rows[self.arm]
        return found

    @property
    def centred(self) -> Array:
        """Return the same, less the mean of its period."""
        found: Array = self.treated - self.treated.mean(axis=0)
        return found

    @property
    def freedom(self) -> int:
        """Degrees of freedom of the Wald test: within sites where they change over, else between them."""
        sites, periods = self.treated.shape
        changes = (self.rows != self.rows[:, :1]).any()
        return (sites - 1) * (periods - 1) - 1 if changes else sites - 2

    @property
    def allocations(self) -> int:
        """In how many ways sites can be dealt to the arms."""
        sizes = np.bincount(self.arm, minlength=len(self.rows)).tolist()
        return factorial(len(self.arm)) // prod(factorial(size) for size in sizes)


def stepped(sites: int, steps: int, periods: int) -> Layout:
    """Return a stepped wedge: a baseline, then a further sequence begins in each period."""
    rows = np.array([[float(period > step) for period in range(periods)] for step in range(steps)])
    return Layout(rows, np.arange(sites) % steps)


def parallel(sites: int, periods: int) -> Layout:
    """Return two arms: a baseline, then the second has the programme in all periods."""
    rows = np.array([[0.0] * periods, [0.0] + [1.0] * (periods - 1)])
    return Layout(rows, np.arange(sites) % 2)


# --- closed form -----------------------------------------------------------------------------------


def closed_variance(layout: Layout, within: float, between: float) -> float:
    """Return the variance of the effect (Hussey & Hughes 2007, formula 8).

    Parameters
    ----------
    layout : Layout
    within, between : float
        Variance of a site's mean in a period about the site's level, and of these levels.
    """
    x = layout.treated
    sites, periods = x.shape
    u, w, v = x.sum(), (x.sum(axis=0) ** 2).sum(), (x.sum(axis=1) ** 2).sum()
    below = (sites * u - w) * within + (
        u**2 + sites * periods * u - periods * w - sites * v
    ) * between
    return float(sites * within * (within + periods * between) / below)


def closed_power(effect: float, variance: float) -> float:
    """Return the power of a two-sided Wald test at 5 %."""
    z = float(normal_quantile(1.0 - ALPHA / 2.0))
    ratio = abs(effect) / np.sqrt(variance)
    return float(normal_share(ratio - z) + normal_share(-ratio - z))


# --- analyses --------------------------------------------------------------------------------------


def mixed_model(values: Array, layout: Layout) -> tuple[Array, Array]:
    """Return effect and p-value of the mixed model, study by study.

    Parameters
    ----------
    values : ndarray, shape (studies, sites, periods)
    layout : Layout
    """
    from scipy.special import stdtr

    sites, periods = layout.treated.shape
    x, y = layout.centred, values - values.mean(axis=1, keepdims=True)
    own, level = (y**2).sum(axis=(1, 2)), (y.sum(axis=2) ** 2).sum(axis=1)
    both, both_level = (y * x).sum(axis=(1, 2)), (y.sum(axis=2) * x.sum(axis=1)).sum(axis=1)
    size, size_level = (x**2).sum(), (x.sum(axis=1) ** 2).sum()
    left = sites * periods - periods - 1
    best = np.full(len(values), np.inf)
    effect, variance = np.zeros(len(values)), np.zeros(len(values))
    for ratio in RATIOS.tolist():
        shrunk = ratio / (1.0 + periods * ratio)
        weight = size - shrunk * size_level
        slope = (both - shrunk * both_level) / weight
        rest = np.maximum(own - shrunk * level - slope**2 * weight, 1e-300)
        bad = left * log(rest) + (sites - 1) * log(1.0 + periods * ratio) + log(weight)
        better = bad < best
        best = np.where(better, bad, best)
        effect = np.where(better, slope, effect)
        variance = np.where(better, rest / left / weight, variance)
    nothing = own <= 1e-20  # all sites alike in every period: there is nothing to tell
    t = np.abs(effect) / np.sqrt(np.where(nothing, 1.0, variance))
    p = agreed_array(2.0 * stdtr(layout.freedom, -t))
    return np.where(nothing, 0.0, effect), np.where(nothing, 1.0, p)


def permutation(
    values: Array, layout: Layout, ratio: float, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return effect and p-value by permutation, study by study.

    Parameters
    ----------
    values : ndarray, shape (studies, sites, periods)
    layout : Layout
    ratio : float
        Variance between sites over that within, from which weights are made; any is valid.
    rng : numpy.random.Generator
    """
    sites, periods = layout.treated.shape
    shrunk = ratio / (1.0 + periods * ratio)
    rows = layout.rows - layout.treated.mean(axis=0)
    weights = rows - shrunk * rows.sum(axis=1, keepdims=True)
    scale = (weights[layout.arm] * layout.centred).sum()
    y = values - values.mean(axis=1, keepdims=True)
    each = (y[:, :, None, :] * (weights / scale)[None, None]).sum(axis=3)  # studies, sites, arms
    dealt = np.array([layout.arm[rng.permutation(sites)] for _ in range(PERMUTATIONS)])
    here = np.arange(sites)
    effect: Array = each[:, here, layout.arm].sum(axis=1)
    as_far = np.ones(len(values))
    tiny = 1e-12 * (1.0 + np.abs(effect))
    for one in dealt:
        as_far += np.abs(each[:, here, one].sum(axis=1)) >= np.abs(effect) - tiny
    return effect, as_far / (PERMUTATIONS + 1)


def variances(residuals: Array) -> tuple[float, float]:
    """Return the variance within and between sites of deviations from mean curves (by moments).

    Parameters
    ----------
    residuals : ndarray, shape (sites, periods)
    """
    sites, periods = residuals.shape
    level = residuals.mean(axis=1)
    within = ((residuals - level[:, None]) ** 2).sum() / (sites * (periods - 1))
    between = (level**2).sum() / sites - within / periods
    return float(within), float(max(between, 0.0))
