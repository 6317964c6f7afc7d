-- How do multiples compare: one line with another, price with expected growth?

-- A multiple of one line over that of another (a company, the basket, or an index as quoted), on the sessions on which
-- both are OK: by month where one of them has month-ends only, else the other's last known that evening.
CREATE MACRO relative_valuation(as_of, years, line, other) AS TABLE
WITH own AS (
    SELECT *
    FROM valuation_window(as_of, years) AS w
    WHERE w.ticker = line AND w.status = 'OK' AND w.metric IN ('pe_ttm', 'pe_forward', 'ps_ttm', 'pb')
),
others AS (
    SELECT w.* REPLACE (CASE w.basis WHEN 'quoted' THEN b.basis ELSE w.basis END AS basis)
    FROM valuation_window(as_of, 0) AS w
    JOIN (
        VALUES ('adjusted'), ('reported'), ('quoted')
    ) AS b(basis) ON b.basis = w.basis OR (w.basis = 'quoted' AND b.basis <> 'quoted')
    WHERE w.ticker = other AND w.status = 'OK'
),
by_day AS (
    SELECT o.*, x.value AS other_value, x.date AS other_date, x.frequency AS other_frequency
    FROM own AS o ASOF JOIN others AS x ON x.metric = o.metric AND x.basis = o.basis AND o.known_on >= x.known_on
    WHERE o.frequency = 'daily' AND x.frequency = 'daily' AND x.date >= o.date - 7
),
by_month AS (
    SELECT o.*, x.value AS other_value, x.date AS other_date, x.frequency AS other_frequency
    FROM own AS o
    JOIN others AS x ON x.metric = o.metric AND x.basis = o.basis
        AND date_trunc('month', x.date) = date_trunc('month', o.date)
    WHERE o.frequency = 'month_end' OR x.frequency = 'month_end'
    QUALIFY row_number() OVER (PARTITION BY o.metric, o.basis, date_trunc('month', o.date) ORDER BY o.date DESC,
        x.date DESC) = 1
)
SELECT metric, basis, date, value / other_value AS value, value AS own_value, other_value, other_date, CASE
    WHEN frequency = 'daily' AND other_frequency = 'daily' THEN 'daily' ELSE 'month_end' END AS frequency, in_window
FROM (SELECT * FROM by_day UNION ALL SELECT * FROM by_month) AS both_lines ORDER BY metric, basis, date;
COMMENT ON MACRO TABLE relative_valuation IS
    'A multiple of one line over that of another on every session on which both are OK, as known on the evening of '
    'as_of. One row per (metric, basis, date).';

CREATE MACRO relative_percentiles(as_of, years, line, other) AS TABLE
WITH observations AS (SELECT * FROM relative_valuation(as_of, years, line, other)),
latest AS (SELECT * FROM observations QUALIFY row_number() OVER (PARTITION BY metric, basis ORDER BY date DESC) = 1),
summary AS (
    SELECT o.metric, o.basis, count(*) AS n, min(o.date) AS first_date,
        count(*) FILTER (o.value < l.value) AS lower_count, count(*) FILTER (o.value = l.value) AS equal_count,
           quantile_cont(o.value, [0.1, 0.25, 0.5, 0.75, 0.9]) AS quantiles, min(o.value) AS minimum,
               max(o.value) AS maximum
    FROM observations AS o JOIN latest AS l USING (metric, basis) WHERE o.in_window GROUP BY ALL
),
final AS (
    SELECT *, n >= CASE frequency WHEN 'daily' THEN 120 ELSE 30 END AS enough
    FROM summary
    JOIN latest USING (metric, basis)
)
SELECT metric, basis, date, value, own_value, other_value, CASE
    WHEN enough THEN 100.0 * (lower_count + (equal_count - 1) / 2.0) / (n - 1) END AS percentile, n, first_date,
    frequency,
       CASE WHEN enough THEN quantiles[1] END AS q10, CASE WHEN enough THEN quantiles[2] END AS q25, CASE
           WHEN enough THEN quantiles[3] END AS q50, CASE WHEN enough THEN quantiles[4] END AS q75, CASE
           WHEN enough THEN quantiles[5] END AS q90, minimum, maximum
FROM final ORDER BY metric, basis;
COMMENT ON MACRO TABLE relative_percentiles IS
    'Where a line''s multiple over another''s stands among such ratios of the window, as known on the evening of '
    'as_of: 0 is the cheapest against the other. One row per (metric, basis).';

