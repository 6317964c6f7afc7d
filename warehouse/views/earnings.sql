-- What did each company earn, and what were its trailing twelve months, as known on each session?
-- Kept as tables: every page asks them, and a snapshot never changes.

-- Each figure on today's basis (per ordinary share, million), with the session from which it counts.
CREATE TEMP TABLE printed_items AS
WITH printed_rows AS (
    SELECT e.*, c.fiscal_year_end_month, c.reporting_currency, calendar_of(c.exchange) AS calendar,
           months_of(e.period_start, e.period_end) AS months,
           coalesce(e.announced_on, presumed_known_on(e.period_start, e.period_end)) AS known_on
    FROM printed.earnings AS e JOIN companies AS c USING (ticker)
),
with_session AS (
    SELECT p.*, s.session AS effective_on
    FROM printed_rows AS p ASOF LEFT JOIN sessions AS s ON p.calendar = s.exchange AND p.known_on < s.session
),
-- A figure per ADS is converted by the ratio in force when it was printed.
final AS (
    SELECT ticker, item, basis, fiscal_period(period_start, period_end, fiscal_year_end_month) AS fiscal_period,
           period_start, period_end, months, announced_on, effective_on,
           CASE unit WHEN 'per share' THEN value WHEN 'per ADS' THEN value / ads_ratio(ticker,
               coalesce(announced_on, period_end)) ELSE value END
               / CASE WHEN unit = 'million' THEN 1 ELSE split_factor(ticker, known_on) END AS value,
           value AS printed_value, unit, currency, currency = reporting_currency AS in_reporting_currency, yoy_pct,
           quality, correction_id, date_basis, source_id, locator, note
    FROM with_session
)
SELECT * FROM final;

-- Diluted counts of a period, on today's basis: printed, or the quotient of a profit and its own diluted EPS on the
-- other basis. A loss is divided by the basic count, so its quotient is none; nor is that of an EPS of few digits.
CREATE TEMP TABLE diluted_counts AS
WITH averages AS (
    SELECT s.ticker, s.period_start, s.date AS period_end, ordinary_mn(s.value, s.unit, s.ticker, known_on)
        AS shares_mn, s.announced_on, known_on, calendar_of(c.exchange) AS calendar
    FROM printed.shares AS s
    JOIN companies AS c USING (ticker), LATERAL (
        SELECT coalesce(s.announced_on, presumed_known_on(s.period_start, s.date)) AS known_on
    )
    WHERE s.kind = 'diluted_average'
),
quotients AS (
    SELECT n.ticker, n.period_start, n.period_end, n.basis, n.value / e.value AS shares_mn,
        greatest(n.announced_on, e.announced_on) AS announced_on, CASE WHEN n.effective_on IS NOT NULL
        AND e.effective_on IS NOT NULL THEN greatest(n.effective_on, e.effective_on) END AS effective_on, e.source_id
    FROM printed_items AS n JOIN printed_items AS e USING (ticker, basis, period_start, period_end, currency)
    WHERE n.item = 'net_income' AND e.item = 'eps_diluted' AND n.in_reporting_currency AND e.value >= 0.05
        AND n.value > 0
)
SELECT a.ticker, a.period_start, a.period_end, NULL AS basis, a.shares_mn, a.announced_on, s.session AS effective_on,
    NULL AS source_id
FROM averages AS a ASOF LEFT JOIN sessions AS s ON a.calendar = s.exchange AND a.known_on < s.session
UNION ALL SELECT * FROM quotients;

