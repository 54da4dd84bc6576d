"""What may be asked for after the question mark: shapes that the requests are held against and the OpenAPI document is written from."""

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.json_schema import SkipJsonSchema
from starlette.datastructures import QueryParams

from server.api_problem import Fault, Problem
from ui.wording import clean

Q = TypeVar("Q", bound="Plain")
_SHOWN = 60  # characters of a refused value that are said back
_LARGEST = 2_147_483_647


def _digits(text: Any) -> Any:
    if isinstance(text, str) and not re.fullmatch("[0-9]{1,10}", text):
        raise ValueError
    return text


def _whole(least: int, most: int) -> Any:
    return Annotated[int, Field(ge=least, le=most), BeforeValidator(_digits)]


def _text(most: int) -> Any:
    return Annotated[str, Field(min_length=1, max_length=most)]


Number, Name, Period = _whole(1, _LARGEST), _text(200), _text(40)
_NONE = SkipJsonSchema[None]


class Plain(BaseModel):
    """Nothing."""

    model_config = ConfigDict(extra="forbid")


class Formatted(Plain):
    """How the answer is written."""

    format: Literal["json", "csv"] | _NONE = Field(None, description="json 或 csv；不给则按请求头 Accept，再不然 json")


class Picture(Plain):
    """Which release."""

    period: Period | _NONE = Field(None, description="考核期，1 到 40 个字，例如 2024Q4；不给则为最近一期")
    release: Number | _NONE = Field(None, description="发布号，1 起的整数；不给则为该期在用的发布")


class OfRelease(Picture, Formatted):
    """Of which release, and how it is written."""


class Paged(Formatted):
    """Which part of a list."""

    limit: _whole(1, 10_000) = Field(1000, description="最多多少行，1 到 10000 的整数")
    offset: _whole(0, _LARGEST) = Field(0, description="从第几行起，0 起的整数")


class Releases(Paged):
    """Which releases."""

    period: Period | _NONE = Field(None, description="只要这一考核期，1 到 40 个字，例如 2024Q4")


class Listed(OfRelease, Paged):
    """Which part of a list of a release."""


class Scores(Listed):
    """Whose scores."""

    sector: Name | _NONE = Field(None, description="只要这一片组，1 到 200 个字")
    tier: Name | _NONE = Field(None, description="只要这一梯队，1 到 200 个字")


def parse(shape: type[Q], given: QueryParams) -> Q:
    """What was asked for. Raises Problem (422) that names every parameter that cannot be used."""
    doubled = [name for name in given if len(given.getlist(name)) > 1]
    faults = [Fault(parameter=name, value=_said(given.getlist(name)), message="只能给一次") for name in doubled]
    try:
        asked = shape(**{name: value for name, value in given.items() if name not in doubled})
    except ValidationError as error:
        names = [str(found["loc"][0]) for found in error.errors(include_url=False)]
        faults += [_fault(shape, name, given) for name in dict.fromkeys(names)]
    if faults:
        raise Problem(422, "；".join(f"参数 {f.parameter} 为 {f.value!r}：{f.message}" for f in faults), faults)
    return asked


def _fault(shape: type[Plain], name: str, given: QueryParams) -> Fault:
    known = shape.model_fields
    remedy = f"应为：{known[name].description}" if name in known else f"没有这个参数；可用：{'、'.join(known) or '无'}"
    return Fault(parameter=clean(name, _SHOWN), value=_said(given.getlist(name)), message=remedy)


def _said(values: list[str]) -> str:
    return "、".join(clean(value, _SHOWN) for value in values[:5])
