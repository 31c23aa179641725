"""The evidence ledger: what the study found, how sure that is, and what each number rests on.

The study (Lyng et al. 2024) is qualitative. It names nineteen factors and says for four of them that
they were seen in both cases; which case the others were seen in is inferred here, with a subjective
probability, and never treated as a fact. It gives no effect of any size: all numbers come from
elsewhere, or are assumptions. The rows that numbers rest on stand in ``data/evidence.csv``.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from qisim.errors import InputError, Problem, nearest_name
from qisim.model.parameters import FACTORS, PARAMETERS, Parameter

STUDY = "Lyng et al., BMC Health Services Research 2024;24:528, doi 10.1186/s12913-024-10985-2"

PLAIN_WORDS = (
    "The study is qualitative: it names what helped and what hindered, and gives no effect of any "
    "size. Every number comes from elsewhere or is an assumption. Where a factor is marked "
    "'inferred', the study does not say in which case it was seen; the allocation is a judgement, "
    "with a subjective probability, and the model lets every mechanism act in every programme."
)
"""The caveat with which every listing of the ledger begins."""


@dataclass(frozen=True)
class Finding:
    """One of the study's nineteen factors.

    Attributes
    ----------
    name : str
        The factor in the study's words.
    kind : {"enabler", "barrier"}
        Whether the study found that it helped or hindered.
    seen : {"both", "external", "internal", "undetermined"}
        Case in which it was seen, or the best guess.
    external, internal : float
        Probability that it was seen in this case.
    certainty : {"stated", "stated once", "inferred"}
        ``stated``: in Results and Conclusion; ``stated once``: in one of the two.
    strength : str
        Slug of the factor strength that switches its mechanism.
    rules : tuple of str
        Functions of `qisim.model.rules` that carry it.
    mechanism : str
        How it acts in the model.
    sources : tuple of str
        Row ids of the evidence table.
    """

    name: str
    kind: Literal["enabler", "barrier"]
    seen: Literal["both", "external", "internal", "undetermined"]
    external: float
    internal: float
    certainty: Literal["stated", "stated once", "inferred"]
    strength: str
    rules: tuple[str, ...]
    mechanism: str
    sources: tuple[str, ...]

    @property
    def key(self) -> str:
        """Dotted key of its strength in a scenario file."""
        return f"factors.{self.strength}"

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Parameters that belong to its mechanism."""
        return tuple(p for p in PARAMETERS.values() if p.factor == self.strength)


def _both(certainty: str, probability: float) -> tuple[Any, ...]:
    return "both", probability, probability, certainty


def _guessed(case: str, probability: float) -> tuple[Any, ...]:
    """Allocate to one case; process-specific factors are in exactly one of the two."""
    inside = 1.0 - probability if case == "external" else probability
    seen = "undetermined" if abs(probability - 0.5) < 0.1 else case
    return seen, round(1.0 - inside, 2), inside, "inferred"


_ROWS: tuple[tuple[Any, ...], ...] = (
    ("technology and tools (enabler)", "enabler", _both("stated", 1.0), "technology_and_tools",
     "tool_face saved_hours motivation_odds",
     "A usable tool that fits the work raises the odds of use and gives back some of the time that the practice takes.",
     "S11"),
    ("dedication", "enabler", _both("stated", 1.0), "dedication",
     "dedication_goal drawn_in opportunity",
     "A person who cares makes room for the practice in a week that leaves little; leaders and results feed it, strain wears it.",
     "S12 Q22"),
    ("ownership", "enabler", _both("stated once", 0.9), "ownership",
     "owned attitude",
     "Felt as ours, the practice is used without a push; ownership grows with taking part and with adapting, less where outsiders lead, and fades.",
     "S13 C01"),
    ("engagement", "enabler", _both("stated once", 0.9), "engagement",
     "involvement_goal work_engagement willing_odds attitude leaving_ratio",
     "Energy to take part raises the odds of coming and of use, and holds people in their posts; using one's skill feeds it.",
     "S14 C05"),
    ("continuous learning", "enabler", _guessed("internal", 0.75), "continuous_learning",
     "repeated_teaching remembered",
     "Refreshers and inductions restore what fades and train those who came later.",
     "S15 Q28 Q31"),
    ("simulation training", "enabler", _guessed("internal", 0.97), "simulation_training",
     "simulation_bonus learned",
     "An hour of simulation teaches more practice than an hour of other teaching.",
     "S16 Q33 Q34"),
    ("knowledge sharing", "enabler", _guessed("internal", 0.6), "knowledge_sharing",
     "teaching shared_arena two_sided",
     "Those who can teach those beside them; arenas that leaders keep up make it faster.",
     "S17 C01 Q40"),
    ("perceived relevance", "enabler", _guessed("internal", 0.5), "perceived_relevance",
     "relevance_goal insight attitude",
     "Fit with the work, visible effect and feedback make the practice worth the trouble, which raises the odds of use.",
     "S18 C01 C03"),
    ("systematic approach", "enabler", _guessed("external", 0.8), "systematic_approach",
     "kept_share improvement_hours",
     "Fixed time, a named person and a plan keep leaders' hours for the programme through busy weeks.",
     "S19"),
    ("coordination", "enabler", _guessed("external", 0.6), "coordination",
     "planned meeting_odds two_sided",
     "Meetings of leaders bring shifts and units to plan together, so that people can meet.",
     "S20 C02"),
    ("workload", "barrier", _both("stated", 1.0), "workload",
     "slack free_to_come strain_goal",
     "Demand beyond the hands on duty leaves no free minutes: training is missed, leaders' work is put off, use lapses, strain rises.",
     "S10 Q47 Q48"),
    ("turnover", "barrier", _guessed("external", 0.6), "turnover",
     "leaving_probability leaving_ratio usual_vacancy",
     "The trained leave, posts stand empty, newcomers start without training, habit or ownership; leaders leave in a process of their own.",
     "S21 N01 N02 N03 C12"),
    ("coping with given responsibilities", "barrier", _guessed("internal", 0.65), "coping_with_responsibilities",
     "role_burden coping leader_strain",
     "A role that outgrows its hours and skill makes people strained, and they retreat from it.",
     "S22 C01"),
    ("staff variety", "barrier", _guessed("internal", 0.6), "staff_variety",
     "learner group_gap",
     "One course does not fit all: schooling, and ease in language and with screens, decide what is learned from it.",
     "S23 N03 N15"),
    ("challenges in coordination", "barrier", _guessed("internal", 0.5), "coordination",
     "rota_reach meeting_odds two_sided",
     "Rota, part-time and units that plan apart keep people from meeting: the other end of the scale of coordination.",
     "S24 N09 N14"),
    ("technology and tools (barrier)", "barrier", _guessed("external", 0.55), "technology_and_tools",
     "tool_face saved_hours motivation_odds",
     "A tool that is hard to use or does not fit lowers the odds of use and costs time: the other face of technology and tools.",
     "S25 Q20"),
    ("standardisations not aligned with work", "barrier", _guessed("external", 0.5), "standardisation_misfit",
     "misfit_odds workaround_hours adapted present_fit",
     "What is planned for work as imagined costs workarounds and willingness in work as done; local adaptation mends it.",
     "S26 C03"),
    ("extensive documentation", "barrier", _guessed("external", 0.5), "documentation",
     "writing_hours improvement_hours programme_load",
     "Writing takes the minutes that the change needs, from staff and from leaders.",
     "S27 N18 N20"),
    ("lack of knowledge sharing", "barrier", _guessed("external", 0.5), "knowledge_sharing",
     "teaching two_sided",
     "Without arenas, know-how stays with those trained and goes when they go: the other end of the scale of knowledge sharing.",
     "S28 C01"),
)  # fmt: skip

