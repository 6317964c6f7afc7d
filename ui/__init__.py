"""What pages share: words, formats, links, charts and small panels.

Nothing here computes finance.
"""