CREATE OR REPLACE TABLE earnings_items AS
WITH derivable AS (
    SELECT n.*, d.shares_mn, d.announced_on AS count_announced_on, CASE WHEN n.effective_on IS NOT NULL
        AND d.effective_on IS NOT NULL THEN greatest(n.effective_on, d.effective_on) END AS known_from
    FROM printed_items AS n
    JOIN diluted_counts AS d ON d.ticker = n.ticker AND d.period_start = n.period_start AND d.period_end = n.period_end
        AND d.basis IS DISTINCT FROM n.basis
    WHERE n.item = 'net_income' AND n.in_reporting_currency
    QUALIFY row_number() OVER (PARTITION BY n.ticker, n.basis, n.period_start, n.period_end,
        n.effective_on ORDER BY known_from, d.basis NULLS FIRST) = 1
),
-- Where diluted EPS is not printed by then: attributable profit / diluted shares. A printed figure always wins.
derived AS (
    SELECT ticker, 'eps_diluted' AS item, basis, fiscal_period, period_start, period_end, months,
        greatest(announced_on, count_announced_on) AS announced_on, known_from AS effective_on,
           value / shares_mn AS value, value / shares_mn AS printed_value, 'per share' AS unit, currency,
               in_reporting_currency, NULL AS yoy_pct,
           'derived' AS quality, correction_id, date_basis, source_id, locator, 'attributable profit / diluted shares'
               AS note, true AS from_profit
    FROM derivable AS d
    ANTI JOIN printed_items AS p ON p.item = 'eps_diluted' AND p.ticker = d.ticker AND p.basis = d.basis
        AND p.period_start = d.period_start AND p.period_end = d.period_end AND p.in_reporting_currency
        AND p.value IS NOT NULL AND p.effective_on <= d.known_from
),
final AS (SELECT *, false AS from_profit FROM printed_items UNION ALL SELECT * FROM derived)
SELECT ticker, item, basis, fiscal_period, period_start, period_end, months, announced_on, effective_on,
       row_number() OVER (PARTITION BY ticker, item, basis, period_start, period_end, currency ORDER BY effective_on,
           from_profit DESC, announced_on) AS version, * EXCLUDE (ticker, item, basis, fiscal_period, period_start,
           period_end, months, announced_on, effective_on)
FROM final ORDER BY ticker, item, basis, period_end, months, version;
COMMENT ON TABLE earnings_items IS
    'One row per (ticker, item, basis, period_start, period_end, currency, version): every figure of a results '
    'announcement, on today''s share basis, with the session from which it counts.';
COMMENT ON COLUMN earnings_items.ticker IS 'Issuer';
COMMENT ON COLUMN earnings_items.item IS 'eps_diluted, net_income, revenue';
COMMENT ON COLUMN earnings_items.basis IS 'reported (IFRS or US GAAP) or adjusted (non-IFRS, non-GAAP)';
COMMENT ON COLUMN earnings_items.fiscal_period IS 'Label: 2025Q3, 2025H1, 2025M9, 2025FY';
COMMENT ON COLUMN earnings_items.period_start IS 'First day of the period';
COMMENT ON COLUMN earnings_items.period_end IS 'Last day of the period';
COMMENT ON COLUMN earnings_items.months IS 'Length of the period in months';
COMMENT ON COLUMN earnings_items.announced_on IS 'Day of announcement (Hong Kong); NULL where not seen';
COMMENT ON COLUMN earnings_items.effective_on IS
    'First session of the listing''s exchange after the announcement: from here the figure counts in a valuation';
COMMENT ON COLUMN earnings_items.version IS '1 as first announced, 2 and more as restated';
COMMENT ON COLUMN earnings_items.value IS
    'EPS: currency per ordinary share on today''s share basis; else million of currency';
COMMENT ON COLUMN earnings_items.printed_value IS 'The figure as printed, in unit';
COMMENT ON COLUMN earnings_items.unit IS 'Unit of printed_value: per share, per ADS, million';
COMMENT ON COLUMN earnings_items.currency IS 'Currency of the figure';
COMMENT ON COLUMN earnings_items.in_reporting_currency IS
    'false: a convenience translation, which enters no trailing sum';
