"""What yearly shares, half-lives and times of following mean for a week, and which factors a case has."""

from naive.chance import SITE, draws

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
