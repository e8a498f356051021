"""What a message would do: nothing unproven ever decides, and no bytes make it raise."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.arrived import Arrived
from notifications.authentic import Trust
from notifications.judging.verdicts import Verdict, supposed, would_do

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
ASKED = supposed("甲 <A@zj.example>", "<Reply+x@l.example>", "", NOW)
TRUST = Trust(authserv_id="mx.l.example")
PROVEN = b"Authentication-Results: mx.l.example; dmarc=pass header.from=zj.example\r\n"
HEAD = b"From: a@zj.example\r\nTo: reply+x@l.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
DECIDES = {Verdict.APPROVE, Verdict.REFUSE, Verdict.RETURN}


def test_an_address_may_be_written_with_its_name() -> None:
    assert (ASKED.officer, ASKED.recipient) == ("a@zj.example", "reply+x@l.example")


@pytest.mark.parametrize(
    ("act", "text", "verdict", "command"),
    [
        ("", "同意", Verdict.APPROVE, "approve"),
        ("", "弃权\n无意见", Verdict.ASK, "abstain"),
        ("", "回避\n有利害关系", Verdict.ASK, "recuse"),
        ("", "拿回\n写错了", Verdict.ASK, "take back"),
        ("report", "完成\n已开放", Verdict.APPROVE, "done"),
        ("report", "进行中\n已开放一半", Verdict.ASK, "in progress"),
        ("report", "同意", Verdict.ASK, ""),
        ("expert_panel", "同意", Verdict.ASK, ""),
    ],
)
def test_each_command_comes_to_one_verdict(act: str, text: str, verdict: Verdict, command: str) -> None:
    came = Arrived(ASKED.recipient, NOW, ASKED.officer, act)
    judged = would_do(PROVEN + HEAD + text.encode(), came, TRUST, None)
    assert (judged.verdict, judged.command) == (verdict, command)


@pytest.mark.parametrize(
    ("act", "text"),
    [("", "不同意"), ("", "退回。"), ("accept", "退回"), ("report", "完成"), ("public_notice", "不成立")],
)
def test_an_answer_without_the_reason_that_it_needs_says_that_the_desk_will_ask(act: str, text: str) -> None:
    came = Arrived(ASKED.recipient, NOW, ASKED.officer, act)
    bare, reasoned = (would_do(PROVEN + HEAD + said.encode(), came, TRUST, None) for said in (text, f"{text}\n见附件"))
    assert bare.verdict == reasoned.verdict != Verdict.ASK
    assert "the desk decides nothing yet and asks for it" in bare.why
    assert "asks for it" not in reasoned.why


def test_where_no_money_is_at_stake_an_opinion_may_name_a_sum() -> None:
    raw = PROVEN + HEAD + "同意\n预算 500 万元，资料齐全。".encode()
    assert would_do(raw, Arrived(ASKED.recipient, NOW, ASKED.officer, money=False), TRUST, None).verdict == "approve"
    assert would_do(raw, ASKED, TRUST, None).verdict is Verdict.ASK


def test_an_answer_that_comes_too_late_would_do_nothing() -> None:
    came = Arrived(ASKED.recipient, NOW, ASKED.officer, refusal="It was decided already.")
    judged = would_do(PROVEN + HEAD + "同意".encode(), came, TRUST, None)
    assert (judged.verdict, judged.why) == (Verdict.IGNORE, "it would not count: It was decided already.")


def test_an_objection_is_from_whomever() -> None:
    raw = HEAD + "我有异议".encode()
    judged = would_do(raw, Arrived("object+zjai19-1@l.example", NOW, ""), TRUST, None)
    assert (judged.verdict, judged.opinion) == (Verdict.ASK, "我有异议")


@given(st.binary(max_size=300), st.sampled_from([b"", HEAD, b"Return-Path: <>\r\n", b"From: a@zj.example\r\n"]))
def test_no_bytes_decide_without_proof_or_make_it_raise(raw: bytes, head: bytes) -> None:
    for message in (head + raw, head + raw + "同意\r\n".encode(), raw + head + "同意".encode()):
        judged = would_do(message, ASKED, Trust(), None)
        assert judged.verdict not in DECIDES
        assert set(judged.as_json("x")) == {"file", "verdict", "command", "opinion", "checks", "why"}
