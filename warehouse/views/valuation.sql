-- How is each line valued on each session, with what was known when its close was struck?

CREATE TABLE valuation AS
WITH lines AS (
    SELECT c.ticker, c.issuer_ticker, c.kind, c.price_currency,
           -- prices are on today's basis, so a line counts with today's ratio
           coalesce((SELECT max(l.shares_per_ads) FROM listings AS l WHERE l.ticker = c.ticker AND l.valid_to IS NULL), 1) AS shares_per_line,
           (SELECT min(e.effective_on) FROM earnings_items AS e WHERE e.ticker = c.issuer_ticker AND e.months = 3) AS quarterly_since
    FROM companies AS c WHERE c.kind IN ('company', 'peer', 'line')
),
asked AS (
    SELECT p.ticker, l.issuer_ticker, p.date, p.frequency, p.close, p.currency AS close_currency, l.shares_per_line, coalesce(p.date >= l.quarterly_since, false) AS reports_quarterly, m.metric, m.basis, m.item
    FROM prices AS p JOIN lines AS l USING (ticker),
         (VALUES ('pe_ttm', 'adjusted', 'eps_diluted'), ('pe_ttm', 'reported', 'eps_diluted'), ('ps_ttm', 'reported', 'revenue')) AS m(metric, basis, item)
),
with_trailing AS (
    SELECT a.*, t.value AS trailing_value, t.period_end AS eps_period_end, t.currency AS per_share_currency, t.announced_on, t.effective_on
    FROM asked AS a ASOF LEFT JOIN trailing_sums AS t
      ON t.ticker = a.issuer_ticker AND t.item = a.item AND t.basis = a.basis AND a.date >= t.effective_on
),
-- PS needs a count of shares: outstanding, at most 100 days old, else the diluted average of the latest quarter known.
counts AS (
    SELECT ticker, known_on, arg_max(shares_mn, date) AS shares_mn, max(date) AS count_date FROM shares WHERE kind = 'outstanding' GROUP BY ALL
),
averages AS (
    SELECT ticker, known_on, arg_max(shares_mn, date) AS shares_mn FROM shares WHERE kind = 'diluted_average' GROUP BY ALL
),
with_count AS (
    SELECT w.*, CASE WHEN c.count_date >= w.date - 100 THEN c.shares_mn END AS outstanding_mn
    FROM with_trailing AS w ASOF LEFT JOIN counts AS c ON c.ticker = w.issuer_ticker AND w.date >= c.known_on
),
with_shares AS (
    SELECT w.*, coalesce(w.outstanding_mn, a.shares_mn) AS shares_mn
    FROM with_count AS w ASOF LEFT JOIN averages AS a ON a.ticker = w.issuer_ticker AND w.date >= a.known_on
),
with_per_share AS (
    SELECT *, shares_per_line * CASE metric WHEN 'pe_ttm' THEN trailing_value ELSE trailing_value / shares_mn END AS per_share
    FROM with_shares
),
with_fx AS (
    SELECT w.*, CASE WHEN w.per_share_currency = w.close_currency THEN 1 WHEN f.date >= w.date - 10 THEN f.rate END AS fx_rate
    FROM with_per_share AS w ASOF LEFT JOIN fx AS f ON f.base = w.per_share_currency AND f.quote = w.close_currency AND w.date >= f.date
),
with_status AS (
    SELECT *, CASE
        WHEN trailing_value IS NULL THEN CASE metric WHEN 'pe_ttm' THEN 'MISSING_EPS' ELSE 'MISSING_REVENUE' END
        WHEN metric = 'ps_ttm' AND shares_mn IS NULL THEN 'MISSING_SHARES'
        WHEN per_share <= 0 THEN 'NM_LOSS'
        WHEN fx_rate IS NULL THEN 'MISSING_FX'
        WHEN date > announced_on + CASE WHEN reports_quarterly THEN INTERVAL 5 MONTH ELSE INTERVAL 8 MONTH END THEN 'STALE_EPS'
        ELSE 'OK' END AS status
    FROM with_fx
),
-- The PE that a publisher quotes for an index: quoted, never spliced with one of ours.
quoted AS (
    SELECT v.index_ticker AS ticker, v.date, 'pe_ttm' AS metric, 'quoted' AS basis, v.value, 'OK' AS status, NULL AS close, NULL AS close_currency,
           NULL AS per_share, NULL AS per_share_currency, NULL AS fx_rate, NULL AS eps_period_end, NULL AS eps_announced_on, NULL AS eps_effective_on, 'month_end' AS frequency, v.date AS known_on, v.source_id
    FROM index_valuation AS v WHERE v.metric = 'pe_ttm' AND v.index_ticker IS NOT NULL AND v.percentile IS NULL AND v.value > 0
),
final AS (
    SELECT w.ticker, w.date, w.metric, w.basis, CASE WHEN w.status IN ('OK', 'STALE_EPS') THEN w.close / (w.per_share * w.fx_rate) END AS value, w.status, w.close, w.close_currency,
           w.per_share, w.per_share_currency, w.fx_rate, w.eps_period_end, w.announced_on AS eps_announced_on, w.effective_on AS eps_effective_on, w.frequency,
           close_known_on(w.date, c.exchange) AS known_on, p.source_id
    FROM with_status AS w JOIN prices AS p ON p.ticker = w.ticker AND p.date = w.date AND p.frequency = w.frequency JOIN companies AS c ON c.ticker = w.ticker
    UNION ALL SELECT * FROM quoted
)
SELECT * FROM final ORDER BY ticker, metric, basis, frequency, date;
COMMENT ON TABLE valuation IS 'One row per (ticker, metric, basis, frequency, date): multiples of each line on each session, with only what was known when its close was struck.';
COMMENT ON COLUMN valuation.ticker IS 'Line, or index';
COMMENT ON COLUMN valuation.date IS 'Session';
COMMENT ON COLUMN valuation.metric IS 'pe_ttm (price / trailing EPS), ps_ttm (market cap / trailing revenue)';
COMMENT ON COLUMN valuation.basis IS 'adjusted, reported; quoted for an index PE as its publisher gives it';
COMMENT ON COLUMN valuation.value IS 'The multiple, times; only on OK and STALE_EPS rows';
COMMENT ON COLUMN valuation.status IS 'OK, NM_LOSS (EPS not positive), MISSING_EPS, STALE_EPS (no announcement for 5 months, 8 from a half-year reporter), MISSING_FX, MISSING_SHARES, MISSING_REVENUE';
COMMENT ON COLUMN valuation.close IS 'Close, close_currency, not dividend-adjusted';
COMMENT ON COLUMN valuation.close_currency IS 'Currency of the close';
COMMENT ON COLUMN valuation.per_share IS 'Trailing EPS (pe_ttm) or revenue (ps_ttm) per share of the line, per_share_currency';
COMMENT ON COLUMN valuation.per_share_currency IS 'Currency of per_share';
COMMENT ON COLUMN valuation.fx_rate IS 'Units of close_currency for one of per_share_currency on that day, last known, at most 10 days old';
COMMENT ON COLUMN valuation.eps_period_end IS 'Last day of the twelve months behind per_share';
COMMENT ON COLUMN valuation.eps_announced_on IS 'Latest announcement behind per_share';
COMMENT ON COLUMN valuation.eps_effective_on IS 'First session on which per_share counted; with ticker and basis it opens eps_ttm_inputs';
COMMENT ON COLUMN valuation.frequency IS 'daily or month_end';
COMMENT ON COLUMN valuation.known_on IS 'First Hong Kong evening on which the close is known: the session''s own, the day after for New York';
COMMENT ON COLUMN valuation.source_id IS 'Source of the close, or of the quoted PE';

