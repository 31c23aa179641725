"""What people in a care site do in a week, as short plain functions of numbers.

This file is the model's behaviour. It uses no library at all, so that it can be printed and read by
someone who knows nursing and not programming. The Mesa engine calls these functions as they are;
the compiled engine compiles the same functions. No rule knows whether a programme is driven from
outside or from inside: that acts only through who leads, whose hours it takes, how the tool fits,
and how long support lasts, each of which is a number.

How to read it
--------------
* Levels (strain, competence, habit, ownership, ...) run from 0 to 1.
* A *chance* enters as `draw`, a number from 0 up to but not including 1: the thing happens when the
  draw is below its probability.
* Yes or no is 1.0 or 0.0.
* `strength` is the strength of one of the study's factors: 0 is neutral, 1 is the base.
* The sources of the numbers stand in `parameters.py`; what a rule rests on stands in its text.

The only arithmetic is plus, minus, times, divided by, and comparison, so that two engines and any
processor agree to the last bit. The few functions under *Rates* also take a power, worked out in the
same plain arithmetic (`qisim.model.power`) once, before a run.
"""

from __future__ import annotations

from qisim.model.power import at_least, power

# --- Rates: from the units people think in to shares per week, once before a run -------------------


def weekly_leaving(turnover: float, vacancy_weeks: float) -> float:
    """Chance per week that somebody in post leaves, so that `turnover` leavers a year come on a post.

    Turnover is counted as its sources count it: leavers in a year over posts, with those who came
    and left again within it, while a post stands empty for `vacancy_weeks` on average (N01, N02).
    Never above one half.
    """
    leavers = turnover / 52.0
    return leavers / at_least(1.0 - leavers * vacancy_weeks, 2.0 * leavers)


def weekly_loss(half_life: float) -> float:
    """Share lost per week of what has this half-life in weeks."""
    return 1.0 - power(0.5, 1.0 / half_life)


def weekly_step(weeks: float) -> float:
    """Share of the remaining way that is gone in a week by what takes about `weeks` to follow."""
    return 1.0 / (1.0 + weeks)


def habit_step(routine_at: float, days: float) -> float:
    """Share of missing habit that a week of use gives, so that `days` of weekly use make routine.

    Habit grows quickly at first and then levels off (Lally 2010); the median time is 59 to 66 days
    (Q41).
    """
    return 1.0 - power(1.0 - routine_at, 7.0 / days)


def schooled_turnover(turnover: float, unschooled_share: float, unschooled_ratio: float) -> float:
    """Yearly turnover of staff with health education, so that all staff together have `turnover`.

    Staff without health education leave `unschooled_ratio` times as often as all staff (N01, N03).
    """
    rest = (1.0 - unschooled_share * unschooled_ratio) / at_least(1.0 - unschooled_share, 0.05)
    return turnover * at_least(rest, 0.0)


# --- Small arithmetic that many rules share -------------------------------------------------------


def within(level: float) -> float:
    """Keep a level between 0 and 1."""
    return 0.0 if level < 0.0 else (1.0 if level > 1.0 else level)


def relax(level: float, goal: float, step: float) -> float:
    """Move a level a share `step` of the way to where it is heading."""
    return level + step * (goal - level)


def gain(level: float, share: float) -> float:
    """Add a share of what is still missing to a level."""
    return level + (1.0 - level) * share


def decay(level: float, loss: float) -> float:
    """Take a share off a level."""
    return level * (1.0 - loss)


def bernoulli(draw: float, probability: float) -> float:
    """Say whether a thing of this probability happens (1.0) or not (0.0)."""
    return 1.0 if draw < probability else 0.0


def either(one: float, other: float) -> float:
    """Whether one of two things holds, or both (1.0), or neither (0.0)."""
    return 1.0 if one + other > 0.5 else 0.0


def saturation(amount: float, half: float) -> float:
    """Share of the full effect that an amount has; `half` is the amount that gives half of it."""
    return amount / (amount + half)


def two_sided(strength: float, weight: float, face: float) -> float:
    """Multiplier on odds of a factor that helps or hinders depending on its face.

    `face` runs from -1 (hinders fully) over 0 (neither) to 1 (helps fully). Help multiplies the
    odds, hindrance divides them by the same amount. Technology and tools, coordination and
    knowledge sharing are such factors: the study found each as an enabler and as a barrier.
    """
    push = strength * weight * face
    return 1.0 + push if face > 0.0 else 1.0 / (1.0 - push)