COMMENT ON COLUMN earnings_items.yoy_pct IS 'Growth on the year before as printed, per cent';
COMMENT ON COLUMN earnings_items.quality IS 'exact, rounded, over, about, truncated, derived, ruled';
COMMENT ON COLUMN earnings_items.correction_id IS 'Ruling, a row of corrections; NULL: as printed';
COMMENT ON COLUMN earnings_items.date_basis IS 'announced_on: printed, inferred, convention (not seen)';
COMMENT ON COLUMN earnings_items.source_id IS 'Source';
COMMENT ON COLUMN earnings_items.locator IS 'Where in the source';
COMMENT ON COLUMN earnings_items.note IS 'Doubt or detail';
COMMENT ON COLUMN earnings_items.from_profit IS
    'true: EPS derived as attributable profit / diluted shares, because none is printed by then';

-- The items side by side, one row a version of a period.
CREATE VIEW earnings AS
WITH versions AS (
    SELECT DISTINCT ticker, basis, period_start, period_end, currency, effective_on
    FROM earnings_items WHERE item IN ('eps_diluted', 'net_income') OR (item = 'revenue' AND in_reporting_currency)
),
numbered AS (
    SELECT *, row_number() OVER (PARTITION BY ticker, basis, period_start, period_end, currency ORDER BY effective_on)
        AS version,
           lead(effective_on) OVER (PARTITION BY ticker, basis, period_start, period_end,
               currency ORDER BY effective_on) AS replaced_on
    FROM versions
),
picked AS (
    SELECT n.ticker, n.basis, n.period_start, n.period_end, n.currency, n.effective_on, n.version, i.item,
           arg_max(i, i.effective_on) AS latest
    FROM numbered AS n JOIN earnings_items AS i
      ON i.ticker = n.ticker AND i.basis = n.basis AND i.period_start = n.period_start AND i.period_end = n.period_end
     AND i.currency = n.currency AND i.effective_on <= n.effective_on
    GROUP BY ALL
),
final AS (
    SELECT ticker, basis, any_value(latest.fiscal_period) AS fiscal_period, period_start, period_end,
           coalesce(max(latest.announced_on) FILTER (latest.effective_on = picked.effective_on),
               max(latest.announced_on)) AS announced_on,
           effective_on, version,
           max(latest.printed_value) FILTER (item = 'eps_diluted') AS eps_diluted,
           CASE max(latest.unit) FILTER (item = 'eps_diluted') WHEN 'per share' THEN 'share'
               WHEN 'per ADS' THEN 'ads' END AS per,
           max(latest.value) FILTER (item = 'net_income') AS net_income_mn,
           max(latest.value) FILTER (item = 'revenue') AS revenue_mn,
           max(latest.yoy_pct) FILTER (item = 'revenue') AS revenue_yoy_pct,
           currency,
           coalesce(max(latest.quality) FILTER (item = 'eps_diluted'), max(latest.quality)) AS quality,
           max(latest.correction_id) AS correction_id,
           coalesce(max(latest.date_basis) FILTER (item = 'eps_diluted'), max(latest.date_basis)) AS date_basis,
           coalesce(max(latest.source_id) FILTER (item = 'eps_diluted'),
               max(latest.source_id) FILTER (item = 'net_income'), max(latest.source_id)) AS source_id,
           max(latest.source_id) FILTER (item = 'net_income') AS net_income_source_id,
           max(latest.source_id) FILTER (item = 'revenue') AS revenue_source_id
    FROM picked GROUP BY ticker, basis, period_start, period_end, currency, effective_on, version
)
SELECT * FROM final;
COMMENT ON VIEW earnings IS
    'One row per (ticker, basis, period_start, period_end, currency, version): results as announced, EPS, profit and '
    'revenue side by side.';
COMMENT ON COLUMN earnings.ticker IS 'Issuer';
COMMENT ON COLUMN earnings.basis IS 'reported (IFRS or US GAAP) or adjusted (non-IFRS, non-GAAP)';
COMMENT ON COLUMN earnings.fiscal_period IS
    'Label: 2025Q3, 2025H1, 2025M9, 2025FY; the year is that in which the fiscal year ends';
COMMENT ON COLUMN earnings.period_start IS 'First day of the period';
COMMENT ON COLUMN earnings.period_end IS 'Last day of the period';
COMMENT ON COLUMN earnings.announced_on IS 'Day of announcement (Hong Kong); NULL where not seen';
COMMENT ON COLUMN earnings.effective_on IS
    'First session after the announcement: from here the figures count in a valuation';
