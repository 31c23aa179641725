"""Calibration of the model to a site's own counts.

For the rooms above::

    counting      Misclassification errors of a count
    counts_file   How a file of counts is read, row by row
    diagnostics   Diagnostics of a calibration: coverage of its intervals, and fit
    observations  A site's observations
    posterior     From simulated sites to the posterior
    prior_check   Simulation-based calibration: many sites drawn from the prior, calibrated
    result        The result of a calibration
    study         The flow of a calibration: observations -> simulated sites -> posterior

Of this room alone::

    column_names  Accepted names of columns and of months in a file of counts
    figures       The figures of a calibration
    outlook       The outlook of a site, before and after its data
    planning      Reading and checking the inputs of a calibration
    report        A calibration as one page to read, with its figures in it
    sites         Simulated sites
    what_next     What to count next
"""

__all__ = [
    "counting", "counts_file", "diagnostics", "observations", "posterior", "prior_check", "result", "study",
]  # fmt: skip
