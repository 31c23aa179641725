"""What list, show and factors print, for people and as data."""

from __future__ import annotations

import json

import pytest

from qisim import load
from qisim.cli import listing_text
from qisim.errors import InputError
from qisim.model.evidence import FINDINGS, PLAIN_WORDS
from qisim.model.parameters import PARAMETERS
from qisim.scenario.fields import CHOICES, KEYS
from qisim.scenario.scenario import shipped


def strict(data: object) -> object:
    """Return data after a way through strict JSON."""
    return json.loads(json.dumps(data, allow_nan=False))


# --- list -----------------------------------------------------------------------------------------


def test_list_has_a_line_for_every_shipped_scenario() -> None:
    lines = listing_text.shipped_text().split("\n")
    assert [line.split()[0] for line in lines] == list(shipped())
    assert all(load(line.split()[0]).title in line for line in lines)
    assert len({line.index(load(line.split()[0]).title) for line in lines}) == 1  # one column


def test_list_as_data_has_digests() -> None:
    rows = listing_text.shipped_data()
    assert strict(rows) == rows
    assert {row["name"]: row["digest"] for row in rows} == {
        name: load(name).digest for name in shipped()
    }


# --- show -----------------------------------------------------------------------------------------


def test_show_has_every_value_with_range_origin_and_basis() -> None:
    scenario = load("internal", pressure=1.1)
    text = listing_text.scenario_text(scenario)
    section, lines = "", {}
    for line in text.split("\n"):
        section = line.strip("[]") if line.startswith("[") else section
        if line.startswith("  "):
            lines.setdefault(f"{section}.{line.split()[0]}", line)
    for key in KEYS:
        cells = lines[key]
        about = CHOICES.get(key) or PARAMETERS[key]
        assert f"[{KEYS[key].allowed}]" in cells
        assert about.meaning in cells
        assert scenario.origins[key] in cells
        for source in getattr(about, "sources", ()):
            assert source in cells
    assert "override" in lines["workload.pressure"]
    assert "1.1" in lines["workload.pressure"]
    assert scenario.digest in text


def test_show_has_calendar_and_events() -> None:
    text = listing_text.scenario_text(load("stress-leader-leaves"))
    assert "kind leader_leaves" in text
    bare = listing_text.scenario_text(load({}))
    assert "none" in bare[bare.index("\nactivities") :]


def test_show_as_data_is_the_scenario() -> None:
    scenario = load("internal", pressure=1.1)
    data = listing_text.scenario_data(scenario)
    assert strict(data) == data
    assert {key: row["value"] for key, row in data["values"].items()} == (
        {**scenario.values, **scenario.choices}
    )
    row = data["values"]["workload.pressure"]
    assert (row["value"], row["default"], row["set_in"]) == (1.1, 1.0, "override")
    assert row["rests_on"] == list(PARAMETERS["workload.pressure"].sources)
    again = {key: row["value"] for key, row in data["values"].items()}
    lists = {"activities": data["activities"], "events": data["events"]}
    assert load({}, {**again, **lists}).digest == scenario.digest == data["digest"]


# --- factors --------------------------------------------------------------------------------------


def test_factors_lists_nineteen_with_kind_and_certainty() -> None:
    text = listing_text.factors_text()
    assert len(FINDINGS) == 19
    assert " ".join(PLAIN_WORDS.split()) in " ".join(text.split())
    for found in FINDINGS.values():
        (line,) = [line for line in text.split("\n") if line.startswith(f"{found.name}  ")]
        for word in (found.kind, found.seen, found.certainty, found.key):
            assert word in line


@pytest.mark.parametrize("name", FINDINGS)
def test_factors_tells_all_about_one(name: str) -> None:
    found = FINDINGS[name]
    text = listing_text.factors_text(found.name)
    assert found.mechanism in text
    assert all(rule in text for rule in found.rules)
    assert all(p.key in text for p in found.parameters)
    data = listing_text.factors_data(found.name)
    assert strict(data) == data
    assert set(found.sources) - {"assumption"} <= set(data["sources"])


def test_an_unknown_factor_is_told_with_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        listing_text.factors_text("worklaod")
    assert caught.value.problems[0].nearest == "workload"


def test_factors_as_data_has_every_source_it_names() -> None:
    data = listing_text.factors_data()
    assert strict(data) == data
    named = {source for row in data["factors"] for source in row["sources"]} - {"assumption"}
    assert named <= set(data["sources"])
    assert all(row for row in data["sources"].values())
