"""What a week does to teams, units and the site, and how it is recorded; written once for both engines.

Steps like those of `qisim.model.week_person`, with the same rules for writing them. Sums run in the order of
the posts, one after another, because the sum of floating-point numbers depends on the order.
"""

from qisim.model import rules
from qisim.model.arithmetic import select, share
from qisim.model.site import CHAMPION, FACILITATOR, NOBODY, UNIT_LEADER

# --- the facilitator -----------------------------------------------------------------------------


def facilitate(site, k, today):
    """Be there this week or not: hours go to the activities to be led first, what is left to visits.

    The facilitator hands over for good, where that is planned, once use has held while she was there and
    every unit has a champion who has begun.
    """
    site.above = site.there * rules.weeks_above(site.above, site.users, k.handover_use)
    asked = 1.0 if k.handover_use > 0.0 else 0.0
    begun = 1.0 if today.phase > 0.5 else 0.0
    someone = 1.0 if site.with_champion >= 1.0 else 0.0
    ready = asked * begun * someone * today.facilitator
    site.handed_over = rules.handed_over(site.handed_over, site.above, k.handover_weeks, ready)
    site.there = today.facilitator * (1.0 - site.handed_over)
    site.outside_weeks += site.there
    needed = rules.hours_to_lead(today.outside_hours, k.preparation, today.outside_number)
    site.lead_chance = site.there * rules.can_lead(k.facilitator_hours, needed)
    site.visit_hours = site.there * rules.hours_to_visit(k.facilitator_hours, needed)
    site.ready = k.readiness * rules.trend(k.trend, today.years)


def visit(unit, site, k, turn):
    """Visit one unit a week, in turn; what that does is felt for some weeks."""
    room = rules.slack(k.workload, unit.load, k.half_slack_load)
    received = rules.hours_received(site.visit_hours, room)
    there = turn * rules.saturation(received, k.facilitator_need)
    unit.facilitation = rules.relax(unit.facilitation, there, k.follow_up_step)
    unit.shown = there * k.results_shown
    push = rules.outside_push(k.facilitator_odds_ratio, unit.facilitation)
    unit.staff_push = push if k.supports_staff > 0.5 else 1.0
    unit.leader_push = push if k.supports_leaders > 0.5 else 1.0


# --- teams and units take stock ------------------------------------------------------------------


def open_unit(unit, d, k):
    """Start with the usual joint planning, and with the differences between units."""
    unit.plan = k.plan
    unit.asked = 1.0
    unit.burden = rules.unlike(d.burden, k.unit_spread)
    unit.leading = rules.unlike(d.leading, k.unit_spread)
    unit.openness = rules.unlike(d.openness, k.unit_spread)
    unit.unrest = rules.unlike(d.unrest, k.unit_spread)


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
    unit.lost = 0.0
    unit.staff_skill = 0.0
    unit.hours_done = 0.0
    unit.skill = 0.0
    unit.leaders_in_post = 0.0
    unit.meetings = 0.0
    unit.champion_kept = 0.0
    unit.champions = 0.0


def count_staff(unit, p):
    """Count hands, users and the untrained."""
    unit.in_post += p.in_post
    unit.used += p.used
    unit.untrained += p.in_post - p.trained
    unit.post_hours += p.hours
    unit.lost += p.extra_hours
    unit.staff_skill += p.competence
    share_of_work = rules.working_share(p.settled)
    unit.working += p.present * p.hours * share_of_work
    unit.missing += (1.0 - p.present) * p.hours


def count_leader(unit, p, is_champion):
    """Add up what a leader did."""
    unit.hours_done += p.hours_done
    unit.skill += p.competence
    unit.leaders_in_post += p.in_post
    unit.meetings += p.in_post * p.meetings
    kept = p.present * p.can_lead
    if is_champion:
        unit.champion_kept += kept
        unit.champions += p.in_post
    else:
        unit.leader_kept = kept
        unit.new_leader = p.hired


def take_stock(unit, k, demand, leaders):
    """Weigh demand against hours; update joint planning."""
    unit.users = share(unit.used, unit.in_post)
    unit.able = share(unit.staff_skill, unit.in_post)
    away = rules.hours_away(unit.working, unit.lost, k.hours_felt)
    unit.load = rules.unit_load(
        k.pressure * unit.burden, demand, k.planned_presence, unit.post_hours, unit.working - away,
        unit.missing, k.cover,
    )  # fmt: skip
    unit.crisis = rules.weeks_of_crisis(unit.crisis, unit.load, k.heavy_load)
    unit.lately = rules.relax(unit.lately, unit.users, k.lately_step)
    unit.plan = rules.planned(unit.plan, k.plan, k.plan_loss, unit.meetings / leaders, k.plan_gain)
    unit.lead_skill = share(unit.skill, unit.leaders_in_post)
    unit.champion_kept = share(unit.champion_kept, leaders - 1.0)


