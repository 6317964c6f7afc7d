"""What ui/compat.py takes from libraries is still there, and still does what we take it for."""

import inspect

import pandas as pd
import pytest
import streamlit as st
from pandas.io.formats.style import Styler
from streamlit.testing.v1 import AppTest

from ui import compat

pytestmark = pytest.mark.unit


def test_each_function_of_compat_has_a_guard_test():
    ours = {
        name
        for name, one in inspect.getmembers(compat, inspect.isfunction)
        if one.__module__ == compat.__name__
    }
    assert ours == {"only_colours"}, "a function of ui/compat.py has no guard test here"


def test_only_colours_is_what_streamlit_takes_from_a_styler():
    version = f"pandas {pd.__version__}, streamlit {st.__version__}"
    assert callable(getattr(Styler, "_translate", None)), (
        f"{version}: pandas' Styler has no _translate any more; read marshall_styler of Streamlit "
        "for what it takes from a styler now"
    )

    def page():
        import pandas as pd
        import streamlit as st

        from ui.compat import only_colours

        frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.25, 4.0]})
        styler = frame.style.format("{:.0f} written by pandas").map(
            lambda value: "color: red" if value > 3 else "", subset=["b"]
        )
        st.dataframe(only_colours(styler))

    at = AppTest.from_function(page).run()
    assert not at.exception, (
        f"{version}: a table of ui/compat.only_colours cannot be drawn: {at.exception[0].message}"
    )
    told = at.dataframe[0].proto.arrow_data.styler
    assert "row0_col1" in told.styles, (
        f"{version}: the colours of a styler do not reach the browser: {told.styles!r}; either "
        "Styler.ctx or the shape of what _translate returns (cellstyle: props, selectors) changed"
    )
    assert "color: red" in told.styles
    assert "row0_col0" not in told.styles
    assert b"written by pandas" not in told.display_values, (
        f"{version}: Streamlit takes a styler's words although ui/compat.only_colours gives none: "
        "it no longer asks the styler's own _translate"
    )


def test_only_colours_still_saves_what_it_is_for():
    """As pandas is: where it writes no cell as HTML any more, only_colours can go."""
    whole = pd.DataFrame({"a": [1.0]}).style._translate(False, False)  # noqa: SLF001 (its guard)
    assert any("display_value" in cell for row in whole["body"] for cell in row), (
        f"pandas {pd.__version__}: a styler does not write its cells by itself any more; see "
        "whether ui/compat.only_colours is still needed"
    )
