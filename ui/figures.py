"""Figures on the page: plotly in Chinese, and what a click on a figure says."""

from collections.abc import Iterable

import streamlit as st

from ui import address, pictures, themes, twins
from ui.wording import clean

TWIN = "twin"  # in the address: under each figure its text twin and its buttons

_WORDS = {
    "Autoscale": "自动缩放", "Box Select": "框选", "Click to enter Colorscale title": "", "Compare data on hover": "悬停比较",
    "Double-click on legend to isolate one trace": "双击图例只看一项", "Double-click to zoom back out": "双击还原",
    "Download plot": "存为图片", "Download plot as a PNG": "存为图片", "Lasso Select": "套索选择", "Pan": "平移", "Reset": "还原",
    "Reset axes": "还原坐标轴", "Show closest data on hover": "悬停显示最近点", "Snapshot succeeded": "图片已存",
    "Sorry, there was a problem downloading your snapshot!": "图片未能保存，请重试。", "Taking snapshot - this may take a few seconds": "正在存图…",
    "Zoom": "缩放", "Zoom in": "放大", "Zoom out": "缩小", "incoming flow count": "流入项数", "outgoing flow count": "流出项数",
    "source:": "自：", "target:": "至：", "mean": "均值", "median:": "中位数：", "q1:": "下四分位：", "q3:": "上四分位：", "min:": "最小：",
    "max:": "最大：", "lower fence:": "下界：", "upper fence:": "上界：", "trace": "系列",
}  # fmt: skip
_FORMAT = {
    "days": [f"星期{d}" for d in "日一二三四五六"], "shortDays": [f"周{d}" for d in "日一二三四五六"],
    "months": [f"{m}月" for m in range(1, 13)], "shortMonths": [f"{m}月" for m in range(1, 13)],
    "date": "%Y-%m-%d", "decimal": ".", "thousands": ",",
}  # fmt: skip
_CONFIG = {
    "locale": "zh-CN",
    "locales": {"zh-CN": {"dictionary": _WORDS, "format": _FORMAT}},
    "displaylogo": False,
    "displayModeBar": True,  # unseen, see ui/look.py: its one button makes the pictures
    "modeBarButtons": [["toImage"]],
    "responsive": True,
    "scrollZoom": False,
    "doubleClick": False,
    "showTips": False,
}


def switch(where) -> None:
    """The switch of the text twins, bound to the address; on every page it stands as it was left."""
    said = address.given([TWIN])
    if said is not None:
        st.session_state[TWIN] = said[TWIN] == ["on"]
    told = "每张图下附一张数据表，可供读屏和打印；表格打印全部行；图可存为 PNG、SVG。"
    on = where.toggle("图附数据表", key=TWIN, persist_state="session", help=told)
    address.put({TWIN: ["on"] if on else []})


def figure(fig, key: str, alt: str, pick: Iterable[str] | None = None, tall: bool = False, own: bool = False) -> str | None:
    """Shows a plotly figure; with `pick`, the codes that a click may answer, returns the code that was clicked.

    fig: plotly Figure whose points carry a code as `id` or as first `customdata`. alt: what the figure says, for readers by ear.
    tall: the figure's height follows the screen's, as ui/look.py says of its key. own: it stands on a ground of its own, in any theme.
    """
    how = dict(theme=None, key=key, alt=alt, config=_CONFIG, height="stretch" if tall else "content")
    drawn = fig if own else themes.painted(fig)
    event = st.plotly_chart(drawn, on_select="ignore" if pick is None else "rerun", selection_mode="points", **how)
    if st.session_state.get(TWIN):
        title = clean(alt)
        st.html(pictures.buttons(title) + twins.table(fig, title))
    if pick is None:
        return None
    codes = set(pick)
    return next((code for code in map(_code, event.selection.points) if code in codes), None)


def _code(point: dict) -> str | None:
    data = point.get("customdata")
    first = data[0] if isinstance(data, (list, tuple)) and data else data
    return first if isinstance(first, str) else point.get("id")
