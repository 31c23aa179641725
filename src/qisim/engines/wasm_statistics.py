"""Statistics of many runs in the browser's module: quantiles, pairs, blends, goals, ratios.

`qisim.engines.wasm_runs` has `ratio` compiled.
"""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from qisim.engines.numba_run import RULE
from qisim.engines.wasm_desk import (
    LEVELS,
    MOST_RUNS,
    SUMMARY,
    desk_at,
    grid_at,
    numbers_at,
    summary_at,
)
from qisim.engines.wasm_memory import entry, whole
from qisim.model.outcome_values import ratio


@register_jitable(**RULE)
def quantile(sorted_row, count, level):
    """Return a quantile of sorted numbers, as numpy's linear one."""
    place = level * (count - 1)
    below = np.int64(place)
    above = min(below + 1, count - 1)
    low, high, part = sorted_row[below], sorted_row[above], place - below
    step = high - low
    return high - step * (1.0 - part) if part >= 0.5 else low + step * part


@entry
def quantiles(base):
    """Sort every row of a table of (rows, runs) in place; write the `LEVELS` of each."""
    desk = desk_at(base, 1)[0]
    count = desk.runs
    table = grid_at(desk.from_a, desk.rows, count)
    out = grid_at(desk.to, desk.rows, len(LEVELS))
    for number in range(desk.rows):
        row = table[number]
        for place_ in range(1, count):  # by insertion: few numbers, most of them nearly in order
            value, at = row[place_], place_
            while at > 0 and row[at - 1] > value:
                row[at] = row[at - 1]
                at -= 1
            row[at] = value
        out[number, 0] = quantile(row, count, LEVELS[0])
        out[number, 1] = quantile(row, count, LEVELS[1])
        out[number, 2] = quantile(row, count, LEVELS[2])
        out[number, 3] = quantile(row, count, LEVELS[3])
        out[number, 4] = quantile(row, count, LEVELS[4])


@register_jitable(**{**RULE, "forceinline": False})
def sum_of_part(numbers, begin, end):
    """Add up to 128 numbers in numpy's order: eight sums side by side."""
    count = end - begin
    if count < 8:
        total = 0.0
        for place_ in range(begin, end):
            total += numbers[place_]
        return total
    a, b, c, d = numbers[begin], numbers[begin + 1], numbers[begin + 2], numbers[begin + 3]
    e, f, g, h = numbers[begin + 4], numbers[begin + 5], numbers[begin + 6], numbers[begin + 7]
    whole_ = count - count % 8
    for place_ in range(begin + 8, begin + whole_, 8):
        a += numbers[place_]
        b += numbers[place_ + 1]
        c += numbers[place_ + 2]
        d += numbers[place_ + 3]
        e += numbers[place_ + 4]
        f += numbers[place_ + 5]
        g += numbers[place_ + 6]
        h += numbers[place_ + 7]
    total = ((a + b) + (c + d)) + ((e + f) + (g + h))
    for place_ in range(begin + whole_, end):
        total += numbers[place_]
    return total


@register_jitable(**{**RULE, "forceinline": False})
def sum_of(numbers, count):
    """Add up to `MOST_RUNS` numbers in numpy's order."""
    if count <= 128:
        return sum_of_part(numbers, 0, count)
    half = count // 2
    half -= half % 8
    return sum_of_part(numbers, 0, half) + sum_of_part(numbers, half, count)


SUMMARY_SIZE = SUMMARY.itemsize
ROOM = {**RULE, "forceinline": False}
ROUNDS = 60  # of Newton's, for a cube root: more than enough for what is near 1


@register_jitable(**{**RULE, "forceinline": False})
def skewness_and_error(numbers, work, count, mean, spread):
    """Return skewness and two of its standard errors: `qisim.comparison.sequential.skewnesses`."""
    for number in range(count):
        apart = numbers[number] - mean
        work[number] = apart * apart * apart
    skew = sum_of(work, count) / count / (spread * spread * spread)
    for number in range(count):
        standard = (numbers[number] - mean) / spread
        off = standard * standard * standard - 3.0 * standard - skew
        work[number] = off * off
    return skew, 2.0 * np.sqrt(sum_of(work, count) / count / count)


@register_jitable(**RULE)
def turned(standard, skew, count):
    """Return a standardised mean with skewness taken out: Hall's transformation."""
    bent = skew * standard * standard
    return standard + bent / 3.0 + skew * bent * standard / 27.0 + skew / (6.0 * count)


@register_jitable(**{**RULE, "forceinline": False})
def is_clear(numbers, work, count, mean, spread, quantile):
    """Return whether a mean differs from 0 by t and by t corrected for skewness.

    As where `qisim.comparison.sequential.careful_p_value` is below the level.
    """
    if count < 2 or mean == 0.0:
        return False
    if spread == 0.0:
        return True
    root, side = np.sqrt(np.float64(count)), 1.0 if mean > 0.0 else -1.0
    standard, (skew, error) = mean / spread, skewness_and_error(numbers, work, count, mean, spread)
    least = side * standard
    for far in range(-1, 2):
        least = min(least, side * turned(standard, skew + far * error, count))
    return root * least > quantile


