-- Which companies did a broker cover on an evening, at which multiples, and what do the same estimates cost now?

-- The latest table of each broker as printed, its multiples again from its own inputs, and the shares that its market
-- caps imply. (Unqualified, broker is the parameter.)
CREATE MACRO coverage_printed(as_of, broker) AS TABLE
WITH latest AS (
    SELECT p.*
    FROM printed.coverage AS p
    WHERE p.published_on <= CAST(as_of AS DATE) AND (broker IS NULL OR p.broker = broker)
    QUALIFY p.published_on = max(p.published_on) OVER (PARTITION BY p.broker)
)
SELECT l.broker, l.ticker, l.ticker_printed, l.table_row, l.name_en, l.name_zh, l.rating, l.rating_en, l.rating_code,
    l.close, l.close_currency, l.close_currency_basis, l.market_cap_mn, l.market_cap_currency,
       l.fy1, l.fy2, l.fy1_end, l.fy2_end, l.eps_fy1, l.eps_fy2, l.eps_currency, l.eps_per, l.eps_basis,
           l.eps_basis_basis, l.pe_fy1, l.pe_fy2, one.pe AS pe_fy1_recomputed, two.pe AS pe_fy2_recomputed,
           one.fx_rate, one.shares_per_line,
       CASE WHEN l.market_cap_currency = l.close_currency THEN l.market_cap_mn / l.close END AS implied_shares_mn,
           l.published_on, l.quality, l.date_basis, l.correction_id, l.source_id, l.locator, l.note
FROM latest AS l
LEFT JOIN broker_year_pe AS one ON one.broker = l.broker AND one.ticker = l.ticker
    AND one.published_on = l.published_on AND one.fiscal_year = l.fy1
LEFT JOIN broker_year_pe AS two ON two.broker = l.broker AND two.ticker = l.ticker
    AND two.published_on = l.published_on AND two.fiscal_year = l.fy2
ORDER BY l.broker, l.table_row;
COMMENT ON MACRO TABLE coverage_printed IS
    'The latest coverage table of a broker (NULL: of each) on the evening of as_of as printed, with its multiples '
    'recomputed from its own inputs. One row per (broker, ticker).';

-- The table of one evening, and what its EPS cost on another: per ordinary share of today, by as many as one unit of
-- the line is.
CREATE MACRO coverage_at(table_day, as_of, broker) AS TABLE
WITH with_line AS (
    SELECT p.*, CASE p.eps_per WHEN 'ads' THEN ads_ratio(c.issuer_ticker, p.published_on)
        ELSE 1 END * split_factor(c.issuer_ticker, p.published_on) AS shares_of_eps,
           CASE WHEN c.exchange <> 'HKEX' THEN coalesce(ads_ratio(c.issuer_ticker, CAST(as_of AS DATE)), 1)
               ELSE 1 END AS shares_per_line_now, split_factor(p.ticker, p.published_on) AS split,
               CAST(as_of AS DATE) AS day
    FROM coverage_printed(table_day, broker) AS p JOIN companies AS c USING (ticker)
),
with_close AS (
    SELECT w.*, x.close AS close_now, x.date AS close_now_date, x.price_is_stale
    FROM with_line AS w
    LEFT JOIN price_latest(as_of) AS x ON x.ticker = w.ticker AND x.currency = w.close_currency
),
with_fx AS (
    SELECT w.*, CASE WHEN w.eps_currency = w.close_currency THEN 1 WHEN f.date >= w.day - 10 THEN f.rate END AS fx_now
    FROM with_close AS w
    ASOF LEFT JOIN fx AS f ON f.base = w.eps_currency AND f.quote = w.close_currency AND w.day >= f.date
)
SELECT w.* EXCLUDE (shares_of_eps, shares_per_line_now, split, day, price_is_stale),
    100 * (w.close_now * w.split / w.close - 1) AS close_change_pct,
       CASE WHEN w.close_now IS NULL THEN 'MISSING_PRICE' WHEN w.fx_now IS NULL THEN 'MISSING_FX'
           WHEN w.price_is_stale THEN 'STALE_PRICE' ELSE 'OK' END AS status_now,
       CASE WHEN w.eps_fy1 > 0 THEN w.close_now / (w.eps_fy1 / w.shares_of_eps * w.shares_per_line_now * w.fx_now) END
           AS pe_fy1_now, CASE WHEN w.eps_fy2 > 0 THEN w.close_now /
           (w.eps_fy2 / w.shares_of_eps * w.shares_per_line_now * w.fx_now) END AS pe_fy2_now
FROM with_fx AS w ORDER BY w.broker, w.table_row;
COMMENT ON MACRO TABLE coverage_at IS
    'The coverage table that was a broker''s latest on table_day (broker NULL: of each), and the same EPS at the '
    'last close on the evening of as_of. One row per (broker, ticker).';

