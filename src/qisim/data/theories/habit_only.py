"""Habit only: what is done is what has been done before in the same place, not what is weighed.

Habits are triggered by their context and hardly by goals (Wood W, Neal DT. A new look at habits and the
habit-goal interface. Psychol Rev 2007;114:843-63). Here motives do not count at all: who has skill and time
and is reminded tries it at one and the same rate, the base, whatever they think of it, whoever else does it and
however good the tool; from there repetition decides. That motives count for nothing is an assumption.
"""


def motivation_odds(base, attitudes, example, support, tool):
    """Weigh nothing."""
    return base


def use_probability(intent, carries, habit):
    """Act on habit; try only as far as there is none yet."""
    return carries * habit + (1.0 - habit) * intent
