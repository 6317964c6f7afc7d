"""The audit before publishing: what is wrong, doubtful or worth knowing in a built snapshot, as
rows of findings.

A finding of severity stop refuses the build. Each check is one question that answers ticker, ref,
message; it may ask for today's date in Hong Kong by getvariable('today').
"""

from dataclasses import dataclass
from datetime import datetime

import duckdb

from warehouse import snapshot


@dataclass(frozen=True)
class Check:
    code: str
    severity: str
    table: str
    question: str


CHECKS = (
    # stop: the snapshot contradicts itself
    Check(
        "A01",
        "stop",
        "valuation",
        """
            SELECT ticker, CAST(date AS VARCHAR),
                count(*) || ' rows of ' || metric || ' ' || basis || ' on one session'
            FROM valuation
            GROUP BY ticker, date, metric, basis, frequency
            HAVING count(*) > 1
            """,
    ),
    Check(
        "A02",
        "stop",
        "valuation",
        """
            SELECT ticker, CAST(date AS VARCHAR),
                'a multiple of ' || value || ' where the status is ' || status
            FROM valuation
            WHERE CASE WHEN status IN ('OK', 'STALE_EPS', 'STALE_ESTIMATE') THEN
                NOT coalesce((value > 0 OR metric = 'earnings_yield_ttm') AND isfinite(value),
                false) ELSE value IS NOT NULL END
            """,
    ),
    Check(
        "A03",
        "stop",
        "valuation",
        """
            SELECT ticker, CAST(date AS VARCHAR),
                basis || ' EPS that counts from ' || eps_effective_on ||
                ' stands on an earlier session'
            FROM valuation
            WHERE eps_effective_on > date
            """,
    ),
    Check(
        "A04",
        "stop",
        "prices",
        "SELECT NULL, NULL, 'no price is loaded' WHERE NOT EXISTS (FROM prices)",
    ),
    Check(
        "A05",
        "stop",
        "listings",
        """
            SELECT a.issuer_ticker, a.ticker,
                'two ratios hold on one day: ' || a.shares_per_ads || ' and ' || b.shares_per_ads
            FROM listings AS a
            JOIN listings AS b ON a.ticker = b.ticker AND a.rowid < b.rowid
                AND coalesce(a.valid_from, DATE '1900-01-01')
                <= coalesce(b.valid_to, DATE '9999-12-31')
                AND coalesce(b.valid_from, DATE '1900-01-01')
                <= coalesce(a.valid_to, DATE '9999-12-31')
            """,
    ),
    Check(
        "Z02",
        "stop",
        "documents",
        """
            SELECT NULL, d.document_id, CASE
                WHEN o.document_id IS NULL THEN 'names a document that is not here: ' || n.name
                WHEN n.what = 'duplicate_of'
                AND o.duplicate_of IS NOT NULL THEN n.name ||
                ', whose story it tells, is itself a copy'
                WHEN n.name = d.document_id THEN 'names itself' END
            FROM documents AS d, LATERAL (
                VALUES ('duplicate_of', d.duplicate_of), ('supersedes', d.supersedes),
                    ('listed_in', d.listed_in)
            ) AS n(what, name)
            LEFT JOIN documents AS o ON o.document_id = n.name
            WHERE n.name IS NOT NULL
            """,
    ),
    Check(
        "Z02",
        "stop",
        "document_tags",
        """
        SELECT NULL, t.document_id, 'a tag of a document that is not here'
        FROM document_tags AS t
        ANTI JOIN documents AS d USING (document_id)
        """,
    ),
    Check(
        "W01",
        "stop",
        "site_traffic",
        """
            SELECT DISTINCT NULL, a.vendor,
                'two weeks overlap: from ' || a.week_start || ' and from ' || b.week_start
            FROM site_traffic AS a
            JOIN site_traffic AS b ON a.vendor = b.vendor AND a.week_start < b.week_start
                AND b.week_start <= a.week_end
            """,
    ),
    # warn: a figure that is not used, or that a reader must know to be doubtful
    Check(
        "E01",
        "warn",
        "earnings",
        """
            SELECT ticker, fiscal_period || ' ' || basis || ' ' || item,
                'printed per ADS, and no ratio with a source is known for ' ||
                coalesce(announced_on, period_end) || ': not used'
            FROM earnings_items
            WHERE unit = 'per ADS' AND value IS NULL
            """,
    ),
    Check(
        "E02",
        "warn",
        "earnings",
        """
            WITH latest AS (
                SELECT *
                FROM earnings_items
                WHERE in_reporting_currency
                QUALIFY row_number()
                    OVER (PARTITION BY ticker, item, basis, period_start,
                    period_end ORDER BY version DESC) = 1
            ), sums AS (
            SELECT y.ticker, y.item, y.basis, y.fiscal_period, y.value, sum(q.value) AS quarters
            FROM latest AS y
            JOIN latest AS q ON q.ticker = y.ticker AND q.item = y.item AND q.basis = y.basis
                AND q.months = 3 AND q.period_start >= y.period_start
                AND q.period_end <= y.period_end
            WHERE y.months = 12
            GROUP BY ALL
            HAVING count(*) = 4)
            SELECT ticker, fiscal_period || ' ' || basis || ' ' || item,
                printf('four quarters sum to %.4g, the year is printed as %.4g (%+.1f %%)',
                quarters, value, 100 * (quarters / value - 1))
            FROM sums
            WHERE abs(quarters - value) > 0.010000001 * abs(value)
            """,
    ),
    Check(
        "B01",
        "warn",
        "buybacks",
        """
        SELECT ticker, buyback_id, 'is contradicted and enters no sum: ' || coalesce(note, '')
        FROM buybacks
        WHERE NOT trusted
        """,
    ),
    Check(
        "B02",
        "warn",
        "buybacks",
        """
            SELECT ticker, buyback_id,
                printf('a running total of HKD %.0f million, '
                || 'below an earlier one of HKD %.0f million: not used', stated / 1e6, high / 1e6)
            FROM buyback_doubts
            WHERE code = 'B02'
            """,
    ),
    Check(
        "B05",
        "warn",
        "buybacks",
        """
            SELECT ticker, buyback_id,
                printf('as printed, HKD %.2f a share lies outside %s, %.2f to %.2f: %s', stated,
                against, low, high, coalesce('ruled by ' || correction_id, 'not used'))
            FROM buyback_doubts
            WHERE code = 'B05'
            """,
    ),
    Check(
        "B06",
        "warn",
        "buybacks",
        """
            SELECT ticker, buyback_id,
                printf('as printed, HKD %.1f million a session is %.0f times %s than %s, '
                || 'HKD %.1f million: %s',
                stated / 1e6, greatest(stated / low, low / stated), CASE
                WHEN stated < low THEN 'less' ELSE 'more' END, against, low / 1e6,
                coalesce('ruled by ' || correction_id, 'used as it stands, with a warning'))
            FROM buyback_doubts
            WHERE code = 'B06'
            """,
    ),
    Check(
        "S01",
        "warn",
        "segments",
        """
            SELECT ticker, fiscal_period,
                printf('segments sum to %.0f million, revenue is %.0f million (%+.1f %%): ',
                segments_mn, revenue_mn, difference_pct) || CASE result
                WHEN 'incomplete' THEN 'only some segments are known'
                ELSE 'eliminations are not printed' END
            FROM segment_reconciliation
            WHERE result IN ('incomplete', 'not itemised') AND history = 'as_reported'
                AND NOT is_sum
            """,
    ),
    Check(
        "S02",
        "warn",
        "segments",
        """
            SELECT s.ticker, s.segment || ' to ' || s.period_end,
                'is a part of ' || s.parent_segment ||
                ', of which no figure of this period is known'
            FROM printed.segments AS s
            WHERE s.parent_segment IS NOT NULL AND NOT EXISTS (
                FROM printed.segments AS p
                WHERE p.ticker = s.ticker AND p.history = s.history
                    AND p.period_start = s.period_start AND p.period_end = s.period_end
                    AND p.segment = s.parent_segment
            )
            """,
    ),
    Check(
        "S03",
        "warn",
        "segments",
        """
        WITH named(table_name, ticker, name) AS (
            SELECT 'segment_themes', ticker, segment FROM segment_themes
            UNION ALL SELECT 'segment_series', ticker, segment FROM segment_series
            UNION ALL SELECT 'like_for_like', ticker, segment FROM like_for_like
            UNION ALL SELECT 'segment_breaks', ticker, series FROM segment_breaks
            UNION ALL SELECT 'kpi_topics', ticker, kpi FROM kpi_topics
        )
        SELECT ticker, table_name || ' ' || name, 'no figure bears the name ' || name
        FROM named AS n
        WHERE name IS NOT NULL AND CASE table_name
            WHEN 'kpi_topics' THEN NOT EXISTS (
                FROM kpis AS k WHERE k.ticker = n.ticker AND k.kpi = n.name
            )
            ELSE NOT EXISTS (
                FROM segments AS s WHERE s.ticker = n.ticker AND n.name IN (s.segment, s.series)
            )
            END
        """,
    ),
    Check(
        "M01",
        "warn",
        "prices",
        """
            SELECT p.ticker, CAST(p.date AS VARCHAR),
                'a close on a day that is no session of ' || c.exchange || ': not used'
            FROM prices AS p
            JOIN companies AS c USING (ticker)
            ANTI JOIN sessions AS s ON s.exchange = calendar_of(c.exchange) AND s.session = p.date
            WHERE c.kind <> 'index' AND p.date >= DATE '1990-01-02' AND p.frequency <> 'report_date'
            """,
    ),
    Check(
        "M02",
        "warn",
        "prices",
        """
            WITH months AS (
                SELECT ticker, date, date_trunc('month', date) AS month,
                    lag(date_trunc('month', date)) OVER (PARTITION BY ticker ORDER BY date)
                    AS before
                FROM prices
                WHERE frequency = 'month_end'
            )
            SELECT ticker, CAST(date AS VARCHAR),
                date_diff('month', before, month) - 1 || ' month-ends are missing before this one'
            FROM months
            WHERE date_diff('month', before, month) > 1
            """,
    ),
    Check(
        "M03",
        "warn",
        "fx",
        """
            SELECT NULL, base || quote,
                'the last rate is of ' || max(date) || ', the last price of ' ||
                (SELECT max(date) FROM prices)
            FROM fx
            GROUP BY base, quote
            HAVING max(date) < (SELECT max(date) FROM prices) - 10
            """,
    ),
    Check(
        "V01",
        "warn",
        "valuation",
        """
            SELECT ticker, min(date) || ' to ' || max(date), count(DISTINCT date) || CASE
                WHEN count(DISTINCT date) = 1 THEN ' session has' ELSE ' sessions have'
                END || ' no PE, because no ' || per_share_currency || ' to ' || close_currency ||
                ' rate of the ten days before is known'
            FROM valuation
            WHERE metric = 'pe_ttm' AND status = 'MISSING_FX'
            GROUP BY ticker, per_share_currency, close_currency
            """,
    ),
    Check(
        "W02",
        "warn",
        "site_traffic",
        """
            SELECT NULL, vendor || ' ' || site || ' ' || week_start,
                printf('a change of %+.2f %% is printed, the rows of the two weeks say %+.2f %%',
                wow_pct, wow_computed_pct)
            FROM traffic_as_of('2099-12-31')
            WHERE abs(wow_pct - wow_computed_pct) > 1
            """,
    ),
    Check(
        "D01",
        "warn",
        "earnings",
        """
            SELECT ticker, basis || ' ' || item || ' to ' || period_end,
                'announced on ' || announced_on || ', after today: counts from then on'
            FROM printed.earnings
            WHERE announced_on > getvariable('today')
            """,
    ),
    Check(
        "D01",
        "warn",
        "estimates",
        """
            SELECT ticker, broker || ' ' || metric || ' ' || fiscal_period,
                'published on ' || published_on || ', after today: counts from then on'
            FROM estimates
            WHERE published_on > getvariable('today')
            """,
    ),
    Check(
        "D01",
        "warn",
        "target_prices",
        """
            SELECT ticker, broker || ' ' || quote_ticker,
                'published on ' || published_on || ', after today: counts from then on'
            FROM target_prices
            WHERE published_on > getvariable('today')
            """,
    ),
    Check(
        "D01",
        "warn",
        "ratings",
        """
            SELECT ticker, broker || ' ' || rating,
                'published on ' || published_on || ', after today: counts from then on'
            FROM ratings
            WHERE published_on > getvariable('today')
            """,
    ),
    Check(
        "D01",
        "warn",
        "buybacks",
        """
            SELECT ticker, grain || ' to ' || coalesce(end_date, start_date),
                'published on ' || published_on || ', after today: counts from then on'
            FROM printed.buybacks
            WHERE published_on > getvariable('today')
            """,
    ),
    Check(
        "B07",
        "warn",
        "buybacks",
        """
            SELECT ticker, buyback_id,
                'a purchase on a day that is no session of ' || venue || ': used as printed'
            FROM buybacks AS b
            WHERE grain = 'day' AND measure = 'bought' AND venue IN ('Hong Kong', 'New York')
                AND NOT EXISTS (FROM sessions AS s WHERE s.exchange = CASE b.venue WHEN 'New York'
                THEN 'XNYS' ELSE 'XHKG' END AND s.session = b.end_date)
            """,
    ),
    # note: rulings, disagreements, conventions
    Check(
        "C01",
        "note",
        "corrections",
        """
            SELECT NULL, correction_id,
                subject_table || '.' || column_name || ' of ' || subject_key || ': printed ' ||
                coalesce(printed_value, 'nothing') || ', ruled ' ||
                coalesce(ruled_value, 'withdrawn') || '. ' || reason
            FROM corrections
            """,
    ),
    Check(
        "C02",
        "note",
        "alternatives",
        """
            SELECT ticker, subject_table || ' ' || subject_key || ' ' || source_id,
                column_name || ': ' || coalesce(kept_value, 'none') ||
                ' is kept, another source has ' || other_value || coalesce('. ' || note, '')
            FROM alternatives
            """,
    ),
    Check(
        "E03",
        "note",
        "earnings",
        """
            SELECT ticker, basis || ' ' || item,
                count(*) ||
                ' figures without a seen announcement date; '
                || 'they count from period end + 2 months (quarter) or + 3 (longer)'
            FROM earnings_items
            WHERE date_basis = 'convention'
            GROUP BY ALL
            """,
    ),
    Check(
        "F01",
        "note",
        "estimates",
        """
            SELECT ticker, broker, count(*) || CASE WHEN count(*) = 1 THEN ' estimate'
                ELSE ' estimates' END || ' without a day: shown as undated, in no consensus'
            FROM estimates
            WHERE published_on IS NULL
            GROUP BY ticker, broker
            """,
    ),
    Check(
        "F02",
        "note",
        "estimates",
        """
            SELECT ticker, broker, count(*) || CASE WHEN count(*) = 1 THEN ' estimate'
                ELSE ' estimates'
                END || ' of a fiscal year whose end is not certain (' ||
                string_agg(DISTINCT fiscal_year_printed, ', ' ORDER BY fiscal_year_printed) ||
                '): shown as printed, in no consensus'
            FROM estimates
            WHERE fiscal_year_end IS NULL
            GROUP BY ticker, broker
            """,
    ),
    Check(
        "R01",
        "note",
        "ratings",
        """
            SELECT NULL, r.broker || ' ' || r.rating, count(*) || CASE
                WHEN count(*) = 1 THEN ' rating' ELSE ' ratings'
                END || ' (' || string_agg(DISTINCT r.ticker, ', ' ORDER BY r.ticker) ||
                '): what the broker means by the word was not seen'
            FROM ratings AS r
            ANTI JOIN rating_definitions AS d ON d.broker = r.broker AND d.rating = r.rating
                AND d.category = 'stock'
            GROUP BY r.broker, r.rating
            """,
    ),
    Check(
        "T01",
        "note",
        "target_prices",
        """
            SELECT ticker,
                broker || ' ' || quote_ticker || ' ' ||
                coalesce(CAST(published_on AS VARCHAR), published_printed),
                printf('printed upside %.1f %%; %g over the printed price of %g is %.1f %%',
                upside_printed_pct, target, close_then, 100 * (target / close_then - 1))
            FROM target_prices
            WHERE abs(100 * (target / close_then - 1) - upside_printed_pct) > 1
            """,
    ),
    Check(
        "B03",
        "note",
        "buybacks",
        """
            SELECT ticker, buyback_id,
                printf('average %.4f lies outside the day''s %.4f to %.4f by less than 0.1 %%',
                price_average, price_low, price_high)
            FROM buybacks
            WHERE grain = 'day'
                AND (price_average < price_low * (1 - 1e-9) OR price_average > price_high * (1 +
                1e-9))
            """,
    ),
    Check(
        "B04",
        "note",
        "buybacks",
        """
            SELECT ticker, buyback_id, CASE
                WHEN printed_amount IS NULL THEN printf('states %.0f shares', printed_shares)
                ELSE printf('states %s %.1f million', currency, printed_amount / 1e6)
                END
                ||
                printf(', the daily returns of the same days sum to '
                || '%.0f shares for %s %.1f million',
                daily_shares, currency,
                daily_amount / 1e6) ||
                coalesce(printf(' (%+.1f %% of the amount)', amount_difference_pct), '') ||
                coalesce(printf(' (%+.1f %% of the shares)', shares_difference_pct), '') ||
                coalesce('; that much had been bought by ' || reached_on, '') ||
                coalesce('; ruled by ' || correction_id, '')
            FROM buyback_reconciliation
            WHERE verdict = 'differs'
            """,
    ),
    Check(
        "B08",
        "note",
        "buybacks",
        """
            SELECT ticker, buyback_id,
                'stands no more from ' || superseded_on ||
                ' on: another row has this day with the figures of the exchange''s later report'
            FROM buybacks
            WHERE superseded_on IS NOT NULL
            """,
    ),
    Check(
        "I01",
        "note",
        "index_valuation",
        """
            SELECT v.index_ticker, CAST(v.date AS VARCHAR),
                printf('printed at percentile %.2f since launch; '
                || 'by our definition on the month-ends it is %.1f (N %d)',
                v.percentile, p.percentile, p.n)
            FROM index_valuation AS v, LATERAL (
                SELECT * FROM valuation_percentiles('2024-12-02', 0)
            ) AS p
            WHERE v.date = DATE '2024-12-02' AND p.ticker = v.index_ticker AND p.metric = v.metric
                AND p.basis = 'quoted' AND v.percentile IS NOT NULL
            """,
    ),
)


def audit(connection: duckdb.DuckDBPyConnection, found_at: datetime) -> list[tuple]:
    """Run every check, fill findings, and return those of severity stop as (code, table, ticker,
    ref, message).

    found_at is the clock: what it calls today, in Hong Kong, is today.
    """
    connection.execute(
        "SET VARIABLE today = CAST(? AS DATE)", [found_at.astimezone(snapshot.HONG_KONG).date()]
    )
    for check in CHECKS:
        connection.execute(
            f"""
            INSERT INTO findings
            SELECT ?, ?, ?, ticker, ref, message, ?
            FROM ({check.question}) AS found(ticker, ref, message)
            WHERE message IS NOT NULL
            ORDER BY ticker, ref, message
            """,
            [check.code, check.severity, check.table, found_at],
        )
    return connection.execute(
        "SELECT code, subject_table, ticker, ref, message FROM findings WHERE severity = 'stop'"
    ).fetchall()
