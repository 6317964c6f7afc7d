-- How is each line valued on each session, with what was known when its close was struck?

-- Prices of the lines that have earnings: closes of real sessions only.
CREATE TEMP TABLE line_closes AS
SELECT p.ticker, c.issuer_ticker, c.kind, c.exchange, c.fiscal_year_end_month, p.date, p.frequency, p.close,
    p.currency AS close_currency, p.source_id, close_known_on(p.date, c.exchange) AS known_on,
       -- prices are on today's basis, so a line counts with today's ratio
       coalesce((SELECT max(l.shares_per_ads) FROM listings AS l WHERE l.ticker = c.ticker AND l.valid_to IS NULL), 1)
           AS shares_per_line,
       coalesce(p.date >= (SELECT min(e.effective_on) FROM earnings_items AS e WHERE e.ticker = c.issuer_ticker
           AND e.months = 3), false) AS reports_quarterly
FROM prices AS p
JOIN companies AS c USING (ticker)
SEMI JOIN sessions AS s ON s.exchange = calendar_of(c.exchange) AND s.session = p.date
WHERE c.kind IN ('company', 'peer', 'line') AND p.frequency IN ('daily', 'month_end');

-- The count of shares known when a close was struck: outstanding, at most 100 days old, else the diluted average of the
-- latest quarter known.
CREATE OR REPLACE TABLE market_caps AS
WITH counts AS (
    SELECT DISTINCT ticker, known_on, arg_max(shares_mn, (date, known_on, period_start)) OVER known AS shares_mn,
        max(date) OVER known AS count_date
    FROM shares
    WHERE kind = 'outstanding'
    WINDOW known AS (PARTITION BY ticker ORDER BY known_on RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
averages AS (
    SELECT DISTINCT ticker, known_on, arg_max(shares_mn, (date, known_on, period_start)) OVER known AS shares_mn,
        max(date) OVER known AS count_date
    FROM shares
    WHERE kind = 'diluted_average'
    WINDOW known AS (PARTITION BY ticker ORDER BY known_on RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
),
with_count AS (
    SELECT l.*, CASE WHEN c.count_date >= l.date - 100 THEN c.shares_mn END AS outstanding_mn, CASE
        WHEN c.count_date >= l.date - 100 THEN c.count_date END AS outstanding_date
    FROM line_closes AS l ASOF LEFT JOIN counts AS c ON c.ticker = l.issuer_ticker AND l.date > c.known_on
),
with_average AS (
    SELECT w.*, a.shares_mn AS average_mn, a.count_date AS average_date
    FROM with_count AS w ASOF LEFT JOIN averages AS a ON a.ticker = w.issuer_ticker AND w.date > a.known_on
)
SELECT ticker, date, frequency, close, close_currency, shares_per_line,
    coalesce(outstanding_mn, average_mn) AS shares_mn, CASE WHEN outstanding_mn IS NOT NULL THEN 'outstanding'
    WHEN average_mn IS NOT NULL THEN 'diluted_average' END AS share_kind,
       coalesce(outstanding_date, average_date) AS share_date,
           close / shares_per_line * coalesce(outstanding_mn, average_mn) AS market_cap_mn, known_on, source_id
FROM with_average ORDER BY ticker, frequency, date;
COMMENT ON TABLE market_caps IS
    'One row per (ticker, frequency, date): close times all ordinary shares of the issuer, by the count known when '
    'the close was struck.';
COMMENT ON COLUMN market_caps.ticker IS 'Line';
COMMENT ON COLUMN market_caps.date IS 'Session';
COMMENT ON COLUMN market_caps.frequency IS 'daily or month_end';
COMMENT ON COLUMN market_caps.close IS 'Close, close_currency, not dividend-adjusted';
COMMENT ON COLUMN market_caps.close_currency IS 'Currency of the close';
COMMENT ON COLUMN market_caps.shares_per_line IS 'Ordinary shares that one unit of the line stands for';
COMMENT ON COLUMN market_caps.shares_mn IS 'Ordinary shares of the issuer, million; NULL where no count is known';
COMMENT ON COLUMN market_caps.share_kind IS
    'outstanding (at most 100 days old), else diluted_average of the latest quarter known (derived)';
COMMENT ON COLUMN market_caps.share_date IS 'Day of the count, or last day of the averaging period';
COMMENT ON COLUMN market_caps.market_cap_mn IS 'Market capitalisation, million of close_currency';
COMMENT ON COLUMN market_caps.known_on IS 'First Hong Kong evening on which the close is known';
COMMENT ON COLUMN market_caps.source_id IS 'Source of the close';

-- The companies covered as one: who entered on each session of Hong Kong, one line an issuer, with the last close known
-- that evening.
CREATE OR REPLACE TABLE basket_members AS
WITH days AS (
    SELECT DISTINCT frequency, date FROM line_closes WHERE kind = 'company' AND exchange = 'HKEX'
),
asked AS (
    SELECT d.*, c.ticker, b.basis
    FROM days AS d, companies AS c, (VALUES ('adjusted'), ('reported')) AS b(basis)
    WHERE c.kind = 'company'
),
with_cap AS (
    SELECT a.*, m.date AS close_date, m.market_cap_mn, m.shares_mn, m.close_currency
    FROM asked AS a
    ASOF LEFT JOIN (
        SELECT * FROM market_caps WHERE market_cap_mn IS NOT NULL
    ) AS m ON m.ticker = a.ticker AND m.frequency = a.frequency AND a.date >= m.known_on
),
with_age AS (
    SELECT w.*, coalesce(w.date >= (SELECT min(e.effective_on) FROM earnings_items AS e WHERE e.ticker = w.ticker
        AND e.months = 3), false) AS reports_quarterly
    FROM with_cap AS w WHERE w.close_date >= w.date - CASE w.frequency WHEN 'daily' THEN 16 ELSE 35 END
),
with_printed AS (
    SELECT w.*, CASE WHEN NOT results_are_stale(t.announced_on, w.date, w.reports_quarterly) THEN {value: t.value,
        currency: t.currency, period_end: t.period_end, announced_on: t.announced_on} END AS printed
    FROM with_age AS w
    ASOF LEFT JOIN trailing_sums AS t ON t.ticker = w.ticker AND t.item = 'net_income' AND t.basis = w.basis
        AND w.date >= t.effective_on
),
-- Where a profit of the twelve months is not known and their EPS is: EPS times the count behind the market cap.
with_profit AS (
    SELECT w.*, coalesce(w.printed, CASE WHEN NOT results_are_stale(t.announced_on, w.date, w.reports_quarterly)
        THEN {value: t.value * w.shares_mn, currency: t.currency, period_end: t.period_end,
        announced_on: t.announced_on} END) AS profit
    FROM with_printed AS w
    ASOF LEFT JOIN trailing_sums AS t ON t.ticker = w.ticker AND t.item = 'eps_diluted' AND t.basis = w.basis
        AND w.date >= t.effective_on
),
with_close_fx AS (
    SELECT p.*, CASE WHEN p.close_currency = 'HKD' THEN 1 WHEN f.date >= p.date - 10 THEN f.rate END AS close_fx
    FROM with_profit AS p ASOF LEFT JOIN fx AS f ON f.base = p.close_currency AND f.quote = 'HKD' AND p.date >= f.date
),
with_fx AS (
    SELECT p.*, CASE WHEN p.profit.currency = 'HKD' THEN 1 WHEN f.date >= p.date - 10 THEN f.rate END AS profit_fx
    FROM (SELECT *, profit.currency AS currency FROM with_close_fx WHERE profit IS NOT NULL) AS p
    ASOF LEFT JOIN fx AS f ON f.base = p.currency AND f.quote = 'HKD' AND p.date >= f.date
)
SELECT date, frequency, basis, ticker, market_cap_mn * close_fx AS market_cap_hkd_mn,
    profit.value * profit_fx AS profit_hkd_mn, printed IS NULL AS profit_is_derived, close_date,
    profit.period_end AS period_end, profit.announced_on AS announced_on
FROM with_fx WHERE close_fx IS NOT NULL AND profit_fx IS NOT NULL ORDER BY ALL;
COMMENT ON TABLE basket_members IS
    'One row per (date, frequency, basis, ticker): a covered company that enters the basket of a session: its market '
    'cap and trailing attributable profit as known that evening.';
COMMENT ON COLUMN basket_members.date IS 'Session of Hong Kong';
COMMENT ON COLUMN basket_members.frequency IS 'daily or month_end';
COMMENT ON COLUMN basket_members.basis IS 'reported or adjusted profits';
COMMENT ON COLUMN basket_members.ticker IS 'Company, one line an issuer';
COMMENT ON COLUMN basket_members.market_cap_hkd_mn IS
    'Market capitalisation at its last close known that evening, million HKD at the rate of the session';
COMMENT ON COLUMN basket_members.profit_hkd_mn IS
    'Attributable profit of the trailing twelve months, losses included, million HKD at the rate of the session';
COMMENT ON COLUMN basket_members.profit_is_derived IS
    'true: trailing EPS times the shares behind the market cap, because the profit itself is not known';
COMMENT ON COLUMN basket_members.close_date IS 'Session of that close';
COMMENT ON COLUMN basket_members.period_end IS 'Last day of the twelve months';
COMMENT ON COLUMN basket_members.announced_on IS 'Latest announcement behind the profit';

CREATE OR REPLACE TABLE basket_valuation AS
SELECT date, frequency, basis, count(*) AS members, (
    SELECT count(*) FROM companies WHERE kind = 'company'
) AS companies, sum(market_cap_hkd_mn) AS market_cap_hkd_mn, sum(profit_hkd_mn) AS profit_hkd_mn,
       CASE WHEN count(*) < 5 THEN 'FEW_MEMBERS' WHEN sum(profit_hkd_mn) <= 0 THEN 'NM_LOSS' ELSE 'OK' END AS status,
       CASE WHEN count(*) >= 5 AND sum(profit_hkd_mn) > 0 THEN sum(market_cap_hkd_mn) / sum(profit_hkd_mn) END AS value,
       CASE WHEN count(*) FILTER (profit_hkd_mn > 0) >= 5 THEN sum(market_cap_hkd_mn)
           FILTER (profit_hkd_mn > 0) / sum(profit_hkd_mn) FILTER (profit_hkd_mn > 0) END AS without_losses,
       CASE WHEN count(*) FILTER (profit_hkd_mn > 0) >= 5 THEN median(market_cap_hkd_mn / profit_hkd_mn)
           FILTER (profit_hkd_mn > 0) END AS median_pe,
       count(*) FILTER (profit_hkd_mn <= 0) AS losses, min(close_date) AS oldest_close,
           list(ticker ORDER BY market_cap_hkd_mn DESC) AS tickers
FROM basket_members GROUP BY ALL ORDER BY basis, frequency, date;
COMMENT ON TABLE basket_valuation IS
    'One row per (date, frequency, basis): PE of the companies covered as one: sum of market caps / sum of trailing '
    'attributable profits, losses included. Never the mean of their PEs.';
COMMENT ON COLUMN basket_valuation.date IS 'Session of Hong Kong';
COMMENT ON COLUMN basket_valuation.frequency IS 'daily or month_end';
COMMENT ON COLUMN basket_valuation.basis IS 'reported or adjusted profits';
COMMENT ON COLUMN basket_valuation.members IS
    'Companies that entered: those with a market cap and a trailing profit that was not stale';
COMMENT ON COLUMN basket_valuation.companies IS 'Companies covered';
COMMENT ON COLUMN basket_valuation.market_cap_hkd_mn IS 'Sum of their market caps, million HKD';
COMMENT ON COLUMN basket_valuation.profit_hkd_mn IS 'Sum of their trailing profits, million HKD';
COMMENT ON COLUMN basket_valuation.status IS
    'OK, NM_LOSS (the profits sum to a loss), FEW_MEMBERS (fewer than five entered: no basket)';
COMMENT ON COLUMN basket_valuation.value IS 'PE of the basket, times; only on OK rows';
COMMENT ON COLUMN basket_valuation.without_losses IS 'The same over the profitable members only, times: a variant';
COMMENT ON COLUMN basket_valuation.median_pe IS 'Median PE of the profitable members, times: a variant';
COMMENT ON COLUMN basket_valuation.losses IS 'Members with a loss';
COMMENT ON COLUMN basket_valuation.oldest_close IS 'Oldest close among the members';
COMMENT ON COLUMN basket_valuation.tickers IS 'Members, largest first';

-- The multiples of the lines from one ticker to another. Made and ordered a part of the lines at a time: those of a
-- whole market at once took 20 GB of the disk.
CREATE TEMP MACRO line_multiples(first_line, last_line) AS TABLE
WITH asked AS (
    SELECT l.*, m.metric, m.basis, m.item
    FROM line_closes AS l, (
        VALUES ('pe_ttm', 'adjusted', 'eps_diluted'), ('pe_ttm', 'reported', 'eps_diluted'),
            ('ps_ttm', 'reported', 'revenue')
    ) AS m(metric, basis, item)
    WHERE l.ticker BETWEEN first_line AND last_line
),
with_trailing AS (
    SELECT a.*, t.value AS trailing_value, t.period_end AS eps_period_end, t.currency AS per_share_currency,
        t.announced_on, t.effective_on
    FROM asked AS a ASOF LEFT JOIN trailing_sums AS t
      ON t.ticker = a.issuer_ticker AND t.item = a.item AND t.basis = a.basis AND a.date >= t.effective_on
),
trailing_multiples AS (
    SELECT w.* EXCLUDE (item, trailing_value), w.shares_per_line * CASE w.metric WHEN 'pe_ttm' THEN w.trailing_value
        ELSE w.trailing_value / m.shares_mn END AS per_share,
           CASE WHEN w.trailing_value IS NULL THEN CASE w.metric WHEN 'pe_ttm' THEN 'MISSING_EPS'
               ELSE 'MISSING_REVENUE' END
                WHEN w.metric = 'ps_ttm' AND m.shares_mn IS NULL THEN 'MISSING_SHARES' END AS missing,
           CASE WHEN results_are_stale(w.announced_on, w.date, w.reports_quarterly) THEN 'STALE_EPS' END AS stale
    FROM with_trailing AS w JOIN market_caps AS m USING (ticker, frequency, date)
),
-- Forward: w x FY1 + (1 - w) x FY2, w the part of a year that FY1, the fiscal year of the session, still has.
forward_asked AS (
    SELECT l.*, 'pe_forward' AS metric, b.basis, fiscal_year_end(l.date, l.fiscal_year_end_month) AS first_end,
        last_day(CAST(fiscal_year_end(l.date, l.fiscal_year_end_month) + INTERVAL 1 YEAR AS DATE)) AS second_end
    FROM line_closes AS l, (VALUES ('adjusted'), ('reported')) AS b(basis)
    WHERE l.ticker BETWEEN first_line AND last_line
),
with_first AS (
    SELECT a.*, e.eps AS first_eps, e.status AS first_status, e.currency AS per_share_currency,
        e.effective_on AS first_effective_on, e.last_published_on AS first_published_on
    FROM forward_asked AS a
    ASOF LEFT JOIN estimate_consensus AS e ON e.ticker = a.issuer_ticker AND e.basis = a.basis
        AND e.fiscal_year_end = a.first_end AND a.date >= e.effective_on
),
with_second AS (
    SELECT a.*, e.eps AS second_eps, e.status AS second_status, e.effective_on AS second_effective_on,
        e.last_published_on AS second_published_on
    FROM with_first AS a
    ASOF LEFT JOIN estimate_consensus AS e ON e.ticker = a.issuer_ticker AND e.basis = a.basis
        AND e.fiscal_year_end = a.second_end AND a.date >= e.effective_on
),
forward_multiples AS (
    SELECT * EXCLUDE (first_end, second_end, first_eps, first_status, first_effective_on, first_published_on,
        second_eps, second_status, second_effective_on, second_published_on),
           CASE WHEN second_eps IS NOT NULL THEN first_end END AS eps_period_end,
               greatest(first_published_on, second_published_on) AS announced_on,
               greatest(first_effective_on, second_effective_on) AS effective_on,
           shares_per_line * (least(first_end - date, 365) / 365 * first_eps + (1 - least(first_end - date, 365) / 365)
               * second_eps) AS per_share,
           CASE WHEN first_eps IS NULL OR second_eps IS NULL THEN 'MISSING_ESTIMATE' END AS missing,
           CASE WHEN first_status <> 'OK' OR second_status <> 'OK' THEN 'STALE_ESTIMATE' END AS stale
    FROM with_second
),
both_ways AS (SELECT * FROM trailing_multiples UNION ALL BY NAME SELECT * FROM forward_multiples),
with_fx AS (
    SELECT b.*, CASE WHEN b.per_share_currency = b.close_currency THEN 1 WHEN f.date >= b.date - 10 THEN f.rate END
        AS fx_rate, CASE WHEN b.per_share_currency <> b.close_currency AND f.date >= b.date - 10 THEN f.date END
        AS fx_date
    FROM both_ways AS b
    ASOF LEFT JOIN fx AS f ON f.base = b.per_share_currency AND f.quote = b.close_currency AND b.date >= f.date
),
with_status AS (
    SELECT *, CASE WHEN missing IS NOT NULL THEN missing WHEN per_share <= 0 THEN 'NM_LOSS'
        WHEN fx_rate IS NULL THEN 'MISSING_FX' WHEN stale IS NOT NULL THEN stale ELSE 'OK' END AS status
    FROM with_fx
),
lines AS (
    SELECT ticker, date, metric, basis, CASE WHEN status IN ('OK', 'STALE_EPS', 'STALE_ESTIMATE')
        THEN close / (per_share * fx_rate) END AS value, status, close, close_currency,
           CASE WHEN missing IS NULL THEN per_share END AS per_share, CASE WHEN missing IS NULL THEN per_share_currency
               END AS per_share_currency, fx_rate, fx_date, eps_period_end, announced_on AS eps_announced_on,
               effective_on AS eps_effective_on, frequency, known_on, source_id, stale
    FROM with_status
),
-- What remains to be said when a PE is none: earnings over price, losses included.
yields AS (
    SELECT * REPLACE ('earnings_yield_ttm' AS metric, CASE WHEN status IN ('OK', 'STALE_EPS', 'NM_LOSS')
        THEN 100 * per_share * fx_rate / close END AS value,
                      CASE WHEN status <> 'NM_LOSS' THEN status WHEN fx_rate IS NULL THEN 'MISSING_FX'
                          WHEN stale IS NOT NULL THEN stale ELSE 'OK' END AS status)
    FROM lines WHERE metric = 'pe_ttm'
)
SELECT * EXCLUDE (stale)
FROM lines
UNION ALL BY NAME SELECT * EXCLUDE (stale)
FROM yields
ORDER BY ticker, metric, basis, frequency, date;

CREATE OR REPLACE TABLE valuation AS
-- The multiples and yields that a publisher quotes for an index: quoted, never spliced with one of ours.
WITH quoted AS (
    SELECT v.index_ticker AS ticker, v.date, v.metric, 'quoted' AS basis, v.value, 'OK' AS status,
        'month_end' AS frequency, v.date AS known_on, v.source_id
    FROM index_valuation AS v
    WHERE v.metric IN ('pe_ttm', 'pb', 'dividend_yield') AND v.index_ticker IS NOT NULL AND v.percentile IS NULL
        AND v.value > 0
),
basket AS (
    SELECT c.ticker, b.date, 'pe_ttm' AS metric, b.basis, b.value, b.status, b.frequency, b.date AS known_on,
        c.source_id
    FROM basket_valuation AS b
    JOIN companies AS c ON c.kind = 'basket'
)
FROM line_multiples('', '')
UNION ALL BY NAME FROM quoted
UNION ALL BY NAME FROM basket
ORDER BY ticker, metric, basis, frequency, date;
INSERT INTO valuation FROM line_multiples(getvariable('first_line'), getvariable('last_line')); -- for each part
DROP MACRO TABLE line_multiples;
DROP TABLE line_closes;
COMMENT ON TABLE valuation IS
    'One row per (ticker, metric, basis, frequency, date): multiples of each line on each session, with only what '
    'was known when its close was struck.';
COMMENT ON COLUMN valuation.ticker IS 'Line, index, or BASKET (the companies covered as one)';
COMMENT ON COLUMN valuation.date IS 'Session';
COMMENT ON COLUMN valuation.metric IS
    'pe_ttm (price / trailing EPS), pe_forward (price / EPS expected over the next 12 months), ps_ttm (market cap / '
    'trailing revenue), earnings_yield_ttm (trailing EPS / price, losses included); of an index pe_ttm, pb, '
    'dividend_yield';
COMMENT ON COLUMN valuation.basis IS 'adjusted, reported; quoted for an index as its publisher gives it';
COMMENT ON COLUMN valuation.value IS 'The multiple, times, or the yield, per cent; only on OK and STALE rows';
COMMENT ON COLUMN valuation.status IS
    'OK, NM_LOSS (EPS not positive), MISSING_EPS, STALE_EPS (no announcement for 5 months, 8 from a half-year '
    'reporter), MISSING_FX, MISSING_SHARES, MISSING_REVENUE, MISSING_ESTIMATE (of FY1 or FY2), STALE_ESTIMATE (all '
    'older than 180 days), FEW_MEMBERS (basket)';
COMMENT ON COLUMN valuation.close IS 'Close, close_currency, not dividend-adjusted';
COMMENT ON COLUMN valuation.close_currency IS 'Currency of the close';
COMMENT ON COLUMN valuation.per_share IS
    'Trailing EPS (pe_ttm, earnings_yield_ttm), expected EPS (pe_forward) or trailing revenue (ps_ttm) per share of '
    'the line, per_share_currency';
COMMENT ON COLUMN valuation.per_share_currency IS 'Currency of per_share';
COMMENT ON COLUMN valuation.fx_rate IS
    'Units of close_currency for one of per_share_currency on that day, last known, at most 10 days old';
COMMENT ON COLUMN valuation.fx_date IS 'Day of that rate; NULL where none is needed';
COMMENT ON COLUMN valuation.eps_period_end IS
    'Last day of the twelve months behind per_share; of pe_forward the end of FY1';
COMMENT ON COLUMN valuation.eps_announced_on IS
    'Latest announcement behind per_share; of pe_forward the latest estimate';
COMMENT ON COLUMN valuation.eps_effective_on IS
    'First session on which per_share counted; with ticker and basis it opens trailing_inputs';
COMMENT ON COLUMN valuation.frequency IS 'daily or month_end';
COMMENT ON COLUMN valuation.known_on IS
    'First Hong Kong evening on which the close is known: the session''s own, the day after for New York';
COMMENT ON COLUMN valuation.source_id IS 'Source of the close, or of what is quoted';
