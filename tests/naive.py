"""The model in the plainest Python, from docs/odd.md only.

Somebody read the page and wrote down what it says, with dictionaries and lists, without looking at
the rules or at either engine, and nothing of the project is imported here. What the page calls a
week is `live_a_week`, with a function for each of its steps. A vacant post holds nobody (None), a
unit's ``last`` is how it looked at the end of the week before, and people are taken from the last to
the first, because the page says that their order does not matter; only sums go from the first.

Every function takes `told`, what the run was told: numbers and words by their short names, the
calendar, the events, and the numbers worked out from them before the first week.
"""

STAFF, LEADER, SITE, UNIT = 0, 1, 2, 3
NURSE, CARE_WORKER, UNSCHOOLED = 0, 1, 2
DECISIONS = [
    ["leave", "absence", "attend", "use"],
    ["hire", "session", "ease", "disposition"],
    ["pace", "comes", "place", "before"],
    ["group", "post", "start", "never"],
]
DECISIONS_OF_UNITS = [
    ["facilitator", "champion", "leader", "fate"],
    ["burden", "leading", "openness", "unrest"],
]
ABSENCE_BY_QUARTER = [7.8, 6.9, 5.6, 7.5]

FACTORS = [
    # strength, chance that the external case has it, that the internal case has it
    ["technology_and_tools", 1.0, 1.0],
    ["dedication", 1.0, 1.0],
    ["ownership", 0.9, 0.9],
    ["engagement", 0.9, 0.9],
    ["continuous_learning", 0.25, 0.75],
    ["simulation_training", 0.03, 0.97],
    ["knowledge_sharing", 0.4, 0.6],
    ["perceived_relevance", 0.5, 0.5],
    ["systematic_approach", 0.8, 0.2],
    ["coordination", 0.6, 0.4],
    ["workload", 1.0, 1.0],
    ["turnover", 0.6, 0.4],
    ["coping_with_responsibilities", 0.35, 0.65],
    ["staff_variety", 0.4, 0.6],
    ["standardisation_misfit", 0.5, 0.5],
    ["documentation", 0.5, 0.5],
]


def simulate(values, choices, activities, events, seed, replicate):
    """Live one run; return a list of weekly records (dictionaries by series), week 1 first."""
    told = {**values, **choices, "activities": activities, "events": events}
    work_out_weekly_numbers(told)
    key = key_of_run(seed, replicate)
    draw_which_factors_the_case_has(told, key)
    site = open_the_site(told, key)
    return [live_a_week(site, told) for _ in range(told["weeks"])]


def live_a_week(site, told):
    site["week"] = site["week"] + 1
    begin_the_week(site, told)
    for unit in reversed(site["units"]):
        meet_the_week(unit, site, told)
    for unit in reversed(site["units"]):
        for post in reversed(unit["leader_posts"]):
            live_as_leader(post, unit, site, told)
        for post in reversed(unit["staff_posts"]):
            live_as_staff(post, unit, site, told)
    for unit in site["units"]:
        take_stock(unit, site, told)
    return record(site)


def live_as_staff(post, unit, site, told):
    draw = draws(site["key"], STAFF, unit["number"], post["slot"], site["week"])
    people_come_and_go(post, unit, site, draw, told)
    person = post["person"]
    if person is None:
        return
    feel_the_load(person, post, unit, told)
    begin_with_nothing_attended(person)
    if not person["absent"]:
        person["insight"] = told["relevance_from_feedback"] * unit["results_shown"]
    come_to_activities(person, post, unit, site, draw, told)
    join_a_session(person, unit, draw, told)
    learn_from_activities(person)
    learn_from_colleagues(person, post, unit, told)
    be_guided_by_leaders(person, unit, told)
    form_attitudes(person, unit, told)
    use_the_practice(person, unit, site, draw, told)
    forget(person, told)


def live_as_leader(post, unit, site, told):
    draw = draws(site["key"], LEADER, unit["number"], post["slot"], site["week"])
    people_come_and_go(post, unit, site, draw, told)
    person = post["person"]
    if person is None:
        return
    plan_the_week(person, post, unit, site, told)
    begin_with_nothing_attended(person)
    come_to_activities(person, post, unit, site, draw, told)
    learn_from_activities(person)
    form_attitudes(person, unit, told)
    work_with_the_programme(person, unit, site, draw, told)
    keep_a_leaders_skill(person, unit, site, told)


# --- chance: Philox 4x32-10, addressed -------------------------------------------------------------


