"""An application's file: whatever it holds, it becomes a form or one clear sentence a fault."""

import json
import time
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Fault, RefusedApplication
from models.files.form_file import MAX_BYTES, MAX_FAULTS, read_form
from tests.support.forms import CONSORTIUM, fields_of, form_of


def faults_in(data: bytes) -> tuple[Fault, ...]:
    with pytest.raises(RefusedApplication) as refused:
        read_form(data)
    return refused.value.faults


def written(**changes: Any) -> bytes:
    return yaml.safe_dump(fields_of(**changes), allow_unicode=True).encode()


def test_yaml_and_json_are_read_alike() -> None:
    assert read_form(written()) == form_of()
    assert read_form(json.dumps(CONSORTIUM).encode()) == form_of()
    assert read_form(json.dumps(CONSORTIUM, ensure_ascii=False, indent=2).encode("utf-8-sig")) == form_of()


def test_a_rare_character_in_json_is_read_as_meant() -> None:
    form = read_form(json.dumps(fields_of(applicant__contact="𠮷野")).encode())
    assert form.applicant.contact == "𠮷野"


@pytest.mark.parametrize(
    "data",
    [
        b"a: [1, 2",
        b"\tx: 1",
        b"a: b: c",
        b"--- 1\n--- 2",
        b"\xff\xfe\x00",
        b"\x00",
        b"%PDF-1.7 \x01",
        b"[" * 30_000,
        b"- " * 30_000,
        b"{[1]: 2}",
        b"a: !!int x",
        b"a: !!timestamp x",
        b"a: !!python/object/apply:os.system [ls]",
    ],
)
def test_what_is_no_yaml_is_refused_with_one_sentence(data: bytes) -> None:
    (fault,) = faults_in(data)
    assert fault.field == "file"
    assert "not valid YAML or JSON" in fault.en
    assert "\n" not in fault.sentence("zh") + fault.sentence("en")


@pytest.mark.parametrize("data", [b"", b"just words", b"- a\n- b", b"null", b"[]", b"19"])
def test_what_is_no_list_of_fields_is_refused(data: bytes) -> None:
    (fault,) = faults_in(data)
    assert "field: value" in fault.en


def test_fifty_megabytes_are_refused_at_once_with_the_limit() -> None:
    data = b"a: b\n" * (50 * 2**20 // 5)
    start = time.monotonic()
    (fault,) = faults_in(data)
    assert time.monotonic() - start < 1
    assert f"more than {MAX_BYTES:,} bytes" in fault.en


def test_a_bomb_of_aliases_is_refused_at_once() -> None:
    lines = ['a0: &a0 "lol"'] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    start = time.monotonic()
    (fault,) = faults_in("\n".join(lines).encode())
    assert time.monotonic() - start < 1
    assert "aliases" in fault.en


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        ("0.005", "two decimals"),
        ("-1", "negative"),
        ("1.5e3", "digits"),
        (".inf", "digits"),
        ("99999999999999", "zeros"),
        ("ten", "digits"),
        ("[1]", "digits"),
        ("true", "digits"),
    ],
)
def test_an_amount_that_is_no_whole_fen_is_refused_as_written(amount: str, why: str) -> None:
    data = written(amounts__city=None) + b"total: " + amount.encode()
    (fault,) = faults_in(data)
    assert fault.field == "total"
    assert why in fault.en


def test_a_fraction_in_json_is_refused_and_never_rounded() -> None:
    text = json.dumps(CONSORTIUM).replace('"10,000,000"', "10000000.005")
    (fault,) = faults_in(text.encode())
    assert fault.field == "amounts.province"
    assert "10000000.005" in fault.en


def test_a_code_with_leading_zeros_stays_as_written() -> None:
    assert read_form(written(county=None) + b"county: 0330110").county == "0330110"


@pytest.mark.parametrize("code", ["91330110MA2H3K7X6V", "9133", "91330110MA2H3K7X6WW", "", "O1330110MA2H3K7X6W"])
def test_a_wrong_credit_code_is_refused_in_words(code: str) -> None:
    (fault,) = faults_in(written(applicant__credit_code=code))
    assert fault.field == "applicant.credit_code"
    assert "GB 32100" in fault.en


def test_an_unknown_field_is_named() -> None:
    (fault,) = faults_in(written(applicant__fax="1"))
    assert (fault.field, "spelling" in fault.en) == ("applicant.fax", True)


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_of_thousands_of_faults_the_first_twenty_are_told_and_the_rest_is_counted(kind: str) -> None:
    extra = {f"k{n}": "" for n in range(4000)}
    data = json.dumps(fields_of() | extra) if kind == "json" else yaml.safe_dump(fields_of() | extra)
    *told, last = faults_in(data.encode())
    assert len(told) == MAX_FAULTS
    assert (last.en, last.zh) == ("and 3,980 more faults", "另有 3,980 处不合要求")


def test_twenty_faults_are_all_told() -> None:
    found = faults_in(json.dumps(fields_of() | {f"k{n}": "" for n in range(MAX_FAULTS)}).encode())
    assert [fault.field for fault in found] == [f"k{n}" for n in range(MAX_FAULTS)]


def test_a_fields_name_of_any_length_and_character_is_told_briefly() -> None:
    (fault,) = faults_in(json.dumps(fields_of() | {"\ud800" + "长" * 9000: ""}).encode())
    assert len(fault.sentence("zh").encode()) < 500


@pytest.mark.parametrize(
    "data",
    [
        written() + b"measure: 18\n",
        written() + b'"measure": 19\n',
        b"applicant: {name: a, name: b}",
        json.dumps(CONSORTIUM).replace('"measure": 19', '"measure": 18, "measure": 19').encode(),
        json.dumps(CONSORTIUM).replace('"province"', '"city": "1", "province"').encode(),
    ],
)
def test_a_field_that_is_written_twice_is_refused_and_never_guessed(data: bytes) -> None:
    (fault,) = faults_in(data)
    assert "is written twice" in fault.en


def test_every_wrong_field_is_named_at_once() -> None:
    found = faults_in(written(measure="x", applicant__email="nobody", project__title=None, amounts__county="-1"))
    assert {f.field for f in found} == {"measure", "applicant.email", "project.title", "amounts.county"}


@pytest.mark.parametrize("email", ["a@b\nBcc: c@d", "a b@c.example", "甲@c.example", "a@b@c"])
def test_an_address_that_could_break_a_letter_is_refused(email: str) -> None:
    (fault,) = faults_in(written(applicant__email=email))
    assert fault.field == "applicant.email"


@pytest.mark.parametrize("name", ["a\nBcc: c@d", "a\rb", "\x00", "x" * 201, " "])
def test_a_line_that_is_no_line_is_refused(name: str) -> None:
    (fault,) = faults_in(json.dumps(fields_of(applicant__name=name)).encode())
    assert fault.field == "applicant.name"


@pytest.mark.parametrize("summary", ["a\x00b", "\ud800"])
def test_text_that_a_database_cannot_keep_is_refused_in_words_that_can_be_printed(summary: str) -> None:
    (fault,) = faults_in(json.dumps(fields_of(project__summary=summary)).encode())
    assert fault.field == "project.summary"
    fault.sentence("zh").encode()


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_no_bytes_whatever_do_more_than_be_refused(data: bytes) -> None:
    assert all(fault.zh and fault.en for fault in faults_in(data))
