"""The flow of a comparison: scenarios -> runs -> results.

Heavy libraries are loaded when they are needed, not when the file is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from qisim.comparison.collector import Collector
from qisim.design.ensemble import Ensemble, ensemble
from qisim.design.sites import Sites
from qisim.design.theories import describe_theories
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.model.theories import THEORIES
from qisim.output.manifest import study_digest
from qisim.runs.batch import Batch, batches
from qisim.runs.lifecycle import Lifecycle
from qisim.runs.looked import EARLIER, look, looks_before, question, remember
from qisim.runs.options import Options
from qisim.scenario.scenario import Scenario
from qisim.scenario.ward import ward_notes


class Presenter:
    """Draws with `qisim.comparison.report`, which takes a second to load and so waits until it is needed."""

    def plot(
        self, result: Any, name: str | None = None, *, ax: Any = None, width_mm: float | None = None
    ) -> Any:
        """Return one figure of the result, or draw it into axes and return these."""
        from qisim.comparison import report

        return report.plot(result, name, ax=ax, width_mm=width_mm)

    def caption(self, result: Any, name: str | None = None) -> str:
        """Return title and caption of one figure."""
        from qisim.comparison import report

        return report.caption(result, name)

    def pages(self, result: Any) -> Mapping[str, bytes]:
        """Return the figures and the report as files."""
        from qisim.comparison import report

        return report.pages(result)


def groups_of(over: Ensemble | None, like: Sites | None) -> int | None:
    """Return after how many replicates sets, or else sites, come round again; None where neither is."""
    if over is not None:
        return len(over.values)
    return None if like is None else like.number


class Study(Lifecycle):
    """A run or a comparison in progress.

    Parameters
    ----------
    kind : {"run", "compare"}
        Kind of study.
    form : type
        `qisim.output.result.Result` or `qisim.comparison.comparison.Comparison`.
    scenarios : dict of str to Scenario
        By name; the base of a comparison comes first.
    options : Options
        How they are run.
    settings : dict
        What else `form` takes.
    """

    def __init__(
        self, kind: str, form: Callable[..., Any], scenarios: dict[str, Scenario], options: Options,
        settings: dict[str, Any],
    ) -> None:  # fmt: skip
        super().__init__(options)
        self.kind, self.form, self.scenarios, self.settings = kind, form, scenarios, settings
        self.finished = {name: Collector() for name in scenarios}
        self.over: Ensemble | None = None
        if options.over is not None:
            self.over = ensemble(options.over).for_study(scenarios.values())
        self.under_theories: list[Any] = []
        self.looks: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.like: Sites | None = None
        if options.sites is not None:
            self.like = Sites(options.sites, options.seed).for_study(scenarios.values())

    def make(self) -> None:
        """Run every replicate of every scenario."""
        self.look_back()
        if self.settings.get("until_decided"):
            self._make_until_decided()
        else:
            self._make_part(0, self.options.replicates)
        if self.options.theories:
            self._make_under_theories()
        remember(self.questions(), self.options, self.planned_look)

    def _make_under_theories(self) -> None:
        """Make the same runs under every rival theory."""
        from qisim.comparison.theories import runs_under

        begun, total = self.done, self._total()

        def told(done: int) -> None:
            self.done = begun + done
            if self.options.progress is not None:
                self.options.progress(self.done, total)

        for name in THEORIES:
            self.under_theories.append(runs_under(name, self.scenarios, self.options, told))
            begun = self.done

    def _total(self) -> int:
        """Return how many runs there are in all."""
        theories = len(THEORIES) if self.options.theories else 0
        return self.options.replicates * len(self.scenarios) * (1 + theories)

    def _make_part(self, begin: int, end: int) -> None:
        """Run some replicates of every scenario."""
        options = self.options

        def work(size: int) -> Iterator[Batch]:
            return batches(self.scenarios, end, options.seed, size, self.over, begin, self.like)

        for answer in self.answers(work, end - begin, self._total()):
            self.finished[answer.batch.name].add(answer)

    def _make_until_decided(self) -> None:
        """Run from look to look, until all is settled or the last look is over."""
        from qisim.comparison.context import posts
        from qisim.comparison.matters import smallest_differences
        from qisim.comparison.sequential import looks
        from qisim.comparison.until_decided import looked_over

        planned, begin = looks(self.options.replicates), 0
        smallest = smallest_differences(self.settings["matters"])
        sizes = {name: posts(scenario.to_dict()) for name, scenario in self.scenarios.items()}
        sets = groups_of(self.over, self.like)
        for end in planned:
            self._make_part(begin, end)
            begin, runs = end, self._runs()
            if all(
                looked_over(runs, one, planned, smallest, sizes, sets, len(before))[0].finished
                for one, before in self.looks.items()
            ):
                return

    def _runs(self) -> Any:
        """Return the table of runs so far."""
        import pandas as pd

        from qisim.output.tables import runs_frame

        frames = []
        for name, one in self.finished.items():
            table = np.concatenate([*one.outcomes, np.empty((0, len(OUTCOMES)))])
            outcomes = dict(zip(OUTCOMES, table.T, strict=True))
            frames.append(runs_frame(name, one.replicates, outcomes, sorted(one.failures)))
        return pd.concat(frames, ignore_index=True)

    def grouped_runs(self, first: int = 0) -> Any:
        """Make the replicates from `first` on; return their table, with what groups them."""
        from qisim.comparison.layer_table import with_groups

        self._make_part(first, first + self.options.replicates)
        return with_groups(self._runs(), None if self.over is None else len(self.over), self.like)

    def put_together(self) -> Any:
        """Return the result of what is finished; None when nothing is."""
        if self.interrupted:
            shared = frozenset.intersection(*(one.done for one in self.finished.values()))
            self.finished = {name: one.only(shared) for name, one in self.finished.items()}
        if not any(one.done for one in self.finished.values()):
            return None
        resolved = {name: scenario.to_dict() for name, scenario in self.scenarios.items()}
        settings = dict(self.settings)
        if self.under_theories:
            settings["under_theories"] = self.under_theories
        return self.form(
            *self.tables(), resolved, self.manifest(), presenter=Presenter(), **settings
        )

    def tables(self) -> tuple[Any, Any]:
        """Return the table of runs and the table of weeks."""
        import pandas as pd

        from qisim.output.tables import weekly_frame

        weekly = []
        for name, one in self.finished.items():
            pages = one.weekly or [np.empty((1, len(WEEKLY), 0))]
            weekly.append(weekly_frame(name, one.replicates, np.concatenate(pages, axis=2)))
        return self._runs(), pd.concat(weekly, ignore_index=True)

    def pairs_asked(self) -> list[tuple[str, str]]:
        """Return the pairs of scenarios that are compared; none of a run."""
        from qisim.comparison.side_by_side import asked_pairs

        if self.kind != "compare":
            return []
        return asked_pairs(list(self.scenarios), self.settings.get("pairs", "base"))

    def look_back(self) -> None:
        """Read the earlier looks at each pair."""
        self.looks = looks_before(self.questions(), self.options, self.planned_look)

    def questions(self) -> dict[tuple[str, str], str]:
        """Return the digest of the question put to each pair of scenarios."""
        around = [None if one is None else one.to_dict() for one in (self.over, self.like)]
        return {
            (base, other): question([self.scenarios[name].digest for name in (base, other)], around)
            for base, other in self.pairs_asked()
        }

    @property
    def planned_look(self) -> dict[str, Any]:
        """The look that this study takes if it is completed."""
        return look(self.options, bool(self.settings.get("until_decided")))

    def looked(self) -> list[dict[str, Any]]:
        """Return the looks before this one, pair by pair; one that was stopped comes after the planned one."""
        planned = [self.planned_look] if self.interrupted else []
        found = [
            {"base": base, "other": other, "looks": [*before, *planned]}
            for (base, other), before in self.looks.items()
        ]
        return [one for one in found if one["looks"]]

    def manifest(self) -> dict[str, Any]:
        """Return the manifest as of now."""
        found = self.manifest_of(
            self.kind,
            {name: scenario.to_dict() for name, scenario in self.scenarios.items()},
            {name: scenario.digest for name, scenario in self.scenarios.items()},
            settings=self.settings,
            failures=[
                {"scenario": name, "replicate": replicate, "reason": reason}
                for name, one in self.finished.items()
                for replicate, reason in sorted(one.failures.items())
            ],
        )
        if looked := self.looked():
            found[EARLIER] = looked
        if notes := ward_notes(self.scenarios):
            found["ward_notes"] = notes
        if self.over is not None:
            found["over"] = self.over.to_dict()
        if self.like is not None:
            found["sites"] = self.like.to_dict()
        if self.options.theories:
            found["theories"] = describe_theories()
        found["study_digest"] = study_digest(found)
        return found
