"""The counters everybody may touch, in Prometheus' terms.

They count; they never decide. A newcomer's mistake is to read one back and act on it: state lives in the store.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from bot import __version__

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)  # memory, processor time, open files

build = Gauge("tocsin_build_info", "Always 1; the version is in the label", ["version"], registry=REGISTRY)
build.labels(__version__).set(1)

polls = Counter("tocsin_polls", "Feeds asked, by result", ["result"], registry=REGISTRY)
reports = Counter("tocsin_reports", "New reports read, by reason of the decision", ["reason"], registry=REGISTRY)
matches = Counter("tocsin_matches", "New reports that a rule matched, by rule", ["rule"], registry=REGISTRY)
alerts = Counter("tocsin_alerts", "Alerts decided, by reason", ["reason", "loud"], registry=REGISTRY)
messages = Counter("tocsin_messages", "Messages tried, by result", ["result"], registry=REGISTRY)
failed_reports = Counter("tocsin_failed_reports", "Reports that could not be examined", registry=REGISTRY)
rule_problems = Gauge("tocsin_rule_problems", "Problems in the rule files as they are now", registry=REGISTRY)
last_backup_at = Gauge("tocsin_last_backup_timestamp_seconds", "When the last backup was made", registry=REGISTRY)
last_tick_at = Gauge("tocsin_last_tick_timestamp_seconds", "When the last round of polling began", registry=REGISTRY)
pushes = Counter("tocsin_pushes", "What came of the hubs of feeds, by result", ["result"], registry=REGISTRY)

MINUTES = (0.5, 1, 2, 3, 5, 10, 15, 30, 60, 180, 720)
publication_to_send = Histogram(
    "tocsin_publication_to_send_seconds",
    "From the publication of a report to the first message on its incident, but for those held back on purpose",
    buckets=[60 * minutes for minutes in MINUTES],
    registry=REGISTRY,
)
decided_seconds = Histogram(
    "tocsin_decided_seconds",
    "From having a report to having recorded what follows from it",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30),
    registry=REGISTRY,
)
queue = Gauge(
    "tocsin_queue_messages",
    "Messages that are due, and those that Telegram put off; not what is held back on purpose",
    registry=REGISTRY,
)
queue_age = Gauge("tocsin_queue_oldest_seconds", "How long the oldest of them has waited", registry=REGISTRY)
feeds = Gauge("tocsin_feeds", "Feeds, by how they are doing", ["state"], registry=REGISTRY)

POLLED = ("read", "unchanged", "failed", "cut-short", "not-recorded", "surprise")
for result in POLLED:  # from the start, or the first of them would be no increase to who looks for one
    polls.labels(result)
