"""The cell of a grid that is open: what is typed in it stays in the browser until it is closed."""

import streamlit as st

# Of two quick clicks the grid takes the focus back from the cell that they open: what is typed then would go nowhere.
# And a page that is closed would take an open cell with it. A constant script: it holds no data.
_SCRIPT = """<script>
if (!window.zxOpenCell) {
  window.zxOpenCell = true;
  const open = () => document.querySelector("#portal textarea, #portal input");
  addEventListener("dblclick", () => {  // the second click may lie on the cell that the first has opened
    for (const wait of [60, 120, 180, 240, 300, 400]) setTimeout(() => {
      if (open() && !open().contains(document.activeElement)) open().focus();
    }, wait);
  }, true);
  addEventListener("beforeunload", event => { if (open()) event.preventDefault(); });
}
</script>"""


def watch() -> None:
    """After a grid that can be typed in: two quick clicks open a cell, and an open cell is asked about before the page is closed."""
    st.html(_SCRIPT, unsafe_allow_javascript=True)
