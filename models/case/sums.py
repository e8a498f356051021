"""Sums in a person's own words: whether a text names one, so that nobody's figure is taken for assent to another."""

import re
import unicodedata

_NUMERAL = "[〇零一二两兩三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟几数半]"
#: "12万卡集群" counts cards, not money.
_TEN_THOUSANDS = "[万萬亿億](?![卡人次台户吨])"
#: After NFKC and in lower case.
_SUM = re.compile(
    "|".join(
        (
            rf"\d[\d,. ]{{0,40}}(?:[百千]?{_TEN_THOUSANDS}|[百千]?[元块圆]|[wkm]\b|[bm]n\b)",
            rf"{_NUMERAL}\s*(?:{_TEN_THOUSANDS}|[元块圆折])|[万萬亿億]\s*元",
            r"(?:[按为為至到以减減增批给給拨撥]|核定|承诺|承諾|金额|金額|出资|出資|配套)[为為至到]?\s*(?::\s*)?"
            rf"(?:\d(?!\d*\s*[年月日号/-])|{_NUMERAL}{{2}})",
            # no telephone, no post code
            r"(?m:^[^\S\n]*(?:\d{2,5}|\d{1,3}(?:,\d{3})+|[1-9]\d{0,20}0{5,})(?:\.\d+)?[^\S\n]*$)",
            r"人民币|人民幣|[¥$€£%]|\d\s*折|百分之|一半|减半|減半",
            r"(?:核|调|調|压|壓|削|缩|縮)[减減]|[减減][至为為少到]|降[至为為低到]|增至|[调調]增|[增追]加到",
            r"(?<![a-z])(?:yuan|rmb|cny|usd|million|billion|thousand|hundred|percent|half|halve"
            r"|reduce[ds]?|lower(?:ed)?|cut)(?![a-z])",
        )
    )
)


def names_a_sum(text: str) -> bool:
    """Tell whether ``text`` names a sum of money or a change of one: rather once too often than once too rarely."""
    return _SUM.search(unicodedata.normalize("NFKC", text).lower()) is not None
