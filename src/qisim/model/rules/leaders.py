"""Leaders: few hours, many duties."""

from __future__ import annotations

from qisim.model.rules.levels import gain, saturation, within


def leader_load(load: float, span: float, usual_span: float, weight: float) -> float:
    """Load of a leader: the unit's, and more with more staff to lead than usual (N14)."""
    heavier = load + weight * (span / usual_span - 1.0)
    return 0.0 if heavier < 0.0 else heavier


def hours_given(hours: float, phase: float, after: float) -> float:
    """Hours a week for the programme: when it has ended, other things take all but a share `after`.

    `phase` is 2 after the programme. Support that ends with the programme is what lets use sink (Q43,
    Q45).
    """
    return hours if phase < 1.5 else hours * after


def kept_share(strength: float, structure: float, slack_left: float) -> float:
    """Share of a leader's improvement hours that survives the week; factor *systematic approach*.

    Fixed time, a named person and a plan keep hours that a busy week would otherwise eat.
    """
    return gain(slack_left, within(strength * structure))


def improvement_hours(hours: float, writing: float, kept: float) -> float:
    """Hours a leader has left for the programme: those kept, less the programme's own writing."""
    left = hours * kept - writing
    return 0.0 if left < 0.0 else left


def hours_left(hours: float, own_time: float) -> float:
    """Hours left for the unit in a week whose meetings and homework took their own share of them."""
    left = hours - own_time
    return 0.0 if left < 0.0 else left


def hours_share(hours: float, weight: float, others: float) -> float:
    """Hours that one task gets of those that all compete for, in proportion to its weight."""
    return hours * weight / (weight + others)


def hours_with_staff(following_up: float, other: float, overlap: float) -> float:
    """Hours in which leaders follow staff up: those meant for it, and a part of the others.

    Keeping an arena or fitting a form to the work is done with staff, who are followed up meanwhile.
    """
    return following_up + overlap * other


def hours_on_change(adapting: float, arenas: float, overlap: float, change: float) -> float:
    """Hours that go into fitting the practice to the work: those meant for it, and a part of the arenas'.

    Where people share how it goes, what does not fit comes up, as far as a `change` is left to be made.
    """
    return adapting + overlap * change * arenas


def role_burden(tasks: float, hours: float) -> float:
    """How far the tasks given outgrow the hours for them: 0 none, near 1 hopeless."""
    return tasks / (tasks + hours + 0.001)


def coping(strength: float, weight: float, burden: float, competence: float) -> float:
    """What is left of a role when it outgrows hours and skill; factor *coping with responsibilities*.

    Skill and confidence in the role protect; without them people feel insecure and retreat (C01).
    """
    return 1.0 / (1.0 + strength * weight * burden * (1.0 - competence))


def leader_strain(strain_by_load: float, strength: float, weight: float, burden: float) -> float:
    """Strain to which a leader's week leads: load, and a role beyond its hours."""
    return gain(strain_by_load, within(strength * weight * burden))


def outside_push(odds_ratio: float, facilitation: float) -> float:
    """What an outside facilitator does to the odds of working with the programme (Q06, Q07).

    `facilitation` is how far the unit feels her visits; none leave the odds as they are.
    """
    return 1.0 + (odds_ratio - 1.0) * facilitation


def weeks_above(weeks: float, users: float, level: float) -> float:
    """Weeks in a row in which so many used the practice, a week later."""
    return weeks + 1.0 if users >= level else 0.0


def handed_over(before: float, weeks: float, enough: float, ready: float) -> float:
    """Whether the facilitator has handed over: for good, once use has held and somebody is ready."""
    return 1.0 if weeks >= enough and ready > 0.5 else before


def hours_to_lead(hours: float, preparation: float, number: float) -> float:
    """Hours a week that somebody needs for the activities that they lead, on average over the programme."""
    return hours + preparation * number


def can_lead(hours: float, needed: float) -> float:
    """Chance that an activity is held: as far as the hours of whoever leads suffice for all of them."""
    return 1.0 if hours >= needed else hours / needed


def hours_leading(hours: float, needed: float) -> float:
    """Hours of a leader's week that go into leading activities: those needed, or all there are."""
    return hours if hours < needed else needed


def hours_to_visit(hours: float, needed: float) -> float:
    """Hours a week that leading leaves a facilitator for visits to the units."""
    left = hours - needed
    return 0.0 if left < 0.0 else left


def hours_received(hours: float, room: float) -> float:
    """Hours of a visit in which the unit has time for the facilitator: in a full week nobody is free (Q07)."""
    return hours * room


def learned_from(level: float, others: float, pace: float) -> float:
    """Competence after a week beside somebody who knows more; from those who know less, nothing."""
    gap = others - level
    return gain(level, within(pace * gap)) if gap > 0.0 else level


def work_level(hours: float, posts: float, need: float) -> float:
    """How well leaders do a task (following up, keeping arenas, adapting) for so many posts."""
    return saturation(hours, posts * need)


def shared_arena(before: float, upkeep: float) -> float:
    """How far there are arenas for sharing know-how: those before, and those leaders keep up."""
    return gain(before, upkeep)


def left_to_adapt(adaptable: float, adaptation: float) -> float:
    """How far there is still something that the unit may fit to its own work and has not yet."""
    return adaptable * (1.0 - adaptation)


def adapted(adaptation: float, rate: float, work: float) -> float:
    """How far the unit has fitted tool and standard to its work (C03), a week later."""
    return gain(adaptation, rate * work)


def present_fit(fit: float, adaptation: float) -> float:
    """Fit of tool and standard to the work, after local adaptation."""
    return gain(fit, adaptation)


def planned(plan: float, before: float, loss: float, meetings: float, plan_gain: float) -> float:
    """How well shifts and units are planned together, a week later.

    Meetings of leaders improve it; without them it slips back to what it was before.
    """
    slipped = before + (plan - before) * (1.0 - loss)
    return gain(slipped, within(plan_gain * meetings))
