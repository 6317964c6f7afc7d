"""Words of Data: what is loaded, found, refused and ruled."""

TEXTS: dict[str, tuple[str, str]] = {
    "data.latest_session": ("Latest session", "最新交易日"),
    "data.warnings": ("Warnings", "警示"),
    "data.warnings_help": (
        "Figures that are doubtful or not used; each is listed below.",
        "存疑或未采用的数据，逐条列于下方。",
    ),
    "data.notes": ("Notes", "提示"),
    "data.notes_help": (
        "Rulings, other sources' figures, dates by convention.",
        "更正、其他来源的数值、按惯例推定的日期。",
    ),
    "data.rulings": ("Rulings", "更正"),
    "data.rulings_help": (
        "Printed figures that cannot be right, with what is used instead.",
        "不可能正确的原文数值及采用值。",
    ),
    "data.snapshot": ("Snapshot", "快照"),
    "data.tables": ("Tables", "数据表"),
    "data.by_company": ("How far each company's figures reach", "各公司数据截止"),
    "data.findings": ("Findings", "审核发现"),
    "data.no_findings": ("No finding concerns this choice.", "该选择无相关发现。"),
    "data.sources": ("Sources", "来源"),
    "data.dictionary": ("Dictionary: what every column means", "数据字典：各列含义"),
    "data.ref": ("Row", "所在行"),
    "data.column": ("Column", "列"),
    "data.test": ("Test it fails", "未通过的检验"),
    "data.rule": ("What the rule asks", "规则说明"),
    "data.rule_all": ("All rules", "全部规则"),
    "data.refused": (
        (
            "The last build, of {at} HKT, was refused: {errors}; what is shown is the snapshot "
            "before it."
        ),
        "最近一次构建（香港时间{at}）被拒绝：{errors}；所示为此前的快照。",
    ),
    "data.errors": ("{number} errors", "{number}处错误"),
    "data.errors_one": ("1 error", "1处错误"),
    "data.refused_place": ("File and line", "文件与行"),
    "data.refused_cell": ("Column and value", "列与值"),
    "severity.stop": ("severe", "严重"),
    "severity.warn": ("warning", "警示"),
    "severity.note": ("note", "提示"),
    "data.meaning": ("Meaning", "含义"),
    "data.price_to": ("Price", "股价"),
    "data.eps_adjusted_to": ("EPS adjusted to", "经调整EPS至"),
    "data.eps_reported_to": ("EPS reported to", "报告EPS至"),
    "data.revenue_to": ("Revenue to", "收入至"),
    "data.segments_to": ("Segments to", "分部至"),
    "data.buybacks_to": ("Buybacks to", "回购至"),
    "data.last_run": ("Last run of prices (HKT)", "最近一次股价更新（香港时间）"),
    "data.last_run_help": (
        "When the price loader last began, and below what each line came to.",
        "股价加载程序最近一次开始的时间；各标的结果见下。",
    ),
    "data.built": ("Built {built} HKT.", "构建于香港时间{built}。"),
    "data.only_all": ("All", "全部"),
    "data.only_stale": ("Only what is stale", "仅看过期"),
    "choice.only": ("What is listed", "列出范围"),
    "data.none_stale": ("No line is stale, and none failed.", "无过期标的，亦无更新失败。"),
    "data.no_lines": ("No line of this choice has prices.", "所选范围内无股价数据。"),
    "data.price_lines": ("Prices, line by line", "各标的股价"),
    "data.run": (
        "Last run: {provider} ({version}), began {began} HKT, {ended}: {outcomes}.",
        "最近一次更新：{provider}（{version}），香港时间{began}开始，{ended}：{outcomes}。",
    ),
    "data.run_ended": ("ended {at}", "{at}结束"),
    "data.run_broken": (
        "was broken off: the same command goes on from there",
        "中断：再次执行同一命令即可继续",
    ),
    "data.run_nothing": ("nothing asked", "未请求任何标的"),
    "data.no_run": (
        (
            "No run has brought daily prices yet: make refresh. Until then prices are the "
            "bundled month-ends."
        ),
        "尚未获取每日股价：执行 make refresh。在此之前使用内置月末收盘价。",
    ),
    "data.prices_to": ("Prices to", "股价至"),
    "data.state": ("State", "状态"),
    "state.fresh": ("fresh", "最新"),
    "state.late": ("late", "稍迟"),
    "state.stale": ("stale", "过期"),
    "state.none": ("–", "–"),
    "data.sessions_since": ("Sessions since", "其后交易日数"),
    "data.outcome": ("Last run", "最近更新结果"),
    "data.asked_at": ("Asked (HKT)", "请求时间"),
    "data.provider": ("Provider", "数据商"),
    "data.rows_new": ("New rows", "新增行"),
    "data.rejected": ("Kept out", "剔除行"),
    "data.snapshots": ("Snapshots kept: {number}", "保留的快照：{number}个"),
    "data.snapshot_shown": ("shown here", "本页所示"),
    "data.snapshot_served": ("served", "当前服务"),
    "data.built_at": ("Built (HKT)", "构建时间"),
    "data.pinned": ("Pinned", "固定"),
    "data.pinned_help": (
        "Kept for good; the others go when 14 newer ones and two years of month-ends are there.",
        "永久保留；其余在有14个更新快照并超过两年月末保留期后删除。",
    ),
    "data.open": ("Open", "打开"),
    "data.rollback": ("Serve it again", "恢复命令"),
    "data.rollback_how": (
        (
            "Nothing is changed from this page. To serve an earlier snapshot (click its row for "
            "its command), run:"
        ),
        "本页不作任何更改。如需恢复较早快照（点击所在行查看命令），请执行：",
    ),
    "data.freshness": ("Freshness", "数据时效"),
    "data.computed": (
        "Each is judged by its own cadence. Daily prices: green while no session is missing, "
        "amber until 10 are, then red (stale, shown in grey, not ranked); month-end prices: "
        "green for 35 days, then red. "
        "Results of a company: green for 150 days after the period's end, amber to 240; its "
        "buybacks 60 and 180. Tables: days within which a new row usually comes, by today. Lines "
        "and companies are judged by today too, or by the as-of date where one in the past is "
        "chosen.",
        "各项按自身频率判断。每日股价：无缺失交易日为绿，缺失不超过10个为黄，其后为红（过期，"
        "灰色显示，不参与排名）；月末股价：35天内为绿，其后为红。"
        "公司业绩：期末后150天内为绿，至240天为黄；回购为60与180天。数据表：按通常更新间隔，"
        "以今日判断。标的与公司亦以今日判断；选择过去日期时按该日判断。",
    ),
    "finding.data": (
        (
            "{stale} of {lines} price lines are stale on {date}; {sources} sources and {figures} "
            "figures; {open} open findings, {stop} of them severe."
        ),
        (
            "{date}：{lines}只标的中{stale}只股价过期；{sources}个来源、{figures}条数据；"
            "{open}项待处理问题，其中{stop}项严重。"
        ),
    ),
}
