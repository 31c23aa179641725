"""The model in Mesa: staff, leaders and a facilitator as agents, in units that take stock.

What a person, a unit and the site do in a week is defined in `week_post`, `week_person`,
`week_unit` and, for the order, `week` of `qisim.model`: plain functions on records. The agents here
*are* these records: a
person has the fields of `qisim.model.records.PERSON` as attributes, and lives through a week by the
model's own functions. So everything that happens to a person can be inspected, and the week is
written once.

`qisim.engines.compiled` runs the same functions on many runs at once; the two agree to the last bit. Sums
run in the order of the posts, one after another, because the sum of floating-point numbers depends on
the order (and Python's own `sum` rounds differently from version to version).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np
import numpy.typing as npt

from qisim.engines import custom_rules, mesa_doors
from qisim.errors import InputError, not_whole
from qisim.model import draws, records, week, week_post, week_unit
from qisim.model import site as world
from qisim.model.allocation import allocated
from qisim.model.coefficients import COEFFICIENTS, TEACHES, coefficients
from qisim.model.outcomes import WEEKLY
from qisim.model.site import World
from qisim.scenario.scenario import Scenario, load

custom_rules.put_in_place()


class Person(mesa.Agent):
    """Someone who holds a post, or the post while it is vacant.

    Its attributes are the fields of `qisim.model.records.PERSON`, among them:

    Attributes
    ----------
    unit : Unit
        The unit they work in.
    slot : int
        Number of the post in its unit.
    decisions : list
        Random draws of this post, by week and decision.
    in_post, absent, present : float
        Yes (1) or no (0).
    competence, habit, ownership, attention, dedication, engagement, relevance, strain, settled : float
        Levels, 0 to 1.
    used, routine, took_part : float
        Used the practice this week; use is routine; ever took part in an activity.
    """

    level: int

    def __init__(self, model: CareUnit, unit: Unit, slot: int) -> None:
        super().__init__(model)
        self.__dict__.update(dict.fromkeys(records.PERSON, 0.0))
        self.k = model.k
        self.unit, self.slot = unit, slot
        self.decisions = model.draws[self.level][unit.number][slot]

    @property
    def draw(self) -> SimpleNamespace:
        """The draws of this week, by the name of the decision."""
        return self.decisions[self.model.week]


class Staff(Person):
    """A nurse, a health-care worker, or someone without health education."""

    level = draws.STAFF

    def __init__(self, model: CareUnit, unit: Unit, slot: int) -> None:
        super().__init__(model, unit, slot)
        self.team = unit.teams[slot % len(unit.teams)]
        week.open_staff(self, self.draw, unit, self.k, model.today.quarter)

    def step(self) -> None:
        """Live through a week."""
        model = self.model
        week_post.look_for_successor(self, self.draw)
        week.live_staff(
            self, self.draw, self.unit, self.team, model.site, self.k, model.today,
            model.activities_now,
        )  # fmt: skip


class Leader(Person):
    """A unit's leader (slot 0) or one of its development nurses, the champions."""

    level = draws.LEADER

    def __init__(self, model: CareUnit, unit: Unit, slot: int) -> None:
        super().__init__(model, unit, slot)
        week.open_leader(self, self.draw, unit, self.k, model.today.quarter)

    def step(self) -> None:
        """Live through a week; an event of the scenario can make a leader or champion go."""
        model, unit = self.model, self.unit
        week_post.look_for_successor(self, self.draw)
        post = unit.number * model.world.leaders + self.slot
        week.live_leader(
            self, self.draw, unit, model.site, self.k, model.today, model.activities_now,
            self.slot, float(len(unit.staff)), model.leader_leaves[post],
        )  # fmt: skip


class Facilitator(mesa.Agent):
    """An outside facilitator who supports the site while the programme pays for it."""

    def step(self) -> None:
        """Be there this week or not; lead what is to be led, and visit a unit."""
        model = self.model
        week_unit.facilitate(model.site, model.k, model.today)


class Team:
    """Colleagues who share shifts, as they looked at the end of last week."""

    def __init__(self) -> None:
        self.__dict__.update(dict.fromkeys(records.TEAM, 0.0))


