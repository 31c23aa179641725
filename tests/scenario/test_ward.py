"""A ward file is the whole word on the ward, whatever wards the plans were made for."""

from __future__ import annotations

from pathlib import Path

import pytest

import qisim
from qisim.errors import ScenarioError
from qisim.scenario.fields import DEFAULTS
from qisim.scenario.scenario import load_in_ward
from qisim.scenario.ward import WARD_KEYS, in_ward, is_ward, ward_notes

SITE = """format = 1
[site]
units = 1
staff_per_unit = 30
[workforce]
staff_turnover = 0.30
"""


def plan(folder: Path, name: str, *extends: str, more: str = "") -> str:
    """Write a plan and return its path."""
    listed = ", ".join(f'"{one}"' for one in extends)
    (folder / name).write_text(f"format = 1\nextends = [{listed}]\n{more}")
    return str(folder / name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "site.toml").write_text(SITE)
    return tmp_path


def test_two_plans_in_one_ward_file_share_all_that_is_the_wards(folder: Path) -> None:
    own = qisim.load(plan(folder, "a.toml", "internal", "site.toml"))  # home care: contact 0.8
    other = qisim.load(plan(folder, "b.toml", "blended", "site.toml"))  # nursing home: contact 1
    assert [own[key] for key in WARD_KEYS] == [other[key] for key in WARD_KEYS]
    assert own["contact"] == DEFAULTS["social.contact"] != qisim.load("internal")["contact"]
    assert own["staff_turnover"] == 0.30


def test_what_the_ward_file_leaves_out_is_said_with_its_default(folder: Path) -> None:
    own = qisim.load(plan(folder, "a.toml", "internal", "site.toml"))
    (note,) = ward_notes({"a": own})
    assert "social.contact = 1" in note and note.startswith("The ward file of a leaves out")
    assert ward_notes({"internal": qisim.load("internal")}) == []


@pytest.mark.parametrize("key", [
    "site.readiness", "site.baseline", "site.unit_spread", "leadership.hours_granted", "social.contact",
])  # fmt: skip
def test_what_a_place_is_like_is_the_wards(key: str) -> None:
    assert is_ward(key)


def test_what_becomes_of_a_practice_is_assumed_alike_everywhere() -> None:
    assert not any(is_ward(key) for key in DEFAULTS if key.startswith(("fates.", "use.")))


def test_the_order_in_extends_does_not_decide_about_the_ward(folder: Path) -> None:
    after = qisim.load(plan(folder, "a.toml", "internal", "site.toml"))
    before = qisim.load(plan(folder, "b.toml", "site.toml", "internal"))
    assert after.digest == before.digest


def test_what_a_plan_of_ones_own_says_of_the_ward_counts(folder: Path) -> None:
    busy = plan(folder, "a.toml", "internal", "site.toml", more="[social]\ncontact = 0.3\n")
    assert qisim.load(busy)["contact"] == 0.3


def test_a_shipped_stress_case_keeps_its_stress(folder: Path) -> None:
    (folder / "site.toml").write_text(SITE.partition("[workforce]")[0])
    hard = qisim.load(plan(folder, "a.toml", "stress-high-turnover", "site.toml"))
    assert hard["staff_turnover"] == qisim.load("stress-high-turnover")["staff_turnover"]
    assert hard["contact"] == DEFAULTS["social.contact"]


def test_without_a_ward_file_nothing_changes(folder: Path) -> None:
    alone = qisim.load(plan(folder, "a.toml", "internal", more="[site]\nstaff_per_unit = 30\n"))
    assert alone["contact"] == qisim.load("internal")["contact"] == 0.8


def test_a_ward_file_can_be_laid_under_shipped_programmes(folder: Path) -> None:
    site = folder / "site.toml"
    wards = [load_in_ward(name, site) for name in ("external", "internal", "blended")]
    assert len({tuple(ward[key] for key in WARD_KEYS) for ward in wards}) == 1
    assert [ward["staff_per_unit"] for ward in wards] == [30, 30, 30]
    assert load_in_ward("internal", site, {"contact": 0.5})["contact"] == 0.5
    assert wards[0].name == "external"


