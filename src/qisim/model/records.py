"""The fields of the records that the steps of a week read and write, one number each.

`qisim.engines.mesa_model` gives them to its agents as attributes, `qisim.engines.compiled` to its
tables as columns.
"""

PERSON = (
    # the post
    "care", "group", "gap", "variety", "post", "hours", "leaving_rate", "hiring_rate",
    "improvement_hours", "predecessor",
    # the person
    "in_post", "absent", "present", "settled", "ease", "disposition", "pace", "learner",
    "comes", "place", "before", "never", "recent_use", "trained",
    "competence", "habit", "ownership", "attention", "dedication", "engagement", "involvement",
    "relevance", "strain", "used", "routine", "took_part", "extra_hours", "left", "hired",
    # the week
    "room", "support", "reminded", "seen", "effort", "part", "insight", "meetings",
    "attended_hours", "own_time",
    "kept", "to_lead", "can_lead", "leading", "work_hours", "burden", "hours_done",
    "programme_hours", "writing",
)  # fmt: skip
"""Somebody who holds a post, or the post while it is vacant."""

STATE = (
    "absent", "present", "settled", "competence", "habit", "ownership", "attention", "dedication",
    "engagement", "involvement", "relevance", "strain", "used", "recent_use", "routine", "took_part", "trained",
    "extra_hours", "programme_hours", "writing", "meetings",
)  # fmt: skip
"""Fields that belong to the person and not the post: all 0 while the post is vacant."""

TEAM = ("users", "teachers", "able", "in_post", "used", "skill", "square")
"""Colleagues who share shifts."""

UNIT = (
    "load", "in_post", "untrained", "users", "follow_up", "upkeep", "adaptation", "plan",
    "lead_skill", "leader_kept", "champion_kept", "fit", "arena", "meeting_odds", "arena_odds",
    "tool_odds", "writing", "workarounds", "saved", "staff_support",
    "used", "post_hours", "working", "missing", "lost",
    "hours_done", "skill", "leaders_in_post", "meetings", "staff_skill", "able", "new_leader",
    "facilitation", "shown", "staff_push", "leader_push",
    "burden", "leading", "openness", "unrest",
    "embedding", "standing", "backing", "induction", "crisis", "begun", "lately", "stopped",
    "restarted", "asked", "champions", "owned_outside",
)  # fmt: skip
"""A department or home-care group; in addition, ``held``: whether an activity takes place, by who leads."""

SITE = (
    "lead_chance", "visit_hours", "ready", "leader_users", "leader_skill", "leaders_able", "held",
    "in_post", "leaders_in_post", "leaders_used", "leaders_routine", "adopters",
    "hours", "leader_hours", "writing", "leader_writing", "leavers", "leader_leavers",
    "programme_hours", "documentation_hours",
    "users", "with_champion", "above", "there", "handed_over", "outside_weeks",
)  # fmt: skip
"""The whole site: the outside facilitator's support, counts of the week, totals since the start."""
