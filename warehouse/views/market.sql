-- What moved in a month, against which index, and what did a broker print of it?
--
-- A month's return is the close of its last session over the close of the last session of the month before. What is
-- known after the evening of as_of does not exist: a month that is not over by then goes as far as the closes do.

-- The last two sessions of each month so far: a close of the last but one stands where that of the last is not known,
-- as on a half day.
CREATE MACRO month_sessions(as_of) AS TABLE
WITH marked AS (
    SELECT exchange, session, CAST(date_trunc('month', session) AS DATE) AS first_day, CASE
        WHEN session + CASE exchange WHEN 'XNYS' THEN 1 ELSE 0 END <= CAST(as_of AS DATE) THEN session END AS known
    FROM sessions
)
SELECT exchange, first_day, max(known) AS last_session, list_min(max(known, 2)) AS earliest,
    max(known) < max(session) AS is_running
FROM marked
GROUP BY ALL HAVING max(known) IS NOT NULL;
COMMENT ON MACRO TABLE month_sessions IS
    'The last session of each month as known on the evening of as_of. One row per (exchange, first_day).';

-- One frequency a return: daily where both closes are, else month-end, never one of each.
CREATE MACRO month_returns(from_month, to_month, as_of) AS TABLE
WITH known AS (
    SELECT p.ticker, p.frequency, calendar_of(c.exchange) AS exchange, CAST(date_trunc('month', p.date) AS DATE)
        AS first_day, max(p.date) AS date, arg_max(p.close, p.date) AS close, arg_max(p.source_id, p.date) AS source_id
    FROM prices AS p JOIN companies AS c USING (ticker)
    WHERE p.frequency IN ('daily', 'month_end')
        AND p.date >= CAST(date_trunc('month', CAST(from_month AS DATE)) - INTERVAL 1 MONTH AS DATE)
        AND p.date <= last_day(CAST(to_month AS DATE))
      AND close_known_on(p.date, c.exchange) <= CAST(as_of AS DATE)
          AND (c.kind = 'index' OR EXISTS (FROM sessions AS s WHERE s.exchange = calendar_of(c.exchange)
          AND s.session = p.date))
    GROUP BY ALL
),
ends AS (
    SELECT k.*, m.is_running
    FROM known AS k
    JOIN month_sessions(as_of) AS m USING (exchange, first_day)
    WHERE k.date >= m.earliest
),
final AS (
    SELECT e.ticker, e.first_day, e.frequency, b.date AS base_date, b.close AS base_close, e.date AS end_date,
        e.close AS end_close, 100 * (e.close / b.close - 1) AS return_pct, e.is_running, e.source_id
    FROM ends AS e
    JOIN ends AS b ON b.ticker = e.ticker AND b.frequency = e.frequency
        AND b.first_day = CAST(e.first_day - INTERVAL 1 MONTH AS DATE)
    QUALIFY row_number() OVER (PARTITION BY e.ticker, e.first_day ORDER BY e.frequency) = 1
)
SELECT * FROM final ORDER BY ticker, first_day;
COMMENT ON MACRO TABLE month_returns IS
    'Price return of every line, index and ETF over each month from one to another (any day of each), as known on '
    'the evening of as_of. One row per (ticker, first_day) that has a close at both ends: of the last session or the '
    'one before.';

-- Cash that went ex between the two closes, in the currency of the price, and what a distribution in kind left of the
-- price.
CREATE MACRO month_payments(from_month, to_month, as_of) AS TABLE
WITH paid AS (
    SELECT r.ticker, r.first_day, a.kind, a.ex_date, a.amount, a.currency, a.ratio, c.price_currency
    FROM month_returns(from_month, to_month, as_of) AS r
    JOIN companies AS c USING (ticker)
    JOIN corporate_actions AS a ON a.ticker = r.ticker AND a.ex_date > r.base_date AND a.ex_date <= r.end_date
        AND a.kind IN ('dividend', 'in_specie')
),
with_fx AS (
    SELECT p.*, CASE WHEN p.currency = p.price_currency THEN 1 WHEN f.date >= p.ex_date - 10 THEN f.rate END AS fx_rate
    FROM paid AS p ASOF LEFT JOIN fx AS f ON f.base = p.currency AND f.quote = p.price_currency AND p.ex_date >= f.date
)
SELECT ticker, first_day, sum(CASE kind WHEN 'dividend' THEN amount * fx_rate ELSE 0 END) AS cash,
    product(CASE kind WHEN 'in_specie' THEN ratio ELSE 1 END) AS kept_in_price, max(ex_date) AS ex_date,
       bool_and(CASE kind WHEN 'dividend' THEN amount * fx_rate IS NOT NULL ELSE ratio IS NOT NULL END) AS all_known
