"""A country's dump from a server on loopback: in one go, resumed, changed in between, broken, and absent."""

import io
import zipfile

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.gazetteer.download import DownloadError, download, is_country


def archive(text: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("SY.txt", text)
    return out.getvalue()


class Dumps:
    """Serves one dump as GeoNames does; `cut` breaks the connection off after so many bytes."""

    def __init__(self) -> None:
        self.body, self.etag, self.cut, self.address = archive("one\n" * 500), '"v1"', 0, ""
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.headers.get("Range", ""))
        if request.match_info["name"] != "SY.zip":
            raise web.HTTPNotFound
        start = 0
        if (wanted := request.headers.get("Range")) and request.headers.get("If-Range") == self.etag:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
        response = web.StreamResponse(status=206 if start else 200, headers={"ETag": self.etag})
        response.content_length = len(self.body) - start
        await response.prepare(request)
        await response.write(self.body[start : self.cut or None])
        if self.cut:
            assert request.transport is not None
            request.transport.close()
        return response


@pytest.fixture
async def dumps():
    served = Dumps()
    app = web.Application()
    app.router.add_get("/{name}", served.answer)
    async with TestServer(app) as server:
        served.address = f"http://127.0.0.1:{server.port}/{{country}}.zip"
        yield served


async def test_a_dump_arrives_whole_with_its_progress(dumps, tmp_path):
    told = []

    path = await download("SY", tmp_path, dumps.address, lambda done, total: told.append((done, total)))

    assert path.read_bytes() == dumps.body
    assert told[-1] == (len(dumps.body), len(dumps.body))
    assert [p.name for p in tmp_path.iterdir()] == ["SY.zip"]


async def test_a_download_that_broke_off_goes_on_where_it_stopped(dumps, tmp_path):
    dumps.cut = 40
    with pytest.raises(DownloadError, match="start again to go on"):
        await download("SY", tmp_path, dumps.address)
    dumps.cut = 0

    path = await download("SY", tmp_path, dumps.address)

    assert path.read_bytes() == dumps.body
    assert dumps.asked == ["", "bytes=40-"]


async def test_a_dump_that_changed_meanwhile_is_fetched_from_the_start(dumps, tmp_path):
    dumps.cut = 40
    with pytest.raises(DownloadError):
        await download("SY", tmp_path, dumps.address)
    dumps.cut, dumps.etag, dumps.body = 0, '"v2"', archive("two\n" * 700)

    path = await download("SY", tmp_path, dumps.address)

    assert path.read_bytes() == dumps.body


async def test_what_is_no_archive_is_thrown_away(dumps, tmp_path):
    dumps.body = b"<html>sorry</html>"

    with pytest.raises(DownloadError, match="no whole zip archive"):
        await download("SY", tmp_path, dumps.address)
    assert list(tmp_path.iterdir()) == []


async def test_a_country_without_a_dump_is_said_so(dumps, tmp_path):
    with pytest.raises(DownloadError, match="404"):
        await download("XX", tmp_path, dumps.address)


def test_two_capitals_are_a_country_and_all_else_a_file():
    assert is_country("SY")
    assert not any(map(is_country, ["sy", "SY.txt", "SYR", "./SY"]))
