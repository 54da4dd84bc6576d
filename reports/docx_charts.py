"""A chart of contents in a Word file: a native chart with its data in an embedded workbook, edited there in Word and WPS."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime

from reports.cells import clean
from reports.chart_axes import Look
from reports.chart_xml import mended, with_workbook
from reports.contents import Chart
from reports.native_charts import native_chart
from reports.packages import same_bytes

_EMU = 36_000  # in a millimetre
_DATED = datetime(2000, 1, 1)  # of the embedded workbook: its making says nothing
_INLINE = """
<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{number}" name="图 {number}"/>
<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="{relation}"/>
</a:graphicData></a:graphic></wp:inline></w:drawing>
"""


def add_chart(paragraph, chart: Chart, look: Look, size: tuple[float, float], number: int) -> None:
    """Puts a chart into a paragraph. `size`: width and height in millimetres; `number`: its place among the document's charts, from 1."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part
    from docx.oxml import parse_xml

    xml, workbook = chart_and_workbook(chart, replace(look, room=size))
    package = paragraph.part.package
    part = Part(
        PackURI(f"/word/charts/chart{number}.xml"), "application/vnd.openxmlformats-officedocument.drawingml.chart+xml", package=package
    )
    data = Part(
        PackURI(f"/word/embeddings/Microsoft_Excel_Sheet{number}.xlsx"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook, package,
    )  # fmt: skip
    part._blob = with_workbook(xml, part.relate_to(data, RELATIONSHIP_TYPE.PACKAGE))
    relation = paragraph.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    width, height = (round(side * _EMU) for side in size)
    drawing = parse_xml(_INLINE.format(width=width, height=height, number=number, relation=relation))
    drawing[0].find("{*}docPr").set("descr", clean(chart.alt))
    paragraph.add_run()._r.append(drawing)


def chart_and_workbook(chart: Chart, look: Look) -> tuple[bytes, bytes]:
    """The XML of a native chart, and the workbook with its data (without the chart, which is drawn in the document)."""
    with zipfile.ZipFile(io.BytesIO(_workbook(chart, look, drawn=True))) as made:
        xml = made.read("xl/charts/chart1.xml")
    return mended(xml), same_bytes(_workbook(chart, look, drawn=False))


def _workbook(chart: Chart, look: Look, drawn: bool) -> bytes:
    import xlsxwriter  # an eighth of a second that only exports need

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": _DATED})
        sheet = book.add_worksheet("数据")
        made, _ = native_chart(book, sheet, 0, chart, look)
        sheet.set_column(0, 0, 24)
        if drawn:
            sheet.insert_chart(0, 8, made)
    return buffer.getvalue()
