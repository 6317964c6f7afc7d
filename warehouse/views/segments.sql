-- What did each segment earn, how fast did it grow, and what did it add to the growth of the whole?

CREATE MACRO stood_on(day, known_on, replaced_on, version) AS
    (known_on <= day AND (replaced_on IS NULL OR replaced_on > day)) OR (version = 1 AND known_on > day);
COMMENT ON MACRO stood_on IS 'Whether a version of a figure is the one to compare with on a day: the one known then, else the first';

CREATE VIEW segments AS
WITH named AS (
    SELECT s.*, coalesce(n.series, s.segment) AS series, coalesce(p.series, s.parent_segment) AS parent_series, coalesce(n.role, 'segment') AS role,
           months_of(s.period_start, s.period_end) AS months, c.fiscal_year_end_month,
           coalesce(s.announced_on, presumed_known_on(s.period_start, s.period_end)) AS known_on
    FROM printed.segments AS s JOIN companies AS c USING (ticker)
    LEFT JOIN segment_series AS n ON n.ticker = s.ticker AND n.segment = s.segment
    LEFT JOIN segment_series AS p ON p.ticker = s.ticker AND p.segment = s.parent_segment
),
versioned AS (
    SELECT *, row_number() OVER (PARTITION BY ticker, history, period_start, period_end, segment, parent_segment ORDER BY known_on) AS version,
           row_number() OVER (PARTITION BY ticker, history, period_start, period_end, segment, parent_segment ORDER BY known_on DESC) = 1 AS is_latest,
           lead(known_on) OVER (PARTITION BY ticker, history, period_start, period_end, segment, parent_segment ORDER BY known_on) AS replaced_on
    FROM named
),
totals AS (
    SELECT ticker, period_start, period_end, value AS revenue_mn, version, coalesce(announced_on, presumed_known_on(period_start, period_end)) AS known_on,
           lead(coalesce(announced_on, presumed_known_on(period_start, period_end))) OVER (PARTITION BY ticker, period_start, period_end ORDER BY version) AS replaced_on
    FROM earnings_items WHERE item = 'revenue' AND basis = 'reported' AND in_reporting_currency
),
-- The same series, the same length, one year before; nothing across a break. A row is compared with what was known when
-- it was announced (else with the first version), so that a later restatement moves no earlier growth.
with_prior AS (
    SELECT v.*, p.revenue_mn AS prior_row_mn, p.quality AS prior_quality, t.revenue_mn AS total_mn, pt.revenue_mn AS prior_total_mn,
           EXISTS (FROM segment_breaks AS b WHERE b.ticker = v.ticker AND b.kind <> 'rename' AND (b.series IS NULL OR b.series = v.series)
                   AND b.period_start <= v.period_end AND b.period_start > CAST(v.period_end - INTERVAL 1 YEAR AS DATE)) AS broken,
           (SELECT string_agg(b.what_changed, '; ' ORDER BY b.series NULLS FIRST) FROM segment_breaks AS b WHERE b.ticker = v.ticker AND (b.series IS NULL OR b.series = v.series)
                   AND b.period_start BETWEEN v.period_start AND v.period_end) AS series_break
    FROM versioned AS v
    LEFT JOIN versioned AS p ON stood_on(v.known_on, p.known_on, p.replaced_on, p.version) AND p.ticker = v.ticker AND p.history = v.history AND p.series = v.series AND p.parent_series IS NOT DISTINCT FROM v.parent_series
        AND p.months = v.months AND last_day(p.period_end) = last_day(CAST(v.period_end - INTERVAL 1 YEAR AS DATE))
    LEFT JOIN totals AS t ON stood_on(v.known_on, t.known_on, t.replaced_on, t.version) AND t.ticker = v.ticker AND t.period_start = v.period_start AND t.period_end = v.period_end
    LEFT JOIN totals AS pt ON stood_on(v.known_on, pt.known_on, pt.replaced_on, pt.version) AND pt.ticker = v.ticker AND last_day(pt.period_end) = last_day(CAST(v.period_end - INTERVAL 1 YEAR AS DATE)) AND months_of(pt.period_start, pt.period_end) = v.months
),
compared AS (
    SELECT *, CASE WHEN prior_revenue_mn IS NOT NULL THEN prior_revenue_mn WHEN NOT broken AND yoy_pct IS NULL THEN prior_row_mn END AS base_mn,
           CASE WHEN yoy_pct IS NOT NULL THEN 'printed' WHEN prior_revenue_mn IS NOT NULL THEN 'comparative' WHEN NOT broken AND prior_row_mn IS NOT NULL THEN 'prior_row' END AS growth_basis
    FROM with_prior
),
final AS (
    SELECT ticker, history, fiscal_period(period_start, period_end, fiscal_year_end_month) AS fiscal_period, period_start, period_end, calendar_quarter(period_start, period_end) AS calendar_quarter, months,
           segment, parent_segment, series, role, revenue_mn, currency, coalesce(prior_revenue_mn, CASE WHEN NOT broken THEN prior_row_mn END) AS prior_revenue_mn,
           coalesce(yoy_pct, CASE WHEN base_mn > 0 THEN 100 * (revenue_mn / base_mn - 1) END) AS yoy_pct,
           CASE WHEN yoy_pct IS NOT NULL OR base_mn > 0 THEN growth_basis END AS yoy_basis,
           yoy_pct IS NULL AND 'rounded' IN (quality, prior_quality) AS yoy_from_rounded,
           CASE WHEN role <> 'revenue_type' THEN 100 * revenue_mn / total_mn END AS share_pct,
           CASE WHEN role <> 'revenue_type' AND NOT broken THEN 100 * (revenue_mn - coalesce(prior_revenue_mn, prior_row_mn)) / prior_total_mn END AS contribution_pp,
           series_break, announced_on, known_on, version, is_latest, quality, correction_id, date_basis, source_id, locator, note
    FROM compared
)
SELECT * FROM final;
COMMENT ON VIEW segments IS 'One row per (ticker, history, period_start, period_end, segment, parent_segment, version): revenue of a segment with its growth. No row is a total.';
COMMENT ON COLUMN segments.ticker IS 'Issuer';
COMMENT ON COLUMN segments.history IS 'as_reported, or recast: comparatives on a later structure, never mixed in';
COMMENT ON COLUMN segments.fiscal_period IS 'Label: 2025Q3, 2025H1, 2025FY; the year is that in which the fiscal year ends';
COMMENT ON COLUMN segments.period_start IS 'First day of the period';
COMMENT ON COLUMN segments.period_end IS 'Last day of the period';
COMMENT ON COLUMN segments.calendar_quarter IS 'Calendar quarter, 2021Q4; NULL for longer periods';
COMMENT ON COLUMN segments.months IS 'Length of the period in months';
COMMENT ON COLUMN segments.segment IS 'Name as printed';
COMMENT ON COLUMN segments.parent_segment IS 'Segment of which it is a part; NULL at the top';
COMMENT ON COLUMN segments.series IS 'Name under which the history runs on across a rename';
COMMENT ON COLUMN segments.role IS 'segment; elimination, unallocated (reconcile to the total); revenue_type (another split, outside the sum)';
COMMENT ON COLUMN segments.revenue_mn IS 'Revenue, million of currency';
COMMENT ON COLUMN segments.currency IS 'Currency of the revenue';
COMMENT ON COLUMN segments.prior_revenue_mn IS 'Revenue of the year before, million: the same filing''s comparative, else last year''s row; NULL across a break';
COMMENT ON COLUMN segments.yoy_pct IS 'Growth on the year before, per cent: printed, else from the comparative, else from last year''s row; NULL across a break or on a base that is not positive';
COMMENT ON COLUMN segments.yoy_basis IS 'printed, comparative, prior_row';
COMMENT ON COLUMN segments.yoy_from_rounded IS 'true: computed from rounded figures, show one digit fewer';
COMMENT ON COLUMN segments.share_pct IS 'Share of reported revenue, per cent; segments before eliminations can sum to more than 100';
COMMENT ON COLUMN segments.contribution_pp IS 'Change of the segment / total revenue of the year before, percentage points';
COMMENT ON COLUMN segments.series_break IS 'What changed, where the series is cut differently or renamed from this period on; else NULL';
COMMENT ON COLUMN segments.announced_on IS 'Day of announcement (Hong Kong); NULL where not seen';
COMMENT ON COLUMN segments.known_on IS 'announced_on, or the day by convention where it was not seen; as-of pages use rows known by then';
COMMENT ON COLUMN segments.version IS '1 as first announced, 2 and more as restated';
COMMENT ON COLUMN segments.is_latest IS 'true: the latest version';
COMMENT ON COLUMN segments.quality IS 'exact, rounded, over, about, truncated, derived, ruled';
COMMENT ON COLUMN segments.correction_id IS 'Ruling, a row of corrections; NULL: as printed';
COMMENT ON COLUMN segments.date_basis IS 'announced_on: printed, inferred, convention (not seen)';
COMMENT ON COLUMN segments.source_id IS 'Source';
COMMENT ON COLUMN segments.locator IS 'Where in the source';
COMMENT ON COLUMN segments.note IS 'Doubt or detail';

