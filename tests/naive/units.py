"""A unit meets the week: visits, and what becomes of the practice."""

from naive.chance import UNIT, bernoulli, draws
from naive.levels import half_at, of_what_is_missing, part_of_the_way, within
from naive.load import slack_at
from naive.programme import activities_in, who_leads


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
