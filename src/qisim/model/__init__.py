"""Everything that can change a number: what a person, a unit and a site are and do in a week.

For the rooms above::

    calendar    The programme's calendar and the events of a run, as a scenario holds them
    draws       Chance, fixed by address
    evidence    The evidence ledger
    outcomes    What is measured: the weekly series and the outcomes of a run, declared once
    parameters  Every number of the model, declared once
    power       A power in plain arithmetic, the same on every machine
    rules       What people in a care site do in a week, as short plain functions of numbers
    site        The site at week 0 and the programme's calendar, as tables; the same for both engines
"""

__all__ = ["calendar", "draws", "evidence", "outcomes", "parameters", "power", "rules", "site"]
