"""`python -m tests.browser.screenshots` takes the pictures of README.md from the demo data: docs/images/*.png, 1440×900."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser

from store.demo import city_name
from tests.browser.test_every_page import PAGES
from tools import live

FOLDER = live.ROOT / "docs" / "images"
LARGEST = 250_000  # bytes
SHOWN = {"/trace": "/trace?unit=JJ02&node=CTL3"}  # what says more than a page's own beginning


def small_png(picture: bytes) -> bytes:
    """The picture with as many colours as keep it small. Raises ValueError when even 16 do not."""
    for colours in (256, 128, 64, 32, 16):
        out = BytesIO()
        Image.open(BytesIO(picture)).convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST:
            return out.getvalue()
    raise ValueError(f"{len(picture)} bytes cannot be brought under {LARGEST}")


def main() -> None:
    """A picture of each page at the newest period."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, live.browser() as chrome:
        store = Path(folder) / "quality.db"
        live.manage(store, "init", "--demo")
        take(chrome, store, PAGES)
        take(chrome, province(store), ["/cities"])


def province(store: Path) -> Path:
    """A province of the demo and two further cities."""
    cities = [f"示例市={store}"]
    for number in (2, 3):
        path = store.with_name(f"city{number}.db")
        live.manage(path, "init", "--demo", "--city", str(number), "--no-uncertainty")
        cities.append(f"{city_name(number)}={path}")
    out = store.with_name("province.db")
    live.manage(store, "rollup", *cities, "--out", str(out))
    return out


def take(chrome: Browser, store: Path, paths: Iterable[str]) -> None:
    """Pictures of some pages over a store."""
    width, height = live.SIZES["laptop"]
    with live.server(store) as address:
        page = chrome.new_context(locale="zh-CN", viewport={"width": width, "height": height}).new_page()
        page.add_init_script(live.BEEN_HERE)
        for path in paths:
            page.goto(address + SHOWN.get(path, path))
            live.settle(page)
            page.wait_for_timeout(1000)  # plotly's own animations
            file = FOLDER / f"{path.strip('/') or 'overview'}.png"
            file.write_bytes(small_png(page.screenshot()))
            print(file.relative_to(live.ROOT), file.stat().st_size)


if __name__ == "__main__":
    main()
