"""What a person does in a week, written once for both engines.

Each function is a *step*: plain Python on records, whose fields it reads and writes by name. The
Mesa engine passes it an agent; `qisim.engines.lanes` lifts the same source to many runs at once. So
a step never branches on a record (`select` takes one of two numbers, both of which are computed),
keeps a fixed order of operations, and uses only the rules, addition, subtraction, multiplication
and division. A vacant post is computed like any other and multiplied by zero.

Records, with their fields in `qisim.model.records`: ``p`` the person or the vacant post, ``d`` the draws of
this post in this week, ``unit`` and ``team`` as they looked at the end of last week, ``site`` the whole
site, ``k`` the coefficients. The order of the steps stands in `qisim.model.week`; how people come
to their posts and leave them, in `qisim.model.week_post`.
"""

from qisim.model import rules
from qisim.model.arithmetic import select
from qisim.model.calendar import ACTIVITY_KINDS
from qisim.model.site import FACILITATOR

SIMULATION = ACTIVITY_KINDS.index("simulation")


# --- 2. Load -------------------------------------------------------------------------------------


def feel_load(p, unit, team, k):
    """Feel the unit's load and the programme's; slack is what is left, strain what it does."""
    load = rules.own_load(unit.load, p.extra_hours, p.hours, k.own_part)
    room = rules.slack(k.workload, load, k.half_slack_load)
    goal = rules.strain_goal(room, unit.follow_up, k.support_relief)
    p.strain = rules.relax(p.strain, goal * p.present, k.strain_step)
    p.room = room
    p.support = unit.follow_up
    p.reminded = unit.backing
    p.seen = rules.seen_share(k.contact, team.users)


def leader_feel_load(p, unit, k, span, programme_on):
    """Feel the unit's load and span; plan what can be kept of the hours for improvement."""
    load = rules.leader_load(unit.load, span, k.usual_span, k.span_on_load)
    room = rules.slack(k.workload, load, k.half_slack_load)
    planned = select(programme_on > p.routine, programme_on, p.routine)
    kept = rules.kept_share(k.systematic_approach, k.structure * planned, room)
    writing = rules.writing_hours(k.documentation, k.leader_documentation_hours)
    work_hours = rules.improvement_hours(p.improvement_hours, programme_on * writing, kept)
    burden = rules.role_burden(k.leader_tasks * programme_on, work_hours)
    support = unit.facilitation * k.supports_leaders
    by_load = rules.strain_goal(room, support, k.support_relief)
    goal = rules.leader_strain(by_load, k.coping_with_responsibilities, k.coping_strain, burden)
    leading = rules.hours_leading(work_hours, p.to_lead)
    p.can_lead = rules.can_lead(work_hours, p.to_lead)
    work_hours -= leading
    p.leading = p.present * leading
    p.writing = p.present * programme_on * writing
    p.strain = rules.relax(p.strain, goal * p.present, k.strain_step)
    p.kept = kept
    p.room = kept
    p.work_hours = work_hours
    p.burden = burden
    p.support = support
    p.reminded = rules.gain(support, unit.standing)
    p.seen = rules.seen_share(k.contact, unit.users)


def plan_champion(p, unit, site, k, today):
    """Give a champion the hours of this phase of the programme; none where the unit has dropped it.

    After a hand-over, champions lead what the facilitator would have led.
    """
    own = rules.hours_to_lead(today.champion_hours, k.preparation, today.champion_number)
    taken = rules.hours_to_lead(today.handed_hours, k.preparation, today.handed_number)
    p.to_lead = (own + site.handed_over * taken) * today.running
    hours = k.champion_hours * k.hours_granted * unit.leading / k.champion_units
    begun = rules.hours_given(hours, today.phase, k.champion_hours_after)
    p.improvement_hours = select(today.phase < 0.5, 0.0, begun) * (1.0 - unit.stopped)


def plan_unit_leader(p, unit, k, today):
    """Give a unit leader the hours for improvement work; none where the unit has dropped it."""
    needed = rules.hours_to_lead(today.leader_hours, k.preparation, today.leader_number)
    p.to_lead = needed * today.running
    granted = k.leader_hours * k.hours_granted * unit.leading
    hours = rules.hours_given(granted, today.phase, k.leader_hours_after)
    p.improvement_hours = hours * (1.0 - unit.stopped)


# --- 3. Activities -------------------------------------------------------------------------------


def start_week(p, unit, k):
    """Forget last week's attendance; be shown the unit's own results where the facilitator visits."""
    p.effort = 0.0
    p.part = 0.0
    p.insight = p.care * p.present * k.relevance_from_feedback * unit.shown
    p.meetings = 0.0
    p.attended_hours = 0.0
    p.own_time = 0.0


