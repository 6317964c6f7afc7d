-- What did each segment earn, how fast did it grow, and what did it add to the growth of the whole?

CREATE MACRO stood_on(day, known_on, replaced_on, version) AS
    (known_on <= day AND (replaced_on IS NULL OR replaced_on > day)) OR (version = 1 AND known_on > day);
COMMENT ON MACRO stood_on IS
    'Whether a version of a figure is the one to compare with on a day: the one known then, else the first';

CREATE MACRO stands_on(day, known_on, replaced_on) AS known_on <= day AND (replaced_on IS NULL OR replaced_on > day);
COMMENT ON MACRO stands_on IS 'Whether a version of a figure is the latest known on a day';

-- Revenue of the whole company, and of the halves and years of which only the quarters are printed. A printed figure
-- always wins; a sum is known once its last quarter is, and is none where a business was sold on the way: the first
-- quarters hold it and the last do not.
CREATE OR REPLACE TABLE revenue_totals AS
WITH printed_totals AS (
    SELECT i.ticker, i.period_start, i.period_end, i.months, i.value AS revenue_mn, i.yoy_pct, i.quality, i.source_id,
        coalesce(i.announced_on, presumed_known_on(i.period_start, i.period_end)) AS known_on,
           i.version AS printing, false AS is_sum, fiscal_year(i.period_end, c.fiscal_year_end_month) AS fiscal_year,
               fiscal_quarter(i.period_end, c.fiscal_year_end_month) AS quarter_of_year
    FROM earnings_items AS i
    JOIN companies AS c USING (ticker)
    WHERE i.item = 'revenue' AND i.basis = 'reported' AND i.in_reporting_currency
),
quarters AS (
    SELECT *, lead(known_on) OVER (PARTITION BY ticker, period_start, period_end, span ORDER BY known_on, printing)
        AS replaced_on, CASE span WHEN 6 THEN (quarter_of_year + 1) // 2 END AS half
    FROM printed_totals, (VALUES (6), (12)) AS spans(span) WHERE months = 3
),
evenings AS (SELECT DISTINCT ticker, fiscal_year, span, half, known_on FROM quarters),
sums AS (
    SELECT q.ticker, min(q.period_start) AS period_start, max(q.period_end) AS period_end, q.span AS months,
        sum(q.revenue_mn) AS revenue_mn, arg_max(q.source_id, q.period_end) AS source_id, e.known_on
    FROM evenings AS e
    JOIN quarters AS q ON q.ticker = e.ticker AND q.fiscal_year = e.fiscal_year AND q.span = e.span
        AND q.half IS NOT DISTINCT FROM e.half AND stands_on(e.known_on, q.known_on, q.replaced_on)
    GROUP BY q.ticker, q.span, e.fiscal_year, e.half, e.known_on HAVING count(*) = q.span // 3
),
every AS (
    SELECT ticker, period_start, period_end, months, revenue_mn, yoy_pct, quality, source_id, known_on, printing, is_sum
    FROM printed_totals
    UNION ALL BY NAME
    SELECT *, 0 AS printing, 'derived' AS quality, true AS is_sum FROM sums AS s
    WHERE NOT EXISTS (
        FROM printed_totals AS p
        WHERE p.ticker = s.ticker AND p.period_start = s.period_start AND p.period_end = s.period_end
            AND p.known_on <= s.known_on
    )
      AND NOT EXISTS (
          FROM segment_breaks AS b
          WHERE b.ticker = s.ticker AND b.kind = 'disposal' AND b.period_start > s.period_start
              AND b.period_start <= s.period_end
      )
)
SELECT ticker, period_start, period_end, months, revenue_mn, yoy_pct, quality, is_sum, source_id, known_on,
    row_number() OVER chain AS version, lead(known_on) OVER chain AS replaced_on
FROM every WINDOW chain AS (PARTITION BY ticker, period_start, period_end ORDER BY known_on, printing);
COMMENT ON TABLE revenue_totals IS
    'One row per (ticker, period_start, period_end, version): reported revenue of the company, printed or the sum of '
    'its printed quarters.';
COMMENT ON COLUMN revenue_totals.ticker IS 'Issuer';
COMMENT ON COLUMN revenue_totals.period_start IS 'First day of the period';
COMMENT ON COLUMN revenue_totals.period_end IS 'Last day of the period';
COMMENT ON COLUMN revenue_totals.months IS 'Length of the period in months';
COMMENT ON COLUMN revenue_totals.revenue_mn IS 'Revenue, million of the reporting currency';
COMMENT ON COLUMN revenue_totals.yoy_pct IS 'Growth on the year before as printed, per cent';
COMMENT ON COLUMN revenue_totals.quality IS 'How exact the figure is; derived: the sum of its quarters';
COMMENT ON COLUMN revenue_totals.is_sum IS 'true: the sum of printed quarters';
COMMENT ON COLUMN revenue_totals.source_id IS 'Source; of a sum, that of its last quarter';
COMMENT ON COLUMN revenue_totals.known_on IS
    'Day of announcement, or by convention where it was not seen; of a sum, that of its last quarter';
