"""A figure as a picture of its own: plotly's own export in the browser, with the page's header over it; light, as on paper."""

import html

# A figure of the dark theme brings along what each of its colours was in the light one: pictures and paper have those.
# Adds title, period, release and the marks of demo data and of a trial for the moment of the export only: the page keeps its figure.
# A constant script; what it writes stands on the page.
SAVE = r"""<script>
if (!window.zxSave) {
  window.zxSave = true;
  const safe = text => text.replace(/[&<>]/g, sign => ({"&": "&amp;", "<": "&lt;", ">": "&gt;"})[sign]);
  const light = (value, was) => {
    if (typeof value === "string") return value.replace(/#[0-9a-f]{6}|(?<=rgba?\()\d+, ?\d+, ?\d+/gi, found => {
      const hex = found[0] === "#" ? found : "#" + found.split(",").map(n => (+n).toString(16).padStart(2, "0")).join("");
      const lit = was[hex.toUpperCase()] ?? hex;
      return found[0] === "#" ? lit : [1, 3, 5].map(at => parseInt(lit.slice(at, at + 2), 16)).join(", ");
    });
    if (Array.isArray(value)) return value.map(one => light(one, was));
    return value?.constructor === Object ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, light(one, was)])) : value;
  };
  let dark = [];
  addEventListener("beforeprint", () => {
    for (const plot of document.querySelectorAll(".js-plotly-plot"))
      if (plot.layout?.meta?.light)
        for (const node of plot.querySelectorAll("svg [style]")) {
          dark.push([node, node.getAttribute("style")]);
          node.setAttribute("style", light(node.getAttribute("style"), plot.layout.meta.light));
        }
  });
  addEventListener("afterprint", () => {
    for (const [node, style] of dark) node.setAttribute("style", style);
    dark = [];
  });
  const shown = query => [...document.querySelectorAll(query)].map(node => node.textContent.trim()).filter(Boolean);
  addEventListener("click", event => {
    const button = event.target.closest?.("[data-zx-image]");
    let box = button?.closest("[data-testid=stElementContainer]");
    while (box && !box.querySelector(".js-plotly-plot")) box = box.previousElementSibling;
    const plot = box?.querySelector(".js-plotly-plot"), camera = plot?.querySelector(".modebar-btn");
    if (!camera) return;
    const [data, kept] = [plot.data, plot.layout], was = kept.meta?.light ?? {}, margin = plot._fullLayout.margin, more = 56,
      title = button.dataset.zxTitle;
    const under = shown(".zx-trial b").concat(shown(".zx-title > *")).map(safe).join(" · ");
    plot.data = light(data, was);
    plot.layout = {...light(kept, was), paper_bgcolor: "white",
      margin: {...kept.margin, t: margin.t + more},
      title: {text: safe(title), subtitle: {text: under, font: {size: 12}}, font: {size: 17}, x: 0, xref: "container", xanchor: "left",
        y: 1, yref: "container", yanchor: "top", pad: {l: 8, t: 10}}};
    plot._context.toImageButtonOptions = {format: button.dataset.zxImage, filename: title, scale: 2,
      width: plot.clientWidth, height: plot.clientHeight + more};
    camera.click();
    [plot.data, plot.layout] = [data, kept];
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
