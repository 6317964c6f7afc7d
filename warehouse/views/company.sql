-- One company on one evening: how fast do its profits grow, what does it pay its holders, when does it report, and what
-- changed since another evening?

-- The latest attributable profit of each basis known on the evening and its growth, beside revenue_growth.
CREATE MACRO profit_growth(as_of) AS TABLE
WITH known AS (
    SELECT i.* FROM earnings_items AS i
    WHERE i.item = 'net_income' AND i.in_reporting_currency AND i.value IS NOT NULL
        AND coalesce(i.announced_on, presumed_known_on(i.period_start, i.period_end)) <= CAST(as_of AS DATE)
    QUALIFY row_number() OVER (PARTITION BY i.ticker, i.basis, i.period_start, i.period_end ORDER BY i.version DESC) = 1
),
latest AS (
    SELECT * FROM known QUALIFY row_number() OVER (PARTITION BY ticker, basis ORDER BY period_end DESC, months) = 1
),
final AS (
    SELECT l.ticker, l.basis, l.fiscal_period, l.period_start, l.period_end, l.months, l.value AS net_income_mn,
        p.value AS prior_net_income_mn, l.currency, l.announced_on,
        coalesce(l.yoy_pct, change_in_pct(l.value, p.value)) AS yoy_pct,
           CASE WHEN l.yoy_pct IS NOT NULL THEN 'printed' WHEN p.value IS NOT NULL THEN 'prior_row' END AS yoy_basis,
               results_are_stale(coalesce(l.announced_on, presumed_known_on(l.period_start, l.period_end)),
               CAST(as_of AS DATE), l.months = 3) AS is_stale,
           l.quality, l.source_id, p.source_id AS prior_source_id
    FROM latest AS l
    LEFT JOIN known AS p ON p.ticker = l.ticker AND p.basis = l.basis AND p.months = l.months
        AND last_day(p.period_end) = last_day(CAST(l.period_end - INTERVAL 1 YEAR AS DATE))
)
SELECT * FROM final ORDER BY ticker, basis;
COMMENT ON MACRO TABLE profit_growth IS
    'The latest announced attributable profit of each basis on the evening of as_of and its growth on the year '
    'before: as printed, else on last year''s figure, NULL across a change of sign. One row per (ticker, basis).';

-- From reported to adjusted profit of the periods of which both are known. What lies between is printed item by item in
-- no document here: it stands as one difference.
CREATE MACRO profit_bridge(as_of) AS TABLE
WITH known AS (
    SELECT i.*, coalesce(i.announced_on, presumed_known_on(i.period_start, i.period_end)) AS known_on
    FROM earnings_items AS i
    WHERE i.item = 'net_income' AND i.in_reporting_currency AND i.value IS NOT NULL
        AND coalesce(i.announced_on, presumed_known_on(i.period_start, i.period_end)) <= CAST(as_of AS DATE)
    QUALIFY row_number() OVER (PARTITION BY i.ticker, i.basis, i.period_start, i.period_end ORDER BY i.version DESC) = 1
)
SELECT r.ticker, r.fiscal_period, r.period_start, r.period_end, r.months, r.currency, r.value AS reported_mn,
    a.value - r.value AS adjustments_mn, a.value AS adjusted_mn, 100 * (a.value - r.value) / nullif(abs(r.value), 0)
    AS adjustments_pct,
       CASE WHEN a.quality = 'exact' AND r.quality = 'exact' THEN 'exact' WHEN 'derived' IN (a.quality, r.quality)
           THEN 'derived' ELSE 'rounded' END AS quality, greatest(a.known_on, r.known_on) AS known_on,
       row_number() OVER (PARTITION BY r.ticker ORDER BY r.period_end DESC, r.months) AS recency,
           r.source_id AS reported_source_id, a.source_id AS adjusted_source_id, r.note AS reported_note,
           a.note AS adjusted_note
FROM known AS r
JOIN known AS a ON a.ticker = r.ticker AND a.period_start = r.period_start AND a.period_end = r.period_end
    AND a.currency = r.currency
WHERE r.basis = 'reported' AND a.basis = 'adjusted' ORDER BY r.ticker, recency;
COMMENT ON MACRO TABLE profit_bridge IS
    'Reported and adjusted attributable profit of each period of which both are known on the evening of as_of, and '
    'the sum of the items between. One row per (ticker, period_start, period_end).';

