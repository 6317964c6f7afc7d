-- What is a period called, and from which session does a figure count?

-- months_of(start, end): length of a period in whole months.
CREATE MACRO months_of(period_start, period_end) AS
    date_diff('month', CAST(period_start AS DATE), CAST(period_end AS DATE) + 1);
COMMENT ON MACRO months_of IS 'Length of a period in whole months';

-- The year is that in which the fiscal year ends: Alibaba's quarter to 2021-12-31 is 2022Q3.
CREATE MACRO fiscal_year(period_end, fiscal_year_end_month) AS
    year(period_end) + CASE WHEN month(period_end) > fiscal_year_end_month THEN 1 ELSE 0 END;
COMMENT ON MACRO fiscal_year IS 'Fiscal year in which a day lies, named after the calendar year in which it ends';

CREATE MACRO fiscal_quarter(period_end, fiscal_year_end_month) AS
    (month(period_end) - fiscal_year_end_month + 11) % 12 // 3 + 1;
COMMENT ON MACRO fiscal_quarter IS 'Quarter (1 to 4) of the fiscal year in which a day lies';

CREATE MACRO fiscal_period(period_start, period_end, fiscal_year_end_month) AS
    fiscal_year(period_end, fiscal_year_end_month) || CASE
        WHEN months_of(period_start, period_end) = 3 THEN 'Q' || fiscal_quarter(period_end, fiscal_year_end_month)
        WHEN months_of(period_start, period_end) = 6 AND fiscal_quarter(period_end, fiscal_year_end_month) = 2 THEN 'H1'
        WHEN months_of(period_start, period_end) = 6 AND fiscal_quarter(period_end, fiscal_year_end_month) = 4 THEN 'H2'
        WHEN months_of(period_start, period_end) = 9 AND fiscal_quarter(period_end, fiscal_year_end_month) = 3 THEN 'M9'
        WHEN months_of(period_start, period_end) = 12 AND fiscal_quarter(period_end, fiscal_year_end_month) = 4
            THEN 'FY'
    END;
COMMENT ON MACRO fiscal_period IS 'Label of a period: 2025Q3, 2025H1, 2025M9, 2025FY; NULL for any other length';

CREATE MACRO calendar_quarter(period_start, period_end) AS
    CASE WHEN months_of(period_start, period_end) = 3 THEN year(period_end) || 'Q' || quarter(period_end) END;
COMMENT ON MACRO calendar_quarter IS 'Calendar quarter of a three-month period, else NULL';

-- Until the announcement is seen, a figure is taken as known when the law says it must be.
CREATE MACRO presumed_known_on(period_start, period_end) AS
    CAST(period_end + CASE WHEN months_of(period_start, period_end) = 3 THEN INTERVAL 2 MONTH
        ELSE INTERVAL 3 MONTH END AS DATE);
COMMENT ON MACRO presumed_known_on IS
    'Convention for a figure whose announcement was not seen: period end + 2 months (quarter) or + 3 (longer)';

CREATE MACRO calendar_of(exchange_name) AS CASE WHEN exchange_name = 'HKEX' THEN 'XHKG' ELSE 'XNYS' END;
COMMENT ON MACRO calendar_of IS 'Trading calendar of an exchange as companies names it';

-- New York closes when Hong Kong sleeps: its close of a day is known on the next evening here.
CREATE MACRO close_known_on(session_day, exchange_name) AS CASE WHEN calendar_of(exchange_name) = 'XNYS'
    THEN CAST(session_day AS DATE) + 1 ELSE CAST(session_day AS DATE) END;
COMMENT ON MACRO close_known_on IS
    'First Hong Kong evening on which the close of a session is known: the same day for Hong Kong lines, the next '
    'for New York';

-- Shares: everything is told in ordinary shares of today. -----------------------------------------------------------

CREATE MACRO ads_ratio(issuer, day) AS (
    SELECT max(l.shares_per_ads) FROM listings AS l
    WHERE l.issuer_ticker = issuer AND l.share_class = 'ADS' AND day BETWEEN coalesce(l.valid_from, DATE '1900-01-01')
        AND coalesce(l.valid_to, DATE '9999-12-31'));
COMMENT ON MACRO ads_ratio IS
    'Ordinary shares that one ADS of an issuer stood for on a day; NULL where no ratio with a source is known';

CREATE MACRO split_factor(line, day) AS
    coalesce((SELECT product(a.ratio) FROM corporate_actions AS a WHERE a.ticker = line AND a.kind = 'split'
        AND a.ex_date > day), 1);
COMMENT ON MACRO split_factor IS 'Shares of today for one share of that day, by the splits since';

CREATE MACRO ordinary_mn(count, unit, issuer, day) AS
    count * CASE unit WHEN 'million ADS' THEN ads_ratio(issuer, day) ELSE 1 END * split_factor(issuer, day);
COMMENT ON MACRO ordinary_mn IS
    'A printed count of shares or ADS in million ordinary shares of today; day: when it was printed';

-- EPS that is not renewed grows stale: a quarterly reporter is expected within five months of its last results, a
-- half-year reporter within eight.
CREATE MACRO results_are_stale(announced_on, day, reports_quarterly) AS
    day > announced_on + CASE WHEN reports_quarterly THEN INTERVAL 5 MONTH ELSE INTERVAL 8 MONTH END;
COMMENT ON MACRO results_are_stale IS
    'Whether figures announced on a day are too old for a valuation of another day: 5 months from a quarterly '
    'reporter, 8 from a half-year one';
