"""Scenarios side by side, on common random numbers.

For the rooms above::

    comparison     Is the other better than the base? Paired differences on common random numbers, and a
                   verdict
    context        What must be said beside a comparison
    estimands      Ratios of means
    flow           The flow of the house: scenarios -> runs -> engine -> results -> comparison
    layer_table    The layers of a comparison as a table and in words
    layers         A difference in layers: by luck, and by whatever groups the pairs of runs fall into
    matters        The smallest difference that matters
    paired         Statistics of pairs
    sequential     When to stop, and what a look costs
    side_by_side   Several plans in one table: an outcome a row, a plan a column
    study          Run a scenario, or compare several
    theories       A comparison under rival theories
    until_decided  A comparison that stops itself
    verdicts       What is said of a difference: one verdict in words for each outcome
    wording        What a comparison says: its verdicts in plain sentences, and its table for a terminal

Of this room alone::

    basis          What a verdict on an outcome rests on
    collector      What the runs of one scenario have given so far
    difference_figure  The figure of paired differences week by week
    figures        A function per figure: a weekly table in, a matplotlib figure out
    hangs_on       Which outcomes depend on a pattern that the model fails to show
    paid           Paid hours in a comparison: rows of their own beside the hours worked
    report         The figures and the one-file report of a result
"""

__all__ = [
    "comparison",
    "context",
    "estimands",
    "flow",
    "layer_table",
    "layers",
    "matters",
    "paired",
    "sequential",
    "side_by_side",
    "study",
    "theories",
    "until_decided",
    "verdicts",
    "wording",
]
