"""All words that people see in Telegram or on the terminal that stands in for it.

Plain text throughout, except where a name says HTML; what is put in from outside is the caller's to escape.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from telegram.constants import MessageLimit

from bot.core.messages import clean, where
from bot.core.places import NoSuchPlace
from bot.core.tongue import Tongue, mark

# ---------------------------------------------------------------- alerts
SOURCE_BUTTON = mark("Read report")
SENT_AGAIN = mark("(sent again: the first answer was lost)")
TOPIC_LOST = mark("(the topic this was for is deleted or closed: its alerts come here from now on)")

# ---------------------------------------------------------------- commands
COMMANDS = (
    ("start", mark("what this is and how to begin")),
    ("subscribe", mark("choose what to hear about")),
    ("unsubscribe", mark("stop hearing about something")),
    ("only", mark("hear of one place alone: /only RULE Jabal Zawiya")),
    ("latest", mark("what was told last; /latest Idlib for one place or rule")),
    ("search", mark("what was told with these words: /search market Binnish")),
    ("incident", mark("all about one incident, by its short name")),
    ("why", mark("what became of a report: /why LINK, or as a reply to an alert")),
    ("digest", mark("what happened in the last 24 hours; /digest 7d, /digest at 08:00")),
    ("export", mark("incidents as a table and a map: /export 30d")),
    ("mute", mark("hear nothing of a rule, an incident or a place for a while")),
    ("unmute", mark("what is muted, to hear it again")),
    ("pause", mark("hear nothing for now; what was chosen is kept")),
    ("resume", mark("hear again")),
    ("settings", mark("language, time zone, quiet hours, sounds, mutes")),
    ("timezone", mark("the time zone of this chat: /timezone Europe/Kyiv")),
    ("quiet", mark("hours in which alerts wait: /quiet 22:00-07:00")),
    ("channel", mark("choose for a channel that you administer")),
    ("feeds", mark("how the feeds are doing")),
    ("status", mark("what this chat listens to, and how the service is")),
    ("forget", mark("erase everything about this chat")),
    ("help", mark("these commands")),
)
ADMIN_COMMAND = ("admin", mark("feeds, rules, users, invitations, messages to all"))  # shown to those alone who have it

GREETING = mark(
    "This is Tocsin. It reads news from conflicts and writes here when civilians are harmed in a place you watch: once"
    " for each incident, and again only when something material changes.\n\n"
    "/subscribe to choose what to hear about, /help for all commands."
)
CHOOSE_TO_STOP = mark("Tap what you no longer want to hear about.")
NO_RULES = mark("There is nothing to subscribe to yet. Whoever runs this bot has to add a rule first.")
NO_SUBSCRIPTIONS = mark("This chat listens to nothing. /subscribe to choose.")

UNKNOWN_RULE = mark("There is no such rule any more. /subscribe shows those there are.")
NOTHING_TOLD = mark("Nothing of that was told to this chat's rules in the last 30 days.")
NOTHING_FOUND = mark("Nothing with all these words was told to this chat's rules in the last year.")
SEARCH_FOR_WHAT = mark("Which words? For example: /search market Binnish")
PAUSED = mark("This chat hears nothing until /resume. What it listens to is kept.")
RESUMED = mark("This chat hears again. What happened meanwhile: /latest")

GAP = "\n\n"
LONGEST_ECHO = 60  # of what somebody wrote, when it is said back to them
SUBSCRIBED_MARK = "✅"
UNSUBSCRIBED_MARK = "▫️"
PREVIOUS_PAGE = "‹"
NEXT_PAGE = "›"

STALE_BUTTON = mark("Nothing was changed: this list is out of date. Send /subscribe for a new one.")
COMMANDS_ALONE = mark("I answer to commands alone. /help shows them, /subscribe is a good one to begin with.")
ENOUGH = mark("That is a lot at once. I listen again in a minute.")
SUBSCRIBED = mark("This chat now hears about: {title}")
ALREADY_SUBSCRIBED = mark("This chat heard about it already: {title}")
UNSUBSCRIBED = mark("This chat no longer hears about: {title}")
ALREADY_UNSUBSCRIBED = mark("This chat did not hear about it anyway: {title}")
UNKNOWN_PLACE = mark("No rule of this chat, and {why}")
NO_SUCH_PLACE = mark("no place is called “{name}”")
NEAR_PLACE = mark("no place is called “{name}”; did you mean “{near}”?")
SEVERAL_PLACES = mark("“{name}” is several places; instead of it, write one of these: {choices}")
ADMINISTRATORS_ONLY = mark("Only administrators of this group can change what it listens to.")
APOLOGY = mark("Sorry, that went wrong. Please try again in a moment.")

# ---------------------------------------------------------------- why a chat is paused
BLOCKED = mark("the bot was blocked by the user")
REMOVED = mark("the bot was removed from the group")
ASKED_FOR = mark("the chat asked for a pause")

# ---------------------------------------------------------------- trouble with Telegram, for whoever runs the service
TOKEN_REFUSED = "Telegram refuses the bot's token. Get a valid one from @BotFather; written to the token file it counts within a minute."  # noqa: S105, E501  no token


def why_paused(why: str, tongue: Tongue) -> str:
    """Telegram's own reasons are English."""
    return tongue.say(why) if why else ""


def no_place(error: LookupError, tongue: Tongue) -> str:
    """Why a name is no place, in words for everybody."""
    if not isinstance(error, NoSuchPlace):
        return tongue.say(str(error.args[0]), **(error.args[1] if len(error.args) > 1 else {}))
    if error.choices:
        choices = tongue.listed(tongue.isolated(f"{each.id} = {where(each, tongue)}") for each in error.choices)
        return tongue.say(SEVERAL_PLACES, name=clean(error.name, LONGEST_ECHO), choices=choices)
    name = clean(error.name, LONGEST_ECHO)
    if error.near:
        return tongue.say(NEAR_PLACE, name=name, near=error.near)
    return tongue.say(NO_SUCH_PLACE, name=name)


def help_text(tongue: Tongue, commands: Sequence[tuple[str, str]]) -> str:
    return "\n".join(tongue.line(f"{tongue.isolated(f'/{command}')}: {tongue.say(what)}") for command, what in commands)


def entries(listed: Sequence[str]) -> str:
    """As many of them as one message holds."""
    lengths = accumulate(len(entry) + len(GAP) for entry in listed)
    fitting = [entry for entry, length in zip(listed, lengths, strict=True) if length <= MessageLimit.MAX_TEXT_LENGTH]
    return GAP.join(fitting)


def page_of(page: int, pages: int) -> str:
    return f"{page + 1}/{pages}"


def choice(title: str, severity: str, *, subscribed: bool) -> str:
    """The label of a button: `severity` is in words, or empty."""
    sign = SUBSCRIBED_MARK if subscribed else UNSUBSCRIBED_MARK
    return " · ".join(part for part in (f"{sign} {title}", severity) if part)


def status(lines: Sequence[str]) -> str:
    return "\n".join(lines)


# ---------------------------------------------------------------- the terminal
def terminal_new(number: int, chat_id: int) -> str:
    return f"message {number} to chat {chat_id}"


def terminal_edit(number: int, chat_id: int) -> str:
    return f"message {number} to chat {chat_id}, edited silently"


def terminal_reply(number: int, chat_id: int, answered: int) -> str:
    return f"message {number} to chat {chat_id}, in reply to message {answered}"


SILENT = "no sound"
