"""Step 7, and 4 for leaders: use of the practice."""

from naive.attitudes import fit_by_now
from naive.chance import bernoulli
from naive.levels import half_at, helps_or_hinders, of_what_is_missing, part_of_the_way, within


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
