-- What do brokers expect each company to earn, as published by a day?

-- Two brokers whose names are not printed are not one broker.
CREATE MACRO own_broker(broker, broker_basis, source_id) AS CASE broker_basis
    WHEN 'not printed' THEN 'not printed (' || source_id || ')' ELSE broker END;
COMMENT ON MACRO own_broker IS 'Broker, told apart by its source where the copy seen names none';

-- A base near zero, or of the other sign, makes a percentage of anything.
CREATE MACRO change_in_pct(new_figure, old_figure) AS CASE WHEN new_figure * old_figure > 0
    AND abs(old_figure) * 10 >= abs(new_figure) THEN 100 * (new_figure - old_figure) / abs(old_figure) END;
COMMENT ON MACRO change_in_pct IS
    '(new - old) / |old|, per cent; NULL across a change of sign and where the old figure is less than a tenth of '
    'the new';

CREATE MACRO shares_of_unit(unit, issuer, day) AS CASE unit WHEN 'per share' THEN split_factor(issuer, day)
    WHEN 'per ADS' THEN ads_ratio(issuer, day) * split_factor(issuer, day) ELSE 1 END;
COMMENT ON MACRO shares_of_unit IS
    'Ordinary shares of today for which an estimate of a day stands: of one share, of one ADS; 1 for an amount';

-- An estimate without a day is known for certain when the month or year named for it is over; one without even that, in
-- the newest data.
CREATE MACRO presumed_published_on(published_printed) AS least(
    CASE WHEN regexp_matches(published_printed, '^20\d\d-\d\d')
        THEN last_day(CAST(published_printed[1:7] || '-01' AS DATE)) WHEN regexp_matches(published_printed, '^20\d\d')
        THEN make_date(CAST(published_printed[1:4] AS INTEGER), 12, 31) END,
    (SELECT data_as_of FROM snapshot));
COMMENT ON MACRO presumed_published_on IS
    'Day from which a figure without a day is shown: the end of the month or year named for it, at the latest the '
    'newest data';

-- The estimates of EPS that can be compared: of a broker, dated, of a known fiscal year, on a stated basis, in the
-- currency of the accounts. What is undated or ambiguous stays in estimates and is shown as such, nowhere else.
CREATE OR REPLACE TABLE estimate_eps AS
WITH usable AS (
    SELECT c.issuer_ticker AS ticker, e.basis, e.fiscal_year_end, e.published_on, e.metric, e.value, e.unit,
        e.currency, e.quality, e.source_id,
           own_broker(e.broker, e.broker_basis, e.source_id) AS broker
    FROM estimates AS e JOIN companies AS c USING (ticker)
    WHERE e.estimate_kind = 'broker' AND e.metric IN ('eps_diluted', 'net_income') AND e.fiscal_period LIKE '%FY'
        AND e.fiscal_year_end IS NOT NULL
      AND e.published_on IS NOT NULL AND e.basis IS NOT NULL AND e.currency = c.reporting_currency
),
-- A profit becomes EPS by the latest diluted count known when it was published.
averages AS (
    SELECT DISTINCT ticker, known_on, arg_max(shares_mn, (date, known_on, period_start))
        OVER (PARTITION BY ticker ORDER BY known_on RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS shares_mn
    FROM shares
    WHERE kind = 'diluted_average'
),
per_share AS (
    SELECT u.*, a.shares_mn,
           CASE u.metric WHEN 'net_income' THEN u.value / a.shares_mn
                         ELSE u.value / shares_of_unit(u.unit, u.ticker, u.published_on) END AS eps
    FROM usable AS u ASOF LEFT JOIN averages AS a ON a.ticker = u.ticker AND u.published_on >= a.known_on
),
-- A printed EPS wins over one derived from the same broker's profit of the same day.
final AS (
    SELECT ticker, basis, fiscal_year_end, broker, published_on, eps, currency, CASE metric
        WHEN 'net_income' THEN 'derived' ELSE quality END AS quality,
           CASE metric WHEN 'net_income' THEN value END AS net_income_mn, CASE metric
               WHEN 'net_income' THEN shares_mn END AS shares_mn, source_id
    FROM per_share WHERE eps IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY ticker, basis, fiscal_year_end, broker, published_on ORDER BY metric,
        source_id) = 1
)
SELECT * FROM final ORDER BY ALL;
COMMENT ON TABLE estimate_eps IS
    'One row per (ticker, basis, fiscal_year_end, broker, published_on): a broker''s dated estimate of EPS on '
    'today''s share basis, printed, or its profit over the diluted shares known that day.';
