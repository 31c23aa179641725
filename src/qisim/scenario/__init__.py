"""From files to a checked scenario.

For the rooms above::

    display       How a notebook shows an object: one line as text, and a small card with a table
    export        A scenario as text: in full, or as a short file to start from
    fields        What may stand in a scenario file
    files         Scenario files: finding them, reading them safely, following what they extend
    frozen        Mappings and lists that cannot be changed in place
    line_numbers  On which line of a TOML file each key stands
    notes         Implications of a scenario file that it does not state
    reader        Reading one file key by key: what is wrong is noted with its place, and reading goes
                  on
    scenario      Scenarios: a site, a programme, what may happen, and how long to watch
    schema        The JSON Schema of scenario files, for editors
    ward          The ward and the plan: which values describe the place, and which file decides them

Of this room alone::

    checks        Consistency of the values of a scenario
    layers        Building a scenario from layers
    lineage       The parent of a scenario, from which its changes are reported
"""

__all__ = [
    "display",
    "export",
    "fields",
    "files",
    "frozen",
    "line_numbers",
    "notes",
    "reader",
    "scenario",
    "schema",
    "ward",
]
