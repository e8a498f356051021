"""What can be wrong with what people send us: each error says, in both languages, what to do."""

from dataclasses import dataclass

from models.states import TaskEnd


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with one field, and the clause that says so."""

    #: Dotted path of the field in the file or form, e.g. ``amounts.city``.
    field: str
    #: Sentence in Chinese and in English: what is wrong, the limit, what to do.
    zh: str
    en: str
    #: The words of the policy or the rule that the field breaks; empty for plain format faults.
    clause: str = ""

    def sentence(self, language: str = "en") -> str:
        """Return the one sentence for a person, with field and clause named."""
        text = self.zh if language == "zh" else self.en
        if not self.clause:
            return f"{self.field}: {text}"
        return (
            f"{self.field}: {text}（依据：“{self.clause}”）"
            if language == "zh"
            else (f"{self.field}: {text} (clause: “{self.clause}”)")
        )


class LiandongError(Exception):
    """Base of every error that a person may see."""

    zh: str = ""
    en: str = ""

    def __init__(self, zh: str = "", en: str = "") -> None:
        self.zh, self.en = zh or self.zh, en or self.en
        super().__init__(f"{self.zh} {self.en}".strip())

    def sentence(self, language: str = "en") -> str:
        """Return the sentence in ``language`` (``zh`` or ``en``)."""
        return self.zh if language == "zh" else self.en


class RefusedApplication(LiandongError):
    """The application breaks the policy or is malformed: nothing was recorded."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("；".join(f.sentence("zh") for f in faults), "; ".join(f.sentence("en") for f in faults))


class UnknownApplication(LiandongError):
    zh = "没有这个申请编号；用 liandong status 查看全部编号。"
    en = "There is no application with this number; `liandong status` lists them all."


class UnknownToken(LiandongError):
    zh = "此链接无效或不完整；请重新打开来信中的链接。"
    en = "This link is not valid or was cut; open the link from the letter again."


class ExpiredToken(LiandongError):
    zh = "此链接已过期；请等待催办函，或请运行人员重新发函。"
    en = "This link has expired; wait for the reminder or ask the operator for a new letter."


class AlreadyDecided(LiandongError):
    """The task has its one decision already; who, what and when are in the fields."""

    def __init__(self, unit_zh: str, unit_en: str) -> None:
        super().__init__(
            f"{unit_zh}已就此件作出决定，本次未作任何更改。",
            f"{unit_en} has already decided this; nothing was changed.",
        )


class StageClosed(LiandongError):
    """The task is void, and nothing was decided; the sentence says what happened to it."""

    zh = "该环节已经结束，本次未作任何决定。"
    en = "This stage has closed; nothing was decided."

    def __init__(self, ended_as: TaskEnd | None = None) -> None:
        super().__init__(*_ENDED.get(ended_as, ("", "")))


_ENDED: dict[TaskEnd | None, tuple[str, str]] = {
    TaskEnd.WITHDRAWN: (
        "申请人已撤回该申请，本次未作任何决定。",
        "The applicant has withdrawn the application; nothing was decided.",
    ),
    TaskEnd.HANDED_OVER: (
        "此件已转办，由受转单位或人员办理，本次未作任何决定。",
        "This was handed over, and whoever it was handed to answers now; nothing was decided.",
    ),
    TaskEnd.REMOVED: (
        "您单位已从本环节减签，无需再答复，本次未作任何决定。",
        "Your unit was removed from this stage and need not answer; nothing was decided.",
    ),
    TaskEnd.TAKEN_BACK: (
        "该答复已由本单位拿回；请使用新来信中的链接，本次未作任何决定。",
        "Your unit took its answer back; use the link in the new letter. Nothing was decided.",
    ),
    TaskEnd.UNDONE: (
        "前一环节的单位已拿回其答复，本环节暂不办理；如再次轮到您，会另行发函。本次未作任何决定。",
        "A unit before you took its answer back; you will be written to again if it is your turn. Nothing was decided.",
    ),
    TaskEnd.RECALLED: (
        "委派的单位已不再需要此意见，本次未作任何决定。",
        "The opinion that you were asked for is no longer needed; nothing was decided.",
    ),
    TaskEnd.REPLACED: (
        "您的席位已由抽取顺序中的下一位专家接替，无需再评分，本次未计入任何评分。",
        "Your seat went to the next in the draw; you need not score any more, and nothing was counted.",
    ),
    TaskEnd.OVERRIDDEN: (
        "此件已由运行人员代为决定，本次未作任何决定。",
        "The operator has decided this in place of its unit; nothing was decided by this answer.",
    ),
}


