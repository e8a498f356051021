"""Operators, as the setting lists them."""

from pathlib import Path

import pytest

from models.operators import UnknownOperator, operator_called, read_operators
from models.settings import Settings

LISTED = "甲运行 <jia@ops.example>, 乙运行 <YI@ops.example>"


def test_whoever_has_the_operators_address_is_one_of_them() -> None:
    assert [one.by for one in read_operators("", "duty@ops.example")] == ["operator:duty"]
    assert [one.by for one in read_operators(LISTED, "yi+x@ops.example")] == ["operator:甲运行", "operator:乙运行"]
    assert [one.name for one in read_operators(LISTED, "duty@ops.example")] == ["duty", "甲运行", "乙运行"]


def test_an_operator_is_called_by_name_or_address() -> None:
    known = read_operators(LISTED, "duty@ops.example")
    for called in ("乙运行", "operator:乙运行", "Yi@ops.example"):
        assert operator_called(known, called).address == "yi@ops.example"
    with pytest.raises(UnknownOperator, match="甲运行"):
        operator_called(known, "丙")


@pytest.mark.parametrize("wrong", ["甲运行", "甲 <a@b>, 乙 <A+x@b>", "甲 <a@b>, 甲 <c@b>", "甲 <not an address>"])
def test_a_wrong_list_is_no_setting(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match="operators"):
        Settings(home=tmp_path, operators=wrong)