-- Do the top rows of a period add up to the revenue reported?
CREATE VIEW segment_reconciliation AS
WITH sums AS (
    SELECT ticker, history, fiscal_period, period_start, period_end, months, sum(revenue_mn) AS segments_mn, count(*) AS segment_count, bool_or(role IN ('elimination', 'unallocated')) AS itemised, max(known_on) AS known_on
    FROM segments WHERE parent_segment IS NULL AND role <> 'revenue_type' AND is_latest GROUP BY ALL
),
totals AS (
    SELECT ticker, period_start, period_end, arg_max(value, version) AS revenue_mn, arg_max(source_id, version) AS source_id FROM earnings_items
    WHERE item = 'revenue' AND basis = 'reported' AND in_reporting_currency GROUP BY ALL
),
final AS (
    SELECT s.*, t.revenue_mn, s.segments_mn - t.revenue_mn AS difference_mn, 100 * (s.segments_mn / t.revenue_mn - 1) AS difference_pct, t.source_id,
           CASE WHEN t.revenue_mn IS NULL THEN 'no total'
                WHEN abs(s.segments_mn / t.revenue_mn - 1) <= 0.005 THEN 'reconciled'
                WHEN s.segments_mn < t.revenue_mn THEN 'incomplete'
                ELSE 'not itemised' END AS result
    FROM sums AS s LEFT JOIN totals AS t USING (ticker, period_start, period_end)
)
SELECT * FROM final;
COMMENT ON VIEW segment_reconciliation IS 'One row per (ticker, history, period_start, period_end): the top rows of a period added up, against reported revenue.';
COMMENT ON COLUMN segment_reconciliation.ticker IS 'Issuer';
COMMENT ON COLUMN segment_reconciliation.history IS 'as_reported or recast';
COMMENT ON COLUMN segment_reconciliation.fiscal_period IS 'Label of the period';
COMMENT ON COLUMN segment_reconciliation.period_start IS 'First day of the period';
COMMENT ON COLUMN segment_reconciliation.period_end IS 'Last day of the period';
COMMENT ON COLUMN segment_reconciliation.months IS 'Length of the period in months';
COMMENT ON COLUMN segment_reconciliation.segments_mn IS 'Sum of the top rows, eliminations included where printed, million';
COMMENT ON COLUMN segment_reconciliation.segment_count IS 'Number of top rows';
COMMENT ON COLUMN segment_reconciliation.itemised IS 'true: eliminations or unallocated items are rows of their own';
COMMENT ON COLUMN segment_reconciliation.known_on IS 'Day from which all rows are known';
COMMENT ON COLUMN segment_reconciliation.revenue_mn IS 'Revenue as reported, million';
COMMENT ON COLUMN segment_reconciliation.difference_mn IS 'segments_mn - revenue_mn, million';
COMMENT ON COLUMN segment_reconciliation.difference_pct IS 'The difference, per cent of revenue';
COMMENT ON COLUMN segment_reconciliation.source_id IS 'Source of the total';
COMMENT ON COLUMN segment_reconciliation.result IS 'reconciled (within 0.5 %), incomplete (only some segments are known), not itemised (eliminations that are not printed: derived), no total';

