"""The model compiled: the week of `qisim.engines.mesa_model`, for many runs at once.

Sixteen runs go side by side, in the *lanes* of every number: a person's strain is sixteen strains, one
for each run, and a processor's vector unit works on several of them with one instruction. The runs of
a batch share the site and the calendar (`qisim.model.site.World`) and differ in their numbers or in their
replicate. Each step below has the name of the step in the model, stands in the same order, and calls
the same functions of `qisim.model.rules`, which are compiled as they are. A vacant post goes through the
motions and is multiplied by zero, where the model skips it, because lanes cannot branch apart.

Records hold the lanes: ``p.strain[i]`` is the strain of this post in lane ``i``. One lane's sums run
in the order of the posts, as in the model, so the two engines agree to the last bit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import FunctionType
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit
from numba.extending import register_jitable

from qisim.engines import custom_rules
from qisim.engines.compile_cache import cached, ready
from qisim.model import calendar as scenario_calendar
from qisim.model import draws, outcomes, rules
from qisim.model import site as world
from qisim.model.calendar import ACTIVITY_KINDS
from qisim.model.draws import TO_UNIT
from qisim.model.outcomes import WEEKLY
from qisim.model.site import CHAMPION, FACILITATOR, NOBODY, UNIT_LEADER, World

custom_rules.put_in_place()

LANES = 16
SIMULATION = ACTIVITY_KINDS.index("simulation")


def lanes(*names: str) -> np.dtype:
    """Return a record type with these names, each holding one number per lane."""
    return np.dtype([(name, np.float64, (LANES,)) for name in names], align=True)


PERSON = lanes(
    # the post
    "group", "gap", "variety", "post", "hours", "leaving_rate", "hiring_rate", "improvement_hours",
    # the person
    "in_post", "absent", "present", "settled", "ease", "disposition", "pace", "learner",
    "competence", "habit", "ownership", "attention", "dedication", "engagement", "relevance", "strain",
    "used", "routine", "took_part", "extra_hours", "left",
    # the week
    "room", "support", "seen", "effort", "part", "insight", "meetings", "attended_hours", "own_time",
    "kept", "work_hours", "burden", "hours_done", "programme_hours", "writing",
)  # fmt: skip
TEAM = lanes("users", "teachers", "able", "in_post", "used", "skill", "square")
UNIT = np.dtype(
    [
        ("held", np.float64, (4, LANES)),
        *(
            (name, np.float64, (LANES,))
            for name in (
                "load", "in_post", "untrained", "users", "follow_up", "upkeep", "adaptation", "plan",
                "lead_skill", "leader_kept", "champion_kept", "fit", "arena", "meeting_odds",
                "tool_odds", "writing", "workarounds", "saved", "staff_support",
                "used", "post_hours", "working", "missing",
                "hours_done", "skill", "leaders_in_post", "meetings",
            )
        ),
    ],
    align=True,
)  # fmt: skip
SITE = lanes(
    "facilitation", "staff_push", "leader_push", "leader_users",
    "in_post", "leaders_in_post", "leaders_used", "leaders_routine", "load",
    "hours", "leader_hours", "writing", "leader_writing", "leavers", "leader_leavers",
    "programme_hours", "documentation_hours",
)  # fmt: skip
WEEK = lanes(*WEEKLY)
CHANCE = lanes(*draws.DECISIONS)
BLOCK = lanes("first", "second", "third", "fourth")
COEFFICIENT = np.dtype(
    [
        *((name, np.float64, (LANES,)) for name in world.COEFFICIENTS if name not in world.TEACHES),
        ("teaches", np.float64, (len(world.TEACHES), LANES)),
    ],
    align=True,
)
KEY = np.dtype([("low", np.uint64, (LANES,)), ("high", np.uint64, (LANES,))], align=True)

MACHINE = {"error_model": "numpy", "no_rewrites": True, "no_cfunc_wrapper": True, "_nrt": False}
"""No division checks (no rule divides by zero), and nothing that only Python callers would need."""
STEP = {**MACHINE, "no_cpython_wrapper": True}
RULE = {**STEP, "forceinline": True}


def compile_rules() -> None:
    """Let compiled code call the functions of `qisim.model.rules` and the generator of `qisim.model.draws`."""
    for rule in (*public_functions(rules), *custom_rules.needed()):
        register_jitable(**RULE)(rule)
    register_jitable(**RULE)(draws.philox)


def public_functions(module: Any) -> list[FunctionType]:
    """Return the public functions that a module defines."""
    return [
        thing
        for name, thing in vars(module).items()
        if isinstance(thing, FunctionType)
        and not name.startswith("_")
        and thing.__module__ == module.__name__
    ]


def compiled(function: Callable) -> Callable:
    """Compile a step."""
    return njit(**STEP)(function)


def part_of_run(function: Callable) -> Callable:
    """Compile a stretch of the run where it is called; it is called once."""
    return njit(inline="always", **STEP)(function)


compile_rules()
philox = draws.philox


@register_jitable(**RULE)
def select(yes, then, otherwise):
    """Take one of two numbers, both of which are read: a branch would part the lanes."""
    return then if yes else otherwise


# --- chance ----------------------------------------------------------------------------------------


@compiled
def draw(blocks, key, slot, place, week):
    """Draw all decisions of one post for one week."""
    u64 = np.uint64
    for number in range(draws.BLOCKS):
        block = blocks[number]
        for i in range(LANES):
            first, second, third, fourth = philox(
                u64(slot), u64(place), u64(week), u64(number), key.low[i], key.high[i]
            )
            block.first[i] = first * TO_UNIT
            block.second[i] = second * TO_UNIT
            block.third[i] = third * TO_UNIT
            block.fourth[i] = fourth * TO_UNIT


# --- the start -------------------------------------------------------------------------------------


@compiled
def open_post(p, d, k, quarter):
    """Fill a post at the start, or leave it vacant."""
    for i in range(LANES):
        empty = rules.usual_vacancy(k.turnover[i] * p.leaving_rate[i], p.hiring_rate[i])
        filled = 1.0 - rules.bernoulli(d.hire[i], empty)
        level = rules.absence_level(
            k.sickness_absence[i], quarter, k.season_swing[i],
            k.usual_strain[i], k.usual_strain[i], k.strain_on_absence[i],
        )  # fmt: skip
        p.in_post[i] = filled
        p.absent[i] = filled * rules.bernoulli(d.start[i], level)
        p.present[i] = filled * (1.0 - p.absent[i])
        p.settled[i] = filled
        p.ease[i] = d.ease[i]
        p.disposition[i] = d.disposition[i]
        p.pace[i] = rules.habit_pace(d.pace[i], k.pace_spread[i])
        p.learner[i] = rules.learner(p.variety[i], p.gap[i], k.ease_gap[i], d.ease[i])
        p.strain[i] = filled * k.usual_strain[i]
        p.engagement[i] = filled * k.usual_engagement[i]
        p.dedication[i] = filled * 0.5 * d.disposition[i]
        impression = rules.first_impression(k.relevance_from_fit[i], k.fit[i])
        p.relevance[i] = filled * impression


@compiled
def make_staff_post(p, d, k):
    """Say what a staff post is: its group, its size, how soon people leave it."""
    for i in range(LANES):
        group = rules.staff_group(d.group[i], k.nurse_share[i], k.unschooled_share[i])
        p.group[i] = group
        p.gap[i] = rules.group_gap(group, k.care_worker_gap[i], k.unschooled_gap[i])
        p.variety[i] = k.staff_variety[i]
        p.post[i] = rules.post_size(d.post[i], k.mean_post[i], k.full_time_share[i])
        p.hours[i] = p.post[i] * k.full_post_hours[i]
        p.leaving_rate[i] = select(group > 1.5, k.unschooled_leaving[i], k.schooled_leaving[i])
        p.hiring_rate[i] = k.hiring[i]


@compiled
def make_leader_post(p, k):
    """Say what a leadership post is."""
    for i in range(LANES):
        p.post[i] = 1.0
        p.leaving_rate[i] = k.leader_leaving[i]
        p.hiring_rate[i] = k.leader_hiring[i]


# --- 1. People -------------------------------------------------------------------------------------


@compiled
def come_or_go(p, d, k, quarter, called):
    """Leave, be hired, fall ill or come back."""
    for i in range(LANES):
        ratio = rules.leaving_ratio(
            p.strain[i], p.engagement[i], k.usual_strain[i], k.usual_engagement[i],
            k.strain_on_leaving[i], k.engagement_on_leaving[i],
        )  # fmt: skip
        chance = rules.leaving_probability(k.turnover[i], p.leaving_rate[i], ratio)
        chance = select(called > 0.5, 1.0, chance)
        left = p.in_post[i] * rules.bernoulli(d.leave[i], chance)
        stays = p.in_post[i] - left
        hired = (1.0 - p.in_post[i]) * rules.bernoulli(d.hire[i], p.hiring_rate[i])
        fresh = hired > 0.5
        p.left[i] = left
        p.in_post[i] = stays + hired
        p.ease[i] = select(fresh, d.ease[i], p.ease[i])
        p.disposition[i] = select(fresh, d.disposition[i], p.disposition[i])
        pace = rules.habit_pace(d.pace[i], k.pace_spread[i])
        p.pace[i] = select(fresh, pace, p.pace[i])
        p.absent[i] *= stays
        p.settled[i] *= stays
        p.competence[i] *= stays
        p.habit[i] *= stays
        p.ownership[i] *= stays
        p.attention[i] *= stays
        p.used[i] *= stays
        p.routine[i] *= stays
        p.took_part[i] *= stays
        p.extra_hours[i] *= stays
        p.strain[i] = select(fresh, k.usual_strain[i], p.strain[i] * stays)
        p.engagement[i] = select(fresh, k.usual_engagement[i], p.engagement[i] * stays)
        p.dedication[i] = select(fresh, 0.5 * d.disposition[i], p.dedication[i] * stays)
        impression = rules.first_impression(k.relevance_from_fit[i], k.fit[i])
        p.relevance[i] = select(fresh, impression, p.relevance[i] * stays)
    for i in range(LANES):
        level = rules.absence_level(
            k.sickness_absence[i], quarter, k.season_swing[i],
            p.strain[i], k.usual_strain[i], k.strain_on_absence[i],
        )  # fmt: skip
        chance = rules.absence_probability(p.absent[i], level, k.absence_weeks[i])
        p.absent[i] = p.in_post[i] * rules.bernoulli(d.absence[i], chance)
        p.present[i] = p.in_post[i] * (1.0 - p.absent[i])
        p.settled[i] = p.in_post[i] * rules.relax(p.settled[i], 1.0, k.settling_step[i])
        p.learner[i] = rules.learner(p.variety[i], p.gap[i], k.ease_gap[i], p.ease[i])


# --- 2. Load ---------------------------------------------------------------------------------------


@compiled
def feel_load(p, unit, team, k):
    """Feel the unit's load and the programme's; slack is what is left, strain what it does."""
    for i in range(LANES):
        load = rules.own_load(unit.load[i], p.extra_hours[i], p.hours[i])
        room = rules.slack(k.workload[i], load, k.half_slack_load[i])
        goal = rules.strain_goal(room, unit.follow_up[i], k.support_relief[i])
        p.strain[i] = rules.relax(p.strain[i], goal * p.present[i], k.strain_step[i])
        p.room[i] = room
        p.support[i] = unit.follow_up[i]
        seen = rules.seen_share(team.users[i], unit.users[i], k.team_closeness[i])
        p.seen[i] = k.contact[i] * seen


@compiled
def leader_feel_load(p, unit, site, k, span, programme_on):
    """Feel the unit's load and span; plan what can be kept of the hours for improvement."""
    for i in range(LANES):
        load = rules.leader_load(unit.load[i], span, k.usual_span[i], k.span_on_load[i])
        room = rules.slack(k.workload[i], load, k.half_slack_load[i])
        planned = select(programme_on > p.routine[i], programme_on, p.routine[i])
        kept = rules.kept_share(k.systematic_approach[i], k.structure[i] * planned, room)
        writing = rules.writing_hours(k.documentation[i], k.leader_documentation_hours[i])
        work_hours = rules.improvement_hours(p.improvement_hours[i], programme_on * writing, kept)
        burden = rules.role_burden(k.leader_tasks[i] * programme_on, work_hours)
        support = site.facilitation[i] * k.supports_leaders[i]
        by_load = rules.strain_goal(room, support, k.support_relief[i])
        goal = rules.leader_strain(
            by_load, k.coping_with_responsibilities[i], k.coping_strain[i], burden
        )
        p.writing[i] = p.present[i] * programme_on * writing
        p.strain[i] = rules.relax(p.strain[i], goal * p.present[i], k.strain_step[i])
        p.kept[i] = kept
        p.room[i] = kept
        p.work_hours[i] = work_hours
        p.burden[i] = burden
        p.support[i] = support
        p.seen[i] = k.contact[i] * unit.users[i]


