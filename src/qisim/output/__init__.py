"""Results, as tables and files in a folder.

For the rooms above::

    citation        The methods paragraph of a result
    dictionary      The data dictionary: label, unit and meaning of every column
    display         How a notebook shows a result
    file_bytes      Tables and plain data as the bytes of a file, the same bytes for the same content
    folder          An output folder
    manifest        The manifest of a folder
    manifest_check  Validation of a manifest before anything in it is trusted
    paid_hours      Paid hours by kind, beside the hours worked, and their cost
    pages           Pages rendered from a template
    presenters      Figures as files, for every result that has some
    result          The result of a study, and its folder
    tables          The tables of runs and of weeks, and their summary
    xarray_form     Results as labelled arrays (xarray)

Of this room alone::

    decision_columns  The data dictionary of the decision commands' tables
    crate           An RO-Crate beside the manifest
"""

__all__ = [
    "citation",
    "dictionary",
    "display",
    "file_bytes",
    "folder",
    "manifest",
    "manifest_check",
    "pages",
    "paid_hours",
    "presenters",
    "result",
    "tables",
    "xarray_form",
]
