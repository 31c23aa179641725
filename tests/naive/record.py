"""Step 9: taking stock, and the record."""

from naive.levels import half_at, of_what_is_missing, part_of_the_way, share, within
from naive.programme import demand_in


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