COMMENT ON COLUMN revenue_totals.version IS '1 as first known, 2 and more as restated, or printed after a sum';
COMMENT ON COLUMN revenue_totals.replaced_on IS 'Day from which the next version stands; NULL: the latest';

CREATE MACRO revenue_as_of(as_of) AS TABLE
SELECT r.ticker, r.period_start, r.period_end, r.months, r.revenue_mn, r.yoy_pct, r.quality, r.is_sum, r.source_id,
    r.known_on
FROM revenue_totals AS r
WHERE stands_on(CAST(as_of AS DATE), r.known_on, r.replaced_on)
ORDER BY r.ticker, r.months, r.period_end;
COMMENT ON MACRO TABLE revenue_as_of IS
    'Reported revenue as known on the evening of as_of. One row per (ticker, period_start, period_end).';

CREATE OR REPLACE TABLE segments AS
WITH named AS (
    SELECT s.*, coalesce(n.series, s.segment) AS series, coalesce(p.series, s.parent_segment) AS parent_series,
        coalesce(n.role, 'segment') AS role,
           months_of(s.period_start, s.period_end) AS months, c.fiscal_year_end_month,
           coalesce(s.announced_on, presumed_known_on(s.period_start, s.period_end)) AS known_on,
               s.quality IN ('rounded', 'about', 'truncated') AS is_rough, false AS is_sum
    FROM printed.segments AS s JOIN companies AS c USING (ticker)
    LEFT JOIN segment_series AS n ON n.ticker = s.ticker AND n.segment = s.segment
    LEFT JOIN segment_series AS p ON p.ticker = s.ticker AND p.segment = s.parent_segment
),
-- Halves and years of which only the quarters are printed: their sum, where the series is cut alike in all of them.
quarters AS (
    SELECT *, lead(known_on) OVER (PARTITION BY ticker, history, period_start, period_end, segment, parent_segment,
        span ORDER BY known_on) AS replaced_on,
           fiscal_year(period_end, fiscal_year_end_month) AS fiscal_year, CASE span
               WHEN 6 THEN (fiscal_quarter(period_end, fiscal_year_end_month) + 1) // 2 END AS half
    FROM named, (VALUES (6), (12)) AS spans(span) WHERE months = 3
),
evenings AS (SELECT DISTINCT ticker, history, series, parent_series, fiscal_year, span, half, known_on FROM quarters),
sums AS (
    SELECT q.ticker, q.history, min(q.period_start) AS period_start, max(q.period_end) AS period_end,
        arg_max(q.segment, q.period_end) AS segment, arg_max(q.parent_segment, q.period_end) AS parent_segment,
           CASE WHEN bool_and(q.announced_on IS NOT NULL) THEN e.known_on END AS announced_on,
               sum(q.revenue_mn) AS revenue_mn, any_value(q.currency) AS currency, 'derived' AS quality,
           CASE WHEN bool_and(q.date_basis = 'printed') THEN 'printed' WHEN bool_or(q.date_basis = 'convention')
               THEN 'convention' ELSE 'inferred' END AS date_basis, arg_max(q.source_id, q.period_end) AS source_id,
           CASE q.span WHEN 6 THEN 'Sum of the two quarters' ELSE 'Sum of the four quarters' END AS note, q.series,
               q.parent_series, any_value(q.role) AS role, q.span AS months,
               any_value(q.fiscal_year_end_month) AS fiscal_year_end_month,
           e.known_on, bool_or(q.is_rough) AS is_rough, true AS is_sum
    FROM evenings AS e
    JOIN quarters AS q ON q.ticker = e.ticker AND q.history = e.history AND q.series = e.series
        AND q.parent_series IS NOT DISTINCT FROM e.parent_series
        AND q.fiscal_year = e.fiscal_year AND q.span = e.span AND q.half IS NOT DISTINCT FROM e.half
            AND stands_on(e.known_on, q.known_on, q.replaced_on)
    GROUP BY q.ticker, q.history, q.series, q.parent_series, q.span, e.fiscal_year, e.half, e.known_on
    HAVING count(*) = q.span // 3 AND count(DISTINCT q.period_end) = q.span // 3
),
every AS (
    SELECT * FROM named
    UNION ALL BY NAME
    SELECT * FROM sums AS s
    WHERE NOT EXISTS (FROM named AS n WHERE n.ticker = s.ticker AND n.history = s.history
        AND n.period_start = s.period_start AND n.period_end = s.period_end AND n.series = s.series
                      AND n.parent_series IS NOT DISTINCT FROM s.parent_series AND n.known_on <= s.known_on)
      AND NOT EXISTS (FROM segment_breaks AS b WHERE b.ticker = s.ticker AND s.history = 'as_reported'
          AND b.kind <> 'rename' AND (b.series IS NULL OR b.series = s.series)
                      AND b.period_start > s.period_start AND b.period_start <= s.period_end)
),
versioned AS (
    SELECT *, row_number() OVER (PARTITION BY ticker, history, period_start, period_end, segment,
        parent_segment ORDER BY known_on, NOT is_sum) AS version,
           row_number() OVER (PARTITION BY ticker, history, period_start, period_end, segment,
               parent_segment ORDER BY known_on DESC, is_sum) = 1 AS is_latest,
           lead(known_on) OVER (PARTITION BY ticker, history, period_start, period_end, segment,
               parent_segment ORDER BY known_on, NOT is_sum) AS replaced_on
    FROM every
),
-- The same series, the same length, one year before; nothing across a break. A row is compared with what was known when
-- it was announced (else with the first version), so that a later restatement moves no earlier growth.
with_prior AS (
    SELECT v.*, p.revenue_mn AS prior_row_mn, v.is_rough OR p.is_rough AS from_rough, t.revenue_mn AS total_mn,
        pt.revenue_mn AS prior_total_mn,
           v.history = 'as_reported' AND EXISTS (FROM segment_breaks AS b WHERE b.ticker = v.ticker
               AND b.kind <> 'rename' AND (b.series IS NULL OR b.series = v.series)
                   AND b.period_start <= v.period_end AND b.period_start > CAST(v.period_end - INTERVAL 1 YEAR
                       AS DATE)) AS broken,
           (SELECT string_agg(b.what_changed, '; ' ORDER BY b.series NULLS FIRST) FROM segment_breaks AS b
               WHERE b.ticker = v.ticker AND v.history = 'as_reported' AND (b.series IS NULL OR b.series = v.series)
                   AND b.period_start BETWEEN v.period_start AND v.period_end) AS series_break,
           v.history = 'as_reported' AND EXISTS (
               FROM segment_breaks AS b
               WHERE b.ticker = v.ticker AND b.kind <> 'rename' AND (b.series IS NULL OR b.series = v.series)
                   AND b.period_start BETWEEN v.period_start AND v.period_end
           ) AS is_break
    FROM versioned AS v
    LEFT JOIN versioned AS p ON stood_on(v.known_on, p.known_on, p.replaced_on, p.version) AND p.ticker = v.ticker
        AND p.history = v.history AND p.series = v.series AND p.parent_series IS NOT DISTINCT FROM v.parent_series
        AND p.months = v.months AND last_day(p.period_end) = last_day(CAST(v.period_end - INTERVAL 1 YEAR AS DATE))
    LEFT JOIN revenue_totals AS t ON stood_on(v.known_on, t.known_on, t.replaced_on, t.version) AND t.ticker = v.ticker
        AND t.period_start = v.period_start AND t.period_end = v.period_end
    LEFT JOIN revenue_totals AS pt ON stood_on(v.known_on, pt.known_on, pt.replaced_on, pt.version)
        AND pt.ticker = v.ticker AND last_day(pt.period_end) = last_day(CAST(v.period_end - INTERVAL 1 YEAR AS DATE))
        AND pt.months = v.months
),
-- The comparative of the same filing is on the structure of that filing: it holds across a break. Last year's row does
-- not.
compared AS (
    SELECT *, coalesce(prior_revenue_mn, CASE WHEN NOT broken THEN prior_row_mn END) AS base_mn,
           CASE WHEN yoy_pct IS NOT NULL THEN 'printed' WHEN prior_revenue_mn IS NOT NULL THEN 'comparative'
               WHEN NOT broken AND prior_row_mn IS NOT NULL THEN 'prior_row' END AS growth_basis
    FROM with_prior
),
final AS (
    SELECT ticker, history, fiscal_period(period_start, period_end, fiscal_year_end_month) AS fiscal_period,
        period_start, period_end, calendar_quarter(period_start, period_end) AS calendar_quarter, months,
           segment, parent_segment, series, role, revenue_mn, currency, base_mn AS prior_revenue_mn,
           coalesce(yoy_pct, CASE WHEN base_mn > 0 THEN 100 * (revenue_mn / base_mn - 1) END) AS yoy_pct,
           CASE WHEN yoy_pct IS NOT NULL OR base_mn > 0 THEN growth_basis END AS yoy_basis,
           yoy_pct IS NULL AND coalesce(CASE growth_basis WHEN 'prior_row' THEN from_rough ELSE is_rough END, false)
               AS yoy_from_rounded,
           CASE WHEN role <> 'revenue_type' THEN 100 * revenue_mn / total_mn END AS share_pct,
           CASE WHEN role <> 'revenue_type' THEN 100 * (revenue_mn - base_mn) / prior_total_mn END AS contribution_pp,
           series_break, is_break, is_sum, announced_on, known_on, version, is_latest, quality, correction_id,
               date_basis, source_id, locator, note
    FROM compared
)
SELECT * FROM final;
COMMENT ON TABLE segments IS
    'One row per (ticker, history, period_start, period_end, segment, parent_segment, version): revenue of a segment '
    'with its growth. No row is a total.';
