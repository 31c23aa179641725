"""A site's own figures: what is read, and everything that can be wrong with them."""

import numpy as np
import pytest

from qisim.calibration.counts_file import weeks_of_month
from qisim.calibration.observations import SHOWN, read
from qisim.errors import DataError

GOOD = "week,using,in_post\n1,0,30\n2,3,31\n5,10,30\n9,12,29\n"


@pytest.fixture
def write(tmp_path):
    def written(content):
        path = tmp_path / "site.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.fixture
def refused(write):
    """Return the problems of a file."""

    def problems(content, weeks=156, posts=30, **more):
        with pytest.raises(DataError) as error:
            read(write(content), weeks, posts, **more)
        assert error.value.exit_code == 2
        return error.value.problems

    return problems


def test_weeks_are_read_with_gaps(write):
    seen = read(write(GOOD), 156, 30)
    assert seen.first.tolist() == seen.last.tolist() == [1, 2, 5, 9]
    assert seen.shares.tolist() == [0, 3 / 31, 10 / 30, 12 / 29]
    assert seen.observed.tolist() == seen.in_post.tolist()
    assert seen.warnings == ()


def test_a_row_without_a_value_is_a_gap(write):
    seen = read(write(GOOD + "3,,30\n\n,,\n"), 156, 30)
    assert seen.first.tolist() == [1, 2, 5, 9]


@pytest.mark.parametrize("change", [
    lambda text: text.replace(",", ";"),
    lambda text: text.replace(",", "\t"),
    lambda text: text.replace("\n", "\r\n"),
    lambda text: "\ufeff" + text,
    lambda text: text.replace("week,using,in_post", " Week,USING,In post"),
    lambda text: "\n".join([*text.splitlines()[:1], *reversed(text.splitlines()[1:])]),
])  # fmt: skip
def test_what_spreadsheets_make_of_it_is_read_too(write, change):
    plain, changed = read(write(GOOD), 156, 30), read(write(change(GOOD)), 156, 30)
    assert plain.to_rows() == changed.to_rows()


def test_months_cover_all_weeks_once():
    weeks = [week for m in range(1, 37) for week in range(*weeks_of_month(m)) or ()]
    ends = [weeks_of_month(month)[1] for month in range(1, 37)]
    assert [weeks_of_month(month)[0] for month in range(2, 38)] == [end + 1 for end in ends]
    assert ends[11::12] == [52, 104, 156] and len(set(weeks)) == len(weeks)


def test_months_are_read_and_may_be_means(write):
    seen = read(write("month,using,in_post\n1,0,30\n2,2.5,30\n3,8,30\n12,9,30\n"), 52, 30)
    assert (seen.first[0], seen.last[0], seen.first[-1], seen.last[-1]) == (1, 4, 48, 52)


def test_dates_are_weeks_from_the_start(write):
    text = "date,using,in_post\n" + "".join(
        f"2024-03-{day:02d},3,30\n" for day in (4, 11, 17 + 1, 31)
    )
    assert read(write(text), 156, 30, "2024-03-04").first.tolist() == [1, 2, 3, 4]


def test_every_wrong_value_is_told_with_its_line_and_column(refused):
    text = (
        "week,using,in_post,observed\n"
        "1,ten,30,\n"
        "2,-1,30,\n"
        "3,31,30,\n"
        "4,nan,30,\n"
        "5,3,inf,\n"
        "6,3,,\n"
        "7,3,0,\n"
        "8,2.5,30,\n"
        "9,9,30,8\n"
        "10,3,30,31\n"
        "0,3,30,\n"
        "157,3,30,\n"
        "x,3,30,\n"
        ",3,30,\n"
        "11,3\n"
        "12,3,30,\n"
        "12,4,30,\n"
    )
    found = [(p.line, p.key, p.message) for p in refused(text)]
    assert found == [
        (2, "using", "is not a number"),
        (3, "using", "is negative"),
        (4, "using", "is more than in_post = 30"),
        (5, "using", "is not finite"),
        (6, "in_post", "is not finite"),
        (7, "in_post", "is missing"),
        (8, "in_post", "is 0"),
        (9, "using", "is not a whole number"),
        (10, "using", "is more than observed = 8"),
        (11, "observed", "is more than in_post = 30"),
        (12, "week", "lies outside the run"),
        (13, "week", "lies outside the run"),
        (14, "week", "is not a whole number"),
        (15, "week", "is missing"),
        (16, None, "has 2 values for 4 columns"),
        (18, "week", "week 12 is there already, in line 17"),
    ]


@pytest.mark.parametrize(("text", "message"), [
    ("", "is empty"),
    ("\n \n", "is empty"),
    ("week,using,in_post\n", "has 0 rows with figures, too few"),
    (GOOD + "7,,30\n", None),
    ("week,using,in_post\n1,0,30\n2,,30\n3,1,30\n4,1,30\n",
     "has 3 rows with figures (and 1 without a value of using), too few"),
    ("week,month,using,in_post\n1,1,0,30\n", "has week and month"),
    ("week,using,using,in_post\n1,0,0,30\n", "appears twice"),
    ('week,using,in_post\n1,"0,30\n', "is not CSV"),
    ("month,using,in_post\n1,0,30\n1,1,30\n2,2,30\n3,2,30\n", "weeks 1 to 4 are there already"),
    ("date,using,in_post\n2024-03-04,1,30\n", "is missing; rows have a date"),
])  # fmt: skip
def test_a_file_that_is_wrong_as_a_whole_says_why(refused, write, text, message):
    if message is None:
        assert len(read(write(text), 156, 30)) == 4
    else:
        assert any(message in p.message for p in refused(text))


