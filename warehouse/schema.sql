-- What a snapshot stores: one table for each file of data/curated, the tables that a build adds
-- (fx, sessions, findings, dictionary, snapshot), and for each column its meaning and unit.
--
-- The loader reads its rules from here: a column's type, NOT NULL and CHECK; the key of a table from the first
-- sentence of its comment ("One row per (...)"); a column named source_id names a row of sources, one named
-- ticker, issuer_ticker, index_ticker or quote_ticker a row of companies. There are no PRIMARY KEYs: a published file
-- is built fresh and carries no index.
--
-- Schema printed holds what a document prints where the view of the same name in main says more.

CREATE SCHEMA printed;

-- Identity --------------------------------------------------------------------------------------------------

CREATE TABLE companies (
    ticker                VARCHAR NOT NULL,
    kind                  VARCHAR NOT NULL CHECK (kind IN ('company', 'peer', 'line', 'index', 'etf', 'basket')),
    issuer_ticker         VARCHAR NOT NULL,
    name_en               VARCHAR NOT NULL,
    name_zh               VARCHAR NOT NULL,
    short_en              VARCHAR NOT NULL,
    short_zh              VARCHAR NOT NULL,
    exchange              VARCHAR NOT NULL,
    price_currency        VARCHAR NOT NULL,
    reporting_currency    VARCHAR,
    fiscal_year_end_month INTEGER CHECK (fiscal_year_end_month BETWEEN 1 AND 12),
    subsector             VARCHAR NOT NULL,
    source_id             VARCHAR NOT NULL
);
COMMENT ON TABLE companies IS
    'One row per (ticker): the universe - companies covered, US lines of the same issuers, peers, indices, ETFs and '
    'our basket.';
COMMENT ON COLUMN companies.ticker IS 'Canonical ticker, in the form Yahoo uses: 0700.HK, PDD, ^HSI';
COMMENT ON COLUMN companies.kind IS
    'company (covered), peer (shown beside), line (US line of a covered company), index, etf, basket (ours: the '
    'companies covered, as one)';
COMMENT ON COLUMN companies.issuer_ticker IS
    'Ticker under which the issuer''s figures stand; its own for all but a line';
COMMENT ON COLUMN companies.name_en IS 'Name in English';
COMMENT ON COLUMN companies.name_zh IS 'Name in Chinese as the exchange lists it';
COMMENT ON COLUMN companies.short_en IS 'Short name for labels, English';
COMMENT ON COLUMN companies.short_zh IS 'Short name for labels, Chinese';
COMMENT ON COLUMN companies.exchange IS 'Exchange of the line';
COMMENT ON COLUMN companies.price_currency IS 'Currency in which the line is quoted; PTS for index points';
COMMENT ON COLUMN companies.reporting_currency IS 'Currency of the issuer''s accounts';
COMMENT ON COLUMN companies.fiscal_year_end_month IS 'Month (1 to 12) in which the fiscal year ends';
COMMENT ON COLUMN companies.subsector IS 'Group for filtering';
COMMENT ON COLUMN companies.source_id IS 'Source, a row of sources';

CREATE TABLE listings (
    ticker         VARCHAR NOT NULL,
    issuer_ticker  VARCHAR NOT NULL,
    exchange       VARCHAR NOT NULL,
    code           VARCHAR NOT NULL,
    currency       VARCHAR NOT NULL,
    share_class    VARCHAR NOT NULL CHECK (share_class IN ('ordinary', 'ADS')),
    shares_per_ads DOUBLE CHECK (shares_per_ads > 0),
    valid_from     DATE,
    valid_to       DATE CHECK (valid_to >= valid_from),
    source_id      VARCHAR NOT NULL,
    note           VARCHAR
);
COMMENT ON TABLE listings IS
    'One row per (ticker, valid_from): a line of an issuer at an exchange, with the dated number of ordinary shares '
    'that one ADS stands for.';
COMMENT ON COLUMN listings.ticker IS 'Ticker of the line at its exchange';
COMMENT ON COLUMN listings.issuer_ticker IS 'Issuer, a row of companies';
COMMENT ON COLUMN listings.exchange IS 'Exchange of the line';
COMMENT ON COLUMN listings.code IS 'Code at the exchange, as printed there';
COMMENT ON COLUMN listings.currency IS 'Currency of the quote';
COMMENT ON COLUMN listings.share_class IS 'ordinary or ADS';
COMMENT ON COLUMN listings.shares_per_ads IS 'Ordinary shares that one ADS stands for; NULL for ordinary shares';
COMMENT ON COLUMN listings.valid_from IS 'First day on which the ratio holds; NULL: since listing';
COMMENT ON COLUMN listings.valid_to IS 'Last day on which the ratio holds; NULL: still';
COMMENT ON COLUMN listings.source_id IS 'Source of the ratio or the listing';
COMMENT ON COLUMN listings.note IS 'Doubt, if any';

CREATE TABLE aliases (
    alias  VARCHAR NOT NULL,
    ticker VARCHAR NOT NULL
);
COMMENT ON TABLE aliases IS 'One row per (alias): what people type for a ticker, besides the ticker itself.';
COMMENT ON COLUMN aliases.alias IS 'As typed, compared without regard to case';
COMMENT ON COLUMN aliases.ticker IS 'Canonical ticker it stands for';

CREATE TABLE sources (
    source_id    VARCHAR NOT NULL,
    publisher    VARCHAR NOT NULL,
    title        VARCHAR NOT NULL,
    kind         VARCHAR NOT NULL CHECK (kind IN ('results', 'filing', 'exchange', 'data vendor', 'broker report',
        'news', 'derived', 'ruling', 'reference')),
    published_on DATE,
    url          VARCHAR CHECK (url LIKE 'http%'),
    licence      VARCHAR NOT NULL,
    note         VARCHAR
);
COMMENT ON TABLE sources IS 'One row per (source_id): every document or data set that a figure rests on.';
COMMENT ON COLUMN sources.source_id IS 'Name of the source, used by every figure';
COMMENT ON COLUMN sources.publisher IS 'Who published it';
COMMENT ON COLUMN sources.title IS 'Title, or what it is where it has none';
COMMENT ON COLUMN sources.kind IS
    'results, filing, exchange, data vendor, broker report, news, derived (computed from other figures), ruling '
    '(ours), reference';
COMMENT ON COLUMN sources.published_on IS 'Day of publication; NULL where not printed';
COMMENT ON COLUMN sources.url IS 'Link, where public';
COMMENT ON COLUMN sources.licence IS 'What may be redistributed';
COMMENT ON COLUMN sources.note IS 'The source''s words where they say more, or a doubt';

-- Prices ----------------------------------------------------------------------------------------------------

CREATE TABLE prices (
    ticker    VARCHAR NOT NULL,
    date      DATE NOT NULL,
    close     DOUBLE NOT NULL CHECK (close > 0 AND isfinite(close)),
    adj_close DOUBLE CHECK (adj_close > 0 AND isfinite(adj_close)),
    volume    DOUBLE CHECK (volume >= 0),
    currency  VARCHAR NOT NULL,
    frequency VARCHAR NOT NULL CHECK (frequency IN ('daily', 'month_end', 'report_date')),
    source_id VARCHAR NOT NULL
);
COMMENT ON TABLE prices IS
    'One row per (ticker, frequency, date): a close that was really traded, on today''s share basis '
    '(split-adjusted), not adjusted for dividends.';
COMMENT ON COLUMN prices.ticker IS 'Line';
COMMENT ON COLUMN prices.date IS 'Session of the listing''s exchange';
COMMENT ON COLUMN prices.close IS 'Last traded price of the session in currency, split-adjusted, not dividend-adjusted';
COMMENT ON COLUMN prices.adj_close IS 'The vendor''s dividend-adjusted close; never used in a ratio';
COMMENT ON COLUMN prices.volume IS 'Shares traded in the session';
COMMENT ON COLUMN prices.currency IS 'Currency of the quote; PTS for index points';
COMMENT ON COLUMN prices.frequency IS
    'daily, month_end (last session of each month; the newest row is the last session known), report_date';
COMMENT ON COLUMN prices.source_id IS 'Source';

CREATE TABLE fx (
    base      VARCHAR NOT NULL,
    quote     VARCHAR NOT NULL,
    date      DATE NOT NULL,
    rate      DOUBLE NOT NULL CHECK (rate > 0 AND isfinite(rate)),
    source_id VARCHAR NOT NULL
);
COMMENT ON TABLE fx IS
    'One row per (base, quote, date): daily cross rates of the European Central Bank''s euro reference rates; after '
    'its last day, and only then, a provider''s.';
COMMENT ON COLUMN fx.base IS 'Currency of which one unit is priced';
COMMENT ON COLUMN fx.quote IS 'Currency in which it is priced';
COMMENT ON COLUMN fx.date IS 'Day of the rate';
COMMENT ON COLUMN fx.rate IS 'Units of quote for one unit of base';
COMMENT ON COLUMN fx.source_id IS 'Source';

CREATE TABLE sessions (
    exchange VARCHAR NOT NULL,
    session  DATE NOT NULL
);
COMMENT ON TABLE sessions IS
    'One row per (exchange, session): trading days of XHKG and XNYS, from the package exchange_calendars with our '
    'list of missing closures applied.';
COMMENT ON COLUMN sessions.exchange IS 'ISO 10383 code of the exchange: XHKG, XNYS';
COMMENT ON COLUMN sessions.session IS 'Day on which the exchange trades';

CREATE TABLE closures (
    exchange  VARCHAR NOT NULL,
    date      DATE NOT NULL,
    cause     VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL
);
COMMENT ON TABLE closures IS 'One row per (exchange, date): full-day closures that the calendar package lacks.';
COMMENT ON COLUMN closures.exchange IS 'ISO 10383 code of the exchange';
COMMENT ON COLUMN closures.date IS 'Day without trading';
COMMENT ON COLUMN closures.cause IS 'Why it was closed';
COMMENT ON COLUMN closures.source_id IS 'Source';

CREATE TABLE corporate_actions (
    ticker    VARCHAR NOT NULL,
    ex_date   DATE NOT NULL,
    kind      VARCHAR NOT NULL CHECK (kind IN ('dividend', 'split', 'in_specie')),
    item      VARCHAR,
    amount    DOUBLE CHECK (amount > 0),
    currency  VARCHAR,
    ratio     DOUBLE CHECK (ratio > 0),
    source_id VARCHAR NOT NULL,
    note      VARCHAR
);
COMMENT ON TABLE corporate_actions IS
    'One row per (ticker, ex_date, kind, amount): dividends, splits and distributions in kind.';
COMMENT ON COLUMN corporate_actions.ticker IS 'Line';
COMMENT ON COLUMN corporate_actions.ex_date IS 'First session on which the line trades without the right';
COMMENT ON COLUMN corporate_actions.kind IS 'dividend, split, in_specie (distribution in kind)';
COMMENT ON COLUMN corporate_actions.item IS 'What was distributed in kind';
COMMENT ON COLUMN corporate_actions.amount IS 'Cash per share of the line, in currency';
COMMENT ON COLUMN corporate_actions.currency IS 'Currency of amount';
COMMENT ON COLUMN corporate_actions.ratio IS 'Split: new shares for one old. In kind: price after / price before';
COMMENT ON COLUMN corporate_actions.source_id IS 'Source';
COMMENT ON COLUMN corporate_actions.note IS 'Evidence for date and amount';

CREATE TABLE dividend_coverage (
    ticker    VARCHAR NOT NULL,
    first_day DATE NOT NULL,
    last_day  DATE NOT NULL CHECK (last_day >= first_day),
    note      VARCHAR,
    source_id VARCHAR NOT NULL
);
COMMENT ON TABLE dividend_coverage IS
    'One row per (ticker, first_day): the days for which every cash dividend of a line is a row of '
    'corporate_actions; a day between without one is a day without a dividend.';
COMMENT ON COLUMN dividend_coverage.ticker IS 'Line';
COMMENT ON COLUMN dividend_coverage.first_day IS 'First day covered';
COMMENT ON COLUMN dividend_coverage.last_day IS 'Last day covered';
COMMENT ON COLUMN dividend_coverage.note IS 'What is missing, or how completeness was seen';
COMMENT ON COLUMN dividend_coverage.source_id IS 'Source';

CREATE TABLE dividends_declared (
    ticker       VARCHAR NOT NULL,
    fiscal_label VARCHAR NOT NULL,
    amount       DOUBLE CHECK (amount > 0),
    currency     VARCHAR,
    per          VARCHAR NOT NULL CHECK (per IN ('share', 'ADS')),
    announced_on DATE,
    ex_date      DATE,
    source_id    VARCHAR NOT NULL,
    locator      VARCHAR,
    note         VARCHAR
);
COMMENT ON TABLE dividends_declared IS 'One row per (ticker, fiscal_label): dividends as the companies declared them.';
COMMENT ON COLUMN dividends_declared.ticker IS 'Issuer';
COMMENT ON COLUMN dividends_declared.fiscal_label IS 'Fiscal year as printed';
COMMENT ON COLUMN dividends_declared.amount IS
    'Dividend per share or ADS, in currency; NULL where only announced or in kind';
