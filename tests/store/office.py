"""Small makers of the files that offices send: workbooks, CSVs, and the framework that they refer to."""

from pathlib import Path

import openpyxl

from store.errors import ImportRefused
from store.frameworks.files import parse_framework
from store.importing.intake import Intake, Known, read_intakes

FRAMEWORK_CSV = """code,parent,name,unit,direction,weight,low,high,normalisation,source,requirement,model,dilemma,path
ALL,,总指数,分,1,1,,,,,,,,
D1,ALL,第一维,分,1,50,,,,,,,,
D2,ALL,第二维,分,1,50,,,,,,,,
A1,D1,任务“回头看”完成率(全年),%,1,50,50,100,goalposts,report,甲,,,
A2,D1,工作评分,分,1,50,60,100,goalposts,report,乙,,,
B1,D2,项目数,项/百名党员,1,50,0,5,goalposts,report,甲,,,
B2,D2,违纪件数,件,-1,50,0,200,goalposts,report,乙,,,
"""
FRAMEWORK = parse_framework(FRAMEWORK_CSV)
UNITS = {"U1": "示例市财政局", "U2": "示例市审计局", "U3": "示例市教育局"}
KNOWN = Known(UNITS, FRAMEWORK)


def workbook(path: Path, sheets: dict[str, list[list]], formats: dict[tuple[str, str], str] | None = None) -> Path:
    """An .xlsx of rows by sheet; `formats`: number format by (sheet, cell)."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    for (name, cell), style in (formats or {}).items():
        book[name][cell].number_format = style
    book.save(path)
    return path


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    """A delimited text."""
    path.write_bytes(content.encode(encoding))
    return path


def read(*paths: Path, known: Known = KNOWN, **options) -> Intake:
    """The one intake of the last file; all files are read in one call."""
    intakes = read_intakes(list(paths), known, **options)
    return next(i for i in intakes if i.file == paths[-1].name)


def cells(intake: Intake) -> dict[tuple[str, str, str], object]:
    """(unit, indicator, period) → value, or the state's name where there is none."""
    rows = intake.observations.itertuples(index=False)
    return {(r.unit, r.indicator, r.period): r.value if r.state == "value" else r.state for r in rows}


def refusals(*paths: Path, known: Known = KNOWN) -> list[tuple[str, str, str]]:
    """(cell, value, nearest) of every refused cell."""
    return [(e.cell, e.value, e.nearest) for e in refused(*paths, known=known)]


def refused(*paths: Path, known: Known = KNOWN):
    """The errors of a call that must be refused."""
    try:
        read_intakes(list(paths), known)
    except ImportRefused as refusal:
        return refusal.errors
    raise AssertionError("the files were taken")
