-- Who bought back its own shares: when, how many, for how much, and since 1 January?

CREATE VIEW buybacks AS
WITH results_dates AS (SELECT ticker, period_end, min(announced_on) AS announced_on FROM earnings_items WHERE version = 1 GROUP BY ALL),
with_ratio AS (
    SELECT b.*, CASE WHEN b.share_unit = 'ADS' THEN (SELECT max(l.shares_per_ads) FROM listings AS l WHERE l.issuer_ticker = b.ticker AND l.share_class = 'ADS'
               AND coalesce(b.end_date, b.start_date, current_date) BETWEEN coalesce(l.valid_from, DATE '1900-01-01') AND coalesce(l.valid_to, DATE '9999-12-31')) ELSE 1 END AS per_unit
    FROM printed.buybacks AS b
),
-- Day rows and running totals are out on the evening of their last day; longer statements with the results of the period.
with_known AS (
    SELECT w.*, CASE
        WHEN w.published_on IS NOT NULL THEN w.published_on
        WHEN w.grain IN ('day', 'multi_day', 'week', 'ytd', 'mandate') THEN w.end_date
        WHEN w.grain = 'programme' THEN coalesce(w.start_date, w.end_date)
        WHEN r.announced_on IS NOT NULL THEN r.announced_on
        WHEN w.grain IN ('month', 'quarter', 'half', 'nine_months') THEN CAST(w.end_date + INTERVAL 2 MONTH AS DATE)
        ELSE CAST(w.end_date + INTERVAL 3 MONTH AS DATE) END AS known_on,
        CASE WHEN w.published_on IS NOT NULL THEN 'printed' WHEN w.grain IN ('day', 'multi_day', 'week', 'ytd', 'mandate', 'programme') THEN 'convention'
             WHEN r.announced_on IS NOT NULL THEN 'inferred' ELSE 'convention' END AS known_basis
    FROM with_ratio AS w LEFT JOIN results_dates AS r ON r.ticker = w.ticker AND r.period_end = w.end_date
),
with_fx AS (
    SELECT w.*, CASE WHEN w.currency = 'HKD' THEN 1 WHEN f.date >= w.end_date - 10 THEN f.rate END AS fx_rate
    FROM with_known AS w ASOF LEFT JOIN fx AS f ON f.base = w.currency AND f.quote = 'HKD' AND w.end_date >= f.date
),
final AS (
    SELECT concat_ws('-', ticker, grain, nullif(measure, 'bought'), start_date, nullif(end_date, start_date), replace(venue, ' ', ''), share_class, currency, source_id) AS buyback_id,
           ticker, start_date, end_date, grain, measure, venue, share_class, share_unit, shares * per_unit AS shares, amount, currency, amount * fx_rate AS amount_hkd,
           price_low / per_unit AS price_low, price_high / per_unit AS price_high, amount / (shares * per_unit) AS price_average, method, disposal,
           known_on AS published_on, known_basis AS published_on_basis, trusted, quality, correction_id,
           CASE known_basis WHEN 'printed' THEN 'printed' WHEN 'inferred' THEN 'inferred' ELSE 'convention' END AS date_basis, source_id, locator, note
    FROM with_fx
)
SELECT * FROM final;
COMMENT ON VIEW buybacks IS 'One row per (buyback_id): purchases of own shares in ordinary shares. Rows of different grain cover the same days and are never summed together.';
COMMENT ON COLUMN buybacks.buyback_id IS 'Name of the row';
COMMENT ON COLUMN buybacks.ticker IS 'Issuer';
COMMENT ON COLUMN buybacks.start_date IS 'First trade day';
COMMENT ON COLUMN buybacks.end_date IS 'Last trade day';
COMMENT ON COLUMN buybacks.grain IS 'day, multi_day, week, month, quarter, half, nine_months, year, fiscal_year, ytd (since 1 January), mandate (since the last general mandate), programme';
COMMENT ON COLUMN buybacks.measure IS 'bought, authorised, remaining';
COMMENT ON COLUMN buybacks.venue IS 'Where it was bought';
COMMENT ON COLUMN buybacks.share_class IS 'Class as printed';
COMMENT ON COLUMN buybacks.share_unit IS 'Unit in which the source counts: share or ADS';
COMMENT ON COLUMN buybacks.shares IS 'Ordinary shares, full units';
COMMENT ON COLUMN buybacks.amount IS 'Consideration, full units of currency';
COMMENT ON COLUMN buybacks.currency IS 'Currency of amount and prices';
COMMENT ON COLUMN buybacks.amount_hkd IS 'Consideration, full HKD at the rate of end_date';
COMMENT ON COLUMN buybacks.price_low IS 'Lowest price paid, currency per ordinary share';
COMMENT ON COLUMN buybacks.price_high IS 'Highest price paid, currency per ordinary share';
COMMENT ON COLUMN buybacks.price_average IS 'amount / shares, currency per ordinary share';
COMMENT ON COLUMN buybacks.method IS 'on exchange, programme, unknown';
COMMENT ON COLUMN buybacks.disposal IS 'cancelled, treasury, pending, unknown';
COMMENT ON COLUMN buybacks.published_on IS 'Day from which the row is known (Hong Kong)';
COMMENT ON COLUMN buybacks.published_on_basis IS 'printed; inferred (the results date of the period); convention (evening of the last day; end + 2 or 3 months for longer periods)';
COMMENT ON COLUMN buybacks.trusted IS 'false: contradicted, kept and shown, never used in a sum';
COMMENT ON COLUMN buybacks.quality IS 'exact, rounded, over, about, truncated, derived, ruled';
COMMENT ON COLUMN buybacks.correction_id IS 'Ruling, a row of corrections; NULL: as printed';
COMMENT ON COLUMN buybacks.date_basis IS 'The same as published_on_basis';
COMMENT ON COLUMN buybacks.source_id IS 'Source';
COMMENT ON COLUMN buybacks.locator IS 'Where in the source';
COMMENT ON COLUMN buybacks.note IS 'Doubt or detail';