@compiled
def plan_champion(p, k, phase):
    """Give a champion the hours of this phase of the programme."""
    for i in range(LANES):
        begun = rules.hours_given(k.champion_hours[i], phase, k.champion_hours_after[i])
        p.improvement_hours[i] = select(phase < 0.5, 0.0, begun)


@compiled
def plan_unit_leader(p, k, phase):
    """Give a unit leader the hours for improvement work."""
    for i in range(LANES):
        p.improvement_hours[i] = rules.hours_given(
            k.leader_hours[i], phase, k.leader_hours_after[i]
        )


# --- 3. Activities ---------------------------------------------------------------------------------


@compiled
def start_week(p):
    """Forget last week's attendance."""
    for i in range(LANES):
        p.effort[i] = 0.0
        p.part[i] = 0.0
        p.insight[i] = 0.0
        p.meetings[i] = 0.0
        p.attended_hours[i] = 0.0
        p.own_time[i] = 0.0


@compiled
def take_part(p, d, unit, k, activity, places):
    """Come to an activity if invited, reached, free and willing."""
    # Read first: the compiler cannot know that nothing written below is part of the activity.
    kind, led_by, untrained_only = activity.kind, activity.led_by, activity.untrained_only
    hours, covered, meeting = activity.hours, activity.protected, activity.meeting
    any_time, self_paced, continuous = activity.any_time, activity.self_paced, activity.continuous
    feedback, hands_on = activity.feedback, activity.hands_on
    held, teaches = unit.held[led_by], k.teaches[kind]
    for i in range(LANES):
        protected = select(covered < 0.0, k.protected_time[i], covered)
        odds = rules.willing_odds(k.engagement[i], k.engagement_weight[i], p.engagement[i])
        reach = rules.rota_reach(p.post[i], k.rota_barrier[i])
        odds = select(any_time < 0.5, odds * unit.meeting_odds[i], odds)
        rota = select(any_time < 0.5, reach, 1.0)
        crowd = select(untrained_only > 0.5, unit.untrained[i], unit.in_post[i])
        offered = held[i] * rules.place_probability(places, crowd)
        alone = offered * k.self_paced_completion[i]
        offered = select(self_paced > 0.5, alone, offered)
        free = rules.free_to_come(p.room[i], protected)
        chance = rules.coming_probability(free, rota, odds, offered, p.present[i])
        known = untrained_only * p.took_part[i] > 0.5
        comes = rules.bernoulli(d.attend[i], select(known, 0.0, chance))
        effort = hours * teaches[i]
        bonus = rules.simulation_bonus(k.simulation_training[i], k.simulation_extra[i])
        effort = select(kind == SIMULATION, effort * bonus, effort)
        again = rules.repeated_teaching(k.continuous_learning[i], effort)
        effort = select(continuous > 0.5, again, effort)
        owned = select(led_by == FACILITATOR, k.outside_ownership[i], 1.0)
        p.effort[i] += comes * effort
        p.part[i] += comes * owned
        p.insight[i] += comes * rules.insight(
            feedback, k.relevance_from_feedback[i],
            hands_on, k.relevance_from_practice[i],
        )  # fmt: skip
        p.meetings[i] += comes * meeting
        p.attended_hours[i] += comes * hours
        p.own_time[i] += comes * (hours * (1.0 - protected))
        p.took_part[i] = select(comes > 0.5, 1.0, p.took_part[i])


