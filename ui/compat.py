"""What the pages take from a library that is no public interface of it: one function each, with its
reason. tests/test_compat.py says what broke when the library changes.
"""

from typing import Any

from pandas.io.formats.style import Styler


def only_colours(styler: Styler) -> Styler:
    """A styler that says how each cell looks and leaves its words to the format of its column.

    Private: Styler._translate, from which st.dataframe and st.table take a styler. pandas writes
        every cell as HTML that no browser gets: with it Streamlit takes 77 ms for 300 rows of 12
        columns, without it 22 ms (23 and 9 ms for 30 rows). Public ways that were looked for:
        st.column_config and st.table colour no single cell; Styler has no switch for its words, and
        its hide() also hides the colours.
    """

    def translated(*_: Any, **__: Any) -> dict[str, Any]:
        cells: dict[tuple, list[str]] = {}
        for (row, column), looks in styler.ctx.items():
            if looks:
                cells.setdefault(tuple(looks), []).append(f"row{row}_col{column}")
        # worked out anew for each drawing: a table that is remembered need not hold it
        styler.ctx.clear()
        return {
            "cellstyle": [
                {"props": list(looks), "selectors": selectors} for looks, selectors in cells.items()
            ]
        }

    styler._translate = translated  # noqa: SLF001 (see above)
    return styler
