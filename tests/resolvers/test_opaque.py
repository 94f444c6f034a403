"""Tokens round-trip, and nothing but the very characters that the API made opens."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from resolvers.opaque import LONGEST, seal, unseal

KEY = b"insitechart"
VALUES = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.integers(min_value=-(2**63), max_value=2**63 - 1),
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds are naive
)
POSITIONS = st.lists(VALUES, max_size=3).map(tuple)


@given(st.text(max_size=30), POSITIONS)
def test_what_was_sealed_opens(kind: str, position: tuple[object, ...]) -> None:
    """Every kind and position comes back with its types."""
    assert unseal(KEY, seal(KEY, kind, position)) == (kind, position)  # type: ignore[arg-type]


@given(POSITIONS, st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_altered_byte_does_not_open(position: tuple[object, ...], place: int, change: int) -> None:
    """Tampering anywhere, seal or payload, is seen."""
    token = seal(KEY, "mentions", position)  # type: ignore[arg-type]
    raw = bytearray(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    raw[place % len(raw)] ^= change
    assert unseal(KEY, urlsafe_b64encode(raw).rstrip(b"=").decode()) is None


@given(st.text(max_size=60))
def test_junk_does_not_open(text: str) -> None:
    """No text that the API did not make opens or raises."""
    assert unseal(KEY, text) is None


def test_other_spellings_of_a_token_do_not_open() -> None:
    """Padding, white space and another alphabet name the same bytes, and are refused: one thing has one id."""
    token = seal(KEY, "Stock", ("BRK.B",))
    assert unseal(KEY, token) == ("Stock", ("BRK.B",))
    for other in (token + "=", token + "==", token + "\n", f" {token}", token + "A", "A" * (LONGEST + 1), "é" + token):
        assert unseal(KEY, other) is None, other


def test_another_key_does_not_open() -> None:
    """A deployment's tokens are its own."""
    assert unseal(b"other", seal(KEY, "Stock", ("A",))) is None