def test_missing_columns_are_told_with_the_nearest_that_is_there(refused):
    found = {p.key: p.nearest for p in refused("weak,usng,in_pst\n1,0,30\n")}
    assert found == {None: "weak", "using": "usng", "in_post": "in_pst"}


def test_wrong_dates_and_a_needless_start_are_text(refused):
    dated = "date,using,in_post\n04/03/2024,1,30\n2023-01-01,1,30\n"
    assert [(p.line, p.message) for p in refused(dated, start="2024-03-04")] == [
        (2, "is not a date"), (3, "lies outside the run"),
    ]  # fmt: skip
    assert refused(GOOD, start="2024-03-04")[0].key == "start"
    assert next(p.message for p in refused(dated, start="March")) == "is not a date"


def test_other_encodings_are_refused_with_the_line(refused):
    (problem,) = refused(GOOD.encode() + "10,3,30,på\n".encode("cp850"))
    assert (problem.line, problem.message, problem.value) == (6, "is not UTF-8 text", "86")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_what_excel_writes_in_norway_is_read(write, encoding):
    rows = "".join(f"{month};{month},5;30,25\r\n" for month in range(1, 6))
    path = write(f"Måned;Brukere;I stilling\r\n{rows}".encode(encoding))
    found = read(path, 156, 30)
    assert found.unit == "month" and found.using.tolist() == [1.5, 2.5, 3.5, 4.5, 5.5]
    assert found.in_post.tolist() == [30.25] * 5
    dated = "dato;brukere;ansatte\n" + "".join(f"{d}.01.2025;{d};30\n" for d in (8, 15, 22, 29))
    found = read(write(dated.encode(encoding.replace("cp1252", "utf-8"))), 156, 30, "6.1.2025")
    assert found.first.tolist() == [1, 2, 3, 4] and found.unit == "date"


@pytest.mark.parametrize(
    "months",
    [
        ("15.01.2025", "15.02.2025", "15.3.2025", "15.12.2025"),
        ("2025-01", "2025-02", "2025-03", "2025-12"),
        ("1.2025", "02/2025", "03-2025", "12.2025"),
        ("januar 2025", "Feb. 2025", "mars 2025", "desember 2025"),
        ("jan.25", "feb-25", "mar 25", "des.25"),  # as Excel shows months
        ("15.01.25", "1.2.25", "3.3.25", "24.12.25"),
        ("2025-01-31", "2025-02-01", "2025-03-01", "2025-12-24"),
    ],
)
def test_a_month_may_be_one_of_the_calendar(write, refused, months):
    """A date in a column of months means its month; which month of the run that is, the start tells."""
    text = "måned;i bruk;antall ansatte\n" + "".join(f"{one};7;39\n" for one in months)
    found = read(write(text.encode()), 156, 39, "2025-01-01")
    weeks = [weeks_of_month(n) for n in (1, 2, 3, 12)]
    assert list(zip(found.first, found.last, strict=True)) == weeks
    assert any(p.key == "start" and "is missing" in p.message for p in refused(text))
    with pytest.raises(DataError, match="lies outside the run"):
        read(write(text.encode()), 156, 39, "2025-02-01")


@pytest.mark.parametrize("head", [
    "Uke nr.;Antall brukere;Antall ansatte", "uke;i bruk;ansatte i alt", "Week no.;users;staff",
    "ukenummer:;brukere:;i stilling:", "uke;tatt i bruk;ansatte totalt",
])  # fmt: skip
def test_columns_are_known_by_the_names_that_people_give_them(write, head):
    rows = "".join(f"uke {week};{week};39\n" for week in (4, 8, 12, 16))
    found = read(write(f"{head}\n{rows}"), 156, 39)
    assert found.first.tolist() == [4, 8, 12, 16] and found.warnings == ()


def test_a_letter_of_two_parts_is_the_letter(write):
    text = "ma\u030aned;brukere;ansatte\n" + "".join(f"{n};{n};39\n" for n in range(1, 5))
    assert read(write(text), 156, 39).unit == "month"


def test_a_dash_where_nobody_counted_is_a_gap(write):
    marks = ("-", "\N{EN DASH}", "NA", "n/a", "#I/T", "")
    text = "uke;brukere;ansatte\n" + "".join(f"{n};{mark};39\n" for n, mark in enumerate(marks, 1))
    found = read(write(text + "".join(f"{n};{n};39\n" for n in range(11, 15))), 156, 39)
    assert found.first.tolist() == [11, 12, 13, 14]


