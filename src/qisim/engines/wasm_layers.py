"""Statistics of groups of runs in the browser's module: ratios of means, and shares of sets of strengths.

The same as `qisim.comparison.estimands` and `qisim.comparison.layers`, as functions of the desk.
What needs a library function (quantiles of F and t, exact intervals of shares, the resampled
groups) is passed in as data.
"""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from qisim.engines.numba_run import LANES
from qisim.engines.wasm_desk import KEYS, MOST_RUNS, desk_at, grid_at, numbers_at, summary_at
from qisim.engines.wasm_memory import entry, table_at
from qisim.engines.wasm_statistics import ROOM, SUMMARY_SIZE, hull, sum_of
from qisim.model.outcome_values import ratio

BYTE = np.dtype([("value", np.uint8)])
SHARES = ("above", "below", "much_above", "much_below", "inside")
ENDS = ("", "_low", "_high")
LAYER = np.dtype(
    [("groups", np.float64), *((f"{name}{end}", np.float64) for name in SHARES for end in ENDS)],
    align=True,
)
"""How many groups there are; in how many the difference is what the name says, with the share's interval."""

MOST_SHARES, LAYER_SIZE = len(SHARES), LAYER.itemsize
layer_at, bytes_at = table_at(LAYER), table_at(BYTE)


@register_jitable(**ROOM)
def exponential(exponent):
    """Return the exponential of a number from -36 to 0, to some twelve digits."""
    small, term, total = exponent / 1024.0, 1.0, 1.0
    for number in range(1, 9):
        term = term * small / number
        total += term
    for _ in range(10):
        total *= total
    return total


@register_jitable(**ROOM)
def below(standard):
    """Return the share of the normal distribution below a number: `qisim.numerics.normal_share`."""
    x = min(max(standard, -8.4), 8.4)
    square, term, total = x * x, x, x
    for half in range(1, 151):
        term = term * square / (2.0 * half + 1.0)
        total += term
    found = 0.5 + total * exponential(-0.5 * square) * 0.3989422804014327
    return min(max(found, 0.0), 1.0)


@register_jitable(**ROOM)
def spread_about(numbers, work, count):
    """Return the standard deviation of a sample; exactly 0 where all are equal."""
    equal, mean = True, sum_of(numbers, count) / count
    for number in range(count):
        equal = equal and numbers[number] == numbers[0]
        apart = numbers[number] - mean
        work[number] = apart * apart
    return 0.0 if equal or count < 2 else np.sqrt(sum_of(work, count) / (count - 1.0))


# --- ratios of means -------------------------------------------------------------------------------


@register_jitable(**ROOM)
def by_group(row, group, groups, count, out):
    """Add up a row by group; return how many sums there are (the runs themselves, where each is alone)."""
    if groups == 0:
        for number in range(count):
            out[number] = row[number]
        return count
    for number in range(groups):
        out[number] = 0.0
    for number in range(count):
        out[np.int64(group[number])] += row[number]
    return groups


@entry
def ratios(base):
    """Compare two ratios of means: `qisim.comparison.estimands.ratio_difference`.

    From `from_a` on come four rows of runs: above and below the line, of the base and of the other. The
    verdict is 1 where both ratios are known well enough, else 0.
    """
    desk = desk_at(base, 1)[0]
    runs, out = desk.runs, summary_at(desk.to, 1)[0]
    rows, group = grid_at(desk.from_a, 4, runs), numbers_at(desk.from_c, runs)
    t = numbers_at(desk.at_t, MOST_RUNS + 1)
    sums = grid_at(desk.to + SUMMARY_SIZE, 4, runs)
    pseudo = numbers_at(desk.to + SUMMARY_SIZE + 32 * runs, runs)
    work = numbers_at(desk.to + SUMMARY_SIZE + 40 * runs, runs)
    count = runs
    for row in range(4):
        count = by_group(rows[row], group, desk.groups, runs, sums[row])
    out.pairs, out.difference, out.low, out.high = runs, np.nan, np.nan, np.nan
    out.base_mean = ratio(sum_of(rows[0], runs), sum_of(rows[1], runs))
    out.other_mean = ratio(sum_of(rows[2], runs), sum_of(rows[3], runs))
    out.verdict, out.too_few, unsure = 0.0, 0.0, 0.0
    whole = out.other_mean - out.base_mean
    out.difference = whole
    for side in range(2):
        mean = sum_of(sums[2 * side + 1], count) / count
        half = t[count] * spread_about(sums[2 * side + 1], work, count) / np.sqrt(np.float64(count))
        unsure = max(unsure, half / mean if mean > 0.0 and count > 1 else np.inf)
    if unsure > desk.most_unsure or whole != whole:
        return
    a, b = sum_of(sums[0], count), sum_of(sums[1], count)
    c, d = sum_of(sums[2], count), sum_of(sums[3], count)
    least, most = np.inf, -np.inf
    for number in range(count):
        without = ratio(c - sums[2][number], d - sums[3][number])
        without -= ratio(a - sums[0][number], b - sums[1][number])
        pseudo[number] = count * whole - (count - 1.0) * without
        least, most = min(least, pseudo[number]), max(most, pseudo[number])
    if most - least <= 1e-9 * max(1.0, abs(whole)):
        out.low, out.high, out.verdict = whole, whole, 1.0
        return
    mean, spread = sum_of(pseudo, count) / count, spread_about(pseudo, work, count)
    out.low, out.high = hull(pseudo, work, count, mean, spread, t[count])
    out.verdict = 1.0


