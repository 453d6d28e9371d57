"""config.yaml: what it may say, where it is looked for, and one bad file for each mistake (its name is the mistake).

A bad file begins with what must be said of it, one `#! line:column: message` each.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config import (
    Access,
    Backups,
    Config,
    ConfigError,
    Health,
    Polling,
    Retention,
    Telegram,
    Webhook,
    current_token,
    load,
)
from bot.config.opml import parse_opml
from bot.core.model import Feed, Policy

ROOT = Path(__file__).parent.parent
BAD_CONFIG = sorted(Path(__file__).with_name("bad_config").glob("*.yaml"))
TOKEN = "1234567890:AAHsecretsecretsecretsecretsecretsec"
FEEDS = "feeds:\n  - url: https://feeds.example/rss\n"
FEED = Feed("https://feeds.example/rss")

FULL = """\
feeds:
  - url: https://feeds.example/rss
    title: Example
    home: NO
    language: no
    tags: [news, official]
    interval: 15m
  - url: http://127.0.0.1:8080/feed
    full_text: true
opml: more.opml
telegram:
  token_file: secrets/token
  api_url: http://127.0.0.1:8081/
access:
  policy: allow-list
  chats: [-1001234567890, 42]
  administrators: [7]
database: postgresql://me:password@db.example/tocsin
rules: my-rules
state: /var/lib/tocsin
backfill: 2d
dumps: https://mirror.example/{country}.zip
language: uk
incidents: {window: 48h, loud_rise: 5, loud_share: 0.5, edit_pause: 10m}
polling:
  interval: 10m
  budget: 9000
  min_interval: 30s
  min_unconditional: 5m
  wishes_up_to: 20m
  max_interval: 1h
  timeout: 15s
  concurrent: 5
  contact: desk@example.org
  allow_private: ["127.0.0.1:8080", intranet]
