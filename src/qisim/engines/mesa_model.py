"""The model in Mesa: people with verbs of their own, and the week they live through.

A week, in order (`CareUnit.step`); everyone acts on what they themselves were, and on what the unit
looked like, at the end of last week, so the order in which people act never matters:

1. **People** come and go: leaving, hiring, absence (`come_or_go`).
2. **Load** is felt: slack and strain (`feel_load`).
3. **Activities** are attended, or not (`take_part`).
4. **Leaders** keep some hours for the work and follow up (`Leader.use_practice`).
5. **Colleagues** teach those beside them (`learn_from_colleagues`).
6. **Attitudes** form and wear (`form_attitudes`).
7. **Use**: each decides whether the practice is used this week; habit (`use_practice`).
8. **Forgetting** (`forget`).
9. The units take stock and the week is **recorded** (`Unit.take_stock`, `CareUnit.record`).

`qisim.engines.compiled` runs the same steps, under the same names, compiled; the two agree to the last
bit. Sums run in the order of the posts, one after another, because the sum of floating-point numbers
depends on the order (and Python's own `sum` rounds differently from version to version).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np
import numpy.typing as npt

from qisim.engines import custom_rules, mesa_doors
from qisim.errors import InputError, not_whole
from qisim.model import draws, rules
from qisim.model import site as world
from qisim.model.calendar import ACTIVITY_KINDS
from qisim.model.outcomes import WEEKLY
from qisim.model.site import CHAMPION, FACILITATOR, NOBODY, UNIT_LEADER, World
from qisim.scenario.scenario import Scenario, load

custom_rules.put_in_place()


class Person(mesa.Agent):
    """Someone who holds a post, or the post while it is vacant.

    Attributes
    ----------
    unit : Unit
        The unit they work in.
    chance : list
        Draws of this post, by week and decision.
    in_post, absent, present : float
        Yes (1) or no (0).
    competence, habit, ownership, attention, dedication, engagement, relevance, strain, settled : float
        Levels, 0 to 1.
    used, routine, took_part : float
        Used the practice this week; use is routine; ever took part in an activity.
    """

    level: int
    LEVELS = (
        "absent", "present", "settled", "competence", "habit", "ownership", "attention",
        "dedication", "engagement", "relevance", "strain", "used", "routine", "took_part", "extra_hours",
        "programme_hours", "writing", "meetings",
    )  # fmt: skip

    def __init__(self, model: CareUnit, unit: Unit, slot: int) -> None:
        super().__init__(model)
        self.k = model.k
        self.unit, self.slot = unit, slot
        self.chance = model.draws[self.level][unit.number][slot]
        self.in_post = 0.0
        self.vacate()
        start = self.now()
        self.group = rules.staff_group(start.group, self.k.nurse_share, self.k.unschooled_share)
        self.post = rules.post_size(start.post, self.k.mean_post, self.k.full_time_share)
        empty = rules.usual_vacancy(
            self.k.turnover * self.leaving_rate(), self.hiring_probability()
        )
        if rules.bernoulli(start.hire, empty) < 0.5:
            self.arrive(start)
            self.settled = 1.0
            self.absent = rules.bernoulli(start.start, self.absence_level())
            self.present = 1.0 - self.absent

    def now(self) -> SimpleNamespace:
        """Return this week's draws, by the name of the decision."""
        return self.chance[self.model.week]

    # 1. People

    def come_or_go(self) -> None:
        """Leave, be hired, fall ill or come back."""
        draw = self.now()
        if self.in_post < 0.5:
            if rules.bernoulli(draw.hire, self.hiring_probability()) > 0.5:
                self.arrive(draw)
        elif rules.bernoulli(draw.leave, self.leaving_probability()) > 0.5:
            self.leave()
        if self.in_post > 0.5:
            self.absent = rules.bernoulli(draw.absence, self.absence_probability())
            self.present = 1.0 - self.absent
            self.settled = rules.relax(self.settled, 1.0, self.k.settling_step)

    def leaving_probability(self) -> float:
        """Chance of leaving this week."""
        k = self.k
        ratio = rules.leaving_ratio(
            self.strain, self.engagement, k.usual_strain, k.usual_engagement,
            k.strain_on_leaving, k.engagement_on_leaving,
        )  # fmt: skip
        return rules.leaving_probability(k.turnover, self.leaving_rate(), ratio)

    def absence_level(self) -> float:
        """Share of time that people like this one are absent at this time of the year."""
        k = self.k
        return rules.absence_level(
            k.sickness_absence, self.model.quarter, k.season_swing,
            self.strain, k.usual_strain, k.strain_on_absence,
        )  # fmt: skip

    def absence_probability(self) -> float:
        """Chance of being absent this week."""
        return rules.absence_probability(self.absent, self.absence_level(), self.k.absence_weeks)

    def arrive(self, draw: SimpleNamespace) -> None:
        """Take up the post: new people have no training, habit or ownership here."""
        self.in_post = 1.0
        self.ease, self.disposition = draw.ease, draw.disposition
        self.pace = rules.habit_pace(draw.pace, self.k.pace_spread)
        self.strain, self.engagement = self.k.usual_strain, self.k.usual_engagement
        self.dedication = 0.5 * self.disposition
        self.relevance = rules.first_impression(self.k.relevance_from_fit, self.k.fit)
        gap = rules.group_gap(self.group, self.k.care_worker_gap, self.k.unschooled_gap)
        self.learner = rules.learner(self.k.staff_variety, gap, self.k.ease_gap, self.ease)

    def leave(self) -> None:
        """Leave the post; what was learnt goes too."""
        self.in_post = 0.0
        self.vacate()
        self.model.count_leaver(self)

    def vacate(self) -> None:
        """Empty the post."""
        for level in self.LEVELS:
            setattr(self, level, 0.0)

    # 3. Activities

    def take_part(self) -> None:
        """Come to this week's activities if invited, reached, free and willing."""
        self.effort = self.part = self.insight = self.meetings = 0.0
        self.attended_hours = self.own_time = 0.0
        for activity in self.model.activities_now:
            if self.is_invited(activity):
                comes = rules.bernoulli(self.now().attend, self.coming_probability(activity))
                if comes > 0.5:
                    self.attend(activity)

    def is_invited(self, activity: Any) -> bool:
        """Say whether the person is invited; some activities are for the untrained only."""
        known = activity.untrained_only > 0.5 and self.took_part > 0.5
        return self.is_meant(activity) and not known

    def coming_probability(self, activity: Any) -> float:
        """Chance of taking part in an activity."""
        k = self.k
        protected = k.protected_time if activity.protected < 0.0 else activity.protected
        odds = rules.willing_odds(k.engagement, k.engagement_weight, self.engagement)
        rota = 1.0
        if activity.any_time < 0.5:
            odds = odds * self.unit.meeting_odds
            rota = rules.rota_reach(self.post, k.rota_barrier)
        offered = self.unit.held[activity.led_by] * self.place_probability(activity)
        if activity.self_paced > 0.5:
            offered = offered * k.self_paced_completion
        free = rules.free_to_come(self.room, protected)
        return rules.coming_probability(free, rota, odds, offered, self.present)

    def attend(self, activity: Any) -> None:
        """Take part: it costs hours, teaches, and makes the practice one's own."""
        k = self.k
        protected = k.protected_time if activity.protected < 0.0 else activity.protected
        effort = activity.hours * k.teaches[activity.kind]
        if activity.kind == SIMULATION:
            effort = effort * rules.simulation_bonus(k.simulation_training, k.simulation_extra)
        if activity.continuous > 0.5:
            effort = rules.repeated_teaching(k.continuous_learning, effort)
        self.effort += effort
        self.part += k.outside_ownership if activity.led_by == FACILITATOR else 1.0
        self.insight += rules.insight(
            activity.feedback,
            k.relevance_from_feedback,
            activity.hands_on,
            k.relevance_from_practice,
        )
        self.meetings += activity.meeting
        self.attended_hours += activity.hours
        self.own_time += activity.hours * (1.0 - protected)
        self.took_part = 1.0

    def learn(self) -> None:
        """Learn from what was attended."""
        self.competence = rules.learned(self.competence, self.effort, self.learner)

    # 6. Attitudes

    def form_attitudes(self) -> None:
        """Let relevance, ownership, attention, dedication and engagement follow what happens."""
        k, unit, step = self.k, self.unit, self.k.attitude_step
        seen, support = self.seen, self.support
        goal = rules.relevance_goal(
            k.relevance_from_fit, unit.fit, k.relevance_from_effect, seen, self.used
        )
        relevance = rules.relax(self.relevance, goal, step)
        self.relevance = rules.gain(relevance, rules.within(self.insight))
        self.ownership = rules.owned(
            self.ownership, k.ownership_loss, k.ownership_from_part, self.part,
            k.ownership_from_adapting, unit.adaptation,
        )  # fmt: skip
        self.attention = rules.kept_in_mind(
            self.attention, k.attention_loss, k.attention_from_part, self.part,
            k.attention_from_support, support, k.attention_from_example, seen,
        )  # fmt: skip
        goal = rules.dedication_goal(
            self.disposition, k.dedication_from_support, support,
            k.dedication_from_results, seen, k.strain_wears, self.strain,
        )  # fmt: skip
        dedication = rules.relax(self.dedication, goal, step)
        self.dedication = rules.drawn_in(dedication, k.dedication_from_part, self.part)
        goal = rules.engagement_goal(
            k.engagement_base, k.engagement_from_skill, self.used * self.competence,
            k.engagement_from_support, support, k.strain_wears, self.strain,
        )  # fmt: skip
        self.engagement = rules.relax(self.engagement, goal, step)

    def attitudes(self) -> float:
        """Return what ownership, engagement and relevance together do to the odds of use."""
        k = self.k
        return (
            rules.attitude(k.ownership, k.ownership_weight, self.ownership)
            * rules.attitude(k.engagement, k.engagement_weight, self.engagement)
            * rules.attitude(k.perceived_relevance, k.relevance_weight, self.relevance)
        )

    # 7. Use

    def decide(self, opportunity: float, odds: float) -> None:
        """Use the practice this week or not; build habit, or lose it."""
        k = self.k
        able = rules.capability(self.competence, k.half_competence)
        intent = rules.intent(able, opportunity, odds, self.attention)
        chance = self.present * rules.use_probability(intent, k.habit_carries, self.habit)
        self.used = rules.bernoulli(self.now().use, chance)
        step = k.habit_step * self.pace
        self.habit = rules.habit_next(self.habit, self.used, step, k.habit_loss)
        self.routine = rules.routine_next(self.routine, self.habit, k.routine_at, k.routine_lost_at)

    # 8. Forgetting

    def forget(self) -> None:
        """Learn by doing; forget without."""
        k = self.k
        practised = rules.gain(self.competence, k.learning_by_doing * self.used)
        self.competence = rules.remembered(practised, k.skill_loss, self.used, k.practice_protects)