class NotYourTurn(LiandongError):
    zh = "此件正在等待另一单位先行答复；轮到您时会另行发函，本次未作任何决定。"
    en = "This waits for another unit's answer first; you will be written to when it is your turn. Nothing was decided."


class Suspended(LiandongError):
    """The stage stands still until somebody resumes it."""

    zh = "此件已挂起，恢复办理后会另行通知，本次未作任何决定。"
    en = "This is suspended; you will be told when it goes on. Nothing was decided."


class OwnApplication(LiandongError):
    zh = "这是您本人的申请，您不能参与决定；请由本单位其他经办人办理。本次未作任何决定。"
    en = "This is your own application, and you cannot decide on it; a colleague of yours can. Nothing was decided."


class Recused(LiandongError):
    zh = "您已声明回避此件，不能再参与决定，本次未作任何决定。"
    en = "You have recused yourself from this application and cannot decide on it any more; nothing was decided."


class LastVoter(LiandongError):
    zh = "本环节没有其他单位表决，您单位不能弃权；请答复同意、不同意或退回。"
    en = "Nobody else votes in this stage, so your unit cannot abstain; answer approve, refuse or return."


class WrongTarget(LiandongError):
    """A return names a stage that it cannot lead to."""

    def __init__(self, key: str, known: str) -> None:
        super().__init__(
            f"不能退回到“{key}”；可退回申请人{f'或：{known}' if known else ''}。",
            f"It cannot be returned to {key!r}; return it to the applicant{f' or to: {known}' if known else ''}.",
        )


class OfficerReplaced(LiandongError):
    zh = "您已不再是该单位的经办人，本次未作任何决定；请转告现任经办人。"
    en = "You no longer answer for this unit; nothing was decided. Please tell whoever does now."


class ContentChanged(LiandongError):
    zh = "申请内容在发函之后已修改，本链接随之失效；请使用新来信中的链接。"
    en = "The application was amended after this letter; use the link in the new letter."


class OpinionMissing(LiandongError):
    zh = "不同意或退回须写明意见。"
    en = "A refusal or a return needs an opinion: say why."


class OpinionTooLong(LiandongError):
    zh = "意见最长 5,000 字；请缩短后重新提交。"
    en = "An opinion has at most 5,000 characters; shorten it and answer again."


class WrongAnswer(LiandongError):
    zh = "本环节不接受这种答复，本次未作任何更改；请按来信说明答复。"
    en = "This stage takes no such answer; nothing was changed. Answer as the letter says."


class ReportMissing(LiandongError):
    zh = "请写明办理情况。"
    en = "A report needs words: say what was done."


class WrongFigure(LiandongError):
    """A figure is for no target of the duty, or no whole number that can be counted."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"“{key}”的数字须为不超过一千万亿的非负整数。",
            f"The figure for {key!r} must be a whole number, 0 or more, up to 10^15.",
        )


class UnknownUnits(LiandongError):
    zh = "退回的单位不在本任务的报告单位之内；请重新选择。"
    en = "A unit to be sent back does not report on this duty; choose again."


class WrongAmount(LiandongError):
    """A pledge or award is outside what was asked for or what the policy allows."""


class WrongCode(LiandongError):
    zh = "验证码不正确或已过期；请重新获取。"
    en = "The one-time code is wrong or has expired; ask for a new one."


class WrongState(LiandongError):
    """The verb is not possible in the application's present state."""
