"""The data dictionary: label, unit, missing rule and meaning of every column, in plain words.

It is written to the fields of Parquet files, to `DataFrame.attrs`, and to ``dictionary.csv`` in
every folder.
Outcomes, weekly series and parameters are declared in `qisim.model`; the rest of the columns here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qisim.model.outcomes import OUTCOMES, REPORTED, WEEKLY
from qisim.model.parameters import PARAMETERS
from qisim.output.decision_columns import DECISIONS
from qisim.reading import arrow_file
from qisim.scenario.fields import CHOICES
from qisim.scenario.frozen import FrozenDict

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

DICTIONARY = "dictionary.csv"
"""Name of the file with the data dictionary of a folder."""

WEEKLY_TABLE = "weekly.parquet"
"""The table in which a name shared by an outcome and a weekly series means the series."""


class Column(NamedTuple):
    """The meaning of a column.

    Attributes
    ----------
    label : str
        A few words.
    unit : str
        ``share``, ``hours``, ...; ``outcome`` where it is that of the outcome in the same row; empty for text.
    missing : str
        When a value is missing; empty where none ever is.
    meaning : str
        One line in plain words.
    """

    label: str
    unit: str = ""
    missing: str = ""
    meaning: str = ""


NO_VALUE = "no run has a value"
TOO_FEW = "too few runs have a value"
NOT_KNOWN = "it cannot be given from these runs"

# fmt: off
OTHER: dict[str, Column] = {
    "scenario": Column("Scenario", "", "", "name of the scenario"),
    "replicate": Column("Replicate", "1", "", "number of the replicate; with the seed it fixes all chance"),
    "week": Column("Week", "week", "", "week of the run, counted from 1"),
    "point": Column("Point", "1", "", "number of the point of the design, counted from 0"),
    "status": Column("Status", "", "", "ok; failed: the run has no values; not made: stopped before"),
    "runs": Column("Runs", "runs", "", "finished runs of the point"),
    "failed": Column("Failed", "runs", "", "runs that failed"),
    "outcome": Column("Outcome", "", "", "name of the outcome"),
    "mean": Column("Mean", "outcome", NO_VALUE, "mean over the runs that have a value"),
    "sd": Column("Standard deviation", "outcome", TOO_FEW, "standard deviation (of a sample)"),
    "median": Column("Median", "outcome", NO_VALUE, "median over the runs that have a value"),
    "p05": Column("5th percentile", "outcome", NO_VALUE, "5th percentile of the runs"),
    "p95": Column("95th percentile", "outcome", NO_VALUE, "95th percentile of the runs"),
    "n": Column("Runs with a value", "runs", "", "finished runs with a value"),
    "missing": Column("Without a value", "runs", "", "finished runs, or pairs, without a value"),
    "base": Column("Base", "", "", "scenario that is compared with"),
    "other": Column("Other", "", "", "scenario that is compared"),
    "estimand": Column("Estimand", "", "", "what means and differences are of: mean of runs, or ratio of means"),
    "base_mean": Column("Mean of the base", "outcome", NO_VALUE,
                        "mean of the pairs with a value in both; a ratio of means is over all pairs"),
    "other_mean": Column("Mean of the other", "outcome", NO_VALUE,
                         "mean of the pairs with a value in both; a ratio of means is over all pairs"),
    "difference": Column("Difference", "outcome", NO_VALUE, "other less base, of means or of ratios of means"),
    "base_median": Column("Median of the base", "outcome", NO_VALUE, "median of the runs with a value"),
    "other_median": Column("Median of the other", "outcome", NO_VALUE, "median of the runs with a value"),
    "low": Column("Lower end", "outcome", NOT_KNOWN, "lower end of the 95 % interval"),
    "high": Column("Upper end", "outcome", NOT_KNOWN, "upper end of the 95 % interval"),
    "probability_other_better": Column("Other better", "share", "neither direction is better",
                                       "share of pairs in which the other did better; ties count half"),
    "p_holm": Column("p (Holm)", "1", "no test was made", "p-value, corrected for all outcomes of the pair"),
    "hangs_on": Column("Hangs on", "", "", "patterns of the validation that fail, with which it is to be read"),
    "p_equal_holm": Column("p of equivalence (Holm)", "1", "no test was made",
                           "two one-sided tests of a difference that matters, corrected for all outcomes"),
    "of": Column("Of", "", "", "what is counted: values of the outcome, or having a value"),
    "below": Column("Lower in", "share", "it is luck", "share of groups in which the other is lower; luck taken out"),
    "layer": Column("Layer", "", "", "what groups the pairs: set of strengths, site, theory; luck is the rest"),
    "groups": Column("Groups", "1", "it is luck", "number of groups of the layer"),
    **{f"{name}{end}": Column(f"{label}{said}", "share", "it is luck", f"share of groups{how}; luck taken out")
       for name, label, how in (
           ("above", "Higher in", " in which the other is higher"),
           ("much_above", "Higher by enough in", " in which it is higher by as much as matters"),
           ("much_below", "Lower by enough in", " in which it is lower by as much as matters"))
       for end, said in (("", ""), ("_low", ", lower end"), ("_high", ", upper end"))},
    "group_low": Column("Groups, lower end", "outcome", "it is luck", "95 % of groups lie between the two"),
    "group_high": Column("Groups, upper end", "outcome", "it is luck", "95 % of groups lie between the two"),
    "doubt": Column("Share of the doubt", "share", NOT_KNOWN, "share of the variance of a single pair's difference"),
    "doubt_low": Column("Share of the doubt, lower end", "share", NOT_KNOWN, "95 % interval"),
    "doubt_high": Column("Share of the doubt, upper end", "share", NOT_KNOWN, "95 % interval"),
    "theory": Column("Theory", "", "", "rival theory of how use comes about, or the model as shipped"),
    "set": Column("Set", "1", "", "number of the set of strengths, from 0"),
    "site": Column("Site", "1", "", "number of the site, from 0"),
    "conclusion": Column("Conclusion", "", "", "whether what is concluded under the model as shipped holds here"),
    "implausibility": Column("Implausibility", "1", "the model as shipped", "of the theory's base values; 2 is the end of a tolerance"),
    "theories": Column("Theories", "1", "", "number of theories, the model as shipped among them"),
    "holds": Column("Holds in", "theories", "", "in how many the difference lies on the same side of 0"),
    "turns": Column("Turns in", "theories", "", "in how many it lies on the other side"),
    "first": Column("Comes first", "", "no input leads", "input that leads under the model as shipped"),
    "first_in": Column("First in", "theories", "", "in how many the same input leads"),
    "near_in": Column("Close in", "theories", "", "in how many it is second or third"),
    "lost_in": Column("Lost in", "theories", "", "in how many it comes later"),
    "unknown_in": Column("Not known in", "theories", "", "in how many there are no indices to tell"),
    "same_side_in": Column("Same sign in", "theories", "", "in how many the mean has the same sign"),
    "theory_share": Column("Share of the theory", "share", NOT_KNOWN, "of the expected outcome's variance"),
    "open": Column("Cannot be told in", "theories", "", "in how many its interval includes 0"),
    **{f"doubt_{name}": Column(f"Share of the doubt: {name}", "share", NOT_KNOWN, f"share of the variance of a single pair's difference: {said}")
       for name, said in (("set", "between sets of strengths within a theory"), ("site", "between sites within a theory"), ("luck", "the rest"))},
    "luck_out": Column("Luck taken out", "", "it is luck", "no where every group has a single pair"),
    "pairs": Column("Pairs", "pairs", "", "pairs with a value in both"),
    "base_missing": Column("Base without a value", "runs", "", "runs of the base without a value"),
    "other_missing": Column("Other without a value", "runs", "", "runs of the other without a value"),
    "matters": Column("Smallest difference that matters", "outcome", "", "as asked for, or as declared"),
    "verdict": Column("Verdict", "", "the row is not judged", "what may be said, in words"),
    "kind": Column("Kind", "", "", "kind of paid hours; paid: all; done: worked, with writing"),
    "hours": Column("Hours", "hours", NO_VALUE, "hours over the run, for the whole site"),
    "price": Column("Price", "kroner an hour", "no price is given", "price of an hour of the kind"),
    "kroner": Column("Kroner", "kroner", "no price is given", "what the hours cost"),
    "target": Column("Target", "", "", "scenario, or the difference, that is analysed"),
    "input": Column("Input", "", "", "what varies: a parameter, a factor, an allocation"),
    "factor": Column("Factor", "", "", "factor of the study, or part of the model, that it belongs to"),
    "index": Column("Index", "", "", "kind of sensitivity index"),
    "estimate": Column("Estimate", "1", NOT_KNOWN, "the index"),
    "half_width": Column("Half width", "1", NOT_KNOWN, "half of the 95 % interval"),
    "rank": Column("Rank", "1", NOT_KNOWN, "place among the inputs, the largest first"),
    "correlation": Column("Correlation", "1", NOT_KNOWN, "of the input with the outcome"),
    "blocks": Column("Blocks", "blocks", "", "blocks of points that belong together"),
    "points": Column("Points", "points", "", "points of the design"),
    "same_top": Column("Same top inputs", "", NOT_KNOWN, "whether half the sample names the same top inputs"),
    "same_order": Column("Same order", "", NOT_KNOWN, "whether half the sample has the same order"),
    "expected_variance": Column("Variance of the mean", "outcome squared", NOT_KNOWN,
                                "variance of the expected outcome over the points"),
    "noise_variance": Column("Variance of chance", "outcome squared", NOT_KNOWN, "between runs of a point"),
    "noise_share": Column("Share of chance", "share", NOT_KNOWN, "of the variance of means over replicates"),
    "noise_share_low": Column("Share of chance, lower end", "share", NOT_KNOWN, "95 % interval"),
    "noise_share_high": Column("Share of chance, upper end", "share", NOT_KNOWN, "95 % interval"),
    "replicates": Column("Replicates", "runs", "", "runs of each point"),
    "random_numbers": Column("Random numbers", "", "", "common to all points, or fresh for each"),
    "block": Column("Points of a block", "points", "", "points that belong together"),
    "left_out": Column("Left out", "points", "", "points without a value"),
    "top_half_width": Column("Half width of the top", "1", NOT_KNOWN, "widest half interval of the top inputs"),
    "settled": Column("Settled", "", NOT_KNOWN, "whether the sample is large enough"),
    "provisional": Column("Provisional", "", "all is there", "what is lacking, where the analysis was stopped"),
    "notes": Column("Notes", "", "there is nothing", "what else has to be known"),
    "part": Column("Part", "", "", "some of what differs between two scenarios"),
    "shapley": Column("Share of the difference", "outcome", "", "what a part adds on average over all orders"),
    "from_to": Column("What it changes", "", "", "values in the base and in the other"),
    "alone": Column("Alone, first", "outcome", "", "what a part adds as the first change"),
    "last": Column("Last", "outcome", "", "what a part adds when all else has been changed"),
    "flips_at": Column("Turns at", "", "", "value beyond which the one who was behind is ahead"),
    "clear_from": Column("Clearly from", "", "it is never clear", "value from which that is clear of chance"),
    "plausible_ranges_moved": Column("Moved", "1", "", "distance from as things stand, in plausible ranges"),
    "persons": Column("Persons", "people", "", "further care staff with routine use in the last week"),
    "hours_per_user": Column("Hours per user", "hours", "there is no such price", "hours for each further lasting user"),
    "ahead": Column("Ahead in", "share", "", "share of worlds in which it is ahead; on a map 1, 0 or -1 at a point"),
    "mean_regret": Column("Mean regret", "outcome", "", "what a plan gives away against the better one, on average"),
    "worst_regret": Column("Worst regret", "outcome", "", "the same in the worst world"),
}
"""Columns that are neither an outcome nor a series nor a parameter."""

OWN: dict[str, dict[str, Column]] = {
    "parameters.csv": {
        "parameter": Column("Parameter", "", "", "dotted key of the parameter"),
        "unit": Column("Unit", "", "", "unit of the parameter"),
        "prior_low": Column("Before, lower end", "of the row", "", "lower end of the 95 % interval before the data"),
        "prior_median": Column("Before, median", "of the row", "", "median before the data"),
        "prior_high": Column("Before, upper end", "of the row", "", "upper end of the 95 % interval before the data"),
        "low": Column("After, lower end", "of the row", "", "lower end of the 95 % interval after the data"),
        "median": Column("After, median", "of the row", "", "median after the data"),
        "high": Column("After, upper end", "of the row", "", "upper end of the 95 % interval after the data"),
        "narrowed": Column("Narrowed", "share", "", "1 less standard deviation after over before"),
        "moved": Column("Moved", "standard deviations", "", "by how many prior standard deviations"),
        "bits": Column("Learned", "bits", "", "how much was learned about it, of a normal score"),
        "p_value": Column("p", "1", "", "of as many bits where the data know nothing"),
        "speaks": Column("Data speak about it", "", "", "whether the bits are more than chance gives to any"),
    },
    "fit.csv": {
        "first_week": Column("First week", "week", "", "first week that the count is of"),
        "last_week": Column("Last week", "week", "", "last week that the count is of"),
        "using": Column("Using", "people", "not counted", "people who used the practice, as given"),
        "in_post": Column("In post", "people", "not counted", "people in post, as given"),
        "observed": Column("Observed", "people", "not counted", "people who were looked at"),
        "share": Column("Share", "share", "not counted", "share who used the practice, as given"),
        **{
            f"{when}_p{level}": Column(f"{said}, {level}th percentile", "share", "", "of simulated sites")
            for when, said in (("prior", "Before"), ("after", "After")) for level in ("05", "25", "50", "75", "95")
        },
    },
    "coverage.csv": {
        "group": Column("Group", "", "", "which parameters or outcomes"),
        "parameters": Column("Number", "1", "", "how many of them"),
        "level": Column("Level", "share", "", "what the intervals should hold"),
        "held": Column("Held", "share", "", "how often they held the true value, in simulated sites"),
        "error": Column("Error", "share", "", "standard error of this"),
        "honest": Column("Honest", "", "", "whether the two agree within what chance gives"),
    },
    "patterns.csv": {
        "pattern": Column("Pattern", "", "", "code of the pattern"),
        "title": Column("Title", "", "", "what is known"),
        "use": Column("Use", "", "", "whether the pattern chose base values, was built in, or only checks"),
        "sources": Column("Sources", "", "", "rows of the evidence table"),
        "quantity": Column("Quantity", "", "", "short name of what is measured"),
        "label": Column("Label", "", "", "what is measured"),
        "unit": Column("Unit", "", "", "unit of the value"),
        "value": Column("Value", "of the row", NOT_KNOWN, "what the model shows"),
        "low": Column("Lower end", "of the row", NOT_KNOWN, "lower end of the 95 % interval"),
        "high": Column("Upper end", "of the row", NOT_KNOWN, "upper end of the 95 % interval"),
        "tolerance_low": Column("Tolerance, lower end", "of the row", "no lower end", "least that passes"),
        "tolerance_high": Column("Tolerance, upper end", "of the row", "no upper end", "most that passes"),
        "tolerance_rests_on": Column("Tolerance rests on", "", "", "why the tolerance is what it is"),
        "source_value": Column("Value of the source", "of the row", "it gives none", "what the source found"),
        "verdict": Column("Verdict", "", "", "of the quantity"),
        "pattern_verdict": Column("Verdict of the pattern", "", "", "of all its quantities"),
        "setting": Column("Setting", "", "", "in which runs it was measured"),
    },
}
"""Columns with a special meaning in some tables, by the name of the file."""
OWN["posterior.parquet"] = {"weight": Column("Weight", "share", "", "of the set; all add up to 1")}
OWN["what_next.csv"] = {
    "first_week": Column("First week", "week", "", "first week of a month that might be counted"),
    "last_week": Column("Last week", "week", "", "last week of it"),
    "correlation": Column("Correlation", "1", "", "of use in it with routine use in the last week, as normal scores"),
    "would_narrow": Column("Would narrow", "share", "", "1 less standard deviation after such a count over before"),
}
OWN["outlook.csv"] = {
    "outcome": Column("Outcome", "", "", "what is to come of the site, shares"),
    **{name: OWN["parameters.csv"][name]._replace(unit="share")
       for name in ("prior_low", "prior_median", "prior_high", "low", "median", "high")},
    **{name: OWN["parameters.csv"][name] for name in ("narrowed", "moved")},
}
# fmt: on
for _table, _columns in DECISIONS.items():
    OWN[f"{_table}.csv"] = {_name: Column(*_said) for _name, _said in _columns.items()}


def column(name: str, table: str = "") -> Column | None:
    """Return the meaning of a column; None for one that is not described.

    Parameters
    ----------
    name : str
    table : str, optional
        Name of the file, which distinguishes outcomes from weekly series of the same name.
    """
    file = table.rpartition("/")[2]
    if file in OWN and name in OWN[file]:
        return OWN[file][name]
    if file in RUN_TABLES and (found := _of_a_run(name, file)) is not None:
        return found
    if name in PARAMETERS:
        parameter = PARAMETERS[name]
        return Column(parameter.name.replace("_", " "), parameter.unit, "", parameter.meaning)
    if name in CHOICES:
        return Column(name.rpartition(".")[2].replace("_", " "), "", "", CHOICES[name].meaning)
    if name.startswith("allocation."):
        factor = name.partition(".")[2].replace("_", " ")
        meaning = "draw that decides in which case the factor is kept"
        return Column(f"allocation of {factor}", "1", "", meaning)
    if file == PLANS_TABLE and (plan := name.rpartition(": "))[0]:
        same = {"mean": "other_mean"}.get(plan[2], plan[2])
        if (found := OTHER.get(same)) is not None:
            return found._replace(label=f"{found.label} ({plan[0]})")
    known = file in RUN_TABLES or file.rpartition(".")[0] in SHARED or name in EVERYWHERE
    return OTHER.get(name) if known else None


PLANS_TABLE = "plans.csv"
"""Differences with plans as columns, each called ``PLAN: FIELD``."""

RUN_TABLES = ("", "runs.parquet", "points.parquet", "theory_runs.parquet", WEEKLY_TABLE)
"""Tables whose columns are outcomes or weekly series."""

SHARED = (
    "summary",
    "differences",
    "layers",
    "theories",
    "theories_doubt",
    "theory_indices",
    "paid_hours",
    "indices",
    "noise",
    "convergence",
)
"""Tables, whatever their ending, whose columns are those of `OTHER`."""

EVERYWHERE = ("scenario", "replicate", "week", "point", "outcome", "input")
"""Columns that mean the same in every table."""


def _of_a_run(name: str, file: str) -> Column | None:
    """Return the meaning of an outcome or a weekly series."""
    if name in WEEKLY and (name not in OUTCOMES or file == WEEKLY_TABLE):
        series = WEEKLY[name]
        return Column(series.label, series.unit, "", series.meaning)
    if name in REPORTED:
        outcome = REPORTED[name]
        missing = f", or {outcome.missing_when}" if outcome.missing_when else ""
        return Column(outcome.label, outcome.unit, f"the run failed{missing}", outcome.meaning)
    return None


def attributes(names: Iterable[str], table: str = "") -> dict[str, dict[str, str]]:
    """Return label, unit and missing rule of columns, as `DataFrame.attrs` holds them."""
    known = {name: found for name in names if (found := column(str(name), table)) is not None}
    return {  # frozen, because pandas copies all of it, deeply, with every part that is taken of a table
        "labels": FrozenDict({name: found.label for name, found in known.items()}),
        "units": FrozenDict({name: found.unit for name, found in known.items() if found.unit}),
        "missing": FrozenDict(
            {name: found.missing for name, found in known.items() if found.missing}
        ),
    }


def with_attributes(frame: pd.DataFrame, table: str = "") -> pd.DataFrame:
    """Add the labels, units and missing rules of its columns to a table's `attrs`; return it."""
    frame.attrs.clear()
    frame.attrs.update(attributes(map(str, frame.columns), table))
    return frame


