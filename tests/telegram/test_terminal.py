import io

import pytest
from rich.console import Console

from bot.core.model import MessageKind, Rendered
from bot.outbox import Sender
from bot.telegram import texts
from bot.telegram.terminal import TerminalSender, rich_text
from tests.telegram.samples import TEXT, due


@pytest.fixture
def screen():
    return io.StringIO()


@pytest.fixture
def sender(screen) -> Sender:
    return TerminalSender(Console(file=screen, width=100))


async def test_alerts_are_numbered_and_shown_with_their_link(sender, screen):
    assert [await sender.send(due(7)), await sender.send(due(7))] == [1, 2]

    assert "message 1 to chat 7" in screen.getvalue()
    assert "Binnish: 11 killed" in screen.getvalue()
    assert f"[ {texts.SOURCE_BUTTON} ] {TEXT.link}" in screen.getvalue()


async def test_an_edit_shows_which_message_it_changes(sender, screen):
    living = await sender.send(due(7))

    assert await sender.send(due(7, MessageKind.EDIT, telegram_id=living, silent=True)) == living
    assert "message 1 to chat 7, edited silently" in screen.getvalue()
    assert texts.SILENT in screen.getvalue()


async def test_a_reply_shows_what_it_answers(sender, screen):
    living = await sender.send(due(7))
    await sender.send(due(7, MessageKind.REPLY, telegram_id=living))

    assert "message 2 to chat 7, in reply to message 1" in screen.getvalue()


async def test_a_repeated_message_says_so(sender, screen):
    await sender.send(due(7, repeated=True))

    assert texts.SENT_AGAIN in screen.getvalue()


async def test_square_brackets_in_the_news_are_no_markup(sender, screen):
    await sender.send(due(7, text=Rendered("[bold]not markup[/bold]", "")))

    assert "[bold]not markup[/bold]" in screen.getvalue()


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<b>Binnish</b> &amp; <i>Sarmin</i>", "Binnish & Sarmin"),
        ("before\n<blockquote expandable>one\ntwo</blockquote>\nafter", "before\n▎ one\n▎ two\nafter"),
        ("before<blockquote>one</blockquote>after", "before\n▎ one\nafter"),
        ("<blockquote>at <b>once</b></blockquote>", "▎ at once"),
        ("<tg-time unix='0'>now</tg-time>", "now"),
    ],
)
def test_telegrams_html_is_shown_as_telegram_shows_it(html, plain):
    assert rich_text(html).plain == plain


def test_styles_and_links_are_kept():
    text = rich_text('<b>bold <i>both</i></b> <a href="https://news.example">link</a>')

    styles = {text.plain[span.start : span.end]: str(span.style) for span in text.spans}
    assert styles == {"bold ": "bold", "both": "bold italic", "link": "underline link https://news.example"}
