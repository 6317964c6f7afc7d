"""What load costs a plain Streamlit app: one page with two charts and a table over the served
snapshot, as anyone would write it. benchmarks/load.py runs it beside Harbourview.
"""

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from warehouse.ask import ask as ask_warehouse
from warehouse.ask import served

YEARS = {"1y": 1, "3y": 3, "5y": 5, "10y": 10, "max": 50}

st.set_page_config(page_title="Baseline", layout="wide")


@st.cache_data
def ask(snapshot: str, question: str, *values: str) -> pd.DataFrame:
    return ask_warehouse(question, values)


snapshot = served().snapshot_id
tickers = ask(
    snapshot,
    """
    SELECT DISTINCT ticker
    FROM valuation
    WHERE metric = 'pe_ttm' AND frequency = 'daily'
    ORDER BY ticker
    """,
)["ticker"].tolist()
chosen = st.multiselect("Companies", tickers, default=["0700.HK"])
window = st.segmented_control("Window", list(YEARS), default="5y", required=True)
ticker = chosen[0] if chosen else tickers[0]
rows = ask(
    snapshot,
    """
    SELECT date, close, value AS pe
    FROM valuation
    WHERE ticker = ? AND metric = 'pe_ttm' AND basis = 'adjusted'
    ORDER BY date
    """,
    ticker,
)
rows = rows[rows["date"] >= rows["date"].max() - pd.DateOffset(years=YEARS[window])]
st.metric("Close", f"{rows['close'].iloc[-1]:.2f}")
left, right = st.columns(2)
for place, column in ((left, "close"), (right, "pe")):
    figure = go.Figure(go.Scatter(x=rows["date"], y=rows[column], mode="lines"))
    figure.update_layout(title=f"{column} of {ticker}", yaxis_title=column, height=420)
    place.plotly_chart(figure, width="stretch", key=column)
st.dataframe(rows.tail(40).iloc[::-1], hide_index=True)
