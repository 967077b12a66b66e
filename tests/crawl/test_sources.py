from __future__ import annotations

import base64
import codecs
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

import pytest

from crawler.config import SourceSpec
from crawler.errors import SourceError
from crawler.sources import Discovered, Link, discover

FEED = SourceSpec(name="f", kind="feed", url="https://a.example/rss")
ATOM = "http://www.w3.org/2005/Atom"
NINE = datetime(2016, 11, 1, 9, tzinfo=UTC)
TEN = datetime(2016, 11, 1, 10, tzinfo=UTC)
WHOLE = f"<p>{'A sentence of a whole text. ' * 50}</p>"


def found(body: bytes | str, content_type: str | None = "application/xml", spec: SourceSpec = FEED) -> Discovered:
    return discover(spec, body.encode() if isinstance(body, str) else body, content_type, spec.url)


def read(body: bytes | str, content_type: str | None = "application/xml") -> Sequence[Link]:
    return found(body, content_type).links


def rss(inner: str, attributes: str = "") -> str:
    return f'<rss version="2.0" {attributes}><channel><title>x</title>{inner}</channel></rss>'


def item(inner: str, attributes: str = "") -> Link:
    [link] = read(rss(f"<item>{inner}</item>", attributes))
    return link


def atom(inner: str, namespace: str = ATOM) -> Link:
    [link] = read(f'<feed xmlns="{namespace}"><entry><link href="/a"/>{inner}</entry></feed>')
    return link


def test_an_rss_item_is_a_link_with_headline_and_date() -> None:
    feed = found(
        rss("<item><title>A &amp; B</title><link>/a</link><pubDate>Tue, 01 Nov 2016 10:00:00 +0100</pubDate></item>")
    )
    link = Link(url="https://a.example/a", source="f", headline="A & B", date_published=NINE)
    assert feed == Discovered(form="RSS", title="x", links=[link])


def test_an_atom_entry_is_a_link_with_headline_and_both_dates() -> None:
    feed = found(f"""<feed xmlns="{ATOM}"><title type="html">&lt;b&gt;x&lt;/b&gt;</title><entry><title>T</title>
        <link rel="replies" href="/c"/><link rel="alternate" href="https://a.example/t"/>
        <published>2016-11-01T09:00:00Z</published><updated>2016-11-01T10:00:00Z</updated></entry></feed>""")
    link = Link(url="https://a.example/t", source="f", headline="T", date_published=NINE, date_modified=TEN)
    assert feed == Discovered(form="Atom", title="x", links=[link])


def test_a_date_of_change_is_no_date_of_publication() -> None:
    link = atom("<updated>2016-11-01T10:00:00Z</updated>")
    assert (link.date_published, link.date_modified, link.latest) == (None, TEN, TEN)


@pytest.mark.parametrize("namespace", ["http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/", ""])
def test_rdf_items_stand_beside_the_channel(namespace: str) -> None:
    feed = found(f"""<rdf:RDF xmlns="{namespace}" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>x</title><items><rdf:Seq/></items></channel>
        <image><title>i</title><url>/i.png</url></image><item rdf:about="https://a.example/a"><title>T</title>
        <link>https://a.example/a</link><dc:date>2016-11-01T09:00Z</dc:date></item></rdf:RDF>""")
    link = Link(url="https://a.example/a", source="f", headline="T", date_published=NINE)
    assert feed == Discovered(form="RSS", title="x", links=[link])


def test_atom_03_is_read_with_its_own_names() -> None:
    link = atom(
        f"""<title mode="base64" type="text/html">{base64.b64encode(b"A <b>B</b>").decode()}</title>
        <issued>2016-11-01T09:00:00Z</issued><modified>2016-11-01T10:00:00Z</modified>""",
        "http://purl.org/atom/ns#",
    )
    assert (link.headline, link.date_published, link.date_modified) == ("A B", NINE, TEN)


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"])
def test_a_json_feed_is_read(version: str) -> None:
    entry = {
        "id": 1,
        "url": "/a",
        "title": "A &amp; B",
        "date_published": "2016-11-01T10:00:00+01:00",
        "content_html": WHOLE,
    }
    feed = found(json.dumps({"version": version, "title": "x", "items": [entry, {"id": "2"}, "3"]}))
    link = Link(url="https://a.example/a", source="f", headline="A & B", date_published=NINE, content=WHOLE)
    assert feed == Discovered(form="JSON Feed", title="x", links=[link], dropped={"no-address": 2})


