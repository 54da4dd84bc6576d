"""A deck as whoever opens it finds it: what is said where, nothing over an edge, editable, the same bytes again."""

import io
import zipfile
from dataclasses import replace
from itertools import pairwise

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pptx import Presentation
from pptx.oxml.ns import qn
from pptx.util import Emu

from reports import palette, pptx_master
from reports.contents import Chart, Document, Grid, Imprint, Number, Numbers, Sheet, Words
from reports.pptx_deck import deck, places
from reports.pptx_text import Box, Para, height

TIERS = ("领跑型", "争先型", "追赶型")
LONG = "示例市长名称机关单位与其所属事业单位联合委员会" * 3
ODD = "=1+1 <b>&\x0b\u202e"


def imprint(**more) -> Imprint:
    return Imprint(**({"index": "某某指数", "period": "2024年四季度", "release": 7, "date": "2025-01-06T09:30:00", "source": "示例来源",
                       "marks": ("演示数据", "试算"), "tiers": TIERS} | more))  # fmt: skip


def opened(*sheets: Sheet, **more):
    return Presentation(io.BytesIO(deck(Document("季度讲评", "全市", imprint(**more), sheets))))


def sheet(*blocks, lead: str = "一句要点", **more) -> Sheet:
    return Sheet("s", "题目", lead, (blocks,), **more)


def charts(slide) -> list:
    return [shape for shape in slide.shapes if shape.has_chart]