-- The exchange's daily rows where they are its complete report.
CREATE VIEW buyback_ledger AS
SELECT b.*, c.first_day, c.last_day FROM buybacks AS b
JOIN buyback_coverage AS c ON c.ticker = b.ticker AND c.venue = b.venue AND c.complete AND b.end_date BETWEEN c.first_day AND c.last_day
WHERE b.grain = 'day' AND b.measure = 'bought';
COMMENT ON VIEW buyback_ledger IS 'One row per (buyback_id): the daily rows of the spans that buyback_coverage declares complete; these, and only these, add up.';
COMMENT ON COLUMN buyback_ledger.buyback_id IS 'Name of the row';
COMMENT ON COLUMN buyback_ledger.ticker IS 'Issuer';
COMMENT ON COLUMN buyback_ledger.start_date IS 'Trade day';
COMMENT ON COLUMN buyback_ledger.end_date IS 'Trade day';
COMMENT ON COLUMN buyback_ledger.grain IS 'day';
COMMENT ON COLUMN buyback_ledger.measure IS 'bought';
COMMENT ON COLUMN buyback_ledger.venue IS 'Where it was bought';
COMMENT ON COLUMN buyback_ledger.share_class IS 'Class as printed';
COMMENT ON COLUMN buyback_ledger.share_unit IS 'Unit in which the source counts';
COMMENT ON COLUMN buyback_ledger.shares IS 'Ordinary shares, full units';
COMMENT ON COLUMN buyback_ledger.amount IS 'Consideration, full units of currency';
COMMENT ON COLUMN buyback_ledger.currency IS 'Currency of amount and prices';
COMMENT ON COLUMN buyback_ledger.amount_hkd IS 'Consideration, full HKD at the rate of the day';
COMMENT ON COLUMN buyback_ledger.price_low IS 'Lowest price paid, currency per ordinary share';
COMMENT ON COLUMN buyback_ledger.price_high IS 'Highest price paid, currency per ordinary share';
COMMENT ON COLUMN buyback_ledger.price_average IS 'amount / shares, currency per ordinary share';
COMMENT ON COLUMN buyback_ledger.method IS 'on exchange, programme, unknown';
COMMENT ON COLUMN buyback_ledger.disposal IS 'cancelled, treasury, pending, unknown';
COMMENT ON COLUMN buyback_ledger.published_on IS 'Day from which the row is known';
COMMENT ON COLUMN buyback_ledger.published_on_basis IS 'printed, inferred, convention';
COMMENT ON COLUMN buyback_ledger.trusted IS 'Always true here';
COMMENT ON COLUMN buyback_ledger.quality IS 'exact, ruled ...';
COMMENT ON COLUMN buyback_ledger.correction_id IS 'Ruling, a row of corrections';
COMMENT ON COLUMN buyback_ledger.date_basis IS 'The same as published_on_basis';
COMMENT ON COLUMN buyback_ledger.source_id IS 'Source';
COMMENT ON COLUMN buyback_ledger.locator IS 'Where in the source';
COMMENT ON COLUMN buyback_ledger.note IS 'Doubt or detail';
COMMENT ON COLUMN buyback_ledger.first_day IS 'First day of the complete report';
COMMENT ON COLUMN buyback_ledger.last_day IS 'Last day of the complete report';

