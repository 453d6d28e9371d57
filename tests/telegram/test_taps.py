"""The data of buttons: what is written is read again, within Telegram's limit, and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.taps import Origin, Screen, Tap, read_tap, reference, short

CHATS = st.integers(-(10**15) + 1, -1)
TAPS = st.builds(
    Tap,
    screen=st.sampled_from(Screen),
    target=st.none() | CHATS,
    reference=st.just("") | st.builds(reference, CHATS, st.text()),
    value=st.text("abcXYZ019.-", max_size=12),
    origin=st.none()
    | st.builds(Origin, st.sampled_from("peam"), st.just("") | st.builds(short, CHATS, st.text()), st.integers(0, 999)),
)


@given(TAPS)
def test_a_button_says_what_it_was_made_for_within_sixty_four_bytes(tap):
    assert len(tap.data().encode()) <= 64
    assert read_tap(tap.data()) == tap


@given(st.text(max_size=64) | TAPS.map(lambda tap: tap.data() + "\n"))
def test_whatever_a_client_sends_is_a_button_of_ours_or_nothing(data):
    tap = read_tap(data)

    assert tap is None or tap.data() == data


def test_the_screens_of_buttons_are_told_apart_by_their_letters():
    assert len(set(Screen)) == len(Screen)
    assert all(len(screen) == 2 for screen in Screen)
