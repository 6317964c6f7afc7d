"""Words of Market."""

TEXTS: dict[str, tuple[str, str]] = {
    "finding.market": (
        (
            "{month}: {index} {index_return}; {best} led Hong Kong with {best_return}, {worst} "
            "trailed with {worst_return}{beat}."
        ),
        (
            "{month}：{index}{index_return}；港股中{best}领涨{best_return}，"
            "{worst}居末{worst_return}{beat}。"
        ),
    ),
    "finding.market_beat": (
        "; {number} of {total} beat the index",
        "；{total}家中{number}家跑赢指数",
    ),
    "finding.market_one": (
        (
            "{name}: {value} in {month}{excess}, {rank} of {total} {market} names; {index} "
            "{index_return}."
        ),
        "{name}：{month}{value}{excess}，{market}{total}家中第{rank}；{index}{index_return}。",
    ),
    "finding.market_line": (
        "{name}: {value} in {month}{excess}; {index} {index_return}.",
        "{name}：{month}{value}{excess}；{index}{index_return}。",
    ),
    "finding.market_out": (
        "{name} has no return for {month}: {reason}.",
        "{name}在{month}无涨跌幅：{reason}。",
    ),
    "finding.market_excess": (", {points} against {benchmark}", "，较{benchmark}{points}"),
    "finding.market_alone": (
        "{month}: {index} {index_return}; {name} alone has a close at both ends, {value}.",
        "{month}：{index}{index_return}；仅{name}在两端均有收盘价，{value}。",
    ),
    "finding.market_index": (
        "{month}: {index} {index_return}; no company has a close at both ends.",
        "{month}：{index}{index_return}；尚无公司在两端均有收盘价。",
    ),
    "finding.market_none": (
        "Nothing is known of {month} as of {date}: no close at both ends.",
        "截至{date}，{month}尚无两端收盘价。",
    ),
    "finding.market_early": ("No price is known by {date}.", "截至{date}尚无股价。"),
    "market.to": ("{month} (to {date})", "{month}（至{date}）"),
    "market.running": ("{month}, running", "{month}（进行中）"),
    "market.no_month": (
        "month: {value} lies before all prices or after {date}; this page shows {shown}.",
        "month：{value}早于全部股价或晚于{date}；本页显示{shown}。",
    ),
    "market.no_company": (
        (
            "{names}: an index or ETF stands in the index bars, the basket under sector PE; the "
            "list has every company."
        ),
        "{names}：指数及ETF见指数柱图，组合见板块市盈率；列表为全部公司。",
    ),
    "choice.month": ("Month", "月份"),
    "market.HK": ("Hong Kong", "港股"),
    "market.US": ("US", "美股"),
    "market.up": ("Names up", "上涨家数"),
    "market.up_value": ("{up} of {total}", "{up}/{total}"),
    "market.up_help": (
        "Of the companies ranked in Hong Kong and the US, one line an issuer.",
        "港股及美股参与排名的公司，每家发行人计一条。",
    ),
    "market.pe_of": ("{name} PE", "{name}市盈率"),
    "market.pe_help_quoted": (
        (
            "PE-TTM as the index data site quotes it on {date}; percentile in the window by our "
            "definition (N {number}); {before} a month before."
        ),
        "数据网站公布的{date}市盈率；百分位按本站定义（N {number}）；上月{before}。",
    ),
    "market.pe_help_basket": (
        (
            "Sum of market caps / sum of {basis} trailing profits of the covered companies on "
            "{date}, losses included; N {number}; {before} a month before."
        ),
        "{date}覆盖公司市值合计/{basis}滚动利润合计，含亏损；N {number}；上月{before}。",
    ),
    # The sheet
    "chart.month_sheet": ("{month} in review", "{month}回顾"),
    "chart.month_sheet_subtitle": (
        (
            "Price return over the month, %, last session on last session of the month before; "
            "excess in percentage points on the same sessions"
        ),
        "月度价格涨跌幅，%，月末收盘较上月末收盘；超额为相同交易日的百分点差",
    ),
    "chart.indices": ("Indices, {number} months", "指数，近{number}个月"),
    "chart.movers": ("{market}, against {benchmark} {value}", "{market}，基准{benchmark} {value}"),
    "chart.excess": ("pp", "百分点"),
    "chart.between": ("{number} more between", "中间另有{number}家"),
    "chart.sector": (
        "Sector PE-TTM and its percentile, {window}",
        "板块市盈率（TTM）及百分位，{window}",
    ),
    "chart.no_close": ("no close at both ends", "两端无收盘价"),
    "chart.no_pe": ("no PE at this month's end", "月末无市盈率"),
    "market.running_note": ("The month still runs: {reached}.", "本月尚未结束：{reached}。"),
    "market.reached": ("{market} to {date}", "{market}至{date}"),
    "market.proxy_note": (
        "PNQI, an ETF, stands for the Nasdaq internet index.",
        "PNQI（ETF）代表纳斯达克互联网指数。",
    ),
    "market.no_excess": (
        (
            "No excess for {number} of {total} names: {benchmark} has no close on both of their "
            "sessions ({dates})."
        ),
        "{total}家中{number}家无超额：{benchmark}在其交易日（{dates}）无收盘价。",
    ),
    "market.note_misfit": (
        (
            "{publisher}: printed {market} excess returns do not fit the printed benchmark "
            "({benchmark} {value}) by {misfit} points; they fit one of {implied}."
        ),
        (
            "{publisher}：所列{market}超额与其所列基准（{benchmark} {value}）"
            "相差{misfit}个百分点，与{implied}的基准相符。"
        ),
    ),
    "market.note_total": (
        (
            "{publisher} prints {name} {printed}, its series taking the dividend off (ex "
            "{date}): price return {value}, total return {total}."
        ),
        (
            "{publisher}所列{name}{printed}为扣除股息（除净日{date}）的序列：价格涨跌幅{value}，"
            "总回报{total}。"
        ),
    ),
    "market.note_differs": (
        "{publisher} prints {name} {printed}; by our closes {value}.",
        "{publisher}所列{name}为{printed}；按本站收盘价为{value}。",
    ),
    "market.note_percentile": (
        (
            "{publisher} prints {name} PE {value} at percentile {printed}; by our definition "
            "{percentile} (N {number})."
        ),
        (
            "{publisher}所列{name}市盈率{value}、百分位{printed}；按本站定义为{percentile}（N "
            "{number}）。"
        ),
    ),
    # Tables
    "market.table": ("The month, line by line", "逐条涨跌"),
    "market.printed": ("As {publisher} printed it, beside ours", "{publisher}所列与本站对照"),
    "market.other_moves": (
        "Other moves printed that ended in this month",
        "本月内结束的其他已刊涨跌",
    ),
    "market.left_out": ("Left out: {words}.", "未计入：{words}。"),
    "market.state.RUNNING": ("to {date}", "至{date}"),
    "market.state.JOINED": ("joined: first close {date}", "新加入：首个收盘价{date}"),
    "market.state.MISSING_BASE": ("no close at the end of the month before", "上月末无收盘价"),
    "market.state.MISSING_END": (
        "no close since {date}: suspended, or none loaded",
        "{date}后无收盘价：停牌或无数据",
    ),
    "market.state.MISSING_PRICE": ("no price loaded", "无股价数据"),
    "market.state.NOT_KNOWN": ("no price is known by then", "当时尚无股价"),
    "market.state.NOT_BEGUN": ("no session yet", "尚无交易日"),
    "market.state.MISSING_BENCHMARK": (
        "{benchmark}: no close on these sessions",
        "{benchmark}：该交易日无收盘价",
    ),
    "market.state.LINE": ("ranked by its Hong Kong line", "以港股参与排名"),
    "market.state.EX": ("ex-dividend {date}", "除净日{date}"),
    "check.agrees": ("agrees", "相符"),
    "check.total return": ("only total return agrees", "仅总回报相符"),
    "check.differs": ("differs", "不符"),
    "check.no close": ("no close of ours", "本站无收盘价"),
    "check.fits": ("fits", "相符"),
    "check.does not fit": ("off by {misfit} pp; fits {implied}", "差{misfit}个百分点；合{implied}"),
    "market.stands_for": ("{name}, for {entity}", "{name}（代表{entity}）"),
    "column.market": ("Market", "市场"),
    "column.base_date": ("Base session", "基准日"),
    "column.base_close": ("Base close", "基准收盘"),
    "column.end_date": ("End session", "期末日"),
    "column.total_return_pct": ("Total return %", "总回报 %"),
    "column.benchmark_pct": ("Benchmark %", "基准 %"),
    "column.state": ("Remark", "说明"),
    "column.printed_pct": ("Printed %", "原文 %"),
    "column.own_pct": ("Ours %", "本站 %"),
    "column.difference_pp": ("Difference (pp)", "差（百分点）"),
    "column.check": ("Check", "核对"),
    "column.printed_excess": ("Printed excess (pp)", "原文超额（百分点）"),
    "column.fitting_excess": ("By its own figures (pp)", "按其自身数据（百分点）"),
    "column.own_excess": ("Ours (pp)", "本站（百分点）"),
    "column.period_printed": ("Period as printed", "原文期间"),
    "column.move": ("Move", "涨跌"),
    "computed.market": (
        "Return = close of the last session of the month / close of the last session of the "
        "month before - 1: a price return, with closes that were traded, adjusted for splits and "
        "not for dividends. Where the close of a month's last session is not known, as on a half "
        "day, that of the session before stands for it; "
        "nothing earlier does, and the name is left out with its reason. Total return adds what "
        "went ex between the two closes at the rate of the ex-date, not reinvested; blank where "
        "no dividend is known. "
        "Excess = return less the benchmark's between the very same sessions, in percentage "
        "points: HSTECH for Hong Kong lines, PNQI (an ETF that stands for the Nasdaq internet "
        "index) for US lines; blank where the benchmark has no close on both. "
        "The universe is the coverage at the start of the month; who joined in it is named. "
        "Rankings take one line an issuer, the Hong Kong one where there is one.",
        "涨跌幅 = 当月最后交易日收盘价 / 上月最后交易日收盘价 - 1，为价格涨跌幅，"
        "用实际成交收盘价，经拆股调整、未经股息调整。月末最后交易日收盘价未知时（如半日市），"
        "以前一交易日代替；更早者不用，该股注明原因后剔除。"
        "总回报加上两个收盘价之间除净的股息，按除净日汇率，不再投资；无已知股息则留空。超额 = "
        "涨跌幅减去相同交易日的基准涨跌幅（百分点）：港股用恒生科技指数，"
        "美股用PNQI（代表纳斯达克互联网指数的ETF）；基准在任一交易日无收盘价则留空。"
        "范围为月初的覆盖名单，当月加入者另行注明。排名每家发行人取一条，有港股者取港股。",
    ),
    "computed.sector_pe": (
        (
            "HSTECH: PE-TTM as an index data site quotes it. Basket: sum of market caps / sum of "
            "trailing attributable profits of the companies covered, losses included, {basis}. "
            "The two are never spliced. Percentile in the window that ends with the month, 0 "
            "cheapest, 100 dearest."
        ),
        (
            "恒生科技指数为数据网站公布的市盈率（TTM）。覆盖组合 = 市值合计 / 滚动归母利润合计，"
            "含亏损，{basis}口径。二者不拼接。百分位为截至月末的窗口，0为最便宜，100为最贵。"
        ),
    ),
    "source.market": (
        (
            "closes of exchange sessions, vendors cross-checked; jiucaishuo (index PE); company "
            "results"
        ),
        "交易日收盘价（多家数据商核对）；韭圈儿（指数市盈率）；公司业绩",
    ),
}
