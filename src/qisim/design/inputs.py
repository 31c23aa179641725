"""What varies in a study: from the entries of `vary` to inputs with ranges and distributions.

An entry is a word or a table. Words: a role (``uncertain``, ``lever``, ``context``: every parameter of
that role), a factor (``turnover``: every parameter that belongs to it), ``factors`` (the sixteen
strengths), ``allocation``, or one parameter. Whole numbers shape the site, so a role or a factor
never includes them: they vary only if named. Later entries override earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qisim.design.coupled import COUPLED, fit_together
from qisim.design.plan import ALLOCATION, PROGRAMME, Input, entry_of
from qisim.design.points_file import columns_of, points_given, points_of
from qisim.errors import nearest_name
from qisim.model.evidence import process_specific
from qisim.model.parameters import FACTORS, PARAMETERS, Parameter
from qisim.scenario.fields import CHOICES, GROUPS, ROLES, SHORT, Choice, Number, Text, unknown_key
from qisim.scenario.line_numbers import KeyPath

if TYPE_CHECKING:
    from qisim.scenario.reader import Reading
    from qisim.scenario.scenario import Scenario

DISTRIBUTIONS = ("uniform", "loguniform", "triangular")
MODES = ("study", "null")
KINDS = ("parameter", "role", "factor", "allocation")
RANGE = ("low", "high", "distribution", "values")

NEEDED_FOR_ALLOCATION = "run.allocation_cut"


def inputs_of(
    reading: Reading,
    scenarios: Mapping[str, Scenario],
    file: str | None,
    folder: str,
    points: Any = None,
    values: Mapping[str, Any] | None = None,
) -> tuple[tuple[Input, ...], str, Any]:
    """Read what varies.

    Parameters
    ----------
    reading : Reading
        The study file.
    scenarios : mapping of str to Scenario
        Those of the study that could be read.
    file : str, optional
        A table of points, whose columns then are the inputs.
    folder : str
        What the path of the table is relative to.
    points : list of list of float, optional
        The points themselves, in the order of the inputs.
    values : mapping, optional
        Values set in all scenarios of the study, by dotted key.

    Returns
    -------
    inputs : tuple of Input
    allocation : {"study", "null"}
        The probabilities used for inputs that are allocations.
    table : ndarray of float, shape (points, inputs), or None
        The points, where a file gives them.
    """
    found = _Inputs(reading, scenarios)
    given = reading.layer.data.get("vary")
    if given is not None or file is None:
        found.entries(given)
    found.hold(values or {})
    table = None
    if file is not None:
        names = columns_of(reading, file, folder)
        found.only(names)
        table = points_of(reading, file, folder, found.held)
    elif points is not None:
        table = points_given(reading, points, found.held)
    if not reading.problems:
        found.check()
    return tuple(found.held.values()), found.mode or "study", table


class _Inputs:
    """The inputs read so far, by name."""

    def __init__(self, reading: Reading, scenarios: Mapping[str, Scenario]) -> None:
        self.reading, self.scenarios = reading, scenarios
        self.held: dict[str, Input] = {}
        self.paths: dict[str, KeyPath] = {}
        self.mode = ""

    # --- entries ---

    def entries(self, given: Any) -> None:
        """Read the list `vary`, then take away what is `fixed`."""
        rows = [given] if isinstance(given, str | Mapping | Input) else given
        if not isinstance(rows, list | tuple) or not rows:
            what = "is missing" if given is None else "is not a list of what varies"
            self.reading.add(("vary",), what, given, "a role, a factor, a parameter, or a list")
            return
        for number, row in enumerate(rows):
            self.entry(("vary", number), row)
        fixed = self.reading.layer.data.get("fixed", [])
        names = [fixed] if isinstance(fixed, str) else fixed
        if not isinstance(names, list | tuple):
            self.reading.add(("fixed",), "is not a list of names", fixed, "parameters that vary")
            names = []
        for number, name in enumerate(names):
            self.fix(("fixed", number), name)

    def hold(self, values: Mapping[str, Any]) -> None:
        """Fix inputs that have a set value, if a role or a factor named them; refuse them otherwise."""
        for key, value in values.items():
            path = self.paths.get(key)
            if key in self.held and path is not None and self.is_named(path):
                message = "varies in this study, so a value of its own would have no effect"
                allowed = "a value or an entry of vary, not both"
                self.reading.add(path, message, f"{key} = {value}", allowed)
            else:
                self.held.pop(key, None)

    def is_named(self, path: KeyPath) -> bool:
        """Return whether an entry names a single input, not a role or a factor."""
        given = self.reading.layer.data.get("vary")
        if path[0] != "vary" or len(path) < 2 or not isinstance(given, list | tuple):
            return not isinstance(given, str) or given not in (*ROLES, *GROUPS)
        row = given[int(path[1])]
        if isinstance(row, Mapping):
            return "parameter" in row
        return not isinstance(row, str) or row not in (*ROLES, *GROUPS, "factors", ALLOCATION)

    def entry(self, path: KeyPath, row: Any) -> None:
        """Read one entry."""
        if isinstance(row, str):
            self.word(path, row)
        elif isinstance(row, Mapping):
            self.table(path, row)
        elif isinstance(row, Input):
            self.table(path, entry_of(row, self.mode or "study"))
        else:
            self.reading.add(path, "is neither a word nor a table", row)

    def word(self, path: KeyPath, word: str) -> None:
        """Add the inputs that a word stands for."""
        if word in ROLES:
            self.many(path, (p for p in PARAMETERS.values() if p.role == word))
        elif word == "factors":
            self.many(path, (PARAMETERS[f"factors.{factor}"] for factor in FACTORS))
        elif word == ALLOCATION:
            self.allocations(path, "study", process_specific())
        elif word in GROUPS:
            self.many(path, (p for p in PARAMETERS.values() if p.factor == word))
        else:
            self.one(path, word, {})

    def table(self, path: KeyPath, row: Mapping[str, Any]) -> None:
        """Read an entry that is a table."""
        kinds = [kind for kind in KINDS if kind in row]
        if len(kinds) != 1:
            self.reading.add(path, f"has {len(kinds) or 'none'} of {', '.join(KINDS)}", None, "one")
        extra = {"role": (), "factor": (), "allocation": ("factors",)}.get("".join(kinds), RANGE)
        for key in row:
            if key not in (*KINDS, *extra):
                self.reading.unknown((*path, str(key)), (*KINDS, *(extra or RANGE)))
        if len(kinds) == 1:
            self.kind(path, kinds[0], row)

    def kind(self, path: KeyPath, kind: str, row: Mapping[str, Any]) -> None:
        """Read an entry of a known kind."""
        words = {"role": ROLES, "factor": GROUPS, "allocation": MODES}
        if kind == "parameter":
            self.one((*path, kind), row[kind], row)
            return
        word = self.reading.value((*path, kind), Choice(words[kind]), row[kind])
        if word is None:
            return
        if kind == "allocation":
            wanted = row.get("factors", list(process_specific()))
            self.allocations(path, word, self.factors(path, wanted))
        else:
            self.many(path, (p for p in PARAMETERS.values() if getattr(p, kind) == word))

    def factors(self, path: KeyPath, given: Any) -> list[str]:
        """Read a list of factors whose allocation is open."""
        if not isinstance(given, list | tuple):
            self.reading.add((*path, "factors"), "is not a list", given, "a list of factors")
            return []
        choice = Choice(process_specific())
        read = [self.reading.value((*path, "factors", i), choice, v) for i, v in enumerate(given)]
        return [name for name in read if name is not None]

    # --- one input after the other ---

    def many(self, path: KeyPath, parameters: Iterable[Parameter]) -> None:
        """Add parameters with their declared ranges; whole numbers are left out."""
        for parameter in parameters:
            if parameter.kind == "float":
                self.take(path, self.declared(parameter))

    def allocations(self, path: KeyPath, mode: str, factors: Sequence[str]) -> None:
        """Add the allocation of some factors."""
        if self.mode not in ("", mode):
            self.reading.add(path, f"is {mode!r}, and before {self.mode!r}", None, "one of the two")
        self.mode = mode
        for factor in factors:
            self.take(path, Input(f"{ALLOCATION}.{factor}", 0.0, 1.0, group=ALLOCATION))

    def one(self, path: KeyPath, name: Any, row: Mapping[str, Any]) -> None:
        """Add one parameter, with the given range."""
        known = [
            *PARAMETERS,
            *CHOICES,
            *ROLES,
            *GROUPS,
            *(f"{ALLOCATION}.{f}" for f in process_specific()),
        ]
        section, _, factor = str(name).partition(".")
        if section == ALLOCATION and factor in process_specific():
            self.allocations(path, self.mode or "study", [factor])
            return
        key = SHORT.get(str(name), str(name))
        if key in CHOICES or key == PROGRAMME:
            self.category(path, key, row)
            return
        if key in FACTORS:
            told = unknown_key(key)
            self.reading.add(path, told.message, name, told.allowed, told.nearest)
            return
        if key not in PARAMETERS:
            nearest = nearest_name(str(name)[:80], known) or nearest_name(str(name)[:80], SHORT)
            nearest = SHORT.get(str(nearest), nearest)
            self.reading.add(path, "is not a known parameter", name, nearest=nearest)
            return
        input_ = self.declared(PARAMETERS[key])
        base = path[:-1] if path[-1] == "parameter" else path
        self.take(path, self.ranged(base, input_, row))

    def category(self, path: KeyPath, key: str, row: Mapping[str, Any]) -> None:
        """Add a categorical input: a choice, or the whole programme."""
        base, reading = (path[:-1] if path[-1] == "parameter" else path), self.reading
        for name in ("low", "high", "distribution"):
            if name in row:
                message = "is given for words, which have no range"
                reading.add((*base, name), message, row[name], "values = [...]")
        known = None if key == PROGRAMME else Choice(CHOICES[key].options)
        given = row.get("values", [] if known is None else list(known.options))
        if not isinstance(given, list | tuple) or not given:
            allowed = "names or paths of scenarios" if known is None else known.allowed
            reading.add((*base, "values"), "is not a list of words", given or None, allowed)
            return
        takes = Text(1000, 1) if known is None else known
        read = [reading.value((*base, "values", i), takes, word) for i, word in enumerate(given)]
        words = tuple(dict.fromkeys(word for word in read if word is not None))
        if len(words) < len(given) and None not in read:
            reading.add((*base, "values"), "holds a value twice", None, "different values")
        if words:
            last = float(len(words) - 1)
            codes = tuple(float(code) for code in range(len(words)))
            section = key.partition(".")[0]
            self.take(path, Input(key, 0.0, last, "uniform", section, 0.0, codes, True, words))

    def declared(self, parameter: Parameter) -> Input:
        """Return a parameter as an input, with its declared range."""
        return self.shaped(parameter, parameter.low, parameter.high, parameter.distribution, ())

    def shaped(
        self, p: Parameter, low: float, high: float, distribution: str, values: tuple[float, ...]
    ) -> Input:
        """Return an input; its triangle peaks at the base scenario's value."""
        base = next(iter(self.scenarios.values())) if self.scenarios else None
        usual = float(base.values[p.key]) if base else float(p.default)
        peak = min(max(usual, low), high)
        whole = p.kind == "int"
        return Input(p.key, float(low), float(high), distribution, p.factor, peak, values, whole)

    def ranged(self, path: KeyPath, declared: Input, row: Mapping[str, Any]) -> Input:
        """Return an input with the range, distribution or levels that an entry gives."""
        p, reading = PARAMETERS[declared.name], self.reading
        takes = Number(p.minimum, p.maximum, p.unit, p.kind == "int")
        low = reading.value((*path, "low"), takes, row["low"]) if "low" in row else declared.low
        high = (
            reading.value((*path, "high"), takes, row["high"]) if "high" in row else declared.high
        )
        form = declared.distribution
        if "distribution" in row:
            form = reading.value(
                (*path, "distribution"), Choice(DISTRIBUTIONS), row["distribution"]
            )
        values = self.levels((*path, "values"), takes, row["values"]) if "values" in row else ()
        if values:
            low, high = values[0], values[-1]
        elif low is not None and high is not None and low >= high:
            side = "low" if "low" in row else "high"
            allowed = f"low below high, within {takes.allowed}"
            reading.add((*path, side), f"leaves no range: {low:g} to {high:g}", row[side], allowed)
        elif low is not None and low <= 0.0 and form == "loguniform":
            side = "distribution" if "distribution" in row else "low"
            message = "is not above 0, which a loguniform distribution needs"
            reading.add((*path, side), message, low, "low above 0, or another distribution")
        if low is None or high is None or form is None:
            return declared
        return self.shaped(p, low, high, form, values)

    def levels(self, path: KeyPath, takes: Number, given: Any) -> tuple[float, ...]:
        """Read the levels of a factorial."""
        if not isinstance(given, list | tuple) or not given:
            self.reading.add(path, "is not a list of values", given, takes.allowed)
            return ()
        read = [self.reading.value((*path, i), takes, value) for i, value in enumerate(given)]
        values = sorted({float(value) for value in read if value is not None})
        if len(values) < len(given) and None not in read:
            self.reading.add(path, "holds a value twice", None, "different values")
        return tuple(values)

    def take(self, path: KeyPath, one: Input) -> None:
        """Add an input; the last entry counts, at the position of the first."""
        self.held[one.name], self.paths[one.name] = one, path

    def fix(self, path: KeyPath, name: Any) -> None:
        """Remove an input."""
        key = SHORT.get(str(name), str(name))
        if self.held.pop(key, None) is None:
            nearest = nearest_name(str(name)[:80], self.held)
            self.reading.add(path, "does not vary, so cannot be fixed", name, nearest=nearest)

    def only(self, names: Sequence[str]) -> None:
        """Keep the columns of a table, in their order; those that no entry names are added."""
        for name in names:
            if name not in self.held:
                self.one(("design", "file"), name, {})
        self.held = {name: self.held[name] for name in names if name in self.held}

    # --- together ---

    def check(self) -> None:
        """Check the consistency of the inputs, and drop those that cannot matter."""
        given = self.reading.layer.data.get("vary")
        named = given if isinstance(given, list | tuple) else [given]
        if not self.allocation_matters() and NEEDED_FOR_ALLOCATION not in map(_name, named):
            self.held.pop(NEEDED_FOR_ALLOCATION, None)
        if not self.held:
            self.reading.add(("vary",), "names nothing that varies")
        if any(one.factor for one in self.held.values()) and not self.cases():
            message = "varies, but no scenario says which of the study's cases it is"
            allowed = "a scenario with programme.study_case = external or internal"
            self.reading.add(("vary",), message, ALLOCATION, allowed)
        for pair in COUPLED:
            fit_together(self.reading, self.scenarios.values(), self.held, self.paths, pair)

    def cases(self) -> list[Scenario]:
        """Return the scenarios that stand for one of the study's cases."""
        return [one for one in self.scenarios.values() if one["programme.study_case"] != "none"]

    def allocation_matters(self) -> bool:
        """Return whether any factor may be cut."""
        open_ = any(one.factor for one in self.held.values())
        return open_ or any(one["run.allocation"] != "off" for one in self.cases())


def _name(entry: Any) -> str:
    """Return the dotted key that an entry names, if it names one parameter."""
    if isinstance(entry, Input):
        return entry.name
    name = entry.get("parameter", "") if isinstance(entry, Mapping) else entry
    return SHORT.get(str(name), str(name))
