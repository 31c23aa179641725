"""The report for whoever decides: made of finished folders, and every number of its prose in a table."""

import json
import re
from html.parser import HTMLParser
from shutil import copytree

import pandas as pd
import pytest
from worlds import small

import qisim
from qisim.cli.main import exit_code
from qisim.decide.explain import explain
from qisim.decide.report import answer, comparison_of, finding_of, page, report, shortened
from qisim.decide.report_words import Words
from qisim.errors import InputError, StoreError
from qisim.model.parameters import PARAMETERS

NUMBER = re.compile(r"\d[\d.,]*\d|\d")


def two(**more):
    return small(), small({"name": "other", "workload.pressure": 1.2, **more})


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    place = tmp_path_factory.mktemp("report")
    qisim.compare(*two(), replicates=12, out=place / "plans")
    explain(two()[0], two()[1], replicates=12, out=place / "why")
    return place


@pytest.fixture(scope="module")
def text(folders):
    return report(folders / "plans", [folders / "why"]).read_text(encoding="utf-8")


class Reader(HTMLParser):
    """Takes a page apart: text of cells, of list items and answers, of headings, and what it loads."""

    def __init__(self, text):
        super().__init__()
        self.open, self.cells, self.prose, self.headings, self.loads = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.loads += [given[key] for key in ("src", "href") if key in given]
        if tag not in ("meta", "img", "br", "link"):
            self.open.append((tag, given.get("class", "")))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tags = [tag for tag, _ in self.open]
        if "td" in tags or "th" in tags:
            self.cells.append(data)
        elif any(css in ("answer", "more") for _, css in self.open) or (
            "li" in tags and "code" not in tags
        ):
            self.prose.append(data)
        if tags and tags[-1] in ("h1", "h2", "h3"):
            self.headings.append(tags[-1])


def test_every_number_of_the_first_page_stands_in_a_table_of_it_or_of_the_folders(text, folders):
    first, _, _ = text.partition("</article>")
    page = Reader(text)
    known = {number for cell in page.cells for number in NUMBER.findall(cell)}
    # how many numbers of the model are assumptions is no result; and a ward is named by its values
    own = [line for line in Reader(first).prose if "assumptions" not in line and "ward" not in line]
    for line in own:
        assert set(NUMBER.findall(line)) <= known | {"10"}, line


def test_the_key_table_is_that_of_the_folder(text, folders):
    row = (
        pd.read_csv(folders / "plans" / "differences.csv")
        .set_index("outcome")
        .loc["adoption_final"]
    )
    cells = Reader(text).cells
    place = cells.index("Routine use, last week")
    assert cells[place + 1] == f"{100 * row['base_mean']:.1f} %"
    assert cells[place + 2] == f"{100 * row['other_mean']:.1f} %"
    difference = f"{100 * row['difference']:+.1f} points".replace("-", "−")
    assert cells[place + 3].lstrip("+") == difference.lstrip("+")


def test_the_page_asks_nothing_of_any_host_and_its_headings_are_in_order(text):
    page = Reader(text)
    assert page.loads
    assert all(one.startswith("data:") for one in page.loads)
    levels = [int(tag[1]) for tag in page.headings]
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:]))


def test_what_was_asked_is_there_and_what_was_not_is_named(text):
    assert "What makes the difference" in text
    assert "qisim flip small other --out DIR" in text
    assert "qisim explain small other --out DIR" not in text


def test_it_runs_nothing_and_leaves_the_folder_whole(folders, monkeypatch):
    from qisim.output.folder import damaged_files
    from qisim.runs import executor

    monkeypatch.setattr(executor, "simulate", None)
    first = report(folders / "plans").read_bytes()
    assert report(folders / "plans").read_bytes() == first
    assert damaged_files(folders / "plans") == []


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.01, 0.02, "other and small leave as many staff"),
        (0.04, 0.09, "other leaves more staff"),
        (-0.09, -0.04, "small leaves more staff"),
        (-0.09, 0.04, "cannot be told yet"),
    ],
)
def test_nobody_is_ahead_where_the_whole_interval_is_too_little_to_matter(folders, low, high, said):
    compared = comparison_of(folders / "plans")
    table = compared.differences()
    rows = {row["outcome"]: row for row in table.to_dict("records")}
    rows["adoption_final"] |= {
        "low": low, "high": high, "difference": (low + high) / 2, "matters": 0.05
    }  # fmt: skip
    assert said in answer(compared, "other", rows)["lead"]


def test_a_long_table_keeps_its_first_rows_and_its_last_and_says_where_the_others_are():
    cells = [[f"{row}"] for row in range(20)]
    found = shortened({"cells": cells, "caption": "A table."}, "tried")
    assert [row for [row] in found["cells"]] == [*(f"{row}" for row in range(15)), "19"]
    assert found["caption"] == "A table."
    assert found["left"] == "4 rows between them stand in tried.csv and report.html of the folder."
    assert Words("nb")(found["left"]).startswith("4 rader imellom står i tried.csv")
    assert shortened({"cells": cells[:16], "caption": ""}, "tried")["left"] == ""


def test_kroner_stand_in_the_table_of_plans_that_have_prices(tmp_path, text):
    prices = dict.fromkeys(("staff", "leader", "facilitator", "cover"), 500.0)
    one, other = two(prices=prices)
    qisim.compare(one.replace({"prices": prices}), other, replicates=4, out=tmp_path / "out")
    assert "Kroner in all" in report(tmp_path / "out").read_text(encoding="utf-8")
    assert "Kroner in all" not in text


def test_several_others_are_columns(tmp_path):
    third = small({"name": "third", "tool.fit": 0.9})
    qisim.compare(*two(), third, replicates=6, out=tmp_path / "three")
    text = report(tmp_path / "three", to=tmp_path / "page.html").read_text(encoding="utf-8")
    assert "third less small" in text
    assert "other less small" in text
    assert text.count('class="answer"') == 2