-- What an evening knew: each row in its latest version by then, and the part of revenue that no row itemises.
CREATE MACRO segments_as_of(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
known AS (
    SELECT s.* FROM segments AS s, asked WHERE s.known_on <= asked.day
    QUALIFY row_number() OVER (PARTITION BY s.ticker, s.history, s.period_start, s.period_end, s.segment, s.parent_segment ORDER BY s.version DESC) = 1
),
totals AS (
    SELECT i.ticker, i.period_start, i.period_end, arg_max(i.value, i.version) AS revenue_mn, arg_max(i.source_id, i.version) AS source_id FROM earnings_items AS i, asked
    WHERE i.item = 'revenue' AND i.basis = 'reported' AND i.in_reporting_currency AND coalesce(i.announced_on, presumed_known_on(i.period_start, i.period_end)) <= asked.day GROUP BY ALL
),
sums AS (
    SELECT ticker, history, fiscal_period, period_start, period_end, calendar_quarter, months, any_value(currency) AS currency, sum(revenue_mn) AS segments_mn, max(announced_on) AS announced_on, max(known_on) AS known_on
    FROM known WHERE parent_segment IS NULL AND role <> 'revenue_type' GROUP BY ALL
),
rest AS (
    SELECT s.*, t.revenue_mn - s.segments_mn AS rest_mn, 100 * (t.revenue_mn - s.segments_mn) / t.revenue_mn AS rest_pct, t.source_id
    FROM sums AS s JOIN totals AS t USING (ticker, period_start, period_end) WHERE abs(s.segments_mn / t.revenue_mn - 1) > 0.005
),
with_rest AS (
    SELECT k.ticker, k.history, k.fiscal_period, k.period_start, k.period_end, k.calendar_quarter, k.months, k.segment, k.parent_segment, k.series, k.role, k.revenue_mn, k.currency, k.prior_revenue_mn, k.yoy_pct, k.yoy_basis,
           k.yoy_from_rounded, k.share_pct, k.contribution_pp, k.series_break, k.announced_on, k.known_on, k.quality, k.source_id, k.locator, k.note
    FROM known AS k
    UNION ALL
    SELECT ticker, history, fiscal_period, period_start, period_end, calendar_quarter, months, CASE WHEN rest_mn < 0 THEN 'Not itemised' ELSE 'Other segments, not known' END, NULL,
           CASE WHEN rest_mn < 0 THEN 'Not itemised' ELSE 'Other segments, not known' END, CASE WHEN rest_mn < 0 THEN 'not_itemised' ELSE 'not_known' END, rest_mn, currency, NULL, NULL, NULL,
           NULL, rest_pct, NULL, NULL, announced_on, known_on, 'derived', source_id, NULL, 'Reported revenue less the rows that are known' FROM rest
)
SELECT w.*, EXISTS (FROM segment_breaks AS b WHERE b.ticker = w.ticker AND w.history = 'as_reported' AND b.kind <> 'rename' AND (b.series IS NULL OR b.series = w.series) AND b.period_start BETWEEN w.period_start AND w.period_end) AS is_break,
       p.publisher, p.url
FROM with_rest AS w LEFT JOIN sources AS p USING (source_id)
ORDER BY w.ticker, w.history, w.months, w.period_end, w.revenue_mn DESC;
COMMENT ON MACRO TABLE segments_as_of IS 'Segment revenue as known on the evening of as_of. One row per (ticker, history, period_start, period_end, segment, parent_segment), and a derived row (role not_itemised or not_known) where the top rows and reported revenue are more than 0.5 % apart.';

-- One line a period: does it add up, what grew, and what did that come from? Quarters without any row stand between as empty ones.
CREATE MACRO segment_periods(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
rows AS (SELECT * FROM segments_as_of(as_of) WHERE parent_segment IS NULL AND role <> 'revenue_type'),
totals AS (
    SELECT i.ticker, i.period_start, i.period_end, i.months, arg_max(i.value, i.version) AS revenue_mn, arg_max(i.yoy_pct, i.version) AS printed_yoy_pct FROM earnings_items AS i, asked
    WHERE i.item = 'revenue' AND i.basis = 'reported' AND i.in_reporting_currency AND coalesce(i.announced_on, presumed_known_on(i.period_start, i.period_end)) <= asked.day GROUP BY ALL
),
sums AS (
    SELECT ticker, history, fiscal_period, period_start, period_end, calendar_quarter, months, any_value(currency) AS currency,
           sum(revenue_mn) FILTER (role IN ('segment', 'elimination', 'unallocated')) AS segments_mn, count(*) FILTER (role IN ('segment', 'elimination', 'unallocated')) AS segment_count,
           bool_or(role = 'not_itemised') AS not_itemised, bool_or(role = 'not_known') AS not_known,
           arg_max(series, contribution_pp) FILTER (role = 'segment') AS leader, max(contribution_pp) FILTER (role = 'segment') AS leader_pp,
           arg_max(series, yoy_pct) FILTER (role = 'segment' AND series NOT IN ('Others', 'All others')) AS fastest, max(yoy_pct) FILTER (role = 'segment' AND series NOT IN ('Others', 'All others')) AS fastest_yoy_pct,
           arg_max(series, revenue_mn) FILTER (role = 'segment') AS largest, max(share_pct) FILTER (role = 'segment') AS largest_share_pct,
           max(announced_on) AS announced_on, max(known_on) AS known_on
    FROM rows GROUP BY ALL
),
spans AS (SELECT s.ticker, s.history, min(s.period_end) AS first_end, max(s.period_end) AS last_end, c.fiscal_year_end_month FROM sums AS s JOIN companies AS c USING (ticker) WHERE s.months = 3 AND s.history = 'as_reported' GROUP BY ALL),
spine AS (
    SELECT p.ticker, p.history, CAST(date_trunc('month', q.month) - INTERVAL 2 MONTH AS DATE) AS period_start, last_day(CAST(q.month AS DATE)) AS period_end, p.fiscal_year_end_month
    FROM spans AS p, unnest(generate_series(CAST(date_trunc('month', p.first_end) AS TIMESTAMP), CAST(p.last_end AS TIMESTAMP), INTERVAL 3 MONTH)) AS q(month)
),
gaps AS (SELECT * FROM spine AS g WHERE NOT EXISTS (FROM sums AS s WHERE s.ticker = g.ticker AND s.history = g.history AND s.months = 3 AND last_day(s.period_end) = g.period_end)),
final AS (
    SELECT s.*, t.revenue_mn, p.revenue_mn AS prior_revenue_mn, coalesce(CASE WHEN p.revenue_mn > 0 THEN 100 * (t.revenue_mn / p.revenue_mn - 1) END, t.printed_yoy_pct) AS revenue_yoy_pct,
           s.segments_mn - t.revenue_mn AS difference_mn, 100 * (s.segments_mn / t.revenue_mn - 1) AS difference_pct,
           CASE WHEN t.revenue_mn IS NULL THEN 'no total' WHEN s.not_itemised THEN 'not itemised' WHEN s.not_known THEN 'incomplete' ELSE 'reconciled' END AS result
    FROM sums AS s LEFT JOIN totals AS t ON t.ticker = s.ticker AND t.period_start = s.period_start AND t.period_end = s.period_end
    LEFT JOIN totals AS p ON p.ticker = s.ticker AND p.months = s.months AND last_day(p.period_end) = last_day(CAST(s.period_end - INTERVAL 1 YEAR AS DATE))
)
SELECT ticker, history, fiscal_period, period_start, period_end, calendar_quarter, months, currency, revenue_mn, prior_revenue_mn, revenue_yoy_pct, segments_mn, segment_count, difference_mn, difference_pct, result,
       leader, leader_pp, fastest, fastest_yoy_pct, largest, largest_share_pct, announced_on, known_on FROM final
UNION ALL BY NAME
SELECT ticker, history, fiscal_period(period_start, period_end, fiscal_year_end_month) AS fiscal_period, period_start, period_end, calendar_quarter(period_start, period_end) AS calendar_quarter, 3 AS months, 0 AS segment_count, 'no rows' AS result FROM gaps
ORDER BY ticker, history, months, period_end;
COMMENT ON MACRO TABLE segment_periods IS 'The periods of segments_as_of, each added up against reported revenue, with growth and what added most to it. One row per (ticker, history, period_start, period_end).';
