"""The data dictionary of the decision commands' tables: explain, flip, map, levers, ..."""

from __future__ import annotations

from collections.abc import Sequence

from qisim.model.outcomes import OUTCOMES

NOT_KNOWN = "it cannot be given from these runs"
OUTCOME = "outcome"
NOT_SIMULATED = "it is a formula"
NO_WORTH = "the worth of a week of use is not given"
NO_PRICE = "a price or a worth is not given"
LOWER, UPPER = "lower end of the 95 % interval", "upper end of the 95 % interval"

# fmt: off
LOW, HIGH = ("Lower end", OUTCOME, NOT_KNOWN, LOWER), ("Upper end", OUTCOME, NOT_KNOWN, UPPER)
DIFFERENCE = ("Difference", OUTCOME, NOT_KNOWN, "mean paired difference, other less base")
AGAIN = "the same with another seed"



def ends(unit: str, missing: str = "") -> dict[str, tuple[str, str, str, str]]:
    """Return the columns of an interval."""
    return {"low": ("Lower end", unit, missing, LOWER), "high": ("Upper end", unit, missing, UPPER)}


def percentiles(
    numbers: Sequence[int], unit: str, meaning: str, name: str = "p{:02d}", label: str = "{}"
) -> dict[str, tuple[str, str, str, str]]:
    """Return a column for each percentile."""
    words = {n: "Median" if n == 50 else f"{n}th percentile" for n in numbers}
    return {name.format(n): (label.format(said), unit, "", meaning) for n, said in words.items()}


