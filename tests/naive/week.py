"""A run, and the order of a week."""

from naive.activities import (
    begin_with_nothing_attended,
    come_to_activities,
    join_a_session,
    learn_from_activities,
)
from naive.attitudes import form_attitudes
from naive.chance import LEADER, STAFF, draws, key_of_run
from naive.colleagues import be_guided_by_leaders, learn_from_colleagues
from naive.forgetting import forget, keep_a_leaders_skill
from naive.load import feel_the_load, plan_the_week
from naive.opening import open_the_site
from naive.people import people_come_and_go
from naive.programme import begin_the_week
from naive.rates import draw_which_factors_the_case_has, work_out_weekly_numbers
from naive.record import record, take_stock
from naive.units import meet_the_week
from naive.use import use_the_practice, work_with_the_programme


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
