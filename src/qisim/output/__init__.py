"""What was found, as tables and files in a folder.

For the rooms above::

    file_bytes  Tables and plain data as the bytes of a file, the same bytes for the same content
    folder      An output folder
    manifest    The manifest of a folder
    presenters  Figures as files, for every result that has some
    result      The tables of a study, what it gives back, and its folder
"""

__all__ = ["file_bytes", "folder", "manifest", "presenters", "result"]
