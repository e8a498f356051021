"""What is asked for and what is given, in words: a sum, vouchers, a recognition, a listing, a clearance. Pure."""

#: What an option may give that is counted in money; the rest has no amounts.
COUNTED = frozenset({"money", "voucher"})

#: `gives` of the option -> what is asked for, what the last approval does, what was done, and the state then.
_ASKED = {
    "money": ("{sum}", "{sum}"),
    "voucher": ("券 {sum}", "vouchers worth {sum}"),
    "recognition": ("认定“{option}”", "recognition as “{option}”"),
    "listing": ("入选“{option}”", "listing as “{option}”"),
    "clearance": ("审查“{option}”", "clearance by “{option}”"),
}
_GRANTS = {
    "money": ("核定 {sum}", "awards {sum}"),
    "voucher": ("核定券 {sum}", "awards vouchers worth {sum}"),
    "recognition": ("认定“{option}”", "recognises “{option}”"),
    "listing": ("列入“{option}”", "lists it as “{option}”"),
    "clearance": ("通过“{option}”", "clears it by “{option}”"),
}
_DONE = {
    "money": ("已核定 {sum}", "awarded {sum}"),
    "voucher": ("已核定券 {sum}", "awarded vouchers worth {sum}"),
    "recognition": ("已认定“{option}”", "recognised as “{option}”"),
    "listing": ("已列入“{option}”", "listed as “{option}”"),
    "clearance": ("已通过“{option}”", "cleared by “{option}”"),
}
_GIVEN = {
    "money": ("已核定", "Awarded"),
    "voucher": ("已核定", "Awarded"),
    "recognition": ("已认定", "Recognised"),
    "listing": ("已入选", "Listed"),
    "clearance": ("审查通过", "Cleared"),
}


def asked_for(gives: str, option: str, total: str, language: str) -> str:
    """Return what is asked for: ``1,800万元``, ``认定“省级领军人才”``; option and total as people read them."""
    return _ASKED[gives][language != "zh"].format(option=option, sum=total)


def grants(gives: str, option: str, total: str, language: str) -> str:
    """Return what the approval of the last stage does: ``核定 1,800万元``, ``认定“省级领军人才”``."""
    return _GRANTS[gives][language != "zh"].format(option=option, sum=total)


def done(gives: str, option: str, total: str, language: str) -> str:
    """Return what was done: ``已核定 1,800万元``, ``已认定“省级领军人才”``."""
    return _DONE[gives][language != "zh"].format(option=option, sum=total)


def given(gives: str, language: str) -> str:
    """Return what the state is called once it is given: ``已核定``, ``已认定``."""
    return _GIVEN[gives][language != "zh"]


def thing(gives: str, option: str, total: str, language: str) -> str:
    """Return what is given, bare: ``1,800万元``, ``省级领军人才``."""
    return asked_for(gives, option, total, language) if gives in COUNTED else option
