"""Harbourview: the entry of `streamlit run app.py`.

The pages' frame is ui/main.py. This file puts the checks and headers of ui/server.py before
Streamlit's own server, and /healthz beside it.
"""

from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit.starlette import App

from ui import process
from ui.health import healthz
from ui.server import KnownHostAndOrigin, SecurityHeaders

process.before_duckdb()
app = App(
    "ui/main.py",
    routes=[Route("/healthz", healthz)],
    middleware=[Middleware(SecurityHeaders), Middleware(KnownHostAndOrigin)],
)
