"""Where the rules of the judgement draw their lines, and so what is worth measuring."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Where the rules draw their lines: shares 0..1, days, or a number of shingles.

    The defaults were set on the labelled pairs with `benchmarks/dedupe.py` unless another source is named.
    """

    # Beyond this nothing is joined: all the labelled copies are within days, what spans a month is background.
    window_days: float = 30.0
    # Versions of one agency text appear on the same day or the next: all the labelled ones do.
    fresh_days: float = 1.9
    # A text with fewer shingles to judge by is joined only with a headline that agrees: log-in and cookie pages.
    few_shingles: int = 60
    # Containment of a copy.
    full: float = 0.8
    # Containment of a copy that was rewritten or built into another text.
    part: float = 0.28
    # The same in many pieces (nine), as an edited text has: quoted passages and background come in fewer.
    part_in_pieces: float = 0.25
    # The same, in fewer pieces, where a date is not known; in many, what is enough with one.
    part_undated: float = 0.6
    # Containment of two copies on one site: below it are galleries, series and background paragraphs.
    same_site_full: float = 0.85
    # Containment of two versions on one site, whose headlines agree too.
    same_site_part: float = 0.5
    # Jaccard of 2-word shingles: different articles reach 0.16, machine translations of one begin at 0.2
    # (../shared/data, translations).
    reworded_pairs: float = 0.3
    # The same where a date is not known.
    reworded_pairs_undated: float = 0.35
    # Share of two texts that is aligned in order, outside sentences shared word for word: independent reports of one
    # event reach 0.43, translations by people begin at 0.40 (1 in 100 is below; ../shared/data, translations).
    aligned: float = 0.4
    # The same and what of it the order explains, added: one list of names in two reports is in no order.
    aligned_in_order: float = 0.58
    # The share of a shortened translation that the longer one has in the same order.
    aligned_part: float = 0.45
    # What of that the order explains at least: in newsweb and crossing-outlets no two reports reach both.
    part_order: float = 0.1
    # The mean share of two texts that is aligned by words alone that are neither names nor numbers: 3 in 5,300 pairs of
    # translations are below it, two reports with one list of concerts at their ends have 0.2.
    aligned_words: float = 0.25
    # How much more of the quotations than of the rest is shared word for word where two reporters quote one speaker:
    # translators word quotations anew too (6 in 1,000 pairs of translations are above it).
    quoted_alike: float = 0.5
    # Days in which somebody translates an article that others translated too.
    translated_days: float = 7.0
    # Words below which a text has too few sentences for their order to say anything: the shortest translation has 72.
    translated_words: int = 60
    # The share of its numbers and names that a translation has in the same places: 99, 97 and 75 of 100 Icelandic,
    # Russian and Japanese ones are above it; reports of one event in two languages reach 0.33
    # (benchmarks/translations.py).
    anchored: float = 0.3
    # The weight of these at least: of two short texts, chance is a large share.
    anchor_weight: float = 6.0


DEFAULT = Thresholds()