-- When did each company report? One row a closing day; the first announcement of any figure of a period that ends
-- there. A figure first seen as a comparative of a later year was announced on a day not known.
CREATE MACRO results_calendar(as_of) AS TABLE
WITH said AS (
    SELECT i.ticker, i.fiscal_period, i.period_start, i.period_end, i.months, i.announced_on, i.date_basis, i.source_id
    FROM earnings_items AS i
    WHERE i.version = 1 AND i.announced_on <= CAST(as_of AS DATE) AND i.announced_on <= i.period_end + INTERVAL 5 MONTH
)
SELECT ticker, arg_min(fiscal_period, CASE WHEN months = 12 THEN 0 ELSE months END) AS fiscal_period,
    arg_min(period_start, CASE WHEN months = 12 THEN 0 ELSE months END) AS period_start, period_end,
    min(announced_on) AS announced_on, arg_min(date_basis, announced_on) AS date_basis,
       min(announced_on) - period_end AS days_after, row_number() OVER (PARTITION BY ticker ORDER BY period_end DESC)
           AS recency, arg_min(source_id, announced_on) AS source_id
FROM said GROUP BY ticker, period_end ORDER BY ticker, period_end DESC;
COMMENT ON MACRO TABLE results_calendar IS
    'The days on which each company announced results, as known on the evening of as_of. One row per (ticker, '
    'period_end).';

-- Does a company report by quarter or by half-year? By quarter if it announced a quarter in the fifteen months before
-- its latest closing day.
CREATE MACRO results_cadence(as_of) AS TABLE
WITH calendar AS (FROM results_calendar(as_of))
SELECT l.*, CASE WHEN EXISTS (
           FROM calendar AS b
           WHERE b.ticker = l.ticker AND b.period_end > l.period_end - INTERVAL 15 MONTH
               AND months_of(b.period_start, b.period_end) = 3
       ) THEN 3 ELSE 6 END AS cadence_months
FROM calendar AS l WHERE l.recency = 1;
COMMENT ON MACRO TABLE results_cadence IS
    'The latest results of each company on the evening of as_of, and its reporting interval, cadence_months: 3 or 6. '
    'One row per (ticker).';

-- Which EPS is not here although later results are out? The closing days after the last one of the trailing EPS, up to
-- that of the latest results, without an EPS on the basis.
CREATE MACRO missing_eps(as_of) AS TABLE
WITH trailing_eps AS (
    SELECT ticker, basis, max(period_end) AS eps_period_end FROM trailing_sums
    WHERE item = 'eps_diluted' AND announced_on <= CAST(as_of AS DATE) GROUP BY ALL
),
known AS (
    SELECT DISTINCT ticker, basis, last_day(period_end) AS period_end, months FROM earnings_items
    WHERE item = 'eps_diluted' AND value IS NOT NULL
        AND coalesce(announced_on, presumed_known_on(period_start, period_end)) <= CAST(as_of AS DATE)
),
expected AS (
    SELECT t.ticker, t.basis, t.eps_period_end, r.period_end AS results_period_end,
        r.announced_on AS results_announced_on, r.cadence_months, c.fiscal_year_end_month,
           last_day(CAST(t.eps_period_end + to_months(CAST(unnest(range(1, 13)) * r.cadence_months AS INTEGER))
               AS DATE)) AS period_end
    FROM trailing_eps AS t JOIN results_cadence(as_of) AS r USING (ticker) JOIN companies AS c USING (ticker)
)
SELECT e.ticker, e.basis, e.eps_period_end, e.results_period_end, e.results_announced_on, e.period_end,
    e.fiscal_year_end_month,
       fiscal_period(CAST(date_trunc('month', e.period_end - to_months(e.cadence_months - 1)) AS DATE), e.period_end,
           e.fiscal_year_end_month) AS fiscal_period
FROM expected AS e
ANTI JOIN known AS k ON k.ticker = e.ticker AND k.basis = e.basis AND k.period_end = e.period_end
    AND (k.months = e.cadence_months OR e.cadence_months = 6 AND k.months = 12)
WHERE e.period_end <= last_day(e.results_period_end) ORDER BY e.ticker, e.basis, e.period_end;
COMMENT ON MACRO TABLE missing_eps IS
    'Periods whose results are out on the evening of as_of while their EPS on a basis is not here, so that the '
    'trailing EPS ends earlier. One row per (ticker of the issuer, basis, period_end); eps_period_end: last day of '
    'the trailing EPS; results_period_end and results_announced_on: the latest results.';

