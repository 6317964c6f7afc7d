"""What the numbers mean: the tables, the views, the snapshot file that carries them, and the way to
ask it.
"""

import os

# DuckDB's allocator keeps what a question took until the next ones need it: 300 MB after the
# largest. Given back after half a second the process holds 200 MB less, and no question takes
# longer. It reads this once, when duckdb is imported; what the environment says stands.
os.environ.setdefault(
    "DUCKDB_JE_MALLOC_CONF", "background_thread:true,dirty_decay_ms:500,muzzy_decay_ms:0"
)
