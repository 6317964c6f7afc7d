-- Where does each broker see the price, in which words does it say so, and what does it mean by them?

-- Upside against the target's own line, when the target was set and now. What a line did not close at is derived from
-- the issuer's own line, by ratio and rate.
CREATE MACRO targets_as_of(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day),
known AS (
    SELECT own_broker(t.broker, t.broker_basis, t.source_id) AS own_name, t.*, c.issuer_ticker,
        split_factor(t.quote_ticker, t.published_on) AS split, row_number() OVER () AS target_id
    FROM target_prices AS t JOIN companies AS c USING (ticker) JOIN companies AS q ON q.ticker = t.quote_ticker, asked
    WHERE coalesce(t.published_on, presumed_published_on(t.published_printed)) <= asked.day
),
-- The latest of each broker for each line; what has no day is neither latest nor superseded.
ranked AS (
    SELECT *, published_on IS NOT NULL AND row_number() OVER (PARTITION BY own_name,
        quote_ticker ORDER BY published_on DESC NULLS LAST, source_id) = 1 AS is_latest
    FROM known
),
with_previous AS (
    SELECT r.*, coalesce(r.previous_target, CASE WHEN b.currency = r.currency THEN b.target / b.split * r.split END)
        AS previous,
           CASE WHEN r.previous_target IS NOT NULL THEN 'printed' WHEN b.currency = r.currency THEN 'prior_row' END
               AS previous_basis
    FROM ranked AS r
    ASOF LEFT JOIN (
        SELECT * FROM ranked WHERE published_on IS NOT NULL
    ) AS b ON b.own_name = r.own_name AND b.quote_ticker = r.quote_ticker AND r.published_on > b.published_on
),
closes AS (
    SELECT *
    FROM market_caps
    WHERE ticker IN (SELECT unnest([quote_ticker, issuer_ticker]) FROM known)
    QUALIFY row_number() OVER (PARTITION BY ticker, known_on ORDER BY frequency) = 1
),
moments AS (
    SELECT target_id, quote_ticker, issuer_ticker, currency, unnest([published_on, asked.day]) AS day,
        unnest(['then', 'now']) AS moment
    FROM ranked, asked
),
days AS (SELECT *, coalesce(ads_ratio(issuer_ticker, day), 1) AS shares_per_line FROM moments WHERE day IS NOT NULL),
with_own AS (
    SELECT d.*, o.close AS own_close, o.date AS own_date, o.close_currency AS own_currency, o.frequency AS own_frequency
    FROM days AS d
    ASOF LEFT JOIN closes AS o ON o.ticker = d.quote_ticker AND d.day >= o.known_on
),
with_home AS (
    SELECT w.*, h.close / h.shares_per_line * w.shares_per_line AS home_close, h.date AS home_date,
        h.close_currency AS home_currency, h.frequency AS home_frequency
    FROM with_own AS w ASOF LEFT JOIN closes AS h ON h.ticker = w.issuer_ticker AND w.day >= h.known_on
),
with_fx AS (
    SELECT w.*, CASE WHEN w.home_currency = w.currency THEN 1 WHEN f.date >= w.day - 10 THEN f.rate END AS fx_rate
    FROM with_home AS w
    ASOF LEFT JOIN fx AS f ON f.base = w.home_currency AND f.quote = w.currency AND w.day >= f.date
),
struck AS (
    SELECT target_id, moment, CASE WHEN own_currency = currency AND own_date >= day - CASE own_frequency
        WHEN 'daily' THEN 16 ELSE 35 END THEN {close: own_close, date: own_date, basis: 'line'}
                                   WHEN home_date >= day - CASE home_frequency WHEN 'daily' THEN 16 ELSE 35 END
                                       AND fx_rate IS NOT NULL THEN {close: home_close * fx_rate, date: home_date,
                                       basis: 'derived'} END AS price
    FROM with_fx
),
priced AS (
    SELECT w.*, w.target / w.split AS target_today, t.price AS price_then, n.price AS price_now
    FROM with_previous AS w
    LEFT JOIN struck AS t ON t.target_id = w.target_id AND t.moment = 'then'
    LEFT JOIN struck AS n ON n.target_id = w.target_id AND n.moment = 'now'
)
SELECT own_name AS broker, ticker, quote_ticker, target, currency, per, previous AS previous_target, previous_basis,
    100 * (target / previous - 1) AS change_pct, method, multiple, multiple_metric, multiple_metric_printed,
    multiple_year, multiple_refers_to, rating_printed,
       coalesce(close_then, price_then.close) AS close_then, CASE WHEN close_then IS NOT NULL THEN 'printed'
           ELSE price_then.basis END AS close_then_basis, CASE WHEN close_then IS NULL THEN price_then.date END
           AS close_then_date,
       100 * (CASE WHEN close_then IS NOT NULL THEN target / close_then ELSE target_today / price_then.close END - 1)
           AS upside_then_pct, upside_printed_pct,
       CASE WHEN is_latest THEN price_now.close END AS close_now, CASE WHEN is_latest THEN price_now.basis END
           AS close_now_basis, CASE WHEN is_latest THEN price_now.date END AS close_now_date, CASE
           WHEN is_latest THEN 100 * (target_today / price_now.close - 1) END AS upside_now_pct,
       target_today, is_latest, is_latest AND published_on >= (
           SELECT day FROM asked
       ) - 180 AS in_consensus, published_on, published_printed, quality, correction_id, date_basis, source_id,
           locator, note
