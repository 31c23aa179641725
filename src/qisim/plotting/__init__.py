"""How every figure looks.

For the rooms above::

    axes      Axes of weeks and of shares, and what is drawn and written in them
    captions  What the captions of all figures say
    lines     Words over and under a figure, in lines of its width
    style     How a figure of qisim looks
"""

__all__ = ["axes", "captions", "lines", "style"]
