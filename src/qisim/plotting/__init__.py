"""How every figure looks.

For the rooms above::

    axes      Axes of weeks and of shares, with bands, markers and labels
    captions  Sentences shared by the captions of figures
    lines     Text above and below a figure, wrapped to its width
    style     The house style of figures
"""

__all__ = ["axes", "captions", "lines", "style"]
