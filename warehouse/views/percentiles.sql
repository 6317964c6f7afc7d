-- Where does a multiple stand in its own history, as known on an evening?
--
-- No CTE here is used twice, a macro is asked twice instead: DuckDB 1.5 works out the former for all lines when asked
-- about one, and forgets NOT MATERIALIZED in a macro that it reads from a file. So a question about one ticker reads
-- that ticker only.

-- Days as numbers that differ by 372 for each year between them, whatever the year's length: twelve months of 31 days.
CREATE MACRO calendar_number(day) AS CAST(372 * year(day) + 31 * month(day) + day(day) AS INTEGER);
COMMENT ON MACRO calendar_number IS
    'Number of a day in which a year is always 372: a day lies in the N years to another exactly when it is less '
    'than 372 x N before it';

-- A month-end stands for its month, so its day is left out.
CREATE MACRO valuation_known(as_of) AS TABLE
SELECT *, calendar_number(CAST(as_of AS DATE)) - calendar_number(date) AS age
FROM valuation
WHERE frequency = 'daily' AND known_on <= CAST(as_of AS DATE)
UNION ALL
SELECT *, calendar_number(date_trunc('month', CAST(as_of AS DATE))) - calendar_number(date_trunc('month', date))
FROM valuation
WHERE frequency = 'month_end' AND known_on <= CAST(as_of AS DATE)
QUALIFY row_number() OVER (PARTITION BY ticker, metric, basis, date_trunc('month', date) ORDER BY date DESC) = 1;
COMMENT ON MACRO TABLE valuation_known IS
    'Every observation of a multiple known on the evening of as_of, daily and month-end (the last close of each '
    'month so far), with its age at as_of: 372 a year. One row per (ticker, metric, basis, frequency, date).';

-- One frequency a multiple, by the same rule as its closes. A window function over the four keys would make DuckDB read
-- everything twice.
CREATE MACRO valuation_latest(as_of) AS TABLE
WITH ends AS (
    SELECT ticker, metric, basis, frequency, count(*) AS seen, min(date) AS first_seen,
           arg_max({frequency: frequency, date: date, value: value, status: status, close: close,
               close_currency: close_currency, eps_period_end: eps_period_end}, date) AS last
    FROM valuation WHERE known_on <= CAST(as_of AS DATE) GROUP BY ALL
),
chosen AS (
    SELECT ticker, metric, basis, CASE series_frequency(max(seen) FILTER (frequency = 'daily'),
        min(first_seen) FILTER (frequency = 'daily'), max(last.date) FILTER (frequency = 'daily'),
                                                        min(first_seen) FILTER (frequency = 'month_end'),
                                                            max(last.date) FILTER (frequency = 'month_end'))
                                  WHEN 'daily' THEN any_value(last) FILTER (frequency = 'daily')
                                      ELSE any_value(last) FILTER (frequency = 'month_end') END AS last
    FROM ends GROUP BY ALL
)
SELECT ticker, metric, basis, last.frequency AS frequency, last.date AS date, last.value AS value,
    last.status AS status, last.close AS close, last.close_currency AS close_currency,
    last.eps_period_end AS eps_period_end
FROM chosen;
COMMENT ON MACRO TABLE valuation_latest IS
    'The latest observation of each multiple known on the evening of as_of, at its finest frequency. One row per '
    '(ticker, metric, basis).';

CREATE MACRO valuation_window(as_of, years) AS TABLE
SELECT k.* EXCLUDE (age), CAST(years AS INTEGER) = 0 OR k.age < 372 * CAST(years AS INTEGER) AS in_window
FROM valuation_known(as_of) AS k JOIN valuation_latest(as_of) AS l USING (ticker, metric, basis, frequency);
COMMENT ON MACRO TABLE valuation_window IS
    'Every observation of a multiple known on the evening of as_of, at the line''s finest frequency: daily sessions '
    'in (as_of - years, as_of], or the last close of each of the latest 12 x years months; years 0 is all. One row '
    'per (ticker, metric, basis, date).';

