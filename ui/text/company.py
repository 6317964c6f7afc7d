"""Words of one company on one screen."""

TEXTS: dict[str, tuple[str, str]] = {
    "company.no_company": (
        "{names}: no company. Shown here is a company; {names} stands on Valuation.",
        "{names}不是公司。此处显示一家公司；{names}见“估值”页。",
    ),
    "company.finding_pe": (
        (
            "{name} trades at {value} {basis} trailing earnings, {percentile} percentile "
            "{window} (N {number})"
        ),
        "{name}现报{value}{basis}市盈率（TTM），处于{window}{percentile}（N {number}）",
    ),
    "company.finding_value": (
        "{name} trades at {value} {basis} trailing earnings, not ranked ({reason})",
        "{name}现报{value}{basis}市盈率（TTM），不排名（{reason}）",
    ),
    "company.finding_none": (
        "{name} has no PE on {basis} earnings ({reason})",
        "{name}无{basis}市盈率（{reason}）",
    ),
    "company.finding_revenue": ("revenue of {period} {growth}", "{period}收入{growth}"),
    "company.finding_profit": ("{basis} profit {growth}", "{basis}利润{growth}"),
    "company.finding_bought": (
        "{amount} of own shares bought this year to {date}",
        "今年截至{date}回购{amount}",
    ),
    "company.change_1d": ("{value} 1d", "{value} 1日"),
    "company.change_1m": ("{value} 1m", "{value} 近1月"),
    "company.change_ytd": ("{value} YTD", "{value} 年初至今"),
    "company.close_of": ("close of {date}", "{date}收盘"),
    "company.cap": ("market cap {value}", "市值{value}"),
    "company.last_results": ("last results {period}, {date}", "最近业绩{period}，{date}"),
    "company.no_results": ("no results known", "无已知业绩"),
    "company.next_stated": ("next {period}, {date} (stated)", "下次{period}，{date}（已公布）"),
    "company.next_unknown": ("next –", "下次 –"),
    "company.percentile": ("{value} · {percentile}", "{value} · {percentile}"),
    "company.gross_net": ("{gross} gross · {net} net", "总{gross} · 净{net}"),
    "company.not_meaningful": ("n.m.", "不适用"),
    "company.revenue_growth": ("Revenue growth · {period}", "收入同比 · {period}"),
    "company.profit_growth": ("Profit growth, {basis} · {period}", "{basis}利润同比 · {period}"),
    "company.pe_and_percentile": ("PE-TTM · percentile", "市盈率 TTM · 百分位"),
    "company.forward": ("Forward PE", "预测市盈率"),
    "company.forward_of": ("Forward PE · N {number}", "预测市盈率 · N {number}"),
    "company.buyback_yield": ("Buyback yield", "回购收益率"),
    "company.shareholder_yield": ("Shareholder yield", "股东总回报率"),
    # What each figure of the headline is made of
    "company.help_pe": (
        "{formula} {window} EPS to {eps_to}; close {close} of {close_date}.",
        "{formula}{window}每股盈利截至{eps_to}；收盘价{close}（{close_date}）。",
    ),
    "company.help_forward": (
        (
            "Close / EPS that brokers expect over the next twelve months: medians of {year1} and "
            "{year2}, weighted by the days left of the fiscal year. {number} brokers "
            "({brokers}), published {first} to {last}."
        ),
        (
            "收盘价 / 券商未来12个月预期每股盈利：{year1}与{year2}中位数按财年剩余天数加权。"
            "{number}家券商（{brokers}），发布于{first}至{last}。"
        ),
    ),
    "company.help_buyback_ytd": (
        "Own shares bought since 1 January by trade date. {basis}. {shares} shares.",
        "按成交日计1月1日以来回购。{basis}。{shares}。",
    ),
    "company.help_buyback_none": (
        "No complete basis for the year to date is known: a partial sum is not shown.",
        "无完整口径的年初至今数据，不显示部分合计。",
    ),
    "company.help_yield_gross": (
        "Gross: {amount} bought from {first} to {last} ({basis}) / market cap {cap}.",
        "总：{first}至{last}（{basis}）回购{amount} / 市值{cap}。",
    ),
    "company.help_yield_gross_none": (
        "Gross: no twelve months of purchases are known, or no count of shares.",
        "总：十二个月回购额或股数未知。",
    ),
    "company.help_yield_net": (
        (
            "Net: the count of shares went from {opening} ({opening_on}) to {closing} "
            "({closing_on}); new shares are taken off."
        ),
        "净：股数由{opening}（{opening_on}）变为{closing}（{closing_on}），已扣除新发股份。",
    ),
    "company.help_yield_net_none": (
        "Net: no two counts of shares about a year apart are known within fifteen months.",
        "净：十五个月内无相隔约一年的两个股数。",
    ),
    "company.help_total": (
        (
            "Cash dividends by ex-date / close, and purchases / market cap, added only where "
            "both are known for the same twelve months."
        ),
        "现金股息（按除净日）/ 收盘价，加回购 / 市值；仅当两者在同一十二个月内均已知时相加。",
    ),
    "company.help_total_gross": (
        (
            "Gross, {first} to {last}: dividends {dividend} ({per_share} a share) + purchases "
            "{bought}."
        ),
        "总（{first}至{last}）：股息{dividend}（每股{per_share}）+ 回购{bought}。",
    ),
    "company.help_total_net": (
        (
            "Net, {first} to {last}: dividends {dividend} ({per_share} a share) + fall of the "
            "share count {reduction}."
        ),
        "净（{first}至{last}）：股息{dividend}（每股{per_share}）+ 股数减少{reduction}。",
    ),
    "company.help_total_no_dividends": (
        "The dividends of those twelve months are not known in full.",
        "该十二个月的股息不完整。",
    ),
    "company.help_total_no_gross": (
        "Gross: no twelve months of purchases are known.",
        "总：十二个月回购额未知。",
    ),
    "company.help_total_no_net": (
        "Net: no fall of the share count over a year is known.",
        "净：一年内股数变动未知。",
    ),
    "company.help_dividend": (
        "Dividends of the year to {date}: {per_share} a share, {value} of the close.",
        "截至{date}一年股息：每股{per_share}，为收盘价的{value}。",
    ),
    "company.help_revenue": (
        "{revenue} of {period}, announced {announced}, on the year before ({basis}).",
        "{period}收入{revenue}，{announced}公布，较上年同期（{basis}）。",
    ),
    "company.help_profit": (
        (
            "Attributable {basis} profit of {period}: {profit}, a year before {prior}; announced "
            "{announced}."
        ),
        "{period}归母{basis}利润{profit}，上年同期{prior}；{announced}公布。",
    ),
    "company.help_profit_none": (
        "No {basis} profit with a figure of the year before is known.",
        "无可比的{basis}利润。",
    ),
    "company.help_across_zero": (
        "A growth across a change of sign would mean nothing.",
        "正负变号，增速不适用。",
    ),
    "company.help_old": (
        (
            "Announced more than five months ago (eight for a half-year): later results are not "
            "in the data."
        ),
        "公布已逾五个月（半年报八个月）：数据中尚无更新业绩。",
    ),
    "company.old": ("{label} (old)", "{label}（旧）"),
    # What stands in the place of a picture
    "company.no_segments": (
        "Segment growth: no segment of {name} can be compared with the year before as of {date}.",
        "分部增长：截至{date}，{name}无可与上年比较的分部。",
    ),
    "company.no_buybacks": (
        "Buybacks: no purchases of {name} by period are known as of {date}.",
        "回购：截至{date}，无{name}的分期回购数据。",
    ),
    "company.no_estimates": (
        (
            "Estimates: no dated target, and no expectation of past results, of {name} is known "
            "as of {date}."
        ),
        "盈利预测：截至{date}，无{name}的带日期目标价或业绩预期。",
    ),
    # Since
    "company.changes": ("What changed since {date}", "{date}以来的变化"),
    "company.since": ("Since", "起始日"),
    "company.since_results": ("before last results", "最近业绩前"),
    "company.since_year": ("start of year", "年初"),
    "company.since_late": (
        "“Since” of the link ({since}) is not before {date}; shown is {shown}.",
        "链接中的起始日（{since}）不早于{date}，现按{shown}显示。",
    ),
    "company.no_changes": ("Nothing is known on both evenings.", "两日均无可比数据。"),
    "company.more": (
        "{number} more figures of brokers on Estimates.",
        "另有{number}项券商数据，见“盈利预测”。",
    ),
    "company.mn": ("mn", "百万"),
    "company.lapsed": ("none within 180 days", "180天内无"),
    "company.unknown": ("not known", "未知"),
    "company.new_stories": ("{number} new", "新增{number}"),
    "company.reiterated": ("unchanged", "维持"),
    "company.first_seen": ("first seen", "首次"),
    "column.then": ("On {date}", "{date}"),
    "column.now": ("On {date} (now)", "{date}（现）"),
    "column.what_changed": ("Figure", "指标"),
    "column.moved_by": ("Change", "变化"),
    "change.price": ("Close, {currency}", "收盘价（{currency}）"),
    "change.pe_ttm": ("PE-TTM, {basis}", "市盈率 TTM（{basis}）"),
    "change.percentile": ("Percentile, {window}", "百分位（{window}）"),
    "change.eps_ttm": ("EPS-TTM, {basis}, {currency}", "每股盈利 TTM（{basis}，{currency}）"),
    "change.pe_forward": ("Forward PE, {basis}", "预测市盈率（{basis}）"),
    "change.consensus": ("Median {measure} {year}, {unit}", "{year}{measure}中位数（{unit}）"),
    "change.target": ("Median target of {line}, {currency}", "{line}目标价中位数（{currency}）"),
    "change.buyback_ytd": ("Buyback since 1 January", "年初至今回购"),
    "change.documents": ("Documents", "研究文献"),
    "change.estimate": ("{broker}: {measure} {year}", "{broker}：{year}{measure}"),
    "change.broker_target": (
        "{broker}: target of {line}, {currency}",
        "{broker}：{line}目标价（{currency}）",
    ),
    "change.rating": ("{broker}: rating", "{broker}：评级"),
    "change.to": ("{value} (to {date})", "{value}（至{date}）"),
    "computed.changes": (
        (
            "Each figure as it was known on the first evening and as it was known on the second, "
            "from the same definitions. A figure that is stale, a loss or unknown on either "
            "evening has no change; medians of brokers hold estimates of 180 days. Purchases "
            "since 1 January compare within one year."
        ),
        (
            "每项数据按两个日期当时已知情况、以同一定义计算。任一日期为过期、"
            "亏损或未知时不计变化；券商中位数仅含180天内预测；年初至今回购仅在同一年内比较。"
        ),
    ),
    # The bridge
    "company.bridge": ("From reported to adjusted profit", "由报告利润到经调整利润"),
    "company.bridge_none": (
        "No period is known of which both the reported and the adjusted profit are.",
        "没有同时已知报告利润与经调整利润的期间。",
    ),
    "column.bridge_reported": ("Reported", "报告"),
    "column.bridge_items": ("Items between", "调整项"),
    "column.bridge_adjusted": ("Adjusted", "经调整"),
    "company.bridge_unit": (
        (
            "{currency} million, attributable. Items not itemised: no document here prints them "
            "one by one, so their sum stands as the difference of the two."
        ),
        "百万{currency}，归母。调整项未逐项列示：所收文献未逐项披露，故以两者之差列示合计。",
    ),
    # Results
    "company.calendar": ("Results", "业绩公布"),
    "column.days_after": ("Days after", "间隔天数"),
    "company.next_of": ("Next: {period}. ", "下次：{period}。"),
    "company.next_is_stated": ("{date}, as a document states.", "{date}，文献已载明。"),
    "company.next_is_unknown": ("– no document here states its day.", "–，所收文献未载明日期。"),
    "company.next_is_missing": (
        "– its usual day has passed: these results are not in the data yet.",
        "–，往年公布日已过：数据中尚无该期业绩。",
    ),
    "company.next_earlier": (
        "The same period came on {dates} in earlier years (history, not a forecast).",
        "往年同期公布于{dates}（历史，非预测）。",
    ),
    "company.inferred": ("{date} (inferred)", "{date}（推断）"),
    # The rest
    "company.kpis": ("Operating figures", "经营指标"),
    "company.no_kpis": ("No operating figure is known.", "无已知经营指标。"),
    "company.documents": ("Latest documents", "最新文献"),
    "company.no_documents": ("No document on {name} is known.", "无关于{name}的文献。"),
    "company.brokers": ("What brokers say", "券商观点"),
    "company.no_brokers": (
        "No dated estimate, target or rating is known.",
        "无带日期的预测、目标价或评级。",
    ),
    "company.consensus": (
        "{measure} {year}: {value} (N {number}{range}{old})",
        "{year}{measure}：{value}（N {number}{range}{old}）",
    ),
    "company.range": (", {low} to {high}", "，{low}至{high}"),
    "company.older": (", older than 180 days", "，超过180天"),
    "company.target": (
        "Target of {line}: {value} (N {number}), {upside} on its close",
        "{line}目标价：{value}（N {number}），较收盘价{upside}",
    ),
    "company.rating": ("{broker}: {rating}, {date}", "{broker}：{rating}，{date}"),
    "alt.changes": (
        "What changed at {name} from {since} to {date}",
        "{name}自{since}至{date}的变化",
    ),
    "alt.bridge": (
        "Reported and adjusted profit of {name} by period",
        "{name}各期报告利润与经调整利润",
    ),
    "alt.calendar": ("Days on which {name} announced results", "{name}业绩公布日"),
    "alt.kpis": ("Latest operating figures of {name}", "{name}最新经营指标"),
}
