"""Step 2: load, strain and planned hours."""

from naive.levels import of_what_is_missing, part_of_the_way, within
from naive.programme import hours_to_lead_in_the_unit, programme_is_over, week_of_programme


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