def with_fields(schema: pa.Schema, table: str = "") -> pa.Schema:
    """Return a Parquet schema with the meaning of every field."""
    import pyarrow as pa

    fields = []
    for held in schema:
        found = column(held.name, table)
        said = {} if found is None else {k: v for k, v in found._asdict().items() if v}
        fields.append(held.with_metadata(said) if said else held)
    return pa.schema(fields)


def dictionary_of(files: Mapping[str, bytes | Path]) -> dict[str, bytes]:
    """Return the data dictionary of a folder's tables as a file, by its name.

    Parameters
    ----------
    files : mapping of str to (bytes or Path)
        Content by name, as `qisim.output.folder.write_folder` takes it.
    """
    rows = [
        (name, head, *(found or Column("")))
        for name, content in sorted(files.items())
        if name != DICTIONARY
        for head in _heads(name, content)
        for found in (column(head, name),)
    ]
    if not rows:
        return {}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file", "column", *Column._fields])
    writer.writerows(rows)
    return {DICTIONARY: text.getvalue().encode()}


def _heads(name: str, content: Any) -> list[str]:
    """Return the names of a table's columns."""
    if name.endswith(".parquet"):
        import pyarrow.parquet as pq

        try:
            with (
                io.BytesIO(content) if isinstance(content, bytes) else arrow_file(content) as source
            ):
                return list(pq.read_schema(source).names)
        except (OSError, ValueError):  # not a table
            return []
    if not name.endswith(".csv"):
        return []
    if isinstance(content, bytes):
        first = content.split(b"\n", 1)[0].decode("utf-8-sig")
    else:
        with content.open(encoding="utf-8-sig") as stream:
            first = stream.readline()
    return next(csv.reader([first]), [])
