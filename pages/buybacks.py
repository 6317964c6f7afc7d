"""."""
import streamlit as st

from ui import frame

view = frame.view()
st.write("x")
