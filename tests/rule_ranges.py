"""For every rule: what its arguments may be, what it gives, and which way it goes."""

import math

from hypothesis import strategies as st

from qisim.model import rules
from qisim.model.parameters import PARAMETERS

TINY = 1e-12

SHARE, STRENGTH, WEIGHT = (0.0, 1.0), (0.0, 2.0), (0.0, 10.0)

DRAW = (0.0, 1.0 - 2.0**-32)

YES_OR_NO = (0.0, 1.0)

FACE = (-1.0, 1.0)

LOAD = (0.0, 3.0)

HOURS = (0.0, 37.5)

ODDS = (0.01 / 441.0, 20.0 * 21.0 * 21.0)

LARGE = (0.0, 1e9)

POSITIVE = (0.05, 500.0)

ANYTHING = (-math.inf, math.inf)

UP = (0.0, math.inf)

FROM_ONE = (1.0, math.inf)


def allowed(name):
    """Return what a scenario may hold for the parameter of this short name."""
    (found,) = (p for p in PARAMETERS.values() if p.name == name)
    return found.minimum, found.maximum


INPUTS = {
    "weekly_leaving": {"turnover": (0.0, 4.0), "vacancy_weeks": allowed("vacancy_weeks")},
    "weekly_loss": {"half_life": (1.0, 520.0)},
    "weekly_step": {"weeks": (1.0, 260.0)},
    "habit_step": {"days": allowed("habit_days")},
    "schooled_turnover": {
        "turnover": allowed("staff_turnover"), "unschooled_share": SHARE,
        "unschooled_ratio": allowed("unschooled_turnover_ratio"),
    },
    "within": {"level": (-5.0, 5.0)},
    "relax": {"level": SHARE, "goal": SHARE, "step": SHARE},
    "gain": {"level": SHARE, "share": SHARE},
    "decay": {"level": SHARE, "loss": SHARE},
    "bernoulli": {"draw": DRAW, "probability": SHARE},
    "either": {"one": YES_OR_NO, "other": YES_OR_NO},
    "saturation": {"amount": LARGE, "half": (0.001, 100.0)},
    "two_sided": {"strength": STRENGTH, "weight": (0.0, 20.0), "face": FACE},
    "with_odds": {"probability": SHARE, "ratio": ODDS},
    "of_odds": {"odds": LARGE},
    "staff_group": {"draw": DRAW, "nurse_share": (0.0, 0.5), "unschooled_share": (0.0, 0.5)},
    "post_size": {"draw": DRAW, "mean_post": (0.55, 1.0), "full_time_share": (0.0, 0.5)},
    "habit_pace": {"draw": DRAW, "spread": allowed("pace_spread")},
    "leaving_ratio": {
        "strain": SHARE, "engagement": SHARE, "usual_strain": SHARE, "usual_engagement": SHARE,
        "strain_weight": WEIGHT, "engagement_weight": WEIGHT,
    },
    "leaving_probability": {"strength": STRENGTH, "rate": (0.0, 0.1), "ratio": (0.01, 121.0)},
    "usual_vacancy": {"leaving_rate": SHARE, "hiring_rate": (1 / 104, 1.0)},
    "absence_level": {
        "usual": allowed("sickness_absence"), "quarter": (0.8, 1.2),
        "swing": allowed("season_swing"), "strain": SHARE, "usual_strain": SHARE,
        "weight": allowed("strain_on_absence"),
    },
    "absence_probability": {"absent": YES_OR_NO, "level": (0.0, 0.5), "weeks": (1.0, 52.0)},
    "working_share": {"settled": SHARE},
    "unit_load": {
        "pressure": allowed("pressure"), "demand": (0.0, 10.0), "planned_presence": (0.3, 1.0),
        "post_hours": (2.0, 19200.0), "working_hours": (0.0, 19200.0),
        "missing_hours": (0.0, 19200.0), "cover": SHARE,
    },
    "hours_away": {"working_hours": (0.0, 19200.0), "lost": (-500.0, 5000.0), "felt": SHARE},
    "own_load": {
        "load": LOAD, "extra_hours": (-20.0, 100.0), "hours": (2.0, 48.0), "own_part": SHARE,
    },
    "slack": {"strength": STRENGTH, "load": (0.0, 60.0), "half_slack_load": (0.3, 3.0)},
    "strain_goal": {"slack_left": SHARE, "support": SHARE, "relief": SHARE},
    "programme_load": {
        "used": YES_OR_NO, "writing": (0.0, 20.0), "workarounds": (0.0, 20.0),
        "saved": (-20.0, 20.0), "attending": (0.0, 40.0),
    },
    "writing_hours": {"strength": STRENGTH, "hours": (0.0, 10.0)},
    "workaround_hours": {"strength": STRENGTH, "hours": (0.0, 10.0), "fit": SHARE},
    "saved_hours": {
        "strength": STRENGTH, "hours": (0.0, 10.0), "usability": SHARE, "fit": SHARE,
    },
    "free_to_come": {"slack_left": SHARE, "protected": SHARE},
    "rota_reach": {"post": (0.1, 1.0), "barrier": SHARE, "fixed": SHARE, "place": (0.0, 2.0)},
    "comes_at_all": {"draw": DRAW, "never_come": SHARE},
    "rota_place": {"draw": DRAW},
    "meeting_odds": {"strength": STRENGTH, "weight": WEIGHT, "plan": SHARE},
    "willing_odds": {"strength": STRENGTH, "weight": WEIGHT, "engagement": SHARE},
    "place_probability": {"places": (-1.0, 400.0), "invited": (0.0, 400.0)},
    "coming_probability": {
        "free": SHARE, "rota": SHARE, "odds": ODDS, "offered": SHARE,
        "present": YES_OR_NO,
    },
    "learner": {
        "strength": STRENGTH, "group_gap": (0.0, 5.0), "ease_gap": (0.0, 5.0), "ease": SHARE,
    },
    "group_gap": {
        "group": (0.0, 2.0), "care_worker_gap": (0.0, 5.0), "unschooled_gap": (0.0, 5.0),
    },
    "simulation_bonus": {"strength": STRENGTH, "extra": (0.0, 5.0)},
    "repeated_teaching": {"strength": STRENGTH, "effort": (0.0, 100.0)},
    "learned": {"competence": SHARE, "effort": (0.0, 1000.0), "learner": SHARE},
    "leader_load": {
        "load": LOAD, "span": (4.0, 400.0), "usual_span": allowed("usual_span"),
        "weight": allowed("span_on_load"),
    },
    "hours_given": {"hours": HOURS, "phase": (0.0, 2.0), "after": SHARE},
    "kept_share": {"strength": STRENGTH, "structure": SHARE, "slack_left": SHARE},
    "improvement_hours": {"hours": HOURS, "writing": (0.0, 20.0), "kept": SHARE},
    "hours_left": {"hours": HOURS, "own_time": (0.0, 80.0)},
    "hours_share": {"hours": HOURS, "weight": SHARE, "others": (1.0, 3.0)},
    "hours_with_staff": {"following_up": HOURS, "other": HOURS, "overlap": SHARE},
    "hours_on_change": {
        "adapting": (0.0, 40.0), "arenas": (0.0, 40.0), "overlap": SHARE, "change": SHARE,
    },
    "role_burden": {"tasks": HOURS, "hours": HOURS},
    "coping": {"strength": STRENGTH, "weight": WEIGHT, "burden": SHARE, "competence": SHARE},
    "leader_strain": {
        "strain_by_load": SHARE, "strength": STRENGTH, "weight": SHARE, "burden": SHARE,
    },
    "outside_push": {"odds_ratio": allowed("facilitator_odds_ratio"), "facilitation": SHARE},
    "weeks_above": {"weeks": (0.0, 520.0), "users": SHARE, "level": SHARE},
    "handed_over": {
        "before": YES_OR_NO, "weeks": (0.0, 520.0), "enough": allowed("handover_weeks"), "ready": YES_OR_NO,
    },
    "hours_to_lead": {"hours": (0.0, 80.0), "preparation": (0.0, 20.0), "number": (0.0, 50.0)},
    "can_lead": {"hours": (0.0, 80.0), "needed": (0.0, 1080.0)},
    "hours_leading": {"hours": HOURS, "needed": (0.0, 200.0)},
    "hours_to_visit": {"hours": (0.0, 80.0), "needed": (0.0, 1080.0)},
    "hours_received": {"hours": (0.0, 80.0), "room": SHARE},
    "learned_from": {"level": SHARE, "others": SHARE, "pace": SHARE},
    "work_level": {
        "hours": (0.0, 187.5), "posts": (4.0, 400.0), "need": allowed("follow_up_need"),
    },
    "shared_arena": {"before": SHARE, "upkeep": SHARE},
    "left_to_adapt": {"adaptable": SHARE, "adaptation": SHARE},
    "adapted": {"adaptation": SHARE, "rate": SHARE, "work": SHARE},
    "present_fit": {"fit": SHARE, "adaptation": SHARE},
    "planned": {
        "plan": SHARE, "before": SHARE, "loss": SHARE, "meetings": (0.0, 5.0), "plan_gain": SHARE,
    },
    "seen_share": {"contact": SHARE, "users": SHARE},
    "teaching": {
        "strength": STRENGTH, "weight": (0.0, 20.0), "contact": SHARE, "rate": SHARE,
        "arena": SHARE, "teachers": SHARE, "able": SHARE, "competence": SHARE,
    },
    "example_felt": {"share": SHARE, "threshold": allowed("norm_threshold")},
    "pull_of_example": {
        "contact": SHARE, "weight": WEIGHT, "share": SHARE, "threshold": allowed("norm_threshold"),
    },
    "try_along": {
        "contact": SHARE, "weight": allowed("try_along"), "share": SHARE,
        "threshold": allowed("norm_threshold"),
    },
    "first_impression": {"from_fit": SHARE, "fit": SHARE},
    "relevance_goal": {
        "from_fit": SHARE, "fit": SHARE, "from_effect": SHARE, "seen": SHARE, "used": YES_OR_NO,
    },
    "insight": {
        "feedback": YES_OR_NO, "from_feedback": SHARE, "hands_on": YES_OR_NO, "from_practice": SHARE,
    },
    "owned": {
        "ownership": SHARE, "loss": SHARE, "from_part": SHARE, "took_part": (0.0, 10.0),
        "from_adapting": SHARE, "adaptation": SHARE,
    },
    "kept_in_mind": {
        "attention": SHARE, "loss": SHARE, "from_part": SHARE, "took_part": (0.0, 10.0),
        "from_support": SHARE, "support": SHARE, "from_example": SHARE, "seen": SHARE,
    },
    "dedication_goal": {
        "disposition": SHARE, "from_support": SHARE, "support": SHARE, "from_results": SHARE,
        "seen": SHARE, "wear": SHARE, "strain": SHARE,
    },
    "drawn_in": {"dedication": SHARE, "from_part": SHARE, "took_part": (0.0, 10.0)},
    "involvement_goal": {
        "base": SHARE, "from_skill": SHARE, "skill_used": SHARE, "from_support": SHARE,
        "support": SHARE, "wear": SHARE, "strain": SHARE,
    },
    "work_engagement": {"usual": SHARE, "involvement": SHARE, "spill": SHARE},
    "attitude": {"strength": STRENGTH, "weight": WEIGHT, "level": SHARE},
    "capability": {"competence": SHARE, "half": allowed("half_competence")},
    "opportunity": {
        "slack_left": SHARE, "strength": STRENGTH, "hold": SHARE, "dedication": SHARE,
    },
    "tool_face": {"usability": SHARE, "fit": SHARE},
    "misfit_odds": {"strength": STRENGTH, "weight": WEIGHT, "fit": SHARE},
    "motivation_odds": {
        "base": (0.0, 20.0), "attitudes": (1.0, 9261.0), "example": (1.0, 11.0),
        "support": (0.2, 110.0), "tool": (0.002, 21.0),
    },
    "intent": {"capability": SHARE, "opportunity": SHARE, "odds": LARGE, "attention": SHARE},
    "trend": {"yearly": allowed("trend"), "years": (0.0, 10.0)},
    "use_probability": {"intent": SHARE, "carries": SHARE, "habit": SHARE},
    "chance_of_use": {
        "practice": SHARE, "asked": SHARE, "own": YES_OR_NO, "before": SHARE, "never": YES_OR_NO,
    },
    "habit_next": {
        "habit": SHARE, "used": YES_OR_NO, "recent": SHARE, "step": (0.0, 6.0), "loss": SHARE,
    },
    "recently_used": {"recent": SHARE, "used": YES_OR_NO, "step": SHARE},
    "routine_next": {
        "routine": YES_OR_NO, "habit": SHARE, "recent": SHARE,
        "routine_at": allowed("routine_at"), "share": allowed("routine_share"),
        "kept_share": allowed("routine_kept_share"),
    },
    "remembered": {"competence": SHARE, "loss": SHARE, "used": YES_OR_NO, "protects": SHARE},
    "unlike": {"draw": DRAW, "spread": allowed("unit_spread")},
    "weeks_of_crisis": {"weeks": (0.0, 520.0), "load": LOAD, "heavy": allowed("heavy_load")},
    "embedded": {
        "embedding": SHARE, "users": SHARE, "backing": SHARE, "enough": SHARE, "step": SHARE,
        "loss": SHARE,
    },
    "drop_probability": {
        "new_leader": YES_OR_NO, "new_aims": SHARE, "crisis": YES_OR_NO, "crisis_drop": SHARE,
        "embedding": SHARE, "held": SHARE,
    },
    "fading_level": {"faded_at": SHARE, "embedding": SHARE, "held": SHARE},
    "return_probability": {"restart": SHARE, "able": SHARE, "held": SHARE, "revive": SHARE},
}  # fmt: skip