COMMENT ON COLUMN segments.ticker IS 'Issuer';
COMMENT ON COLUMN segments.history IS 'as_reported, or recast: comparatives on a later structure, never mixed in';
COMMENT ON COLUMN segments.fiscal_period IS
    'Label: 2025Q3, 2025H1, 2025FY; the year is that in which the fiscal year ends';
COMMENT ON COLUMN segments.period_start IS 'First day of the period';
COMMENT ON COLUMN segments.period_end IS 'Last day of the period';
COMMENT ON COLUMN segments.calendar_quarter IS 'Calendar quarter, 2021Q4; NULL for longer periods';
COMMENT ON COLUMN segments.months IS 'Length of the period in months';
COMMENT ON COLUMN segments.segment IS 'Name as printed';
COMMENT ON COLUMN segments.parent_segment IS 'Segment of which it is a part; NULL at the top';
COMMENT ON COLUMN segments.series IS 'Name under which the history runs on across a rename';
COMMENT ON COLUMN segments.role IS
    'segment; elimination, unallocated (reconcile to the total); revenue_type (another split, outside the sum)';
COMMENT ON COLUMN segments.revenue_mn IS 'Revenue, million of currency';
COMMENT ON COLUMN segments.currency IS 'Currency of the revenue';
COMMENT ON COLUMN segments.prior_revenue_mn IS
    'Revenue of the year before, million: the same filing''s comparative, else last year''s row; NULL across a break';