@register_jitable(**ROOM)
def cube_root(number):
    """Return the cube root of a number that is not far from 1, of either sign."""
    size = abs(number)
    if size == 0.0:
        return 0.0
    root = max(size, 1.0)
    for _ in range(ROUNDS):
        root = (2.0 * root + size / (root * root)) / 3.0
    return root if number > 0.0 else -root


@register_jitable(**ROOM)
def turned_back(value, skew, count):
    """Return what `qisim.comparison.sequential` turns into a value, its skewness taken out."""
    if abs(skew) < 1e-8:
        return value
    return 3.0 / skew * (cube_root(1.0 + skew * (value - skew / (6.0 * count))) - 1.0)


@register_jitable(**ROOM)
def hull(numbers, work, count, mean, spread, quantile):
    """Return the interval of t and of t without skewness: `qisim.comparison.sequential.interval_at`."""
    skew, error = skewness_and_error(numbers, work, count, mean, spread)
    reach = quantile / np.sqrt(np.float64(count))
    low, high = mean - spread * reach, mean + spread * reach
    for far in range(-1, 2):
        bent = skew + far * error
        low = min(low, mean - spread * turned_back(reach, bent, count))
        high = max(high, mean - spread * turned_back(-reach, bent, count))
    return low, high


@register_jitable(**ROOM)
def is_close(numbers, work, count, mean, spread, matters, quantile):
    """Say whether a mean is nearer to 0 than matters: `careful_equivalence_p_value` below the level."""
    if count < FEWEST:
        return False
    if spread == 0.0:
        return abs(mean) < matters
    root, (skew, error) = (
        np.sqrt(np.float64(count)),
        skewness_and_error(numbers, work, count, mean, spread),
    )
    least = np.inf
    for far in range(-1, 2):
        for side in (-1.0, 1.0):
            standard = (mean + side * matters) / spread
            least = min(least, side * turned(standard, skew + far * error, count))
    return root * least > quantile


@register_jitable(**RULE)
def rests_on_values(runs, both, gain, share, worst):
    """Say whether the verdict rests on values: `qisim.comparison.basis.ground_of`.

    Where a run without a value did worse than any with one (`worst`), `gain` is how much better values are, and
    `share` by how much more often there is one.
    """
    if 2 * both < runs:
        return False
    return not (worst and gain * share < 0.0 and abs(share) >= OFTEN)


CANNOT_TELL, HIGHER, LOWER, TOO_SMALL, SAME = range(5)
"""Verdicts on one outcome chosen beforehand; see `verdict`."""
FEWEST = 6
"""Differences other than 0 below which a sign test cannot reach 5 %, and pairs below which nothing is
called too small to matter; as in `qisim.comparison.paired`. Of skewed outcomes too few to say anything."""
OFTEN = 0.25
"""As in `qisim.comparison.basis`."""


@register_jitable(**RULE)
def verdict(pairs_, unlike, low, high, matters, clear, close):
    """Return the verdict of `qisim.comparison.comparison` for an outcome that is the only one of its family.

    With many outcomes, each must be clearer than this, because none was chosen beforehand.
    """
    if pairs_ > 0.0 and unlike == 0.0:
        return SAME
    if pairs_ >= FEWEST and close and -matters < low and high < matters:
        return TOO_SMALL
    if unlike >= FEWEST and clear and (low > 0.0 or high < 0.0):
        return HIGHER if low > 0.0 else LOWER
    return CANNOT_TELL