COMMENT ON COLUMN dividends_declared.currency IS 'Currency of amount';
COMMENT ON COLUMN dividends_declared.per IS 'share or ADS';
COMMENT ON COLUMN dividends_declared.announced_on IS 'Day of announcement (Hong Kong)';
COMMENT ON COLUMN dividends_declared.ex_date IS 'Ex-date, where printed';
COMMENT ON COLUMN dividends_declared.source_id IS 'Source';
COMMENT ON COLUMN dividends_declared.locator IS 'Where in the source, or at which address it was read';
COMMENT ON COLUMN dividends_declared.note IS 'Doubt or detail';

CREATE TABLE price_rules (
    code      VARCHAR NOT NULL,
    measure   VARCHAR NOT NULL,
    severity  VARCHAR NOT NULL CHECK (severity IN ('H', 'W')),
    threshold DOUBLE NOT NULL CHECK (threshold >= 0),
    unit      VARCHAR,
    rule      VARCHAR NOT NULL,
    action    VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL
);
COMMENT ON TABLE price_rules IS
    'One row per (code, measure): what a daily price must be before it lands, with a severity and a threshold that '
    'may be changed here.';
COMMENT ON COLUMN price_rules.code IS 'Rule, P01 to P18; findings bear it';
COMMENT ON COLUMN price_rules.measure IS 'Which part of the rule';
COMMENT ON COLUMN price_rules.severity IS
    'H: the line does not land, what has landed stays, exit code 3. W: it lands, and a finding says so';
COMMENT ON COLUMN price_rules.threshold IS 'Limit, in unit';
COMMENT ON COLUMN price_rules.unit IS 'Unit of threshold';
COMMENT ON COLUMN price_rules.rule IS 'What is right';
COMMENT ON COLUMN price_rules.action IS 'What happens to what is not';
COMMENT ON COLUMN price_rules.source_id IS 'Source';

CREATE TABLE price_exceptions (
    code      VARCHAR NOT NULL,
    ticker    VARCHAR NOT NULL,
    provider  VARCHAR CHECK (provider IN ('yahoo', 'akshare', 'csv')),
    first_day DATE,
    last_day  DATE CHECK (last_day >= first_day),
    reason    VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL
);
COMMENT ON TABLE price_exceptions IS
    'One row per (code, ticker, provider, first_day): where a person looked and a price rule is not to be asked: a '
    'real jump, a halt, a line that a provider does not have.';
COMMENT ON COLUMN price_exceptions.code IS 'Rule, P01 to P18';
COMMENT ON COLUMN price_exceptions.ticker IS 'Line';
COMMENT ON COLUMN price_exceptions.provider IS 'Provider; NULL: any';
COMMENT ON COLUMN price_exceptions.first_day IS 'First day; NULL: always';
COMMENT ON COLUMN price_exceptions.last_day IS 'Last day; NULL: without end';
COMMENT ON COLUMN price_exceptions.reason IS 'What was seen';
COMMENT ON COLUMN price_exceptions.source_id IS 'Source';

CREATE TABLE vendor_corrections (
    provider      VARCHAR NOT NULL CHECK (provider IN ('yahoo', 'akshare', 'csv')),
    ticker        VARCHAR NOT NULL,
    column_name   VARCHAR NOT NULL CHECK (column_name IN ('close', 'adj_close', 'volume')),
    first_day     DATE,
    last_day      DATE CHECK (last_day >= first_day),
    factor        DOUBLE CHECK (factor > 0),
    witness_day   DATE,
    wrong_value   DOUBLE CHECK (wrong_value > 0),
    right_value   DOUBLE CHECK (right_value > 0),
    tolerance_pct DOUBLE CHECK (tolerance_pct > 0),
    reason        VARCHAR NOT NULL,
    source_id     VARCHAR NOT NULL
);
COMMENT ON TABLE vendor_corrections IS
    'One row per (provider, ticker, column_name, last_day): a known fault of a provider over a range of days, undone '
    'by dividing by factor where the wrong value expected is found on the witness day. Where it is not, the build '
    'says so (V02).';
COMMENT ON COLUMN vendor_corrections.provider IS 'Provider: yahoo, akshare, csv';
COMMENT ON COLUMN vendor_corrections.ticker IS 'Line';
COMMENT ON COLUMN vendor_corrections.column_name IS 'Column at fault; close stands for open, high and low too';
COMMENT ON COLUMN vendor_corrections.first_day IS 'First day at fault; NULL: since listing';
COMMENT ON COLUMN vendor_corrections.last_day IS 'Last day at fault; NULL: still';
COMMENT ON COLUMN vendor_corrections.factor IS
    'What the right value was multiplied by; NULL: the column is withdrawn, shown as missing';
COMMENT ON COLUMN vendor_corrections.witness_day IS
    'Day whose value tells whether the fault is still there; NULL: it is not asked';
COMMENT ON COLUMN vendor_corrections.wrong_value IS 'Value of the witness day while the fault is there';
COMMENT ON COLUMN vendor_corrections.right_value IS 'Value of the witness day once it is mended';
COMMENT ON COLUMN vendor_corrections.tolerance_pct IS 'How near the value must come to either, per cent';
COMMENT ON COLUMN vendor_corrections.reason IS 'The fault';
COMMENT ON COLUMN vendor_corrections.source_id IS 'Where it was seen';

-- Earnings and shares ---------------------------------------------------------------------------------------

CREATE TABLE printed.earnings (
    ticker       VARCHAR NOT NULL,
    item         VARCHAR NOT NULL CHECK (item IN ('eps_diluted', 'net_income', 'revenue')),
    basis        VARCHAR NOT NULL CHECK (basis IN ('reported', 'adjusted')),
    period_start DATE NOT NULL,
    period_end   DATE NOT NULL CHECK (period_end > period_start),
    announced_on DATE CHECK (announced_on > period_end),
    supersedes   DATE,
    value        DOUBLE NOT NULL CHECK (isfinite(value)),
    unit         VARCHAR NOT NULL CHECK (unit IN ('per share', 'per ADS', 'million')),
    currency     VARCHAR NOT NULL,
    translation  VARCHAR CHECK (translation IN ('convenience')),
    yoy_pct      DOUBLE,
    quality      VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated', 'derived',
        'ruled')),
    date_basis   VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id    VARCHAR NOT NULL,
    locator      VARCHAR,
    note         VARCHAR,
    correction_id VARCHAR
);
COMMENT ON TABLE printed.earnings IS
    'One row per (ticker, item, basis, period_start, period_end, currency, announced_on): a figure of a results '
    'announcement, in the unit in which it is printed. A restatement is a further row with a later announced_on that '
    'names the day it supersedes.';
COMMENT ON COLUMN printed.earnings.ticker IS 'Issuer';
COMMENT ON COLUMN printed.earnings.item IS 'eps_diluted, net_income (attributable to holders), revenue';
COMMENT ON COLUMN printed.earnings.basis IS
    'reported (IFRS or US GAAP) or adjusted (non-IFRS, non-GAAP); revenue is reported';
COMMENT ON COLUMN printed.earnings.period_start IS 'First day of the period';
COMMENT ON COLUMN printed.earnings.period_end IS 'Last day of the period';
COMMENT ON COLUMN printed.earnings.announced_on IS 'Day of announcement (Hong Kong); NULL where not seen';
COMMENT ON COLUMN printed.earnings.supersedes IS
    'announced_on of the figure that this one restates; NULL: the first print';
COMMENT ON COLUMN printed.earnings.value IS 'The figure, in unit and currency';
COMMENT ON COLUMN printed.earnings.unit IS 'per share, per ADS, million';
COMMENT ON COLUMN printed.earnings.currency IS 'Currency of value';
COMMENT ON COLUMN printed.earnings.translation IS
    'convenience: a translation for the reader''s convenience, which enters no trailing sum; NULL: in the reporting '
    'currency';
COMMENT ON COLUMN printed.earnings.yoy_pct IS 'Growth on the year before as printed, per cent';
COMMENT ON COLUMN printed.earnings.quality IS
    'How exact the figure is: exact, rounded, over, about, truncated, derived (a difference or quotient of printed '
    'figures), ruled';
COMMENT ON COLUMN printed.earnings.date_basis IS
    'announced_on: printed with the figure, inferred (the results date of the same period from another document), '
    'convention (not seen)';
COMMENT ON COLUMN printed.earnings.source_id IS 'Source';
COMMENT ON COLUMN printed.earnings.locator IS 'Where in the source, or at which address it was read';
COMMENT ON COLUMN printed.earnings.note IS 'Doubt or detail';
COMMENT ON COLUMN printed.earnings.correction_id IS 'Row of corrections that rules on the figure; filled by the loader';

CREATE TABLE printed.shares (
    ticker       VARCHAR NOT NULL,
    kind         VARCHAR NOT NULL CHECK (kind IN ('outstanding', 'diluted_average')),
    period_start DATE,
    date         DATE NOT NULL CHECK (date >= period_start),
    announced_on DATE,
    value        DOUBLE NOT NULL CHECK (value > 0),
    unit         VARCHAR NOT NULL CHECK (unit IN ('million shares', 'million ADS')),
    quality      VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated', 'derived',
        'ruled')),
    date_basis   VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id    VARCHAR NOT NULL,
    locator      VARCHAR,
    note         VARCHAR,
    correction_id VARCHAR
);
COMMENT ON TABLE printed.shares IS
    'One row per (ticker, kind, date, period_start, source_id): counts of shares as printed.';
COMMENT ON COLUMN printed.shares.ticker IS 'Issuer';
COMMENT ON COLUMN printed.shares.kind IS
    'outstanding on a day, or diluted_average (weighted, of the period that ends on date)';
COMMENT ON COLUMN printed.shares.period_start IS 'First day of the averaging period; NULL for outstanding';
COMMENT ON COLUMN printed.shares.date IS 'Day of the count, or last day of the averaging period';
COMMENT ON COLUMN printed.shares.announced_on IS 'Day on which the count was published';
COMMENT ON COLUMN printed.shares.value IS 'Count, in unit';
COMMENT ON COLUMN printed.shares.unit IS 'million shares or million ADS';
COMMENT ON COLUMN printed.shares.quality IS 'How exact the count is';
COMMENT ON COLUMN printed.shares.date_basis IS 'announced_on: printed, inferred or convention (not seen)';
COMMENT ON COLUMN printed.shares.source_id IS 'Source';
COMMENT ON COLUMN printed.shares.locator IS 'Where in the source, or at which address it was read';
COMMENT ON COLUMN printed.shares.note IS 'Doubt or detail';
COMMENT ON COLUMN printed.shares.correction_id IS 'Row of corrections that rules on the figure; filled by the loader';

CREATE TABLE printed.share_changes (
    ticker           VARCHAR NOT NULL,
    period_start     DATE NOT NULL,
    period_end       DATE NOT NULL CHECK (period_end >= period_start),
    share_unit       VARCHAR NOT NULL CHECK (share_unit IN ('million shares', 'million ADS', 'million Class B shares')),
    bought           DOUBLE,
    net_change       DOUBLE,
    opening          DOUBLE,
    closing          DOUBLE,
    published_on     DATE,
    quality          VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated', 'derived',
        'ruled')),
    date_basis       VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id        VARCHAR NOT NULL,
    locator          VARCHAR,
    note             VARCHAR,
    correction_id    VARCHAR
);
COMMENT ON TABLE printed.share_changes IS
    'One row per (ticker, period_start, period_end, share_unit): shares bought back and the net change of the count '
    'over a period, as printed.';
COMMENT ON COLUMN printed.share_changes.ticker IS 'Issuer';
COMMENT ON COLUMN printed.share_changes.period_start IS 'First day';
COMMENT ON COLUMN printed.share_changes.period_end IS 'Last day';
COMMENT ON COLUMN printed.share_changes.share_unit IS 'Unit of the four counts';
COMMENT ON COLUMN printed.share_changes.bought IS 'Shares bought back in the period, in share_unit';
COMMENT ON COLUMN printed.share_changes.net_change IS
    'Change of the count over the period, in share_unit; negative: fewer shares';
COMMENT ON COLUMN printed.share_changes.opening IS 'Count at the start, in share_unit';
COMMENT ON COLUMN printed.share_changes.closing IS 'Count at the end, in share_unit';
COMMENT ON COLUMN printed.share_changes.published_on IS 'Day of publication';
COMMENT ON COLUMN printed.share_changes.quality IS 'How exact the counts are';
COMMENT ON COLUMN printed.share_changes.date_basis IS 'published_on: printed, inferred or convention (not seen)';
COMMENT ON COLUMN printed.share_changes.source_id IS 'Source';
COMMENT ON COLUMN printed.share_changes.locator IS 'Where in the source, or at which address it was read';
COMMENT ON COLUMN printed.share_changes.note IS 'Doubt or detail';
COMMENT ON COLUMN printed.share_changes.correction_id IS
    'Row of corrections that rules on the figure; filled by the loader';