-- Which results come next? The day only where a document known that evening states it; the days of the same period in
-- earlier years are history, not a forecast.
CREATE MACRO next_results(as_of) AS TABLE
WITH calendar AS (FROM results_calendar(as_of)),
latest AS (
    SELECT l.ticker, l.fiscal_period, l.period_end, l.announced_on, l.date_basis, l.days_after, l.source_id,
        c.fiscal_year_end_month, l.cadence_months AS months,
           last_day(CAST(l.period_end + to_months(l.cadence_months) AS DATE)) AS next_period_end
    FROM results_cadence(as_of) AS l JOIN companies AS c USING (ticker)
),
stated AS (
    SELECT t.ticker, min(e.event_date) AS stated_on, arg_min(e.source_id, e.event_date) AS stated_source_id
    FROM events_as_of(as_of) AS e, unnest(e.tickers) AS t(ticker)
    WHERE e.event_type = 'results' AND e.date_precision = 'day' AND e.event_date > CAST(as_of AS DATE) GROUP BY t.ticker
),
earlier AS (
    SELECT n.ticker, list(b.announced_on ORDER BY b.announced_on DESC) AS earlier_on
    FROM latest AS n
    JOIN calendar AS b ON b.ticker = n.ticker AND month(b.period_end) = month(n.next_period_end)
        AND b.period_end < n.next_period_end
       AND b.period_end > n.next_period_end - INTERVAL 50 MONTH GROUP BY n.ticker
)
SELECT n.ticker, n.fiscal_period, n.period_end, n.announced_on, n.date_basis, n.days_after, n.source_id,
    n.next_period_end, fiscal_period(CAST(date_trunc('month', n.next_period_end) - to_months(CASE
    WHEN month(n.next_period_end) = n.fiscal_year_end_month THEN 12 ELSE n.months END - 1) AS DATE), n.next_period_end,
    n.fiscal_year_end_month) AS next_fiscal_period,
       -- later than a year and three weeks after the last time, or than the law allows a half-year: it will have been,
       -- and is not here
       CAST(as_of AS DATE) > coalesce(e.earlier_on[1] + INTERVAL 1 YEAR + INTERVAL 21 DAY,
           n.next_period_end + INTERVAL 4 MONTH) AS is_missing,
       s.stated_on, s.stated_source_id, coalesce(e.earlier_on, []) AS earlier_on
FROM latest AS n LEFT JOIN stated AS s USING (ticker) LEFT JOIN earlier AS e USING (ticker) ORDER BY n.ticker;
COMMENT ON MACRO TABLE next_results IS
    'The last results of each company known on the evening of as_of, the period that comes next, its day where a '
    'document states it, the days of the same period in the four years before, and whether it must have come already '
    'and is missing here. One row per (ticker).';

