"""What can be wrong with what people send us: each error says, in both languages, what to do."""

from dataclasses import dataclass


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
    zh = "该环节已经结束，本次未作任何决定。"
    en = "This stage has closed; nothing was decided."


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