-- 0 is cheapest in the window, 100 dearest. percentile = 100 x (L + (E - 1) / 2) / (N - 1) over the OK observations of
-- the window that ends at as_of, the current one included: L cheaper, E equal. A high yield is cheap.
CREATE MACRO observations_needed(frequency) AS CASE frequency WHEN 'daily' THEN 120 ELSE 30 END;
COMMENT ON MACRO observations_needed IS
    'How many OK observations a window needs for a percentile: 120 sessions or 30 month-ends';

CREATE MACRO valuation_standing_worked_out(as_of, spans) AS TABLE
-- What each observation adds: 2 where it is cheaper than the latest, 1 where equal, so that the sum is 2 L + E.
WITH observations AS (
    SELECT k.ticker, k.metric, k.basis, k.age // 372 AS whole_years, k.status = 'NM_LOSS' AS is_loss, CASE k.status
        WHEN 'OK' THEN k.date END AS date, CASE k.status WHEN 'OK' THEN k.value END AS value,
           CASE k.status WHEN 'OK' THEN CAST(1 + sign(CASE WHEN k.metric IN ('earnings_yield_ttm', 'dividend_yield')
               THEN k.value - l.value ELSE l.value - k.value END) AS INTEGER) END AS cheaper,
           -- in whole steps of 2^-39, up to ten million: DuckDB 1.5 orders whole numbers in a third of the time of
           -- others
           CASE k.status WHEN 'OK' THEN CAST(greatest(least(k.value, 10000000), -10000000) * 549755813888 AS BIGINT)
               END AS steps
    FROM valuation_known(as_of) AS k JOIN valuation_latest(as_of) AS l USING (ticker, metric, basis, frequency)
),
-- An observation of so many whole years lies in every longer window.
reach AS (
    SELECT span, CAST(unnest(range(CASE span WHEN 0 THEN 200 ELSE span END)) AS INTEGER) AS whole_years
    FROM (SELECT unnest(spans) AS span)
),
summary AS (
    SELECT ticker, metric, basis, span, count(value) AS n, min(date) AS first_date, max(date) AS last_date,
        100.0 * count(value) / count(*) AS coverage_pct, count(*) FILTER (is_loss) AS losses_left_out,
        100.0 * count(*) FILTER (is_loss) / count(*) AS losses_share_pct,
           sum(cheaper) AS cheaper, quantile_cont(steps, [0.1, 0.25, 0.5, 0.75, 0.9]) AS quantiles,
               min(value) AS minimum, max(value) AS maximum
    FROM observations JOIN reach USING (whole_years) GROUP BY ALL
),
every AS (
    SELECT c.ticker, m.metric, m.basis FROM companies AS c,
           (
               VALUES ('pe_ttm', 'adjusted'), ('pe_ttm', 'reported'), ('pe_forward', 'adjusted'),
                   ('pe_forward', 'reported'), ('ps_ttm', 'reported'), ('earnings_yield_ttm', 'adjusted'),
                   ('earnings_yield_ttm', 'reported')
           ) AS m(metric, basis)
    WHERE c.kind IN ('company', 'peer', 'line')
    UNION SELECT ticker, metric, basis FROM valuation_latest(as_of)
),
judged AS (
    SELECT e.ticker, e.metric, e.basis, a.span, l.* EXCLUDE (ticker, metric, basis, status),
           CASE WHEN l.date IS NULL THEN 'MISSING_PRICE'
                WHEN l.status IN ('OK', 'STALE_EPS', 'STALE_ESTIMATE')
                    AND close_is_stale(l.frequency, l.date, CAST(as_of AS DATE), s.session) THEN 'STALE_PRICE'
                ELSE l.status END AS status
    FROM every AS e JOIN companies AS c USING (ticker) CROSS JOIN (SELECT unnest(spans) AS span) AS a
    LEFT JOIN valuation_latest(as_of) AS l USING (ticker, metric, basis)
    LEFT JOIN oldest_fresh(as_of) AS s ON s.exchange = calendar_of(c.exchange)
),
final AS (
    SELECT j.*, u.* EXCLUDE (ticker, metric, basis, span)
        REPLACE (list_transform(quantiles, lambda q: q / 549755813888) AS quantiles),
        coalesce(u.n >= observations_needed(j.frequency), false) AS enough
    FROM judged AS j LEFT JOIN summary AS u USING (ticker, metric, basis, span)
)
SELECT span, ticker, metric, basis, date, value, status, CASE WHEN status = 'OK'
    AND enough THEN 50.0 * (cheaper - 1) / (n - 1) END AS percentile,
       coalesce(n, 0) AS n, first_date, coverage_pct, coalesce(losses_left_out, 0) AS losses_left_out, frequency,
       CASE WHEN enough THEN quantiles[1] END AS q10, CASE WHEN enough THEN quantiles[2] END AS q25, CASE
           WHEN enough THEN quantiles[3] END AS q50, CASE WHEN enough THEN quantiles[4] END AS q75, CASE
           WHEN enough THEN quantiles[5] END AS q90,
       minimum, maximum, close, close_currency, eps_period_end, last_date, losses_share_pct, CASE WHEN enough
           AND quantiles[3] > 0 THEN 100 * (value / quantiles[3] - 1) END AS premium_pct,
       span > 0 AND first_date > CAST(CAST(as_of AS DATE) - to_years(span) AS DATE) + 62 AS is_shorter,
           observations_needed(frequency) AS needed