def take_part(p, d, unit, k, activity, places):
    """Come to an activity if invited, reached, free and willing."""
    protected = select(activity.protected < 0.0, k.protected_time, activity.protected)
    odds = k.readiness * rules.willing_odds(k.engagement, k.engagement_weight, p.involvement)
    reach = rules.rota_reach(p.post, k.rota_barrier, k.rota_fixed, p.place)
    odds = select(activity.any_time < 0.5, odds * unit.meeting_odds, odds)
    rota = select(activity.any_time < 0.5, reach, 1.0)
    crowd = select(activity.untrained_only > 0.5, unit.untrained, unit.in_post)
    offered = unit.held[activity.led_by] * rules.place_probability(places, crowd)
    alone = offered * k.self_paced_completion
    offered = select(activity.self_paced > 0.5, alone, offered)
    free = rules.free_to_come(p.room, protected)
    chance = rules.coming_probability(free, rota, odds, offered * p.comes, p.present)
    known = activity.untrained_only * p.trained > 0.5
    comes = rules.bernoulli(d.attend, select(known, 0.0, chance))
    effort = activity.hours * k.teaches[activity.kind]
    bonus = rules.simulation_bonus(k.simulation_training, k.simulation_extra)
    effort = select(activity.kind == SIMULATION, effort * bonus, effort)
    again = rules.repeated_teaching(k.continuous_learning, effort)
    effort = select(activity.continuous > 0.5, again, effort)
    owned = select(activity.led_by == FACILITATOR, unit.owned_outside, 1.0)
    p.effort += comes * effort
    p.part += comes * owned
    p.insight += comes * rules.insight(
        activity.feedback, k.relevance_from_feedback,
        activity.hands_on, k.relevance_from_practice,
    )  # fmt: skip
    p.meetings += comes * activity.meeting
    p.attended_hours += comes * activity.hours
    p.own_time += comes * (activity.hours * (1.0 - protected))
    p.took_part = select(comes > 0.5, 1.0, p.took_part)
    p.trained = select(comes > 0.5, 1.0, p.trained)


def join_session(p, d, unit, k):
    """Join a short session in which the unit's leaders take up the practice."""
    odds = (
        unit.arena_odds
        * k.readiness
        * rules.willing_odds(k.engagement, k.engagement_weight, p.involvement)
    )
    offered = k.session_reach * unit.follow_up
    chance = rules.coming_probability(p.room, 1.0, odds, offered, p.present)
    comes = rules.bernoulli(d.session, chance)
    effort = k.session_hours * k.session_teaches * unit.lead_skill
    p.effort += comes * effort
    p.part += comes
    p.attended_hours += comes * k.session_hours
    p.own_time += comes * k.session_hours
    p.took_part = select(comes > 0.5, 1.0, p.took_part)


def learn(p):
    """Learn from what was attended."""
    p.competence = rules.learned(p.competence, p.effort, p.learner)


# --- 5. Colleagues -------------------------------------------------------------------------------


def learn_from_colleagues(p, unit, team, k):
    """Be taught by able team mates."""
    taught = rules.teaching(
        k.knowledge_sharing, k.sharing_weight, k.contact, k.teaching_rate,
        unit.arena, team.teachers, team.able, p.competence,
    )  # fmt: skip
    along = rules.try_along(k.contact, k.try_along, team.users, k.norm_threshold)
    taught = rules.within(taught * along)
    p.competence = rules.gain(p.competence, taught * p.present * p.learner)
    guided = k.contact * k.guide_rate * unit.follow_up * p.present * p.learner
    p.competence = rules.learned_from(p.competence, unit.lead_skill, guided)


# --- 6. Attitudes --------------------------------------------------------------------------------


