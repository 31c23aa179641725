"""How every figure looks.

For the rooms above::

    style  How a figure of qisim looks
"""

__all__ = ["style"]
