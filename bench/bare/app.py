"""The floor: two bare Streamlit pages with as many plotly charts as ours, given as BARE_CHARTS="7,9".

No store, no rooms. Run from the root it has our .streamlit/config.toml, without which each rerun costs 66 ms more.
"""

import os

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

DIMENSIONS = ["甲", "乙", "丙", "丁", "戊"]


@st.cache_data
def table() -> pd.DataFrame:
    """110 units with five scores each and their mean."""
    scores = np.random.default_rng(0).uniform(50, 100, (110, 5)).round(2)
    data = pd.DataFrame(scores, columns=DIMENSIONS).assign(总分=scores.mean(axis=1).round(2))
    return data.assign(单位=[f"第{i + 1}单位" for i in range(110)])


def radar(data: pd.DataFrame) -> go.Figure:
    """One unit against the mean."""
    ring = [*DIMENSIONS, DIMENSIONS[0]]
    lines = [data.loc[3, ring], data[DIMENSIONS].mean()[ring]]
    return go.Figure([go.Scatterpolar(r=line, theta=ring, fill="toself") for line in lines])


def treemap(data: pd.DataFrame) -> go.Figure:
    """All units as tiles."""
    return go.Figure(go.Treemap(labels=data["单位"], parents=[""] * len(data), values=data["总分"]))


def scatter(data: pd.DataFrame) -> go.Figure:
    """All units as points."""
    return go.Figure(go.Scatter(x=data["甲"], y=data["乙"], mode="markers", text=data["单位"]))


def bars(data: pd.DataFrame) -> go.Figure:
    """The best thirty."""
    best = data.nlargest(30, "总分")
    return go.Figure(go.Bar(x=best["单位"], y=best["总分"]))


def heatmap(data: pd.DataFrame) -> go.Figure:
    """Forty units × five scores."""
    return go.Figure(go.Heatmap(z=data[DIMENSIONS].head(40).T, y=DIMENSIONS))


def lines(data: pd.DataFrame) -> go.Figure:
    """Eight lines over twelve periods."""
    return go.Figure([go.Scatter(y=data["总分"].iloc[i * 12 : i * 12 + 12]) for i in range(8)])


KINDS = (treemap, scatter, bars, radar, heatmap, lines)


def page(title: str, charts: int) -> None:
    """A heading and that many charts, in two columns."""
    st.title(title)
    columns = st.columns(2)
    for i in range(charts):
        figure = KINDS[i % len(KINDS)](table()).update_layout(height=360)
        columns[i % 2].plotly_chart(figure, key=f"{title}{i}")


def first() -> None:
    """The twin of 云图."""
    page("第一页", int(os.environ["BARE_CHARTS"].split(",")[0]))


def second() -> None:
    """The twin of 单位画像."""
    page("第二页", int(os.environ["BARE_CHARTS"].split(",")[1]))


st.set_page_config(layout="wide")
st.navigation([st.Page(first, title="第一页"), st.Page(second, title="第二页")]).run()