"""What each rule may be given: the range of every argument."""

OUTPUTS = {
    "weekly_leaving": (0.0, 0.5), "schooled_turnover": UP, "saturation": SHARE, "two_sided": UP,
    "with_odds": SHARE,
    "staff_group": (0.0, 2.0), "post_size": (0.1, 1.0), "habit_pace": (1 / 31, 31.0),
    "leaving_ratio": UP, "leaving_probability": (0.0, 0.5), "absence_level": (0.0, 0.9),
    "working_share": (0.5, 1.0), "unit_load": LOAD, "own_load": UP,
    "hours_away": ANYTHING, "rota_place": (0.0, 2.0), "hours_to_lead": UP, "hours_to_visit": UP,
    "weeks_above": UP,
    "hours_received": UP,
    "hours_with_staff": UP, "hours_on_change": UP, "hours_leading": HOURS,
    "try_along": (1.0, 21.0), "trend": FROM_ONE,
    "unlike": (0.1, 1.9), "weeks_of_crisis": UP,
    "programme_load": ANYTHING, "writing_hours": UP, "workaround_hours": UP,
    "saved_hours": ANYTHING, "meeting_odds": UP, "willing_odds": FROM_ONE,
    "group_gap": UP, "simulation_bonus": FROM_ONE, "repeated_teaching": UP,
    "leader_load": UP, "hours_given": HOURS, "improvement_hours": HOURS,
    "hours_left": HOURS, "hours_share": HOURS, "insight": (0.0, 2.0),
    "outside_push": (0.2, 10.0), "pull_of_example": (1.0, 11.0), "attitude": FROM_ONE,
    "tool_face": FACE, "motivation_odds": UP,
}  # fmt: skip

