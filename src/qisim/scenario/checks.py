"""Consistency checks on the values of a scenario.

Each check covers one requirement, returns a list of problems (empty if there are none), and names
the keys that it reads; it is skipped if one of them was refused already. `problems_of` runs them
all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from qisim.errors import Problem
from qisim.model.calendar import Activity, DemandSurge, short_name
from qisim.scenario.files import is_shipped, shown
from qisim.scenario.layers import DEFAULT, Draft, Entry

MAX_POSTS, MIN_POSTS = 400, 4
MAX_OCCURRENCES = 2000
SMALLEST_POST = 0.1
"""Part-time posts are never smaller than this share of a full one."""

Check = Callable[[Draft], list[Problem]]
_CHECKS: list[tuple[tuple[str, ...], Check]] = []


def _reads(*keys: str) -> Callable[[Check], Check]:
    """Register a check with the keys that it reads."""

    def register(check: Check) -> Check:
        _CHECKS.append((keys, check))
        return check

    return register


def problems_of(draft: Draft) -> list[Problem]:
    """Return every inconsistency of a draft whose single values have been read."""
    ready = [check for keys, check in _CHECKS if all(key in draft.values for key in keys)]
    return [problem for check in ready for problem in check(draft)]


def _problem(draft: Draft, key: str, message: str, allowed: str, *others: str) -> Problem:
    """Return a problem of one key, at the line where it or one of the other keys involved was set."""
    places = [draft.places[name] for name in (key, *others)]
    file, line = next((place for place in places if place[0] != DEFAULT), places[0])
    return Problem(message, file, line, key, shown(draft.values[key]), allowed)


def _at_cause(
    draft: Draft, found: list[Problem], why: str, allowed: dict[str, str]
) -> list[Problem]:
    """Return problems of entries in shipped files as one, at the value of one's own that leads to them.

    Parameters
    ----------
    draft : Draft
    found : list of Problem
    why : str
        What happens to the entries; ``{}`` stands for how many there are, and of what file.
    allowed : dict of str to str
        Keys of values that may have led to it, the likeliest first, and what would go with the entries.
    """
    theirs = [problem for problem in found if problem.file and is_shipped(problem.file)]
    causes = (key for key in allowed if not is_shipped(str(draft.places[key][0])))
    cause = next((key for key in causes if draft.places[key][0] != DEFAULT), None)
    if not theirs or cause is None:
        return found
    file, line = draft.places[cause]
    what, number = (
        str(theirs[0].key).partition(".")[0],
        len({str(one.key).rpartition(".")[0] for one in theirs}),
    )
    many = {"activities": ("activity", "activities"), "events": ("event", "events")}[what]
    files = " and ".join(dict.fromkeys(str(problem.file) for problem in theirs))
    message = why.format(f"{number} {many[number > 1]} of {files}")
    one = Problem(message, file, line, cause, shown(draft.values[cause]), allowed[cause])
    return [one, *(problem for problem in found if problem not in theirs)]


# --- the site --------------------------------------------------------------------------------------


@_reads("site.nurse_share", "site.unschooled_share")
def staff_groups_fit(draft: Draft) -> list[Problem]:
    """Check that the shares of nurses and of staff without health education do not exceed 1 together."""
    nurses, unschooled = draft.values["site.nurse_share"], draft.values["site.unschooled_share"]
    if nurses + unschooled <= 1.0 + 1e-9:
        return []
    message = f"adds up to more than 1 with site.unschooled_share = {unschooled:g}"
    allowed = f"0 to {1.0 - unschooled:g}"
    return [_problem(draft, "site.nurse_share", message, allowed, "site.unschooled_share")]


@_reads("site.units", "site.staff_per_unit")
def site_has_a_size(draft: Draft) -> list[Problem]:
    """Check the number of posts of the whole site."""
    units, staff = draft.values["site.units"], draft.values["site.staff_per_unit"]
    if MIN_POSTS <= units * staff <= MAX_POSTS:
        return []
    message = f"gives {units * staff} posts in {units} units"
    allowed = f"{MIN_POSTS} to {MAX_POSTS} posts in the whole site"
    return [_problem(draft, "site.staff_per_unit", message, allowed, "site.units")]


@_reads("site.teams_per_unit", "site.staff_per_unit")
def teams_have_members(draft: Draft) -> list[Problem]:
    """Check that no team is empty."""
    teams, staff = draft.values["site.teams_per_unit"], draft.values["site.staff_per_unit"]
    if teams <= staff:
        return []
    message = f"is more than the unit's {staff} posts"
    allowed = f"1 to {staff} teams"
    return [_problem(draft, "site.teams_per_unit", message, allowed, "site.staff_per_unit")]


@_reads("site.mean_post", "site.full_time_share")
def posts_have_a_size(draft: Draft) -> list[Problem]:
    """Check that the mean post is not smaller than full-time posts alone make it."""
    mean, full = draft.values["site.mean_post"], draft.values["site.full_time_share"]
    least = full + SMALLEST_POST * (1.0 - full)
    if mean >= least - 1e-9:
        return []
    message = f"cannot be with site.full_time_share = {full:g}"
    allowed = f"{least:g} to 1"
    return [_problem(draft, "site.mean_post", message, allowed, "site.full_time_share")]


@_reads("site.unschooled_share", "workforce.unschooled_turnover_ratio")
def leavers_fit(draft: Draft) -> list[Problem]:
    """Check that staff without health education are not more than all who leave."""
    share = draft.values["site.unschooled_share"]
    ratio = draft.values["workforce.unschooled_turnover_ratio"]
    if share * ratio <= 1.0 + 1e-9:
        return []
    message = f"makes more leavers than all staff have, with site.unschooled_share = {share:g}"
    key = "workforce.unschooled_turnover_ratio"
    allowed = f"at most {1.0 / share:g}"
    return [_problem(draft, key, message, allowed, "site.unschooled_share")]


@_reads("fates.begun_at", "fates.faded_at")
def fades_below_its_beginning(draft: Draft) -> list[Problem]:
    """Check that a unit fades at a lower use than it begins at."""
    begun, faded = draft.values["fates.begun_at"], draft.values["fates.faded_at"]
    if faded <= begun:
        return []
    message = f"is above fates.begun_at = {begun:g}"
    return [_problem(draft, "fates.faded_at", message, f"0 to {begun:g}", "fates.begun_at")]


# --- the programme ---------------------------------------------------------------------------------


@_reads("programme.length_weeks", "programme.start_week", "run.weeks")
def programme_starts(draft: Draft) -> list[Problem]:
    """Check that a programme begins within the run."""
    start, weeks = draft.values["programme.start_week"], draft.values["run.weeks"]
    if start <= weeks or not draft.values["programme.length_weeks"]:
        return []
    message = f"is after the run's last week (run.weeks = {weeks})"
    return [_problem(draft, "programme.start_week", message, f"week 1 to {weeks}", "run.weeks")]


@_reads("programme.length_weeks", "programme.facilitator_weeks")
def facilitator_is_paid(draft: Draft) -> list[Problem]:
    """Check that the facilitator leaves when the programme ends, or before."""
    length = draft.values["programme.length_weeks"]
    if draft.values["programme.facilitator_weeks"] <= length:
        return []
    message = f"is longer than the programme (programme.length_weeks = {length})"
    key, allowed = "programme.facilitator_weeks", f"0 to {length} weeks"
    return [_problem(draft, key, message, allowed, "programme.length_weeks")]


@_reads("programme.length_weeks", "programme.champion_from_week")
def champion_begins(draft: Draft) -> list[Problem]:
    """Check that the champion begins while the programme runs."""
    length = draft.values["programme.length_weeks"]
    if not length or draft.values["programme.champion_from_week"] <= length:
        return []
    message = f"is after the programme's end (programme.length_weeks = {length})"
    key, allowed = "programme.champion_from_week", f"week 1 to {length}"
    return [_problem(draft, key, message, allowed, "programme.length_weeks")]


# --- the calendar ----------------------------------------------------------------------------------


def _activities(draft: Draft) -> Iterator[tuple[Entry, Any]]:
    """Yield the entries of the calendar with their activities."""
    for entry in draft.lists["activities"]:
        yield entry, entry.item


@_reads()
def names_are_clear(draft: Draft) -> list[Problem]:
    """Check that an activity can be named in a key: no two alike, none that looks like a number."""
    found, seen = [], set()
    for entry, activity in _activities(draft):
        name = short_name(activity.name)
        if activity.name and (name in seen or name.isdecimal() or not name):
            message = "is the name of another activity" if name in seen else "has no letters"
            found.append(entry.problem("name", message, "a name of its own, with letters, or none"))
        seen.add(name)
    return found


@_reads()
def repeats_are_whole(draft: Draft) -> list[Problem]:
    """Check that `every` and `until` come together, and the end not before the beginning."""
    found = []
    for entry, activity in _activities(draft):
        if (activity.every is None) != (activity.until is None):
            name = "every" if activity.every is None else "until"
            found.append(entry.problem(name, "is missing", "every and until, or neither"))
        elif activity.until is not None and activity.until < activity.week:
            message = f"is before the first occurrence (week = {activity.week})"
            found.append(entry.problem("until", message, f"week {activity.week} or later"))
    return found


@_reads("programme.length_weeks")
def activities_fit(draft: Draft) -> list[Problem]:
    """Check that activities are held while the programme runs."""
    length, found = draft.values["programme.length_weeks"], []
    message = f"is outside the programme (programme.length_weeks = {length})"
    allowed = f"week 1 to {length}" if length else "no activities"
    for entry, activity in _activities(draft):
        for name in ("week", "until"):
            week = getattr(activity, name)
            if week is not None and week > length:
                found.append(entry.problem(name, message, allowed))
    return found


@_reads()
def calendar_has_a_size(draft: Draft) -> list[Problem]:
    """Check the number of occurrences in the whole calendar."""
    number = sum(len(activity.weeks()) for _, activity in _activities(draft))
    if number <= MAX_OCCURRENCES:
        return []
    file, line = draft.places["activities"]
    message = f"are held {number} times in all"
    allowed = f"at most {MAX_OCCURRENCES} occurrences"
    return [Problem(message, file, line, "activities", allowed=allowed)]


def _leader(draft: Draft, activity: Activity) -> str:
    """Return who leads an activity: its own, or the one whom the driver brings."""
    return str(draft.values["programme.lead"]) if activity.led_by == "driver" else activity.led_by


def _led_by(draft: Draft, who: str) -> Iterator[tuple[Entry, Any]]:
    """Yield the activities that somebody leads."""
    return ((e, a) for e, a in _activities(draft) if _leader(draft, a) == who and a.weeks())


@_reads("programme.lead", "programme.facilitator_weeks", "programme.facilitator_hours")
def facilitator_is_there(draft: Draft) -> list[Problem]:
    """Check that an outside facilitator leads only while there, and with hours to do it."""
    weeks, needed = draft.values["programme.facilitator_weeks"], 0
    idle = draft.values["programme.facilitator_hours"] <= 0.0
    allowed = f"week 1 to {weeks}, or somebody else" if weeks and not idle else "somebody else"
    found = []
    for entry, activity in _led_by(draft, "facilitator"):
        late = [week for week in activity.weeks() if week > weeks]
        needed = max([needed, *activity.weeks()])
        if late or idle:
            why = "with no hours (programme.facilitator_hours = 0)"
            if late:
                why = f"in week {late[0]} (programme.facilitator_weeks = {weeks})"
            message = f"is led by the facilitator, who is not there {why}"
            found.append(entry.problem("led_by", message, allowed))
    cause = "programme.facilitator_hours" if idle else "programme.facilitator_weeks"
    enough = "more than 0" if idle else f"{needed} weeks or more"
    return _at_cause(draft, found, "leaves {} without the facilitator who leads", {
        cause: f"{enough}, or somebody else who leads (led_by)",
        "programme.lead": "champion | leader, or a facilitator with weeks and hours",
    })  # fmt: skip


@_reads(
    "programme.lead",
    "programme.champion_from_week",
    "site.champions_per_unit",
    "leadership.champion_hours",
)
def champion_is_there(draft: Draft) -> list[Problem]:
    """Check that a champion leads only when there is one, with hours for it."""
    why, cause, enough = "", "programme.champion_from_week", "week 1"
    if not draft.values["site.champions_per_unit"]:
        cause, enough = "site.champions_per_unit", "1 or more"
        why = "has no post (site.champions_per_unit = 0)"
    elif not draft.values["leadership.champion_hours"]:
        cause, enough = "leadership.champion_hours", "more than 0"
        why = "has no hours (leadership.champion_hours = 0)"
    begins, found = draft.values["programme.champion_from_week"], []
    for entry, activity in _led_by(draft, "champion"):
        if why or activity.week < begins:
            reason = why or f"begins in week {begins} (programme.champion_from_week)"
            message = f"is led by the champion, who {reason}"
            found.append(entry.problem("led_by", message, "somebody who is there"))
    return _at_cause(draft, found, "leaves {} without the development nurse who leads", {
        cause: f'{enough}, or a leader who leads: programme.lead = "leader"',
        "programme.lead": "facilitator | leader, or a development nurse with post and hours",
    })  # fmt: skip


# --- events ----------------------------------------------------------------------------------------


@_reads("run.weeks", "site.units", "site.champions_per_unit")
def events_happen(draft: Draft) -> list[Problem]:
    """Check that events happen within the run, to units and people that there are."""
    weeks, units = draft.values["run.weeks"], draft.values["site.units"]
    nurses = draft.values["site.champions_per_unit"]
    found = [
        problem
        for entry in draft.lists["events"]
        for problem in (
            _surge(entry, entry.item, weeks)
            if isinstance(entry.item, DemandSurge)
            else _leaving(entry, entry.item, weeks, units, nurses)
        )
    ]
    late = [one for one in found if f"run.weeks = {weeks}" in one.message]
    needed = max((one.value for one in late if isinstance(one.value, int)), default=weeks)
    alone = [one for one in found if "site.champions_per_unit = 0" in one.message]
    ends = {"run.weeks": f"{needed} weeks or more, or events of your own"}
    posts = {"site.champions_per_unit": "1 or more, or events of your own"}
    return [
        *_at_cause(draft, late, "ends the run before {}", ends),
        *_at_cause(draft, alone, "leaves nobody who could leave in {}", posts),
        *(one for one in found if one not in [*late, *alone]),
    ]


def _surge(entry: Entry, event: Any, weeks: int) -> list[Problem]:
    """Check the weeks of a surge in demand."""
    message, found = f"is after the run's last week (run.weeks = {weeks})", []
    for name in ("from_week", "until_week"):
        if getattr(event, name) > weeks:
            found.append(entry.problem(name, message, f"week 1 to {weeks}"))
    if event.until_week < event.from_week:
        message = f"is before from_week = {event.from_week}"
        found.append(entry.problem("until_week", message, f"week {event.from_week} or later"))
    return found


def _leaving(entry: Entry, event: Any, weeks: int, units: int, nurses: int) -> list[Problem]:
    """Check week and unit of a leader's or development nurse's leaving."""
    found = []
    if event.kind == "champion_leaves" and not nurses:
        message = "there is no development nurse who could leave (site.champions_per_unit = 0)"
        found.append(
            entry.problem("kind", message, "leader_leaves, or site.champions_per_unit = 1")
        )
    if event.week > weeks:
        message = f"is after the run's last week (run.weeks = {weeks})"
        found.append(entry.problem("week", message, f"week 1 to {weeks}"))
    if event.unit is not None and event.unit > units:
        message = f"does not exist (site.units = {units})"
        found.append(entry.problem("unit", message, f"unit 1 to {units}"))
    return found
