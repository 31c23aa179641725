"""Everything that can change a number: what a person, a unit and a site are and do in a week.

For the rooms above::

    calendar     The programme's calendar and the events of a run, as a scenario holds them
    draws        Chance, fixed by address
    evidence     The evidence ledger
    outcomes     What is measured: the weekly series and the outcomes of a run, declared once
    parameters   Every number of the model, declared once
    power        A power in plain arithmetic, the same on every machine
    rules        What people in a care site do in a week, as short plain functions of numbers
    site         The site at week 0 and the programme's calendar, as tables; the same for both engines
    week         The order of a week, told once for every engine
    week_person  What a person does in a week
    week_unit    What a week makes of teams, units and the site, and how it is written down
    records      What the records of a week hold: the fields that its steps read and write
    arithmetic   Two pieces of arithmetic that steps need beside the rules
"""

__all__ = [
    "arithmetic",
    "calendar",
    "draws",
    "evidence",
    "outcomes",
    "parameters",
    "power",
    "records",
    "rules",
    "site",
    "week",
    "week_person",
    "week_unit",
]