class Unit:
    """A department or home-care group, as it looked at the end of last week."""

    def __init__(self, model: CareUnit, number: int) -> None:
        self.__dict__.update(dict.fromkeys(records.UNIT, 0.0))
        self.held = [0.0, 0.0, 0.0, 0.0]
        self.model, self.k, self.number = model, model.k, number
        self.teams = [Team() for _ in range(model.world.teams)]
        self.decisions = model.draws[draws.UNIT][number][0]
        self.staff: list[Staff] = []
        self.leaders: list[Leader] = []

    def open(self) -> None:
        """Fill the posts at the start."""
        world = self.model.world
        week_unit.open_unit(self, self.decisions[0], self.k)
        self.staff = [Staff(self.model, self, slot) for slot in range(world.staff)]
        self.leaders = [Leader(self.model, self, slot) for slot in range(world.leaders)]

    def meet_week(self) -> None:
        """Be visited, or not; drop the practice or take it up again; see who can lead."""
        model = self.model
        turn = 1.0 if model.week % model.world.units == self.number else 0.0
        week.meet_week(
            self, self.decisions[model.week], model.site, self.k, model.today, turn,
            model.activities_now,
        )  # fmt: skip

    def look_back(self) -> None:
        """See what the week has made of the unit; next week people act on this."""
        week.look_back(self, self.staff, self.leaders, self.teams, self.k, self.model.today.demand)


class Site(SimpleNamespace):
    """The site as a whole: the facilitator's support, counts of the week, totals since the start."""

    def __init__(self) -> None:
        super().__init__(**dict.fromkeys(records.SITE, 0.0))


class CareUnit(mesa.Model):
    """A care site that takes up a quality-improvement programme.

    Parameters
    ----------
    scenario : str, path, mapping or Scenario, optional
        What `qisim.load` takes; by default ``external``.
    replicate : int
        Number of the replicate; with the seed it fixes every draw.
    rng : int or generator, optional
        Seed of the study, 0 or more, 1 by default; `seed` is another name of it. From a generator of
        numpy a seed is drawn. Chance is fixed by address, so runs that are to differ need a seed or a
        replicate of their own:
        ``mesa.batch_run(CareUnit, {"replicate": range(20)})``, not ``iterations=20``.
    **kwargs
        Overrides by dotted key or short name, such as ``staff_turnover=0.3``; and ``seed``.

    Attributes
    ----------
    scenario : Scenario
    world : World
        The site and the calendar.
    week : int
        Weeks simulated so far.
    datacollector : mesa.DataCollector
        The weekly series (the columns of ``weekly.parquet``), one row a week from week 1.

    Raises
    ------
    InputError
        If the scenario, an override, the seed or the replicate is wrong.
    """

    scenario: Scenario | Any = (
        None  # newer versions of Mesa have a property of this name, for their own scenarios
    )

    # Mesa's page asks that the last one is called kwargs, and the batch runner of newer Mesa overwrites
    # what is called seed: so it is not among the names.
    def __init__(
        self, scenario: Any = None, replicate: int = 0, rng: Any = None, **kwargs: Any
    ) -> None:
        seed = mesa_doors.seed_of(kwargs.pop("seed", None), rng)
        _check_address(seed, replicate)
        mesa_doors.refuse_repeats(rng)
        super().__init__(rng=seed)
        if scenario is None:
            scenario = mesa_doors.scenario_of_page()
        chosen = load("external" if scenario is None else scenario, kwargs or None)
        self.scenario = mesa_doors.held(chosen)
        self.replicate, self.study_seed = int(replicate), int(seed)
        rows = allocated(chosen, coefficients(chosen), self.study_seed, self.replicate)
        self._open(world.build(chosen), rows[0], self.study_seed, self.replicate)
        self.datacollector = mesa.DataCollector(
            model_reporters={name: partial(_reported, name) for name in ("week", *WEEKLY)}
        )

    @classmethod
    def of_world(
        cls, site: World, row: npt.NDArray[np.float64], seed: int, replicate: int
    ) -> CareUnit:
        """Open a site from its tables, as sweeps do; it has no scenario and no data collector."""
        model = cls.__new__(cls)
        mesa.Model.__init__(model, rng=seed)
        model._open(site, row, seed, replicate)
        return model

    def _open(self, site: World, row: npt.NDArray[np.float64], seed: int, replicate: int) -> None:
        """Open the site: posts, people and units at the start, which is week 0."""
        self.world, self.k, self.week = site, named(row), 0
        self.draws = {
            draws.STAFF: _decisions(seed, replicate, draws.STAFF, site, site.staff),
            draws.LEADER: _decisions(seed, replicate, draws.LEADER, site, site.leaders),
            draws.UNIT: _decisions(seed, replicate, draws.UNIT, site, 1, draws.UNIT_DECISIONS),
        }
        self.calendar = [_plain(activity) for activity in site.activities]
        self.site, self.now = Site(), SimpleNamespace(**dict.fromkeys(WEEKLY, 0.0))
        self.facilitator = Facilitator(self)
        self.units = [Unit(self, number) for number in range(site.units)]
        self._turn_page()
        for unit in self.units:
            unit.open()
        for unit in self.units:
            unit.look_back()

    def __repr__(self) -> str:
        return mesa_doors.model_line(self)

    def _repr_html_(self) -> str:
        return mesa_doors.model_html(self)

    def step(self) -> None:
        """Live through one week and record it; after the last week nothing happens."""
        if self.week < self.world.weeks:
            self.live_week()
            self.datacollector.collect(self)
        self.running = self.week < self.world.weeks

    def live_week(self) -> None:
        """Live through one week: the facilitator, leaders, staff; then units take stock."""
        self.week += 1
        self._turn_page()
        self.facilitator.step()
        for unit in self.units:
            unit.meet_week()
        self.agents_by_type[Leader].do("step")
        self.agents_by_type[Staff].do("step")
        for unit in self.units:
            unit.look_back()
        week.write_down(self.now, self.site, self.staff, self.leaders, self.units)

    def _turn_page(self) -> None:
        """Read from the calendar what this week brings."""
        site, number = self.world, self.week
        self.today = SimpleNamespace(**{name: float(getattr(site, name)[number]) for name in TODAY})
        self.leader_leaves = site.leader_leaves[number].tolist()
        self.activities_now = self.calendar[site.first[number] : site.first[number + 1]]

    @property
    def current(self) -> dict[str, float]:
        """The weekly series, as recorded in the last week simulated."""
        return {name: getattr(self.now, name) for name in WEEKLY}

    @property
    def adopters(self) -> float:
        """Care staff whose use is routine."""
        return self.site.adopters

    @property
    def staff(self) -> list[Staff]:
        """Staff posts of all units, in order."""
        return [person for unit in self.units for person in unit.staff]

    @property
    def leaders(self) -> list[Leader]:
        """Leadership posts of all units, in order."""
        return [leader for unit in self.units for leader in unit.leaders]


