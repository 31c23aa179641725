"""Everything that can change a number: what a person, a unit and a site are and do in a week.

For the rooms above::

    allocation      The allocation ensemble: which factors a run keeps, by chance
    arithmetic      Pieces of arithmetic that the week needs beside the rules
    calendar        The programme's calendar and the events of a run, as a scenario holds them
    coefficients    The numbers of a run, made of parameters once before it
    draws           Chance, fixed by address
    evidence        The evidence ledger
    outcome_values  How the outcomes of a run are worked out from its weekly series
    outcomes        The weekly series and the outcomes of a run, declared once
    parameters      Every number of the model, declared once
    power           A power in plain arithmetic, the same on every machine
    records         What the records of a week hold: the fields that its steps read and write
    rules           What people in a care site do in a week, as short plain functions of numbers (a folder)
    site            The site at week 0 and the programme's calendar, as tables; the same for both engines
    theories        Rival theories of how use comes about: each a file of rules
    week            The order of a week, written once for both engines
    week_person     What a person does in a week
    week_post       Who holds a post: how people come to it, fall ill and leave
    week_unit       What a week makes of teams, units and the site, and how it is written down
"""

__all__ = [
    "allocation",
    "arithmetic",
    "calendar",
    "coefficients",
    "draws",
    "evidence",
    "outcome_values",
    "outcomes",
    "parameters",
    "power",
    "records",
    "rules",
    "site",
    "theories",
    "week",
    "week_person",
    "week_post",
    "week_unit",
]