COMMENT ON COLUMN segments.yoy_pct IS
    'Growth on the year before, per cent: printed, else from the comparative, else from last year''s row; NULL '
    'across a break or on a base that is not positive';
COMMENT ON COLUMN segments.yoy_basis IS 'printed, comparative, prior_row';
COMMENT ON COLUMN segments.yoy_from_rounded IS 'true: computed from rounded figures, show one digit fewer';
COMMENT ON COLUMN segments.share_pct IS
    'Share of reported revenue, per cent; segments before eliminations can sum to more than 100';
COMMENT ON COLUMN segments.contribution_pp IS
    'Change of the segment / total revenue of the year before, percentage points';
COMMENT ON COLUMN segments.series_break IS
    'What changed, where the series is cut differently or renamed from this period on; else NULL';
COMMENT ON COLUMN segments.is_break IS
    'true: the company cuts this series differently from this period on (not a mere rename)';
COMMENT ON COLUMN segments.is_sum IS 'true: not printed; the sum of the quarters of a half or a year';
COMMENT ON COLUMN segments.announced_on IS
    'Day of announcement (Hong Kong); NULL where not seen; of a sum, that of its last quarter';
COMMENT ON COLUMN segments.known_on IS
    'announced_on, or the day by convention where it was not seen; as-of pages use rows known by then';
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
    SELECT ticker, history, fiscal_period, period_start, period_end, months, sum(revenue_mn) AS segments_mn,
        count(*) AS segment_count, bool_or(role IN ('elimination', 'unallocated')) AS itemised,
        bool_and(is_sum) AS is_sum, max(known_on) AS known_on
    FROM segments WHERE parent_segment IS NULL AND role <> 'revenue_type' AND is_latest GROUP BY ALL
),
final AS (
    SELECT s.*, t.revenue_mn, s.segments_mn - t.revenue_mn AS difference_mn, 100 * (s.segments_mn / t.revenue_mn - 1)
        AS difference_pct, t.source_id,
           CASE WHEN t.revenue_mn IS NULL THEN 'no total'
                WHEN abs(s.segments_mn / t.revenue_mn - 1) <= 0.005 THEN 'reconciled'
                WHEN s.segments_mn < t.revenue_mn THEN 'incomplete'
                ELSE 'not itemised' END AS result
    FROM sums AS s
    LEFT JOIN revenue_totals AS t ON t.ticker = s.ticker AND t.period_start = s.period_start
        AND t.period_end = s.period_end AND t.replaced_on IS NULL
)
SELECT * FROM final;
COMMENT ON VIEW segment_reconciliation IS
    'One row per (ticker, history, period_start, period_end): the top rows of a period added up, against reported '
    'revenue.';