FROM with_fx GROUP BY ALL;
COMMENT ON MACRO TABLE month_payments IS
    'What each line paid between the two closes of a month''s return. One row per (ticker, first_day) with a '
    'dividend or a distribution in kind.';

CREATE MACRO market_review_as_of(month, as_of) AS TABLE
WITH asked AS (
    SELECT CAST(date_trunc('month', CAST(month AS DATE)) AS DATE) AS first_day,
        CAST(date_trunc('month', CAST(month AS DATE)) + INTERVAL 1 MONTH AS DATE) AS next_month,
        CAST(as_of AS DATE) AS evening
),
closes AS (
    SELECT p.ticker, min(p.date) AS first_close_date, max(p.date) AS last_close_date
    FROM prices AS p
    JOIN companies AS c USING (ticker), asked
    WHERE p.frequency IN ('daily', 'month_end') AND close_known_on(p.date, c.exchange) <= asked.evening
        AND p.date < asked.next_month
    GROUP BY p.ticker
),
-- Who was covered at the start of the month, and who joined in it; a covered company without any price says so.
members AS (
    SELECT c.ticker, c.kind, calendar_of(c.exchange) AS calendar, CASE calendar_of(c.exchange) WHEN 'XHKG' THEN 'HK'
        ELSE 'US' END AS market, CASE calendar_of(c.exchange) WHEN 'XHKG' THEN 'HSTECH' ELSE 'PNQI' END AS benchmark,
        k.first_close_date, k.last_close_date
    FROM companies AS c LEFT JOIN closes AS k USING (ticker)
    WHERE c.kind IN ('company', 'peer', 'line')
        AND (k.ticker IS NOT NULL OR NOT EXISTS (FROM prices AS p WHERE p.ticker = c.ticker))
),
moved AS (
    SELECT m.*, asked.first_day, s.last_session, s.is_running, r.frequency, r.base_date, r.base_close, r.end_date,
        r.end_close, r.return_pct, r.source_id, x.ex_date,
           CASE WHEN x.all_known THEN 100 * ((r.end_close / x.kept_in_price + x.cash) / r.base_close - 1) END
               AS total_return_pct,
           CASE WHEN r.ticker IS NOT NULL THEN 'OK' WHEN s.last_session IS NULL THEN 'NOT_BEGUN'
               WHEN m.first_close_date IS NULL THEN 'MISSING_PRICE' WHEN m.first_close_date >= asked.first_day
               THEN 'JOINED'
                WHEN m.last_close_date < (
                    SELECT e.earliest
                    FROM month_sessions(as_of) AS e
                    WHERE e.exchange = m.calendar AND e.first_day = asked.first_day
                ) THEN 'MISSING_END' ELSE 'MISSING_BASE' END AS status
    FROM members AS m CROSS JOIN asked
    LEFT JOIN month_sessions(as_of) AS s ON s.exchange = m.calendar AND s.first_day = asked.first_day
    LEFT JOIN month_returns(month, month, as_of) AS r ON r.ticker = m.ticker
    LEFT JOIN month_payments(month, month, as_of) AS x ON x.ticker = m.ticker
),
-- The benchmark between the very sessions of the line, or none. Its closes are picked out first: where nothing is known
-- of how values are spread, as in a DuckLake, all closes would be joined to all.
quoted AS (
    SELECT ticker, date, frequency, close
    FROM prices
    WHERE ticker IN ('HSTECH', 'PNQI') AND frequency IN ('daily', 'month_end')
),
beside AS (
    SELECT m.ticker, 100 * (e.close / b.close - 1) AS benchmark_return_pct
    FROM moved AS m
    JOIN quoted AS b ON b.ticker = m.benchmark AND b.date = m.base_date
    JOIN quoted AS e ON e.ticker = b.ticker AND e.date = m.end_date AND e.frequency = b.frequency
    QUALIFY row_number() OVER (PARTITION BY m.ticker ORDER BY b.frequency) = 1
),
-- One line an issuer: the Hong Kong one where there is one.
final AS (
    SELECT m.*, b.benchmark_return_pct, CASE WHEN m.status = 'OK'
        AND m.kind <> 'line' THEN rank() OVER (PARTITION BY m.market, m.status,
        m.kind = 'line' ORDER BY m.return_pct DESC) END AS rank,
           count(*) FILTER (m.status = 'OK' AND m.kind <> 'line') OVER (PARTITION BY m.market) AS ranked
    FROM moved AS m LEFT JOIN beside AS b USING (ticker)
)
SELECT ticker, kind, market, return_pct, total_return_pct, benchmark, benchmark_return_pct,
    return_pct - benchmark_return_pct AS excess_pp,
       CASE WHEN status = 'OK' THEN CASE WHEN benchmark_return_pct IS NULL THEN 'MISSING_BENCHMARK'
           ELSE 'OK' END END AS excess_status, base_date, base_close, end_date, end_close, rank, ranked, status,
           frequency, coalesce(is_running, false) AS is_running,
       last_session, first_close_date, last_close_date, ex_date, source_id