-- Buybacks --------------------------------------------------------------------------------------------------

CREATE TABLE printed.buybacks (
    ticker             VARCHAR NOT NULL,
    grain              VARCHAR NOT NULL CHECK (grain IN ('day', 'multi_day', 'week', 'month', 'quarter', 'half',
        'nine_months', 'year', 'fiscal_year', 'ytd', 'mandate', 'programme')),
    measure            VARCHAR NOT NULL CHECK (measure IN ('bought', 'authorised', 'remaining')),
    start_date         DATE,
    end_date           DATE CHECK (end_date >= start_date),
    venue              VARCHAR NOT NULL,
    share_class        VARCHAR NOT NULL,
    share_unit         VARCHAR NOT NULL CHECK (share_unit IN ('share', 'ADS')),
    shares             DOUBLE CHECK (shares > 0),
    amount             DOUBLE CHECK (amount > 0),
    currency           VARCHAR,
    price_low          DOUBLE CHECK (price_low > 0),
    price_high         DOUBLE CHECK (price_high >= price_low),
    method             VARCHAR NOT NULL CHECK (method IN ('on exchange', 'off exchange', 'programme', 'unknown')),
    disposal           VARCHAR NOT NULL CHECK (disposal IN ('cancelled', 'treasury', 'pending', 'unknown')),
    published_on       DATE,
    published_on_basis VARCHAR NOT NULL CHECK (published_on_basis IN ('printed', 'inferred', 'convention')),
    superseded_on      DATE,
    trusted            BOOLEAN NOT NULL,
    quality            VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated', 'derived',
        'ruled')),
    source_id          VARCHAR NOT NULL,
    locator            VARCHAR,
    note               VARCHAR,
    correction_id      VARCHAR,
    CHECK (grain <> 'day' OR shares IS NULL OR amount IS NULL OR price_low IS NULL
        OR amount / shares BETWEEN price_low * 0.999 AND price_high * 1.001)
);
COMMENT ON TABLE printed.buybacks IS
    'One row per (ticker, grain, measure, start_date, end_date, venue, share_class, currency, source_id): purchases '
    'of own shares, by day from the exchange''s report and by longer periods as stated. Grains are never summed '
    'together.';
COMMENT ON COLUMN printed.buybacks.ticker IS 'Issuer';
COMMENT ON COLUMN printed.buybacks.grain IS
    'Length of the period: day ... fiscal_year, ytd (since 1 January), mandate (since the last general mandate), '
    'programme';
COMMENT ON COLUMN printed.buybacks.measure IS
    'bought, authorised (the limit of a programme), remaining (what is left of it on end_date)';
COMMENT ON COLUMN printed.buybacks.start_date IS 'First trade day';
COMMENT ON COLUMN printed.buybacks.end_date IS 'Last trade day (Hong Kong date at a Hong Kong venue)';
COMMENT ON COLUMN printed.buybacks.venue IS 'Where it was bought';
COMMENT ON COLUMN printed.buybacks.share_class IS 'Class as printed';
COMMENT ON COLUMN printed.buybacks.share_unit IS 'What shares counts: share (ordinary) or ADS';
COMMENT ON COLUMN printed.buybacks.shares IS 'Number bought, full units of share_unit';
COMMENT ON COLUMN printed.buybacks.amount IS 'Consideration, full units of currency';
COMMENT ON COLUMN printed.buybacks.currency IS 'Currency of amount and prices';
COMMENT ON COLUMN printed.buybacks.price_low IS 'Lowest price paid, currency per share_unit';
COMMENT ON COLUMN printed.buybacks.price_high IS 'Highest price paid, currency per share_unit';
COMMENT ON COLUMN printed.buybacks.method IS
    'on exchange, off exchange (by private arrangement or general offer), programme, unknown';
COMMENT ON COLUMN printed.buybacks.disposal IS 'What becomes of the shares: cancelled, treasury, pending, unknown';
COMMENT ON COLUMN printed.buybacks.published_on IS 'Day of publication; NULL where not seen';
COMMENT ON COLUMN printed.buybacks.published_on_basis IS 'printed, or convention where published_on was not seen';
COMMENT ON COLUMN printed.buybacks.superseded_on IS
    'Day from which the figures of another row stand in place of these: the exchange corrected them in a later '
    'report, or its own report came in for another source''s; NULL: they stand';
COMMENT ON COLUMN printed.buybacks.trusted IS
    'false: contradicted by the exchange''s daily report, kept and shown, never used in a sum';
COMMENT ON COLUMN printed.buybacks.quality IS 'How exact the figures are';
COMMENT ON COLUMN printed.buybacks.source_id IS 'Source';
COMMENT ON COLUMN printed.buybacks.locator IS 'Where in the source, or at which address it was read';
COMMENT ON COLUMN printed.buybacks.note IS 'Doubt or detail';
COMMENT ON COLUMN printed.buybacks.correction_id IS 'Row of corrections that rules on the figure; filled by the loader';

CREATE TABLE buyback_coverage (
    ticker    VARCHAR NOT NULL,
    venue     VARCHAR NOT NULL,
    currency  VARCHAR NOT NULL,
    first_day DATE NOT NULL,
    last_day  DATE NOT NULL CHECK (last_day >= first_day),
    complete  BOOLEAN NOT NULL,
    note      VARCHAR,
    source_id VARCHAR NOT NULL
);
COMMENT ON TABLE buyback_coverage IS
    'One row per (ticker, venue, first_day): the days for which the daily rows are the exchange''s complete report, '
    'and where they are not.';
COMMENT ON COLUMN buyback_coverage.ticker IS 'Issuer';
COMMENT ON COLUMN buyback_coverage.venue IS 'Venue the rows cover';
COMMENT ON COLUMN buyback_coverage.currency IS 'Currency of the rows';
COMMENT ON COLUMN buyback_coverage.first_day IS 'First day covered';
COMMENT ON COLUMN buyback_coverage.last_day IS 'Last day covered';
COMMENT ON COLUMN buyback_coverage.complete IS 'true: every purchase day between the two is a row';
COMMENT ON COLUMN buyback_coverage.note IS 'What is missing, or how completeness was seen';
COMMENT ON COLUMN buyback_coverage.source_id IS 'Source';

CREATE TABLE buyback_mandates (
    ticker       VARCHAR NOT NULL,
    resolved_on  DATE,
    end_date     DATE NOT NULL CHECK (end_date >= resolved_on),
    issued_pct   DOUBLE CHECK (issued_pct > 0 AND issued_pct <= 10),
    limit_shares DOUBLE CHECK (limit_shares > 0),
    source_id    VARCHAR NOT NULL,
    locator      VARCHAR,
    note         VARCHAR
);
COMMENT ON TABLE buyback_mandates IS
    'One row per (ticker, end_date, source_id): what a document says beside the count of a general mandate, the part '
    'of the issued shares that it is and the most that may be bought. The counts themselves are rows of buybacks '
    'with grain mandate.';
COMMENT ON COLUMN buyback_mandates.ticker IS 'Issuer';
COMMENT ON COLUMN buyback_mandates.resolved_on IS
    'Day of the general meeting that granted the mandate; NULL where not seen';
COMMENT ON COLUMN buyback_mandates.end_date IS 'Last trade day of the count';
COMMENT ON COLUMN buyback_mandates.issued_pct IS
    'Shares bought under the mandate as a part of the issued shares on the day of the resolution, per cent, as '
    'printed';
COMMENT ON COLUMN buyback_mandates.limit_shares IS
    'The most that the mandate allows to buy, ordinary shares, as printed';
COMMENT ON COLUMN buyback_mandates.source_id IS 'Source';
COMMENT ON COLUMN buyback_mandates.locator IS 'Where in the source, or at which address it was read';
COMMENT ON COLUMN buyback_mandates.note IS 'Doubt or detail';

CREATE TABLE buyback_reports (
    sha256          VARCHAR NOT NULL CHECK (regexp_full_match(sha256, '[0-9a-f]{64}')),
    file            VARCHAR NOT NULL,
    kind            VARCHAR NOT NULL CHECK (kind IN ('main board', 'GEM', 'vendor table')),
    printed_on      DATE,
    first_trade_day DATE,
    last_trade_day  DATE CHECK (last_trade_day >= first_trade_day),
    rows_read       INTEGER NOT NULL CHECK (rows_read >= rows_kept + rows_outside),
    rows_kept       INTEGER NOT NULL CHECK (rows_kept >= 0),
    rows_outside    INTEGER NOT NULL CHECK (rows_outside >= 0),
    source_id       VARCHAR NOT NULL
);
COMMENT ON TABLE buyback_reports IS
    'One row per (kind, printed_on, sha256): a file of purchases that python -m loaders hkex has read; the rows of '
    'buybacks that come from it name the same source.';
COMMENT ON COLUMN buyback_reports.sha256 IS 'Hash of the file as received; it is kept under this name';
COMMENT ON COLUMN buyback_reports.file IS 'Name under which it was received';
COMMENT ON COLUMN buyback_reports.kind IS
    'main board or GEM: the exchange''s daily report; vendor table: a data vendor''s, rounded to ten thousand';
COMMENT ON COLUMN buyback_reports.printed_on IS 'Day on which the exchange printed the report; NULL for a vendor table';
COMMENT ON COLUMN buyback_reports.first_trade_day IS
    'First trade day among its lines; NULL where it has none, as a GEM report may';
COMMENT ON COLUMN buyback_reports.last_trade_day IS 'Last trade day among its lines';
COMMENT ON COLUMN buyback_reports.rows_read IS 'Lines of purchases in the file';
COMMENT ON COLUMN buyback_reports.rows_kept IS 'Of them of companies of the universe';
COMMENT ON COLUMN buyback_reports.rows_outside IS 'Of them of other companies: counted, not kept';
COMMENT ON COLUMN buyback_reports.source_id IS 'Source, a row of sources';

-- Segments --------------------------------------------------------------------------------------------------

CREATE TABLE printed.segments (
    ticker           VARCHAR NOT NULL,
    history          VARCHAR NOT NULL CHECK (history IN ('as_reported', 'recast')),
    period_start     DATE NOT NULL,
    period_end       DATE NOT NULL CHECK (period_end > period_start),
    segment          VARCHAR NOT NULL,
    parent_segment   VARCHAR,
    announced_on     DATE CHECK (announced_on > period_end),
    revenue_mn       DOUBLE NOT NULL CHECK (isfinite(revenue_mn)),
    currency         VARCHAR NOT NULL,
    prior_revenue_mn DOUBLE,
    yoy_pct          DOUBLE,
    quality          VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated', 'derived',
        'ruled')),
    date_basis       VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id        VARCHAR NOT NULL,
    locator          VARCHAR,
    note             VARCHAR,
    correction_id    VARCHAR
);
COMMENT ON TABLE printed.segments IS
    'One row per (ticker, history, period_start, period_end, segment, parent_segment, announced_on): revenue of a '
    'segment as the company reports it. No row is a total.';
COMMENT ON COLUMN printed.segments.ticker IS 'Issuer';
COMMENT ON COLUMN printed.segments.history IS
    'as_reported, or recast: comparatives on a later structure, a second history that is never mixed in';
COMMENT ON COLUMN printed.segments.period_start IS 'First day of the period';
COMMENT ON COLUMN printed.segments.period_end IS 'Last day of the period';
COMMENT ON COLUMN printed.segments.segment IS 'Name as printed';
COMMENT ON COLUMN printed.segments.parent_segment IS 'Segment of which it is a part; NULL at the top';
COMMENT ON COLUMN printed.segments.announced_on IS 'Day of announcement (Hong Kong); NULL where not seen';
COMMENT ON COLUMN printed.segments.revenue_mn IS 'Revenue, million of currency';
COMMENT ON COLUMN printed.segments.currency IS 'Currency of the revenue';
COMMENT ON COLUMN printed.segments.prior_revenue_mn IS
    'The year before as printed in the same filing, million of currency';
COMMENT ON COLUMN printed.segments.yoy_pct IS 'Growth on the year before as printed, per cent';
COMMENT ON COLUMN printed.segments.quality IS 'How exact the figure is';
COMMENT ON COLUMN printed.segments.date_basis IS 'announced_on: printed, inferred or convention (not seen)';
COMMENT ON COLUMN printed.segments.source_id IS 'Source';
COMMENT ON COLUMN printed.segments.locator IS 'Where in the source, or at which address it was read';
COMMENT ON COLUMN printed.segments.note IS 'Doubt or detail';
COMMENT ON COLUMN printed.segments.correction_id IS 'Row of corrections that rules on the figure; filled by the loader';

