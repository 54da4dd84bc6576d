"""The house style of what Streamlit draws: spacing, the header line, tabular figures, the phone.

Colours and fonts that Streamlit has settings for stand in .streamlit/config.toml.
"""

# Seconds between the heading and the page in a browser that has just come: the script of the charts keeps it busy for more than a
# second, and without this moment half of the visitors see nothing until then. The charts are drawn no later for it.
FIRST_PAINT = 0.2

# Streamlit writes the address in several steps of the browser's history: what a page is asked to show, the page, what it then
# shows. The back button would stop at each, and some are written again. So: one step for one thing that the person does.
# A constant script: it holds no data.
ONE_STEP = """<script>
if (!window.zxOneStep) {
  window.zxOneStep = true;
  let acted = false;
  for (const act of ["pointerdown", "keydown"]) addEventListener(act, () => { acted = true; }, true);
  addEventListener("popstate", () => { acted = false; });  // back by the keyboard asks for no new step
  const push = history.pushState;
  history.pushState = function (...step) {
    (acted ? push : history.replaceState).apply(history, step);
    acted = false;
  };
}
</script>"""

# The colours of the house's own HTML, by what they are for. What is dark on the screen is light on paper.
COLOURS = """<style>
:root {
  --zx-paper: #FFFFFF; --zx-raised: #FFFFFF; --zx-line: #E4E1DA; --zx-ink: #23272E; --zx-soft: #4B5563; --zx-muted: #626974; --zx-level: #8A9099;
  --zx-house: #8C1D18; --zx-house-ground: #FBEDEC; --zx-red: #B3261E; --zx-error-ground: #FDF5F4; --zx-gold: #D4A02F; --zx-warn-ground: #FDFAF1;
  --zx-demo-ink: #6B4E00; --zx-demo-ground: #FBF1D6; --zx-blue: #34658F; --zx-good: #1E7B74; --zx-code: #1D4469;
}
</style>"""
DARK = """<style>
@media screen {
  :root {
    --zx-paper: #14171C; --zx-raised: #1E2228; --zx-line: #3A404A; --zx-ink: #ECEAE5; --zx-soft: #C6CAD1; --zx-muted: #B4B9C2; --zx-level: #A3A9B2;
    --zx-house: #F0837A; --zx-house-ground: #3A2021; --zx-red: #F0837A; --zx-error-ground: #2A1B1C; --zx-gold: #E2B650; --zx-warn-ground: #25211A;
    --zx-demo-ink: #F0D48A; --zx-demo-ground: #3A2F16; --zx-blue: #74A5D3; --zx-good: #55B9AE; --zx-code: #B5D3EE;
  }
}
@media print {
  .stApp, .stApp [data-testid=stMain] { color-scheme: light; background: #FFFFFF !important; color: #23272E !important; }
  .stApp *:not(.js-plotly-plot *, [class*=zx-], [class*=zx-] *) { color: #23272E !important; border-color: #D6D3CC !important; }
  .stApp :is([data-testid=stMetric], [data-testid=stMetric] *, button, code, pre, [data-testid=stMarkdownContainer] span) {
    background: none !important;
  }
  [data-testid=stDataFrame] canvas, .js-plotly-plot image { filter: invert(1) hue-rotate(180deg) brightness(1.1); }
  .stApp ::placeholder { color: #626974 !important; }
}
</style>"""

