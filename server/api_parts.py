"""What the API's answers are made of. A figure that there is none of is null, never 0 and never left out; all are as frozen, unrounded."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

State = Literal["served", "published", "draft", "withdrawn"]
CellState = Literal["value", "missing", "not_applicable", "pending"]


def _or_none(value: Any) -> Any:
    return None if value is None or value != value else value


Number = Annotated[float | None, BeforeValidator(_or_none)]
Whole = Annotated[int | None, BeforeValidator(_or_none)]
_STATES = "served 在用，published 已发布而不在用，draft 草稿，withdrawn 已撤回"
_CELL = "value 有值，missing 缺报，not_applicable 不适用，pending 待报"


class Shape(BaseModel):
    """What is sent holds just these fields."""

    model_config = ConfigDict(extra="forbid")


class OfRelease(Shape):
    """Says of which release an answer is."""

    release: int = Field(description="发布号")
    period: str = Field(description="考核期")
    digest: str = Field(description="这号发布的 SHA-256")
    release_state: State = Field(description=_STATES)
    demo: bool = Field(description="是否含演示数据")
    notice: str = Field(description="引用时必须一并说明的话，例如“演示数据”；没有则为空")


class Page(Shape):
    """How much of a list is in an answer."""

    total: int = Field(description="共多少行")
    limit: int = Field(description="本次最多多少行")
    offset: int = Field(description="从第几行起，0 为第一行")


class OfUnit(Shape):
    """What a unit is called."""

    code: str = Field(description="单位代码")
    name: str = Field(description="单位名称，原样文本，显示前须转义")
    sector: str = Field(description="片组；没有则为空")


class Unit(OfUnit):
    """What a unit is."""

    size: Number = Field(description="规模，单位由指标体系定（如编制人数）")


class Score(Unit):
    """Where a unit stands."""

    index: Number = Field(description="指数，含加减分，分；不计分为 null")
    index_raw: Number = Field(description="指数，不含加减分，分")
    bonus: Number = Field(description="加分，封顶后合计，分")
    penalty: Number = Field(description="减分，封顶后合计，不带负号，分")
    adjustment: Number = Field(description="实际计入的加减分，带正负号，分")
    rank: Whole = Field(description="位次，并列取最好的，名")
    tier: str = Field(description="梯队；不计分为空")
    tier_by_rule: str = Field(description="不看一票否决时的梯队")
    veto: bool = Field(description="是否一票否决")
    note: str = Field(description="不计分的原因；有得分则为空")


class ScoreNodes(Score):
    """Where a unit stands, down to every node."""

    nodes: dict[str, Number] = Field(description="指标体系各节点代码 → 得分，分（不含加减分）")
    facets: dict[str, Number] = Field(description="各分面的组（分面:组）→ 得分，分")


class Dimension(Shape):
    """A unit in one dimension, beside its group."""

    code: str = Field(description="维度代码")
    name: str = Field(description="维度名称")
    score: Number = Field(description="得分，分")
    rank: Whole = Field(description="位次，名")
    coverage: Number = Field(description="有值的权重占比，0 到 1")
    median: Number = Field(description="对照组中位数，分；组太小而看不到其他单位的账号为 null")
    q1: Number = Field(description="对照组下四分位数，分")
    q3: Number = Field(description="对照组上四分位数，分")


class Spot(Shape):
    """An indicator that lifts a unit above its group, or holds it back."""

    code: str = Field(description="指标代码")
    name: str = Field(description="指标名称")
    state: CellState = Field(description=_CELL)
    score: Number = Field(description="得分，分")
    median: Number = Field(description="对照组中位数，分")
    points: Number = Field(description="与中位数之差 × 在指数中的权重，分")


class Adjustment(Shape):
    """A bonus, penalty or veto with its ground."""

    kind: Literal["bonus", "penalty", "veto"] = Field(description="bonus 加分，penalty 减分，veto 一票否决")
    points: float = Field(description="分值，不带正负号，分；一票否决为 0")
    reason: str = Field(description="事由")
    document: str = Field(description="文号")


class Cell(Shape):
    """One indicator of one unit."""

    state: CellState = Field(description=_CELL)
    value: Number = Field(description="原始值，单位见指标的 unit")
    score: Number = Field(description="得分，分")
    rank: Whole = Field(description="该指标上的位次，名")
    from_ledger: bool = Field(description="原始值是否由台账推算")
    marks: list[str] = Field(description="计分前的处理：imputed 插补，winsorised 缩尾，logged 取对数，denominated 除以分母；没有则为空")
    used: Number = Field(description="处理后实际计分的值；未处理为 null")


class OfIndicator(Shape):
    """What an indicator is called."""

    code: str = Field(description="指标代码")
    name: str = Field(description="指标名称")
    unit: str = Field(description="原始值的计量单位")
    dimension: str = Field(description="所在维度的代码")


class UnitCell(Cell, OfIndicator):
    """One indicator of the unit that was asked for."""


class IndicatorCell(Cell, OfUnit):
    """The indicator that was asked for, of one unit."""


class Node(Shape):
    """A node of the framework."""

    code: str = Field(description="代码")
    parent: str = Field(description="上级代码；顶层为空")
    name: str = Field(description="名称")
    kind: Literal["index", "dimension", "indicator", "node"] = Field(description="index 指数，dimension 维度，indicator 指标，node 其他层")
    unit: str = Field(description="原始值的计量单位；非指标为空")
    direction: Literal[1, -1] = Field(description="1 越大越好，−1 越小越好")
    weight: float = Field(description="权重，同级之间的比例")
    effective_weight: float = Field(description="在指数中的份额，0 到 1，各格都有值时")
    low: Number = Field(description="目标区间的 0 分端，计量单位同 unit（有分母时为商的单位）")
    high: Number = Field(description="目标区间的满分端，计量单位同 unit（有分母时为商的单位）")
    target: Number = Field(description="目标值，计量单位同 unit")
    normalisation: str = Field(description="标准化方法；非指标为空")
    aggregation: str = Field(description="下级的合成方法；为空则随评分规则")
    transform: str = Field(description="标准化之前的变换，none 为不变")
    denominator: str = Field(description="分母的代码；没有则为空")
    source: str = Field(description="数据来源")
    facets: dict[str, str] = Field(description="分面 → 所在的组")


class Release(Shape):
    """One frozen scoring run."""

    number: int = Field(description="发布号")
    period: str = Field(description="考核期，例如 2024Q4")
    state: State = Field(description=_STATES)
    demo: bool = Field(description="是否含演示数据")
    digest: str = Field(description="冻结内容的 SHA-256：内容相同则相同")
    data_digest: str = Field(description="输入数据的 SHA-256")
    framework: int = Field(description="指标体系版本号")
    code_version: str = Field(description="算出它的程序版本")
    units: int = Field(description="单位数，个")
    scored: int = Field(description="其中有得分的，个")
    at: str = Field(description="冻结的时间，ISO 8601，带时区")
    state_at: str = Field(description="成为现在状态的时间，ISO 8601，带时区")
