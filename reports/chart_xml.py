"""What xlsxwriter leaves open in the XML of a chart, stated: an element left out means one thing to Excel and another to Word and WPS."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_CHART_PART = re.compile(r"xl/charts/chart\d+\.xml")
_SERIES = ("idx", "order", "tx", "spPr")
_LABEL = ("dLbl", "idx", "layout", "tx", "numFmt", "spPr", "txPr", "dLblPos")
_FLAGS = ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")
# (where, what is said there, its value, what the schema puts before it); places as paths of ElementTree
_STATED = [
    (".", "roundedCorners", "0", ("date1904", "lang")),
    ("chart", "dispBlanksAs", "gap", ("autoTitleDeleted", "plotArea", "legend", "plotVisOnly")),
    ("chart/legend", "overlay", "0", ("legendPos", "legendEntry", "layout")),
    ("chart/plotArea/*/title", "overlay", "0", ("tx", "layout")),
    ("chart/plotArea/catAx", "delete", "0", ("axId", "scaling")),
    ("chart/plotArea/valAx", "delete", "0", ("axId", "scaling")),
    ("chart/plotArea/barChart", "varyColors", "0", ("barDir", "grouping")),
    ("chart/plotArea/lineChart", "varyColors", "0", ("grouping",)),
    ("chart/plotArea/radarChart", "varyColors", "0", ("radarStyle",)),
    ("chart/plotArea/scatterChart", "varyColors", "0", ("scatterStyle",)),
    ("chart/plotArea/barChart/ser", "invertIfNegative", "0", _SERIES),
    ("chart/plotArea/barChart/ser/dPt", "invertIfNegative", "0", ("idx",)),
    ("chart/plotArea/lineChart/ser", "smooth", "0", (*_SERIES, "marker", "dPt", "dLbls", "cat", "val")),
    ("chart/plotArea/scatterChart/ser", "smooth", "0", (*_SERIES, "marker", "dPt", "dLbls", "xVal", "yVal")),
    *[("chart/plotArea/*/ser/dLbls", flag, "0", _LABEL + _FLAGS[:k]) for k, flag in enumerate(_FLAGS)],
    *[("chart/plotArea/*/ser/dLbls/dLbl", flag, "0", _LABEL + _FLAGS[:k]) for k, flag in enumerate(_FLAGS)],
]


def mended(chart: bytes) -> bytes:
    """The XML of a chart, its fonts named for Chinese too, with all said that programs would otherwise guess."""
    space = etree.fromstring(chart)
    for latin in space.iter(f"{{{_A}}}latin"):
        latin.addnext(etree.Element(f"{{{_A}}}ea", typeface=latin.get("typeface")))
    for run in space.iter(f"{{{_A}}}rPr", f"{{{_A}}}endParaRPr"):
        run.set("lang", "zh-CN")
    for label in space.iter(_name("dLbl")):
        for body in label.iter(f"{{{_A}}}bodyPr"):
            body.set("wrap", "none")  # a name stays on the line for which its place was reckoned
    space.find(_name("lang")).set("val", "zh-CN")
    for path, tag, value, before in _STATED:
        for place in _found(space, path):
            if not _is_deleted_label(place):
                _state(place, tag, value, before)
    return etree.tostring(space, xml_declaration=True, encoding="UTF-8", standalone=True)


def mended_part(name: str, part: bytes) -> bytes:
    """A part of a workbook, mended where it is a chart; for `packages.same_bytes`."""
    return mended(part) if _CHART_PART.fullmatch(name) else part


def with_workbook(chart: bytes, relation: str) -> bytes:
    """The XML of a chart that finds its data in a workbook of its own, related by an id, as it does outside a workbook."""
    space = etree.fromstring(chart)
    outside = etree.Element(_name("externalData"))
    outside.set("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id", relation)
    etree.SubElement(outside, _name("autoUpdate"), val="0")
    space.replace(space.find(_name("printSettings")), outside)
    return etree.tostring(space, xml_declaration=True, encoding="UTF-8", standalone=True)


def _found(space, path: str) -> Iterator:
    steps = [step if step in (".", "*") else _name(step) for step in path.split("/")]
    return space.iterfind("/".join(steps))


def _is_deleted_label(place) -> bool:
    return place.tag == _name("dLbl") and place.find(_name("delete")) is not None


def _state(place, tag: str, value: str, before: tuple[str, ...]) -> None:
    """Says a value in its place: after the last of the elements that come before it."""
    if place.find(_name(tag)) is not None:
        return
    names = {_name(name) for name in before}
    after = sum(1 for child in place if child.tag in names)
    place.insert(after, etree.Element(_name(tag), val=value))


def _name(tag: str) -> str:
    return f"{{{_C}}}{tag}"
