"""A figure as a picture of its own: plotly's own export in the browser, with the page's header over it."""

import html

# Adds title, period, release and the marks of demo data and of a trial for the moment of the export only: the page keeps its figure.
# A constant script; what it writes stands on the page.
SAVE = """<script>
if (!window.zxSave) {
  window.zxSave = true;
  const safe = text => text.replace(/[&<>]/g, sign => ({"&": "&amp;", "<": "&lt;", ">": "&gt;"})[sign]);
  const shown = query => [...document.querySelectorAll(query)].map(node => node.textContent.trim()).filter(Boolean);
  addEventListener("click", event => {
    const button = event.target.closest?.("[data-zx-image]");
    let box = button?.closest("[data-testid=stElementContainer]");
    while (box && !box.querySelector(".js-plotly-plot")) box = box.previousElementSibling;
    const plot = box?.querySelector(".js-plotly-plot"), camera = plot?.querySelector(".modebar-btn");
    if (!camera) return;
    const kept = plot.layout, margin = plot._fullLayout.margin, more = 56, title = button.dataset.zxTitle;
    const under = shown(".zx-trial b").concat(shown(".zx-title > *")).map(safe).join(" · ");
    plot.layout = {...kept, paper_bgcolor: getComputedStyle(document.querySelector(".stApp")).backgroundColor,
      margin: {...kept.margin, t: margin.t + more},
      title: {text: safe(title), subtitle: {text: under, font: {size: 12}}, font: {size: 17}, x: 0, xref: "container", xanchor: "left",
        y: 1, yref: "container", yanchor: "top", pad: {l: 8, t: 10}}};
    plot._context.toImageButtonOptions = {format: button.dataset.zxImage, filename: title, scale: 2,
      width: plot.clientWidth, height: plot.clientHeight + more};
    camera.click();
    plot.layout = kept;
  });
}
</script>"""


def buttons(alt: str) -> str:
    """Two buttons that save the figure above them. alt: what it is called, which names the file too."""
    title = html.escape(alt)
    kinds = "".join(
        f'<button type="button" data-zx-image="{kind.lower()}" data-zx-title="{title}" aria-label="{title}：存为 {kind}">存为 {kind}</button>'
        for kind in ("PNG", "SVG")
    )
    return f'<div class="zx-save">{kinds}</div>'