def test_shares_where_people_are_counted_are_refused_or_asked_about(write, refused):
    def counts(*shares):
        return "month,using,in_post\n" + "".join(f"{n},{s},39\n" for n, s in enumerate(shares, 1))

    (problem,) = refused(counts(0, ".03", ".08", ".13"))
    assert (problem.line, problem.message) == (3, "is a share, not a number of people")
    assert "is a share" in refused(counts("3 %", "8%", "9 %", "12%"))[0].message
    assert (
        "and not a share?" in read(write(counts(0, ".25", ".5", ".8")), 156, 39).warnings[0].message
    )
    assert read(write(counts(".03", ".5", 1, 2)), 156, 39).warnings == ()


def test_a_month_without_a_year_is_told_how_to_be_written(refused):
    found = refused("måned;brukere;ansatte\njan;1;39\nfeb;2;39\n", start="2025-01-06")
    assert [(p.line, p.value) for p in found] == [(2, "jan"), (3, "feb")]
    assert "01.2025" in found[0].allowed


def test_a_start_has_no_meaning_where_months_are_counted(write):
    text = "month,users,staff\n" + "".join(f"{n},7,39\n" for n in range(1, 5))
    assert read(write(text.encode()), 156, 39).in_post.tolist() == [39.0] * 4
    with pytest.raises(DataError, match="has no meaning where rows have a month; got '2025-01-01'"):
        read(write(text.encode()), 156, 39, "2025-01-01")


def test_a_file_that_is_not_there_is_text(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(DataError, match="cannot be read"):
            read(path, 156, 30)


def test_more_problems_than_people_can_read_are_counted(refused):
    found = refused("week,using,in_post\n" + "1,x,30\n" * 200)
    assert len(found) == SHOWN + 1 and found[-1].message == "and 150 more problems"


def test_another_size_of_site_and_columns_that_are_not_read_are_warnings(write):
    seen = read(write(GOOD.replace("in_post", "in_post,note").replace("\n1,0,30", "\n1,0,30,a")
                      .replace("31\n", "31,\n").replace("5,10,30", "5,10,30,")
                      .replace("9,12,29", "9,12,29,")), 156, 72)  # fmt: skip
    assert [(p.key, p.message.split(";")[0]) for p in seen.warnings] == [
        ("note", "is not read"), ("in_post", "is unlike the scenario's 72 staff posts"),
    ]  # fmt: skip


def test_when_all_are_looked_at_nothing_is_left_to_chance(write):
    seen, use = read(write(GOOD), 156, 30), np.full((2, 9), 10 / 30)
    counted = seen.counted(use, np.random.default_rng(0))
    assert counted[0].tolist() == [10 / 30, 10 / 31, 10 / 30, 10 / 29]
    assert (counted[0] == counted[1]).all()


def test_a_sample_of_staff_is_drawn_without_replacement(write):
    text = "week,using,in_post,observed\n" + "".join(f"{w},3,30,10\n" for w in (1, 2, 3, 4))
    counted = read(write(text), 156, 30).counted(
        np.full((40_000, 4), 0.4), np.random.default_rng(1)
    )
    people = counted[:, 0] * 10
    assert people.mean() == pytest.approx(4.0, abs=0.03)
    assert people.var() == pytest.approx(10 * 0.4 * 0.6 * 20 / 29, abs=0.05)  # hypergeometric
    assert (np.rint(people) == pytest.approx(people)) and people.max() <= 10


def test_a_month_is_the_mean_of_its_weeks(write):
    text = "month,using,in_post\n" + "".join(f"{m},3,10\n" for m in (1, 2, 3, 4))
    use = np.zeros((1, 20))
    use[0, :4] = [0.1, 0.2, 0.3, 0.4]
    assert read(write(text), 20, 10).counted(use, np.random.default_rng(0))[0, 0] == 0.25


@pytest.mark.parametrize("dates", [
    ["15.1.2025", "15.2.2025", "15.3.2025"],
    ["15. januar 2025", "15. februar 2025", "15. mars 2025"],
    ["15 Jan 2025", "15 Feb. 2025", "15-mar-2025"],
])  # fmt: skip
def test_a_day_may_be_written_in_words(write, dates):
    rows = "".join(f"{day};2;30\n" for day in dates)
    seen = read(write(f"dato;brukere;ansatte\n{rows}"), 156, 30, "2025-01-01", 2)
    assert seen.first.tolist() == [3, 7, 11]


def test_a_month_may_stand_after_its_year(write):
    rows = "2025 januar;2;30\n2025-feb;3;30\n2025 mars;5;31\n"
    seen = read(write(f"måned;brukere;ansatte\n{rows}"), 156, 30, "2025-01-01", 2)
    assert seen.first.tolist() == [1, 5, 9]


@pytest.mark.parametrize(("column", "start"), [("dato", "2025-01-01"), ("måned", None)])
def test_a_spreadsheets_inner_number_of_a_date_is_called_that(refused, column, start):
    found = refused(f"{column};brukere;ansatte\n45658;2;30\n45689;3;30\n", start=start)
    assert [one.line for one in found] == [2, 3]
    assert all("inner number of a date" in one.message for one in found)
