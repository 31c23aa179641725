"""Every number of the model, declared once.

Scenario checks, the sensitivity problems, the command line's listing and the tables in the
documents all derive from this file. Each declaration says what the number means, its unit, its
base value, the range that is plausible (`low` to `high`, from which sensitivity analysis samples),
the range that is allowed at all (`minimum` to `maximum`), what kind of quantity it is (`role`),
which of the study's factors it belongs to, and what it rests on: row ids of the evidence table, or
the word ``assumption``. A range that rests on judgement says ``assumption`` as well.

Roles, in the words of exploratory modelling:

* ``lever``: what a planner can change;
* ``context``: the site as it is;
* ``uncertain``: what is not well known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Role = Literal["lever", "context", "uncertain"]
Distribution = Literal["uniform", "loguniform", "triangular"]
Kind = Literal["float", "int"]

FACTORS = (
    "technology_and_tools",
    "dedication",
    "ownership",
    "engagement",
    "continuous_learning",
    "simulation_training",
    "knowledge_sharing",
    "perceived_relevance",
    "systematic_approach",
    "coordination",
    "workload",
    "turnover",
    "coping_with_responsibilities",
    "staff_variety",
    "standardisation_misfit",
    "documentation",
)
"""Slugs of the sixteen strengths that carry the study's nineteen factors (three are two-sided)."""


@dataclass(frozen=True)
class Parameter:
    """One number of the model.

    Attributes
    ----------
    key : str
        Dotted key in a scenario file, such as ``workforce.staff_turnover``.
    default : float
        Base value.
    low, high : float
        Plausible range, sampled by sensitivity analysis.
    minimum, maximum : float
        What a scenario may hold at all.
    unit : str
        Unit; ``1`` for a share or a pure number.
    role : {"lever", "context", "uncertain"}
        What kind of quantity it is.
    sources : tuple of str
        Row ids of the evidence table, or ``assumption``.
    meaning : str
        One line in plain words.
    factor : str
        Slug of the study's factor that it belongs to; for what belongs to none of them, the part of
        the model, such as ``people`` or ``use``.
    distribution : {"uniform", "loguniform", "triangular"}
        How sensitivity analysis samples it (a triangle peaks at the base value).
    kind : {"float", "int"}
        Whole numbers shape the site and the calendar; they do not vary within one batch of runs.
    """

    key: str
    default: float
    low: float
    high: float
    minimum: float
    maximum: float
    unit: str
    role: Role
    sources: tuple[str, ...]
    meaning: str
    factor: str
    distribution: Distribution = "uniform"
    kind: Kind = "float"

    @property
    def section(self) -> str:
        """Table of the scenario file in which it stands."""
        return self.key.rpartition(".")[0]

    @property
    def name(self) -> str:
        """Last part of the key; unique, so that engines and short forms can use it alone."""
        return self.key.rpartition(".")[2]

    @property
    def allowed(self) -> str:
        """Allowed range with its unit, for messages."""
        unit = "" if self.unit == "1" else f" {self.unit}"
        whole = "whole number from " if self.kind == "int" else ""
        return f"{whole}{self.minimum:g} to {self.maximum:g}{unit}"


PARAMETERS: dict[str, Parameter] = {}
"""All parameters by dotted key, in the order of their declaration."""


def _section(section: str, factor: str, *rows: tuple) -> None:
    """Declare the parameters of one section.

    A row is (name, default, (low, high), (minimum, maximum), unit, role, sources, meaning) and, where
    they differ from the section's, a dict with ``factor``, ``distribution`` or ``kind``.
    """
    for name, default, (low, high), (minimum, maximum), unit, role, sources, meaning, *rest in rows:
        extra = {"factor": factor, **(rest[0] if rest else {})}
        key = f"{section}.{name}"
        PARAMETERS[key] = Parameter(
            key, default, low, high, minimum, maximum, unit, role, tuple(sources.split()),
            meaning, **extra,
        )  # fmt: skip


WHOLE: dict = {"kind": "int"}
LOG: dict = {"distribution": "loguniform"}
SHARE = (0.0, 1.0)