COMMENT ON COLUMN earnings.version IS '1 as first announced, 2 and more as restated';
COMMENT ON COLUMN earnings.eps_diluted IS 'Diluted EPS as printed, currency per share or ADS (per)';
COMMENT ON COLUMN earnings.per IS 'What eps_diluted is per: share or ads';
COMMENT ON COLUMN earnings.net_income_mn IS 'Profit attributable to holders, million of currency';
COMMENT ON COLUMN earnings.revenue_mn IS 'Revenue, million of currency; on the reported basis only';
COMMENT ON COLUMN earnings.revenue_yoy_pct IS 'Growth of revenue as printed, per cent';
COMMENT ON COLUMN earnings.currency IS 'Currency of the figures';
COMMENT ON COLUMN earnings.quality IS
    'How exact EPS is (else the other items): exact, rounded, over, about, truncated, derived, ruled';
COMMENT ON COLUMN earnings.correction_id IS 'Ruling, a row of corrections; NULL: as printed';
COMMENT ON COLUMN earnings.date_basis IS 'announced_on: printed, inferred, convention (not seen)';
COMMENT ON COLUMN earnings.source_id IS 'Source of EPS, else of profit, else of revenue';
COMMENT ON COLUMN earnings.net_income_source_id IS 'Source of the profit';
COMMENT ON COLUMN earnings.revenue_source_id IS 'Source of the revenue';

-- Discrete quarters as known on each day on which something was announced: printed where printed, else the
-- difference of two cumulative figures of one fiscal year (Q2 = H1 - Q1, Q4 = FY - 9M).
CREATE TEMP TABLE known_at AS
WITH figures AS (
    SELECT i.*, c.fiscal_year_end_month,
           lead(i.effective_on) OVER (PARTITION BY i.ticker, item, basis, period_start, period_end ORDER BY version)
               AS replaced_on,
           month(period_start) = fiscal_year_end_month % 12 + 1 AS from_year_start
    FROM earnings_items AS i JOIN companies AS c USING (ticker)
    WHERE in_reporting_currency AND value IS NOT NULL
),
days AS (SELECT DISTINCT ticker, item, basis, effective_on AS as_known FROM figures)
SELECT d.as_known, f.* FROM days AS d JOIN figures AS f USING (ticker, item, basis)
WHERE f.effective_on <= d.as_known AND (f.replaced_on IS NULL OR f.replaced_on > d.as_known);

