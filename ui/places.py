"""The pages: where each lies, what it is called, and how one opens another."""

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import streamlit as st

from ui import address
from ui.user import current_user

KEEPING = ("数据管理", "系统")
_FOLDER = Path(__file__).resolve().parent.parent / "pages"


@dataclass(frozen=True)
class Place:
    """One page: its file name and address, its section and title, what it is for, and the rights of which one opens it."""

    name: str
    section: str
    title: str
    help: str
    rights: tuple[str, ...] = ("see",)

    @property
    def keeps(self) -> bool:
        """Whether it looks after the store rather than at a release: it opens where nothing is served, too."""
        return self.section in KEEPING

    @property
    def path(self) -> Path:
        """The page's file."""
        return _FOLDER / f"{self.name}.py"


PLACES = (
    Place("overview", "总览", "云图", "全局一屏：梯队图、质×效象限、前列与进步"),
    Place("unit", "总览", "单位画像", "一个单位：得分由来、强弱项、与上一梯队的差距"),
    Place("movement", "总览", "梯队演变", "谁升谁降，为什么"),
    Place("present", "总览", "会议演示", "把各页内容编成一场会：投影、大屏、下载幻灯片"),
    Place("tasks", "治理", "任务整改", "什么到期、逾期、办结；风险、品牌、暗访与活动台账"),
    Place("guidance", "治理", "分类指导", "各梯队失分在哪里，对症的建议，涉及哪些单位"),
    Place("exemplars", "治理", "红雁清风", "培树点和它们的经验，候选，向谁学，谁进步最大"),
    Place("indicator", "研判", "指标分析", "一个指标或维度在全部单位的分布，可下载"),
    Place("compare", "研判", "对比研判", "两到六个单位或组并排：差在哪里，谁领先，有多大把握"),
    Place("robustness", "研判", "稳健性", "名次和梯队有多可靠：名次区间、梯队概率、什么假设最要紧"),
    Place("what_if", "研判", "试算", "改权重、方法和划线，看名次和梯队会怎样；不改发布"),
    Place("audit", "研判", "体检", "按国际通行的检查单核对指标体系与数据，可下载 Word"),
    Place("trace", "研判", "溯源", "一个数字从哪里来：指数、指标、台账记录逐级可点；记录用到哪里；报送与台账核对"),
    Place("intake", "数据管理", "导入", "放进工作簿或 CSV，先看会改变什么，再写入；不通过的格带批注下载", ("bring",)),
    Place("batches", "数据管理", "批次", "每次导入带来了什么、原文件、谁依据它；撤销前先看得分会怎样变", ("bring",)),
    Place("releases", "数据管理", "发布", "草稿、检查、发布、撤回；各期在用的是哪一号；两号并排", ("publish", "drafts")),
    Place("appeals", "数据管理", "申诉", "单位对得分的疑问：待办、答复、更正和重新发布", ("appeal", "answer")),
    Place("journal", "数据管理", "日志", "每一次写入和导出：谁、何时、做了什么；有没有被改动", ("journal",)),
    Place("method", "说明", "方法说明", "指标体系、权重、目标区间、梯队规则"),
)


def pages() -> dict[str, list]:
    """Sections with the pages that the person may open, for st.navigation; the first page is the default one."""
    sections: dict[str, list] = {}
    person = current_user()
    mine = [place for place in PLACES if any(person.may(right) for right in place.rights)]
    for place in mine:
        default = place is mine[0]
        page = st.Page(place.path, title=place.title, url_path=place.name, default=default, help=place.help)
        sections.setdefault(place.section, []).append(page)
    return sections


def open_page(name: str, **query: str | list[str]) -> NoReturn:
    """Switches to a page with this address, such as open_page("unit", unit="U001", period="2024Q4"); a list stands several times."""
    place = next(place for place in PLACES if place.name == name)
    address.leave()
    st.switch_page(place.path, query_params=query)
