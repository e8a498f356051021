"""Duties for tests: the policy with measures of its text that tell units to act, and the people who do."""

import shutil
from pathlib import Path

import policies
from approvals.directory import Entry
from models.policy.folder import editions
from models.policy.policy import Policy
from tests.support.desk import address_of, hangzhou_directory

HANGZHOU, NINGBO = "@city:330100", "@city:330200"
KEY = "zhejiang-ai-2025"

#: Places report, on a target with no day; the first duty has no target.
MEASURE_24 = """
number: 24
kind: duty
title: {zh: 支持具身智能应用, en: Support embodied intelligent applications}
units: [fgw, "@city", "@county"]
duties:
  industry_base:
    title: {zh: 具身智能产业基地和测试验证平台, en: Embodied intelligence base and testing platforms}
    words: Building a embodied intelligence industry base
    units: [fgw, "@city"]
  scenarios:
    title: {zh: 滚动开放应用场景, en: Application scenarios opened on a rolling basis}
    words: roll open no less than 50 application scenarios
    targets:
      - key: open_scenarios
        name: {zh: 开放应用场景, en: Application scenarios opened}
        number: 50
        unit: {zh: 个, en: scenarios}
        words: roll open no less than 50 application scenarios
"""
#: Provincial units only; four of them.
MEASURE_27 = """
number: 27
kind: duty
title: {zh: 提升全社会人工智能素养, en: Enhance the overall artificial intelligence literacy of society}
units: [zzb, xcb, jyt, rst]
duties:
  party_schools:
    title: {zh: 党校主体班次课程, en: Courses of Party schools}
    words: Offering artificial intelligence courses in the main training courses of Party schools
"""
#: One unit; one target counts awards, and both are for each year.
MEASURE_6 = """
number: 6
kind: claim
title: {zh: 加大顶尖人才引进力度, en: Intensify efforts to attract top talents}
units: [zzb]
facts: {}
options:
  top_talent:
    name: {zh: 顶尖人才, en: Top talent}
    gives: recognition
    words: more than 10 top artificial intelligence talents will be introduced every year
    rules: []
duties:
  talents:
    title: {zh: 引进和支持人工智能人才, en: Introduce and support artificial intelligence talents}
    words: more than 10 top artificial intelligence talents will be introduced every year
    targets:
      - key: top_talents
        name: {zh: 引进顶尖人才, en: Top talents introduced}
        number: 10
        unit: {zh: 名, en: talents}
        each: year
        words: more than 10 top artificial intelligence talents will be introduced every year
        counts_awards_of: top_talent
      - key: supported_talents
        name: {zh: 支持人工智能人才, en: Talents supported}
        number: 300
        unit: {zh: 名, en: talents}
        each: year
        words: More than 300 artificial intelligence talents are supported annually.
"""


def policies_with_duties(folder: Path) -> Path:
    """Return a folder of policies like ours, whose measures 6, 24 and 27 are those above."""
    root = folder / "policies"
    if not root.exists():
        shutil.copytree(policies.ROOT / KEY, root / KEY)
        for number, text in ((6, MEASURE_6), (24, MEASURE_24), (27, MEASURE_27)):
            (root / KEY / "measures" / f"{number:02}.yaml").write_text(text, "utf-8")
    return root


def policy_in(root: Path) -> Policy:
    """Return the policy in ``root``."""
    return editions(root)[KEY][-1]


def two_cities() -> list[Entry]:
    """The officers of Hangzhou's directory, and one of Ningbo who reads English."""
    ningbo = Entry(unit=NINGBO, name="宁波市人民政府", email=address_of(NINGBO), language="en")
    return [*hangzhou_directory(), ningbo]
