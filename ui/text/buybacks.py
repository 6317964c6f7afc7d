"""Words of Buybacks."""

TEXTS: dict[str, tuple[str, str]] = {
    "finding.buybacks": (
        (
            "{name} has bought {amount} this year to {date}, at {average} on average, "
            "{difference} the close."
        ),
        "{name}今年截至{date}已回购{amount}，均价{average}，{difference}。",
    ),
    "finding.buybacks_plain": (
        "{name} has bought {amount} this year to {date}.",
        "{name}今年截至{date}已回购{amount}。",
    ),
    "finding.buybacks_none": (
        "No complete year-to-date figure is known for {name} as of {date}.",
        "截至{date}，{name}尚无完整的年初至今回购数据。",
    ),
    "finding.buybacks_league": (
        "{number} companies have bought {amount} this year to {date}; {leader}.",
        "{number}家公司今年截至{date}合计回购{amount}；{leader}。",
    ),
    "finding.buybacks_leads": ("{name} leads with {amount}", "{name}居首，{amount}"),
    "finding.buybacks_largest": (
        "the largest figure is that of {name}, {amount} to {date}",
        "最大为{name}，截至{date}回购{amount}",
    ),
    "headline.buyback_ytd": ("Buyback YTD", "年初至今回购"),
    "chart.buyback_cumulative": (
        "{name}: buybacks so far this year against earlier years",
        "{name}：年初至今累计回购与往年比较",
    ),
    "chart.buyback_cumulative_subtitle": (
        "Cumulative consideration, {currency}, by trade date",
        "累计回购金额，{currency}，按交易日",
    ),
    "chart.buyback_bars": ("{name}: buybacks by {grain}", "{name}：按{grain}回购"),
    "chart.buyback_bars_subtitle": (
        "Consideration, {currency}; hatched: incomplete; shaded: closed period before results",
        "回购金额，{currency}；斜线：未完整；底纹：业绩前静默期",
    ),
    "chart.buyback_league": ("Buybacks this year", "年初至今回购排名"),
    "chart.buyback_league_subtitle": (
        "Consideration, {currency}, 1 Jan to {date}",
        "回购金额，{currency}，1月1日至{date}",
    ),
    "computed.buyback_ytd": (
        "Year to date = purchases by trade date from 1 January. First choice: the exchange's "
        "complete daily reports; else the latest trusted year-to-date statement plus later days; "
        "else closed months or quarters that leave no gap; otherwise no figure. "
        "Amounts in HKD at the rate of each trade date. This figure: {basis_note}. A purchase is "
        "not yet a cancellation, and a company can buy and still issue more.",
        "年初至今 = 自1月1日起按交易日累计的回购。优先采用交易所完整的每日申报；"
        "其次为最近可信的年初至今披露加其后各日；再次为首尾相接的完整月度或季度；否则不给数。"
        "金额按各交易日汇率折为港元。本数依据：{basis_note}。回购不等于注销，"
        "公司可一边回购一边增发。",
    ),
    # Buybacks
    "finding.buybacks_average": (
        "{name} has bought {amount} this year to {date}, at {average} on average.",
        "{name}今年截至{date}已回购{amount}，均价{average}。",
    ),
    "finding.buybacks_one": (
        (
            "{name} has bought {amount} this year to {date}, the only one of {total} companies "
            "with a figure complete to that day."
        ),
        "{name}今年截至{date}已回购{amount}，为{total}家公司中唯一数据完整至该日者。",
    ),
    "finding.buybacks_nobody": (
        "No complete year-to-date figure is known for any of {total} companies as of {date}.",
        "截至{date}，{total}家公司均无完整的年初至今回购数据。",
    ),
    "buybacks.no_company": (
        "{names}: an index, an ETF or the basket buys back nothing.",
        "{names}：指数、ETF及组合不涉及回购。",
    ),
    "buybacks.choose": (
        "Choose a company in the box above, or none for all of them.",
        "请在上方选择公司；不选则显示全部。",
    ),
    "buybacks.line": (
        "{line}: the buybacks are those of its issuer, {name}, in ordinary shares.",
        "{line}：回购为其发行人{name}的数据，以普通股计。",
    ),
    "buybacks.to": ("{label} to {date}", "{label}（截至{date}）"),
    "buybacks.total": ("Bought this year", "年初至今合计"),
    "buybacks.total_help": (
        (
            "Sum of the {number} of {total} companies whose figure is complete to {date}, in HKD "
            "at trade-date rates."
        ),
        "{total}家公司中截至{date}数据完整的{number}家之和，按交易日汇率折港元。",
    ),
    "buybacks.complete": ("Complete to {date}", "数据完整至{date}"),
    "buybacks.complete_value": ("{number} of {total}", "{number}/{total}"),
    "buybacks.no_total": (
        (
            "This snapshot was built by an earlier version of Harbourview and has no total of "
            "several companies."
        ),
        "此快照由较早版本的 Harbourview 构建，无多家公司合计。",
    ),
    "buybacks.compared": (
        "This year · same day last year ({number} companies)",
        "今年 · 去年同日（{number}家）",
    ),
    "buybacks.compared_help": (
        (
            "Both sums are of the same {number} companies, from 1 January to {date} and to the "
            "same day of last year."
        ),
        "两个合计为同样{number}家公司，自1月1日至{date}及去年同日。",
    ),
    "buybacks.left_out": (
        (
            "Not in the total to {date}: {names}; each ends on another day or is a minimum. With "
            "them {amount}, to {ends}."
        ),
        (
            "未计入截至{date}的合计：{names}；截止日不同或仅为下限。计入后为{amount}（截止日："
            "{ends}）。"
        ),
    ),
    "buybacks.left_out_one": ("{name} ({amount} to {date})", "{name}（截至{date}，{amount}）"),
    "buybacks.left_out_names": (
        "Left out, because their figures end on another day or are a minimum: {names}.",
        "截止日不同或仅为下限而未计入：{names}。",
    ),
    "buybacks.different_ends": (
        "different end dates ({first} to {last})",
        "{first}至{last}，各不相同",
    ),
    "buybacks.not_compared": (
        (
            "Not in the comparison with last year: {names} (last year's figure to the same day "
            "is not known)."
        ),
        "未计入与去年的比较：{names}（去年同日数据缺失）。",
    ),
    "buybacks.basis_several": (
        "{number} of {total} companies with a figure, each to its own end date",
        "{total}家公司中{number}家有数据，截止日各异",
    ),
    "finding.buybacks_alone": (
        (
            "{name} has bought {amount} this year to {date}, the only buyer among {number} "
            "companies with a complete figure."
        ),
        "{name}今年截至{date}已回购{amount}，为数据完整的{number}家公司中唯一回购者。",
    ),
    "finding.buybacks_minimum": (
        (
            "None of the {number} companies with a figure is complete; {name} has bought "
            "{amount} this year to {date}."
        ),
        "有数据的{number}家公司均不完整；{name}今年截至{date}已回购{amount}。",
    ),
    "finding.buybacks_zero": (
        "{name} has bought no shares of its own this year to {date}.",
        "{name}今年截至{date}未回购股份。",
    ),
    "finding.buybacks_no_purchase": (
        (
            "None of the {number} companies with a complete figure has bought shares this year "
            "to {date}."
        ),
        "数据完整的{number}家公司今年截至{date}均未回购。",
    ),
    "buybacks.shares": ("Shares", "股数"),
    "buybacks.against_close": ("Against the close, now · then", "较收盘价：当前 · 当时"),
    "buybacks.against_close_help": (
        (
            "Average price paid this year against the last close known now ({now}, {now_date}) "
            "and on the last purchase day ({then}, {then_date})."
        ),
        (
            "今年回购均价与当前最近收盘价（{now}，{now_date}）及最近回购日当时收盘价（{then}，"
            "{then_date}）比较。"
        ),
    ),
    "buybacks.last_purchase": ("Last purchase", "最近回购日"),
    "buybacks.same_day": ("Same day last year", "去年同日"),
    "buybacks.year_before": ("Year before", "去年"),
    "buybacks.same_day_help": (
        "To {date}; change: {change}. Compared only where both years reach the same day.",
        "截至{date}；变动：{change}。仅在两年截止日相同时比较。",
    ),
    "buybacks.leader": ("Largest", "居首"),
    "buybacks.basis_1": (
        "daily returns of the exchange's complete report to {date}",
        "交易所完整每日申报，截至{date}",
    ),
    "buybacks.basis_2": (
        "latest statement of the year and later daily rows, to {date}",
        "最近的年初至今披露及其后各日，截至{date}",
    ),
    "buybacks.basis_3": (
        "closed periods that leave no gap, to {date}",
        "首尾相接的完整期间，截至{date}",
    ),
    "buybacks.basis_none": (
        "not reported: neither a complete daily report nor a statement of this year is loaded",
        "未披露：尚无今年的完整每日申报或年初至今披露",
    ),
    "buybacks.basis_cut": (" (nothing later is loaded)", "（其后无数据）"),
    "buybacks.universe": (
        (
            "Universe: {total} covered companies, {number} with a figure. Venues: {venues}. FX: "
            "ECB reference rates of the trade day. Cut-off: {first} to {last}, each company to "
            "its own."
        ),
        (
            "范围：{total}家覆盖公司，{number}家有数据。交易场所：{venues}。汇率："
            "交易日欧洲央行参考汇率。截止日：{first}至{last}，各公司不同。"
        ),
    ),
    "buybacks.universe_one": (
        (
            "Universe: {name} alone. Venues: {venues}. FX: ECB reference rates of the trade day "
            "where not in HKD. Cut-off: {last}. Basis: {basis}."
        ),
        (
            "范围：仅{name}。交易场所：{venues}。汇率：非港元按交易日欧洲央行参考汇率。截止日："
            "{last}。依据：{basis}。"
        ),
    ),
    "buybacks.league": ("Year to date by company", "各公司年初至今"),
    "buybacks.rows": ("Daily rows", "每日明细"),
    "buybacks.rows_none": ("No daily row is known for this choice.", "该选择下无每日明细。"),
    "buybacks.rows_note": (
        (
            "{number} rows, {first} to {last}; prices and amounts per ordinary share in the "
            "currency paid, average also in HKD. Not every row adds up: only those of the "
            "exchange's complete report do."
        ),
        (
            "{number}条，{first}至{last}；价格与金额按每股普通股及支付货币，均价另列港元。"
            "仅交易所完整申报中的记录可加总。"
        ),
    ),
    "buybacks.statements": (
        "Statements of longer periods: as stated, overlapping, never summed",
        "较长期间的披露：按原文列示，期间重叠，不作加总",
    ),
    "buybacks.printed": ("printed: {printed}", "原文：{printed}"),
    "buybacks.mandate_note": (
        "mandate count: shares since the last general mandate, not since 1 January",
        "授权口径：自最近一次一般性授权起，非年初至今",
    ),
    "buybacks.untrusted": ("contradicted, not used", "与其他来源矛盾，未采用"),
    "buybacks.in_hkd": (
        "Purchases in USD are shown in HKD per ordinary share at the rate of the trade day.",
        "美元回购按交易日汇率折为每股普通股港元价。",
    ),
    "buybacks.note_average": ("Dashed: average of this year to date.", "虚线：今年至今均价。"),
    "buybacks.year_short": (
        "{years} left out: the report does not cover the whole year.",
        "{years}年未列：申报未覆盖全年。",
    ),
    "buybacks.month_count": ("Last {number} months.", "最近{number}个月。"),
    "buybacks.bar_to": ("{name} to {date}", "{name}（至{date}）"),
    "buybacks.stated_subtitle": (
        "Consideration, {currency}, as stated; hatched: incomplete; gaps: nothing known",
        "回购金额，{currency}，按披露；斜线：未完整；空档：无已知数据",
    ),
    "buybacks.short_1": ("exchange's complete daily report", "交易所完整每日申报"),
    "buybacks.short_2": ("statement of the year, later days added", "年初至今披露及其后各日"),
    "buybacks.short_3": ("closed periods without a gap", "首尾相接的完整期间"),
    "buybacks.short_none": (
        "not reported: no complete report or statement",
        "未披露：无完整申报或年初至今披露",
    ),
    "source.hkex_report": ("HKEX Share Repurchases Report, daily", "港交所每日股份购回报告"),
    "source.hkex_and_daily": (
        "HKEX Share Repurchases Report, daily; daily prices",
        "港交所每日股份购回报告；每日行情",
    ),
    "source.hkex_and_closes": (
        "HKEX Share Repurchases Report, daily; month-end closes",
        "港交所每日股份购回报告；月末收盘价",
    ),
    "source.statements": ("company and press statements: {names}", "公司及媒体披露：{names}"),
    "source.league": (
        "HKEX Share Repurchases Report; company and press statements, see Sources",
        "港交所股份购回报告；公司及媒体披露，见“来源”",
    ),
    "grain.day": ("day", "日"),
    "grain.multi_day": ("several days", "多日"),
    "grain.week": ("week", "周"),
    "grain.nine_months": ("nine months", "九个月"),
    "grain.fiscal_year": ("fiscal year", "财年"),
    "grain.ytd": ("year to date", "年初至今"),
    "grain.mandate": ("mandate", "授权以来"),
    "grain.programme": ("programme", "计划"),
    "measure.bought": ("bought", "已回购"),
    "measure.authorised": ("authorised", "授权额度"),
    "measure.remaining": ("remaining", "剩余额度"),
    "disposal.cancelled": ("cancelled", "注销"),
    "disposal.treasury": ("treasury", "库存"),
    "disposal.pending": ("pending", "待定"),
    "disposal.unknown": ("–", "–"),
    "venue.Hong Kong": ("Hong Kong", "香港"),
    "venue.New York": ("New York", "纽约"),
    "column.rank": ("#", "#"),
    "column.year_ago": ("Year ago", "去年同日"),
    "column.cut_off": ("To", "截至"),
    "column.basis_note": ("Basis", "依据"),
    "column.average_hkd": ("Average (HK$)", "均价（港元）"),
    "column.above_close": ("v close %", "较收盘 %"),
    "column.change_year": ("Change %", "变动 %"),
    "column.mark": ("†", "†"),
    "column.link": ("↗", "↗"),
    "buybacks.chart_running": ("This year", "今年累计"),
    "buybacks.chart_periods": ("By period", "按期间"),
    "buybacks.chart_calendar": ("Calendar", "日历"),
    "buybacks.chart_paid": ("Price paid", "买入价"),
    "buybacks.chart_turnover": ("Share of turnover", "占成交比"),
    "buybacks.chart_net": ("Gross and net", "毛额与净额"),
    "buybacks.chart_counts": ("Shares outstanding", "流通股数"),
    "buybacks.chart_programmes": ("Programmes", "授权计划"),
    "buybacks.across_league": ("Year to date", "年初至今"),
    "buybacks.across_cap": ("Share of market cap", "占市值比"),
    "buybacks.across_yield": ("Yield", "回购收益率"),
    "chart.days_of": ("{number} d", "{number}天"),
    "chart.bought": ("Bought", "回购"),
    "chart.net_change": ("Net change of the count", "股数净变动"),
    "chart.buyback_calendar": ("{name}: purchase days", "{name}：回购日历"),
    "chart.buyback_calendar_subtitle": (
        (
            "Consideration of each day, HKD, fuller is more; beside: month total · purchase "
            "days; last {number} months"
        ),
        "每日回购金额（港元），颜色越深金额越大；右侧为月合计与天数；最近{number}个月",
    ),
    "chart.buyback_net": (
        "{name}: shares bought, and by how many the count fell",
        "{name}：回购股数与股数净减少",
    ),
    "chart.buyback_net_subtitle": (
        (
            "Ordinary shares, {unit}; as stated, else derived from the counts at both ends of "
            "the quarter; the gap between the two is new shares"
        ),
        "普通股，{unit}；按披露，否则由季初季末股数推算；两者之差为新发股份",
    ),
    "chart.buyback_net_finding": (
        "{name} bought {bought} shares in {period}; the count changed by {net}",
        "{name}{period}回购{bought}，股数净变动{net}",
    ),
    "chart.buyback_counts": ("{name}: shares outstanding", "{name}：流通股数"),
    "chart.buyback_counts_subtitle": (
        (
            "Ordinary shares of today's basis; counts as published, and the diluted average of "
            "each quarter"
        ),
        "普通股（按当前股本口径）；公布股数及各季摊薄加权平均",
    ),
    "chart.buyback_programmes": ("{name}: authorised, used and left", "{name}：授权、已用与剩余"),
    "chart.buyback_programmes_subtitle": (
        "Parts of the authorisation, or of what was left on the first day known; {currency}",
        "占授权额度（或首个已知剩余额度）的比例；{currency}",
    ),
    "chart.buyback_turnover": ("{name}: purchases as a share of trading", "{name}：回购占成交比例"),
    "chart.buyback_turnover_subtitle": (
        "Per cent of all shares traded in Hong Kong on the purchase days of the month",
        "占当月各回购日香港成交股数的百分比",
    ),
    "chart.buyback_cap": ("Buybacks this year as a share of market cap", "年初至今回购占市值"),
    "chart.buyback_cap_subtitle": (
        "Per cent of the market cap of {date}; consideration since 1 January, HKD",
        "占{date}市值的百分比；自1月1日起回购金额，港元",
    ),
    "chart.buyback_yield": (
        "Gross buyback yield, and the net fall of the count",
        "毛回购收益率与股数净减少",
    ),
    "chart.buyback_yield_subtitle": (
        (
            "Per cent of market cap: consideration of twelve months, else of the last completed "
            "year (marked *); in brackets: net fall of the count over about a year"
        ),
        "占市值百分比：十二个月回购额，否则为上一完整年度（标*）；括号内为约一年内股数净减少",
    ),
    "chart.price_paid_finding": (
        "{name} paid {paid} in {year}: {average} the average close, {now} the last",
        "{name}{year}年均价{paid}：较全年平均收盘{average}，较最近收盘{now}",
    ),
    "buybacks.side_above": ("{pct} above", "高{pct}"),
    "buybacks.side_below": ("{pct} below", "低{pct}"),
    "buybacks.side_at": ("at", "持平"),
    "column.buyback_gross": ("Gross %", "毛%"),
    "column.buyback_net": ("Net %", "净%"),
    "buybacks.net_of": ("{name} (net {pct})", "{name}（净{pct}）"),
    "buybacks.kind_outstanding": ("outstanding", "流通股数"),
    "buybacks.kind_diluted_average": ("diluted average", "摊薄平均"),
    "buybacks.no_turnover": (
        "No volume is known for these days: daily prices bring it (python -m loaders prices).",
        "这些日期无成交量数据：载入每日行情后可见（python -m loaders prices）。",
    ),
    "buybacks.no_net": (
        "No document seen says by how much the count of {name} changed.",
        "未见{name}股数变动的披露。",
    ),
    "buybacks.no_counts": ("No count of the shares of {name} is known.", "{name}股数未知。"),
    "buybacks.no_programme": ("No authorisation of {name} is known.", "未见{name}的回购授权。"),
    "buybacks.no_yield": (
        "No yield can be formed: twelve months or a completed year, and a market cap, are needed.",
        "无法计算收益率：需十二个月或一个完整年度的数据及市值。",
    ),
    "buybacks.no_calendar": (
        "No purchase day is known in these months.",
        "这些月份内无已知回购日。",
    ),
    "buybacks.programme_name": ("{amount} authorised{span}", "授权{amount}{span}"),
    "buybacks.programme_from_to": (", {start} to {end}", "，{start}至{end}"),
    "buybacks.programme_from": (", from {start}", "，{start}起"),
    "buybacks.programme_to": (", to {end}", "，至{end}"),
    "buybacks.programme_ended": (" (ended)", "（已结束）"),
    "buybacks.used": ("Used {amount} since {start} to {to}", "自{start}至{to}已用{amount}"),
    "buybacks.used_to": ("Used {amount} to {to}", "截至{to}已用{amount}"),
    "buybacks.used_unknown": ("What is used is not known", "已用额度未知"),
    "buybacks.left": ("Left {amount} at {to}", "{to}剩余{amount}"),
    "buybacks.left_unknown": ("What is left is not known", "剩余额度未知"),
    "buybacks.left_met": ("Met by {to}", "截至{to}已完成"),
    "buybacks.programme_note": (
        "used of daily returns and printed limits is derived",
        "已用额度按每日申报及公布上限推算",
    ),
    "buybacks.yield": ("Yield gross · net", "收益率：毛 · 净"),
    "buybacks.yield_help": (
        (
            "Gross: consideration {from_date} to {to_date} ({basis}) over the market cap of "
            "{cap_date}. Net: fall of the count of shares from {opening} to {closing}. A company "
            "can buy and still issue more."
        ),
        (
            "毛：{from_date}至{to_date}回购额（{basis}）除以{cap_date}市值。净："
            "{opening}至{closing}股数减少幅度。公司可一边回购一边增发。"
        ),
    ),
    "buybacks.basis_twelve_months": ("twelve months", "十二个月"),
    "buybacks.basis_last_year": ("the last completed year", "上一完整年度"),
    "buybacks.prices": ("Average price paid by year", "各年买入均价"),
    "buybacks.reconciliation": (
        "Statements against the daily returns of the same days",
        "披露与同期每日申报核对",
    ),
    "buybacks.reconciliation_said": (
        "{number} statements: {agree} agree, {differ} differ",
        "共{number}项：{agree}项相符，{differ}项不符",
    ),
    "buybacks.reached": (
        (
            "{name}: the {amount} printed for {start} to {end} had been bought by {reached}; the "
            "whole period came to {daily}."
        ),
        "{name}：原文所载{start}至{end}的{amount}，于{reached}已达到；全期实为{daily}。",
    ),
    "buybacks.rulings": ("Rulings and doubts (†)", "更正与存疑（†）"),
    "buybacks.mandates": (
        "Mandate to date: since the general meeting, not since 1 January",
        "授权以来：自股东大会起，非年初至今",
    ),
    "buybacks.found_by_hand": ("by comparing sources", "来源比对"),
    "buybacks.click": ("A click on a name opens the company.", "点击名称查看该公司。"),
    "computed.buyback_yield": (
        "Gross yield = consideration of the twelve months to this day, where daily reports or "
        "statements cover them without a gap, else of the last completed year (so labelled), "
        "over the market cap. "
        "Net reduction = fall of the count of shares over about a year, by printed counts or the "
        "printed change, on today's basis of splits and ADS. The two differ by the shares that "
        "were issued, and by what is bought and not yet cancelled.",
        (
            "毛收益率 = 截至当日十二个月的回购额（须由每日申报或披露无缝覆盖；"
            "否则用上一完整年度并注明）除以市值。净减少 = 约一年内公布股数的减少幅度，"
            "按现时拆股及ADS口径。两者之差为新发股份及已回购未注销部分。"
        ),
    ),
    "computed.buyback_reconciliation": (
        "Each statement of several days that the exchange's daily report covers is set beside "
        "the sum of those days, as printed. Agrees: within half a unit of its last digit or 0.1 "
        "%; close: within 1 %. "
        "Where less was printed than bought, the day is found on which the running total of the "
        "period reached the printed figure.",
        (
            "凡每日申报覆盖的多日披露，均按原文与各日合计核对。相符："
            "误差在末位半个单位或0.1%以内；接近：1%以内。若原文少于实际，"
            "则找出累计达到该数的日期。"
        ),
    ),
    "verdict.agrees": ("agrees", "相符"),
    "verdict.at_least": ("agrees (at least)", "相符（至少）"),
    "verdict.close": ("close", "接近"),
    "verdict.differs": ("differs", "不符"),
    "verdict.days_missing": ("days missing", "申报不全"),
    "ruled.shares": ("shares", "股数"),
    "ruled.amount": ("amount", "金额"),
    "ruled.price_high": ("highest price", "最高价"),
    "ruled.price_low": ("lowest price", "最低价"),
    "column.cap_share": ("% of cap", "占市值%"),
    "help.cap_share": (
        (
            "Consideration since 1 January over the last market cap known; blank: no count of "
            "shares is known."
        ),
        "年初至今回购额除以最近市值；空白表示股数未知。",
    ),
    "help.gross_yield": (
        "Consideration of twelve months, else of the last completed year, over the market cap.",
        "十二个月（否则上一完整年度）回购额除以市值。",
    ),
    "help.net_reduction": (
        "Fall of the count of shares over about a year; negative: it grew; blank: not seen.",
        "约一年内股数减少幅度；负值为增加；空白为未见披露。",
    ),
    "column.turnover": ("% of volume", "占成交%"),
    "help.turnover": (
        "Shares bought as a part of all shares traded that day in Hong Kong.",
        "回购股数占当日香港成交股数。",
    ),
    "column.stated": ("Printed", "原文"),
    "column.daily_sum": ("Daily sum", "每日合计"),
    "column.buyback_difference": ("Difference", "差额"),
    "column.stated_shares": ("Shares printed", "原文股数"),
    "column.daily_shares": ("Shares, daily", "每日股数"),
    "column.buyback_verdict": ("Verdict", "结论"),
    "column.reached_on": ("Reached on", "达到日"),
    "help.reached_on": (
        (
            "The day on which the running total of the period reached the printed figure: "
            "derived from the daily returns."
        ),
        "累计达到原文数字之日：由每日申报推得。",
    ),
    "column.found_by": ("Found by", "发现方式"),
    "column.test": ("Test", "检验"),
    "column.year": ("Year", "年份"),
    "column.purchase_days": ("Purchase days", "回购天数"),
    "column.close_of_year": ("Average close (HK$)", "年均收盘（港元）"),
    "help.close_of_year": (
        "Mean of the closes of the year to this day, daily where known, else month-end.",
        "截至当日全年收盘均值，有每日行情用每日，否则用月末。",
    ),
    "column.close_of_days": ("Close of the days (HK$)", "当日收盘（港元）"),
    "help.close_of_days": (
        "Closes of the purchase days, weighted by the shares bought; daily prices only.",
        "各回购日收盘价，按回购股数加权；仅限每日行情。",
    ),
    "column.close_latest": ("Close now (HK$)", "现收盘（港元）"),
    "column.resolved_on": ("Resolved on", "决议日"),
    "column.issued_pct": ("% of issued", "占已发行%"),
    "help.issued_pct": (
        "As printed: of the issued shares on the day of the resolution.",
        "原文：占决议日已发行股份。",
    ),
    "column.issued_shares": ("Issued then", "决议日股数"),
    "help.issued_shares": (
        "Derived: ten times the limit, else the count over its percentage.",
        "推算：上限的十倍，或股数除以百分比。",
    ),
    "column.limit_shares": ("Limit", "上限"),
    "column.left_shares": ("Left", "剩余"),
    "column.grain": ("Span", "跨度"),
    "column.measure": ("Measure", "类别"),
}
