"""Headings of the tables of an answer, in a planner's words; files keep their short names."""

from __future__ import annotations

HEADINGS = {
    "parts": "What each part adds",
    "interactions": "What parts do together",
    "explain/worlds": "Worlds between the two",
    "flips": "Where the answer turns",
    "tried": "All that was tried",
    "levers": "Every change: what it brings and costs",
    "levers/best": "The best changes, run again with new luck",
    "shares": "How often each plan is ahead",
    "boxes": "Which worlds favour which plan",
    "failing": "How often a plan fails",
    "signs": "Early signs that it will fail",
    "flip_line": "The line on which it flips",
    "map": "Your own values on the map",
    "story": "Week by week",
    "reasons": "What differed when the stories parted",
    "claims": "Each claim",
    "fresh": "The best plan found, run again with new luck",
    "search/best": "What to change",
    "front": "The best plan for so many hours",
    "options": "What each option brings, takes and pays",
    "information": "What is worth knowing first",
    "turns": "Ways to go on",
    "forecast": "The forecast, month by month",
    "tests": "What each analysis finds",
    "sizes": "Power by number of sites",
    "asked": "What was asked and counted",
}
"""By the name of a table, or by command and name where two commands have tables of one name."""


def heading_of(kind: str, name: str) -> str:
    """Return the heading of a table of a command's answer; by default its name in words."""
    plain = name[:1].upper() + name[1:].replace("_", " ")
    return HEADINGS.get(f"{kind}/{name}") or HEADINGS.get(name) or plain
