"""The application as people write it: the plain model at every door (file, Prefect form, page).

Amounts are written in yuan and kept in fen. ``content`` is what the content hash covers.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as StdnumError

from models.address import MAX_ADDRESS, PATTERN, is_address
from models.money import Fen, fen_from_yuan, yuan
from models.states import Level

#: One line of text: no line breaks or control characters can reach a mail header.
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]
#: Several lines; no NUL, which PostgreSQL keeps in no text.
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5000, pattern=r"^[^\x00]*$")]


def _address(value: str) -> str:
    if not is_address(value):
        raise PydanticCustomError("address", "is not an e-mail address (name@domain, at most 64 characters before @)")
    return value


MailAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(_address),
    WithJsonSchema({"type": "string", "maxLength": MAX_ADDRESS, "pattern": f"^{PATTERN}$"}),
]


def _fen(value: object) -> Fen:
    try:
        return fen_from_yuan(value)
    except ValueError as error:
        raise PydanticCustomError("yuan", "{why}", {"why": str(error)}) from None


def _credit_code(value: object) -> str:
    try:
        return str(uscc.validate(str(value)))
    except StdnumError:
        raise PydanticCustomError(
            "credit_code",
            "is not a unified social credit code: 18 characters with a check character (GB 32100)",
        ) from None


YuanField = Annotated[
    Fen,
    BeforeValidator(_fen),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9,]+(\.[0-9]{1,2})?$", "default": "0"}),
]
CreditCode = Annotated[str, BeforeValidator(_credit_code), WithJsonSchema({"type": "string"})]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Applicant(_Form):
    """Who applies, and who answers for it."""

    name: Line = Field(title="申请单位 Applicant")
    credit_code: CreditCode = Field(title="统一社会信用代码 Unified social credit code")
    contact: Line = Field(title="联系人 Contact person")
    email: MailAddress = Field(title="电子邮箱 E-mail")
    language: Literal["zh", "en"] = Field(default="zh", title="通信语言 Language of letters")


class Project(_Form):
    """What the money is for."""

    title: Line = Field(title="项目名称 Project title")
    summary: Text = Field(default="", title="项目简介 Summary")
    cost_basis: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")
    ] = Field(
        default="", title="费用依据（合同号、发票号；分期的写明期间） Cost basis: contract or invoice, with its period"
    )


class Amounts(_Form):
    """The split asked for, in yuan; in fen once read."""

    province: YuanField = Field(default=Fen(0), title="申请省级资金（元） From the province, yuan")
    city: YuanField = Field(default=Fen(0), title="申请市级资金（元） From the city, yuan")
    county: YuanField = Field(default=Fen(0), title="申请县级资金（元） From the county, yuan")

    def of(self, level: Level) -> Fen:
        """Return the share of ``level`` in fen."""
        return Fen(getattr(self, level.value))

    @property
    def total(self) -> Fen:
        """Return the sum of the three shares in fen."""
        return Fen(self.province + self.city + self.county)


class ApplicationForm(_Form):
    """One application under one measure."""

    #: Empty: the policy of the office.
    policy: str = Field(default="", max_length=60, title="政策 Policy (liandong policy list)")
    measure: int = Field(title="措施序号 Measure", examples=[19])
    option: Line = Field(title="类别 Option, e.g. single (liandong policy show N)")
    county: Line = Field(title="所在县（市、区） County: GB/T 2260 code or name", examples=["余杭区", "330110"])
    applicant: Applicant = Field(title="申请单位 Applicant")
    #: Read by ``models.case.facts``, as the measure declares them.
    facts: dict[str, str | bool | int] = Field(
        default={}, title="措施所需情况 Facts that the measure asks for (liandong policy show N)"
    )
    project: Project = Field(title="项目 Project")
    amounts: Amounts = Field(default=Amounts(), title="申请金额 Amounts asked for")
    #: Optional: where it is stated, it must be the sum of the split.
    total: YuanField | None = Field(default=None, title="合计（元） Total, yuan (must equal the split)")

    def content(self) -> dict[str, Any]:
        """Return what is decided about, as JSON with amounts in fen: the content hash covers this."""
        return self.model_dump(mode="json", exclude={"total", "policy"})

    @classmethod
    def from_content(cls, content: dict[str, Any]) -> Self:
        """Return the form whose ``content`` was kept."""
        amounts = {level: yuan(fen) for level, fen in content["amounts"].items()}
        stated = {field: value for field, value in content.items() if field in cls.model_fields}
        return cls.model_validate(stated | {"amounts": amounts})
