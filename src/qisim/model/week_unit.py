"""What a week makes of teams, units and the site, and how it is written down; told once for every engine.

Steps like those of `qisim.model.week_person`, with the same rules for writing them. Sums run in the order of
the posts, one after another, because the sum of floating-point numbers depends on the order.
"""

from qisim.model import rules
from qisim.model.arithmetic import share
from qisim.model.site import CHAMPION, FACILITATOR, NOBODY, UNIT_LEADER

# --- the facilitator -----------------------------------------------------------------------------


def facilitate(site, k, here, units):
    """Be there this week or not, and share the hours over the units."""
    hours = here * k.facilitator_hours / units
    site.facilitation = rules.saturation(hours, k.facilitator_need)
    push = rules.outside_push(k.facilitator_odds_ratio, hours, k.facilitator_need)
    site.staff_push = push if k.supports_staff > 0.5 else 1.0
    site.leader_push = push if k.supports_leaders > 0.5 else 1.0


# --- teams and units take stock ------------------------------------------------------------------


def open_unit(unit, k):
    """Begin with the joint planning that is usual here."""
    unit.plan = k.plan


def clear_team(team):
    """Begin to count a team."""
    team.in_post = 0.0
    team.used = 0.0
    team.skill = 0.0
    team.square = 0.0


def count_in_team(team, p):
    """Count a member: user, and able to teach or not."""
    team.in_post += p.in_post
    team.used += p.used
    team.skill += p.competence
    team.square += p.competence * p.competence


def close_team(team):
    """Turn a team's counts into shares."""
    team.users = share(team.used, team.in_post)
    team.teachers = share(team.skill, team.in_post)
    team.able = share(team.square, team.skill)


def clear_unit(unit):
    """Begin to count a unit."""
    unit.in_post = 0.0
    unit.used = 0.0
    unit.untrained = 0.0
    unit.post_hours = 0.0
    unit.working = 0.0
    unit.missing = 0.0
    unit.hours_done = 0.0
    unit.skill = 0.0
    unit.leaders_in_post = 0.0
    unit.meetings = 0.0
    unit.champion_kept = 0.0


def count_staff(unit, p):
    """Count hands, users and the untrained."""
    unit.in_post += p.in_post
    unit.used += p.used
    unit.untrained += p.in_post - p.took_part
    unit.post_hours += p.hours
    share_of_work = rules.working_share(p.settled)
    unit.working += p.present * p.hours * share_of_work
    unit.missing += (1.0 - p.present) * p.hours


def count_leader(unit, p, is_champion):
    """Add up what a leader did."""
    unit.hours_done += p.hours_done
    unit.skill += p.competence
    unit.leaders_in_post += p.in_post
    unit.meetings += p.in_post * p.meetings
    kept = p.present * p.kept
    if is_champion:
        unit.champion_kept += kept
    else:
        unit.leader_kept = kept


def take_stock(unit, k, demand, leaders):
    """Weigh demand against hours; let joint planning move."""
    unit.users = share(unit.used, unit.in_post)
    unit.load = rules.unit_load(
        k.pressure, demand, k.planned_presence, unit.post_hours, unit.working,
        unit.missing, k.cover,
    )  # fmt: skip
    unit.plan = rules.planned(unit.plan, k.plan, k.plan_loss, unit.meetings / leaders, k.plan_gain)
    unit.lead_skill = share(unit.skill, unit.leaders_in_post)
    unit.champion_kept = share(unit.champion_kept, leaders - 1.0)


def share_out(unit, k, posts):
    """Share leaders' hours out over following up, keeping arenas and adapting the practice."""
    hours, sharing = unit.hours_done, k.sharing
    change = rules.left_to_adapt(k.adaptable, unit.adaptation)
    for_people = rules.hours_share(hours, 1.0, sharing + change)
    for_arenas = rules.hours_share(hours, sharing, 1.0 + change)
    for_change = rules.hours_share(hours, change, 1.0 + sharing)
    level = rules.work_level(for_people, posts, k.follow_up_need)
    unit.follow_up = rules.relax(unit.follow_up, level, k.follow_up_step)
    level = rules.work_level(for_arenas, posts, k.follow_up_need)
    unit.upkeep = rules.relax(unit.upkeep, level, k.follow_up_step)
    level = rules.work_level(for_change, posts, k.follow_up_need)
    unit.adaptation = rules.adapted(unit.adaptation, k.adaptation_rate, level)