def test_laid_under_it_loses_to_a_plan_of_ones_own(folder: Path) -> None:
    own = plan(folder, "a.toml", "internal", more="[workforce]\nstaff_turnover = 0.5\n")
    assert load_in_ward(own, folder / "site.toml")["staff_turnover"] == 0.5


@pytest.mark.parametrize("text", ["format = 1\n", SITE + "[programme]\nlength_weeks = 30\n"])
def test_what_is_no_ward_file_is_refused(folder: Path, text: str) -> None:
    (folder / "site.toml").write_text(text)
    with pytest.raises(ScenarioError, match="is not a ward file"):
        load_in_ward("internal", folder / "site.toml")


def test_a_mapping_cannot_be_put_into_a_ward() -> None:
    with pytest.raises(ScenarioError, match="no ward file can be placed under it"):
        load_in_ward({"extends": "internal"}, "site.toml")


def test_a_shared_ward_holds_for_every_scenario_that_is_read_and_no_longer(folder: Path) -> None:
    before = qisim.load("internal")
    with in_ward(folder / "site.toml"):
        one, other = qisim.load("internal"), qisim.load("external")
        assert qisim.load({"extends": "internal"})["staff_per_unit"] == before["staff_per_unit"]
    assert [one[key] for key in WARD_KEYS] == [other[key] for key in WARD_KEYS]
    assert one["staff_per_unit"] == 30 and one["leader_hours"] == before["leader_hours"]
    assert qisim.load("internal").digest == before.digest
    with in_ward(None):
        assert qisim.load("internal").digest == before.digest
    with pytest.raises(ScenarioError, match="no file has this name"), in_ward(folder / "none.toml"):
        qisim.load("internal")


def test_every_verb_of_python_puts_its_scenarios_into_one_ward(folder: Path) -> None:
    """A study, an analysis, a problem for other tools and a question: one keyword for all."""
    from qisim.decide.flip import flip

    site, quick = folder / "site.toml", {"replicates": 1, "store": folder / "store"}
    pair = ("external", "internal")
    study = {
        "scenarios": list(pair),
        "vary": ["tool.fit"],
        "design": {"method": "latin", "samples": 2},
    }
    swept = qisim.sweep(study, site=site, **quick)
    analysed = qisim.sensitivity(*pair, vary=["tool.fit"], samples=8, site=site, **quick)
    asked = flip(*pair, vary=["tool.fit"], site=site, **quick)
    problem = qisim.problem(*pair, vary="tool.fit", site=site)
    for held in (swept.manifest, analysed.manifest, asked.manifest):
        wards = [one["site"] | one["social"] for one in held["scenarios"].values()]
        assert wards[0] == wards[1]
        assert (wards[0]["staff_per_unit"], wards[0]["contact"]) == (30, DEFAULTS["social.contact"])
    one, other = problem["plan"].scenarios.values()
    assert [one[key] for key in WARD_KEYS] == [other[key] for key in WARD_KEYS]
    assert qisim.load("internal")["staff_per_unit"] != 30  # nothing of it stays behind


def test_what_cannot_be_put_into_a_ward_file_is_refused_by_every_verb(folder: Path) -> None:
    from qisim.decide.flip import flip

    held, site = qisim.load("external"), folder / "site.toml"
    for call in (
        lambda: qisim.sweep({"scenarios": [held], "vary": ["tool.fit"]}, site=site),
        lambda: qisim.sensitivity(held, site=site),
        lambda: qisim.problem("external", held, site=site),
        lambda: flip("external", other=held, site=site),
    ):
        with pytest.raises(ScenarioError, match="no ward file can be placed under it"):
            call()


def test_name_and_title_are_the_plans_and_not_the_wards(folder: Path) -> None:
    (folder / "site.toml").write_text(f'name = "ward"\ntitle = "Our ward"\n{SITE}')
    placed = load_in_ward("internal", folder / "site.toml")
    shipped = qisim.load("internal")
    assert (placed.name, placed.title) == (shipped.name, shipped.title)
    assert placed["staff_per_unit"] == 30
