"""The journal in a person's words: what each verb is called, and what a row's detail says."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ..people.roles import ROLES

# Every verb that is written.
VERBS = {
    "import": "导入",
    "revoke": "撤销批次",
    "publish": "发布",
    "draft": "生成草稿",
    "withdraw": "撤回发布",
    "reopen": "改用旧发布",
    "uncertainty": "测算稳健性",
    "framework_since": "指标体系起用",
    "scenario": "保存情景",
    "meeting": "保存会议",
    "appeal": "提出申诉",
    "appeal_reply": "答复申诉",
    "appeal_correct": "申诉更正",
    "appeal_reissue": "申诉后重新发布",
    "appeal_reject": "不采纳申诉",
    "appeal_withdraw": "撤回申诉",
    "export": "导出",
    "setting": "改设置",
    "sign_in": "登录",
    "sign_out": "退出",
    "failed": "登录失败",
    "locked": "账号锁定",
    "user_add": "新增账号",
    "user_roles": "改角色",
    "user_unit": "改所属单位",
    "user_password": "改密码",
    "user_unlock": "解除锁定",
    "user_activate": "启用账号",
    "user_deactivate": "停用账号",
    "token_add": "发放令牌",
    "token_revoke": "收回令牌",
    "backup": "备份",
    "restore": "恢复备份",
    "migrate": "升级库",
}
_LABELS = {
    "what": "",
    "account": "账号",
    "title": "名称",
    "name": "名称",
    "batch": "批次",
    "file": "文件",
    "rows": "行数",
    "release": "发布",
    "releases": "",
    "period": "考核期",
    "periods": "考核期",
    "since": "起用",
    "framework": "指标体系",
    "failed": "未通过的检查",
    "reason": "理由",
    "served": "改用",
    "key": "设置",
    "before": "原为",
    "value": "现为",
    "appeal": "申诉",
    "unit": "单位",
    "node": "指标",
    "text": "内容",
    "roles": "角色",
    "where": "来自",
    "minutes": "分钟",
    "until": "有效至",
    "slides": "页数",
    "draws": "次数",
    "aside": "原库",
    "applied": "升级",
    "format": "格式",
    "units": "单位数",
}


def told(detail: str) -> str:
    """A row's detail (JSON) as one line: what a person can use of it. Digests and the texts of mappings are left to the row itself."""
    try:
        fields = json.loads(detail)
    except ValueError:
        return detail
    return " · ".join(_parts(fields)) if isinstance(fields, dict) else detail


def _parts(fields: dict) -> Iterator[str]:
    for key, value in fields.items():
        if key in _LABELS and value not in (None, "", [], False):
            yield f"{_LABELS[key]} {_plain(key, value)}".strip()


def _plain(key: str, value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    if key == "releases":
        return "、".join(f"第 {row[0]} 号（{row[1]}）" if isinstance(row, list) and len(row) > 1 else str(row) for row in value)
    if key == "roles":
        return "、".join(ROLES[role].title if role in ROLES else str(role) for role in value)
    return "、".join(map(str, value))
