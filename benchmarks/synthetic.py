"""Makes any number of synthetic articles: the same for the same seed, each without those before it.

Sentences of made-up words as frequent as real ones (Zipf), 300 to 600 words an article, with quotations, numbers,
paragraphs, a few large sites and many small ones, each with its own closing lines, and days of news in order of time.
One in five is a copy of a text of the last day and a half, as it was, abridged, or edited under a new lead: most of
agencies' texts, which run on many sites. The words are nobody's: nothing is stored, nothing downloaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from storage.types import Article

BLOCK = 1000  # articles that are made together
START = datetime(2026, 1, 1, tzinfo=UTC)

_WORDS = 40_000
_NUMBERS = 0.02  # the share of words that are numbers
_COPIES = 0.2
_COPIED_FOR_DAYS = 1.5
# A copy is of a text whose number is a multiple of one of these: a few texts run everywhere, most nowhere else.
_WIRES = np.array([1000, 50, 1])
_WIRE_SHARES = (0.2, 0.6, 0.2)
_QUOTED = 0.12  # the share of sentences in quotation marks
_BACKGROUND = 0.1  # the share of articles with a paragraph that others have, too
_TOPICS = 500
_EDITED_WORDS = 0.08

_ONSETS = [*"bcdfghklmnprstvw", "st", "tr", "sh"]
_VOWELS = [*"aeiou", "ea", "ou"]
_CODAS = ["", "", "", "n", "r", "s", "t", "l", "nd"]

Tokens = NDArray[np.int32]


class Kind(IntEnum):
    """What an article is made of: a text of its own, or another one's."""

    OWN = 0
    VERBATIM = 1
    ABRIDGED = 2
    EDITED = 3


class _Form(IntEnum):
    """How a word stands in its sentence."""

    INSIDE = 0
    FIRST = 1
    LAST = 2
    LAST_OF_PARAGRAPH = 3
    OPENING_QUOTE = 4
    CLOSING_QUOTE = 5


_WRITTEN = ("{} ", "{} ", "{}. ", "{}.\n\n", "“{} ", "{}.” ")