# --- shares of groups ------------------------------------------------------------------------------


@register_jitable(**ROOM)
def variances(sizes, means, squares, count, out):
    """Write centre, variance between and within groups, and the groups' size (analysis of variance)."""
    pairs, centre, square, inside = 0.0, 0.0, 0.0, 0.0
    for number in range(count):
        pairs += sizes[number]
        centre += sizes[number] * means[number]
        inside += squares[number]
        square += sizes[number] * sizes[number]
    centre /= pairs
    size = (pairs - square / pairs) / (count - 1.0)
    free = pairs - count
    within, between = np.nan, 0.0
    for number in range(count):
        apart = means[number] - centre
        between += sizes[number] * apart * apart
    if free > 0.0:
        within = inside / free
    out[0], out[1] = centre, (between / (count - 1.0) - within) / size
    out[2], out[3] = within, size


@register_jitable(**ROOM)
def holds(which, value, matters):
    """Return whether a difference satisfies one of `SHARES`."""
    if which == 0:
        return value > 0.0
    if which == 1:
        return value < 0.0
    if which == 2:
        return value >= matters and value > 0.0
    if which == 3:
        return value <= -matters and value < 0.0
    return abs(value) < matters


@register_jitable(**ROOM)
def count_groups(sizes, means, squares, count, matters, found, counts):
    """Count the groups for which each of `SHARES` is true, with replicate noise removed from their spread."""
    variances(sizes, means, squares, count, found)
    centre, within = found[0], found[2]
    known = within == within
    spread = max(found[1], 0.0) if known else 1.0
    for which in range(MOST_SHARES):
        counts[which] = 0.0
    for number in range(count):
        luck = within / sizes[number] if known else 0.0
        whole = spread + luck
        reliability = spread / whole if whole > 0.0 else 1.0
        value = centre + np.sqrt(reliability) * (means[number] - centre)
        for which in range(MOST_SHARES):
            if holds(which, value, matters):
                counts[which] += 1.0


@register_jitable(**ROOM)
def normal_part(which, mean, spread, matters):
    """Return the share of normal groups of which one of `SHARES` is true."""
    low, high = (0.0, np.inf) if which == 0 else (-np.inf, 0.0)
    if which == 2:
        low = matters
        high = np.inf
    if which == 3:
        high = -matters
    if which == 4:
        low, high = -matters, matters
    if not spread > 0.0:
        return 1.0 if low < mean < high else 0.0
    return below((high - mean) / spread) - below((low - mean) / spread)