@compiled
def join_session(p, d, unit, k):
    """Join a short session in which the unit's leaders take up the practice."""
    for i in range(LANES):
        odds = unit.meeting_odds[i] * rules.willing_odds(
            k.engagement[i], k.engagement_weight[i], p.engagement[i]
        )
        offered = k.session_reach[i] * unit.follow_up[i]
        chance = rules.coming_probability(p.room[i], 1.0, odds, offered, p.present[i])
        comes = rules.bernoulli(d.session[i], chance)
        effort = k.session_hours[i] * k.session_teaches[i] * unit.lead_skill[i]
        p.effort[i] += comes * effort
        p.part[i] += comes
        p.attended_hours[i] += comes * k.session_hours[i]
        p.own_time[i] += comes * k.session_hours[i]
        p.took_part[i] = select(comes > 0.5, 1.0, p.took_part[i])


@compiled
def learn(p):
    """Learn from what was attended."""
    for i in range(LANES):
        p.competence[i] = rules.learned(p.competence[i], p.effort[i], p.learner[i])


# --- 5. Colleagues ---------------------------------------------------------------------------------


@compiled
def learn_from_colleagues(p, unit, team, k):
    """Be taught by able team mates."""
    for i in range(LANES):
        taught = rules.teaching(
            k.knowledge_sharing[i], k.sharing_weight[i], k.contact[i], k.teaching_rate[i],
            unit.arena[i], team.teachers[i], team.able[i], p.competence[i],
        )  # fmt: skip
        p.competence[i] = rules.gain(p.competence[i], taught * p.present[i] * p.learner[i])