CREATE TEMP TABLE quarters_known AS
WITH printed_quarters AS (SELECT * FROM known_at WHERE months = 3 AND NOT from_profit),
-- Running totals from the start of a fiscal year: printed, or put together from what is printed.
totals AS (
    SELECT as_known, ticker, item, basis, period_start, period_end, value, effective_on, announced_on, source_id,
        1 AS preference
    FROM known_at
    WHERE from_year_start AND NOT from_profit
    UNION ALL
    SELECT a.as_known, a.ticker, a.item, a.basis, a.period_start, b.period_end, a.value + b.value,
        greatest(a.effective_on, b.effective_on), greatest(a.announced_on, b.announced_on), b.source_id, 2
    FROM known_at AS a JOIN printed_quarters AS b USING (as_known, ticker, item, basis)
    WHERE NOT a.from_profit AND a.from_year_start AND a.months IN (3, 6) AND b.period_start = a.period_end + 1
    UNION ALL
    SELECT a.as_known, a.ticker, a.item, a.basis, a.period_start, c.period_end, a.value + b.value + c.value,
        greatest(a.effective_on, b.effective_on, c.effective_on),
        greatest(a.announced_on, b.announced_on, c.announced_on), c.source_id, 3
    FROM known_at AS a
    JOIN printed_quarters AS b USING (as_known, ticker, item, basis)
    JOIN printed_quarters AS c USING (as_known, ticker, item, basis)
    WHERE NOT a.from_profit AND a.from_year_start AND a.months = 3 AND b.period_start = a.period_end + 1
        AND c.period_start = b.period_end + 1
),
differences AS (
    SELECT y.as_known, y.ticker, y.item, y.basis, x.period_end + 1 AS period_start, y.period_end,
        y.value - x.value AS value, y.announced_on, y.effective_on, y.source_id,
           row_number() OVER (PARTITION BY y.as_known, y.ticker, y.item, y.basis, y.period_end ORDER BY x.preference)
               AS choice
    FROM known_at AS y
    JOIN totals AS x ON x.as_known = y.as_known AND x.ticker = y.ticker AND x.item = y.item AND x.basis = y.basis
        AND x.period_start = y.period_start
    WHERE NOT y.from_profit AND y.from_year_start AND y.months IN (6, 9, 12)
        AND months_of(x.period_end + 1, y.period_end) = 3
),
final AS (
    SELECT as_known, ticker, item, basis, period_start, period_end, value, announced_on, effective_on, source_id,
        quality = 'derived' AS derived
    FROM printed_quarters
    UNION ALL
    SELECT d.as_known, d.ticker, d.item, d.basis, d.period_start, d.period_end, d.value, d.announced_on,
        d.effective_on, d.source_id, true
    FROM differences AS d
    ANTI JOIN printed_quarters AS p USING (as_known, ticker, item, basis, period_start, period_end)
    WHERE d.choice = 1
),
-- A quarter's profit over its shares comes last: after what is printed, and after the difference of printed figures.
from_profits AS (
    SELECT k.as_known, k.ticker, k.item, k.basis, k.period_start, k.period_end, k.value, k.announced_on,
        k.effective_on, k.source_id, true AS derived
    FROM known_at AS k ANTI JOIN final AS f USING (as_known, ticker, item, basis, period_start, period_end)
    WHERE k.months = 3 AND k.from_profit
)
SELECT * FROM final UNION ALL SELECT * FROM from_profits;

