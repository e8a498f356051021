"""Formatted texts in which one thing is read and another is seen: each table is named after what it tries."""

import pytest

from notifications.reading import Command, Problem, Reading, read
from notifications.reading.styles import Colours, hides, pale, rgb
from tests.corpus.letters import letter, multipart, part

#: What stands there is not seen, or not as it stands there; beside those in test_attacks_on_reading.
HIDING = [
    "color:#000;background:#000000",
    "color:black;background:#000",
    "color:rgb(0,0,0);background:rgb(0 0 0)",
    "color:rgb(255 255 255)",
    "color:rgb(100%,100%,100%)",
    "color:rgb(0 0 0 / 0)",
    "color:rgba(0,0,0,.1)",
    "color:hsl(0 0% 100%)",
    "color:lab(100 0 0)",
    "color:color-mix(in srgb,white,white)",
    "color:var(--x)",
    "color:black;color:white",
    "color:white!important",
    "color:canvas",
    "--a:none;display:var(--a)",
    "font-size:calc(0px)",
    "font-size:0e0px",
    "font-size:+0px",
    "font-size:1e-3px",
    "font-size:-0",
    "font-size:20%",
    "font:0/0 a",
    "font:0 a",
    "opacity:+0",
    "opacity:calc(0)",
    "opacity:1e-9",
    "opacity:-1",
    "opacity:5%",
    "zoom:.01",
    "translate:-9999px",
    "scale:0",
    "rotate:90deg",
    "mask-image:linear-gradient(transparent,transparent)",
    "-webkit-mask:url(x)",
    "position:absolute;left:200vw",
    "position:absolute;left:9999px",
    "margin-left:9999px",
    "margin:0 0 0 -999px",
    "padding-left:9999px",
    "text-indent:9999px;overflow:hidden",
    "inset:-9999px",
    "letter-spacing:-10px",
    "display:flex;flex-direction:row-reverse",
    "order:-1",
    "position:absolute;z-index:-1",
    "height:calc(0px);overflow:hidden",
    "height:0rem;overflow:hidden",
    "animation:x",
    "mix-blend-mode:difference",
    "background-clip:text",
    "-webkit-text-security:disc",
    f"display:block;{' ' * 5_000}",
]
#: What people's programs write.
SEEN = [
    "",
    "font-size:10.5pt;font-family:微软雅黑,sans-serif;color:rgb(31, 73, 125);background-color:rgb(255, 255, 255)",
    "font:400 14px/1.5 Arial",
    "margin:0cm 0cm 0.0001pt;text-align:justify;text-indent:2em",
    "color:windowtext;mso-fareast-language:ZH-CN;letter-spacing:normal;word-spacing:0px",
    "width:100%;max-width:none;min-height:0;padding:0 5%;text-decoration:none;opacity:1;zoom:1",
    "color:#ffffff00;color:inherit;visibility:visible;direction:ltr;order:0;transform:none",
    "left:0;margin:-1px auto;font-size:inherit;line-height:0;display:inline-block",
]


def said(page: str) -> Reading:
    return read(letter("attack", part("text/html", page)))


@pytest.mark.parametrize("style", HIDING)
def test_a_style_that_hides_without_a_word_that_says_so(style: str) -> None:
    assert said(f'<p style="{style}">同意</p><p>请稍候</p>').command is None
    assert said(f'<p><span style="{style}">不</span>同意</p>').command is None


@pytest.mark.parametrize("style", SEEN)
def test_what_programs_write_hides_nothing(style: str) -> None:
    assert not hides(style)
    assert said(f'<div style="{style}"><p style="{style}">同意</p></div>').command is Command.APPROVE


@pytest.mark.parametrize(
    "page",
    [
        '<div style="background:#123456"><p style="color:#123456">同意</p></div>',
        '<table bgcolor="#123456"><tr><td><font color="#123456">同意</font></table>',
        '<table style="color:#123456"><tr bgcolor="#133457"><td>同意</table>',
        '<body text="white">同意</body>',
        '<font color="fff">同意</font>',
        '<font color="fffffe">同意</font>',
    ],
)
def test_letters_in_the_colour_of_what_is_behind_them_further_out(page: str) -> None:
    assert said(page).command is None