-- Price against the growth that brokers expect: forward PE beside EPS of FY2 over FY1.
CREATE MACRO forward_growth(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
priced AS (
    SELECT p.*
    FROM valuation_percentiles(as_of, 0) AS p
    JOIN companies AS c ON c.ticker = p.ticker AND c.kind IN ('company', 'peer', 'line')
    WHERE p.metric = 'pe_forward'
),
with_years AS (
    SELECT p.ticker, p.basis, p.date, coalesce(p.date, asked.day) AS day, p.value, p.status, c.issuer_ticker,
        fiscal_year_end(coalesce(p.date, asked.day), c.fiscal_year_end_month) AS first_end,
           last_day(CAST(fiscal_year_end(coalesce(p.date, asked.day), c.fiscal_year_end_month) + INTERVAL 1 YEAR
               AS DATE)) AS second_end
    FROM priced AS p JOIN companies AS c USING (ticker), asked
),
with_first AS (
    SELECT y.*, e.eps AS eps_fy1, e.currency, e.n AS n_fy1, e.brokers, e.first_published_on, e.last_published_on,
        e.source_ids
    FROM with_years AS y
    ASOF LEFT JOIN estimate_consensus AS e ON e.ticker = y.issuer_ticker AND e.basis = y.basis
        AND e.fiscal_year_end = y.first_end AND y.day >= e.effective_on
),
with_second AS (
    SELECT f.*, e.eps AS eps_fy2, e.n AS n_fy2, list_distinct(list_concat(f.brokers, e.brokers)) AS all_brokers,
        least(f.first_published_on, e.first_published_on) AS oldest, greatest(f.last_published_on, e.last_published_on)
        AS newest,
           list_distinct(list_concat(f.source_ids, e.source_ids)) AS all_sources
    FROM with_first AS f
    ASOF LEFT JOIN estimate_consensus AS e ON e.ticker = f.issuer_ticker AND e.basis = f.basis
        AND e.fiscal_year_end = f.second_end AND f.day >= e.effective_on
)
SELECT ticker, basis, date, value, status, first_end AS fy1_end, second_end AS fy2_end, eps_fy1, eps_fy2, currency,
    CASE WHEN eps_fy1 > 0 THEN 100 * (eps_fy2 / eps_fy1 - 1) END AS growth_pct, least(n_fy1, n_fy2) AS n,
       array_to_string(list_sort(all_brokers), ', ') AS brokers, oldest AS first_published_on,
           newest AS last_published_on, all_sources AS source_ids
FROM with_second ORDER BY basis, ticker;
COMMENT ON MACRO TABLE forward_growth IS
    'Forward PE and the growth of EPS that dated estimates expect from FY1 to FY2, as known on the evening of as_of. '
    'One row per (ticker, basis).';

-- The proof of a forward PE: each estimate in the two medians of a session, with the weight of its year.
CREATE MACRO forward_inputs(line, eps_basis, session_day) AS TABLE
WITH asked AS (
    SELECT c.issuer_ticker, CAST(session_day AS DATE) AS day,
        fiscal_year_end(CAST(session_day AS DATE), c.fiscal_year_end_month) AS first_end
    FROM companies AS c
    WHERE c.ticker = line
),
years AS (
    SELECT issuer_ticker, day, first_end AS year_end, least(first_end - day, 365) / 365 AS weight FROM asked
    UNION ALL SELECT issuer_ticker, day, last_day(CAST(first_end + INTERVAL 1 YEAR AS DATE)),
        1 - least(first_end - day, 365) / 365
    FROM asked
),
with_consensus AS (
    SELECT y.*, e.eps AS consensus_eps, e.n, e.status, e.brokers FROM years AS y
    ASOF JOIN (
        SELECT * FROM estimate_consensus WHERE basis = eps_basis
    ) AS e ON e.ticker = y.issuer_ticker AND e.fiscal_year_end = y.year_end AND y.day >= e.effective_on
)
SELECT w.year_end AS fiscal_year_end, w.weight, w.consensus_eps, w.n, w.status, e.broker, e.eps, e.currency, e.quality,
    e.net_income_mn, e.shares_mn, e.published_on, e.source_id
FROM with_consensus AS w
JOIN estimate_eps AS e ON e.ticker = w.issuer_ticker AND e.basis = eps_basis AND e.fiscal_year_end = w.year_end
    AND e.published_on <= w.day AND list_contains(w.brokers, e.broker)
QUALIFY row_number() OVER (PARTITION BY e.fiscal_year_end, e.broker ORDER BY e.published_on DESC) = 1
ORDER BY w.year_end, e.broker;
COMMENT ON MACRO TABLE forward_inputs IS
    'The estimates behind the forward PE of a line on a session. One row per (fiscal_year_end, broker).';