def _check_address(seed: Any, replicate: Any) -> None:
    """Raise InputError unless seed and replicate can fix a draw."""
    found = [
        not_whole("seed", seed, 0, draws.MAX_SEED),
        not_whole("replicate", replicate, 0, draws.MAX_REPLICATE),
    ]
    problems = [problem for problem in found if problem is not None]
    if problems:
        raise InputError(problems)


TODAY = (
    "running", "facilitator", "phase", "years", "quarter", "demand", *world.LEAD_NAMES,
)  # fmt: skip
"""The fields of a week of the calendar that concern the whole site."""


def named(row: npt.NDArray[np.float64]) -> SimpleNamespace:
    """Return the coefficients by name."""
    k = SimpleNamespace(**dict(zip(COEFFICIENTS, row.tolist(), strict=True)))
    k.teaches = [getattr(k, name) for name in TEACHES]
    return k


def _plain(activity: np.void) -> SimpleNamespace:
    return SimpleNamespace(**{name: activity[name].item() for name in world.ACTIVITY.names or ()})


def _decisions(
    seed: int, replicate: int, level: int, site: World, slots: int,
    names: tuple[str, ...] = draws.DECISIONS,
) -> list:  # fmt: skip
    """Return the draws of all posts of a level by unit, slot and week, named by decision."""
    return [
        [
            [SimpleNamespace(**dict(zip(names, week, strict=True))) for week in post]
            for post in draws.table(seed, replicate, level, unit, slots, site.weeks, names)
            .transpose(1, 0, 2)
            .tolist()
        ]
        for unit in range(site.units)
    ]


def _reported(name: str, model: CareUnit) -> float:
    return model.week if name == "week" else getattr(model.now, name)


def simulate(
    site: World,
    rows: npt.NDArray[np.float64],
    seed: int,
    replicates: Sequence[int],
    workers: int = 1,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Run the Mesa model once per row of coefficients.

    Parameters
    ----------
    site : World
        The site and the calendar, common to all runs.
    rows : ndarray of float, shape (runs, len(COEFFICIENTS))
        The numbers of each run.
    seed : int
        Seed of the study.
    replicates : sequence of int, length runs
        Replicate number of each run.
    workers : int
        Not used: this engine runs in one thread.

    Returns
    -------
    weekly : ndarray of float, shape (weeks, len(WEEKLY), runs)
        The weekly series, weeks 1 to the last.
    adopters : ndarray of float, shape (runs,)
        Number of care staff whose use is routine in the last week.
    """
    weekly = np.empty((site.weeks, len(WEEKLY), len(rows)))
    adopters = np.empty(len(rows))
    for run, (row, replicate) in enumerate(zip(rows, replicates, strict=True)):
        model = CareUnit.of_world(site, row, seed, int(replicate))
        for number in range(site.weeks):
            model.live_week()
            weekly[number, :, run] = [getattr(model.now, name) for name in WEEKLY]
        adopters[run] = model.adopters
    return weekly, adopters
