"""The judgement: measures of a pair to a relation, by a list of rules of which the first that fits decides.

What the labelled pairs taught:

- Copies, abridgements and rewrites of one agency text appear within two days. What is shared over weeks is background
  or template.
- An edited copy shares many short runs spread over the text, or begins with it; a commentary that block-quotes an
  article shares one or two long runs in its middle.
- Two articles of one site share templates, galleries and background paragraphs: they must agree on much more, or on the
  headline too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from dedupe.similarity import Measures, may_be_reworded, other_numbers
from dedupe.thresholds import DEFAULT, Thresholds

RULES_VERSION = "rules5"

NOTABLE = 0.1  # below this raw containment a candidate is chance and leaves no edge


class Relation(StrEnum):
    """What one text is to the other; `_JOINING` are those of copies."""

    IDENTICAL = "identical"
    NEAR_DUPLICATE = "near-duplicate"
    ABRIDGED = "abridged"
    EXTENDED = "extended"
    UPDATED = "updated"
    SUPERSEDED = "superseded"
    TRANSLATED_COPY = "translated-copy"
    TRANSLATION_OF = "translation-of"
    ORIGINAL_OF = "original-of"
    DIGEST_CONTAINS = "digest-contains"
    IN_DIGEST = "in-digest"
    SHARED_QUOTES = "shared-quotes"
    BLOCK_QUOTE = "block-quote"
    SITE_TEXT = "site-text"
    TEMPLATE = "template"
    SHARED_PASSAGE = "shared-passage"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say of a pair: what b is to a, whether they may share a cluster, and why, in plain words."""

    relation: Relation
    joins: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A test on measures and thresholds, the relation it gives (None: by lengths and dates), and its reason."""

    fits: Callable[[Measures, Thresholds], bool]
    relation: Relation | None
    reason: str


def _edited(m: Measures) -> bool:
    """Whether what is shared begins both texts or is spread over them, as in a copy, and is not quoted in pieces.

    A commentary quotes up to five pieces of an article; versions of one text that share as little have more runs.
    """
    needed, limit = (4, 0.75) if m.containment >= 0.6 else (6, 0.62)
    if min(m.words_a, m.words_b) < 200:
        needed = 3
    cut = m.lead and m.opening and m.coverage >= 0.4
    return cut or m.coverage >= 0.9 or (m.runs >= needed and m.longest_run <= limit)


def _word_for_word(m: Measures, t: Thresholds) -> bool:
    """Whether both are one text under like headlines, whatever it is made of: two copies of a speech in full."""
    return m.identical and m.words_a >= 100 and m.headline >= 0.5 and not m.same_site


def _only_site_text(m: Measures, t: Thresholds) -> bool:
    return not _word_for_word(m, t) and m.raw_containment >= 0.3 and m.judged < max(15, 0.1 * min(m.words_a, m.words_b))


def _template(m: Measures, t: Thresholds) -> bool:
    """Whether both fill one template: the numbers or names differ, or short slots do at a regular pace.

    Successive reports of one event on one site keep most of their numbers and differ by sentences, not by words.
    """
    if m.identical or m.containment < 0.2:
        return False
    if _names_swapped(m):
        return True
    if m.same_site:
        return m.number_words >= 3 and (m.numbers < 0.5 or (_has_slots(m, 4) and m.numbers < 0.7))
    return m.number_words >= 5 and m.numbers < 0.5 and _has_slots(m, 6)


def _names_swapped(m: Measures) -> bool:
    """Whether other names stand in the slots of one text, as hoax sites tell it of one town after the other."""
    return m.names is not None and m.names < 0.4 and (m.name_words or 0) >= 3 and _has_slots(m, 6)


def _has_slots(m: Measures, words: int) -> bool:
    """Whether what is shared is interrupted often and all over, and by few words each time."""
    gap = (1 - m.coverage) * min(m.words_a, m.words_b) / max(1, m.runs)
    return m.runs >= 5 and m.longest_run <= 0.85 and gap <= words


def _too_short(m: Measures, t: Thresholds) -> bool:
    """Whether there is little text, and neither the headlines nor the order of sentences speak for a copy."""
    return m.judged < t.few_shingles and m.headline < 0.5 and not _translated(m, t)


def _in_digest(m: Measures, t: Thresholds) -> bool:
    return m.containment >= t.full and _length_ratio(m) >= 4 and not m.lead and m.headline < 0.4


def _same_site_versions(m: Measures, t: Thresholds) -> bool:
    """Whether one begins with what the other has, too: background and a gallery in two articles begin neither."""
    alike = m.containment >= t.same_site_part and m.headline >= 0.5 and (m.lead or m.opening)
    return m.same_site and alike and _within(m, 3)


def _full_copy(m: Measures, t: Thresholds) -> bool:
    return m.containment >= t.full and (m.longest_run <= 0.8 or m.coverage >= 0.9 or m.jaccard >= 0.7)


def _same_headline(m: Measures, t: Thresholds) -> bool:
    shares_much = m.raw_containment >= t.part and m.containment >= 0.15 and m.runs >= 4
    return m.same_headline and shares_much and _fresh(m, t)


def _rewritten(m: Measures, t: Thresholds) -> bool:
    return _spread(m, t.part, t.part_in_pieces) and _within(m, t.fresh_days)


def _rewritten_undated(m: Measures, t: Thresholds) -> bool:
    """Whether so much is shared, or in so many pieces, that no date need speak for a copy."""
    return _spread(m, t.part_undated, t.part) and (m.days_apart is None or _within(m, 7))


def _spread(m: Measures, enough: float, in_many_pieces: float) -> bool:
    """Whether that much is shared as an edited copy does; less will do in many: quotations come in fewer pieces."""
    much = m.containment >= enough or (m.runs >= 9 and m.containment >= in_many_pieces)
    return much and m.jaccard >= 0.06 and _edited(m)


def _reworded(m: Measures, t: Thresholds) -> bool:
    enough = t.reworded_pairs_undated if m.days_apart is None else t.reworded_pairs
    alike = (m.pair_jaccard or 0.0) >= enough and may_be_reworded(m.containment, m.longest_run)
    return alike and _fresh(m, t) and not other_numbers(m.numbers, m.number_words) and not _not_aligned(m)


def _not_aligned(m: Measures) -> bool:
    """Whether sentences say otherwise: beside what is shared word for word there is much, and it is not aligned."""
    if m.aligned is None or m.aligned_back is None or m.rest is None:
        return False
    return m.rest >= 0.5 and (m.aligned + m.aligned_back) / 2 < 0.3


def _translated(m: Measures, t: Thresholds) -> bool:
    """Whether sentence follows sentence in both, in other words: so write two translators of one article, no others."""
    if m.aligned is None or m.aligned_back is None or m.order is None or m.same_site or _same_quotes(m, t):
        return False
    long_enough = min(m.words_a, m.words_b) >= t.translated_words
    soon = m.days_apart is None or m.days_apart <= t.translated_days
    aligned = (m.aligned + m.aligned_back) / 2
    whole = aligned >= t.aligned and aligned + m.order >= t.aligned_in_order
    part = m.aligned >= t.aligned_part and m.order >= t.part_order
    in_words = m.aligned_words is None or m.aligned_words >= t.aligned_words  # edges of earlier rules do not say
    return long_enough and soon and (whole or part) and in_words and not other_numbers(m.numbers, m.number_words)


def _in_another_language(m: Measures, t: Thresholds) -> bool:
    """Whether names and numbers stand where they stand in the other text, in another language, soon after."""
    if m.anchored is None or m.anchor_weight is None:
        return False
    soon = m.days_apart is None or m.days_apart <= t.translated_days
    return soon and m.anchored >= t.anchored and m.anchor_weight >= t.anchor_weight


def _same_quotes(m: Measures, t: Thresholds) -> bool:
    """Whether quotations are the same words where the text around them is not."""
    few = m.quotes is None or m.quote_shingles is None or m.quote_shingles < 8
    return not few and (m.quotes or 0.0) - m.containment >= t.quoted_alike


def _within(m: Measures, days: float) -> bool:
    return m.days_apart is not None and m.days_apart <= days


def _fresh(m: Measures, t: Thresholds) -> bool:
    """Whether nothing says that they appeared further apart than versions of one text do."""
    return m.days_apart is None or m.days_apart <= t.fresh_days


def _length_ratio(m: Measures) -> float:
    return max(m.words_a, m.words_b) / max(1, min(m.words_a, m.words_b))


RULES: tuple[Rule, ...] = (
    Rule(
        _in_another_language,
        Relation.TRANSLATION_OF,
        "names and numbers are in the same places of two texts in different languages",
    ),
    Rule(
        lambda m, t: m.anchored is not None,
        Relation.SHARED_PASSAGE,
        "in different languages, and too few names and numbers are in the same places",
    ),
    Rule(_only_site_text, Relation.SITE_TEXT, "all but a few words are quotations or site text"),
    Rule(
        lambda m, t: m.days_apart is not None and m.days_apart > t.window_days,
        Relation.SHARED_PASSAGE,
        "they appeared further apart than the window of days",
    ),
    Rule(_template, Relation.TEMPLATE, "a filled-in template: the words between agree, the numbers or names do not"),
    Rule(
        _too_short,
        Relation.SHARED_PASSAGE,
        "too short to be joined without a headline that agrees",
    ),
    Rule(_word_for_word, None, "word for word the same, quotations and all"),
    Rule(_in_digest, Relation.DIGEST_CONTAINS, "the longer text carries the shorter among other things"),
    Rule(lambda m, t: m.same_site and m.containment >= t.same_site_full, None, "two copies on one site"),
    Rule(_same_site_versions, None, "two versions on one site under like headlines"),
    Rule(lambda m, t: m.same_site, Relation.SHARED_PASSAGE, "two articles of one site share passages"),
    Rule(_full_copy, None, "nearly all of the shorter text is in the longer one"),
    Rule(_same_headline, None, "the same headline over a text that shares much"),
    Rule(_translated, Relation.TRANSLATED_COPY, "sentence by sentence the same in other words, as translators write"),
    Rule(_rewritten, None, "the shared text is spread over both as in an edited copy, within two days"),
    Rule(_rewritten_undated, None, "most of the shorter text, or many pieces all over it, are in the longer one"),
    Rule(_reworded, Relation.TRANSLATED_COPY, "the same article in other words, as a second translation has"),
    Rule(
        lambda m, t: m.containment >= t.part and not _edited(m),
        Relation.BLOCK_QUOTE,
        "what they share is quoted in a piece or two",
    ),
    Rule(
        lambda m, t: m.containment < 0.5 * m.raw_containment,
        Relation.SHARED_QUOTES,
        "what they share is mostly quotations or site text",
    ),
    Rule(lambda m, t: True, Relation.SHARED_PASSAGE, "they share passages, too little for a copy"),
)

_JOINING = {
    Relation.IDENTICAL,
    Relation.NEAR_DUPLICATE,
    Relation.ABRIDGED,
    Relation.EXTENDED,
    Relation.UPDATED,
    Relation.TRANSLATED_COPY,
    Relation.SUPERSEDED,
}


def judge(m: Measures, *, b_later: bool, thresholds: Thresholds = DEFAULT) -> Verdict:
    """Return what b is to a. ``b_later`` says that b was published (failing that, seen) after a."""
    rule = next(rule for rule in RULES if rule.fits(m, thresholds))
    relation = rule.relation or _copy_relation(m, b_later=b_later)
    if relation is Relation.DIGEST_CONTAINS and m.words_b < m.words_a:
        relation = Relation.IN_DIGEST
    if relation is Relation.TRANSLATION_OF and not b_later:
        relation = Relation.ORIGINAL_OF
    return Verdict(relation, relation in _JOINING, rule.reason)


def _copy_relation(m: Measures, *, b_later: bool) -> Relation:
    """Name the relation of a copy by how much is shared, which is longer, and which came later."""
    if m.identical:
        return Relation.IDENTICAL
    if max(m.jaccard, m.raw_jaccard) >= 0.7 and m.lead and m.opening:
        return Relation.NEAR_DUPLICATE
    if max(m.containment, m.coverage) >= 0.75 and _length_ratio(m) >= 1.2:
        return Relation.ABRIDGED if m.words_b < m.words_a else Relation.EXTENDED
    return Relation.UPDATED if b_later else Relation.SUPERSEDED


@cache
def version(thresholds: Thresholds = DEFAULT) -> str:
    """Name the rules and every threshold that is not the default: what an edge keeps.

    >>> version(), version(Thresholds(window_days=45))
    ('rules5', 'rules5 window_days=45')
    """
    values = {name: getattr(thresholds, name) for name in Thresholds.__slots__}
    other = (f"{name}={value:g}" for name, value in values.items() if value != getattr(DEFAULT, name))
    return " ".join((RULES_VERSION, *other))
