"""The one table of the API's routes: what answers them and what the OpenAPI document says of them are both made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from server import api_answers as answers
from server import api_query as query
from server import api_shapes as shapes
from server.api import HEALTH, PREFIX

ROOT = f"{PREFIX}/v1"
JSON, CSV, SVG = "application/json", "text/csv", "image/svg+xml"


@dataclass(frozen=True)
class Endpoint:
    """One route. shape: of its JSON; None for what is drawn. work: what answers it; None where `server.api_serving` has an answer of its own.

    code: what the path's one variable part names. own: whether that is a unit, which somebody of one unit may ask for only if it is theirs.
    """

    path: str
    name: str
    title: str
    query: type[query.Plain] = query.Plain
    shape: type[BaseModel] | None = None
    work: Callable[[answers.Ask], Any] | None = None
    media: tuple[str, ...] = (JSON, CSV)
    code: str = ""
    own: bool = False


_UNIT, _INDICATOR = "单位代码；含斜杠的照写或写成 %2F", "指标代码；含斜杠的照写或写成 %2F"
BADGE = Endpoint(f"{ROOT}/units/{{code}}/badge.svg", "unitBadge", "一个单位的徽章（SVG）", query.Picture, media=(SVG,), code=_UNIT, own=True)
DOCUMENT = Endpoint(f"{ROOT}/openapi.json", "openapi", "本文档（OpenAPI 3.1）", media=(JSON,))
HEALTHZ = Endpoint(HEALTH, "health", "服务器状况，供负载均衡探测；不需登录", shape=shapes.Health, media=(JSON,))
# A path that begins like another stands after it.
DATA = (
    Endpoint(f"{ROOT}/releases", "listReleases", "看得到的发布，新的在前", query.Releases, shapes.Releases, answers.releases),
    Endpoint(f"{ROOT}/releases/{{code}}", "getRelease", "一号发布", query.Formatted, shapes.OneRelease, answers.release, code="发布号"),
    Endpoint(f"{ROOT}/units", "listUnits", "一号发布里的单位，按代码", query.Listed, shapes.Units, answers.units),
    Endpoint(f"{ROOT}/scores", "listScores", "指数、位次、梯队和各节点得分，位次好的在前", query.Scores, shapes.Scores, answers.scores),
    Endpoint(
        f"{ROOT}/units/{{code}}/indicators", "listUnitIndicators", "一个单位的全部指标", query.Listed, shapes.UnitCells, answers.unit_cells,
        code=_UNIT, own=True,
    ),
    Endpoint(f"{ROOT}/units/{{code}}", "getUnit", "一个单位的画像", query.OfRelease, shapes.Portrait, answers.one_unit, code=_UNIT, own=True),
    Endpoint(f"{ROOT}/indicators", "listIndicators", "指标体系：节点、权重、方向、目标区间", query.Listed, shapes.FrameworkNodes, answers.framework),
    Endpoint(
        f"{ROOT}/indicators/{{code}}", "listIndicatorValues", "一项指标在各单位的原始值和得分，按单位代码", query.Listed,
        shapes.IndicatorCells, answers.indicator, code=_INDICATOR,
    ),
)  # fmt: skip
ENDPOINTS = (DOCUMENT, BADGE, *DATA, HEALTHZ)