"""Range of what a rule gives, where that is not 0 to 1."""

UPWARD = {
    "weekly_leaving": "turnover vacancy_weeks",
    "schooled_turnover": "turnover",
    "within": "level",
    "relax": "level goal",
    "gain": "level share",
    "decay": "level",
    "bernoulli": "probability",
    "either": "one other",
    "saturation": "amount",
    "two_sided": "face",
    "with_odds": "probability ratio",
    "of_odds": "odds",
    "post_size": "mean_post",
    "habit_pace": "draw",
    "leaving_ratio": "strain usual_engagement",
    "leaving_probability": "strength rate ratio",
    "usual_vacancy": "leaving_rate",
    "absence_level": "usual strain quarter",
    "absence_probability": "level",
    "working_share": "settled",
    "unit_load": "pressure demand planned_presence",
    "hours_away": "working_hours lost",
    "own_load": "load extra_hours",
    "slack": "half_slack_load",
    "programme_load": "writing workarounds attending",
    "writing_hours": "strength hours",
    "workaround_hours": "strength hours",
    "saved_hours": "usability fit",
    "free_to_come": "slack_left protected",
    "rota_reach": "post place",
    "comes_at_all": "draw",
    "rota_place": "draw",
    "meeting_odds": "plan",
    "willing_odds": "strength weight engagement",
    "coming_probability": "free rota odds offered present",
    "learner": "ease",
    "simulation_bonus": "strength extra",
    "repeated_teaching": "strength effort",
    "learned": "competence effort learner",
    "leader_load": "load span",
    "hours_given": "hours after",
    "kept_share": "strength structure slack_left",
    "improvement_hours": "hours kept",
    "hours_left": "hours",
    "hours_share": "hours weight",
    "hours_with_staff": "following_up other overlap",
    "hours_on_change": "adapting arenas overlap change",
    "role_burden": "tasks",
    "coping": "competence",
    "leader_strain": "strain_by_load strength weight burden",
    "outside_push": "odds_ratio",
    "weeks_above": "weeks users",
    "handed_over": "before weeks ready",
    "hours_to_lead": "hours preparation number",
    "can_lead": "hours",
    "hours_leading": "hours needed",
    "hours_to_visit": "hours",
    "hours_received": "hours room",
    "learned_from": "others pace",
    "work_level": "hours",
    "shared_arena": "before upkeep",
    "left_to_adapt": "adaptable",
    "adapted": "adaptation rate work",
    "present_fit": "fit adaptation",
    "planned": "plan before meetings plan_gain",
    "seen_share": "contact users",
    "teaching": "contact rate arena teachers able",
    "example_felt": "share",
    "pull_of_example": "contact weight share",
    "try_along": "contact weight share",
    "first_impression": "from_fit fit",
    "relevance_goal": "fit seen used",
    "insight": "feedback from_feedback hands_on from_practice",
    "owned": "ownership took_part adaptation",
    "kept_in_mind": "attention took_part support seen",
    "dedication_goal": "disposition support seen",
    "drawn_in": "dedication from_part took_part",
    "involvement_goal": "base skill_used support",
    "work_engagement": "usual involvement",
    "attitude": "strength weight level",
    "capability": "competence",
    "opportunity": "slack_left strength hold dedication",
    "tool_face": "usability fit",
    "misfit_odds": "fit",
    "motivation_odds": "base attitudes example support tool",
    "intent": "capability opportunity odds attention",
    "trend": "yearly years",
    "use_probability": "intent carries habit",
    "chance_of_use": "practice asked own before",
    "habit_next": "habit recent step",
    "recently_used": "recent used",
    "routine_next": "routine habit recent",
    "remembered": "competence protects used",
    "unlike": "draw",
    "weeks_of_crisis": "weeks load",
    "embedded": "embedding users backing step",
    "drop_probability": "new_leader new_aims crisis crisis_drop",
    "fading_level": "faded_at",
    "return_probability": "restart able held revive",
}