-- What did a year bring to a holder? Cash dividends by ex-date over the close, and purchases over the market cap: added
-- only where both are known for the very same days. gross: the days of the consideration in buyback_yield; net: the
-- twelve months to the later of its two counts of shares, which lie about a year apart. A dividend is known on its
-- ex-date, at that day's rate; one in kind has no price here, so a year with one has no sum.
CREATE MACRO shareholder_yield(as_of) AS TABLE
WITH bought AS (FROM buyback_yield(as_of)),
spans AS (
    SELECT ticker, 'trailing' AS part, CAST(CAST(as_of AS DATE) - INTERVAL 1 YEAR AS DATE) + 1 AS from_date,
        CAST(as_of AS DATE) AS to_date
    FROM bought
    UNION ALL SELECT ticker, 'gross', from_date, to_date FROM bought WHERE gross_yield_pct IS NOT NULL
    UNION ALL SELECT ticker, 'net', CAST(closing_date - INTERVAL 1 YEAR AS DATE) + 1, closing_date
    FROM bought
    WHERE net_reduction_pct IS NOT NULL
),
prices_now AS (SELECT ticker, date AS close_date, close, currency, price_is_stale FROM price_latest(as_of)),
covered AS (
    SELECT s.*, p.close, p.close_date, p.currency AS price_currency
    FROM spans AS s
    JOIN prices_now AS p ON p.ticker = s.ticker AND NOT p.price_is_stale
    WHERE EXISTS (
        FROM dividend_coverage AS d WHERE d.ticker = s.ticker AND d.first_day <= s.from_date AND d.last_day >= s.to_date
    )
),
paid AS (
    SELECT c.ticker, c.part, a.kind, a.ex_date, a.amount, a.source_id, a.currency, c.price_currency
    FROM covered AS c
    JOIN corporate_actions AS a ON a.ticker = c.ticker AND a.kind IN ('dividend', 'in_specie')
        AND a.ex_date BETWEEN c.from_date AND c.to_date
),
with_fx AS (
    SELECT p.*, CASE WHEN p.currency = p.price_currency THEN 1 WHEN f.date >= p.ex_date - 10 THEN f.rate END AS fx_rate
    FROM paid AS p
    ASOF LEFT JOIN fx AS f ON f.base = p.currency AND f.quote = p.price_currency AND p.ex_date >= f.date
),
summed AS (
    SELECT ticker, part, count(*) FILTER (kind = 'dividend') AS dividends,
        bool_and(kind = 'dividend' AND amount * fx_rate IS NOT NULL) AS all_known, sum(amount * fx_rate) AS per_share,
        list(DISTINCT source_id) AS source_ids
    FROM with_fx
    GROUP BY ticker, part
),
parts AS (
    SELECT c.ticker, c.part, c.from_date, c.to_date, c.close, c.close_date, c.price_currency,
        coalesce(s.dividends, 0) AS dividends, CASE WHEN coalesce(s.all_known, true) THEN coalesce(s.per_share, 0) END
        AS per_share
    FROM covered AS c LEFT JOIN summed AS s USING (ticker, part)
)
SELECT b.ticker, t.close, t.close_date, t.price_currency, t.from_date AS dividend_from, t.to_date AS dividend_to,
    t.dividends, t.per_share AS dividend_per_share, 100 * t.per_share / t.close AS dividend_yield_pct,
       g.from_date AS gross_from, g.to_date AS gross_to, b.basis AS gross_basis,
           g.per_share AS gross_dividend_per_share, 100 * g.per_share / g.close AS gross_dividend_pct,
           b.gross_yield_pct AS gross_buyback_pct, 100 * g.per_share / g.close + b.gross_yield_pct AS gross_total_pct,
       n.from_date AS net_from, n.to_date AS net_to, n.per_share AS net_dividend_per_share,
           100 * n.per_share / n.close AS net_dividend_pct, b.net_reduction_pct,
           100 * n.per_share / n.close + b.net_reduction_pct AS net_total_pct, b.net_quality
FROM bought AS b
LEFT JOIN parts AS t ON t.ticker = b.ticker AND t.part = 'trailing'
LEFT JOIN parts AS g ON g.ticker = b.ticker AND g.part = 'gross'
LEFT JOIN parts AS n ON n.ticker = b.ticker AND n.part = 'net'
ORDER BY b.ticker;
COMMENT ON MACRO TABLE shareholder_yield IS
    'Cash dividends over the close as known on the evening of as_of, and their sum with purchases (gross) or with '
    'the fall of the share count (net) where both are known for the same twelve months; NULL where either is not. '
    'One row per (ticker) of the covered companies.';

