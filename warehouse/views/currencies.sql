-- At which rate is money of an evening shown in one currency?
--
-- A convenience translation at one rate for everything shown on an evening, so that growth, multiples and percentiles
-- are the same in every currency. What was paid on a day keeps its own rate of that day: buybacks.amount_hkd is not
-- this.
CREATE MACRO display_rates(as_of, currency) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
last_known AS (
    SELECT f.base, max(f.date) AS date, arg_max(f.rate, f.date) AS rate, arg_max(f.source_id, f.date) AS source_id
    FROM fx AS f, asked
    WHERE f.quote = currency AND f.date <= asked.day
    GROUP BY f.base
),
final AS (
    SELECT l.base, CASE WHEN l.date >= asked.day - 10 THEN l.rate END AS rate, l.date AS rate_date, l.source_id
    FROM last_known AS l, asked
    UNION ALL SELECT q.quote, 1, NULL, NULL FROM (SELECT DISTINCT f.quote FROM fx AS f WHERE f.quote = currency) AS q
)
SELECT base, currency AS quote, rate, rate_date, source_id FROM final ORDER BY base;
COMMENT ON MACRO TABLE display_rates IS
    'The one rate at which money of each currency is shown in another on the evening of as_of: the last known, at '
    'most 10 days old. One row per (base).';
