-- Where does a multiple stand in its own history, as known on an evening?

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
    SELECT o.*, o.status = 'OK' AS counted, o.metric IN ('earnings_yield_ttm', 'dividend_yield') AS is_yield, l.value AS latest_value
    FROM observations AS o JOIN latest AS l USING (ticker, metric, basis) WHERE o.in_window
),
summary AS (
    SELECT ticker, metric, basis, count(*) FILTER (counted) AS n, min(date) FILTER (counted) AS first_date, max(date) FILTER (counted) AS last_date, 100.0 * count(*) FILTER (status = 'NM_LOSS') / count(*) AS losses_share_pct, 100.0 * count(*) FILTER (counted) / count(*) AS coverage_pct,
           count(*) FILTER (status = 'NM_LOSS') AS losses_left_out, count(*) FILTER (counted AND CASE WHEN is_yield THEN value > latest_value ELSE value < latest_value END) AS lower_count, count(*) FILTER (counted AND value = latest_value) AS equal_count,
           quantile_cont(value, [0.1, 0.25, 0.5, 0.75, 0.9]) FILTER (counted) AS quantiles, min(value) FILTER (counted) AS minimum, max(value) FILTER (counted) AS maximum
    FROM windowed GROUP BY ALL
),
stale AS (
    SELECT l.ticker, l.metric, l.basis, CASE WHEN l.frequency = 'month_end' THEN l.date < asked.day - 35
        ELSE (SELECT count(*) FROM sessions AS s JOIN companies AS c ON c.ticker = l.ticker AND s.exchange = calendar_of(c.exchange) WHERE s.session > l.date AND s.session <= asked.day) > 10 END AS price_is_stale
    FROM latest AS l, asked
),
every AS (
    SELECT c.ticker, m.metric, m.basis FROM companies AS c, (VALUES ('pe_ttm', 'adjusted'), ('pe_ttm', 'reported'), ('pe_forward', 'adjusted'), ('pe_forward', 'reported'), ('ps_ttm', 'reported'), ('earnings_yield_ttm', 'adjusted'), ('earnings_yield_ttm', 'reported')) AS m(metric, basis)
    WHERE c.kind IN ('company', 'peer', 'line')
    UNION SELECT ticker, metric, basis FROM latest
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
           CASE WHEN enough THEN quantiles[4] END AS q75, CASE WHEN enough THEN quantiles[5] END AS q90, minimum, maximum, close, close_currency, eps_period_end,
           last_date, losses_share_pct, CASE WHEN enough AND quantiles[3] > 0 THEN 100 * (value / quantiles[3] - 1) END AS premium_pct,
           CAST(years AS INTEGER) > 0 AND first_date > CAST(CAST(as_of AS DATE) - to_years(CAST(years AS INTEGER)) AS DATE) + 62 AS is_shorter
    FROM judged
)
SELECT * FROM final ORDER BY metric, basis, percentile NULLS LAST, ticker;
COMMENT ON MACRO TABLE valuation_percentiles IS 'Where each line''s multiple stands in its own history, as known on the evening of as_of; years 1, 3, 5, 10, or 0 for all since listing. One row per (ticker, metric, basis).';

-- The same window on the scale of the price: k times per_share times FX, so that price over band is PE over k on every day.
CREATE MACRO valuation_bands(as_of, years) AS TABLE
WITH standing AS (SELECT ticker, metric, basis, q10, q25, q50, q75, q90 FROM valuation_percentiles(as_of, years))
SELECT w.ticker, w.metric, w.basis, w.date, w.close, w.close_currency, w.value, w.status, w.per_share, w.per_share_currency, w.fx_rate, w.eps_period_end, w.eps_announced_on, w.eps_effective_on,
       q10 * unit_price AS price_q10, q25 * unit_price AS price_q25, q50 * unit_price AS price_q50, q75 * unit_price AS price_q75, q90 * unit_price AS price_q90
FROM valuation_window(as_of, years) AS w JOIN standing AS s USING (ticker, metric, basis), LATERAL (SELECT CASE WHEN w.per_share > 0 THEN w.per_share * w.fx_rate END AS unit_price)
WHERE w.in_window AND w.metric IN ('pe_ttm', 'pe_forward', 'ps_ttm') AND w.close IS NOT NULL
ORDER BY w.ticker, w.metric, w.basis, w.date;
COMMENT ON MACRO TABLE valuation_bands IS 'Close of each session of the window and the prices at which the line would have stood at the window''s quantiles. One row per (ticker, metric, basis, date).';

-- How often the multiple stood where: buckets of one round width, about sixteen across the window.
CREATE MACRO valuation_distribution(as_of, years) AS TABLE
WITH observations AS (SELECT * FROM valuation_window(as_of, years) WHERE in_window AND status = 'OK'),
spans AS (
    SELECT ticker, metric, basis, arg_max(value, date) AS latest_value, max(date) AS latest_date, count(*) AS n,
           coalesce(list_min(list_filter([0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 50, 100, 200, 500, 1000], lambda step: step >= (max(value) - min(value)) / 16)), 1000) AS width
    FROM observations GROUP BY ALL
),
counted AS (
    SELECT ticker, metric, basis, floor(o.value / s.width) AS place, any_value(s.width) AS width, any_value(floor(s.latest_value / s.width)) AS latest_place, any_value(s.n) AS n, count(*) AS observations
    FROM observations AS o JOIN spans AS s USING (ticker, metric, basis) GROUP BY ticker, metric, basis, place
)
SELECT ticker, metric, basis, place * width AS lower, (place + 1) * width AS upper, observations, 100.0 * observations / n AS share_pct, place = latest_place AS is_current
FROM counted ORDER BY ticker, metric, basis, place;
COMMENT ON MACRO TABLE valuation_distribution IS 'How many OK observations of the window lie in each bucket of the multiple: lower <= value < upper. One row per (ticker, metric, basis, lower); empty buckets have no row.';

-- All five windows at once, as a page shows them side by side.
CREATE MACRO valuation_windows(as_of) AS TABLE
SELECT 1 AS years, * FROM valuation_percentiles(as_of, 1) UNION ALL SELECT 3, * FROM valuation_percentiles(as_of, 3) UNION ALL SELECT 5, * FROM valuation_percentiles(as_of, 5)
UNION ALL SELECT 10, * FROM valuation_percentiles(as_of, 10) UNION ALL SELECT 0, * FROM valuation_percentiles(as_of, 0);
COMMENT ON MACRO TABLE valuation_windows IS 'x';
CREATE MACRO percentile_history(as_of, years) AS TABLE
WITH ok AS (SELECT * FROM valuation_window(as_of, 0) WHERE status = 'OK')
SELECT ticker, metric, basis, date, value, CASE WHEN count(*) OVER w >= CASE frequency WHEN 'daily' THEN 120 ELSE 30 END THEN 50 * (1 + percent_rank(ORDER BY value) OVER w - percent_rank(ORDER BY value DESC) OVER w) END AS percentile, count(*) OVER w AS n, frequency
FROM ok WINDOW w AS (PARTITION BY ticker, metric, basis, frequency ORDER BY date RANGE BETWEEN (CASE WHEN CAST(years AS INTEGER) = 0 THEN to_years(1000) ELSE to_years(CAST(years AS INTEGER)) - INTERVAL 1 DAY END) PRECEDING AND CURRENT ROW);
COMMENT ON MACRO TABLE percentile_history IS 'x';
