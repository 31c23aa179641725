"""The context of a comparison: the wards of the plans, when programmes end, and the scope of the conclusion.

Everything here looks at scenarios in full, as mappings in the shape of a file
(`qisim.scenario.scenario.Scenario.to_dict`), and gives plain sentences or the rows of a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from qisim.design.ensemble import describe_ensemble
from qisim.design.sites import Sites
from qisim.model.parameters import PARAMETERS
from qisim.scenario.fields import CHOICES, KEYS
from qisim.scenario.ward import is_ward

Resolved = Mapping[str, Any]

MOST_NAMED = 5
"""Most differences between wards named in a line."""
CHANCE_ONLY = (
    "The interval holds chance only; doubt about the assumed numbers is larger: add --over acceptable or, for "
    "all uncertain numbers, --over uncertain (see docs/validation.md)."
)
OVER_SETS = (
    "The interval is of the mean over chance and over the sets that were varied; the verdict is on the sets. "
    "All other assumed numbers stay as they are (see docs/validation.md)."
)


def over_sentences(manifest: Resolved) -> str:
    """Say over which sets of values and at which sites a result was made; empty where over none."""
    found = []
    if "over" in manifest:
        found.append(describe_ensemble(manifest["over"], manifest["replicates"]))
    sites = sites_in(manifest)
    if sites is not None:
        found.append(sites.sentence(manifest["replicates"]))
    return " ".join(found)


def sites_in(manifest: Resolved) -> Sites | None:
    """Return the sites at which a result was made; None where at this one alone."""
    held = manifest.get("sites")
    if held is None:
        return None
    return Sites(held["number"], manifest["seed"], tuple(held["keys"]))


def sets_of(manifest: Resolved) -> int | None:
    """Return after how many replicates sets, or else sites, come round again; None where neither is."""
    if "over" in manifest:
        return len(manifest["over"]["values"])
    return manifest["sites"]["number"] if "sites" in manifest else None


# --- the wards -------------------------------------------------------------------------------------


def posts(scenario: Resolved) -> int:
    """Return the posts of care staff on a site."""
    return int(scenario["site"]["units"] * scenario["site"]["staff_per_unit"])


def wards_text(base: Resolved, other: Resolved) -> str:
    """Say in a line how the wards of two scenarios differ; empty where they do not.

    A difference in a label only (`site.setting`) does not count: no rule reads it.
    """
    named = ward_differences(base, other)
    if not named:
        return ""
    if _same_plan(base, other) and not ward_differences(base, {**other, "events": base["events"]}):
        happens = f"Plan and ward are the same; what happens there differs ({named})"
        return f"{happens}, and that makes the difference."
    if _same_plan(base, other):
        return f"The plan is the same and the wards differ ({named}): the difference is the wards'."
    return (
        f"These plans also run on different wards ({named}). The difference is not the plan's alone; "
        "--site FILE puts all plans into one ward."
    )


def ward_differences(base: Resolved, other: Resolved) -> str:
    """Name in what the wards of two scenarios differ, the first few; empty where in nothing."""
    found = [
        f"{key.partition('.')[2]} {valued(base, key)} / {valued(other, key)}"
        for key in differing([base, other])
        if is_ward(key) and key not in CHOICES and key != "run.weeks"  # which `ends_text` tells
    ]
    if base["events"] != other["events"]:
        counts = [len(one["events"]) for one in (base, other)]
        alike = counts[0] == counts[1]
        found.append("other events" if alike else " / ".join(_counted(n) for n in counts))
    more = len(found) - MOST_NAMED
    return ", ".join(found[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _counted(number: int) -> str:
    return f"{number or 'no'} event{'s' if number != 1 else ''}"


def _same_plan(base: Resolved, other: Resolved) -> bool:
    """Return whether two scenarios differ in nothing but the ward (and labels)."""
    keys = (key for key in differing([base, other]) if key not in CHOICES)
    only_ward = all(is_ward(key) for key in keys)
    plain = [[{**row, "name": ""} for row in one["activities"]] for one in (base, other)]
    choices = ("programme.target", "programme.lead", "run.allocation")  # these are no labels
    same_choices = all(_value(base, key) == _value(other, key) for key in choices)
    return only_ward and same_choices and plain[0] == plain[1]


def differing(scenarios: Sequence[Resolved]) -> list[str]:
    """Return the dotted keys whose values are not the same in all scenarios."""
    return [key for key in KEYS if len({str(_value(one, key)) for one in scenarios}) > 1]


def _value(scenario: Resolved, key: str) -> Any:
    section, _, name = key.partition(".")
    return scenario[section][name]


def valued(scenario: Resolved, key: str) -> str:
    """Return the value of a key as text."""
    value = _value(scenario, key)
    return value if isinstance(value, str) else f"{value:g}"


def pair_lines(scenarios: Mapping[str, Resolved], notes: Sequence[str] = ()) -> list[str]:
    """Return the lines above a comparison of two scenarios, the base first: ends, then wards.

    Parameters
    ----------
    scenarios : mapping of str to mapping
        The two.
    notes : sequence of str, optional
        Further notes on their wards.
    """
    base, other = scenarios.values()
    return [line for line in (ends_text(scenarios), wards_text(base, other), *notes) if line]


# --- when the programmes end -----------------------------------------------------------------------


def programme_ends(scenarios: Mapping[str, Resolved]) -> dict[str, int]:
    """Return the last week of each scenario's programme (from 1); none where there is no programme."""
    ends = {}
    for name, scenario in scenarios.items():
        programme = scenario["programme"]
        if programme["length_weeks"]:
            ends[name] = programme["start_week"] + programme["length_weeks"] - 1
    return ends


