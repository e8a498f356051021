"""What stands on award letters and decision sheets, and that every character of it can be read."""

import datetime as dt
import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.event import EventKind
from models.money import Fen
from models.paper import Ending, PaperKind, PaperNotMade, UnknownPaper, kinds_at
from models.policy.data import Bilingual
from models.road.move_words import Move
from models.road.stage_standing import TaskStanding
from models.road.standing import Standing
from models.states import ApplicationState, Channel, Level, Outcome, TaskEnd, TaskKind
from notifications.papers.award_letter import award_letter
from notifications.papers.decision_sheet import decision_sheet
from notifications.papers.marks import marks
from notifications.papers.typeset import coded, is_known, typeset
from tests.support.clock import START
from tests.support.pdf import embedded_fonts, inflated, pages
from tests.unit.test_flows_page import COUNTY, REFUSED, ROUTE, asked, stage, standing

ISSUER = Bilingual(zh="浙江省人民政府", en="The People's Government of Zhejiang Province")
END = Ending(ApplicationState.AWARDED, START, 31, hashlib.sha256(b"end").hexdigest())
AWARD = {Level.PROVINCE: Fen(1_000_000_000), Level.CITY: Fen(500_000_000), Level.COUNTY: Fen(200_000_050)}


def answered(task: TaskStanding, opinion: str = "") -> TaskStanding:
    return replace(task, officer=f"{task.unit_zh}办公室 <office@zj.example>", channel=Channel.LINK, opinion=opinion)


def awarded(opinion: str = "同意。", **changes: Any) -> Standing:
    """An application of measure 19 that went all the way; every unit gave ``opinion``."""
    units = [[answered(asked(unit, Outcome.APPROVE), opinion) for unit in planned.units] for planned in ROUTE]
    stages = [stage(n, *tasks, closed=Outcome.APPROVE) for n, tasks in enumerate(units)]
    return standing(*stages, **({"state": ApplicationState.AWARDED, "award": AWARD} | changes))


def letter(s: Standing) -> dict[str, Any]:
    return award_letter(s, END, ISSUER)


def test_the_letter_names_the_award_in_figures_and_in_capital_characters() -> None:
    facts = letter(awarded())
    assert facts["title"]["zh"] == "核定通知书"
    assert facts["unit"]["zh"] == "省科技厅"
    assert facts["date"] == {"zh": "2026年11月23日", "en": "23 November 2026"}
    rows = [(row["name"]["zh"], row["figures"], row["capitals"]) for row in facts["sums"]]
    assert rows == [
        ("省级", "¥10,000,000.00", "人民币壹仟万元整"),
        ("市级", "¥5,000,000.00", "人民币伍佰万元整"),
        ("县级", "¥2,000,000.50", "人民币贰佰万元零伍角"),
        ("合计", "¥17,000,000.50", "人民币壹仟柒佰万元零伍角"),
    ]
    assert "依据浙江省人民政府《政策》第19条" in facts["body"]["zh"]
    assert "已由省科技厅于2026年11月23日核定 17,000,000.50元" in facts["body"]["zh"]


@pytest.mark.parametrize(
    ("gives", "title", "said"),
    [
        ("voucher", "核定通知书", "核定券 17,000,000.50元"),
        ("recognition", "认定通知书", "认定“联合体项目”"),
        ("listing", "入选通知书", "列入“联合体项目”"),
        ("clearance", "审查通过通知书", "通过“联合体项目”"),
    ],
)
def test_the_letter_says_what_is_given_where_it_is_no_money(gives: str, title: str, said: str) -> None:
    levels = tuple(Level) if gives == "voucher" else ()
    facts = letter(awarded(gives=gives, levels=levels))
    assert facts["title"]["zh"] == title
    assert f"2026年11月23日{said}" in facts["body"]["zh"]
    assert bool(facts["sums"]) == bool(levels)


def test_the_letter_quotes_each_of_the_policys_words_once() -> None:
    rules = [("不超过 3,000万元", "at most", "最高3000万元"), ("须列入名录", "listed", "in the register")] * 2
    findings = tuple(
        {"rule": {"zh": zh, "en": en}, "looked_at": [], "result": {"zh": "", "en": ""}, "holds": True, "words": words}
        for zh, en, words in rules
    )
    conditions = letter(awarded(findings=findings, overlap_words="non repetition"))["conditions"]
    assert [(one["rule"]["zh"], one["words"]) for one in conditions] == [
        ("不超过 3,000万元", ""),  # quoted above them
        ("须列入名录", "in the register"),
        ("从高不重复。", "non repetition"),
    ]