SIMULATION = ACTIVITY_KINDS.index("simulation")


class Staff(Person):
    """A nurse, a health-care worker, or someone without health education."""

    level = draws.STAFF

    def __init__(self, model: CareUnit, unit: Unit, slot: int) -> None:
        self.team = unit.teams[slot % len(unit.teams)]
        super().__init__(model, unit, slot)
        self.hours = self.post * self.k.full_post_hours

    def hiring_probability(self) -> float:
        """Chance that a vacant post is filled this week."""
        return self.k.hiring

    def leaving_rate(self) -> float:
        """Weekly rate of leaving in usual strain."""
        return self.k.unschooled_leaving if self.group > 1.5 else self.k.schooled_leaving

    def step(self) -> None:
        """Live through a week."""
        self.come_or_go()
        if self.in_post > 0.5:
            self.feel_load()
            self.take_part()
            self.join_session()
            self.learn()
            self.learn_from_colleagues()
            self.form_attitudes()
            self.use_practice()
            self.forget()

    def feel_load(self) -> None:
        """Feel the unit's load and the programme's; slack is what is left, strain what it does."""
        k, unit = self.k, self.unit
        load = rules.own_load(unit.load, self.extra_hours, self.hours)
        self.room = rules.slack(k.workload, load, k.half_slack_load)
        self.support = unit.follow_up
        goal = rules.strain_goal(self.room, self.support, k.support_relief)
        self.strain = rules.relax(self.strain, goal * self.present, k.strain_step)
        self.seen = k.contact * rules.seen_share(self.team.users, unit.users, k.team_closeness)

    def is_meant(self, activity: Any) -> bool:
        """Say whether an activity is for staff."""
        return activity.for_staff > 0.5

    def place_probability(self, activity: Any) -> float:
        """Chance of a place among those invited."""
        newcomer_only = activity.untrained_only > 0.5
        invited = self.unit.untrained if newcomer_only else self.unit.in_post
        return rules.place_probability(activity.places, invited)

    def join_session(self) -> None:
        """Join a short session in which the unit's leaders take up the practice."""
        k, unit = self.k, self.unit
        odds = unit.meeting_odds * rules.willing_odds(
            k.engagement, k.engagement_weight, self.engagement
        )
        offered = k.session_reach * unit.follow_up
        chance = rules.coming_probability(self.room, 1.0, odds, offered, self.present)
        if rules.bernoulli(self.now().session, chance) > 0.5:
            self.effort += k.session_hours * k.session_teaches * unit.lead_skill
            self.part += 1.0
            self.attended_hours += k.session_hours
            self.own_time += k.session_hours
            self.took_part = 1.0

    def learn_from_colleagues(self) -> None:
        """Be taught by able team mates."""
        k, team = self.k, self.team
        taught = rules.teaching(
            k.knowledge_sharing, k.sharing_weight, k.contact, k.teaching_rate, self.unit.arena,
            team.teachers, team.able, self.competence,
        )  # fmt: skip
        self.competence = rules.gain(self.competence, taught * self.present * self.learner)

    def use_practice(self) -> None:
        """Decide on use; know what it costs in hours."""
        k, unit = self.k, self.unit
        opportunity = rules.opportunity(self.room, k.dedication, k.dedicated_hold, self.dedication)
        example = rules.pull_of_example(1.0, k.norm_weight, self.seen, k.norm_threshold)
        odds = rules.motivation_odds(
            k.base_odds, self.attitudes(), example, unit.staff_support, unit.tool_odds
        )
        self.decide(opportunity, odds)
        self.writing = self.used * unit.writing
        self.programme_hours = self.attended_hours
        self.extra_hours = rules.programme_load(
            self.used, unit.writing, unit.workarounds, unit.saved, self.own_time
        )


