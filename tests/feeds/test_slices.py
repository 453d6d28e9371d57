"""Only new items are parsed, and what comes of them is what parsing everything would have given."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds import worker
from bot.feeds.known import KnownItems, unpacked
from bot.feeds.slices import DIGEST_BYTES, slice_items

XML = "text/xml"
DECLARED = b'<?xml version="1.0" encoding="utf-8"?>'


def rss(items: bytes, head: bytes = b"<title>News</title>", tail: bytes = b"", root: bytes = b"") -> bytes:
    return DECLARED + b'<rss version="2.0"' + root + b"><channel>" + head + items + tail + b"</channel></rss>"


def item(name: str, more: bytes = b"") -> bytes:
    return f"<item><title>{name}</title><guid>{name}</guid>".encode() + more + b"</item>"


def parsed(body: bytes, known: bytes = b"", content_type: str = XML) -> dict[str, object]:
    return worker.answer(body, {"content_type": content_type, "known": known.hex()})


def titles(answer: dict[str, object]) -> list[str]:
    entries = answer["entries"]
    assert isinstance(entries, list)
    return [entry["title"] for entry in entries]


# ---------------------------------------------------------------- what is new
ATOM = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>%s</feed>'
RDF = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    b"<channel><title>News</title></channel>%s</rdf:RDF>"
)
FORMATS = {"RSS": rss(b"%s"), "Atom": ATOM, "RDF": RDF}


@pytest.mark.parametrize("frame", FORMATS.values(), ids=FORMATS)
def test_of_a_feed_that_grew_only_the_new_item_is_parsed(frame: bytes):
    name = b"entry" if frame is ATOM else b"item"
    old, new = (
        b"".join(b"<%s><title>%d</title></%s>\n" % (name, n, name) for n in numbers)
        for numbers in (range(2, 5), range(1, 5))
    )
    before = parsed(frame.replace(b"%s", old))
    after = parsed(frame.replace(b"%s", new), bytes.fromhex(str(before["items"])))
    assert (titles(before), titles(after)) == (["2", "3", "4"], ["1"])
    assert after["title"] == "News"


def test_an_edited_item_is_parsed_again_and_its_neighbours_are_not():
    before = parsed(rss(item("a") + item("b")))
    after = parsed(rss(item("a", b"<description>Now 12 killed</description>") + item("b")), _items(before))
    assert titles(after) == ["a"]


def test_a_feed_in_which_nothing_but_its_date_changed_has_no_entries_and_is_a_feed():
    before = parsed(rss(item("a"), head=b"<lastBuildDate>1</lastBuildDate>"), content_type="")
    after = parsed(rss(item("a"), head=b"<lastBuildDate>2</lastBuildDate>"), _items(before), content_type="")
    assert "error" not in after
    assert titles(after) == []
    assert after["items"] == before["items"]


def test_what_stands_between_and_behind_the_items_stays():
    body = rss(item("a") + b"<!-- <item> --><ttl>30</ttl>" + item("b"), tail=b"<image><title>T</title></image>")
    after = parsed(body, _items(parsed(body)))
    assert (after["title"], after["ttl"], titles(after)) == ("News", "30", [])


@pytest.mark.parametrize(
    "inside",
    [
        b"<description><![CDATA[</item><item><title>no</title></item>]]></description>",
        b"<!-- </item><item> -->",
        b"<media:content xmlns:media='http://search.yahoo.com/mrss/' url='x'/>",
        b"<post-id xmlns='urn:a'>1</post-id>",
        b"<items/><itemref/>",
        b"",
    ],
)
def test_an_item_ends_where_xml_says_it_ends(inside: bytes):
    slices = slice_items(rss(item("a", inside) + b"<item/>" + item("b") + b"<item\n></item >"), XML)
    assert slices is not None
    cut = [slices.body[start:end] for start, end in slices.spans]
    assert cut == [item("a", inside), b"<item/>", item("b"), b"<item\n></item >"]


DOUBTS = {
    "doctype": b'<!DOCTYPE rss [<!ENTITY e "x">]>' + rss(item("a")).removeprefix(DECLARED),
    "broken": rss(item("a") + b"<item><title>b & c</title></item>"),
    "breaks off": rss(item("a"))[:-8],
    "nested": rss(item("a", item("b"))),
    "in two lists": b"<r><l>" + item("a") + b"</l><l>" + item("b") + b"</l></r>",
    "prefix declared on an item": rss(b'<item xmlns:x="urn:a"><x:title>a</x:title></item>'),
    "prefix declared in an item": rss(item("a", b'<x:y xmlns:x="urn:a"/>')),
    "an item in a namespace of its own": rss(b'<item xmlns="urn:a"/>'),
    "prefix not declared": rss(item("a", b"<x:y/>")),
    "UTF-7": rss(item("a")).replace(b"utf-8", b"utf-7"),
    "not the charset it says": rss(item("caf\xe9").decode().encode("latin-1")),
    "two charsets": rss(item("a")),
    "a title behind the items": rss(item("a"), tail=b"<title>Other News</title>"),
    "no items": rss(b""),
}


@pytest.mark.parametrize("body", DOUBTS.values(), ids=DOUBTS)
def test_in_doubt_the_whole_body_is_parsed_and_nothing_is_remembered(body: bytes):
    content_type = "text/xml; charset=windows-1251" if body is DOUBTS["two charsets"] else XML
    assert slice_items(body, content_type) is None
    assert parsed(body, content_type=content_type).get("items", "") == ""


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "iso-8859-5"])
def test_a_charset_of_single_bytes_is_sliced_too(charset: str):
    declared = rss(b"%s").replace(b"utf-8", charset.encode())
    new = "<item><title>Обстрел</title></item>".encode(charset)
    old = "<item><title>Тихо</title></item>".encode(charset)
    before = parsed(declared.replace(b"%s", old), content_type="application/xml")
    after = parsed(declared.replace(b"%s", new + old), _items(before), content_type="application/xml")
    assert titles(after) == ["Обстрел"]


def test_of_a_feed_too_long_to_be_kept_whole_nothing_is_remembered():
    assert parsed(rss(b"<item/>" * (worker.ENTRIES_MAX + 1)))["items"] == ""


# ---------------------------------------------------------------- the same as parsing everything
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
PLAIN = WORDS.map(escape)
CDATA = WORDS.map(lambda words: f"<![CDATA[<p>{words.replace(']]>', '')}</item><item>]]>")
LINES = st.sampled_from(["", "\n  ", "<!-- <item> </item> -->", "<?pi <item>?>"])
NAMES = st.sampled_from(
    ["title", "description", "guid", "link", "pubDate", "author", "content:encoded", "dc:date", "media:title", "image"]
)
ODD = st.sampled_from(
    [
        "<p xmlns='http://www.w3.org/1999/xhtml'>x</p>",
        "<q xmlns='urn:q'><title>q</title></q>",
        "<a b='</item>'/>",
        "&#x2028;",
    ]
)
PREFIXES = (
    b' xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    b' xmlns:media="http://search.yahoo.com/mrss/" xmlns:q="urn:q"'
)
CHILDREN = st.tuples(NAMES, PLAIN | CDATA | ODD).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>") | LINES
ITEMS = st.lists(CHILDREN, max_size=6).map(lambda inside: f"<item>{''.join(inside)}</item>")


@given(items=st.lists(st.tuples(ITEMS, LINES, st.booleans()), max_size=6), tail=CHILDREN)
def test_new_items_come_out_as_they_would_from_the_whole_feed(items: list[tuple[str, str, bool]], tail: str):
    body = rss("".join(f"{each}{gap}" for each, gap, _ in items).encode(), tail=tail.encode(), root=PREFIXES)
    whole = worker._parsed(body, XML)
    slices = slice_items(body, XML)
    if slices is None:
        return
    known = {digest for digest, (_, _, is_known) in zip(slices.digests, items, strict=True) if is_known}
    answer = parsed(body, b"".join(known))
    expected = [
        worker._plain(worker._entry(entry))
        for entry, digest in zip(whole.entries, slices.digests, strict=True)
        if digest not in known
    ]
    assert answer["entries"] == expected
    assert answer["title"] == parsed(body)["title"]


@given(
    st.lists(
        st.sampled_from(
            [b"<item>", b"</item>", b"<item/>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<a>", b"</a>", b"x"]
        )
    )
)
def test_scraps_of_items_are_never_read_differently_from_the_whole(scraps: list[bytes]):
    body = rss(b"".join(scraps))
    slices = slice_items(body, XML)
    if slices is not None:
        assert len(worker._parsed(body, XML).entries) == len(slices.digests)
        assert titles(parsed(body, b"".join(slices.digests))) == []


# ---------------------------------------------------------------- memory
def test_feeds_that_were_not_asked_for_longest_are_forgotten_first():
    known = KnownItems(most_bytes=3 * DIGEST_BYTES)
    digests = [bytes([n]) * DIGEST_BYTES for n in range(4)]
    known.keep("a", digests[0])
    known.keep("b", digests[1])
    known.keep("a", digests[0] + digests[2])
    known.keep("c", digests[3])
    assert [unpacked(known.of(name)) for name in "abc"] == [{digests[0], digests[2]}, set(), {digests[3]}]


def test_a_feed_without_items_takes_no_room():
    known = KnownItems(most_bytes=DIGEST_BYTES)
    known.keep("a", bytes(DIGEST_BYTES))
    known.keep("a", b"")
    known.keep("b", bytes(DIGEST_BYTES))
    assert known.of("a") == b""
    assert known.of("b") != b""


def _items(answer: dict[str, object]) -> bytes:
    return bytes.fromhex(str(answer["items"]))