@entry
def layers(base):
    """Count in how many groups of runs each plan is ahead: `qisim.comparison.layers.layer_of`.

    Rows of runs lie at `from_a` and `from_b`, the group of each run at `from_c`, every group having at least
    one. At `from_d` come the exact intervals of a share for 0, 1, ... groups, two numbers each; at `from_e`
    one row of groups after the other, `rows` of them, that are taken as a sample of the groups.
    """
    desk = desk_at(base, 1)[0]
    runs, number, matters = desk.runs, desk.groups, desk.matters
    a, b = numbers_at(desk.from_a, runs), numbers_at(desk.from_b, runs)
    group, exact = numbers_at(desk.from_c, runs), numbers_at(desk.from_d, 2 * (number + 1))
    picks, out = bytes_at(desk.from_e, desk.rows * number), layer_at(desk.to, 1)[0]
    shares = numbers_at(desk.to + 8, 3 * MOST_SHARES)
    room = grid_at(desk.to + LAYER_SIZE, 8, number)
    sizes, means, squares, work = room[0], room[1], room[2], room[3]
    again = (room[4], room[5], room[6])
    behind = desk.to + LAYER_SIZE + 64 * number
    found, counts = numbers_at(behind, 4), numbers_at(behind + 32, MOST_SHARES)
    seen = grid_at(behind + 128, MOST_SHARES, number + 1)
    for place in range(number):
        sizes[place], means[place], squares[place] = 0.0, 0.0, 0.0
    mean = 0.0
    for run in range(runs):
        place = np.int64(group[run])
        sizes[place] += 1.0
        means[place] += b[run] - a[run]
        mean += b[run] - a[run]
    mean /= runs
    for place in range(number):
        means[place] /= sizes[place]
    for run in range(runs):
        place = np.int64(group[run])
        apart = b[run] - a[run] - means[place]
        squares[place] += apart * apart
    count_groups(sizes, means, squares, number, matters, found, counts)
    between, within, size = found[1], found[2], found[3]
    out.groups = number
    for which in range(MOST_SHARES):
        shares[3 * which] = counts[which]
        shares[3 * which + 1] = exact[2 * np.int64(counts[which])]
        shares[3 * which + 2] = exact[2 * np.int64(counts[which]) + 1]
        for place in range(number + 1):
            seen[which, place] = 0.0
    for row in range(desk.rows):
        for place in range(number):
            pick = np.int64(picks[row * number + place])
            again[0][place], again[1][place], again[2][place] = (
                sizes[pick],
                means[pick],
                squares[pick],
            )
        count_groups(again[0], again[1], again[2], number, matters, found, counts)
        for which in range(MOST_SHARES):
            seen[which, np.int64(counts[which])] += 1.0
    for which in range(MOST_SHARES):
        low = level_of(seen[which], number, desk.rows, 0.025)
        high = level_of(seen[which], number, desk.rows, 0.975)
        shares[3 * which + 1] = min(shares[3 * which + 1], low)
        shares[3 * which + 2] = max(shares[3 * which + 2], high)
    if not (within > 0.0 and desk.f_high == desk.f_high):
        return
    ratio = 1.0 + size * between / within
    effect, most = ratio / desk.f_high, max(ratio, 1.0) / desk.f_low
    least = max(0.0, (effect - 1.0) / (effect - 1.0 + size))
    most = max(0.0, (most - 1.0) / (most - 1.0 + size))
    if most >= 1.0:
        return
    t = numbers_at(desk.at_t, MOST_RUNS + 1)
    reach = t[number] * spread_about(means, work, number) / np.sqrt(np.float64(number))
    for side in range(2):
        for end in range(2):
            part = least if end == 0 else most
            spread = np.sqrt(part / (1.0 - part) * within)
            middle = mean - reach if side == 0 else mean + reach
            for which in range(MOST_SHARES):
                may = normal_part(which, middle, spread, matters)
                shares[3 * which + 1] = min(shares[3 * which + 1], may)
                shares[3 * which + 2] = max(shares[3 * which + 2], may)


@register_jitable(**ROOM)
def level_of(seen, number, rows, level):
    """Return a quantile of shares from their frequencies."""
    place = level * (rows - 1)
    low = np.int64(place)
    first, second, passed = -1, -1, 0
    for count in range(number + 1):
        passed += np.int64(seen[count])
        if first < 0 and passed > low:
            first = count
        if second < 0 and passed > min(low + 1, rows - 1):
            second = count
    part = place - low
    return (first + part * (second - first)) / np.float64(number)


# --- sites like this one ---------------------------------------------------------------------------


@entry
def move(base):
    """Shift the values of the site, lane by lane, by the distance of each drawn site from the typical one.

    At `from_a` come `rows` rows of six: the value's place among the keys, its typical value, 1 where it is
    moved by a factor, the least and the most that is allowed, and this scenario's own; at `from_b` as many
    rows of drawn values, one for each lane: what `qisim.design.sites.Sites.values` has.
    """
    desk = desk_at(base, 1)[0]
    rows, drawn = (
        grid_at(desk.from_a, desk.rows, 6),
        grid_at(desk.from_b, desk.rows, LANES),
    )
    values = grid_at(desk.at_values, len(KEYS), LANES)
    for row in range(desk.rows):
        one = rows[row]
        typical, factor, least, most, given = one[1], one[2], one[3], one[4], one[5]
        for lane in range(LANES):
            to = given + (drawn[row, lane] - typical)
            if factor > 0.5:
                to = given * (drawn[row, lane] / typical)
            values[np.int64(one[0]), lane] = min(max(to, least), most)
