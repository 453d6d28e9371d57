"""HTML as outlets write it, and the story in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.html import feed_link, is_html, to_text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Eleven killed.\n\n  Six wounded. ",
        "5 < 6 and 7 > 3",
        "I <3 Idlib",
        "<ana@example.org>",
        "AT&T; R&D",
        "a\0b",
    ],
)
def test_text_that_is_not_html_passes_as_it_is(text: str):
    assert not is_html(text)
    assert to_text(text) == text


@pytest.mark.parametrize(
    "text", ["<p>Eleven", "a<br/>b", "a<BR>b", "R&amp;D", "it&#8217;s", "&#x41;", "<!-- x -->", "<!DOCTYPE html>"]
)
def test_elements_and_entities_make_html(text: str):
    assert is_html(text)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Eleven <b>killed</b>.</p><p>Six\n wounded.</p>", "Eleven killed.\nSix wounded."),
        ("Eleven killed<br>Six wounded", "Eleven killed\nSix wounded"),
        ("before<div>inside</div>after", "before\ninside\nafter"),
        ("<ul><li>one<li>two</ul>tail", "one\ntwo\ntail"),
        (
            "<table><tr><td>Killed</td><td>15</td></tr><tr><td>Wounded</td><td>20</td></tr></table>",
            "Killed 15\nWounded 20",
        ),
        ("<h2>Idlib</h2>\n\n\n<p> </p><p>Eleven\xa0killed</p>", "Idlib\nEleven killed"),
        ("war<i>-</i>torn", "war-torn"),
    ],
)
def test_block_elements_end_lines_and_others_do_not(html: str, text: str):
    assert to_text(html) == text


def test_entities_are_decoded_once():
    assert to_text("<p>R&amp;D &lt;b&gt; it&#8217;s &quot;so&quot; &amp;amp;</p>") == 'R&D <b> it’s "so" &amp;'


def test_escaped_text_without_elements_keeps_its_lines():
    assert to_text("R&amp;D\n\nSix&nbsp;wounded") == "R&D\nSix wounded"


@pytest.mark.parametrize(
    "extra",
    [
        "<script>killed(5 < 6)</script>",
        "<style>p {}</style>",
        "<!-- ten killed -->",
        "<nav><a href=/>Home</a></nav>",
        "<aside><p>Ten killed elsewhere</p></aside>",
        "<footer>Ten killed elsewhere</footer>",
        "<figure><img src=a><figcaption>A photo of 2019</figcaption></figure>",
        "<p class='wp-caption-text'>A photo of 2019</p>",
        "<div class='jp-relatedposts related-posts'><p>Ten killed elsewhere</p></div>",
        "<h3>Related stories:</h3> <ul><li><a href=x>Ten killed elsewhere</a></li></ul>",
        "<p>Read more: <a href=x>Ten killed elsewhere, while talks go on between the two sides in the capital</a></p>",
        "<p><strong>اقرأ أيضاً:</strong> <a href=x>مقتل عشرة</a></p>",
        "<p>Читайте также: <a href=x>Десять погибших</a></p>",
        "<template><p>Ten killed</p></template><noscript><p>Ten killed</p></noscript>",
    ],
)
def test_what_is_not_the_story_is_dropped(extra: str):
    assert to_text(f"<p>Eleven killed.</p>{extra}<p>Six wounded.</p>") == "Eleven killed.\nSix wounded."


@pytest.mark.parametrize(
    "story",
    [
        "<p>Related attacks killed ten people in <a href=x>Idlib</a>, the rescue service said on Friday.</p>",
        "<p>The following were killed:</p><ul><li>two children</li></ul>",
        "<body class=related><p>Eleven killed.</p>",
        "<p id=related>Eleven killed.</p>",
        "<p class='readers-digest kg-card-hascaption'>Eleven killed.</p>",
    ],
)
def test_a_story_that_only_sounds_like_a_list_of_links_is_kept(story: str):
    assert "killed" in to_text(story)


def test_a_whole_page_gives_its_body_alone():
    page = "<!DOCTYPE html><html><head><title>Ten killed | News</title></head><body><p>Eleven killed.</body></html>"
    assert to_text(page) == "Eleven killed."


def test_nesting_is_no_recursion():
    assert to_text("<b>" * 20_000 + "deep") == "deep"


def test_lone_surrogates_do_not_stop_the_reading():
    assert to_text("<p>a\ud800b &#xD800;</p>") == "ab \N{REPLACEMENT CHARACTER}"


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<div class=related>", "</div>", "<!--", "-->", "<td>", "<ul>", "<a", ">", "&lt;", "&#0;"]
    )
    | st.text(max_size=5)
).map("".join)


@given(MARKUP)
def test_no_markup_stops_the_reading_and_what_comes_out_is_tidy(html: str):
    text = to_text(html)
    if is_html(html):
        assert text == "\n".join(" ".join(line.split()) for line in text.split("\n") if line.split())


@given(st.text())
def test_plain_text_is_never_touched(text: str):
    if not is_html(text):
        assert to_text(text) == text


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" type="application/rss+xml" href="/rss?a=1&amp;b=2">',
        "<LINK HREF='/rss?a=1&amp;b=2' TYPE='application/atom+xml' rel=alternate>",
        "<link type=application/rss+xml href=/rss?a=1&b=2 />",
    ],
)
def test_a_page_names_its_feed(link: str):
    assert feed_link(f"<html><head><link rel=stylesheet href=style.css>{link}</head>") == "/rss?a=1&b=2"


def test_a_page_may_name_no_feed():
    assert feed_link("<html><link rel=alternate hreflang=ar href=/ar><p>application/rss+xml") == ""
