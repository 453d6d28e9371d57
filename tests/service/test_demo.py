"""`tocsin demo` as a newcomer starts it: no configuration, no token, any folder."""

import re

from bot.cli.demo import STORY
from bot.seeds import load_story, seeds_folder
from tests.fake_telegram.chats import PATIENCE_SECONDS
from tests.service.processes import Demo

DEMO_SECONDS = 30


def test_the_demo_tells_its_story_and_ends_by_itself(demo: Demo):
    story = load_story(seeds_folder() / STORY)
    told = [report.expected for report in story.reports if report.expected]
    first = [alerts[0] for alerts in told if alerts[0].reason == "first-report"]

    assert demo.process.wait(PATIENCE_SECONDS) == 0
    assert demo.shown.stat().st_mtime - demo.started_at < DEMO_SECONDS
    shown = demo.shown.read_text(encoding="utf-8")
    assert re.findall(r"message (\d+) to chat 1 ─", shown) == ["1", "2"]
    for alert in first:
        assert f"{alert.place} (Idlib, Syria)" in shown
        assert f"{alert.killed} killed, {alert.injured} injured (civilians)" in shown
    assert "16 killed, 20 injured (civilians)" in shown
    assert "Toll now at least 21 killed (was 15). Maarat Misrin (Idlib, Syria)." in shown
    assert f"{len(story.reports)} reports read, {len(told)} matched, 1 duplicate folded, 2 alerts, " in shown
    assert int(re.findall(r"alerts, (\d+) updates", shown)[0]) >= 3
    assert "Traceback" not in shown
