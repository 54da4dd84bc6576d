"""Figures: pure functions from a DataFrame to a plotly Figure. Colours, fonts and number formats live in theme.py."""