FROM final;
COMMENT ON MACRO TABLE valuation_standing_worked_out IS
    'valuation_standing of any evening, worked out from the observations. One row per (span, ticker, metric, basis).';

-- Kept of the latest evening, in the windows that pages offer.
CREATE MACRO kept_spans() AS [1, 3, 5, 10, 0];
COMMENT ON MACRO kept_spans IS 'The windows, in years, of which latest_standing has rows; 0 is since listing';
CREATE MACRO standing_is_kept(as_of, spans) AS coalesce(CAST(as_of AS DATE) = latest_evening(), false)
    AND list_has_all(kept_spans(), spans);
COMMENT ON MACRO standing_is_kept IS 'Whether latest_standing answers for these windows on this evening';
CREATE OR REPLACE TABLE latest_standing AS FROM valuation_standing_worked_out(latest_evening(), kept_spans());
COMMENT ON TABLE latest_standing IS
    'One row per (span, ticker, metric, basis): valuation_standing as known on the latest evening, worked out once.';
COMMENT ON COLUMN latest_standing.span IS 'Length of the window in years; 0 since listing';
COMMENT ON COLUMN latest_standing.ticker IS 'Line, index, or BASKET';
COMMENT ON COLUMN latest_standing.metric IS 'See valuation.metric';
COMMENT ON COLUMN latest_standing.basis IS 'adjusted, reported; quoted for an index';
COMMENT ON COLUMN latest_standing.date IS 'Session of the latest observation';
COMMENT ON COLUMN latest_standing.value IS 'The multiple at date, times, or the yield, per cent';
COMMENT ON COLUMN latest_standing.status IS 'OK or why not: see valuation.status; STALE_PRICE, MISSING_PRICE';
COMMENT ON COLUMN latest_standing.percentile IS
    '0 cheapest in the window, 100 dearest; NULL unless OK and at least 30 month-ends or 120 sessions count';
