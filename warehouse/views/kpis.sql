-- How did each operating figure move, and which of its values may be compared?

-- Growth is the printed one; else against the value of the year before that stands in the same document; else against
-- last year's own figure. Two figures are compared only if both are told exactly or rounded ("over 300" is no number to
-- divide by), in one unit, and no change of definition lies between. A rate or share moves in points, a printed growth
-- does not grow.
CREATE MACRO kpi_history(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
dated AS (
    SELECT k.*, t.topic, months_of(k.period_start, k.period_end) AS months,
        coalesce(k.announced_on, presumed_known_on(coalesce(k.period_start, k.period_end), k.period_end)) AS known_on
    FROM kpis AS k LEFT JOIN kpi_topics AS t USING (ticker, kpi) WHERE k.period_end IS NOT NULL
),
known AS (SELECT d.* FROM dated AS d, asked WHERE d.known_on <= asked.day),
beside AS (
    SELECT k.*, p.value AS row_before, k.quality IN ('exact', 'rounded') AND k.value_high IS NULL AS is_plain,
        p.quality IN ('exact', 'rounded') AND p.value_high IS NULL AS is_plain_before, p.quality AS quality_before,
           EXISTS (
               FROM known AS c
               WHERE c.ticker = k.ticker AND c.kpi = k.kpi AND c.definition_change
                   AND c.period_end > CAST(k.period_end - INTERVAL 1 YEAR AS DATE) AND c.period_end <= k.period_end
           ) AS is_redefined
    FROM known AS k
    LEFT JOIN known AS p ON p.ticker = k.ticker AND p.kpi = k.kpi AND p.unit = k.unit AND p.months = k.months
        AND last_day(p.period_end) = last_day(CAST(k.period_end - INTERVAL 1 YEAR AS DATE))
),
compared AS (
    SELECT *, CASE WHEN is_plain THEN coalesce(prior_value, CASE WHEN is_plain_before
        AND NOT is_redefined THEN row_before END) END AS base,
        coalesce(topic = 'growth' OR contains(kpi, 'growth'), false) AS is_growth, prior_value AS comparative
    FROM beside
),
final AS (
    SELECT ticker, kpi, topic, fiscal_period, period_start, period_end, months, value, value_high, unit, quality,
        base AS prior_value,
           coalesce(yoy_pct, CASE WHEN unit <> '%' AND base > 0 THEN 100 * (value / base - 1) END) AS yoy_pct, CASE
               WHEN unit = '%' AND NOT is_growth THEN value - base END AS change_pp,
           CASE WHEN yoy_pct IS NOT NULL THEN coalesce(yoy_quality, 'exact') WHEN base IS NOT NULL THEN CASE
               WHEN 'rounded' IN (quality, quality_before) THEN 'rounded' ELSE 'exact' END END AS yoy_quality,
           CASE WHEN yoy_pct IS NOT NULL THEN 'printed' WHEN is_growth OR base IS NULL
               OR (unit <> '%' AND base <= 0) THEN NULL WHEN comparative IS NOT NULL THEN 'comparative'
               ELSE 'prior_row' END AS yoy_basis,
           CASE WHEN yoy_pct IS NOT NULL THEN NULL WHEN is_growth THEN 'is a growth' WHEN unit <> '%'
               AND base <= 0 THEN 'not meaningful' WHEN base IS NOT NULL THEN NULL
               WHEN row_before IS NULL THEN 'no base'
                WHEN is_redefined THEN 'redefined' ELSE 'not exact' END AS no_growth,
           definition_change, announced_on, known_on, confidence,
               row_number() OVER (PARTITION BY ticker, kpi ORDER BY period_end DESC, months NULLS LAST, known_on DESC,
               source_id) = 1 AS is_latest,
           max(period_end) OVER (PARTITION BY ticker, kpi) < CAST((SELECT day FROM asked) - INTERVAL 15 MONTH AS DATE)
               AS is_stale, source_id, coalesce(yoy_source_id, source_id) AS yoy_source_id, locator, note
    FROM compared
)
SELECT f.*, s.publisher, s.url
FROM final AS f
LEFT JOIN sources AS s USING (source_id)
ORDER BY f.ticker, f.kpi, f.period_end, f.months;
COMMENT ON MACRO TABLE kpi_history IS
    'Operating figures with their growth, as known on the evening of as_of. One row per (ticker, kpi, fiscal_period, '
    'period_end).';