@entry
def pairs(base):
    """Compare two rows of runs, run by run, as `qisim.comparison.paired` does.

    A pair counts where both have a value. An outcome that differs seldom (`seldom` 1; 2 where a run without a
    value is the worst) has an interval that allows for skewness, or none. Where runs fall into groups (`groups`
    of them, that of each run at `from_c`), the interval is that of the groups' means. Behind the `SUMMARY` at
    `to` come the differences of the pairs that count, then room for four times as many numbers.
    """
    desk = desk_at(base, 1)[0]
    count, sign = desk.runs, -1.0 if desk.low_is_good else 1.0
    a, b = numbers_at(desk.from_a, count), numbers_at(desk.from_b, count)
    t = numbers_at(desk.at_t, MOST_RUNS + 1)
    out = summary_at(desk.to, 1)[0]
    delta = numbers_at(desk.to + SUMMARY_SIZE, count)
    work = numbers_at(desk.to + SUMMARY_SIZE + 8 * count, count)
    means = numbers_at(desk.to + SUMMARY_SIZE + 16 * count, count)
    both = 0
    better, worse, unlike, having = 0.0, 0.0, 0.0, 0.0
    for number in range(count):
        having += 1.0 if b[number] == b[number] else 0.0
        having -= 1.0 if a[number] == a[number] else 0.0
        if a[number] == a[number] and b[number] == b[number]:
            delta[both] = b[number] - a[number]
            gain = sign * delta[both]
            better += 1.0 if gain > 0.0 else 0.0
            worse += 1.0 if gain < 0.0 else 0.0
            work[both] = a[number]
            both += 1
    out.pairs = both
    out.base_mean = sum_of(work, both) / both if both else np.nan
    both = 0
    for number in range(count):
        if a[number] == a[number] and b[number] == b[number]:
            work[both] = b[number]
            both += 1
    out.other_mean = sum_of(work, both) / both if both else np.nan
    mean = sum_of(delta, both) / both if both else np.nan
    for number in range(both):
        unlike += 0.0 if delta[number] == 0.0 else 1.0
    alone = both
    if desk.groups > 0 and both > 0:
        alone = group_means(desk, a, b, mean, means)
    if alone == both:
        for number in range(both):
            means[number] = delta[number]
    centre = sum_of(means, alone) / alone if alone else np.nan
    spread, equal = 0.0, True
    for number in range(alone):
        equal = equal and means[number] == means[0]
        apart = means[number] - centre
        work[number] = apart * apart
    if alone > 1 and not equal:
        spread = np.sqrt(sum_of(work, alone) / (alone - 1.0))
    half = t[alone] * spread / np.sqrt(np.float64(alone)) if alone else 0.0
    out.difference, out.spread = mean, spread
    out.low = np.nan if alone < 2 else (means[0] if equal else centre - half)
    out.high = np.nan if alone < 2 else (means[0] if equal else centre + half)
    out.better, out.worse, out.equal, out.unlike = better, worse, both - better - worse, unlike
    quantile = numbers_at(desk.at_first_look, MOST_RUNS + 1)[alone]
    clear = is_clear(means, work, alone, centre, spread, quantile)
    close = is_close(means, work, alone, centre, spread, desk.matters, quantile)
    few = False
    if desk.seldom > 0 and rests_on_values(
        count, both, sign * mean, having / count, desk.seldom > 1
    ):
        differ = 0
        for number in range(alone):
            differ += 1 if means[number] != 0.0 else 0
        few = 0 < differ < FEWEST
        if few:
            out.low, out.high = np.nan, np.nan
        elif alone > 1 and spread > 0.0:
            out.low, out.high = hull(means, work, alone, centre, spread, t[alone])
    out.verdict = verdict(both, unlike, out.low, out.high, desk.matters, clear, close)
    out.too_few = 1.0 if few else 0.0
    nearest = min(abs(out.low), abs(out.high))
    told = out.verdict == HIGHER or out.verdict == LOWER
    out.maybe_small = 1.0 if told and nearest < desk.matters else 0.0


@register_jitable(**{**RULE, "forceinline": False})
def group_means(desk, a, b, mean, means):
    """Write the mean difference of every group that has a pair.

    They are shifted so that their mean is that of the pairs. Return how many groups those are.
    """
    group = numbers_at(desk.from_c, desk.runs)
    sums = grid_at(desk.to + SUMMARY_SIZE + 24 * desk.runs, 2, desk.groups)
    for number in range(desk.groups):
        sums[0, number], sums[1, number] = 0.0, 0.0
    for number in range(desk.runs):
        if a[number] == a[number] and b[number] == b[number]:
            sums[0, whole(group[number])] += b[number] - a[number]
            sums[1, whole(group[number])] += 1.0
    alone = 0
    for number in range(desk.groups):
        if sums[1, number] > 0.0:
            means[alone] = sums[0, number] / sums[1, number]
            alone += 1
    centre = sum_of(means, alone) / alone
    for number in range(alone):
        means[number] += mean - centre
    return alone


@entry
def blend(base):
    """Add up rows of runs (`from_a`), each times its weight (`from_b`), run by run."""
    desk = desk_at(base, 1)[0]
    table = grid_at(desk.from_a, desk.rows, desk.runs)
    weights, out = numbers_at(desk.from_b, desk.rows), numbers_at(desk.to, desk.runs)
    for number in range(desk.runs):
        total = 0.0
        for row in range(desk.rows):
            total += weights[row] * table[row, number]
        out[number] = total


@entry
def goal(base):
    """Count the runs that reach so many persons (`from_a`) for at most so many paid hours (`from_b`)."""
    desk = desk_at(base, 1)[0]
    persons, hours = numbers_at(desk.from_a, desk.runs), numbers_at(desk.from_b, desk.runs)
    out = numbers_at(desk.to, 1)
    out[0] = 0.0
    for number in range(desk.runs):
        if persons[number] >= desk.persons - 1e-9 and hours[number] <= desk.hours:
            out[0] += 1.0


@entry
def per(base):
    """Return one number for each of another (hours for each person); missing where that is not above 0."""
    desk = desk_at(base, 1)[0]
    numbers_at(desk.to, 1)[0] = ratio(numbers_at(desk.from_a, 1)[0], numbers_at(desk.from_b, 1)[0])
