"""Validation against the patterns that a credible model must reproduce.

For the rooms above::

    draws     Patterns under random draws of all uncertain numbers
    levers    Parameters that do nothing in a scenario, or the opposite of what was expected
    moved     Changes between two versions of the model: outcomes and scenarios, ranked
    moved_study  The comparison of two versions of the model as a study
    mutants   Broken models, and which patterns notice them
    pages     Patterns in words: a table for the terminal, a text in Markdown, a page to read
    study     The flow of a validation

Of this room alone::

    figures       A figure per pattern: what the model shows, against what the source says
    moved_figure  Small pictures of what moved between two versions
    patterns      The patterns that a credible model must reproduce, and how they are judged
    versions      Two versions of the model, asked the same
"""

__all__ = ["draws", "levers", "moved", "moved_study", "mutants", "pages", "study"]