-- The observations of each line up to the evening of as_of, and which of them lie in the window that ends there.
CREATE MACRO valuation_window(as_of, years) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day, CAST(years AS INTEGER) AS span),
known AS (SELECT v.* FROM valuation AS v, asked WHERE v.known_on <= asked.day),
-- One frequency a line: daily once there is enough of it and it is not older than the month-ends.
chosen AS (
    SELECT ticker, CASE WHEN count(DISTINCT date) FILTER (frequency = 'daily') >= 120
                         AND max(date) FILTER (frequency = 'daily') > coalesce(max(date) FILTER (frequency = 'month_end'), DATE '1900-01-01') - 31 THEN 'daily' ELSE 'month_end' END AS frequency
    FROM known GROUP BY ticker
),
observations AS (
    SELECT k.* FROM known AS k JOIN chosen USING (ticker, frequency)
    QUALIFY k.frequency = 'daily' OR row_number() OVER (PARTITION BY k.ticker, k.metric, k.basis, date_trunc('month', k.date) ORDER BY k.date DESC) = 1
)
SELECT o.*, asked.span = 0
       OR (o.frequency = 'daily' AND o.date > CAST(asked.day - to_years(asked.span) AS DATE))
       OR (o.frequency = 'month_end' AND date_trunc('month', o.date) > CAST(date_trunc('month', asked.day) - to_years(asked.span) AS DATE)) AS in_window