CREATE TABLE segment_series (
    ticker    VARCHAR NOT NULL,
    segment   VARCHAR NOT NULL,
    series    VARCHAR NOT NULL,
    role      VARCHAR NOT NULL CHECK (role IN ('segment', 'elimination', 'unallocated', 'revenue_type')),
    source_id VARCHAR NOT NULL,
    note      VARCHAR
);
COMMENT ON TABLE segment_series IS
    'One row per (ticker, segment): printed names that continue a series under another name, and rows that reconcile '
    'to the total instead of being a segment. A segment without a row here is its own series.';
COMMENT ON COLUMN segment_series.ticker IS 'Issuer';
COMMENT ON COLUMN segment_series.segment IS 'Name as printed';
COMMENT ON COLUMN segment_series.series IS 'Name under which its history continues';
COMMENT ON COLUMN segment_series.role IS
    'segment; elimination or unallocated (reconciles to the total); revenue_type (another split of the same revenue, '
    'outside the sum)';
COMMENT ON COLUMN segment_series.source_id IS 'Source of the rename or the role';
COMMENT ON COLUMN segment_series.note IS 'What changed';

CREATE TABLE segment_breaks (
    ticker       VARCHAR NOT NULL,
    series       VARCHAR,
    period_start DATE NOT NULL,
    kind         VARCHAR NOT NULL CHECK (kind IN ('reclassification', 'disposal', 'rename')),
    what_changed VARCHAR NOT NULL,
    source_id    VARCHAR NOT NULL
);
COMMENT ON TABLE segment_breaks IS
    'One row per (ticker, period_start, series): from this period on the segments are cut differently; growth is not '
    'computed across it.';
COMMENT ON COLUMN segment_breaks.ticker IS 'Issuer';
COMMENT ON COLUMN segment_breaks.series IS 'Series that breaks; NULL: all of the company''s';
COMMENT ON COLUMN segment_breaks.period_start IS 'First day of the first period on the new structure';
COMMENT ON COLUMN segment_breaks.kind IS 'reclassification, disposal, or rename (a mark only: the series goes on)';
COMMENT ON COLUMN segment_breaks.what_changed IS 'What changed, in one sentence';
COMMENT ON COLUMN segment_breaks.source_id IS 'First document on the new structure';

CREATE TABLE segment_themes (
    ticker  VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    theme   VARCHAR NOT NULL CHECK (theme IN ('advertising', 'games', 'cloud', 'commerce', 'local', 'music', 'live',
        'logistics'))
);
COMMENT ON TABLE segment_themes IS
    'One row per (ticker, segment): the business by which a segment is set beside those of other companies. A '
    'segment and a part of it never share a theme.';
COMMENT ON COLUMN segment_themes.ticker IS 'Issuer';
COMMENT ON COLUMN segment_themes.segment IS 'Name as printed';
COMMENT ON COLUMN segment_themes.theme IS
    'advertising, games, cloud, commerce, local (delivery and local services), music, live (live streaming, '
    'value-added services), logistics';

CREATE TABLE like_for_like (
    ticker       VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    period_end   DATE NOT NULL CHECK (period_end > period_start),
    segment      VARCHAR,
    yoy_pct      DOUBLE NOT NULL CHECK (isfinite(yoy_pct)),
    excludes     VARCHAR NOT NULL,
    announced_on DATE CHECK (announced_on > period_end),
    quality      VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated', 'derived',
        'ruled')),
    date_basis   VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id    VARCHAR NOT NULL,
    locator      VARCHAR,
    note         VARCHAR
);
COMMENT ON TABLE like_for_like IS
    'One row per (ticker, period_start, period_end, segment, announced_on): growth of revenue as the company prints '
    'it without what it bought, sold or counts otherwise. It stands beside the growth as reported and never in its '
    'place.';
COMMENT ON COLUMN like_for_like.ticker IS 'Issuer';
COMMENT ON COLUMN like_for_like.period_start IS 'First day of the period';
COMMENT ON COLUMN like_for_like.period_end IS 'Last day of the period';
COMMENT ON COLUMN like_for_like.segment IS 'Segment as printed; NULL: revenue of the whole company';
COMMENT ON COLUMN like_for_like.yoy_pct IS 'Growth on the year before on the same scope, as printed, per cent';
COMMENT ON COLUMN like_for_like.excludes IS 'What is left out of both years';
COMMENT ON COLUMN like_for_like.announced_on IS 'Day of announcement (Hong Kong); NULL where not seen';
COMMENT ON COLUMN like_for_like.quality IS 'How exact the figure is';
COMMENT ON COLUMN like_for_like.date_basis IS 'announced_on: printed, inferred or convention (not seen)';
COMMENT ON COLUMN like_for_like.source_id IS 'Source';
COMMENT ON COLUMN like_for_like.locator IS 'Where in the source, or at which address it was read';
COMMENT ON COLUMN like_for_like.note IS 'Doubt or detail';

-- Operating figures ------------------------------------------------------------------------------------------

CREATE TABLE kpis (
    ticker            VARCHAR NOT NULL,
    kpi               VARCHAR NOT NULL,
    fiscal_period     VARCHAR CHECK (regexp_full_match(fiscal_period, '20[0-9]{2}(Q[1-4]|H[12]|M9|FY)')),
    period_printed    VARCHAR,
    period_start      DATE,
    period_end        DATE CHECK (period_end >= period_start),
    value             DOUBLE NOT NULL,
    value_high        DOUBLE CHECK (value_high > value),
    unit              VARCHAR NOT NULL,
    prior_value       DOUBLE,
    yoy_pct           DOUBLE,
    yoy_quality       VARCHAR CHECK (yoy_quality IN ('exact', 'rounded', 'over', 'about', 'truncated', 'derived')),
    growth_basis      VARCHAR CHECK (growth_basis IN ('printed')),
    yoy_source_id     VARCHAR,
    definition_change BOOLEAN NOT NULL,
    announced_on      DATE,
    confidence        VARCHAR NOT NULL CHECK (confidence IN ('seen', 'two sources', 'report')),
    kpi_printed       VARCHAR NOT NULL,
    quality           VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated', 'derived',
        'ruled')),
    date_basis        VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id         VARCHAR NOT NULL,
    locator           VARCHAR,
    note              VARCHAR,
    correction_id     VARCHAR
);
COMMENT ON TABLE kpis IS
    'One row per (ticker, kpi, fiscal_period, period_end): a figure that a company reports beside its accounts, '
    'under the company''s own name for it. Where only a month or a target is known, fiscal_period is NULL and '
    'period_printed says which; a target has no dates.';
COMMENT ON COLUMN kpis.ticker IS 'Company';
COMMENT ON COLUMN kpis.kpi IS
    'Name of the figure, without the qualifier (which is in quality); the company''s own words where seen';
COMMENT ON COLUMN kpis.fiscal_period IS
    'Fiscal label, 2025Q3, 2025H1, 2025FY; the year is that in which the fiscal year ends. NULL for a month or a day';
COMMENT ON COLUMN kpis.period_printed IS 'Period as printed in the source';
COMMENT ON COLUMN kpis.period_start IS 'First day of the period';
COMMENT ON COLUMN kpis.period_end IS 'Last day of the period; of the month where only a month is printed';
COMMENT ON COLUMN kpis.value IS 'Value in the unit of the row; lower end where value_high is given';
COMMENT ON COLUMN kpis.value_high IS 'Upper end where a range is printed';
COMMENT ON COLUMN kpis.unit IS 'Unit of value: million, CNY million, CNY billion, CNY, USD, %, minutes ...';
COMMENT ON COLUMN kpis.prior_value IS 'Value of the year before, where printed with it; same unit';
COMMENT ON COLUMN kpis.yoy_pct IS 'Growth on the year before as printed, %; for a row that is itself a growth, NULL';
COMMENT ON COLUMN kpis.yoy_quality IS 'How exact the growth is; NULL without growth';
COMMENT ON COLUMN kpis.growth_basis IS 'Where yoy_pct comes from: printed';
COMMENT ON COLUMN kpis.yoy_source_id IS 'Source of yoy_pct where it is another document than that of value';
COMMENT ON COLUMN kpis.definition_change IS 'True where the definition differs from the row before it in the series';
COMMENT ON COLUMN kpis.announced_on IS
    'Hong Kong day on which the figure was out; day of the document for figures seen only in a report; NULL: not seen';
COMMENT ON COLUMN kpis.confidence IS 'two sources, seen, or report (read in a research document only)';
COMMENT ON COLUMN kpis.kpi_printed IS 'Name as it stands in the source';
COMMENT ON COLUMN kpis.quality IS
    'How exact the figure is: exact, rounded, over (or at least), about (or nearly, up to), truncated, derived (from '
    'printed figures), ruled';
COMMENT ON COLUMN kpis.date_basis IS
    'announced_on: printed, inferred (day of the document that prints it, zone inferred), convention (not seen)';
COMMENT ON COLUMN kpis.source_id IS 'Source, a row of sources';
COMMENT ON COLUMN kpis.locator IS 'Page, table or mirror where the figure was read';
COMMENT ON COLUMN kpis.note IS 'What the figure covers, and any doubt';
COMMENT ON COLUMN kpis.correction_id IS 'Ruling that applies, a row of corrections; filled by the loader';

CREATE TABLE kpi_topics (
    ticker VARCHAR NOT NULL,
    kpi    VARCHAR NOT NULL,
    topic  VARCHAR NOT NULL CHECK (topic IN ('users', 'time', 'payers', 'commerce', 'ai', 'products', 'mix', 'growth',
        'money'))
);
COMMENT ON TABLE kpi_topics IS
    'One row per (ticker, kpi): the heading under which a figure stands in a list. A figure without a row here '
    'stands last.';
COMMENT ON COLUMN kpi_topics.ticker IS 'Company';
COMMENT ON COLUMN kpi_topics.kpi IS 'Name of the figure, as in kpis';
COMMENT ON COLUMN kpi_topics.topic IS
    'users, time (spent), payers, commerce (GMV and what it yields), ai, products, mix (shares of revenue), growth '
    '(printed without the figure itself), money (profits, margins, costs)';

-- Estimates, targets and ratings -----------------------------------------------------------------------------

CREATE TABLE estimates (
    broker              VARCHAR NOT NULL,
    broker_basis        VARCHAR NOT NULL CHECK (broker_basis IN ('printed', 'inferred', 'not printed')),
    broker_printed      VARCHAR NOT NULL,
    estimate_kind       VARCHAR NOT NULL CHECK (estimate_kind IN ('broker', 'guidance', 'consensus')),
    quoted_by           VARCHAR,
    ticker              VARCHAR NOT NULL,
    metric              VARCHAR NOT NULL CHECK (regexp_full_match(metric, '[a-z0-9_]+')),
    metric_printed      VARCHAR NOT NULL,
    basis               VARCHAR CHECK (basis IN ('reported', 'adjusted')),
    basis_basis         VARCHAR CHECK (basis_basis IN ('printed', 'inferred')),
    fiscal_year         INTEGER NOT NULL CHECK (fiscal_year BETWEEN 2000 AND 2100),
    fiscal_year_printed VARCHAR NOT NULL,
    fiscal_year_end     DATE,
    fiscal_period       VARCHAR NOT NULL CHECK (regexp_full_match(fiscal_period, '20[0-9]{2}(Q[1-4]|FY)')),
    period_end          DATE,
    value               DOUBLE NOT NULL,
    previous_value      DOUBLE,
    revision_pct        DOUBLE,
    growth_pct          DOUBLE,
    currency            VARCHAR CHECK (length(currency) = 3),
    currency_basis      VARCHAR CHECK (currency_basis IN ('printed', 'inferred')),
    unit                VARCHAR NOT NULL CHECK (unit IN ('million', 'per share', 'per ADS', 'x', '%')),
    per                 VARCHAR CHECK (per IN ('share', 'ads')),
    published_on        DATE,
    published_printed   VARCHAR,
    quality             VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated',
        'derived', 'ruled')),
    date_basis          VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id           VARCHAR NOT NULL,
    locator             VARCHAR,
    note                VARCHAR,
    correction_id       VARCHAR
);
COMMENT ON TABLE estimates IS
    'One row per (broker, ticker, metric, basis, fiscal_period, published_on, source_id): a forecast, company '
    'guidance or a consensus. Undated rows have no published_on and enter no consensus; a quarter''s forecast '
    'carries its quarter in the metric (revenue_q4), so that a metric and a fiscal year never mix lengths.';
COMMENT ON COLUMN estimates.broker IS
    'Broker, one spelling each; the company for guidance; the compiler for a consensus; "not printed" where the copy '
    'seen names none';