@pytest.mark.parametrize(
    "inner",
    [
        "<link><![CDATA[ https://a.example/a ]]></link>",
        "<guid>https://a.example/a</guid>",
        "<link></link><guid isPermaLink='true'>https://a.example/a</guid>",
        f"<link xmlns='{ATOM}' href='https://a.example/a'/>",
        f"<link xmlns='{ATOM}' rel='self' href='/self'/><link>/a</link>",
        "<link>https://feeds.example/~r/1</link>"
        "<origLink xmlns='http://rssnamespace.org/feedburner/ext/1.0'>https://a.example/a</origLink>",
        "<enclosure url='https://a.example/a.mp3'/><link>/a</link>",
    ],
)
def test_an_item_is_found_wherever_its_address_stands(inner: str) -> None:
    assert item(inner).url == "https://a.example/a"


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<link>javascript:alert(1)</link>",
        "<guid isPermaLink='false'>https://a.example/a</guid>",
        "<guid>4711</guid>",
        "<guid>https://[</guid>",
        "<enclosure url='https://a.example/a.mp3'/>",
        "<content xmlns='http://search.yahoo.com/mrss/' url='https://a.example/a.jpg'/>",
    ],
)
def test_an_item_without_a_web_address_of_its_own_is_counted(inner: str) -> None:
    feed = found(rss(f"<item>{inner}</item>"))
    assert (feed.links, feed.dropped) == ([], {"no-address": 1})


def test_addresses_start_from_xml_base() -> None:
    body = rss("<item xml:base='b/'><link>c</link></item>", "xml:base='https://b.example/a/'")
    assert [link.url for link in read(body)] == ["https://b.example/a/b/c"]


def test_a_hostile_xml_base_leads_nowhere() -> None:
    feed = found(rss("<item><link>/c</link></item>", "xml:base='file:///etc/'"))
    assert (feed.links, feed.dropped) == ([], {"no-address": 1})


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("&lt;b&gt;Bold&lt;/b&gt; &amp;amp; &lt;br/&gt;new", "Bold & new"),
        ("<![CDATA[Caf&eacute; &#8211; <i>x</i>]]>", "Café – x"),
        ("A <b>b</b>\n c", "A b c"),
        ("5 &lt; 6 &gt; 4", "5 < 6 > 4"),
        ("It&#146;s", "It’s"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;x", "x"),
        ("&lt;i&gt;&lt;/i&gt;", None),
    ],
)
def test_a_headline_is_plain_text(title: str, headline: str | None) -> None:
    assert item(f"<link>/a</link><title>{title}</title>").headline == headline


@pytest.mark.parametrize(
    "title",
    [
        "<title>The &lt;b&gt; tag</title>",
        '<title type="html">The &amp;lt;b&amp;gt; tag</title>',
        '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">The <i>&lt;b&gt;</i> tag</div></title>',
    ],
)
def test_an_atom_title_says_itself_what_is_markup(title: str) -> None:
    assert atom(title).headline == "The <b> tag"


@pytest.mark.parametrize(
    ("inner", "attributes"),
    [
        (
            f"<content:encoded>{escape(WHOLE)}</content:encoded>",
            "xmlns:content='http://purl.org/rss/1.0/modules/content/'",
        ),
        (f"<content:encoded><![CDATA[{WHOLE}]]></content:encoded>", ""),
        (f"<content xmlns='{ATOM}' type='html'>{escape(WHOLE)}</content>", ""),
    ],
)
def test_a_whole_text_comes_with_its_link(inner: str, attributes: str) -> None:
    assert item(f"<link>/a</link>{inner}", attributes).content == WHOLE


def test_xhtml_content_is_a_whole_text_too() -> None:
    content = atom(f'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{WHOLE}</div></content>').content
    assert content is not None and WHOLE in content


@pytest.mark.parametrize("content", ["<p>A teaser.</p>", f"<script>{'x;' * 900}</script>", f"<p>{'x' * 1_000_001}</p>"])
def test_teasers_scripts_and_monsters_are_no_whole_text(content: str) -> None:
    assert atom(f'<content type="html">{escape(content)}</content>').content is None


