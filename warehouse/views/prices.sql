-- Which closes of a line are its series on an evening, what did they change by, and are they stale?
--
-- A line's series is daily or month-end, never mixed: a base, a percentile and a trend compare closes of one frequency.

-- Daily once there is enough of it (120 sessions, or from the first month-end on) and it does not end before the
-- month-ends; also where it goes on after they have grown stale.
CREATE MACRO series_frequency(daily_count, daily_first, daily_last, month_end_first, month_end_last) AS
    CASE WHEN daily_last IS NULL THEN 'month_end' WHEN month_end_last IS NULL
        OR daily_last > month_end_last + 35 THEN 'daily'
         WHEN daily_last > month_end_last - 31 AND (daily_count >= 120 OR daily_first <= month_end_first) THEN 'daily'
             ELSE 'month_end' END;
COMMENT ON MACRO series_frequency IS
    'daily or month_end: which of its two series a line is valued and compared by, given how many daily closes are '
    'known, and the first and last of both';

-- The oldest session on which a daily close is not stale yet: none of the ten after it has one.
CREATE MACRO oldest_fresh(as_of) AS TABLE
SELECT exchange, list_min(max(session, 11)) AS session
FROM sessions
WHERE session <= CAST(as_of AS DATE)
GROUP BY exchange;
COMMENT ON MACRO TABLE oldest_fresh IS
    'The session from which on a daily close is not stale on the evening of as_of: the eleventh from the last. One '
    'row per (exchange).';

CREATE MACRO close_is_stale(frequency, close_date, day, oldest_fresh) AS close_date < CASE frequency
    WHEN 'month_end' THEN day - 35 ELSE oldest_fresh END;
COMMENT ON MACRO close_is_stale IS
    'Whether a close is too old for an evening: more than 10 sessions (daily) or 35 days (month-end)';

CREATE MACRO price_known(as_of) AS TABLE
SELECT p.*, c.exchange FROM prices AS p JOIN companies AS c USING (ticker)
WHERE close_known_on(p.date, c.exchange) <= CAST(as_of AS DATE) AND p.frequency IN ('daily', 'month_end')
  AND (c.kind = 'index' OR EXISTS (FROM sessions AS s WHERE s.exchange = calendar_of(c.exchange)
      AND s.session = p.date));
COMMENT ON MACRO TABLE price_known IS
    'Every close of a real session known on the evening of as_of, daily and month-end. One row per (ticker, '
    'frequency, date).';

CREATE MACRO price_series(as_of) AS TABLE
SELECT k.* FROM price_known(as_of) AS k JOIN (
    SELECT a.ticker, series_frequency(count(*) FILTER (a.frequency = 'daily'),
        min(a.date) FILTER (a.frequency = 'daily'), max(a.date) FILTER (a.frequency = 'daily'),
                                      min(a.date) FILTER (a.frequency = 'month_end'),
                                          max(a.date) FILTER (a.frequency = 'month_end')) AS frequency
    FROM price_known(as_of) AS a GROUP BY a.ticker
) USING (ticker, frequency);
COMMENT ON MACRO TABLE price_series IS
    'The closes of each line known on the evening of as_of, at the line''s one frequency. One row per (ticker, date).';

-- The latest evening of the figures: the last session of a covered company whose close was known that same evening. The
-- build writes the day in place of the question: a plan that knows it leaves out what is not asked for, and reads what
-- is kept of that evening where it is asked for.
CREATE OR REPLACE MACRO latest_evening() AS (
    SELECT max(k.date)
    FROM price_known('9999-12-31') AS k
    JOIN companies AS c USING (ticker)
    WHERE c.kind = 'company' AND close_known_on(k.date, k.exchange) = k.date
);
COMMENT ON MACRO latest_evening IS
    'The latest evening of the figures: the last session of a covered company whose close was known that same evening';

CREATE MACRO price_latest_worked_out(as_of) AS TABLE
SELECT l.*, close_is_stale(l.frequency, l.date, CAST(as_of AS DATE), o.session) AS price_is_stale
FROM (
    SELECT ticker, max(date) AS date, arg_max(close, date) AS close, any_value(currency) AS currency,
        any_value(frequency) AS frequency, any_value(exchange) AS exchange, arg_max(source_id, date) AS source_id
    FROM price_series(as_of)
    GROUP BY ticker
) AS l
LEFT JOIN oldest_fresh(as_of) AS o ON o.exchange = calendar_of(l.exchange);
COMMENT ON MACRO TABLE price_latest_worked_out IS
    'price_latest of any evening, worked out from the closes. One row per (ticker).';