class Leader(Person):
    """A unit's leader (slot 0) or one of its development nurses, the champions."""

    level = draws.LEADER

    def __init__(self, model: CareUnit, unit: Unit, slot: int) -> None:
        self.kept = self.hours_done = 0.0
        super().__init__(model, unit, slot)
        self.group, self.post = 0.0, 1.0
        self.learner = 1.0

    def vacate(self) -> None:
        """Empty the post."""
        super().vacate()
        self.kept = self.hours_done = 0.0

    def arrive(self, draw: SimpleNamespace) -> None:
        """Take up the post; leaders are schooled and at ease."""
        super().arrive(draw)
        self.learner = 1.0

    def hiring_probability(self) -> float:
        """Chance that a vacant post is filled this week."""
        return self.k.leader_hiring

    def leaving_rate(self) -> float:
        """Weekly rate of leaving in usual strain."""
        return self.k.leader_leaving

    def leaving_probability(self) -> float:
        """Chance of leaving this week; an event of the scenario makes the unit's leader go."""
        called = self.slot == 0 and self.model.leader_leaves[self.unit.number] > 0.5
        return 1.0 if called else super().leaving_probability()

    def step(self) -> None:
        """Live through a week."""
        self.come_or_go()
        if self.in_post > 0.5:
            self.feel_load()
            self.take_part()
            self.learn()
            self.form_attitudes()
            self.use_practice()
            self.forget()

    def improvement_time(self) -> float:
        """Hours a week for the programme before the week's troubles."""
        k, phase = self.k, self.model.phase
        if self.slot == 0:
            return rules.hours_given(k.leader_hours, phase, k.leader_hours_after)
        begun = rules.hours_given(k.champion_hours, phase, k.champion_hours_after)
        return 0.0 if phase < 0.5 else begun

    def feel_load(self) -> None:
        """Feel the unit's load and span; plan what can be kept of the hours for improvement."""
        k, model = self.k, self.model
        load = rules.leader_load(
            self.unit.load, float(model.world.staff), k.usual_span, k.span_on_load
        )
        room = rules.slack(k.workload, load, k.half_slack_load)
        planned = model.programme_on if model.programme_on > self.routine else self.routine
        self.kept = rules.kept_share(k.systematic_approach, k.structure * planned, room)
        self.room = self.kept
        writing = rules.writing_hours(k.documentation, k.leader_documentation_hours)
        self.writing = self.present * model.programme_on * writing
        self.work_hours = rules.improvement_hours(
            self.improvement_time(), model.programme_on * writing, self.kept
        )
        self.burden = rules.role_burden(k.leader_tasks * model.programme_on, self.work_hours)
        self.support = model.facilitation * k.supports_leaders
        by_load = rules.strain_goal(room, self.support, k.support_relief)
        goal = rules.leader_strain(
            by_load, k.coping_with_responsibilities, k.coping_strain, self.burden
        )
        self.strain = rules.relax(self.strain, goal * self.present, k.strain_step)
        self.seen = k.contact * self.unit.users

    def is_meant(self, activity: Any) -> bool:
        """Say whether an activity is for leaders."""
        return activity.for_leaders > 0.5

    def place_probability(self, activity: Any) -> float:
        """Leaders always have a place."""
        return 1.0

    def use_practice(self) -> None:
        """Work with the programme, or not; hours go into following the unit up."""
        k, unit, model = self.k, self.unit, self.model
        cope = rules.coping(
            k.coping_with_responsibilities, k.coping_weight, self.burden, self.competence
        )
        time = rules.opportunity(self.kept, k.dedication, k.dedicated_hold, self.dedication)
        example = rules.pull_of_example(
            k.contact, k.norm_weight, model.leader_users, k.norm_threshold
        )
        odds = rules.motivation_odds(
            k.leader_base_odds, self.attitudes(), example, model.leader_push, unit.tool_odds
        )
        self.decide(time * cope, odds)
        self.hours_done = self.used * rules.hours_left(self.work_hours, self.own_time)
        self.programme_hours = self.attended_hours + self.hours_done


