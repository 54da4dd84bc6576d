"""How a slide looks and is steered in the browser: 1920 × 1080 pixels, scaled as a whole to what the screen has.

All constant: neither the style sheets nor the script hold data.
"""

GROUNDS = {
    "light": """<style>.st-key-stage_room {
--paper: #FFFFFF; --ink: #23272E; --muted: #5B626E; --line: #D6D3CC; --soft: #F3F1EC; --house: #8C1D18; --good: #176A64; --bad: #94481A;
}</style>""",
    "dark": """<style>.st-key-stage_room {
--paper: #14171C; --ink: #ECEAE5; --muted: #B4B9C2; --line: #3A404A; --soft: #1F242B; --house: #F0837A; --good: #55B9AE; --bad: #DE9660;
}</style>""",
}

SLIDE = """<style>
.st-key-meeting_slides { gap: 0.1rem; max-height: max(430px, 100vh - 230px); overflow: auto; flex-wrap: nowrap; }
.st-key-meeting_slides [class*=st-key-meeting_slide_] button { justify-content: flex-start; text-align: left; }
.st-key-meeting_slides [class*=st-key-meeting_slide_] button > * { width: auto; margin: 0; }
.st-key-stage_room { background: var(--paper); color: var(--ink); overflow: hidden; position: relative; aspect-ratio: 16 / 9; padding: 0;
  outline: 1px solid var(--line); }
.st-key-stage_room .st-key-stage_slide {
  position: absolute; left: var(--zx-left, 0); top: var(--zx-top, 0); width: 1920px; min-width: 1920px; max-width: none; height: 1080px;
  transform: scale(var(--zx-scale, 0.4)); transform-origin: 0 0;
  padding: 56px 80px 36px; gap: 24px; flex-wrap: nowrap; font-size: 24px; line-height: 1.3;
}
.st-key-stage_slide > * { flex: none; }
.st-key-stage_slide > :has(> .st-key-stage_body) {
  flex: 1 1 0; min-height: 0; position: relative; overflow: hidden;
}
/* Streamlit gives a figure the size that its frame has on the screen, scaled down; so the frame is as much larger. */
.st-key-stage_body [data-testid=stFullScreenFrame] {
  position: absolute; left: 0; top: 0; width: calc(100% / var(--zx-scale, 0.4)); height: calc(100% / var(--zx-scale, 0.4));
}
.st-key-stage_body { height: 100%; }
.st-key-stage_body > [data-testid=stLayoutWrapper], .st-key-stage_body [data-testid=stHorizontalBlock] { height: 100%; }
.st-key-stage_body [data-testid=stHorizontalBlock] { flex-wrap: nowrap; gap: 56px; align-items: stretch; }
.st-key-stage_body [data-testid=stColumn] { min-width: 0; height: 100%; }
.st-key-stage_body [data-testid=stColumn] > [data-testid=stVerticalBlock] { gap: 28px; height: 100%; flex-wrap: nowrap; }
.st-key-stage_body [data-testid=stElementContainer]:has([data-testid=stPlotlyChart]) {
  flex: 1 1 0; min-height: 0; position: relative; overflow: hidden;
}
/* Streamlit gives a figure the size that its frame has on the screen, scaled down; so the frame is as much larger. */
.st-key-stage_body [data-testid=stFullScreenFrame] {
  position: absolute; left: 0; top: 0; width: calc(100% / var(--zx-scale, 0.4)); height: calc(100% / var(--zx-scale, 0.4));
}
.st-key-stage_body [data-testid=stElementContainer]:has(.zx-slide-words, .zx-slide-numbers, .zx-slide-grid) { flex: none; }
.st-key-stage_body [data-testid=stFullScreenFrame] > [data-testid=stElementToolbar] { display: none; }

.zx-slide-head div { display: flex; align-items: baseline; gap: 20px; }
.zx-slide-head h2 { font-size: 28px; line-height: 1.4; padding: 0; margin: 0; color: var(--house); font-weight: 600; flex: 1;
  overflow-wrap: anywhere; }
.zx-slide-head em { font-style: normal; font-size: 22px; border: 2px solid var(--house); color: var(--house);
  border-radius: 6px; padding: 2px 14px; flex: none; }
.zx-slide-head p { font-size: 42px; line-height: 1.38; font-weight: 700; margin: 10px 0 0; overflow-wrap: anywhere; }
.st-key-stage_slide::before { content: ""; position: absolute; left: 0; top: 60px; width: 16px; height: 32px; background: var(--house); }
.zx-slide-foot { display: flex; gap: 40px; border-top: 1px solid var(--line); padding-top: 12px; font-size: 20px; color: var(--muted); }
.zx-slide-foot span { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.zx-slide-foot b { color: var(--ink); font-variant-numeric: tabular-nums; }
.zx-slide-notes { background: var(--soft); border-left: 6px solid var(--zx-gold); padding: 12px 24px; font-size: 26px; }
.zx-slide-notes b { color: var(--muted); font-size: 20px; }
.zx-slide-notes p { margin: 2px 0; font-size: 26px; }

.zx-slide-numbers { display: grid; gap: 20px 28px; }
.zx-slide-numbers div { border-top: 3px solid var(--line); padding-top: 8px; min-width: 0; }
.zx-slide-numbers span { display: block; font-size: 24px; color: var(--muted); }
.zx-slide-numbers b { display: block; font-size: 60px; line-height: 1.15; font-weight: 700; white-space: nowrap; }
.zx-slide-numbers small { display: block; font-size: 24px; min-height: 31px; color: var(--muted); }
.zx-slide-numbers .good small { color: var(--good); } .zx-slide-numbers .bad small { color: var(--bad); }
.zx-slide-words { font-size: 28px; line-height: 1.5; margin: 0; overflow-wrap: anywhere; }
ul.zx-slide-words { padding-left: 1.1em; }
.zx-slide-words li, .zx-slide-words p { margin: 0 0 10px; font-size: 28px; }
.zx-slide-words li::marker { color: var(--house); }
.zx-slide-grid { width: 100%; border-collapse: collapse; table-layout: fixed; font-size: 24px; line-height: 31px; caption-side: bottom; margin: 0; }
.zx-slide-grid caption { text-align: left; color: var(--muted); font-size: 24px; padding: 6px 0 0; }
.zx-slide-grid th, .zx-slide-grid td { padding: 9px 10px 8px; border: 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
  overflow-wrap: break-word; color: var(--ink); background: none; }
.zx-slide-grid th { border-bottom: 2px solid var(--muted); color: var(--muted); font-weight: 600; vertical-align: bottom; }
.zx-slide-grid .n { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
.zx-slide-grid tr.strong td { font-weight: 700; background: var(--soft); }
.st-key-stage_room a[data-open] { color: inherit; cursor: pointer; text-decoration: underline dotted var(--muted); text-underline-offset: 6px; }
.st-key-stage_room a[data-open]:hover, .st-key-stage_room a[data-open]:focus-visible { color: var(--house); }
</style>"""