-- Trailing twelve months: four consecutive quarters; for a half-year reporter FY + H1 - prior H1, or the FY itself.
CREATE TEMP TABLE trailing_parts AS
WITH quarterly_since AS (
    SELECT ticker, min(effective_on) AS quarterly_since FROM earnings_items WHERE months = 3 GROUP BY ticker
),
four AS (
    SELECT d.as_known, d.ticker, d.item, d.basis, d.period_end,
           [{period_start: a.period_start, period_end: a.period_end, sign: 1, value: a.value,
               announced_on: a.announced_on, effective_on: a.effective_on, source_id: a.source_id, derived: a.derived},
            {period_start: b.period_start, period_end: b.period_end, sign: 1, value: b.value,
                announced_on: b.announced_on, effective_on: b.effective_on, source_id: b.source_id, derived: b.derived},
            {period_start: c.period_start, period_end: c.period_end, sign: 1, value: c.value,
                announced_on: c.announced_on, effective_on: c.effective_on, source_id: c.source_id, derived: c.derived},
            {period_start: d.period_start, period_end: d.period_end, sign: 1, value: d.value,
                announced_on: d.announced_on, effective_on: d.effective_on, source_id: d.source_id,
                derived: d.derived}] AS parts
    FROM quarters_known AS d
    JOIN quarters_known AS c ON c.as_known = d.as_known AND c.ticker = d.ticker AND c.item = d.item
        AND c.basis = d.basis AND c.period_end + 1 = d.period_start
    JOIN quarters_known AS b ON b.as_known = c.as_known AND b.ticker = c.ticker AND b.item = c.item
        AND b.basis = c.basis AND b.period_end + 1 = c.period_start
    JOIN quarters_known AS a ON a.as_known = b.as_known AND a.ticker = b.ticker AND a.item = b.item
        AND a.basis = b.basis AND a.period_end + 1 = b.period_start
),
-- A half-year reporter is who has not printed a quarter by then.
half_year_known AS (
    SELECT k.*
    FROM known_at AS k
    LEFT JOIN quarterly_since AS q USING (ticker)
    WHERE q.quarterly_since IS NULL OR q.quarterly_since > k.as_known
),
years AS (
    SELECT as_known, ticker, item, basis, period_end,
           [{period_start: period_start, period_end: period_end, sign: 1, value: value, announced_on: announced_on,
               effective_on: effective_on, source_id: source_id, derived: quality = 'derived'}] AS parts
    FROM half_year_known WHERE months = 12
),
halves AS (
    SELECT h.as_known, h.ticker, h.item, h.basis, h.period_end,
           [{period_start: y.period_start, period_end: y.period_end, sign: 1, value: y.value,
               announced_on: y.announced_on, effective_on: y.effective_on, source_id: y.source_id,
               derived: y.quality = 'derived'},
            {period_start: h.period_start, period_end: h.period_end, sign: 1, value: h.value,
                announced_on: h.announced_on, effective_on: h.effective_on, source_id: h.source_id,
                derived: h.quality = 'derived'},
            {period_start: p.period_start, period_end: p.period_end, sign: -1, value: p.value,
                announced_on: p.announced_on, effective_on: p.effective_on, source_id: p.source_id,
                derived: p.quality = 'derived'}] AS parts
    FROM half_year_known AS h
    JOIN half_year_known AS y ON y.as_known = h.as_known AND y.ticker = h.ticker AND y.item = h.item
        AND y.basis = h.basis AND y.months = 12 AND y.period_end + 1 = h.period_start
    JOIN half_year_known AS p ON p.as_known = h.as_known AND p.ticker = h.ticker AND p.item = h.item
        AND p.basis = h.basis AND p.months = 6 AND p.period_start = y.period_start
    WHERE h.months = 6 AND h.from_year_start
),
final AS (SELECT * FROM four UNION ALL SELECT * FROM years UNION ALL SELECT * FROM halves)
SELECT *, list_sum(list_transform(parts, lambda part: part.sign * part.value)) AS value
FROM final
QUALIFY row_number() OVER (PARTITION BY as_known, ticker, item, basis ORDER BY period_end DESC, len(parts) DESC) = 1;

CREATE OR REPLACE TABLE trailing_sums AS
WITH changes AS (
    SELECT *, lag(value) OVER known AS value_before, lag(period_end) OVER known AS period_end_before
    FROM trailing_parts WINDOW known AS (PARTITION BY ticker, item, basis ORDER BY as_known)
),
final AS (
    SELECT ticker, item, basis, as_known AS effective_on, period_end, value, c.reporting_currency AS currency,
           coalesce(list_max(list_transform(parts, lambda part: part.announced_on)), as_known) AS announced_on, parts
    FROM changes JOIN companies AS c USING (ticker)
    WHERE value_before IS NULL OR value <> value_before OR period_end <> period_end_before
)
SELECT * FROM final ORDER BY ALL;
COMMENT ON TABLE trailing_sums IS
    'One row per (ticker, item, basis, effective_on): the sum of the latest twelve months of an item, from the '
    'session on which it became known until the next row.';
COMMENT ON COLUMN trailing_sums.ticker IS 'Issuer';
COMMENT ON COLUMN trailing_sums.item IS 'eps_diluted, net_income, revenue';
COMMENT ON COLUMN trailing_sums.basis IS 'reported or adjusted';
COMMENT ON COLUMN trailing_sums.effective_on IS 'Session from which the sum counts';
COMMENT ON COLUMN trailing_sums.period_end IS 'Last day of the twelve months';
COMMENT ON COLUMN trailing_sums.value IS 'EPS: currency per ordinary share; else million of currency';
COMMENT ON COLUMN trailing_sums.currency IS 'Currency of value';
COMMENT ON COLUMN trailing_sums.announced_on IS 'Latest announcement among the parts';
COMMENT ON COLUMN trailing_sums.parts IS 'What is added: period, sign, value, announcement, source and whether derived';
DROP TABLE printed_items; DROP TABLE known_at; DROP TABLE quarters_known; DROP TABLE trailing_parts;

