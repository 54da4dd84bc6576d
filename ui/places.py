"""The pages: where each lies, what it is called, and how one opens another."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from store.connection import store_path
from store.people.roles import Person
from ui import address, area_reads
from ui.user import current_user

KEEPING = ("数据管理", "系统")
OWN = ("see", "own")  # rights of the pages that somebody who speaks for one unit sees of that unit
_FOLDER = Path(__file__).resolve().parent.parent / "pages"


@dataclass(frozen=True)
class Place:
    """One page: its file name and address, its section and title, what it is for, and the rights of which one opens it."""

    name: str
    section: str
    title: str
    help: str
    rights: tuple[str, ...] = ("see",)
    areas: bool = False  # in the menu only where units lie in areas

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
    Place("unit", "总览", "单位画像", "一个单位：得分由来、强弱项、与上一梯队的差距", OWN),
    Place("movement", "总览", "梯队演变", "谁升谁降，为什么"),
    Place("present", "总览", "会议演示", "把各页内容编成一场会：投影、大屏、下载幻灯片", ("meet",)),
    Place("tasks", "治理", "任务整改", "什么到期、逾期、办结；风险、品牌、暗访与活动台账", OWN),
    Place("guidance", "治理", "分类指导", "各梯队失分在哪里，对症的建议，涉及哪些单位", OWN),
    Place("exemplars", "治理", "红雁清风", "培树点和它们的经验，候选，向谁学，谁进步最大"),
    Place("indicator", "研判", "指标分析", "一个指标或维度在全部单位的分布，可下载"),
    Place("compare", "研判", "对比研判", "两到六个单位或组并排：差在哪里，谁领先，有多大把握"),
    Place("cities", "研判", "各地比较", "各地区并排：得分高低、梯队构成，哪个维度拉开差距，与当地自己的发布对照", areas=True),
    Place("robustness", "研判", "稳健性", "名次和梯队有多可靠：名次区间、梯队概率、什么假设最要紧"),
    Place("what_if", "研判", "试算", "改权重、方法和划线，看名次和梯队会怎样；不改发布", ("try",)),
    Place("audit", "研判", "体检", "按国际通行的检查单核对指标体系与数据，可下载 Word", ("audit",)),
    Place("trace", "研判", "溯源", "一个数字从哪里来：指数、指标、台账记录逐级可点；记录用到哪里；报送与台账核对"),
    Place("intake", "数据管理", "导入", "放进工作簿或 CSV，先看会改变什么，再写入；不通过的格带批注下载", ("bring",)),
    Place("batches", "数据管理", "批次", "每次导入带来了什么、原文件、谁依据它；撤销前先看得分会怎样变", ("bring",)),
    Place("entry", "数据管理", "填报", "在表格里填一个单位或一项指标，写成批次；谁还没报，催报名单", ("bring",)),
    Place("framework", "数据管理", "指标体系", "指标体系和评分规则的各版；改一版、看名次会怎样、从某期起用", ("framework",)),
    Place("releases", "数据管理", "发布", "草稿、检查、发布、撤回；各期在用的是哪一号；两号并排", ("publish", "drafts")),
    Place("appeals", "数据管理", "申诉", "单位对得分的疑问：待办、答复、更正和重新发布", ("appeal", "answer")),
    Place("journal", "数据管理", "日志", "每一次写入和导出：谁、何时、做了什么；有没有被改动", ("journal",)),
    Place("accounts", "系统", "账号", "谁能登录、是什么角色、代表哪个单位；角色与权限；设置", ("users",)),
    Place("method", "说明", "方法说明", "指标体系、权重、目标区间、梯队规则", OWN),
)


def opens(name: str, person: Person | None = None) -> bool:
    """Whether a page opens to a person, or to the one of this visit."""
    person = person or current_user()
    return any(person.may(right) for place in PLACES if place.name == name for right in place.rights)


def landing(person: Person) -> Place | None:
    """The page that a person sees first: the first that shows a release, else the last of those that keep the store; None without any."""
    mine = [place for place in PLACES if opens(place.name, person)]
    return next((place for place in mine if not place.keeps), mine[-1] if mine else None)


def arrived(page: st.Page) -> Place:
    """The place that a page of `pages` is. Who comes by the bare address and may not open what lies there goes on to `landing`."""
    place = next(place for place in PLACES if place.title == page.title)
    if place is PLACES[0] and not opens(place.name) and (first := landing(current_user())):
        open_page(first.name)
    return place


def pages() -> dict[str, list]:
    """Sections with all pages, for st.navigation. Those that do not open to the person are out of sight: the shell refuses them by name.
    So are those that this store has nothing for; they say so themselves.

    The first has the bare address, whoever comes: a page is only ever found at one address.
    """
    person, sections = current_user(), {}
    for place in PLACES:
        seen = "visible" if opens(place.name, person) and (not place.areas or area_reads.in_store(store_path())) else "hidden"
        page = st.Page(place.path, title=place.title, url_path=place.name, default=place is PLACES[0], help=place.help, visibility=seen)
        sections.setdefault(place.section, []).append(page)
    return sections


def open_page(name: str, **query: str | list[str]) -> None:
    """Switches to a page with this address, such as open_page("unit", unit="U001", period="2024Q4"); a list stands several times.

    For one to whom the page does not open nothing happens.
    """
    if not opens(name):
        return
    place = next(place for place in PLACES if place.name == name)
    address.leave()
    st.switch_page(place.path, query_params=query)
