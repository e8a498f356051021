import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.hashing import GENESIS, canonical, content_hash, event_hash

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ["application_id", "seq", "kind", "at", "payload"]
events = st.lists(
    st.fixed_dictionaries({"kind": st.sampled_from(["decided", "pledged"]), "at": st.text(), "payload": plain}),
    min_size=1,
    max_size=6,
)


def sealed(rows: list[dict[str, Any]]) -> list[str]:
    """The hashes of a chain: what was written when its events happened."""
    head, hashes = GENESIS, []
    for row in rows:
        head = event_hash(head, *(row[field] for field in FIELDS))
        hashes.append(head)
    return hashes


def numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row | {"seq": n, "application_id": "a"} for n, row in enumerate(rows, start=1)]


@given(events, st.data())
def test_any_altered_field_changes_every_hash_from_there_on(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    chain = numbered(rows)
    at, field = data.draw(st.integers(0, len(chain) - 1)), data.draw(st.sampled_from(FIELDS))
    altered = copy.deepcopy(chain)
    altered[at][field] = [altered[at][field], "altered"]
    before, after = sealed(chain), sealed(altered)
    assert before[:at] == after[:at]
    assert all(x != y for x, y in zip(before[at:], after[at:], strict=True))


@given(events, st.data())
def test_a_removed_event_is_found(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    chain = numbered(rows)
    at = data.draw(st.integers(0, len(chain) - 1))
    assert sealed(numbered(chain[:at] + chain[at + 1 :])) != sealed(chain)


@given(events, st.data())
def test_two_swapped_events_are_found(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    chain = numbered(rows)
    x, y = data.draw(st.integers(0, len(chain) - 1)), data.draw(st.integers(0, len(chain) - 1))
    swapped = list(chain)
    swapped[x], swapped[y] = chain[y], chain[x]
    assert (sealed(swapped) == sealed(chain)) == (x == y)


@given(plain)
def test_the_canonical_form_survives_a_trip_through_any_json(value: Any) -> None:
    assert canonical(json.loads(json.dumps(value))) == canonical(value)


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert content_hash(dict(reversed(value.items()))) == content_hash(value)


def test_the_canonical_form_is_utf_8_sorted_and_without_spaces() -> None:
    assert canonical({"b": [1, None], "a": "余杭"}) == '{"a":"余杭","b":[1,null]}'.encode()


def test_no_number_that_is_none_is_sealed() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical(float("nan"))