def philox(counter, key):
    """Return four 32-bit words for a counter of four and a key of two."""
    a, b, c, d = counter
    k, m = key
    for _ in range(10):
        first, second = 0xD2511F53 * a, 0xCD9E8D57 * c
        a, b, c, d = (
            (second // 2**32) ^ b ^ k,
            second % 2**32,
            (first // 2**32) ^ d ^ m,
            first % 2**32,
        )
        k, m = (k + 0x9E3779B9) % 2**32, (m + 0xBB67AE85) % 2**32
    return [a, b, c, d]


def key_of_run(seed, replicate):
    low_and_high = [replicate % 2**32, replicate // 2**32, seed % 2**32, seed // 2**32]
    return philox(low_and_high, [0, 0])[:2]


def draws(key, level, unit, slot, week):
    """Return the draws of a post, or of a unit, in a week, by decision."""
    found = {}
    for block, names in enumerate(DECISIONS_OF_UNITS if level == UNIT else DECISIONS):
        words = philox([slot, unit + 256 * level, week, block], key)
        for name, word in zip(names, words, strict=True):
            found[name] = word / 2**32
    return found


def bernoulli(draw, chance):
    return draw < chance


# --- before the first week -------------------------------------------------------------------------


def work_out_weekly_numbers(told):
    """Add what yearly shares, half-lives and times of following mean for a week."""
    others = max(1.0 - told["unschooled_share"], 0.05)
    rest = (1.0 - told["unschooled_share"] * told["unschooled_turnover_ratio"]) / others
    schooled = told["staff_turnover"] * max(rest, 0.0)
    unschooled = told["staff_turnover"] * told["unschooled_turnover_ratio"]
    told["schooled_leaving"] = weekly_chance(schooled, told["vacancy_weeks"])
    told["unschooled_leaving"] = weekly_chance(unschooled, told["vacancy_weeks"])
    told["leader_leaving"] = weekly_chance(told["leader_turnover"], told["leader_vacancy_weeks"])
    for name in ["settling", "strain", "follow_up", "attitude", "recent", "lately", "embed"]:
        told[name + "_step"] = 1.0 / (1.0 + told[name + "_weeks"])
    for name in ["skill", "ownership", "attention", "plan", "habit", "unembed"]:
        told[name + "_loss"] = 1.0 - power(0.5, 1.0 / told[name + "_half_life"])
    told["habit_step"] = 1.0 - power(1.0 - 0.8, 7.0 / told["habit_days"])
    told["staff_are_meant"] = told["target"] != "leaders"
    told["leaders_are_meant"] = told["target"] != "staff"


def weekly_chance(leavers_in_a_year, weeks_empty):
    """Return the chance that who holds a post leaves, for so many leavers on a post in a year."""
    leavers = leavers_in_a_year / 52.0
    share_of_time_filled = 1.0 - leavers * weeks_empty
    if share_of_time_filled > 2.0 * leavers:
        return leavers / share_of_time_filled
    return 0.5


def power(base, exponent):
    """Return the number nearest to a power, by whole numbers that count in units of 2**-240."""
    top, bottom = base.as_integer_ratio()
    number, doublings = top * ONE // bottom, 0
    while 10 * number < 7 * ONE:
        number, doublings = 2 * number, doublings + 1
    log = logarithm(number) - doublings * logarithm(2 * ONE)
    top, bottom = exponent.as_integer_ratio()
    log = log * top // bottom
    total, term, count = ONE, ONE, 0
    while abs(term) > 1:
        count += 1
        term = term * log // (ONE * count)
        total += term
    return total / ONE


ONE = 2**240


def logarithm(number):
    """Return the natural logarithm, number and result in units of 2**-240."""
    small = (number - ONE) * ONE // (number + ONE)
    square, total, term, odd = small * small // ONE, 0, small, 1
    while abs(term) > 1:
        total += 2 * term // odd
        term, odd = term * square // ONE, odd + 2
    return total


def draw_which_factors_the_case_has(told, key):
    """Cut strengths of factors that the study's case may not have had."""
    if told["allocation"] == "off" or told["study_case"] == "none":
        return
    for number, (factor, external, internal) in enumerate(FACTORS):
        draw = draws(key, SITE, 0, number, 0)["leave"]
        may_be_in_both = external + internal > 1.0
        if may_be_in_both:
            chance = external if told["study_case"] == "external" else internal
            has_it = draw < chance
        else:
            line = 0.5 if told["allocation"] == "null" else external
            has_it = (draw < line) == (told["study_case"] == "external")
        if not has_it:
            told[factor] = told[factor] * told["allocation_cut"]


def open_the_site(told, key):
    site = {
        "key": key,
        "week": 0,
        "leader_users": 0.0,
        "leader_skill": 0.0,
        "held": 0.0,
        "leavers": 0,
        "leader_leavers": 0,
        "programme_hours": 0.0,
        "documentation_hours": 0.0,
        "facilitator_is_here": False,
        "handed_over": False,
        "weeks_of_enough_use": 0,
        "weeks_from_outside": 0,
        "use": 0.0,
        "nurses_everywhere": False,
    }
    site["units"] = [open_a_unit(number, site, told) for number in range(told["units"])]
    for unit in site["units"]:
        take_stock(unit, site, told)
    return site


def open_a_unit(number, site, told):
    unit = {"number": number, "plan": told["plan"], "begun": False, "stopped": False}
    for level in ["follow_up", "upkeep", "adaptation", "facilitation"]:
        unit[level] = 0.0
    for level in ["embedding", "standing", "backing", "lately", "weeks_of_crisis"]:
        unit[level] = 0.0
    unit["restarted"] = False
    for name, draw in draws(site["key"], UNIT, number, 0, 0).items():
        if name in ["burden", "leading", "openness", "unrest"]:
            unit[name] = 1.0 + told["unit_spread"] * (2.0 * draw - 1.0)
    unit["staff_posts"] = []
    for slot in range(told["staff_per_unit"]):
        draw = draws(site["key"], STAFF, number, slot, 0)
        post = {"slot": slot, "level": STAFF, "team": slot % told["teams_per_unit"]}
        post["group"] = group_of_post(draw["group"], told)
        post["size"] = size_of_post(draw["post"], told)
        post["hours"] = post["size"] * told["full_post_hours"]
        unschooled = post["group"] == UNSCHOOLED
        leaving = told["unschooled_leaving"] if unschooled else told["schooled_leaving"]
        post["leaving"] = leaving * unit["unrest"]
        post["hiring"] = 1.0 / told["vacancy_weeks"]
        fill_at_the_start(post, draw, told)
        unit["staff_posts"].append(post)
    unit["leader_posts"] = []
    for slot in range(1 + told["champions_per_unit"]):
        draw = draws(site["key"], LEADER, number, slot, 0)
        post = {"slot": slot, "level": LEADER, "group": NURSE, "size": 1.0}
        post["predecessor"], post["newly_filled"] = 0.0, False
        post["leaving"] = told["leader_leaving"] * unit["unrest"]
        post["hiring"] = 1.0 / told["leader_vacancy_weeks"]
        fill_at_the_start(post, draw, told)
        unit["leader_posts"].append(post)
    return unit


def group_of_post(draw, told):
    if draw < told["nurse_share"]:
        return NURSE
    if draw >= 1.0 - told["unschooled_share"]:
        return UNSCHOOLED
    return CARE_WORKER


def size_of_post(draw, told):
    full = told["full_time_share"]
    if draw < full:
        return 1.0
    mean_of_parts = (told["mean_post"] - full) / (1.000001 - full)
    to_nearest_end = min(mean_of_parts, 1.0 - mean_of_parts)
    from_minus_one_to_one = 2.0 * ((draw - full) / (1.000001 - full)) - 1.0
    size = mean_of_parts + 0.8 * to_nearest_end * from_minus_one_to_one
    return max(size, 0.1)


def fill_at_the_start(post, draw, told):
    leaving = told["turnover"] * post["leaving"]
    vacant = bernoulli(draw["hire"], leaving / (leaving + post["hiring"]))
    post["person"] = None if vacant else newcomer(post, draw, 0.0, told)
    if not vacant:
        post["person"]["settled"] = 1.0
        if post["person"]["did_it_before"]:
            post["person"]["competence"] = told["baseline_skill"]
            post["person"]["used"] = post["person"]["routine"] = True
        level = level_of_absence(post["person"], 0, told)
        post["person"]["absent"] = bernoulli(draw["start"], level)


def newcomer(post, draw, shown, told):
    """Return who begins in a post and is shown so much of the practice."""
    of_staff = post["level"] == STAFF
    before = of_staff and bernoulli(draw["before"], told["baseline"])
    person = {
        "ease": draw["ease"],
        "disposition": draw["disposition"],
        "pace": pace_of_habits(draw["pace"], told),
        "absent": False,
        "settled": 0.0,
        "strain": told["usual_strain"],
        "engagement": told["usual_engagement"],
        "involvement": told["usual_engagement"],
        "dedication": 0.5 * draw["disposition"],
        "relevance": within(told["relevance_from_fit"] * told["fit"]),
        "took_part": False,
        "trained": False,
        "comes_at_all": not (of_staff and bernoulli(draw["comes"], told["never_come"])),
        "rota_place": (0.0 if draw["place"] < 0.5 else 2.0) if of_staff else 1.0,
        "did_it_before": before,
        "will_never": of_staff and bernoulli(draw["never"], told["never_use"]),
        "competence": of_what_is_missing(shown, told["baseline_skill"]) if before else shown,
        "attention": of_what_is_missing(shown, 1.0 if before else 0.0),
        "habit": 1.0 if before else 0.0,
        "recent_use": 1.0 if before else 0.0,
        "ownership": 0.0,
        "used": False,
        "routine": False,
        "learner": 1.0,
    }
    for hours in [
        "extra_hours",
        "programme_hours",
        "writing",
        "suffices",
        "hours_done",
        "meetings",
    ]:
        person[hours] = 0.0
    if of_staff:
        gaps = {
            NURSE: 0.0,
            CARE_WORKER: told["care_worker_gap"],
            UNSCHOOLED: told["unschooled_gap"],
        }
        harder = gaps[post["group"]] + told["ease_gap"] * (1.0 - person["ease"])
        person["learner"] = 1.0 / (1.0 + told["staff_variety"] * harder)
    return person


def pace_of_habits(draw, told):
    return (1.0 + told["pace_spread"] * draw) / (1.0 + told["pace_spread"] * (1.0 - draw))


# --- the calendar ----------------------------------------------------------------------------------


def week_of_programme(week, told):
    return week - told["start_week"] + 1


def programme_runs(week, told):
    return 1 <= week_of_programme(week, told) <= told["length_weeks"]


def programme_is_over(week, told):
    return told["length_weeks"] > 0 and week_of_programme(week, told) > told["length_weeks"]


def facilitator_is_there(week, told):
    return 1 <= week_of_programme(week, told) <= told["facilitator_weeks"]


def activities_in(week, told):
    """Return the activities held in a week, in the order of the scenario."""
    today, held = week_of_programme(week, told), []
    for activity in told["activities"]:
        if "every" in activity:
            weeks = range(activity["week"], activity["until"] + 1, activity["every"])
        else:
            weeks = [activity["week"]]
        if today in weeks:
            held.append(activity)
    return held


def is_meant_for(activity, level, told):
    audience = activity.get("audience", "target")
    if audience == "target":
        return told["staff_are_meant"] if level == STAFF else told["leaders_are_meant"]
    return audience == "everyone" or audience == ("staff" if level == STAFF else "leaders")


def who_leads(activity, told):
    leader = activity.get("led_by", "driver")
    return told["lead"] if leader == "driver" else leader


def is_for_untrained(activity):
    return activity.get("who", "all") == "untrained"


def quarter_over_mean(week, told):
    mean = (7.8 + 6.9 + 5.6 + 7.5) / 4.0
    week_of_year = (told["start_week_of_year"] - 1 + week) % 52  # counted from 0 here
    return ABSENCE_BY_QUARTER[week_of_year // 13] / mean


def demand_in(week, told):
    demand = 1.0
    for event in told["events"]:
        if event["kind"] == "demand" and event["from_week"] <= week <= event["until_week"]:
            demand = demand * event["factor"]
    return demand


def must_leave(kind, unit, week, told):
    for event in told["events"]:
        here = event.get("unit", unit["number"] + 1) == unit["number"] + 1
        if event["kind"] == kind and event["week"] == week and here:
            return True
    return False


def led_in_a_quarter(who, week, times_for_staff, told):
    """Return hours and number of what somebody led up to a week, for each of thirteen weeks."""
    hours = number = 0.0
    for past in range(max(week - 12, 0), week + 1):
        for activity in activities_in(past, told):
            if who_leads(activity, told) == who:
                times = times_for_staff if is_meant_for(activity, STAFF, told) else 1
                hours = hours + activity["hours"] * times
                number = number + times
    return hours / 13, number / 13


def hours_to_lead_from_outside(site, told):
    hours, number = led_in_a_quarter("facilitator", site["week"], told["units"], told)
    return hours + told["preparation"] * number


def hours_to_lead_in_the_unit(post, site, told):
    """Return what a leader or a champion needs in a week for what they lead."""
    if not site["running"]:
        return 0.0
    if post["slot"] == 0:
        hours, number = led_in_a_quarter("leader", site["week"], 1, told)
    else:
        hours, number = led_in_a_quarter("champion", site["week"], 1, told)
        hours = hours / told["champions_per_unit"]
        number = number / told["champions_per_unit"]
    needed = hours + told["preparation"] * number
    if post["slot"] > 0 and site["handed_over"]:
        hours, number = led_in_a_quarter("facilitator", site["week"], told["units"], told)
        nurses = told["units"] * told["champions_per_unit"]
        needed = needed + (hours / nurses + told["preparation"] * (number / nurses))
    return needed


def begin_the_week(site, told):
    """See whether the facilitator is there, and what her hours suffice for."""
    hand_over_if_it_is_time(site, told)
    there = facilitator_is_there(site["week"], told) and not site["handed_over"]
    site["facilitator_is_here"] = there
    site["weeks_from_outside"] += 1 if there else 0
    needed = hours_to_lead_from_outside(site, told)
    hours = told["facilitator_hours"]
    enough = 1.0 if hours >= needed else hours / needed
    site["chance_to_lead"] = enough if there else 0.0
    site["hours_to_visit"] = max(hours - needed, 0.0) if there else 0.0
    site["running"] = 1.0 if programme_runs(site["week"], told) else 0.0
    site["ready"] = told["readiness"] * (1.0 + told["trend"] * (site["week"] / 52.0))


def hand_over_if_it_is_time(site, told):
    """Let the facilitator leave before her time, for good, when the development nurses can go on."""
    held_up = site["facilitator_is_here"] and site["use"] >= told["handover_use"]
    site["weeks_of_enough_use"] = site["weeks_of_enough_use"] + 1 if held_up else 0
    if told["handover_use"] > 0.0 and site["nurses_everywhere"]:
        nurses_have_begun = programme_is_over(site["week"], told) or (
            programme_runs(site["week"], told)
            and week_of_programme(site["week"], told) >= told["champion_from_week"]
        )
        in_her_time = facilitator_is_there(site["week"], told)
        long_enough = site["weeks_of_enough_use"] >= told["handover_weeks"]
        if long_enough and nurses_have_begun and in_her_time:
            site["handed_over"] = True


# --- a unit meets the week -------------------------------------------------------------------------


def meet_the_week(unit, site, told):
    draw = draws(site["key"], UNIT, unit["number"], 0, site["week"])
    be_visited(unit, site, told)
    hold_on_drop_or_return(unit, site, draw["fate"], told)
    see_what_is_held(unit, site, draw, told)


def be_visited(unit, site, told):
    """Let the facilitator come to one unit a week, in turn."""
    is_here = site["week"] % told["units"] == unit["number"]
    has_time = slack_at(unit["last"]["load"], told)
    visit = half_at(site["hours_to_visit"] * has_time, told["facilitator_need"]) if is_here else 0.0
    unit["facilitation"] = part_of_the_way(unit["facilitation"], visit, told["follow_up_step"])
    unit["results_shown"] = visit * told["results_shown"]
    push = 1.0 + (told["facilitator_odds_ratio"] - 1.0) * unit["facilitation"]
    unit["push_on_staff"] = push if told["staff_are_meant"] else 1.0
    unit["push_on_leaders"] = push if told["leaders_are_meant"] else 1.0


def hold_on_drop_or_return(unit, site, draw, told):
    programme_holds = within(told["systematic_approach"] * told["structure"]) * site["running"]
    unit["begun"] = unit["begun"] or unit["lately"] >= told["begun_at"]
    if unit["stopped"]:
        again = of_what_is_missing(
            told["restart"] * unit["last"]["able"], programme_holds * told["revive"]
        )
        if bernoulli(draw, again):
            unit["stopped"], unit["restarted"] = False, True
            unit["lately"], unit["weeks_of_crisis"] = told["begun_at"], 0.0
    elif unit["begun"]:
        other_aims = told["new_aims"] if unit["leader_posts"][0]["newly_filled"] else 0.0
        worn_out = unit["weeks_of_crisis"] >= told["crisis_weeks"]
        chance = of_what_is_missing(other_aims, told["crisis_drop"] if worn_out else 0.0)
        chance = chance * (1.0 - unit["embedding"]) * (1.0 - programme_holds)
        faded = told["faded_at"] * (1.0 - unit["embedding"]) * (1.0 - programme_holds)
        if bernoulli(draw, chance) or unit["lately"] < faded:
            unit["stopped"], unit["weeks_of_crisis"] = True, 0.0


def see_what_is_held(unit, site, draw, told):
    """See by whom activities are led in the unit this week: by all or by nobody."""
    unit["held"] = {"nobody": True}
    unit["held"]["facilitator"] = bernoulli(draw["facilitator"], site["chance_to_lead"])
    for who, can in [["champion", "champions_can"], ["leader", "leader_can"]]:
        chance = 0.0 if unit["stopped"] else unit["last"][can]
        unit["held"][who] = bernoulli(draw[who], chance)
    if site["handed_over"]:
        unit["held"]["facilitator"] = unit["held"]["champion"]
    for activity in activities_in(site["week"], told):
        site["held"] += 1.0 if unit["held"][who_leads(activity, told)] else 0.0


# --- arithmetic ------------------------------------------------------------------------------------


def within(level):
    return min(max(level, 0.0), 1.0)


def share(part, whole):
    return part / whole if whole else 0.0


def half_at(amount, half):
    return amount / (amount + half)


def of_what_is_missing(level, gained):
    return level + (1.0 - level) * gained


def part_of_the_way(level, goal, step):
    return level + step * (goal - level)


def helps_or_hinders(strength, weight, face):
    """Return the multiplier on odds of a factor with two faces, from -1 to 1."""
    push = strength * weight * face
    return 1.0 + push if face > 0.0 else 1.0 / (1.0 - push)


# --- step 1: people --------------------------------------------------------------------------------


def people_come_and_go(post, unit, site, draw, told):
    person = post["person"]
    post["newly_filled"] = person is None and bernoulli(draw["hire"], post["hiring"])
    if post["newly_filled"]:
        person = newcomer(post, draw, shown_at_the_start(post, unit, told), told)
    elif person is not None and leaves(person, post, unit, site, draw, told):
        post["predecessor"] = person["competence"]
        person = None
        site["leavers" if post["level"] == STAFF else "leader_leavers"] += 1
    if person is not None:
        if person["absent"]:
            chance = 1.0 - 1.0 / told["absence_weeks"]
        else:
            level = level_of_absence(person, site["week"], told)
            chance = level / ((1.0 - level) * told["absence_weeks"])
        person["absent"] = bernoulli(draw["absence"], chance)
        person["settled"] = part_of_the_way(person["settled"], 1.0, told["settling_step"])
    post["person"] = person


def shown_at_the_start(post, unit, told):
    """Return what induction shows to staff, and a hand-over to leaders."""
    if post["level"] == LEADER:
        return told["leader_handover"] * post["predecessor"]
    return unit["last"]["induction"]


def leaves(person, post, unit, site, draw, told):
    if post["level"] == LEADER:
        kind = "leader_leaves" if post["slot"] == 0 else "champion_leaves"
        if must_leave(kind, unit, site["week"], told):
            return True
    by_strain, by_engagement = told["strain_on_leaving"], told["engagement_on_leaving"]
    driven = (1.0 + by_strain * person["strain"]) / (1.0 + by_strain * told["usual_strain"])
    held = (1.0 + by_engagement * told["usual_engagement"]) / (
        1.0 + by_engagement * person["engagement"]
    )
    return bernoulli(draw["leave"], min(told["turnover"] * post["leaving"] * (driven * held), 0.5))


def level_of_absence(person, week, told):
    season = 1.0 + told["season_swing"] * (quarter_over_mean(week, told) - 1.0)
    worn = 1.0 + told["strain_on_absence"] * (person["strain"] - told["usual_strain"])
    return min(max(told["sickness_absence"] * season * worn, 0.0), 0.9)


# --- step 2: load ----------------------------------------------------------------------------------


def slack_at(load, told):
    relative = load / told["half_slack_load"]
    return 1.0 / (1.0 + told["workload"] * (relative * relative) * (relative * relative))


def strain_by(slack, support, told):
    return (1.0 - slack) * (1.0 - told["support_relief"] * support)


def feel_the_load(person, post, unit, told):
    last = unit["last"]
    own = told["own_part"] * person["extra_hours"] / post["hours"]
    person["room"] = slack_at(max(last["load"] + own, 0.0), told)
    person["support"] = unit["follow_up"]
    person["reminded"] = unit["backing"]
    goal = 0.0 if person["absent"] else strain_by(person["room"], person["support"], told)
    person["strain"] = part_of_the_way(person["strain"], goal, told["strain_step"])
    person["seen"] = told["contact"] * last["teams"][post["team"]]["users"]


def plan_the_week(person, post, unit, site, told):
    """Say how many hours a leader keeps for the programme, and what the role does to them."""
    span = len(unit["staff_posts"])
    heavier = told["span_on_load"] * (span / told["usual_span"] - 1.0)
    slack = slack_at(max(unit["last"]["load"] + heavier, 0.0), told)
    kept_up = site["running"] or person["routine"]
    structure = told["structure"] if kept_up else 0.0
    held = within(told["systematic_approach"] * structure)
    person["kept"] = person["room"] = of_what_is_missing(slack, held)
    writing = told["documentation"] * told["leader_documentation_hours"] * site["running"]
    person["writing"] = 0.0 if person["absent"] else writing
    hours = planned_hours(post, unit, site, told)
    person["work_hours"] = max(hours * person["kept"] - writing, 0.0)
    tasks = told["leader_tasks"] * site["running"]
    person["burden"] = tasks / (tasks + person["work_hours"] + 0.001)
    needed = hours_to_lead_in_the_unit(post, site, told)
    leading = min(needed, person["work_hours"])
    person["suffices"] = 1.0 if leading == needed else person["work_hours"] / needed
    person["work_hours"] = person["work_hours"] - leading
    person["leading_hours"] = 0.0 if person["absent"] else leading
    person["support"] = unit["facilitation"] if told["leaders_are_meant"] else 0.0
    person["reminded"] = of_what_is_missing(person["support"], unit["standing"])
    added = within(told["coping_with_responsibilities"] * told["coping_strain"] * person["burden"])
    goal = of_what_is_missing(strain_by(slack, person["support"], told), added)
    goal = 0.0 if person["absent"] else goal
    person["strain"] = part_of_the_way(person["strain"], goal, told["strain_step"])
    person["seen"] = told["contact"] * unit["last"]["users"]


def planned_hours(post, unit, site, told):
    over = programme_is_over(site["week"], told)
    if unit["stopped"]:
        return 0.0
    if post["slot"] == 0:
        hours = told["leader_hours"] * told["hours_granted"] * unit["leading"]
        return hours * told["leader_hours_after"] if over else hours
    hours = told["champion_hours"] * told["hours_granted"] * unit["leading"]
    hours = hours / told["champion_units"]
    if over:
        return hours * told["champion_hours_after"]
    begun = week_of_programme(site["week"], told) >= told["champion_from_week"]
    return hours if begun and site["running"] else 0.0


# --- step 3: activities ----------------------------------------------------------------------------


def begin_with_nothing_attended(person):
    for amount in ["effort", "part", "insight", "meetings", "attended_hours", "own_time"]:
        person[amount] = 0.0


def come_to_activities(person, post, unit, site, draw, told):
    for activity in activities_in(site["week"], told):
        if not is_meant_for(activity, post["level"], told):
            continue
        if is_for_untrained(activity) and person["trained"]:
            continue
        if bernoulli(draw["attend"], chance_to_come(person, post, unit, site, activity, told)):
            attend(person, activity, site, told)


def chance_to_come(person, post, unit, site, activity, told):
    if person["absent"] or not person["comes_at_all"]:
        return 0.0
    if not unit["held"][who_leads(activity, told)]:
        return 0.0
    covered = activity.get("protected", told["protected_time"])
    could = of_what_is_missing(person["room"], covered)
    odds = told["readiness"] * odds_of_energy(person, told)
    if activity["kind"] not in ["compendium", "elearning", "homework"]:  # those have a date
        could = could * chance_by_rota(person, post, told)
        odds = odds * odds_of_planning(unit, told)
    offered = chance_of_a_place(activity, unit) if post["level"] == STAFF else 1.0
    if activity["kind"] in ["compendium", "elearning"]:
        offered = offered * told["self_paced_completion"]
    return offered * after_odds(could, odds)


def chance_by_rota(person, post, told):
    on_average = 1.0 - told["rota_barrier"] * (1.0 - post["size"])
    fixed = told["rota_fixed"]
    return within(on_average * (1.0 - fixed + fixed * person["rota_place"]))


def odds_of_energy(person, told):
    return 1.0 + told["engagement"] * told["engagement_weight"] * person["involvement"]


def odds_of_planning(unit, told):
    face = 2.0 * unit["plan"] - 1.0
    return helps_or_hinders(told["coordination"], told["coordination_weight"], face)


def after_odds(chance, odds):
    return chance * odds / (1.0 - chance + chance * odds)


def chance_of_a_place(activity, unit):
    invited = unit["last"]["untrained" if is_for_untrained(activity) else "in_post"]
    if "places" not in activity or invited <= activity["places"]:
        return 1.0
    return activity["places"] / invited


def attend(person, activity, site, told):
    kind, hours = activity["kind"], activity["hours"]
    effort = hours * told[kind + "_teaches"]
    if kind == "simulation":
        effort = effort * (1.0 + told["simulation_training"] * told["simulation_extra"])
    if kind == "refresher" or is_for_untrained(activity):
        effort = effort * told["continuous_learning"]
    outside = who_leads(activity, told) == "facilitator" and not site["handed_over"]
    person["effort"] += effort
    person["part"] += told["outside_ownership"] if outside else 1.0
    if kind == "feedback":
        person["insight"] += told["relevance_from_feedback"]
    if kind in ["homework", "skills_training", "simulation", "coaching"]:  # people try it out
        person["insight"] += told["relevance_from_practice"]
    person["meetings"] += 1.0 if kind == "workshop" else 0.0
    person["attended_hours"] += hours
    person["own_time"] += hours * (1.0 - activity.get("protected", told["protected_time"]))
    person["took_part"] = person["trained"] = True


def join_a_session(person, unit, draw, told):
    odds = odds_of_arenas(unit, told) * told["readiness"] * odds_of_energy(person, told)
    chance = told["session_reach"] * unit["follow_up"] * after_odds(person["room"], odds)
    if not person["absent"] and bernoulli(draw["session"], chance):
        person["effort"] += told["session_hours"] * told["session_teaches"] * unit["last"]["skill"]
        person["part"] += 1.0
        person["attended_hours"] += told["session_hours"]
        person["own_time"] += told["session_hours"]
        person["took_part"] = True


def odds_of_arenas(unit, told):
    """Return what arenas for sharing know-how, or their lack, do to sessions and to teaching."""
    arena = of_what_is_missing(within(told["arenas"] * unit["openness"]), unit["upkeep"])
    face = 2.0 * arena - 1.0
    return helps_or_hinders(told["knowledge_sharing"], told["sharing_weight"], face)


def learn_from_activities(person):
    done = person["effort"] * person["learner"]
    person["competence"] = of_what_is_missing(person["competence"], done / (1.0 + done))


# --- step 5: colleagues ----------------------------------------------------------------------------


def learn_from_colleagues(person, post, unit, told):
    team = unit["last"]["teams"][post["team"]]
    ahead = team["able"] - person["competence"]
    if ahead <= 0.0 or person["absent"]:
        return
    pace = told["contact"] * told["teaching_rate"] * team["teachers"]
    pace = pace * odds_of_arenas(unit, told)
    try_along = 1.0 + told["contact"] * told["try_along"] * example_felt(team["users"], told)
    taught = within(within(pace * ahead) * try_along) * person["learner"]
    person["competence"] = of_what_is_missing(person["competence"], taught)


def be_guided_by_leaders(person, unit, told):
    if not person["absent"]:
        pace = told["contact"] * told["guide_rate"] * unit["follow_up"] * person["learner"]
        person["competence"] = beside(unit["last"]["skill"], person["competence"], pace)


def beside(others, own, pace):
    """Return the competence of somebody after a week beside people of the competence of others."""
    return of_what_is_missing(own, within(pace * (others - own))) if others > own else own


# --- step 6: attitudes -----------------------------------------------------------------------------


def fit_by_now(unit, told):
    return of_what_is_missing(told["fit"], unit["adaptation"])


def form_attitudes(person, unit, told):
    """Relevance, ownership, attention, dedication, engagement; `used` is still last week's."""
    used = 1.0 if person["used"] else 0.0
    effect = told["relevance_from_effect"] * 0.5 * (person["seen"] + used)
    goal = within(told["relevance_from_fit"] * fit_by_now(unit, told) + effect)
    relevance = part_of_the_way(person["relevance"], goal, told["attitude_step"])
    person["relevance"] = of_what_is_missing(relevance, within(person["insight"]))

    ownership = person["ownership"] * (1.0 - told["ownership_loss"])
    grown = told["ownership_from_part"] * person["part"]
    grown = grown + told["ownership_from_adapting"] * unit["adaptation"]
    person["ownership"] = of_what_is_missing(ownership, within(grown))

    attention = person["attention"] * (1.0 - told["attention_loss"])
    reminded = told["attention_from_part"] * person["part"]
    reminded = reminded + told["attention_from_support"] * person["reminded"]
    reminded = reminded + told["attention_from_example"] * person["seen"]
    person["attention"] = of_what_is_missing(attention, within(reminded))

    worn = 1.0 - told["strain_wears"] * person["strain"]
    fed = 0.5 * person["disposition"] + told["dedication_from_support"] * person["support"]
    fed = within(fed + told["dedication_from_results"] * person["seen"])
    dedication = part_of_the_way(person["dedication"], fed * worn, told["attitude_step"])
    drawn_in = within(told["dedication_from_part"] * person["part"])
    person["dedication"] = of_what_is_missing(dedication, drawn_in)
    fed = told["engagement_base"] + told["engagement_from_skill"] * (used * person["competence"])
    fed = within(fed + told["engagement_from_support"] * person["support"])
    step, usual = told["attitude_step"], told["usual_engagement"]
    person["involvement"] = part_of_the_way(person["involvement"], fed * worn, step)
    spilt = told["engagement_spill"] * (person["involvement"] - usual)
    person["engagement"] = usual + spilt


# --- step 7 (and 4, for leaders): use --------------------------------------------------------------


def use_the_practice(person, unit, site, draw, told):
    support = unit["push_on_staff"] * (1.0 + told["support_weight"] * unit["backing"])
    odds = told["base_odds"] * site["ready"] * odds_of_attitudes(person, told)
    odds = odds * odds_of_example(person["seen"], 1.0, told) * support
    odds = odds * odds_of_tool(unit, told)
    decide(person, unit, occasions(person, told), odds, draw, told)
    misfit = 1.0 - fit_by_now(unit, told)
    writing = told["documentation"] * told["documentation_hours"]
    workarounds = told["standardisation_misfit"] * told["workaround_hours"] * misfit
    saved = told["technology_and_tools"] * told["time_saved"] * face_of_tool(unit, told)
    person["writing"] = writing if person["used"] else 0.0
    person["programme_hours"] = person["attended_hours"]
    person["extra_hours"] = person["own_time"]
    if person["used"]:
        person["extra_hours"] += writing + workarounds - saved


def work_with_the_programme(person, unit, site, draw, told):
    outgrown = told["coping_with_responsibilities"] * told["coping_weight"] * person["burden"]
    cope = 1.0 / (1.0 + outgrown * (1.0 - person["competence"]))
    odds = told["leader_base_odds"] * site["ready"] * odds_of_attitudes(person, told)
    odds = odds * odds_of_example(site["leader_users"], told["contact"], told)
    odds = odds * unit["push_on_leaders"] * odds_of_tool(unit, told)
    decide(person, unit, occasions(person, told) * cope, odds, draw, told)
    left = max(person["work_hours"] - person["own_time"], 0.0)
    person["hours_done"] = left if person["used"] else 0.0
    person["programme_hours"] = person["attended_hours"] + person["hours_done"]
    person["programme_hours"] += person["leading_hours"]


def occasions(person, told):
    """Return the share of occasions that there is time for."""
    made_up = within(told["dedication"] * told["dedicated_hold"] * person["dedication"])
    return of_what_is_missing(person["room"], made_up)


def odds_of_attitudes(person, told):
    odds = 1.0
    for strength, weight, level in [
        ["ownership", "ownership_weight", "ownership"],
        ["engagement", "engagement_weight", "involvement"],
        ["perceived_relevance", "relevance_weight", "relevance"],
    ]:
        odds = odds * (1.0 + told[strength] * told[weight] * person[level])
    return odds


def odds_of_example(users, contact, told):
    return 1.0 + contact * told["norm_weight"] * example_felt(users, told)


def example_felt(users, told):
    half = told["norm_threshold"]
    return half_at((users * users) * (users * users), half * half * half * half)


def face_of_tool(unit, told):
    return told["usability"] + fit_by_now(unit, told) - 1.0


def odds_of_tool(unit, told):
    helps = helps_or_hinders(
        told["technology_and_tools"], told["tool_weight"], face_of_tool(unit, told)
    )
    misfit = 1.0 - fit_by_now(unit, told)
    return helps * (1.0 / (1.0 + told["standardisation_misfit"] * told["misfit_weight"] * misfit))


def decide(person, unit, chances, odds, draw, told):
    """Use the practice this week or not; habit and routine follow."""
    competence, half = person["competence"], told["half_competence"]
    capable = competence * (1.0 + half) / (competence + half)
    on_purpose = person["attention"] * capable * chances * (odds / (1.0 + odds))
    chance = of_what_is_missing(on_purpose, told["habit_carries"] * person["habit"])
    if unit["stopped"]:
        chance = chance * (1.0 - (1.0 - told["dropped_use"]))
    if person["did_it_before"]:
        chance = of_what_is_missing(chance, told["baseline_use"])
    may_use = not person["absent"] and not person["will_never"]
    person["used"] = may_use and bernoulli(draw["use"], chance)
    if person["used"]:
        step = min(told["habit_step"] * person["pace"], 0.5)
        person["habit"] = of_what_is_missing(person["habit"], step)
    else:
        lost = told["habit_loss"] * (1.0 - person["recent_use"])
        person["habit"] = person["habit"] * (1.0 - lost)
    if not person["absent"]:
        used = 1.0 if person["used"] else 0.0
        person["recent_use"] = part_of_the_way(person["recent_use"], used, told["recent_step"])
    if person["habit"] >= told["routine_at"] and person["recent_use"] >= told["routine_share"]:
        person["routine"] = True
    if person["recent_use"] < told["routine_kept_share"]:
        person["routine"] = False


# --- step 8: forgetting ----------------------------------------------------------------------------


def forget(person, told):
    if person["used"]:
        person["competence"] = of_what_is_missing(person["competence"], told["learning_by_doing"])
    fade(person, told)


def keep_a_leaders_skill(person, unit, site, told):
    """Let a leader learn from the work, the unit, other leaders and the facilitator; then forget."""
    skill = person["competence"]
    if person["used"]:
        skill = of_what_is_missing(skill, told["leader_practice"])
    if not person["absent"]:
        skill = beside(unit["last"]["able"], skill, told["contact"] * told["leader_from_unit"])
        skill = beside(site["leader_skill"], skill, told["contact"] * told["leader_from_peers"])
        if told["leaders_are_meant"]:
            coached = told["coaching_step"] * unit["facilitation"]
            skill = of_what_is_missing(skill, coached)
    person["competence"] = skill
    fade(person, told)


def fade(person, told):
    loss = told["skill_loss"]
    if person["used"]:
        loss = loss * (1.0 - told["practice_protects"])
    person["competence"] = person["competence"] * (1.0 - loss)


# --- step 9: taking stock, and the record ----------------------------------------------------------


def people_in(posts):
    return [post["person"] for post in posts if post["person"] is not None]


def mean(numbers):
    amount = 0.0
    for number in numbers:
        amount = amount + number
    return share(amount, len(numbers))


def total(people, name):
    amount = 0.0  # one after another: the built-in sum of newer Pythons rounds in another way
    for person in people:
        amount = amount + person[name]
    return amount


def take_stock(unit, site, told):
    """Write down how the unit looks at the end of the week, for people to see in the next one."""
    staff, leaders = people_in(unit["staff_posts"]), people_in(unit["leader_posts"])
    unit["last"] = {
        "in_post": len(staff),
        "untrained": sum(not person["trained"] for person in staff),
        "users": share(total(staff, "used"), len(staff)),
        "able": share(total(staff, "competence"), len(staff)),
        "teams": [look_at_team(number, unit) for number in range(told["teams_per_unit"])],
        "load": load_of(unit, site, told),
        "skill": share(total(leaders, "competence"), len(leaders)),
        "leader_can": can_lead(unit["leader_posts"][0]),
        "champions_can": mean([can_lead(post) for post in unit["leader_posts"][1:]]),
    }
    share_out_the_hours(total(leaders, "hours_done"), unit, told)
    slipped = told["plan"] + (unit["plan"] - told["plan"]) * (1.0 - told["plan_loss"])
    meetings = total(leaders, "meetings") / len(unit["leader_posts"])
    unit["plan"] = of_what_is_missing(slipped, within(told["plan_gain"] * meetings))
    remember_the_week(unit, told)


def remember_the_week(unit, told):
    """Count weeks of crisis and use lately; write the practice into forms and rota, or cross it out."""
    last = unit["last"]
    if last["load"] > told["heavy_load"]:
        unit["weeks_of_crisis"] += 1.0
    else:
        unit["weeks_of_crisis"] = max(unit["weeks_of_crisis"] - 1.0, 0.0)
    unit["lately"] = part_of_the_way(unit["lately"], last["users"], told["lately_step"])
    if last["users"] >= told["embed_from"]:
        step = last["users"] * unit["backing"] * told["embed_step"]
        unit["embedding"] = part_of_the_way(unit["embedding"], 1.0, step)
    else:
        unit["embedding"] = unit["embedding"] * (1.0 - told["unembed_loss"])
    stands = unit["standing"] = 0.0 if unit["stopped"] else unit["embedding"]
    unit["backing"] = of_what_is_missing(unit["follow_up"], stands)
    last["induction"] = stands * told["induction"]


def share_out_the_hours(hours, unit, told):
    """Let three tasks compete for leaders' hours: staff, arenas for sharing, adapting the tool."""
    staff, change = 1.0, told["adaptable"] * (1.0 - unit["adaptation"])
    arenas = told["sharing"]
    half = len(unit["staff_posts"]) * told["follow_up_need"]
    with_staff = hours * staff / (staff + (arenas + change))
    for_arenas = hours * arenas / (arenas + (staff + change))
    for_change = hours * change / (change + (staff + arenas))
    followed_up = half_at(with_staff + told["overlap"] * (for_arenas + for_change), half)
    kept_up = half_at(for_arenas, half)
    adapted = half_at(for_change + told["overlap"] * change * for_arenas, half)
    step = told["follow_up_step"]
    unit["follow_up"] = part_of_the_way(unit["follow_up"], followed_up, step)
    unit["upkeep"] = part_of_the_way(unit["upkeep"], kept_up, step)
    mended = told["adaptation_rate"] * adapted
    unit["adaptation"] = of_what_is_missing(unit["adaptation"], mended)


def look_at_team(number, unit):
    team = people_in([post for post in unit["staff_posts"] if post["team"] == number])
    skill, squares = total(team, "competence"), 0.0
    for person in team:
        squares = squares + person["competence"] * person["competence"]
    return {
        "users": share(total(team, "used"), len(team)),
        "teachers": share(skill, len(team)),
        "able": share(squares, skill),
    }


def can_lead(post):
    person = post["person"]
    return 0.0 if person is None or person["absent"] else person["suffices"]


def load_of(unit, site, told):
    all_hours = working = missing = 0.0
    for post in unit["staff_posts"]:
        all_hours = all_hours + post["hours"]
        person = post["person"]
        if person is None or person["absent"]:
            missing = missing + post["hours"]
        else:
            working = working + post["hours"] * (0.5 + 0.5 * person["settled"])
    away = told["hours_felt"] * total(people_in(unit["staff_posts"]), "extra_hours")
    working = working - min(away, 0.9 * working)
    demand = told["pressure"] * unit["burden"] * demand_in(site["week"], told)
    needed = demand * told["planned_presence"] * all_hours
    there = working + 0.9 * told["cover"] * missing
    return min(needed / (there + 0.001), 3.0)


def record(site):
    staff_posts = [post for unit in site["units"] for post in unit["staff_posts"]]
    staff = people_in(staff_posts)
    leaders = people_in([post for unit in site["units"] for post in unit["leader_posts"]])
    site["leader_users"] = share(total(leaders, "used"), len(leaders))
    site["leader_skill"] = share(total(leaders, "competence"), len(leaders))
    units = site["units"]
    for series, spent in [
        ["programme_hours", "programme_hours"],
        ["documentation_hours", "writing"],
    ]:
        site[series] = site[series] + (total(staff, spent) + total(leaders, spent))
    week = {
        "adoption": share(total(staff, "routine"), len(staff)),
        "use": share(total(staff, "used"), len(staff)),
        "reach": share(total(staff, "took_part"), len(staff)),
        "trained": share(total(staff, "trained"), len(staff)),
        "leader_use": site["leader_users"],
        "leader_adoption": share(total(leaders, "routine"), len(leaders)),
        "workload": mean([unit["last"]["load"] for unit in units]),
        "vacancy": 1.0 - len(staff) / len(staff_posts),
        "absence": share(total(staff, "absent"), len(staff)),
        "leavers": site["leavers"],
        "leader_leavers": site["leader_leavers"],
        "held": site["held"] / len(units),
        "embedding": mean([unit["embedding"] for unit in units]),
        "going_on": mean([unit["begun"] and not unit["stopped"] for unit in units]),
        "stopped": mean([unit["stopped"] for unit in units]),
        "restarted": mean([unit["restarted"] for unit in units]),
        "programme_hours": site["programme_hours"],
        "documentation_hours": site["documentation_hours"],
        "outside_weeks": site["weeks_from_outside"],
    }
    site["use"] = week["use"]
    site["nurses_everywhere"] = all(people_in(unit["leader_posts"][1:]) for unit in units)
    for level in [
        "competence", "ownership", "dedication", "engagement", "involvement", "relevance", "strain",
    ]:  # fmt: skip
        week[level] = share(total(staff, level), len(staff))
    return week
