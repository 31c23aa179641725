"""Output that carries its meaning: dictionaries, fields, attributes, labelled arrays, a crate, a paragraph."""

import csv
import io
import json

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from crates import crate_in
from dictionaries import unexplained
from studies import study
from worlds import small

import qisim
from qisim.errors import InputError, QisimError, StoreError
from qisim.model.outcomes import OUTCOMES, WEEKLY
from qisim.output import xarray_form
from qisim.output.crate import CRATE
from qisim.output.dictionary import Column, column, dictionary_of
from qisim.output.file_bytes import parquet_bytes


@pytest.fixture(scope="module")
def paired():
    other = small({"workload.pressure": 1.2})
    return qisim.compare(small(), other, replicates=4)


@pytest.fixture(scope="module")
def saved(paired, tmp_path_factory):
    return paired.save(tmp_path_factory.mktemp("out") / "first")


# --- tables ---------------------------------------------------------------------------------------


def test_every_column_of_every_table_is_in_the_dictionary(saved):
    """Those of questions, and of other studies, are looked at with their own tests."""
    assert unexplained(saved) == []


def test_fields_of_parquet_say_what_they_mean(saved):
    schema = pq.read_schema(saved / "runs.parquet")
    said = {k.decode(): v.decode() for k, v in schema.field("weeks_to_half").metadata.items()}
    assert said["unit"] == "weeks" and said["label"] == OUTCOMES["weeks_to_half"].label
    assert "half was never reached" in said["missing"]
    weekly = pq.read_schema(saved / "weekly.parquet").field("leavers").metadata
    assert weekly[b"meaning"].decode() == WEEKLY["leavers"].meaning
    assert pd.read_parquet(saved / "runs.parquet").columns[0] == "scenario"


def test_tables_in_memory_say_it_too(paired):
    for frame in (paired.runs, paired.weekly, paired.summary(), paired.differences()):
        assert {"labels", "units", "missing"} <= set(frame.attrs)
        assert set(frame.attrs["labels"]) == set(frame.columns)
    assert paired.runs.attrs["units"]["programme_hours"] == "hours"
    assert paired.weekly.attrs["units"]["adoption"] == "share"


def test_a_field_of_one_table_alone_says_what_it_means():
    table = "posterior.parquet"
    content = parquet_bytes(pd.DataFrame({"weight": [1.0]}), table)
    field = pq.read_schema(io.BytesIO(content)).field("weight")
    assert field.metadata[b"label"].decode() == column("weight", table).label


def test_a_name_that_two_tables_share_means_what_the_table_holds():
    outcome, series = column("leavers"), column("leavers", "weekly.parquet")
    assert outcome.label == OUTCOMES["leavers"].label and "failed" in outcome.missing
    assert series.label == WEEKLY["leavers"].label and series.missing == ""


def test_a_dictionary_is_plain_csv_and_passes_over_what_is_no_table():
    files = {
        "a.csv": b"scenario,tool.fit,odd\n1,2,3\n",
        "b.parquet": b"no table",
        "c.png": b"x,y\n",
    }
    (content,) = dictionary_of(files).values()
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert [row["column"] for row in rows] == ["scenario", "tool.fit", "odd"]
    assert rows[1]["meaning"] and rows[2]["label"] == ""
    assert dictionary_of({"c.png": b"x,y\n"}) == {}


@pytest.mark.parametrize("name", [*OUTCOMES, *WEEKLY])
def test_every_outcome_and_series_has_a_label_a_unit_and_a_meaning(name):
    found = column(name)
    assert isinstance(found, Column) and found.label and found.unit and found.meaning


# --- labelled arrays ------------------------------------------------------------------------------


def test_labelled_arrays_hold_the_same_numbers_with_units(paired):
    pytest.importorskip("xarray")
    data = paired.to_xarray()
    assert dict(data.sizes) == {"scenario": 2, "replicate": 4, "week": 30}
    for scenario in paired.scenarios:
        rows = paired.runs[paired.runs["scenario"] == scenario].set_index("replicate")
        for name in OUTCOMES:
            got = data[name].sel(scenario=scenario).to_numpy()
            np.testing.assert_array_equal(got, rows[name].to_numpy())
        week = paired.weekly.query("scenario == @scenario and week == 7")["use"]
        np.testing.assert_array_equal(data["weekly_use"].sel(scenario=scenario, week=7), week)
    assert data["programme_hours"].attrs["units"] == "h"
    assert data["weekly_adoption"].attrs["long_name"] == WEEKLY["adoption"].label
    assert data.attrs["study_digest"] == paired.manifest["study_digest"]