def form_attitudes(p, unit, k):
    """Let relevance, ownership, attention, dedication and engagement follow what happens."""
    step = k.attitude_step
    goal = rules.relevance_goal(
        k.relevance_from_fit, unit.fit, k.relevance_from_effect, p.seen, p.used
    )
    relevance = rules.relax(p.relevance, goal, step)
    p.relevance = p.in_post * rules.gain(relevance, rules.within(p.insight))
    p.ownership = p.in_post * rules.owned(
        p.ownership, k.ownership_loss, k.ownership_from_part, p.part,
        k.ownership_from_adapting, unit.adaptation,
    )  # fmt: skip
    p.attention = p.in_post * rules.kept_in_mind(
        p.attention, k.attention_loss, k.attention_from_part, p.part,
        k.attention_from_support, p.reminded, k.attention_from_example, p.seen,
    )  # fmt: skip
    goal = rules.dedication_goal(
        p.disposition, k.dedication_from_support, p.support,
        k.dedication_from_results, p.seen, k.strain_wears, p.strain,
    )  # fmt: skip
    dedication = rules.relax(p.dedication, goal, step)
    p.dedication = p.in_post * rules.drawn_in(dedication, k.dedication_from_part, p.part)
    goal = rules.involvement_goal(
        k.engagement_base, k.engagement_from_skill, p.used * p.competence,
        k.engagement_from_support, p.support, k.strain_wears, p.strain,
    )  # fmt: skip
    p.involvement = p.in_post * rules.relax(p.involvement, goal, step)
    p.engagement = p.in_post * rules.work_engagement(
        k.usual_engagement, p.involvement, k.engagement_spill
    )


# --- 7. Use --------------------------------------------------------------------------------------


def attitudes(p, k):
    """Return what ownership, engagement and relevance together do to the odds of use."""
    return (
        rules.attitude(k.ownership, k.ownership_weight, p.ownership)
        * rules.attitude(k.engagement, k.engagement_weight, p.involvement)
        * rules.attitude(k.perceived_relevance, k.relevance_weight, p.relevance)
    )


def decide(p, d, unit, k, opportunity, odds):
    """Use the practice this week or not; build habit, or lose it."""
    able = rules.capability(p.competence, k.half_competence)
    intent = rules.intent(able, opportunity, odds, p.attention)
    practice = rules.use_probability(intent, k.habit_carries, p.habit)
    chance = rules.chance_of_use(practice, unit.asked, p.before, k.baseline_use, p.never)
    used = rules.bernoulli(d.use, p.present * chance)
    habit = rules.habit_next(p.habit, used, p.recent_use, k.habit_step * p.pace, k.habit_loss)
    recent = rules.recently_used(p.recent_use, used, p.present * k.recent_step)
    p.routine = rules.routine_next(
        p.routine, habit, recent, k.routine_at, k.routine_share, k.routine_kept_share
    )
    p.recent_use = recent
    p.used = used
    p.habit = habit


def use_practice(p, d, unit, site, k):
    """Decide on use; know what it costs in hours."""
    opportunity = rules.opportunity(p.room, k.dedication, k.dedicated_hold, p.dedication)
    example = rules.pull_of_example(1.0, k.norm_weight, p.seen, k.norm_threshold)
    odds = rules.motivation_odds(
        k.base_odds * site.ready, attitudes(p, k), example, unit.staff_support, unit.tool_odds
    )
    decide(p, d, unit, k, opportunity, odds)
    p.writing = p.used * unit.writing
    p.programme_hours = p.attended_hours
    p.extra_hours = rules.programme_load(
        p.used, unit.writing, unit.workarounds, unit.saved, p.own_time
    )


def leader_use_practice(p, d, unit, site, k):
    """Work with the programme, or not; hours go into following the unit up."""
    cope = rules.coping(k.coping_with_responsibilities, k.coping_weight, p.burden, p.competence)
    time = rules.opportunity(p.kept, k.dedication, k.dedicated_hold, p.dedication)
    example = rules.pull_of_example(k.contact, k.norm_weight, site.leader_users, k.norm_threshold)
    odds = rules.motivation_odds(
        k.leader_base_odds * site.ready, attitudes(p, k), example, unit.leader_push,
        unit.tool_odds,
    )  # fmt: skip
    decide(p, d, unit, k, time * cope, odds)
    p.hours_done = p.used * rules.hours_left(p.work_hours, p.own_time)
    p.programme_hours = p.attended_hours + p.hours_done + p.leading


# --- 8. Forgetting -------------------------------------------------------------------------------


def forget(p, k):
    """Learn by doing; forget without."""
    practised = rules.gain(p.competence, k.learning_by_doing * p.used)
    p.competence = rules.remembered(practised, k.skill_loss, p.used, k.practice_protects)


def leader_keep_skill(p, unit, site, k):
    """Learn from following up, from an able unit, other leaders and the facilitator; forget."""
    practised = rules.gain(p.competence, k.leader_practice * p.used)
    beside = k.contact * k.leader_from_unit * p.present
    shown = rules.learned_from(practised, unit.able, beside)
    together = k.contact * k.leader_from_peers * p.present
    shared = rules.learned_from(shown, site.leader_skill, together)
    coached = k.coaching_step * k.supports_leaders * unit.facilitation * p.present
    p.competence = rules.remembered(
        rules.gain(shared, coached), k.skill_loss, p.used, k.practice_protects
    )
