"""Four steps for somebody who comes for the first time. Whether they were seen stays in the browser, the server knows nothing of it."""

SEEN = "zxTourSeen"  # the browser's own note

AGAIN = '<button class="zx-tour-again" type="button">再看一遍导览</button>'

STYLE = """<style>
.zx-tour {
  position: fixed; right: 1.5rem; bottom: 1.5rem; z-index: 999999; width: 22rem; padding: 0.9rem 1.1rem;
  background: var(--zx-raised); color: var(--zx-ink);
  border: 1px solid var(--zx-line); border-top: 3px solid var(--zx-red); border-radius: 6px;
  box-shadow: 0 8px 30px rgba(35, 39, 46, 0.22); line-height: 1.6;
}
.zx-tour h2 { font-size: 1.05rem; margin: 0; padding: 0; color: var(--zx-house); }
.zx-tour p { margin: 0.2rem 0 0.7rem; }
.zx-tour div { display: flex; align-items: center; gap: 0.5rem; }
.zx-tour small { flex: 1; color: var(--zx-muted); font-size: 0.85rem; }
.zx-tour button, .zx-tour-again {
  font: inherit; color: var(--zx-ink); background: var(--zx-paper); border: 1px solid var(--zx-line); border-radius: 6px;
  padding: 0.25rem 0.9rem; cursor: pointer;
  min-height: 2.3rem;
}
.zx-tour button:last-child { color: var(--zx-paper); background: var(--zx-red); border-color: var(--zx-red); }
.zx-tour button:focus-visible, .zx-tour-again:focus-visible, .zx-term:focus-visible { outline: 2px solid var(--zx-red);
  outline-offset: 2px; }
.zx-tour-ring {
  position: fixed; z-index: 999998; pointer-events: none; border: 3px solid var(--zx-gold); border-radius: 8px;
  box-shadow: 0 0 0 3px var(--zx-paper);
}
@media (max-width: 640px) { .zx-tour { left: 0.75rem; right: 0.75rem; bottom: 0.75rem; width: auto; } }
@media print { .zx-tour, .zx-tour-ring { display: none; } }
</style>"""

# A constant script: it holds no data. A card in the corner and a ring around what it speaks of; nothing is shut off meanwhile.
# It begins on the first page, of which it speaks, and not where the store failed: there is no figure then. Streamlit drops a script with a tag in it.
SCRIPT = """<script>
if (!window.zxTour) {
  window.zxTour = true;
  const KEY = "the key";
  const steps = [
    ["先看全局", "云图上每个标记是一个单位，颜色和符号是它的梯队。点一个，就是它的画像。", ".st-key-map, .st-key-quadrant"],
    ["换一期看", "这里选哪一期，各页都跟着换。地址栏里的链接就是眼前这一屏，可以发给别人。", ".st-key-period"],
    ["换一页看", "页面分总览、治理、研判、说明。页上的图和表点下去，一直看到数从哪里来。",
      "[data-testid=stSidebarNav], [data-testid=stExpandSidebarButton]"],
    ["不懂的词", "带点线的词，指一下或点一下就有解释；全部名词在“方法说明”里。", ".zx-term"],
  ];
  let card, ring, step, before;
  const make = (tag, words, on) => Object.assign(document.createElement(tag), { textContent: words, onclick: on ?? null });
  const seen = () => { try { return localStorage.getItem(KEY); } catch { return true; } };  // where nothing is kept: never
  const shown = what => [...document.querySelectorAll(what)].map(one => one.getBoundingClientRect())
    .find(box => box.width && box.right > 0 && box.bottom > 0 && innerHeight > box.top && innerWidth > box.left);
  const follow = () => {
    if (!card) return;
    const at = shown(steps[step][2]);
    ring.hidden = !at;
    if (at) {
      const left = Math.max(at.left - 6, 3), top = Math.max(at.top - 6, 3);
      const width = Math.min(at.right + 6, innerWidth - 9) - left, height = Math.min(at.bottom + 6, innerHeight - 9) - top;
      ring.style.cssText = `left: ${left}px; top: ${top}px; width: ${width}px; height: ${height}px`;
    }
    requestAnimationFrame(follow);
  };
  const end = () => { card?.remove(); ring?.remove(); card = ring = null; before?.focus?.({ preventScroll: true }); };
  const turn = by => {
    step += by;
    if (step === steps.length) return end();
    const row = make("div"), next = make("button", step + 1 === steps.length ? "开始使用" : "下一步", () => turn(1));
    row.append(make("small", `${step + 1} / ${steps.length}`), make("button", "跳过", end));
    if (step) row.append(make("button", "上一步", () => turn(-1)));
    row.append(next);
    card.replaceChildren(make("h2", steps[step][0]), make("p", steps[step][1]), row);
    next.focus({ preventScroll: true });
  };
  const begin = () => {
    end();
    try { localStorage.setItem(KEY, "1"); } catch { /* a browser that keeps nothing */ }
    [before, step, ring, card] = [document.activeElement, 0, make("div"), make("section")];
    ring.className = "zx-tour-ring";
    card.className = "zx-tour";
    card.setAttribute("aria-label", "导览");
    card.setAttribute("aria-live", "polite");
    document.body.append(ring, card);
    turn(0);
    follow();
  };
  addEventListener("keydown", event => { if (card && event.key === "Escape") end(); });
  addEventListener("click", event => { if (event.target.closest?.(".zx-tour-again")) begin(); });
  const first = () => ["", "overview"].includes(location.pathname.split("/").pop());
  const wait = seen() || setInterval(() => {
    if (!first() || !shown("[data-testid=stPlotlyChart] .main-svg")) return;
    clearInterval(wait);
    if (!seen()) begin();
  }, 300);
}
</script>""".replace("the key", SEEN)