FROM observations AS o, asked;
COMMENT ON MACRO TABLE valuation_window IS 'Every observation of a multiple known on the evening of as_of, at the line''s finest frequency: daily sessions in (as_of - years, as_of], or the last close of each of the latest 12 x years months; years 0 is all. One row per (ticker, metric, basis, date).';

-- 0 is cheapest in the window, 100 dearest. percentile = 100 x (L + (E - 1) / 2) / (N - 1) over the OK observations of
-- the window that ends at as_of, the current one included: L lower, E equal.
CREATE MACRO valuation_percentiles(as_of, years) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
observations AS (FROM valuation_window(as_of, years)),
latest AS (
    SELECT * FROM observations QUALIFY row_number() OVER (PARTITION BY ticker, metric, basis ORDER BY date DESC) = 1
),
windowed AS (
    SELECT o.*, o.status = 'OK' AS counted, l.value AS latest_value
    FROM observations AS o JOIN latest AS l USING (ticker, metric, basis) WHERE o.in_window
),
summary AS (
    SELECT ticker, metric, basis, count(*) FILTER (counted) AS n, min(date) FILTER (counted) AS first_date, 100.0 * count(*) FILTER (counted) / count(*) AS coverage_pct,
           count(*) FILTER (status = 'NM_LOSS') AS losses_left_out, count(*) FILTER (counted AND value < latest_value) AS lower_count, count(*) FILTER (counted AND value = latest_value) AS equal_count,
           quantile_cont(value, [0.1, 0.25, 0.5, 0.75, 0.9]) FILTER (counted) AS quantiles, min(value) FILTER (counted) AS minimum, max(value) FILTER (counted) AS maximum
    FROM windowed GROUP BY ALL
),
stale AS (
    SELECT l.ticker, l.metric, l.basis, CASE WHEN l.frequency = 'month_end' THEN l.date < asked.day - 35
        ELSE (SELECT count(*) FROM sessions AS s JOIN companies AS c ON c.ticker = l.ticker AND s.exchange = calendar_of(c.exchange) WHERE s.session > l.date AND s.session <= asked.day) > 10 END AS price_is_stale
    FROM latest AS l, asked
),
every AS (
    SELECT c.ticker, m.metric, m.basis FROM companies AS c, (VALUES ('pe_ttm', 'adjusted'), ('pe_ttm', 'reported'), ('ps_ttm', 'reported')) AS m(metric, basis)
    WHERE c.kind IN ('company', 'peer', 'line')
    UNION SELECT ticker, metric, basis FROM latest WHERE basis = 'quoted'
),
judged AS (
    SELECT e.ticker, e.metric, e.basis, l.date, l.value, l.frequency, l.close, l.close_currency, l.eps_period_end,
           CASE WHEN l.date IS NULL THEN 'MISSING_PRICE' WHEN l.status IN ('OK', 'STALE_EPS') AND s.price_is_stale THEN 'STALE_PRICE' ELSE l.status END AS status,
           coalesce(u.n >= CASE l.frequency WHEN 'daily' THEN 120 ELSE 30 END, false) AS enough, u.*  EXCLUDE (ticker, metric, basis)
    FROM every AS e LEFT JOIN latest AS l USING (ticker, metric, basis) LEFT JOIN summary AS u USING (ticker, metric, basis) LEFT JOIN stale AS s USING (ticker, metric, basis)
),
final AS (
    SELECT ticker, metric, basis, date, value, status,
           CASE WHEN status = 'OK' AND enough THEN 100.0 * (lower_count + (equal_count - 1) / 2.0) / (n - 1) END AS percentile,
           coalesce(n, 0) AS n, first_date, coverage_pct, coalesce(losses_left_out, 0) AS losses_left_out, frequency,
           CASE WHEN enough THEN quantiles[1] END AS q10, CASE WHEN enough THEN quantiles[2] END AS q25, CASE WHEN enough THEN quantiles[3] END AS q50,
           CASE WHEN enough THEN quantiles[4] END AS q75, CASE WHEN enough THEN quantiles[5] END AS q90, minimum, maximum, close, close_currency, eps_period_end
    FROM judged
)
SELECT * FROM final ORDER BY metric, basis, percentile NULLS LAST, ticker;
COMMENT ON MACRO TABLE valuation_percentiles IS 'Where each line''s multiple stands in its own history, as known on the evening of as_of; years 1, 3, 5, 10, or 0 for all since listing. One row per (ticker, metric, basis).';
