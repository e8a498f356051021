"""Makes the messages of the corpus: `python -m tests.corpus.make`. What it made is committed and read by the tests."""

import itertools
from pathlib import Path
from typing import Any

import yaml

from tests.corpus import special
from tests.corpus.letters import letter, multipart, part
from tests.corpus.programs import PLACES, PROGRAMS, Program

FOLDER = Path(__file__).parent
Expected = dict[str, Any]

ZH = (
    (["同意"], {"command": "approve"}),
    (["同意，资料齐全，建议优先支持。"], {"command": "approve", "opinion": "资料齐全，建议优先支持。"}),
    (["不同意", "配套资金未落实。"], {"command": "refuse", "opinion": "配套资金未落实。"}),
    (["退回，请补充县级承诺函", "并加盖公章。"], {"command": "return", "opinion": "请补充县级承诺函\n并加盖公章。"}),
    (["批准。"], {"command": "approve"}),
    (["否决", "不属于重点方向"], {"command": "refuse", "opinion": "不属于重点方向"}),
    (["您好：", "", "同意", "资料齐全"], {"command": "approve", "opinion": "资料齐全"}),
    (["弃权", "与本单位职责无关"], {"command": "abstain", "opinion": "与本单位职责无关"}),
    (["转办 省财政厅", "请研究资金安排"], {"command": "hand over", "whom": "省财政厅", "opinion": "请研究资金安排"}),
    (["回避", "申请单位负责人是我的亲属"], {"command": "recuse", "opinion": "申请单位负责人是我的亲属"}),
    (
        ["退回", "1. 请说明设备清单。", "2. 请盖章。"],
        {"command": "return", "opinion": "1. 请说明设备清单。\n2. 请盖章。"},
    ),
    (
        ["同意，谢谢！", "", "张伟", "县经济和信息化局"],
        {"command": "approve", "opinion": "谢谢！\n\n张伟\n县经济和信息化局"},
    ),
)
EN = (
    (["Approve"], {"command": "approve"}),
    (["Approved. The file is complete."], {"command": "approve", "opinion": "The file is complete."}),
    (["Reject", "The budget does not match the annex."], {"command": "refuse", "opinion": "The budget does not match the annex."}),
    (["Return: please add the pledge of the county"], {"command": "return", "opinion": "please add the pledge of the county"}),
    (["Dear colleagues,", "", "approve", "", "Best regards", "Zhang Wei"], {"command": "approve", "opinion": "Best regards\nZhang Wei"}),
    (["refuse", "", "It is outside of the programme."], {"command": "refuse", "opinion": "It is outside of the programme."}),
    (["同意"], {"command": "approve"}),
    (["Hand over to czt@zj.example", "Please look at the funding."], {"command": "hand over", "whom": "czt@zj.example", "opinion": "Please look at the funding."}),
    (["不同意", "材料不全"], {"command": "refuse", "opinion": "材料不全"}),
)  # fmt: skip
CODINGS = {
    False: (("gb18030", "base64"), ("utf-8", "base64"), ("gbk", "8bit"), ("utf-8", "quoted-printable"), ("gb2312", "quoted-printable"), ("utf-8", "8bit")),
    True: (("utf-8", "quoted-printable"), ("utf-8", "base64"), ("utf-8", "8bit")),
}  # fmt: skip
#: Below a history that nothing marks an answer is read where what introduces our letter names our address.
UNNAMED: Expected = {
    "command": None,
    "problem": "NOTHING",
    "why": "stands below our letter, which is introduced by a name without an address",
}
OUTLOOK = ("outlook-zh", "outlook-en", "exchange-owa")
TEXT_IS_MARKED = (
    "netease-163",
    "apple-mail-zh",
    "apple-mail-en",
    "iphone-zh",
    "iphone-en",
    "gmail-zh",
    "gmail-en",
    "thunderbird",
    "k-9",
    "mutt",
)


def bodies() -> dict[str, tuple[bytes, Expected]]:
    """Every program with every kind of body and every place of the answer that it can write."""
    made: dict[str, tuple[bytes, Expected]] = {}
    answers = {True: itertools.cycle(EN), False: itertools.cycle(ZH)}
    codings = {english: itertools.cycle(known) for english, known in CODINGS.items()}
    for program in PROGRAMS:
        for place, kind in itertools.product(PLACES, ("text", "html", "alternative")):
            if not _is_written(program, place, kind):
                continue
            name = f"{program.name}-{kind}-{place}"
            new, expected = next(answers[program.english])
            body = _body(program, place, kind, new, *next(codings[program.english]))
            made[name] = (
                letter(name, body, header=program.header),
                UNNAMED if name == "foxmail-text-bottom" else expected,
            )
    return made


def _is_written(program: Program, place: str, kind: str) -> bool:
    if kind != "text" and program.name == "mutt":
        return False
    if place == "top" or program.name in TEXT_IS_MARKED:
        return True
    if kind == "html":
        return place == "bottom" or program.name not in OUTLOOK
    return (place, kind) == ("bottom", "text")


def _body(program: Program, place: str, kind: str, new: list[str], charset: str, encoding: str) -> bytes:
    in_text, in_html = PLACES[place]
    # What GB2312 has no sign for, programs write in another way.
    text, page = (
        t if charset == "utf-8" else t.replace("\u202f", " ") for t in (in_text(program, new), in_html(program, new))
    )
    if kind == "alternative":
        return multipart(
            "alternative", part("text/plain", text, charset, encoding), part("text/html", page, charset, encoding)
        )
    return part(f"text/{kind}".replace("text/text", "text/plain"), text if kind == "text" else page, charset, encoding)


def main() -> None:
    """Write the messages that are missing or other, and what each is read as."""
    kept = (FOLDER / "first.yaml", FOLDER / "recorded.yaml")
    known = {name: expected for file in kept for name, expected in yaml.safe_load(file.read_text("utf-8")).items()}
    made = bodies() | special.bodies()
    for name, (raw, expected) in made.items():
        path = FOLDER / f"{name}.eml"
        if not (expected.pop("keep", False) and path.exists()):
            path.write_bytes(raw)
    listed = known | {name: expected for name, (_, expected) in made.items()}
    text = yaml.safe_dump(
        {n: dict(e) for n, e in sorted(listed.items())}, allow_unicode=True, sort_keys=False, width=110
    )
    (FOLDER / "expected.yaml").write_text(
        "# What each message must be read as; made by make.py.\n" + text, encoding="utf-8"
    )


if __name__ == "__main__":
    main()