def test_colours_are_read_as_numbers() -> None:
    assert [rgb(one) for one in ("#fff", "#FFFFFF80", "rgb(1,2,3)", "black", "url(x)", "windowtext")] == [
        (255, 255, 255),
        (255, 255, 255),
        (1, 2, 3),
        (0, 0, 0),
        None,
        None,
    ]
    assert not pale("#1f497d") and pale("hsl(0,0%,99%)") and pale("#0001") and not pale("#000f")
    assert not Colours((0, 0, 0), (255, 255, 255)).alike and not Colours((0, 0, 0)).alike


@pytest.mark.parametrize(
    "rule",
    [
        "[lang]{display:none}",
        ":first-child{display:none}",
        "[class]::before{content:'不'}",
        "::before{content:'不'}",
        "@media all{p{display:none}}",
        "@supports (a:b){p{display:none}}",
        "@layer a{p::before{content:'不'}}",
        ".\\78{display:none}",
        "p:not(.z){display:none}",
        ":is(p){display:none}",
        "@import 'x';p{display:none}",
    ],
)
def test_a_rule_that_names_its_elements_in_another_way(rule: str) -> None:
    assert said(f"<style>{rule}</style><p class=x lang=zh>同意</p>").command is None


def test_a_rule_for_dark_pages_hides_nothing() -> None:
    rule = "@media (prefers-color-scheme: dark){body,p{background:#111;color:#eee}}"
    assert said(f"<style>{rule}</style><p>同意</p>").command is Command.APPROVE


@pytest.mark.parametrize(
    "page",
    [
        "<span hidden><p></span>同意</p></span>",
        "<span style=display:none><div></span>同意",
        "<div hidden><table><tr><td></div>同意</td></tr></table></div>",
        "<b hidden><p></b>同意</p>",
        "<div hidden><select></div>同意</select></div>",
        "<div hidden><template></div></template>同意</div>",
        "<div hidden><svg></div>同意",
        "<p popover>同意</p>",
    ],
)
def test_an_element_that_is_hidden_and_seems_to_be_closed(page: str) -> None:
    assert said(page).command is None


@pytest.mark.parametrize(
    "page",
    [
        "<!-- --!>不<!-- -->同意",
        "<!-->不<!-- -->同意",
        "<!--->不<!-- -->同意",
        "<xmp><!--不--></xmp>同意",
        "<plaintext><!--不-->同意",
        "<ruby>同意<rp>不</rp></ruby>",
        "<ruby>不<rt>同意</rt></ruby>",
        "<bdo dir=rtl>同意</bdo>",
        "<!--!>同意<!-- -->请稍候",
    ],
)
def test_what_is_seen_and_seems_to_be_a_comment_or_stands_in_another_order(page: str) -> None:
    assert said(page).command is not Command.APPROVE


def test_a_text_in_another_format_that_some_programs_show_instead() -> None:
    for kind in ("x-amp-html", "watch-html", "enriched"):
        body = multipart("alternative", part("text/plain", "同意"), part(f"text/{kind}", "<b>不同意</b>"))
        assert read(letter("attack", body)).problem is Problem.DISAGREE
        assert said("").command is read(letter("attack", part(f"text/{kind}", "同意"))).command is None


@pytest.mark.parametrize(
    "page",
    [
        "<p>请先看附件再说</p>",
        "<p hidden>同意</p><p>请稍候</p>",
        "<img src='cid:no'>",
        "<p>ap\u0440rove</p>",
        "转办 省经信厅",
    ],
)
def test_a_formatted_text_that_does_not_say_what_the_plain_one_says(page: str) -> None:
    body = multipart("alternative", part("text/plain", "同意"), part("text/html", page))
    assert read(letter("attack", body)).problem is Problem.DISAGREE