COMMENT ON COLUMN segment_reconciliation.ticker IS 'Issuer';
COMMENT ON COLUMN segment_reconciliation.history IS 'as_reported or recast';
COMMENT ON COLUMN segment_reconciliation.fiscal_period IS 'Label of the period';
COMMENT ON COLUMN segment_reconciliation.period_start IS 'First day of the period';
COMMENT ON COLUMN segment_reconciliation.period_end IS 'Last day of the period';
COMMENT ON COLUMN segment_reconciliation.months IS 'Length of the period in months';
COMMENT ON COLUMN segment_reconciliation.segments_mn IS
    'Sum of the top rows, eliminations included where printed, million';
COMMENT ON COLUMN segment_reconciliation.segment_count IS 'Number of top rows';
COMMENT ON COLUMN segment_reconciliation.itemised IS 'true: eliminations or unallocated items are rows of their own';
COMMENT ON COLUMN segment_reconciliation.is_sum IS
    'true: no row of the period is printed; each is the sum of its quarters';
COMMENT ON COLUMN segment_reconciliation.known_on IS 'Day from which all rows are known';
COMMENT ON COLUMN segment_reconciliation.revenue_mn IS 'Revenue as reported, million';
COMMENT ON COLUMN segment_reconciliation.difference_mn IS 'segments_mn - revenue_mn, million';
COMMENT ON COLUMN segment_reconciliation.difference_pct IS 'The difference, per cent of revenue';
COMMENT ON COLUMN segment_reconciliation.source_id IS 'Source of the total';
COMMENT ON COLUMN segment_reconciliation.result IS
    'reconciled (within 0.5 %), incomplete (only some segments are known), not itemised (eliminations that are not '
    'printed: derived), no total';

