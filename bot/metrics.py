"""The counters everybody may touch, in Prometheus' terms.

They count; they never decide. A newcomer's mistake is to read one back and act on it: state lives in the store.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge

REGISTRY = CollectorRegistry()

polls = Counter("tocsin_polls", "Feeds asked, by result", ["result"], registry=REGISTRY)
reports = Counter("tocsin_reports", "New reports read, by reason of the decision", ["reason"], registry=REGISTRY)
alerts = Counter("tocsin_alerts", "Alerts decided, by reason", ["reason", "loud"], registry=REGISTRY)
messages = Counter("tocsin_messages", "Messages tried, by result", ["result"], registry=REGISTRY)
failed_reports = Counter("tocsin_failed_reports", "Reports that could not be examined", registry=REGISTRY)
rule_problems = Gauge("tocsin_rule_problems", "Problems in the rule files as they are now", registry=REGISTRY)
last_backup_at = Gauge("tocsin_last_backup_timestamp_seconds", "When the last backup was made", registry=REGISTRY)
last_tick_at = Gauge("tocsin_last_tick_timestamp_seconds", "When the last round of polling began", registry=REGISTRY)
pushes = Counter("tocsin_pushes", "What came of the hubs of feeds, by result", ["result"], registry=REGISTRY)
