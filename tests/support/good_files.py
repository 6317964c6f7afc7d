"""A small set of curated and landed files in which nothing is wrong."""

from tests.support.warehouses import Built, invented, kept

GOOD = {
    "companies": """
ticker,kind,issuer_ticker,name_en,name_zh,short_en,short_zh,exchange,price_currency,reporting_currency,fiscal_year_end_month,subsector,source_id
0700.HK,company,0700.HK,Profit,利,Profit,利,HKEX,HKD,CNY,12,games,made-up
9999.HK,company,9999.HK,Other,他,Other,他,HKEX,HKD,CNY,12,games,made-up
""",
    "sources": """
source_id,publisher,title,kind,published_on,url,licence,note
made-up,nobody,invented for a test,derived,,,ours,
""",
    "prices": """
ticker,date,close,adj_close,volume,currency,frequency,source_id
0700.HK,2024-05-14,46,,100,HKD,daily,made-up
0700.HK,2024-05-16,46.5,,100,HKD,daily,made-up
9999.HK,2024-05-16,12,,,HKD,daily,made-up
""",
    "earnings": """
ticker,item,basis,period_start,period_end,announced_on,supersedes,value,unit,currency,translation,yoy_pct,quality,date_basis,source_id,locator,note
0700.HK,eps_diluted,adjusted,2024-01-01,2024-03-31,2024-05-14,,1.5,per share,CNY,,,exact,printed,made-up,,
0700.HK,revenue,reported,2024-01-01,2024-03-31,2024-05-14,,1000,million,CNY,,,exact,printed,made-up,,
""",  # noqa: E501 (a row of a CSV file is one line)
    "buybacks": """
ticker,grain,measure,start_date,end_date,venue,share_class,share_unit,shares,amount,currency,price_low,price_high,method,disposal,published_on,published_on_basis,superseded_on,trusted,quality,source_id,locator,note
0700.HK,day,bought,2024-05-16,2024-05-16,Hong Kong,ordinary,share,1000,46500,HKD,46,47,on exchange,cancelled,,convention,,true,exact,made-up,,
0700.HK,ytd,bought,2024-01-01,2024-05-16,Hong Kong,ordinary,share,74828,3400000,HKD,,,unknown,unknown,,convention,,true,exact,made-up,,
""",  # noqa: E501 (a row of a CSV file is one line)
    "segments": """
ticker,history,period_start,period_end,segment,parent_segment,announced_on,revenue_mn,currency,prior_revenue_mn,yoy_pct,quality,date_basis,source_id,locator,note
0700.HK,as_reported,2024-01-01,2024-03-31,Games,,2024-05-14,600,CNY,,,exact,printed,made-up,,
0700.HK,as_reported,2024-01-01,2024-03-31,Other,,2024-05-14,400,CNY,,,exact,printed,made-up,,
""",
    "corrections": """
correction_id,subject_table,subject_key,column_name,printed_value,ruled_value,test,reason,source_id
C01,buybacks,0700.HK|ytd|bought|2024-01-01|2024-05-16|Hong Kong|ordinary|HKD|made-up,shares,74828,76000,the sum of the days,counts from the mandate,made-up
""",  # noqa: E501 (a row of a CSV file is one line)
}


def changed(table: str, old: str, new: str) -> str:
    """The good file with old replaced by new, which it holds."""
    text = GOOD[table].lstrip()
    assert old in text
    return text.replace(old, new, 1)


def good() -> Built:
    """The good files, built once; never written to after that."""
    made = kept("good", lambda folder: invented(folder / "data", **GOOD))
    assert made.result.rejected == []
    return made
