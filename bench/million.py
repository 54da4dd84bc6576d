"""A store of as many units as one likes: made-up provinces, cities and organs, their files, imported and published.

    python -m bench.million 1000000 million.db

Beside the store, in a folder of its name, lie the files that it was made from. Prints a line a step: seconds, and the most memory that
its process took.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

SEED, PERIOD = 20240624, "2024Q4"
CITY_UNITS, PROVINCE_CITIES = 10_000, 10
MARK = "演示数据"  # in a file's name: its contents are shown as a demo
FIRST, SECOND = "云江临东安永平长宁清泰明兴和瑞嘉丰海宝金", "州城川阳陵山湖溪原台"
DISTRICTS = tuple(f"{c}{kind}" for c, kind in product("东西南北中新", ("城区", "山县", "江区", "湖县")))
SECTORS = {
    "综合经济": ("发展和改革委员会", "财政局", "统计局", "审计局", "税务局", "国有资产监督管理委员会"),
    "政法": ("公安局", "司法局", "人民法院", "人民检察院", "信访局"),
    "教科文卫": ("教育局", "科学技术局", "文化和旅游局", "卫生健康委员会", "体育局", "第一人民医院", "实验中学"),
    "城建农业": ("住房和城乡建设局", "自然资源局", "农业农村局", "水利局", "林业局", "交通运输局"),
    "社会事业": ("民政局", "人力资源和社会保障局", "医疗保障局", "应急管理局", "退役军人事务局"),
    "党群综合": ("委办公室", "委组织部", "委宣传部", "委统一战线工作部", "纪律检查委员会"),
    "群团": ("总工会", "妇女联合会", "残疾人联合会", "科学技术协会", "文学艺术界联合会"),
    "直属事业": ("档案馆", "博物馆", "公共资源交易中心", "机关事务管理中心", "大数据管理中心"),
    "国有企业": ("城市建设集团", "交通投资集团", "水务集团", "公共交通公司", "粮食集团"),
    "金融": ("农村商业银行", "城市商业银行", "融资担保公司", "金融控股集团"),
    "街道社区": ("城关街道", "新华街道", "解放街道", "滨江街道", "朝阳街道"),
    "两新组织": ("物流行业", "律师行业", "互联网行业", "民办教育行业", "商会"),
}  # fmt: skip
FRAMEWORK = """代码,上级,名称,计量单位,方向,权重,下限,上限
INDEX,,清廉机关指数,分,1,1,,
D1,INDEX,组织建设,分,1,40,,
D2,INDEX,履职效能,分,1,30,,
D3,INDEX,廉洁防控,分,1,30,,
D11,D1,“三会一课”完成率,%,1,40,0,100
D12,D1,主题党日参加率,%,1,30,0,100
D13,D1,学习课时,小时,1,30,0,60
D21,D2,重点任务按期完成率,%,1,50,0,100
D22,D2,服务对象满意度,分,1,30,60,100
D23,D2,办件平均用时,天,-1,20,0,20
D31,D3,风险点防控措施到位率,%,1,60,0,100
D32,D3,信访举报件数,件,-1,40,0,10
"""
_BOUNDS = {"D13": (0, 60), "D22": (60, 100), "D23": (0, 20), "D32": (0, 10)}  # of the values; the others are per cent
_CALL = "import sys; from manage import cli; sys.argv[0] = 'manage.py'; cli()"


def units(count: int, rng: np.random.Generator) -> pd.DataFrame:
    """So many units: code, name, area (province/city), sector, size. A city's sectors are of very different sizes."""
    cities, left = [], count
    names = [f"{a}{b}" for b, a in product(SECOND, FIRST)]
    while left > 0:
        here, province = min(CITY_UNITS, left), len(cities) // PROVINCE_CITIES
        cities.append(_city(names[len(cities)], f"{names[-1 - province]}省", len(cities), here, rng))
        left -= here
    return pd.concat(cities, ignore_index=True)


def _city(name: str, province: str, number: int, count: int, rng: np.random.Generator) -> pd.DataFrame:
    shares = rng.dirichlet(np.full(len(SECTORS), 3.0)) * 0.6 + 0.4 / len(SECTORS)
    sectors = np.sort(rng.choice(len(SECTORS), count, p=shares))
    texts, seen = list(SECTORS), {}
    rows = []
    for k, sector in enumerate(sectors.tolist()):
        organs = SECTORS[texts[sector]]
        organ = f"{name}市{DISTRICTS[rng.integers(len(DISTRICTS))]}{organs[rng.integers(len(organs))]}"
        seen[organ] = seen.get(organ, 0) + 1
        rows.append((f"{number:03d}{k:05d}", f"{organ}第{seen[organ]}党支部", f"{province}/{name}市", texts[sector]))
    table = pd.DataFrame(rows, columns=["编码", "单位名称", "地区", "片组"])
    return table.assign(党员数=rng.integers(3, 120, count))


def values(codes: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """A wide table of a period: every unit has a quality of its own; one cell in a hundred is empty."""
    quality = rng.beta(5, 2, len(codes))
    table = pd.DataFrame({"单位编码": codes, "考核期": PERIOD})
    for line in FRAMEWORK.splitlines()[5:]:
        code, _, _, _, direction, *_ = line.split(",")
        low, high = _BOUNDS.get(code, (0, 100))
        share = np.clip(quality + rng.normal(0, 0.12, len(codes)), 0, 1)
        column = (low + (share if direction == "1" else 1 - share) * (high - low)).round(2)
        table[code] = np.where(rng.random(len(codes)) < 0.01, np.nan, column)
    return table


def write_files(folder: Path, count: int) -> list[Path]:
    """The framework, the units and their values as files; the same count gives the same bytes."""
    rng = np.random.default_rng([SEED, count])
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in ("指标体系.csv", f"单位（{MARK}）.csv", f"数据（{MARK}）.csv")]
    register = units(count, rng)
    paths[0].write_text(FRAMEWORK, "utf-8")
    register.to_csv(paths[1], index=False)
    values(register["编码"], rng).to_csv(paths[2], index=False)
    return paths


def run(store: Path, *words: str) -> None:
    """One command of manage.py in a process of its own, with its time and its peak of memory."""
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", _CALL, *words], env=os.environ | {"QUALITY_STORE": str(store)})
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(os.waitstatus_to_exitcode(status))
    took = f"{time.perf_counter() - begun:.1f} s ({used.ru_utime + used.ru_stime:.1f} s of the processor)"
    print(f"{words[0]}: {took}, peak {used.ru_maxrss / 1024:.0f} MB", flush=True)


def main(count: int, store: Path) -> None:
    """Make the files, the store, and its release."""
    with ProcessPoolExecutor(1) as apart:  # a process inherits the peak of the one that it was started from
        files = apart.submit(write_files, store.with_suffix(""), count).result()
    run(store, "init")
    for path in files:
        run(store, "import", str(path))
    run(store, "publish")
    run(store, "check")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