COMMENT ON COLUMN estimate_eps.ticker IS 'Issuer';
COMMENT ON COLUMN estimate_eps.basis IS 'reported or adjusted';
COMMENT ON COLUMN estimate_eps.fiscal_year_end IS 'Last day of the fiscal year';
COMMENT ON COLUMN estimate_eps.broker IS 'Broker; "not printed (source)" where the copy seen names none';
COMMENT ON COLUMN estimate_eps.published_on IS 'Hong Kong day of the estimate';
COMMENT ON COLUMN estimate_eps.eps IS 'EPS expected, currency per ordinary share';
COMMENT ON COLUMN estimate_eps.currency IS 'Currency of eps';
COMMENT ON COLUMN estimate_eps.quality IS 'How exact the estimate is; derived: profit / diluted shares';
COMMENT ON COLUMN estimate_eps.net_income_mn IS 'Profit expected, million of currency, where eps is derived from it';
COMMENT ON COLUMN estimate_eps.shares_mn IS 'Diluted ordinary shares by which it was divided, million';
COMMENT ON COLUMN estimate_eps.source_id IS 'Source';

-- The consensus changes when an estimate is published and when one turns 180 days old.
CREATE OR REPLACE TABLE estimate_consensus AS
WITH days AS (
    SELECT DISTINCT ticker, basis, fiscal_year_end, unnest([published_on, published_on + 181]) AS effective_on
    FROM estimate_eps
),
latest AS (
    SELECT d.*, e.broker, e.eps, e.currency, e.published_on, e.source_id, e.published_on >= d.effective_on - 180
        AS fresh
    FROM days AS d JOIN estimate_eps AS e USING (ticker, basis, fiscal_year_end) WHERE e.published_on <= d.effective_on
    QUALIFY row_number() OVER (PARTITION BY d.ticker, d.basis, d.fiscal_year_end, d.effective_on,
        e.broker ORDER BY e.published_on DESC) = 1
),
-- Where all have grown old, those of the 180 days before the newest keep their value, and the status says so.
counted AS (
    SELECT *, bool_or(fresh) OVER same AS any_fresh, published_on = max(published_on) OVER same AS latest_round
    FROM latest WINDOW same AS (PARTITION BY ticker, basis, fiscal_year_end, effective_on)
),
final AS (
    SELECT ticker, basis, fiscal_year_end, effective_on, median(eps) AS eps, any_value(currency) AS currency,
        count(*) AS n, CASE WHEN any_value(any_fresh) THEN 'OK' ELSE 'STALE_ESTIMATE' END AS status,
           list(broker ORDER BY broker) AS brokers, min(published_on) AS first_published_on,
               max(published_on) AS last_published_on, list(DISTINCT source_id ORDER BY source_id) AS source_ids
    FROM counted WHERE fresh OR (NOT any_fresh AND latest_round) GROUP BY ALL
)
SELECT * FROM final ORDER BY ticker, basis, fiscal_year_end, effective_on;
COMMENT ON TABLE estimate_consensus IS
    'One row per (ticker, basis, fiscal_year_end, effective_on): the median of the latest EPS estimate of each '
    'broker that is not older than 180 days, from that day until the next row.';
COMMENT ON COLUMN estimate_consensus.ticker IS 'Issuer';
COMMENT ON COLUMN estimate_consensus.basis IS 'reported or adjusted';
COMMENT ON COLUMN estimate_consensus.fiscal_year_end IS 'Last day of the fiscal year';
COMMENT ON COLUMN estimate_consensus.effective_on IS 'Day from which this consensus stands';
COMMENT ON COLUMN estimate_consensus.eps IS 'Median EPS expected, currency per ordinary share';
COMMENT ON COLUMN estimate_consensus.currency IS 'Currency of eps';
COMMENT ON COLUMN estimate_consensus.n IS 'Brokers in the median';
COMMENT ON COLUMN estimate_consensus.status IS 'OK, or STALE_ESTIMATE where every estimate is older than 180 days';
COMMENT ON COLUMN estimate_consensus.brokers IS 'Brokers in the median';
COMMENT ON COLUMN estimate_consensus.first_published_on IS 'Oldest estimate among them';
COMMENT ON COLUMN estimate_consensus.last_published_on IS 'Newest estimate among them';
COMMENT ON COLUMN estimate_consensus.source_ids IS 'Their sources';

CREATE MACRO fiscal_year_end(day, month_of_end) AS
    last_day(make_date(year(day) + CASE WHEN month(day) > month_of_end THEN 1 ELSE 0 END, month_of_end, 1));
COMMENT ON MACRO fiscal_year_end IS 'Last day of the fiscal year in which a day lies';