# --- 6. Attitudes ----------------------------------------------------------------------------------


@compiled
def form_attitudes(p, unit, k):
    """Let relevance, ownership, attention, dedication and engagement follow what happens."""
    for i in range(LANES):
        step = k.attitude_step[i]
        goal = rules.relevance_goal(
            k.relevance_from_fit[i], unit.fit[i], k.relevance_from_effect[i], p.seen[i], p.used[i]
        )
        relevance = rules.relax(p.relevance[i], goal, step)
        p.relevance[i] = p.in_post[i] * rules.gain(relevance, rules.within(p.insight[i]))
        p.ownership[i] = p.in_post[i] * rules.owned(
            p.ownership[i], k.ownership_loss[i], k.ownership_from_part[i], p.part[i],
            k.ownership_from_adapting[i], unit.adaptation[i],
        )  # fmt: skip
        p.attention[i] = p.in_post[i] * rules.kept_in_mind(
            p.attention[i], k.attention_loss[i], k.attention_from_part[i], p.part[i],
            k.attention_from_support[i], p.support[i], k.attention_from_example[i], p.seen[i],
        )  # fmt: skip
        goal = rules.dedication_goal(
            p.disposition[i], k.dedication_from_support[i], p.support[i],
            k.dedication_from_results[i], p.seen[i], k.strain_wears[i], p.strain[i],
        )  # fmt: skip
        dedication = rules.relax(p.dedication[i], goal, step)
        p.dedication[i] = p.in_post[i] * rules.drawn_in(
            dedication, k.dedication_from_part[i], p.part[i]
        )
        goal = rules.engagement_goal(
            k.engagement_base[i], k.engagement_from_skill[i], p.used[i] * p.competence[i],
            k.engagement_from_support[i], p.support[i], k.strain_wears[i], p.strain[i],
        )  # fmt: skip
        p.engagement[i] = p.in_post[i] * rules.relax(p.engagement[i], goal, step)


# --- 7. Use ----------------------------------------------------------------------------------------


@register_jitable(**RULE)
def attitudes(p, k, i):
    """Return what ownership, engagement and relevance together do to the odds of use."""
    return (
        rules.attitude(k.ownership[i], k.ownership_weight[i], p.ownership[i])
        * rules.attitude(k.engagement[i], k.engagement_weight[i], p.engagement[i])
        * rules.attitude(k.perceived_relevance[i], k.relevance_weight[i], p.relevance[i])
    )


@register_jitable(**RULE)
def decide(p, d, k, i, opportunity, odds):
    """Use the practice this week or not; build habit, or lose it."""
    able = rules.capability(p.competence[i], k.half_competence[i])
    intent = rules.intent(able, opportunity, odds, p.attention[i])
    chance = p.present[i] * rules.use_probability(intent, k.habit_carries[i], p.habit[i])
    used = rules.bernoulli(d.use[i], chance)
    habit = rules.habit_next(p.habit[i], used, k.habit_step[i] * p.pace[i], k.habit_loss[i])
    p.routine[i] = rules.routine_next(p.routine[i], habit, k.routine_at[i], k.routine_lost_at[i])
    p.used[i] = used
    p.habit[i] = habit


@compiled
def use_practice(p, d, unit, k):
    """Decide on use; know what it costs in hours."""
    for i in range(LANES):
        opportunity = rules.opportunity(
            p.room[i], k.dedication[i], k.dedicated_hold[i], p.dedication[i]
        )
        example = rules.pull_of_example(1.0, k.norm_weight[i], p.seen[i], k.norm_threshold[i])
        odds = rules.motivation_odds(
            k.base_odds[i], attitudes(p, k, i), example, unit.staff_support[i], unit.tool_odds[i]
        )
        decide(p, d, k, i, opportunity, odds)
        p.writing[i] = p.used[i] * unit.writing[i]
        p.programme_hours[i] = p.attended_hours[i]
        p.extra_hours[i] = rules.programme_load(
            p.used[i], unit.writing[i], unit.workarounds[i], unit.saved[i], p.own_time[i]
        )


