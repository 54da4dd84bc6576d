"""method"""
import streamlit as st

from ui import viewer

view = viewer.current()
st.write(view.period)
