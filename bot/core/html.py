"""HTML to the plain text a reader would see of the story itself.

A newcomer's mistake is to trust the size of what comes in: lexbor takes 21 s for 100,000 nested <div> in 500 KB. Texts
of strangers are therefore put through `to_text` in the parser's child process first, where a deadline holds.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from html.entities import html5
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

_ELEMENTS: Final = (
    "a abbr address article aside audio b big blockquote body br button caption center cite code col dd del details "
    "div dl dt em embed figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input "
    "ins label li link main mark meta nav noscript ol p picture pre q s script section small source span strike strong "
    "style sub summary sup svg table tbody td template tfoot th thead time title tr tt u ul video"
)
_TAG: Final = re.compile(rf"<(?:/?(?:{_ELEMENTS.replace(' ', '|')})(?=[\s/>])[^<>]*>|!--|!doctype\b)", re.IGNORECASE)
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|([a-zA-Z][a-zA-Z0-9]{1,31}));")

_LINE_ELEMENTS: Final = (
    "address article blockquote body br caption center dd details div dl dt figure form h1 h2 h3 h4 h5 h6 header hr li "
    "main ol p pre section summary table tr ul"
)
_DROPPED_ELEMENTS: Final = (
    "aside audio button canvas embed figcaption footer head iframe nav noscript object script select style "
    "svg template textarea video"
)
_LINES: Final = frozenset(_LINE_ELEMENTS.split())
_GAPS: Final = frozenset({"td", "th"})  # cells stand apart, but a row is one line: "killed 15"
_DROPPED: Final = frozenset(_DROPPED_ELEMENTS.split())
# Whole class names: an id is an anchor, and "readers-digest" or "kg-card-hascaption" hold the story.
_DROPPED_CLASS: Final = re.compile(
    r"(?:[\w-]+[-_])?related(?:[-_]?(?:posts?|articles?|links?|news|stories|content|items?|topics?))?"
    r"|yarpp|read-?more|more-link|also-read|see-also|further-reading"
    r"|sharedaddy|addtoany_[\w-]+|(?:social|share)-(?:share|links|buttons|icons)|newsletter(?:-[\w-]+)?"
    r"|(?:[\w-]+-)?caption(?:-text)?|screen-reader-text",
    re.IGNORECASE,
)
_POINTER: Final = re.compile(  # what stands before a list of other stories, in the languages of the shipped rules
    r"\s*(?:related|read (?:more|also|next)|also read|see also|more on this|more stories|recommended"
    r"|[اإ]قر[أا] (?:أيض|ايض|المزيد)|ذات صلة|مواضيع ذات صلة"
    r"|читайте (?:также|також)|по теме|(?:à )?lire aussi|ilgili haberler)",
    re.IGNORECASE,
)
_POINTER_MAX_CHARACTERS: Final = 40  # "Related stories from the region:"; a sentence of the story is longer
_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6", "p"})
_LISTS: Final = frozenset({"ul", "ol"})

_LINE_END: Final = "\0"  # lexbor never lets a NUL through, so it cannot be part of the story

_FEED_LINK: Final = re.compile(r"<link\b[^<>]{0,1000}>", re.IGNORECASE)
_FEED_TYPE: Final = re.compile(r"""type\s*=\s*["']?application/(?:rss|atom)\+xml""", re.IGNORECASE)
_HREF: Final = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def is_html(text: str) -> bool:
    """Whether the text carries HTML elements or character references; `5 < 6` and `<3` are plain text."""
    return _TAG.search(text) is not None or _has_entity(text)


def to_text(text: str) -> str:
    """The story as plain lines, one for each block element; text that is not HTML comes back as it is.

    Escaping is undone once: what was escaped twice is HTML again. Text without elements keeps its own lines.
    """
    if _TAG.search(text):
        return _tidy("".join(_pieces(_body(text))).split(_LINE_END))
    if _has_entity(text):
        return _tidy(unescape(text).splitlines())
    return text


def feed_link(page: str) -> str:
    """The address of the feed that a web page names in its head, as written there; empty when it names none."""
    for link in _FEED_LINK.findall(page):
        href = _HREF.search(link)
        if href and _FEED_TYPE.search(link):
            return unescape(next(filter(None, href.groups()), "")).strip()
    return ""


def _has_entity(text: str) -> bool:
    return any(name is None or f"{name};" in html5 for name in (m[1] for m in _ENTITY.finditer(text)))


def _body(html: str) -> LexborNode | None:
    document = LexborHTMLParser(html)
    return document.body or document.root


def _pieces(parent: LexborNode | None) -> Iterator[str]:
    """Text below a node in order, with the ends of lines; without recursion: strangers nest as they like."""
    waiting: list[LexborNode | str | None] = [parent.first_child if parent else None]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif node is not None and node.tag == "-text":
            yield node.text()
            waiting.append(node.next)
        elif node is not None:
            edge = _edge(node.tag or "")
            yield edge
            waiting += [node.next, edge, None if _is_unwanted(node) else node.first_child]


def _edge(tag: str) -> str:
    if tag in _LINES:
        return _LINE_END
    return " " if tag in _GAPS else ""


def _is_unwanted(node: LexborNode) -> bool:
    tag = node.tag or ""
    if tag in _DROPPED:
        return True
    if tag in _LISTS and _is_pointer(_before(node)):
        return True
    if tag in _HEADINGS and _is_pointer(node):
        return node.css_first("a") is not None or _is_list(_after(node))
    return any(_DROPPED_CLASS.fullmatch(name) for name in (node.attributes.get("class") or "").split())


def _is_pointer(node: LexborNode | None) -> bool:
    """Whether a heading or paragraph says no more than that other stories follow."""
    if node is None or node.tag not in _HEADINGS:
        return False
    text = node.text()
    if not _POINTER.match(text):
        return False
    linked = sum(len(link.text()) for link in node.css("a"))
    return len(text) - linked <= _POINTER_MAX_CHARACTERS


def _is_list(node: LexborNode | None) -> bool:
    return node is not None and node.tag in _LISTS


def _before(node: LexborNode) -> LexborNode | None:
    other = node.prev
    while other is not None and _is_blank(other):
        other = other.prev
    return other


def _after(node: LexborNode) -> LexborNode | None:
    other = node.next
    while other is not None and _is_blank(other):
        other = other.next
    return other


def _is_blank(node: LexborNode) -> bool:
    return node.tag == "-comment" or (node.tag == "-text" and not node.text().strip())


def _tidy(lines: Iterable[str]) -> str:
    tidied = (" ".join(line.split()) for line in lines)
    return "\n".join(line for line in tidied if line)
