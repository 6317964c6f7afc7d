-- How many shares does each company have, as known on a day?

CREATE VIEW shares AS
SELECT s.ticker, s.date, s.kind, s.period_start,
       s.value * CASE s.unit WHEN 'million ADS' THEN r.shares_per_ads ELSE 1 END AS shares_mn,
       coalesce(s.announced_on, presumed_known_on(coalesce(s.period_start, s.date - 89), s.date)) AS known_on,
       s.announced_on, s.quality, s.correction_id, s.date_basis, s.source_id, s.locator, s.note
FROM printed.shares AS s
LEFT JOIN listings AS r ON r.issuer_ticker = s.ticker AND r.share_class = 'ADS' AND r.valid_to IS NULL;
COMMENT ON VIEW shares IS 'One row per (ticker, kind, date, period_start, source_id): counts of ordinary shares.';
COMMENT ON COLUMN shares.ticker IS 'Issuer';
COMMENT ON COLUMN shares.date IS 'Day of the count, or last day of the averaging period';
COMMENT ON COLUMN shares.kind IS 'outstanding or diluted_average';
COMMENT ON COLUMN shares.period_start IS 'First day of the averaging period; NULL for outstanding';
COMMENT ON COLUMN shares.shares_mn IS 'Ordinary shares, million';
COMMENT ON COLUMN shares.known_on IS 'Day from which the count is known; by convention where its publication was not seen';
COMMENT ON COLUMN shares.announced_on IS 'Day of publication; NULL where not seen';
COMMENT ON COLUMN shares.quality IS 'exact, rounded, over, about, truncated, derived, ruled';
COMMENT ON COLUMN shares.correction_id IS 'Ruling, a row of corrections; NULL: as printed';
COMMENT ON COLUMN shares.date_basis IS 'announced_on: printed, inferred, convention (not seen)';
COMMENT ON COLUMN shares.source_id IS 'Source';
COMMENT ON COLUMN shares.locator IS 'Where in the source';
COMMENT ON COLUMN shares.note IS 'Doubt or detail';

CREATE VIEW share_changes AS
SELECT c.ticker, c.period_start, c.period_end,
       c.bought * factor AS bought_shares, c.net_change * factor AS net_change_shares, c.opening * factor AS opening_shares, c.closing * factor AS closing_shares,
       CASE WHEN c.share_unit = 'million ADS' THEN 'share, from ADS' WHEN c.share_unit = 'million Class B shares' THEN 'Class B share' ELSE 'share' END AS share_unit,
       c.published_on, c.quality, c.correction_id, c.date_basis, c.source_id, c.locator, c.note
FROM printed.share_changes AS c
LEFT JOIN listings AS r ON r.issuer_ticker = c.ticker AND r.share_class = 'ADS' AND r.valid_to IS NULL,
LATERAL (SELECT 1e6 * CASE WHEN c.share_unit = 'million ADS' THEN r.shares_per_ads ELSE 1 END AS factor);
COMMENT ON VIEW share_changes IS 'One row per (ticker, period_start, period_end, share_unit): shares bought back and the net change of the count, in full ordinary shares.';
COMMENT ON COLUMN share_changes.ticker IS 'Issuer';
COMMENT ON COLUMN share_changes.period_start IS 'First day';
COMMENT ON COLUMN share_changes.period_end IS 'Last day';
COMMENT ON COLUMN share_changes.bought_shares IS 'Shares bought back, full units';
COMMENT ON COLUMN share_changes.net_change_shares IS 'Change of the count, full units; negative: fewer shares';
COMMENT ON COLUMN share_changes.opening_shares IS 'Count at the start, full units';
COMMENT ON COLUMN share_changes.closing_shares IS 'Count at the end, full units';
COMMENT ON COLUMN share_changes.share_unit IS 'share, Class B share, or share, from ADS (converted by the ratio)';
COMMENT ON COLUMN share_changes.published_on IS 'Day of publication; NULL where not seen';
COMMENT ON COLUMN share_changes.quality IS 'exact, rounded, derived ...';
COMMENT ON COLUMN share_changes.correction_id IS 'Ruling, a row of corrections; NULL: as printed';
COMMENT ON COLUMN share_changes.date_basis IS 'published_on: printed, inferred, convention (not seen)';
COMMENT ON COLUMN share_changes.source_id IS 'Source';
COMMENT ON COLUMN share_changes.locator IS 'Where in the source';
COMMENT ON COLUMN share_changes.note IS 'Doubt or detail';