FROM final ORDER BY market, rank NULLS LAST, return_pct DESC NULLS LAST, ticker;
COMMENT ON MACRO TABLE market_review_as_of IS
    'What each line did in a month (any day of it) as known on the evening of as_of, beside the benchmark on the '
    'same sessions. One row per (ticker) covered at the start of the month or joined in it; NULL returns have a '
    'status.';

CREATE MACRO last_evening() AS (
    SELECT max(close_known_on(p.date, c.exchange))
    FROM prices AS p
    JOIN companies AS c USING (ticker)
    WHERE p.frequency IN ('daily', 'month_end')
);
COMMENT ON MACRO last_evening IS 'Hong Kong evening on which the last close loaded is known';

CREATE MACRO market_review(month) AS TABLE SELECT * FROM market_review_as_of(month, last_evening());
COMMENT ON MACRO TABLE market_review IS
    'The same with all that is known: a month that is not over goes as far as the prices do. One row per (ticker).';

-- Index against index: the months up to the one asked for, of every index and ETF that stands for one.
CREATE MACRO index_review(month, as_of, months) AS TABLE
SELECT r.* EXCLUDE (base_close, end_close), r.first_day = CAST(date_trunc('month', CAST(month AS DATE)) AS DATE)
    AS is_asked
FROM month_returns(CAST(month AS DATE) - to_months(CAST(months AS INTEGER) - 1), month, as_of) AS r
WHERE r.ticker IN ('HSTECH', '^HSI', 'PNQI', 'KWEB')
ORDER BY r.ticker, r.first_day;
COMMENT ON MACRO TABLE index_review IS
    'Monthly returns of HSTECH, HSI, PNQI (which stands for the Nasdaq internet index) and KWEB over the given '
    'number of months up to the one asked for. One row per (ticker, first_day).';

-- What the sector costs at the end of the month: the index as quoted, our basket as computed, never spliced.
CREATE MACRO sector_review(month, as_of, years) AS TABLE
WITH stands AS (
    SELECT *
    FROM valuation_standing(least(CAST(as_of AS DATE), last_day(CAST(month AS DATE))),
        list_distinct([CAST(years AS INTEGER), 0])) AS v
    WHERE v.ticker IN ('HSTECH', 'BASKET') AND v.metric = 'pe_ttm'
        AND date_trunc('month', v.date) = date_trunc('month', CAST(month AS DATE))
),
-- What a printed review of that month says of the index.
printed AS (
    SELECT i.index_ticker, i.value, i.percentile, i.percentile_window, i.source_id FROM index_valuation AS i
    WHERE i.metric = 'pe_ttm' AND i.published_on <= CAST(as_of AS DATE) AND i.source_id IN (
        SELECT m.source_id
        FROM market_moves AS m
        WHERE m.period_start = CAST(date_trunc('month', CAST(month AS DATE)) AS DATE)
            AND m.period_end = last_day(CAST(month AS DATE))
    )
),
before AS (
    SELECT *
    FROM valuation_latest(least(CAST(as_of AS DATE), CAST(date_trunc('month', CAST(month AS DATE)) AS DATE) - 1))
)
SELECT s.ticker, s.basis, s.date, s.value, s.status, s.percentile, s.n, s.first_date, s.frequency, s.q50, CASE b.status
    WHEN 'OK' THEN b.value END AS prior_value, b.date AS prior_date,
       whole.percentile AS percentile_since_start, whole.n AS n_since_start, whole.first_date AS start_date,
       p.value AS printed_value, p.percentile AS printed_percentile, p.percentile_window, p.source_id