@compiled
def leader_use_practice(p, d, unit, site, k):
    """Work with the programme, or not; hours go into following the unit up."""
    for i in range(LANES):
        cope = rules.coping(
            k.coping_with_responsibilities[i], k.coping_weight[i], p.burden[i], p.competence[i]
        )
        time = rules.opportunity(p.kept[i], k.dedication[i], k.dedicated_hold[i], p.dedication[i])
        example = rules.pull_of_example(
            k.contact[i], k.norm_weight[i], site.leader_users[i], k.norm_threshold[i]
        )
        odds = rules.motivation_odds(
            k.leader_base_odds[i], attitudes(p, k, i), example, site.leader_push[i],
            unit.tool_odds[i],
        )  # fmt: skip
        decide(p, d, k, i, time * cope, odds)
        p.hours_done[i] = p.used[i] * rules.hours_left(p.work_hours[i], p.own_time[i])
        p.programme_hours[i] = p.attended_hours[i] + p.hours_done[i]


# --- 8. Forgetting ---------------------------------------------------------------------------------


@compiled
def forget(p, k):
    """Learn by doing; forget without."""
    for i in range(LANES):
        practised = rules.gain(p.competence[i], k.learning_by_doing[i] * p.used[i])
        p.competence[i] = rules.remembered(
            practised, k.skill_loss[i], p.used[i], k.practice_protects[i]
        )


# --- the facilitator -------------------------------------------------------------------------------


@compiled
def facilitate(site, k, here, units):
    """Be there this week or not, and share the hours over the units."""
    for i in range(LANES):
        hours = here * k.facilitator_hours[i] / units
        site.facilitation[i] = rules.saturation(hours, k.facilitator_need[i])
        push = rules.outside_push(k.facilitator_odds_ratio[i], hours, k.facilitator_need[i])
        site.staff_push[i] = push if k.supports_staff[i] > 0.5 else 1.0
        site.leader_push[i] = push if k.supports_leaders[i] > 0.5 else 1.0


# --- teams and units take stock --------------------------------------------------------------------


@register_jitable(**RULE)
def share(part, whole):
    """Part of a whole; nothing of nothing is 0."""
    return part / whole if whole > 0.0 else 0.0


@compiled
def clear_team(team):
    """Begin to count a team."""
    for i in range(LANES):
        team.in_post[i] = 0.0
        team.used[i] = 0.0
        team.skill[i] = 0.0
        team.square[i] = 0.0


@compiled
def count_in_team(team, p):
    """Count a member: user, and able to teach or not."""
    for i in range(LANES):
        team.in_post[i] += p.in_post[i]
        team.used[i] += p.used[i]
        team.skill[i] += p.competence[i]
        team.square[i] += p.competence[i] * p.competence[i]


@compiled
def close_team(team):
    """Turn a team's counts into shares."""
    for i in range(LANES):
        team.users[i] = share(team.used[i], team.in_post[i])
        team.teachers[i] = share(team.skill[i], team.in_post[i])
        team.able[i] = share(team.square[i], team.skill[i])


@compiled
def clear_unit(unit):
    """Begin to count a unit."""
    for i in range(LANES):
        unit.in_post[i] = 0.0
        unit.used[i] = 0.0
        unit.untrained[i] = 0.0
        unit.post_hours[i] = 0.0
        unit.working[i] = 0.0
        unit.missing[i] = 0.0
        unit.hours_done[i] = 0.0
        unit.skill[i] = 0.0
        unit.leaders_in_post[i] = 0.0
        unit.meetings[i] = 0.0
        unit.champion_kept[i] = 0.0


@compiled
def count_staff(unit, p):
    """Count hands, users and the untrained."""
    for i in range(LANES):
        unit.in_post[i] += p.in_post[i]
        unit.used[i] += p.used[i]
        unit.untrained[i] += p.in_post[i] - p.took_part[i]
        unit.post_hours[i] += p.hours[i]
        share_of_work = rules.working_share(p.settled[i])
        unit.working[i] += p.present[i] * p.hours[i] * share_of_work
        unit.missing[i] += (1.0 - p.present[i]) * p.hours[i]


@compiled
def count_leader(unit, p, is_champion):
    """Add up what a leader did."""
    for i in range(LANES):
        unit.hours_done[i] += p.hours_done[i]
        unit.skill[i] += p.competence[i]
        unit.leaders_in_post[i] += p.in_post[i]
        unit.meetings[i] += p.in_post[i] * p.meetings[i]
        kept = p.present[i] * p.kept[i]
        if is_champion:
            unit.champion_kept[i] += kept
        else:
            unit.leader_kept[i] = kept


@compiled
def take_stock(unit, k, demand, leaders):
    """Weigh demand against hours; let joint planning move."""
    for i in range(LANES):
        unit.users[i] = share(unit.used[i], unit.in_post[i])
        unit.load[i] = rules.unit_load(
            k.pressure[i], demand, k.planned_presence[i], unit.post_hours[i], unit.working[i],
            unit.missing[i], k.cover[i],
        )  # fmt: skip
        unit.plan[i] = rules.planned(
            unit.plan[i], k.plan[i], k.plan_loss[i], unit.meetings[i] / leaders, k.plan_gain[i]
        )
        unit.lead_skill[i] = share(unit.skill[i], unit.leaders_in_post[i])
        unit.champion_kept[i] = share(unit.champion_kept[i], leaders - 1.0)


