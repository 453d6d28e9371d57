"""All words of choosing: rules, options, settings, mutes, channels. Patterns, filled after they are translated."""

from __future__ import annotations

from bot.core.model import Rhythm, Severity
from bot.core.tongue import mark, plural

BY = mark("{who}: {what}")
CHOSEN = "✅"
BACK = mark("‹ Back")
UNDO = mark("Undo")

# ---------------------------------------------------------------- browsing
BROWSE = mark("What do you want to hear about? Choose by place or by kind of event.")
BROWSE_CHANNEL = mark("What shall “{channel}” hear about? Choose by place or by kind of event.")
BY_PLACE = mark("By place")
BY_EVENT = mark("By event")
ALL_RULES = mark("All rules")
CHOOSE_PLACE = mark("Which place?")
CHOOSE_EVENT = mark("Which kind of event?")
CHOOSE_RULE = mark("Tap a rule to see what it tells. ✅ are those this chat listens to.")
ANYWHERE = mark("Anywhere")
ANYTHING = mark("Anything")
GROUP = "{name} ({count})"
CARD_SEVERITY = mark("Severity: {severity}")
FIRED = mark("Told in the last 7 days: {week}, in the last 30 days: {month}")
SAMPLE = mark("The latest alert:")
EXAMPLE = mark("An example, from the rule's own tests:")
NO_SAMPLE = mark("It has told nothing yet.")
RULE_IS_GONE = mark("This rule is no more. It can only be left.")
SUBSCRIBE = mark("Subscribe")
OPTIONS = mark("Options")
UNSUBSCRIBE = mark("Unsubscribe")

# ---------------------------------------------------------------- options
OPTIONS_OF = mark("{title}: what of it this chat hears, and how.")
CHOSEN_LINE = mark("Now: {chosen}")
MINIMUM = {
    Severity.NORMAL: mark("any severity"),
    Severity.HIGH: mark("high and critical"),
    Severity.CRITICAL: mark("critical alone"),
}
MINIMUM_BUTTONS = {
    Severity.NORMAL: mark("Any severity"),
    Severity.HIGH: mark("High and up"),
    Severity.CRITICAL: mark("Critical"),
}
RHYTHMS = {Rhythm.INSTANT: mark("at once"), Rhythm.DAILY: mark("once a day"), Rhythm.WEEKLY: mark("once a week")}
RHYTHM_BUTTONS = {Rhythm.INSTANT: mark("At once"), Rhythm.DAILY: mark("Daily"), Rhythm.WEEKLY: mark("Weekly")}
TOLLS = (0, 5, 10, 50)
TOLL = plural("{number} killed and injured or more", "{number} killed and injured or more")
ANY_TOLL = mark("any toll")
ANY_TOLL_BUTTON = mark("Any toll")
TOLL_BUTTON = "{number}+"
WITH_SOUND = mark("with a sound")
WITHOUT_SOUND = mark("without a sound")
LOUD = mark("🔔 Sound")
SILENT = mark("🔕 No sound")
IN_LANGUAGE = mark("in this language: {language}")
AS_THE_CHAT = mark("in the language of the chat")
AS_THE_CHAT_BUTTON = mark("As the chat")
CHOOSE_LANGUAGE_OF_RULE = mark(
    "In which language shall this rule be told? Where an incident is told for several rules, the most severe decides."
)
HERE = mark("Send alerts to this topic")
NOW_HERE = mark("{title}: alerts come to this topic from now on.")
ONLY = mark("only {place}")
EVERYWHERE = mark("everywhere in it")
INSIDE_BUTTON = mark("Where: {place}")
EVERYWHERE_BUTTON = mark("Everywhere")
CHOOSE_INSIDE = mark(
    "Hear only of one place inside it? Any other place, however small: /only {rule} and its name, for example"
    " /only {rule} {example}"
)
NO_INSIDE = mark("No places to choose from. Type one, however small: /only {rule} and its name.")
UNCHANGED = mark("{title}: as before.")
CHANGED = mark("{title}: {now}. It was: {before}.")
ONLY_HOW = mark(
    "For example: /only {rule} {example}. The rules of this chat: {rules}. Without a place: everywhere again."
)
NOT_SUBSCRIBED = mark("This chat does not listen to that rule. /subscribe to choose.")
WRONG_PLACE = mark("Nothing was changed: {why}.")
OUTSIDE = mark("{place} does not lie where this rule looks")
TOO_FINE = mark("this rule tells of no place finer than its province or country, so that nobody is harmed")

