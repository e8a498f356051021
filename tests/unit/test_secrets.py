import re

from hypothesis import given
from hypothesis import strategies as st

from models.secrets import LOCATOR_LENGTH, derive_code, derive_token, locator, new_nonce, token_hash

KEY = bytes(32)
nonces = st.binary(min_size=16, max_size=16).map(bytes.hex)


@given(nonces)
def test_a_token_fits_a_url_and_a_mail_address_and_can_be_made_again(nonce: str) -> None:
    token = derive_token(KEY, "decide", nonce)
    assert re.fullmatch("[a-z2-7]{40}", token)
    assert derive_token(KEY, "decide", nonce) == token


@given(nonces, nonces)
def test_another_key_purpose_or_nonce_gives_another_token(nonce: str, other: str) -> None:
    token = derive_token(KEY, "decide", nonce)
    assert derive_token(b"\x01" * 32, "decide", nonce) != token
    assert derive_token(KEY, "reply", nonce) != token
    assert (derive_token(KEY, "decide", other) == token) == (other == nonce)


@given(nonces)
def test_capitals_and_blanks_that_mail_programs_add_do_not_matter(nonce: str) -> None:
    token = derive_token(KEY, "reply", nonce)
    assert token_hash(f" {token.upper()}\n") == token_hash(token)
    assert locator(token.upper()) == locator(token) == token[:LOCATOR_LENGTH]


@given(nonces)
def test_a_code_has_six_digits(nonce: str) -> None:
    assert re.fullmatch("[0-9]{6}", derive_code(KEY, nonce))


def test_nonces_are_fresh() -> None:
    assert len({new_nonce() for _ in range(1000)}) == 1000