COMMENT ON COLUMN estimates.broker_basis IS 'printed, inferred (from a sister story or the layout) or not printed';
COMMENT ON COLUMN estimates.broker_printed IS 'Broker as it stands in the source';
COMMENT ON COLUMN estimates.estimate_kind IS 'broker, guidance (of the company) or consensus';
COMMENT ON COLUMN estimates.quoted_by IS 'Who relays the figure, where not the one who made it';
COMMENT ON COLUMN estimates.ticker IS 'Company';
COMMENT ON COLUMN estimates.metric IS
    'eps_diluted, net_income, revenue, operating_profit, ebita, gross_margin, pe, <line>_revenue; with _growth for a '
    'growth rate and _q4 for a quarter';
COMMENT ON COLUMN estimates.metric_printed IS 'Metric as it stands in the source';
COMMENT ON COLUMN estimates.basis IS
    'reported or adjusted; NULL where the figure has none (revenue, margin) or where it is not known';
COMMENT ON COLUMN estimates.basis_basis IS 'basis: printed with the metric, or inferred (note says from what)';
COMMENT ON COLUMN estimates.fiscal_year IS 'Year in which the fiscal year ends; as printed where ambiguous';
COMMENT ON COLUMN estimates.fiscal_year_printed IS 'Year or quarter as printed';
COMMENT ON COLUMN estimates.fiscal_year_end IS 'Last day of the fiscal year; NULL where the label is ambiguous';
COMMENT ON COLUMN estimates.fiscal_period IS 'Fiscal label of what is forecast: 2026FY, 2025Q4';
COMMENT ON COLUMN estimates.period_end IS 'Last day of that period; NULL where ambiguous';
COMMENT ON COLUMN estimates.value IS 'Forecast, in unit and currency of the row';
COMMENT ON COLUMN estimates.previous_value IS
    'Forecast it replaces, as printed or of the same broker before; same unit';
COMMENT ON COLUMN estimates.revision_pct IS 'Change on the forecast before as printed, %';
COMMENT ON COLUMN estimates.growth_pct IS 'Growth on the year before as printed with it, %';
COMMENT ON COLUMN estimates.currency IS 'Currency of value; NULL for a multiple or a rate';
COMMENT ON COLUMN estimates.currency_basis IS 'currency: printed or inferred';
COMMENT ON COLUMN estimates.unit IS 'million (of currency), per share, per ADS, x or %';
COMMENT ON COLUMN estimates.per IS 'share or ads for an EPS, else NULL';
COMMENT ON COLUMN estimates.published_on IS 'Hong Kong day of the estimate; NULL where no day is known';
COMMENT ON COLUMN estimates.published_printed IS
    'What is known of the date where there is no day: 2025-12, 2026, after 1Q25 results';
COMMENT ON COLUMN estimates.quality IS
    'How exact the figure is: exact, rounded, over (or at least), about (or nearly, up to), truncated, derived (from '
    'printed figures), ruled';
COMMENT ON COLUMN estimates.date_basis IS
    'published_on: printed, inferred (article number, sister story, session note), convention (no day known)';
COMMENT ON COLUMN estimates.source_id IS 'Source, a row of sources';
COMMENT ON COLUMN estimates.locator IS 'Page, table or mirror where the figure was read';
COMMENT ON COLUMN estimates.note IS 'What the figure covers, and any doubt';
COMMENT ON COLUMN estimates.correction_id IS 'Ruling that applies, a row of corrections; filled by the loader';

CREATE TABLE target_prices (
    broker                  VARCHAR NOT NULL,
    broker_basis            VARCHAR NOT NULL CHECK (broker_basis IN ('printed', 'inferred', 'not printed')),
    broker_printed          VARCHAR NOT NULL,
    ticker                  VARCHAR NOT NULL,
    quote_ticker            VARCHAR NOT NULL,
    quote_basis             VARCHAR NOT NULL CHECK (quote_basis IN ('printed', 'inferred')),
    target                  DOUBLE NOT NULL CHECK (target > 0),
    currency                VARCHAR NOT NULL CHECK (length(currency) = 3),
    per                     VARCHAR NOT NULL CHECK (per IN ('share', 'ads')),
    previous_target         DOUBLE CHECK (previous_target > 0),
    method                  VARCHAR CHECK (method IN ('SOTP', 'DCF', 'PE')),
    multiple                DOUBLE CHECK (multiple > 0),
    multiple_metric         VARCHAR CHECK (multiple_metric IN ('pe', 'pe_adjusted', 'ebita')),
    multiple_metric_printed VARCHAR,
    multiple_year           INTEGER,
    multiple_year_printed   VARCHAR,
    multiple_refers_to      VARCHAR CHECK (multiple_refers_to IN ('target price', 'price at publication')),
    close_then              DOUBLE CHECK (close_then > 0),
    upside_printed_pct      DOUBLE,
    rating_printed          VARCHAR,
    published_on            DATE,
    published_printed       VARCHAR,
    quality                 VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated',
        'derived', 'ruled')),
    date_basis              VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id               VARCHAR NOT NULL,
    locator                 VARCHAR,
    note                    VARCHAR,
    correction_id           VARCHAR
);
COMMENT ON TABLE target_prices IS
    'One row per (broker, ticker, quote_ticker, published_on, source_id): a broker''s price target for one line of a '
    'company.';
COMMENT ON COLUMN target_prices.broker IS 'Broker, one spelling each';
COMMENT ON COLUMN target_prices.broker_basis IS 'printed, inferred or not printed';
COMMENT ON COLUMN target_prices.broker_printed IS 'Broker as it stands in the source';
COMMENT ON COLUMN target_prices.ticker IS 'Company';
COMMENT ON COLUMN target_prices.quote_ticker IS 'Line that the target is for: 9988.HK or BABA';
COMMENT ON COLUMN target_prices.quote_basis IS 'quote_ticker: printed, or inferred from the currency';
COMMENT ON COLUMN target_prices.target IS 'Target in currency, per share or ADS';
COMMENT ON COLUMN target_prices.currency IS 'Currency of the target';
COMMENT ON COLUMN target_prices.per IS 'share or ads';
COMMENT ON COLUMN target_prices.previous_target IS 'Target it replaces, as printed; same currency';
COMMENT ON COLUMN target_prices.method IS 'SOTP, DCF, PE; NULL where not printed';
COMMENT ON COLUMN target_prices.multiple IS 'Multiple named with the target, times';
COMMENT ON COLUMN target_prices.multiple_metric IS 'What is multiplied: pe, pe_adjusted, ebita';
COMMENT ON COLUMN target_prices.multiple_metric_printed IS 'The same as printed';
COMMENT ON COLUMN target_prices.multiple_year IS 'Fiscal year of the multiple, the year in which it ends';
COMMENT ON COLUMN target_prices.multiple_year_printed IS 'The same as printed';
COMMENT ON COLUMN target_prices.multiple_refers_to IS
    'What the multiple describes: target price, or price at publication; NULL where not said';
COMMENT ON COLUMN target_prices.close_then IS 'Price named with the target; currency of the target';
COMMENT ON COLUMN target_prices.upside_printed_pct IS 'Upside as printed, %';
COMMENT ON COLUMN target_prices.rating_printed IS 'Rating printed with it, in the source''s words';
COMMENT ON COLUMN target_prices.published_on IS 'Hong Kong day; NULL where no day is known';
COMMENT ON COLUMN target_prices.published_printed IS 'What is known of the date where there is no day';
COMMENT ON COLUMN target_prices.quality IS
    'How exact the figure is: exact, rounded, over (or at least), about (or nearly, up to), truncated, derived (from '
    'printed figures), ruled';
COMMENT ON COLUMN target_prices.date_basis IS 'published_on: printed, inferred, convention (no day known)';
COMMENT ON COLUMN target_prices.source_id IS 'Source, a row of sources';
COMMENT ON COLUMN target_prices.locator IS 'Page, table or mirror where the figure was read';
COMMENT ON COLUMN target_prices.note IS 'What the figure covers, and any doubt';
COMMENT ON COLUMN target_prices.correction_id IS 'Ruling that applies, a row of corrections; filled by the loader';

CREATE TABLE ratings (
    broker            VARCHAR NOT NULL,
    broker_basis      VARCHAR NOT NULL CHECK (broker_basis IN ('printed', 'inferred', 'not printed')),
    ticker            VARCHAR NOT NULL,
    rating            VARCHAR NOT NULL,
    rating_en         VARCHAR NOT NULL,
    rating_code       VARCHAR NOT NULL CHECK (rating_code IN ('strong_buy', 'buy', 'hold', 'sell', 'not_rated')),
    action            VARCHAR CHECK (action IN ('initiated', 'upgraded', 'maintained')),
    close_then        DOUBLE CHECK (close_then > 0),
    close_currency    VARCHAR CHECK (length(close_currency) = 3),
    published_on      DATE,
    published_printed VARCHAR,
    date_basis        VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id         VARCHAR NOT NULL,
    locator           VARCHAR,
    note              VARCHAR,
    correction_id     VARCHAR
);
COMMENT ON TABLE ratings IS
    'One row per (broker, ticker, published_on, source_id): a broker''s opinion of a company on a day, in the '
    'broker''s own word and in five steps.';
COMMENT ON COLUMN ratings.broker IS 'Broker, one spelling each';
COMMENT ON COLUMN ratings.broker_basis IS 'printed, inferred or not printed';
COMMENT ON COLUMN ratings.ticker IS 'Company';
COMMENT ON COLUMN ratings.rating IS 'The broker''s word; a compiler''s word where the note says so';
COMMENT ON COLUMN ratings.rating_en IS 'The word in English';
COMMENT ON COLUMN ratings.rating_code IS
    'strong_buy, buy (buy, outperform, overweight), hold (hold, neutral), sell (sell, underperform), not_rated';
COMMENT ON COLUMN ratings.action IS 'initiated, upgraded or maintained, where printed';
COMMENT ON COLUMN ratings.close_then IS 'Price named with the rating, in close_currency';
COMMENT ON COLUMN ratings.close_currency IS 'Currency of close_then';
COMMENT ON COLUMN ratings.published_on IS 'Hong Kong day; NULL where no day is known';
COMMENT ON COLUMN ratings.published_printed IS 'What is known of the date where there is no day';
COMMENT ON COLUMN ratings.date_basis IS 'published_on: printed, inferred, convention (no day known)';
COMMENT ON COLUMN ratings.source_id IS 'Source, a row of sources';
COMMENT ON COLUMN ratings.locator IS 'Page, table or mirror where the figure was read';
COMMENT ON COLUMN ratings.note IS 'What the figure covers, and any doubt';
COMMENT ON COLUMN ratings.correction_id IS 'Ruling that applies, a row of corrections; filled by the loader';

CREATE TABLE rating_definitions (
    broker          VARCHAR NOT NULL,
    category        VARCHAR NOT NULL CHECK (category IN ('stock', 'industry')),
    rating          VARCHAR NOT NULL,
    rating_en       VARCHAR NOT NULL,
    rating_code     VARCHAR NOT NULL CHECK (rating_code IN ('strong_buy', 'buy', 'hold', 'sell', 'not_rated')),
    rule            VARCHAR NOT NULL,
    lower_bound_pct DOUBLE,
    upper_bound_pct DOUBLE CHECK (upper_bound_pct >= lower_bound_pct),
    horizon         VARCHAR,
    benchmark       VARCHAR,
    source_id       VARCHAR NOT NULL,
    locator         VARCHAR,
    note            VARCHAR,
    correction_id   VARCHAR
);
COMMENT ON TABLE rating_definitions IS 'One row per (broker, category, rating): what a broker means by its rating.';
COMMENT ON COLUMN rating_definitions.broker IS 'Broker, one spelling each';
COMMENT ON COLUMN rating_definitions.category IS 'stock or industry';
COMMENT ON COLUMN rating_definitions.rating IS 'The broker''s word';
COMMENT ON COLUMN rating_definitions.rating_en IS 'The word in English';
COMMENT ON COLUMN rating_definitions.rating_code IS 'Its step of five';
COMMENT ON COLUMN rating_definitions.rule IS 'Rule in short';
COMMENT ON COLUMN rating_definitions.lower_bound_pct IS 'Least return against the benchmark, percentage points';
COMMENT ON COLUMN rating_definitions.upper_bound_pct IS 'Greatest return against the benchmark, percentage points';
COMMENT ON COLUMN rating_definitions.horizon IS 'Horizon';
COMMENT ON COLUMN rating_definitions.benchmark IS 'Benchmark by market';
COMMENT ON COLUMN rating_definitions.source_id IS 'Source, a row of sources';
COMMENT ON COLUMN rating_definitions.locator IS 'Page, table or mirror where the figure was read';
COMMENT ON COLUMN rating_definitions.note IS 'What the figure covers, and any doubt';
COMMENT ON COLUMN rating_definitions.correction_id IS 'Ruling that applies, a row of corrections; filled by the loader';