# ---------------------------------------------------------------- settings
SETTINGS = mark("How this chat is written to.")
SETTINGS_CHANNEL = mark("How “{channel}” is written to.")
LANGUAGE = mark("Language: {language}")
NO_LANGUAGE = mark("Language: none chosen yet")
TIME_ZONE = mark("Time zone: {zone}, where it is {now}")
QUIET = mark("Quiet hours: {start}-{end}. What happens then comes afterwards, without a sound.")
NOT_QUIET = mark("Quiet hours: none")
CRITICAL_PASSES = mark("Critical alerts come at once, also in quiet hours and where a digest was chosen.")
CRITICAL_WAITS = mark("Critical alerts wait for the end of quiet hours and for the digest, like all others.")
DIGEST_AT = mark("Digests come at {time}. Another hour: /digest at 06:30")
CHAT_LOUD = mark("Messages make a sound, unless a rule is set to none.")
CHAT_SILENT = mark("No message makes a sound.")
MUTED = mark("Muted: {name}, until {until}")
MUTED_BY = mark("Muted: {name}, until {until}, by {who}")
MORE_MUTED = mark("and {number} more: /unmute")
LANGUAGE_BUTTON = mark("Language")
ZONE_BUTTON = mark("Time zone")
QUIET_BUTTON = mark("Quiet hours")
CRITICAL_PASSES_BUTTON = mark("Let critical through")
CRITICAL_WAITS_BUTTON = mark("Hold critical back")
MUTES_BUTTON = mark("Mutes ({count})")
CHOOSE_LANGUAGE = mark("In which language shall this chat be written to?")
CHOOSE_ZONE = mark("Which clock does this chat live by? Any other: /timezone Europe/Kyiv")
CHOOSE_QUIET = mark("When shall it be quiet, by the clock of {zone}? Other hours: /quiet 22:30-06:15")
NO_QUIET_BUTTON = mark("None")
HOURS = (("21:00", "06:00"), ("22:00", "07:00"), ("23:00", "08:00"), ("00:00", "07:00"))
SPOKEN = mark("From now on in English.")
ZONE_CHANGED = mark("Time zone: {now}. It was: {before}.")
QUIET_CHANGED = mark("Quiet hours: {now}. They were: {before}.")
NONE = mark("none")
UNKNOWN_ZONE = mark("There is no time zone “{asked}”. Did you mean {near}?")
NO_SUCH_ZONE = mark("There is no time zone “{asked}”. They are named like this: Europe/Kyiv, Asia/Damascus.")
BAD_HOURS = mark("Write the hours like this: /quiet 22:00-07:00, or /quiet off.")

# ---------------------------------------------------------------- mutes
WHAT_TO_MUTE = mark("What shall be muted? A rule, or an incident told lately. A place: /mute and its name.")
NOTHING_TO_MUTE = mark("This chat listens to nothing. A place can be muted: /mute and its name.")
HOW_LONG = mark("Mute “{name}” for how long?")
SPANS = {"1h": mark("1 hour"), "8h": mark("8 hours"), "1w": mark("1 week")}
NOW_MUTED = mark("“{name}” is muted until {until}; what has not gone out yet is taken back.")
HEARD_ALL_THE_SAME = mark("Rules that tell with care do not say where exactly: they are heard from there all the same.")
NOW_UNMUTED = mark("“{name}” is heard again.")
NO_MUTES = mark("Nothing is muted. /mute to mute something for a while.")
TAP_TO_UNMUTE = mark("Tap what shall be heard again.")
UNMUTE = mark("Hear again: {name}")
INCIDENT_MARK = "📍"

# ---------------------------------------------------------------- channels
NOT_YOUR_CHANNEL = mark("Only administrators of that channel can change what it hears.")
CHANNEL_ADDED = mark(
    "I am an administrator of “{channel}” now. Choose here what it shall hear; only its administrators can."
)
YOUR_CHANNELS = mark("Your channels:")
NO_CHANNELS = mark(
    "Make me an administrator of a channel that you administer, with the right to post, and I will ask here what it"
    " shall hear."
)
CHANNEL_HOME = mark("“{channel}”: what it hears and how.")
CHOOSE_RULES = mark("Choose rules")
WHAT_IT_HEARS = mark("What it hears")
HOW_IT_HEARS = mark("Settings")
PRIVATE_ONLY = mark("Channels are looked after in a private chat with me.")