DECISIONS: dict[str, dict[str, tuple[str, str, str, str]]] = {
    "asked": {
        "what": ("What", "", "", "what was asked and counted"),
        "number": ("Number", "", "", "as it stands in the sentences, with its unit where it has one"),
    },
    "parts": {
        "part": ("Part", "", "", "some of what differs between the two scenarios"),
        "shapley": ("Share of the difference", OUTCOME, "", "what the part adds on average over all orders"),
        "low": LOW, "high": HIGH,
        "keys": ("Keys", "", "", "dotted keys that belong to the part"),
        "from_to": ("What it changes", "", "", "values in the base and in the other"),
        "alone": ("Alone, first", OUTCOME, "", "what the part adds as the first change"),
        "last": ("Last", OUTCOME, "", "what the part adds when all else has been changed"),
    },
    "interactions": {
        "kind": ("Kind", "", "", "alone: one part by itself; pair: two together beyond that"),
        "part": ("Part", "", "", "name of the part"),
        "with": ("Together with", "", "one part alone", "name of the other part"),
        "value": ("Effect", OUTCOME, NOT_KNOWN, "what they add to the difference"),
        "low": LOW, "high": HIGH,
    },
    "worlds": {
        "parts_of_other": ("Parts of the other", "", "", "parts that are as in the other scenario"),
        "mean": ("Mean", OUTCOME, NOT_KNOWN, "mean over the runs"),
        "digest": ("Digest", "", "", "SHA-256 of the scenario that was run"),
        "base": ("Base", OUTCOME, NOT_KNOWN, "mean of the base in this world"),
        "other": ("Other", OUTCOME, NOT_KNOWN, "mean of the other in this world"),
        "difference": DIFFERENCE,
    },
    "flips": {
        "what": ("What", "", "", "what is moved, in words"),
        "keys": ("Keys", "", "", "dotted keys of what is moved"),
        "sides": ("Sides", "", "", "in which scenario it is moved"),
        "now": ("Now", "of the key", "", "value as things stand"),
        "flips_at": ("Turns at", "of the key", "", "value beyond which the one who was behind is ahead"),
        "clear_from": ("Clearly from", "of the key", "it is never clear", "from here it is clear of chance"),
        "plausible_ranges_moved": ("Moved", "plausible ranges", "", "distance from as things stand"),
        "again_difference": ("Difference, again", OUTCOME, NOT_KNOWN, AGAIN),
        "again_low": ("Lower end, again", OUTCOME, NOT_KNOWN, AGAIN),
        "again_high": ("Upper end, again", OUTCOME, NOT_KNOWN, AGAIN),
        "again": ("Verdict, again", "", "", "what the run with another seed says"),
    },
    "tried": {
        "what": ("What", "", "", "what is moved, in words"),
        "key": ("Key", "", "", "dotted key of what is moved"),
        "side": ("Side", "", "", "in which scenario it is moved"),
        "now": ("Now", "of the key", "", "value as things stand"),
        "value": ("Value", "of the key", "", "value that was tried"),
        "difference": DIFFERENCE, "low": LOW, "high": HIGH,
    },
    "flip_line": {
        "x": ("Across", "of the key", "", "value of the lever across"),
        "y": ("Turns at", "of the key", "it does not turn on the map", "value upwards at which it turns"),
        "y_low": ("Band, from", "of the key", "beyond the map", "from here the interval holds 0"),
        "y_high": ("Band, to", "of the key", "beyond the map", "up to here the interval holds 0"),
        "flips": ("Turns", "1", "", "how often it turns along this line"),
        "own": ("As it is", "", "", "whether the value across is that of a scenario as it stands"),
    },
    "map": {
        "x": ("Across", "of the key", "", "value of the lever across"),
        "y": ("Upwards", "of the key", "", "value of the lever upwards"),
        "value": ("Value", OUTCOME, NOT_KNOWN, "mean of the scenario that is moved"),
        "difference": DIFFERENCE, "low": LOW, "high": HIGH,
        "ahead": ("Ahead", "", "the point cannot be", "1 ahead, -1 behind, 0 cannot tell"),
    },
    "levers": {
        "option": ("Change", "", "", "the change, in words"),
        "key": ("Key", "", "the plan as it is", "dotted key that is changed"),
        "kind": ("Kind", "", "", "whether it brings more users, and at what price"),
        "points": ("Gain", OUTCOME, NOT_KNOWN, "against the plan as it is"),
        "low": LOW, "high": HIGH,
        "persons": ("Persons", "people", NOT_KNOWN, "further care staff with routine use in the last week"),
        "hours": ("Paid hours", "hours", NOT_KNOWN, "further hours that are paid for over the run"),
        "hours_low": ("Paid hours, lower end", "hours", NOT_KNOWN, "95 % interval"),
        "hours_high": ("Paid hours, upper end", "hours", NOT_KNOWN, "95 % interval"),
        "hours_per_user": ("Hours per user", "hours", "there is no such price", "for each further user"),
        "per_user_low": ("Hours per user, lower end", "hours", "there is no such price", "95 % interval"),
        "per_user_high": ("Hours per user, upper end", "hours", "there is no such price", "95 % interval"),
        "kroner": ("Kroner", "kroner", "no price is given", "what the further hours cost"),
        "kroner_low": ("Kroner, lower end", "kroner", "no price is given", "95 % interval"),
        "kroner_high": ("Kroner, upper end", "kroner", "no price is given", "95 % interval"),
        "kroner_per_user": ("Kroner per user", "kroner", "no price is given", "for each further lasting user"),
        "kroner_per_user_low": ("Kroner per user, lower end", "kroner", "no price is given", "95 % interval"),
        "kroner_per_user_high": ("Kroner per user, upper end", "kroner", "no price is given", "95 % interval"),
        "again_points": ("Gain, again", OUTCOME, "it was not run again", AGAIN),
        "again_low": ("Lower end, again", OUTCOME, "it was not run again", AGAIN),
        "again_high": ("Upper end, again", OUTCOME, "it was not run again", AGAIN),
    },
    "shares": {
        "plan": ("Plan", "", "", "name of the plan"),
        "ahead": ("Ahead in", "share", "", "share of worlds in which it is ahead by what matters"),
        **ends("share", "not a plan"),
        "ahead_again": ("Ahead in fresh worlds", "share", "", "the same in other draws, with other luck"),
        "mean_regret": ("Mean regret", OUTCOME, "not a plan", "given away against the better one, on average"),
        "worst_regret": ("Worst regret", OUTCOME, "not a plan", "the same in the worst world"),
        "median": ("Median", OUTCOME, "not a plan", "median over the worlds"),
        "p05": ("5th percentile", OUTCOME, "not a plan", "5th percentile over the worlds"),
        "p95": ("95th percentile", OUTCOME, "not a plan", "95th percentile over the worlds"),
    },
    "boxes": {
        "box": ("Worlds in which", "", "", "the cuts that make the box, in words"),
        "worlds": ("Number", "worlds", "", "worlds in the box"),
        "difference": DIFFERENCE,
        "ahead": ("Ahead", "share", "no world is in it", "share of these in which the other is ahead"),
        "worlds_again": ("Number, fresh", "worlds", "", "fresh worlds in the box"),
        "difference_again": ("Difference, fresh", OUTCOME, "no world is in it", "the same in fresh worlds"),
        "ahead_again": ("Ahead, fresh", "share", "no world is in it", "the same in fresh worlds"),
    },
    "story": {
        "base": ("In the base", "", "nothing, or a row of all weeks", "what happens to the person"),
        "other": ("In the other", "", "nothing, or a row of all weeks", "what happens to the person"),
        "scenario": ("Scenario", "", "a row of one week", "scenario of which all weeks are counted"),
        "same": ("The same", "", "", "whether both are the same"),
        "used": ("Weeks in use", "weeks", "a row of one week", "weeks in which the practice was used"),
        "routine": ("Weeks in routine use", "weeks", "a row of one week", "weeks in which use was routine"),
    },
    "reasons": {
        "moment": ("Moment", "", "", "where the stories part, or where something is first done otherwise"),
        "level": ("Level", "", "", "what is looked at"),
        "base": ("In the base", "0 to 1", "", "its level in the base"),
        "other": ("In the other", "0 to 1", "", "its level in the other"),
    },
    "weeks": {
        "before": ("Used before", "0 or 1", "", "whether the person used it before anybody asked"),
        "trained": ("Trained", "0 or 1", "", "whether the person has been trained, at the end of the week"),
        "involvement": ("Engagement with the programme", "0 to 1", "", "of the person at the end of the week"),
        "dropped": ("Dropped", "0 or 1", "", "whether the person's unit has dropped the practice"),
        **{name: (name.replace("_", " ").capitalize(), "hours" if name.endswith("hours") else "0 to 1", "",
               "of the person at the end of the week")
        for name in (
            "in_post", "absent", "used", "routine", "took_part", "habit", "competence", "attention",
            "ownership", "dedication", "engagement", "relevance", "strain", "programme_hours", "room",
            "support", "seen",
        )},
    },
    "claims": {
        "id": ("Claim", "", "", "code of the claim"),
        "text": ("Sentence", "", "", "the claim, as it stands"),
        "where": ("Where", "", "no page is named", "page on which it stands"),
        "scenarios": ("Scenarios", "", "", "of which it is a claim"),
        "measure": ("Measure", "", "", "mean, difference, ratio, or share of pairs that do better"),
        "must_be_above": ("Must be above", "of the measure", "there is no lower end", "least that passes"),
        "must_be_below": ("Must be below", "of the measure", "there is no upper end", "most that passes"),
        "value": ("Measured", "of the measure", NOT_KNOWN, "what the runs show"),
        **ends("of the measure", NOT_KNOWN),
        "pairs": ("Pairs", "pairs", "", "replicates with a value"),
        "verdict": ("Verdict", "", "", "whether it passes"),
    },
    "failing": {
        "plan": ("Plan", "", "", "name of the scenario"),
        "fails": ("Fails", "share of sites", "", "hardly anybody has routine use in the last week"),
        **ends("share of sites"),
        "sites": ("Sites", "sites", "", "plausible sites that were run"),
    },
    "signs": {
        "plan": ("Plan", "", "", "name of the scenario"),
        "weeks_after_start": ("Looked at after", "weeks", "", "weeks since the programme began"),
        "below": ("Use below", "share of staff", "", "use in the month before that warns of failure"),
        "fails_below": ("Fails if below", "share of sites", "", "sites below the line that fail in the end"),
        "fails_above": ("Fails if above", "share of sites", "", "sites above the line that fail in the end"),
        "warned": ("Warned", "share of sites", "", "failing sites that lie below the line"),
        "share_below": ("Below", "share of sites", "", "sites that lie below the line"),
    },
    "tests": {
        "analysis": ("Analysis", "", "", "how the study is analysed"),
        "power": ("Power", "share of studies", NOT_KNOWN, "studies with p at most .05"),
        "power_low": ("Power, lower end", "share of studies", NOT_SIMULATED, LOWER),
        "power_high": ("Power, upper end", "share of studies", NOT_SIMULATED, UPPER),
        "false_alarms": ("False alarms", "share of studies", NOT_SIMULATED,
                         "the same where all sites do one and the same"),
        "false_alarms_low": ("False alarms, lower end", "share of studies", NOT_SIMULATED, LOWER),
        "false_alarms_high": ("False alarms, upper end", "share of studies", NOT_SIMULATED, UPPER),
        "estimate": ("Estimate", OUTCOME, "", "mean over the studies"),
        "effect": ("Effect", OUTCOME, "", "what the programme does in the sites and periods that have it"),
    },
    "sizes": {
        "sites": ("Sites", "sites", "", "number of sites in the study"),
        **{
            f"{name}{end}": (f"{label}{said}", "share of studies", NOT_KNOWN, meaning)
            for name, label in (("permutation", "Permutation"), ("mixed_model", "Mixed model"))
            for end, said, meaning in (
                ("", ", power", "studies with p at most .05"), ("_low", ", lower end", LOWER),
                ("_high", ", upper end", UPPER),
                ("_false_alarms", ", false alarms", "the same where all sites do one and the same"),
            )
        },
        "closed_form": ("Closed form", "share of studies", NOT_KNOWN, "power as a formula gives it"),
    },
    "curves": {
        "arm": ("Arm", "", "", "which sites: those with the plan from a step on, or an arm"),
        "week": ("Week", "weeks", "", "week of the measurement"),
        "mean": ("Mean", OUTCOME, "", "mean over simulated sites"),
        **percentiles((5, 95), OUTCOME, "of simulated sites"),
    },
    "turns": {
        "turn": ("Go on", "", "", "how the plan goes on from here"),
        **percentiles((5, 50, 95), "share", "routine use in the last week, sites like this one"),
        "gain": ("Gain", "share", "", "mean over staying with the plan"),
        **ends("share"),
        "better": ("Better in", "share of sites", "", "sites in which it gains more than matters"),
        "hours": ("Paid hours", "hours", "", "more than staying takes; less is below 0"),
        "kroner": ("Kroner", "kr", "a price is not given", "what these hours cost"),
        "verdict": ("Verdict", "", "staying as it is", "whether it is worth it"),
    },
    "forecast": {
        "turn": ("Go on", "", "", "how the plan goes on from here"),
        "month": ("Month", "months", "", "month of the run"),
        "first_week": ("First week", "weeks", "", "first week of the month"),
        "last_week": ("Last week", "weeks", "", "last week of the month"),
        **percentiles((5, 25, 50, 75, 95), "share", "use in the month, sites like this one"),
    },
    "counts": {
        "first": ("First week", "weeks", "", "first week that was counted"),
        "last": ("Last week", "weeks", "", "last week that was counted"),
        "using": ("Using", "people", "", "staff who used the practice"),
        "in_post": ("In post", "people", "", "staff in post"),
        "observed": ("Observed", "people", "", "staff who were looked at"),
        "share": ("Share", "share", "", "of those looked at who used it"),
        **percentiles((5, 25, 50, 75, 95), "share", "of this count in all sites", "all_p{:02d}",
                      "All sites, {}"),
    },
    "options": {
        "option": ("Option", "", "", "no programme, the plan, or the plan with one change"),
        "weeks_of_use": ("Weeks of use", "person-weeks", "", "more than without a programme, mean"),
        "hours": ("Paid hours", "hours", "", "more than without a programme, mean"),
        "kroner": ("Kroner", "kr", "a price is not given", "what these hours cost"),
        "break_even": ("Break-even", "hours", "it brings no use for certain",
                       "worth of a week of use from which the option pays"),
        "break_even_low": ("Break-even, lower end", "hours", "it brings no use for certain", LOWER),
        "break_even_high": ("Break-even, upper end", "hours", "it brings no use for certain", UPPER),
        "payoff": ("Payoff", "hours", NO_WORTH, "worth of the use less paid hours"),
        "low": ("Payoff, lower end", "hours", NO_WORTH, LOWER),
        "high": ("Payoff, upper end", "hours", NO_WORTH, UPPER),
        "pays_in": ("Pays in", "share of worlds", NO_WORTH, "worlds in which the payoff is above 0"),
        "payoff_kroner": ("Payoff in kroner", "kr", NO_PRICE, "the same in kroner"),
        "payoff_kroner_low": ("Payoff in kroner, lower end", "kr", NO_PRICE, LOWER),
        "payoff_kroner_high": ("Payoff in kroner, upper end", "kr", NO_PRICE, UPPER),
    },
    "information": {
        "input": ("Input", "", "", "what could be found out before deciding"),
        "value": ("Value", "hours", "", "what it is worth to know it, at most"),
        **ends("hours"),
        "above": ("Above the floor", "true or false", "", "whether it is more than luck alone would give"),
    },
    "screened": {
        "option": ("Option", "", "", "the plan with one change, as it was screened"),
        "weeks_of_use": ("Weeks of use", "person-weeks", "", "more than without a programme, mean"),
        "hours": ("Paid hours", "hours", "", "more than without a programme, mean"),
        "rank_value": ("Ranked by", "hours", "", "what options are put in order by; more is better"),
    },
    "fresh": {
        "difference": DIFFERENCE, "low": LOW, "high": HIGH,
        "while_searching": ("While searching", OUTCOME, "", "the same difference on the luck of the search"),
        "plan": ("The plan", OUTCOME, "", "mean of the plan as it is, on fresh luck"),
        "best": ("The best", OUTCOME, "", "mean of the best that was found, on fresh luck"),
        "plan_hours": ("Paid hours of the plan", "hours", "", "mean over the runs"),
        "best_hours": ("Paid hours of the best", "hours", "", "mean over the runs"),
    },
    "front": {
        "hours": ("Paid hours", "hours", "", "of a plan that no other beats in both"),
        "within": ("Within", "true or false", "", "whether it keeps to the budget"),
        "refreshers a year": ("Refreshers", "a year", "", "refreshers of an hour for everybody"),
        **{name: (one.label, one.unit, one.missing_when, f"mean over runs: {one.meaning}")
           for name, one in OUTCOMES.items()},
    },
}
"""By table: label, unit, when a value is missing, and a line in plain words; see `qisim.output.dictionary`."""
DECISIONS["best"] = {
    **DECISIONS["levers"],
    "key": ("Key", "", "", "dotted key of what is turned or moved"),
    "now": ("Now", "of the key", "", "value as things stand"),
    "best": ("Best", "of the key", "", "value in the best plan that was found"),
}
VERSIONS: dict[str, tuple[str, str, str, str]] = {
    "draw": ("Draw", "1", "", "number of the draw; 0 is the scenario as it is"),
    "same": ("The same", "share", "", "the same to the last bit in all runs, or share of scenarios"),
    "old": ("Old", OUTCOME, NOT_KNOWN, "mean in the old version, over runs with a value in both"),
    "new": ("New", OUTCOME, NOT_KNOWN, "mean in the new version, over runs with a value in both"),
    "change": ("Change", OUTCOME, NOT_KNOWN, "new less old"),
    "luck": ("Luck", OUTCOME, NOT_KNOWN, "standard error of the change"),
    "mean": ("Mean change", OUTCOME, NOT_KNOWN, "mean of the changes over the scenarios"),
    "typical": ("Typical change", OUTCOME, "", "root of the mean square of the changes, luck taken out"),
    "size": ("Size", "1", "", "typical change over the smallest difference that matters"),
    "largest": ("Largest change", OUTCOME, NOT_KNOWN, "change of the scenario that changed most"),
    "where": ("Where", "", "", "which scenario that is"),
}
"""What moved between two versions of the model."""
DECISIONS |= {
    "differences": {name: VERSIONS[name] for name in ("draw", "same", "old", "new", "change", "luck")},
    "outcomes": VERSIONS, "scenarios": VERSIONS,
    "outlook_by_week": percentiles((5, 25, 50, 75, 95), "share", "of use in the week, in sites like this one"),
}
# fmt: on
