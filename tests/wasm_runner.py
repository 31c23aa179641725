"""Runs the page's module as a page does, in wasmtime: writes a scenario into its memory, calls it, reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import wasmtime

from qisim.engines import wasm
from qisim.engines import wasm_desk as desk_of
from qisim.model.calendar import ACTIVITY_KINDS, AUDIENCES, INVITED, LED_BY, DemandSurge
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.scenario.scenario import Scenario

BASE = wasm.STACK


class Module:
    """One instance of the module with its memory."""

    def __init__(self, code: bytes) -> None:
        engine = wasmtime.Engine()
        self.store = wasmtime.Store(engine)
        compiled = wasmtime.Module(engine, code)
        self.memory = wasmtime.Memory(self.store, wasmtime.MemoryType(wasmtime.Limits(64, None)))
        kind = wasmtime.GlobalType(wasmtime.ValType.i32(), True)
        stack = wasmtime.Global(self.store, kind, wasmtime.Val.i32(wasm.STACK))
        given = {"__linear_memory": self.memory, "__stack_pointer": stack}
        needed = [given[one.name] for one in compiled.imports]
        self.exports = wasmtime.Instance(self.store, compiled, needed).exports(self.store)

    def bytes(self) -> Any:
        """Return the memory; after growth it is another."""
        raw = self.memory.get_buffer_ptr(self.store)
        return np.ctypeslib.as_array(raw, shape=(self.memory.data_len(self.store),))

    def table(self, at: int, kind: Any, rows: int = 1) -> Any:
        """Return rows at an address."""
        kind = np.dtype(kind)
        return self.bytes()[at : at + rows * kind.itemsize].view(kind)

    def call(self, name: str) -> None:
        """Call an entry."""
        self.exports[name](self.store, BASE)

    @property
    def desk(self) -> Any:
        """Return the desk."""
        return self.table(BASE, desk_of.DESK)[0]

    def lay_out(self, scenario: Scenario, seed: int) -> None:
        """Ask for a scenario; let the module write its tables."""
        desk, choices = self.desk, scenario.choices
        desk["seed"], desk["target"], desk["lead"] = (
            seed, desk_of.TARGET[choices["programme.target"]], desk_of.LEAD[choices["programme.lead"]],
        )  # fmt: skip
        desk["line_count"], desk["event_count"] = len(scenario.activities), len(scenario.events)
        values = self.table(
            BASE + desk_of.VALUES_PLACE, np.float64, len(desk_of.KEYS) * desk_of.LANES
        )
        values.reshape(-1, desk_of.LANES)[:] = np.array(
            [float(scenario.values[key]) for key in desk_of.KEYS]
        )[:, None]
        lines = self.table(BASE + desk_of.LINES_PLACE, desk_of.LINE, len(scenario.activities))
        for number, one in enumerate(scenario.activities):
            given = (one.every, one.until, one.places, one.protected)
            every, until, places, protected = (-1.0 if value is None else value for value in given)
            lines[number] = (
                ACTIVITY_KINDS.index(one.kind), one.week, every, until, one.hours,
                AUDIENCES.index(one.audience), INVITED.index(one.who), LED_BY.index(one.led_by),
                places, protected,
            )  # fmt: skip
        events = self.table(BASE + desk_of.EVENTS_PLACE, desk_of.EVENT, len(scenario.events))
        for number, event in enumerate(scenario.events):
            if isinstance(event, DemandSurge):
                events[number] = (1.0, event.from_week, event.until_week, 0.0, event.factor)
            else:
                kind = 2.0 if event.kind == "champion_leaves" else 0.0
                events[number] = (kind, event.week, 0.0, event.unit or 0.0, 0.0)
        self.call("place")
        lacking = int(self.desk["end"]) - self.memory.data_len(self.store)
        if lacking > 0:
            self.memory.grow(self.store, -(-lacking // 65536))
        self.call("prepare")

    def run(self, replicates: Sequence[int], weeks: int) -> tuple[Any, Any, dict[str, Any]]:
        """Run up to 16 replicates; return weekly series, adopters and outcomes, as Python has them."""
        lanes = desk_of.LANES
        numbers = self.table(int(self.desk["at_replicates"]), np.uint64, lanes)
        numbers[:] = [*replicates, *[replicates[-1]] * (lanes - len(replicates))]
        self.call("run")
        desk, used = self.desk, len(replicates)
        weekly = self.table(int(desk["at_weekly"]), np.float64, weeks * len(WEEKLY) * lanes)
        adopters = self.table(int(desk["at_adopters"]), np.float64, lanes)
        found = self.table(int(desk["at_outcomes"]), np.float64, len(OUTCOMES) * lanes)
        rows = found.reshape(-1, lanes)[:, :used].copy()
        return (
            weekly.reshape(weeks, len(WEEKLY), lanes)[:, :, :used].copy(),
            adopters[:used].copy(),
            dict(zip(OUTCOMES, rows, strict=True)),
        )