class Facilitator(mesa.Agent):
    """Somebody from outside who supports the site while the programme pays for it."""

    def step(self) -> None:
        """Be there this week or not, and share the hours over the units."""
        model, k = self.model, self.model.k
        hours = model.facilitator_here * k.facilitator_hours / model.world.units
        model.facilitation = rules.saturation(hours, k.facilitator_need)
        push = rules.outside_push(k.facilitator_odds_ratio, hours, k.facilitator_need)
        model.staff_push = push if k.supports_staff > 0.5 else 1.0
        model.leader_push = push if k.supports_leaders > 0.5 else 1.0


class Team:
    """Colleagues who share shifts, as they looked at the end of last week."""

    def __init__(self) -> None:
        self.members: list[Staff] = []
        self.users = self.teachers = self.able = 0.0

    def take_stock(self) -> None:
        """Count users and those who can teach."""
        in_post = users = skill = square = 0.0
        for person in self.members:
            in_post += person.in_post
            users += person.used
            skill += person.competence
            square += person.competence * person.competence
        self.users = share(users, in_post)
        self.teachers = share(skill, in_post)
        self.able = share(square, skill)


class Unit:
    """A department or home-care group, as it looked at the end of last week."""

    def __init__(self, model: CareUnit, number: int) -> None:
        self.model, self.k, self.number = model, model.k, number
        self.teams = [Team() for _ in range(model.world.teams)]
        self.staff: list[Staff] = []
        self.leaders: list[Leader] = []
        self.follow_up = self.upkeep = self.adaptation = 0.0
        self.plan = self.k.plan

    def open(self) -> None:
        """Fill the posts at the start."""
        world = self.model.world
        self.staff = [Staff(self.model, self, slot) for slot in range(world.staff)]
        self.leaders = [Leader(self.model, self, slot) for slot in range(world.leaders)]
        for person in self.staff:
            person.team.members.append(person)

    def take_stock(self) -> None:
        """See what the week has made of the unit; next week people act on this."""
        for team in self.teams:
            team.take_stock()
        self.count_staff()
        self.count_leaders()
        self.look_ahead()

    def count_staff(self) -> None:
        """Count hands, users and the untrained, and weigh demand against hours."""
        k, model = self.k, self.model
        in_post = users = untrained = post_hours = working = missing = 0.0
        for person in self.staff:
            in_post += person.in_post
            users += person.used
            untrained += person.in_post - person.took_part
            post_hours += person.hours
            share_of_work = rules.working_share(person.settled)
            working += person.present * person.hours * share_of_work
            missing += (1.0 - person.present) * person.hours
        self.in_post, self.untrained = in_post, untrained
        self.users = share(users, in_post)
        self.load = rules.unit_load(
            k.pressure, model.demand, k.planned_presence, post_hours, working, missing, k.cover
        )

    def count_leaders(self) -> None:
        """Add up what leaders did; follow-up, adaptation and joint planning move with it."""
        k, world = self.k, self.model.world
        hours = skill = in_post = meetings = champion_kept = 0.0
        for leader in self.leaders:
            hours += leader.hours_done
            skill += leader.competence
            in_post += leader.in_post
            meetings += leader.in_post * leader.meetings
            if leader.slot > 0:
                champion_kept += leader.present * leader.kept
        lead = self.leaders[0]
        self.share_out(hours)
        self.plan = rules.planned(
            self.plan, k.plan, k.plan_loss, meetings / world.leaders, k.plan_gain
        )
        self.lead_skill = share(skill, in_post)
        self.leader_kept = lead.present * lead.kept
        self.champion_kept = share(champion_kept, float(world.champions))

    def share_out(self, hours: float) -> None:
        """Share leaders' hours out over following up, keeping arenas and adapting the practice."""
        k, posts = self.k, float(self.model.world.staff)
        change = rules.left_to_adapt(k.adaptable, self.adaptation)
        for_people = rules.hours_share(hours, 1.0, k.sharing + change)
        for_arenas = rules.hours_share(hours, k.sharing, 1.0 + change)
        for_change = rules.hours_share(hours, change, 1.0 + k.sharing)
        level = rules.work_level(for_people, posts, k.follow_up_need)
        self.follow_up = rules.relax(self.follow_up, level, k.follow_up_step)
        level = rules.work_level(for_arenas, posts, k.follow_up_need)
        self.upkeep = rules.relax(self.upkeep, level, k.follow_up_step)
        level = rules.work_level(for_change, posts, k.follow_up_need)
        self.adaptation = rules.adapted(self.adaptation, k.adaptation_rate, level)

    def look_ahead(self) -> None:
        """Work out what everyone in the unit will meet next week."""
        k = self.k
        self.fit = rules.present_fit(k.fit, self.adaptation)
        self.arena = rules.shared_arena(k.arenas, self.upkeep)
        self.meeting_odds = rules.meeting_odds(k.coordination, k.coordination_weight, self.plan)
        face = rules.tool_face(k.usability, self.fit)
        self.tool_odds = rules.two_sided(
            k.technology_and_tools, k.tool_weight, face
        ) * rules.misfit_odds(k.standardisation_misfit, k.misfit_weight, self.fit)
        self.writing = rules.writing_hours(k.documentation, k.documentation_hours)
        self.workarounds = rules.workaround_hours(
            k.standardisation_misfit, k.workaround_hours, self.fit
        )
        self.saved = rules.saved_hours(k.technology_and_tools, k.time_saved, k.usability, self.fit)

    def meet_week(self) -> None:
        """See who is there to lead this week, and what support that gives."""
        model = self.model
        self.held = [0.0, 0.0, 0.0, 0.0]
        self.held[NOBODY] = 1.0
        self.held[FACILITATOR] = model.facilitator_here
        self.held[CHAMPION] = self.champion_kept
        self.held[UNIT_LEADER] = self.leader_kept
        self.staff_support = model.staff_push * rules.attitude(
            1.0, self.k.support_weight, self.follow_up
        )