def test_the_sheet_names_who_answered_what_when_and_by_which_door() -> None:
    facts = decision_sheet(awarded("同意，按规划实施。"), END)
    (first,) = facts["stages"][COUNTY]["answers"]
    assert (first["unit"]["zh"], first["answer"]["zh"], first["opinion"]) == (
        "余杭区人民政府",
        "同意",
        "同意，按规划实施。",
    )
    assert (first["who"], first["when"], first["channel"]["zh"]) == ("余杭区人民政府办公室", "2026-11-23 10:00", "链接")
    assert facts["fingerprint"]["hash"] == END.hash
    assert facts["result"]["capitals"] == "人民币壹仟柒佰万元零伍角"


def test_the_applicants_copy_has_no_officers_and_no_words_of_a_yes() -> None:
    facts = decision_sheet(awarded("县内意见，仅供办理。"), END, for_applicant=True)
    assert "县内意见" not in str(facts)
    assert "办公室" not in str(facts)


def test_the_applicants_copy_says_why_it_was_refused() -> None:
    end = replace(END, state=ApplicationState.REFUSED)
    facts = decision_sheet(REFUSED, end, for_applicant=True)
    assert facts["stages"][COUNTY]["answers"][0]["opinion"] == "不属于重点方向"
    assert facts["result"] == {"said": {"zh": "不予支持", "en": "Refused"}, "capitals": "", "reason": ""}
    assert pages(typeset(PaperKind.APPLICANT_COPY, facts)) <= 2


def test_only_an_award_has_a_letter_and_what_goes_on_has_nothing() -> None:
    assert PaperKind.AWARD_LETTER in kinds_at(ApplicationState.AWARDED)
    for state in (ApplicationState.REFUSED, ApplicationState.WITHDRAWN):
        assert kinds_at(state) == (PaperKind.DECISION_SHEET, PaperKind.APPLICANT_COPY)
    for state in (ApplicationState.IN_PROGRESS, ApplicationState.RETURNED, ApplicationState.ACCOMPLISHED):
        assert kinds_at(state) == ()


def test_a_kind_is_known_by_its_word() -> None:
    assert [PaperKind.of(kind.word) for kind in PaperKind] == list(PaperKind)
    with pytest.raises(UnknownPaper):
        PaperKind.of("award_letter")


def test_a_paper_is_for_the_archive_and_carries_its_fonts() -> None:
    pdf = typeset(PaperKind.AWARD_LETTER, letter(awarded()))
    seen = inflated(pdf)
    assert b"<pdfaid:part>2<" in seen
    assert b"2026-11-23T01:00:00" in seen, "the time is that of the end"
    assert embedded_fonts(pdf) >= {"NotoSerifSC-Regular", "NotoSansSC-Regular"}
    assert len(pdf) < 200_000


def test_long_opinions_and_many_units_go_on_over_pages() -> None:
    few = pages(typeset(PaperKind.DECISION_SHEET, decision_sheet(awarded("同" * 5000), END)))
    assert few >= 15, "six opinions of 5,000 characters"
    tasks = [answered(asked("@county:330110", Outcome.APPROVE), "同意。") for _ in range(60)]
    many = standing(stage(COUNTY, *tasks, closed=Outcome.APPROVE), state=ApplicationState.AWARDED, award=AWARD)
    assert pages(typeset(PaperKind.DECISION_SHEET, decision_sheet(many, END))) >= 3


def test_every_character_of_gbk_and_rare_ones_of_names_can_be_read() -> None:
    rows = (bytes([high, low]) for high in range(0x81, 0xFF) for low in range(0x40, 0xFF) if low != 0x7F)
    gbk = {character for row in rows if len(character := row.decode("gbk", "ignore")) == 1}
    han = {character for character in gbk if "\u4e00" <= character <= "\u9fff"}
    assert len(han) == 20_902
    assert is_known("".join(sorted(han)))
    assert is_known("䶮㛃𬀩𠅤𬍛𬭎喆堃犇淼垚燚玥珺璟頔赟㙍㙦𬱖𫖯𬬻𬶐")
    assert is_known("ĄěşŁ Ωψ Жя ①〔〕《》￥¥“”‘’—…·")