def test_without_xarray_it_says_what_to_install(paired, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xarray", None)
    with pytest.raises(QisimError, match=r"qisim\[xarray\]"):
        paired.to_xarray()
    assert xarray_form.UNITS["hours"] == "h"


# --- the crate ------------------------------------------------------------------------------------


def test_the_crate_describes_every_file_and_the_run(saved):
    assert crate_in(saved)["#qisim"]["softwareVersion"] == qisim.__version__


@pytest.mark.parametrize("verb", ["run", "sweep", "calibrate"])
def test_the_crate_of_every_study_does(verb, tmp_path):
    """Those of questions, and of what moved, are looked at with their own tests."""
    counts, out = tmp_path / "counts.csv", tmp_path / "out"
    counts.write_text("week,using,in_post\n2,1,10\n6,3,10\n10,4,10\n16,5,10\n")
    if verb == "run":
        qisim.run(small(), replicates=2, out=out)
    elif verb == "sweep":
        qisim.sweep(study(design={"samples": 2}, runs={"replicates": 1}), out=out)
    else:
        qisim.calibrate(small(), counts, samples=2000, checks=0, out=out)
    assert crate_in(out)["./"]["name"].startswith(f"qisim {verb}: ")
    assert unexplained(out) == []


def test_a_crate_is_no_part_of_what_is_compared_or_damaged(saved):
    assert CRATE not in json.loads((saved / "manifest.json").read_text())["files"]


# --- the paragraph --------------------------------------------------------------------------------


def test_the_paragraph_says_what_it_takes_to_do_it_again(paired, saved):
    text = qisim.cite(paired)
    assert f"qisim {qisim.__version__}" in text and "seed 1" in text and "4 replicates" in text
    assert all(digest in text for digest in paired.manifest["digests"].values())
    assert paired.manifest["study_digest"] in text and "no effect of any size" in text
    assert (paired.manifest["qisim_commit"] or "") in text
    base, other = paired.scenarios
    assert f"{other} was compared with {base}" in text
    assert qisim.cite(saved) == text == qisim.cite(str(saved))
    assert "\n" not in text


def test_the_paragraph_names_what_is_not_as_usual(paired):
    made = qisim.run(small(), replicates=2)
    text = qisim.cite(made)
    assert "was simulated" in text and "left out" not in text
    odd = {**made.manifest, "interrupted": True, "failures": [{"replicate": 1}],
           "over": {"name": "acceptable", "keys": ["a"], "values": [[1], [2]]}}  # fmt: skip
    made.manifest = odd
    text = qisim.cite(made)
    assert (
        "1 runs failed" in text
        and "stopped before its end" in text
        and "2 sets of 1 strengths" in text
    )


@pytest.mark.parametrize("wrong", [None, 5, pd.DataFrame(), qisim.load("external")])
def test_what_is_no_result_has_no_paragraph(wrong):
    with pytest.raises(InputError, match="is not a result of qisim"):
        qisim.cite(wrong)


def test_a_folder_without_a_manifest_has_no_paragraph(tmp_path):
    with pytest.raises(StoreError, match="is not a folder of qisim"):
        qisim.cite(tmp_path)


# --- in a notebook --------------------------------------------------------------------------------


def test_a_result_is_shown_in_a_line_or_on_a_card(paired):
    alone = qisim.run(small(), replicates=3)
    for one, number in ((paired, 4), (alone, 3)):
        line, html = repr(one), one._repr_html_()
        assert len(line) < 250 and f"{number} replicates, seed 1" in line
        assert (
            one.manifest["study_digest"][:12] in line and one.manifest["study_digest"][:12] in html
        )
        assert len(html) < 4000
    verdict = paired.differences().set_index("outcome").loc["adoption_mean", "verdict"]
    assert verdict in paired._repr_html_()
    assert "5th to 95th percentile" in alone._repr_html_()


def test_every_kind_of_result_is_shown_in_a_line_or_on_a_card(tmp_path):
    vary = ["tool.fit", {"parameter": "programme.target", "values": ["staff", "both"]}]
    swept = qisim.sweep(
        {"scenarios": small(), "vary": vary, "design": {"method": "latin", "samples": 4},
         "runs": {"replicates": 2}}, store=tmp_path,
    )  # fmt: skip
    found = qisim.sensitivity(
        small(), vary=["tool.fit", "workload.pressure"], samples=64, replicates=2, store=tmp_path
    )
    for one in (swept, found):
        line, html = repr(one), one._repr_html_()
        assert len(line) < 250 and "\n" not in line and one.manifest["study_digest"][:12] in line
        assert len(html) < 6000 and "seed" in html
        assert one.manifest["digests"][next(iter(one.manifest["scenarios"]))] in qisim.cite(one)
        with pytest.raises(TypeError, match="cannot be changed in place"):
            one.manifest["seed"] = 2
    assert "tool.fit" in found._repr_html_() and "settled" in found._repr_html_()
    assert "4 points" in repr(swept)


def test_a_sweep_has_labelled_arrays_with_its_inputs(tmp_path):
    pytest.importorskip("xarray")
    target = {"parameter": "programme.target", "values": ["staff", "both"]}
    study = {"scenarios": [small(), small(name="other")], "vary": ["tool.fit", target],
             "design": {"method": "factorial", "levels": 2}, "runs": {"replicates": 3}}  # fmt: skip
    swept = qisim.sweep(study, store=tmp_path)
    data = swept.to_xarray()
    assert dict(data.sizes) == {"scenario": 2, "point": 4, "replicate": 3}
    assert data["programme.target"].to_numpy().tolist() == ["staff", "both"] * 2
    np.testing.assert_array_equal(data["tool.fit"], swept.runs.points[:, 0])
    np.testing.assert_array_equal(data["leavers"][1], swept.runs.values("leavers", "other"))
    assert (data["status"] == "ok").all() and data["leavers"].attrs["long_name"]


def test_a_model_is_shown_where_it_stands():
    model = qisim.CareUnit(small(), seed=3, replicate=2)
    assert "week 0 of 30, seed 3, replicate 2" in repr(model)
    model.step()
    assert "week 1 of 30" in repr(model) and len(repr(model)) < 200
    html = model._repr_html_()
    assert WEEKLY["adoption"].label in html and len(html) < 3000


def test_a_word_of_another_table_is_not_taken_for_an_outcome():
    rows = dictionary_of({"patterns.csv": b"pattern,use,low\n", "parts.csv": b"part,use,mean\n"})
    told = pd.read_csv(io.BytesIO(rows["dictionary.csv"]), keep_default_na=False)
    told = told.set_index(["file", "column"])["label"]
    assert told["patterns.csv", "use"] == "Use" and told["patterns.csv", "low"] == "Lower end"
    assert told["parts.csv", "use"] == told["parts.csv", "mean"] == ""
    assert column("use", "weekly.parquet").label == WEEKLY["use"].label
