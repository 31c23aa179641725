"""What was found, as tables and files in a folder.

For the rooms above::

    citation        The methods paragraph of a result
    dictionary      What the columns of tables mean
    display         How a notebook shows a result
    file_bytes      Tables and plain data as the bytes of a file, the same bytes for the same content
    folder          An output folder
    manifest        The manifest of a folder
    manifest_check  What a manifest must look like before anything in it is believed
    paid_hours      Hours that are paid for, by kind, beside those that were worked, and what they cost
    pages           Pages made of a template
    presenters      Figures as files, for every result that has some
    result          What a study gives back, and its folder
    tables          The tables of runs and of weeks, and what sums them up
    xarray_form     Results as labelled arrays (xarray)

Of this room alone::

    decision_columns  What the columns of a question's tables mean
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