def share(part: float, whole: float) -> float:
    """Part of a whole; nothing of nothing is 0."""
    return part / whole if whole > 0.0 else 0.0


class CareUnit(mesa.Model):
    """A care site that takes up a quality-improvement programme.

    Parameters
    ----------
    scenario : str, path, mapping or Scenario, optional
        What `qisim.load` takes; by default ``external``.
    replicate : int
        Number of the replicate; with the seed it fixes every draw.
    rng : int or generator, optional
        Seed of the study, 0 or more, 1 by default; `seed` is another name of it. From a generator of
        numpy a seed is drawn. Chance is fixed by address, so runs that are to differ need a seed or a
        replicate of their own:
        ``mesa.batch_run(CareUnit, {"replicate": range(20)})``, not ``iterations=20``.
    **kwargs
        Overrides by dotted key or short name, such as ``staff_turnover=0.3``; and ``seed``.

    Attributes
    ----------
    scenario : Scenario
    world : World
        The site and the calendar.
    week : int
        Weeks lived through.
    datacollector : mesa.DataCollector
        The weekly series (columns of the contract), one row a week from week 1.

    Raises
    ------
    InputError
        If the scenario, an override, the seed or the replicate is wrong.
    """

    scenario: Scenario | Any = (
        None  # newer Mesa has a property of this name, for scenarios of its own sort
    )

    # Mesa's page asks that the last one is called kwargs, and the batch runner of newer Mesa overwrites
    # what is called seed: so it is not among the names.
    def __init__(
        self, scenario: Any = None, replicate: int = 0, rng: Any = None, **kwargs: Any
    ) -> None:
        seed = mesa_doors.seed_of(kwargs.pop("seed", None), rng)
        _check_address(seed, replicate)
        mesa_doors.refuse_repeats(rng)
        super().__init__(rng=seed)
        if scenario is None:
            scenario = mesa_doors.scenario_of_page()
        chosen = load("external" if scenario is None else scenario, kwargs or None)
        self.scenario = mesa_doors.held(chosen)
        self.replicate, self.study_seed = int(replicate), int(seed)
        rows = world.allocated(chosen, world.coefficients(chosen), self.study_seed, self.replicate)
        self._open(world.build(chosen), rows[0], self.study_seed, self.replicate)
        self.datacollector = mesa.DataCollector(
            model_reporters={name: partial(_reported, name) for name in ("week", *WEEKLY)}
        )

    @classmethod
    def of_world(
        cls, site: World, row: npt.NDArray[np.float64], seed: int, replicate: int
    ) -> CareUnit:
        """Open a site from its tables, as sweeps do; it has no scenario and no data collector."""
        model = cls.__new__(cls)
        mesa.Model.__init__(model, rng=seed)
        model._open(site, row, seed, replicate)
        return model

    def _open(self, site: World, row: npt.NDArray[np.float64], seed: int, replicate: int) -> None:
        """Open the site: posts, people and units at the start, which is week 0."""
        self.world, self.k, self.week = site, named(row), 0
        self.draws = {
            draws.STAFF: _decisions(seed, replicate, draws.STAFF, site, site.staff),
            draws.LEADER: _decisions(seed, replicate, draws.LEADER, site, site.leaders),
        }
        self.calendar = [_plain(activity) for activity in site.activities]
        self.leavers = self.leader_leavers = 0.0
        self.programme_hours = self.documentation_hours = 0.0
        self.leader_users = self.facilitation = 0.0
        self.staff_push = self.leader_push = 1.0
        self.facilitator = Facilitator(self)
        self.units = [Unit(self, number) for number in range(site.units)]
        self._turn_page()
        for unit in self.units:
            unit.open()
        for unit in self.units:
            unit.take_stock()

    def step(self) -> None:
        """Live through one week and record it; after the last week nothing happens."""
        if self.week < self.world.weeks:
            self.live_week()
            self.datacollector.collect(self)
        self.running = self.week < self.world.weeks

    def live_week(self) -> None:
        """Live through one week, in the order that the top of this file tells."""
        self.week += 1
        self._turn_page()
        self.facilitator.step()
        for unit in self.units:
            unit.meet_week()
        self.agents_by_type[Leader].do("step")
        self.agents_by_type[Staff].do("step")
        for unit in self.units:
            unit.take_stock()
        self.record()

    def _turn_page(self) -> None:
        """Read from the calendar what this week brings."""
        site, week = self.world, self.week
        self.quarter = float(site.quarter[week])
        self.demand = float(site.demand[week])
        self.programme_on = float(site.running[week])
        self.facilitator_here = float(site.facilitator[week])
        self.phase = float(site.phase[week])
        self.leader_leaves = site.leader_leaves[week].tolist()
        self.activities_now = self.calendar[site.first[week] : site.first[week + 1]]

    def count_leaver(self, person: Person) -> None:
        """Count someone who left."""
        if person.level == draws.LEADER:
            self.leader_leavers += 1.0
        else:
            self.leavers += 1.0

    def record(self) -> None:
        """Write down the week for the site as a whole."""
        everyone = self.staff
        in_post = total(everyone, "in_post")
        leaders_in_post = total(self.leaders, "in_post")
        load = 0.0
        for unit in self.units:
            load += unit.load
        self.leader_users = share(total(self.leaders, "used"), leaders_in_post)
        hours = total(everyone, "programme_hours") + total(self.leaders, "programme_hours")
        self.programme_hours += hours
        self.documentation_hours += total(everyone, "writing") + total(self.leaders, "writing")
        self.adopters = total(everyone, "routine")
        self.current = {
            "adoption": share(self.adopters, in_post),
            "use": share(total(everyone, "used"), in_post),
            "reach": share(total(everyone, "took_part"), in_post),
            "leader_use": self.leader_users,
            "leader_adoption": share(total(self.leaders, "routine"), leaders_in_post),
            **{level: share(total(everyone, level), in_post) for level in MEANS},
            "workload": load / self.world.units,
            "vacancy": 1.0 - in_post / self.world.staff_posts,
            "absence": share(total(everyone, "absent"), in_post),
            "leavers": self.leavers,
            "leader_leavers": self.leader_leavers,
            "programme_hours": self.programme_hours,
            "documentation_hours": self.documentation_hours,
        }

    @property
    def staff(self) -> list[Staff]:
        """Staff posts of all units, in order."""
        return [person for unit in self.units for person in unit.staff]

    @property
    def leaders(self) -> list[Leader]:
        """Leadership posts of all units, in order."""
        return [leader for unit in self.units for leader in unit.leaders]