health: {host: 0.0.0.0, port: 8080}
"""

OPML = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <body>
    <outline text="Syria">
      <outline text="إدلب" xmlUrl="https://idlib.example/rss" language="ar-SY" home="SY" category="/news,local"/>
      <outline text="Known" xmlUrl="https://feeds.example/rss"/>
    </outline>
    <outline text="Again" xmlUrl="https://idlib.example/rss" language="unknown"/>
  </body>
</opml>
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(FEEDS, encoding="utf-8")
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(write(folder, text), environ or {})
    return str(caught.value).replace(f"{folder}/", "")


# ---------------------------------------------------------------- what it may say
def test_a_config_may_say_all_of_this(tmp_path):
    (tmp_path / "my-rules").mkdir()
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/token").write_text(f"{TOKEN}\n", encoding="utf-8")
    (tmp_path / "more.opml").write_text(OPML, encoding="utf-8")
    assert load(write(tmp_path, FULL), {}) == Config(
        feeds=(
            Feed("https://feeds.example/rss", "Example", "NO", "no", ("news", "official"), 900.0),
            Feed("http://127.0.0.1:8080/feed", full_text=True),
            Feed("https://idlib.example/rss", "إدلب", "SY", "ar", ("news", "local")),
        ),
        database="postgresql://me:password@db.example/tocsin",
        state=Path("/var/lib/tocsin"),
        rules=tmp_path / "my-rules",
        telegram=Telegram(TOKEN, tmp_path / "secrets/token", "http://127.0.0.1:8081"),
        access=Access(frozenset({-1001234567890, 42}), frozenset({7})),
        polling=Polling(
            interval=timedelta(minutes=10),
            budget=9000,
            min_interval=timedelta(seconds=30),
            min_unconditional=timedelta(minutes=5),
            wishes_up_to=timedelta(minutes=20),
            max_interval=timedelta(hours=1),
            timeout=timedelta(seconds=15),
            concurrent=5,
            contact="desk@example.org",
            allow_private=frozenset({"127.0.0.1:8080", "intranet"}),
        ),
        backfill=timedelta(days=2),
        dumps="https://mirror.example/{country}.zip",
        health=Health("0.0.0.0", 8080),
        incidents=Policy(timedelta(hours=48), 5, 0.5, timedelta(minutes=10)),
        language="uk",
    )


def test_feeds_alone_are_enough(folder):
    config = load(folder / "config.yaml", {})
    saved = Backups(folder / "backups")
    assert config == Config(feeds=(FEED,), database=str(folder / "tocsin.db"), state=folder / "state", backups=saved)
    assert config.backfill == timedelta(hours=24)
    assert config.polling.interval == timedelta(minutes=5)
    assert config.health is None


def test_an_interval_below_the_usual_limits_moves_them_along(tmp_path):
    limits = "polling: {interval: 1m}", "polling: {interval: 2h}"
    short, long = (load(write(tmp_path, f"feeds: [{{url: 'https://f.example/'}}]\n{each}"), {}) for each in limits)
    assert short.polling.min_interval == timedelta(minutes=1)
    assert long.polling.max_interval == timedelta(hours=2)


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ("backups: never", None),
        ("backups: {keep: 30d}", timedelta(days=30)),
        ("database: postgresql://host/tocsin", None),
        ("database: postgresql://host/tocsin\nbackups: {keep: 2d}", timedelta(days=2)),
    ],
)
def test_a_file_is_saved_unless_that_is_not_wanted_and_a_server_where_it_is(tmp_path, lines, wanted):
    config = load(write(tmp_path, f"feeds: [{{url: 'https://f.example/'}}]\n{lines}"), {})
    assert (config.backups.keep if config.backups else None) == wanted


def test_the_example_is_valid_and_shows_every_section(tmp_path):
    text = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    config = load(write(tmp_path, text), {})
    assert len(config.feeds) >= 3
    assert config.health == Health()
    assert config.polling == Polling()
    assert config.access == Access()
    assert config.database == str(tmp_path / "tocsin.db")
    assert config.backups == Backups(tmp_path / "backups")
    assert config.retention == Retention()
    assert config.telegram == Telegram(token_file=tmp_path / "token.txt")


def test_what_the_example_has_commented_out_is_valid_as_well(tmp_path):
    lines = (ROOT / "config.example.yaml").read_text(encoding="utf-8").splitlines()
    (tmp_path / "rules").mkdir()
    (tmp_path / "feeds.opml").write_text(OPML, encoding="utf-8")
    commented = ("# opml:", "# rules:", "  # contact:")
    text = "\n".join(line.replace("# ", "", 1) if line.startswith(commented) else line for line in lines)
    config = load(write(tmp_path, text), {})
    assert config.rules == tmp_path / "rules"
    assert config.polling.contact.startswith("https://")
    assert Feed("https://idlib.example/rss", "إدلب", "SY", "ar", ("news", "local")) in config.feeds


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("bot.db", "bot.db"),
        ("sqlite:///bot.db", "bot.db"),
        ("/b.db", "/b.db"),
        ("sqlite:////b.db", "/b.db"),
    ],
)
def test_a_database_file_lies_beside_the_config_unless_its_path_is_absolute(folder, written, path):
    config = load(write(folder, f"{FEEDS}database: {written}\n"), {})
    assert config.database == str(folder / path)


def test_an_empty_list_of_feeds_is_allowed_where_it_is_said(tmp_path):
    assert load(write(tmp_path, "feeds: []\n"), {}).feeds == ()


def test_everybody_may_use_an_open_bot():
    assert Access().allows(chat_id=5, user_id=6)


@pytest.mark.parametrize(("chat", "user", "allowed"), [(-100, 6, True), (5, 7, True), (5, 6, False), (7, 6, False)])
def test_an_allow_list_lets_in_its_chats_and_the_administrators(chat, user, allowed):
    access = Access(chats=frozenset({-100}), administrators=frozenset({7}))
    assert access.allows(chat, user) is allowed


# ---------------------------------------------------------------- where it is looked for
def test_a_path_given_wins_over_the_environment_and_that_over_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, backfill in [("given.yaml", "1h"), ("named.yaml", "2h"), ("config.yaml", "3h")]:
        Path(name).write_text(f"{FEEDS}backfill: {backfill}\n", encoding="utf-8")
    named = {"TOCSIN_CONFIG": "named.yaml"}
    assert load(Path("given.yaml"), named).backfill == timedelta(hours=1)
    assert load(None, named).backfill == timedelta(hours=2)
    assert load(None, {}).backfill == timedelta(hours=3)


def test_relative_paths_begin_at_the_config_and_not_where_the_bot_was_started(folder, monkeypatch):
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    config = load(Path("../config.yaml"), {})
    assert Path(config.database).resolve() == folder / "tocsin.db"
    assert config.state.is_absolute()


def test_a_missing_config_says_how_to_make_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"^There is no config.yaml; make one with: tocsin init$"):
        load(None, {})


@pytest.mark.parametrize("name", [".", "a\0b", "a" * 300])
def test_a_config_that_cannot_be_opened_says_why(tmp_path, name):
    with pytest.raises(ConfigError, match=r"cannot be read: "):
        load(tmp_path / name, {})


# ---------------------------------------------------------------- mistakes
@pytest.mark.parametrize("path", BAD_CONFIG, ids=lambda path: path.stem)
def test_a_bad_file_says_all_that_is_wrong_at_once_and_shows_no_secret(path):
    marks = [
        line.removeprefix("#! ") for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#! ")
    ]
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    said = str(caught.value).replace(f"{path.parent}/", "").splitlines()
    assert said == ["The configuration cannot be used:", *(f"{path.name}:{mark}" for mark in marks)]
    assert len(caught.value.problems) == len(marks) > 0
    assert "secret" not in repr(caught.value)
    assert "password" not in repr(caught.value)


def test_an_emptied_config_is_a_problem(tmp_path):
    assert "config.yaml:1:1: the file holds nothing" in refusal(tmp_path, "")


def test_a_config_that_is_not_utf_8_is_a_problem_at_its_place(tmp_path):
    (tmp_path / "config.yaml").write_bytes(b"feeds:\n  - title: \xe9t\xe9\n")
    with pytest.raises(ConfigError, match=r"config.yaml:2:12: not UTF-8"):
        load(tmp_path / "config.yaml", {})


def test_a_config_of_fifty_megabytes_is_not_read_whole(tmp_path):
    with (tmp_path / "config.yaml").open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(ConfigError, match=r"config.yaml:1:1: larger than 1 MB"):
        load(tmp_path / "config.yaml", {})


def test_a_folder_of_rules_with_an_impossible_name_is_a_problem(tmp_path):
    assert "is not a folder" in refusal(tmp_path, f"{FEEDS}rules: {'a' * 300}\n")


# ---------------------------------------------------------------- the token
def test_the_environment_wins_over_the_file(folder):
    (folder / "token.txt").write_text("1:from-file", encoding="utf-8")
    path = write(folder, FEEDS + "telegram: {token_file: token.txt}\n")
    assert load(path, {}).require_token() == "1:from-file"
    assert load(path, {"TELEGRAM_BOT_TOKEN": f" {TOKEN}\n"}).require_token() == TOKEN


def test_a_byte_order_mark_is_no_part_of_a_token(folder):
    (folder / "token.txt").write_text(f"\ufeff{TOKEN}\r\n", encoding="utf-8")
    assert load(write(folder, FEEDS + "telegram: {token_file: token.txt}\n"), {}).require_token() == TOKEN


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_without_a_token_the_config_loads_and_asking_for_it_says_how_to_get_one(folder, content):
    if content is not None:
        (folder / "token.txt").write_text(content, encoding="utf-8")
    config = load(write(folder, FEEDS + "telegram: {token_file: token.txt}\n"), {"TELEGRAM_BOT_TOKEN": ""})
    with pytest.raises(ConfigError) as caught:
        config.require_token()
    for hint in ("@BotFather", "TELEGRAM_BOT_TOKEN", "token.txt", "--dry-run"):
        assert hint in str(caught.value)


def test_a_token_of_the_wrong_shape_is_refused_without_being_shown(folder):
    (folder / "token.txt").write_text("secret", encoding="utf-8")
    text = FEEDS + "telegram: {token_file: token.txt}\n"
    assert "token.txt:1:1: not a bot token" in refusal(folder, text)
    assert "secret" not in refusal(folder, text)
    from_environment = refusal(folder, text, {"TELEGRAM_BOT_TOKEN": "my-secret"})
    assert "$TELEGRAM_BOT_TOKEN:1:1: not a bot token" in from_environment
    assert "secret" not in from_environment


def test_a_token_file_that_cannot_be_read_is_a_problem_where_it_is_named(folder):
    assert "config.yaml:3:24: " in refusal(folder, FEEDS + "telegram: {token_file: .}\n")


def test_a_config_does_not_show_its_secrets(folder):
    path = write(folder, FEEDS + "database: postgresql://me:password@db.example/tocsin\n")
    config = load(path, {"TELEGRAM_BOT_TOKEN": TOKEN})
    assert TOKEN not in f"{config!r} {config} {config.telegram!r}"
    assert "password" not in f"{config!r} {config}"


# ---------------------------------------------------------------- OPML
def test_opml_problems_stand_beside_those_of_the_config(tmp_path):
    outlines = '<outline xmlUrl="file:///etc/passwd"/>\n<outline xmlUrl="https://a.example" home="Syria"/>'
    (tmp_path / "more.opml").write_text(f"<opml><body>\n{outlines}\n</body></opml>", encoding="utf-8")
    assert refusal(tmp_path, "opml: more.opml\nbackfill: 1\n").splitlines()[1:] == [
        "config.yaml:2:11: expected a duration such as 30s, 5m, 24h or 7d, found the number 1",
        "more.opml:2:1: expected an address that begins with https:// or http://",
        "more.opml:3:1: expected a country's two capital letters, such as SY, as home",
    ]


DTD = '<!DOCTYPE opml [<!ENTITY a "lol"><!ENTITY b SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (f"{DTD}<opml><outline xmlUrl='https://a.example' text='&a;'/></opml>".encode(), "1:16: a DTD"),
        (b"<opml>&lol;</opml>", "1:7: not XML: undefined entity"),
        (b"<opml>", "1:7: not XML: no element found"),
        (b"<opml>\n<a></b></opml>", "2:6: not XML: mismatched tag"),
        (b"\xff", "1:1: not XML: "),
        (b'<?xml version="1.0" encoding="klingon"?><opml/>', "1:31: not XML: unknown encoding"),
        (b'<?xml version="1.0" encoding="cp932"?><opml/>', "1:31: not XML: multi-byte encodings are not supported"),
        (b"feeds: []", "1:1: not XML: "),
    ],
)
def test_bad_opml_is_a_problem_and_a_dtd_is_not_read(raw, said):
    feeds, problems = parse_opml(raw, "more.opml")
    assert feeds == ()
    assert [str(p).startswith(f"more.opml:{said}") for p in problems] == [True], problems


def test_an_opml_file_that_is_too_large_is_not_read(tmp_path):
    (tmp_path / "more.opml").write_bytes(b"<" * 1_000_001)
    assert "more.opml:1:1: larger than 1 MB" in refusal(tmp_path, "opml: more.opml\n")


# ---------------------------------------------------------------- whatever comes
SECTIONS = [
    "feeds",
    "opml",
    "telegram",
    "access",
    "database",
    "rules",
    "state",
    "backfill",
    "polling",
    "health",
    "dumps",
]
KEYS = [
    "url",
    "home",
    "interval",
    "token_file",
    "api_url",
    "policy",
    "chats",
    "administrators",
    "port",
    "allow_private",
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=9)
    | st.sampled_from(["5m", "open", "allow-list", "\0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)  # the machine may be busy
@given(st.dictionaries(st.sampled_from(SECTIONS), VALUES).map(json.dumps) | st.text())
def test_any_text_whatever_is_a_config_or_a_config_error(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with suppress(ConfigError):
        assert isinstance(load(path, {}), Config)


@settings(deadline=None)  # the machine may be busy
@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_whatever_are_opml_or_a_problem(raw):
    feeds, problems = parse_opml(raw, "any.opml")
    assert problems or feeds == ()


def test_with_invitations_nobody_is_admitted_beforehand_but_those_listed(tmp_path):
    access = "access: {policy: invite, chats: [-5], administrators: [7]}\n"
    config = load(write(tmp_path, FEEDS + access), {})

    assert config.access == Access(frozenset({-5}), frozenset({7}), invites=True)
    assert (config.access.allows(-5, 9), config.access.allows(9, 9), config.access.allows(9, 7)) == (True, False, True)


def test_the_token_counts_as_it_stands_in_its_file_by_now(tmp_path):
    file = tmp_path / "token"
    file.write_text(TOKEN, encoding="utf-8")
    telegram = load(write(tmp_path, FEEDS + "telegram: {token_file: token}\n"), {}).telegram
    other = TOKEN.replace("1", "2")

    file.write_text(f"{other}\n", encoding="utf-8")
    assert current_token(telegram, {}) == other
    assert current_token(telegram, {"TELEGRAM_BOT_TOKEN": TOKEN}) == TOKEN
    file.write_text("half writ", encoding="utf-8")
    assert current_token(telegram, {}) == TOKEN
    file.unlink()
    assert current_token(telegram, {}) == TOKEN


def test_a_webhook_has_its_secret_from_a_file_and_shows_it_to_nobody(tmp_path):
    (tmp_path / "secret").write_text("house-secret\n", encoding="utf-8")
    webhook = "telegram: {webhook: {url: 'https://bot.example/t', port: 9000, secret_file: secret}}\n"
    config = load(write(tmp_path, FEEDS + webhook), {})

    assert config.telegram.webhook == Webhook("https://bot.example/t", port=9000, secret="house-secret")
    assert "house-secret" not in repr(config)
    (tmp_path / "secret").write_text("two words", encoding="utf-8")
    with pytest.raises(ConfigError, match="secret:1:1: expected 1 to 256 letters") as refused:
        load(tmp_path / "config.yaml", {})
    assert "two words" not in str(refused.value)
