-- What does the whole universe look like on one evening?

-- The latest revenue known on the evening and its growth.
CREATE MACRO revenue_growth(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
known AS (
    SELECT i.* FROM earnings_items AS i, asked
    WHERE i.item = 'revenue' AND i.basis = 'reported' AND i.in_reporting_currency
        AND coalesce(i.announced_on, presumed_known_on(i.period_start, i.period_end)) <= asked.day
    QUALIFY row_number() OVER (PARTITION BY i.ticker, i.period_start, i.period_end ORDER BY version DESC) = 1
),
latest AS (SELECT * FROM known QUALIFY row_number() OVER (PARTITION BY ticker ORDER BY period_end DESC, months) = 1),
final AS (
    SELECT l.ticker, l.fiscal_period, l.period_end, l.months, l.value AS revenue_mn, l.currency, l.announced_on,
           coalesce(l.yoy_pct, CASE WHEN p.value > 0 THEN 100 * (l.value / p.value - 1) END) AS revenue_yoy_pct,
           CASE WHEN l.yoy_pct IS NOT NULL THEN 'printed' WHEN p.value > 0 THEN 'prior_row' END AS yoy_basis,
           l.quality IN ('rounded', 'about') OR p.quality IN ('rounded', 'about') AS from_rounded, l.source_id
    FROM latest AS l
    LEFT JOIN known AS p ON p.ticker = l.ticker AND p.months = l.months
        AND last_day(p.period_end) = last_day(CAST(l.period_end - INTERVAL 1 YEAR AS DATE))
)
SELECT * FROM final ORDER BY ticker;
COMMENT ON MACRO TABLE revenue_growth IS
    'The latest announced revenue on the evening of as_of and its growth on the year before. One row per (ticker).';

CREATE MACRO overview(as_of, years, eps_basis) AS TABLE
WITH multiples AS MATERIALIZED (
    SELECT * FROM valuation_percentiles(as_of, years) WHERE metric IN ('pe_ttm', 'pe_forward') AND basis = eps_basis
)
SELECT c.ticker, c.issuer_ticker, c.kind, c.name_en, c.name_zh, c.short_en, c.short_zh, c.subsector, x.date, x.close,
    x.currency, x.price_is_stale, x.change_1d_pct, x.change_1m_pct, x.month_base_date, x.change_ytd_pct,
    x.year_base_date,
       v.value AS pe_ttm, v.status, v.percentile, v.n, v.first_date, v.coverage_pct, v.frequency, v.eps_period_end,
           f.value AS pe_forward, f.status AS forward_status,
       b.amount_hkd AS buyback_ytd_hkd, b.last_trade_date AS buyback_to, b.basis_note AS buyback_note,
           b.preference AS buyback_basis, y.gross_yield_pct, y.basis AS yield_basis, y.net_reduction_pct, y.net_quality,
       r.fiscal_period, r.period_end AS revenue_period_end, c.fiscal_year_end_month, r.revenue_mn,
           r.currency AS revenue_currency, r.revenue_yoy_pct, r.yoy_basis, r.from_rounded, r.announced_on,
           x.source_id AS price_source_id, r.source_id AS revenue_source_id
FROM companies AS c
LEFT JOIN price_changes(as_of) AS x ON x.ticker = c.ticker
LEFT JOIN multiples AS v ON v.ticker = c.ticker AND v.metric = 'pe_ttm'
LEFT JOIN multiples AS f ON f.ticker = c.ticker AND f.metric = 'pe_forward'
LEFT JOIN buyback_ytd(as_of) AS b ON b.ticker = c.ticker
LEFT JOIN buyback_yield(as_of) AS y ON y.ticker = c.ticker
LEFT JOIN revenue_growth(as_of) AS r ON r.ticker = c.issuer_ticker
WHERE c.kind IN ('company', 'peer', 'line')
ORDER BY v.percentile NULLS LAST, c.ticker;
COMMENT ON MACRO TABLE overview IS
    'The coverage universe on the evening of as_of: price, PE-TTM with its percentile, forward PE, buybacks since 1 '
    'January and their yield, latest revenue growth. One row per (ticker).';

-- How does each subsector stand as a whole? One line an issuer; the last row is all of them.
CREATE MACRO subsectors(as_of, years, eps_basis) AS TABLE
SELECT subsector, count(*) AS companies, count(percentile) AS ranked, median(percentile) AS median_percentile,
    median(pe_ttm) FILTER (status = 'OK') AS median_pe, median(change_1m_pct) AS median_change_1m_pct,
    median(change_ytd_pct) AS median_change_ytd_pct,
       median(revenue_yoy_pct) AS median_revenue_yoy_pct, sum(buyback_ytd_hkd) AS buyback_ytd_hkd,
           count(buyback_ytd_hkd) AS buybacks_known, list(ticker ORDER BY percentile NULLS LAST, ticker) AS tickers
FROM overview(as_of, years, eps_basis)
WHERE kind = 'company'
GROUP BY GROUPING SETS ((subsector), ())
ORDER BY subsector NULLS LAST;
COMMENT ON MACRO TABLE subsectors IS
    'The covered companies of each subsector on the evening of as_of: medians of the members that have a figure. One '
    'row per (subsector); the one without a name is all of them.';

-- On which evenings were most companies fresh? One row per month-end of the prices.
CREATE VIEW freshness_by_month AS
WITH observed AS (
    SELECT v.* FROM valuation AS v JOIN companies AS c USING (ticker) WHERE c.kind = 'company' AND v.metric = 'pe_ttm'
),
first_ranked AS (SELECT ticker, basis, min(date) AS first_ok FROM observed WHERE status = 'OK' GROUP BY ALL),
months AS (
    SELECT basis, date_trunc('month', date) AS month, max(date) AS date, count(DISTINCT ticker) FILTER (status = 'OK')
        AS fresh
    FROM observed
    GROUP BY ALL
)
SELECT m.basis, m.date, m.fresh, (
    SELECT count(*) FROM first_ranked AS f WHERE f.basis = m.basis AND f.first_ok <= m.date
) AS ever_ranked
FROM months AS m;
COMMENT ON VIEW freshness_by_month IS
    'One row per (basis, date): how many of the covered companies that had an OK PE by then have one in that month.';
COMMENT ON COLUMN freshness_by_month.basis IS 'adjusted or reported';
COMMENT ON COLUMN freshness_by_month.date IS 'Last session of the month with a price';
COMMENT ON COLUMN freshness_by_month.fresh IS 'Companies with an OK PE in that month';
COMMENT ON COLUMN freshness_by_month.ever_ranked IS 'Companies that had an OK PE on that basis in that month or before';

-- How much is loaded, and how new is it?
CREATE VIEW freshness AS
SELECT 'prices' AS table_name, count(*) AS row_count, max(date) AS latest FROM prices
UNION ALL SELECT 'fx', count(*), max(date) FROM fx
UNION ALL SELECT 'earnings', count(*), max(announced_on) FROM printed.earnings
UNION ALL SELECT 'shares', count(*), max(date) FROM printed.shares
UNION ALL SELECT 'share_changes', count(*), max(period_end) FROM printed.share_changes
UNION ALL SELECT 'segments', count(*), max(announced_on) FROM printed.segments
UNION ALL SELECT 'like_for_like', count(*), max(announced_on) FROM like_for_like
UNION ALL SELECT 'buybacks', count(*), max(end_date) FROM printed.buybacks WHERE measure = 'bought'
UNION ALL SELECT 'corporate_actions', count(*), max(ex_date) FROM corporate_actions
UNION ALL SELECT 'dividends_declared', count(*), max(announced_on) FROM dividends_declared
UNION ALL SELECT 'dividend_coverage', count(*), max(last_day) FROM dividend_coverage
UNION ALL SELECT 'buyback_coverage', count(*), max(last_day) FROM buyback_coverage
UNION ALL SELECT 'buyback_mandates', count(*), max(end_date) FROM buyback_mandates
UNION ALL SELECT 'buyback_reports', count(*), max(coalesce(printed_on, last_trade_day)) FROM buyback_reports
UNION ALL SELECT 'kpis', count(*), max(announced_on) FROM kpis
UNION ALL SELECT 'estimates', count(*), max(published_on) FROM estimates
UNION ALL SELECT 'target_prices', count(*), max(published_on) FROM target_prices
UNION ALL SELECT 'ratings', count(*), max(published_on) FROM ratings
UNION ALL SELECT 'surprises', count(*), max(announced_on) FROM surprises
UNION ALL SELECT 'coverage', count(*), max(published_on) FROM printed.coverage
UNION ALL SELECT 'index_valuation', count(*), max(date) FROM index_valuation
UNION ALL SELECT 'market_moves', count(*), max(period_end) FROM market_moves
UNION ALL SELECT 'documents', count(*), max(published_on) FROM documents
UNION ALL SELECT 'events', count(*), max(event_date) FROM events
UNION ALL SELECT 'site_traffic', count(*), max(week_end) FROM site_traffic
UNION ALL SELECT 'sector_stats', count(*), max(period_end) FROM sector_stats
UNION ALL SELECT 'companies', count(*), NULL FROM companies
UNION ALL SELECT 'sources', count(*), max(published_on) FROM sources
UNION ALL SELECT 'corrections', count(*), NULL FROM corrections
UNION ALL SELECT 'alternatives', count(*), NULL FROM alternatives;
COMMENT ON VIEW freshness IS 'One row per (table_name): how many rows are loaded and how new the newest is.';
COMMENT ON COLUMN freshness.table_name IS 'Table';
COMMENT ON COLUMN freshness.row_count IS 'Rows loaded';
COMMENT ON COLUMN freshness.latest IS 'Newest date among them: session, announcement, publication or end of period';

-- Is that fresh by the table's own cadence? Days after which a table is late, and stale: results come each quarter,
-- quotes each month, a loader each day. What has no cadence has no state.
CREATE MACRO freshness_state(reaches_to, day, fresh_days, late_days) AS
    CASE WHEN reaches_to IS NULL THEN 'none' WHEN reaches_to >= day - fresh_days THEN 'fresh'
        WHEN reaches_to >= day - late_days THEN 'late' ELSE 'stale' END;
COMMENT ON MACRO freshness_state IS 'fresh, late, stale, or none where nothing is known; the two limits are days';

CREATE MACRO table_freshness(as_of) AS TABLE
WITH cadence(table_name, fresh_days, late_days) AS (VALUES
    ('prices', 7, 14), ('fx', 7, 10), ('buybacks', 14, 60), ('site_traffic', 14, 62), ('index_valuation', 35, 62),
        ('market_moves', 62, 124), ('documents', 31, 92), ('events', 31, 92),
    ('shares', 100, 150), ('earnings', 100, 150), ('segments', 100, 150), ('kpis', 100, 150), ('surprises', 100, 150),
        ('estimates', 90, 180), ('target_prices', 90, 180), ('ratings', 90, 180), ('coverage', 180, 365),
    ('share_changes', 150, 240), ('corporate_actions', 150, 240), ('dividends_declared', 240, 400))
SELECT f.table_name, f.row_count, f.latest, c.fresh_days, c.late_days, CASE WHEN c.table_name IS NULL THEN 'none'
    ELSE freshness_state(f.latest, CAST(as_of AS DATE), c.fresh_days, c.late_days) END AS state
FROM freshness AS f LEFT JOIN cadence AS c USING (table_name) ORDER BY f.row_count DESC, f.table_name;
COMMENT ON MACRO TABLE table_freshness IS
    'How many rows of each table are loaded, how new the newest is, and whether that is fresh on the evening of '
    'as_of by the table''s own cadence. One row per (table_name).';

-- Which figures rest on which source?
CREATE VIEW source_use AS
WITH used AS (
    SELECT source_id, 'prices' AS table_name FROM prices UNION ALL SELECT source_id, 'fx' FROM fx
    UNION ALL SELECT source_id, 'earnings'
    FROM printed.earnings
    UNION ALL SELECT source_id, 'segments'
    FROM printed.segments
    UNION ALL SELECT source_id, 'like_for_like'
    FROM like_for_like
    UNION ALL SELECT source_id, 'buybacks'
    FROM printed.buybacks
    UNION ALL SELECT source_id, 'shares'
    FROM printed.shares
    UNION ALL SELECT source_id, 'kpis'
    FROM kpis
    UNION ALL SELECT source_id, 'estimates'
    FROM estimates
    UNION ALL SELECT source_id, 'target_prices'
    FROM target_prices
    UNION ALL SELECT source_id, 'documents'
    FROM documents
    UNION ALL SELECT source_id, 'events'
    FROM events
    UNION ALL SELECT source_id, 'sector_stats'
    FROM sector_stats
    UNION ALL SELECT source_id, 'site_traffic'
    FROM site_traffic
    UNION ALL SELECT source_id, 'index_valuation'
    FROM index_valuation
    UNION ALL SELECT source_id, 'market_moves'
    FROM market_moves
    UNION ALL SELECT source_id, 'corporate_actions'
    FROM corporate_actions
    UNION ALL SELECT source_id, 'ratings'
    FROM ratings
    UNION ALL SELECT source_id, 'rating_definitions'
    FROM rating_definitions
    UNION ALL SELECT source_id, 'surprises'
    FROM printed.surprises
    UNION ALL SELECT source_id, 'coverage'
    FROM printed.coverage
    UNION ALL SELECT source_id, 'share_changes'
    FROM printed.share_changes
    UNION ALL SELECT source_id, 'dividends_declared'
    FROM dividends_declared
    UNION ALL SELECT source_id, 'dividend_coverage'
    FROM dividend_coverage
    UNION ALL SELECT source_id, 'buyback_coverage'
    FROM buyback_coverage
    UNION ALL SELECT source_id, 'buyback_mandates'
    FROM buyback_mandates
    UNION ALL SELECT source_id, 'buyback_reports'
    FROM buyback_reports
    UNION ALL SELECT source_id, 'segment_series'
    FROM segment_series
    UNION ALL SELECT source_id, 'segment_breaks'
    FROM segment_breaks
    UNION ALL SELECT source_id, 'companies'
    FROM companies
    UNION ALL SELECT source_id, 'listings'
    FROM listings
    UNION ALL SELECT source_id, 'closures'
    FROM closures
    UNION ALL SELECT source_id, 'price_rules'
    FROM price_rules
    UNION ALL SELECT source_id, 'price_exceptions'
    FROM price_exceptions
    UNION ALL SELECT source_id, 'vendor_corrections'
    FROM vendor_corrections
    UNION ALL SELECT source_id, 'corrections'
    FROM corrections
    UNION ALL SELECT source_id, 'alternatives'
    FROM alternatives
)
SELECT s.source_id, s.publisher, s.title, s.kind, s.published_on, s.url, count(u.table_name) AS figure_count,
    string_agg(DISTINCT u.table_name, ', ' ORDER BY u.table_name) AS tables
FROM sources AS s LEFT JOIN used AS u USING (source_id) GROUP BY ALL;
COMMENT ON VIEW source_use IS 'One row per (source_id): every source and how many rows rest on it.';
COMMENT ON COLUMN source_use.source_id IS 'Source';
COMMENT ON COLUMN source_use.publisher IS 'Who published it';
COMMENT ON COLUMN source_use.title IS 'Title';
COMMENT ON COLUMN source_use.kind IS
    'results, filing, exchange, data vendor, broker report, news, derived, ruling, reference';
COMMENT ON COLUMN source_use.published_on IS 'Day of publication; NULL where not printed';
COMMENT ON COLUMN source_use.url IS 'Link, where public';
COMMENT ON COLUMN source_use.figure_count IS 'Rows that rest on it';
COMMENT ON COLUMN source_use.tables IS 'Tables they stand in';

-- How far does each covered company's knowledge reach on an evening, and is that fresh by its own cadence?
CREATE MACRO company_freshness(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
price AS (SELECT ticker, last_date AS price_to, state AS price_state FROM price_freshness(as_of)),
eps AS (
    SELECT t.ticker, max(t.period_end) FILTER (t.item = 'eps_diluted' AND t.basis = 'adjusted') AS eps_adjusted_to,
        max(t.period_end) FILTER (t.item = 'eps_diluted' AND t.basis = 'reported') AS eps_reported_to
    FROM trailing_sums AS t, asked WHERE t.effective_on <= asked.day GROUP BY t.ticker
),
revenue AS (
    SELECT i.ticker, max(i.period_end) AS revenue_to
    FROM earnings_items AS i, asked
    WHERE i.item = 'revenue' AND coalesce(i.announced_on, presumed_known_on(i.period_start, i.period_end)) <= asked.day
    GROUP BY i.ticker
),
segment AS (
    SELECT s.ticker, max(s.period_end) AS segments_to
    FROM printed.segments AS s, asked
    WHERE coalesce(s.announced_on, presumed_known_on(s.period_start, s.period_end)) <= asked.day
    GROUP BY s.ticker
),
bought AS (
    SELECT b.ticker, max(b.end_date) AS buybacks_to
    FROM buybacks AS b, asked
    WHERE b.measure = 'bought' AND b.published_on <= asked.day AND b.end_date <= asked.day
    GROUP BY b.ticker
)
SELECT c.ticker, price_to, eps_adjusted_to, eps_reported_to, revenue_to, segments_to, buybacks_to,
       price_state, freshness_state(eps_adjusted_to, asked.day, 150, 240) AS eps_adjusted_state,
           freshness_state(eps_reported_to, asked.day, 150, 240) AS eps_reported_state,
       freshness_state(revenue_to, asked.day, 150, 240) AS revenue_state,
           freshness_state(segments_to, asked.day, 150, 240) AS segments_state,
           freshness_state(buybacks_to, asked.day, 60, 180) AS buybacks_state
FROM companies AS c
CROSS JOIN asked
LEFT JOIN price USING (ticker)
LEFT JOIN eps USING (ticker)
LEFT JOIN revenue USING (ticker)
LEFT JOIN segment USING (ticker)
LEFT JOIN bought USING (ticker)
WHERE c.kind = 'company' ORDER BY c.ticker;
COMMENT ON MACRO TABLE company_freshness IS
    'How far the figures of each covered company reach on the evening of as_of, and whether that is fresh: prices by '
    'price_freshness, results within 150 days (late to 240), buybacks 60 (180). One row per (ticker).';
