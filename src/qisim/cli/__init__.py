"""The command line: a file for each group of commands.

For the rooms above::

    main          The command line: a thin door to the house

Of this room alone::

    app           The command that opens the planner's page
    calibration   The command that compares a scenario with a site's own counts
    deciding      Commands that turn a difference into advice
    findings      Printing an answer: title, sentences, tables, notes
    listing       Commands that look at scenarios and at the evidence, and run nothing
    listing_text  What `qisim list`, `show` and `factors` print, as text and as plain data for JSON
    machine       Options of every command that makes runs: how they are made, and how much is printed
    options       Shared by the commands: options, progress, and exit codes
    printing      Printing a result: tables, layers of doubt, hours, or JSON
    running       Commands that run scenarios: one by itself, or several in pairs
    sensitivity   The command of sensitivity analysis
    sweeping      Commands on designed studies: run them, and reproduce finished ones
    unsaid        Notes on a plan's implications, printed by every command that runs one
    validation    The command that tests the model against the patterns it should reproduce
    versions      The command that compares two versions of the model
"""

__all__ = ["main"]