@compiled
def share_out(unit, k, posts):
    """Share leaders' hours out over following up, keeping arenas and adapting the practice."""
    for i in range(LANES):
        hours, sharing = unit.hours_done[i], k.sharing[i]
        change = rules.left_to_adapt(k.adaptable[i], unit.adaptation[i])
        for_people = rules.hours_share(hours, 1.0, sharing + change)
        for_arenas = rules.hours_share(hours, sharing, 1.0 + change)
        for_change = rules.hours_share(hours, change, 1.0 + sharing)
        level = rules.work_level(for_people, posts, k.follow_up_need[i])
        unit.follow_up[i] = rules.relax(unit.follow_up[i], level, k.follow_up_step[i])
        level = rules.work_level(for_arenas, posts, k.follow_up_need[i])
        unit.upkeep[i] = rules.relax(unit.upkeep[i], level, k.follow_up_step[i])
        level = rules.work_level(for_change, posts, k.follow_up_need[i])
        unit.adaptation[i] = rules.adapted(unit.adaptation[i], k.adaptation_rate[i], level)


@compiled
def look_ahead(unit, k):
    """Work out what everyone in the unit will meet next week."""
    for i in range(LANES):
        fit = rules.present_fit(k.fit[i], unit.adaptation[i])
        unit.fit[i] = fit
        unit.arena[i] = rules.shared_arena(k.arenas[i], unit.upkeep[i])
        unit.meeting_odds[i] = rules.meeting_odds(
            k.coordination[i], k.coordination_weight[i], unit.plan[i]
        )
        face = rules.tool_face(k.usability[i], fit)
        unit.tool_odds[i] = rules.two_sided(
            k.technology_and_tools[i], k.tool_weight[i], face
        ) * rules.misfit_odds(k.standardisation_misfit[i], k.misfit_weight[i], fit)
        unit.writing[i] = rules.writing_hours(k.documentation[i], k.documentation_hours[i])
        unit.workarounds[i] = rules.workaround_hours(
            k.standardisation_misfit[i], k.workaround_hours[i], fit
        )
        unit.saved[i] = rules.saved_hours(
            k.technology_and_tools[i], k.time_saved[i], k.usability[i], fit
        )


@compiled
def meet_week(unit, site, k, facilitator_here):
    """See who is there to lead this week, and what support that gives."""
    for i in range(LANES):
        unit.held[NOBODY, i] = 1.0
        unit.held[FACILITATOR, i] = facilitator_here
        unit.held[CHAMPION, i] = unit.champion_kept[i]
        unit.held[UNIT_LEADER, i] = unit.leader_kept[i]
        unit.staff_support[i] = site.staff_push[i] * rules.attitude(
            1.0, k.support_weight[i], unit.follow_up[i]
        )


# --- 9. Record -------------------------------------------------------------------------------------


@compiled
def clear_record(now, site):
    """Begin a page."""
    for i in range(LANES):
        now.adoption[i] = 0.0
        now.use[i] = 0.0
        now.reach[i] = 0.0
        now.competence[i] = 0.0
        now.ownership[i] = 0.0
        now.dedication[i] = 0.0
        now.engagement[i] = 0.0
        now.relevance[i] = 0.0
        now.strain[i] = 0.0
        now.absence[i] = 0.0
        now.workload[i] = 0.0
        site.in_post[i] = 0.0
        site.hours[i] = 0.0
        site.writing[i] = 0.0
        site.leader_hours[i] = 0.0
        site.leader_writing[i] = 0.0
        site.leaders_in_post[i] = 0.0
        site.leaders_used[i] = 0.0
        site.leaders_routine[i] = 0.0


@compiled
def record_person(now, site, p):
    """Add a member of staff to the page."""
    for i in range(LANES):
        site.in_post[i] += p.in_post[i]
        now.adoption[i] += p.routine[i]
        now.use[i] += p.used[i]
        now.reach[i] += p.took_part[i]
        now.competence[i] += p.competence[i]
        now.ownership[i] += p.ownership[i]
        now.dedication[i] += p.dedication[i]
        now.engagement[i] += p.engagement[i]
        now.relevance[i] += p.relevance[i]
        now.strain[i] += p.strain[i]
        now.absence[i] += p.absent[i]
        site.hours[i] += p.programme_hours[i]
        site.writing[i] += p.writing[i]
        site.leavers[i] += p.left[i]


@compiled
def record_leader(site, p):
    """Add a leader to the page."""
    for i in range(LANES):
        site.leaders_in_post[i] += p.in_post[i]
        site.leaders_used[i] += p.used[i]
        site.leaders_routine[i] += p.routine[i]
        site.leader_hours[i] += p.programme_hours[i]
        site.leader_writing[i] += p.writing[i]
        site.leader_leavers[i] += p.left[i]


@compiled
def record_unit(now, unit):
    """Add a unit's load to the page."""
    for i in range(LANES):
        now.workload[i] += unit.load[i]


@compiled
def record(now, site, adopters, units, posts):
    """Close the page: turn counts into shares of those in post."""
    for i in range(LANES):
        in_post = site.in_post[i]
        adopters[i] = now.adoption[i]
        now.adoption[i] = share(now.adoption[i], in_post)
        now.use[i] = share(now.use[i], in_post)
        now.reach[i] = share(now.reach[i], in_post)
        now.competence[i] = share(now.competence[i], in_post)
        now.ownership[i] = share(now.ownership[i], in_post)
        now.dedication[i] = share(now.dedication[i], in_post)
        now.engagement[i] = share(now.engagement[i], in_post)
        now.relevance[i] = share(now.relevance[i], in_post)
        now.strain[i] = share(now.strain[i], in_post)
        now.absence[i] = share(now.absence[i], in_post)
        now.workload[i] = now.workload[i] / units
        now.vacancy[i] = 1.0 - in_post / posts
    for i in range(LANES):
        site.leader_users[i] = share(site.leaders_used[i], site.leaders_in_post[i])
        now.leader_use[i] = site.leader_users[i]
        now.leader_adoption[i] = share(site.leaders_routine[i], site.leaders_in_post[i])
        site.programme_hours[i] += site.hours[i] + site.leader_hours[i]
        site.documentation_hours[i] += site.writing[i] + site.leader_writing[i]
        now.programme_hours[i] = site.programme_hours[i]
        now.documentation_hours[i] = site.documentation_hours[i]
        now.leavers[i] = site.leavers[i]
        now.leader_leavers[i] = site.leader_leavers[i]


