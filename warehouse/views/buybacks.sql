-- Who bought back its own shares: when, how many, for how much, and since 1 January?

-- What the tests of purchases and statements may be out by, in one place.
CREATE OR REPLACE TABLE buyback_limits AS
SELECT 0.001 AS paid_margin, 0.05 AS daily_close_margin, 0.5 AS month_end_close_margin, 8 AS usual_times,
    2 AS usual_least, 0.995 AS falling_share, 0.001 AS agrees_share, 0.01 AS close_share, 0.02 AS about_share;
COMMENT ON TABLE buyback_limits IS 'One row per (paid_margin): the limits of every test of purchases and statements.';
COMMENT ON COLUMN buyback_limits.paid_margin IS
    'An average may lie so far outside the prices paid on its days, as a part of them';
COMMENT ON COLUMN buyback_limits.daily_close_margin IS
    'The same outside the daily closes of its days, where the prices paid are not known';
COMMENT ON COLUMN buyback_limits.month_end_close_margin IS
    'The same outside the month-end closes around its days, where no daily close is known';
COMMENT ON COLUMN buyback_limits.usual_times IS 'A statement so many times smaller or larger than usual is doubtful';
COMMENT ON COLUMN buyback_limits.usual_least IS 'So many other statements of the year before make what is usual';
COMMENT ON COLUMN buyback_limits.falling_share IS 'A running total under this part of an earlier one has fallen';
COMMENT ON COLUMN buyback_limits.agrees_share IS
    'A statement agrees with the daily sum within half a unit of its last digit, or within this part of it';
COMMENT ON COLUMN buyback_limits.close_share IS 'A statement within this part of the daily sum is close to it';
COMMENT ON COLUMN buyback_limits.about_share IS 'The same for a statement that says about';

CREATE OR REPLACE TABLE buybacks AS
WITH results_dates AS (
    SELECT ticker, period_end, min(announced_on) AS announced_on FROM earnings_items WHERE version = 1 GROUP BY ALL
),
with_ratio AS (
    SELECT b.*, CASE WHEN b.share_unit = 'ADS' THEN ads_ratio(b.ticker,
        coalesce(b.end_date, b.start_date, current_date)) ELSE 1 END AS per_unit
    FROM printed.buybacks AS b
),
-- Day rows and running totals are out on the evening of their last day, a programme on the day it begins; longer
-- statements with the results of the period.
with_known AS (
    SELECT w.*, CASE
        WHEN w.published_on IS NOT NULL THEN w.published_on
        WHEN w.grain IN ('day', 'multi_day', 'week', 'ytd', 'mandate') THEN w.end_date
        WHEN w.grain = 'programme' AND w.measure = 'authorised' THEN w.start_date
        WHEN r.announced_on IS NOT NULL THEN r.announced_on
        WHEN w.grain IN ('month', 'quarter', 'half', 'nine_months', 'programme')
            THEN CAST(w.end_date + INTERVAL 2 MONTH AS DATE)
        ELSE CAST(w.end_date + INTERVAL 3 MONTH AS DATE) END AS known_on,
        CASE WHEN w.published_on IS NOT NULL THEN CASE WHEN w.published_on_basis = 'inferred' THEN 'inferred'
            ELSE 'printed' END WHEN w.grain IN ('day', 'multi_day', 'week', 'ytd', 'mandate') OR w.grain = 'programme'
            AND w.measure = 'authorised' THEN 'convention'
             WHEN r.announced_on IS NOT NULL THEN 'inferred' ELSE 'convention' END AS known_basis
    FROM with_ratio AS w LEFT JOIN results_dates AS r ON r.ticker = w.ticker AND r.period_end = w.end_date
),
with_fx AS (
    SELECT w.*, CASE WHEN w.currency = 'HKD' THEN 1 WHEN f.date >= w.end_date - 10 THEN f.rate END AS fx_rate
    FROM with_known AS w ASOF LEFT JOIN fx AS f ON f.base = w.currency AND f.quote = 'HKD' AND w.end_date >= f.date
),
final AS (
    SELECT concat_ws('-', ticker, grain, nullif(measure, 'bought'), start_date, nullif(end_date, start_date),
        replace(venue, ' ', ''), share_class, currency, source_id) AS buyback_id,
           ticker, start_date, end_date, grain, measure, venue, share_class, share_unit, shares * per_unit AS shares,
               amount, currency, amount * fx_rate AS amount_hkd,
           price_low / per_unit AS price_low, price_high / per_unit AS price_high,
               amount / (shares * per_unit) AS price_average, method, disposal,
           known_on AS published_on, known_basis AS published_on_basis, superseded_on, trusted, quality, correction_id,
           CASE known_basis WHEN 'printed' THEN 'printed' WHEN 'inferred' THEN 'inferred'
               ELSE 'convention' END AS date_basis, source_id, locator, note
    FROM with_fx
)
SELECT * FROM final ORDER BY ticker, end_date, buyback_id;
COMMENT ON TABLE buybacks IS
    'One row per (buyback_id): purchases of own shares in ordinary shares. Rows of different grain cover the same '
    'days and are never summed together.';
COMMENT ON COLUMN buybacks.buyback_id IS 'Name of the row';
COMMENT ON COLUMN buybacks.ticker IS 'Issuer';
COMMENT ON COLUMN buybacks.start_date IS 'First trade day';
COMMENT ON COLUMN buybacks.end_date IS 'Last trade day';
COMMENT ON COLUMN buybacks.grain IS
    'day, multi_day, week, month, quarter, half, nine_months, year, fiscal_year, ytd (since 1 January), mandate '
    '(since the last general mandate), programme';
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
COMMENT ON COLUMN buybacks.published_on_basis IS
    'printed; inferred (the results date of the period, or another document); convention (evening of the last day; '
    'end + 2 or 3 months for longer periods)';
COMMENT ON COLUMN buybacks.superseded_on IS
    'Day from which another row stands in place of this one, a correction by the exchange or its own report; NULL: '
    'it stands';
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
JOIN buyback_coverage AS c ON c.ticker = b.ticker AND c.venue = b.venue AND c.complete
    AND b.end_date BETWEEN c.first_day AND c.last_day
WHERE b.grain = 'day' AND b.measure = 'bought' AND b.trusted AND b.superseded_on IS NULL;
COMMENT ON VIEW buyback_ledger IS
    'One row per (buyback_id): the daily rows of the spans that buyback_coverage declares complete; these, and only '
    'these, add up.';
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
COMMENT ON COLUMN buyback_ledger.superseded_on IS 'Always NULL here';
COMMENT ON COLUMN buyback_ledger.trusted IS 'Always true here';
COMMENT ON COLUMN buyback_ledger.quality IS 'exact, ruled ...';
COMMENT ON COLUMN buyback_ledger.correction_id IS 'Ruling, a row of corrections';
COMMENT ON COLUMN buyback_ledger.date_basis IS 'The same as published_on_basis';
COMMENT ON COLUMN buyback_ledger.source_id IS 'Source';
COMMENT ON COLUMN buyback_ledger.locator IS 'Where in the source';
COMMENT ON COLUMN buyback_ledger.note IS 'Doubt or detail';
COMMENT ON COLUMN buyback_ledger.first_day IS 'First day of the complete report';
COMMENT ON COLUMN buyback_ledger.last_day IS 'Last day of the complete report';

