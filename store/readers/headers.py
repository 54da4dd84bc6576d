"""Header words: which column of a table is what, whichever of its usual names it goes by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from scoring.aggregation import AGGREGATIONS
from scoring.framework import DEFAULT_FACETS
from scoring.framework_table import OPTIONAL, REQUIRED
from scoring.imputation import IMPUTATIONS
from scoring.normalisation import NORMALISATIONS
from scoring.treatment import TREATMENTS
from scoring.weighting import WEIGHTINGS

from .cells import text_key

_WORDS = {  # tables of units, values and adjustments
    "unit": "单位 单位名称 名称 部门 部门名称 机关 机关名称 填报单位 参评单位 被考核单位 unit unitname unit_name uname name",
    "unit_code": "单位代码 单位编码 单位编号 部门代码 部门编码 机构代码 机构编码 ucode unitcode unit_code",
    "code": "代码 编码 编号 code",
    "period": "考核期 考核周期 考核季度 期间 期次 季度 时间 年度 年份 月份 报告期 period time year quarter",
    "sector": "片组 片区 组别 分组 系统 条线 sector group",
    "area": "地区 所属地区 所在地区 上级地区 上级 区划 行政区划",
    "size": "规模 党员数 党员人数 人数 编制数 size",
    "indicator": "指标 指标代码 指标编码 指标编号 indicator indicatorcode indicator_code icode",
    "indicator_name": "指标名称 indicatorname indicator_name iname",
    "value": "值 数值 原始值 指标值 完成值 value",
    "state": "状态 数据状态 state",
    "kind": "类型 类别 性质 加减分 加减分类型 加减分类别 kind type",
    "points": "分值 分数 加减分值 points",
    "reason": "事由 原因 理由 事项 加减分事由 reason",
    "document": "文号 文件号 文件文号 依据 依据文号 依据文件 document",
}
_FRAMEWORK_WORDS = {
    "code": "代码 编码 指标代码 icode",
    "parent": "上级 上级代码 上级编码 上级指标 父级",
    "name": "名称 指标名称 iname",
    "unit": "计量单位 单位",
    "direction": "方向 指标方向",
    "weight": "权重",
    "low": "下限 目标区间下限 零分点",
    "high": "上限 目标区间上限 满分点",
    "normalisation": "标准化 标准化方法 归一化方法",
    "aggregation": "合成 合成方法 汇总方法",
    "transform": "变换",
    "source": "来源 数据来源",
    "target": "目标值",
    "reference": "基准",
    "bands": "分档",
    "denominator": "分母 除数",
    "imputation": "插补 插补方法 缺报插补",
    "treatment": "异常值处理 异常值 离群值处理",
    "weighting": "赋权 赋权方法 权重方法",
    "error": "标准误 测量误差",
}
_ASIDE = (
    "序号 no no. 备注 说明 填报说明 计量单位 计分方法 填报人 填表人 审核人 联系人 联系电话 电话 填报时间 填报日期 "
    "佐证材料 数据来源 来源 remark note notes"
)
ALLOWED = {  # fields that a kind of table has a use for; another one is an unknown column there
    "units": {"unit", "unit_code", "sector", "area", "size"},
    "wide": {"unit", "unit_code", "sector", "size", "period"},
    "long": {"unit", "unit_code", "sector", "size", "period", "indicator", "indicator_name", "value", "state"},
    "adjustments": {"unit", "unit_code", "sector", "size", "period", "kind", "points", "reason", "document"},
}
KEY_FIELDS = {"unit", "unit_code", "code", "period", "sector"}  # a header that names one of these never names an indicator
SHEET_KINDS = {
    "units": "单位 单位名单 单位表 单位信息 units",
    "framework": "指标体系 framework",
    "values": "数据 指标数据 填报数据 values data",
    "adjustments": "加减分 加减分项 adjustments",
}
TITLES = {
    "unit": "单位", "unit_code": "编码", "name": "单位名称", "period": "考核期", "sector": "片组", "area": "地区", "size": "规模",
    "indicator": "指标", "value": "值", "state": "状态", "kind": "类型", "points": "分值", "reason": "事由", "document": "文号",
}  # fmt: skip
FRAMEWORK_TITLES = {column: words.split()[0] for column, words in _FRAMEWORK_WORDS.items()}
_DIRECTIONS = {"正向": "1", "正": "1", "越高越好": "1", "逆向": "-1", "负向": "-1", "负": "-1", "越低越好": "-1"}
METHOD_NAMES = {
    "normalisation": {method.title: name for name, method in NORMALISATIONS.items()},
    "aggregation": {method.title: name for name, method in AGGREGATIONS.items()},
    "imputation": {method.title: name for name, method in IMPUTATIONS.items()},
    "treatment": {method.title: name for name, method in TREATMENTS.items()},
    "weighting": {method.title: name for name, method in WEIGHTINGS.items()},
    "transform": {"不变换": "none", "取对数": "log", "对数": "log"},
    "direction": _DIRECTIONS,
}


def _inverted(words: Mapping[str, str]) -> dict[str, str]:
    return {text_key(word): field for field, line in words.items() for word in line.split()}


_FIELDS = _inverted(_WORDS)
_FRAMEWORK_FIELDS = _inverted(_FRAMEWORK_WORDS)
_IGNORED = frozenset(text_key(word) for word in _ASIDE.split())
_SHEETS = _inverted(SHEET_KINDS)


def words_of(field: str) -> list[str]:
    """The headers that name a field of a table of units, values or adjustments."""
    return _WORDS[field].split()


def field_of(label: str) -> str:
    """The field that a column header of a table of units, values or adjustments names, or ""."""
    return next((_FIELDS[key] for key in _forms(label) if key in _FIELDS), "")


def is_ignored(label: str) -> bool:
    """Whether a column is one that offices add for themselves (序号, 备注, 联系人 …)."""
    return any(key in _IGNORED for key in _forms(label))


def framework_column(label: str, facets: Mapping[str, str]) -> str:
    """The column of framework.csv that a header names, "" for one kept for the reader's own use.

    The label itself when it is none of these, for the refusal by name.

    `facets`: column → Chinese title. A header such as `四项要求(requirement)` names the column in its brackets.
    """
    columns = (*REQUIRED, *OPTIONAL, *DEFAULT_FACETS, *facets)
    titles = {text_key(title): column for column, title in facets.items()}
    bracketed = re.findall(r"[(（]([^()（）]+)[)）]\s*$", label)
    for key in (*(text_key(b) for b in bracketed), *_forms(label)):
        if key in columns:
            return key
        if found := titles.get(key) or _FRAMEWORK_FIELDS.get(key):
            return found
    return "" if is_ignored(label) else label


def sheet_kind(name: str) -> str:
    """What a sheet of this name holds (`units`, `framework`, `values`, `adjustments`), or ""."""
    return _SHEETS.get(text_key(name), "")


def _forms(label: str) -> Iterable[str]:
    """The header as it is compared: as it stands, without marks such as * and :, without what follows in brackets."""
    key = text_key(label)
    yield key
    bare = key.strip("*:：＊")
    yield bare
    yield re.sub(r"\([^()]*\)$", "", bare).strip("*:：＊")
