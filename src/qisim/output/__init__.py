"""What was found, as tables and files in a folder.

For the rooms above::

    folder  An output folder
    result  The tables of a study, what it gives back, and its folder
"""

__all__ = ["folder", "result"]