"""Arguments that raise what a rule gives, or leave it."""

DOWNWARD = {
    "weekly_loss": "half_life",
    "weekly_step": "weeks",
    "habit_step": "days",
    "schooled_turnover": "unschooled_ratio",
    "decay": "loss",
    "bernoulli": "draw",
    "saturation": "half",
    "leaving_ratio": "engagement usual_strain",
    "usual_vacancy": "hiring_rate",
    "unit_load": "working_hours missing_hours cover",
    "slack": "strength load",
    "strain_goal": "slack_left support relief",
    "programme_load": "saved",
    "workaround_hours": "fit",
    "rota_reach": "barrier",
    "comes_at_all": "never_come",
    "weeks_above": "level",
    "handed_over": "enough",
    "can_lead": "needed",
    "hours_to_visit": "needed",
    "place_probability": "invited",
    "learner": "strength group_gap ease_gap",
    "leader_load": "usual_span",
    "improvement_hours": "writing",
    "hours_left": "own_time",
    "hours_share": "others",
    "role_burden": "hours",
    "coping": "strength weight burden",
    "work_level": "posts need",
    "left_to_adapt": "adaptation",
    "teaching": "competence",
    "example_felt": "threshold",
    "pull_of_example": "threshold",
    "try_along": "threshold",
    "owned": "loss",
    "kept_in_mind": "loss",
    "dedication_goal": "wear strain",
    "involvement_goal": "wear strain",
    "capability": "half",
    "misfit_odds": "strength weight",
    "habit_next": "loss",
    "chance_of_use": "never",
    "routine_next": "routine_at share kept_share",
    "remembered": "loss",
    "weeks_of_crisis": "heavy",
    "embedded": "enough loss",
    "drop_probability": "embedding held",
    "fading_level": "embedding held",
}

"""Arguments that lower what a rule gives, or leave it."""

PUBLIC = rules.RULES


def numbers(low, high):
    """Return a strategy that tries both ends often."""
    inside = st.floats(low, high, allow_subnormal=False)
    return st.sampled_from((low, high)) | inside


def inputs(name):
    """Return a strategy for all arguments of a rule."""
    return st.tuples(*(numbers(*ends) for ends in INPUTS[name].values()))
