"""The column dictionary of data/README.md, written from schema.sql: `python -m warehouse.dictionary` puts it there anew."""

import re

import duckdb

from warehouse import places, snapshot

README = places.ROOT / "data" / "README.md"
BEGIN, END = "<!-- From here on written by python -m warehouse.dictionary -->\n", "<!-- To here -->\n"
# Tables that a build fills itself: no file of data/curated bears their name.
BUILT = {"fx", "sessions", "findings", "dictionary", "snapshot"}
BAR = "\\|"  # a bar inside a cell of a Markdown table
WORDS = {"VARCHAR": "text", "DATE": "date", "DOUBLE": "number", "BIGINT": "whole number", "INTEGER": "whole number", "BOOLEAN": "true or false", "TIMESTAMP WITH TIME ZONE": "time with zone"}


def of_schema() -> str:
    """One Markdown section for each file of data/curated: its key, and its columns with type, whether they may be empty, and meaning."""
    with duckdb.connect() as connection:
        connection.execute((snapshot.SQL / "schema.sql").read_text("utf-8"))
        tables = connection.execute("SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE NOT internal ORDER BY table_name").fetchall()
        columns = connection.execute("SELECT schema_name, table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE NOT internal ORDER BY column_index").fetchall()
    sections = []
    for schema, table, comment in tables:
        if table in BUILT:
            continue
        lines = [f"### `{table}.csv`", "", comment, "", "| column | type | may be empty | meaning |", "|---|---|---|---|"]
        for owner, name, column, kind, nullable, meaning in columns:
            if (owner, name) == (schema, table) and (column != "correction_id" or table == "corrections"):
                lines.append(f"| `{column}` | {WORDS[kind]} | {'yes' if nullable else 'no'} | {meaning.replace('|', BAR)} |")
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


def tables_part(text: str) -> str:
    """What stands between the two marks. Raises ValueError where they are not there."""
    found = re.search(re.escape(BEGIN) + "\n(.*)\n" + re.escape(END), text, re.DOTALL)
    if not found:
        raise ValueError("data/README.md has lost the marks between which the dictionary stands")
    return found.group(1)


def main() -> None:
    text = README.read_text("utf-8")
    README.write_text(text.replace(tables_part(text), of_schema()), "utf-8")


if __name__ == "__main__":
    main()