CREATE VIEW eps_ttm AS
SELECT ticker, basis, effective_on, period_end, value AS eps_ttm, currency, CASE WHEN value > 0 THEN 'OK'
    ELSE 'NM_LOSS' END AS status, announced_on
FROM trailing_sums WHERE item = 'eps_diluted';
COMMENT ON VIEW eps_ttm IS
    'One row per (ticker, basis, effective_on): diluted EPS of the trailing twelve months as known from that session '
    'on.';
COMMENT ON COLUMN eps_ttm.ticker IS 'Issuer';
COMMENT ON COLUMN eps_ttm.basis IS 'reported or adjusted';
COMMENT ON COLUMN eps_ttm.effective_on IS 'First session on which this sum counts';
COMMENT ON COLUMN eps_ttm.period_end IS 'Last day of the twelve months';
COMMENT ON COLUMN eps_ttm.eps_ttm IS
    'Sum of four consecutive discrete quarters (half-year reporters: FY + H1 - prior H1), currency per ordinary share';
COMMENT ON COLUMN eps_ttm.currency IS 'Currency of eps_ttm';
COMMENT ON COLUMN eps_ttm.status IS 'OK, or NM_LOSS where the sum is not positive';
COMMENT ON COLUMN eps_ttm.announced_on IS 'Latest announcement among the quarters';

-- The proof of a trailing sum: each figure in it, and what was first printed where that was restated since.
CREATE VIEW trailing_inputs AS
WITH parts AS (
    SELECT t.ticker, t.item, t.basis, t.effective_on, t.currency, u.part
    FROM trailing_sums AS t, unnest(t.parts) AS u(part)
),
firsts AS (
    SELECT ticker, item, basis, period_start, period_end, value AS first_value, announced_on AS first_announced_on
    FROM earnings_items
    WHERE version = 1 AND in_reporting_currency AND NOT from_profit
)
SELECT p.ticker, p.item, p.basis, p.effective_on, p.part.period_start AS period_start, p.part.period_end AS period_end,
    p.part.sign AS sign, p.part.value AS value, p.currency, p.part.announced_on AS announced_on,
    p.part.derived AS derived,
       CASE WHEN NOT p.part.derived AND f.first_value <> p.part.value THEN f.first_value END AS restated_from,
           p.part.source_id AS source_id
FROM parts AS p
LEFT JOIN firsts AS f ON f.ticker = p.ticker AND f.item = p.item AND f.basis = p.basis
    AND f.period_start = p.part.period_start AND f.period_end = p.part.period_end;
COMMENT ON VIEW trailing_inputs IS
    'One row per (ticker, item, basis, effective_on, period_start, period_end): the figures that make a trailing sum.';
COMMENT ON COLUMN trailing_inputs.ticker IS 'Issuer';
COMMENT ON COLUMN trailing_inputs.item IS 'eps_diluted, net_income, revenue';
COMMENT ON COLUMN trailing_inputs.basis IS 'reported or adjusted';
COMMENT ON COLUMN trailing_inputs.effective_on IS 'The trailing sum it belongs to';
COMMENT ON COLUMN trailing_inputs.period_start IS 'First day of the period';
COMMENT ON COLUMN trailing_inputs.period_end IS 'Last day of the period';
COMMENT ON COLUMN trailing_inputs.sign IS '1 added, -1 taken away';
COMMENT ON COLUMN trailing_inputs.value IS 'The figure: EPS in currency per ordinary share, else million of currency';
COMMENT ON COLUMN trailing_inputs.currency IS 'Currency of value';
COMMENT ON COLUMN trailing_inputs.announced_on IS 'Day of announcement; NULL where not seen';
COMMENT ON COLUMN trailing_inputs.derived IS 'true: a difference or quotient of printed figures';
COMMENT ON COLUMN trailing_inputs.restated_from IS 'What was first printed, where value is a restatement; else NULL';
COMMENT ON COLUMN trailing_inputs.source_id IS 'Source';
