"""Lives of the Mesa model, to hold against each other."""

import numpy as np
import pandas as pd


def history(model, *levels):
    """Live through a model; return levels of its staff, shape (weeks, posts, levels)."""
    weeks = []
    while model.running:
        model.step()
        weeks.append([[getattr(person, level) for level in levels] for person in model.staff])
    return np.array(weeks)


def same(one, other):
    pd.testing.assert_frame_equal(one, other, check_exact=True)
