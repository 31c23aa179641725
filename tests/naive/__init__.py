"""The model in the plainest Python, from docs/odd.md only.

Somebody read the page and wrote down what it says, with dictionaries and lists, without looking at
the rules or at either engine, and nothing of the project is imported here. What the page calls a
week is `live_a_week`, with a function for each of its steps. A vacant post holds nobody (None), a
unit's ``last`` is how it looked at the end of the week before, and people are taken from the last to
the first, because the page says that their order does not matter; only sums go from the first.

Every function takes `told`, what the run was told: numbers and words by their short names, the
calendar, the events, and the numbers worked out from them before the first week.

::

    week        A run, and the order of a week
    chance      Philox 4x32-10, addressed
    rates       Yearly numbers as weekly ones; which factors the case has
    opening     The site before the first week
    newcomers   Who holds a post, and what a newcomer brings
    programme   What is held, who leads it, and when it is handed over
    units       A unit meets the week
    people      Step 1: people come, go and are away
    load        Step 2: load, strain and planned hours
    activities  Step 3: activities, and what they teach
    colleagues  Step 5: colleagues
    attitudes   Step 6: attitudes
    use         Step 7, and 4 for leaders: use of the practice
    forgetting  Step 8: forgetting
    record      Step 9: taking stock, and the record
    levels      Arithmetic of levels and shares
"""

from naive.week import simulate

__all__ = ["simulate"]