CREATE MACRO coverage(as_of, broker) AS TABLE SELECT * FROM coverage_at(as_of, as_of, broker);
COMMENT ON MACRO TABLE coverage IS
    'The latest coverage table of a broker (NULL: of each) on the evening of as_of: its printed inputs and '
    'multiples, and the same EPS at the last close. One row per (broker, ticker).';

-- What changed from the table of one evening to that of another: the same fiscal years, on the shares of the later day.
CREATE MACRO coverage_changes(earlier, later, broker) AS TABLE
WITH pairs AS (
    SELECT a, b, coalesce(split_factor(b.ticker, a.published_on) / split_factor(b.ticker, b.published_on), 1) AS split
    FROM coverage_printed(earlier, broker) AS a
    FULL JOIN coverage_printed(later, broker) AS b ON a.broker = b.broker AND a.ticker = b.ticker
),
compared AS (
    SELECT p.*, coalesce(p.b.fy1, p.a.fy1) AS fiscal_year, CASE coalesce(p.b.fy1, p.a.fy1)
        WHEN p.a.fy1 THEN p.a.eps_fy1 WHEN p.a.fy2 THEN p.a.eps_fy2 END / p.split AS eps_before,
        CASE coalesce(p.b.fy1, p.a.fy1) WHEN p.a.fy1 THEN p.a.pe_fy1 WHEN p.a.fy2 THEN p.a.pe_fy2 END AS pe_before,
           CASE coalesce(p.b.fy2, p.a.fy2) WHEN p.a.fy2 THEN p.a.eps_fy2 END / p.split AS eps_fy2_before,
               CASE coalesce(p.b.fy2, p.a.fy2) WHEN p.a.fy2 THEN p.a.pe_fy2 END AS pe_fy2_before,
               p.a.close / p.split AS close_before, p.a.implied_shares_mn * p.split AS implied_shares_before_mn
    FROM pairs AS p
)
SELECT coalesce(p.b.broker, p.a.broker) AS broker, coalesce(p.b.ticker, p.a.ticker) AS ticker,
    coalesce(p.b.name_en, p.a.name_en) AS name_en, coalesce(p.b.name_zh, p.a.name_zh) AS name_zh, CASE
    WHEN p.a.ticker IS NULL THEN 'added' WHEN p.b.ticker IS NULL THEN 'dropped' ELSE 'kept' END AS change,
       p.a.published_on AS published_before, p.b.published_on AS published_on, p.a.rating AS rating_before,
           p.b.rating AS rating, coalesce(p.b.close_currency, p.a.close_currency) AS close_currency, p.close_before,
           p.b.close AS close, 100 * (p.b.close / p.close_before - 1) AS close_change_pct,
       p.fiscal_year, coalesce(p.b.eps_currency, p.a.eps_currency) AS eps_currency, p.eps_before, p.b.eps_fy1 AS eps,
           change_in_pct(p.b.eps_fy1, p.eps_before) AS eps_change_pct, p.eps_fy2_before, p.b.eps_fy2 AS eps_fy2,
           change_in_pct(p.b.eps_fy2, p.eps_fy2_before) AS eps_fy2_change_pct,
       p.pe_before, p.b.pe_fy1 AS pe, p.pe_fy2_before, p.b.pe_fy2 AS pe_fy2, p.implied_shares_before_mn,
           p.b.implied_shares_mn AS implied_shares_mn, 100 * (p.b.implied_shares_mn / p.implied_shares_before_mn - 1)
           AS implied_shares_change_pct, p.a.source_id AS source_id_before, p.b.source_id AS source_id
FROM compared AS p ORDER BY 1, p.b.ticker IS NULL, coalesce(p.b.table_row, p.a.table_row), 2;
COMMENT ON MACRO TABLE coverage_changes IS
    'A broker''s coverage table of one evening against that of another, year by year. One row per (broker, ticker).';

-- Where the words of a report say another figure than its own table.
CREATE VIEW coverage_contradictions AS
SELECT split_part(subject_key, '|', 1) AS broker, ticker, CAST(split_part(subject_key, '|', 3) AS DATE)
    AS published_on, column_name, kept_value, other_value, source_id, note
FROM alternatives
WHERE subject_table = 'coverage';
COMMENT ON VIEW coverage_contradictions IS
    'One row per (broker, ticker, published_on, column_name): a figure of a coverage table that the text of the same '
    'report contradicts; the table is kept.';
COMMENT ON COLUMN coverage_contradictions.broker IS 'Broker';
COMMENT ON COLUMN coverage_contradictions.ticker IS 'Line in the table';
COMMENT ON COLUMN coverage_contradictions.published_on IS 'Day of the table';
COMMENT ON COLUMN coverage_contradictions.column_name IS 'Figure: a column of coverage';
COMMENT ON COLUMN coverage_contradictions.kept_value IS 'What the table prints';
COMMENT ON COLUMN coverage_contradictions.other_value IS 'What the text says';
COMMENT ON COLUMN coverage_contradictions.source_id IS 'Source of the text';
COMMENT ON COLUMN coverage_contradictions.note IS 'How it was tested';
