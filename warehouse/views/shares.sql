-- How many shares does each company have, as known on a day?

CREATE OR REPLACE TABLE shares AS
WITH counted AS (
    SELECT s.*, coalesce(s.announced_on, presumed_known_on(coalesce(s.period_start, s.date - 89), s.date)) AS known_on
    FROM printed.shares AS s
),
-- Where no average is printed, it is what turns a profit into its own diluted EPS: derived, and never from a loss.
implied AS (
    SELECT d.ticker, d.period_end AS date, 'diluted_average' AS kind, d.period_start, d.shares_mn,
        d.effective_on - 1 AS known_on, d.announced_on, 'derived' AS quality, NULL AS correction_id,
           CASE WHEN d.announced_on IS NULL THEN 'convention' ELSE 'printed' END AS date_basis, d.source_id,
               NULL AS locator, d.basis || ' profit / diluted EPS' AS note
    FROM diluted_counts AS d
    ANTI JOIN counted AS c ON c.kind = 'diluted_average' AND c.ticker = d.ticker AND c.period_start = d.period_start
        AND c.date = d.period_end AND c.known_on < d.effective_on
    WHERE d.basis IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY d.ticker, d.period_start, d.period_end ORDER BY d.effective_on,
        d.basis DESC) = 1
)
SELECT ticker, date, kind, period_start, ordinary_mn(value, unit, ticker, known_on) AS shares_mn, known_on,
    announced_on, quality, correction_id, date_basis, source_id, locator, note
FROM counted
UNION ALL SELECT * FROM implied
ORDER BY ALL;
DROP TABLE diluted_counts;
COMMENT ON TABLE shares IS
    'One row per (ticker, kind, date, period_start, source_id): counts of ordinary shares on today''s basis (ADS and '
    'splits converted).';
COMMENT ON COLUMN shares.ticker IS 'Issuer';
COMMENT ON COLUMN shares.date IS 'Day of the count, or last day of the averaging period';
COMMENT ON COLUMN shares.kind IS 'outstanding or diluted_average';
COMMENT ON COLUMN shares.period_start IS 'First day of the averaging period; NULL for outstanding';
COMMENT ON COLUMN shares.shares_mn IS 'Ordinary shares, million';
COMMENT ON COLUMN shares.known_on IS
    'Day from which the count is known; by convention where its publication was not seen';
COMMENT ON COLUMN shares.announced_on IS 'Day of publication; NULL where not seen';
COMMENT ON COLUMN shares.quality IS 'exact, rounded, over, about, truncated, derived, ruled';
COMMENT ON COLUMN shares.correction_id IS 'Ruling, a row of corrections; NULL: as printed';
COMMENT ON COLUMN shares.date_basis IS 'announced_on: printed, inferred, convention (not seen)';
COMMENT ON COLUMN shares.source_id IS 'Source';
COMMENT ON COLUMN shares.locator IS 'Where in the source';
COMMENT ON COLUMN shares.note IS 'Doubt or detail';

CREATE VIEW share_changes AS
WITH with_factor AS (
    SELECT c.*, 1e6 * CASE WHEN c.share_unit = 'million ADS' THEN ads_ratio(c.ticker, c.period_end)
        ELSE 1 END * split_factor(c.ticker, c.period_end) AS factor
    FROM printed.share_changes AS c
)
SELECT ticker, period_start, period_end, bought * factor AS bought_shares, net_change * factor AS net_change_shares,
    opening * factor AS opening_shares, closing * factor AS closing_shares,
       CASE share_unit WHEN 'million ADS' THEN 'share, from ADS' WHEN 'million Class B shares' THEN 'Class B share'
           ELSE 'share' END AS share_unit,
       published_on, coalesce(published_on, presumed_known_on(period_start, period_end)) AS known_on, quality,
           correction_id, date_basis, source_id, locator, note
FROM with_factor;
COMMENT ON VIEW share_changes IS
    'One row per (ticker, period_start, period_end, share_unit): shares bought back and the net change of the count, '
    'in full ordinary shares of today.';
COMMENT ON COLUMN share_changes.ticker IS 'Issuer';
COMMENT ON COLUMN share_changes.period_start IS 'First day';
COMMENT ON COLUMN share_changes.period_end IS 'Last day';
COMMENT ON COLUMN share_changes.bought_shares IS 'Shares bought back, full units';
COMMENT ON COLUMN share_changes.net_change_shares IS 'Change of the count, full units; negative: fewer shares';
COMMENT ON COLUMN share_changes.opening_shares IS 'Count at the start, full units';
COMMENT ON COLUMN share_changes.closing_shares IS 'Count at the end, full units';
COMMENT ON COLUMN share_changes.share_unit IS 'share, Class B share, or share, from ADS (converted by the ratio)';
COMMENT ON COLUMN share_changes.published_on IS 'Day of publication; NULL where not seen';
COMMENT ON COLUMN share_changes.known_on IS
    'Day from which the change is known; by convention where its publication was not seen';
COMMENT ON COLUMN share_changes.quality IS 'exact, rounded, derived ...';
COMMENT ON COLUMN share_changes.correction_id IS 'Ruling, a row of corrections; NULL: as printed';
COMMENT ON COLUMN share_changes.date_basis IS 'published_on: printed, inferred, convention (not seen)';
COMMENT ON COLUMN share_changes.source_id IS 'Source';
COMMENT ON COLUMN share_changes.locator IS 'Where in the source';
COMMENT ON COLUMN share_changes.note IS 'Doubt or detail';
