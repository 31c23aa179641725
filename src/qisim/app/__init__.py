"""The planner's page: the whole app as one HTML file that runs the model itself.

For the rooms above::

    build    Puts the page together: markup, style, scripts, words, data and the engine in one file
    data     The page's data: parameters, outcomes, layouts, plans, strengths, sources
"""

__all__ = ["build", "data"]
