"""What axe finds in a page that keeps somebody from using it."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# What Streamlit draws and gives no way to change.
STREAMLITS = {
    "list": "the sidebar's list has its sections as <div> inside <ul>",
    "listitem": "the same list",
    "scrollable-region-focusable": "a line of st.code scrolls on a phone and takes no focus",
}


def barriers(page: Page) -> list[str]:
    """A line for each element that axe calls a serious or critical barrier: the rule, the element, what to do."""
    page.mouse.move(0, 0)  # a tooltip that fades in or out has the contrast of neither
    page.wait_for_function("!document.querySelector('[role=tooltip], [data-testid=stTooltipContent]')")
    rules = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in rules
        if rule["impact"] in ("serious", "critical") and rule["id"] not in STREAMLITS
        for node in rule["nodes"]
    ]
