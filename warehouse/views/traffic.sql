-- How many visits did a vendor count on each AI site, which rose and fell, and what do reports say of the sector?

-- A week is known from the day of its report; where that is not seen, from a week after its end. Two vendors count
-- differently: nothing here crosses from one to another.
CREATE MACRO traffic_as_of(as_of) AS TABLE
WITH asked AS (SELECT coalesce(CAST(as_of AS DATE), built_day()) AS evening),
known AS (SELECT t.* FROM site_traffic AS t, asked WHERE coalesce(t.published_on, t.week_end + 7) <= asked.evening),
final AS (
    SELECT k.vendor, k.site, k.site_printed, k.category_en, k.category_zh, k.week_start, k.week_end, k.visits_mn,
        100 * k.visits_mn / nullif(sum(k.visits_mn) OVER week, 0) AS share_pct,
           rank() OVER (PARTITION BY k.vendor, k.week_start ORDER BY k.visits_mn DESC) AS rank, k.wow_pct, CASE
               WHEN p.visits_mn > 0 THEN 100 * (k.visits_mn / p.visits_mn - 1) END AS wow_computed_pct,
           CASE WHEN f.visits_mn > 0 THEN 100 * (k.visits_mn / f.visits_mn - 1) END AS four_week_pct, k.average_stay_s,
           CASE WHEN k.visits_mn >= 100 THEN 1 WHEN k.visits_mn >= 10 THEN 2 WHEN k.visits_mn >= 1 THEN 3
               ELSE 4 END AS tier,
           k.week_start = max(k.week_start) OVER (PARTITION BY k.vendor) AS is_latest, k.published_on, k.quality,
               k.date_basis, k.source_id, k.note, k.correction_id
    FROM known AS k LEFT JOIN known AS p ON p.vendor = k.vendor AND p.site = k.site AND p.week_start = k.week_start - 7
    LEFT JOIN known AS f ON f.vendor = k.vendor AND f.site = k.site AND f.week_start = k.week_start - 28
    WINDOW week AS (PARTITION BY k.vendor, k.week_start)
)
SELECT * FROM final ORDER BY vendor, week_start DESC, visits_mn DESC, site;
COMMENT ON MACRO TABLE traffic_as_of IS
    'Visits to each site in each week known on the evening of as_of (NULL: now), with share of the table, tier and '
    'changes, vendors apart. One row per (vendor, site, week_start).';

-- The weeks of a vendor's table as a whole. The change of the total follows from the changes printed site by site: this
-- week over what they imply for the week before.
CREATE MACRO traffic_weeks(as_of) AS TABLE
WITH final AS (
    SELECT vendor, week_start, any_value(week_end) AS week_end, count(*) AS sites, sum(visits_mn) AS total_visits_mn,
           CASE WHEN count(wow_pct) = count(*) AND min(wow_pct) > -100
               THEN 100 * (sum(visits_mn) / sum(visits_mn / (1 + wow_pct / 100)) - 1) END AS total_wow_pct,
           count(*) FILTER (wow_pct > 0) AS up, count(*) FILTER (wow_pct < 0) AS down,
               count(*) FILTER (wow_pct IS NULL) AS no_change_printed, arg_max(site, visits_mn) AS leader,
           max(visits_mn) AS leader_visits_mn, max(share_pct) AS leader_share_pct,
               arg_max(wow_pct, visits_mn) AS leader_wow_pct, any_value(is_latest) AS is_latest,
               max(published_on) AS published_on, min(source_id) AS source_id
    FROM traffic_as_of(as_of) GROUP BY vendor, week_start
)
SELECT * FROM final ORDER BY vendor, week_start DESC;
COMMENT ON MACRO TABLE traffic_weeks IS
    'Each vendor''s weekly table as a whole, as known on the evening of as_of (NULL: now). One row per (vendor, '
    'week_start).';

-- Figures about a sector as reports print them; those of a report without a day stand in no evening, only now (as_of
-- NULL). A series is one figure over periods of one length; points: how many of them are known. doubt: why a figure
-- should not be taken at its word, by a ruling, a contradiction on record, or its own series (a tenfold step between
-- two observations that are no forecasts).
CREATE MACRO sector_stats_as_of(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day, coalesce(CAST(as_of AS DATE), built_day()) AS evening),
known AS (
    SELECT s.*, round((s.period_end - s.period_start) / 30.4) AS months
    FROM sector_stats AS s, asked
    WHERE s.published_on <= asked.evening OR (s.published_on IS NULL AND asked.day IS NULL)
),
stepped AS (
    SELECT k.*, count(DISTINCT k.period_end) OVER series AS points, lag(k.value) OVER in_time AS before,
        lead(k.value) OVER in_time AS after
    FROM known AS k
    WINDOW series AS (PARTITION BY k.topic, k.stat, k.entity, k.unit, k.currency, months),
        in_time AS (PARTITION BY k.topic, k.stat, k.entity, k.unit, k.currency, k.is_forecast,
        months ORDER BY k.period_end, k.published_on, k.source_id)
),
final AS (
    SELECT coalesce(t.section, 'outside') AS section, s.topic, coalesce(t.name_en, s.topic) AS topic_en,
        coalesce(t.name_zh, s.topic) AS topic_zh, s.stat, s.entity, s.ticker, s.period_printed, s.period_start,
        s.period_end,
           s.is_forecast, s.value, s.value_high, s.unit, s.currency, s.yoy_pct, s.mom_pct, CASE
               WHEN s.points > 0 THEN s.points ELSE 1 END AS points,
           CASE WHEN c.column_name = 'value' THEN TRY_CAST(c.printed_value AS DOUBLE) END AS printed_value,
           CASE WHEN c.correction_id IS NOT NULL THEN c.test WHEN regexp_matches(coalesce(s.note, ''), '\bC\d+:')
               THEN regexp_replace(s.note, '^.*?\bC\d+: *', '')
                WHEN s.value > 0 AND ((s.before > 0 AND greatest(s.value / s.before, s.before / s.value) >= 10)
                    OR (s.after > 0 AND greatest(s.value / s.after, s.after / s.value) >= 10))
                THEN 'a tenfold step from one observation to the next' END AS doubt,
           s.published_on, s.quality, s.date_basis, s.source_id, s.note, s.correction_id
    FROM stepped AS s
    LEFT JOIN topics AS t ON t.topic = s.topic
    LEFT JOIN corrections AS c ON c.correction_id = s.correction_id
)
SELECT * FROM final ORDER BY section, topic, stat, entity, period_end NULLS LAST, source_id;
COMMENT ON MACRO TABLE sector_stats_as_of IS
    'The sector figures known on the evening of as_of (NULL: now), with what speaks against them. One row per '
    '(topic, stat, entity, period_printed, source_id).';