# What is shown in a meeting: the slide alone. On a phone held upright the columns lie below each other, at twice the size.
ALONE = """<style>
[data-testid=stSidebar], [data-testid=stHeader], [data-testid=stExpandSidebarButton], [data-testid=stToolbar],
[data-testid=stMain] .stVerticalBlock > :has(> [data-testid=stHorizontalBlock] .zx-title) { display: none !important; }
.st-key-stage_room { position: fixed; inset: 0; z-index: 99990; aspect-ratio: auto; width: auto; height: auto; }
.st-key-stage_bar {
  position: fixed; left: 50%; bottom: 14px; transform: translateX(-50%); width: auto !important; z-index: 99995; padding: 6px 10px;
  border-radius: 8px; border: 1px solid var(--zx-line); background: var(--zx-paper); color: var(--zx-ink); flex-wrap: nowrap;
  opacity: 0; animation: zx-fade 5s; transition: opacity 0.2s;
}
.st-key-stage_bar:hover, .st-key-stage_bar:focus-within { opacity: 1; }
@keyframes zx-fade { from, 70% { opacity: 1; } to { opacity: 0; } }
@media (hover: none) { .st-key-stage_bar { opacity: 0.92; animation: none; } }
@media (max-width: 640px) and (orientation: portrait) {
  .st-key-stage_room { overflow: auto; }
  .st-key-stage_room .st-key-stage_slide { width: 780px; min-width: 780px; height: auto; min-height: 1500px; padding: 40px 36px 200px; }
  .st-key-stage_slide > :has(> .st-key-stage_body) { flex: none; }
  .st-key-stage_body, .st-key-stage_body > [data-testid=stLayoutWrapper], .st-key-stage_body [data-testid=stHorizontalBlock],
  .st-key-stage_body [data-testid=stColumn], .st-key-stage_body [data-testid=stColumn] > [data-testid=stVerticalBlock] { height: auto; }
  .st-key-stage_body [data-testid=stHorizontalBlock] { flex-direction: column; gap: 28px; }
  .st-key-stage_body [data-testid=stColumn] { width: 100%; flex: none; }
  .st-key-stage_body [data-testid=stElementContainer]:has([data-testid=stPlotlyChart]) { height: 720px; flex: none; }
  .zx-slide-numbers { grid-template-columns: 1fr 1fr !important; }
  .zx-slide-grid { table-layout: auto; } .zx-slide-grid col { width: auto !important; }
  .zx-slide-foot { flex-wrap: wrap; } .zx-slide-foot span { white-space: normal; flex: none; width: 100%; }
  .st-key-stage_bar p { font-size: 0; }  /* signs alone: all of them in one row */
}
</style>"""

