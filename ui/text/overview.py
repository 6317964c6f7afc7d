"""Words of the morning board."""

TEXTS: dict[str, tuple[str, str]] = {
    "choice.columns": ("Columns", "列"),
    "choice.group": ("Rows", "行"),
    "board.columns_price": ("Price and PE", "股价与市盈率"),
    "board.columns_windows": ("Windows", "各区间"),
    "board.columns_buybacks": ("Buybacks", "回购"),
    "board.columns_growth": ("Growth", "增长与预测"),
    "board.columns_freshness": ("Freshness", "数据时效"),
    "board.group_ranking": ("Cheapest first", "由低到高"),
    "board.group_subsector": ("By subsector", "按子行业"),
    "board.group_mine": ("My list", "自选"),
    "board.across_ranges": ("Ranges", "区间位置"),
    "board.across_windows": ("Heat", "热力图"),
    "alt.cheapest": (
        "{name} is cheapest at the {percentile} percentile",
        "{name}最低，百分位{percentile}",
    ),
    "board.buyback": ("Bought HK$bn", "回购 亿港元"),
    "board.forward": ("Fwd PE", "预测PE"),
    "board.yield": ("Yield %", "收益率%"),
    "board.revenue": ("Revenue %", "收入同比%"),
    "board.no_list": (
        "My list is empty: choose companies above and press “Keep as my list”.",
        "自选为空：请先在上方选择公司，再点“存为自选”。",
    ),
    "board.one_member": (
        "Medians of the members that have a figure; a subsector of one company shows that company.",
        "中位数按有数据的成员计算；仅一家公司的子行业即该公司数值。",
    ),
    "column.subsector": ("Subsector", "子行业"),
    "column.companies": ("Companies", "公司数"),
    "column.change_1d": ("1d %", "1日 %"),
    "column.year_before": ("Same day last year %", "较去年同日 %"),
    "column.last_purchase": ("Last purchase", "最近回购日"),
    "column.eps_growth": ("EPS growth FY2 %", "FY2 EPS增长 %"),
    "column.target_upside": ("Target upside %", "目标价空间 %"),
    "column.median_percentile": ("Median percentile", "百分位中位数"),
    "column.median_pe": ("Median PE", "市盈率中位数"),
    "column.median_1m": ("Median 1m %", "1月中位数 %"),
    "column.median_ytd": ("Median YTD %", "年初至今中位数 %"),
    "column.median_revenue": ("Median revenue growth %", "收入增长中位数 %"),
    "help.change_1d": (
        "Since the session before; daily closes only.",
        "较前一交易日；仅限有每日收盘价者。",
    ),
    "help.pe_forward": (
        "Close / EPS that brokers expect over the next twelve months (median).",
        "收盘价 / 券商未来12个月预期EPS（中位数）。",
    ),
    "help.windows": (
        (
            "Percentile of PE-TTM in each window: 0 cheapest, 100 dearest. Blank: not enough "
            "history, or no rank."
        ),
        "各区间市盈率百分位：0最便宜，100最贵。空白：历史不足或不排名。",
    ),
    "help.target_upside": (
        "Median of the brokers' targets on the line's own last close.",
        "券商目标价中位数相对该股最近收盘价。",
    ),
    "help.eps_growth": (
        (
            "EPS expected for the next fiscal year over this one, medians of the same brokers' "
            "estimates."
        ),
        "下一财年预期EPS较本财年，取券商预测中位数。",
    ),
}