-- What can a statement not be? Each is judged as it was printed, whether or not a ruling has put another value in its
-- place.
CREATE OR REPLACE TABLE buyback_doubts AS
WITH rulings AS (
    SELECT correction_id, column_name, TRY_CAST(printed_value AS DOUBLE) AS printed,
        min(correction_id) OVER (PARTITION BY subject_key) AS first_id,
        max(correction_id) OVER (PARTITION BY subject_key) AS last_id
    FROM corrections
    WHERE subject_table = 'buybacks'
),
-- A row bears the name of the last ruling on it.
as_printed AS (
    SELECT b.*, CASE WHEN b.share_unit = 'ADS' THEN ads_ratio(b.ticker, coalesce(b.end_date, b.start_date))
        ELSE 1 END AS per_unit,
           (
               SELECT count(*) > 0 FROM rulings AS r WHERE r.last_id = b.correction_id AND r.column_name = 'shares'
           ) AS shares_ruled, (
               SELECT max(r.printed) FROM rulings AS r WHERE r.last_id = b.correction_id AND r.column_name = 'shares'
           ) AS shares_before,
           (
               SELECT count(*) > 0 FROM rulings AS r WHERE r.last_id = b.correction_id AND r.column_name = 'amount'
           ) AS amount_ruled, (
               SELECT max(r.printed) FROM rulings AS r WHERE r.last_id = b.correction_id AND r.column_name = 'amount'
           ) AS amount_before,
           (
               SELECT max(r.printed)
               FROM rulings AS r
               WHERE r.last_id = b.correction_id AND r.column_name = 'price_high'
           ) AS high_before
    FROM buybacks AS b
    WHERE b.measure = 'bought' AND b.grain NOT IN ('mandate', 'programme') AND b.start_date IS NOT NULL
        AND b.end_date IS NOT NULL
),
stated AS (
    SELECT a.*, CASE WHEN shares_ruled THEN shares_before * per_unit ELSE shares END AS printed_shares, CASE
        WHEN amount_ruled THEN amount_before ELSE amount END AS printed_amount,
        coalesce(high_before / per_unit, price_high) AS printed_high,
           -- the rate of the row itself; a ruled amount has the same
           CASE WHEN currency = 'HKD' THEN 1 ELSE amount_hkd / amount END AS fx_rate,
           coalesce((SELECT bool_or(c.complete) FROM buyback_coverage AS c WHERE c.ticker = a.ticker
               AND c.venue = a.venue AND a.start_date >= c.first_day AND a.end_date <= c.last_day), false)
               AS is_covered,
           -- a day of the exchange's own report, with or without holes, has passed the test of its own prices and is of
           -- any size
           a.grain = 'day' AND EXISTS (
               FROM buyback_coverage AS c
               WHERE c.ticker = a.ticker AND c.venue = a.venue AND a.end_date BETWEEN c.first_day AND c.last_day
           ) AS is_return
    FROM as_printed AS a
),
with_average AS (
    SELECT *, printed_amount * fx_rate / printed_shares AS average_hkd, printed_high * fx_rate AS high_hkd
    FROM stated
    WHERE NOT is_return
),
paid AS (
    SELECT w.buyback_id, min(l.price_low) AS low, max(l.price_high) AS high
    FROM with_average AS w
    JOIN buyback_ledger AS l ON l.ticker = w.ticker AND l.venue = w.venue AND l.currency = 'HKD'
        AND l.end_date BETWEEN w.start_date AND w.end_date
    WHERE w.is_covered GROUP BY w.buyback_id
),
closes AS (
    SELECT w.buyback_id, p.frequency, min(p.close) AS low, max(p.close) AS high
    FROM with_average AS w
    JOIN prices AS p ON p.ticker = w.ticker AND p.currency = 'HKD' AND p.frequency IN ('daily', 'month_end')
     AND p.date BETWEEN CASE p.frequency WHEN 'daily' THEN w.start_date ELSE w.start_date - 35 END AND w.end_date
     GROUP BY ALL
),
bounds AS (
    SELECT buyback_id, low, high, 'the prices paid on its days' AS against, 1 AS place, (
        SELECT paid_margin FROM buyback_limits
    ) AS margin
    FROM paid
    UNION ALL SELECT buyback_id, low, high, 'the daily closes of its days', 2, (
        SELECT daily_close_margin FROM buyback_limits
    )
    FROM closes
    WHERE frequency = 'daily'
    UNION ALL SELECT buyback_id, low, high, 'the month-end closes around its days', 3, (
        SELECT month_end_close_margin FROM buyback_limits
    )
    FROM closes
    WHERE frequency = 'month_end'
),
nearest AS (SELECT * FROM bounds QUALIFY row_number() OVER (PARTITION BY buyback_id ORDER BY place) = 1),
outside AS (
    SELECT w.buyback_id, 'B05' AS code, CASE WHEN w.average_hkd NOT BETWEEN n.low * (1 - n.margin)
        AND n.high * (1 + n.margin) THEN w.average_hkd ELSE w.high_hkd END AS stated, n.low, n.high, n.against
    FROM with_average AS w JOIN nearest AS n USING (buyback_id)
    WHERE w.average_hkd NOT BETWEEN n.low * (1 - n.margin) AND n.high * (1 + n.margin)
        OR w.high_hkd > n.high * (1 + n.margin)
),
-- A price test is blind where shares and amount are both ten times too small: then the size itself is not the
-- company's. Days of one's own are compared with those before, a session at a time.
with_size AS (
    SELECT s.*, s.printed_amount * s.fx_rate / nullif((SELECT count(*) FROM sessions AS t WHERE t.exchange = 'XHKG'
        AND t.session BETWEEN s.start_date AND s.end_date), 0) AS printed_size,
           s.amount_hkd / nullif((SELECT count(*) FROM sessions AS t WHERE t.exchange = 'XHKG'
               AND t.session BETWEEN s.start_date AND s.end_date), 0) AS size
    FROM stated AS s WHERE s.grain IN ('day', 'multi_day', 'week') AND s.amount_hkd IS NOT NULL
),
usual AS (
    SELECT w.buyback_id, any_value(w.printed_size) AS stated, median(o.size) AS usual, count(*) AS others
    FROM with_size AS w
    JOIN with_size AS o ON o.ticker = w.ticker AND o.trusted AND o.superseded_on IS NULL AND o.end_date < w.start_date
        AND o.end_date >= w.start_date - 365 AND o.published_on <= w.published_on
    WHERE NOT w.is_covered AND NOT w.is_return GROUP BY w.buyback_id
),
unusual AS (
    SELECT u.buyback_id, 'B06' AS code, u.stated, u.usual AS low, u.usual AS high,
        'the median of ' || u.others || ' statements of the year before' AS against
    FROM usual AS u, buyback_limits AS l
    WHERE u.others >= l.usual_least AND NOT u.stated / u.usual BETWEEN 1 / l.usual_times AND l.usual_times
),
-- More than so much is no contradiction of an earlier, exact total.
totals AS (
    SELECT b.*, max(b.amount_hkd) OVER (PARTITION BY b.ticker,
        b.start_date ORDER BY b.end_date ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM buybacks AS b
    WHERE b.grain = 'ytd' AND b.measure = 'bought'
),
falling AS (
    SELECT t.buyback_id, 'B02' AS code, t.amount_hkd AS stated, t.before AS low, t.before AS high,
        'an earlier running total' AS against
    FROM totals AS t, buyback_limits AS l
    WHERE t.quality NOT IN ('over', 'about') AND t.amount_hkd < t.before * l.falling_share
)
SELECT d.buyback_id, b.ticker, d.code, b.start_date, b.end_date, d.stated, d.low, d.high, d.against, b.published_on,
    b.correction_id
FROM (FROM outside UNION ALL FROM unusual UNION ALL FROM falling) AS d
JOIN buybacks AS b USING (buyback_id)
ORDER BY ALL;
COMMENT ON TABLE buyback_doubts IS
    'One row per (buyback_id, code): statements that fail a test as they were printed. B02: a running total below an '
    'earlier one; B05: a price outside any traded price; B06: far from the company''s usual size.';
COMMENT ON COLUMN buyback_doubts.buyback_id IS 'Row of buybacks';
COMMENT ON COLUMN buyback_doubts.ticker IS 'Issuer';
COMMENT ON COLUMN buyback_doubts.code IS
    'B02 (not used), B05 (not used, unless a ruling has put another value in its place), B06 (used, with a warning, '
    'unless ruled)';
COMMENT ON COLUMN buyback_doubts.start_date IS 'First trade day';
COMMENT ON COLUMN buyback_doubts.end_date IS 'Last trade day';
COMMENT ON COLUMN buyback_doubts.stated IS
    'What was tested: B02 full HKD, B05 HKD per ordinary share, B06 full HKD a session';
COMMENT ON COLUMN buyback_doubts.low IS 'Lowest that it was compared with, in the same unit';
COMMENT ON COLUMN buyback_doubts.high IS 'Highest that it was compared with, in the same unit';
COMMENT ON COLUMN buyback_doubts.against IS 'What it was compared with';
COMMENT ON COLUMN buyback_doubts.published_on IS 'Day from which the statement is known';
COMMENT ON COLUMN buyback_doubts.correction_id IS 'Ruling on the statement, a row of corrections; NULL: none';

-- Do the daily returns sum to what was said of the same days?
CREATE OR REPLACE TABLE buyback_reconciliation AS
WITH rulings AS (
    SELECT column_name, TRY_CAST(printed_value AS DOUBLE) AS printed,
        max(correction_id) OVER (PARTITION BY subject_key) AS last_id
    FROM corrections
    WHERE subject_table = 'buybacks'
),
stated AS (
    SELECT b.*, c.complete, coalesce((SELECT max(r.printed) FROM rulings AS r WHERE r.last_id = b.correction_id
        AND r.column_name = 'shares'), b.shares) AS printed_shares,
           coalesce((SELECT max(r.printed) FROM rulings AS r WHERE r.last_id = b.correction_id
               AND r.column_name = 'amount'), b.amount) AS printed_amount
    FROM buybacks AS b
    JOIN buyback_coverage AS c ON c.ticker = b.ticker AND c.venue = b.venue AND b.start_date >= c.first_day
        AND b.end_date <= c.last_day
    WHERE b.measure = 'bought' AND b.superseded_on IS NULL
        AND b.grain IN ('multi_day', 'week', 'month', 'quarter', 'half', 'nine_months', 'year', 'fiscal_year', 'ytd')
),
days AS (
    SELECT s.buyback_id, d.end_date AS day, d.shares, d.amount, d.amount_hkd, d.currency = s.currency AS same_currency
    FROM stated AS s
    JOIN buybacks AS d ON d.ticker = s.ticker AND d.venue = s.venue AND d.grain = 'day' AND d.measure = 'bought'
        AND d.trusted AND d.superseded_on IS NULL AND d.end_date BETWEEN s.start_date AND s.end_date
),
summed AS (
    SELECT s.*, coalesce(bool_and(d.same_currency), true) AS same_currency, coalesce(sum(d.shares), 0) AS daily_shares,
        CASE WHEN coalesce(bool_and(d.same_currency), true) THEN coalesce(sum(d.amount), 0)
        ELSE sum(d.amount_hkd) END AS daily_amount, count(DISTINCT d.day) AS purchase_days
    FROM stated AS s LEFT JOIN days AS d USING (buyback_id) GROUP BY ALL
),
-- Half a unit of the last digit printed: 52,300,000,000 may stand for 52,250 to 52,350 million.
with_room AS (
    SELECT * REPLACE (CASE WHEN same_currency THEN currency ELSE 'HKD' END AS currency, CASE
        WHEN same_currency THEN amount ELSE amount_hkd END AS amount, CASE WHEN same_currency THEN printed_amount
        ELSE amount_hkd END AS printed_amount),
           0.5 * 10 ** (length(CAST(CAST(printed_amount AS HUGEINT) AS VARCHAR)) -
               length(rtrim(CAST(CAST(printed_amount AS HUGEINT) AS VARCHAR), '0'))) AS amount_room,
           0.5 * 10 ** (length(CAST(CAST(printed_shares AS HUGEINT) AS VARCHAR)) -
               length(rtrim(CAST(CAST(printed_shares AS HUGEINT) AS VARCHAR), '0'))) AS shares_room
    FROM summed
),
-- Where less was printed than was bought: the first day on which that much had been bought.
reached AS (
    SELECT w.buyback_id, min(r.day) AS reached_on
    FROM with_room AS w
    JOIN (
        SELECT buyback_id, day, sum(CASE WHEN same_currency THEN amount ELSE amount_hkd END)
            OVER (PARTITION BY buyback_id ORDER BY day) AS so_far
        FROM days
    ) AS r
      ON r.buyback_id = w.buyback_id AND r.so_far >= w.printed_amount - w.amount_room GROUP BY w.buyback_id
),
judged AS (
    SELECT w.*, r.reached_on,
           CASE WHEN printed_amount IS NULL THEN true WHEN quality = 'over' THEN daily_amount >= printed_amount
               WHEN quality = 'about' THEN abs(printed_amount - daily_amount) <= l.about_share * daily_amount
                ELSE abs(printed_amount - daily_amount) <= greatest(amount_room, l.agrees_share * daily_amount) END
                    AS amount_agrees,
           CASE WHEN printed_shares IS NULL THEN true WHEN quality = 'over' THEN daily_shares >= printed_shares
               WHEN quality = 'about' THEN abs(printed_shares - daily_shares) <= l.about_share * daily_shares
                ELSE abs(printed_shares - daily_shares) <= greatest(shares_room, l.agrees_share * daily_shares) END
                    AS shares_agree,
           coalesce(abs(printed_amount - daily_amount) <= l.close_share * daily_amount, true)
               AND coalesce(abs(printed_shares - daily_shares) <= l.close_share * daily_shares, true) AS is_close
    FROM with_room AS w CROSS JOIN buyback_limits AS l LEFT JOIN reached AS r USING (buyback_id)
),
final AS (
    SELECT buyback_id, ticker, grain, start_date, end_date, currency, printed_shares, printed_amount,
        shares AS stated_shares, amount AS stated_amount, daily_shares, daily_amount, purchase_days,
           printed_shares - daily_shares AS shares_difference, printed_amount - daily_amount AS amount_difference,
               100 * (printed_shares / nullif(daily_shares, 0) - 1) AS shares_difference_pct,
               100 * (printed_amount / nullif(daily_amount, 0) - 1) AS amount_difference_pct,
           CASE WHEN NOT complete THEN 'days missing' WHEN amount_agrees AND shares_agree THEN CASE
               WHEN quality = 'over' THEN 'at least' ELSE 'agrees' END WHEN is_close THEN 'close'
               ELSE 'differs' END AS verdict,
           CASE WHEN complete AND NOT amount_agrees AND printed_amount < daily_amount THEN reached_on END
               AS reached_on, published_on, trusted, quality, correction_id, source_id
    FROM judged
)
SELECT * FROM final ORDER BY ticker, end_date DESC, grain, buyback_id;
COMMENT ON TABLE buyback_reconciliation IS
    'One row per (buyback_id): a statement of several days whose days the exchange''s daily report covers, as it was '
    'printed, beside the sum of those days.';
COMMENT ON COLUMN buyback_reconciliation.buyback_id IS 'Row of buybacks';
COMMENT ON COLUMN buyback_reconciliation.ticker IS 'Issuer';
COMMENT ON COLUMN buyback_reconciliation.grain IS
    'multi_day, week, month, quarter, half, nine_months, year, fiscal_year, ytd';
COMMENT ON COLUMN buyback_reconciliation.start_date IS 'First day';
COMMENT ON COLUMN buyback_reconciliation.end_date IS 'Last day';
COMMENT ON COLUMN buyback_reconciliation.currency IS
    'Currency of the amounts: the statement''s own, or HKD where its days were paid in another';
COMMENT ON COLUMN buyback_reconciliation.printed_shares IS 'Ordinary shares as printed, full units';
COMMENT ON COLUMN buyback_reconciliation.printed_amount IS 'Consideration as printed, full units of currency';
COMMENT ON COLUMN buyback_reconciliation.stated_shares IS
    'Ordinary shares used: the ruled value where there is a ruling';
COMMENT ON COLUMN buyback_reconciliation.stated_amount IS 'Consideration used: the ruled value where there is a ruling';
COMMENT ON COLUMN buyback_reconciliation.daily_shares IS 'Ordinary shares in the daily returns of the same days';
COMMENT ON COLUMN buyback_reconciliation.daily_amount IS
    'Consideration in the daily returns of the same days, full units of currency';
COMMENT ON COLUMN buyback_reconciliation.purchase_days IS 'Purchase days among them';
COMMENT ON COLUMN buyback_reconciliation.shares_difference IS 'printed_shares - daily_shares';
COMMENT ON COLUMN buyback_reconciliation.amount_difference IS 'printed_amount - daily_amount, full units of currency';
COMMENT ON COLUMN buyback_reconciliation.shares_difference_pct IS 'The same as a part of daily_shares, per cent';
COMMENT ON COLUMN buyback_reconciliation.amount_difference_pct IS 'The same as a part of daily_amount, per cent';
COMMENT ON COLUMN buyback_reconciliation.verdict IS
    'agrees (within half a unit of the last digit printed, or 0.1 %), at least (more than so much was said, and was '
    'bought), close (within 1 %), differs, days missing (the daily rows have holes)';
COMMENT ON COLUMN buyback_reconciliation.reached_on IS
    'Where less was printed than bought: the first day on which the running total of the period reached the printed '
    'amount as rounded';
COMMENT ON COLUMN buyback_reconciliation.published_on IS 'Day from which the statement is known';
COMMENT ON COLUMN buyback_reconciliation.trusted IS 'false: contradicted, never used in a sum';
COMMENT ON COLUMN buyback_reconciliation.quality IS 'exact, rounded, over, about, truncated, derived, ruled';
COMMENT ON COLUMN buyback_reconciliation.correction_id IS 'Ruling, a row of corrections; NULL: as printed';
COMMENT ON COLUMN buyback_reconciliation.source_id IS 'Source of the statement';

-- What stood on an evening: a row that was corrected later still stands, a contradicted one never does.
CREATE MACRO buybacks_known(as_of) AS TABLE
SELECT b.* EXCLUDE (superseded_on)
FROM buybacks AS b
WHERE b.measure = 'bought' AND b.trusted AND b.published_on <= CAST(as_of AS DATE)
    AND (b.superseded_on IS NULL OR b.superseded_on > CAST(as_of AS DATE));
COMMENT ON MACRO TABLE buybacks_known IS
    'The purchases and statements of purchases that stood on the evening of as_of, of every grain: never to be '
    'summed together. One row per (buyback_id).';

-- The complete daily reports as they stood on an evening.
CREATE MACRO buyback_days(as_of) AS TABLE
SELECT b.ticker, b.end_date AS date, b.shares, b.amount, b.currency, b.amount_hkd, c.first_day,
    least(c.last_day, CAST(as_of AS DATE)) AS covered_to
FROM buybacks_known(as_of) AS b
JOIN buyback_coverage AS c ON c.ticker = b.ticker AND c.venue = b.venue AND c.complete
    AND b.end_date BETWEEN c.first_day AND c.last_day
WHERE b.grain = 'day' AND b.end_date <= CAST(as_of AS DATE);
COMMENT ON MACRO TABLE buyback_days IS
    'The daily returns of the complete reports as known on the evening of as_of. One row per (ticker, date) and line '
    'of the report.';

CREATE VIEW buyback_by_period AS
WITH periods AS (
    SELECT 'year' AS period_kind, CAST(date_trunc('year', end_date) AS DATE) AS period_start,
        CAST(date_trunc('year', end_date) + INTERVAL 1 YEAR AS DATE) - 1 AS period_end, *
    FROM buyback_ledger
    UNION ALL
    SELECT 'half', make_date(year(end_date), CASE WHEN month(end_date) <= 6 THEN 1 ELSE 7 END, 1), CASE
        WHEN month(end_date) <= 6 THEN make_date(year(end_date), 6, 30) ELSE make_date(year(end_date), 12, 31) END, *
    FROM buyback_ledger
    UNION ALL
    SELECT 'month', CAST(date_trunc('month', end_date) AS DATE), last_day(end_date), * FROM buyback_ledger
)
SELECT ticker, period_kind, periods.period_start, period_end, currency, sum(shares) AS shares, sum(amount) AS amount,
    sum(amount_hkd) AS amount_hkd,
       sum(amount) / sum(shares) AS price_average, count(DISTINCT end_date) AS days, max(end_date) AS last_trade_date,
       min(first_day) <= min(period_start) AND max(last_day) >= max(period_end) AS complete
FROM periods GROUP BY ticker, period_kind, periods.period_start, period_end, currency;
COMMENT ON VIEW buyback_by_period IS
    'One row per (ticker, period_kind, period_start, currency): the daily ledger summed by calendar year, half-year '
    'and month.';
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
COMMENT ON COLUMN buyback_by_period.complete IS
    'true: the report covers the whole period; false: only a part, shown as incomplete';

CREATE MACRO buyback_ytd(as_of) AS TABLE
WITH RECURSIVE asked AS (
    SELECT CAST(as_of AS DATE) AS day, CAST(date_trunc('year', CAST(as_of AS DATE)) AS DATE) AS year_start
),
known AS (
    SELECT b.*
    FROM buybacks_known(as_of) AS b, asked
    WHERE b.end_date <= asked.day AND NOT EXISTS (
        FROM buyback_doubts AS d WHERE d.buyback_id = b.buyback_id AND d.code = 'B05' AND d.correction_id IS NULL
    )
),
-- 1. the exchange's complete daily report, of every venue to the same day
covered AS (
    SELECT c.ticker, list(c.venue) AS venues, min(least(c.last_day, asked.day)) AS to_day,
        bool_or(c.last_day < asked.day) AS cut_short
    FROM buyback_coverage AS c, asked
    WHERE c.complete AND c.first_day <= asked.year_start AND c.last_day >= asked.year_start
    GROUP BY c.ticker
),
from_days AS (
    SELECT c.ticker, coalesce(sum(k.shares), 0) AS shares, coalesce(sum(k.amount_hkd), 0) AS amount_hkd,
        c.to_day AS last_trade_date, 'exact' AS quality,
           count(DISTINCT k.end_date) || CASE WHEN count(DISTINCT k.end_date) = 1 THEN ' daily return'
               ELSE ' daily returns' END || ' of the exchange''s complete report to ' || c.to_day || CASE
               WHEN c.cut_short THEN ' (incomplete: nothing later is loaded)' ELSE '' END AS basis_note, 1 AS preference
    FROM covered AS c
    CROSS JOIN asked
    LEFT JOIN known AS k ON k.ticker = c.ticker AND list_contains(c.venues, k.venue) AND k.grain = 'day'
        AND k.end_date BETWEEN asked.year_start AND c.to_day
    GROUP BY c.ticker, c.to_day, c.cut_short
),
-- 2. the latest running total of the year that is not below an earlier one, and the days after it
statements AS (
    SELECT k.*, max(k.amount_hkd) OVER (PARTITION BY k.ticker ORDER BY k.end_date ROWS BETWEEN UNBOUNDED PRECEDING
        AND 1 PRECEDING) AS before
    FROM known AS k, asked WHERE k.grain = 'ytd' AND k.start_date = asked.year_start
),
statement AS (
    SELECT *
    FROM statements
    WHERE before IS NULL OR amount_hkd IS NULL OR amount_hkd >= before * (SELECT falling_share FROM buyback_limits)
    QUALIFY row_number() OVER (PARTITION BY ticker ORDER BY amount_hkd IS NOT NULL DESC, end_date DESC,
        shares IS NOT NULL DESC, published_on DESC, buyback_id) = 1
),
days_after AS (
    SELECT s.ticker, sum(k.shares) AS shares, sum(k.amount_hkd) AS amount_hkd, max(k.end_date) AS to_day,
        count(*) AS days
    FROM statement AS s
    JOIN known AS k ON k.ticker = s.ticker AND k.grain = 'day' AND k.end_date > s.end_date
    GROUP BY s.ticker
),
from_statement AS (
    SELECT s.ticker, s.shares + coalesce(d.shares, 0) AS shares, s.amount_hkd + coalesce(d.amount_hkd, 0)
        AS amount_hkd, coalesce(d.to_day, s.end_date) AS last_trade_date, CASE WHEN d.days > 0 THEN 'over'
        ELSE s.quality END AS quality,
           'statement of the year to ' || s.end_date || CASE WHEN s.quality <> 'exact' THEN ' (' || s.quality || ')'
               ELSE '' END || coalesce(' and ' || d.days || CASE WHEN d.days = 1 THEN ' daily row to '
               ELSE ' daily rows to ' END || d.to_day || ' (at least: a day between may be missing)', '')
               AS basis_note, 2 AS preference
    FROM statement AS s LEFT JOIN days_after AS d USING (ticker)
),
-- 3. closed periods that tile from 1 January
tiles AS (
    SELECT k.ticker, k.end_date, k.shares, k.amount_hkd, 1 AS pieces FROM known AS k, asked
    WHERE k.grain IN ('month', 'quarter', 'half', 'nine_months', 'year') AND k.start_date = asked.year_start
    UNION ALL
    SELECT t.ticker, k.end_date, t.shares + k.shares, t.amount_hkd + k.amount_hkd, t.pieces + 1
    FROM tiles AS t
    JOIN known AS k ON k.ticker = t.ticker AND k.start_date = t.end_date + 1
        AND k.grain IN ('month', 'quarter', 'half') , asked
    WHERE year(k.end_date) = year(asked.day)
),
from_tiles AS (
    SELECT ticker, shares, amount_hkd, end_date AS last_trade_date, 'derived' AS quality,
        pieces || ' closed period' || CASE WHEN pieces > 1 THEN 's' ELSE '' END || ' to ' || end_date AS basis_note,
        3 AS preference
    FROM tiles QUALIFY row_number() OVER (PARTITION BY ticker ORDER BY end_date DESC, pieces) = 1
),
found AS (
    SELECT * FROM (SELECT * FROM from_days UNION ALL SELECT * FROM from_statement UNION ALL SELECT * FROM from_tiles)
    QUALIFY row_number() OVER (PARTITION BY ticker ORDER BY preference) = 1
),
final AS (
    SELECT c.ticker, f.shares, f.amount_hkd, f.last_trade_date, CASE WHEN f.amount_hkd IS NOT NULL THEN rank()
        OVER (ORDER BY f.amount_hkd DESC NULLS LAST) END AS rank,
           coalesce(f.basis_note,
               'not reported: neither a complete daily report nor a statement of this year is loaded') AS basis_note,
               f.preference, f.quality
    FROM companies AS c LEFT JOIN found AS f USING (ticker) WHERE c.kind = 'company'
)
SELECT ticker, shares, amount_hkd, last_trade_date, rank, basis_note, preference, quality
FROM final
ORDER BY rank NULLS LAST, ticker;
COMMENT ON MACRO TABLE buyback_ytd IS
    'Own shares bought since 1 January by trade date, as known on the evening of as_of. One row per (ticker) of the '
    'covered companies; amounts are NULL where no complete basis exists, never a partial sum.';

-- The rows as a page prints them: prices in HKD beside the close, and what was printed where a ruling stands in its
-- place.
CREATE VIEW buyback_detail AS
WITH printed_words AS (
    SELECT subject_key, string_agg(column_name || ' ' || coalesce(printed_value, 'nothing'), ', ' ORDER BY column_name)
        AS printed
    FROM corrections
    WHERE subject_table = 'buybacks'
    GROUP BY subject_key
)
SELECT b.*, b.amount_hkd / b.shares AS price_average_hkd, b.amount_hkd / b.amount AS fx_rate, w.printed, s.publisher,
    s.url,
       EXISTS (FROM buyback_ledger AS l WHERE l.buyback_id = b.buyback_id) AS in_ledger,
       (
           SELECT string_agg(t.code, ', ' ORDER BY t.code)
           FROM buyback_doubts AS t
           WHERE t.buyback_id = b.buyback_id AND t.correction_id IS NULL
       ) AS doubted_by
FROM buybacks AS b
JOIN sources AS s USING (source_id)
LEFT JOIN printed_words AS w ON w.subject_key = concat_ws('|', b.ticker, b.grain, b.measure,
    coalesce(CAST(b.start_date AS VARCHAR), ''), coalesce(CAST(b.end_date AS VARCHAR), ''), b.venue,
    coalesce(b.share_class, ''), b.currency, b.source_id);
COMMENT ON VIEW buyback_detail IS
    'One row per (buyback_id): every row of buybacks with its average price in HKD, the printed values that a ruling '
    'replaced, and its source.';
COMMENT ON COLUMN buyback_detail.buyback_id IS 'Name of the row';
COMMENT ON COLUMN buyback_detail.ticker IS 'Issuer';
COMMENT ON COLUMN buyback_detail.start_date IS 'First trade day';
COMMENT ON COLUMN buyback_detail.end_date IS 'Last trade day';
COMMENT ON COLUMN buyback_detail.grain IS
    'day, multi_day, week, month, quarter, half, nine_months, year, fiscal_year, ytd (since 1 January), mandate '
    '(since the last general mandate), programme';
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
COMMENT ON COLUMN buyback_detail.superseded_on IS
    'Day from which another row stands in place of this one; NULL: it stands';
COMMENT ON COLUMN buyback_detail.trusted IS 'false: contradicted, kept and shown, never used in a sum';
COMMENT ON COLUMN buyback_detail.quality IS 'exact, rounded, over, about, truncated, derived, ruled';
COMMENT ON COLUMN buyback_detail.correction_id IS 'Ruling, a row of corrections; NULL: as printed';
COMMENT ON COLUMN buyback_detail.date_basis IS 'The same as published_on_basis';
COMMENT ON COLUMN buyback_detail.source_id IS 'Source';
COMMENT ON COLUMN buyback_detail.locator IS 'Where in the source';
COMMENT ON COLUMN buyback_detail.note IS 'Doubt or detail';
COMMENT ON COLUMN buyback_detail.price_average_hkd IS
    'amount_hkd / shares, HKD per ordinary share at the rate of end_date';
COMMENT ON COLUMN buyback_detail.fx_rate IS 'HKD for one unit of currency on end_date';
COMMENT ON COLUMN buyback_detail.printed IS
    'What the source printed where a ruling replaced it: column and value; NULL: as printed';
COMMENT ON COLUMN buyback_detail.publisher IS 'Publisher of the source';
COMMENT ON COLUMN buyback_detail.url IS 'Link to the source, where public';
COMMENT ON COLUMN buyback_detail.in_ledger IS 'true: a daily row of a complete report; only these add up';
COMMENT ON COLUMN buyback_detail.doubted_by IS 'Tests of buyback_doubts that it fails and on which there is no ruling';

-- Where a page shows another value than a document printed, or doubts one: what was printed, the test, the reason.
CREATE VIEW buyback_rulings AS
WITH tests AS (
    SELECT buyback_id, string_agg(code, ', ' ORDER BY code) AS found_by FROM buyback_doubts GROUP BY buyback_id
),
ruled AS (
    SELECT d.buyback_id, c.column_name, c.printed_value, c.ruled_value, c.test, c.reason, c.correction_id
    FROM buyback_detail AS d
    JOIN corrections AS c ON c.subject_table = 'buybacks'
       AND c.subject_key = concat_ws('|', d.ticker, d.grain, d.measure, coalesce(CAST(d.start_date AS VARCHAR), ''),
           coalesce(CAST(d.end_date AS VARCHAR), ''), d.venue, coalesce(d.share_class, ''), d.currency, d.source_id)
),
doubted AS (
    SELECT t.buyback_id, NULL AS column_name, NULL AS printed_value, NULL AS ruled_value, t.found_by AS test,
        b.note AS reason, NULL AS correction_id
    FROM tests AS t
    JOIN buybacks AS b USING (buyback_id)
    WHERE b.correction_id IS NULL
)
SELECT b.buyback_id, b.ticker, b.grain, b.start_date, b.end_date, b.currency, r.column_name, r.printed_value,
    r.ruled_value, r.test, r.reason, t.found_by, r.correction_id, b.published_on, b.source_id
FROM (FROM ruled UNION ALL FROM doubted) AS r
JOIN buybacks AS b USING (buyback_id)
LEFT JOIN tests AS t USING (buyback_id)
ORDER BY b.ticker, b.end_date DESC, b.buyback_id, r.column_name;
COMMENT ON VIEW buyback_rulings IS
    'One row per (buyback_id, column_name): a figure that was ruled, or a statement that fails a test and has no '
    'ruling.';
COMMENT ON COLUMN buyback_rulings.buyback_id IS 'Row of buybacks';
COMMENT ON COLUMN buyback_rulings.ticker IS 'Issuer';
COMMENT ON COLUMN buyback_rulings.grain IS 'Length of the statement: see buybacks';
COMMENT ON COLUMN buyback_rulings.start_date IS 'First trade day';
COMMENT ON COLUMN buyback_rulings.end_date IS 'Last trade day';
COMMENT ON COLUMN buyback_rulings.currency IS 'Currency of an amount or price';
COMMENT ON COLUMN buyback_rulings.column_name IS
    'Figure that was ruled: shares, amount, price_high ...; NULL: none was, and the statement is not used or used '
    'with a warning';
COMMENT ON COLUMN buyback_rulings.printed_value IS 'As printed';
COMMENT ON COLUMN buyback_rulings.ruled_value IS 'Used in its place';
COMMENT ON COLUMN buyback_rulings.test IS 'What the printed figure fails';
COMMENT ON COLUMN buyback_rulings.reason IS 'Why, and whence the ruled value comes';
COMMENT ON COLUMN buyback_rulings.found_by IS
    'Tests of buyback_doubts that find it without the ruling; NULL: none does';
COMMENT ON COLUMN buyback_rulings.correction_id IS 'The ruling, a row of corrections; NULL: none';
COMMENT ON COLUMN buyback_rulings.published_on IS 'Day from which the statement is known';
COMMENT ON COLUMN buyback_rulings.source_id IS 'Source of the statement';

-- How far was each year on each purchase day? The total of a year stays flat to the end of the report.
CREATE VIEW buyback_running AS
WITH ledger AS (SELECT ticker, end_date AS date, published_on, shares, amount_hkd, first_day FROM buyback_ledger),
ends AS (
    SELECT c.ticker, least(make_date(y.year, 12, 31), c.last_day) AS date, least(make_date(y.year, 12, 31), c.last_day)
        AS published_on, 0 AS shares, 0 AS amount_hkd, c.first_day
    FROM buyback_coverage AS c, unnest(generate_series(year(c.first_day), year(c.last_day))) AS y(year) WHERE c.complete
),
days AS (
    SELECT ticker, date, max(published_on) AS published_on, sum(shares) AS shares, sum(amount_hkd) AS amount_hkd,
        min(first_day) AS first_day
    FROM (FROM ledger UNION ALL FROM ends)
    GROUP BY ticker, date
)
SELECT ticker, CAST(year(date) AS INTEGER) AS year, date, published_on, sum(shares) OVER so_far AS shares,
    sum(amount_hkd) OVER so_far AS amount_hkd, first_day <= make_date(year(date), 1, 1) AS from_1_january
FROM days WINDOW so_far AS (PARTITION BY ticker, year(date) ORDER BY date);
COMMENT ON VIEW buyback_running IS
    'One row per (ticker, date): own shares bought from 1 January to each purchase day, from the complete daily '
    'reports.';
COMMENT ON COLUMN buyback_running.ticker IS 'Issuer';
COMMENT ON COLUMN buyback_running.year IS 'Calendar year';
COMMENT ON COLUMN buyback_running.date IS 'Purchase day, or the last day of the year or of the report';
COMMENT ON COLUMN buyback_running.published_on IS 'Day from which it is known';
COMMENT ON COLUMN buyback_running.shares IS 'Ordinary shares since 1 January, full units';
COMMENT ON COLUMN buyback_running.amount_hkd IS 'Consideration since 1 January, full HKD at trade-date rates';
COMMENT ON COLUMN buyback_running.from_1_january IS 'true: the report covers the year from its first day';

-- buyback_by_period as known on an evening, with the empty periods that the report covers and the closed days before
-- results.
CREATE MACRO buyback_periods(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
covered AS (
    SELECT c.ticker, min(c.first_day) AS first_day, least(max(c.last_day), any_value(asked.day)) AS to_day
    FROM buyback_coverage AS c, asked
    WHERE c.complete AND c.first_day <= asked.day
    GROUP BY c.ticker
),
spine AS (
    SELECT c.ticker, k.period_kind, CAST(p.start AS DATE) AS period_start,
        CAST(p.start + to_months(k.months) AS DATE) - 1 AS period_end, c.first_day, c.to_day
    FROM covered AS c, (VALUES ('month', 1), ('half', 6), ('year', 12)) AS k(period_kind, months),
         unnest(generate_series(CAST(make_date(year(c.first_day), CASE k.months WHEN 1 THEN month(c.first_day)
             WHEN 6 THEN 6 * ((month(c.first_day) - 1) // 6) + 1 ELSE 1 END, 1) AS TIMESTAMP),
             CAST(c.to_day AS TIMESTAMP), to_months(k.months))) AS p(start)
),
ledger AS (SELECT *, date AS end_date FROM buyback_days(as_of)),
results AS (SELECT DISTINCT i.ticker, i.announced_on FROM earnings_items AS i, asked WHERE i.announced_on <= asked.day),
closed AS (
    SELECT s.ticker, s.period_start, sum(greatest(0, least(s.period_end, r.announced_on - 1) - greatest(s.period_start,
        CAST(r.announced_on - INTERVAL 1 MONTH AS DATE)) + 1)) AS closed_days
    FROM spine AS s
    JOIN results AS r ON r.ticker = s.ticker AND r.announced_on > s.period_start
        AND r.announced_on - INTERVAL 1 MONTH <= s.period_end
    WHERE s.period_kind = 'month'
    GROUP BY ALL
),
final AS (
    SELECT s.ticker, s.period_kind, s.period_start, s.period_end, coalesce(sum(l.shares), 0) AS shares,
        coalesce(sum(l.amount_hkd), 0) AS amount_hkd, sum(l.amount_hkd) / sum(l.shares) AS price_average_hkd,
           count(DISTINCT l.end_date) AS days, s.first_day <= s.period_start AND s.to_day >= s.period_end AS complete,
               s.to_day AS covered_to,
           coalesce(any_value(c.closed_days), 0) AS closed_days,
               coalesce(any_value(c.closed_days), 0) * 2 > s.period_end - s.period_start + 1 AS mostly_closed
    FROM spine AS s LEFT JOIN ledger AS l ON l.ticker = s.ticker AND l.end_date BETWEEN s.period_start AND s.period_end
    LEFT JOIN closed AS c ON c.ticker = s.ticker AND c.period_start = s.period_start AND s.period_kind = 'month'
    GROUP BY s.ticker, s.period_kind, s.period_start, s.period_end, s.first_day, s.to_day
)
SELECT * FROM final ORDER BY ticker, period_kind, period_start;
COMMENT ON MACRO TABLE buyback_periods IS
    'The daily ledger summed by calendar month, half-year and year, as known on the evening of as_of. One row per '
    '(ticker, period_kind, period_start); a period in which the complete report shows no purchase is a row of 0.';

-- What a company is worth on an evening: the last market cap known, in HKD.
CREATE MACRO buyback_caps(as_of) AS TABLE
WITH caps AS (
    SELECT m.ticker, m.date AS market_cap_date, m.market_cap_mn, m.close_currency AS currency,
        CAST(as_of AS DATE) AS day
    FROM market_caps AS m
    WHERE m.known_on <= CAST(as_of AS DATE) AND m.date >= CAST(as_of AS DATE) - 35 AND m.market_cap_mn IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY m.ticker ORDER BY m.date DESC, m.frequency) = 1
)
SELECT c.ticker, c.market_cap_date, c.market_cap_mn * CASE WHEN c.currency = 'HKD' THEN 1
    WHEN f.date >= c.day - 10 THEN f.rate END AS market_cap_hkd_mn
FROM caps AS c ASOF LEFT JOIN fx AS f ON f.base = c.currency AND f.quote = 'HKD' AND c.day >= f.date;
COMMENT ON MACRO TABLE buyback_caps IS
    'The last market cap known on the evening of as_of, 35 days old at most, at the rate of that day. One row per '
    '(ticker).';

-- The year to date of every company beside last year's, its average price, its market cap and the close.
CREATE MACRO buyback_league(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day, CAST(date_trunc('year', CAST(as_of AS DATE)) AS DATE) AS year_start),
now AS (SELECT * FROM buyback_ytd(as_of)),
year_ago AS (SELECT * FROM buyback_ytd(CAST(as_of AS DATE) - INTERVAL 1 YEAR)),
-- Daily reports: last year to the very day that this year's report reaches.
same_day AS (
    SELECT n.ticker, coalesce(sum(l.amount_hkd), 0) AS amount_hkd,
        CAST(any_value(n.last_trade_date) - INTERVAL 1 YEAR AS DATE) AS to_day
    FROM now AS n
    CROSS JOIN asked
    JOIN buyback_coverage AS c ON c.ticker = n.ticker AND c.complete
        AND c.first_day <= CAST(asked.year_start - INTERVAL 1 YEAR AS DATE)
    LEFT JOIN buyback_days(as_of) AS l ON l.ticker = n.ticker
        AND l.date BETWEEN CAST(asked.year_start - INTERVAL 1 YEAR AS DATE)
        AND CAST(n.last_trade_date - INTERVAL 1 YEAR AS DATE)
    WHERE n.preference = 1 GROUP BY n.ticker
),
last_day_row AS (
    SELECT b.ticker, max(b.end_date) AS last_purchase_date
    FROM buybacks_known(as_of) AS b, asked
    WHERE b.grain = 'day' AND b.end_date <= asked.day
    GROUP BY b.ticker
),
venues AS (
    SELECT b.ticker, string_agg(DISTINCT b.venue, ', ' ORDER BY b.venue) AS venues
    FROM buybacks_known(as_of) AS b, asked
    WHERE b.grain IN ('day', 'ytd', 'month', 'quarter', 'half', 'nine_months')
        AND b.end_date BETWEEN asked.year_start AND asked.day
    GROUP BY b.ticker
),
closes AS (SELECT ticker, date, close FROM price_series(as_of) WHERE currency = 'HKD'),
joined AS (
    SELECT n.ticker, n.rank, n.shares, n.amount_hkd, n.amount_hkd / n.shares AS price_average_hkd, n.last_trade_date,
        d.last_purchase_date, n.preference, n.basis_note,
           n.quality,
           n.last_trade_date < asked.day AS cut_short,
               coalesce(v.venues, CASE WHEN n.preference = 1 THEN (SELECT string_agg(c.venue, ', ')
               FROM buyback_coverage AS c WHERE c.ticker = n.ticker AND c.complete) END) AS venues,
           CASE WHEN n.preference = 1 THEN s.amount_hkd ELSE y.amount_hkd END AS prior_amount_hkd, CASE
               WHEN n.preference = 1 THEN s.to_day ELSE y.last_trade_date END AS prior_to, asked.day
    FROM now AS n
    CROSS JOIN asked
    LEFT JOIN same_day AS s USING (ticker)
    LEFT JOIN year_ago AS y ON y.ticker = n.ticker
    LEFT JOIN last_day_row AS d ON d.ticker = n.ticker
    LEFT JOIN venues AS v ON v.ticker = n.ticker
),
with_close AS (
    SELECT j.*, c.close, c.date AS close_date
    FROM joined AS j
    ASOF LEFT JOIN closes AS c ON c.ticker = j.ticker AND j.day >= c.date
),
with_then AS (
    SELECT w.*, c.close AS close_then, c.date AS close_then_date
    FROM with_close AS w
    ASOF LEFT JOIN closes AS c ON c.ticker = w.ticker AND w.last_purchase_date >= c.date
)
SELECT ticker, rank, shares, amount_hkd, quality, price_average_hkd, last_trade_date, last_purchase_date, cut_short,
    preference, basis_note, venues, prior_amount_hkd, prior_to,
       CASE WHEN prior_amount_hkd > 0 AND prior_to = CAST(last_trade_date - INTERVAL 1 YEAR AS DATE)
           THEN 100 * (amount_hkd / prior_amount_hkd - 1) END AS change_pct,
       close, close_date, CASE WHEN close_date >= day - 35 THEN 100 * (price_average_hkd / close - 1) END
           AS above_close_pct,
       close_then, close_then_date, CASE WHEN close_then_date >= last_purchase_date - 35
           THEN 100 * (price_average_hkd / close_then - 1) END AS above_close_then_pct, market_cap_hkd_mn,
           100 * amount_hkd / (market_cap_hkd_mn * 1e6) AS cap_share_pct
FROM with_then LEFT JOIN buyback_caps(as_of) USING (ticker) ORDER BY rank NULLS LAST, ticker;
COMMENT ON MACRO TABLE buyback_league IS
    'buyback_ytd with the same day of last year, the average price, the close and the market cap beside it, as known '
    'on the evening of as_of. One row per (ticker) of the covered companies.';

-- Several companies together. Figures end on different days, and some are only a minimum ('over'), so the total takes
-- the complete ones that end on one day: the day on which most of them end, the later one on a tie. A comparison with
-- last year takes of these only companies whose figure of last year to the same day is known, zero included, on both
-- sides.
CREATE MACRO buyback_total(as_of, tickers) AS TABLE
WITH known AS (FROM buyback_league(as_of) WHERE list_contains(tickers, ticker) AND amount_hkd IS NOT NULL),
cut_off AS (
    SELECT arg_max(last_trade_date, (companies, last_trade_date)) AS day
    FROM (SELECT last_trade_date, count(*) FILTER (quality <> 'over') AS companies FROM known GROUP BY last_trade_date)
),
judged AS (
    SELECT k.*, c.day AS cut_off, k.last_trade_date = c.day AND k.quality <> 'over' AS is_complete,
           coalesce(k.last_trade_date = c.day AND k.quality <> 'over' AND k.prior_amount_hkd IS NOT NULL
               AND k.prior_to = CAST(c.day - INTERVAL 1 YEAR AS DATE), false) AS is_compared
    FROM known AS k, cut_off AS c
)
SELECT len(tickers) AS companies, count(*) AS reported, sum(amount_hkd) AS reported_hkd, CASE
    WHEN bool_or(quality = 'over') THEN 'over' WHEN bool_or(quality <> 'exact') THEN 'about'
    ELSE 'exact' END AS reported_quality, min(last_trade_date) AS first_to, max(last_trade_date) AS last_to,
       any_value(cut_off) AS cut_off, count(*) FILTER (is_complete) AS complete,
           count(*) FILTER (is_complete AND amount_hkd > 0) AS bought, sum(amount_hkd) FILTER (is_complete)
           AS amount_hkd,
       CASE WHEN bool_and(quality = 'exact') FILTER (is_complete) THEN 'exact' ELSE 'about' END AS quality,
       list(ticker ORDER BY amount_hkd DESC, ticker) FILTER (NOT is_complete) AS left_out,
       count(*) FILTER (is_compared) AS compared, sum(amount_hkd) FILTER (is_compared) AS compared_hkd,
           sum(prior_amount_hkd) FILTER (is_compared) AS prior_amount_hkd,
       100 * (sum(amount_hkd) FILTER (is_compared) / nullif(sum(prior_amount_hkd) FILTER (is_compared), 0) - 1)
           AS change_pct,
       list(ticker ORDER BY amount_hkd DESC, ticker) FILTER (is_complete AND NOT is_compared) AS not_compared
FROM judged;
COMMENT ON MACRO TABLE buyback_total IS
    'The year to date of several companies together as known on the evening of as_of: one row. amount_hkd is the sum '
    'of the companies complete to cut_off; compared_hkd and prior_amount_hkd are sums over the same companies.';