def with_odds(probability: float, ratio: float) -> float:
    """Probability after its odds have been multiplied by a ratio; certain stays certain."""
    weighed = probability * ratio
    return weighed / (1.0 - probability + weighed)


def of_odds(odds: float) -> float:
    """Probability that belongs to odds."""
    return odds / (1.0 + odds)


# --- 1. People: posts, newcomers, absence, leaving -------------------------------------------------


def staff_group(draw: float, nurse_share: float, unschooled_share: float) -> float:
    """Say which group a post is for: 0 nurse, 1 health-care worker, 2 no health education (N15)."""
    return 0.0 if draw < nurse_share else (2.0 if draw >= 1.0 - unschooled_share else 1.0)


def post_size(draw: float, mean_post: float, full_time_share: float) -> float:
    """Size of a post as a share of a full one.

    A given share of posts is full-time (N09); the rest spread evenly around what makes the mean
    come out (N10).
    """
    part_mean = (mean_post - full_time_share) / (1.000001 - full_time_share)
    spread = part_mean if part_mean < 1.0 - part_mean else 1.0 - part_mean
    place = (draw - full_time_share) / (1.000001 - full_time_share)
    part = part_mean + 0.8 * spread * (2.0 * place - 1.0)
    return 1.0 if draw < full_time_share else (0.1 if part < 0.1 else part)


def habit_pace(draw: float, spread: float) -> float:
    """Pace at which a person forms habits, as a multiple of the ordinary one.

    Half of all people lie above 1. With a spread of 1 paces run from a half to double, with 9 from a
    tenth to tenfold. The time to a habit has a long tail: studies give a median of 59 to 66 days, a
    mean of 106 to 154, a range of 4 to 335 (Q41). With 9 the mean is 1.8 times the median.
    """
    return (1.0 + spread * draw) / (1.0 + spread * (1.0 - draw))


def leaving_ratio(
    strain: float, engagement: float, usual_strain: float, usual_engagement: float,
    strain_weight: float, engagement_weight: float,
) -> float:  # fmt: skip
    """How much likelier a person is to leave than in usual strain and engagement.

    Strain drives people out (Q48, N16), engagement holds them (Q14).
    """
    driven = (1.0 + strain_weight * strain) / (1.0 + strain_weight * usual_strain)
    held = (1.0 + engagement_weight * usual_engagement) / (1.0 + engagement_weight * engagement)
    return driven * held


def leaving_probability(strength: float, rate: float, ratio: float) -> float:
    """Chance of leaving this week; factor *turnover*. Never above one half."""
    chance = strength * rate * ratio
    return 0.5 if chance > 0.5 else chance


def usual_vacancy(leaving_rate: float, hiring_rate: float) -> float:
    """Share of posts that stand empty when as many leave as are hired."""
    return leaving_rate / (leaving_rate + hiring_rate)


def absence_level(
    usual: float, quarter: float, swing: float, strain: float, usual_strain: float, weight: float
) -> float:
    """Share of such people who are absent: the usual, times the season, times what strain adds.

    `quarter` is the quarter's absence over the year's mean (N08), `swing` scales its distance to 1.
    """
    season = 1.0 + swing * (quarter - 1.0)
    worn = 1.0 + weight * (strain - usual_strain)
    level = usual * season * worn
    return 0.0 if level < 0.0 else (0.9 if level > 0.9 else level)


def absence_probability(absent: float, level: float, weeks: float) -> float:
    """Chance of being absent this week: of staying away, or of falling ill.

    An absence lasts `weeks` on average; people fall ill as often as keeps the share absent at
    `level`.
    """
    falls_ill = level / ((1.0 - level) * weeks)
    return 1.0 - 1.0 / weeks if absent > 0.5 else falls_ill


# --- 2. Load: demand against hours, slack, strain --------------------------------------------------


def working_share(settled: float) -> float:
    """Share of full work that a person carries; a newcomer carries half at first."""
    return 0.5 + 0.5 * settled


