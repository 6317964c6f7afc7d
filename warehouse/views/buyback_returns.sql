-- What does buying back come to: against the market cap, in shares that are really fewer, under which authorisation,
-- and at a good price?

CREATE MACRO buyback_yield(as_of) AS TABLE
WITH RECURSIVE asked AS (
    SELECT CAST(as_of AS DATE) AS day, CAST(CAST(as_of AS DATE) - INTERVAL 1 YEAR AS DATE) AS year_ago, (
        SELECT max(s.session) FROM sessions AS s WHERE s.exchange = 'XHKG' AND s.session <= CAST(as_of AS DATE)
    ) AS last_session
),
known AS (
    SELECT b.* FROM buybacks_known(as_of) AS b WHERE b.amount_hkd IS NOT NULL
       AND b.grain IN ('month', 'quarter', 'half', 'nine_months', 'year', 'fiscal_year') AND NOT EXISTS (
           FROM buyback_doubts AS d WHERE d.buyback_id = b.buyback_id AND d.code = 'B05' AND d.correction_id IS NULL
       )
),
reports AS (
    SELECT c.ticker, max(c.first_day) AS first_day, min(c.last_day) AS last_day
    FROM buyback_coverage AS c
    WHERE c.complete
    GROUP BY c.ticker
),
days AS (FROM buyback_days(as_of)),
-- 1. twelve months to as_of: the complete daily report, or closed periods that tile them
from_days AS (
    SELECT r.ticker, coalesce(sum(d.amount_hkd), 0) AS amount_hkd, asked.year_ago + 1 AS from_date,
        asked.day AS to_date, 'twelve_months' AS basis, 'exact' AS quality, 1 AS place
    FROM reports AS r
    CROSS JOIN asked
    LEFT JOIN days AS d ON d.ticker = r.ticker AND d.date > asked.year_ago
    WHERE r.first_day <= asked.year_ago + 1 AND r.last_day >= asked.last_session
    GROUP BY ALL
),
tiles AS (
    SELECT k.ticker, k.end_date, k.amount_hkd
    FROM known AS k, asked
    WHERE k.start_date = asked.year_ago + 1 AND k.end_date <= asked.day
    UNION ALL SELECT t.ticker, k.end_date, t.amount_hkd + k.amount_hkd
    FROM tiles AS t
    JOIN known AS k ON k.ticker = t.ticker AND k.start_date = t.end_date + 1, asked
    WHERE k.end_date <= asked.day
),
from_tiles AS (
    SELECT t.ticker, t.amount_hkd, asked.year_ago + 1, asked.day, 'twelve_months', 'derived', 2
    FROM tiles AS t, asked
    WHERE t.end_date = asked.day
),
-- 2. else the last completed year that is known, fifteen months old at most
from_year_of_days AS (
    SELECT r.ticker, coalesce(sum(d.amount_hkd), 0), make_date(year(asked.day) - 1, 1, 1),
        make_date(year(asked.day) - 1, 12, 31), 'last_year', 'exact', 3
    FROM reports AS r CROSS JOIN asked LEFT JOIN days AS d ON d.ticker = r.ticker AND year(d.date) = year(asked.day) - 1
    WHERE r.first_day <= make_date(year(asked.day) - 1, 1, 1) AND r.last_day >= make_date(year(asked.day) - 1, 12, 31)
    GROUP BY r.ticker, asked.day
),
from_year AS (
    SELECT k.ticker, k.amount_hkd, k.start_date, k.end_date, 'last_year', k.quality, 4 FROM known AS k, asked
    WHERE k.grain IN ('year', 'fiscal_year') AND months_of(k.start_date, k.end_date) = 12 AND k.end_date <= asked.day
        AND k.end_date > CAST(asked.day - INTERVAL 15 MONTH AS DATE)
),
bought AS (
    SELECT *
    FROM (FROM from_days UNION ALL FROM from_tiles UNION ALL FROM from_year_of_days UNION ALL FROM from_year)
    QUALIFY row_number() OVER (PARTITION BY ticker ORDER BY place, to_date DESC, quality = 'exact' DESC,
        amount_hkd DESC) = 1
),
-- Do the shares fall? A printed change over about a year, else two counts about a year apart; never counts that are
-- themselves only about right.
changes AS (
    SELECT c.ticker, c.period_start AS opening_date, c.period_end AS closing_date,
        coalesce(c.opening_shares, c.closing_shares - c.net_change_shares) AS opening_shares,
        coalesce(c.closing_shares, c.opening_shares + c.net_change_shares) AS closing_shares,
           c.net_change_shares, CASE WHEN c.opening_shares IS NULL OR c.closing_shares IS NULL THEN 'derived'
               ELSE c.quality END AS quality, 1 AS place
    FROM share_changes AS c, asked
    WHERE c.known_on <= asked.day AND c.share_unit <> 'Class B share'
        AND c.period_end - c.period_start BETWEEN 350 AND 380
    UNION ALL
    SELECT n.ticker, o.date, n.date, o.shares_mn * 1e6, n.shares_mn * 1e6, NULL, 'derived', 2
    FROM shares AS n
    JOIN shares AS o ON o.ticker = n.ticker AND o.kind = n.kind AND n.date - o.date BETWEEN 350 AND 380, asked
    WHERE n.kind = 'outstanding' AND n.known_on <= asked.day AND o.known_on <= asked.day AND n.quality <> 'about'
        AND o.quality <> 'about'
),
change AS (
    SELECT c.*, -100 * coalesce(c.net_change_shares, c.closing_shares - c.opening_shares) / c.opening_shares
        AS net_reduction_pct
    FROM changes AS c, asked
    WHERE c.opening_shares IS NOT NULL AND c.closing_shares IS NOT NULL
        AND c.closing_date > CAST(asked.day - INTERVAL 15 MONTH AS DATE)
    QUALIFY row_number() OVER (PARTITION BY c.ticker ORDER BY c.closing_date DESC, c.place, c.opening_date DESC) = 1
)
SELECT t.ticker, b.amount_hkd AS consideration_hkd, b.from_date, b.to_date, b.basis, b.quality, w.market_cap_hkd_mn,
    w.market_cap_date, 100 * b.amount_hkd / (w.market_cap_hkd_mn * 1e6) AS gross_yield_pct,
       c.opening_date, c.closing_date, c.opening_shares, c.closing_shares, c.net_reduction_pct, c.quality AS net_quality
