"""Words as the search sees them, asked for by several threads at once, as a server with threads does."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import snowballstemmer

from news.search.letters import tokens


@pytest.fixture
def often_interrupted():
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_threads_do_not_stem_one_anothers_words(often_interrupted):
    ending = ("ational", "fulness", "ousness", "ization", "ingly", "edly", "ies", "ement")
    words = [f"{a}{b}{c}{end}" for a in "bdfgklmn" for b in "aeiou" for c in "prst" for end in ending]
    parts = [words[start::8] for start in range(8)]

    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(lambda part: [tokens(word)[0] for word in part], parts))

    alone = snowballstemmer.stemmer("english")
    assert said == [[(alone.stemWord(word),) for word in part] for part in parts]
