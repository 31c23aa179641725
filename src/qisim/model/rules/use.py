"""Use: capability, opportunity, motivation; habit."""

from __future__ import annotations

from qisim.model.rules.levels import decay, gain, of_odds, relax, within


def capability(competence: float, half: float) -> float:
    """Share of occasions a person could handle: none without competence, all with full."""
    return competence * (1.0 + half) / (competence + half)


def opportunity(slack_left: float, strength: float, hold: float, dedication: float) -> float:
    """Share of occasions there is time for; a dedicated person makes up some; factor *dedication*."""
    return gain(slack_left, within(strength * hold * dedication))


def tool_face(usability: float, fit: float) -> float:
    """Whether the tool helps (towards 1) or hinders (towards -1): usability and fit decide."""
    return usability + fit - 1.0


def misfit_odds(strength: float, weight: float, fit: float) -> float:
    """What a standard that does not fit the work does to the odds of use; factor *misfit*."""
    return 1.0 / (1.0 + strength * weight * (1.0 - fit))


def motivation_odds(
    base: float, attitudes: float, example: float, support: float, tool: float
) -> float:
    """Odds of wanting to use the practice: base, attitudes, others' example, support, the tool."""
    return base * attitudes * example * support * tool


def intent(capability: float, opportunity: float, odds: float, attention: float) -> float:
    """Chance to use it on purpose: capability, opportunity and motivation together (COM-B).

    What is not in mind is not done on purpose.
    """
    return attention * capability * opportunity * of_odds(odds)


def trend(yearly: float, years: float) -> float:
    """What a change outside the site (news, schools, rules) does to the odds of use by now."""
    return 1.0 + yearly * years


def use_probability(intent: float, carries: float, habit: float) -> float:
    """Chance to use it this week: on purpose, or because habit carries it."""
    return gain(intent, carries * habit)


def chance_of_use(practice: float, asked: float, own: float, before: float, never: float) -> float:
    """Chance of use as the unit and the person allow it.

    `asked` is what is left of it where the unit has dropped the practice. Who did it before anybody
    asked (`own`) does it in a share `before` of weeks whatever the unit does; some never do.
    """
    return (1.0 - never) * gain(practice * asked, own * before)


def habit_next(habit: float, used: float, recent: float, step: float, loss: float) -> float:
    """Habit a week later: it grows with use and fades without.

    A single missed week does little to a habit in use (P06, of single days): what fades is the habit of
    those who have not used it lately. Nobody gains more than half of what is missing in a week, so that no
    habit is made in a week or two (an assumption).
    """
    grown = 0.5 if step > 0.5 else step
    return gain(habit, grown) if used > 0.5 else decay(habit, loss * (1.0 - recent))


def recently_used(recent: float, used: float, step: float) -> float:
    """In what share of recent weeks at work the practice was used; weeks away do not count.

    `step` is 0 in a week away. Asked whether something is routine, people think of the last weeks.
    """
    return relax(recent, used, step)


def routine_next(
    routine: float, habit: float, recent: float, routine_at: float, share: float, kept_share: float
) -> float:
    """Whether use is routine: once the habit is strong, and for as long as it is really done.

    Use becomes routine with a strong habit and use in a `share` of recent weeks at work. A few bad weeks do not
    end a routine; use in less than `kept_share` of recent weeks at work does. Who falls out of it
    needs the strong habit again.
    """
    strong = 1.0 if habit >= routine_at else 0.0
    often = 1.0 if recent >= share else 0.0
    begun = 1.0 if strong * often > 0.5 else routine
    return begun if recent >= kept_share else 0.0
