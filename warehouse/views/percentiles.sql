-- Where does a multiple stand in its own history, as known on an evening?
--
-- NOT MATERIALIZED throughout: a question about one ticker then reads the rows of that ticker and no others.

-- Days as numbers that differ by 372 for each year between them, whatever the year's length: twelve months of 31 days.
-- A month-end stands for its month, so its day is left out.
CREATE MACRO calendar_number(day, frequency) AS CAST(372 * year(day) + 31 * month(day) + CASE frequency WHEN 'daily' THEN day(day) ELSE 0 END AS INTEGER);
COMMENT ON MACRO calendar_number IS 'Number of a day in which a year is always 372: a day lies in the N years to another exactly when it is less than 372 x N before it; month-ends count by their month';

CREATE MACRO valuation_known(as_of) AS TABLE
WITH known AS NOT MATERIALIZED (SELECT *, calendar_number(CAST(as_of AS DATE), frequency) - calendar_number(date, frequency) AS age FROM valuation WHERE known_on <= CAST(as_of AS DATE))
SELECT * FROM known WHERE frequency = 'daily'
UNION ALL
SELECT * FROM known WHERE frequency = 'month_end' QUALIFY row_number() OVER (PARTITION BY ticker, metric, basis, date_trunc('month', date) ORDER BY date DESC) = 1;
COMMENT ON MACRO TABLE valuation_known IS 'Every observation of a multiple known on the evening of as_of, daily and month-end (the last close of each month so far), with its age at as_of: 372 a year. One row per (ticker, metric, basis, frequency, date).';

-- One frequency a line: daily once there is enough of it and it is not older than the month-ends.
CREATE MACRO valuation_latest(as_of) AS TABLE
WITH latest AS NOT MATERIALIZED (
    SELECT ticker, metric, basis, frequency, count(*) AS seen, max(date) AS date,
           arg_max({value: value, status: status, close: close, close_currency: close_currency, eps_period_end: eps_period_end}, date) AS last
    FROM valuation WHERE known_on <= CAST(as_of AS DATE) GROUP BY ALL
)
SELECT ticker, metric, basis, frequency, date, last.value AS value, last.status AS status, last.close AS close, last.close_currency AS close_currency, last.eps_period_end AS eps_period_end
FROM latest WINDOW line AS (PARTITION BY ticker)
QUALIFY frequency = CASE WHEN max(seen) FILTER (frequency = 'daily') OVER line >= 120
                          AND max(date) FILTER (frequency = 'daily') OVER line > coalesce(max(date) FILTER (frequency = 'month_end') OVER line, DATE '1900-01-01') - 31 THEN 'daily' ELSE 'month_end' END;
COMMENT ON MACRO TABLE valuation_latest IS 'The latest observation of each multiple known on the evening of as_of, at the line''s finest frequency. One row per (ticker, metric, basis).';

CREATE MACRO valuation_window(as_of, years) AS TABLE
SELECT k.* EXCLUDE (age), CAST(years AS INTEGER) = 0 OR k.age < 372 * CAST(years AS INTEGER) AS in_window
FROM valuation_known(as_of) AS k SEMI JOIN valuation_latest(as_of) AS l USING (ticker, metric, basis, frequency);
COMMENT ON MACRO TABLE valuation_window IS 'Every observation of a multiple known on the evening of as_of, at the line''s finest frequency: daily sessions in (as_of - years, as_of], or the last close of each of the latest 12 x years months; years 0 is all. One row per (ticker, metric, basis, date).';