COMMENT ON COLUMN latest_standing.n IS 'Observations that count (OK) in the window, the current one included';
COMMENT ON COLUMN latest_standing.first_date IS 'First of them';
COMMENT ON COLUMN latest_standing.coverage_pct IS 'OK observations of all in the window, per cent';
COMMENT ON COLUMN latest_standing.losses_left_out IS 'Observations left out because trailing EPS was not positive';
COMMENT ON COLUMN latest_standing.frequency IS 'daily or month_end';
COMMENT ON COLUMN latest_standing.q10 IS '10 % quantile of the window, times';
COMMENT ON COLUMN latest_standing.q25 IS '25 % quantile, times';
COMMENT ON COLUMN latest_standing.q50 IS 'Median of the window, times';
COMMENT ON COLUMN latest_standing.q75 IS '75 % quantile, times';
COMMENT ON COLUMN latest_standing.q90 IS '90 % quantile, times';
COMMENT ON COLUMN latest_standing.minimum IS 'Lowest in the window, times';
COMMENT ON COLUMN latest_standing.maximum IS 'Highest in the window, times';
COMMENT ON COLUMN latest_standing.close IS 'Close at date, close_currency';
COMMENT ON COLUMN latest_standing.close_currency IS 'Currency of the close';
COMMENT ON COLUMN latest_standing.eps_period_end IS 'Last day of the twelve months behind the multiple';
COMMENT ON COLUMN latest_standing.last_date IS 'Last observation that counts';
COMMENT ON COLUMN latest_standing.losses_share_pct IS 'Losses of all observations in the window, per cent';
COMMENT ON COLUMN latest_standing.premium_pct IS 'value over the median of the window, per cent';
COMMENT ON COLUMN latest_standing.needed IS
    'Observations that a percentile needs at this frequency; with fewer, percentile is NULL';
COMMENT ON COLUMN latest_standing.is_shorter IS 'true: the history is shorter than the window asked for';

CREATE MACRO valuation_standing(as_of, spans) AS TABLE
FROM latest_standing WHERE standing_is_kept(as_of, spans) AND list_contains(spans, span)
UNION ALL FROM valuation_standing_worked_out(as_of, spans) WHERE NOT standing_is_kept(as_of, spans);
COMMENT ON MACRO TABLE valuation_standing IS
    'Where each line''s multiple stands in its own history, as known on the evening of as_of, in each of the windows '
    'asked for: spans is a list of years, 0 for all since listing. One row per (span, ticker, metric, basis).';

CREATE MACRO valuation_percentiles(as_of, years) AS TABLE
SELECT * EXCLUDE (span)
FROM valuation_standing(as_of, [CAST(years AS INTEGER)])
ORDER BY metric, basis, percentile NULLS LAST, ticker;
COMMENT ON MACRO TABLE valuation_percentiles IS
    'Where each line''s multiple stands in its own history, as known on the evening of as_of; years 1, 3, 5, 10, or '
    '0 for all since listing. One row per (ticker, metric, basis).';

CREATE MACRO valuation_windows(as_of) AS TABLE
SELECT span AS years, * EXCLUDE (span)
FROM valuation_standing(as_of, kept_spans());
COMMENT ON MACRO TABLE valuation_windows IS
    'The same for all five windows at once. One row per (years, ticker, metric, basis).';

-- A percentile through time is rolling: each day among the observations of the window that ended on it, never against
-- what came later. Only OK rows enter: a framed rank would count the NULLs of the others. Equal values are counted in a
-- partition of their own, for half of what a second ranking takes.
CREATE MACRO percentile_history(as_of, years) AS TABLE
WITH fresh AS (
    SELECT k.ticker, k.metric, k.basis, k.frequency, k.date, -k.age AS place, hash(k.metric, k.basis) AS multiple,
        CAST(observations_needed(k.frequency) AS TINYINT) AS enough,
           CASE WHEN k.metric IN ('earnings_yield_ttm', 'dividend_yield') THEN -k.value ELSE k.value END AS dearness
    FROM valuation_known(as_of) AS k
    JOIN valuation_latest(as_of) AS l USING (ticker, metric, basis, frequency)
    WHERE k.status = 'OK'
),
ranked AS (
    SELECT *, count(*) OVER span AS n, rank(ORDER BY dearness) OVER span - 1 AS cheaper,
           count(*) OVER (PARTITION BY ticker, multiple,
               dearness ORDER BY place RANGE BETWEEN CASE CAST(years AS INTEGER) WHEN 0 THEN 99999
               ELSE 372 * CAST(years AS INTEGER) - 1 END PRECEDING AND CURRENT ROW) AS equal
    FROM fresh
    WINDOW span AS (PARTITION BY ticker, multiple ORDER BY place RANGE BETWEEN CASE CAST(years AS INTEGER)
        WHEN 0 THEN 99999 ELSE 372 * CAST(years AS INTEGER) - 1 END PRECEDING AND CURRENT ROW)
)
SELECT ticker, metric, basis, date, CASE WHEN metric IN ('earnings_yield_ttm', 'dividend_yield') THEN -dearness
    ELSE dearness END AS value, CASE WHEN n >= enough THEN 100.0 * (cheaper + (equal - 1) / 2) / (n - 1) END
    AS percentile, n, frequency
