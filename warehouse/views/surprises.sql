-- Did a company's figures beat what was expected of them, and who expected it?

-- The last word of each broker before the day of the results, not older than 180 days; where several speak, their
-- median.
CREATE OR REPLACE TABLE surprises AS
WITH actuals AS (
    SELECT * FROM earnings_items
    WHERE in_reporting_currency AND announced_on IS NOT NULL AND value IS NOT NULL
        AND item IN ('revenue', 'net_income', 'eps_diluted') AND months IN (3, 12)
    QUALIFY row_number() OVER (PARTITION BY ticker, item, basis, period_start, period_end ORDER BY version) = 1
),
foreseen AS (
    SELECT ticker, 'eps_diluted' AS item, basis, 12 AS months, fiscal_year_end AS period_end, broker, published_on,
        eps AS value, currency, source_id
    FROM estimate_eps
    WHERE net_income_mn IS NULL
    UNION ALL
    SELECT c.issuer_ticker, regexp_replace(e.metric, '_q[1-4]$', ''),
        coalesce(e.basis, CASE WHEN regexp_full_match(e.metric, 'revenue(_q[1-4])?') THEN 'reported' END), CASE
        WHEN e.fiscal_period LIKE '%FY' THEN 12 ELSE 3 END,
           e.period_end, own_broker(e.broker, e.broker_basis, e.source_id), e.published_on, e.value, e.currency,
               e.source_id
    FROM estimates AS e
    JOIN companies AS c USING (ticker)
    WHERE e.estimate_kind = 'broker' AND e.published_on IS NOT NULL AND e.unit = 'million'
        AND regexp_full_match(e.metric, '(revenue|net_income)(_q[1-4])?')
),
before AS (
    SELECT a.*, f.broker, f.value AS foreseen, f.published_on, f.source_id AS expected_source_id
    FROM actuals AS a JOIN foreseen AS f USING (ticker, item, basis, months, period_end, currency)
    WHERE f.published_on < a.announced_on AND f.published_on >= a.announced_on - 180
    QUALIFY row_number() OVER (PARTITION BY a.ticker, a.item, a.basis, a.period_start, a.period_end,
        f.broker ORDER BY f.published_on DESC, f.source_id) = 1
),
of_estimates AS (
    SELECT ticker, fiscal_period, period_start, period_end, item AS metric, CASE
        WHEN item <> 'revenue' THEN basis END AS basis, value AS actual, median(foreseen) AS expected, CASE
        WHEN count(*) = 1 THEN 'printed' ELSE 'median' END AS expected_quality,
           CASE item WHEN 'eps_diluted' THEN 'per share' ELSE 'million' END AS unit, currency, announced_on,
               announced_on AS known_on, string_agg(broker, ', ' ORDER BY broker) AS broker,
           count(*) AS n, max(published_on) AS expected_on, 'printed_before' AS expected_basis, quality, correction_id,
               date_basis, source_id, locator, list(DISTINCT expected_source_id ORDER BY expected_source_id)
               AS expected_source_ids
    FROM before GROUP BY ALL
),
-- What a report prints stays as printed: its own actual, its own surprise.
of_reports AS (
    SELECT * EXCLUDE (published_on), published_on AS known_on, published_on AS expected_on, CASE
        WHEN expected IS NOT NULL THEN 1 END AS n, [source_id] AS expected_source_ids
    FROM printed.surprises
),
final AS (
    SELECT *
    FROM of_reports
    UNION ALL BY NAME SELECT *, change_in_pct(actual, expected) AS surprise_pct
    FROM of_estimates
)
SELECT ticker, fiscal_period, period_start, period_end, metric, metric_printed, basis, actual, expected,
    expected_quality, surprise_pct, surprise_pp, actual - expected AS difference, actual_growth_pct, verdict, unit,
    currency,
       announced_on, known_on, broker, n, expected_on, expected_basis, quality, correction_id, date_basis, source_id,
           locator, note, expected_source_ids
FROM final ORDER BY ticker, period_end, metric, basis, expected_basis, broker;
COMMENT ON TABLE surprises IS
    'One row per (ticker, fiscal_period, metric, basis, expected_basis, broker): an actual figure against what was '
    'expected of it: as a report prints it, or the first print of the figure against the brokers'' last estimates '
    'before the day of the results.';
COMMENT ON COLUMN surprises.ticker IS 'Issuer';
COMMENT ON COLUMN surprises.fiscal_period IS 'Fiscal label';
COMMENT ON COLUMN surprises.period_start IS 'First day of the period';
COMMENT ON COLUMN surprises.period_end IS 'Last day of the period';
COMMENT ON COLUMN surprises.metric IS
    'revenue, net_income, eps_diluted, <line>_revenue, <kind>_expense; with _growth for a growth rate';
COMMENT ON COLUMN surprises.metric_printed IS 'Metric as the report words it; NULL where we compare';
COMMENT ON COLUMN surprises.basis IS 'reported or adjusted for a profit, else NULL';
COMMENT ON COLUMN surprises.actual IS 'Actual, in unit: as the report prints it, or the company''s first print';
COMMENT ON COLUMN surprises.expected IS 'Expected figure, in unit; NULL where not printed and not implied';
COMMENT ON COLUMN surprises.expected_quality IS
    'printed; derived from the printed surprise, never set against another actual; median of several brokers';
COMMENT ON COLUMN surprises.surprise_pct IS
    '(actual - expected) / |expected|, per cent, or as printed; NULL for a rate, across a change of sign and against '
    'an expectation near zero';
COMMENT ON COLUMN surprises.surprise_pp IS 'Difference of a rate or growth, percentage points';
COMMENT ON COLUMN surprises.difference IS 'actual - expected, in unit';
COMMENT ON COLUMN surprises.actual_growth_pct IS 'Growth of the actual on the year before as printed, per cent';
COMMENT ON COLUMN surprises.verdict IS 'beat or better than expected, as printed';
COMMENT ON COLUMN surprises.unit IS 'million (of currency), per share (ordinary, of today) or %';
COMMENT ON COLUMN surprises.currency IS 'Currency; NULL for a rate';
COMMENT ON COLUMN surprises.announced_on IS 'Day on which the company announced the actual';
COMMENT ON COLUMN surprises.known_on IS
    'Hong Kong day from which the comparison is known: that of the report, else of the results';
COMMENT ON COLUMN surprises.broker IS
    'Who prints the comparison, or whose estimates are compared; "not printed" where the copy seen names none';
COMMENT ON COLUMN surprises.n IS 'Brokers in the expectation';
COMMENT ON COLUMN surprises.expected_on IS
    'Day of the newest estimate in the expectation, or of the report that prints it';
COMMENT ON COLUMN surprises.expected_basis IS
    'printed_before (estimates dated before the results, ours to compare), printed_after_by_broker, '
    'consensus_quoted_after (a named consensus quoted after the results)';
COMMENT ON COLUMN surprises.quality IS
    'How exact the actual is: exact, rounded, over, about, truncated, derived, ruled';
COMMENT ON COLUMN surprises.correction_id IS 'Ruling, a row of corrections; NULL: as printed';
COMMENT ON COLUMN surprises.date_basis IS 'announced_on: printed, inferred, convention';
COMMENT ON COLUMN surprises.source_id IS 'Source of the actual and of a printed comparison';
COMMENT ON COLUMN surprises.locator IS 'Where in the source';
COMMENT ON COLUMN surprises.note IS 'What the figure covers, and any doubt';
COMMENT ON COLUMN surprises.expected_source_ids IS 'Sources of the expectation';