CREATE TABLE printed.surprises (
    ticker            VARCHAR NOT NULL,
    fiscal_period     VARCHAR NOT NULL CHECK (regexp_full_match(fiscal_period, '20[0-9]{2}(Q[1-4]|H[12]|M9|FY)')),
    period_start      DATE NOT NULL,
    period_end        DATE NOT NULL CHECK (period_end >= period_start),
    metric            VARCHAR NOT NULL CHECK (regexp_full_match(metric, '[a-z0-9_]+')),
    metric_printed    VARCHAR NOT NULL,
    basis             VARCHAR CHECK (basis IN ('reported', 'adjusted')),
    actual            DOUBLE NOT NULL,
    expected          DOUBLE,
    expected_quality  VARCHAR CHECK (expected_quality IN ('printed', 'derived')),
    surprise_pct      DOUBLE,
    surprise_pp       DOUBLE,
    actual_growth_pct DOUBLE,
    verdict           VARCHAR,
    unit              VARCHAR NOT NULL CHECK (unit IN ('million', '%')),
    currency          VARCHAR CHECK (length(currency) = 3),
    announced_on      DATE NOT NULL,
    published_on      DATE NOT NULL CHECK (published_on >= announced_on),
    broker            VARCHAR NOT NULL,
    expected_basis    VARCHAR NOT NULL CHECK (expected_basis IN ('printed_after_by_broker', 'consensus_quoted_after')),
    quality           VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated', 'derived',
        'ruled')),
    date_basis        VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id         VARCHAR NOT NULL,
    locator           VARCHAR,
    note              VARCHAR,
    correction_id     VARCHAR
);
COMMENT ON TABLE printed.surprises IS
    'One row per (ticker, fiscal_period, metric, basis, broker): an actual figure against what was expected, as a '
    'broker prints it. An expectation that follows from a printed surprise is derived and never set against another '
    'actual.';
COMMENT ON COLUMN printed.surprises.ticker IS 'Company';
COMMENT ON COLUMN printed.surprises.fiscal_period IS 'Fiscal label';
COMMENT ON COLUMN printed.surprises.period_start IS 'First day of the period';
COMMENT ON COLUMN printed.surprises.period_end IS 'Last day of the period';
COMMENT ON COLUMN printed.surprises.metric IS
    'revenue, net_income, <line>_revenue, <kind>_expense; with _growth for a growth rate';
COMMENT ON COLUMN printed.surprises.metric_printed IS 'Metric as it stands in the source';
COMMENT ON COLUMN printed.surprises.basis IS 'reported or adjusted for a profit, else NULL';
COMMENT ON COLUMN printed.surprises.actual IS 'Actual as this broker prints it, in unit';
COMMENT ON COLUMN printed.surprises.expected IS 'Expected figure, in unit; NULL where not printed and not implied';
COMMENT ON COLUMN printed.surprises.expected_quality IS 'printed, or derived from the printed surprise';
COMMENT ON COLUMN printed.surprises.surprise_pct IS 'Surprise as printed, % of the expected figure; NULL for a rate';
COMMENT ON COLUMN printed.surprises.surprise_pp IS 'Difference of a rate or growth, percentage points';
COMMENT ON COLUMN printed.surprises.actual_growth_pct IS 'Growth of the actual on the year before as printed, %';
COMMENT ON COLUMN printed.surprises.verdict IS 'beat or better than expected, as printed';
COMMENT ON COLUMN printed.surprises.unit IS 'million (of currency) or %';
COMMENT ON COLUMN printed.surprises.currency IS 'Currency; NULL for a rate';
COMMENT ON COLUMN printed.surprises.announced_on IS 'Day on which the company announced the actual';
COMMENT ON COLUMN printed.surprises.published_on IS 'Hong Kong day of the report that prints the comparison';
COMMENT ON COLUMN printed.surprises.broker IS 'Who prints the comparison; "not printed" where the copy seen names none';
COMMENT ON COLUMN printed.surprises.expected_basis IS
    'printed_after_by_broker (the surprise or verdict is printed after the results), consensus_quoted_after (a named '
    'consensus quoted after the results)';
COMMENT ON COLUMN printed.surprises.quality IS
    'How exact the figure is: exact, rounded, over (or at least), about (or nearly, up to), truncated, derived (from '
    'printed figures), ruled';
COMMENT ON COLUMN printed.surprises.date_basis IS 'announced_on: printed, inferred, convention';
COMMENT ON COLUMN printed.surprises.source_id IS 'Source, a row of sources';
COMMENT ON COLUMN printed.surprises.locator IS 'Page, table or mirror where the figure was read';
COMMENT ON COLUMN printed.surprises.note IS 'What the figure covers, and any doubt';
COMMENT ON COLUMN printed.surprises.correction_id IS 'Ruling that applies, a row of corrections; filled by the loader';

CREATE TABLE printed.coverage (
    broker               VARCHAR NOT NULL,
    ticker               VARCHAR NOT NULL,
    ticker_printed       VARCHAR NOT NULL,
    table_row            INTEGER NOT NULL CHECK (table_row > 0),
    name_en              VARCHAR NOT NULL,
    name_zh              VARCHAR NOT NULL,
    published_on         DATE NOT NULL,
    rating               VARCHAR NOT NULL,
    rating_en            VARCHAR NOT NULL,
    rating_code          VARCHAR NOT NULL CHECK (rating_code IN ('strong_buy', 'buy', 'hold', 'sell', 'not_rated')),
    close                DOUBLE NOT NULL CHECK (close > 0),
    close_currency       VARCHAR NOT NULL CHECK (length(close_currency) = 3),
    close_currency_basis VARCHAR NOT NULL CHECK (close_currency_basis IN ('printed', 'inferred')),
    market_cap_mn        DOUBLE CHECK (market_cap_mn > 0),
    market_cap_currency  VARCHAR CHECK (length(market_cap_currency) = 3),
    fy1                  INTEGER NOT NULL,
    fy2                  INTEGER NOT NULL CHECK (fy2 = fy1 + 1),
    fy1_end              DATE,
    fy2_end              DATE CHECK (fy2_end > fy1_end),
    eps_fy1              DOUBLE,
    eps_fy2              DOUBLE,
    eps_currency         VARCHAR NOT NULL CHECK (length(eps_currency) = 3),
    eps_currency_basis   VARCHAR NOT NULL CHECK (eps_currency_basis IN ('printed', 'inferred')),
    eps_per              VARCHAR NOT NULL CHECK (eps_per IN ('share', 'ads')),
    eps_basis            VARCHAR CHECK (eps_basis IN ('reported', 'adjusted')),
    eps_basis_basis      VARCHAR CHECK (eps_basis_basis IN ('printed', 'inferred')),
    pe_fy1               DOUBLE,
    pe_fy2               DOUBLE,
    reproduces_fy1       BOOLEAN,
    reproduces_fy2       BOOLEAN,
    fx_test              VARCHAR,
    quality              VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated',
        'derived', 'ruled')),
    date_basis           VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id            VARCHAR NOT NULL,
    locator              VARCHAR,
    note                 VARCHAR,
    correction_id        VARCHAR
);
COMMENT ON TABLE printed.coverage IS
    'One row per (broker, ticker, published_on): a row of a broker''s coverage table as printed, with the inputs of '
    'its multiples.';
COMMENT ON COLUMN printed.coverage.broker IS 'Broker, one spelling each';
COMMENT ON COLUMN printed.coverage.ticker IS 'Company';
COMMENT ON COLUMN printed.coverage.ticker_printed IS 'Ticker as printed';
COMMENT ON COLUMN printed.coverage.table_row IS 'Its row of the table as printed, from 1';
COMMENT ON COLUMN printed.coverage.name_en IS 'Name in English';
COMMENT ON COLUMN printed.coverage.name_zh IS 'Name as printed, Chinese';
COMMENT ON COLUMN printed.coverage.published_on IS 'Day of the table';
COMMENT ON COLUMN printed.coverage.rating IS 'The broker''s word';
COMMENT ON COLUMN printed.coverage.rating_en IS 'The word in English';
COMMENT ON COLUMN printed.coverage.rating_code IS 'Its step of five';
COMMENT ON COLUMN printed.coverage.close IS 'Close in the table, close_currency';
COMMENT ON COLUMN printed.coverage.close_currency IS 'Currency of close';
COMMENT ON COLUMN printed.coverage.close_currency_basis IS 'close_currency: printed or inferred';
COMMENT ON COLUMN printed.coverage.market_cap_mn IS 'Market capitalisation, millions of market_cap_currency';
COMMENT ON COLUMN printed.coverage.market_cap_currency IS 'Currency of market_cap_mn';
COMMENT ON COLUMN printed.coverage.fy1 IS 'First forecast year as printed';
COMMENT ON COLUMN printed.coverage.fy2 IS 'Second forecast year as printed';
COMMENT ON COLUMN printed.coverage.fy1_end IS 'Last day of fy1; NULL where the label is ambiguous';
COMMENT ON COLUMN printed.coverage.fy2_end IS 'Last day of fy2; NULL where the label is ambiguous';
COMMENT ON COLUMN printed.coverage.eps_fy1 IS 'EPS of fy1, eps_currency';
COMMENT ON COLUMN printed.coverage.eps_fy2 IS 'EPS of fy2, eps_currency';
COMMENT ON COLUMN printed.coverage.eps_currency IS 'Currency of EPS';
COMMENT ON COLUMN printed.coverage.eps_currency_basis IS
    'eps_currency: printed, or inferred because it reproduces the printed PE';
COMMENT ON COLUMN printed.coverage.eps_per IS 'share or ads';
COMMENT ON COLUMN printed.coverage.eps_basis IS 'reported or adjusted';
COMMENT ON COLUMN printed.coverage.eps_basis_basis IS 'eps_basis: printed or inferred';
COMMENT ON COLUMN printed.coverage.pe_fy1 IS 'PE of fy1 as printed, times';
COMMENT ON COLUMN printed.coverage.pe_fy2 IS 'PE of fy2 as printed, times';
COMMENT ON COLUMN printed.coverage.reproduces_fy1 IS 'True where close / (EPS x FX) rounds to the printed PE of fy1';
COMMENT ON COLUMN printed.coverage.reproduces_fy2 IS 'The same for fy2';
COMMENT ON COLUMN printed.coverage.fx_test IS 'Rate of that test';
COMMENT ON COLUMN printed.coverage.quality IS
    'How exact the figure is: exact, rounded, over (or at least), about (or nearly, up to), truncated, derived (from '
    'printed figures), ruled';
COMMENT ON COLUMN printed.coverage.date_basis IS 'published_on: printed, inferred, convention';
COMMENT ON COLUMN printed.coverage.source_id IS 'Source, a row of sources';
COMMENT ON COLUMN printed.coverage.locator IS 'Page, table or mirror where the figure was read';
COMMENT ON COLUMN printed.coverage.note IS 'What the figure covers, and any doubt';
COMMENT ON COLUMN printed.coverage.correction_id IS 'Ruling that applies, a row of corrections; filled by the loader';

-- Market -----------------------------------------------------------------------------------------------------

CREATE TABLE index_valuation (
    index_ticker      VARCHAR,
    ticker            VARCHAR,
    entity            VARCHAR,
    date              DATE NOT NULL,
    metric            VARCHAR NOT NULL CHECK (metric IN ('pe_ttm', 'pb', 'dividend_yield', 'pe_year')),
    metric_printed    VARCHAR NOT NULL,
    metric_year       VARCHAR,
    basis             VARCHAR CHECK (basis IN ('reported', 'adjusted')),
    value             DOUBLE,
    value_low         DOUBLE,
    value_high        DOUBLE CHECK (value_high > value_low),
    unit              VARCHAR NOT NULL CHECK (unit IN ('x', '%')),
    percentile        DOUBLE CHECK (percentile BETWEEN 0 AND 100),
    percentile_window VARCHAR,
    refers_to         VARCHAR CHECK (refers_to IN ('price at publication', 'target price')),
    method            VARCHAR NOT NULL CHECK (method IN ('quoted')),
    published_on      DATE,
    quality           VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated', 'derived',
        'ruled')),
    date_basis        VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id         VARCHAR NOT NULL,
    locator           VARCHAR,
    note              VARCHAR,
    correction_id     VARCHAR
);
COMMENT ON TABLE index_valuation IS
    'One row per (index_ticker, ticker, entity, date, metric, metric_year, source_id): a multiple or yield as a '
    'source prints it, of an index (index_ticker), a company (ticker) or a group (entity): one of the three is '
    'filled. Quoted, never spliced with ours.';
COMMENT ON COLUMN index_valuation.index_ticker IS 'Index';
COMMENT ON COLUMN index_valuation.ticker IS 'Company, for a multiple in a broker''s text';
COMMENT ON COLUMN index_valuation.entity IS 'Group without a ticker';
COMMENT ON COLUMN index_valuation.date IS 'Day that the multiple refers to';
COMMENT ON COLUMN index_valuation.metric IS
    'pe_ttm, pb, dividend_yield (indices); pe_year (a fiscal year''s PE, see metric_year)';