FINDINGS: dict[str, Finding] = {
    name: Finding(
        name,
        kind,
        seen,
        external,
        internal,
        certainty,
        strength,
        tuple(rules.split()),
        mechanism,
        tuple(ids.split()),
    )
    for name, kind, (seen, external, internal, certainty), strength, rules, mechanism, ids in _ROWS
}
"""The study's nineteen factors by name, in the study's order: ten enablers, nine barriers."""


def finding(name: str) -> tuple[Finding, ...]:
    """Return the factors of this name, or those behind this strength.

    Raises
    ------
    InputError
        If there is none; names the nearest.
    """
    wanted = name.strip().casefold().replace("-", " ").replace("_", " ")
    found = tuple(
        f for f in FINDINGS.values()
        if wanted in (f.name, f.strength.replace("_", " "), f.name.partition(" (")[0])
    )  # fmt: skip
    if not found:
        known = {f.name for f in FINDINGS.values()} | {f.strength for f in FINDINGS.values()}
        message = "is not one of the study's factors; `qisim factors` lists them"
        raise InputError(Problem(message, key=name, nearest=nearest_name(wanted, known)))
    return found


def probability_external(strength: str) -> float:
    """Return the probability that the external case has the factor behind a strength.

    Of a two-sided factor the enabler's row counts.
    """
    return _first(strength).external


def probability_internal(strength: str) -> float:
    """Return the probability that the internal case has the factor behind a strength."""
    return _first(strength).internal


def process_specific() -> tuple[str, ...]:
    """Return the strengths of factors that a case of the study may lack, in their order.

    Two of them (ownership, engagement) are in both cases or in neither; of the others one case has
    what the other lacks.
    """
    sure = {f.strength for f in FINDINGS.values() if min(f.external, f.internal) == 1.0}
    return tuple(factor for factor in FACTORS if factor not in sure)


def _first(strength: str) -> Finding:
    return next(f for f in FINDINGS.values() if f.strength == strength)


@dataclass(frozen=True)
class Source:
    """One row of the evidence table.

    Attributes
    ----------
    id, factor, programme, quantity : str
        What it is about.
    value, low, high, unit : str
        What was found, as it stands in the source; empty where the source gives none.
    population, source, doi_or_url : str
        Where it was found.
    basis : {"read", "recalled", "derived", "inferred"}
        How it is known: read in the source, recalled from memory, derived by arithmetic, a judgement.
    note : str
        Remarks and caveats.
    """

    id: str
    factor: str
    programme: str
    quantity: str
    value: str
    low: str
    high: str
    unit: str
    population: str
    source: str
    doi_or_url: str
    basis: str
    note: str


@lru_cache(maxsize=1)
def sources() -> dict[str, Source]:
    """Return the evidence table by row id."""
    text = files("qisim").joinpath("data", "evidence.csv").read_text(encoding="utf-8")
    return {row["id"]: Source(**row) for row in csv.DictReader(text.splitlines())}


def rests_on(ids: tuple[str, ...]) -> str:
    """Describe what a number rests on, such as ``N01 Helsedirektoratet ... [read]``."""
    known = sources()
    return "; ".join(
        f"{i} {known[i].source} [{known[i].basis}]" if i in known else i for i in ids
    )  # fmt: skip