STYLE = """<style>
.stApp { font-variant-numeric: tabular-nums; }
[data-testid=stMainBlockContainer] { padding-left: 1.75rem; padding-right: 1.75rem; }
@media (pointer: fine) {  /* all pages and the two switches below them on a laptop's screen */
  [data-testid=stSidebarHeader] { margin-bottom: 0; }
  [data-testid=stSidebarNavItems] li, [data-testid=stSidebarNavLink] { margin-top: 0; margin-bottom: 0; }
  [data-testid=stSidebarUserContent] { padding-top: 0.3rem; }
}
[data-testid=stColumn] > [data-testid=stVerticalBlock] { gap: 0.5rem; }
[data-testid=stMainBlockContainer] > [data-testid=stVerticalBlock] { gap: 0.7rem; }
[data-testid=stMetric] > div { padding: 0.55rem 0.9rem; }
[data-testid=stMetricLabel] { color: var(--zx-soft); }
[data-testid=stCaptionContainer] { color: var(--zx-muted); opacity: 1;
  }  /* Streamlit's grey is 4.1:1 on white, and less on a ground */
[data-testid=stCode] .token { color: var(--zx-code) !important; }
[data-tag], [data-tag] *, [data-testid=stBaseButton-primary] { color: var(--zx-paper); }  /* Streamlit's is white, on any ground */
[data-testid=stPlotlyChart] text { font-variant-numeric: tabular-nums; }

/* What is lacking, odd or wrong: one quiet card, told apart by its edge, its sign and its words. */
[data-testid=stAlertContainer] { background: var(--zx-paper); color: var(--zx-ink); border: 1px solid var(--zx-line);
  border-left: 4px solid var(--zx-blue);
  padding: 0.6rem 1rem; }
[data-testid=stAlertContainer]:has([data-testid=stAlertContentWarning]) { border-left-color: var(--zx-gold);
  background: var(--zx-warn-ground); }
[data-testid=stAlertContainer]:has([data-testid=stAlertContentError]) { border-left-color: var(--zx-red);
  background: var(--zx-error-ground); }
[data-testid=stAlertContainer]:has([data-testid=stAlertContentSuccess]) { border-left-color: var(--zx-good); }
[data-testid=stAlertContainer] [data-testid=stAlertDynamicIcon] { color: var(--zx-house); }

/* Under a figure, when asked for: its buttons and its text twin. The bar of plotly's own is worked by those buttons. */
[data-testid=stPlotlyChart] .modebar { display: none; }
.zx-save { display: flex; gap: 0.5rem; padding: 0.2rem 0; }
.zx-save button { font: inherit; font-size: 0.85rem; color: var(--zx-house); background: none;
  border: 1px solid var(--zx-line); border-radius: 6px;
  padding: 0.25rem 0.7rem; cursor: pointer; }
.zx-save button:hover, .zx-save button:focus-visible, .zx-twin:focus-visible { border-color: var(--zx-red);
  outline: 2px solid var(--zx-red); }
.zx-twin { max-height: 18rem; overflow: auto; border: 1px solid var(--zx-line); border-radius: 6px; font-size: 0.85rem; }
.st-key-stage_slide [data-testid=stElementContainer]:has(.zx-twin) { display: none; }  /* a slide has its own words */
.zx-twin caption { text-align: left; padding: 0.4rem 0.7rem; color: var(--zx-soft); }
.zx-twin table { border-collapse: collapse; width: 100%; margin: 0; }
.zx-twin th, .zx-twin td { text-align: left; font-weight: 400; white-space: nowrap; padding: 0.15rem 0.7rem; border: 0;
  border-top: 1px solid var(--zx-line); }

/* Streamlit's own download of a table: English, without the mark of demo data or the guard against formulas. Pages have their own. */
[data-testid=stElementToolbarButton]:has(button[aria-label^="Download as CSV"]) { display: none; }

.zx-title { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.1rem 0.9rem; }
.zx-title h1 { margin: 0; padding: 0; font-size: 1.6rem; line-height: 1.4; color: var(--zx-house); }
.zx-title b { font-size: 1.1rem; }
.zx-note { color: var(--zx-muted); font-size: 0.85rem; font-weight: 400; }
.zx-demo {
  color: var(--zx-demo-ink); background: var(--zx-demo-ground); border: 1px solid var(--zx-gold); border-radius: 4px;
  padding: 0 0.5em; font-size: 0.85rem;
}
.zx-finding { line-height: 1.5; overflow-wrap: anywhere; }
h2.zx-heading { margin: 0; padding: 0; font-size: 1.05rem; line-height: 1.9; overflow-wrap: anywhere; }

/* "No results" of a list that is searched, in Chinese: Streamlit has no setting for it. */
[data-testid$=Dropdown] [role=option][style*=contents] > span { font-size: 0; }
[data-testid$=Dropdown] [role=option][style*=contents] > span::after { content: "没有匹配的项"; font-size: 0.875rem; }

/* Figures that fill what the screen leaves between the big figures above and the bars below. */
.st-key-map, .st-key-quadrant { height: max(390px, 100vh - 482px) !important; flex: none !important; }

/* A what-if: its mark, its figures, and its controls, which a phone shows only when asked to. */
.zx-trial { display: flex; align-items: center; gap: 0.7rem; }
.zx-trial b { color: var(--zx-house); background: var(--zx-house-ground); border: 1px solid var(--zx-red); border-radius: 4px;
  padding: 0.1rem 0.6em; flex: none; }
.zx-trial .zx-note { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; line-height: 1.35; }
.st-key-trial_controls [data-testid=stSlider] [data-testid=stWidgetLabel] p { font-size: 0.85rem; }
.st-key-trial_controls [data-testid=stVerticalBlock] { gap: 0.3rem; }
.st-key-trial_map, .st-key-trial_ranks { height: max(430px, 100vh - 372px) !important; flex: none !important; }
.st-key-trial_opener { display: none; }
@media (min-width: 641px) {  /* beside a long row of sliders the figures stay in sight */
  [data-testid=stColumn]:has(> [data-testid=stVerticalBlock] > [data-testid=stLayoutWrapper] > .st-key-trial_picture) {
    position: sticky; top: 0.5rem; align-self: flex-start;
  }
}

@media (max-width: 640px) {
  .st-key-trial_map { height: 1000px !important; }
  .st-key-trial_ranks { height: 520px !important; }
  .st-key-trial_opener { display: flex; }
  .stApp:not(:has(.st-key-trial_opener input:checked)) .st-key-trial_controls { display: none; }
}
@media (max-width: 640px) {
  [data-testid=stMainBlockContainer] { padding-left: 1rem; padding-right: 1rem; }
  .st-key-map { height: 1000px !important; }  /* a tile of 45 × 55 pixels: its name can be read and hit */
  .st-key-quadrant { height: 380px !important; }
  [data-testid=stMetric] [data-testid=stCaptionContainer], [data-testid=stMetric] [data-testid=stCaptionContainer] p,
  [data-testid=stMetricLabel] div, [data-testid=stMetricLabel] p { white-space: normal; }  /* a narrow card breaks its note, it cuts none */
}
.st-key-hero [data-testid="stMetricValue"] { font-size: 2.4rem; line-height: 1.15; }
</style>"""

