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
        WHEN months_of(period_start, period_end) = 12 AND fiscal_quarter(period_end, fiscal_year_end_month) = 4 THEN 'FY'
    END;
COMMENT ON MACRO fiscal_period IS 'Label of a period: 2025Q3, 2025H1, 2025M9, 2025FY; NULL for any other length';

CREATE MACRO calendar_quarter(period_start, period_end) AS
    CASE WHEN months_of(period_start, period_end) = 3 THEN year(period_end) || 'Q' || quarter(period_end) END;
COMMENT ON MACRO calendar_quarter IS 'Calendar quarter of a three-month period, else NULL';

-- Until the announcement is seen, a figure is taken as known when the law says it must be.
CREATE MACRO presumed_known_on(period_start, period_end) AS
    CAST(period_end + CASE WHEN months_of(period_start, period_end) = 3 THEN INTERVAL 2 MONTH ELSE INTERVAL 3 MONTH END AS DATE);
COMMENT ON MACRO presumed_known_on IS 'Convention for a figure whose announcement was not seen: period end + 2 months (quarter) or + 3 (longer)';

CREATE MACRO calendar_of(exchange_name) AS CASE WHEN exchange_name = 'HKEX' THEN 'XHKG' ELSE 'XNYS' END;
COMMENT ON MACRO calendar_of IS 'Trading calendar of an exchange as companies names it';

-- New York closes when Hong Kong sleeps: its close of a day is known on the next evening here.
CREATE MACRO close_known_on(session_day, exchange_name) AS CASE WHEN calendar_of(exchange_name) = 'XNYS' THEN CAST(session_day AS DATE) + 1 ELSE CAST(session_day AS DATE) END;
COMMENT ON MACRO close_known_on IS 'First Hong Kong evening on which the close of a session is known: the same day for Hong Kong lines, the next for New York';