FROM companies AS t
LEFT JOIN bought AS b USING (ticker)
LEFT JOIN buyback_caps(as_of) AS w USING (ticker)
LEFT JOIN change AS c USING (ticker)
WHERE t.kind = 'company'
ORDER BY gross_yield_pct DESC NULLS LAST, t.ticker;
COMMENT ON MACRO TABLE buyback_yield IS
    'Gross: consideration of twelve months (else of the last completed year, so labelled; else blank) over the '
    'market cap. Net: by how much the count of shares fell over about a year. As known on the evening of as_of. One '
    'row per (ticker) of the covered companies; a company can buy and still issue more.';

-- Bought and net: what was bought, and by how much the count really changed, one row a period, the printed one before
-- one derived from ADS. A quarter of which only one of the two was said, or of which both ends were counted, stands
-- with what is known.
CREATE MACRO buyback_net(as_of) AS TABLE
WITH said AS (
    SELECT c.ticker, c.period_start, c.period_end, c.bought_shares, c.net_change_shares, c.opening_shares,
        c.closing_shares, c.share_unit, c.quality, c.known_on, c.source_id, c.note
    FROM share_changes AS c
    WHERE c.known_on <= CAST(as_of AS DATE) AND c.period_end > c.period_start AND c.net_change_shares IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY c.ticker, c.period_start,
        c.period_end ORDER BY c.share_unit = 'share' DESC, c.known_on DESC) = 1
),
bought AS (
    SELECT b.ticker, b.start_date AS period_start, b.end_date AS period_end, b.shares, b.quality, b.published_on,
        b.source_id
    FROM buybacks_known(as_of) AS b
    WHERE b.grain = 'quarter' AND b.shares IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY b.ticker, b.start_date, b.end_date ORDER BY b.published_on DESC,
        b.buyback_id) = 1
),
counts AS (
    SELECT s.ticker, s.date, s.shares_mn * 1e6 AS shares, s.known_on, s.source_id
    FROM shares AS s
    WHERE s.kind = 'outstanding' AND s.quality <> 'about' AND s.known_on <= CAST(as_of AS DATE)
    QUALIFY row_number() OVER (PARTITION BY s.ticker, s.date ORDER BY s.known_on DESC, s.source_id) = 1
),
counted AS (
    SELECT n.ticker, o.date + 1 AS period_start, n.date AS period_end, n.shares - o.shares AS net_change_shares,
        o.shares AS opening_shares, n.shares AS closing_shares, greatest(n.known_on, o.known_on) AS known_on,
        n.source_id
    FROM counts AS n
    JOIN counts AS o ON o.ticker = n.ticker AND o.date + 1 = date_trunc('quarter', n.date)
        AND n.date = CAST(date_trunc('quarter', n.date) + INTERVAL 3 MONTH AS DATE) - 1
),
quarters AS (
    SELECT ticker, period_start, period_end, b.shares AS bought_shares, c.net_change_shares, c.opening_shares,
        c.closing_shares, 'share' AS share_unit, CASE WHEN c.net_change_shares IS NULL THEN b.quality
        ELSE 'derived' END AS quality, coalesce(greatest(c.known_on, b.published_on), c.known_on, b.published_on)
        AS known_on,
           coalesce(c.source_id, b.source_id) AS source_id, CASE WHEN c.net_change_shares IS NOT NULL
               THEN 'net change derived from the counts at both ends' END AS note
    FROM counted AS c FULL JOIN bought AS b USING (ticker, period_start, period_end)
)
SELECT *, -net_change_shares AS net_reduction_shares, bought_shares + net_change_shares AS issued_shares
FROM (FROM said UNION ALL BY NAME FROM quarters AS q ANTI JOIN said AS s USING (ticker, period_start, period_end))
ORDER BY ticker, period_end, period_start;
COMMENT ON MACRO TABLE buyback_net IS
    'Shares bought and the net change of the count over the same period, as known on the evening of as_of; NULL '
    'where one of the two was not said. One row per (ticker, period_start, period_end).';