CREATE MACRO price_changes_worked_out(as_of) AS TABLE
WITH series AS MATERIALIZED (SELECT ticker, date, close FROM price_series(as_of)),
based AS (
    -- The month's base: a month earlier for daily prices, the last close of the month before for month-ends.
    SELECT *, CASE frequency WHEN 'month_end' THEN CAST(date_trunc('month', date) AS DATE) - 1
        ELSE CAST(date - INTERVAL 1 MONTH AS DATE) END AS month_base_day,
        make_date(year(date) - 1, 12, 31) AS year_base_day
    FROM price_latest_worked_out(as_of)
),
with_month AS (
    SELECT b.*, k.close AS month_base, k.date AS month_base_date
    FROM based AS b
    ASOF LEFT JOIN series AS k ON k.ticker = b.ticker AND b.month_base_day >= k.date
),
with_year AS (
    SELECT b.*, k.close AS year_base, k.date AS year_base_date
    FROM with_month AS b
    ASOF LEFT JOIN series AS k ON k.ticker = b.ticker AND b.year_base_day >= k.date
),
with_day AS (
    SELECT b.*, k.close AS day_base, k.date AS day_base_date
    FROM with_year AS b
    ASOF LEFT JOIN series AS k ON k.ticker = b.ticker AND b.date > k.date
)
SELECT ticker, date, close, currency, frequency, exchange, price_is_stale, CASE WHEN NOT price_is_stale
    AND frequency = 'daily' AND day_base_date >= date - 10 THEN 100 * (close / day_base - 1) END AS change_1d_pct,
    day_base_date, CASE WHEN NOT price_is_stale AND month_base_date >= month_base_day - 10
    THEN 100 * (close / month_base - 1) END AS change_1m_pct, month_base_date,
       CASE WHEN NOT price_is_stale AND year_base_date >= year_base_day - 10 THEN 100 * (close / year_base - 1) END
           AS change_ytd_pct, year_base_date, source_id
FROM with_day ORDER BY ticker;
COMMENT ON MACRO TABLE price_changes_worked_out IS
    'price_changes of any evening, worked out from the closes. One row per (ticker).';

-- Kept of the latest evening, which nearly every page asks for.
CREATE OR REPLACE TABLE latest_prices AS FROM price_changes_worked_out(latest_evening());
COMMENT ON TABLE latest_prices IS
    'One row per (ticker): price_changes as known on the latest evening, worked out once.';
COMMENT ON COLUMN latest_prices.ticker IS 'Line';
COMMENT ON COLUMN latest_prices.date IS 'Session of the last close';
COMMENT ON COLUMN latest_prices.close IS 'Close, currency, not dividend-adjusted';
COMMENT ON COLUMN latest_prices.currency IS 'Currency of the close';
COMMENT ON COLUMN latest_prices.frequency IS 'daily or month_end';
COMMENT ON COLUMN latest_prices.exchange IS 'Where the line trades';
COMMENT ON COLUMN latest_prices.price_is_stale IS
    'true: the close is older than 10 sessions (daily) or 35 days (month-end)';
COMMENT ON COLUMN latest_prices.change_1d_pct IS
    'Price return since day_base_date, per cent; NULL where a line has month-ends only';
COMMENT ON COLUMN latest_prices.day_base_date IS 'Session before';
COMMENT ON COLUMN latest_prices.change_1m_pct IS 'Price return since month_base_date, per cent';
COMMENT ON COLUMN latest_prices.month_base_date IS
    'Session of the month''s base: the last close of the month before, a month earlier for daily prices';
COMMENT ON COLUMN latest_prices.change_ytd_pct IS 'Price return since year_base_date, per cent';
COMMENT ON COLUMN latest_prices.year_base_date IS 'Last session of the year before';
COMMENT ON COLUMN latest_prices.source_id IS 'Source of the close';

CREATE MACRO price_latest(as_of) AS TABLE
SELECT ticker, date, close, currency, frequency, exchange, source_id, price_is_stale
FROM latest_prices
WHERE CAST(as_of AS DATE) = latest_evening()
UNION ALL FROM price_latest_worked_out(as_of) WHERE CAST(as_of AS DATE) IS DISTINCT FROM latest_evening();
COMMENT ON MACRO TABLE price_latest IS
    'The last close of each line known on the evening of as_of, and whether it is stale. One row per (ticker).';

CREATE MACRO price_changes(as_of) AS TABLE
SELECT * EXCLUDE (exchange) FROM (
    FROM latest_prices WHERE CAST(as_of AS DATE) = latest_evening()
    UNION ALL FROM price_changes_worked_out(as_of) WHERE CAST(as_of AS DATE) IS DISTINCT FROM latest_evening()
) ORDER BY ticker;
COMMENT ON MACRO TABLE price_changes IS
    'Last close on or before as_of and its price return since the session before (daily closes only), over one month '
    'and since the last close of the year before, at the line''s one frequency. One row per (ticker). Changes of a '
    'stale price are NULL.';

-- A daily line is fresh while no session before the evening's own is lacking, late until it is stale; a month-end is
-- fresh until it is stale.
CREATE MACRO price_freshness(as_of) AS TABLE
WITH counted AS (
    SELECT c.ticker, c.kind, l.frequency, l.date AS last_date, CASE l.frequency WHEN 'daily' THEN (
        SELECT count(*)
        FROM sessions AS s
        WHERE s.exchange = calendar_of(c.exchange) AND s.session > l.date AND s.session < CAST(as_of AS DATE)
    ) END AS sessions_since,
           l.price_is_stale, l.source_id
    FROM companies AS c LEFT JOIN price_latest(as_of) AS l USING (ticker) WHERE c.kind <> 'basket'
)
SELECT * EXCLUDE (price_is_stale), CASE WHEN last_date IS NULL THEN 'none' WHEN price_is_stale THEN 'stale'
    WHEN sessions_since > 0 THEN 'late' ELSE 'fresh' END AS state
FROM counted
ORDER BY ticker;
COMMENT ON MACRO TABLE price_freshness IS
    'How far the closes of each line reach on the evening of as_of, and whether that is fresh by the line''s own '
    'cadence: daily until a session is lacking, month-ends for 35 days. One row per (ticker).';
