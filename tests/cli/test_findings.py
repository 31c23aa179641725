"""How an answer is printed: numbers beside numbers, and enough room for what they are about."""

import pandas as pd

from qisim.cli.findings import column_widths, fitting
from qisim.decide.finding import Table

HEADERS = ("Change", "Points", "95 %", "Persons", "Hours", "95 %", "Kroner", "Kroner per user")
ROW = ("share of leader hours kept afterwards 0.14 → 0.8", "+6.4 points", "[5.1, 7.7]", "+2.5", "+182.4 h",
       "[61.7, 85.3]", "−844,172 kr [−878,257, −810,087]", "38,610 kr [32,352, 44,868]")  # fmt: skip


def table(headers, row):
    return Table(pd.DataFrame(), headers, [row])


def test_intervals_stand_under_their_numbers_where_words_would_have_no_room():
    found = fitting(table(HEADERS, ROW), 100)
    assert found.headers == (
        "Change",
        "Points\n95 %",
        "Persons",
        "Hours\n95 %",
        "Kroner",
        "Kroner per user",
    )
    assert found.cells[0][1] == "+6.4 points\n[5.1, 7.7]"
    assert found.cells[0][4] == "−844,172 kr\n[−878,257, −810,087]"
    wide = column_widths(found, 100)
    assert wide[0] >= 18
    assert sum(int(one) for one in wide) + 2 * len(wide) <= 100


def test_a_table_with_room_stays_as_it_is():
    narrow = table(HEADERS[:4], ROW[:4])
    assert fitting(narrow, 100) is narrow


def test_long_intervals_are_cut_where_words_would_have_no_room_even_so():
    headers = ("Change", "Points", "95 %", "Hours", "95 %", "Kroner", "Kroner per user", "Persons")
    kroner = "−414,457 kr [−432,555, −396,359]"
    row = ("documentation hours 0.8 → 0.2 h/week", "+3.3 points", "[2.8, 3.9]", "−986.8 h",
           "[−990.1, −983.5]", kroner, kroner, "+1.0")  # fmt: skip
    found = fitting(table(headers, row), 100)
    assert column_widths(found, 100)[0] >= 18
    assert found.cells[0][1] == "+3.3 points\n[2.8, 3.9]"
    assert "[−432,555,\n−396,359]" in found.cells[0][3]