-- Outstanding shares through time: counts as printed, and beside them the diluted averages of the quarters.
CREATE MACRO buyback_counts(as_of) AS TABLE
WITH counts AS (
    SELECT s.ticker, s.date, s.kind, s.shares_mn * 1e6 AS shares, s.quality, s.known_on, s.source_id
    FROM shares AS s
    WHERE s.kind = 'outstanding' OR months_of(s.period_start, s.date) = 3
    UNION ALL SELECT c.ticker, c.period_end, 'outstanding', c.closing_shares, c.quality, c.known_on, c.source_id
    FROM share_changes AS c
    WHERE c.closing_shares IS NOT NULL AND c.share_unit = 'share'
)
SELECT c.* FROM counts AS c WHERE c.known_on <= CAST(as_of AS DATE)
QUALIFY row_number() OVER (PARTITION BY c.ticker, c.kind, c.date ORDER BY c.quality = 'exact' DESC, c.known_on DESC,
    c.source_id) = 1
ORDER BY c.ticker, c.kind, c.date;
COMMENT ON MACRO TABLE buyback_counts IS
    'Counts of shares outstanding, and diluted averages of quarters, as known on the evening of as_of. One row per '
    '(ticker, kind, date).';

CREATE MACRO buyback_programmes(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
known AS (
    SELECT b.*
    FROM buybacks AS b, asked
    WHERE b.grain = 'programme' AND b.trusted AND b.amount IS NOT NULL AND b.published_on <= asked.day
),
limits AS (
    SELECT *
    FROM known
    WHERE measure = 'authorised'
    QUALIFY row_number() OVER (PARTITION BY ticker, start_date, end_date, amount, currency ORDER BY published_on,
        buyback_id) = 1
),
-- What is left is printed of all authorisations of a company together: it belongs to the latest that had begun.
lefts AS (
    SELECT l.buyback_id, min(k.end_date) AS base_on, arg_min(k.amount, k.end_date) AS base_amount,
        max(k.end_date) AS left_on, arg_max(k.amount, k.end_date) AS left_amount,
        arg_max(k.source_id, k.end_date) AS left_source_id
    FROM known AS k JOIN limits AS l ON l.ticker = k.ticker AND l.currency = k.currency AND k.end_date >= l.start_date
    WHERE k.measure = 'remaining' AND l.start_date = (
        SELECT max(o.start_date) FROM limits AS o WHERE o.ticker = k.ticker AND o.start_date <= k.end_date
    )
    GROUP BY l.buyback_id
),
-- What was bought under it, as printed: by its start, or where neither bears one.
used AS (
    SELECT l.buyback_id, max(k.end_date) AS used_to, arg_max(k.amount, k.end_date) AS used,
        arg_max(k.quality, k.end_date) AS quality, arg_max(k.source_id, k.end_date) AS used_source_id
    FROM limits AS l
    JOIN known AS k ON k.ticker = l.ticker AND k.currency = l.currency AND k.measure = 'bought'
        AND k.start_date IS NOT DISTINCT FROM l.start_date AND k.end_date <= coalesce(l.end_date, k.end_date)
    GROUP BY l.buyback_id
),
-- Or the sum of the complete daily report from its start.
days AS (
    SELECT l.buyback_id, least(any_value(r.last_day), any_value(asked.day),
        coalesce(any_value(l.end_date), any_value(asked.day))) AS used_to, coalesce(sum(d.amount), 0) AS used
    FROM limits AS l
    CROSS JOIN asked
    JOIN (
        SELECT c.ticker, c.currency, max(c.first_day) AS first_day, min(c.last_day) AS last_day
        FROM buyback_coverage AS c
        WHERE c.complete
        GROUP BY ALL
    ) AS r ON r.ticker = l.ticker AND r.currency = l.currency AND r.first_day <= l.start_date
    LEFT JOIN buyback_days(as_of) AS d ON d.ticker = l.ticker AND d.currency = l.currency
        AND d.date BETWEEN l.start_date AND coalesce(l.end_date, asked.day)
    GROUP BY l.buyback_id
),
joined AS (
    SELECT l.ticker, l.amount AS authorised, l.quality, l.currency, l.start_date, l.end_date AS expires_on,
        coalesce(l.end_date >= asked.day, true) AS is_running,
           CASE WHEN f.base_on < f.left_on THEN 'left printed' WHEN u.used IS NOT NULL THEN 'used printed'
               WHEN d.used IS NOT NULL THEN 'daily returns' WHEN f.left_on IS NOT NULL THEN 'left printed' END AS basis,
           f.*, u.used AS used_printed, u.used_to AS used_printed_to, u.quality AS used_quality, u.used_source_id,
               d.used AS used_daily, d.used_to AS used_daily_to, l.published_on, l.source_id, l.note
    FROM limits AS l
    CROSS JOIN asked
    LEFT JOIN lefts AS f USING (buyback_id)
    LEFT JOIN used AS u USING (buyback_id)
    LEFT JOIN days AS d USING (buyback_id)
)
SELECT ticker, currency, authorised, quality, start_date, expires_on, is_running, basis,
       CASE basis WHEN 'left printed' THEN CASE WHEN base_on < left_on THEN base_amount END
           WHEN 'used printed' THEN authorised WHEN 'daily returns' THEN authorised END AS base_amount, CASE basis
           WHEN 'left printed' THEN base_on ELSE start_date END AS base_on,
       CASE basis WHEN 'left printed' THEN CASE WHEN base_on < left_on THEN base_amount - left_amount END
           WHEN 'used printed' THEN used_printed WHEN 'daily returns' THEN used_daily END AS used,
       CASE basis WHEN 'left printed' THEN left_amount WHEN 'used printed' THEN authorised - used_printed
           WHEN 'daily returns' THEN greatest(0, authorised - used_daily) END AS left_amount,
       CASE basis WHEN 'left printed' THEN left_on WHEN 'used printed' THEN used_printed_to
           WHEN 'daily returns' THEN used_daily_to END AS used_to,
       CASE basis WHEN 'left printed' THEN 'rounded' WHEN 'used printed' THEN used_quality
           WHEN 'daily returns' THEN 'exact' END AS used_quality, published_on, source_id,
           coalesce(left_source_id, used_source_id) AS used_source_id, note
FROM joined ORDER BY ticker, start_date DESC NULLS FIRST, expires_on DESC;
COMMENT ON MACRO TABLE buyback_programmes IS
    'Authorisations to buy back and what is used and left of each, as known on the evening of as_of. One row per '
    '(ticker, start_date, expires_on, authorised, currency).';

CREATE MACRO buyback_mandate(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
known AS (SELECT b.* FROM buybacks_known(as_of) AS b WHERE b.grain = 'mandate'),
said AS (
    SELECT k.*, m.issued_pct, coalesce(m.limit_shares,
        (SELECT max(o.limit_shares) FROM buyback_mandates AS o WHERE o.ticker = k.ticker
        AND o.resolved_on = k.start_date AND o.end_date <= asked.day)) AS limit_shares
    FROM known AS k
    CROSS JOIN asked
    LEFT JOIN buyback_mandates AS m ON m.ticker = k.ticker AND m.end_date = k.end_date AND m.source_id = k.source_id
),
summed AS (
    SELECT s.buyback_id, coalesce(sum(d.shares), 0) AS daily_shares
    FROM said AS s
    JOIN buyback_coverage AS c ON c.ticker = s.ticker AND c.venue = s.venue AND c.complete
        AND s.start_date >= c.first_day AND s.end_date <= c.last_day
    LEFT JOIN buyback_days(as_of) AS d ON d.ticker = s.ticker AND d.date BETWEEN s.start_date AND s.end_date
    GROUP BY s.buyback_id
)
SELECT s.ticker, s.start_date AS resolved_on, s.end_date, s.shares, s.issued_pct, s.limit_shares,
    s.limit_shares - s.shares AS left_shares,
       -- a general mandate is a tenth of the issued shares; without its limit, the count over its percentage
       round(coalesce(s.limit_shares * 10, s.shares / s.issued_pct * 100)) AS issued_shares, n.daily_shares,
           s.published_on, s.source_id, s.note
FROM said AS s LEFT JOIN summed AS n USING (buyback_id) ORDER BY s.ticker, s.end_date DESC, s.source_id;
COMMENT ON MACRO TABLE buyback_mandate IS
    'Counts since the last general mandate, with the part of the issued shares that they are: another number than '
    'the year to date, with another denominator. As known on the evening of as_of. One row per (ticker, end_date, '
    'source_id).';

-- The month before results is closed for purchases: by the results dates known that evening.
CREATE MACRO buyback_silences(as_of) AS TABLE
SELECT r.ticker, CAST(r.announced_on - INTERVAL 1 MONTH AS DATE) AS from_date, r.announced_on - 1 AS to_date,
    r.announced_on AS results_on
FROM (SELECT DISTINCT ticker, announced_on FROM earnings_items WHERE announced_on <= CAST(as_of AS DATE)) AS r
ORDER BY r.ticker, results_on;
COMMENT ON MACRO TABLE buyback_silences IS
    'The months before results in which a company may not buy, by the results dates known on the evening of as_of. '
    'One row per (ticker, results_on).';

-- Did they buy well? What was paid on average in each year, against the average close of the year, the closes of the
-- very days, and the close now.
CREATE MACRO buyback_prices(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
days AS (
    SELECT b.ticker, year(b.end_date) AS year, b.end_date AS date, sum(b.shares) AS shares,
        sum(b.amount_hkd) AS amount_hkd
    FROM buybacks_known(as_of) AS b, asked
    WHERE b.grain = 'day' AND b.shares IS NOT NULL AND b.amount_hkd IS NOT NULL AND b.end_date <= asked.day GROUP BY ALL
),
closes AS (SELECT ticker, date, close, frequency FROM price_series(as_of) WHERE currency = 'HKD'),
of_year AS (
    SELECT c.ticker, year(c.date) AS year, any_value(c.frequency) AS frequency, avg(c.close) AS average_close,
        count(*) AS closes
    FROM closes AS c
    GROUP BY c.ticker, year(c.date)
),
with_close AS (
    SELECT d.*, c.close
    FROM days AS d
    LEFT JOIN closes AS c ON c.ticker = d.ticker AND c.date = d.date AND c.frequency = 'daily'
),
paid AS (
    SELECT w.ticker, w.year, sum(w.amount_hkd) / sum(w.shares) AS price_average_hkd, count(*) AS days,
        min(w.date) AS first_day, max(w.date) AS last_day,
           -- a day without a close of its own (a half day) is left out of both sides, one in ten at most
           CASE WHEN count(w.close) >= 0.9 * count(*) THEN sum(w.shares * w.close) / sum(w.shares)
               FILTER (w.close IS NOT NULL) END AS close_of_days,
               sum(w.amount_hkd) FILTER (w.close IS NOT NULL) / sum(w.shares) FILTER (w.close IS NOT NULL)
               AS paid_on_them
    FROM with_close AS w GROUP BY ALL
),
latest AS (SELECT c.ticker, max(c.date) AS close_date, arg_max(c.close, c.date) AS close FROM closes AS c GROUP BY ALL)
SELECT p.ticker, p.year, p.days, p.first_day, p.last_day, p.price_average_hkd, o.average_close, o.closes, o.frequency,
    100 * (p.price_average_hkd / o.average_close - 1) AS above_average_pct,
       p.close_of_days, 100 * (p.paid_on_them / p.close_of_days - 1) AS above_close_of_days_pct, n.close, n.close_date,
           CASE WHEN n.close_date >= asked.day - 35 THEN 100 * (p.price_average_hkd / n.close - 1) END
           AS above_close_pct
FROM paid AS p
CROSS JOIN asked
LEFT JOIN of_year AS o USING (ticker, year)
LEFT JOIN latest AS n ON n.ticker = p.ticker
ORDER BY p.ticker, p.year;
COMMENT ON MACRO TABLE buyback_prices IS
    'The average price of the daily rows known in each year against the average close of that year, the closes of '
    'the purchase days (daily prices only) and the last close, as known on the evening of as_of. One row per '
    '(ticker, year).';

-- How much of the day's trading was it? Only where the volume of the day is known.
CREATE MACRO buyback_turnover(as_of) AS TABLE
WITH bought AS (
    SELECT b.ticker, b.end_date AS date, sum(b.shares) AS shares FROM buybacks_known(as_of) AS b
    WHERE b.grain = 'day' AND b.venue = 'Hong Kong' AND b.end_date <= CAST(as_of AS DATE) GROUP BY ALL
)
SELECT b.ticker, b.date, b.shares, p.volume, 100 * b.shares / p.volume AS turnover_pct
FROM bought AS b
JOIN prices AS p ON p.ticker = b.ticker AND p.date = b.date AND p.frequency = 'daily'
WHERE p.volume > 0 AND b.shares <= p.volume
ORDER BY b.ticker, b.date;
COMMENT ON MACRO TABLE buyback_turnover IS
    'Shares bought on a day in Hong Kong as a part of all shares traded there that day, where the volume is known. '
    'As known on the evening of as_of. One row per (ticker, date).';

CREATE MACRO buyback_turnover_by_month(as_of) AS TABLE
SELECT ticker, CAST(date_trunc('month', date) AS DATE) AS period_start, count(*) AS days, sum(shares) AS shares,
    sum(volume) AS volume, 100 * sum(shares) / sum(volume) AS turnover_pct
FROM buyback_turnover(as_of)
GROUP BY ALL ORDER BY ticker, period_start;
COMMENT ON MACRO TABLE buyback_turnover_by_month IS
    'Shares bought as a part of all shares traded on the same purchase days, month by month. One row per (ticker, '
    'period_start).';