def unit_load(
    pressure: float, demand: float, planned_presence: float, post_hours: float,
    working_hours: float, missing_hours: float, cover: float,
) -> float:  # fmt: skip
    """Care demand over the hours there to meet it; 1 is balance, and 3 is the most.

    Demand is what the planned rota can do, times the pressure on the site and the week's `demand`
    (1 in an ordinary week). Substitutes make good a share of the missing hours, at nine tenths of
    the work of those who know the unit (an assumption).
    """
    needed = pressure * demand * planned_presence * post_hours
    there = working_hours + 0.9 * cover * missing_hours
    load = needed / (there + 0.001)
    return 3.0 if load > 3.0 else load


def hours_away(working_hours: float, lost: float, felt: float) -> float:
    """Hours of a unit's week that the programme took from care, as far as colleagues feel them.

    Uncovered activities, writing and workarounds, less what a good tool saves (below 0: hours won).
    A tenth of the work goes on whatever happens (an assumption).
    """
    away, most = felt * lost, 0.9 * working_hours
    return most if away > most else away


def own_load(load: float, extra_hours: float, hours: float, own_part: float) -> float:
    """Load of one person: the unit's, and a part of what the programme took or gave last week."""
    own = load + own_part * extra_hours / hours
    return 0.0 if own < 0.0 else own


def slack(strength: float, load: float, half_slack_load: float) -> float:
    """Share of the week's occasions for something new that the load leaves; factor *workload*.

    Nearly all at low load, half at `half_slack_load`, and few when demand far outruns hands (Q47).
    """
    relative = load / half_slack_load
    square = relative * relative
    return 1.0 / (1.0 + strength * square * square)


def strain_goal(slack_left: float, support: float, relief: float) -> float:
    """Strain to which a load leads: what is missing in slack, eased by leaders' support (Q48)."""
    return (1.0 - slack_left) * (1.0 - relief * support)


def programme_load(
    used: float, writing: float, workarounds: float, saved: float, attending: float
) -> float:
    """Hours that the programme takes from a person's week (below 0: gives back)."""
    return attending + used * (writing + workarounds - saved)


def writing_hours(strength: float, hours: float) -> float:
    """Hours of writing that a week of use adds; factor *extensive documentation*."""
    return strength * hours


def workaround_hours(strength: float, hours: float, fit: float) -> float:
    """Hours lost to workarounds where the standard does not fit; factor *misfit*."""
    return strength * hours * (1.0 - fit)


def saved_hours(strength: float, hours: float, usability: float, fit: float) -> float:
    """Hours that a good tool saves (below 0: a poor one costs); factor *technology and tools*."""
    return strength * hours * tool_face(usability, fit)


# --- 3. Activities: who comes, and what it gives them ----------------------------------------------


def free_to_come(slack_left: float, protected: float) -> float:
    """Chance that the shift lets a person go: protected time, or own slack."""
    return gain(slack_left, protected)


def rota_reach(post: float, barrier: float, fixed: float, place: float) -> float:
    """Chance that the date meets a person's rota; part-time posts are reached less (N09, N10).

    In part it is always the same people whom a rota meets: `place` is 2 for those whom it favours and
    0 for those whom it misses, half of each, and `fixed` says how far this decides.
    """
    met = 1.0 - barrier * (1.0 - post)
    return within(met * (1.0 - fixed + fixed * place))


def comes_at_all(draw: float, never_come: float) -> float:
    """Whether a person ever comes to courses (1.0) or never does (0.0)."""
    return 1.0 - bernoulli(draw, never_come)


def rota_place(draw: float) -> float:
    """Whether the rota favours a person (2) or misses them (0): as many of one as of the other."""
    return 0.0 if draw < 0.5 else 2.0


def meeting_odds(strength: float, weight: float, plan: float) -> float:
    """What joint planning of shifts and units does to the odds of coming; factor *coordination*."""
    return two_sided(strength, weight, 2.0 * plan - 1.0)


def willing_odds(strength: float, weight: float, engagement: float) -> float:
    """What energy to take part does to the odds of coming; factor *engagement*."""
    return 1.0 + strength * weight * engagement


def place_probability(places: float, invited: float) -> float:
    """Chance of getting one of a limited number of places (below 0: no limit)."""
    return 1.0 if places < 0.0 or invited <= places else places / invited


def coming_probability(
    free: float, rota: float, odds: float, offered: float, present: float
) -> float:
    """Chance that an invited person takes part.

    `offered` is the chance that the activity is held and has a place for them.
    """
    return present * offered * with_odds(free * rota, odds)