FROM stands AS s
JOIN stands AS whole ON whole.ticker = s.ticker AND whole.basis = s.basis AND whole.span = 0
LEFT JOIN before AS b ON b.ticker = s.ticker AND b.metric = s.metric AND b.basis = s.basis
LEFT JOIN printed AS p ON p.index_ticker = s.ticker
WHERE s.span = CAST(years AS INTEGER) ORDER BY s.ticker DESC, s.basis;
COMMENT ON MACRO TABLE sector_review IS
    'PE and percentile of the sector at the end of the month as known on the evening of as_of: HSTECH as quoted, the '
    'companies covered as one. One row per (ticker, basis).';

-- A broker's printed review of the month beside ours. Each printed figure is rounded to a tenth.
CREATE MACRO printed_review(month, as_of) AS TABLE
WITH printed AS (
    SELECT v.*, coalesce(v.ticker, CASE WHEN v.entity = 'NASDAQ Internet Index' THEN 'PNQI' END) AS compared_with
    FROM market_moves AS v
    WHERE v.period_start = CAST(date_trunc('month', CAST(month AS DATE)) AS DATE)
        AND v.period_end = last_day(CAST(month AS DATE))
        AND coalesce(v.published_on, v.period_end) <= CAST(as_of AS DATE)
),
ours AS (
    SELECT p.*, r.return_pct AS own_return_pct, m.total_return_pct, m.excess_pp AS own_excess_pp,
        m.benchmark AS own_benchmark, m.ex_date, r.base_date, r.end_date
    FROM printed AS p
    LEFT JOIN month_returns(month, month, as_of) AS r ON r.ticker = p.compared_with
    LEFT JOIN market_review_as_of(month, as_of) AS m ON m.ticker = p.compared_with
),
final AS (
    SELECT *, own_return_pct - return_pct AS difference_pp, return_pct - benchmark_return_pct AS fitting_excess_pp,
        printed_excess_pp - (return_pct - benchmark_return_pct) AS misfit_pp,
        return_pct - printed_excess_pp AS implied_benchmark_pct
    FROM ours
)
SELECT market, entity_type, rank_in_group, ticker, entity, name_zh, compared_with, ticker IS NULL
    AND compared_with IS NOT NULL AS is_proxy, return_pct AS printed_return_pct, own_return_pct, total_return_pct,
    difference_pp,
       CASE WHEN own_return_pct IS NULL THEN 'no close' WHEN abs(difference_pp) <= 0.1 THEN 'agrees'
           WHEN abs(total_return_pct - return_pct) <= 0.1 THEN 'total return' ELSE 'differs' END AS return_check,
       benchmark AS printed_benchmark, benchmark_return_pct AS printed_benchmark_pct, printed_excess_pp,
           fitting_excess_pp, misfit_pp, implied_benchmark_pct,
       CASE WHEN misfit_pp IS NULL THEN NULL WHEN abs(round(misfit_pp, 1)) <= 0.1 THEN 'fits'
           ELSE 'does not fit' END AS excess_check, own_benchmark, own_excess_pp, ex_date, base_date, end_date,
           published_on, quality, correction_id, source_id
FROM final ORDER BY market, entity_type, rank_in_group;
COMMENT ON MACRO TABLE printed_review IS
    'A broker''s printed review of a whole month beside ours, and what does not agree, as known on the evening of '
    'as_of. One row per (ticker, entity, source_id).';
