"""The little pictures among the words, drawn: not every machine has a font of them.

A newcomer's mistake is to write them as text: a machine without such a font shows a box.
"""

from __future__ import annotations

from collections.abc import Callable

SIGN_WIDTH = 22  # pixels, with the gap after it
RED, ORANGE, YELLOW, GREEN, GOLD, WHITE = "#dd2e44", "#f4900c", "#fdcb58", "#5c9e31", "#e8a91c", "#ffffff"
BELL = "M{x:g} {top:g}a4 4 0 0 1 4 4c0 4 1 5 2 6h-12c1 -1 2 -2 2 -6a4 4 0 0 1 4 -4z"


def _light(colour: str) -> Callable[[float, float], str]:
    def draw(x: float, y: float) -> str:
        return f'<circle cx="{x:g}" cy="{y:g}" r="7" fill="{colour}"/>'

    return draw


def _chosen(x: float, y: float) -> str:
    tick = f'<path d="M{x - 4:g} {y:g}l3 3.5 5 -7" fill="none" stroke="{WHITE}" stroke-width="2"/>'
    return f'<rect x="{x - 7:g}" y="{y - 7:g}" width="14" height="14" rx="3" fill="{GREEN}"/>{tick}'


def _not_chosen(x: float, y: float) -> str:
    return (
        f'<rect x="{x - 3.5:g}" y="{y - 3.5:g}" width="7" height="7" fill="none" stroke="{WHITE}" stroke-width="1.2"/>'
    )


def _bell(x: float, y: float) -> str:
    body = f'<path d="{BELL.format(x=x, top=y - 6.5)}" fill="{GOLD}"/>'
    return f'{body}<circle cx="{x:g}" cy="{y + 5:g}" r="1.6" fill="{GOLD}"/>'


def _no_bell(x: float, y: float) -> str:
    stroke = f'<path d="M{x - 6:g} {y - 6:g}l12 12" stroke="{RED}" stroke-width="2"/>'
    return _bell(x, y) + stroke


def _pin(x: float, y: float) -> str:
    needle = f'<path d="M{x:g} {y - 1:g}v8" stroke="{WHITE}" stroke-width="1.5"/>'
    return f'{needle}<circle cx="{x:g}" cy="{y - 3:g}" r="4" fill="{RED}"/>'


DRAWN: dict[str, Callable[[float, float], str]] = {
    "🔴": _light(RED),
    "🟠": _light(ORANGE),
    "🟡": _light(YELLOW),
    "✅": _chosen,
    "▫": _not_chosen,
    "🔔": _bell,
    "🔕": _no_bell,
    "📍": _pin,
}  # each round its middle
SIGNS = "".join(DRAWN)
