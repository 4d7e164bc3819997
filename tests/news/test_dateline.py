from datetime import date

import pytest

from news.dateline import Dateline, parse

READ = [
    ("2/13/2016 Syria (Reuters) – Russia said", "Syria", date(2016, 2, 13), "Reuters"),
    (
        "9/30/2016 Washington, D.C. (Washington Examiner) – A bill",
        "Washington, D.C.",
        date(2016, 9, 30),
        "Washington Examiner",
    ),
    ("2/13/16 Syria (Reuters) – x", "Syria", date(2016, 2, 13), "Reuters"),
    ("2/13/98 Sudan (Reuters) – x", "Sudan", date(1998, 2, 13), "Reuters"),
    ("13.2.2016 Aleppo (AP) – x", "Aleppo", date(2016, 2, 13), "AP"),
    ("2016-02-13 Aleppo (AP) – x", "Aleppo", date(2016, 2, 13), "AP"),
    ("Feb. 13, 2016 Aleppo (AFP/Reuters) — x", "Aleppo", date(2016, 2, 13), "AFP/Reuters"),
    ("February 13, 2016, Aleppo (AFP/Reuters) — x", "Aleppo", date(2016, 2, 13), "AFP/Reuters"),
    ("Sept. 3, 2016 Jos (Morning Star News) -- x", "Jos", date(2016, 9, 3), "Morning Star News"),
    ("Aleppo, Syria (Reuters) - x", "Aleppo, Syria", None, "Reuters"),
    ("Aleppo (Reuters)—x", "Aleppo", None, "Reuters"),
    ("Aleppo (Reuters)–x", "Aleppo", None, "Reuters"),
    ("Guinea-Bissau (Lusa) – x", "Guinea-Bissau", None, "Lusa"),
    ("St. Petersburg (Wire) – x", "St. Petersburg", None, "Wire"),
    ("Syria (north) (Reuters) – x", "Syria (north)", None, "Reuters"),
    ("2/13/2016\u00a0Syria\u00a0(Reuters)\u00a0–\u00a0x", "Syria", date(2016, 2, 13), "Reuters"),
    ("2/13/2016&nbsp;Syria (Reuters) – x", "Syria", date(2016, 2, 13), "Reuters"),
    ("<b>2/13/2016 Syria</b> (<i>Reuters</i>) – x", None, None, None),
    ("<strong>2/13/2016 Syria</strong> <em>(Reuters)</em> – x", "Syria", date(2016, 2, 13), "Reuters"),
    ("2/13/2016 (Reuters) – x", "", date(2016, 2, 13), "Reuters"),
]

REFUSED = [
    "",
    "Russia said on Saturday that the plan would fail.",
    "13/45/2016 Syria (Reuters) – an impossible date",
    "2/30/2016 Syria (Reuters) – an impossible day",
    "Syria (Reuters) no dash follows",
    "Syria – no outlet",
    "(Reuters) – neither place nor date",
    "It rained. Then the minister (a poet) – who knew – left",
    "The minister said: peace (at last) – and left",
    "What? (Reuters) – x",
    f"{'A very long place ' * 6}(Reuters) – x",
    "Syria () – x",
    "1/1/1 Syria (Reuters) – x",
    "(" * 5000,
    "a " * 5000 + "(b) – c",
]


@pytest.mark.parametrize(("report", "place", "day", "source"), [row for row in READ if row[3]])
def test_a_dateline_is_read(report, place, day, source):
    parsed = parse(report)

    assert parsed.line == Dateline(place, day, source)


@pytest.mark.parametrize("report", [row[0] for row in READ if row[3]])
def test_nothing_is_lost(report):
    parsed = parse(report)

    assert parsed.original + parsed.text == report


@pytest.mark.parametrize("report", REFUSED)
def test_what_is_not_understood_is_refused(report):
    assert parse(report) is None


def test_a_line_dated_more_than_400_days_from_its_story_is_refused():
    report = "2/13/2016 Syria (Reuters) – x"

    assert parse(report, near=date(2017, 3, 19)) is not None
    assert parse(report, near=date(2017, 3, 20)) is None


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (Dateline("Syria", date(2016, 2, 13), "Reuters"), "2016-02-13 Syria (Reuters) – "),
        (Dateline("Syria", None, "Reuters"), "Syria (Reuters) – "),
        (Dateline("Syria"), "Syria – "),
        (Dateline(), ""),
    ],
)
def test_a_dateline_is_written(line, text):
    assert str(line) == text


@pytest.mark.parametrize(("place", "day", "source"), [row[1:] for row in READ if row[3]])
def test_what_is_written_is_read_again(place, day, source):
    line = Dateline(place, day, source)

    assert parse(f"{line}The report.").line == line
