"""The site before the first week."""

from naive.chance import LEADER, STAFF, UNIT, draws
from naive.newcomers import NURSE, UNSCHOOLED, fill_at_the_start, group_of_post, size_of_post
from naive.record import take_stock


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
