"""The tour of somebody who comes for the first time, and words that say what they mean."""

from playwright.sync_api import Page, expect

from tools import live


def newcomer(visitor, address: str, size: str = "laptop") -> Page:
    """A page of a browser that has not been here."""
    page = visitor.page(size, been_here=False)
    page.goto(address)
    live.settle(page)
    return page


def test_the_tour_is_walked_by_keyboard_and_does_not_come_again(visitor, demo_server, shoot):
    page = newcomer(visitor, demo_server)
    card, ring = page.locator(".zx-tour"), page.locator(".zx-tour-ring")
    for step in range(1, 5):
        expect(card.locator("small")).to_have_text(f"{step} / 4")
        expect(ring).to_be_visible()
        expect(card.locator("button").last).to_be_focused()
        shoot(page, f"tour-{step}")
        page.keyboard.press("Enter")
    expect(card).to_have_count(0)
    expect(ring).to_have_count(0)
    page.reload()
    live.settle(page)
    page.wait_for_timeout(1000)
    expect(card).to_have_count(0)


def test_the_tour_is_skipped_by_escape_and_asked_for_again(visitor, demo_server):
    page = newcomer(visitor, demo_server, "phone")
    card = page.locator(".zx-tour")
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    page.goto(f"{demo_server}/method?tab=terms")
    page.locator(".zx-tour-again").click()
    expect(card).to_be_visible()
    card.get_by_text("跳过").click()
    expect(card).to_have_count(0)


def test_no_tour_in_a_meeting(visitor, demo_server):
    page = newcomer(visitor, f"{demo_server}/present?stage=wall")
    page.wait_for_timeout(1500)
    expect(page.locator(".zx-tour")).to_have_count(0)


def explained(term) -> bool:
    return term.evaluate("one => getComputedStyle(one, '::after').content.length > 10")


def test_a_term_is_explained_by_pointer_keyboard_and_touch(visitor, demo_server):
    page = visitor.open(demo_server)
    term = page.locator(".zx-term").first
    assert not explained(term)
    term.hover()
    assert explained(term)
    page.keyboard.press("Escape")
    assert term.evaluate("one => getComputedStyle(one, '::after').display") == "none"
    page.mouse.move(0, 0)
    term.focus()
    assert explained(term)
    phone = visitor.open(demo_server, "phone")
    touched = phone.locator(".zx-term").first
    touched.tap()
    assert explained(touched)