-- The multiples of fiscal years that a coverage table prints, and the same from its own inputs at the rate of its day.
CREATE VIEW broker_year_pe AS
WITH years AS (
    SELECT broker, ticker, published_on, fy1 AS fiscal_year, fy1_end AS fiscal_year_end, eps_fy1 AS eps,
        pe_fy1 AS pe_printed, close, close_currency, eps_currency, eps_per, eps_basis, eps_basis_basis, source_id,
        locator
    FROM printed.coverage
    UNION ALL
    SELECT broker, ticker, published_on, fy2, fy2_end, eps_fy2, pe_fy2, close, close_currency, eps_currency, eps_per,
        eps_basis, eps_basis_basis, source_id, locator
    FROM printed.coverage
),
-- The table quotes a line: EPS per ordinary share under the price of an ADS counts as often as the ADS has shares.
with_line AS (
    SELECT y.*, c.issuer_ticker, CASE WHEN y.eps_per = 'share'
        AND c.exchange <> 'HKEX' THEN coalesce(ads_ratio(c.issuer_ticker, y.published_on), 1)
        ELSE 1 END AS shares_per_line
    FROM years AS y JOIN companies AS c USING (ticker)
),
with_fx AS (
    SELECT w.*, CASE WHEN w.eps_currency = w.close_currency THEN 1 WHEN f.date >= w.published_on - 10 THEN f.rate END
        AS fx_rate, CASE WHEN w.eps_currency <> w.close_currency AND f.date >= w.published_on - 10 THEN f.date END
        AS fx_date
    FROM with_line AS w
    ASOF LEFT JOIN fx AS f ON f.base = w.eps_currency AND f.quote = w.close_currency AND w.published_on >= f.date
)
SELECT broker, ticker, published_on, fiscal_year, fiscal_year_end, eps, eps_currency, eps_basis, eps_basis_basis,
    shares_per_line, close, close_currency, fx_rate, fx_date,
       CASE WHEN eps > 0 THEN close / (eps * shares_per_line * fx_rate) END AS pe, pe_printed, source_id, locator
FROM with_fx;
COMMENT ON VIEW broker_year_pe IS
    'One row per (broker, ticker, published_on, fiscal_year): PE of a fiscal year as a coverage table prints it, and '
    'from its printed close and EPS at the exchange rate of its day.';
COMMENT ON COLUMN broker_year_pe.broker IS 'Broker';
COMMENT ON COLUMN broker_year_pe.ticker IS 'Line in the table';
COMMENT ON COLUMN broker_year_pe.published_on IS 'Day of the table';
COMMENT ON COLUMN broker_year_pe.fiscal_year IS 'Fiscal year as printed';
COMMENT ON COLUMN broker_year_pe.fiscal_year_end IS 'Its last day; NULL where the label is ambiguous';
COMMENT ON COLUMN broker_year_pe.eps IS 'EPS as printed, eps_currency per ordinary share';
COMMENT ON COLUMN broker_year_pe.eps_currency IS 'Currency of eps';
COMMENT ON COLUMN broker_year_pe.eps_basis IS 'reported or adjusted';
COMMENT ON COLUMN broker_year_pe.eps_basis_basis IS 'eps_basis: printed or inferred';
COMMENT ON COLUMN broker_year_pe.shares_per_line IS 'Ordinary shares that one unit of the line stands for';
COMMENT ON COLUMN broker_year_pe.close IS 'Close in the table, close_currency';
COMMENT ON COLUMN broker_year_pe.close_currency IS 'Currency of close';
COMMENT ON COLUMN broker_year_pe.fx_rate IS
    'Units of close_currency for one of eps_currency on the day of the table, last known, at most 10 days old';
COMMENT ON COLUMN broker_year_pe.fx_date IS 'Day of that rate; NULL where none is needed';
COMMENT ON COLUMN broker_year_pe.pe IS
    'close / (eps x shares_per_line x fx_rate), times; NULL where EPS is not positive';
COMMENT ON COLUMN broker_year_pe.pe_printed IS 'PE as printed, times, a whole number';
COMMENT ON COLUMN broker_year_pe.source_id IS 'Source';
COMMENT ON COLUMN broker_year_pe.locator IS 'Where in the source';