-- 0 is cheapest in the window, 100 dearest. percentile = 100 x (L + (E - 1) / 2) / (N - 1) over the OK observations of
-- the window that ends at as_of, the current one included: L cheaper, E equal. A high yield is cheap.
CREATE MACRO valuation_standing(as_of, spans) AS TABLE
WITH latest AS NOT MATERIALIZED (FROM valuation_latest(as_of)),
observations AS NOT MATERIALIZED (
    SELECT k.ticker, k.metric, k.basis, k.date, k.status, CASE WHEN k.status = 'OK' THEN k.value END AS value,
           CASE WHEN k.value = l.value THEN 0.5 WHEN (k.value < l.value) <> (k.metric IN ('earnings_yield_ttm', 'dividend_yield')) THEN 1 ELSE 0 END AS cheaper,
           unnest(list_filter(spans, lambda length: length = 0 OR k.age < 372 * length)) AS span
    FROM valuation_known(as_of) AS k JOIN latest AS l USING (ticker, metric, basis, frequency)
),
summary AS NOT MATERIALIZED (
    SELECT ticker, metric, basis, span, count(value) AS n, min(date) FILTER (status = 'OK') AS first_date, max(date) FILTER (status = 'OK') AS last_date, 100.0 * count(value) / count(*) AS coverage_pct,
           count(*) FILTER (status = 'NM_LOSS') AS losses_left_out, 100.0 * count(*) FILTER (status = 'NM_LOSS') / count(*) AS losses_share_pct,
           sum(cheaper) FILTER (status = 'OK') AS cheaper, quantile_cont(value, [0.1, 0.25, 0.5, 0.75, 0.9]) AS quantiles, min(value) AS minimum, max(value) AS maximum
    FROM observations GROUP BY ALL
),
-- A price is stale from the day before the latest eleven sessions, or after 35 days of month-ends.
last_eleven AS (
    SELECT exchange, min(session) AS stale_before FROM (SELECT * FROM sessions WHERE session <= CAST(as_of AS DATE) QUALIFY row_number() OVER (PARTITION BY exchange ORDER BY session DESC) <= 11) GROUP BY exchange
),
every AS NOT MATERIALIZED (
    SELECT c.ticker, m.metric, m.basis FROM companies AS c,
           (VALUES ('pe_ttm', 'adjusted'), ('pe_ttm', 'reported'), ('pe_forward', 'adjusted'), ('pe_forward', 'reported'), ('ps_ttm', 'reported'), ('earnings_yield_ttm', 'adjusted'), ('earnings_yield_ttm', 'reported')) AS m(metric, basis)
    WHERE c.kind IN ('company', 'peer', 'line')
    UNION SELECT ticker, metric, basis FROM latest
),
judged AS NOT MATERIALIZED (
    SELECT e.ticker, e.metric, e.basis, a.span, l.* EXCLUDE (ticker, metric, basis, status),
           CASE WHEN l.date IS NULL THEN 'MISSING_PRICE'
                WHEN l.status IN ('OK', 'STALE_EPS', 'STALE_ESTIMATE') AND l.date < CASE l.frequency WHEN 'month_end' THEN CAST(as_of AS DATE) - 35 ELSE s.stale_before END THEN 'STALE_PRICE'
                ELSE l.status END AS status
    FROM every AS e JOIN companies AS c USING (ticker) CROSS JOIN (SELECT unnest(spans) AS span) AS a
    LEFT JOIN latest AS l USING (ticker, metric, basis) LEFT JOIN last_eleven AS s ON s.exchange = calendar_of(c.exchange)
),
final AS NOT MATERIALIZED (
    SELECT j.*, u.* EXCLUDE (ticker, metric, basis, span), coalesce(u.n >= CASE j.frequency WHEN 'daily' THEN 120 ELSE 30 END, false) AS enough
    FROM judged AS j LEFT JOIN summary AS u USING (ticker, metric, basis, span)
)
SELECT span, ticker, metric, basis, date, value, status, CASE WHEN status = 'OK' AND enough THEN 100.0 * (cheaper - 0.5) / (n - 1) END AS percentile,
       coalesce(n, 0) AS n, first_date, coverage_pct, coalesce(losses_left_out, 0) AS losses_left_out, frequency,
       CASE WHEN enough THEN quantiles[1] END AS q10, CASE WHEN enough THEN quantiles[2] END AS q25, CASE WHEN enough THEN quantiles[3] END AS q50, CASE WHEN enough THEN quantiles[4] END AS q75, CASE WHEN enough THEN quantiles[5] END AS q90,
       minimum, maximum, close, close_currency, eps_period_end, last_date, losses_share_pct, CASE WHEN enough AND quantiles[3] > 0 THEN 100 * (value / quantiles[3] - 1) END AS premium_pct,
       span > 0 AND first_date > CAST(CAST(as_of AS DATE) - to_years(span) AS DATE) + 62 AS is_shorter
FROM final;
COMMENT ON MACRO TABLE valuation_standing IS 'Where each line''s multiple stands in its own history, as known on the evening of as_of, in each of the windows asked for: spans is a list of years, 0 for all since listing. One row per (span, ticker, metric, basis).';

CREATE MACRO valuation_percentiles(as_of, years) AS TABLE
SELECT * EXCLUDE (span) FROM valuation_standing(as_of, [CAST(years AS INTEGER)]) ORDER BY metric, basis, percentile NULLS LAST, ticker;
COMMENT ON MACRO TABLE valuation_percentiles IS 'Where each line''s multiple stands in its own history, as known on the evening of as_of; years 1, 3, 5, 10, or 0 for all since listing. One row per (ticker, metric, basis).';

CREATE MACRO valuation_windows(as_of) AS TABLE SELECT span AS years, * EXCLUDE (span) FROM valuation_standing(as_of, [1, 3, 5, 10, 0]);
COMMENT ON MACRO TABLE valuation_windows IS 'The same for all five windows at once. One row per (years, ticker, metric, basis).';

-- A percentile through time is rolling: each day among the observations of the window that ended on it, never against what came later.
-- 50 x (1 + rank from below - rank from above) is the midrank of the formula above; losses and stale days are filtered out before, because a framed rank counts NULLs.
CREATE MACRO percentile_history(as_of, years) AS TABLE
WITH fresh AS NOT MATERIALIZED (
    SELECT *, CASE WHEN metric IN ('earnings_yield_ttm', 'dividend_yield') THEN -value ELSE value END AS dearness,
           CAST(CASE frequency WHEN 'daily' THEN date ELSE date_trunc('month', date) END AS DATE) AS place
    FROM valuation_window(as_of, 0) WHERE status = 'OK'
)
SELECT ticker, metric, basis, date, value, CASE WHEN count(*) OVER span >= CASE frequency WHEN 'daily' THEN 120 ELSE 30 END THEN 50 * (1 + percent_rank(ORDER BY dearness) OVER span - percent_rank(ORDER BY dearness DESC) OVER span) END AS percentile,
       count(*) OVER span AS n, frequency
FROM fresh WINDOW span AS (PARTITION BY ticker, metric, basis ORDER BY place RANGE BETWEEN (CASE WHEN CAST(years AS INTEGER) = 0 THEN to_years(1000) ELSE to_years(CAST(years AS INTEGER)) - INTERVAL 1 DAY END) PRECEDING AND CURRENT ROW);
COMMENT ON MACRO TABLE percentile_history IS 'The percentile of each OK observation in the window that ended on its day, with only what was known then: as_of bounds what is shown and moves no earlier value. One row per (ticker, metric, basis, date).';

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