-- What changed between two evenings? Each figure as known on either, from the same macros; what was published between
-- them, row by row.
CREATE MACRO company_changes(since, as_of, years := 5) AS TABLE
WITH prices_then AS (FROM price_latest(since)), prices_now AS (FROM price_latest(as_of)),
multiples_then AS MATERIALIZED (
    FROM valuation_percentiles(since, years)
    WHERE metric IN ('pe_ttm', 'pe_forward') AND basis IN ('adjusted', 'reported')
),
multiples_now AS MATERIALIZED (
    FROM valuation_percentiles(as_of, years)
    WHERE metric IN ('pe_ttm', 'pe_forward') AND basis IN ('adjusted', 'reported')
),
eps_then AS (
    SELECT e.*
    FROM eps_ttm AS e
    WHERE e.effective_on <= CAST(since AS DATE)
    QUALIFY row_number() OVER (PARTITION BY e.ticker, e.basis ORDER BY e.effective_on DESC) = 1
),
eps_now AS (
    SELECT e.*
    FROM eps_ttm AS e
    WHERE e.effective_on <= CAST(as_of AS DATE)
    QUALIFY row_number() OVER (PARTITION BY e.ticker, e.basis ORDER BY e.effective_on DESC) = 1
),
expected_then AS (
    FROM consensus(since) WHERE status = 'OK'
), expected_now AS (FROM consensus(as_of) WHERE status = 'OK'),
aims_then AS (FROM target_consensus(since)), aims_now AS (FROM target_consensus(as_of)),
bought_then AS (FROM buyback_ytd(since)), bought_now AS (FROM buyback_ytd(as_of)),
told_then AS (
    SELECT t.ticker, count(DISTINCT k.story_id) AS stories
    FROM documents_known(CAST(since AS DATE)) AS k
    JOIN document_index AS d USING (document_id), unnest(d.tickers) AS t(ticker)
    GROUP BY t.ticker
),
told_now AS (
    SELECT t.ticker, count(DISTINCT k.story_id) AS stories, max(o.published_on) AS published_on
    FROM documents_known(CAST(as_of AS DATE)) AS k
    JOIN document_index AS d USING (document_id)
    JOIN documents AS o USING (document_id), unnest(d.tickers) AS t(ticker)
    GROUP BY t.ticker
),
pairs AS (
    SELECT coalesce(n.ticker, t.ticker) AS ticker, 1 AS place, 'price' AS item, NULL AS basis, NULL AS detail,
        t.close AS value_then, t.date AS date_then, CASE WHEN t.price_is_stale THEN 'STALE_PRICE'
        ELSE 'OK' END AS status_then,
           n.close AS value_now, n.date AS date_now, CASE WHEN n.price_is_stale THEN 'STALE_PRICE'
               ELSE 'OK' END AS status_now, 'per share' AS unit, n.currency, n.source_id
    FROM prices_now AS n FULL JOIN prices_then AS t USING (ticker)
    UNION ALL
    SELECT coalesce(n.ticker, t.ticker), CASE coalesce(n.metric, t.metric) WHEN 'pe_ttm' THEN 2 ELSE 5 END,
        coalesce(n.metric, t.metric), coalesce(n.basis, t.basis), NULL, t.value, t.date,
        coalesce(t.status, 'MISSING_PRICE'), n.value, n.date, coalesce(n.status, 'MISSING_PRICE'), 'times', NULL, NULL
    FROM multiples_now AS n FULL JOIN multiples_then AS t USING (ticker, metric, basis)
    UNION ALL
    SELECT coalesce(n.ticker, t.ticker), 3, 'percentile', coalesce(n.basis, t.basis), NULL, t.percentile, t.date,
        coalesce(t.status, 'MISSING_PRICE'), n.percentile, n.date, coalesce(n.status, 'MISSING_PRICE'), 'percentile',
        NULL, NULL
    FROM (FROM multiples_now WHERE metric = 'pe_ttm') AS n
    FULL JOIN (FROM multiples_then WHERE metric = 'pe_ttm') AS t USING (ticker, basis)
    UNION ALL
    SELECT coalesce(n.ticker, t.ticker), 4, 'eps_ttm', coalesce(n.basis, t.basis), NULL, t.eps_ttm, t.period_end,
        coalesce(t.status, 'MISSING_EPS'), n.eps_ttm, n.period_end, coalesce(n.status, 'MISSING_EPS'), 'per share',
        n.currency, NULL
    FROM eps_now AS n FULL JOIN eps_then AS t USING (ticker, basis)
    UNION ALL
    SELECT coalesce(n.ticker, t.ticker), 6, 'consensus', coalesce(n.basis, t.basis),
        concat_ws('|', coalesce(n.metric, t.metric), coalesce(n.fiscal_year_end, t.fiscal_year_end)), t.value,
        t.last_published_on, CASE WHEN t.value IS NULL THEN 'MISSING_ESTIMATE' ELSE 'OK' END,
           n.value, n.last_published_on, CASE WHEN n.value IS NULL THEN 'MISSING_ESTIMATE' ELSE 'OK' END,
               coalesce(n.unit, t.unit), coalesce(n.currency, t.currency), n.source_ids[1]
    FROM expected_now AS n
    FULL JOIN expected_then AS t ON t.ticker = n.ticker AND t.metric = n.metric AND t.basis IS NOT DISTINCT
        FROM n.basis AND t.fiscal_year_end = n.fiscal_year_end
    UNION ALL
    SELECT coalesce(n.ticker, t.ticker), 7, 'target', NULL, coalesce(n.quote_ticker, t.quote_ticker), t.target,
        t.last_published_on, CASE WHEN t.target IS NULL THEN 'MISSING_ESTIMATE' ELSE 'OK' END,
           n.target, n.last_published_on, CASE WHEN n.target IS NULL THEN 'MISSING_ESTIMATE' ELSE 'OK' END,
               'per share', coalesce(n.currency, t.currency), n.source_ids[1]
    FROM aims_now AS n FULL JOIN aims_then AS t USING (ticker, quote_ticker, currency)
    UNION ALL
    SELECT n.ticker, 8, 'buyback_ytd', NULL, NULL, t.amount_hkd, t.last_trade_date, CASE
        WHEN t.amount_hkd IS NULL THEN 'UNKNOWN' ELSE 'OK' END, n.amount_hkd, n.last_trade_date, CASE
        WHEN n.amount_hkd IS NULL THEN 'UNKNOWN' ELSE 'OK' END, 'full HKD', 'HKD', NULL
    FROM bought_now AS n LEFT JOIN bought_then AS t USING (ticker)
    UNION ALL
    SELECT n.ticker, 9, 'documents', NULL, NULL, coalesce(t.stories, 0), NULL, 'OK', n.stories, n.published_on, 'OK',
        'stories', NULL, NULL
    FROM told_now AS n
    LEFT JOIN told_then AS t USING (ticker)
),
compared AS (
    SELECT *, CASE WHEN status_then = 'OK' AND status_now = 'OK'
        AND (item <> 'buyback_ytd' OR year(CAST(since AS DATE)) = year(CAST(as_of AS DATE)))
        THEN value_now - value_then END AS difference
    FROM pairs
),
-- What brokers said between the two evenings: each figure against the one it replaces.
said AS (
    SELECT r.ticker, 10 AS place, 'estimate' AS item, r.basis, concat_ws('|', r.metric, r.fiscal_year) AS detail,
        r.broker, r.previous_value AS value_then, r.previous_published_on AS date_then, r.value AS value_now,
        r.published_on AS date_now, r.difference, coalesce(r.change_pct, r.change_pp) AS change, r.unit, r.currency,
        NULL AS words_then, NULL AS words_now, r.source_id
    FROM estimate_revisions(as_of) AS r WHERE r.published_on > CAST(since AS DATE)
    UNION ALL
    SELECT t.ticker, 11, 'broker_target', NULL, t.quote_ticker, t.broker, t.previous_target, NULL, t.target,
        t.published_on, t.target - t.previous_target, t.change_pct, concat('per ', t.per), t.currency, NULL, NULL,
        t.source_id
    FROM targets_as_of(as_of) AS t
    WHERE t.is_latest AND t.published_on > CAST(since AS DATE)
    UNION ALL
    SELECT r.ticker, 12, 'rating', NULL, NULL, r.broker, NULL, NULL, NULL, r.published_on, NULL, NULL, NULL, NULL,
        r.previous_rating, r.rating, r.source_id
    FROM ratings_as_of(as_of) AS r
    WHERE r.is_latest AND r.published_on > CAST(since AS DATE)
),
final AS (
    SELECT ticker, place, item, basis, detail, NULL AS broker, value_then, date_then, status_then, value_now, date_now,
        status_now, difference, CASE WHEN item NOT IN ('percentile', 'buyback_ytd', 'documents')
        AND difference IS NOT NULL THEN change_in_pct(value_now, value_then) END AS change_pct,
           unit, currency, NULL AS words_then, NULL AS words_now, source_id
    FROM compared
    UNION ALL
    SELECT ticker, place, item, basis, detail, broker, value_then, date_then, CASE WHEN value_then IS NOT NULL
        OR words_then IS NOT NULL THEN 'OK' ELSE 'UNKNOWN' END, value_now, date_now, 'OK', difference, change, unit,
        currency, words_then, words_now, source_id
    FROM said
)
SELECT * FROM final ORDER BY ticker, place, basis, detail, date_now DESC, broker;
COMMENT ON MACRO TABLE company_changes IS
    'Each figure of a line as known on the evening of since and as known on the evening of as_of, and what brokers '
    'published between the two. years: window of the percentile. One row per (ticker, item, basis, detail, broker).';
