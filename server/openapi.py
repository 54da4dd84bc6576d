"""The OpenAPI document, written from the table of routes and from the shapes that requests and answers are held to."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from scoring import __version__
from server.api_problem import MEDIA
from server.api_shapes import Problem
from server.api_table import BADGE, CSV, ENDPOINTS, HEALTHZ, JSON, SVG, Endpoint

_REF = "#/components/schemas/{model}"
_PROBLEMS = {
    "401": "没有登录，或令牌不认识、已过期、已撤销",
    "403": "账号没有这项权限，或要的不是本单位的数据",
    "404": "没有这号发布、这个单位或指标",
    "406": "只能给出这条路由所列的格式",
    "422": "参数不能用，errors 逐个说明",
    "503": "服务器暂时读不到库",
}
_ABOUT = """只读接口。每个回答都说明它出自哪一号发布（release、digest）、是否演示数据（demo、notice）。

- 登录：请求头 `Authorization: Bearer 令牌`（`python manage.py token add`），或网页登录后的 Cookie。权限与页面相同；
  只看本单位的账号，列表里只有本单位，其他单位一律 403。
- 数字按原精度给出，不取整；没有的数是 null。
- 格式：JSON；加 `format=csv` 或请求头 `Accept: text/csv` 得到 CSV（UTF-8 带 BOM）。
- 缓存：回答带 ETag，再次请求时放进 `If-None-Match`，没有变化则 304。
- HEAD 与 GET 相同而没有正文；其他方法一律 405。"""
_ETAG = {"description": "这个回答的标识，由发布的摘要而来", "schema": {"type": "string"}}
_TOTAL = {"description": "列表共多少行", "schema": {"type": "integer", "minimum": 0}}


@cache
def document() -> bytes:
    """The document as JSON."""
    shapes = list(dict.fromkeys(e.shape for e in ENDPOINTS if e.shape))
    _, schemas = models_json_schema([(shape, "serialization") for shape in (*shapes, Problem)], ref_template=_REF)
    whole = {
        "openapi": "3.1.0",
        "info": {"title": "质效云图", "version": __version__, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"cookie": []}, {"secureCookie": []}],
        "paths": {e.path: {"get": _operation(e)} for e in ENDPOINTS},
        "components": {"schemas": schemas["$defs"], "securitySchemes": _schemes()},
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode()


def parameters(shape: type[BaseModel]) -> list[dict[str, Any]]:
    """What may stand after the question mark."""
    found = shape.model_json_schema()["properties"] if shape.model_fields else {}
    return [
        {"name": name, "in": "query", "required": False, "description": schema.pop("description"), "schema": _plain(schema)}
        for name, schema in found.items()
    ]


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "title" and not (key == "default" and value is None)}


def _operation(e: Endpoint) -> dict[str, Any]:
    said = {"operationId": e.name, "summary": e.title, "parameters": parameters(e.query), "responses": _responses(e)}
    if e.code:
        text = {"type": "string", "minLength": 1}
        said["parameters"].insert(0, {"name": "code", "in": "path", "required": True, "description": e.code, "schema": text})
    if e is HEALTHZ:
        said["security"] = []
    if e is BADGE:
        said["security"] = [{}, {"token": []}, {"cookie": []}, {"secureCookie": []}]
        said["description"] = "只给已发布的。设置 public_badges 为 1 时不必登录，别的网站也可以引用；为 0（默认）时与其他路由一样要登录。"
    return said


def _responses(e: Endpoint) -> dict[str, Any]:
    content = {media: {"schema": _schema(e, media)} for media in e.media}
    if e is HEALTHZ:
        return {status: {"description": said, "content": content} for status, said in (("200", "能用"), ("503", "不能用"))}
    headers = {"ETag": _ETAG, **({"X-Total-Count": _TOTAL} if e.shape and "total" in e.shape.model_fields else {})}
    good = {"200": {"description": e.title, "headers": headers, "content": content}, "304": {"description": "没有变化"}}
    kept = {s: said for s, said in _PROBLEMS.items() if s != "404" or e.code or e.query.model_fields.keys() & {"period", "release"}}
    problem = {MEDIA: {"schema": {"$ref": _REF.format(model="Problem")}}}
    return good | {status: {"description": said, "content": problem} for status, said in kept.items()}


def _schema(e: Endpoint, media: str) -> dict[str, Any]:
    if media == JSON:
        return {"$ref": _REF.format(model=e.shape.__name__)} if e.shape else {"type": "object"}
    said = {CSV: "UTF-8 带 BOM；列名与 JSON 的字段名相同，字段里的内容写成 字段.名称", SVG: "340×84 的图"}[media]
    return {"type": "string", "description": said}


def _schemes() -> dict[str, Any]:
    cookie = {"type": "apiKey", "in": "cookie"}
    return {
        "token": {"type": "http", "scheme": "bearer", "description": "manage.py token add 发的令牌"},
        "cookie": cookie | {"name": "zx_session", "description": "网页登录后的会话（http）"},
        "secureCookie": cookie | {"name": "__Host-zx_session", "description": "网页登录后的会话（https）"},
    }
