"""Options that give something else than money, added to measure 19 of a copy of the policy."""

import shutil
from pathlib import Path
from typing import Any

import yaml

import policies
from tests.support.forms import CONSORTIUM

_TALENT_WORDS = (
    "Individuals with an annual salary of over 1 million yuan and more than 5 years of research and development "
    "experience can be directly recognized as provincial-level leading talents"
)
FACTS = {
    "annual_salary": {"type": "money", "name": {"zh": "年薪", "en": "annual salary"}},
    "research_years": {"type": "number", "name": {"zh": "研发工作年限（年）", "en": "years of research"}},
    "talent_name": {"type": "text", "name": {"zh": "人才姓名", "en": "name of the talent"}},
}
OPTIONS: dict[str, Any] = {
    "talent": {
        "name": {"zh": "省级领军人才", "en": "Provincial leading talent"},
        "gives": "recognition",
        "words": _TALENT_WORDS,
        "rules": [{"requires": "annual_salary > 1,000,000 yuan"}, {"requires": "research_years > 5"}],
        "also_state": ["talent_name"],
        "notes": [{"zh": "原文未写明年薪以哪一年为准。", "en": "The text does not say of which year the salary is."}],
    },
    "scenario": {
        "name": {"zh": "示范应用场景", "en": "Demonstration application scenario"},
        "gives": "listing",
        "words": "1000 demonstration application scenarios by 2027",
    },
    "layout": {
        "name": {"zh": "算力设施布局审查", "en": "Layout review"},
        "gives": "clearance",
        "words": "Strictly implement the layout requirements",
    },
    "vouchers": {
        "name": {"zh": "模型券", "en": "Model vouchers"},
        "gives": "voucher",
        "levels": ["city", "county"],
        "words": "provide a maximum subsidy of 5 million yuan",
        "rules": [{"at_most": "5,000,000 yuan"}],
    },
}

NO_MONEY: dict[str, Any] = CONSORTIUM | {"amounts": {}}
TALENT = NO_MONEY | {
    "option": "talent",
    "project": {"title": "认定张三为领军人才", "summary": ""},
    "facts": {"annual_salary": "1,200,000", "research_years": "7.5", "talent_name": "张三"},
}
SCENARIO = NO_MONEY | {"option": "scenario", "project": {"title": "港口调度场景"}}
LAYOUT = NO_MONEY | {"option": "layout", "project": {"title": "某智算中心"}}
VOUCHERS = CONSORTIUM | {
    "option": "vouchers",
    "project": {"title": "采购模型服务"},
    "amounts": {"city": "2,000,000", "county": "1,000,000"},
}
#: What each option gives -> an application for it.
KINDS: dict[str, dict[str, Any]] = {
    "money": CONSORTIUM,
    "voucher": VOUCHERS,
    "recognition": TALENT,
    "listing": SCENARIO,
    "clearance": LAYOUT,
}


def with_every_kind(folder: Path) -> Path:
    """Copy the policies below ``folder``, add the options, and return where they are."""
    root = folder / "policies"
    shutil.copytree(policies.ROOT, root, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = root / "zhejiang-ai-2025" / "measures" / "19.yaml"
    measure = yaml.safe_load(file.read_text("utf-8"))
    measure["options"] |= OPTIONS
    measure["facts"] = measure.get("facts", {}) | FACTS
    file.write_text(yaml.safe_dump(measure, allow_unicode=True, sort_keys=False), "utf-8")
    return root
