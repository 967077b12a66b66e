"""Cases that were hard on real pages, retold in prose of our own: what looks like a copy and is none, and copies."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from dedupe.judge import Relation, Verdict, judge
from dedupe.sentences import read
from dedupe.shingles import shingled
from dedupe.similarity import Measures, Text, measure
from dedupe.sites import nothing
from dedupe.sketches import MIN_SHINGLES
from dedupe.text import words
from dedupe.thresholds import DEFAULT
from tests.dedupe import prose

PLACES = ("Almeda", "Brunkeberg", "Valdoria", "Karsund", "Erlenbach", "Hohenfels", "Tolmina", "Ostrava", "Quintana")
SPEECH = prose.sentences(500, 60)


def side(body: str, headline: str = "", *, site: str = "a.example", day: float = 0.0) -> Text:
    shingles = shingled(body)
    return Text(shingles, read(body), words(headline), site, day * 86_400, nothing(len(shingles.sequence)).seen)


def other(body: str, headline: str = "", *, day: float = 0.5, site: str = "b.example") -> Text:
    return side(body, headline, site=site, day=day)


def undated(body: str, headline: str) -> Text:
    return replace(other(body, headline), published=None)


def verdict(a: Text, b: Text) -> Verdict:
    """Judge a pair, and make sure that neither its order nor which came later decides whether it joins."""
    found = judge(measure(a, b), b_later=True)
    for turned in (judge(measure(b, a), b_later=False), judge(measure(b, a), b_later=True)):
        assert turned.joins == found.joins
    return found


def measured(a: Text, b: Text) -> Measures:
    return measure(a, b)


def own(seed: int, count: int) -> list[str]:
    return prose.sentences(seed, count)


def joined(*parts: list[str]) -> str:
    return " ".join(sentence for part in parts for sentence in part)


def mixed(one: list[str], two: list[str]) -> str:
    return " ".join(sentence for pair in zip(one, two, strict=True) for sentence in pair)


def quoted(sentences: list[str]) -> list[str]:
    return [f"“{sentence[:-1]},” the speaker said." for sentence in sentences]


# Not one article


def test_reports_of_one_speech_share_only_its_quotations() -> None:
    said = quoted(SPEECH[:15])
    found = verdict(side(mixed(own(1, 15), said)), other(mixed(own(2, 15), said)))
    assert not found.joins


def test_a_transcript_printed_in_full_is_not_the_report_that_quotes_it() -> None:
    report = mixed(own(1, 10), quoted(SPEECH[5:15]))
    assert not verdict(side(joined(SPEECH), "Full transcript of the speech"), other(report, "Speech stirs town")).joins


def test_two_articles_that_print_a_letter_in_full_are_not_one() -> None:
    letter = SPEECH[:25]
    a = joined(own(1, 14), ["The letter reads in full:"], letter)
    b = joined(own(2, 10), ["Here is the letter."], letter, own(3, 8))
    assert not verdict(side(a, "Captains ask for time"), other(b, "A letter and what it leaves out")).joins


def test_items_of_a_news_in_brief_column_are_linked_not_joined() -> None:
    item = joined(own(1, 9))
    digest = joined(*(own(seed, 9) for seed in (2, 3, 4)), own(1, 9), *(own(seed, 9) for seed in (5, 6)))
    found = verdict(side(item, "Ferry runs aground"), other(digest, "News in brief"))
    assert (found.relation, found.joins) == (Relation.DIGEST_CONTAINS, False)


def test_two_digests_that_share_an_item_are_not_joined() -> None:
    a = joined(own(1, 8), own(2, 8), own(3, 8), own(4, 8))
    b = joined(own(5, 8), own(2, 8), own(6, 8), own(7, 8))
    assert not verdict(side(a, "Morning briefing"), other(b, "News in brief")).joins


def test_a_live_log_is_not_the_article_it_took_entries_from() -> None:
    article = own(1, 30)
    log = joined(*(joined_entry(hour, article) for hour in range(10, 22)))
    assert not verdict(side(joined(article), "Harbour closed"), other(log, "Live: the blockade as it happens")).joins


def joined_entry(hour: int, article: list[str]) -> list[str]:
    copied = article[(hour - 10) * 2 : (hour - 10) * 2 + 1] if hour % 3 == 0 else []
    return [f"{hour}:15.", *own(hour + 40, 5), *copied]


def test_articles_under_one_photo_caption_are_not_joined() -> None:
    caption = (
        "People gather at the harbour of Almeda on Tuesday, where forty boats blocked the entrance. (Photo: A. Brandal)"
    )
    found = verdict(side(joined([caption], own(1, 15), [caption])), other(joined([caption], own(2, 15), [caption])))
    assert not found.joins


def test_a_list_of_countries_joins_nothing() -> None:
    countries = "Choose your country: " + ", ".join(
        f"{place}{end}" for end in ("", "land", "ia", "stan") for place in PLACES
    )
    a, b = joined([countries + "."], own(1, 6)), joined([countries + "."], own(2, 6))
    assert not verdict(side(a, "Rain"), other(b, "Sun")).joins


def test_two_reports_that_end_with_one_list_of_concerts_are_not_one_article() -> None:
    towns = [word.capitalize() for word in " ".join(own(77, 5)).rstrip(".").replace(".", "").split()]
    dates = list(enumerate(pairwise(towns), 1))
    one = "\n".join(f"6/{day} – {town}, @ {hall} Arena" for day, (town, hall) in dates)
    two = "\n".join(f"June {day} – {hall} Arena – {town}" for day, (town, hall) in dates)
    a, b = side(f"{joined(own(1, 8))}\n{one}", "Band tours"), other(f"{joined(own(2, 8))}\n{two}", "The band is back")
    found = measured(a, b)
    assert found.aligned is not None and found.aligned >= DEFAULT.aligned  # the list is
    assert not verdict(a, b).joins


def test_a_newsletter_block_joins_nothing() -> None:
    block = joined(own(900, 8))
    a, b = f"{joined(own(1, 8))}\n{block}", f"{joined(own(2, 8))}\n{block}"
    assert not verdict(side(a, "Rain"), side(b, "Sun")).joins  # of one site
    assert not verdict(side(a, "Rain"), other(b, "Sun")).joins  # of two titles of one house


NOTICE = (
    "We have noticed unusual traffic from your network. Your address has been blocked for the time being. If you "
    "think that this is a mistake, write to our support and name the reference number below. Please make sure that "
    "your browser accepts cookies and does not block scripts from loading. For more information you can review our "
    "terms of service."
)


def test_pages_that_say_one_is_blocked_are_not_one_article() -> None:
    a, b = side(NOTICE, "Port of Almeda closed"), other(NOTICE, "Minister resigns in Valdoria")
    assert measured(a, b).containment == 1
    assert not verdict(a, b).joins


def test_a_cookie_page_is_not_joined_with_an_article_that_carries_it() -> None:
    assert not verdict(side(NOTICE, "Port closed"), other(joined([NOTICE], own(1, 20)), "Minister resigns")).joins


def police(name: str, place: str, age: int, hour: int) -> str:
    return (
        f"Police in {place} are asking for help in finding {name}, {age}, who was last seen on {place} Road at "
        f"about {hour} pm. Officers say that {name} is about {age + 140} cm tall and was wearing a dark coat. "
        f"Anyone who has seen {name} or knows where he may be is asked to call the station in {place} at "
        f"{hour}{age}-{age}{hour}. Callers may remain anonymous. A spokesman for the police in {place} said that "
        f"the family of {name} is very worried and that {age} officers have joined the search, which goes on until "
        f"{hour + 1} pm today. Volunteers meet at the school in {place}."
    )


@pytest.mark.parametrize("site", ["a.example", "b.example"])
def test_a_police_template_filled_in_twice_is_not_joined(site: str) -> None:
    a = side(police("Teo Brandal", "Almeda", 31, 8), "Police seek missing man")
    b = side(police("Ivo Kolb", "Karsund", 57, 5), "Police seek missing man", site=site, day=0.5)
    assert not verdict(a, b).joins


def stock(company: str, ticker: str, base: int) -> str:
    lines = (
        "Shares of {c} ({t}) opened at {a} on Thursday, {b} percent above the close of the day before.",
        "The company has a market value of {d} million, a price-earnings ratio of {e} and a beta of {b}.",
        "{c} last reported its quarterly results on {f} May and earned {b} a share, beating estimates by {e} cents.",
        "Analysts at the bank of Serra raised their target for {c} from {a} to {d} in a note to investors.",
        "A fund bought a new stake in {c} worth {e} million and owns {f} percent of the shares outstanding.",
    )
    values = {"a": base, "b": base * 3 % 17, "d": base * 7, "e": base * 5 % 23, "f": base % 29}
    return " ".join(line.format(c=company, t=ticker, **values) for line in lines * 2)


@pytest.mark.parametrize("site", ["a.example", "b.example"])
def test_a_stock_template_filled_in_twice_is_not_joined(site: str) -> None:
    a = side(stock("Brandal Shipping", "BRDL", 41), "Brandal Shipping shares gain")
    b = side(stock("Kolb Foods", "KLBF", 137), "Kolb Foods shares gain", site=site, day=0.5)
    assert not verdict(a, b).joins


def hoax(name: str, place: str) -> str:
    return (
        f"Hollywood star {name} says that he is moving to {place} for good. In an interview {name} said that he "
        f"was tired of the big city and that {place} was the place where he would raise his children. The people "
        f"of {place} have always been kind to me, {name} told reporters, and I have bought a house near the lake. "
        f"Neighbours in {place} say that they saw {name} in the bakery last week, where he asked about schools. "
        f"The mayor of {place} welcomed the news and said that {name} would be given the key of the town. Real "
        f"estate agents expect that prices in {place} will rise now that {name} has made up his mind. A spokesman "
        f"for {name} did not answer our questions."
    )


@pytest.mark.parametrize("site", ["a.example", "b.example"])
def test_a_hoax_with_the_names_swapped_is_not_one_article(site: str) -> None:
    a = side(hoax("Teo Brandal", "Almeda"), "Star Teo Brandal is moving to Almeda")
    b = side(hoax("Ivo Marsk", "Karsund"), "Star Ivo Marsk is moving to Karsund", site=site, day=0.5)
    assert not verdict(a, b).joins


def test_a_commentary_that_quotes_most_of_an_article_is_not_joined() -> None:
    article = own(1, 24)
    commentary = joined(own(2, 16), article[2:22], own(3, 18))
    a, b = side(joined(article), "Captains ask for time"), other(commentary, "What the captains will not say")
    assert measured(a, b).containment > 0.8
    assert not verdict(a, b).joins


def test_two_articles_of_one_site_around_one_gallery_are_not_joined_by_like_headlines() -> None:
    gallery = own(1, 30)
    a = side(joined(own(2, 8), gallery, own(3, 6)), "Fact check: the harbour in the debate")
    b = side(joined(own(4, 8), gallery, own(5, 8)), "Fact check: the ferry in the debate")
    assert measured(a, b).containment > 0.6
    assert not verdict(a, b).joins


def test_background_that_two_articles_have_in_a_few_pieces_is_none_of_a_copy_where_a_date_is_not_known() -> None:
    kept = own(1, 16)
    a = side(joined(own(2, 12), kept[:8], own(3, 4), kept[8:]), "Sanctions are back")
    b = undated(joined(own(4, 5), kept[:8], own(5, 4), kept[8:], own(6, 3)), "Minister defends waivers")
    assert measured(a, b).containment > 0.5
    assert not verdict(a, b).joins


def test_a_text_too_short_to_judge_has_too_few_shingles_to_be_matched() -> None:
    assert len(shingled("The port of Almeda is closed today.").unique) < MIN_SHINGLES


# One article


def test_an_abridged_teaser_is_joined_with_its_long_article() -> None:
    article = own(1, 90)
    teaser = joined(article[:9], own(2, 1))
    a, b = side(joined(article), "Captains ask for time"), other(teaser, "Captains ask for time, says union")
    assert measured(a, b).jaccard < 0.12 and measured(a, b).containment > 0.85
    assert verdict(a, b).joins


def test_a_copy_edited_all_over_is_joined_where_a_date_is_not_known() -> None:
    article = own(1, 40)
    rewritten = joined([old if n % 3 else new for n, (old, new) in enumerate(zip(article, own(2, 40), strict=True))])
    assert verdict(side(joined(article), "Port closed"), undated(rewritten, "Boats at the entrance")).joins


def test_an_update_of_one_site_that_keeps_little_is_joined_by_its_headline() -> None:
    first = own(1, 6)
    a = side(joined(first), "Forty boats block port of Almeda", site="a.example")
    b = side(joined(first[:4], own(2, 25)), "Forty boats block port of Almeda for hours", site="a.example", day=0.2)
    assert verdict(a, b).joins


def test_a_copy_that_changes_the_spelling_of_names_is_joined() -> None:
    a = hoax("Teo Brandal", "Almeda")
    assert verdict(side(a, "Star is moving"), other(a.replace("Brandal", "Brandahl"), "Star is moving")).joins