def look_ahead(unit, k):
    """Work out what everyone in the unit will meet next week."""
    fit = rules.present_fit(k.fit, unit.adaptation)
    unit.fit = fit
    unit.arena = rules.shared_arena(k.arenas, unit.upkeep)
    unit.meeting_odds = rules.meeting_odds(k.coordination, k.coordination_weight, unit.plan)
    face = rules.tool_face(k.usability, fit)
    unit.tool_odds = rules.two_sided(
        k.technology_and_tools, k.tool_weight, face
    ) * rules.misfit_odds(k.standardisation_misfit, k.misfit_weight, fit)
    unit.writing = rules.writing_hours(k.documentation, k.documentation_hours)
    unit.workarounds = rules.workaround_hours(k.standardisation_misfit, k.workaround_hours, fit)
    unit.saved = rules.saved_hours(k.technology_and_tools, k.time_saved, k.usability, fit)


def meet_week(unit, site, k, facilitator_here):
    """See who is there to lead this week, and what support that gives."""
    unit.held[NOBODY] = 1.0
    unit.held[FACILITATOR] = facilitator_here
    unit.held[CHAMPION] = unit.champion_kept
    unit.held[UNIT_LEADER] = unit.leader_kept
    unit.staff_support = site.staff_push * rules.attitude(1.0, k.support_weight, unit.follow_up)


# --- the record ----------------------------------------------------------------------------------


def clear_record(now, site):
    """Begin a page."""
    now.adoption = 0.0
    now.use = 0.0
    now.reach = 0.0
    now.competence = 0.0
    now.ownership = 0.0
    now.dedication = 0.0
    now.engagement = 0.0
    now.relevance = 0.0
    now.strain = 0.0
    now.absence = 0.0
    now.workload = 0.0
    site.in_post = 0.0
    site.hours = 0.0
    site.writing = 0.0
    site.leader_hours = 0.0
    site.leader_writing = 0.0
    site.leaders_in_post = 0.0
    site.leaders_used = 0.0
    site.leaders_routine = 0.0


def record_person(now, site, p):
    """Add a member of staff to the page."""
    site.in_post += p.in_post
    now.adoption += p.routine
    now.use += p.used
    now.reach += p.took_part
    now.competence += p.competence
    now.ownership += p.ownership
    now.dedication += p.dedication
    now.engagement += p.engagement
    now.relevance += p.relevance
    now.strain += p.strain
    now.absence += p.absent
    site.hours += p.programme_hours
    site.writing += p.writing
    site.leavers += p.left


def record_leader(site, p):
    """Add a leader to the page."""
    site.leaders_in_post += p.in_post
    site.leaders_used += p.used
    site.leaders_routine += p.routine
    site.leader_hours += p.programme_hours
    site.leader_writing += p.writing
    site.leader_leavers += p.left


def record_unit(now, unit):
    """Add a unit's load to the page."""
    now.workload += unit.load


def close_record(now, site, units, posts):
    """Turn the page's counts into shares of those in post."""
    in_post = site.in_post
    site.adopters = now.adoption
    now.adoption = share(now.adoption, in_post)
    now.use = share(now.use, in_post)
    now.reach = share(now.reach, in_post)
    now.competence = share(now.competence, in_post)
    now.ownership = share(now.ownership, in_post)
    now.dedication = share(now.dedication, in_post)
    now.engagement = share(now.engagement, in_post)
    now.relevance = share(now.relevance, in_post)
    now.strain = share(now.strain, in_post)
    now.absence = share(now.absence, in_post)
    now.workload = now.workload / units
    now.vacancy = 1.0 - in_post / posts


def close_totals(now, site):
    """Write down what leaders do, and what has added up since the start."""
    site.leader_users = share(site.leaders_used, site.leaders_in_post)
    now.leader_use = site.leader_users
    now.leader_adoption = share(site.leaders_routine, site.leaders_in_post)
    site.programme_hours += site.hours + site.leader_hours
    site.documentation_hours += site.writing + site.leader_writing
    now.programme_hours = site.programme_hours
    now.documentation_hours = site.documentation_hours
    now.leavers = site.leavers
    now.leader_leavers = site.leader_leavers