@dataclass(frozen=True)
class World:
    """A number of articles over so many days of news; article numbers may go on beyond ``articles``."""

    articles: int
    seed: int = 1
    days: float = 90.0
    sites: int = 1200
    words: tuple[int, int] = (300, 600)

    def made(self, start: int, count: int) -> Iterator[Article]:
        """Make the articles ``start`` to ``start + count - 1``, in order of time."""
        for number in range(start, start + count):
            yield self._article(number, *self._at(number))

    def originals(self, start: int, count: int) -> list[int]:
        """Say of which text each article is a copy: the number of the text, its own for one that is no copy.

        A text whose article is itself a copy was never published: then only its copies are copies of each other.
        """
        places = map(self._at, range(start, start + count))
        return [int(block.originals[place]) for block, place in places]

    def kind(self, number: int) -> Kind:
        """Say what an article is made of."""
        block, place = self._at(number)
        return Kind(block.kinds[place])

    def published(self, number: int) -> datetime:
        """Say when an article was published."""
        return START + timedelta(days=self.days * number / self.articles)

    def _article(self, number: int, block: _Block, place: int) -> Article:
        site = int(block.sites[place])
        host = _host(site)
        return Article(
            url=f"https://{host}/{number}",
            site=host,
            source=host,
            headline=self._headline(number, block, place),
            article_body=_written(np.concatenate((self._body(number, block, place), _closing(self, site)))).strip(),
            external_id=str(number),
            date_published=self.published(number),
            in_language="en",
        )

    def _headline(self, number: int, block: _Block, place: int) -> str:
        """Take a headline from the text; an edited copy has its own."""
        of = number if block.kinds[place] == Kind.EDITED else int(block.originals[place])
        return _written(self._text(of)[1:9] % _WORDS).strip().capitalize()

    def _body(self, number: int, block: _Block, place: int) -> Tokens:
        text = self._text(int(block.originals[place]))
        match block.kinds[place]:
            case Kind.ABRIDGED:
                return text[: _paragraph_end(text, 0.3 + 0.5 * block.luck[place])]
            case Kind.EDITED:
                lead = self._text(number)[: _paragraph_end(self._text(number), 0.01)]
                return np.concatenate((lead, self._edited(text, number)))
            case _:
                return text

    def _edited(self, text: Tokens, number: int) -> Tokens:
        """Replace some words inside of sentences."""
        rng = np.random.default_rng((self.seed, number, 1))
        changed = (rng.random(len(text)) < _EDITED_WORDS) & (text < _WORDS)
        return np.where(changed, _drawn(rng, len(text)), text).astype(np.int32)

    def _text(self, number: int) -> Tokens:
        """Return the text that was written under a number, whether or not its article is a copy of another."""
        block, place = self._at(number)
        text = block.tokens[block.bounds[place] : block.bounds[place + 1]]
        topic = int(block.topics[place])
        return text if topic < 0 else np.concatenate((text, _background(self, topic)))

    def _at(self, number: int) -> tuple[_Block, int]:
        """Return the block of an article, and its place there."""
        return _block(self, number // BLOCK), number % BLOCK


@dataclass(frozen=True)
class _Block:
    """What is drawn at once for the articles of a block; ``tokens`` are its texts, one after the other.

    ``topics`` name the background that a text ends with, -1 none.
    """

    world: World
    first: int
    kinds: NDArray[np.int8]
    originals: NDArray[np.int64]
    sites: NDArray[np.int64]
    luck: NDArray[np.float64]
    lengths: NDArray[np.int64]
    topics: NDArray[np.int64]

    @cached_property
    def bounds(self) -> NDArray[np.int64]:
        """Where each text begins in ``tokens``, and where the last one ends."""
        return np.concatenate(([0], np.cumsum(self.lengths)))

    @cached_property
    def tokens(self) -> Tokens:
        rng = np.random.default_rng((self.world.seed, self.first, 2))
        tokens = _drawn(rng, int(self.bounds[-1]))
        _punctuate(rng, tokens, self.bounds[1:])
        return tokens


@lru_cache(maxsize=256)  # as many as copies reach back, up to 15 million articles
def _block(world: World, index: int) -> _Block:
    rng = np.random.default_rng((world.seed, index))
    first = index * BLOCK
    numbers = np.arange(first, first + BLOCK)
    kinds = rng.choice([Kind.VERBATIM, Kind.ABRIDGED, Kind.EDITED], BLOCK, p=(0.4, 0.25, 0.35)).astype(np.int8)
    kinds[rng.random(BLOCK) >= _COPIES] = Kind.OWN
    reach = max(10.0, world.articles * _COPIED_FOR_DAYS / world.days)
    wires = rng.choice(_WIRES, BLOCK, p=_WIRE_SHARES)
    originals = (numbers - 1 - (rng.random(BLOCK) * reach).astype(np.int64)) // wires * wires
    kinds[(originals >= numbers) | (originals < 0)] = Kind.OWN  # nothing is older than the first
    originals[kinds == Kind.OWN] = numbers[kinds == Kind.OWN]
    sites = (world.sites * rng.random(BLOCK) ** 2).astype(np.int64)
    lengths = rng.integers(*world.words, size=BLOCK, endpoint=True)
    topics = np.where(rng.random(BLOCK) < _BACKGROUND, rng.integers(_TOPICS, size=BLOCK), -1)
    return _Block(world, first, kinds, originals, sites, rng.random(BLOCK), lengths, topics)


def site_of(world: World, luck: float) -> str:
    """Return the site on which an article is by luck, 0 to 1: large ones more often."""
    return _host(int(world.sites * luck**2))


def _host(site: int) -> str:
    return f"site{site}.example"


# -- words ------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _vocabulary() -> Sequence[str]:
    """List every word in each of its forms: the word w in the form f is at f * _WORDS + w."""
    rng = np.random.default_rng(0)
    parts = (rng.choice(_ONSETS, (_WORDS, 3)), rng.choice(_VOWELS, (_WORDS, 3)), rng.choice(_CODAS, (_WORDS, 3)))
    syllables = 1 + np.minimum(2, np.log10(1 + np.arange(_WORDS) / 60).astype(int))
    words = [
        "".join(parts[part][word, syllable] for syllable in range(syllables[word]) for part in range(3))
        for word in range(_WORDS)
    ]
    for word in range(200, _WORDS, int(1 / _NUMBERS / 2)):
        words[word] = f"{rng.integers(1, 10 ** rng.integers(1, 6)):,}"
    forms: list[Callable[[str], str]] = [str, str.capitalize, str, str, str.capitalize, str]
    return [pattern.format(form(word)) for pattern, form in zip(_WRITTEN, forms, strict=True) for word in words]


def word(rank: int) -> str:
    """Return a word by its frequency, 0 being the most frequent one."""
    return _vocabulary()[rank].strip()


@lru_cache(maxsize=1)
def _frequencies() -> NDArray[np.float64]:
    """Return the cumulated frequencies of words by rank (Zipf and Mandelbrot)."""
    cumulated = np.cumsum(1 / (np.arange(_WORDS) + 2.7) ** 1.05)
    total: NDArray[np.float64] = cumulated / cumulated[-1]
    return total


def _drawn(rng: np.random.Generator, count: int) -> Tokens:
    """Draw words by their frequency."""
    return np.searchsorted(_frequencies(), rng.random(count, dtype=np.float32)).astype(np.int32) % _WORDS


def _written(tokens: Tokens) -> str:
    return "".join(map(_vocabulary().__getitem__, tokens.tolist()))


def _punctuate(rng: np.random.Generator, tokens: Tokens, text_ends: NDArray[np.int64]) -> None:
    """Make sentences of 8 to 30 words and paragraphs of one to three sentences; put some into quotation marks."""
    ends = np.cumsum(rng.integers(8, 31, size=len(tokens) // 8 + 1))
    ends = np.union1d(ends[ends < len(tokens)], text_ends) - 1
    starts = np.concatenate(([0], ends[:-1] + 1))
    form = np.where(rng.random(len(ends)) < 0.5, _Form.LAST_OF_PARAGRAPH, _Form.LAST)
    form[np.isin(ends, text_ends - 1)] = _Form.LAST_OF_PARAGRAPH
    quoted = (rng.random(len(ends)) < _QUOTED) & (form == _Form.LAST)
    opening = np.where(quoted, _Form.OPENING_QUOTE, _Form.FIRST)
    tokens[starts] = tokens[starts] % _WORDS + opening * _WORDS
    tokens[ends] = tokens[ends] % _WORDS + np.where(quoted, _Form.CLOSING_QUOTE, form) * _WORDS


def _paragraph_end(text: Tokens, share: float) -> int:
    """Return where the paragraph ends in which a share of the text is reached."""
    ends = np.flatnonzero(text // _WORDS == _Form.LAST_OF_PARAGRAPH) + 1
    return int(ends[np.searchsorted(ends, min(share * len(text), ends[-1]))])


@lru_cache(maxsize=4096)
def _closing(world: World, site: int) -> Tokens:
    """Return a site's own lines below each article: 25 to 60 words, less below short articles."""
    least = world.words[0]
    return _passage(np.random.default_rng((world.seed, site, 3)), least // 12, least // 5)


@lru_cache(maxsize=512)
def _background(world: World, topic: int) -> Tokens:
    """Return what many articles on a topic repeat: a paragraph of 37 to 60 words, less in short articles."""
    least = world.words[0]
    return _passage(np.random.default_rng((world.seed, topic, 4)), least // 8, least // 5)


def _passage(rng: np.random.Generator, least: int, most: int) -> Tokens:
    tokens = _drawn(rng, int(rng.integers(least, most)))
    _punctuate(rng, tokens, np.array([len(tokens)]))
    return tokens