@pytest.mark.parametrize(
    "dates",
    [
        "<pubDate>2016-11-01T09:00Z</pubDate><dc:date/>",
        "<dc:date>soon</dc:date><pubDate>2016-11-01T09:00Z</pubDate>",
        "<dc:date>2016-11-01T09:00Z</dc:date>",
        "<pubDate>2016-11-01T09:00Z</pubDate><dc:date>2016-11-01T10:00Z</dc:date>",
    ],
)
def test_a_second_date_takes_no_place_of_a_good_one(dates: str) -> None:
    link = item(f"<link>/a</link>{dates}", "xmlns:dc='http://purl.org/dc/elements/1.1/'")
    assert (link.date_published, link.date_modified) == (NINE, None)


def test_a_feed_cut_within_its_first_link_is_an_error() -> None:
    with pytest.raises(SourceError, match="not well-formed"):
        read("<rss><channel><item><link>")


def test_follow_chooses_the_links_that_are_listed() -> None:
    spec = FEED.model_copy(update={"follow": "/news/"})
    feed = found(rss("<item><link>/news/1</link></item><item><link>/video/2</link></item>"), spec=spec)
    assert [link.url for link in feed.links] == ["https://a.example/news/1"]
    assert (feed.skipped, feed.dropped) == (("https://a.example/video/2",), {})


UMLAUT = '<?xml version="1.0" encoding="{}"?>' + rss("<item><title>Käse</title><link>/a</link></item>")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (UMLAUT.format("utf-8").encode(), None),
        (UMLAUT.format("iso-8859-1").encode(), "text/xml; charset=us-ascii"),
        (UMLAUT.format("utf-8").encode("latin-1"), "text/xml; charset=utf-8"),
        (UMLAUT.format("iso-8859-1").encode("latin-1"), None),
        (UMLAUT.format("x").encode("latin-1"), "text/xml; charset=ISO-8859-1"),
        (UMLAUT.format("punycode").encode("latin-1"), "text/xml; charset=zlib"),
        (UMLAUT.format("utf-16").encode(), "text/xml; charset=utf-16"),
        (UMLAUT.format("utf-16").encode("utf-16"), None),
        (UMLAUT.format("utf-8").encode("utf-16-be"), None),
        (codecs.BOM_UTF8 + UMLAUT.format("ascii").encode(), None),
        (UMLAUT.format("utf-32").encode("utf-32"), "text/xml"),
        (b"\n\n" + UMLAUT.format("utf-8").encode(), None),
        (b'<!DOCTYPE rss SYSTEM "a>b" [<!ENTITY e "x">]>' + UMLAUT.format("").encode(), None),
    ],
)
def test_the_encoding_is_found_whatever_is_declared(body: bytes, content_type: str | None) -> None:
    assert [link.headline for link in read(body, content_type)] == ["Käse"]


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>A & B &nbsp;&lt; &bogus; C</title><link>/a?b=1&c=2</link></item>"),
        rss("<item><title>A & B &lt; &bogus; C</title><link>/a?b=1&c=2</link></item>").removesuffix("</channel></rss>"),
        rss("<item><title>A & B < &bogus; C</title><x:y>\x01</x:z><link><![CDATA[/a?b=1&c=2]]></link></item>"),
    ],
)
def test_a_feed_that_is_nearly_well_formed_gives_what_it_has(body: str) -> None:
    [link] = read(body)
    assert (link.url, link.headline) == ("https://a.example/a?b=1&c=2", "A & B < &bogus; C")


def test_an_empty_feed_has_no_links_and_is_no_error() -> None:
    assert read(rss(""), "text/html") == []


@pytest.mark.parametrize("body", ["", "hello", "<html><body>Welcome</body></html>", '{"version": 1}', "[[", "\x00\xff"])
def test_what_is_not_a_feed_is_said_to_be_none(body: str) -> None:
    with pytest.raises(SourceError, match=r"^https://a\.example/rss: not a readable feed: "):
        read(body.encode("latin-1"))


def test_a_feed_cut_before_its_first_link_is_an_error() -> None:
    with pytest.raises(SourceError, match=r"not a readable feed: not well-formed: no element found$"):
        read('<rss version="2.0"><channel><item><title>T')
