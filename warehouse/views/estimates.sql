-- What do brokers expect each company to earn, as published by a day?

-- The estimates of EPS that can be compared: of a broker, dated, of a known fiscal year, on a stated basis, in the
-- currency of the accounts. What is undated or ambiguous stays in estimates and is shown as such, nowhere else.
CREATE TABLE estimate_eps AS
WITH usable AS (
    SELECT c.issuer_ticker AS ticker, e.basis, e.fiscal_year_end, e.published_on, e.metric, e.value, e.unit, e.currency, e.quality, e.source_id,
           -- two brokers whose names are not printed are not one broker
           CASE e.broker_basis WHEN 'not printed' THEN 'not printed (' || e.source_id || ')' ELSE e.broker END AS broker
    FROM estimates AS e JOIN companies AS c USING (ticker)
    WHERE e.estimate_kind = 'broker' AND e.metric IN ('eps_diluted', 'net_income') AND e.fiscal_period LIKE '%FY' AND e.fiscal_year_end IS NOT NULL
      AND e.published_on IS NOT NULL AND e.basis IS NOT NULL AND e.currency = c.reporting_currency
),
-- A profit becomes EPS by the latest diluted count known when it was published.
averages AS (SELECT DISTINCT ticker, known_on, arg_max(shares_mn, (date, known_on, period_start)) OVER (PARTITION BY ticker ORDER BY known_on RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS shares_mn FROM shares WHERE kind = 'diluted_average'),
per_share AS (
    SELECT u.*, a.shares_mn,
           CASE u.metric WHEN 'net_income' THEN u.value / a.shares_mn
                         ELSE u.value / CASE u.unit WHEN 'per ADS' THEN ads_ratio(u.ticker, u.published_on) ELSE 1 END / split_factor(u.ticker, u.published_on) END AS eps
    FROM usable AS u ASOF LEFT JOIN averages AS a ON a.ticker = u.ticker AND u.published_on >= a.known_on
),
-- A printed EPS wins over one derived from the same broker's profit of the same day.
final AS (
    SELECT ticker, basis, fiscal_year_end, broker, published_on, eps, currency, CASE metric WHEN 'net_income' THEN 'derived' ELSE quality END AS quality,
           CASE metric WHEN 'net_income' THEN value END AS net_income_mn, CASE metric WHEN 'net_income' THEN shares_mn END AS shares_mn, source_id
    FROM per_share WHERE eps IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY ticker, basis, fiscal_year_end, broker, published_on ORDER BY metric, source_id) = 1
)
SELECT * FROM final ORDER BY ALL;
COMMENT ON TABLE estimate_eps IS 'One row per (ticker, basis, fiscal_year_end, broker, published_on): a broker''s dated estimate of EPS on today''s share basis, printed, or its profit over the diluted shares known that day.';
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
CREATE TABLE estimate_consensus AS
WITH days AS (
    SELECT DISTINCT ticker, basis, fiscal_year_end, unnest([published_on, published_on + 181]) AS effective_on FROM estimate_eps
),
latest AS (
    SELECT d.*, e.broker, e.eps, e.currency, e.published_on, e.source_id, e.published_on >= d.effective_on - 180 AS fresh
    FROM days AS d JOIN estimate_eps AS e USING (ticker, basis, fiscal_year_end) WHERE e.published_on <= d.effective_on
    QUALIFY row_number() OVER (PARTITION BY d.ticker, d.basis, d.fiscal_year_end, d.effective_on, e.broker ORDER BY e.published_on DESC) = 1
),
-- Where all have grown old, those of the 180 days before the newest keep their value, and the status says so.
counted AS (
    SELECT *, bool_or(fresh) OVER same AS any_fresh, published_on = max(published_on) OVER same AS latest_round
    FROM latest WINDOW same AS (PARTITION BY ticker, basis, fiscal_year_end, effective_on)
),
final AS (
    SELECT ticker, basis, fiscal_year_end, effective_on, median(eps) AS eps, any_value(currency) AS currency, count(*) AS n, CASE WHEN any_value(any_fresh) THEN 'OK' ELSE 'STALE_ESTIMATE' END AS status,
           list(broker ORDER BY broker) AS brokers, min(published_on) AS first_published_on, max(published_on) AS last_published_on, list(DISTINCT source_id ORDER BY source_id) AS source_ids
    FROM counted WHERE fresh OR (NOT any_fresh AND latest_round) GROUP BY ALL
)
SELECT * FROM final ORDER BY ticker, basis, fiscal_year_end, effective_on;
COMMENT ON TABLE estimate_consensus IS 'One row per (ticker, basis, fiscal_year_end, effective_on): the median of the latest EPS estimate of each broker that is not older than 180 days, from that day until the next row.';
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
    SELECT broker, ticker, published_on, fy1 AS fiscal_year, fy1_end AS fiscal_year_end, eps_fy1 AS eps, pe_fy1 AS pe_printed, close, close_currency, eps_currency, eps_per, eps_basis, eps_basis_basis, source_id, locator FROM printed.coverage
    UNION ALL
    SELECT broker, ticker, published_on, fy2, fy2_end, eps_fy2, pe_fy2, close, close_currency, eps_currency, eps_per, eps_basis, eps_basis_basis, source_id, locator FROM printed.coverage
),
-- The table quotes a line: EPS per ordinary share under the price of an ADS counts as often as the ADS has shares.
with_line AS (
    SELECT y.*, c.issuer_ticker, CASE WHEN y.eps_per = 'share' AND c.exchange <> 'HKEX' THEN coalesce(ads_ratio(c.issuer_ticker, y.published_on), 1) ELSE 1 END AS shares_per_line
    FROM years AS y JOIN companies AS c USING (ticker)
),
with_fx AS (
    SELECT w.*, CASE WHEN w.eps_currency = w.close_currency THEN 1 WHEN f.date >= w.published_on - 10 THEN f.rate END AS fx_rate, CASE WHEN w.eps_currency <> w.close_currency AND f.date >= w.published_on - 10 THEN f.date END AS fx_date
    FROM with_line AS w ASOF LEFT JOIN fx AS f ON f.base = w.eps_currency AND f.quote = w.close_currency AND w.published_on >= f.date
)
SELECT broker, ticker, published_on, fiscal_year, fiscal_year_end, eps, eps_currency, eps_basis, eps_basis_basis, shares_per_line, close, close_currency, fx_rate, fx_date,
       CASE WHEN eps > 0 THEN close / (eps * shares_per_line * fx_rate) END AS pe, pe_printed, source_id, locator
FROM with_fx;
COMMENT ON VIEW broker_year_pe IS 'One row per (broker, ticker, published_on, fiscal_year): PE of a fiscal year as a coverage table prints it, and from its printed close and EPS at the exchange rate of its day.';
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
COMMENT ON COLUMN broker_year_pe.fx_rate IS 'Units of close_currency for one of eps_currency on the day of the table, last known, at most 10 days old';
COMMENT ON COLUMN broker_year_pe.fx_date IS 'Day of that rate; NULL where none is needed';
COMMENT ON COLUMN broker_year_pe.pe IS 'close / (eps x shares_per_line x fx_rate), times; NULL where EPS is not positive';
COMMENT ON COLUMN broker_year_pe.pe_printed IS 'PE as printed, times, a whole number';
COMMENT ON COLUMN broker_year_pe.source_id IS 'Source';
COMMENT ON COLUMN broker_year_pe.locator IS 'Where in the source';