def ends_text(scenarios: Mapping[str, Resolved]) -> str:
    """Say in which week each programme ends and how long before the last week; empty without any."""
    ends = programme_ends(scenarios)
    if not ends:
        return ""
    last = max(one["run"]["weeks"] for one in scenarios.values())
    if len(ends) > 1 and len(set(ends.values())) == 1:
        ends = {"Each programme": next(iter(ends.values()))}
    when = [
        f"{name} {'ends ' * (not i)}in week {end}" for i, (name, end) in enumerate(ends.items())
    ]
    later = [max(last - end, 0) for end in ends.values()]
    weeks = " and ".join(str(number) for number in dict.fromkeys(later))
    alike = {one["run"]["weeks"] for one in scenarios.values()} == {last}
    return f"{', '.join(when)}" + (
        f"; the last week, {last}, is {weeks} week{'s' if weeks != '1' else ''} after that." * alike
        or "; the runs are not of the same length."
    )


# --- what may be concluded -------------------------------------------------------------------------


def assumed() -> int:
    """Return how many of the model's numbers are an assumption or rest on one in part."""
    return sum("assumption" in p.sources for p in PARAMETERS.values())


def concluded(comparison: bool) -> str:
    """Say what a result may be used for, and why for no more."""
    use = "to see which plan to discuss first" if comparison else "to think a plan through"
    return (
        f"Use it {use}, not how many staff will use it: {assumed()} of {len(PARAMETERS)} numbers are "
        "assumptions or rest on one in part."
    )


# --- every difference, as a table ------------------------------------------------------------------


def settings_table(scenarios: Mapping[str, Resolved]) -> list[tuple[str, ...]]:
    """Return all in which scenarios differ: meaning, key, unit, a value for each.

    Settings come first, then every event, then every activity of the calendar that is not the same
    in all.
    """
    every, rows = list(scenarios.values()), []
    for key in differing(every):
        about = CHOICES.get(key) or PARAMETERS[key]
        unit = getattr(about, "unit", "")
        values = (valued(one, key) for one in every)
        rows.append((about.meaning, key, "" if unit == "1" else unit, *values))
    return [*rows, *_entry_rows(every, "events"), *_entry_rows(every, "activities")]


def shared_settings(scenarios: Mapping[str, Resolved]) -> list[tuple[str, ...]]:
    """Return all that is the same in every scenario: meaning, key, unit, value; of a single one, everything."""
    every, rows = list(scenarios.values()), list[tuple[str, ...]]()
    unlike = set(differing(every))
    for key in KEYS:
        if key not in unlike:
            about = CHOICES.get(key) or PARAMETERS[key]
            unit = getattr(about, "unit", "")
            rows.append((about.meaning, key, "" if unit == "1" else unit, valued(every[0], key)))
    for which in ("events", "activities"):
        lists = [list(one[which]) for one in every]
        for entry in list(lists[0]):
            if all(entry in held for held in lists):
                for held in lists:
                    held.remove(entry)
                name = str(entry.get("name") or entry["kind"].replace("_", " "))
                what = "event" if which == "events" else "activity"
                rows.append((f"{what}: {name}", which, "", _entry_text(entry)))
    return rows


def _entry_rows(scenarios: Sequence[Resolved], which: str) -> Iterator[tuple[str, ...]]:
    """Yield a row for every entry of a list that is not the same in all scenarios."""
    lists = [list(one[which]) for one in scenarios]
    for entry in list(lists[0]):
        if all(entry in held for held in lists):  # what all have is no difference
            for held in lists:
                held.remove(entry)
    by_name = [_by_name(held) for held in lists]
    for name in dict.fromkeys(name for held in by_name for name in held):
        same = [held.get(name, []) for held in by_name]
        for entries in zip_longest(*same):
            sentence = (_entry_text(entry) if entry else "none" for entry in entries)
            yield (f"{'event' if which == 'events' else 'activity'}: {name}", which, "", *sentence)


def _by_name(entries: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    held: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        held.setdefault(str(entry.get("name") or entry["kind"].replace("_", " ")), []).append(entry)
    return held


def _entry_text(entry: Mapping[str, Any]) -> str:
    """Return an event or activity in a line."""
    texts = {
        name: value if isinstance(value, str) else f"{value:g}" for name, value in entry.items()
    }
    return ", ".join(
        f"{name.replace('_', ' ')} {text.replace('_', ' ')}"
        for name, text in texts.items()
        if name != "name"
    )
