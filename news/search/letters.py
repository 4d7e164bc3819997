"""Words as both engines see them. Texts and queries pass through here alike, so that both databases find the same.

Accents, vowel marks and forms of one letter fold; English and Russian words stem. Scripts that write words
together (Chinese, Japanese, Thai) or glue particles to them (Arabic, Hebrew) are also cut into overlapping pieces,
so that a word is found inside a run.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain

LONGEST = 40  # letters of one word; the rest is cut
MOST_WORDS = 12_000  # of one text
GAP = "¦"  # stands between two things that no phrase may cross

# Marks that readers leave out: accents, Hebrew points, Arabic vowels, and invisible joiners.
MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\u0640\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"
)
LETTERS = str.maketrans(
    {
        # Latin letters that no decomposition takes apart
        "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŋ": "n", "ə": "e",
        # Arabic and Persian forms of one letter
        "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه",
        # Hebrew final forms
        "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ",
        # Apostrophes and the signs for hamza and ayn are left out: Qur'an, Sanaʿa
        "'": "", "’": "", "‘": "", "ʼ": "", "ʻ": "", "ʾ": "", "ʿ": "", "`": "", "´": "", "′": "",
    }
)  # fmt: skip
APOSTROPHE = "['’‘ʼʻʾʿ`´′]"
WITHIN = "[\u0300-\u036f\u0591-\u05c7\u0610-\u065f\u0670\u06d6-\u06ed\u0640\u200c\u200d\u0900-\u0dff]"  # marks and joiners
REST_OF_WORD = rf"[^\W_]*(?:{APOSTROPHE}[^\W_]+)*(?:{WITHIN}+[^\W_]*)*"
WORD = re.compile(rf"[^\W_]{REST_OF_WORD}")
POSSESSIVE = re.compile(r"['’ʼ]s?$")
# Scripts in pieces of two: Thai to Burmese, Khmer, kana, Chinese, Hangul. In pieces of three: Hebrew, Arabic.
RUNS = re.compile(
    "([\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+)"
)
GLUED = re.compile("[\u0590-\u06ff\u0750-\u077f]")
CYRILLIC = re.compile("[\u0400-\u04ff]")
PARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال")
ENDINGS = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
STOP_WORDS = frozenset(
    "a an and are as at be but by for from had has have he her his i if in into is it its of on or our s she so t "
    "that the their them then there these they this to was we were what when where which who will with you your".split()
)


class Stemmers(threading.local):
    """By language. Each thread has its own: a stemmer keeps the word that it is at in itself."""

    def __init__(self):
        self.known = {}

    def __getitem__(self, language: str):
        if language not in self.known:
            import snowballstemmer  # all its languages: 3 MB that only a process which searches or indexes needs

            self.known[language] = snowballstemmer.stemmer(language)
        return self.known[language]


stemmers = Stemmers()


def fold(text: str) -> str:
    """Small letters without accents, one form for each letter; digits of all scripts as 0-9."""
    text = MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()
    text = MARKS.sub("", unicodedata.normalize("NFKD", text)).translate(LETTERS)
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return unicodedata.normalize("NFC", text)


class Remembered(dict):
    """What a function says of each word, kept for the next time: several times as fast as lru_cache."""

    most = 20_000  # strangers choose the words

    def __init__(self, ask: Callable):
        self.ask = ask

    def __missing__(self, word: str):
        if len(self) >= self.most:
            self.clear()
        answer = self[word] = self.ask(word)
        return answer


def words(text: str) -> list[str]:
    """The words of a text in order, as they are written."""
    return WORD.findall(text)


@lru_cache(maxsize=10_000)
def folded(word: str) -> str:
    """One word folded, without a possessive ending; may be empty."""
    return fold(POSSESSIVE.sub("", word))[:LONGEST]


@lru_cache(maxsize=10_000)
def tokens(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What one written word is in the index: its stems in order, and the pieces that are indexed beside them.

    "Wells" is (("well",), ()); a Chinese run is nothing but pieces; an Arabic word is a stem and pieces.
    """
    stems: list[str] = []
    pieces: list[str] = []
    for part in RUNS.split(folded(word)):
        if not part:
            continue
        if RUNS.fullmatch(part):
            pieces += [*cut(part, 2), GAP]
            continue
        for whole in WORD.findall(part):
            stems.append(stem[whole])
            if GLUED.search(whole) and len(whole) > 2:
                pieces += [*cut(whole, 3), GAP]
    return tuple(stems), tuple(pieces)


def cut(run: str, size: int) -> list[str]:
    """Overlapping pieces of `size` letters; a shorter run is its own piece."""
    return [run[at : at + size] for at in range(max(1, len(run) - size + 1))]


def _stem(word: str) -> str:
    if word.isascii():
        return stemmers["english"].stemWord(word) if word.isalpha() else word
    if CYRILLIC.search(word):
        return stemmers["russian"].stemWord(word)
    if GLUED.search(word):
        return _light(word)
    return word


def _light(word: str) -> str:
    """An Arabic word without the particles before it and the endings after it."""
    if len(word) > 3 and word.startswith("و"):
        word = word[1:]
    for particle in PARTICLES:
        if word.startswith(particle) and len(word) > len(particle) + 2:
            word = word[len(particle) :]
            break
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)]
    return word


def analysed(text: str) -> list[str]:
    """A text as the engines index it: stems in order, then the pieces of its runs."""
    return analysed_words(words(text))


def analysed_words(written: list[str]) -> list[str]:
    written = written[:MOST_WORDS]
    stems = list(chain.from_iterable(map(_stems.__getitem__, written)))
    pieces = [piece for word in written if not word.isascii() for piece in tokens(word)[1]]
    return [*stems, GAP, *pieces] if pieces else stems


def offered(written: Iterable[str]) -> frozenset[str]:
    """Those of the words that may be offered as a spelling, folded."""
    return frozenset(filter(None, map(_offered.__getitem__, set(written))))


def _offer(word: str) -> str:
    word = folded(word)
    return word if 3 <= len(word) <= 30 and word.isalpha() and not RUNS.search(word) else ""


# The stem of a folded word.
stem = Remembered(_stem)
_stems = Remembered(lambda word: tokens(word)[0])
_offered = Remembered(_offer)
