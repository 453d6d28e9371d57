"""Every format of feed and every way to serve it wrongly, from the server to the entries."""

import codecs
import gzip
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from bot.feeds.errors import FeedError
from bot.feeds.fetch import Ask, Fetched, Limits, fetch
from bot.feeds.guard import open_session
from bot.feeds.parse import ParsedFeed, Parser
from tests.feeds.feed_server import FeedServer, answer, serving

TITLE = "Обстрел"
ITEM = f"<item><title>{TITLE}</title><link>https://example.org/1</link></item>"
RSS = f'<rss version="2.0"><channel><title>News</title>{ITEM}</channel></rss>'
ATOM = (
    f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><entry><title>{TITLE}</title>'
    '<link href="https://example.org/1"/></entry></feed>'
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    f"<channel><title>News</title></channel>{ITEM}</rdf:RDF>"
)
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "News",
        "items": [{"id": "1", "url": "https://example.org/1", "title": TITLE, "content_html": "<html><p>x</p>"}],
    }
)
DECLARED = '<?xml version="1.0" encoding="{}"?>'
XML = "application/xml"


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def server() -> AsyncIterator[FeedServer]:
    async with serving() as feeds:
        yield feeds


@pytest_asyncio.fixture(loop_scope="module")
async def http(server: FeedServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with open_session("test", frozenset({server.host})) as session:
        yield session


SERVED = {
    "RSS": (RSS.encode(), XML),
    "Atom": (ATOM.encode(), "application/atom+xml"),
    "RDF": (RDF.encode(), "application/rdf+xml"),
    "JSON Feed": (JSON.encode(), "application/feed+json"),
    "JSON as a web page": (JSON.encode(), "text/html"),
    "JSON with a byte order mark": (codecs.BOM_UTF8 + JSON.encode(), "application/json"),
    "XML as plain text": (RSS.encode(), "text/plain"),
    "XML as a web page": (RSS.encode(), "text/html; charset=utf-8"),
    "XML as bytes": (RSS.encode(), "application/octet-stream"),
    "XML as nothing": (RSS.encode(), ""),
    "UTF-8 with a byte order mark": (codecs.BOM_UTF8 + RSS.encode(), XML),
    "UTF-16 with a byte order mark": (RSS.encode("utf-16"), XML),
    "UTF-16 without": (DECLARED.format("utf-16").encode("utf-16be") + RSS.encode("utf-16be"), XML),
    "a mark and a blank line": (codecs.BOM_UTF8 + b"\r\n" + DECLARED.format("utf-8").encode() + RSS.encode(), XML),
    "a charset in the XML": ((DECLARED.format("windows-1251") + RSS).encode("windows-1251"), XML),
    "a charset in the header": (RSS.encode("koi8-r"), f"{XML}; charset=koi8-r"),
    "UTF-8 that is said to be ASCII": (RSS.encode(), "text/xml; charset=us-ascii"),
    "UTF-8 that is said to be UTF-16": ((DECLARED.format("utf-16") + RSS).encode(), XML),
    "UTF-8 in a header that says UTF-16": (RSS.encode(), f"{XML}; charset=utf-16"),
    "UTF-16 in a header that says windows-1251": (RSS.encode("utf-16"), f"{XML}; charset=windows-1251"),
    "UTF-32 with a byte order mark": (RSS.encode("utf-32"), XML),
    "JSON in UTF-16": (JSON.encode("utf-16-le"), "application/json"),
    "UTF-8 in a charset that is none": (RSS.encode(), f"{XML}; charset=utf-88"),
    "gzip that nobody declared": (gzip.compress(RSS.encode()), XML),
}


@pytest.mark.parametrize(("body", "content_type"), SERVED.values(), ids=SERVED)
async def test_a_feed_is_read_however_it_is_served(
    server: FeedServer, http: aiohttp.ClientSession, parser: Parser, body: bytes, content_type: str
):
    server.pages["/feed"] = answer(body=body, Content_Type=content_type)
    feed = await read(server, http, parser)
    assert feed.title == "News"
    assert [(entry.title, entry.link) for entry in feed.entries] == [(TITLE, "https://example.org/1")]


EMPTY = {
    "RSS": RSS.replace(ITEM, ""),
    "Atom": '<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title></feed>',
    "RDF": RDF.replace(ITEM, ""),
    "JSON Feed": '{"version": "https://jsonfeed.org/version/1", "title": "News", "items": []}',
}


@pytest.mark.parametrize("body", EMPTY.values(), ids=EMPTY)
async def test_a_feed_without_entries_is_no_failure(
    server: FeedServer, http: aiohttp.ClientSession, parser: Parser, body: str
):
    server.pages["/feed"] = answer(body=body.encode(), Content_Type=XML)
    feed = await read(server, http, parser)
    assert (feed.title, feed.entries) == ("News", ())


async def test_undeclared_gzip_meets_the_same_limit(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(body=gzip.compress(bytes(8_000_000)), Content_Type=XML)
    with pytest.raises(FeedError, match="larger than 1 MB"):
        await fetch(Ask(server.url("/feed")), http, Limits(body_bytes=1_000_000))


async def test_undeclared_gzip_that_breaks_off_is_an_error(server: FeedServer, http: aiohttp.ClientSession):
    server.pages["/feed"] = answer(body=gzip.compress(RSS.encode())[:-9], Content_Type=XML)
    with pytest.raises(FeedError, match="ends too early"):
        await fetch(Ask(server.url("/feed")), http)


async def read(server: FeedServer, http: aiohttp.ClientSession, parser: Parser) -> ParsedFeed:
    fetched = await fetch(Ask(server.url("/feed")), http)
    assert isinstance(fetched, Fetched)
    return await parser.parse_new(fetched, server.url("/feed"))