# A page on paper as it stands on the screen, as wide as the sheet: figures are drawn for the screen's width and would be cut.
# A constant script: it measures the page when it is about to be printed.
PRINT = """<style>
@media print {
  @page { size: A4 landscape; margin: 10mm 10mm 13mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 9pt; } }
  html, body, #root, .stApp, .stApp > div, [data-testid=stAppViewContainer], [data-testid=stMain] {
    position: static !important; display: block !important; height: auto !important; overflow: visible !important; inset: auto !important;
  }
  [data-testid=stSidebar], [data-testid=stHeader], [data-testid=stElementToolbar], [data-testid=stDownloadButton], [data-testid=stButton],
  [data-testid=stPopover], [data-testid=stFileUploader], [data-testid=stExpandSidebarButton], [data-testid=stCheckbox], .zx-save,
  [data-testid=stTooltipIcon], .st-key-period, [data-testid=stButtonGroup] [aria-checked=false] { display: none !important; }
  [data-testid=stSelectbox] *, [data-testid=stMultiSelect] * {
    border-color: transparent !important; background: none !important; color: #23272E !important;
  }
  [data-testid=stButtonGroup] [aria-checked=true], [data-testid=stButtonGroup] [aria-checked=true] * { min-width: max-content; overflow: visible; }
  [data-testid=stSelectbox] svg, [data-testid=stMultiSelect] svg { display: none; }
  [data-testid=stMainBlockContainer] {
    zoom: var(--zx-zoom, 1); width: var(--zx-width, auto) !important; max-width: none !important; padding: 0 !important;
  }
  [data-testid=stHorizontalBlock] { display: flex !important; }  /* Streamlit puts columns with figures below each other */
  [data-testid=stColumn] { min-width: 0 !important; }
  .stApp [data-testid=stElementContainer][style*="--zx-tall"] { height: var(--zx-tall) !important; }
  .stApp * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  [data-testid=stHorizontalBlock]:has(.zx-twin) { display: block !important; }  /* beside each other Chromium draws long ones over what follows */
  [data-testid=stHorizontalBlock]:has(.zx-twin) > [data-testid=stColumn] { width: 100% !important; }
  .zx-twin { max-height: none; overflow: visible; }
  .zx-twin th, .zx-twin td { white-space: normal; }
  [data-testid=stElementContainer]:has(+ [data-testid=stElementContainer] .zx-sheet) { display: none !important; }
  .zx-sheet table { border-collapse: collapse; width: 100%; font-size: 0.85rem; }
  .zx-sheet caption { text-align: left; color: var(--zx-soft); padding: 0.2rem 0.4rem; }
  .zx-sheet th, .zx-sheet td { text-align: left; padding: 0.12rem 0.4rem; border: 0; border-top: 1px solid var(--zx-line);
    overflow-wrap: break-word; }
  .zx-sheet thead { color: var(--zx-soft); }
  .zx-sheet tr { break-inside: avoid; }
  [data-testid=stDataFrame][data-zx-more]::before { content: "只印出看得见的行。要全部行，先打开侧栏的“图附数据表”。"; display: block;
    color: var(--zx-muted); font-size: 0.85rem; }
  [data-testid=stPlotlyChart], [data-testid=stMetric], [data-testid=stDataFrame] { break-inside: avoid; }
  h2 { break-after: avoid; }
}
@media screen { [data-testid=stElementContainer]:has(.zx-sheet) { display: none; } }
</style><script>
if (!window.zxPrint) {
  window.zxPrint = true;
  addEventListener("beforeprint", () => {
    const page = document.querySelector("[data-testid=stMainBlockContainer]"), style = getComputedStyle(page);
    const wide = page.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    page.style.setProperty("--zx-width", `${wide}px`);
    page.style.setProperty("--zx-zoom", 1046 / wide);  // 277 mm: A4 across, without its margins
    for (const plot of document.querySelectorAll("[data-testid=stPlotlyChart]")) {
      const box = plot.closest("[data-testid=stElementContainer]");
      box.style.setProperty("--zx-tall", `${box.offsetHeight}px`);
    }
    for (const grid of document.querySelectorAll("[data-testid=stDataFrame]")) {
      const seen = grid.querySelector(".dvn-scroller");
      grid.toggleAttribute("data-zx-more", seen?.scrollHeight > seen?.clientHeight + 2);
    }
  });
}
</script>"""