def learner(strength: float, group_gap: float, ease_gap: float, ease: float) -> float:
    """How well one course for all fits this person; factor *staff variety*.

    Schooling, and ease in language and with screens, decide (N15).
    """
    return 1.0 / (1.0 + strength * (group_gap + ease_gap * (1.0 - ease)))


def group_gap(group: float, care_worker_gap: float, unschooled_gap: float) -> float:
    """How much harder the course is for a staff group than for nurses."""
    return 0.0 if group < 0.5 else (care_worker_gap if group < 1.5 else unschooled_gap)


def simulation_bonus(strength: float, extra: float) -> float:
    """What practising in a simulation multiplies teaching by; factor *simulation training* (Q34)."""
    return 1.0 + strength * extra


def repeated_teaching(strength: float, effort: float) -> float:
    """Teaching by refreshers, inductions and repeats; factor *continuous learning* (Q28 to Q31)."""
    return strength * effort


def learned(competence: float, effort: float, learner: float) -> float:
    """Competence after a teaching effort: each further hour teaches less."""
    done = effort * learner
    return gain(competence, done / (1.0 + done))


# --- 4. Leaders: few hours, many duties ------------------------------------------------------------


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


def left_to_build(sharing: float, upkeep: float, arena_upkeep: float) -> float:
    """Weight that arenas for sharing have in leaders' hours.

    Setting them up takes all of it, keeping what stands only a share.
    """
    return sharing * (1.0 - upkeep * (1.0 - arena_upkeep))


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


# --- 5. Colleagues: teaching beside the work, example ----------------------------------------------


def seen_share(team_share: float, unit_share: float, closeness: float) -> float:
    """Share of colleagues that a person sees using the practice, mostly in the own team."""
    return closeness * team_share + (1.0 - closeness) * unit_share


def teaching(
    strength: float, weight: float, contact: float, rate: float, arena: float,
    teachers: float, able: float, competence: float,
) -> float:  # fmt: skip
    """Share of missing competence that able team mates pass on; factor *knowledge sharing*.

    `able` is how competent those are who can teach, `teachers` how much of the team can. Arenas for
    sharing speed teaching up, their lack slows it down (C01).
    """
    gap = able - competence
    pace = contact * rate * teachers * two_sided(strength, weight, 2.0 * arena - 1.0)
    return within(pace * gap) if gap > 0.0 else 0.0


def example_felt(share: float, threshold: float) -> float:
    """How far the example of a share of colleagues is felt: hardly below a threshold, fully above.

    A few who do it are an oddity, a quarter makes it something that people here do (Q58). The steepness
    (a fourth power) is an assumption.
    """
    square = share * share
    level, half = square * square, threshold * threshold * threshold * threshold
    return level / (level + half)


def pull_of_example(contact: float, weight: float, share: float, threshold: float) -> float:
    """What seeing others use it does to the odds: little from few, much past a threshold (Q58)."""
    return 1.0 + contact * weight * example_felt(share, threshold)


def try_along(contact: float, weight: float, share: float, threshold: float) -> float:
    """What multiplies learning beside the work where enough colleagues do it: one tries along."""
    return 1.0 + contact * weight * example_felt(share, threshold)


# --- 6. Attitudes ----------------------------------------------------------------------------------


def first_impression(from_fit: float, fit: float) -> float:
    """Relevance that somebody new sees in the practice as it came: how well it fits the work."""
    return within(from_fit * fit)


def relevance_goal(
    from_fit: float, fit: float, from_effect: float, seen: float, used: float
) -> float:
    """Relevance to which fit and visible effect lead, half seen in others, half in own work (C01)."""
    return within(from_fit * fit + from_effect * 0.5 * (seen + used))


def insight(feedback: float, from_feedback: float, hands_on: float, from_practice: float) -> float:
    """What an activity shows of the worth of the practice: own results (Q03), or trying it out."""
    return feedback * from_feedback + hands_on * from_practice


def owned(
    ownership: float, loss: float, from_part: float, took_part: float,
    from_adapting: float, adaptation: float,
) -> float:  # fmt: skip
    """Ownership a week later: it fades, and grows with taking part and with adapting (C01, C03)."""
    grown = within(from_part * took_part + from_adapting * adaptation)
    return gain(decay(ownership, loss), grown)


