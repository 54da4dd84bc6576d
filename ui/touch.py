"""The house style for fingers and narrow screens: nothing too small to hit, nothing cut, columns that give way.

Sizes in pixels where they are a finger's: they do not grow with the type.
"""

STYLE = """<style>
/* A finger needs 40 pixels. What is small to the eye, such as a question mark, gets an unseen margin that takes the tap. */
@media (pointer: coarse) {
  [data-testid=stButtonGroup] button, [data-testid=stMain] [data-testid^=stBaseButton], [data-testid=stPopoverButton], .zx-save button,
  [data-testid=stDownloadButton] button, [data-testid=stSidebarNavLink] { min-height: 40px; }
  [data-testid=stSelectbox] [role=group], [data-testid=stMultiSelect] [role=group] { min-height: 42px; }
  [data-testid=stSelectbox] [role=group] button { min-height: 40px; min-width: 40px; }
  [data-testid=stMain] [data-testid=stBaseButton-tertiary] { min-width: 40px; }
  [data-testid=stMain] summary { min-height: 40px; }
  [data-testid=stCheckbox] label { min-height: 40px; align-items: center; }
  [data-testid=stTooltipIcon] button, [data-testid=stMultiSelect] button { position: relative; }
  [data-testid=stTooltipIcon] button::after { content: ""; position: absolute; inset: -13px; }
  [data-testid=stMultiSelect] .react-aria-ComboBox > [role=group] > button::after { content: ""; position: absolute; inset: -11px -6px; }
  [data-testid=stMultiSelect] [data-tag] { min-height: 34px; }
  [data-testid=stMultiSelect] [data-tag] button::after { content: ""; position: absolute; inset: -17px -9px -17px -13px; }
}

/* A table's tools lie over what stands above it: without a mouse they come when the table is tapped. */
@media (hover: none) {
  [data-testid=stElementContainer]:not(:hover, :focus-within) [data-testid=stElementToolbar] { opacity: 0 !important; pointer-events: none; }
}

/* Between a phone and a laptop: columns of figures and tables go below each other, small ones keep the width that their words need. */
@media screen and (min-width: 641px) and (max-width: 1000px) {
  [data-testid=stHorizontalBlock]:has(> [data-testid=stColumn] :is([data-testid=stPlotlyChart], [data-testid=stDataFrame]))
    > [data-testid=stColumn]:not(.st-key-stage_body *) { min-width: calc(100% - 1rem); }
  [data-testid=stColumn]:has([data-testid=stSelectbox], [data-testid=stMultiSelect], [data-testid=stSlider], [data-testid=stTextInput])
    { min-width: 11rem; }
  [data-testid=stColumn]:has(> [data-testid=stVerticalBlock] > .st-key-unit) { min-width: 16rem; }  /* a unit's name */
  [data-testid=stColumn]:has([data-testid=stMetric]) { min-width: 9.5rem; }
  [data-testid=stHorizontalBlock]:has(> [data-testid=stColumn] > [data-testid=stVerticalBlock] > .st-key-period) { flex-wrap: nowrap; }
}
@media screen and (max-width: 1000px) {
  [data-testid=stButtonGroup] [role=radiogroup] { flex-wrap: wrap; overflow: visible; row-gap: 0.3rem; }  /* every choice in sight */
  [data-testid=stMetric] [data-testid=stMetricDeltaDescription], [data-testid=stMetric] [data-testid=stMetricDeltaDescription] *,
  [data-testid=stMetricLabel] div, [data-testid=stMetricLabel] p { white-space: normal; }
  [data-testid=stMultiSelect] [role=group] { height: auto; max-height: none; }
  [data-testid=stMultiSelectTagsContainer] { overflow: visible; mask: none; }
  [data-testid=stMultiSelectTagsContainer], [data-testid=stMultiSelectTagsContainer] > span { flex-wrap: wrap; max-width: 100%; min-width: 0; }
}
</style>"""

# Streamlit shows a help only to a mouse and to the keyboard. A tap on its question mark is taken for the keyboard's focus.
# In a figure a first tap tells what a pointer is told and a second one opens it; plotly would open what the tap before was on.
# A constant script: it holds no data.
SCRIPT = """<script>
if (!window.zxTouch) {
  window.zxTouch = true;
  addEventListener("click", event => {
    const help = event.target.closest?.("[data-testid=stTooltipIcon] button");
    if (!help || !matchMedia("(hover: none)").matches) return;
    document.dispatchEvent(new KeyboardEvent("keydown", {key: "Tab", bubbles: true}));
    help.blur();
    help.focus();
  });
  let last = [NaN, NaN];
  addEventListener("pointerdown", event => {
    const plot = event.pointerType === "touch" && event.target.closest?.(".js-plotly-plot");
    if (!plot) return;
    const again = Math.hypot(event.clientX - last[0], event.clientY - last[1]) < 30;
    if (!again) plot._hoverdata = undefined;
    last = [event.clientX, event.clientY];
  }, true);
}
</script>"""