# --- a week, and a run -----------------------------------------------------------------------------

SHAPE = np.dtype(
    [(name, np.int64) for name in ("units", "teams", "staff", "leaders", "weeks")], align=True
)
CALENDAR = np.dtype(
    [(name, np.float64) for name in ("running", "facilitator", "phase", "quarter", "demand")],
    align=True,
)
"""One row per week: what the week brings to the whole site."""

SOURCES = (draws, outcomes, custom_rules, rules, scenario_calendar, world, *custom_rules.modules())
"""Modules from which functions, numbers or names go into the compiled code."""


@part_of_run
def open_site(shape, staff, leaders, units, k, key, blocks, chance, quarter):
    """Open the site: posts, people and units at the start, which is week 0."""
    d, start = chance[0], 0 * shape.weeks
    for u in range(shape.units):
        unit = units[u]
        for i in range(LANES):
            unit.plan[i] = k.plan[i]
        for slot in range(shape.staff):
            draw(blocks, key, slot, u + 256 * draws.STAFF, start)
            make_staff_post(staff[u * shape.staff + slot], d, k)
            open_post(staff[u * shape.staff + slot], d, k, quarter)
        for slot in range(shape.leaders):
            draw(blocks, key, slot, u + 256 * draws.LEADER, start)
            make_leader_post(leaders[u * shape.leaders + slot], k)
            open_post(leaders[u * shape.leaders + slot], d, k, quarter)


@part_of_run
def live_leaders(shape, leaders, unit, site, k, key, blocks, chance, u, week, today, called, acts):
    """Let the leaders of a unit live through a week."""
    d = chance[0]
    for slot in range(shape.leaders):
        p = leaders[u * shape.leaders + slot]
        draw(blocks, key, slot, u + 256 * draws.LEADER, week)
        if slot == 0:
            plan_unit_leader(p, k, today.phase)
        else:
            plan_champion(p, k, today.phase)
        come_or_go(p, d, k, today.quarter, called if slot == 0 else 0.0)
        leader_feel_load(p, unit, site, k, float(shape.staff), today.running)
        start_week(p)
        for number in range(len(acts)):
            if acts[number].for_leaders > 0.5:
                take_part(p, d, unit, k, acts[number], -1.0)
        learn(p)
        form_attitudes(p, unit, k)
        leader_use_practice(p, d, unit, site, k)
        forget(p, k)


@part_of_run
def live_staff(shape, staff, teams, unit, k, key, blocks, chance, u, week, today, acts):
    """Let the staff of a unit live through a week."""
    d = chance[0]
    for slot in range(shape.staff):
        p = staff[u * shape.staff + slot]
        team = teams[u * shape.teams + slot % shape.teams]
        draw(blocks, key, slot, u + 256 * draws.STAFF, week)
        come_or_go(p, d, k, today.quarter, 0.0)
        feel_load(p, unit, team, k)
        start_week(p)
        for number in range(len(acts)):
            if acts[number].for_staff > 0.5:
                take_part(p, d, unit, k, acts[number], acts[number].places)
        join_session(p, d, unit, k)
        learn(p)
        learn_from_colleagues(p, unit, team, k)
        form_attitudes(p, unit, k)
        use_practice(p, d, unit, k)
        forget(p, k)


@part_of_run
def look_back(shape, staff, leaders, teams, units, k, today):
    """Let teams and units see what the week has made of them; next week people act on this."""
    for t in range(len(teams)):
        clear_team(teams[t])
    for u in range(shape.units):
        unit = units[u]
        clear_unit(unit)
        for slot in range(shape.staff):
            p = staff[u * shape.staff + slot]
            count_in_team(teams[u * shape.teams + slot % shape.teams], p)
            count_staff(unit, p)
        for slot in range(shape.leaders):
            count_leader(unit, leaders[u * shape.leaders + slot], slot > 0)
        take_stock(unit, k, today.demand, float(shape.leaders))
        share_out(unit, k, float(shape.staff))
        look_ahead(unit, k)
    for t in range(len(teams)):
        close_team(teams[t])


@part_of_run
def write_down(shape, staff, leaders, units, site, now, adopters):
    """Write down the week for the site as a whole."""
    clear_record(now, site)
    for post in range(len(staff)):
        record_person(now, site, staff[post])
    for post in range(len(leaders)):
        record_leader(site, leaders[post])
    for u in range(shape.units):
        record_unit(now, units[u])
    record(now, site, adopters, float(shape.units), float(len(staff)))


@part_of_run
def live_week(
    shape, staff, leaders, teams, units, site, k, key, blocks, chance, week, today, called, acts
):
    """Live through one week, in the order that the model's file tells."""
    facilitate(site, k, today.facilitator, float(shape.units))
    for u in range(shape.units):
        meet_week(units[u], site, k, today.facilitator)
    for u in range(shape.units):
        live_leaders(
            shape, leaders, units[u], site, k, key, blocks, chance, u, week, today, called[u], acts
        )
    for u in range(shape.units):
        live_staff(shape, staff, teams, units[u], k, key, blocks, chance, u, week, today, acts)
    look_back(shape, staff, leaders, teams, units, k, today)