def kept_in_mind(
    attention: float, loss: float, from_part: float, took_part: float,
    from_support: float, support: float, from_example: float, seen: float,
) -> float:  # fmt: skip
    """How far the practice is in a person's mind, a week later.

    Taking part brings it to mind, follow-up and the sight of colleagues keep it there, and amid all
    else it fades: people use less what they were taught, even where the skill is there (Q37 to Q40).
    """
    reminded = within(from_part * took_part + from_support * support + from_example * seen)
    return gain(decay(attention, loss), reminded)


def dedication_goal(
    disposition: float, from_support: float, support: float, from_results: float, seen: float,
    wear: float, strain: float,
) -> float:  # fmt: skip
    """Dedication to which disposition, leaders and results lead, worn by strain (Q22, Q25, Q48)."""
    return within(0.5 * disposition + from_support * support + from_results * seen) * (
        1.0 - wear * strain
    )


def drawn_in(dedication: float, from_part: float, took_part: float) -> float:
    """Dedication after taking part: who is given time and is listened to comes to care more."""
    return gain(dedication, within(from_part * took_part))


def involvement_goal(
    base: float, from_skill: float, skill_used: float, from_support: float, support: float,
    wear: float, strain: float,
) -> float:  # fmt: skip
    """Engagement with the programme to which resources lead, above all use of one's skill (C05).

    Strain wears it.
    """
    return within(base + from_skill * skill_used + from_support * support) * (1.0 - wear * strain)


def work_engagement(usual: float, involvement: float, spill: float) -> float:
    """Engagement with work as a whole: the usual, and a part of what the programme adds or takes."""
    return usual + spill * (involvement - usual)


def attitude(strength: float, weight: float, level: float) -> float:
    """What an attitude does to odds; factors *ownership*, *engagement*, *perceived relevance*."""
    return 1.0 + strength * weight * level


# --- 7. Use: capability, opportunity, motivation; habit --------------------------------------------


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

    A single missed week does little to a habit in use (P06, of single days): what fades is the habit of who
    has `recent`ly not used it.
    Nobody gains more than half of what is missing in a week, so that no habit is made in a week or two
    (an assumption).
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


# --- 8. Forgetting ---------------------------------------------------------------------------------


def remembered(competence: float, loss: float, used: float, protects: float) -> float:
    """Competence a week later: it fades without practice (Q28 to Q30); use protects it."""
    return decay(competence, loss * (1.0 - protects * used))


# --- 9. What becomes of the practice in a unit: settled, dropped, taken up again -------------------


def unlike(draw: float, spread: float) -> float:
    """How a unit differs from the others of its site: a factor around 1, up to `spread` away."""
    return 1.0 + spread * (2.0 * draw - 1.0)


def weeks_of_crisis(weeks: float, load: float, heavy: float) -> float:
    """Weeks of heavy load that are not yet got over: one more, or one less in an easier week."""
    return weeks + 1.0 if load > heavy else (weeks - 1.0 if weeks > 1.0 else 0.0)


def embedded(
    embedding: float, users: float, backing: float, enough: float, step: float, loss: float
) -> float:  # fmt: skip
    """How far the practice stands in the unit's induction list, forms and rota, a week later.

    It is written in while enough staff use it and somebody sees to it, and what is written but no
    longer done is crossed out again (P02, P03; the form is an assumption).
    """
    return (
        relax(embedding, 1.0, users * backing * step) if users >= enough else decay(embedding, loss)
    )


def drop_probability(
    new_leader: float, new_aims: float, crisis: float, crisis_drop: float, embedding: float,
    held: float,
) -> float:  # fmt: skip
    """Chance that a unit drops the practice this week.

    A new leader may have other aims, and after weeks of crisis nobody asks for it any more. What stands
    in forms and rota is dropped less, and so is what a running programme with a plan and fixed
    time holds (Q43, Q45; sizes are assumptions).
    """
    chance = gain(new_leader * new_aims, crisis * crisis_drop)
    return chance * (1.0 - embedding) * (1.0 - held)


def fading_level(faded_at: float, embedding: float, held: float) -> float:
    """Share of staff who use it, lately, below which a unit has stopped without a word.

    As with dropping: what stands in forms and rota, or is held by a running programme, is not so soon
    taken to be over (an assumption).
    """
    return faded_at * (1.0 - embedding) * (1.0 - held)


def return_probability(restart: float, able: float, held: float, revive: float) -> float:
    """Chance that a unit takes up again this week what it had dropped.

    The likelier, the more of its people can still do it; and a running programme asks for it.
    """
    return gain(restart * able, held * revive)