def test_a_folder_of_another_sort_or_about_others_is_refused(folders, tmp_path):
    qisim.run(small(), replicates=2, out=tmp_path / "run")
    with pytest.raises(InputError, match=r"not a comparison.*report\.html"):
        report(tmp_path / "run")
    with pytest.raises(InputError, match="no report takes in"):
        report(folders / "plans", [folders / "plans"])
    explain(*two(**{"tool.fit": 0.9}), replicates=6, out=tmp_path / "why")
    with pytest.raises(InputError, match="does not hold as it is there"):
        report(folders / "plans", [tmp_path / "why"])
    with pytest.raises(StoreError, match="not a folder of qisim"):
        report(tmp_path / "none")


def test_a_folder_that_was_changed_since_is_refused(folders, tmp_path):
    explain(*two(), replicates=6, out=tmp_path / "why")
    (tmp_path / "why" / "parts.csv").write_text("part,shapley\n", encoding="utf-8")
    with pytest.raises(StoreError, match=r"parts\.csv"):
        report(folders / "plans", [tmp_path / "why"])


def test_a_comparison_that_was_changed_since_is_refused(folders, tmp_path):
    for number, name in enumerate(("differences.csv", "summary.csv", "manifest.json")):
        out = copytree(folders / "plans", tmp_path / str(number))
        if name == "manifest.json":
            held = json.loads((out / name).read_text(encoding="utf-8"))
            held["scenarios"]["other"]["workload"]["pressure"] = 1.9
            (out / name).write_text(json.dumps(held), encoding="utf-8")
        else:
            (out / name).write_text("outcome,difference\n", encoding="utf-8")
        with pytest.raises(StoreError, match=name.replace(".json", "").replace(".", r"\.")):
            report(out)


def test_norwegian_lacks_no_word_and_has_the_same_numbers(folders, tmp_path, text):
    compared = comparison_of(folders / "plans")
    say = Words("nb")
    norwegian = page(compared, [finding_of(folders / "why", compared)], say).decode()
    assert say.missing == []
    assert '<html lang="nb">' in norwegian
    assert "Hva forskjellen kommer av" in norwegian
    english, other = (
        [NUMBER.findall(cell) for cell in Reader(one).cells] for one in (text, norwegian)
    )
    digits = [
        ["".join(filter(str.isdigit, "".join(cell))) for cell in one] for one in (english, other)
    ]
    assert digits[0] == digits[1]
    first = Reader(norwegian.partition("</article>")[0])
    known = {number for cell in Reader(norwegian).cells for number in NUMBER.findall(cell)}
    for line in first.prose:
        if "antakelser" not in line and "avdeling" not in line:
            assert set(NUMBER.findall(line)) <= known | {"10"}, line


def test_a_language_that_it_does_not_speak_is_refused(folders, capsys):
    assert exit_code(["report", str(folders / "plans"), "--language", "no"]) == 2
    assert "en | nb" in capsys.readouterr().err


def test_the_usual_value_of_a_setting_names_its_source(text):
    rows = text[text.index("<code>workload.pressure</code>") :]
    row = Reader(f"<table><tr><th>{rows[: rows.index('</tr>')]}</tr></table>").cells
    assert row[-1].strip() == " ".join(PARAMETERS["workload.pressure"].sources)


def test_the_command_says_where_it_wrote(folders, capsys, tmp_path):
    target = tmp_path / "page.html"
    assert exit_code(["report", str(folders / "plans"), "--to", str(target)]) == 0
    assert str(target) in capsys.readouterr().err
    assert exit_code(["report", str(folders / "plans"), "--to", str(tmp_path)]) == 2
    assert exit_code(["report", str(folders / "none")]) == 2


WRONG_IN_A_MANIFEST = [
    ("seed", 5, "study_digest"),
    ("replicates", 5, "5 replicates of each scenario, and the tables hold 12"),
    ("replicates", 500, "500 replicates of each scenario, and the tables hold 12"),
    ("engine", "steam", "engine"),
    ("files", {}, "does not list"),
    ("over", None, "over is not"),
    ("sites", None, "sites is not"),
    ("own_rules", {"a": 1}, "own_rules is not"),
    ("ward_notes", 5, "ward_notes is not"),
    ("wall_time_s", -1, "wall_time_s is not"),
    ("qisim_version", None, "qisim_version is not"),
]


@pytest.mark.parametrize(("key", "value", "said"), WRONG_IN_A_MANIFEST)
def test_a_manifest_that_tells_of_other_runs_than_the_tables_is_refused(
    folders, tmp_path, key, value, said
):
    out = copytree(folders / "plans", tmp_path / "plans")
    held = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    (out / "manifest.json").write_text(json.dumps({**held, key: value}), encoding="utf-8")
    with pytest.raises(StoreError, match=said):
        report(out)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"site": 5}, "scenarios.other.site is not an object"),
        ({"site": {"units": 0}}, "manifest.json: other: site.units: is out of range"),
        ({"title": ["a"]}, "scenarios.other.title is not a text"),
        ({"title": None}, "scenarios.other.title is not a text"),
    ],
)
def test_a_wrong_scenario_of_a_manifest_is_told_under_its_own_name(
    folders, tmp_path, capsys, change, said
):
    out = copytree(folders / "plans", tmp_path / "plans")
    held = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    other = held["scenarios"]["other"]
    for key, value in change.items():
        other[key] = {**other[key], **value} if isinstance(value, dict) else value
    (out / "manifest.json").write_text(json.dumps(held), encoding="utf-8")
    assert exit_code(["report", str(out)]) == 2
    assert said in capsys.readouterr().err
