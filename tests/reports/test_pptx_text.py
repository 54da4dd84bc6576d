"""Text on slides takes the room that it is reckoned to take, and no more."""

from hypothesis import given
from hypothesis import strategies as st

from reports.pptx_text import ELLIPSIS, broken, cut, ems, fit

texts = st.text(alphabet="清廉机关指数，。“”0123456789.%−+abc MW★", max_size=120).map(str.strip)
rooms = st.integers(min_value=40, max_value=900)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(texts, rooms)
def test_lines_keep_every_character_and_none_is_wider_than_the_room(text, room):
    lines = broken(text, 18, room)
    assert squeezed("".join(lines)) == squeezed(text)
    assert all(ems(line) * 18 <= room for line in lines)


@given(texts, rooms, st.integers(min_value=1, max_value=4))
def test_a_cut_text_fits_and_is_the_beginning_of_the_whole(text, room, lines):
    short = cut(text, 18, room, lines)
    assert len(broken(short, 18, room)) <= lines
    assert short == text or (short.endswith(ELLIPSIS) and squeezed(text).startswith(squeezed(short.removesuffix(ELLIPSIS))))


def test_what_is_cut_keeps_the_lines_before_it():
    # 40 points hold 2.15 em at 18: 0 and a space take 0.92, 0M 1.58, so that a line ends with a space that it does not show
    assert broken("0 0M“00", 18, 40)[:2] == ["0", "0M"]
    assert cut("0 0M“00", 18, 40, 2) == "0 0…"


def test_a_chinese_character_is_as_wide_as_the_font_is_high():
    # ten characters of 20 points need 200 points; a line is filled to 97 %, so 206 hold nine and 207 ten
    assert len(broken("清" * 10, 20, 206)) == 2
    assert len(broken("清" * 10, 20, 207)) == 1


def test_a_number_is_not_torn_apart():
    assert broken("较上期 +12345.6 分", 20, 110) == ["较上期", "+12345.6", "分"]


def test_the_first_size_that_fits_is_taken_and_the_last_one_cuts():
    text = "清" * 20  # 28 points: 560; 24: 480; 20: 400
    assert fit(text, 600, [(28, 1), (24, 1), (20, 1)]) == (28, text)
    assert fit(text, 500, [(28, 1), (24, 1), (20, 1)]) == (24, text)
    size, short = fit(text, 300, [(28, 1), (24, 1), (20, 1)])
    assert size == 20 and short == "清" * 13 + ELLIPSIS  # 14 × 20 = 280 of 291