-- What an evening knew: each row in its latest version by then, and the part of revenue that no row itemises.
CREATE MACRO segments_as_of(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
known AS (
    SELECT s.* FROM segments AS s, asked WHERE s.known_on <= asked.day
    QUALIFY row_number() OVER (PARTITION BY s.ticker, s.history, s.period_start, s.period_end, s.segment,
        s.parent_segment ORDER BY s.version DESC) = 1
),
sums AS (
    SELECT ticker, history, fiscal_period, period_start, period_end, calendar_quarter, months,
        any_value(currency) AS currency, sum(revenue_mn) AS segments_mn, bool_and(is_sum) AS is_sum,
        max(announced_on) AS announced_on, max(known_on) AS known_on
    FROM known WHERE parent_segment IS NULL AND role <> 'revenue_type' GROUP BY ALL
),
rest AS (
    SELECT s.*, t.revenue_mn - s.segments_mn AS rest_mn, 100 * (t.revenue_mn - s.segments_mn) / t.revenue_mn
        AS rest_pct, t.source_id
    FROM sums AS s
    JOIN revenue_as_of(as_of) AS t USING (ticker, period_start, period_end)
    WHERE abs(s.segments_mn / t.revenue_mn - 1) > 0.005
),
with_rest AS (
    SELECT k.ticker, k.history, k.fiscal_period, k.period_start, k.period_end, k.calendar_quarter, k.months, k.segment,
        k.parent_segment, k.series, k.role, k.revenue_mn, k.currency, k.prior_revenue_mn, k.yoy_pct, k.yoy_basis,
           k.yoy_from_rounded, k.share_pct, k.contribution_pp, k.series_break, k.is_break, k.is_sum, k.announced_on,
               k.known_on, k.quality, k.source_id, k.locator, k.note
    FROM known AS k
    UNION ALL
    SELECT ticker, history, fiscal_period, period_start, period_end, calendar_quarter, months, CASE
        WHEN rest_mn < 0 THEN 'Not itemised' ELSE 'Other segments, not known' END, NULL,
           CASE WHEN rest_mn < 0 THEN 'Not itemised' ELSE 'Other segments, not known' END, CASE
               WHEN rest_mn < 0 THEN 'not_itemised' ELSE 'not_known' END, rest_mn, currency, NULL, NULL, NULL,
           false, rest_pct, NULL, NULL, false, is_sum, announced_on, known_on, 'derived', source_id, NULL,
               'Reported revenue less the rows that are known'
           FROM rest
)
SELECT w.*, p.publisher, p.url
FROM with_rest AS w LEFT JOIN sources AS p USING (source_id)
ORDER BY w.ticker, w.history, w.months, w.period_end, w.revenue_mn DESC;
COMMENT ON MACRO TABLE segments_as_of IS
    'Segment revenue as known on the evening of as_of. One row per (ticker, history, period_start, period_end, '
    'segment, parent_segment), and a derived row (role not_itemised or not_known) where the top rows and reported '
    'revenue are more than 0.5 % apart.';

-- What did each part add to the growth of the whole? The parts of a period sum to its growth: what cannot be compared
-- is one part, and says why.
CREATE MACRO segment_contributions(as_of) AS TABLE
WITH top AS (
    SELECT *
    FROM segments_as_of(as_of)
    WHERE parent_segment IS NULL AND role IN ('segment', 'elimination', 'unallocated')
),
revenue AS (SELECT * FROM revenue_as_of(as_of)),
periods AS (
    SELECT s.ticker, s.history, s.fiscal_period, s.period_start, s.period_end, s.calendar_quarter, s.months,
        any_value(s.currency) AS currency, t.revenue_mn, p.revenue_mn AS prior_revenue_mn,
        100 * (t.revenue_mn / p.revenue_mn - 1) AS growth_pct,
           bool_or(s.role = 'segment' AND s.contribution_pp IS NULL) AS has_unknown, max(s.known_on) AS known_on
    FROM top AS s
    JOIN revenue AS t ON t.ticker = s.ticker AND t.period_start = s.period_start AND t.period_end = s.period_end
    JOIN revenue AS p ON p.ticker = s.ticker AND p.months = s.months
        AND last_day(p.period_end) = last_day(CAST(s.period_end - INTERVAL 1 YEAR AS DATE)) AND p.revenue_mn > 0
    GROUP BY ALL
),
-- A business that was sold within the year is no row any more, yet the year before holds it.
sold AS (
    SELECT p.ticker, p.history, p.period_start, p.period_end, o.series AS part, 'sold' AS kind,
        -o.revenue_mn AS change_mn, -100 * o.revenue_mn / p.prior_revenue_mn AS contribution_pp, o.source_id
    FROM periods AS p
    JOIN segment_breaks AS b ON b.ticker = p.ticker AND p.history = 'as_reported' AND b.kind = 'disposal'
        AND b.period_start <= p.period_end AND b.period_start > CAST(p.period_end - INTERVAL 1 YEAR AS DATE)
    JOIN top AS o ON o.ticker = p.ticker AND o.history = p.history AND o.series = b.series AND o.months = p.months
        AND last_day(o.period_end) = last_day(CAST(p.period_end - INTERVAL 1 YEAR AS DATE))
    WHERE NOT EXISTS (
        FROM top AS s
        WHERE s.ticker = p.ticker AND s.history = p.history AND s.period_start = p.period_start
            AND s.period_end = p.period_end AND s.series = b.series
    )
),
known AS (
    SELECT ticker, history, period_start, period_end, series AS part, role AS kind,
        revenue_mn - prior_revenue_mn AS change_mn, contribution_pp, source_id
    FROM top
    WHERE contribution_pp IS NOT NULL
    UNION ALL BY NAME SELECT * FROM sold
),
rest AS (
    SELECT p.ticker, p.history, p.period_start, p.period_end, CASE
        WHEN EXISTS (FROM segment_breaks AS b WHERE b.ticker = p.ticker AND p.history = 'as_reported'
        AND b.kind <> 'rename' AND b.period_start <= p.period_end
                AND b.period_start > CAST(p.period_end - INTERVAL 1 YEAR AS DATE))
                    AND p.has_unknown THEN 'not_comparable' WHEN p.has_unknown THEN 'no_base'
                    ELSE 'not_itemised' END AS kind,
           any_value(p.revenue_mn - p.prior_revenue_mn) - coalesce(sum(k.change_mn), 0) AS change_mn,
               any_value(p.growth_pct) - coalesce(sum(k.contribution_pp), 0) AS contribution_pp
    FROM periods AS p LEFT JOIN known AS k USING (ticker, history, period_start, period_end) GROUP BY ALL
),
parts AS (
    SELECT * FROM known
    UNION ALL BY NAME SELECT *, kind AS part FROM rest WHERE abs(contribution_pp) > 1e-9
)
SELECT p.ticker, p.history, p.fiscal_period, p.period_start, p.period_end, p.calendar_quarter, p.months, c.part,
    c.kind, c.change_mn, c.contribution_pp, p.growth_pct, sum(c.contribution_pp) FILTER (c.kind = 'sold') OVER whole
    AS sold_pp,
       p.growth_pct - sum(c.contribution_pp) FILTER (c.kind = 'sold') OVER whole AS kept_pp,
           coalesce(bool_or(c.kind = 'segment') OVER whole, false) AS is_compared, p.revenue_mn, p.prior_revenue_mn,
           p.currency, c.source_id
FROM periods AS p JOIN parts AS c USING (ticker, history, period_start, period_end)
WINDOW whole AS (PARTITION BY ticker, history, period_start, period_end)
ORDER BY p.ticker, p.history, p.months, p.period_end, c.kind NOT IN ('segment', 'elimination', 'unallocated'),
    c.contribution_pp DESC, c.part;
COMMENT ON MACRO TABLE segment_contributions IS
    'What each part added to the growth of reported revenue, as known on the evening of as_of. One row per (ticker, '
    'history, period_start, period_end, part); the contributions of a period sum to its growth.';

-- One line a period: does it add up, what grew, and what did that come from? Quarters without any row stand between as
-- empty ones.
CREATE MACRO segment_periods(as_of) AS TABLE
WITH rows AS (SELECT * FROM segments_as_of(as_of) WHERE parent_segment IS NULL AND role <> 'revenue_type'),
totals AS (SELECT * FROM revenue_as_of(as_of)),
sums AS (
    SELECT ticker, history, fiscal_period, period_start, period_end, calendar_quarter, months,
        any_value(currency) AS currency,
           sum(revenue_mn) FILTER (role IN ('segment', 'elimination', 'unallocated')) AS segments_mn,
               count(*) FILTER (role IN ('segment', 'elimination', 'unallocated')) AS segment_count,
           bool_or(role = 'not_itemised') AS not_itemised, bool_or(role = 'not_known') AS not_known,
               bool_and(is_sum) AS is_sum,
           arg_max(series, contribution_pp) FILTER (role = 'segment') AS leader,
               max(contribution_pp) FILTER (role = 'segment') AS leader_pp,
           arg_max(series, yoy_pct) FILTER (role = 'segment' AND series NOT IN ('Others', 'All others')) AS fastest,
               max(yoy_pct) FILTER (role = 'segment' AND series NOT IN ('Others', 'All others')) AS fastest_yoy_pct,
           count(yoy_pct) FILTER (role = 'segment') AS compared_count, count(*) FILTER (role = 'segment') AS own_count,
           arg_max(series, revenue_mn) FILTER (role = 'segment') AS largest, max(share_pct) FILTER (role = 'segment')
               AS largest_share_pct,
           max(announced_on) AS announced_on, max(known_on) AS known_on
    FROM rows GROUP BY ALL
),
spans AS (
    SELECT s.ticker, s.history, min(s.period_end) AS first_end, max(s.period_end) AS last_end, c.fiscal_year_end_month
    FROM sums AS s
    JOIN companies AS c USING (ticker)
    WHERE s.months = 3 AND s.history = 'as_reported'
    GROUP BY ALL
),
spine AS (
    SELECT p.ticker, p.history, CAST(date_trunc('month', q.month) - INTERVAL 2 MONTH AS DATE) AS period_start,
        last_day(CAST(q.month AS DATE)) AS period_end, p.fiscal_year_end_month
    FROM spans AS p, unnest(generate_series(CAST(date_trunc('month', p.first_end) AS TIMESTAMP),
        CAST(p.last_end AS TIMESTAMP), INTERVAL 3 MONTH)) AS q(month)
),
gaps AS (
    SELECT *
    FROM spine AS g
    WHERE NOT EXISTS (
        FROM sums AS s
        WHERE s.ticker = g.ticker AND s.history = g.history AND s.months = 3 AND last_day(s.period_end) = g.period_end
    )
),
same_scope AS (
    SELECT l.*
    FROM like_for_like AS l
    WHERE l.segment IS NULL AND coalesce(l.announced_on, presumed_known_on(l.period_start, l.period_end))
        <= CAST(as_of AS DATE)
    QUALIFY row_number() OVER (PARTITION BY l.ticker, l.period_start,
        l.period_end ORDER BY l.announced_on DESC NULLS LAST) = 1
),
final AS (
    SELECT s.*, t.revenue_mn, p.revenue_mn AS prior_revenue_mn,
        coalesce(CASE WHEN p.revenue_mn > 0 THEN 100 * (t.revenue_mn / p.revenue_mn - 1) END, t.yoy_pct)
        AS revenue_yoy_pct,
           s.segments_mn - t.revenue_mn AS difference_mn, 100 * (s.segments_mn / t.revenue_mn - 1) AS difference_pct,
           CASE WHEN t.revenue_mn IS NULL THEN 'no total' WHEN s.not_itemised THEN 'not itemised'
               WHEN s.not_known THEN 'incomplete' ELSE 'reconciled' END AS result,
           (SELECT string_agg(b.what_changed, '; ' ORDER BY b.period_start) FROM segment_breaks AS b
               WHERE b.ticker = s.ticker AND s.history = 'as_reported' AND b.kind = 'disposal'
               AND b.period_start <= s.period_end
               AND b.period_start > CAST(s.period_end - INTERVAL 1 YEAR AS DATE)) AS disposal,
           results_are_stale(s.known_on, CAST(as_of AS DATE), s.months = 3) AS is_stale,
               l.yoy_pct AS like_for_like_pct, l.excludes AS like_for_like_excludes,
               l.source_id AS like_for_like_source_id
    FROM sums AS s
    LEFT JOIN totals AS t ON t.ticker = s.ticker AND t.period_start = s.period_start AND t.period_end = s.period_end
    LEFT JOIN totals AS p ON p.ticker = s.ticker AND p.months = s.months
        AND last_day(p.period_end) = last_day(CAST(s.period_end - INTERVAL 1 YEAR AS DATE))
    LEFT JOIN same_scope AS l ON l.ticker = s.ticker AND l.period_start = s.period_start AND l.period_end = s.period_end
)
SELECT ticker, history, fiscal_period, period_start, period_end, calendar_quarter, months, currency, revenue_mn,
    prior_revenue_mn, revenue_yoy_pct, like_for_like_pct, like_for_like_excludes, like_for_like_source_id, disposal,
    is_stale,
       segments_mn, segment_count, difference_mn, difference_pct, result, is_sum, leader, leader_pp, fastest,
           fastest_yoy_pct, compared_count < own_count AS is_partly_compared, largest, largest_share_pct, announced_on,
           known_on
       FROM final
UNION ALL BY NAME
SELECT ticker, history, fiscal_period(period_start, period_end, fiscal_year_end_month) AS fiscal_period, period_start,
    period_end, calendar_quarter(period_start, period_end) AS calendar_quarter, 3 AS months, 0 AS segment_count,
    'no rows' AS result
FROM gaps
ORDER BY ticker, history, months, period_end;
COMMENT ON MACRO TABLE segment_periods IS
    'The periods of segments_as_of, each added up against reported revenue, with growth and what added most to it. '
    'One row per (ticker, history, period_start, period_end).';

-- How fast does one line of business grow at each company? Of a company with several segments in a theme the sum, where
-- each of them can be compared.
CREATE MACRO theme_growth(as_of) AS TABLE
SELECT t.theme, s.ticker, s.fiscal_period, s.period_start, s.period_end,
    year(s.period_end) || 'Q' || quarter(s.period_end) AS calendar_quarter,
    string_agg(s.segment, ' + ' ORDER BY s.revenue_mn DESC) AS segments, sum(s.revenue_mn) AS revenue_mn,
    any_value(s.currency) AS currency,
       CASE WHEN count(*) = 1 THEN any_value(s.yoy_pct) WHEN bool_and(s.prior_revenue_mn IS NOT NULL)
           AND sum(s.prior_revenue_mn) > 0 THEN 100 * (sum(s.revenue_mn) / sum(s.prior_revenue_mn) - 1) END AS yoy_pct,
       CASE WHEN count(*) = 1 THEN any_value(s.yoy_basis) WHEN bool_and(s.prior_revenue_mn IS NOT NULL)
           AND sum(s.prior_revenue_mn) > 0 THEN CASE WHEN bool_and(s.yoy_basis = 'comparative') THEN 'comparative'
           ELSE 'prior_row' END END AS yoy_basis,
       bool_or(s.yoy_from_rounded) AS yoy_from_rounded, bool_or(s.is_break) AS is_break,
           max(s.announced_on) AS announced_on, max(s.known_on) AS known_on,
           arg_max(s.source_id, s.revenue_mn) AS source_id
FROM segments_as_of(as_of) AS s JOIN segment_themes AS t ON t.ticker = s.ticker AND t.segment = s.segment
WHERE s.history = 'as_reported' AND s.months = 3 AND s.role = 'segment'
GROUP BY t.theme, s.ticker, s.fiscal_period, s.period_start, s.period_end
ORDER BY t.theme, s.ticker, s.period_end;
COMMENT ON MACRO TABLE theme_growth IS
    'Quarterly revenue and growth of each company in each line of business (segment_themes), as known on the evening '
    'of as_of. One row per (theme, ticker, period_start, period_end).';
