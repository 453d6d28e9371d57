import io
import logging

import pytest

from bot.telegram.secrecy import MASK, guard_logs, hide_token, masked
from tests.fake_telegram import TOKEN


@pytest.fixture
def written(monkeypatch):
    """What a root logger with one guarded handler writes."""
    stream = io.StringIO()
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [logging.StreamHandler(stream)])
    monkeypatch.setattr(root, "level", logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("httpx"), "level", logging.NOTSET)
    guard_logs()
    return stream


def test_a_token_is_masked_with_and_without_its_prefix():
    assert masked(f"POST https://api.telegram.org/bot{TOKEN}/getMe") == f"POST https://api.telegram.org/{MASK}/getMe"
    assert masked(f"Bot[token={TOKEN}]") == f"Bot[token={MASK}]"


def test_times_and_addresses_are_no_tokens():
    line = "2026-11-22 14:30:59 GET http://127.0.0.1:8080/health_and_everything_else_there_is"
    assert masked(line) == line


def test_a_logged_token_is_masked_wherever_it_stands(written):
    error = ValueError(f"bad answer of bot{TOKEN}")
    logging.getLogger("somewhere.deep").error("token %s, %d tries", TOKEN, 3, exc_info=error)

    assert TOKEN not in written.getvalue()
    assert f"token {MASK}, 3 tries" in written.getvalue()
    assert f"ValueError: bad answer of {MASK}" in written.getvalue()


def test_words_that_do_not_fit_their_arguments_are_left_to_the_handler():
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "%d tries", ("three",), None)

    assert hide_token(record)
    assert record.args == ("three",)


def test_httpx_no_longer_logs_addresses(written):
    logging.getLogger("httpx").info("HTTP Request: POST /bot%s/getMe", TOKEN)

    assert written.getvalue() == ""


def test_guarding_twice_guards_once(written):
    guard_logs()

    assert logging.getLogger().handlers[0].filters == [hide_token]
