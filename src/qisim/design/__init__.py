"""The design of a study: its plan, and the points that it samples.

For the rooms above::

    ensemble     Ensembles: sets of parameter values to run over, instead of a single one
    methods      Methods of sensitivity analysis, and the designs that each can work on
    plan         The plan of a study: scenarios, inputs that vary, a design, replicates, an analysis
    plan_file    Study files: scenarios, inputs, design, replicates, and analysis
    run_table    From a plan to runs: the world, coefficients and replicate of each run
    sampling     Designs: from a plan to points
    sites        Sites like this one: the site's own values, drawn from how such sites differ
    theories     The values of the free strengths under a rival theory

Of this room alone::

    coupled      Consistency of coupled parameters over the ranges in which they vary
    inputs       What varies in a study
    points_file  Points from a table: a CSV file with a column per input and a row per point
"""

__all__ = ["ensemble", "methods", "plan", "plan_file", "run_table", "sampling", "sites", "theories"]