def share_out(unit, k, posts):
    """Share leaders' hours out over following up, keeping arenas and adapting the practice."""
    hours = unit.hours_done
    change = rules.left_to_adapt(k.adaptable, unit.adaptation)
    for_people = rules.hours_share(hours, 1.0, k.sharing + change)
    for_arenas = rules.hours_share(hours, k.sharing, 1.0 + change)
    for_change = rules.hours_share(hours, change, 1.0 + k.sharing)
    with_people = rules.hours_with_staff(for_people, for_arenas + for_change, k.overlap)
    level = rules.work_level(with_people, posts, k.follow_up_need)
    unit.follow_up = rules.relax(unit.follow_up, level, k.follow_up_step)
    level = rules.work_level(for_arenas, posts, k.follow_up_need)
    unit.upkeep = rules.relax(unit.upkeep, level, k.follow_up_step)
    on_change = rules.hours_on_change(for_change, for_arenas, k.overlap, change)
    level = rules.work_level(on_change, posts, k.follow_up_need)
    unit.adaptation = rules.adapted(unit.adaptation, k.adaptation_rate, level)


def look_ahead(unit, k):
    """Work out what everyone in the unit will meet next week."""
    fit = rules.present_fit(k.fit, unit.adaptation)
    unit.fit = fit
    unit.arena = rules.shared_arena(rules.within(k.arenas * unit.openness), unit.upkeep)
    unit.arena_odds = rules.two_sided(k.knowledge_sharing, k.sharing_weight, 2.0 * unit.arena - 1.0)
    unit.meeting_odds = rules.meeting_odds(k.coordination, k.coordination_weight, unit.plan)
    face = rules.tool_face(k.usability, fit)
    unit.tool_odds = rules.two_sided(
        k.technology_and_tools, k.tool_weight, face
    ) * rules.misfit_odds(k.standardisation_misfit, k.misfit_weight, fit)
    unit.writing = rules.writing_hours(k.documentation, k.documentation_hours)
    unit.workarounds = rules.workaround_hours(k.standardisation_misfit, k.workaround_hours, fit)
    unit.saved = rules.saved_hours(k.technology_and_tools, k.time_saved, k.usability, fit)


def see_who_leads(unit, d, site, k):
    """See who is there to lead activities this week, and what support there is."""
    goes_on = 1.0 - unit.stopped
    unit.held[NOBODY] = 1.0
    by_champion = rules.bernoulli(d.champion, unit.champion_kept * goes_on)
    from_outside = rules.bernoulli(d.facilitator, site.lead_chance)
    unit.held[FACILITATOR] = select(site.handed_over > 0.5, by_champion, from_outside)
    unit.held[CHAMPION] = by_champion
    unit.held[UNIT_LEADER] = rules.bernoulli(d.leader, unit.leader_kept * goes_on)
    unit.owned_outside = select(site.handed_over > 0.5, 1.0, k.outside_ownership)
    unit.staff_support = unit.staff_push * rules.attitude(1.0, k.support_weight, unit.backing)


def count_held(unit, site, activity):
    """Count an activity that takes place in the unit this week."""
    site.held += unit.held[activity.led_by]


# --- what becomes of the practice ----------------------------------------------------------------


def meet_fate(unit, d, k, running):
    """Drop the practice, let it fade, or take it up again; then say what is still asked for."""
    held = rules.within(k.systematic_approach * k.structure) * running
    crisis = 1.0 if unit.crisis >= k.crisis_weeks else 0.0
    drop = rules.drop_probability(
        unit.new_leader, k.new_aims, crisis, k.crisis_drop, unit.embedding, held
    )
    unit.begun = 1.0 if unit.lately >= k.begun_at else unit.begun
    goes_on = unit.begun * (1.0 - unit.stopped)
    faded = rules.fading_level(k.faded_at, unit.embedding, held)
    fades = 1.0 if unit.lately < faded else 0.0
    stops = goes_on * rules.either(rules.bernoulli(d.fate, drop), fades)
    back = rules.return_probability(k.restart, unit.able, held, k.revive)
    returns = unit.stopped * rules.bernoulli(d.fate, back)
    unit.stopped = unit.stopped + stops - returns
    unit.restarted = rules.either(unit.restarted, returns)
    unit.lately = k.begun_at if returns > 0.5 else unit.lately
    unit.crisis = 0.0 if returns + stops > 0.5 else unit.crisis
    unit.asked = 1.0 - unit.stopped * (1.0 - k.dropped_use)