@cached("run", sys.modules[__name__], *SOURCES, nogil=True, **MACHINE)
def run(
    shapes, staff, leaders, teams, units, sites, ks, keys, blocks, chance,
    calendar, called, activities, first, weekly, adopters,
):  # fmt: skip
    """Run one batch of lanes from the start to the last week."""
    shape, site, k, key = shapes[0], sites[0], ks[0], keys[0]
    open_site(shape, staff, leaders, units, k, key, blocks, chance, calendar[0].quarter)
    look_back(shape, staff, leaders, teams, units, k, calendar[0])
    for week in range(1, shape.weeks + 1):
        acts = activities[first[week] : first[week + 1]]
        live_week(
            shape, staff, leaders, teams, units, site, k, key, blocks, chance,
            week, calendar[week], called[week], acts,
        )  # fmt: skip
        write_down(shape, staff, leaders, units, site, weekly[week - 1], adopters)


# --- from Python -----------------------------------------------------------------------------------


def simulate(
    site: World,
    rows: npt.NDArray[np.float64],
    seed: int,
    replicates: Sequence[int],
    workers: int = 1,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Run the compiled model once per row of coefficients.

    Takes and returns what `qisim.engines.mesa_model.simulate` takes and returns, bit for bit.

    Parameters
    ----------
    site : World
        The site and the calendar, common to all runs.
    rows : ndarray of float, shape (runs, len(COEFFICIENTS))
        The numbers of each run.
    seed : int
        Seed of the study.
    replicates : sequence of int, length runs
        Replicate number of each run.
    workers : int
        Threads; each takes lanes of its own, so the results do not depend on how many there are.

    Returns
    -------
    weekly : ndarray of float, shape (weeks, len(WEEKLY), runs)
        The weekly series, weeks 1 to the last.
    adopters : ndarray of float, shape (runs,)
        Number of care staff whose use is routine in the last week.
    """
    runs = len(rows)
    weekly = np.empty((site.weeks, len(WEEKLY), runs))
    adopters = np.empty(runs)
    words = draws.keys(seed, replicates)
    entry = ready(run, Desk(site).arguments)
    groups = iter(range(0, runs, LANES))  # taken one by one by whichever thread is free

    def work() -> None:
        desk = Desk(site)
        for begin in groups:
            end = min(begin + LANES, runs)
            used = np.minimum(np.arange(begin, begin + LANES), runs - 1)  # the last fills up
            page, count = desk.run(entry, rows[used], words[used])
            weekly[:, :, begin:end] = page[:, :, : end - begin]
            adopters[begin:end] = count[: end - begin]

    side_by_side(work, min(workers, -(-runs // LANES)))
    return weekly, adopters


def side_by_side(work: Callable[[], None], threads: int) -> None:
    """Let threads do a work until nothing of it is left; compiled code leaves Python's lock alone."""
    if threads < 2:
        return work()
    with ThreadPoolExecutor(threads) as pool:
        for one in [pool.submit(work) for _ in range(threads)]:
            one.result()
    return None


class Desk:
    """Room in memory for one batch of lanes; used again for batch after batch.

    Parameters
    ----------
    site : World
        The site and the calendar.
    """

    def __init__(self, site: World) -> None:
        shape = np.array(
            [(site.units, site.teams, site.staff, site.leaders, site.weeks)], dtype=SHAPE
        )
        self.people = {
            "staff": table(site.staff_posts, PERSON),
            "leaders": table(site.units * site.leaders, PERSON),
            "teams": table(site.units * site.teams, TEAM),
            "units": table(site.units, UNIT),
            "site": table(1, SITE),
        }
        self.k, self.key = table(1, COEFFICIENT), table(1, KEY)
        blocks = table(draws.BLOCKS, BLOCK)
        calendar = table(site.weeks + 1, CALENDAR)
        for name in CALENDAR.names or ():
            calendar[name] = getattr(site, name)
        self.weekly, self.adopters = table(site.weeks, WEEK), np.zeros(LANES)
        self.arguments = (
            shape.view(np.recarray), *self.people.values(), self.k, self.key, blocks,
            blocks.view(CHANCE), calendar, site.leader_leaves.copy(),
            site.activities.copy().view(np.recarray), site.first.copy(),
            self.weekly, self.adopters,
        )  # fmt: skip

    def run(
        self,
        entry: Callable[..., None],
        rows: npt.NDArray[np.float64],
        words: npt.NDArray[np.uint64],
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Run one batch.

        Parameters
        ----------
        entry : callable
            `run`, compiled.
        rows : ndarray of float, shape (LANES, len(COEFFICIENTS))
        words : ndarray of uint64, shape (LANES, 2)
            Key words of each lane's replicate.

        Returns
        -------
        weekly : ndarray of float, shape (weeks, len(WEEKLY), LANES)
        adopters : ndarray of float, shape (LANES,)
            Both are written over by the next batch.
        """
        for people in self.people.values():
            people.view(np.uint8)[:] = 0
        self.k.view(np.float64).reshape(-1, LANES)[:] = rows.T
        self.key.view(np.uint64).reshape(-1, LANES)[:] = words.T
        entry(*self.arguments)
        page = self.weekly.view(np.float64).reshape(len(self.weekly), len(WEEKLY), LANES)
        return page, self.adopters


def table(rows: int, kind: np.dtype) -> np.recarray:
    """Return an empty table whose rows have their columns as attributes, compiled or not."""
    return np.zeros(rows, kind).view(np.recarray)
