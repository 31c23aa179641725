"""The patterns that a credible model must show.

For the rooms above::

    draws     Patterns under random draws of all uncertain numbers
    levers    Which numbers do nothing in a scenario, and which the opposite of what was expected
    moved     What moved between two versions of the model: outcomes and scenarios, ranked
    moved_study  Two versions on their way to what moved: the life that all studies share
    mutants   Broken models, and which patterns notice them
    pages     Patterns in words: a table for the terminal, a text in Markdown, a page to read
    study     The flow of a validation

Of this room alone::

    figures       A figure per pattern: what the model shows, against what the source says
    moved_figure  Small pictures of what moved between two versions
    patterns      The patterns that a credible model must show, and how they are judged
    versions      Two versions of the model, asked the same
"""

__all__ = ["draws", "levers", "moved", "moved_study", "mutants", "pages", "study"]