COMMENT ON COLUMN index_valuation.metric_printed IS 'Metric as printed';
COMMENT ON COLUMN index_valuation.metric_year IS
    'Fiscal label of a year''s PE: 2026FY, the year in which the fiscal year ends';
COMMENT ON COLUMN index_valuation.basis IS 'reported or adjusted, where printed';
COMMENT ON COLUMN index_valuation.value IS 'Value in unit; NULL where a range is printed';
COMMENT ON COLUMN index_valuation.value_low IS 'Lower end of a printed range';
COMMENT ON COLUMN index_valuation.value_high IS 'Upper end of a printed range';
COMMENT ON COLUMN index_valuation.unit IS 'x or %';
COMMENT ON COLUMN index_valuation.percentile IS 'Percentile as printed, 0 is cheapest';
COMMENT ON COLUMN index_valuation.percentile_window IS 'Window of that percentile, as printed';
COMMENT ON COLUMN index_valuation.refers_to IS 'price at publication or target price, where the source says';
COMMENT ON COLUMN index_valuation.method IS 'quoted: taken from the source, not computed here';
COMMENT ON COLUMN index_valuation.published_on IS 'Hong Kong day of the document; NULL for a data series';
COMMENT ON COLUMN index_valuation.quality IS
    'How exact the figure is: exact, rounded, over (or at least), about (or nearly, up to), truncated, derived (from '
    'printed figures), ruled';
COMMENT ON COLUMN index_valuation.date_basis IS 'date: printed, inferred (day of the document), convention';
COMMENT ON COLUMN index_valuation.source_id IS 'Source, a row of sources';
COMMENT ON COLUMN index_valuation.locator IS 'Page, table or mirror where the figure was read';
COMMENT ON COLUMN index_valuation.note IS 'What the figure covers, and any doubt';
COMMENT ON COLUMN index_valuation.correction_id IS 'Ruling that applies, a row of corrections; filled by the loader';

CREATE TABLE market_moves (
    period_start         DATE NOT NULL,
    period_end           DATE NOT NULL CHECK (period_end >= period_start),
    period_printed       VARCHAR NOT NULL,
    entity_type          VARCHAR NOT NULL CHECK (entity_type IN ('index', 'stock')),
    ticker               VARCHAR,
    entity               VARCHAR,
    name_zh              VARCHAR,
    market               VARCHAR NOT NULL CHECK (market IN ('HK', 'US')),
    return_pct           DOUBLE NOT NULL,
    benchmark            VARCHAR,
    benchmark_return_pct DOUBLE,
    excess_pp            DOUBLE,
    printed_excess_pp    DOUBLE,
    computed_excess_pp   DOUBLE,
    check_result         VARCHAR,
    rank_in_group        INTEGER,
    published_on         DATE,
    quality              VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated',
        'derived', 'ruled')),
    date_basis           VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id            VARCHAR NOT NULL,
    locator              VARCHAR,
    note                 VARCHAR,
    correction_id        VARCHAR
);
COMMENT ON TABLE market_moves IS
    'One row per (ticker, entity, period_start, period_end, source_id): a price move as a report prints it, of a '
    'line of the universe (ticker) or of another (entity).';
COMMENT ON COLUMN market_moves.period_start IS 'First day of the period';
COMMENT ON COLUMN market_moves.period_end IS 'Last day of the period';
COMMENT ON COLUMN market_moves.period_printed IS 'Period as printed';
COMMENT ON COLUMN market_moves.entity_type IS 'index or stock';
COMMENT ON COLUMN market_moves.ticker IS 'Line of the universe; NULL for another';
COMMENT ON COLUMN market_moves.entity IS 'Name of what is not in the universe';
COMMENT ON COLUMN market_moves.name_zh IS 'Chinese name as printed';
COMMENT ON COLUMN market_moves.market IS 'HK or US';
COMMENT ON COLUMN market_moves.return_pct IS 'Price move over the period, %';
COMMENT ON COLUMN market_moves.benchmark IS 'Benchmark as printed';
COMMENT ON COLUMN market_moves.benchmark_return_pct IS 'Move of the benchmark as printed, %';
COMMENT ON COLUMN market_moves.excess_pp IS 'Excess over the benchmark, percentage points: as printed, or as ruled';
COMMENT ON COLUMN market_moves.printed_excess_pp IS 'Excess as printed, whatever was ruled; percentage points';
COMMENT ON COLUMN market_moves.computed_excess_pp IS 'return_pct less benchmark_return_pct; percentage points';
COMMENT ON COLUMN market_moves.check_result IS 'What that difference says of the printed excess';
COMMENT ON COLUMN market_moves.rank_in_group IS 'Rank in the source''s list';
COMMENT ON COLUMN market_moves.published_on IS 'Hong Kong day of the report; NULL where not known';
COMMENT ON COLUMN market_moves.quality IS
    'How exact the figure is: exact, rounded, over (or at least), about (or nearly, up to), truncated, derived (from '
    'printed figures), ruled';
COMMENT ON COLUMN market_moves.date_basis IS 'period: printed, inferred, convention';
COMMENT ON COLUMN market_moves.source_id IS 'Source, a row of sources';
COMMENT ON COLUMN market_moves.locator IS 'Page, table or mirror where the figure was read';
COMMENT ON COLUMN market_moves.note IS 'What the figure covers, and any doubt';
COMMENT ON COLUMN market_moves.correction_id IS 'Ruling that applies, a row of corrections; filled by the loader';

-- Documents and alternative data -----------------------------------------------------------------------------

CREATE TABLE documents (
    document_id          VARCHAR NOT NULL,
    title                VARCHAR NOT NULL,
    publisher            VARCHAR,
    publisher_printed    VARCHAR,
    published_at         TIMESTAMPTZ,
    published_on         DATE,
    published_at_printed VARCHAR,
    zone_basis           VARCHAR CHECK (zone_basis IN ('printed', 'inferred')),
    zone_note            VARCHAR,
    date_basis           VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    language             VARCHAR NOT NULL CHECK (language IN ('zh', 'en')),
    language_body        VARCHAR CHECK (language_body IN ('zh', 'en')),
    kind                 VARCHAR NOT NULL CHECK (kind IN ('filing', 'results', 'broker report', 'news')),
    doc_type             VARCHAR NOT NULL,
    summary              VARCHAR,
    url                  VARCHAR CHECK (url LIKE 'http%'),
    supersedes           VARCHAR,
    duplicate_of         VARCHAR,
    duplicate_kind       VARCHAR,
    listed_in            VARCHAR,
    printed_order        INTEGER,
    source_id            VARCHAR NOT NULL,
    locator              VARCHAR,
    note                 VARCHAR
);
COMMENT ON TABLE documents IS
    'One row per (document_id): a research document, filing or story. The summary is our own.';
COMMENT ON COLUMN documents.document_id IS 'Name of the document';
COMMENT ON COLUMN documents.title IS 'Title as printed';
COMMENT ON COLUMN documents.publisher IS 'Publisher, one spelling each; NULL where not printed';
COMMENT ON COLUMN documents.publisher_printed IS 'Publisher as printed';
COMMENT ON COLUMN documents.published_at IS 'Time of publication; NULL where no time is printed';
COMMENT ON COLUMN documents.published_on IS 'Hong Kong day of publication; NULL where not known';
COMMENT ON COLUMN documents.published_at_printed IS 'Time as printed, without a zone';
COMMENT ON COLUMN documents.zone_basis IS 'Zone of published_at: printed, or inferred (the feeds print UTC)';
COMMENT ON COLUMN documents.zone_note IS 'How sure the zone is';
COMMENT ON COLUMN documents.date_basis IS
    'published_on: printed, inferred (from the data inside), convention (not seen)';
COMMENT ON COLUMN documents.language IS 'Language of the title: zh, en';
COMMENT ON COLUMN documents.language_body IS 'Language of the copy read';
COMMENT ON COLUMN documents.kind IS 'filing, results, broker report, news';
COMMENT ON COLUMN documents.doc_type IS 'Finer kind: results comment, news digest, technical article ...';
COMMENT ON COLUMN documents.summary IS 'Summary in our own words; NULL where only the title is known';
COMMENT ON COLUMN documents.url IS 'Link, where public';
COMMENT ON COLUMN documents.supersedes IS 'Document that this one replaces';
COMMENT ON COLUMN documents.duplicate_of IS 'Document that tells the same story and is shown instead';
COMMENT ON COLUMN documents.duplicate_kind IS 'How the two are related';
COMMENT ON COLUMN documents.listed_in IS 'Document in whose list of related reports this one stands';
COMMENT ON COLUMN documents.printed_order IS 'Place in the file it came in';
COMMENT ON COLUMN documents.source_id IS 'Source, a row of sources';
COMMENT ON COLUMN documents.locator IS 'Page, table or mirror where the figure was read';
COMMENT ON COLUMN documents.note IS 'What the figure covers, and any doubt';

CREATE TABLE document_tags (
    document_id VARCHAR NOT NULL,
    tag_kind    VARCHAR NOT NULL CHECK (tag_kind IN ('ticker', 'topic', 'entity')),
    tag         VARCHAR NOT NULL
);
COMMENT ON TABLE document_tags IS 'One row per (document_id, tag_kind, tag): a company or topic of a document.';
COMMENT ON COLUMN document_tags.document_id IS 'Document';
COMMENT ON COLUMN document_tags.tag_kind IS 'ticker (of the universe), topic, entity (a code outside the universe)';
COMMENT ON COLUMN document_tags.tag IS 'Canonical ticker, topic in lower case, or the outsider''s code as printed';

CREATE TABLE topics (
    topic   VARCHAR NOT NULL,
    name_en VARCHAR NOT NULL,
    name_zh VARCHAR NOT NULL,
    section VARCHAR NOT NULL CHECK (section IN ('payments', 'games', 'apps', 'ai', 'commerce', 'advertising',
        'regulation', 'media', 'devices', 'market', 'corporate', 'outside'))
);
COMMENT ON TABLE topics IS
    'One row per (topic): a topic of documents, events and sector figures, with its names and the part of the sector '
    'it belongs to.';
COMMENT ON COLUMN topics.topic IS 'Topic, lower case, as tags write it';
COMMENT ON COLUMN topics.name_en IS 'Name in English';
COMMENT ON COLUMN topics.name_zh IS 'Name in Chinese';
COMMENT ON COLUMN topics.section IS
    'Part of the sector: payments, games, apps, ai ...; outside: companies that are not ours';

CREATE TABLE events (
    event_id           VARCHAR NOT NULL,
    event_date         DATE NOT NULL,
    event_date_printed VARCHAR NOT NULL,
    date_precision     VARCHAR NOT NULL CHECK (date_precision IN ('day', 'month', 'year')),
    ticker             VARCHAR,
    entity             VARCHAR NOT NULL,
    tickers_printed    VARCHAR,
    event_type         VARCHAR NOT NULL,
    topic              VARCHAR NOT NULL,
    topics             VARCHAR NOT NULL,
    title              VARCHAR NOT NULL,
    figures            VARCHAR,
    published_on       DATE,
    date_basis         VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id          VARCHAR NOT NULL,
    locator            VARCHAR,
    note               VARCHAR
);
COMMENT ON TABLE events IS
    'One row per (event_id, ticker): an event that a document reports, one row for each company of the universe in '
    'it, or one row without ticker.';
COMMENT ON COLUMN events.event_id IS 'Name of the event; the rows of one event share it';
COMMENT ON COLUMN events.event_date IS 'Day of the event; last day of the month or year where only that is printed';
COMMENT ON COLUMN events.event_date_printed IS 'Date as printed';
COMMENT ON COLUMN events.date_precision IS 'day, month or year';
COMMENT ON COLUMN events.ticker IS 'Company of the universe; NULL where none';
COMMENT ON COLUMN events.entity IS 'Who it is about, in words';
COMMENT ON COLUMN events.tickers_printed IS 'All codes with the event, outsiders too; joined by ;';
COMMENT ON COLUMN events.event_type IS 'product, regulation, results ...';
COMMENT ON COLUMN events.topic IS 'First topic, lower case';
COMMENT ON COLUMN events.topics IS 'All topics, lower case, joined by ;';
COMMENT ON COLUMN events.title IS 'What happened, in our own words';
COMMENT ON COLUMN events.figures IS 'Figures as printed';
COMMENT ON COLUMN events.published_on IS 'Hong Kong day of the document: known from then; NULL where not known';
COMMENT ON COLUMN events.date_basis IS
    'event_date: printed, inferred (from outside the document), convention (last day of a month or year)';
COMMENT ON COLUMN events.source_id IS 'Source, a row of sources';
COMMENT ON COLUMN events.locator IS 'Page, table or mirror where the figure was read';
COMMENT ON COLUMN events.note IS 'What the figure covers, and any doubt';

