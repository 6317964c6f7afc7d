"""Words of Coverage."""

TEXTS: dict[str, tuple[str, str]] = {
    "finding.coverage_changes": (
        (
            "{broker} moved its {year} EPS of {companies} from {before} to {date}: {raised} up, "
            "{cut} down; {most} most, {change} ({old} to {new})."
        ),
        (
            "{broker}于{before}至{date}调整{companies}{year}每股盈利：{raised}家上调，"
            "{cut}家下调；{most}幅度最大，{change}（{old}至{new}）。"
        ),
    ),
    "finding.coverage_printed": (
        "{broker} covered {companies} on {date}, at {low} to {high} its {year} EPS.",
        "{broker}于{date}覆盖{companies}，{year}市盈率{low}至{high}。",
    ),
    "finding.coverage_today": (
        (
            "At the close of {date} the {year} estimates that {broker} printed on {published} "
            "cost {now} (median), against {then} then."
        ),
        "按{date}收盘价，{broker}{published}公布的{year}预测对应市盈率中位数{now}，当时为{then}。",
    ),
    "finding.coverage_none": (
        "No broker's coverage table is known as of {date}.",
        "截至{date}，无已知券商覆盖表。",
    ),
    "finding.coverage_outside": (
        "The table of {broker} of {date} does not cover {names}.",
        "{broker}{date}的覆盖表不含{names}。",
    ),
    "coverage.chart_printed": ("as printed", "原文"),
    "coverage.chart_today": ("today", "现时"),
    "coverage.chart_changes": ("what changed", "变动"),
    "choice.to": ("Table", "覆盖表"),
    "choice.from": ("Against", "对比"),
    "choice.broker": ("Broker", "券商"),
    "coverage.table_of": ("table of {date}", "{date}覆盖表"),
    "coverage.against": ("against {date}", "对比{date}"),
    "coverage.one_table": (
        "Only one table is known by then: there is nothing to set it against.",
        "当时仅有一份覆盖表，无可比较。",
    ),
    "coverage.date_inferred": (
        (
            "The day of the table is inferred, not printed; so are the currency of the EPS (it "
            "reproduces the printed PE) and its basis (adjusted)."
        ),
        "覆盖表日期为推断，原文未印；每股盈利货币（可重现原文市盈率）及口径（经调整）亦为推断。",
    ),
    "coverage.contradiction": (
        (
            "{name}: the table prints a {year} PE of {kept}, the text of the same report "
            "{other}. The table is kept: its own close and EPS give {recomputed}."
        ),
        (
            "{name}：表中{year}年市盈率为{kept}，同一报告正文为{other}。以表为准："
            "表内收盘价与每股盈利得出{recomputed}。"
        ),
    ),
    "coverage.contradictions": ("Where the report contradicts itself", "报告自相矛盾之处"),
    "coverage.table_printed": ("The table as printed on {date}", "{date}覆盖表原文"),
    "coverage.table_today": (
        "The same estimates at the closes of {date}",
        "同一预测按{date}收盘价",
    ),
    "coverage.table_changes": ("{before} to {date}", "{before}至{date}"),
    "coverage.kept": ("kept", "保留"),
    "coverage.added": ("added", "新增"),
    "coverage.dropped": ("no longer in the table", "不再列入"),
    "coverage.number_one": ("1 company", "1家公司"),
    "coverage.number_many": ("{number} companies", "{number}家公司"),
    "coverage.companies": ("Companies", "公司数"),
    "coverage.median_pe": ("Median PE {year}", "{year}年市盈率中位数"),
    "coverage.median_now": ("At the last close", "按最近收盘价"),
    "coverage.raised": ("EPS raised · cut", "每股盈利上调 · 下调"),
    "coverage.reproduced": ("PE that reproduce", "可重现的市盈率"),
    "coverage.reproduced_help": (
        (
            "Printed whole-number multiples that the table's own close and EPS give again, at "
            "the exchange rate of its day and with the ratio of the ADS"
        ),
        "以表内收盘价、每股盈利、当日汇率及ADS比率可重现的整数市盈率",
    ),
    "coverage.source": ("{broker}, report of {date}", "{broker}，{date}报告"),
    "chart.coverage_printed": (
        "{broker}: PE of {year} and {next}, {date}",
        "{broker}：{year}年与{next}年市盈率，{date}",
    ),
    "chart.coverage_printed_subtitle": (
        "PE as printed, times; ring {year}, dot {next}",
        "原文市盈率，倍；圈{year}年，点{next}年",
    ),
    "chart.coverage_today": (
        "{broker}: {year} PE then and at the close of {date}",
        "{broker}：{year}年市盈率，当时与{date}",
    ),
    "chart.coverage_today_subtitle": (
        "PE on the {year} EPS of {published}, times; ring as printed, dot at the last close",
        "按{published}公布的{year}年每股盈利，市盈率，倍；圈为原文，点为最近收盘价",
    ),
    "chart.coverage_changes": (
        "{broker}: {year} EPS, {before} to {date}",
        "{broker}：{year}年每股盈利，{before}至{date}",
    ),
    "chart.coverage_changes_subtitle": (
        "Change of the {year} EPS, per cent, same broker and fiscal year",
        "{year}年每股盈利变动，%，同一券商及财年",
    ),
    "coverage.gone": ("No longer in the table: {names}.", "不再列入：{names}。"),
    "column.in_table": ("In the table", "表中状态"),
    "column.market_cap_in": ("Market cap (mn)", "市值（百万）"),
    "column.eps_of": ("EPS {year}", "每股盈利 {year}"),
    "column.pe_of": ("PE {year} (x)", "市盈率 {year}（倍）"),
    "column.pe_again": ("Recomputed {year}", "重算 {year}"),
    "column.pe_now": ("PE {year} now", "现时市盈率 {year}"),
    "column.close_now": ("Close now", "现时收盘价"),
    "column.eps_before": ("EPS {year} before", "前次每股盈利 {year}"),
    "column.eps_change": ("EPS {year} %", "每股盈利 {year} %"),
    "column.pe_before": ("PE {year} before", "前次市盈率 {year}"),
    "column.implied_shares": ("Implied shares (mn)", "隐含股数（百万）"),
    "column.implied_change": ("Implied shares %", "隐含股数 %"),
    "column.close_change": ("Close %", "收盘价 %"),
    "computed.coverage": (
        "As printed: the broker's own close, market cap, EPS and whole-number PE. Recomputed: "
        "close / (EPS x ordinary shares of one unit of the line x exchange rate of the table's "
        "day); PDD is quoted per ADS of four shares, its EPS per ordinary share. "
        "Today: the same printed EPS at the last close and the last exchange rate. Implied "
        "shares: printed market cap / printed close. A fiscal year that does not end in December "
        "is ambiguous in the table and shown as printed.",
        "原文：券商自列收盘价、市值、每股盈利及整数市盈率。重算：收盘价 /（每股盈利 x "
        "每单位代码所含普通股 x 覆盖表当日汇率）；拼多多按每ADS四股报价，每股盈利按普通股。"
        "现时：同一每股盈利按最近收盘价及汇率。隐含股数：原文市值 / 原文收盘价。财年非12月止者，"
        "表中年份含义不明，按原文显示。",
    ),
}
