"""The programme and its calendar: what is held, who leads it, and when it is handed over."""

from naive.chance import STAFF

ABSENCE_BY_QUARTER = [7.8, 6.9, 5.6, 7.5]


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
