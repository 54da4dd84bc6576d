"""The shapes of the API's answers: what is sent is made of them, and the OpenAPI document is written from them."""

from typing import Literal

from pydantic import Field

from server.api_parts import (
    Adjustment,
    Dimension,
    IndicatorCell,
    Node,
    Number,
    OfRelease,
    Page,
    Release,
    Score,
    ScoreNodes,
    Shape,
    Spot,
    Unit,
    UnitCell,
    Whole,
)


class Portrait(Score, OfRelease):
    """One unit: what it is, where it stands, and why."""

    ties: Whole = Field(description="并列同一位次的单位数，含自己，个")
    ranked: int = Field(description="有位次的单位数，个")
    geometric: Number = Field(description="各维度的加权几何平均，分")
    weakest: str = Field(description="最低的维度的代码；没有则为空")
    weakest_gap: Number = Field(description="最低的维度低于自身均值多少，分")
    unbalanced: bool = Field(description="是否判为短板（差距达到评分规则所定）")
    group: str = Field(description="对照组：所在片组，太小则为全部单位")
    group_median: Number = Field(description="对照组的指数（不含加减分）中位数，分")
    dimensions: list[Dimension] = Field(description="各维度，按指标体系的次序")
    strengths: list[Spot] = Field(description="强项，至多三项，与画像页相同")
    weak_spots: list[Spot] = Field(description="弱项，至多三项，与画像页相同")
    adjustments: list[Adjustment] = Field(description="加减分与一票否决")


class Releases(Page):
    """The releases that one may see, the last first."""

    items: list[Release]


class Units(Page, OfRelease):
    """Units of a release, by code."""

    items: list[Unit]


class Scores(Page, OfRelease):
    """Scores of a release, the best rank first."""

    items: list[ScoreNodes]


class UnitCells(Page, OfRelease):
    """All indicators of one unit, in the framework's order."""

    unit_code: str = Field(description="单位代码")
    unit_name: str = Field(description="单位名称，原样文本，显示前须转义")
    items: list[UnitCell]


class FrameworkNodes(Page, OfRelease):
    """The framework by which a release was scored, in its own order."""

    default_aggregation: str = Field(description="评分规则的合成方法，节点没有写明时用")
    missing_rule: str = Field(description="缺报的处理：low 按最差端点，reweight 不计，none 不估计")
    tiers: list[str] = Field(description="梯队名称，由优到后")
    items: list[Node]


class IndicatorCells(Page, OfRelease):
    """One indicator over all units that one may see, by unit code."""

    indicator: Node
    items: list[IndicatorCell]


class OneRelease(Release):
    """One release, with the words in which its figures are spoken of."""

    words: dict[str, str] = Field(description="本库的叫法：unit 单位、sector 片组、period 考核期、dimension 维度、index 指数等")
    tiers: list[str] = Field(description="梯队名称，由优到后")


class Health(Shape):
    """How the server is."""

    status: Literal["ok", "no_release", "store_missing", "store_locked", "store_too_old", "store_too_new", "store_unreadable"] = Field(
        description="ok 正常，no_release 能用但还没有在用的发布，store_missing 没有库，store_locked 库被占用，"
        "store_too_old 库待升级，store_too_new 程序待升级，store_unreadable 读不了库"
    )
    detail: str = Field(description="说明")
    schema_: str | None = Field(alias="schema", description="库的版本：最后一次升级的名字；读不了库时为空")
    release: int | None = Field(description="最新一期在用的发布号；没有时为空")


class Fault(Shape):
    """One parameter that cannot be used."""

    parameter: str = Field(description="参数名")
    value: str = Field(description="给的值")
    message: str = Field(description="应当怎样给")


class Problem(Shape):
    """A problem document (RFC 9457)."""

    type: str = Field(description="问题的种类；没有更细的分类，总是 about:blank，含义同状态码")
    title: str = Field(description="状态码的英文名称")
    status: int = Field(description="HTTP 状态码", ge=400, le=599)
    detail: str = Field(description="说明：哪里不对、给的是什么、怎么办")
    errors: list[Fault] = Field(description="逐个列出不能用的参数；与参数无关时为空")
