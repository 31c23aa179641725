"""The command line: a file for each group of commands.

For the rooms above::

    main          The command line: a thin door to the house

Of this room alone::

    app           The command that opens the planner's page
    calibration   The command that holds a scenario against a site's own figures
    deciding      Commands that turn a difference into advice
    findings      How an answer is printed: the title, a line for each sentence, the tables, the notes
    listing       Commands that look at scenarios and at the evidence, and run nothing
    listing_text  What `qisim list`, `show` and `factors` print, as text and as plain data for JSON
    machine       Options of every command that makes runs: how they are made, and how much is said
    options       What the commands share: options, progress, and what a command ends with
    printing      How a result is printed: tables, layers of doubt, hours, or JSON
    running       Commands that run scenarios: one by itself, or several in pairs
    sensitivity   The command that finds out what outcomes depend on
    sweeping      Commands on designed studies: make all their runs, and make finished studies again
    unsaid        What a plan leads to without saying so, told by every command that runs one
    validation    The command that judges the model by the patterns that it must show
    versions      The command that says what moved between two versions of the model
"""

__all__ = ["main"]
