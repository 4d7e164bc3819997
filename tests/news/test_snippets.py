"""Where a text says what is searched for. Most words are passed over by their first letters."""

from pathlib import Path

import pytest

from news.search.letters import WORD, tokens, words
from news.search.query import parse
from news.search.snippets import alike, beginning, highlighted, hits, wanted_of

ROOT = Path(__file__).resolve().parents[2]
IRREGULAR = "dying die lying lie tying tie skis skies sky idly gently ugly early only singly news innings used us ies by"
TEXT = (
    "The “wells” of l’eau vive: O'Brien's well, d'wells, re-wells, wells_wells, WELLS! Die dying; café CAFÉ cafe\u0301s. "
    "Erdoğan’s visit. Ещё колодцы, колодец. İstanbul, ISTANBUL, istanbul; 2015, 2015’s. الكنيسة وللاجئين خيام. "
    "难民营的夜晚 abc难民营. 'well' ‘well’ `well` ...well—well… x'well ﬁnds finding Straße strasse"
)
QUERIES = [
    "wells", "well", "dying", "die", "obrien", "O'Brien", "cafe", "café", "erdogan", "колодец", "istanbul", "2015", "eau",
    "leau", "خيام", "كنيسة", "难民", '"well 2015"', '"ugly wells" die', "straße", "finds", "x",
]  # fmt: skip


@pytest.mark.parametrize("typed", QUERIES)
def test_the_quick_way_finds_what_reading_every_word_finds(typed):
    quick, slow = wanted_of(parse(typed)), wanted_of(parse(typed))
    vars(slow)["word"] = WORD
    vars(slow)["beginnings"] = ("",)

    assert hits(TEXT, quick) == hits(TEXT, slow)


def test_nearly_all_of_these_queries_are_found_in_the_text():
    assert [typed for typed in QUERIES if not hits(TEXT, wanted_of(parse(typed)))] == [
        "eau",
        '"well 2015"',
        "x",
    ]


def test_an_english_word_begins_as_its_stem_does():
    ours = [file for name in ("home", "news", "donate", "docs") for file in ROOT.glob(f"{name}/**/*.*")]
    texts = [file.read_text() for file in ours if file.suffix in (".py", ".md", ".html")] + [IRREGULAR]
    known = {word for text in texts for word in words(text) if word.isascii() and word.isalnum()}

    assert len(known) > 3000  # words of our own code and documents
    stems = [(word, stem) for word in known for stem in tokens(word)[0]]
    assert [both for both in stems if not alike(both[0]).startswith(beginning(both[1]))] == []


def test_only_whole_words_are_marked():
    marked = highlighted("Wells, farewells and x'wells: ‘wells’", wanted_of(parse("well")))
    assert marked == "<mark>Wells</mark>, farewells and x&#x27;wells: ‘<mark>wells</mark>’"
