"""Each rule at its edges, over its whole range, in its direction, and without a library."""

import ast
import inspect
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qisim.engines import custom_rules
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


# --- all rules ------------------------------------------------------------------------------------


def test_every_rule_has_a_range_and_a_direction_or_an_edge():
    assert set(PUBLIC) == set(INPUTS)
    assert set(PUBLIC) - set(UPWARD) - set(DOWNWARD) == {"staff_group", "group_gap"}


@pytest.mark.parametrize("name", INPUTS)
def test_the_range_of_every_argument_is_text(name):
    assert set(inspect.signature(PUBLIC[name]).parameters) == set(INPUTS[name])


@pytest.mark.parametrize("name", INPUTS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_rule_is_finite_within_its_range_and_goes_one_way(name, data):
    low, high = OUTPUTS.get(name, SHARE)
    first, second = (dict(zip(INPUTS[name], data.draw(inputs(name)))) for _ in range(2))
    value = PUBLIC[name](**first)
    assert isinstance(value, float) and math.isfinite(value)
    assert low - TINY <= value <= high + TINY
    for sign, table in ((1.0, UPWARD), (-1.0, DOWNWARD)):
        for argument in table.get(name, "").split():
            other = PUBLIC[name](**{**first, argument: second[argument]})
            rise = sign * (other - value) * (1.0 if second[argument] >= first[argument] else -1.0)
            assert rise >= -TINY * max(1.0, abs(value), abs(other)), argument


@pytest.mark.parametrize("name", PUBLIC)
def test_rule_has_a_text_and_types(name):
    assert inspect.getdoc(PUBLIC[name])
    signature = inspect.signature(PUBLIC[name])
    assert {a.annotation for a in signature.parameters.values()} == {"float"}
    assert signature.return_annotation == "float"


# --- the arithmetic that rules may use ------------------------------------------------------------

TREES = {
    part.__name__: ast.parse(Path(part.__file__).read_text(encoding="utf-8"))
    for part in rules.PARTS
}
RATES = {
    "weekly_leaving", "weekly_loss", "weekly_step", "habit_step", "schooled_turnover",
}  # fmt: skip
PLAIN = (
    ast.arguments, ast.arg, ast.Return, ast.Assign, ast.Expr, ast.Name, ast.Load, ast.Store,
    ast.Constant, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.UnaryOp, ast.USub,
    ast.IfExp, ast.Compare, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.BoolOp, ast.Or, ast.And,
    ast.Call, ast.Tuple,
)  # fmt: skip


def functions():
    trees = TREES.values()
    return [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("function", functions(), ids=lambda node: node.name)
def test_weekly_rule_uses_plain_arithmetic_and_other_rules_only(function):
    nodes = list(ast.walk(function))
    called = {node.func.id for node in nodes if isinstance(node, ast.Call)}
    if function.name in RATES:
        assert called <= {"power", "at_least", *RATES}
        return
    assert {type(node) for node in nodes} <= {ast.FunctionDef, *PLAIN}
    assert called <= set(PUBLIC) - RATES


def test_the_rules_are_those_that_the_files_define():
    assert [function.name for function in functions()] == list(PUBLIC)


@pytest.mark.parametrize("name", TREES)
def test_rules_import_each_other_and_the_power_and_nothing_else(name):
    nodes = ast.walk(TREES[name])
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    used = {getattr(node, "module", None) for node in imports}
    power = {"qisim.model.power"} if name == rules.rates.__name__ else set()
    assert used <= {"__future__", *TREES, *power}


def test_a_power_stands_in_the_file_of_rates_only():
    powers = {
        f.name for f in functions() for n in ast.walk(f)
        if isinstance(n, ast.Call) and n.func.id == "power"
    }  # fmt: skip
    assert powers and powers <= RATES
    assert not any(isinstance(node, ast.Pow) for f in functions() for node in ast.walk(f))
    assert {rule.__module__ for name, rule in PUBLIC.items() if name in RATES} == {
        rules.rates.__name__
    }
    assert RATES == custom_rules.RATES


# --- neutral: a factor of strength 0 does nothing -------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(weight=numbers(*WEIGHT), level=numbers(*SHARE), other=numbers(*SHARE))
def test_strength_zero_is_neutral(weight, level, other):
    assert rules.two_sided(0.0, weight, 2.0 * level - 1.0) == 1.0
    assert rules.meeting_odds(0.0, weight, level) == 1.0
    assert rules.willing_odds(0.0, weight, level) == 1.0
    assert rules.attitude(0.0, weight, level) == 1.0
    assert rules.misfit_odds(0.0, weight, level) == 1.0
    assert rules.coping(0.0, weight, level, other) == 1.0
    assert rules.learner(0.0, weight, weight, level) == 1.0
    assert rules.simulation_bonus(0.0, weight) == 1.0
    assert rules.slack(0.0, 3.0 * level, 1.2) == 1.0
    assert rules.repeated_teaching(0.0, weight) == 0.0
    assert rules.writing_hours(0.0, weight) == 0.0
    assert rules.workaround_hours(0.0, weight, level) == 0.0
    assert rules.saved_hours(0.0, weight, level, other) == 0.0
    assert rules.leaving_probability(0.0, level, weight) == 0.0
    assert rules.kept_share(0.0, level, other) == other
    assert rules.opportunity(other, 0.0, level, level) == other
    assert rules.leader_strain(other, 0.0, level, level) == other


def test_knowledge_sharing_of_strength_zero_leaves_teaching_as_it_is_without_arenas_or_lack():
    plain = rules.teaching(0.0, 2.0, 1.0, 0.2, 0.9, 0.5, 0.8, 0.3)
    assert plain == rules.teaching(1.0, 2.0, 1.0, 0.2, 0.5, 0.5, 0.8, 0.3)


@settings(max_examples=60, deadline=None)
@given(strength=numbers(*STRENGTH), weight=numbers(0.0, 20.0), face=numbers(*SHARE))
def test_help_and_hindrance_are_of_the_same_size(strength, weight, face):
    helps = rules.two_sided(strength, weight, face)
    hinders = rules.two_sided(strength, weight, -face)
    assert helps * hinders == pytest.approx(1.0)


# --- rates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("turnover", "weeks"), [(0.22, 8.0), (0.17, 12.0), (0.95, 26.0)])
def test_leavers_over_posts_come_out_as_counted(turnover, weeks):
    leaving, hiring = rules.weekly_leaving(turnover, weeks), 1.0 / weeks
    filled = 1.0 - rules.usual_vacancy(leaving, hiring)
    assert 52.0 * leaving * filled == pytest.approx(turnover)


def test_where_nobody_leaves_or_posts_stand_empty_too_long():
    assert rules.weekly_leaving(0.0, 8.0) == 0.0
    assert rules.weekly_leaving(0.52, 0.0) == pytest.approx(0.01)
    assert rules.weekly_leaving(0.95, 104.0) == 0.5


def test_half_is_lost_after_a_half_life():
    assert (1.0 - rules.weekly_loss(13.0)) ** 13 == pytest.approx(0.5)
    assert rules.weekly_loss(1.0) == 0.5


def test_a_step_of_a_slow_thing_is_small():
    assert rules.weekly_step(0.0) == 1.0
    assert rules.weekly_step(9.0) == pytest.approx(0.1)


@pytest.mark.parametrize("days", [21.0, 66.0, 154.0])
def test_weekly_use_over_the_days_to_a_habit_makes_it_routine(days):
    step, habit, weeks = rules.habit_step(days), 0.0, math.ceil(days / 7.0)
    for _ in range(weeks):
        habit = rules.habit_next(habit, 1.0, 0.0, step, 0.1)
    assert habit >= 0.8 - TINY
    assert 1.0 - (1.0 - step) ** (weeks - 1) < 0.8


def test_turnover_of_all_staff_is_the_mean_of_both_groups():
    schooled = rules.schooled_turnover(0.22, 0.23, 1.64)
    assert 0.77 * schooled + 0.23 * 1.64 * 0.22 == pytest.approx(0.22)
    assert rules.schooled_turnover(0.22, 0.0, 1.64) == 0.22
    assert rules.schooled_turnover(0.22, 1.0, 1.0) == 0.0


# --- small arithmetic -----------------------------------------------------------------------------


def test_within_keeps_a_level_between_its_ends():
    assert [rules.within(x) for x in (-0.1, 0.0, 0.4, 1.0, 1.1)] == [0.0, 0.0, 0.4, 1.0, 1.0]


def test_a_thing_happens_below_its_probability_and_not_at_it():
    assert rules.bernoulli(0.0, 0.0) == 0.0
    assert rules.bernoulli(0.3, 0.3) == 0.0
    assert rules.bernoulli(math.nextafter(0.3, 0.0), 0.3) == 1.0
    assert rules.bernoulli(math.nextafter(1.0, 0.0), 1.0) == 1.0


def test_one_of_two_things_is_enough():
    assert [rules.either(a, b) for a in YES_OR_NO for b in YES_OR_NO] == [0.0, 1.0, 1.0, 1.0]


def test_steps_between_levels():
    assert rules.relax(0.2, 0.8, 0.0) == 0.2
    assert rules.relax(0.0, 0.8, 1.0) == 0.8
    assert rules.gain(0.25, 0.0) == 0.25
    assert rules.gain(0.25, 1.0) == 1.0
    assert rules.decay(0.25, 0.0) == 0.25
    assert rules.decay(0.25, 1.0) == 0.0


def test_the_half_amount_fills_half():
    assert rules.saturation(0.0, 2.0) == 0.0
    assert rules.saturation(2.0, 2.0) == 0.5


def test_odds():
    assert rules.with_odds(0.5, 3.0) == 0.75
    assert rules.with_odds(0.37, 1.0) == pytest.approx(0.37)
    assert rules.with_odds(0.0, 9.0) == 0.0
    assert rules.with_odds(1.0, 0.1) == 1.0
    assert rules.of_odds(0.0) == 0.0
    assert rules.of_odds(1.0) == 0.5


# --- 1. people ------------------------------------------------------------------------------------


def test_posts_are_for_nurses_then_care_workers_then_staff_without_health_education():
    just_below = math.nextafter(0.3, 0.0)
    draws = (0.0, just_below, 0.3, math.nextafter(0.75, 0.0), 0.75, 0.999)
    assert [rules.staff_group(d, 0.3, 0.25) for d in draws] == [0.0, 0.0, 1.0, 1.0, 2.0, 2.0]
    assert rules.staff_group(0.0, 0.0, 0.0) == 1.0
    assert rules.staff_group(0.999, 1.0, 0.0) == 0.0
    assert rules.staff_group(0.0, 0.0, 1.0) == 2.0


@pytest.mark.parametrize(("mean", "full"), [(0.67, 0.242), (0.72, 0.348), (0.9, 0.5)])
def test_posts_have_the_mean_and_the_full_time_share_that_were_asked_for(mean, full):
    sizes = [rules.post_size((i + 0.5) / 20000, mean, full) for i in range(20000)]
    assert math.fsum(sizes) / 20000 == pytest.approx(mean, abs=1e-3)
    assert sum(size == 1.0 for size in sizes) / 20000 == pytest.approx(full, abs=1e-3)


def test_a_full_time_post_at_its_edge():
    assert rules.post_size(math.nextafter(0.242, 0.0), 0.67, 0.242) == 1.0
    assert rules.post_size(0.242, 0.67, 0.242) < 1.0
    assert rules.post_size(0.9, 1.0, 1.0) == 1.0


def test_half_of_all_people_form_habits_faster_than_ordinary():
    assert rules.habit_pace(0.5, 1.0) == 1.0
    assert rules.habit_pace(0.0, 1.0) == 0.5
    assert rules.habit_pace(0.123, 0.0) == 1.0
    assert rules.habit_pace(0.2, 1.7) * rules.habit_pace(0.8, 1.7) == pytest.approx(1.0)


def test_usual_strain_and_engagement_leave_turnover_as_it_is():
    assert rules.leaving_ratio(0.31, 0.47, 0.31, 0.47, 1.5, 1.0) == 1.0
    assert rules.leaving_ratio(1.0, 0.47, 0.0, 0.47, 1.5, 1.0) == 2.5
    assert rules.leaving_ratio(0.31, 1.0, 0.31, 0.0, 1.5, 1.0) == 0.5
    assert rules.leaving_ratio(0.9, 0.1, 0.31, 0.47, 0.0, 0.0) == 1.0


def test_nobody_is_surer_to_leave_than_not():
    assert rules.leaving_probability(1.0, 0.5, 1.0) == 0.5
    assert rules.leaving_probability(2.0, 0.5, 10.0) == 0.5


def test_vacancy_balances_leaving_and_hiring():
    leaving, hiring = 0.005, 0.125
    empty = rules.usual_vacancy(leaving, hiring)
    assert empty * hiring == pytest.approx((1.0 - empty) * leaving)
    assert rules.usual_vacancy(0.0, hiring) == 0.0


def test_absence_in_an_ordinary_week_is_the_usual():
    assert rules.absence_level(0.117, 1.0, 1.0, 0.31, 0.31, 0.6) == 0.117
    assert rules.absence_level(0.117, 1.2, 0.0, 0.31, 0.31, 0.6) == 0.117
    assert rules.absence_level(0.1, 1.2, 1.0, 0.0, 0.0, 0.6) == pytest.approx(0.12)
    assert rules.absence_level(0.6, 1.2, 3.0, 1.0, 0.0, 5.0) == 0.9
    assert rules.absence_level(0.5, 1.0, 1.0, 0.0, 1.0, 5.0) == 0.0


@pytest.mark.parametrize(("level", "weeks"), [(0.117, 3.0), (0.05, 1.5), (0.5, 6.0)])
def test_absence_settles_at_its_level(level, weeks):
    absent = 0.0
    for _ in range(600):
        stays, falls = (rules.absence_probability(yes, level, weeks) for yes in (1.0, 0.0))
        absent = absent * stays + (1.0 - absent) * falls
    assert absent == pytest.approx(level)


def test_an_absence_lasts_as_long_as_it_should():
    assert 1.0 / (1.0 - rules.absence_probability(1.0, 0.1, 4.0)) == 4.0
    assert rules.absence_probability(1.0, 0.1, 1.0) == 0.0
    assert rules.absence_probability(0.0, 0.0, 3.0) == 0.0


# --- 2. load --------------------------------------------------------------------------------------


def test_a_newcomer_carries_half():
    assert rules.working_share(0.0) == 0.5
    assert rules.working_share(1.0) == 1.0


def test_load_is_one_when_the_planned_hours_are_there():
    assert rules.unit_load(1.0, 1.0, 0.92, 1000.0, 920.0, 80.0, 0.0) == pytest.approx(1.0, abs=1e-5)
    assert rules.unit_load(0.0, 1.0, 0.92, 1000.0, 920.0, 80.0, 0.5) == 0.0
    assert rules.unit_load(1.0, 1.0, 0.92, 1000.0, 0.0, 1000.0, 0.0) == 3.0


def test_substitutes_do_nine_tenths_of_the_missing_work():
    load = rules.unit_load(1.0, 1.0, 0.92, 1000.0, 0.0, 1000.0, 1.0)
    assert load == pytest.approx(0.92 / 0.9, abs=1e-5)


def test_the_programme_adds_to_a_persons_load_or_takes_from_it():
    assert rules.own_load(1.0, 3.5, 35.0, 1.0) == 1.1
    assert rules.own_load(1.0, 3.5, 35.0, 0.5) == 1.05
    assert rules.own_load(1.0, 3.5, 35.0, 0.0) == 1.0
    assert rules.own_load(1.0, 0.0, 35.0, 1.0) == 1.0
    assert rules.own_load(0.1, -35.0, 35.0, 1.0) == 0.0


def test_colleagues_feel_hours_that_the_programme_took():
    assert rules.hours_away(800.0, 40.0, 1.0) == 40.0
    assert rules.hours_away(800.0, 40.0, 0.5) == 20.0
    assert rules.hours_away(800.0, 40.0, 0.0) == 0.0
    assert rules.hours_away(800.0, -40.0, 1.0) == -40.0
    assert rules.hours_away(800.0, 4000.0, 1.0) == 720.0


def test_half_of_the_slack_is_left_at_the_load_of_that_name():
    assert rules.slack(1.0, 1.2, 1.2) == 0.5
    assert rules.slack(1.0, 0.0, 1.2) == 1.0
    assert rules.slack(1.0, 3.0, 1.2) < 0.03


def test_strain_follows_missing_slack_and_support_eases_it():
    assert rules.strain_goal(1.0, 0.0, 0.3) == 0.0
    assert rules.strain_goal(0.0, 0.0, 0.3) == 1.0
    assert rules.strain_goal(0.0, 1.0, 0.3) == 0.7


def test_only_use_costs_writing_and_workarounds():
    assert rules.programme_load(0.0, 1.0, 2.0, 0.5, 3.0) == 3.0
    assert rules.programme_load(1.0, 1.0, 2.0, 0.5, 3.0) == 5.5
    assert rules.programme_load(1.0, 0.0, 0.0, 0.5, 0.0) == -0.5


def test_hours_of_writing_workarounds_and_saving():
    assert rules.writing_hours(1.0, 0.6) == 0.6
    assert rules.workaround_hours(1.0, 0.8, 1.0) == 0.0
    assert rules.workaround_hours(1.0, 0.8, 0.0) == 0.8
    assert rules.saved_hours(1.0, 0.6, 1.0, 1.0) == 0.6
    assert rules.saved_hours(1.0, 0.6, 0.0, 0.0) == -0.6


# --- 3. activities --------------------------------------------------------------------------------


def test_protected_time_frees_people():
    assert rules.free_to_come(0.0, 0.0) == 0.0
    assert rules.free_to_come(0.0, 1.0) == 1.0
    assert rules.free_to_come(1.0, 0.0) == 1.0


def test_full_timers_are_reached_on_every_date_of_a_rota_that_is_not_fixed():
    assert rules.rota_reach(1.0, 1.0, 0.0, 0.0) == 1.0
    assert rules.rota_reach(0.5, 0.0, 0.0, 2.0) == 1.0
    assert rules.rota_reach(0.5, 0.5, 0.0, 0.0) == 0.75
    assert rules.rota_reach(0.5, 0.5, 0.0, 2.0) == 0.75


def test_a_fixed_rota_meets_the_same_people():
    assert rules.rota_reach(0.5, 1.0, 1.0, 0.0) == 0.0
    assert rules.rota_reach(0.5, 1.0, 1.0, 2.0) == 1.0
    assert rules.rota_reach(0.5, 1.0, 0.5, 0.0) == 0.25
    assert rules.rota_reach(0.5, 1.0, 0.5, 2.0) == 0.75


def test_who_never_comes_and_whom_the_rota_misses():
    just_below = math.nextafter(0.12, 0.0)
    assert [rules.comes_at_all(d, 0.12) for d in (0.0, just_below, 0.12, 0.9)] == [0, 0, 1, 1]
    assert rules.comes_at_all(0.0, 0.0) == 1.0
    assert rules.comes_at_all(0.999, 1.0) == 0.0
    assert [rules.rota_place(d) for d in (0.0, math.nextafter(0.5, 0.0), 0.5, 0.9)] == [0, 0, 2, 2]


def test_a_plan_of_one_half_neither_helps_nor_hinders():
    assert rules.meeting_odds(1.0, 1.5, 0.5) == 1.0
    assert rules.meeting_odds(1.0, 1.5, 1.0) == 2.5
    assert rules.meeting_odds(1.0, 1.5, 0.0) == 0.4


def test_energy_raises_the_odds_of_coming():
    assert rules.willing_odds(1.0, 0.6, 0.0) == 1.0
    assert rules.willing_odds(1.0, 0.6, 1.0) == 1.6


def test_places_at_the_number_invited_and_just_below():
    assert rules.place_probability(-1.0, 300.0) == 1.0
    assert rules.place_probability(8.0, 8.0) == 1.0
    assert rules.place_probability(8.0, 9.0) == pytest.approx(8.0 / 9.0)
    assert rules.place_probability(8.0, 0.0) == 1.0


def test_who_is_absent_or_uninvited_does_not_come():
    assert rules.coming_probability(1.0, 1.0, 5.0, 1.0, 0.0) == 0.0
    assert rules.coming_probability(1.0, 1.0, 5.0, 0.0, 1.0) == 0.0
    assert rules.coming_probability(0.0, 1.0, 5.0, 1.0, 1.0) == 0.0
    assert rules.coming_probability(1.0, 1.0, 0.1, 1.0, 1.0) == 1.0
    assert rules.coming_probability(0.5, 1.0, 1.0, 0.5, 1.0) == 0.25


def test_one_course_fits_the_schooled_and_at_ease():
    assert rules.learner(1.0, 0.0, 0.6, 1.0) == 1.0
    assert rules.learner(1.0, 0.8, 0.2, 0.0) == 0.5


def test_the_gap_of_each_staff_group():
    assert [rules.group_gap(g, 0.2, 0.8) for g in (0.0, 1.0, 2.0)] == [0.0, 0.2, 0.8]


def test_simulation_teaches_more():
    assert rules.simulation_bonus(1.0, 0.54) == 1.54


def test_teaching_is_repeated_in_proportion():
    assert rules.repeated_teaching(1.0, 0.3) == 0.3


def test_no_effort_teaches_nothing_and_none_is_enough_for_all():
    assert rules.learned(0.4, 0.0, 1.0) == 0.4
    assert rules.learned(0.0, 1.0, 1.0) == 0.5
    assert rules.learned(0.0, 100.0, 1.0) < 1.0
    assert rules.learned(1.0, 3.0, 1.0) == 1.0


# --- 4. leaders -----------------------------------------------------------------------------------


def test_a_usual_span_leaves_the_leader_with_the_units_load():
    assert rules.leader_load(1.0, 39.0, 39.0, 0.1) == 1.0
    assert rules.leader_load(1.0, 78.0, 39.0, 0.1) == 1.1
    assert rules.leader_load(0.0, 4.0, 400.0, 2.0) == 0.0


def test_hours_sink_only_after_the_programme():
    assert [rules.hours_given(4.0, phase, 0.25) for phase in (0.0, 1.0, 2.0)] == [4.0, 4.0, 1.0]


def test_structure_keeps_hours_that_a_busy_week_would_eat():
    assert rules.kept_share(1.0, 0.0, 0.4) == 0.4
    assert rules.kept_share(1.0, 1.0, 0.0) == 1.0
    assert rules.kept_share(2.0, 0.9, 0.0) == 1.0


def test_writing_eats_a_leaders_hours_to_the_last():
    assert rules.improvement_hours(2.5, 0.5, 1.0) == 2.0
    assert rules.improvement_hours(2.5, 2.5, 1.0) == 0.0
    assert rules.improvement_hours(2.5, 9.0, 1.0) == 0.0


def test_homework_takes_its_hours_from_the_unit():
    assert rules.hours_left(2.5, 0.0) == 2.5
    assert rules.hours_left(2.5, 1.0) == 1.5
    assert rules.hours_left(2.5, 4.0) == 0.0


def test_tasks_compete_for_a_leaders_hours():
    assert rules.hours_share(3.0, 1.0, 0.0) == 3.0
    assert rules.hours_share(3.0, 1.0, 2.0) == 1.0
    assert rules.hours_share(3.0, 0.0, 1.0) == 0.0
    three = [rules.hours_share(3.0, w, 2.0 - w) for w in (1.0, 0.75, 0.25)]
    assert math.fsum(three) == pytest.approx(3.0)


def test_leaders_follow_staff_up_in_a_part_of_their_other_hours():
    assert rules.hours_with_staff(1.0, 2.0, 0.0) == 1.0
    assert rules.hours_with_staff(1.0, 2.0, 1.0) == 3.0
    assert rules.hours_with_staff(1.0, 2.0, 0.6) == 2.2


def test_what_does_not_fit_comes_up_in_arenas_as_far_as_something_is_left_to_fit():
    assert rules.hours_on_change(1.0, 2.0, 0.6, 1.0) == 2.2
    assert rules.hours_on_change(1.0, 2.0, 0.6, 0.5) == 1.6
    assert rules.hours_on_change(0.0, 2.0, 0.6, 0.0) == 0.0


def test_a_role_without_tasks_is_no_burden():
    assert rules.role_burden(0.0, 2.0) == 0.0
    assert rules.role_burden(0.0, 0.0) == 0.0
    assert rules.role_burden(2.0, 2.0) == pytest.approx(0.5, abs=1e-3)
    assert 0.99 < rules.role_burden(2.0, 0.0) < 1.0


def test_skill_protects_in_a_role_beyond_ones_hours():
    assert rules.coping(1.0, 1.0, 1.0, 1.0) == 1.0
    assert rules.coping(1.0, 1.0, 1.0, 0.0) == 0.5
    assert rules.coping(1.0, 1.0, 0.0, 0.0) == 1.0


def test_a_role_beyond_its_hours_strains():
    assert rules.leader_strain(0.2, 1.0, 0.3, 0.0) == 0.2
    assert rules.leader_strain(0.0, 1.0, 0.3, 1.0) == 0.3


def test_no_facilitator_no_push():
    assert rules.outside_push(1.8, 0.0) == 1.0
    assert rules.outside_push(1.8, 0.5) == pytest.approx(1.4)
    assert rules.outside_push(1.0, 1.0) == 1.0


def test_a_hand_over_takes_use_that_holds_and_somebody_who_is_ready():
    assert [rules.weeks_above(3.0, users, 0.4) for users in (0.39, 0.4, 1.0)] == [0.0, 4.0, 4.0]
    ready, nobody = 1.0, 0.0
    assert [rules.handed_over(0.0, weeks, 8.0, ready) for weeks in (0.0, 7.0, 8.0, 9.0)] == [
        0,
        0,
        1,
        1,
    ]
    assert rules.handed_over(0.0, 20.0, 8.0, nobody) == 0.0
    assert rules.handed_over(1.0, 0.0, 8.0, nobody) == 1.0  # for good


def test_a_visit_counts_as_far_as_somebody_has_time():
    assert [rules.hours_received(4.0, room) for room in (0.0, 0.5, 1.0)] == [0.0, 2.0, 4.0]


def test_leading_comes_before_visiting():
    assert rules.hours_to_lead(2.0, 0.5, 2.0) == 3.0
    assert rules.hours_to_lead(0.0, 0.5, 0.0) == 0.0
    assert [rules.can_lead(4.0, needed) for needed in (0.0, 4.0, 8.0)] == [1.0, 1.0, 0.5]
    assert [rules.hours_to_visit(4.0, needed) for needed in (0.0, 3.0, 4.0, 8.0)] == [4, 1, 0, 0]
    assert [rules.hours_leading(4.0, needed) for needed in (0.0, 3.0, 4.0, 8.0)] == [0, 3, 4, 4]
    assert rules.can_lead(0.0, 0.0) == 1.0
    assert rules.can_lead(0.0, 0.001) == 0.0


def test_nobody_learns_from_those_who_know_no_more():
    assert rules.learned_from(0.5, 0.5, 1.0) == 0.5
    assert rules.learned_from(0.5, 0.4, 1.0) == 0.5
    assert rules.learned_from(0.0, 1.0, 0.1) == 0.1
    assert rules.learned_from(0.0, 1.0, 0.0) == 0.0
    assert rules.learned_from(0.5, 0.9, 0.5) == pytest.approx(0.6)


@settings(max_examples=60, deadline=None)
@given(one=numbers(*SHARE), other=numbers(*SHARE), ahead=numbers(*SHARE), pace=numbers(0.0, 0.5))
def test_who_knows_less_does_not_overtake_who_learns_beside_the_same_people(
    one, other, ahead, pace
):
    less, more = min(one, other), max(one, other)
    assert rules.learned_from(less, ahead, pace) <= rules.learned_from(more, ahead, pace) + TINY


def test_work_is_half_done_at_the_hours_needed():
    assert rules.work_level(0.0, 36.0, 0.03) == 0.0
    assert rules.work_level(36.0 * 0.03, 36.0, 0.03) == 0.5


def test_arenas_need_leaders():
    assert rules.shared_arena(0.4, 0.0) == 0.4
    assert rules.shared_arena(0.0, 1.0) == 1.0


def test_adaptation_needs_leaders_and_leave_to_adapt():
    assert rules.left_to_adapt(0.0, 0.0) == 0.0
    assert rules.left_to_adapt(1.0, 1.0) == 0.0
    assert rules.left_to_adapt(0.5, 0.5) == 0.25
    assert rules.adapted(0.1, 0.02, 0.0) == 0.1
    assert rules.adapted(0.0, 0.02, 1.0) == 0.02
    assert rules.present_fit(0.6, 0.0) == 0.6
    assert rules.present_fit(0.6, 1.0) == 1.0


def test_joint_planning_slips_back_to_what_it_was():
    assert rules.planned(0.9, 0.4, 0.0, 0.0, 0.25) == 0.9
    assert rules.planned(0.9, 0.4, 1.0, 0.0, 0.25) == 0.4
    assert rules.planned(0.4, 0.4, 0.1, 1.0, 0.25) == pytest.approx(0.55)
    assert rules.planned(0.4, 0.4, 0.1, 9.0, 1.0) == 1.0


# --- 5. colleagues --------------------------------------------------------------------------------


def test_who_meets_nobody_sees_nobody():
    assert rules.seen_share(0.0, 0.9) == 0.0
    assert rules.seen_share(1.0, 0.9) == 0.9


def test_nobody_is_taught_by_those_who_know_no_more():
    assert rules.teaching(1.0, 2.0, 1.0, 0.2, 1.0, 1.0, 0.5, 0.5) == 0.0
    assert rules.teaching(1.0, 2.0, 1.0, 0.2, 1.0, 1.0, 0.4, 0.5) == 0.0
    assert rules.teaching(1.0, 2.0, 1.0, 0.2, 1.0, 1.0, math.nextafter(0.5, 1.0), 0.5) > 0.0


def test_nobody_is_taught_without_contact_or_teachers():
    assert rules.teaching(1.0, 2.0, 0.0, 0.2, 1.0, 1.0, 0.9, 0.1) == 0.0
    assert rules.teaching(1.0, 2.0, 1.0, 0.2, 1.0, 0.0, 0.9, 0.1) == 0.0


def test_half_of_the_pull_of_example_is_felt_at_its_threshold():
    assert rules.pull_of_example(1.0, 0.7, 0.25, 0.25) == 1.35
    assert rules.pull_of_example(1.0, 0.7, 0.0, 0.25) == 1.0
    assert rules.pull_of_example(0.0, 0.7, 1.0, 0.25) == 1.0


def test_the_example_of_few_is_hardly_felt_and_that_of_many_fully():
    assert rules.example_felt(0.0, 0.25) == 0.0
    assert rules.example_felt(0.25, 0.25) == 0.5
    assert rules.example_felt(0.125, 0.25) == pytest.approx(1.0 / 17.0)
    assert rules.example_felt(0.5, 0.25) == pytest.approx(16.0 / 17.0)


def test_one_tries_along_where_enough_do_it():
    assert rules.try_along(1.0, 2.0, 0.25, 0.25) == 2.0
    assert rules.try_along(1.0, 2.0, 0.0, 0.25) == 1.0
    assert rules.try_along(1.0, 0.0, 1.0, 0.25) == 1.0
    assert rules.try_along(0.0, 2.0, 1.0, 0.25) == 1.0


# --- 6. attitudes ---------------------------------------------------------------------------------


def test_relevance_of_what_does_not_fit_and_nobody_uses_is_nothing():
    assert rules.first_impression(0.4, 0.0) == 0.0
    assert rules.first_impression(0.4, 1.0) == 0.4
    assert rules.relevance_goal(0.4, 0.0, 0.4, 0.0, 0.0) == 0.0
    assert rules.relevance_goal(0.4, 1.0, 0.4, 1.0, 1.0) == 0.8
    assert rules.relevance_goal(0.4, 0.0, 0.4, 1.0, 0.0) == 0.2


def test_trying_out_and_own_results_show_the_worth():
    assert rules.insight(0.0, 0.3, 0.0, 0.1) == 0.0
    assert rules.insight(1.0, 0.3, 0.0, 0.1) == 0.3
    assert rules.insight(0.0, 0.3, 1.0, 0.1) == 0.1


def test_taking_part_draws_people_in():
    assert rules.drawn_in(0.5, 0.1, 0.0) == 0.5
    assert rules.drawn_in(0.0, 0.1, 1.0) == 0.1
    assert rules.drawn_in(0.0, 0.1, 99.0) == 1.0


def test_ownership_fades_without_part():
    assert rules.owned(0.5, 0.1, 0.15, 0.0, 0.02, 0.0) == 0.45
    assert rules.owned(0.0, 0.1, 0.15, 1.0, 0.02, 0.0) == 0.15
    assert rules.owned(0.0, 0.1, 0.15, 9.0, 0.02, 1.0) == 1.0


def test_what_nobody_reminds_of_is_forgotten():
    assert rules.kept_in_mind(0.8, 0.5, 0.8, 0.0, 0.15, 0.0, 0.05, 0.0) == 0.4
    assert rules.kept_in_mind(0.0, 0.5, 0.8, 1.0, 0.15, 0.0, 0.05, 0.0) == 0.8
    assert rules.kept_in_mind(0.0, 0.5, 0.8, 0.0, 0.15, 1.0, 0.05, 0.0) == 0.15
    assert rules.kept_in_mind(0.0, 0.5, 0.8, 0.0, 0.15, 0.0, 0.05, 1.0) == 0.05


def test_strain_wears_dedication_and_engagement():
    assert rules.dedication_goal(1.0, 0.4, 0.0, 0.3, 0.0, 0.5, 0.0) == 0.5
    assert rules.dedication_goal(1.0, 0.4, 0.0, 0.3, 0.0, 0.5, 1.0) == 0.25
    assert rules.dedication_goal(1.0, 0.4, 1.0, 0.3, 1.0, 0.5, 0.0) == 1.0
    assert rules.involvement_goal(0.55, 0.35, 0.0, 0.2, 0.0, 0.5, 0.0) == 0.55
    assert rules.involvement_goal(0.5, 0.25, 1.0, 0.25, 1.0, 0.5, 1.0) == 0.5


def test_a_part_of_engagement_with_the_programme_is_felt_in_the_work_as_a_whole():
    assert rules.work_engagement(0.5, 0.9, 0.0) == 0.5
    assert rules.work_engagement(0.5, 0.9, 1.0) == 0.9
    assert rules.work_engagement(0.5, 0.5, 0.3) == 0.5
    assert rules.work_engagement(0.5, 0.1, 0.5) == 0.3


def test_an_attitude_at_its_ends():
    assert rules.attitude(1.0, 0.6, 0.0) == 1.0
    assert rules.attitude(1.0, 0.6, 1.0) == 1.6


# --- 7. use ---------------------------------------------------------------------------------------


def test_capability_goes_from_nothing_to_all():
    assert rules.capability(0.0, 0.2) == 0.0
    assert rules.capability(1.0, 0.2) == 1.0
    assert rules.capability(0.2, 0.2) == pytest.approx(0.6)


def test_a_dedicated_person_makes_up_lost_occasions():
    assert rules.opportunity(0.0, 1.0, 0.4, 1.0) == 0.4
    assert rules.opportunity(0.3, 1.0, 0.4, 0.0) == 0.3
    assert rules.opportunity(0.0, 2.0, 1.0, 1.0) == 1.0


def test_the_tool_helps_or_hinders():
    assert rules.tool_face(1.0, 1.0) == 1.0
    assert rules.tool_face(0.0, 0.0) == -1.0
    assert rules.tool_face(0.5, 0.5) == 0.0


def test_a_standard_that_fits_costs_no_willingness():
    assert rules.misfit_odds(1.0, 1.0, 1.0) == 1.0
    assert rules.misfit_odds(1.0, 1.0, 0.0) == 0.5


def test_motivation_multiplies():
    assert rules.motivation_odds(1.0, 2.0, 1.0, 1.0, 1.0) == 2.0
    assert rules.motivation_odds(0.0, 2.0, 2.0, 2.0, 2.0) == 0.0


@pytest.mark.parametrize("missing", range(4))
def test_nothing_is_done_on_purpose_without_skill_time_will_and_mind(missing):
    given_values = [1.0, 1.0, 1.0, 1.0]
    given_values[missing] = 0.0
    assert rules.intent(*given_values) == 0.0
    assert rules.intent(1.0, 1.0, 1.0, 1.0) == 0.5


def test_habit_carries_use_where_all_else_speaks_against_it():
    assert rules.use_probability(0.0, 0.4, 1.0) == 0.4
    assert rules.use_probability(0.0, 0.4, 0.0) == 0.0
    assert rules.use_probability(1.0, 0.4, 0.0) == 1.0


def test_what_happens_outside_adds_up_with_the_years():
    assert rules.trend(0.0, 3.0) == 1.0
    assert rules.trend(0.1, 0.0) == 1.0
    assert rules.trend(0.1, 2.0) == 1.2


def test_the_unit_asks_for_use_and_the_person_may_do_it_anyway_or_never():
    assert rules.chance_of_use(0.6, 1.0, 0.0, 0.8, 0.0) == 0.6
    assert rules.chance_of_use(0.6, 0.2, 0.0, 0.8, 0.0) == pytest.approx(0.12)
    assert rules.chance_of_use(0.6, 0.0, 1.0, 0.8, 0.0) == 0.8
    assert rules.chance_of_use(0.5, 1.0, 1.0, 0.8, 0.0) == 0.9
    assert rules.chance_of_use(1.0, 1.0, 1.0, 1.0, 1.0) == 0.0


def test_habit_grows_with_use_and_fades_without():
    assert rules.habit_next(0.0, 1.0, 0.0, 0.16, 0.1) == 0.16
    assert rules.habit_next(0.5, 0.0, 0.0, 0.16, 0.1) == 0.45
    assert rules.habit_next(0.2, 1.0, 0.3, 3.0, 0.1) == pytest.approx(0.6)


def test_a_missed_week_does_little_to_a_habit_in_use():
    assert rules.habit_next(0.9, 0.0, 1.0, 0.16, 0.1) == 0.9
    assert rules.habit_next(0.8, 0.0, 0.5, 0.16, 0.1) == pytest.approx(0.76)


def test_a_week_away_counts_neither_way_among_recent_weeks():
    assert rules.recently_used(0.4, 0.0, 0.0) == 0.4
    assert rules.recently_used(0.4, 1.0, 0.0) == 0.4
    assert rules.recently_used(0.0, 1.0, 0.25) == 0.25
    assert rules.recently_used(1.0, 0.0, 0.25) == 0.75


def test_routine_is_won_by_a_strong_habit_and_lost_by_not_doing_it():
    below, rarely = math.nextafter(0.8, 0.0), math.nextafter(0.5, 0.0)
    assert rules.routine_next(0.0, 0.8, 0.7, 0.8, 0.7, 0.5) == 1.0
    assert rules.routine_next(0.0, below, 1.0, 0.8, 0.7, 0.5) == 0.0
    assert rules.routine_next(0.0, 1.0, 0.6, 0.8, 0.7, 0.5) == 0.0
    assert rules.routine_next(1.0, 0.0, 0.5, 0.8, 0.7, 0.5) == 1.0
    assert rules.routine_next(1.0, 1.0, rarely, 0.8, 0.7, 0.5) == 0.0
    assert rules.routine_next(1.0, 0.0, 0.0, 0.8, 0.7, 0.0) == 1.0


# --- 8. forgetting --------------------------------------------------------------------------------


def test_use_protects_what_was_learnt():
    assert rules.remembered(0.8, 0.5, 0.0, 0.7) == 0.4
    assert rules.remembered(0.8, 0.5, 1.0, 1.0) == 0.8
    assert rules.remembered(0.8, 0.0, 0.0, 0.7) == 0.8


# --- 9. what becomes of the practice --------------------------------------------------------------


def test_units_lie_evenly_around_their_site():
    assert [rules.unlike(d, 0.2) for d in (0.0, 0.5)] == [0.8, 1.0]
    assert rules.unlike(0.123, 0.0) == 1.0
    assert rules.unlike(0.25, 0.2) + rules.unlike(0.75, 0.2) == pytest.approx(2.0)


def test_a_crisis_is_got_over_week_by_week():
    assert rules.weeks_of_crisis(3.0, math.nextafter(1.2, 2.0), 1.2) == 4.0
    assert rules.weeks_of_crisis(3.0, 1.2, 1.2) == 2.0
    assert rules.weeks_of_crisis(0.0, 1.0, 1.2) == 0.0
    assert rules.weeks_of_crisis(1.0, 1.0, 1.2) == 0.0


def test_a_practice_is_written_in_where_enough_do_it_and_somebody_sees_to_it():
    assert rules.embedded(0.0, 1.0, 1.0, 0.4, 0.02, 0.1) == 0.02
    assert rules.embedded(0.0, 0.5, 0.5, 0.4, 0.02, 0.1) == 0.005
    assert rules.embedded(0.5, 0.4, 0.0, 0.4, 0.02, 0.1) == 0.5
    assert rules.embedded(0.5, math.nextafter(0.4, 0.0), 1.0, 0.4, 0.02, 0.1) == 0.45


def test_a_new_leader_or_a_crisis_may_end_it():
    assert rules.drop_probability(0.0, 0.15, 0.0, 0.02, 0.0, 0.0) == 0.0
    assert rules.drop_probability(1.0, 0.15, 0.0, 0.02, 0.0, 0.0) == 0.15
    assert rules.drop_probability(0.0, 0.15, 1.0, 0.02, 0.0, 0.0) == 0.02
    assert rules.drop_probability(1.0, 0.5, 1.0, 0.5, 0.0, 0.0) == 0.75


def test_what_is_embedded_or_held_by_a_programme_is_not_dropped():
    assert rules.drop_probability(1.0, 0.5, 1.0, 0.5, 1.0, 0.0) == 0.0
    assert rules.drop_probability(1.0, 0.5, 1.0, 0.5, 0.0, 1.0) == 0.0
    assert rules.drop_probability(1.0, 0.5, 0.0, 0.5, 0.5, 0.5) == 0.125


def test_what_is_embedded_or_held_by_a_programme_fades_later():
    assert rules.fading_level(0.02, 0.0, 0.0) == 0.02
    assert rules.fading_level(0.02, 1.0, 0.0) == 0.0
    assert rules.fading_level(0.02, 0.0, 1.0) == 0.0
    assert rules.fading_level(0.02, 0.5, 0.5) == 0.005


def test_it_comes_back_where_people_can_or_a_programme_asks_for_it():
    assert rules.return_probability(0.02, 0.0, 0.0, 0.1) == 0.0
    assert rules.return_probability(0.02, 1.0, 0.0, 0.1) == 0.02
    assert rules.return_probability(0.02, 0.0, 1.0, 0.1) == 0.1
    assert rules.return_probability(0.5, 1.0, 1.0, 0.5) == 0.75