# fmt: off
_section(
    "site", "people",
    ("units", 1, (1, 4), (1, 50), "units", "context", "S06 S07 S08 assumption", "units (departments, home-care groups) of the site", WHOLE),
    ("staff_per_unit", 36, (29, 43), (4, 300), "posts", "context", "S09 N14", "staff posts in each unit", WHOLE),
    ("teams_per_unit", 3, (2, 4), (1, 12), "teams", "context", "S07 assumption", "shift teams in each unit; colleagues in a team see each other most", WHOLE),
    ("champions_per_unit", 1, (0, 2), (0, 4), "posts", "context", "assumption", "professional development nurses in each unit beside its leader", WHOLE),
    ("full_post_hours", 35.5, (33.6, 35.5), (20.0, 48.0), "h/week", "context", "N13", "weekly hours of a full rota post"),
    ("mean_post", 0.67, (0.63, 0.72), (0.2, 1.0), "1", "context", "N10", "mean size of a post as a share of a full one", {"factor": "coordination"}),
    ("full_time_share", 0.242, (0.208, 0.348), SHARE, "1", "context", "N09", "share of posts that are full-time", {"factor": "coordination"}),
    ("nurse_share", 0.30, (0.2, 0.4), SHARE, "1", "context", "assumption", "share of posts for nurses", {"factor": "staff_variety"}),
    ("unschooled_share", 0.23, (0.20, 0.27), SHARE, "1", "context", "N15", "share of posts held without health education", {"factor": "staff_variety"}),
    ("readiness", 1.0, (0.2, 5.0), (0.01, 20.0), "1", "context", "P01 assumption", "how ready people here are for something new, as a factor on the odds of coming and of use; 1 is a typical site", {"factor": "site", **LOG}),
    ("unit_spread", 0.1, (0.0, 0.2), (0.0, 0.9), "1", "uncertain", "assumption", "how far units of one site lie apart in load, leaders' hours, openness and turnover: at most this share above or below the site's", {"factor": "units"}),
    ("baseline", 0.0, (0.0, 0.4), SHARE, "1", "context", "Q03 assumption", "share of staff, and of newcomers, who used the practice before anybody asked for it", {"factor": "before"}),
)
_section(
    "workforce", "turnover",
    ("staff_turnover", 0.22, (0.13, 0.36), (0.0, 0.95), "1/year", "context", "N01 N03 N04", "staff who leave in a year over staff posts, in ordinary strain and engagement", {"distribution": "triangular"}),
    ("unschooled_turnover_ratio", 1.64, (1.0, 2.0), (0.2, 4.0), "1", "context", "N01 N03", "turnover of staff without health education over that of all staff"),
    ("leader_turnover", 0.17, (0.10, 0.30), (0.0, 0.95), "1/year", "context", "N02 assumption", "leaders and development nurses who leave in a year over their posts", {"distribution": "triangular"}),
    ("vacancy_weeks", 8.0, (4.0, 26.0), (1.0, 104.0), "weeks", "context", "assumption", "mean time that a staff post stands empty", LOG),
    ("leader_vacancy_weeks", 12.0, (4.0, 26.0), (1.0, 104.0), "weeks", "context", "assumption", "mean time that a leader's post stands empty", LOG),
    ("settling_weeks", 12.0, (4.0, 26.0), (1.0, 104.0), "weeks", "uncertain", "assumption", "time in which a newcomer comes to carry most of a full share of the work", LOG),
    ("strain_on_leaving", 1.5, (0.5, 3.0), (0.0, 10.0), "1", "uncertain", "Q48 N16 assumption", "how much full strain adds to the chance of leaving, as a multiple of that without strain"),
    ("engagement_on_leaving", 1.0, (0.2, 2.0), (0.0, 10.0), "1", "uncertain", "Q14 assumption", "how much full engagement holds people, as a divisor of the chance of leaving less one"),
    ("usual_strain", 0.31, (0.2, 0.45), SHARE, "1", "context", "assumption", "strain at which the turnover and absence figures hold"),
    ("usual_engagement", 0.47, (0.3, 0.6), SHARE, "1", "context", "assumption", "engagement at which the turnover figures hold"),
    ("sickness_absence", 0.117, (0.099, 0.129), (0.0, 0.6), "1", "context", "N07", "share of people in post who are absent in ordinary strain", {"factor": "workload"}),
    ("absence_weeks", 3.0, (1.5, 6.0), (1.0, 52.0), "weeks", "uncertain", "assumption", "mean length of an absence", {"factor": "workload", **LOG}),
    ("season_swing", 1.0, (0.5, 1.5), (0.0, 3.0), "1", "context", "N08 assumption", "size of the seasonal swing of absence; 1 is that of Norwegian municipalities in 2019", {"factor": "workload"}),
    ("strain_on_absence", 0.6, (0.0, 1.5), (0.0, 5.0), "1", "uncertain", "Q48 Q49 assumption", "how much absence rises, relatively, when strain is one above the usual", {"factor": "workload"}),
)
_section(
    "workload", "workload",
    ("pressure", 1.0, (0.8, 1.2), (0.0, 2.0), "1", "lever", "Q16 Q47 assumption", "care demand over what the planned rota can do; 1 is balance in an ordinary week"),
    ("planned_presence", 0.92, (0.88, 0.96), (0.3, 1.0), "1", "context", "N07 N17 assumption", "share of all post hours that the rota counts on in an ordinary week"),
    ("cover", 0.5, (0.2, 0.8), SHARE, "1", "context", "N17 assumption", "share of missing hours made good by substitutes"),
    ("half_slack_load", 1.24, (1.05, 1.35), (0.3, 3.0), "1", "uncertain", "Q47 assumption", "load at which half of the occasions to do something new are lost"),
    ("hours_felt", 1.0, (0.5, 1.0), SHARE, "1", "uncertain", "assumption", "how far hours that the programme takes uncovered are missing from the unit's care"),
    ("own_part", 0.5, (0.2, 0.8), SHARE, "1", "uncertain", "assumption", "how far the programme's hours weigh on whoever gives them, beside what the whole unit feels"),
    ("strain_weeks", 8.0, (3.0, 16.0), (1.0, 104.0), "weeks", "uncertain", "Q49 assumption", "time in which strain follows the load", LOG),
    ("support_relief", 0.3, (0.1, 0.5), SHARE, "1", "uncertain", "Q48 C04 C06 assumption", "share of strain that full follow-up by leaders takes away"),
)
_section(
    "leadership", "systematic_approach",
    ("leader_hours", 2.5, (1.0, 5.0), (0.0, 37.5), "h/week", "lever", "assumption", "hours a week that a unit leader has for improvement work before the week's troubles"),
    ("hours_granted", 0.8, (0.0, 1.0), SHARE, "1", "context", "assumption", "share of the hours promised to leaders and development nurses that this site really frees", {"distribution": "triangular", "factor": "site"}),
    ("leader_hours_after", 0.14, (0.1, 0.8), SHARE, "1", "uncertain", "Q43 Q45 assumption", "share of the leader's improvement hours that stays with the practice when the programme has ended"),
    ("champion_hours", 1.5, (0.0, 8.0), (0.0, 37.5), "h/week", "lever", "Q22 Q53 assumption", "hours a week that a development nurse has for the programme while it runs"),
    ("champion_units", 1.0, (1.0, 4.0), (1.0, 50.0), "units", "lever", "assumption", "units that share a development nurse's hours"),
    ("champion_hours_after", 0.25, (0.0, 1.0), SHARE, "1", "lever", "assumption", "share of the champion's hours that stays when the programme has ended"),
    ("leader_practice", 0.05, (0.01, 0.1), SHARE, "1/week", "uncertain", "assumption", "share of what is still unknown that a week of work with the programme teaches a leader", {"factor": "leaders_learn", **LOG}),
    ("leader_from_unit", 0.1, (0.02, 0.2), SHARE, "1/week", "uncertain", "assumption", "pace at which a leader learns the practice from a unit that can do it", {"factor": "leaders_learn", **LOG}),
    ("leader_from_peers", 0.03, (0.005, 0.1), SHARE, "1/week", "uncertain", "assumption", "pace at which leaders of one site learn the practice from each other", {"factor": "leaders_learn", **LOG}),
    ("leader_handover", 0.4, (0.0, 0.8), SHARE, "1", "lever", "assumption", "share of a predecessor's competence that notes and hand-over give a new leader", {"factor": "leaders_learn"}),
    ("span_on_load", 0.10, (0.0, 0.3), (0.0, 2.0), "1", "uncertain", "N14 assumption", "how much a leader's own load rises when the span of control is twice the national mean", {"factor": "workload"}),
    ("usual_span", 39.0, (30.0, 50.0), (1.0, 400.0), "persons", "context", "N14", "staff per leader at which a leader's load equals that of the unit", {"factor": "workload"}),
    ("follow_up_need", 0.05, (0.01, 0.1), (0.001, 2.0), "h/post/week", "uncertain", "assumption", "leader hours per staff post and week that do half of what can be done of a task: following up, keeping arenas, adapting", LOG),
    ("follow_up_weeks", 4.0, (2.0, 8.0), (1.0, 52.0), "weeks", "uncertain", "assumption", "time over which follow-up is felt to come and go", LOG),
    ("overlap", 0.7, (0.3, 0.9), SHARE, "1", "uncertain", "assumption", "share of leaders' hours for arenas and for adapting in which they follow staff up as well"),
    ("coping_weight", 1.0, (0.4, 2.0), (0.0, 10.0), "1", "uncertain", "assumption", "how much a role that outgrows its hours and skill cuts what a leader does of it", {"factor": "coping_with_responsibilities"}),
    ("coping_strain", 0.3, (0.0, 0.6), SHARE, "1", "uncertain", "assumption", "strain that a role far beyond its hours adds to a leader", {"factor": "coping_with_responsibilities"}),
)
_section(
    "tool", "technology_and_tools",
    ("usability", 0.65, (0.4, 0.9), SHARE, "1", "lever", "Q20 assumption", "how easy the tool is to use; below one half it costs more than it gives"),
    ("fit", 0.65, (0.4, 0.9), SHARE, "1", "lever", "assumption", "how well tool and standard fit the work as done, before local adaptation", {"factor": "standardisation_misfit"}),
    ("documentation_hours", 0.6, (0.2, 1.5), (0.0, 10.0), "h/week", "lever", "N18 N20 assumption", "writing that a week of use adds for a person", {"factor": "documentation"}),
    ("leader_documentation_hours", 0.3, (0.0, 1.0), (0.0, 10.0), "h/week", "lever", "assumption", "writing that the programme asks of a leader in a week while it runs", {"factor": "documentation"}),
    ("workaround_hours", 0.8, (0.2, 2.0), (0.0, 10.0), "h/week", "uncertain", "assumption", "time that a week of use loses to workarounds when nothing fits", {"factor": "standardisation_misfit"}),
    ("time_saved", 0.6, (0.0, 1.5), (0.0, 10.0), "h/week", "uncertain", "assumption", "time that a week of use saves with a perfect tool"),
    ("tool_weight", 1.0, (0.4, 2.0), (0.0, 10.0), "1", "uncertain", "assumption", "how much a perfect tool adds to the odds of use, or a hopeless one takes from them"),
    ("misfit_weight", 1.2, (0.4, 2.5), (0.0, 10.0), "1", "uncertain", "assumption", "how much a standard that does not fit at all divides the odds of use, less one", {"factor": "standardisation_misfit"}),
)
_section(
    "programme", "systematic_approach",
    ("start_week", 1, (1, 12), (1, 520), "week", "lever", "assumption", "week of the run in which the programme begins", WHOLE),
    ("length_weeks", 52, (26, 130), (0, 520), "weeks", "lever", "S01 S04", "length of the programme; 0 is none", WHOLE),
    ("facilitator_weeks", 0, (0, 52), (0, 520), "weeks", "lever", "S01 assumption", "weeks from the start during which an outside facilitator is there", WHOLE),
    ("champion_from_week", 1, (1, 52), (1, 520), "week", "lever", "assumption", "week of the programme from which the champion has hours for it", WHOLE),
    ("facilitator_hours", 4.0, (1.0, 12.0), (0.0, 80.0), "h/week", "lever", "assumption", "hours a week of an outside facilitator in the site while there"),
    ("handover_use", 0.0, (0.0, 0.6), SHARE, "1", "lever", "assumption", "share of staff who use the practice from which the facilitator hands over to the development nurses before her time is up; 0: she stays as planned", {"factor": "facilitator"}),
    ("handover_weeks", 8.0, (4.0, 26.0), (1.0, 520.0), "weeks", "lever", "assumption", "weeks in a row with so much use, or more, before the facilitator hands over", {"factor": "facilitator"}),
    ("facilitator_odds_ratio", 1.8, (1.0, 2.8), (0.2, 10.0), "1", "uncertain", "Q06 Q07", "odds of working with the programme with full outside facilitation, over those without"),
    ("facilitator_need", 2.0, (1.0, 6.0), (0.1, 40.0), "h/unit/week", "uncertain", "Q06 assumption", "facilitator hours per unit and week that give half of the possible push", LOG),
    ("preparation", 0.5, (0.0, 2.0), (0.0, 20.0), "h", "uncertain", "assumption", "hours that whoever leads an activity needs to prepare it", {"factor": "facilitator"}),
    ("coaching_step", 0.02, (0.005, 0.05), SHARE, "1/week", "uncertain", "Q06 assumption", "share of what is still unknown that a week of full facilitation teaches a leader", {"factor": "facilitator", **LOG}),
    ("results_shown", 0.1, (0.0, 0.3), SHARE, "1", "uncertain", "assumption", "share of a facilitator's visits at which the unit is shown its own results", {"factor": "facilitator"}),
    ("structure", 0.5, (0.2, 0.9), SHARE, "1", "lever", "assumption", "how far the programme brings fixed time, a named person and a plan"),
    ("leader_tasks", 2.0, (0.5, 4.0), (0.0, 37.5), "h/week", "lever", "assumption", "hours a week that the programme's tasks would take from a leader or champion who did them all", {"factor": "coping_with_responsibilities"}),
    ("sharing", 0.5, (0.0, 1.0), SHARE, "1", "lever", "assumption", "weight that keeping arenas where colleagues share what they know has in leaders' hours; following up has 1", {"factor": "knowledge_sharing"}),
    ("adaptable", 0.5, (0.0, 1.0), SHARE, "1", "lever", "assumption", "how far the unit may change tool and standard; weight that doing so has in leaders' hours", {"factor": "standardisation_misfit"}),
    ("protected_time", 0.3, (0.0, 0.8), SHARE, "1", "lever", "assumption", "share of activity hours that is covered, so that coming costs the shift nothing", {"factor": "workload"}),
    ("outside_ownership", 0.5, (0.2, 1.0), SHARE, "1", "uncertain", "C01 assumption", "ownership gained from what somebody from outside leads, over that from what colleagues lead", {"factor": "ownership"}),
    ("session_hours", 0.5, (0.25, 1.0), (0.0, 8.0), "h", "lever", "assumption", "length of a short session in the unit in which leaders take up the practice with staff"),
    ("session_reach", 0.6, (0.3, 1.0), SHARE, "1", "uncertain", "assumption", "share of staff that weekly sessions would meet with full follow-up and no hindrance"),
)
_section(
    "learning", "continuous_learning",
    ("workshop_teaches", 0.08, (0.04, 0.16), (0.0, 2.0), "1/h", "uncertain", "Q05 assumption", "learning effort of an hour of workshop", LOG),
    ("homework_teaches", 0.08, (0.03, 0.16), (0.0, 2.0), "1/h", "uncertain", "assumption", "learning effort of an hour of homework (a task tried out in one's own unit)", LOG),
    ("seminar_teaches", 0.08, (0.04, 0.16), (0.0, 2.0), "1/h", "uncertain", "Q05 assumption", "learning effort of an hour of seminar", LOG),
    ("compendium_teaches", 0.05, (0.02, 0.10), (0.0, 2.0), "1/h", "uncertain", "Q36 assumption", "learning effort of an hour with a booklet that is read", LOG),
    ("elearning_teaches", 0.08, (0.04, 0.16), (0.0, 2.0), "1/h", "uncertain", "Q35 assumption", "learning effort of an hour of e-learning that is completed", LOG),
    ("skills_training_teaches", 0.12, (0.06, 0.24), (0.0, 2.0), "1/h", "uncertain", "Q33 assumption", "learning effort of an hour of skills training", LOG),
    ("simulation_teaches", 0.12, (0.06, 0.24), (0.0, 2.0), "1/h", "uncertain", "Q33 assumption", "learning effort of an hour of simulation if it taught no more than other teaching", {"factor": "simulation_training", **LOG}),
    ("simulation_extra", 0.54, (0.34, 0.94), (0.0, 5.0), "1", "uncertain", "Q33 Q34", "what simulation teaches beyond other teaching, as a share (.38 over .70 in standard deviations)", {"factor": "simulation_training"}),
    ("refresher_teaches", 0.16, (0.08, 0.32), (0.0, 2.0), "1/h", "uncertain", "Q28 Q29 Q31 assumption", "learning effort of an hour of refresher or induction", LOG),
    ("coaching_teaches", 0.16, (0.08, 0.32), (0.0, 2.0), "1/h", "uncertain", "Q40 assumption", "learning effort of an hour of coaching beside the work", LOG),
    ("feedback_teaches", 0.04, (0.0, 0.08), (0.0, 2.0), "1/h", "uncertain", "Q03 Q04 assumption", "learning effort of an hour of feedback on one's own results", {"factor": "perceived_relevance"}),
    ("session_teaches", 0.82, (0.3, 1.6), (0.0, 2.0), "1/h", "uncertain", "Q40 assumption", "learning effort of an hour of unit session with a leader who masters the practice", LOG),
    ("self_paced_completion", 0.4, (0.2, 0.7), SHARE, "1", "uncertain", "Q36 assumption", "share of booklets and online courses that get done by people who have the time"),
    ("learning_by_doing", 0.01, (0.003, 0.03), SHARE, "1/week", "uncertain", "assumption", "share of what is still unknown that a week of use teaches", LOG),
    ("skill_half_life", 21.7, (13.0, 52.0), (1.0, 520.0), "weeks", "uncertain", "Q28 Q29 Q30 Q31", "time in which half of a training gain is lost without practice", LOG),
    ("practice_protects", 0.7, (0.4, 1.0), SHARE, "1", "uncertain", "Q31 assumption", "share of forgetting that use of the practice in the week prevents"),
    ("care_worker_gap", 0.2, (0.0, 0.5), (0.0, 5.0), "1", "uncertain", "N15 assumption", "how much harder one course for all is for a health-care worker than for a nurse", {"factor": "staff_variety"}),
    ("unschooled_gap", 0.8, (0.3, 1.5), (0.0, 5.0), "1", "uncertain", "N15 assumption", "how much harder one course for all is for staff without health education", {"factor": "staff_variety"}),
    ("ease_gap", 0.6, (0.2, 1.2), (0.0, 5.0), "1", "uncertain", "assumption", "how much harder it is for a person with no ease in language and with screens", {"factor": "staff_variety"}),
)
_section(
    "social", "knowledge_sharing",
    ("contact", 1.0, (0.5, 1.0), SHARE, "1", "context", "assumption", "how far colleagues meet and see each other work; 0 is no contact at all"),
    ("arenas", 0.4, (0.2, 0.6), SHARE, "1", "context", "C01 assumption", "meetings and overlaps in which know-how is shared before the programme"),
    ("teaching_rate", 0.11, (0.08, 0.4), SHARE, "1/week", "uncertain", "Q40 assumption", "share of what is missing to able team mates that a week in a team of such people closes", LOG),
    ("sharing_weight", 2.0, (0.5, 4.0), (0.0, 20.0), "1", "uncertain", "assumption", "how much arenas for everyone add to the pace of teaching, or their lack divides it"),
    ("guide_rate", 0.05, (0.01, 0.1), SHARE, "1/week", "uncertain", "Q40 assumption", "pace at which staff learn from leaders who can do it and follow up fully, in the work itself", LOG),
    ("try_along", 2.0, (0.0, 4.0), (0.0, 20.0), "1", "uncertain", "Q58 assumption", "how much faster people learn beside the work where most of the team use the practice"),
    ("norm_threshold", 0.25, (0.10, 0.40), (0.01, 1.0), "1", "uncertain", "Q58", "share of colleagues using the practice at which half of the pull of example is felt"),
    ("norm_weight", 3.5, (1.0, 6.0), (0.0, 10.0), "1", "uncertain", "Q02 Q53 assumption", "how much the full pull of example adds to the odds of use"),
    ("plan", 0.45, (0.3, 0.7), SHARE, "1", "context", "C01 assumption", "how well shifts and units are planned together before the programme", {"factor": "coordination"}),
    ("plan_gain", 0.25, (0.1, 0.4), SHARE, "1", "uncertain", "C02 assumption", "share of what is missing in joint planning that a meeting of leaders makes good", {"factor": "coordination"}),
    ("plan_half_life", 52.0, (13.0, 104.0), (1.0, 520.0), "weeks", "uncertain", "assumption", "time in which half of the gain in joint planning is lost", {"factor": "coordination", **LOG}),
    ("rota_barrier", 0.5, (0.2, 0.8), SHARE, "1", "uncertain", "N09 N10 assumption", "share of a part-timer's time off on which an activity cannot reach them", {"factor": "coordination"}),
    ("rota_fixed", 0.52, (0.2, 0.8), SHARE, "1", "uncertain", "assumption", "how far the rota misses the same people again and again", {"factor": "reach"}),
    ("coordination_weight", 1.5, (0.5, 3.0), (0.0, 10.0), "1", "uncertain", "assumption", "how much full joint planning adds to the odds of coming, or its lack takes from them", {"factor": "coordination"}),
)
_section(
    "attitudes", "dedication",
    ("never_come", 0.19, (0.05, 0.25), SHARE, "1", "uncertain", "assumption", "share of staff who come to no activity, whatever it is", {"factor": "reach"}),
    ("ownership_from_part", 0.15, (0.05, 0.3), SHARE, "1", "uncertain", "assumption", "share of missing ownership that taking part once gives", {"factor": "ownership"}),
    ("ownership_from_adapting", 0.02, (0.005, 0.05), SHARE, "1/week", "uncertain", "C03 assumption", "share of missing ownership that a week with a fully adapted practice gives", {"factor": "ownership", **LOG}),
    ("ownership_half_life", 52.0, (26.0, 104.0), (1.0, 520.0), "weeks", "uncertain", "assumption", "time in which half of ownership is lost without taking part", {"factor": "ownership", **LOG}),
    ("attention_from_part", 0.86, (0.4, 1.0), SHARE, "1", "uncertain", "Q37 assumption", "how far taking part once brings the practice to mind", {"factor": "use"}),
    ("attention_from_support", 0.21, (0.05, 0.3), SHARE, "1/week", "uncertain", "Q40 assumption", "how far a week of full follow-up brings the practice to mind", {"factor": "use", **LOG}),
    ("attention_from_example", 0.025, (0.02, 0.15), SHARE, "1/week", "uncertain", "Q40 assumption", "how far a week in which all colleagues are seen to use the practice brings it to mind", {"factor": "use", **LOG}),
    ("attention_half_life", 11.6, (6.0, 26.0), (1.0, 520.0), "weeks", "uncertain", "Q37 Q38 Q39 assumption", "time in which the practice is half gone from mind without reminders", {"factor": "use", **LOG}),
    ("adaptation_rate", 0.02, (0.005, 0.05), SHARE, "1/week", "uncertain", "C03 assumption", "share of what does not fit that a week of full work on it mends", {"factor": "standardisation_misfit", **LOG}),
    ("attitude_weeks", 10.0, (4.0, 26.0), (1.0, 260.0), "weeks", "uncertain", "assumption", "time in which relevance, dedication and engagement follow what happens", LOG),
    ("relevance_from_fit", 0.4, (0.2, 0.6), SHARE, "1", "uncertain", "C03 assumption", "relevance felt for a practice that fits the work before any effect is seen", {"factor": "perceived_relevance"}),
    ("relevance_from_effect", 0.4, (0.2, 0.6), SHARE, "1", "uncertain", "Q26 C01 assumption", "relevance gained where oneself and colleagues are seen to use it", {"factor": "perceived_relevance"}),
    ("relevance_from_practice", 0.1, (0.03, 0.2), SHARE, "1", "uncertain", "Q26 assumption", "share of missing relevance that one hands-on activity gives (simulation, skills training, coaching, homework)", {"factor": "perceived_relevance"}),
    ("relevance_from_feedback", 0.3, (0.1, 0.5), SHARE, "1", "uncertain", "Q03 Q04 Q26 assumption", "share of missing relevance that feedback on results gives", {"factor": "perceived_relevance"}),
    ("dedication_from_part", 0.03, (0.0, 0.08), SHARE, "1", "uncertain", "assumption", "share of missing dedication that taking part once gives"),
    ("dedication_from_support", 0.4, (0.2, 0.6), SHARE, "1", "uncertain", "Q25 C06 assumption", "dedication that full follow-up by leaders adds to a person's own disposition"),
    ("dedication_from_results", 0.3, (0.1, 0.5), SHARE, "1", "uncertain", "Q26 assumption", "dedication that seeing all colleagues use the practice adds"),
    ("strain_wears", 0.5, (0.2, 0.8), SHARE, "1", "uncertain", "Q48 assumption", "share of dedication and engagement that full strain takes away"),
    ("engagement_base", 0.55, (0.4, 0.7), SHARE, "1", "uncertain", "C05 assumption", "engagement without programme and strain", {"factor": "engagement"}),
    ("engagement_from_skill", 0.35, (0.2, 0.5), SHARE, "1", "uncertain", "C05 assumption", "engagement gained from using one's skill", {"factor": "engagement"}),
    ("engagement_spill", 0.35, (0.1, 0.6), SHARE, "1", "uncertain", "assumption", "share of a change in engagement with the programme that is felt as engagement with work as a whole", {"factor": "engagement"}),
    ("engagement_from_support", 0.2, (0.1, 0.4), SHARE, "1", "uncertain", "Q48 C04 assumption", "engagement gained from full follow-up by leaders", {"factor": "engagement"}),
)
_section(
    "use", "use",
    ("base_odds", 1.6, (0.2, 2.0), (0.0, 20.0), "1", "uncertain", "Q37 assumption", "odds of wanting to use the practice in a week for an able person with time and no other reason", LOG),
    ("leader_base_odds", 1.2, (0.4, 3.0), (0.0, 20.0), "1", "uncertain", "assumption", "the same for a leader and the programme's work", LOG),
    ("half_competence", 0.16, (0.1, 0.6), (0.01, 5.0), "1", "uncertain", "assumption", "competence at which about half of full capability is reached"),
    ("dedicated_hold", 0.4, (0.1, 0.7), SHARE, "1", "uncertain", "Q22 assumption", "share of lost occasions that a fully dedicated person makes up from own slack", {"factor": "dedication"}),
    ("ownership_weight", 1.0, (0.3, 2.0), (0.0, 10.0), "1", "uncertain", "C01 assumption", "how much full ownership adds to the odds of use", {"factor": "ownership"}),
    ("engagement_weight", 0.6, (0.2, 1.5), (0.0, 10.0), "1", "uncertain", "assumption", "how much full engagement adds to the odds of use and of taking part", {"factor": "engagement"}),
    ("relevance_weight", 1.0, (0.3, 2.0), (0.0, 10.0), "1", "uncertain", "C01 assumption", "how much full relevance adds to the odds of use", {"factor": "perceived_relevance"}),
    ("support_weight", 1.6, (0.0, 2.0), (0.0, 10.0), "1", "uncertain", "Q01 Q02 Q25 Q53", "how much full follow-up by leaders and champions adds to the odds of use; the usual third of it gives about ten points or fewer", {"factor": "support"}),
    ("habit_days", 66.0, (59.0, 154.0), (21.0, 1000.0), "days", "uncertain", "Q41", "days of use in every week after which a person of ordinary pace has four fifths of a full habit"),
    ("pace_spread", 9.0, (6.0, 14.0), (0.0, 30.0), "1", "uncertain", "Q41", "spread of the pace at which people form habits; at 9 the mean time to a habit is 1.8 times the median, as in the sources (1.6 to 2.3)"),
    ("habit_half_life", 6.2, (4.0, 26.0), (1.0, 260.0), "weeks", "uncertain", "assumption", "weeks in which half of a habit is gone where it has not been used lately; of a habit in full use a missed week takes next to nothing (P06)", LOG),
    ("habit_carries", 0.4, (0.2, 0.6), SHARE, "1", "uncertain", "Q39 Q41 assumption", "chance that full habit alone carries use through a week in which all else speaks against it"),
    ("routine_at", 0.8, (0.7, 0.9), (0.05, 0.99), "1", "uncertain", "Q41 assumption", "habit from which use counts as routine"),
    ("routine_share", 0.7, (0.6, 0.8), SHARE, "1", "uncertain", "assumption", "share of recent weeks at work with use from which use can become routine, whatever the habit"),
    ("routine_kept_share", 0.5, (0.4, 0.6), SHARE, "1", "uncertain", "assumption", "share of recent weeks at work with use below which what was routine is so no more"),
    ("recent_weeks", 6.0, (4.0, 13.0), (0.0, 104.0), "weeks", "uncertain", "assumption", "weeks at work that count as recent"),
    ("baseline_skill", 0.5, (0.3, 0.7), SHARE, "1", "uncertain", "assumption", "competence of those who used the practice before", {"factor": "before"}),
    ("baseline_use", 0.8, (0.6, 0.95), SHARE, "1", "uncertain", "assumption", "share of weeks at work in which those who used it before do so of their own accord", {"factor": "before"}),
    ("never_use", 0.0, (0.0, 0.15), SHARE, "1", "uncertain", "assumption", "share of staff who never use the practice, whatever is done: its ceiling", {"factor": "before"}),
    ("trend", 0.0, (0.0, 0.1), (0.0, 2.0), "1/year", "uncertain", "assumption", "how much the odds of use rise each year through what happens outside the site", {"factor": "before"}),
)
_section(
    "fates", "fates",
    ("embed_weeks", 39.0, (26.0, 104.0), (1.0, 5200.0), "weeks", "uncertain", "Q43 Q45 assumption", "time in which a practice that all use and somebody sees to is written into induction, forms and rota", LOG),
    ("embed_from", 0.4, (0.25, 0.6), SHARE, "1", "uncertain", "assumption", "share of staff who use it from which a practice is written in"),
    ("unembed_half_life", 52.0, (26.0, 156.0), (1.0, 5200.0), "weeks", "uncertain", "assumption", "time in which half of what is written in is crossed out again where too few use it", LOG),
    ("induction", 0.4, (0.1, 0.7), SHARE, "1", "uncertain", "assumption", "competence, and how far the practice is in mind, that a full induction gives a newcomer"),
    ("new_aims", 0.15, (0.05, 0.3), SHARE, "1", "uncertain", "Q45 assumption", "chance that a new unit leader drops a practice that is not yet part of the work"),
    ("heavy_load", 1.2, (1.1, 1.3), (0.3, 4.0), "1", "uncertain", "Q47 assumption", "load from which a week counts as one of crisis"),
    ("crisis_weeks", 8.0, (4.0, 16.0), (1.0, 520.0), "weeks", "uncertain", "assumption", "weeks of crisis, not yet got over, after which a unit may drop the practice"),
    ("crisis_drop", 0.027, (0.005, 0.05), SHARE, "1/week", "uncertain", "assumption", "chance that a unit in crisis drops a practice that is not yet part of the work", LOG),
    ("restart", 0.02, (0.005, 0.05), SHARE, "1/week", "uncertain", "assumption", "chance that a unit whose people all can takes up again what it had dropped", LOG),
    ("revive", 0.1, (0.02, 0.3), SHARE, "1/week", "uncertain", "assumption", "chance that a running programme with a full plan brings a unit back that had dropped it", LOG),
    ("dropped_use", 0.2, (0.0, 0.5), SHARE, "1", "uncertain", "assumption", "share of use that is left where a unit has dropped the practice"),
    ("begun_at", 0.1, (0.05, 0.2), SHARE, "1", "uncertain", "assumption", "share of staff who use it, lately, from which a unit has begun"),
    ("faded_at", 0.02, (0.0, 0.04), SHARE, "1", "uncertain", "assumption", "share of staff who use it, lately, below which a unit that had begun has stopped without a word"),
    ("lately_weeks", 8.0, (4.0, 13.0), (0.0, 104.0), "weeks", "uncertain", "assumption", "weeks that count as lately for a unit"),
)
_section(
    "factors", "use",
    *((factor, 1.0, (0.5, 1.5), (0.0, 2.0), "1", "uncertain", "assumption", f"strength of the factor {factor.replace('_', ' ')}; 0 is neutral, 1 the base", {"factor": factor}) for factor in FACTORS),
)
_section(
    "run", "run",
    ("weeks", 156, (104, 208), (1, 520), "weeks", "context", "assumption", "horizon of a run", WHOLE),
    ("start_week_of_year", 10, (1, 52), (1, 52), "week", "context", "S01", "week of the calendar year in which a run starts", WHOLE),
    ("allocation_cut", 0.1, (0.0, 0.2), SHARE, "1", "uncertain", "assumption", "share of its strength that a factor keeps in a case to which the allocation ensemble does not give it"),
)
# fmt: on


def parameter(key: str) -> Parameter:
    """Return the parameter with this dotted key or unique short name.

    Raises
    ------
    KeyError
        If there is none.
    """
    return PARAMETERS[key] if key in PARAMETERS else _BY_NAME[key]


def of_factor(factor: str) -> Iterator[Parameter]:
    """Yield the parameters that belong to one of the study's factors."""
    return (p for p in PARAMETERS.values() if p.factor == factor)


# A factor's strength is named in full: whoever says `turnover` means people who leave.
_BY_NAME = {p.name: p for p in PARAMETERS.values() if p.section != "factors"}
