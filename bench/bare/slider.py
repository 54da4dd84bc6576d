"""The floor of a what-if: a bare Streamlit page with one slider, a treemap of 110 units and their ranks before and after as lines.

No store, no framework, no tables: one weight of five moves a mean. Run from the root, as bench/bare/app.py.
"""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

UNITS, DIMENSIONS = 110, 5


@st.cache_data
def scores() -> np.ndarray:
    """Five scores a unit."""
    return np.random.default_rng(0).uniform(50, 100, (UNITS, DIMENSIONS))


st.set_page_config(layout="wide")
st.title("试算")
weight = st.slider("权重", 0, 80, 20)
index = pd.Series(np.average(scores(), axis=1, weights=[weight, *[20] * (DIMENSIONS - 1)]))
before = pd.Series(scores().mean(axis=1)).rank(ascending=False)
after = index.rank(ascending=False)
names = [f"第{i + 1}单位<br>{value:.1f}" for i, value in enumerate(index)]
left, right = st.columns(2)
left.plotly_chart(go.Figure(go.Treemap(labels=names, parents=[""] * UNITS, values=[1] * UNITS)), key="tiles")
ranks = np.column_stack([before, after, np.full(UNITS, np.nan)]).ravel()
lines = go.Scatter(x=[0, 1, None] * UNITS, y=ranks, mode="lines")
ends = [go.Scatter(x=[side] * UNITS, y=rank, mode="markers", text=names) for side, rank in enumerate((before, after))]
right.plotly_chart(go.Figure([lines, *ends]), key="ranks")
