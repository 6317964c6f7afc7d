"""Tables as pages show them: right-aligned figures with their units in the header, grey where a figure is stale or missing. A room for each page."""

from ui.tables.buybacks import basis_words, buyback_days, buyback_league, buyback_statements
from ui.tables.data import company_freshness, dictionary, findings, freshness, refusal, rule, rulings, sources
from ui.tables.overview import overview
from ui.tables.parts import height, show
from ui.tables.segments import kpis, segment_reconciliation, segments
from ui.tables.valuation import basket_members, forward_inputs, points, trailing_inputs, windows, year_pe

__all__ = [
    "basis_words", "basket_members", "buyback_days", "buyback_league", "buyback_statements", "company_freshness", "dictionary", "findings",
    "forward_inputs", "freshness", "height", "kpis", "overview", "points", "refusal", "rule", "rulings", "segment_reconciliation", "segments",
    "show", "sources", "trailing_inputs", "windows", "year_pe",
]
