"""Harbourview: the entry of `streamlit run app.py`.

The pages' frame is ui/main.py. This file puts the checks of ui/server.py before Streamlit's own
server.
"""

from starlette.middleware import Middleware
from streamlit.starlette import App

from ui import process
from ui.server import KnownHostAndOrigin

process.before_duckdb()
app = App("ui/main.py", middleware=[Middleware(KnownHostAndOrigin)])