CREATE VIEW buyback_by_period AS
WITH periods AS (
    SELECT 'year' AS period_kind, CAST(date_trunc('year', end_date) AS DATE) AS period_start, CAST(date_trunc('year', end_date) + INTERVAL 1 YEAR AS DATE) - 1 AS period_end, * FROM buyback_ledger
    UNION ALL
    SELECT 'half', make_date(year(end_date), CASE WHEN month(end_date) <= 6 THEN 1 ELSE 7 END, 1), CASE WHEN month(end_date) <= 6 THEN make_date(year(end_date), 6, 30) ELSE make_date(year(end_date), 12, 31) END, * FROM buyback_ledger
    UNION ALL
    SELECT 'month', CAST(date_trunc('month', end_date) AS DATE), last_day(end_date), * FROM buyback_ledger
)
SELECT ticker, period_kind, periods.period_start, period_end, currency, sum(shares) AS shares, sum(amount) AS amount, sum(amount_hkd) AS amount_hkd,
       sum(amount) / sum(shares) AS price_average, count(DISTINCT end_date) AS days, max(end_date) AS last_trade_date,
       min(first_day) <= min(period_start) AND max(last_day) >= max(period_end) AS complete
FROM periods GROUP BY ticker, period_kind, periods.period_start, period_end, currency;
COMMENT ON VIEW buyback_by_period IS 'One row per (ticker, period_kind, period_start, currency): the daily ledger summed by calendar year, half-year and month.';
COMMENT ON COLUMN buyback_by_period.ticker IS 'Issuer';
COMMENT ON COLUMN buyback_by_period.period_kind IS 'year, half, month';
COMMENT ON COLUMN buyback_by_period.period_start IS 'First day of the period';
COMMENT ON COLUMN buyback_by_period.period_end IS 'Last day of the period';
COMMENT ON COLUMN buyback_by_period.currency IS 'Currency of amount and price_average';
COMMENT ON COLUMN buyback_by_period.shares IS 'Ordinary shares, full units';
COMMENT ON COLUMN buyback_by_period.amount IS 'Consideration, full units of currency';
COMMENT ON COLUMN buyback_by_period.amount_hkd IS 'Consideration, full HKD at trade-date rates';
COMMENT ON COLUMN buyback_by_period.price_average IS 'amount / shares, currency per share';
COMMENT ON COLUMN buyback_by_period.days IS 'Purchase days';
COMMENT ON COLUMN buyback_by_period.last_trade_date IS 'Last purchase day in the period';
COMMENT ON COLUMN buyback_by_period.complete IS 'true: the report covers the whole period; false: only a part, shown as incomplete';

