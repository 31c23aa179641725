"""What people in a care site do in a week, as short plain functions of numbers.

These files are the model's behaviour. They use no library at all, so that they can be printed and read by
someone who knows nursing and not programming. The Mesa engine calls these functions as they are;
the compiled engine compiles the same functions. No rule knows whether a programme is driven from
outside or from inside: that acts only through who leads, whose hours it takes, how the tool fits,
and how long support lasts, each of which is a number.

In the order of the description's section 7 (`docs/odd.md`)::

    rates       From the units people think in to shares per week, once before a run
    levels      Levels, chance and odds: the small arithmetic that many rules share
    people      Posts, newcomers, absence, turnover
    load        Demand against hours, slack, strain, the hours that the programme takes
    activities  Attendance, and what participants gain
    leaders     Few hours, many duties
    colleagues  Teaching beside the work, example
    attitudes   Relevance, ownership, attention, dedication, engagement
    use         Capability, opportunity, motivation; habit and routine
    forgetting  How competence fades
    fates       What becomes of the practice in a unit: settled, dropped, taken up again

A step of the week calls a rule as ``rules.slack(...)``, whichever file it is written in.

How to read them
----------------
* Levels (strain, competence, habit, ownership, ...) run from 0 to 1.
* A *chance* enters as `draw`, a number from 0 up to but not including 1: the thing happens when the
  draw is below its probability.
* Yes or no is 1.0 or 0.0.
* `strength` is the strength of one of the study's factors: 0 is neutral, 1 is the base.
* The sources of the numbers stand in `parameters.py`; what a rule rests on stands in its text.

The only arithmetic is plus, minus, times, divided by, and comparison, so that two engines and any
processor agree to the last bit. Those in `rates` also take a power, worked out in the
same plain arithmetic (`qisim.model.power`) once, before a run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from qisim.model.rules import (
    activities,
    attitudes,
    colleagues,
    fates,
    forgetting,
    leaders,
    levels,
    load,
    people,
    rates,
    use,
)
from qisim.model.rules.activities import *
from qisim.model.rules.attitudes import *
from qisim.model.rules.colleagues import *
from qisim.model.rules.fates import *
from qisim.model.rules.forgetting import *
from qisim.model.rules.leaders import *
from qisim.model.rules.levels import *
from qisim.model.rules.load import *
from qisim.model.rules.people import *
from qisim.model.rules.rates import *
from qisim.model.rules.use import *

PARTS = (
    rates, levels, people, load, activities, leaders, colleagues, attitudes, use,
    forgetting, fates,
)  # fmt: skip
"""The files of rules, in their order."""

RULES: Mapping[str, Callable] = {
    name: rule
    for part in PARTS
    for name, rule in vars(part).items()
    if getattr(rule, "__module__", None) == part.__name__
}
"""The rules by name, in their order: all functions that the files define."""