# Keys and clickers (which send the keys of pages), a swipe, a click on a name; and the scale that fits the slide to the screen.
SCRIPT = r"""
const KEYS = {
  ArrowRight: "next", ArrowDown: "next", PageDown: "next", " ": "next", ArrowLeft: "prev", ArrowUp: "prev", PageUp: "prev",
  Backspace: "prev", Home: "first", End: "last", Escape: "leave", n: "notes", p: "pause", d: "ground",
};
const typing = (at) => at.closest?.("input, textarea, select, [contenteditable=true], [role=listbox], [role=dialog]");

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

function fit(stage) {
  const room = document.querySelector(".st-key-stage_room");
  if (!room) return;
  if (stage.room !== room) {
    stage.seen?.disconnect();
    stage.seen = new ResizeObserver(() => fit(stage));
    stage.seen.observe(room);
    stage.room = room;
  }
  const [width, height] = [room.clientWidth, room.clientHeight];
  const upright = stage.alone && innerWidth <= 640 && innerHeight > innerWidth;
  const scale = upright ? width / 780 : Math.min(width / 1920, height / 1080);
  const at = document.documentElement.style;
  at.setProperty("--zx-scale", scale);
  at.setProperty("--zx-left", upright ? "0px" : `${(width - 1920 * scale) / 2}px`);
  at.setProperty("--zx-top", upright ? "0px" : `${(height - 1080 * scale) / 2}px`);
}

function listen(stage) {
  addEventListener("keydown", (event) => {
    if (!stage.send || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const name = event.target.closest?.("[data-open]");
    if (name && (event.key === "Enter" || event.key === " ")) stage.send(`open:${name.dataset.open}`);
    else if (!stage.alone) return;
    else if ((event.key === " " || event.key === "Enter") && event.target.matches?.("button:focus-visible")) return;
    else if (event.key === "f" || event.key === "F" || event.key === "F5") fullScreen();
    else if (KEYS[event.key] ?? KEYS[event.key.toLowerCase()]) stage.send(KEYS[event.key] ?? KEYS[event.key.toLowerCase()]);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  addEventListener("click", (event) => {
    const name = event.target.closest?.("[data-open]");
    if (name) stage.send?.(`open:${name.dataset.open}`);
    if (event.target.closest?.(".st-key-stage_full button")) fullScreen();
  });
  let from = null;
  addEventListener("touchstart", (event) => { from = event.touches[0]; }, { passive: true });
  addEventListener("touchend", (event) => {
    const to = event.changedTouches[0], across = from ? to.clientX - from.clientX : 0;
    const slope = from ? Math.abs(to.clientY - from.clientY) : 0;
    if (stage.alone && !event.target.closest?.(".st-key-stage_bar") && Math.abs(across) > 60 && Math.abs(across) > 2 * slope)
      stage.send?.(across < 0 ? "next" : "prev");
  }, { passive: true });
}

export default function ({ data, setTriggerValue }) {
  const first = !window.zxStage;
  const stage = (window.zxStage ??= {});
  // What was asked is sent until the server has heard of it: keys that follow each other fast are neither lost nor done twice.
  stage.asked = (stage.asked ?? []).filter(([number]) => number > data.heard);
  const send = (what) => {
    stage.count = Math.max(stage.count ?? 0, data.heard) + 1;
    stage.asked.push([stage.count, what]);
    setTriggerValue("act", stage.asked.map((one) => one.join(" ")).join("\n"));
  };
  stage.send = send;
  if (data.alone && !stage.alone) navigator.wakeLock?.request("screen").catch(() => {});
  stage.alone = data.alone;
  if (first) listen(stage);
  fit(stage);
  for (const wait of [60, 400]) setTimeout(() => fit(stage), wait);
  return () => {
    if (stage.send !== send) return;
    stage.send = null;
    stage.alone = false;
  };
}
"""