def test_a_character_that_no_font_has_is_written_as_its_code_and_said_to_be() -> None:
    facts = letter(awarded(title="好👍项目\x07𠀀"))
    pdf = typeset(PaperKind.AWARD_LETTER, facts)
    assert pdf != typeset(PaperKind.AWARD_LETTER, letter(awarded(title="好项目")))
    assert coded(facts["body"]["zh"], {"👍", "\x07", "𠀀"}).count("〔U+") == 3
    assert not is_known("👍")


@given(st.text(max_size=12))
@settings(max_examples=40)
def test_whatever_people_write_can_be_set(text: str) -> None:
    unknown = {character for character in text if not is_known(character)}
    assert is_known(coded(text, unknown))


def test_what_cannot_be_set_is_said_in_a_sentence() -> None:
    with pytest.raises(PaperNotMade, match="could not be made"):
        typeset(PaperKind.AWARD_LETTER, {"at": dt.datetime.now(dt.UTC).isoformat()})


@pytest.mark.parametrize(
    ("channel", "officer", "who", "by"),
    [(Channel.AUTOMATIC, "sweep", "—", "自动"), (Channel.OPERATOR, "operator:李雷", "李雷", "运行人员代定")],
)
def test_the_sheet_marks_what_nobody_answered_and_what_the_operator_did(
    channel: Channel, officer: str, who: str, by: str
) -> None:
    task = replace(asked("@county:330110", Outcome.APPROVE), officer=officer, channel=channel)
    ended = standing(stage(COUNTY, task, closed=Outcome.APPROVE), state=ApplicationState.AWARDED, award=AWARD)
    (row,) = decision_sheet(ended, END)["stages"][COUNTY]["answers"]
    assert (row["who"], row["channel"]["zh"]) == (who, by)


def test_the_rows_of_the_sheet_are_in_one_order_however_they_were_read() -> None:
    tasks = [replace(asked("@county:330110"), id=f"task-{n}") for n in range(4)]
    tasks.append(replace(asked("czt", Outcome.APPROVE), id="task-9"))
    seen = {
        str(decision_sheet(standing(stage(COUNTY, *order, closed=Outcome.APPROVE)), END)["stages"])
        for order in (tasks, tasks[::-1])
    }
    assert len(seen) == 1


def test_the_sheet_says_what_became_of_each_task_and_which_moves_there_were() -> None:
    lent = replace(asked("kjt", Outcome.APPROVE, "可行。"), id="1", kind=TaskKind.LENT, counts=False)
    back = replace(asked("@county:330110", Outcome.APPROVE), id="2", ended_as=TaskEnd.TAKEN_BACK)
    deputy = replace(asked("@county:330110", Outcome.APPROVE, after=90), id="3", kind=TaskKind.REOPENED)
    deputy = replace(deputy, officer="韩梅 <a@zj.example>", deputy_for="李雷 <b@zj.example>")
    nobody = Bilingual(zh="", en="")
    move = Move(EventKind.TAKEN_BACK, START, "stage", nobody, nobody, "a@zj.example", "金额有误", {})
    later = replace(move, at=START + dt.timedelta(days=9))
    first = replace(stage(COUNTY, lent, back, deputy, closed=Outcome.APPROVE), moves=(move, later))
    s = standing(first, state=ApplicationState.AWARDED, award=AWARD)
    (shown,) = decision_sheet(s, END)["stages"]
    marked = [(row["marks"]["zh"], row["who"]) for row in shown["answers"]]
    assert marked == [("已拿回", ""), ("拿回后重办", "韩梅（代李雷）"), ("委派；意见，不计票", "")]
    assert [one["said"]["zh"] for one in shown["moves"]] == ["拿回（a@zj.example）“金额有误”"], (
        "what came after the end"
    )
    assert pages(typeset(PaperKind.DECISION_SHEET, decision_sheet(s, END))) >= 1
    assert "金额有误" not in str(decision_sheet(s, END, for_applicant=True))


def test_every_kind_of_task_and_every_end_of_one_has_its_mark() -> None:
    for kind in TaskKind:
        assert bool(marks(replace(asked("kjt"), kind=kind))["zh"]) == (kind is not TaskKind.ASKED)
    for end in TaskEnd:
        assert marks(replace(asked("kjt"), ended_as=end))["en"]
