"""What the numbers mean: the tables, the views, the snapshot file that carries them, and the way to
ask it.
"""
