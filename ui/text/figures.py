"""Words that several pages share: columns, statuses, findings, headline figures, titles, how a
figure is computed.
"""

TEXTS: dict[str, tuple[str, str]] = {
    # Columns
    "column.name": ("Name", "名称"),
    "column.ticker": ("Ticker", "代码"),
    "column.close": ("Close", "收盘价"),
    "column.currency_short": ("Ccy", "币种"),
    "column.currency": ("Currency", "货币"),
    "column.change_1m": ("1m %", "近1月 %"),
    "column.change_ytd": ("YTD %", "年初至今 %"),
    "column.pe_ttm": ("PE-TTM (x)", "市盈率 TTM（倍）"),
    "column.pe_forward": ("Forward PE (x)", "预测市盈率（倍）"),
    "column.percentile": ("Percentile", "百分位"),
    "column.percentile_window": ("{window} percentile", "{window}百分位"),
    "column.coverage_pct": ("Coverage %", "有效观测 %"),
    "column.status": ("Status", "状态"),
    "column.gross_yield": ("Gross yield %", "总回购收益率 %"),
    "column.net_reduction": ("Net reduction %", "净减少 %"),
    "column.revenue_yoy": ("Revenue YoY %", "收入同比 %"),
    "column.trend": ("Trend", "走势"),
    "column.date": ("Date", "日期"),
    "column.period": ("Period", "期间"),
    "column.announced_on": ("Announced", "公布日"),
    "column.eps_ttm": ("EPS-TTM", "每股盈利 TTM"),
    "column.eps_to": ("EPS to", "每股盈利截至"),
    "column.fx": ("FX", "汇率"),
    "column.shares": ("Shares", "股数"),
    "column.amount": ("Amount", "金额"),
    "column.price_average": ("Average price", "均价"),
    "column.price_low": ("Low price", "最低价"),
    "column.price_high": ("High price", "最高价"),
    "column.last_trade": ("Last trade", "最近回购日"),
    "column.same_day_last_year": ("Same day last year", "去年同期"),
    "column.venue": ("Venue", "交易场所"),
    "column.disposal": ("Disposal", "处理"),
    "column.segment": ("Segment", "分部"),
    "column.yoy_pct": ("YoY %", "同比 %"),
    "column.yoy_basis": ("YoY basis", "同比口径"),
    "column.share_pct": ("Share %", "占比 %"),
    "column.contribution_pp": ("Contribution (pp)", "贡献（百分点）"),
    "column.kpi": ("KPI", "经营指标"),
    "column.value": ("Value", "数值"),
    "column.unit": ("Unit", "单位"),
    "column.broker": ("Broker", "券商"),
    "column.rating": ("Rating", "评级"),
    "column.target": ("Target price", "目标价"),
    "column.fiscal_year": ("Fiscal year", "财年"),
    "column.estimate": ("Estimate", "预测"),
    "column.previous": ("Previous", "前次"),
    "column.change": ("Change %", "变动 %"),
    "column.actual": ("Actual", "实际"),
    "column.expected": ("Expected", "预期"),
    "column.published_on": ("Published", "发布日"),
    "column.publisher": ("Publisher", "发布机构"),
    "column.title": ("Title", "标题"),
    "column.kind": ("Kind", "类别"),
    "column.site": ("Site", "网站"),
    "column.visits": ("Visits (mn)", "访问量（百万）"),
    "column.wow_pct": ("WoW %", "周环比 %"),
    "column.stay": ("Average stay", "平均停留"),
    "column.source": ("Source", "来源"),
    "column.note": ("Note", "备注"),
    "column.return_pct": ("Return %", "涨跌幅 %"),
    "column.excess_pp": ("Excess (pp)", "超额（百分点）"),
    "column.severity": ("Severity", "级别"),
    "column.code": ("Code", "代码"),
    "column.message": ("Message", "说明"),
    "column.table": ("Table", "数据表"),
    "column.rows": ("Rows", "行数"),
    "column.latest": ("Latest", "最新"),
    "column.printed": ("As printed", "原文数值"),
    "column.ruled": ("As ruled", "更正数值"),
    "column.reason": ("Reason", "理由"),
    "column.figures": ("Figures", "数据条数"),
    # Statuses, and the reason in words
    "status.OK": ("OK", "正常"),
    "status.NM_LOSS": ("n.m. (loss)", "不适用（亏损）"),
    "status.MISSING_EPS": ("no EPS", "缺每股盈利"),
    "status.STALE_EPS": ("EPS stale", "每股盈利过期"),
    "status.MISSING_FX": ("no FX", "缺汇率"),
    "status.STALE_PRICE": ("price stale", "股价过期"),
    "status.MISSING_PRICE": ("no price", "缺股价"),
    "status.MISSING_SHARES": ("no share count", "缺股数"),
    "status.MISSING_REVENUE": ("no revenue", "缺收入"),
    "status.MISSING_ESTIMATE": ("no estimate", "缺盈利预测"),
    "status.STALE_ESTIMATE": ("estimates stale", "盈利预测过期"),
    "reason.OK": ("All inputs are known and fresh.", "各项输入齐备且在有效期内。"),
    "reason.NM_LOSS": (
        "The last four quarters sum to a loss; a multiple would mean nothing.",
        "最近四个季度合计亏损，市盈率不适用。",
    ),
    "reason.MISSING_EPS": (
        "Four consecutive quarters of EPS on this basis were not known.",
        "当时尚无该口径连续四个季度的每股盈利。",
    ),
    "reason.STALE_EPS": (
        (
            "No results for more than five months (eight for a half-year reporter); shown in "
            "grey, not ranked."
        ),
        "超过五个月（半年报公司八个月）未有业绩公布；以灰色显示，不参与排名。",
    ),
    "reason.MISSING_FX": (
        "No exchange rate within ten days of the close.",
        "收盘日前十天内无汇率。",
    ),
    "reason.STALE_PRICE": (
        (
            "The last close is too old (10 sessions daily, 35 days month-end); shown in grey, "
            "not ranked."
        ),
        "最近收盘价过旧（日频10个交易日，月末35天）；以灰色显示，不参与排名。",
    ),
    "reason.MISSING_PRICE": ("No close is known on or before this date.", "该日或之前无收盘价。"),
    "reason.MISSING_SHARES": ("No share count is known at this date.", "该日无股数。"),
    "reason.MISSING_REVENUE": (
        "Four consecutive quarters of revenue were not known.",
        "当时尚无连续四个季度的收入。",
    ),
    "reason.MISSING_ESTIMATE": (
        "No dated estimate covers both fiscal years of the blend.",
        "没有带日期且覆盖两个财年的预测。",
    ),
    "reason.STALE_ESTIMATE": ("Every estimate is older than 180 days.", "全部预测已超过180天。"),
    "reason.sentence": ("{words}.", "{words}。"),
    "reason.eps": (
        "{basis} EPS of {periods} is missing; results to {results} were announced on {date}.",
        "缺{periods}的{basis}每股盈利；{results}止期间的业绩已于{date}公布。",
    ),
    "unranked.history": (
        "{number} of the {needed} {observations} needed",
        "需{needed}个{observations}，现有{number}个",
    ),
    "unranked.short": ("the history is too short", "历史过短"),
    "unranked.daily": ("a window of {window} needs daily prices", "{window}窗口需日频股价"),
    "unranked.eps": ("{basis} EPS of {periods} is missing", "缺{periods}的{basis}每股盈利"),
    "action.other_basis": (
        "Show {basis}: {value}, {percentile} percentile",
        "改看{basis}：{value}，{percentile}",
    ),
    "mark.and": (" and ", "、"),
    "missing.no_rows": (
        "Nothing known for this choice as of {date}.",
        "截至{date}，该选择下无已知数据。",
    ),
    "missing.snapshot": (
        "Snapshot {snapshot} is no longer kept; this page shows {current}.",
        "快照 {snapshot} 已不再保留；本页显示 {current}。",
    ),
    # Findings: one sentence that opens a page
    "finding.overview": (
        (
            "{cheap} of {ranked} ranked companies trade in the cheapest fifth of their range "
            "over {window}; {index} at {multiple}, {percentile} percentile."
        ),
        (
            "{ranked}家可排名公司中，{cheap}家处于{window}区间最便宜的五分之一；"
            "{index}为{multiple}，{percentile}。"
        ),
    ),
    "finding.overview_plain": (
        (
            "{cheap} of {ranked} ranked companies trade in the cheapest fifth of their range "
            "over {window}."
        ),
        "{ranked}家可排名公司中，{cheap}家处于{window}区间最便宜的五分之一。",
    ),
    "finding.overview_thin": (
        "Only {ok} of {ever} companies have a fresh PE on {date}; {full} has {full_ok}.",
        "{date}仅{ok}家公司（曾有{ever}家）有有效市盈率；{full}有{full_ok}家。",
    ),
    "trades.pe_ttm": (
        "trades at {value} {basis} trailing earnings",
        "现报{value}{basis}市盈率（TTM）",
    ),
    "trades.pe_forward": (
        "trades at {value} {basis} earnings expected over twelve months",
        "现报{value}{basis}预测市盈率",
    ),
    "trades.ps_ttm": ("trades at {value} trailing revenue", "现报{value}市销率（TTM）"),
    "trades.earnings_yield_ttm": (
        "has an earnings yield of {value} on {basis} trailing earnings",
        "{basis}盈利收益率为{value}",
    ),
    "trades.quoted": ("stands at a {metric} of {value}, as quoted", "{metric}为{value}（公布值）"),
    "difference.above": ("{pct} above", "较收盘价高{pct}"),
    "difference.below": ("{pct} below", "较收盘价低{pct}"),
    "difference.at": ("the same as", "与收盘价持平"),
    # Headline figures
    "headline.percentile": ("Percentile", "百分位"),
    "headline.median": ("Median", "中位数"),
    "headline.median_percentile": ("Median percentile", "百分位中位数"),
    "headline.range": ("Range", "区间"),
    "headline.range_value": ("{low} to {high}", "{low}至{high}"),
    "headline.coverage": ("Coverage", "有效观测"),
    "headline.average_price": ("Average price", "回购均价"),
    "headline.market_cap": ("Market cap", "市值"),
    "headline.close": ("Close", "收盘价"),
    "headline.results_this_month": ("Results this month", "本月业绩"),
    # Titles and subtitles of charts
    "chart.pe_history": ("{name}: {metric} against its own history", "{name}：{metric}历史走势"),
    "chart.pe_history_finding": (
        "{name}: {multiple}, {percentile} percentile {window}",
        "{name}：{multiple}，{window}{percentile}",
    ),
    "chart.pe_history_subtitle": (
        (
            "{metric}, {unit}, {basis}, {frequency}; bands: 10th, 25th, 50th, 75th, 90th "
            "percentile {window}"
        ),
        "{metric}，{unit}，{basis}，{frequency}；区间带：{window}第10、25、50、75、90百分位",
    ),
    "chart.cross_section": (
        "Where each company stands in its own range",
        "各公司在自身区间中的位置",
    ),
    "chart.cross_section_subtitle": (
        (
            "{metric}, {unit}, {basis}, {window}; line: range, bar: 25th to 75th percentile, "
            "tick: median, dot: now"
        ),
        (
            "{metric}，{unit}，{basis}，{window}；细线：区间，粗条：第25至75百分位，竖线："
            "中位数，圆点：当前"
        ),
    ),
    "chart.index_history": ("{name}: {metric}", "{name}：{metric}"),
    "chart.index_history_subtitle": (
        (
            "{metric}, {unit}, {frequency}, as published by {publisher}; bands: 10th, 25th, "
            "50th, 75th, 90th percentile"
        ),
        "{metric}，{unit}，{frequency}，{publisher}公布；区间带：第10、25、50、75、90百分位",
    ),
    "chart.price_paid": ("{name}: price paid against the close", "{name}：回购价与收盘价"),
    "chart.price_paid_subtitle": (
        "Average price of each purchase, {currency}; area of the dot: amount; line: close",
        "每次回购均价，{currency}；圆点面积：金额；折线：收盘价",
    ),
    # Words inside charts
    "chart.empty": ("Nothing to draw for this choice.", "该选择下无可绘制数据。"),
    "chart.now": ("now", "当前"),
    "chart.stale": ("stale", "过期"),
    "chart.median": ("median", "中位数"),
    "chart.close": ("Close", "收盘价"),
    "chart.eps_ttm": ("EPS-TTM", "每股盈利 TTM"),
    "chart.eps_to": ("EPS to {date}", "每股盈利截至{date}"),
    "chart.fx": ("FX", "汇率"),
    "chart.results_effective": ("Results effective", "业绩生效"),
    "chart.note_results": ("Ticks on the axis: results take effect.", "轴上短线：业绩生效日。"),
    "chart.note_stale": ("Grey: input stale, not ranked.", "灰色：输入过期，不参与排名。"),
    "chart.note_incomplete": ("Hatched: incomplete period.", "斜线：期间未完整。"),
    "chart.note_blackout": ("Shaded: closed period before results.", "底纹：业绩前静默期。"),
    "chart.note_break": (
        "Dotted line: the company changed its segments; growth across it is not drawn.",
        "虚线：公司调整分部口径；跨口径同比不绘出。",
    ),
    "chart.note_nm": ("n.m.: base negative or too small.", "n.m.：基数为负或过小，无意义。"),
    "chart.note_log": ("Logarithmic axis.", "对数坐标。"),
    "chart.break": ("basis changed", "口径变更"),
    "chart.incomplete": ("incomplete", "未完整"),
    "chart.total": ("Total", "合计"),
    "chart.average_paid": ("average paid", "回购均价"),
    "chart.printed_by": ("{value} printed by {source}", "{source}公布{value}"),
    "chart.printed_percentile": ("percentile {percentile} as printed", "原文百分位{percentile}"),
    "chart.range": ("Range", "区间"),
    "chart.amount": ("Amount", "金额"),
    "chart.average_price": ("Average price", "均价"),
    "chart.percentile": ("Percentile", "百分位"),
    "chart.cheap": ("cheap", "便宜"),
    "chart.dear": ("dear", "昂贵"),
    "chart.peg": ("PEG 1", "PEG 1"),
    "chart.growth": ("Expected EPS growth", "预期每股盈利增速"),
    "chart.growth_axis": ("expected EPS growth, FY1 to FY2", "预期每股盈利增速（FY1至FY2）"),
    "chart.observations": ("observations", "观测"),
    "chart.count_of": ("{number} {unit}", "{number}个{unit}"),
    "chart.note_one_broker": ("Hollow: rests on one broker.", "空心：仅一家券商。"),
    "chart.note_no_band": (
        "No band where the figure per share is missing or a loss.",
        "每股数值缺失或亏损处无区间带。",
    ),
    # One sentence for a reader who does not see the picture
    "alt.valuation": (
        "{name} ({ticker}): {metric} {value}, {percentile} percentile {window}, as of {date}.",
        "{name}（{ticker}）：{metric}{value}，{window}{percentile}，截至{date}。",
    ),
    "alt.chart": ("{title}. {subtitle}. As of {date}.", "{title}。{subtitle}。截至{date}。"),
    "alt.last": (". Last: {value}", "。最新：{value}"),
    # How is this computed?
    "computed.pe_ttm": (
        "PE-TTM = close / (EPS of the last four quarters x FX). The close is the price traded "
        "that day, adjusted for splits and not for dividends. "
        "EPS is diluted and {basis}; a quarter counts from the first session after its "
        "announcement, in its latest version known by then; half-year reporters: last full year "
        "+ this half - the same half a year before. "
        "FX is the spot rate of that day. A loss gives n.m.; a missing quarter gives no PE.",
        "市盈率（TTM）= 收盘价 /（最近四个季度每股盈利 x 汇率）。收盘价为当日成交价，经拆股调整，"
        "未经股息调整。"
        "每股盈利为摊薄、{basis}口径；季度数据自公布后首个交易日起计入，取当时已知的最新版本；"
        "半年报公司：上一全年 + 本半年 - 去年同期半年。"
        "汇率为当日即期汇率。亏损显示 n.m.；缺任一季度则不计算。",
    ),
    "computed.percentile": (
        "Percentile = 100 x (L + (E - 1) / 2) / (N - 1): L observations in the window are lower, "
        "E equal (the current one included), N in all. 0 is cheapest, 100 dearest. "
        "Only fresh, positive observations count. Here {window}, N {number}, {first} to {last}, "
        "{frequency}; coverage {coverage}, {losses} losses left out. "
        "Fewer than 30 month-ends or 120 daily closes give no percentile.",
        "百分位 = 100 x (L + (E - 1) / 2) / (N - 1)：窗口内低于当前值的观测为 L，相等的为 "
        "E（含当前值），共 N 个。0 为最便宜，100 为最贵。"
        "仅计入有效的正值。此处为{window}，N {number}，{first}至{last}，{frequency}；"
        "有效观测{coverage}，剔除亏损{losses}个。"
        "少于30个月末或120个交易日不计算百分位。",
    ),
}
