"""The nouns; every other module speaks in these.

The type says at which station of the flow the data is: Entry (as the feed has it) -> Report (as we keep it) -> Reading
(what it says) -> Examined (which rules want it) -> Outcome (what follows). All times are aware UTC; all offsets are
code points into the field they name.
"""

from bot.core.model.counts import SOME, Count, Figures, Toll, Victims, at_least, exactly, more_than, vaguely
from bot.core.model.feedback import Acknowledgement, Feedback, Verdict
from bot.core.model.feeds import HOURS_OF_DAY, DueWhy, History, Ways, Whereabouts, Wishes
from bot.core.model.incidents import (
    POLICY,
    Alert,
    Incident,
    Outcome,
    Policy,
    Reason,
    Recent,
    Resembled,
    Sighting,
    Source,
    ToldRule,
)
from bot.core.model.messages import Message, MessageKind, Notice, Rendered, Subscriber
from bot.core.model.places import Area, Field, Place, PlaceKind, Toponym
from bot.core.model.reading import Event, Reading
from bot.core.model.reports import Entry, Feed, Report, Told
from bot.core.model.rules import (
    Coarse,
    Comparison,
    Delivery,
    Examined,
    Expected,
    Frequency,
    Match,
    Near,
    Problem,
    Quantity,
    Rule,
    RuleTest,
    Severity,
    SeverityStep,
    Threshold,
    Unless,
)

__all__ = [
    "HOURS_OF_DAY",
    "POLICY",
    "SOME",
    "Acknowledgement",
    "Alert",
    "Area",
    "Coarse",
    "Comparison",
    "Count",
    "Delivery",
    "DueWhy",
    "Entry",
    "Event",
    "Examined",
    "Expected",
    "Feed",
    "Feedback",
    "Field",
    "Figures",
    "Frequency",
    "History",
    "Incident",
    "Match",
    "Message",
    "MessageKind",
    "Near",
    "Notice",
    "Outcome",
    "Place",
    "PlaceKind",
    "Policy",
    "Problem",
    "Quantity",
    "Reading",
    "Reason",
    "Recent",
    "Rendered",
    "Report",
    "Resembled",
    "Rule",
    "RuleTest",
    "Severity",
    "SeverityStep",
    "Sighting",
    "Source",
    "Subscriber",
    "Threshold",
    "Told",
    "ToldRule",
    "Toll",
    "Toponym",
    "Unless",
    "Verdict",
    "Victims",
    "Ways",
    "Whereabouts",
    "Wishes",
    "at_least",
    "exactly",
    "more_than",
    "vaguely",
]
