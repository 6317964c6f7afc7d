"""Words of Segments."""

TEXTS: dict[str, tuple[str, str]] = {
    "finding.segments": (
        "{segment} added {contribution} of {total} of {name}'s revenue growth in {period}.",
        "{name}{period}收入增长{total}，其中{segment}贡献{contribution}。",
    ),
    "finding.segments_growth": (
        "{name}: revenue {growth} year on year in {period}; {segment} grew fastest at {fastest}.",
        "{name}{period}收入同比{growth}；{segment}增速最快，为{fastest}。",
    ),
    "finding.segments_missing": (
        "No segment revenue is known for {name} as of {date}.",
        "截至{date}，{name}无已知分部收入。",
    ),
    "chart.segments": ("{name}: revenue by segment", "{name}：分部收入"),
    "chart.segments_subtitle": (
        "Revenue, {currency}, by {grain}, {history}",
        "收入，{currency}，按{grain}，{history}",
    ),
    "chart.segments_mix": ("{name}: revenue mix", "{name}：收入结构"),
    "chart.segments_mix_subtitle": (
        "Share of revenue, per cent, by {grain}, {history}",
        "占收入比重，%，按{grain}，{history}",
    ),
    "chart.segments_growth": ("{name}: growth by segment", "{name}：分部收入同比"),
    "chart.segments_growth_subtitle": (
        "Revenue, year on year, per cent, by {grain}, {history}",
        "收入同比，%，按{grain}，{history}",
    ),
    "computed.segment_growth": (
        "Growth is the figure printed for the segment; else against the comparative of the same "
        "filing; else against last year's own figure, flagged. Across a change of segments "
        "nothing is compared unless the company recast the past. "
        "Contribution = change of the segment / total revenue a year before, in points; "
        "contributions add up to total growth. A negative or tiny base gives n.m.",
        "同比优先采用公司披露的增速；其次用同一公告的比较数；再次用去年原披露数并作标记。"
        "分部口径变更前后不作比较，除非公司已重列。"
        "贡献 = 分部收入变动 / 去年总收入，以百分点计；各分部贡献之和等于总增速。"
        "基数为负或过小显示 n.m.。",
    ),
    # Segments
    "finding.segments_best": (
        "{name}: revenue {growth} year on year in {period}; {segment} did best at {fastest}.",
        "{name}{period}收入同比{growth}；{segment}表现最好，为{fastest}。",
    ),
    "finding.segments_largest": (
        "{name}: {segment} is the largest segment with {share} of revenue in {period}.",
        "{name}{period}最大分部为{segment}，占收入{share}。",
    ),
    "finding.segments_partial": (
        (
            "{name}: revenue {growth} year on year in {period}; of the segments known, {segment} "
            "{fastest}."
        ),
        "{name}{period}收入同比{growth}；已知分部中{segment}{fastest}。",
    ),
    "finding.segments_compared": (
        (
            "{name}: revenue {growth} year on year in {period}; of the segments that can be "
            "compared, {segment} {fastest}."
        ),
        "{name}{period}收入同比{growth}；可比分部中{segment}{fastest}。",
    ),
    "finding.segments_only": (
        "{name}: {segment} revenue {growth} year on year in {period}.",
        "{name}{period}{segment}收入同比{growth}。",
    ),
    "finding.segments_known": (
        "{name}: {segment} is the largest segment known in {period}.",
        "{name}{period}已知最大分部为{segment}。",
    ),
    "segments.stale": (
        "No segment figures after {period} are known here; announced {announced}.",
        "此处未有{period}之后的分部数据；公布于{announced}。",
    ),
    "segments.results_today": ("Results announced on {date}.", "{date}公布业绩。"),
    "segments.no_company": (
        "{names}: an index, an ETF or the basket has no segments.",
        "{names}：指数、ETF及组合没有分部。",
    ),
    "segments.choose": ("Choose a company in the box above.", "请在上方选择公司。"),
    "segments.nobody": (
        "No segment revenue is known for any company as of {date}.",
        "截至{date}，尚无任何公司的分部收入。",
    ),
    "segments.line": (
        "{line}: the segments are those of its issuer, {name}.",
        "{line}：分部为其发行人{name}的数据。",
    ),
    "segments.focus": ("Company shown", "所示公司"),
    "segments.chart_revenue": ("revenue", "收入"),
    "segments.chart_mix": ("mix", "结构"),
    "segments.chart_growth": ("growth", "同比"),
    "segments.chart_contribution": ("contribution", "增长贡献"),
    "segments.chart_theme": ("across companies", "跨公司"),
    "choice.grain": ("Period", "期间"),
    "choice.calendar": ("Calendar", "年度口径"),
    "choice.history": ("History", "历史口径"),
    "choice.theme": ("Business", "业务"),
    "choice.period": ("Which period", "所选期间"),
    "choice.kpi": ("KPI", "经营指标"),
    "history.as_reported": ("as reported", "原披露"),
    "history.recast": ("recast", "重列"),
    "theme.advertising": ("Advertising", "广告"),
    "theme.games": ("Games", "游戏"),
    "theme.cloud": ("Cloud", "云"),
    "theme.commerce": ("E-commerce", "电商"),
    "theme.local": ("Delivery and local services", "外卖及本地生活"),
    "theme.music": ("Music", "音乐"),
    "theme.live": ("Live streaming, value-added services", "直播及增值服务"),
    "theme.logistics": ("Logistics", "物流"),
    "segments.revenue": ("Revenue", "收入"),
    "segments.growth": ("Growth", "同比"),
    "segments.fastest": ("Fastest", "增速最快"),
    "segments.largest": ("Largest", "最大分部"),
    "segments.adds_up": ("Adds up", "勾稽"),
    "segments.year_to": ("Year to {month}", "截至{month}年度"),
    "segments.half_to": ("Half to {month}", "截至{month}半年"),
    "segments.eliminations": ("Eliminations", "分部间抵销"),
    "segments.unallocated": ("Unallocated", "未分配"),
    "segments.not_itemised": ("Not itemised (derived)", "其他未列示差额（推算）"),
    "segments.not_known": ("Other, not known (derived)", "其他分部，未知（推算）"),
    "segments.revenue_types": ("by type, outside the sum", "按类型，不计入合计"),
    "segments.breaks": ("Where the company changed its segments", "分部口径变更"),
    "segments.rename": ("rename", "更名"),
    "segments.reclassification": ("reclassification", "重分类"),
    "segments.disposal": ("disposal", "出售"),
    "segments.table": ("Figures by period", "各期数据"),
    "segments.reconciliation": ("Segments against reported revenue", "分部合计与收入勾稽"),
    "segments.kpis": ("Latest KPIs", "最新经营指标"),
    "segments.kpis_none": (
        "No KPI of this company is known as of {date}.",
        "截至{date}，该公司无已知经营指标。",
    ),
    "segments.kpi_changed": ("definition changed", "口径变更"),
    "segments.note_rest": (
        "Grey: reported revenue less the known rows (derived).",
        "灰色：收入减去已知分部（推算）。",
    ),
    "segments.note_gap": ("Empty slots: nothing known.", "空档：无已知数据。"),
    "segments.note_shown": (
        "{number} of {total} periods shown; the window “max” shows all.",
        "显示{total}期中的{number}期；区间选“上市以来”可显示全部。",
    ),
    "segments.note_sums": (
        "Half-years and years that are not printed are the sum of their quarters.",
        "未披露的半年及年度数为季度之和。",
    ),
    "segments.note_recast": (
        (
            "On the company's later structure; from then on it reports on it itself, see “as "
            "reported”."
        ),
        "按公司其后结构重列；其后期间见“原披露”。",
    ),
    "segments.not_offered": (
        "{name} has no figures by {asked} in this history: shown by {grain}.",
        "{name}在该口径下无{asked}数据，改按{grain}显示。",
    ),
    "segments.like_for_like": ("Like for like", "可比口径"),
    "segments.like_for_like_help": (
        (
            "As printed by the company, without {excludes}. It stands beside growth as reported, "
            "never in its place."
        ),
        "公司披露，剔除{excludes}；与披露同比并列，不相互替代。",
    ),
    "segments.growth_help": ("Growth of reported revenue on the year before.", "披露收入的同比。"),
    "segments.disposal_help": (
        "As reported: {what}. What was sold takes {sold} of growth, everything else adds {kept}.",
        "披露口径：{what}。已出售业务影响{sold}，其余业务贡献{kept}。",
    ),
    "segments.part_sold": ("{part}, sold", "{part}（已出售）"),
    "segments.part_not_comparable": ("Cut differently, not comparable", "口径变更，不可比"),
    "segments.part_no_base": ("Without a figure of the year before", "去年无对应数"),
    "segments.part_not_itemised": ("Not itemised (derived)", "未列示差额（推算）"),
    "segments.no_contribution": (
        "No segment of {period} can be compared with the year before: {reason}.",
        "{period}各分部与去年不可比：{reason}。",
    ),
    "segments.no_year_before": (
        "revenue of the year before, by segment, is not known",
        "去年分部收入未知",
    ),
    "segments.like_for_like_rows": ("Like for like", "可比口径同比"),
    "segments.like_for_like_row": (
        "{what} {growth} without {excludes} ({period}, {publisher})",
        "{what}{growth}，剔除{excludes}（{period}，{publisher}）",
    ),
    "segments.all_revenue": ("Revenue", "收入"),
    "finding.segments_like_for_like": (
        (
            "{name}: revenue {growth} year on year in {period} as reported, {like_for_like} like "
            "for like (without {excludes})."
        ),
        "{name}{period}披露收入同比{growth}，可比口径（剔除{excludes}）{like_for_like}。",
    ),
    "finding.segments_disposal": (
        (
            "{name}: revenue {growth} year on year in {period} as reported; what was sold took "
            "{sold}, everything else added {kept}."
        ),
        "{name}{period}披露收入同比{growth}；已出售业务影响{sold}，其余业务贡献{kept}。",
    ),
    "chart.contribution": ("{name}: what added to growth in {period}", "{name}：{period}增长贡献"),
    "chart.contribution_subtitle": (
        (
            "Change of each segment / revenue of the year before, percentage points; the parts "
            "sum to the growth of revenue"
        ),
        "分部变动 / 去年总收入，百分点；各项之和等于收入增速",
    ),
    "chart.total_growth": ("Revenue growth", "收入增速"),
    "chart.note_rest_part": (
        "Hatched: no segment of its own (derived).",
        "斜线：非单独分部（推算）。",
    ),
    "chart.theme": ("{theme}: growth of all", "{theme}：各公司同比"),
    "chart.theme_finding": (
        "{theme} in {quarter}: {name} grows fastest at {fastest}, {last} slowest at {slowest}",
        "{theme}{quarter}：{name}最快{fastest}，{last}最慢{slowest}",
    ),
    "chart.theme_subtitle": (
        "Segment revenue, year on year, per cent, by calendar quarter, one scale; {of}",
        "分部收入同比，%，按自然季度，同一标尺；{of}",
    ),
    "segments.theme_latest": ("the last value of each marked", "标示各公司最近值"),
    "segments.theme_table": ("The latest quarter of each", "各公司最近一季"),
    "segments.theme_absent": ("Without a growth to draw: {names}.", "无可绘制同比：{names}。"),
    "segments.theme_nobody": (
        "No company has a growth in {theme} as of {date}.",
        "截至{date}，{theme}业务无可用同比。",
    ),
    "segments.source_theme": (
        "results of the companies, as named in the table",
        "各公司业绩公告，见表内来源",
    ),
    "chart.kpi": ("{name}: {kpi}", "{name}：{kpi}"),
    "chart.kpi_subtitle": ("{unit}, by {grain}", "{unit}，按{grain}"),
    "chart.note_loose": (
        "Hatched: told as over (>), about (~) or at least (≥), not exactly.",
        "斜线：披露为超过（>）、约（~）或至少（≥），非精确值。",
    ),
    "chart.note_definition": (
        "Dotted line: the definition changed; nothing is compared across it.",
        "虚线：口径变更，前后不比较。",
    ),
    "segments.kpi_values": ("All values of {kpi}", "{kpi}全部数值"),
    "segments.kpi_unknown": (
        "No KPI is called “{kpi}” at {name}; shown is {shown}.",
        "{name}无名为“{kpi}”的指标，改示{shown}。",
    ),
    "segments.kpi_source": (
        "company results and reports, as named in the table",
        "公司公告及报告，见表内来源",
    ),
    "kpi_topic.users": ("users", "用户"),
    "kpi_topic.time": ("time spent", "时长"),
    "kpi_topic.payers": ("payers", "付费用户"),
    "kpi_topic.commerce": ("commerce", "交易"),
    "kpi_topic.ai": ("AI", "人工智能"),
    "kpi_topic.products": ("products", "产品"),
    "kpi_topic.mix": ("mix", "结构"),
    "kpi_topic.growth": ("growth", "增速"),
    "kpi_topic.money": ("profit and cost", "利润及成本"),
    "kpi_topic.other": ("other", "其他"),
    "no_growth.redefined": ("redefined", "口径变更"),
    "no_growth.not exact": ("not exact", "非精确值"),
    "no_growth.not meaningful": ("n.m.", "n.m."),
    "computed.segment_contribution": (
        "Contribution = change of a segment / total revenue of the year before, in percentage "
        "points. The parts of a period sum to the growth of reported revenue: a business sold "
        "within the year is a part of its own, what is cut differently since "
        "or has no figure of the year before is one part, hatched, and so are eliminations that "
        "nobody prints.",
        (
            "贡献 = 分部变动 / 去年总收入，以百分点计，各项之和等于披露收入增速："
            "一年内出售的业务单列；口径变更或去年无对应数的部分合为一项（斜线），"
            "未列示的抵销亦然。"
        ),
    ),
    "computed.kpi_growth": (
        "Growth is the printed one; else against the value of the year before in the same "
        "document; else against last year's own figure. Values are compared only where both are "
        "told exactly or rounded, in one unit, and no change of definition lies "
        "between: “over 300 million” is no number to divide by. Rates and shares move in points.",
        (
            "同比优先采用披露值；其次用同一文件的去年数；再次用去年原披露数。"
            "仅比较精确或四舍五入、单位一致、口径未变的数值；“超过3亿”不用于计算。"
            "比率以百分点变动表示。"
        ),
    ),
    "computed.theme": (
        (
            "Each company's own segments, set beside each other by line of business. Where a "
            "company has several in one line their sum is compared, if each has a figure of the "
            "year before. Quarters are calendar quarters; what a company calls by one name may "
            "hold more than that line."
        ),
        (
            "按业务归类并列各公司自身分部；同一业务有多个分部时，均有去年数方合并比较。"
            "期间为自然季度；同名分部内涵或有不同。"
        ),
    ),
    "column.kpi_topic": ("Kind", "类别"),
    "column.moved": ("Change", "变动"),
    "column.growth_basis": ("Against", "比较基准"),
    "segments.source": ("results of {name}, as named in the table", "{name}业绩公告，见表内来源"),
    "reconciliation.reconciled": ("✓ within 0.5%", "✓ 相差0.5%以内"),
    "reconciliation.incomplete": ("only some segments known", "仅知部分分部"),
    "reconciliation.not itemised": ("difference not itemised (derived)", "差额未列示（推算）"),
    "reconciliation.no total": ("no total known", "无收入总额"),
    "reconciliation.no rows": ("nothing known", "无数据"),
    "yoy_basis.printed": ("printed", "披露"),
    "yoy_basis.comparative": ("comparative", "比较数"),
    "yoy_basis.prior_row": ("last year's row", "去年披露数"),
    "column.segments_sum": ("Sum of segments", "分部合计"),
    "column.difference": ("Difference", "差额"),
    "column.difference_pct": ("Difference %", "差额 %"),
    "column.result": ("Result", "结果"),
    "column.revenue_in": ("Revenue ({currency} mn)", "收入（百万{currency}）"),
}