-- What did each broker last say of a year, and what did it say before? A multiple is a price over an estimate and no
-- estimate.
CREATE MACRO estimate_revisions(as_of) AS TABLE
WITH dated AS (
    SELECT own_broker(e.broker, e.broker_basis, e.source_id) AS own_name, coalesce(e.basis, '') AS own_basis,
        shares_of_unit(e.unit, c.issuer_ticker, e.published_on) AS shares_of_unit, e.*
    FROM estimates AS e JOIN companies AS c USING (ticker) WHERE e.published_on <= CAST(as_of AS DATE) AND e.unit <> 'x'
),
latest AS (
    SELECT *
    FROM dated
    QUALIFY row_number() OVER (PARTITION BY own_name, ticker, metric, own_basis,
        fiscal_year ORDER BY published_on DESC, source_id) = 1
),
-- The figure before, in the unit of the new one.
with_before AS (
    SELECT l.*, CASE WHEN b.currency IS NOT DISTINCT FROM l.currency
        AND (b.unit = l.unit OR b.unit LIKE 'per %' AND l.unit LIKE 'per %')
        THEN b.value / b.shares_of_unit * l.shares_of_unit END AS value_before, b.published_on AS published_before
    FROM latest AS l
    ASOF LEFT JOIN dated AS b ON b.own_name = l.own_name AND b.ticker = l.ticker AND b.metric = l.metric
        AND b.own_basis = l.own_basis AND b.fiscal_year = l.fiscal_year AND l.published_on > b.published_on
),
with_previous AS (
    SELECT *, CASE WHEN value_before IS NOT NULL AND coalesce(previous_value, value_before) = value_before
        THEN 'prior_row' WHEN previous_value IS NOT NULL THEN 'printed'
        WHEN revision_pct IS NOT NULL THEN 'change_printed' END AS previous_basis,
           coalesce(previous_value, value_before) AS previous FROM with_before
)
SELECT own_name AS broker, estimate_kind, quoted_by, ticker, metric, metric_printed, basis, basis_basis, fiscal_year,
    fiscal_year_printed, fiscal_year_end, fiscal_period, value, previous AS previous_value, previous_basis,
       CASE previous_basis WHEN 'prior_row' THEN published_before END AS previous_published_on, CASE
           WHEN unit <> '%' THEN value - previous END AS difference, CASE WHEN unit = '%' THEN value - previous END
           AS change_pp,
       CASE WHEN unit <> '%' THEN CASE previous_basis WHEN 'change_printed' THEN revision_pct
           ELSE change_in_pct(value, previous) END END AS change_pct,
       growth_pct, currency, unit, per, published_on, quality, correction_id, date_basis, source_id, locator, note
FROM with_previous ORDER BY ticker, metric, basis, fiscal_year, broker;
COMMENT ON MACRO TABLE estimate_revisions IS
    'The latest dated estimate of each broker on the evening of as_of, against the one it replaces. One row per '
    '(broker, ticker, metric, basis, fiscal_year).';

-- What is expected in all: EPS as in estimate_consensus, and the amounts that brokers print.
CREATE MACRO consensus(as_of) AS TABLE
WITH usable AS (
    SELECT ticker, 'eps_diluted' AS metric, basis, fiscal_year_end, broker, published_on, eps AS value, currency,
        'per share' AS unit, quality = 'derived' AS is_derived, source_id
    FROM estimate_eps
    UNION ALL
    SELECT c.issuer_ticker, e.metric, e.basis, e.fiscal_year_end, own_broker(e.broker, e.broker_basis, e.source_id),
        e.published_on, e.value, e.currency, e.unit, e.quality = 'derived', e.source_id
    FROM estimates AS e JOIN companies AS c USING (ticker)
    WHERE e.estimate_kind = 'broker' AND e.unit = 'million' AND e.fiscal_period LIKE '%FY'
        AND e.fiscal_year_end IS NOT NULL AND e.published_on IS NOT NULL AND e.currency = c.reporting_currency
),
latest AS (
    SELECT *, published_on >= CAST(as_of AS DATE) - 180 AS fresh FROM usable WHERE published_on <= CAST(as_of AS DATE)
    QUALIFY row_number() OVER (PARTITION BY ticker, metric, basis, fiscal_year_end, broker ORDER BY published_on DESC,
        source_id) = 1
),
counted AS (
    SELECT *, bool_or(fresh) OVER same AS any_fresh, published_on = max(published_on) OVER same AS latest_round
    FROM latest
    WINDOW same AS (PARTITION BY ticker, metric, basis, fiscal_year_end)
)
SELECT ticker, metric, basis, fiscal_year_end, median(value) AS value, min(value) AS lowest, max(value) AS highest,
    any_value(currency) AS currency, any_value(unit) AS unit, count(*) AS n, list(broker ORDER BY broker) AS brokers,
       CASE WHEN any_value(any_fresh) THEN 'OK' ELSE 'STALE_ESTIMATE' END AS status, bool_or(is_derived) AS is_derived,
           min(published_on) AS first_published_on, max(published_on) AS last_published_on,
           list(DISTINCT source_id ORDER BY source_id) AS source_ids
FROM counted
WHERE fresh OR (NOT any_fresh AND latest_round)
GROUP BY ticker, metric, basis, fiscal_year_end
ORDER BY ticker, metric, basis, fiscal_year_end;
COMMENT ON MACRO TABLE consensus IS
    'The median of the latest dated estimate of each broker that is not older than 180 days on the evening of as_of. '
    'One row per (ticker, metric, basis, fiscal_year_end).';