FROM priced ORDER BY ticker, quote_ticker, published_on DESC NULLS LAST, broker;
COMMENT ON MACRO TABLE targets_as_of IS
    'Every price target known on the evening of as_of, on its own line, with the upside then and, of each broker''s '
    'latest, now. One row per (broker, ticker, quote_ticker, published_on, source_id).';

CREATE MACRO target_consensus(as_of) AS TABLE
SELECT ticker, quote_ticker, currency, median(target_today) AS target, min(target_today) AS lowest,
    max(target_today) AS highest, count(*) AS n, list(broker ORDER BY broker) AS brokers,
    min(published_on) AS first_published_on, max(published_on) AS last_published_on,
       any_value(close_now) AS close_now, any_value(close_now_date) AS close_now_date,
           any_value(close_now_basis) AS close_now_basis, 100 * (median(target_today) / any_value(close_now) - 1)
           AS upside_now_pct, list(DISTINCT source_id ORDER BY source_id) AS source_ids
FROM targets_as_of(as_of) WHERE in_consensus GROUP BY ticker, quote_ticker, currency ORDER BY ticker, quote_ticker;
COMMENT ON MACRO TABLE target_consensus IS
    'The median of the latest target of each broker for a line that is not older than 180 days on the evening of '
    'as_of, and its upside on that line''s close. One row per (ticker, quote_ticker, currency).';

-- A definition names a benchmark for each market: "Hong Kong: Hang Seng Index (HSI.HI); US: ...".
CREATE MACRO benchmark_on(benchmark, exchange)
    AS coalesce(nullif(regexp_extract(benchmark, CASE exchange WHEN 'HKEX' THEN 'Hong Kong: ([^;]+)'
    ELSE 'US: ([^;]+)' END, 1), ''), benchmark);
COMMENT ON MACRO benchmark_on IS 'The benchmark of a rating definition on an exchange';

-- A rating in the broker's own word, beside what the broker itself means by it on that exchange.
CREATE MACRO ratings_as_of(as_of) AS TABLE
WITH known AS (
    SELECT own_broker(r.broker, r.broker_basis, r.source_id) AS own_name, r.*, c.exchange
    FROM ratings AS r
    JOIN companies AS c USING (ticker)
    WHERE coalesce(r.published_on, presumed_published_on(r.published_printed)) <= CAST(as_of AS DATE)
),
ranked AS (
    SELECT *, published_on IS NOT NULL AND row_number() OVER (PARTITION BY own_name,
        ticker ORDER BY published_on DESC NULLS LAST, source_id) = 1 AS is_latest,
           CASE WHEN published_on IS NOT NULL THEN lag(rating) OVER (PARTITION BY own_name, ticker,
               published_on IS NULL ORDER BY published_on, source_id) END AS previous_rating
           FROM known
),
meant AS (
    SELECT d.*, s.published_on AS defined_on
    FROM rating_definitions AS d
    JOIN sources AS s USING (source_id)
    WHERE d.category = 'stock' AND coalesce(s.published_on, DATE '1900-01-01') <= CAST(as_of AS DATE)
)
SELECT r.own_name AS broker, r.ticker, r.rating, r.rating_en, r.rating_code, r.action, r.previous_rating, r.is_latest,
    r.is_latest AND r.published_on >= CAST(as_of AS DATE) - 180 AS is_fresh, r.close_then, r.close_currency,
    r.published_on, r.published_printed,
       m.rule, m.lower_bound_pct, m.upper_bound_pct, m.horizon, benchmark_on(m.benchmark, r.exchange) AS benchmark,
       m.defined_on, m.source_id AS definition_source_id, r.correction_id, r.date_basis, r.source_id, r.locator, r.note
FROM ranked AS r LEFT JOIN meant AS m ON m.broker = r.own_name AND m.rating = r.rating
ORDER BY r.ticker, r.published_on DESC NULLS LAST, r.own_name;
COMMENT ON MACRO TABLE ratings_as_of IS
    'Every rating known on the evening of as_of in the broker''s own word, with the broker''s own definition where '
    'one is known. One row per (broker, ticker, published_on, source_id).';
