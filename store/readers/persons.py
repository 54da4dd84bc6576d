"""Persons in a table: names, identity numbers, telephone numbers. The store holds units and never a private person."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

import numpy as np

from .cells import text_key

_WHY = "本系统只记单位，不记个人"
_HEADER = re.compile(r".*(?:姓名|名单|人员|人|领导|同志|身份证.*|证件号.*|手机.*|电话.*|联系方式|邮箱|电子邮件|微信.*|工号)")
_COUNTED = re.compile(r".*(?:单位|部门|科室|处室|支部|机构|机关).*")  # 负责人所在单位 is a unit
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])(?:[1-8]\d{16}[0-9Xx]|[1-8]\d{14})(?![0-9A-Za-z])", re.ASCII)
_MOBILE = re.compile(r"(?<![0-9A-Za-z.])(?:\+?86[- ]?)?(1[3-9]\d[- ]?\d{4}[- ]?\d{4})(?!\.?[0-9A-Za-z])", re.ASCII)
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG = b"0" * 11  # what both have, once blanks and strokes are taken out
_HINTS = (re.compile(r"1[3-9]\d[- ]?\d{4}[- ]?\d{4}", re.ASCII), re.compile(r"[1-8]\d{14}", re.ASCII))
_LABELLED = re.compile(r"(?:姓名|责任人|联系人|负责人|经办人|承办人|当事人)\s*[:：]\s*[\u4e00-\u9fff]{2,4}")
_PROVINCES = {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83}
_FACTORS = [pow(2, 17 - i, 11) for i in range(17)]
_SERIALS = "2010"  # year
_BLOCK = 1000  # texts that are searched together
_SURNAMES = set(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金贾韦夏付方邹熊白孟秦邱侯江"
    "尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤俞章裘楼骆应童柴翁"
)
_DOUBLE = ("欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯")
_OFFICES = set("处科室部局委办厅院队组中心站会所司署团校馆厂社区镇乡街道村县市省支党群协联库网窗口岗线庭股园场校园")


def names_persons(label: str) -> bool:
    """Whether a column of this header holds persons: 姓名, 责任人, 联系人, 手机号 …"""
    key = re.sub(r"\([^()]*\)$", "", text_key(label)).strip("*:：")
    return _HEADER.fullmatch(key) is not None and _COUNTED.fullmatch(key) is None


def refuse_persons(texts: np.ndarray) -> list[tuple[int, str]]:
    """(place, reason) of the texts (n,) that hold an identity number, a mobile number or a labelled name.

    Many texts are searched at once; one by one only where something was found.
    """
    return [found for start in range(0, len(texts), _BLOCK) for found in _persons_in(texts[start : start + _BLOCK], start)]


def _persons_in(texts: np.ndarray, start: int) -> list[tuple[int, str]]:
    together = unicodedata.normalize("NFKC", "\n".join(texts))
    numbers = _LONG in together.encode().translate(_DIGITS, b" -") and any(form.search(together) for form in _HINTS)
    if not numbers and not (":" in together and _LABELLED.search(together)):
        return []
    return [(start + i, why) for i, text in enumerate(texts) if (why := _person(unicodedata.normalize("NFKC", text)))]


def _person(text: str) -> str:
    if any(map(is_identity_number, _IDENTITY.findall(text))):
        return f"含有身份证号；{_WHY}，请删去"
    if _MOBILE.search(text):
        return f"含有手机号码；{_WHY}，请删去"
    return f"写有个人姓名；{_WHY}，请改填单位或科室" if _LABELLED.search(text) else ""


def without_numbers(text: str) -> str:
    """A text to be shown: of an identity or mobile number in it the last four characters only."""
    if len(text) < 11:
        return text
    plain = unicodedata.normalize("NFKC", text)
    if not (_MOBILE.search(plain) or _IDENTITY.search(plain)):
        return text
    return re.sub(r"\d(?=(?:[- ]?[\dXx]){4})", "*", plain)


def is_identity_number(text: str) -> bool:
    """Whether a text of 15 or 18 characters carries a province's code and a valid date, and is a number of GB 11643 by its check digit.

    With a birth before _SERIALS a wrong check digit is taken for a slip: what begins with a later date may be a record's own number.
    """
    if int(text[:2]) not in _PROVINCES:
        return False
    born = text[6:14] if len(text) == 18 else "19" + text[6:12]
    try:
        dt.date(int(born[:4]), int(born[4:6]), int(born[6:8]))
    except ValueError:
        return False
    if len(text) == 15 or "1900" <= born[:4] < _SERIALS:
        return True
    total = sum(int(digit) * factor for digit, factor in zip(text, _FACTORS, strict=False))
    return "10X98765432"[total % 11] == text[17].upper()


def is_name(text: str) -> bool:
    """Whether a cell that should name a department looks like a person's name: a surname, one or two characters, no office's ending."""
    if not re.fullmatch(r"[\u4e00-\u9fff]{2,4}", text) or text[-1] in _OFFICES:
        return False
    return (text[0] in _SURNAMES and len(text) <= 3) or (text.startswith(_DOUBLE) and len(text) >= 3)