def _check_address(seed: Any, replicate: Any) -> None:
    """Raise InputError unless seed and replicate can fix a draw."""
    found = [
        not_whole("seed", seed, 0, draws.MAX_SEED),
        not_whole("replicate", replicate, 0, draws.MAX_REPLICATE),
    ]
    problems = [problem for problem in found if problem is not None]
    if problems:
        raise InputError(problems)


MEANS = ("competence", "ownership", "dedication", "engagement", "relevance", "strain")


def total(people: Sequence[Person], level: str) -> float:
    """Add up a level over people, in their order."""
    amount = 0.0
    for person in people:
        amount += getattr(person, level)
    return amount


def named(row: npt.NDArray[np.float64]) -> SimpleNamespace:
    """Give the coefficients their names."""
    k = SimpleNamespace(**dict(zip(world.COEFFICIENTS, row.tolist(), strict=True)))
    k.teaches = [getattr(k, name) for name in world.TEACHES]
    return k


def _plain(activity: np.void) -> SimpleNamespace:
    return SimpleNamespace(**{name: activity[name].item() for name in world.ACTIVITY.names or ()})


def _decisions(seed: int, replicate: int, level: int, site: World, slots: int) -> list:
    """Return the draws of all posts of a level by unit, slot and week, named by decision."""
    return [
        [
            [SimpleNamespace(**dict(zip(draws.DECISIONS, week, strict=True))) for week in post]
            for post in draws.table(seed, replicate, level, unit, slots, site.weeks)
            .transpose(1, 0, 2)
            .tolist()
        ]
        for unit in range(site.units)
    ]


def _reported(name: str, model: CareUnit) -> float:
    return model.week if name == "week" else model.current[name]


def simulate(
    site: World,
    rows: npt.NDArray[np.float64],
    seed: int,
    replicates: Sequence[int],
    workers: int = 1,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Run the Mesa model once per row of coefficients.

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
        Not used: this engine runs in one thread.

    Returns
    -------
    weekly : ndarray of float, shape (weeks, len(WEEKLY), runs)
        The weekly series, weeks 1 to the last.
    adopters : ndarray of float, shape (runs,)
        Number of care staff whose use is routine in the last week.
    """
    weekly = np.empty((site.weeks, len(WEEKLY), len(rows)))
    adopters = np.empty(len(rows))
    for run, (row, replicate) in enumerate(zip(rows, replicates, strict=True)):
        model = CareUnit.of_world(site, row, seed, int(replicate))
        for week in range(site.weeks):
            model.live_week()
            weekly[week, :, run] = [model.current[name] for name in WEEKLY]
        adopters[run] = model.adopters
    return weekly, adopters
