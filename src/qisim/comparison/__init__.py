"""Scenarios side by side, on common random numbers.

For the rooms above::

    basis          The basis of a verdict: values, a ratio of means, or the share of runs with a value
    comparison     Paired differences on common random numbers, and a verdict on each outcome
    context        Context of a comparison: wards, ends of programmes, scope of the conclusion
    estimands      Ratios of means
    flow           The flow of a comparison: scenarios -> runs -> results
    layer_table    The layers of a comparison as a table and in words
    layers         Variance components of a difference: luck, sets, sites, theories
    matters        The smallest difference that matters
    paired         Statistics of pairs
    planning       How many pairs settle an outcome
    sequential     Sequential stopping, and the level of each look
    side_by_side   Several plans in one table: an outcome a row, a plan a column
    study          Run a scenario, or compare several
    theories       A comparison under rival theories
    until_decided  A comparison that stops itself
    verdicts       The verdict on each outcome, in words
    wording        A comparison in words: verdicts in plain sentences, and the table for a terminal

Of this room alone::

    collector      The results of one scenario's runs so far
    difference_figure  The figure of paired differences week by week
    figures        A function per figure: a weekly table in, a matplotlib figure out
    hangs_on       Which outcomes depend on a pattern that the model fails to show
    paid           Paid hours in a comparison: rows of their own beside the hours worked
    report         The figures and the self-contained report of a result
"""

__all__ = [
    "basis",
    "comparison",
    "context",
    "estimands",
    "flow",
    "layer_table",
    "layers",
    "matters",
    "paired",
    "planning",
    "sequential",
    "side_by_side",
    "study",
    "theories",
    "until_decided",
    "verdicts",
    "wording",
]