CREATE MACRO buyback_ytd(as_of) AS TABLE
WITH RECURSIVE asked AS (SELECT CAST(as_of AS DATE) AS day, CAST(date_trunc('year', CAST(as_of AS DATE)) AS DATE) AS year_start),
known AS (SELECT b.* FROM buybacks AS b, asked WHERE b.measure = 'bought' AND b.trusted AND b.published_on <= asked.day AND b.end_date <= asked.day),
-- 1. the exchange's complete daily report
covered AS (
    SELECT c.ticker, c.venue, least(c.last_day, asked.day) AS to_day, c.last_day < asked.day AS cut_short
    FROM buyback_coverage AS c, asked WHERE c.complete AND c.first_day <= asked.year_start AND c.last_day >= asked.year_start
),
from_days AS (
    SELECT c.ticker, coalesce(sum(k.shares), 0) AS shares, coalesce(sum(k.amount_hkd), 0) AS amount_hkd, c.to_day AS last_trade_date,
           count(DISTINCT k.end_date) || CASE WHEN count(DISTINCT k.end_date) = 1 THEN ' daily return' ELSE ' daily returns' END || ' of the exchange''s complete report to ' || c.to_day || CASE WHEN c.cut_short THEN ' (incomplete: nothing later is loaded)' ELSE '' END AS basis_note, 1 AS preference
    FROM covered AS c CROSS JOIN asked LEFT JOIN known AS k ON k.ticker = c.ticker AND k.venue = c.venue AND k.grain = 'day' AND k.end_date BETWEEN asked.year_start AND c.to_day
    GROUP BY c.ticker, c.to_day, c.cut_short
),
-- 2. the latest running total of the year that is not below an earlier one, and the days after it
statements AS (
    SELECT k.*, max(k.amount_hkd) OVER (PARTITION BY k.ticker ORDER BY k.end_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM known AS k, asked WHERE k.grain = 'ytd' AND k.start_date = asked.year_start
),
statement AS (
    SELECT * FROM statements WHERE before IS NULL OR amount_hkd IS NULL OR amount_hkd >= before * 0.995
    QUALIFY row_number() OVER (PARTITION BY ticker ORDER BY end_date DESC, (shares IS NOT NULL AND amount IS NOT NULL) DESC, published_on DESC) = 1
),
days_after AS (
    SELECT s.ticker, sum(k.shares) AS shares, sum(k.amount_hkd) AS amount_hkd, max(k.end_date) AS to_day, count(*) AS days
    FROM statement AS s JOIN known AS k ON k.ticker = s.ticker AND k.grain = 'day' AND k.end_date > s.end_date GROUP BY s.ticker
),
from_statement AS (
    SELECT s.ticker, s.shares + coalesce(d.shares, 0) AS shares, s.amount_hkd + coalesce(d.amount_hkd, 0) AS amount_hkd, coalesce(d.to_day, s.end_date) AS last_trade_date,
           'statement of the year to ' || s.end_date || CASE WHEN s.quality <> 'exact' THEN ' (' || s.quality || ')' ELSE '' END || coalesce(' and ' || d.days || CASE WHEN d.days = 1 THEN ' daily row to ' ELSE ' daily rows to ' END || d.to_day, '') AS basis_note, 2 AS preference
    FROM statement AS s LEFT JOIN days_after AS d USING (ticker)
),
-- 3. closed periods that tile from 1 January
tiles AS (
    SELECT k.ticker, k.end_date, k.shares, k.amount_hkd, 1 AS pieces FROM known AS k, asked
    WHERE k.grain IN ('month', 'quarter', 'half', 'nine_months', 'year') AND k.start_date = asked.year_start
    UNION ALL
    SELECT t.ticker, k.end_date, t.shares + k.shares, t.amount_hkd + k.amount_hkd, t.pieces + 1
    FROM tiles AS t JOIN known AS k ON k.ticker = t.ticker AND k.start_date = t.end_date + 1 AND k.grain IN ('month', 'quarter', 'half') , asked
    WHERE year(k.end_date) = year(asked.day)
),
from_tiles AS (
    SELECT ticker, shares, amount_hkd, end_date AS last_trade_date, pieces || ' closed period' || CASE WHEN pieces > 1 THEN 's' ELSE '' END || ' to ' || end_date AS basis_note, 3 AS preference
    FROM tiles QUALIFY row_number() OVER (PARTITION BY ticker ORDER BY end_date DESC, pieces) = 1
),
found AS (
    SELECT * FROM (SELECT * FROM from_days UNION ALL SELECT * FROM from_statement UNION ALL SELECT * FROM from_tiles)
    QUALIFY row_number() OVER (PARTITION BY ticker ORDER BY preference) = 1
),
final AS (
    SELECT c.ticker, f.shares, f.amount_hkd, f.last_trade_date, CASE WHEN f.amount_hkd IS NOT NULL THEN rank() OVER (ORDER BY f.amount_hkd DESC NULLS LAST) END AS rank,
           coalesce(f.basis_note, 'not reported: neither a complete daily report nor a statement of this year is loaded') AS basis_note, f.preference
    FROM companies AS c LEFT JOIN found AS f USING (ticker) WHERE c.kind = 'company'
)
SELECT ticker, shares, amount_hkd, last_trade_date, rank, basis_note, preference FROM final ORDER BY rank NULLS LAST, ticker;
COMMENT ON MACRO TABLE buyback_ytd IS 'Own shares bought since 1 January by trade date, as known on the evening of as_of. One row per (ticker) of the covered companies; amounts are NULL where no complete basis exists, never a partial sum.';

-- The rows as a page prints them: prices in HKD beside the close, and what was printed where a ruling stands in its place.
CREATE VIEW buyback_detail AS
WITH printed_words AS (
    SELECT subject_key, string_agg(column_name || ' ' || coalesce(printed_value, 'nothing'), ', ' ORDER BY column_name) AS printed FROM corrections WHERE subject_table = 'buybacks' GROUP BY subject_key
)
SELECT b.*, b.amount_hkd / b.shares AS price_average_hkd, b.amount_hkd / b.amount AS fx_rate, w.printed, s.publisher, s.url,
       EXISTS (FROM buyback_ledger AS l WHERE l.buyback_id = b.buyback_id) AS in_ledger
FROM buybacks AS b
JOIN sources AS s USING (source_id)
LEFT JOIN printed_words AS w ON w.subject_key = concat_ws('|', b.ticker, b.grain, b.measure, coalesce(CAST(b.start_date AS VARCHAR), ''), coalesce(CAST(b.end_date AS VARCHAR), ''), b.venue, coalesce(b.share_class, ''), b.currency, b.source_id);
COMMENT ON VIEW buyback_detail IS 'One row per (buyback_id): every row of buybacks with its average price in HKD, the printed values that a ruling replaced, and its source.';
COMMENT ON COLUMN buyback_detail.buyback_id IS 'Name of the row';
COMMENT ON COLUMN buyback_detail.ticker IS 'Issuer';
COMMENT ON COLUMN buyback_detail.start_date IS 'First trade day';
COMMENT ON COLUMN buyback_detail.end_date IS 'Last trade day';
COMMENT ON COLUMN buyback_detail.grain IS 'day, multi_day, week, month, quarter, half, nine_months, year, fiscal_year, ytd (since 1 January), mandate (since the last general mandate), programme';
COMMENT ON COLUMN buyback_detail.measure IS 'bought, authorised, remaining';
COMMENT ON COLUMN buyback_detail.venue IS 'Where it was bought';
COMMENT ON COLUMN buyback_detail.share_class IS 'Class as printed';
COMMENT ON COLUMN buyback_detail.share_unit IS 'Unit in which the source counts: share or ADS';
COMMENT ON COLUMN buyback_detail.shares IS 'Ordinary shares, full units';
COMMENT ON COLUMN buyback_detail.amount IS 'Consideration, full units of currency';
COMMENT ON COLUMN buyback_detail.currency IS 'Currency of amount and prices';
COMMENT ON COLUMN buyback_detail.amount_hkd IS 'Consideration, full HKD at the rate of end_date';
COMMENT ON COLUMN buyback_detail.price_low IS 'Lowest price paid, currency per ordinary share';
COMMENT ON COLUMN buyback_detail.price_high IS 'Highest price paid, currency per ordinary share';
COMMENT ON COLUMN buyback_detail.price_average IS 'amount / shares, currency per ordinary share';
COMMENT ON COLUMN buyback_detail.method IS 'on exchange, programme, unknown';
COMMENT ON COLUMN buyback_detail.disposal IS 'cancelled, treasury, pending, unknown';
COMMENT ON COLUMN buyback_detail.published_on IS 'Day from which the row is known (Hong Kong)';
COMMENT ON COLUMN buyback_detail.published_on_basis IS 'printed, inferred, convention';
COMMENT ON COLUMN buyback_detail.trusted IS 'false: contradicted, kept and shown, never used in a sum';
COMMENT ON COLUMN buyback_detail.quality IS 'exact, rounded, over, about, truncated, derived, ruled';
COMMENT ON COLUMN buyback_detail.correction_id IS 'Ruling, a row of corrections; NULL: as printed';
COMMENT ON COLUMN buyback_detail.date_basis IS 'The same as published_on_basis';
COMMENT ON COLUMN buyback_detail.source_id IS 'Source';
COMMENT ON COLUMN buyback_detail.locator IS 'Where in the source';
COMMENT ON COLUMN buyback_detail.note IS 'Doubt or detail';
COMMENT ON COLUMN buyback_detail.price_average_hkd IS 'amount_hkd / shares, HKD per ordinary share at the rate of end_date';
COMMENT ON COLUMN buyback_detail.fx_rate IS 'HKD for one unit of currency on end_date';
COMMENT ON COLUMN buyback_detail.printed IS 'What the source printed where a ruling replaced it: column and value; NULL: as printed';
COMMENT ON COLUMN buyback_detail.publisher IS 'Publisher of the source';
COMMENT ON COLUMN buyback_detail.url IS 'Link to the source, where public';
COMMENT ON COLUMN buyback_detail.in_ledger IS 'true: a daily row of a complete report; only these add up';

-- How far was each year on each purchase day? The total of a year stays flat to the end of the report.
CREATE VIEW buyback_running AS
WITH ledger AS (SELECT ticker, end_date AS date, published_on, shares, amount_hkd, first_day FROM buyback_ledger),
ends AS (
    SELECT c.ticker, least(make_date(y.year, 12, 31), c.last_day) AS date, least(make_date(y.year, 12, 31), c.last_day) AS published_on, 0 AS shares, 0 AS amount_hkd, c.first_day
    FROM buyback_coverage AS c, unnest(generate_series(year(c.first_day), year(c.last_day))) AS y(year) WHERE c.complete
),
days AS (SELECT ticker, date, max(published_on) AS published_on, sum(shares) AS shares, sum(amount_hkd) AS amount_hkd, min(first_day) AS first_day FROM (FROM ledger UNION ALL FROM ends) GROUP BY ticker, date)
SELECT ticker, CAST(year(date) AS INTEGER) AS year, date, published_on, sum(shares) OVER so_far AS shares, sum(amount_hkd) OVER so_far AS amount_hkd, first_day <= make_date(year(date), 1, 1) AS from_1_january
FROM days WINDOW so_far AS (PARTITION BY ticker, year(date) ORDER BY date);
COMMENT ON VIEW buyback_running IS 'One row per (ticker, date): own shares bought from 1 January to each purchase day, from the complete daily reports.';
COMMENT ON COLUMN buyback_running.ticker IS 'Issuer';
COMMENT ON COLUMN buyback_running.year IS 'Calendar year';
COMMENT ON COLUMN buyback_running.date IS 'Purchase day, or the last day of the year or of the report';
COMMENT ON COLUMN buyback_running.published_on IS 'Day from which it is known';
COMMENT ON COLUMN buyback_running.shares IS 'Ordinary shares since 1 January, full units';
COMMENT ON COLUMN buyback_running.amount_hkd IS 'Consideration since 1 January, full HKD at trade-date rates';
COMMENT ON COLUMN buyback_running.from_1_january IS 'true: the report covers the year from its first day';

-- buyback_by_period as known on an evening, with the empty periods that the report covers and the closed days before results.
CREATE MACRO buyback_periods(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
covered AS (SELECT c.ticker, min(c.first_day) AS first_day, least(max(c.last_day), any_value(asked.day)) AS to_day FROM buyback_coverage AS c, asked WHERE c.complete AND c.first_day <= asked.day GROUP BY c.ticker),
spine AS (
    SELECT c.ticker, k.period_kind, CAST(p.start AS DATE) AS period_start, CAST(p.start + to_months(k.months) AS DATE) - 1 AS period_end, c.first_day, c.to_day
    FROM covered AS c, (VALUES ('month', 1), ('half', 6), ('year', 12)) AS k(period_kind, months),
         unnest(generate_series(CAST(make_date(year(c.first_day), CASE k.months WHEN 1 THEN month(c.first_day) WHEN 6 THEN 6 * ((month(c.first_day) - 1) // 6) + 1 ELSE 1 END, 1) AS TIMESTAMP), CAST(c.to_day AS TIMESTAMP), to_months(k.months))) AS p(start)
),
ledger AS (SELECT l.* FROM buyback_ledger AS l, asked WHERE l.end_date <= asked.day AND l.published_on <= asked.day),
results AS (SELECT DISTINCT i.ticker, i.announced_on FROM earnings_items AS i, asked WHERE i.announced_on <= asked.day),
closed AS (
    SELECT s.ticker, s.period_start, sum(greatest(0, least(s.period_end, r.announced_on - 1) - greatest(s.period_start, CAST(r.announced_on - INTERVAL 1 MONTH AS DATE)) + 1)) AS closed_days
    FROM spine AS s JOIN results AS r ON r.ticker = s.ticker AND r.announced_on > s.period_start AND r.announced_on - INTERVAL 1 MONTH <= s.period_end WHERE s.period_kind = 'month' GROUP BY ALL
),
final AS (
    SELECT s.ticker, s.period_kind, s.period_start, s.period_end, coalesce(sum(l.shares), 0) AS shares, coalesce(sum(l.amount_hkd), 0) AS amount_hkd, sum(l.amount_hkd) / sum(l.shares) AS price_average_hkd,
           count(DISTINCT l.end_date) AS days, s.first_day <= s.period_start AND s.to_day >= s.period_end AS complete, s.to_day AS covered_to,
           coalesce(any_value(c.closed_days), 0) AS closed_days, coalesce(any_value(c.closed_days), 0) * 2 > s.period_end - s.period_start + 1 AS mostly_closed
    FROM spine AS s LEFT JOIN ledger AS l ON l.ticker = s.ticker AND l.end_date BETWEEN s.period_start AND s.period_end
    LEFT JOIN closed AS c ON c.ticker = s.ticker AND c.period_start = s.period_start AND s.period_kind = 'month'
    GROUP BY s.ticker, s.period_kind, s.period_start, s.period_end, s.first_day, s.to_day
)
SELECT * FROM final ORDER BY ticker, period_kind, period_start;
COMMENT ON MACRO TABLE buyback_periods IS 'The daily ledger summed by calendar month, half-year and year, as known on the evening of as_of. One row per (ticker, period_kind, period_start); a period in which the complete report shows no purchase is a row of 0.';

-- The year to date of every company beside last year''s, its average price and the close.
CREATE MACRO buyback_league(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day, CAST(date_trunc('year', CAST(as_of AS DATE)) AS DATE) AS year_start),
now AS (SELECT * FROM buyback_ytd(as_of)),
year_ago AS (SELECT * FROM buyback_ytd(CAST(as_of AS DATE) - INTERVAL 1 YEAR)),
-- Daily reports: last year to the very day that this year's report reaches.
same_day AS (
    SELECT n.ticker, coalesce(sum(l.amount_hkd), 0) AS amount_hkd, CAST(any_value(n.last_trade_date) - INTERVAL 1 YEAR AS DATE) AS to_day
    FROM now AS n CROSS JOIN asked JOIN buyback_coverage AS c ON c.ticker = n.ticker AND c.complete AND c.first_day <= CAST(asked.year_start - INTERVAL 1 YEAR AS DATE)
    LEFT JOIN buyback_ledger AS l ON l.ticker = n.ticker AND l.published_on <= asked.day AND l.end_date BETWEEN CAST(asked.year_start - INTERVAL 1 YEAR AS DATE) AND CAST(n.last_trade_date - INTERVAL 1 YEAR AS DATE)
    WHERE n.preference = 1 GROUP BY n.ticker
),
last_day_row AS (
    SELECT b.ticker, max(b.end_date) AS last_purchase_date FROM buybacks AS b, asked
    WHERE b.grain = 'day' AND b.measure = 'bought' AND b.trusted AND b.published_on <= asked.day AND b.end_date <= asked.day GROUP BY b.ticker
),
venues AS (
    SELECT b.ticker, string_agg(DISTINCT b.venue, ', ' ORDER BY b.venue) AS venues FROM buybacks AS b, asked
    WHERE b.measure = 'bought' AND b.trusted AND b.grain IN ('day', 'ytd', 'month', 'quarter', 'half', 'nine_months') AND b.published_on <= asked.day AND b.end_date BETWEEN asked.year_start AND asked.day GROUP BY b.ticker
),
closes AS (SELECT p.ticker, p.date, any_value(p.close) AS close FROM prices AS p, asked WHERE p.date <= asked.day AND p.currency = 'HKD' AND p.frequency IN ('daily', 'month_end') GROUP BY p.ticker, p.date),
joined AS (
    SELECT n.ticker, n.rank, n.shares, n.amount_hkd, n.amount_hkd / n.shares AS price_average_hkd, n.last_trade_date, d.last_purchase_date, n.preference, n.basis_note,
           CASE WHEN n.preference = 1 THEN 'exact' WHEN n.preference = 2 THEN coalesce(nullif(regexp_extract(n.basis_note, '\((about|over|rounded|truncated|derived|ruled)\)', 1), ''), 'exact') WHEN n.preference = 3 THEN 'derived' END AS quality,
           n.last_trade_date < asked.day AS cut_short, coalesce(v.venues, CASE WHEN n.preference = 1 THEN (SELECT string_agg(c.venue, ', ') FROM buyback_coverage AS c WHERE c.ticker = n.ticker AND c.complete) END) AS venues,
           CASE WHEN n.preference = 1 THEN s.amount_hkd ELSE y.amount_hkd END AS prior_amount_hkd, CASE WHEN n.preference = 1 THEN s.to_day ELSE y.last_trade_date END AS prior_to, asked.day
    FROM now AS n CROSS JOIN asked LEFT JOIN same_day AS s USING (ticker) LEFT JOIN year_ago AS y ON y.ticker = n.ticker LEFT JOIN last_day_row AS d ON d.ticker = n.ticker LEFT JOIN venues AS v ON v.ticker = n.ticker
),
with_close AS (SELECT j.*, c.close, c.date AS close_date FROM joined AS j ASOF LEFT JOIN closes AS c ON c.ticker = j.ticker AND j.day >= c.date),
with_then AS (SELECT w.*, c.close AS close_then, c.date AS close_then_date FROM with_close AS w ASOF LEFT JOIN closes AS c ON c.ticker = w.ticker AND w.last_purchase_date >= c.date)
SELECT ticker, rank, shares, amount_hkd, quality, price_average_hkd, last_trade_date, last_purchase_date, cut_short, preference, basis_note, venues, prior_amount_hkd, prior_to,
       CASE WHEN prior_amount_hkd > 0 AND prior_to = CAST(last_trade_date - INTERVAL 1 YEAR AS DATE) THEN 100 * (amount_hkd / prior_amount_hkd - 1) END AS change_pct,
       close, close_date, CASE WHEN close_date >= day - 35 THEN 100 * (price_average_hkd / close - 1) END AS above_close_pct,
       close_then, close_then_date, CASE WHEN close_then_date >= last_purchase_date - 35 THEN 100 * (price_average_hkd / close_then - 1) END AS above_close_then_pct
FROM with_then ORDER BY rank NULLS LAST, ticker;
COMMENT ON MACRO TABLE buyback_league IS 'buyback_ytd with the same day of last year, the average price and the close beside it, as known on the evening of as_of. One row per (ticker) of the covered companies.';

CREATE MACRO buyback_total(as_of, tickers) AS TABLE
SELECT count(*) AS companies, count(amount_hkd) AS reported, sum(amount_hkd) AS amount_hkd, count(change_pct) AS compared, sum(prior_amount_hkd) FILTER (change_pct IS NOT NULL) AS prior_amount_hkd,
       100 * (sum(amount_hkd) FILTER (change_pct IS NOT NULL) / nullif(sum(prior_amount_hkd) FILTER (change_pct IS NOT NULL), 0) - 1) AS change_pct,
       min(last_trade_date) FILTER (amount_hkd IS NOT NULL) AS first_to, max(last_trade_date) FILTER (amount_hkd IS NOT NULL) AS last_to
FROM buyback_league(as_of) WHERE list_contains(tickers, ticker);
COMMENT ON MACRO TABLE buyback_total IS 'The year to date of several companies together: one row. The change compares only companies whose cut-off is the same day of both years.';
