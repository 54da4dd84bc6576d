"""试算 as a person uses it: the answer on the first screen, a slider that follows the keys, back, and controls that a phone folds away."""

from playwright.sync_api import expect

from tools import live

SLIDER = "[data-testid=stSlider] input[type=range]"


def test_the_first_screen_answers(visitor, demo_server):
    page = visitor.open(f"{demo_server}/what_if")
    for part in (".st-key-trial_controls", ".st-key-trial_map", ".st-key-trial_ranks"):
        box = page.locator(part).bounding_box()
        assert box and box["y"] + box["height"] <= live.SIZES["laptop"][1], f"{part} ends at {box}"
    expect(page.locator(".zx-trial b")).to_have_text("试算，非发布结果")


def test_quick_keys_on_a_slider_all_count_and_back_takes_them_back(visitor, demo_server):
    page = visitor.open(f"{demo_server}/what_if")
    slider = page.locator(SLIDER).first
    slider.focus()
    begun = int(slider.input_value())
    for _ in range(8):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(60)
    page.wait_for_function(f"location.search.includes('~{begun + 8}')")
    live.settle(page)
    expect(slider).to_have_value(str(begun + 8))
    expect(page.locator(".st-key-trial_map svg").first).to_be_visible()
    page.go_back()
    page.wait_for_function(f"!location.search.includes('~{begun + 8}')")
    live.settle(page)
    expect(page.locator(SLIDER).first).not_to_have_value(str(begun + 8))


def test_a_phone_folds_the_controls_away(visitor, asem_server):
    page = visitor.open(f"{asem_server}/what_if", "phone")
    controls = page.locator(".st-key-trial_controls")
    expect(controls).to_be_hidden()
    page.locator(".st-key-trial_opener label").first.click()
    expect(controls).to_be_visible()
    live.settle(page)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= live.SIZES["phone"][0]
