"""The model held against a site's own counts.

For the rooms above::

    counting      Errors of counting
    counts_file   How a file of counts is read, row by row
    diagnostics   Whether a calibration is to be believed
    observations  A site's own figures
    posterior     From simulated sites to what a site's own figures say
    prior_check   Simulation-based calibration: many sites drawn from the prior, calibrated
    result        What a calibration gives back
    study         The flow of a calibration: a site's figures -> simulated sites -> what the figures say

Of this room alone::

    column_names  What the columns of a site's own figures may be called, and how a month may be named
    figures       The figures of a calibration
    outlook       What is to come of a site, before and after its figures
    planning      What a calibration is made of, and what is wrong with it
    report        A calibration as one page to read, with its figures in it
    sites         Simulated sites
    what_next     What to count next
"""

__all__ = [
    "counting", "counts_file", "diagnostics", "observations", "posterior", "prior_check", "result", "study",
]  # fmt: skip
