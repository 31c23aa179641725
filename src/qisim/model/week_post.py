"""Who holds a post: how people are hired, fall ill and leave, written once for both engines.

Steps like those of `qisim.model.week_person`, on the same records and with the same rules for writing them.
"""

from qisim.model import rules
from qisim.model.arithmetic import select

# --- the start -----------------------------------------------------------------------------------


def arrive(p, d, k):
    """Set the traits that a person brings to a post."""
    p.ease = d.ease
    p.disposition = d.disposition
    p.pace = rules.habit_pace(d.pace, k.pace_spread)
    p.learner = rules.learner(p.variety, p.gap, k.ease_gap, d.ease)
    p.comes = select(p.care > 0.5, rules.comes_at_all(d.comes, k.never_come), 1.0)
    p.place = select(p.care > 0.5, rules.rota_place(d.place), 1.0)
    p.before = p.care * rules.bernoulli(d.before, k.baseline)
    p.never = p.care * rules.bernoulli(d.never, k.never_use)


def open_post(p, d, k, quarter):
    """Fill a post at the start, or leave it vacant."""
    empty = rules.usual_vacancy(k.turnover * p.leaving_rate, p.hiring_rate)
    filled = 1.0 - rules.bernoulli(d.hire, empty)
    level = rules.absence_level(
        k.sickness_absence, quarter, k.season_swing,
        k.usual_strain, k.usual_strain, k.strain_on_absence,
    )  # fmt: skip
    p.in_post = filled
    p.absent = filled * rules.bernoulli(d.start, level)
    p.present = filled * (1.0 - p.absent)
    p.settled = filled
    arrive(p, d, k)
    did = filled * p.before
    p.competence = did * k.baseline_skill
    p.habit = did
    p.attention = did
    p.used = did
    p.recent_use = did
    p.routine = did
    p.strain = filled * k.usual_strain
    p.engagement = filled * k.usual_engagement
    p.involvement = filled * k.usual_engagement
    p.dedication = filled * 0.5 * d.disposition
    impression = rules.first_impression(k.relevance_from_fit, k.fit)
    p.relevance = filled * impression


def make_staff_post(p, d, unit, k):
    """Define a staff post: its group, its size, how soon people leave it."""
    p.care = 1.0
    group = rules.staff_group(d.group, k.nurse_share, k.unschooled_share)
    p.group = group
    p.gap = rules.group_gap(group, k.care_worker_gap, k.unschooled_gap)
    p.variety = k.staff_variety
    p.post = rules.post_size(d.post, k.mean_post, k.full_time_share)
    p.hours = p.post * k.full_post_hours
    rate = select(group > 1.5, k.unschooled_leaving, k.schooled_leaving)
    p.leaving_rate = rate * unit.unrest
    p.hiring_rate = k.hiring


def make_leader_post(p, unit, k):
    """Define a leadership post."""
    p.post = 1.0
    p.leaving_rate = k.leader_leaving * unit.unrest
    p.hiring_rate = k.leader_hiring


# --- 1. People -----------------------------------------------------------------------------------


def look_for_successor(p, d):
    """Decide whether somebody is hired into a vacant post this week."""
    p.hired = (1.0 - p.in_post) * rules.bernoulli(d.hire, p.hiring_rate)


def come_or_go(p, d, k, called):
    """Leave the post, or be hired into it."""
    ratio = rules.leaving_ratio(
        p.strain, p.engagement, k.usual_strain, k.usual_engagement,
        k.strain_on_leaving, k.engagement_on_leaving,
    )  # fmt: skip
    chance = rules.leaving_probability(k.turnover, p.leaving_rate, ratio)
    chance = select(called > 0.5, 1.0, chance)
    left = p.in_post * rules.bernoulli(d.leave, chance)
    p.in_post = p.in_post - left + p.hired
    p.left = left


def leave_post(p):
    """Take along what was learnt, where somebody left this week; notes stay behind."""
    stays = 1.0 - p.left
    p.predecessor = select(p.left > 0.5, p.competence, p.predecessor)
    p.absent *= stays
    p.settled *= stays
    p.competence *= stays
    p.habit *= stays
    p.ownership *= stays
    p.attention *= stays
    p.used *= stays
    p.recent_use *= stays
    p.routine *= stays
    p.took_part *= stays
    p.trained *= stays
    p.extra_hours *= stays
    p.strain *= stays
    p.engagement *= stays
    p.involvement *= stays
    p.dedication *= stays
    p.relevance *= stays


def take_up_post(p, d, unit, k):
    """Begin without habit or ownership here, where somebody was hired this week.

    What a newcomer knows of the practice comes from the unit's induction; what a new leader knows, from
    the predecessor's notes; and some did it before.
    """
    fresh = p.hired > 0.5
    p.ease = select(fresh, d.ease, p.ease)
    p.disposition = select(fresh, d.disposition, p.disposition)
    p.pace = select(fresh, rules.habit_pace(d.pace, k.pace_spread), p.pace)
    comes = select(p.care > 0.5, rules.comes_at_all(d.comes, k.never_come), 1.0)
    p.comes = select(fresh, comes, p.comes)
    place = select(p.care > 0.5, rules.rota_place(d.place), 1.0)
    p.place = select(fresh, place, p.place)
    p.before = select(fresh, p.care * rules.bernoulli(d.before, k.baseline), p.before)
    p.never = select(fresh, p.care * rules.bernoulli(d.never, k.never_use), p.never)
    shown = select(p.care > 0.5, unit.induction, k.leader_handover * p.predecessor)
    known = select(p.before > 0.5, rules.gain(shown, k.baseline_skill), shown)
    p.competence = select(fresh, known, p.competence)
    p.attention = select(fresh, rules.gain(shown, p.before), p.attention)
    p.habit = select(fresh, p.before, p.habit)
    p.recent_use = select(fresh, p.before, p.recent_use)
    p.strain = select(fresh, k.usual_strain, p.strain)
    p.engagement = select(fresh, k.usual_engagement, p.engagement)
    p.involvement = select(fresh, k.usual_engagement, p.involvement)
    p.dedication = select(fresh, 0.5 * d.disposition, p.dedication)
    impression = rules.first_impression(k.relevance_from_fit, k.fit)
    p.relevance = select(fresh, impression, p.relevance)
    p.learner = rules.learner(p.variety, p.gap, k.ease_gap, p.ease)


def fall_ill(p, d, k, quarter):
    """Fall ill or come back; settle in."""
    level = rules.absence_level(
        k.sickness_absence, quarter, k.season_swing,
        p.strain, k.usual_strain, k.strain_on_absence,
    )  # fmt: skip
    chance = rules.absence_probability(p.absent, level, k.absence_weeks)
    p.absent = p.in_post * rules.bernoulli(d.absence, chance)
    p.present = p.in_post * (1.0 - p.absent)
    p.settled = p.in_post * rules.relax(p.settled, 1.0, k.settling_step)