CREATE TABLE site_traffic (
    vendor         VARCHAR NOT NULL,
    site           VARCHAR NOT NULL,
    site_printed   VARCHAR NOT NULL,
    week_start     DATE NOT NULL,
    week_end       DATE NOT NULL CHECK (week_end - week_start = 6),
    visits_mn      DOUBLE NOT NULL CHECK (visits_mn >= 0),
    wow_pct        DOUBLE CHECK (wow_pct >= -100),
    average_stay_s INTEGER CHECK (average_stay_s >= 0),
    category_en    VARCHAR,
    category_zh    VARCHAR,
    printed_order  INTEGER NOT NULL CHECK (printed_order > 0),
    rank_by_visits INTEGER NOT NULL CHECK (rank_by_visits > 0),
    published_on   DATE,
    quality        VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated', 'derived',
        'ruled')),
    date_basis     VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id      VARCHAR NOT NULL,
    locator        VARCHAR,
    note           VARCHAR,
    correction_id  VARCHAR
);
COMMENT ON TABLE site_traffic IS
    'One row per (vendor, site, week_start): visits to a site in a week, as one vendor counts them.';
COMMENT ON COLUMN site_traffic.vendor IS 'Who counts';
COMMENT ON COLUMN site_traffic.site IS 'Site or app';
COMMENT ON COLUMN site_traffic.site_printed IS 'Name as printed';
COMMENT ON COLUMN site_traffic.week_start IS 'First day of the week';
COMMENT ON COLUMN site_traffic.week_end IS 'Last day of the week';
COMMENT ON COLUMN site_traffic.visits_mn IS 'Visits, millions';
COMMENT ON COLUMN site_traffic.wow_pct IS 'Change on the week before as printed, %';
COMMENT ON COLUMN site_traffic.average_stay_s IS 'Average stay, seconds';
COMMENT ON COLUMN site_traffic.category_en IS 'Category in English; NULL where the vendor gives none';
COMMENT ON COLUMN site_traffic.category_zh IS 'Category as printed; NULL where the vendor gives none';
COMMENT ON COLUMN site_traffic.printed_order IS 'Place in the printed table';
COMMENT ON COLUMN site_traffic.rank_by_visits IS 'Rank by visits in the table';
COMMENT ON COLUMN site_traffic.published_on IS 'Day of the report';
COMMENT ON COLUMN site_traffic.quality IS
    'How exact the figure is: exact, rounded, over (or at least), about (or nearly, up to), truncated, derived (from '
    'printed figures), ruled';
COMMENT ON COLUMN site_traffic.date_basis IS 'week: printed, inferred, convention';
COMMENT ON COLUMN site_traffic.source_id IS 'Source, a row of sources';
COMMENT ON COLUMN site_traffic.locator IS 'Page, table or mirror where the figure was read';
COMMENT ON COLUMN site_traffic.note IS 'What the figure covers, and any doubt';
COMMENT ON COLUMN site_traffic.correction_id IS 'Ruling that applies, a row of corrections; filled by the loader';

CREATE TABLE sector_stats (
    topic          VARCHAR NOT NULL,
    stat           VARCHAR NOT NULL,
    entity         VARCHAR NOT NULL,
    ticker         VARCHAR,
    period_printed VARCHAR,
    period_start   DATE,
    period_end     DATE CHECK (period_end >= period_start),
    is_forecast    BOOLEAN NOT NULL,
    value          DOUBLE,
    value_high     DOUBLE CHECK (value_high > value),
    unit           VARCHAR,
    currency       VARCHAR CHECK (length(currency) = 3),
    yoy_pct        DOUBLE,
    mom_pct        DOUBLE,
    published_on   DATE,
    quality        VARCHAR NOT NULL CHECK (quality IN ('exact', 'rounded', 'over', 'about', 'truncated', 'derived',
        'ruled')),
    date_basis     VARCHAR NOT NULL CHECK (date_basis IN ('printed', 'inferred', 'convention')),
    source_id      VARCHAR NOT NULL,
    locator        VARCHAR,
    note           VARCHAR,
    correction_id  VARCHAR
);
COMMENT ON TABLE sector_stats IS
    'One row per (topic, stat, entity, period_printed, source_id): a figure about a sector, a market, a product or '
    'somebody outside the universe, as a report prints it.';
COMMENT ON COLUMN sector_stats.topic IS 'Topic, lower case';
COMMENT ON COLUMN sector_stats.stat IS 'What is counted';
COMMENT ON COLUMN sector_stats.entity IS 'Whom or what it is about, or who counts';
COMMENT ON COLUMN sector_stats.ticker IS 'Company of the universe that it concerns; NULL where none';
COMMENT ON COLUMN sector_stats.period_printed IS 'Period as printed; NULL where not printed';
COMMENT ON COLUMN sector_stats.period_start IS 'First day; NULL where the period has no dates';
COMMENT ON COLUMN sector_stats.period_end IS 'Last day; NULL where the period has no dates';
COMMENT ON COLUMN sector_stats.is_forecast IS 'True for a forecast or target';
COMMENT ON COLUMN sector_stats.value IS
    'Value in unit; lower end where value_high is given; NULL where only a growth is printed';
COMMENT ON COLUMN sector_stats.value_high IS 'Upper end where a range is printed';
COMMENT ON COLUMN sector_stats.unit IS
    'Unit: million (of currency), million users, %, count ...; NULL where only a growth is printed';
COMMENT ON COLUMN sector_stats.currency IS 'Currency of an amount';
COMMENT ON COLUMN sector_stats.yoy_pct IS 'Growth on the year before as printed, %';
COMMENT ON COLUMN sector_stats.mom_pct IS 'Growth on the month before as printed, %';
COMMENT ON COLUMN sector_stats.published_on IS 'Hong Kong day of the document; NULL where not known';
COMMENT ON COLUMN sector_stats.quality IS
    'How exact the figure is: exact, rounded, over (or at least), about (or nearly, up to), truncated, derived (from '
    'printed figures), ruled';
COMMENT ON COLUMN sector_stats.date_basis IS 'published_on: printed, inferred, convention (not known)';
COMMENT ON COLUMN sector_stats.source_id IS 'Source, a row of sources';
COMMENT ON COLUMN sector_stats.locator IS 'Page, table or mirror where the figure was read';
COMMENT ON COLUMN sector_stats.note IS 'What the figure covers, and any doubt';
COMMENT ON COLUMN sector_stats.correction_id IS 'Ruling that applies, a row of corrections; filled by the loader';

-- Rulings ---------------------------------------------------------------------------------------------------

CREATE TABLE corrections (
    correction_id VARCHAR NOT NULL,
    subject_table VARCHAR NOT NULL,
    subject_key   VARCHAR NOT NULL,
    column_name   VARCHAR NOT NULL,
    printed_value VARCHAR,
    ruled_value   VARCHAR,
    test          VARCHAR NOT NULL,
    reason        VARCHAR NOT NULL,
    source_id     VARCHAR NOT NULL
);
COMMENT ON TABLE corrections IS
    'One row per (correction_id): a printed figure that cannot be right, what we use instead, and why. The build '
    'fails when the printed value is no longer the one expected.';
COMMENT ON COLUMN corrections.correction_id IS 'Name of the ruling';
COMMENT ON COLUMN corrections.subject_table IS 'File of data/curated that holds the row';
COMMENT ON COLUMN corrections.subject_key IS 'Key of the row: its values in the order of the table''s key, joined by |';
COMMENT ON COLUMN corrections.column_name IS 'Column ruled on';
COMMENT ON COLUMN corrections.printed_value IS 'Value as printed and as it stands in the file';
COMMENT ON COLUMN corrections.ruled_value IS 'Value used; NULL: withdrawn, shown as missing';
COMMENT ON COLUMN corrections.test IS 'Test that the printed value fails';
COMMENT ON COLUMN corrections.reason IS 'Why the ruled value is right';
COMMENT ON COLUMN corrections.source_id IS 'Source of the ruled value';

CREATE TABLE alternatives (
    subject_table VARCHAR NOT NULL,
    subject_key   VARCHAR NOT NULL,
    ticker        VARCHAR,
    column_name   VARCHAR NOT NULL,
    kept_value    VARCHAR,
    other_value   VARCHAR NOT NULL,
    source_id     VARCHAR NOT NULL,
    note          VARCHAR
);
COMMENT ON TABLE alternatives IS
    'One row per (subject_table, subject_key, column_name, other_value, source_id): another source''s figure for a '
    'fact that the tables tell once, where it differs beyond rounding. Each is a finding.';
COMMENT ON COLUMN alternatives.subject_table IS 'File of data/curated that holds the figure kept';
COMMENT ON COLUMN alternatives.subject_key IS 'Key of the row kept, values joined by |';
COMMENT ON COLUMN alternatives.ticker IS 'Company';
COMMENT ON COLUMN alternatives.column_name IS 'What both tell';
COMMENT ON COLUMN alternatives.kept_value IS 'Value kept';
COMMENT ON COLUMN alternatives.other_value IS 'The other source''s value';
COMMENT ON COLUMN alternatives.source_id IS 'The other source';
COMMENT ON COLUMN alternatives.note IS 'Why the kept one is preferred, or what is unresolved';

-- The build itself ------------------------------------------------------------------------------------------

CREATE TABLE findings (
    code          VARCHAR NOT NULL,
    severity      VARCHAR NOT NULL CHECK (severity IN ('stop', 'warn', 'note')),
    subject_table VARCHAR NOT NULL,
    ticker        VARCHAR,
    ref           VARCHAR,
    message       VARCHAR NOT NULL,
    found_at      TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE findings IS
    'One row per (code, subject_table, ticker, ref, message): what the audit found in this snapshot, and the price '
    'rules in what landed.';
COMMENT ON COLUMN findings.code IS 'Rule; P01 to P18 are rows of price_rules, V02 speaks of vendor_corrections';
COMMENT ON COLUMN findings.severity IS 'stop (the build is refused), warn, note';
COMMENT ON COLUMN findings.subject_table IS 'Table it speaks of';
COMMENT ON COLUMN findings.ticker IS 'Company, where it speaks of one';
COMMENT ON COLUMN findings.ref IS 'Row or period';
COMMENT ON COLUMN findings.message IS 'What was found, with the figures';
COMMENT ON COLUMN findings.found_at IS 'When the audit ran';

CREATE TABLE dictionary (
    object      VARCHAR NOT NULL,
    column_name VARCHAR NOT NULL,
    type        VARCHAR NOT NULL,
    unit        VARCHAR,
    meaning     VARCHAR NOT NULL
);
COMMENT ON TABLE dictionary IS
    'One row per (object, column_name): the comments of all tables, views and macros as one table; the row with an '
    'empty column_name speaks of the object.';
COMMENT ON COLUMN dictionary.object IS 'Table, view or macro';
COMMENT ON COLUMN dictionary.column_name IS 'Column; empty for the object itself';
COMMENT ON COLUMN dictionary.type IS 'SQL type, or table, view, macro';
COMMENT ON COLUMN dictionary.unit IS
    'Unit that the column''s name states (mn million, pct per cent, pp percentage points, x times); NULL where the '
    'meaning says it';
COMMENT ON COLUMN dictionary.meaning IS 'What it means, with its unit';

CREATE TABLE input_files (
    file       VARCHAR NOT NULL,
    table_name VARCHAR NOT NULL,
    row_count  BIGINT NOT NULL
);
COMMENT ON TABLE input_files IS
    'One row per (file): the files that this build read, and how many rows. The next build compares its own with '
    'them.';
COMMENT ON COLUMN input_files.file IS 'Name in data/curated, or prices/ and its name there';
COMMENT ON COLUMN input_files.table_name IS 'Table that it fills';
COMMENT ON COLUMN input_files.row_count IS 'Rows in the file, without its header';

CREATE TABLE snapshot (
    snapshot_id    VARCHAR NOT NULL,
    built_at       TIMESTAMPTZ NOT NULL,
    data_as_of     DATE,
    app_version    VARCHAR NOT NULL,
    schema_version INTEGER NOT NULL,
    inputs_sha256  VARCHAR NOT NULL,
    data_folder    VARCHAR NOT NULL
);
COMMENT ON TABLE snapshot IS 'One row per (snapshot_id): this file.';
COMMENT ON COLUMN snapshot.snapshot_id IS 'Name of the snapshot, also in its file name and in pictures';
COMMENT ON COLUMN snapshot.built_at IS 'When it was built';
COMMENT ON COLUMN snapshot.data_as_of IS 'Latest Hong Kong session with a price of a covered company';
COMMENT ON COLUMN snapshot.app_version IS 'Version of the code that built it';
COMMENT ON COLUMN snapshot.schema_version IS 'Version of the tables and views';
COMMENT ON COLUMN snapshot.inputs_sha256 IS 'Hash of every input file and of the SQL';
COMMENT ON COLUMN snapshot.data_folder IS 'Fingerprint of the machine and the data folder that built it';
