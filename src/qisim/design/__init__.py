"""What a study is to run: its plan, and the points that it samples.

For the rooms above::

    ensemble     Sets of values that are as good as each other: run over all of them, not only over one
    methods      Methods of sensitivity analysis, and the designs that each can work on
    plan         What a study is to try: scenarios, inputs that vary, a design, replicates, an analysis
    plan_file    Study files: which scenarios, what varies, how, how often, and what is to be found out
    run_table    From a plan to runs: which world, which numbers and which replicate each run has
    sampling     Designs: from a plan to points
    sites        Sites like this one: the site's own values, drawn from how such sites differ
    theories     The values of the free strengths under a rival theory

Of this room alone::

    coupled      Numbers that must fit together, held against the ranges in which they vary
    inputs       What varies in a study
    points_file  Points from a table: a CSV file with a column per input and a row per point
"""

__all__ = ["ensemble", "methods", "plan", "plan_file", "run_table", "sampling", "sites", "theories"]
