"""Step 3: activities, and what they teach."""

from naive.chance import STAFF, bernoulli
from naive.levels import helps_or_hinders, of_what_is_missing, within
from naive.programme import activities_in, is_for_untrained, is_meant_for, who_leads


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