def settle(unit, k):
    """Write the practice into induction, forms and rota, or cross it out; say what that gives."""
    unit.embedding = rules.embedded(
        unit.embedding, unit.users, unit.backing, k.embed_from, k.embed_step, k.unembed_loss
    )
    unit.standing = unit.embedding * (1.0 - unit.stopped)
    unit.backing = rules.gain(unit.follow_up, unit.standing)
    unit.induction = unit.standing * k.induction


# --- the record ----------------------------------------------------------------------------------


def clear_record(now, site):
    """Clear the counts of the week's record."""
    now.adoption = 0.0
    now.use = 0.0
    now.reach = 0.0
    now.competence = 0.0
    now.ownership = 0.0
    now.dedication = 0.0
    now.engagement = 0.0
    now.involvement = 0.0
    now.relevance = 0.0
    now.strain = 0.0
    now.absence = 0.0
    now.workload = 0.0
    now.trained = 0.0
    now.embedding = 0.0
    now.going_on = 0.0
    now.stopped = 0.0
    now.restarted = 0.0
    site.in_post = 0.0
    site.hours = 0.0
    site.writing = 0.0
    site.leader_hours = 0.0
    site.leader_writing = 0.0
    site.leaders_in_post = 0.0
    site.leaders_used = 0.0
    site.leaders_able = 0.0
    site.leaders_routine = 0.0
    site.with_champion = 0.0


def record_person(now, site, p):
    """Add a member of staff to the record."""
    site.in_post += p.in_post
    now.adoption += p.routine
    now.use += p.used
    now.reach += p.took_part
    now.trained += p.trained
    now.competence += p.competence
    now.ownership += p.ownership
    now.dedication += p.dedication
    now.engagement += p.engagement
    now.involvement += p.involvement
    now.relevance += p.relevance
    now.strain += p.strain
    now.absence += p.absent
    site.hours += p.programme_hours
    site.writing += p.writing
    site.leavers += p.left


def record_leader(site, p):
    """Add a leader to the record."""
    site.leaders_in_post += p.in_post
    site.leaders_used += p.used
    site.leaders_able += p.competence
    site.leaders_routine += p.routine
    site.leader_hours += p.programme_hours
    site.leader_writing += p.writing
    site.leader_leavers += p.left


def record_unit(now, site, unit):
    """Add a unit's load, and the fate of the practice there, to the record."""
    now.workload += unit.load
    now.embedding += unit.embedding
    now.going_on += unit.begun * (1.0 - unit.stopped)
    now.stopped += unit.stopped
    now.restarted += unit.restarted
    site.with_champion += 1.0 if unit.champions > 0.5 else 0.0


def close_record(now, site, units, posts):
    """Turn the record's counts into shares of those in post."""
    in_post = site.in_post
    site.adopters = now.adoption
    now.adoption = share(now.adoption, in_post)
    now.use = share(now.use, in_post)
    site.users = now.use
    site.with_champion = site.with_champion / units
    now.reach = share(now.reach, in_post)
    now.competence = share(now.competence, in_post)
    now.ownership = share(now.ownership, in_post)
    now.dedication = share(now.dedication, in_post)
    now.engagement = share(now.engagement, in_post)
    now.involvement = share(now.involvement, in_post)
    now.relevance = share(now.relevance, in_post)
    now.strain = share(now.strain, in_post)
    now.absence = share(now.absence, in_post)
    now.trained = share(now.trained, in_post)
    now.workload = now.workload / units
    now.embedding = now.embedding / units
    now.going_on = now.going_on / units
    now.stopped = now.stopped / units
    now.restarted = now.restarted / units
    now.held = site.held / units
    now.vacancy = 1.0 - in_post / posts


def close_totals(now, site):
    """Record what leaders do, and the totals since the start."""
    site.leader_users = share(site.leaders_used, site.leaders_in_post)
    site.leader_skill = share(site.leaders_able, site.leaders_in_post)
    now.leader_use = site.leader_users
    now.leader_adoption = share(site.leaders_routine, site.leaders_in_post)
    site.programme_hours += site.hours + site.leader_hours
    site.documentation_hours += site.writing + site.leader_writing
    now.programme_hours = site.programme_hours
    now.documentation_hours = site.documentation_hours
    now.leavers = site.leavers
    now.leader_leavers = site.leader_leavers
    now.outside_weeks = site.outside_weeks
