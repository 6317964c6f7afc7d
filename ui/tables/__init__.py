"""Tables as pages show them: right-aligned figures with their units in the header, grey where a figure is stale or missing. A room for each page."""

from ui.tables.buybacks import basis_words, buyback_days, buyback_league, buyback_mandates, buyback_prices, buyback_reconciliation, buyback_rulings, buyback_statements
from ui.tables.company import company_bridge, company_brokers, company_calendar, company_changes, company_documents, company_kpis
from ui.tables.coverage import coverage, definitions
from ui.tables.data import company_freshness, dictionary, findings, freshness, price_lines, refusal, rollback, rule, rulings, snapshots, sources
from ui.tables.documents import document_events, document_publisher, event_day, search_terms, stories
from ui.tables.estimates import (
    broker_words,
    brokers_words,
    consensus,
    definition_words,
    estimates,
    figure_words,
    measure_words,
    method_words,
    ratings,
    surprise_words,
    surprises,
    targets,
)
from ui.tables.market import market_review, market_state, printed_moves, printed_review
from ui.tables.overview import overview, subsectors
from ui.tables.parts import height
from ui.tables.segments import kpi_figure, kpi_values, kpis, moved, segment_reconciliation, segments, theme_growth
from ui.tables.traffic import sector_stats, site_traffic, stat_period, stat_unit
from ui.tables.valuation import basket_members, forward_inputs, per_share_words, points, trailing_inputs, windows, year_pe

__all__ = [
    "basis_words", "basket_members", "broker_words", "brokers_words", "buyback_days", "buyback_league", "buyback_mandates", "buyback_prices", "buyback_reconciliation", "buyback_rulings", "buyback_statements", "company_bridge", "company_brokers", "company_calendar", "company_changes", "company_documents", "company_freshness", "company_kpis", "consensus", "coverage",
    "definition_words", "definitions", "dictionary", "document_events", "document_publisher", "estimates", "event_day", "figure_words", "findings", "forward_inputs",
    "freshness", "height", "kpi_figure", "kpi_values", "kpis", "market_review", "market_state", "measure_words", "method_words", "moved", "overview", "per_share_words", "points",
    "price_lines", "printed_moves", "printed_review", "ratings", "refusal", "rollback", "rule", "rulings", "search_terms", "sector_stats", "segment_reconciliation", "segments",
    "site_traffic", "snapshots", "sources", "stat_period", "stat_unit", "stories", "subsectors", "surprise_words", "surprises", "targets", "theme_growth", "trailing_inputs", "windows", "year_pe",
]