def texts(slide) -> list[str]:
    return [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def table(slide):
    return next(shape.table for shape in slide.shapes if shape.has_table)


LABELS = ["甲", "乙", "丙", "丁"]
FRAMES = {
    "radar": pd.DataFrame({"本单位": [60.0, 70, 80, np.nan], "片组": [50.0, 60, 70, 80]}, index=LABELS),
    "lines": pd.DataFrame({"本单位": [60.0, np.nan, 80, 75], "片组": [50.0, 60, 70, 72]}, index=["2024Q1", "2024Q2", "2024Q3", "2024Q4"]),
    "bars": pd.DataFrame({"分": [3.0, -2, np.nan, 1]}, index=LABELS),
    "columns": pd.DataFrame({"分": [3.0, 2, np.nan, 1]}, index=LABELS),
    "shares": pd.DataFrame([[1, 2, 3], [4, 0, 2]], columns=list(TIERS), index=["东", "西"]),
}


@pytest.fixture(scope="module")
def everything() -> Document:
    marks = {"x": [1.0, 2, 3, np.nan], "y": [4.0, 5, 6, 7], "tone": ["tier0", "tier1", "house", "tier2"], "label": ["", "乙", "丙", "丁"]}
    steps = pd.DataFrame({"points": [2.0, -0.5]}, index=["甲", "乙"])
    grid = Grid(pd.DataFrame({"单位": ["示例单位"] * 3, "指数": [90.0, 80, 70]}), strong=(2,))
    sheets = [sheet(Chart(kind, frame, f"{kind} 的样子"), notes="先讲总数。\n再讲片组。") for kind, frame in FRAMES.items()]
    sheets += [
        sheet(Chart("scatter", pd.DataFrame(marks), "散点", axes=("横", "纵"))),
        sheet(Chart("waterfall", steps, "构成", end="合计")),
        sheet(Numbers((Number("纳入", "110 个", "八个片组"), Number("逾期", "37 件", "较上期多", "bad"))), Words(("第一句", "第二句")), grid),
    ]
    return Document("季度讲评", "全市", imprint(), tuple(sheets))


@pytest.fixture(scope="module")
def packed(everything) -> bytes:
    return deck(everything)


@pytest.fixture(scope="module")
def shown(packed):
    return Presentation(io.BytesIO(packed))


def test_a_cover_and_a_slide_a_sheet_in_wide_format(shown, everything):
    assert len(shown.slides) == 1 + len(everything.sheets)
    assert shown.slide_width * 9 == shown.slide_height * 16
    assert {layout.name for layout in shown.slide_layouts} == {pptx_master.COVER, pptx_master.ONE_LINE, pptx_master.TWO_LINES}
    assert shown.slides[0].shapes.title.text_frame.text == "季度讲评"


def test_every_slide_says_what_it_is_made_of(shown):
    for number, slide in enumerate(shown.slides, 1):
        said = " ".join(texts(slide))
        assert all(word in said for word in ("演示数据", "试算", "2024年四季度", "第 7 号发布（2025-01-06）", "示例来源"))
        fields = [field.get("type") for field in slide._element.iter(qn("a:fld"))]
        assert fields == ([] if number == 1 else ["slidenum"])


def test_no_mark_where_there_is_none():
    slide = opened(sheet(Words(("一",))), marks=()).slides[1]
    assert not any("演示数据" in text for text in texts(slide))
    assert pptx_master.MARKS not in [shape.placeholder_format.idx for shape in slide.placeholders]


def test_the_same_document_is_the_same_file_and_no_clock_is_in_it(everything, packed):
    assert deck(everything) == packed
    with zipfile.ZipFile(io.BytesIO(packed)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        books = [name for name in parts.namelist() if name.endswith(".xlsx")]
        created = [openpyxl.load_workbook(io.BytesIO(parts.read(name))).properties.created.year for name in books]
    assert len(books) == 7 and set(created) == {1980}
    properties = Presentation(io.BytesIO(packed)).core_properties
    assert properties.created.isoformat()[:10] == properties.modified.isoformat()[:10] == "2025-01-06"


def test_every_letter_has_a_font_for_latin_and_for_chinese(packed):
    with zipfile.ZipFile(io.BytesIO(packed)) as parts:
        for name in parts.namelist():
            if not name.endswith(".xml") or not name.startswith(("ppt/slides/", "ppt/charts/", "ppt/notesSlides/", "ppt/slideLayouts/")):
                continue
            root = etree.fromstring(parts.read(name))
            for run in root.iter(qn("a:r"), qn("a:fld")):
                assert run.find(qn("a:rPr")) is not None, name
            for look in root.iter(qn("a:rPr"), qn("a:defRPr")):
                assert [look.find(qn(tag)).get("typeface") for tag in ("a:latin", "a:ea")] == [palette.FONT] * 2, name
        theme = parts.read("ppt/theme/theme1.xml").decode()
    assert theme.count(f'<a:latin typeface="{palette.FONT}"') == theme.count(f'<a:ea typeface="{palette.FONT}"') == 2


def test_charts_are_native_and_say_what_they_show(shown):
    for slide, (kind, frame) in zip(list(shown.slides)[1:], FRAMES.items(), strict=False):
        (shape,) = charts(slide)
        assert shape._element.nvGraphicFramePr.cNvPr.get("descr") == f"{kind} 的样子"
        plot = shape.chart.plots[0]
        for series, (_, column) in zip(plot.series, frame.items(), strict=True):
            np.testing.assert_array_equal(np.array(series.values, float), column.to_numpy(float))


def test_what_is_not_known_is_left_out_of_the_workbook_too(shown):
    (shape,) = charts(shown.slides[1])
    book = openpyxl.load_workbook(io.BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][1:] == ("本单位", "片组")
    assert rows[4][1:] == (None, 80)


def test_a_waterfall_rests_on_what_came_before(shown):
    # from zero: 2.0 from 0 to 2.0; −0.5 from 2.0 to 1.5, so it rests on 1.5; the total from 0 to 1.5
    base, change, below, _ = charts(shown.slides[7])[0].chart.plots[0].series
    assert base.values == (0, 1.5, 0) and change.values == (2, 0.5, 1.5) and below.values == (None, None, None)
    assert base.format.fill.type == 5  # background: invisible
    said = [charts(shown.slides[7])[0].chart.plots[0].series[3].points[k].data_label.text_frame.text for k in range(3)]
    assert said == ["+2.0", "−0.5", "1.5"]


def test_a_scatter_names_the_tiers_and_leaves_out_what_has_one_figure_only(shown):
    chart = charts(shown.slides[6])[0].chart
    assert {series.name: len(list(series.values)) for series in chart.plots[0].series} == {"领跑型": 1, "争先型": 1, "丙": 1}
    deleted = list(chart.legend._element.iter(qn("c:legendEntry")))
    assert len(deleted) == 1  # the one that is spoken of is named at its mark


def test_names_in_a_scatter_do_not_lie_on_each_other():
    crowd = pd.DataFrame({"x": [50.0] * 9, "y": [50.0] * 9, "tone": ["tier1"] * 8 + ["house"], "label": ["某某单位"] * 8 + ["本单位"]})
    chart = charts(opened(sheet(Chart("scatter", crowd, "挤"))).slides[1])[0].chart
    said = ["".join(t.text for t in label.iter(qn("a:t"))) for label in chart._chartSpace.iter(qn("c:dLbl"))]
    assert "本单位" in said and 2 <= len(said) <= 4  # one to a side at most


def test_a_series_in_a_scatter_is_never_longer_than_one_before_it():
    tones = ["tier0"] * 2 + ["tier1"] * 5 + ["tier2"] * 3
    frame = pd.DataFrame({"x": range(10), "y": range(10), "tone": tones})
    chart = charts(opened(sheet(Chart("scatter", frame, "散点"))).slides[1])[0].chart
    series = chart._chartSpace.findall(f".//{qn('c:ser')}")
    lengths = [len(one.findall(f"{qn('c:xVal')}//{qn('c:pt')}")) for one in series]
    assert lengths == [5, 3, 2]
    assert [one.find(qn("c:order")).get("val") for one in series] == ["1", "2", "0"]  # the key goes by tier


def test_a_tier_s_bar_has_its_sign_and_the_signs_are_explained():
    bars = Chart("bars", pd.DataFrame({"分": [3.0, 2.0]}, index=["甲", "乙"]), "条", tones=("tier0", "tier2"))
    slide = opened(sheet(bars)).slides[1]
    assert list(charts(slide)[0].chart.plots[0].categories) == ["★ 甲", "▼ 乙"]
    assert "★ 领跑型　▼ 追赶型" in texts(slide)


def test_fewer_than_three_axes_make_columns():
    two = FRAMES["radar"].head(2)
    chart = charts(opened(sheet(Chart("radar", two, "两轴"))).slides[1])[0].chart
    assert chart.chart_type.name == "COLUMN_CLUSTERED"


def test_a_name_that_looks_like_a_formula_stays_a_text():
    bars = Chart("bars", pd.DataFrame({"=2+2": [3.0]}, index=[ODD]), "条")
    slide = opened(sheet(bars, Grid(pd.DataFrame({ODD: [ODD]})), Words((ODD,)), Numbers((Number(ODD, ODD, ODD),)))).slides[1]
    book = openpyxl.load_workbook(io.BytesIO(charts(slide)[0].chart.part.chart_workbook.xlsx_part.blob))
    assert [(cell.data_type, cell.value) for cell in (book.active["A2"], book.active["B1"])] == [("s", "=1+1 <b>&"), ("s", "=2+2")]
    assert table(slide).cell(0, 0).text.strip() == "=1+1 <b>&"


def test_a_usual_table_is_set_in_eighteen_points_with_numbers_to_the_right():
    usual = {"位次": range(1, 13), "单位": ["示例市市场监督管理局"] * 12, "指数": [80.0] * 12, "梯队": ["领跑型"] * 12}
    grid = table(opened(sheet(Grid(pd.DataFrame(usual), strong=(2,)))).slides[1])
    assert len(grid.rows) == 13
    cells = [[cell.text_frame.paragraphs[0] for cell in row.cells] for row in grid.rows]
    assert {paragraph.runs[0].font.size.pt for row in cells for paragraph in row} == {18.0}
    assert [paragraph.text for paragraph in cells[1]] == ["1", "示例市市场监督管理局", "80.0", "领跑型"]
    assert [paragraph._p.pPr.get("algn") for paragraph in cells[1]] == ["r", "l", "r", "l"]
    assert [row[1].runs[0].font.bold for row in cells[1:5]] == [False, False, True, False]


def test_rows_that_do_not_fit_are_counted():
    many = pd.DataFrame({"单位": [f"单位{k}" for k in range(60)], "指数": np.arange(60.0)})
    slide = opened(sheet(Grid(many, more=5))).slides[1]
    rows = len(table(slide).rows) - 1
    assert 12 <= rows < 60 and f"另有 {65 - rows} 行未列" in texts(slide)


def test_nothing_to_show_is_said():
    empty = Chart("bars", pd.DataFrame({"分": [np.nan]}, index=["甲"]), "条")
    marks = Chart("scatter", pd.DataFrame({"x": [1.0], "y": [np.nan]}), "散点")
    slide = opened(sheet(Grid(pd.DataFrame({"单位": [], "指数": []})), empty, marks, lead="")).slides[1]
    assert [cell.text for cell in table(slide).rows[1].cells] == ["（无）", ""]
    assert texts(slide).count("没有可画的数据") == 2 and not charts(slide)


def test_an_unknown_number_in_a_table_is_no_zero():
    grid = Grid(pd.DataFrame({"单位": ["甲", ""], "指数": [np.nan, 0.0]}))
    rows = [[cell.text for cell in row.cells] for row in table(opened(sheet(grid)).slides[1]).rows]
    assert rows == [["单位", "指数"], ["甲", "—"], ["", "0.0"]]


def test_the_presenter_s_notes_are_kept_and_what_a_lead_lost():
    slide = opened(sheet(Words(("一",)), notes="先讲总数。\n再讲片组。")).slides[1]
    assert slide.notes_slide.notes_text_frame.text == "先讲总数。\n再讲片组。"
    assert not opened(sheet(Words(("一",)))).slides[1].has_notes_slide
    lost = opened(sheet(Words(("一",)), lead="要" * 300)).slides[1]
    assert "要" * 300 in lost.notes_slide.notes_text_frame.text


@pytest.mark.parametrize(("letters", "smallest"), [(20, 28), (34, 24), (60, 24)])
def test_a_lead_is_read_from_the_last_row(letters, smallest):
    slide = opened(sheet(Words(("一",)), lead="要" * letters)).slides[1]
    holder = next(shape for shape in slide.placeholders if shape.placeholder_format.idx == pptx_master.LEAD)
    assert holder.text_frame.text == "要" * letters
    assert holder.text_frame.paragraphs[0].runs[0].font.size.pt >= smallest


BLOCKS = st.sampled_from([
    Words((LONG, "短句", LONG)), Words(("短句",), bullets=False), Numbers(tuple(Number(LONG, "12,345,678.9", LONG, "good") for _ in range(5))),
    Grid(pd.DataFrame({"单位": [LONG] * 12, "指数": [np.nan, 1.0] * 6})), Grid(pd.DataFrame({f"第{k}项{LONG}": np.arange(9.0) for k in range(9)})),
    *(Chart(kind, frame.set_axis([LONG] * len(frame)), LONG) for kind, frame in FRAMES.items()),
])  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(st.lists(st.lists(BLOCKS, min_size=1, max_size=3), min_size=1, max_size=3), st.sampled_from(["", "要点", LONG]))
def test_nothing_runs_over_an_edge(columns, lead):
    one = Sheet("s", LONG, lead, tuple(map(tuple, columns)), columns=(1.0,) * len(columns))
    for slide in opened(one, source=LONG, index=LONG).slides:
        for shape in slide.shapes:
            left, top, right, bottom = (Emu(v).pt for v in (shape.left, shape.top, shape.left + shape.width, shape.top + shape.height))
            assert left >= -0.1 and top >= -0.1 and right <= pptx_master.WIDTH + 0.1 and bottom <= pptx_master.HEIGHT + 0.1
            if not shape.is_placeholder:
                assert right <= pptx_master.RIGHT + 0.1 and bottom <= pptx_master.BODY_END + 0.1
            if shape.has_text_frame and shape.text_frame.text and not shape.is_placeholder:
                assert _text_height(shape) <= Emu(shape.height).pt + 0.5
            if shape.has_table:
                assert sum(row.height.pt for row in shape.table.rows) <= Emu(shape.height).pt + 0.1
                assert all(_cell_height(shape.table, place) <= row.height.pt + 0.1 for place, row in enumerate(shape.table.rows))


def _text_height(shape) -> float:
    frame = shape.text_frame
    room = Emu(shape.width - frame.margin_left - frame.margin_right).pt
    return sum(_paragraph_height(p, room) for p in frame.paragraphs)


def _cell_height(table, row: int) -> float:
    cells = [(table.cell(row, k), column.width) for k, column in enumerate(table.columns)]
    return max(_paragraph_height(cell.text_frame.paragraphs[0], Emu(width - cell.margin_left - cell.margin_right).pt) for cell, width in cells)


def _paragraph_height(paragraph, room: float) -> float:
    size = paragraph.runs[0].font.size.pt
    hang = Emu(int(paragraph._p.pPr.get("marL", 0))).pt
    para = Para(paragraph.text, size, leading=paragraph.line_spacing.pt / size, after=paragraph.space_after.pt)
    return height([para], room - hang)


@settings(deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=4), st.floats(150, 864), st.floats(200, 392))
def test_blocks_of_a_column_stand_below_each_other_within_it(blocks, wide, high):
    found = places(blocks, Box(48, 100, wide, high))
    assert found[0].y == 100 and all(place.h > 0 for place in found)
    for above, below in pairwise(found):
        assert below.y >= above.y + above.h
    assert found[-1].y + found[-1].h <= 100 + high + 1e-6


def test_charts_take_the_room_that_words_leave():
    words = Words(("短句",))  # a line of 20 points at 1.3: 26
    first, second = places([words, Chart("lines", FRAMES["lines"], "")], Box(0, 0, 400, 300))
    assert first == Box(0, 0, 400, 26) and second == Box(0, 44, 400, 256)


def test_columns_have_the_widths_that_they_ask_for():
    wide, narrow = Chart("lines", FRAMES["lines"], ""), Chart("columns", FRAMES["columns"], "")
    slide = opened(Sheet("s", "题目", "要点", ((wide,), (narrow,)), columns=(3.0, 1.0))).slides[1]
    left, right = charts(slide)
    assert left.width / right.width == pytest.approx(3, rel=1e-3)
    assert right.left - left.left - left.width == pytest.approx(Emu(32 * 12700), abs=2)


def test_a_document_of_no_sheets_is_a_cover():
    assert len(opened().slides) == 1


def test_two_releases_differ(everything):
    other = replace(everything, imprint=imprint(release=8))
    assert deck(other) != deck(everything)