FROM ranked;
COMMENT ON MACRO TABLE percentile_history IS
    'The percentile of each OK observation in the window that ended on its day, with only what was known then: as_of '
    'bounds what is shown and moves no earlier value. One row per (ticker, metric, basis, date).';

-- The same window on the scale of the price: k times per_share times FX, so that price over band is PE over k on every
-- day.
CREATE MACRO valuation_bands(as_of, years) AS TABLE
SELECT w.ticker, w.metric, w.basis, w.date, w.close, w.close_currency, w.value, w.status, w.per_share,
    w.per_share_currency, w.fx_rate, w.eps_period_end, w.eps_announced_on, w.eps_effective_on,
       s.q10 * w.unit_price AS price_q10, s.q25 * w.unit_price AS price_q25, s.q50 * w.unit_price AS price_q50,
           s.q75 * w.unit_price AS price_q75, s.q90 * w.unit_price AS price_q90
FROM (
    SELECT *, CASE WHEN per_share > 0 THEN per_share * fx_rate END AS unit_price FROM valuation_window(as_of, years)
) AS w
JOIN valuation_percentiles(as_of, years) AS s USING (ticker, metric, basis)
WHERE w.in_window AND w.metric IN ('pe_ttm', 'pe_forward', 'ps_ttm') AND w.close IS NOT NULL
ORDER BY w.ticker, w.metric, w.basis, w.date;
COMMENT ON MACRO TABLE valuation_bands IS
    'Close of each session of the window and the prices at which the line would have stood at the window''s '
    'quantiles. One row per (ticker, metric, basis, date).';

-- How often the multiple stood where: buckets of one round width, about sixteen across the window.
CREATE MACRO valuation_distribution(as_of, years) AS TABLE
WITH spans AS (
    SELECT ticker, metric, basis, arg_max(value, date) AS latest_value, max(date) AS latest_date, count(*) AS n,
           coalesce(list_min(list_filter([0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 50, 100, 200, 500, 1000],
               lambda step: step >= (max(value) - min(value)) / 16)), 1000) AS width
    FROM valuation_window(as_of, years) WHERE in_window AND status = 'OK' GROUP BY ALL
),
counted AS (
    SELECT ticker, metric, basis, floor(o.value / s.width) AS place, any_value(s.width) AS width,
        any_value(floor(s.latest_value / s.width)) AS latest_place, any_value(s.n) AS n, count(*) AS observations
    FROM valuation_window(as_of, years) AS o
    JOIN spans AS s USING (ticker, metric, basis)
    WHERE o.in_window AND o.status = 'OK'
    GROUP BY ticker, metric, basis, place
)
SELECT ticker, metric, basis, place * width AS lower, (place + 1) * width AS upper, observations,
    100.0 * observations / n AS share_pct, place = latest_place AS is_current
FROM counted ORDER BY ticker, metric, basis, place;
COMMENT ON MACRO TABLE valuation_distribution IS
    'How many OK observations of the window lie in each bucket of the multiple: lower <= value < upper. One row per '
    '(ticker, metric, basis, lower); empty buckets have no row.';
