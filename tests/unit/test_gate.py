"""The gate: how many connections and messages one machine may bring."""

from hypothesis import given
from hypothesis import strategies as st

from notifications.receiving import gate
from notifications.receiving.gate import Gate


def test_one_machine_has_so_many_connections_and_all_together_so_many() -> None:
    door = Gate(3, 2, 100)
    assert [door.enter("a"), door.enter("a"), door.enter("a")] == [True, True, False]
    assert [door.enter("b"), door.enter("c")] == [True, False]
    door.leave("a")
    assert door.enter("c")


@given(st.lists(st.floats(0, 30), max_size=200), st.integers(1, 20))
def test_no_minute_has_more_messages_than_it_may(pauses: list[float], most: int) -> None:
    now = 0.0
    door = Gate(1, 1, most, lambda: now)
    let_in: list[float] = []
    for pause in pauses:
        now += pause
        if door.message("a"):
            let_in.append(now)
    assert all(sum(at - gate.MINUTE < one <= at for one in let_in) <= most for at in let_in)


def test_what_it_remembers_is_bounded() -> None:
    door = Gate(1, 1, 1)
    for n in range(gate.MOST_HOSTS + 10):
        assert door.message(str(n))
    assert len(door._brought) == gate.MOST_HOSTS
