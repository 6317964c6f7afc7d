"""Words of Estimates."""

TEXTS: dict[str, tuple[str, str]] = {
    "finding.estimates_none": (
        "No estimate, target or rating of {name} is known as of {date}.",
        "截至{date}，{name}无已知预测、目标价或评级。",
    ),
    "finding.estimates": ("{name}: {clauses}.", "{name}：{clauses}。"),
    "finding.estimates_joint": ("; ", "；"),
    "finding.estimates_expected": (
        "{brokers} {metric} of {value} for {year}{after}",
        "{brokers}{year}{metric}{value}{after}",
    ),
    "estimates.one_expects": ("one broker expects", "一家券商预计"),
    "finding.estimates_many": ("{number} brokers expect a median", "{number}家券商预测中位数为"),
    "finding.estimates_after": (" and {value} for {year}", "、{year}{value}"),
    "finding.estimates_target": (
        "median target {target} (N {number}), {upside} the close",
        "目标价中位数{target}（N {number}），{upside}",
    ),
    "finding.estimates_above": ("{pct} above", "较收盘价高{pct}"),
    "finding.estimates_below": ("{pct} below", "较收盘价低{pct}"),
    "finding.estimates_surprise": (
        "{metric} of {period} came {surprise} {side} what was expected",
        "{period}{metric}{side}预期{surprise}",
    ),
    "finding.estimates_over": ("above", "高于"),
    "finding.estimates_under": ("below", "低于"),
    "finding.estimates_stale": ("every estimate is older than 180 days", "全部预测已超过180天"),
    "finding.estimates_undated": ("only figures without a day are known", "仅有无日期的数据"),
    "finding.estimates_ratings": (
        "{number} ratings, none of which with a target or estimate that still counts",
        "{number}条评级，无有效目标价或预测",
    ),
    "estimates.no_company": (
        "{names}: no broker's estimates are kept of an index, an ETF or the basket.",
        "{names}：指数、ETF及组合无券商预测。",
    ),
    "estimates.line": (
        (
            "{line}: the estimates are those of its issuer, {name}; the targets are shown on the "
            "line they were set for."
        ),
        "{line}：预测为其发行人{name}的数据；目标价按其所属代码显示。",
    ),
    "estimates.nobody": (
        "No estimate, target or rating of any company is known as of {date}.",
        "截至{date}，尚无任何公司的预测、目标价或评级。",
    ),
    "choice.line": ("Line of the targets", "目标价所属代码"),
    "estimates.chart_expected": ("actual v expected", "实际与预期"),
    "estimates.chart_targets": ("targets", "目标价"),
    "estimates.actual": ("Actual against expected", "实际与预期"),
    "estimates.actual_none": (
        "No result is known beside what was expected of it.",
        "尚无可与预期比较的业绩。",
    ),
    "estimates.consensus": (
        "Expected: median of each broker's latest, not older than 180 days",
        "预期：各券商最新预测（180天内）中位数",
    ),
    "estimates.revisions": ("Estimates, new against previous", "预测：最新与前次"),
    "estimates.undated": ("Estimates without a day, in no median", "无日期的预测，不计入中位数"),
    "estimates.targets": ("Targets, each on its own line", "目标价（按所属代码）"),
    "estimates.ratings": ("Ratings in the broker's own word", "评级（券商原词）"),
    "estimates.definition": ("What {broker} means by “{rating}”", "{broker}“{rating}”的定义"),
    "estimates.definition_since": ("as its report of {date} defines it", "见其{date}报告"),
    "estimates.definition_unseen": (
        "The broker's own definition was not seen.",
        "未见券商自身定义。",
    ),
    "estimates.means_over": (
        "more than {lower}% above {benchmark}, {horizon}",
        "{horizon}相对{benchmark}涨幅超过{lower}%",
    ),
    "estimates.means_under": (
        "more than {upper}% below {benchmark}, {horizon}",
        "{horizon}相对{benchmark}跌幅超过{upper}%",
    ),
    "estimates.means_within": (
        "between {lower}% and {upper}% of {benchmark}, {horizon}",
        "{horizon}相对{benchmark}在{lower}%至{upper}%之间",
    ),
    "estimates.horizon_6_12": ("in the 6 to 12 months after the report", "报告日后6至12个月内"),
    "estimates.one": ("one broker", "仅一家券商"),
    "estimates.not_named": ("not named in the copy seen", "所见文本未署名"),
    "estimates.no_target": (
        "No dated target is known for {line} as of {date}.",
        "截至{date}，{line}无带日期的目标价。",
    ),
    "estimates.undated_short": ("undated", "无日期"),
    "estimates.note_close_then": (
        (
            "Upside then: on the price printed with the target, else on the line's last close, "
            "of the day named."
        ),
        "当时上行空间：按随目标价公布的股价，否则按所列日期的收盘价。",
    ),
    "estimates.note_filled": (
        "Filled: a broker's latest, not older than 180 days; ring: older, or replaced.",
        "实心：券商180天内最新目标价；空心：较旧或已被替换。",
    ),
    "estimates.source": (
        "brokers as named in the table; companies' results",
        "券商报告见表内；公司业绩公告",
    ),
    "estimates.stale": ("older than 180 days", "超过180天"),
    "estimates.expected_ring": ("expected", "预期"),
    "estimates.actual_dot": ("actual", "实际"),
    "estimates.against": ("{actual} v {expected}", "{actual} / {expected}"),
    "chart.dumbbell_expected": (
        "{name}: {period} against what was expected",
        "{name}：{period}业绩与预期",
    ),
    "chart.dumbbell_expected_subtitle": (
        "Difference from the expected figure, per cent of it; results of {announced}",
        "与预期之差，占预期百分比；{announced}公布",
    ),
    "chart.price_targets": ("{name}: targets on the price of {line}", "{name}：{line}目标价与股价"),
    "chart.price_targets_finding": (
        "{name}: median target {target}, {upside} the close of {line}",
        "{name}：{line}目标价中位数{target}，{upside}",
    ),
    "chart.price_targets_subtitle": (
        (
            "Price and targets of {line}, {currency} per {unit}, {frequency}; dashed: median of "
            "the latest (N {number})"
        ),
        (
            "{line}股价与目标价，{currency}，每{unit}，{frequency}；虚线：最新目标价中位数（N "
            "{number}）"
        ),
    ),
    "chart.median_target": ("Median target", "目标价中位数"),
    "chart.note_rate": (
        "Open end: a growth rate, the difference in points.",
        "空心终点：增速，差以百分点计。",
    ),
    "unit.share": ("share", "股"),
    "unit.ads": ("ADS", "ADS"),
    "headline.expected": ("{metric} {year}", "{year}{metric}"),
    "headline.median_target": ("Median target {line}", "目标价中位数 {line}"),
    "headline.ratings": ("Buy · hold · sell", "买入 · 持有 · 卖出"),
    "headline.surprise": ("Last surprise", "最近业绩差异"),
    "help.expected": ("{brokers}; newest of {date}", "{brokers}；最新{date}"),
    "help.target": (
        (
            "Median of the latest target of each broker, not older than 180 days: {brokers}. "
            "Close of {date}."
        ),
        "各券商180天内最新目标价中位数：{brokers}。收盘价{date}。",
    ),
    "help.ratings": (
        (
            "Latest rating of each broker, not older than 180 days, in five steps; the broker's "
            "own word and meaning stand below."
        ),
        "各券商180天内最新评级，按五级归类；券商原词及定义见下。",
    ),
    "expected_basis.printed_before": ("estimates before the results", "业绩前预测"),
    "expected_basis.printed_after_by_broker": ("printed after, by the broker", "券商事后公布"),
    "expected_basis.consensus_quoted_after": ("consensus, quoted after", "事后引述一致预期"),
    "previous_basis.printed": ("printed with it", "随新值公布"),
    "previous_basis.prior_row": ("its figure before", "该券商前次预测"),
    "previous_basis.change_printed": ("only the change is printed", "仅公布变动幅度"),
    "estimate_kind.guidance": ("company guidance", "公司指引"),
    "estimate_kind.consensus": ("consensus of a compiler", "汇编一致预期"),
    "rating_code.strong_buy": ("strong buy", "强烈买入"),
    "rating_code.buy": ("buy", "买入"),
    "rating_code.hold": ("hold", "持有"),
    "rating_code.sell": ("sell", "卖出"),
    "rating_code.not_rated": ("not rated", "未评级"),
    "measure.eps_diluted": ("EPS", "每股盈利"),
    "measure.net_income": ("net profit", "净利润"),
    "measure.revenue": ("revenue", "收入"),
    "measure.operating_profit": ("operating profit", "经营利润"),
    "measure.ebita": ("EBITA", "EBITA"),
    "measure.gross_margin": ("gross margin", "毛利率"),
    "measure.games_revenue": ("games revenue", "游戏收入"),
    "measure.marketing_services_revenue": ("marketing services revenue", "营销服务收入"),
    "measure.online_music_revenue": ("online music revenue", "在线音乐收入"),
    "measure.advertising_revenue": ("advertising revenue", "广告收入"),
    "measure.other_services_revenue": ("other services revenue", "其他服务收入"),
    "measure.kling_ai_revenue": ("Kling AI revenue", "可灵AI收入"),
    "measure.research_and_development_expense": ("R&D expense", "研发开支"),
    "measure.selling_and_marketing_expense": ("selling and marketing expense", "销售及营销开支"),
    "measure.with_basis": ("{basis} {measure}", "{basis}{measure}"),
    "measure.growth": ("{measure} growth", "{measure}增速"),
    "measure.quarter": ("{measure}, Q{quarter}", "{measure}（第{quarter}季）"),
    "column.figure": ("Figure", "指标"),
    "column.surprise": ("Surprise", "与预期之差"),
    "column.expected_from": ("Expectation", "预期来源"),
    "column.verdict": ("As the report says", "报告原话"),
    "column.lowest": ("Lowest", "最低"),
    "column.highest": ("Highest", "最高"),
    "column.brokers": ("Brokers", "券商"),
    "column.replaces": ("Previous is", "前次来源"),
    "column.close_then": ("Price then", "当时股价"),
    "column.upside_then": ("Upside then", "当时上行空间"),
    "column.upside_printed": ("As printed", "原文"),
    "column.upside_now": ("Upside now", "现时上行空间"),
    "column.target_change": ("Change", "变动"),
    "column.method_used": ("Method", "方法"),
    "column.line": ("Line", "代码"),
    "column.rating_code": ("In five steps", "五级归类"),
    "column.previous_on": ("Previous of", "前次日期"),
    "column.rating_before": ("Before", "前次"),
    "column.means": ("What the broker means by it", "券商定义"),
    "method.multiple": ("{multiple} {metric} {year}", "{year} {metric} {multiple}"),
    "method.at_price": ("at that price", "按当时股价"),
    "computed.surprise": (
        "Surprise = (actual - expected) / |expected|. Estimates before the results: the latest "
        "of each broker dated before the day of the announcement and not older than 180 days, "
        "their median, in the basis, currency and period of the figure as first announced. "
        "A rate or margin: the difference in points. Near zero or across a change of sign: the "
        "difference alone. What a report prints after the results stays as printed, on its own "
        "actual; the expectation that it implies is derived (†) and set against no other actual.",
        "与预期之差 =（实际 - 预期）/ |预期|。业绩前预测：各券商公布日之前、180天内的最新预测，"
        "取中位数，口径、货币、期间与首次公布数一致。"
        "比率以百分点之差表示；接近零或正负变号时仅列差额。报告事后公布的差异按原文保留，"
        "对应其自身所用实际数；由其推算的预期以†标注，不与其他实际数比较。",
    ),
    "computed.consensus": (
        "Median of the latest dated estimate of each broker that is not older than 180 days; N "
        "and the brokers are shown, one broker is called so. EPS is diluted, per ordinary share "
        "of today; where a broker gives a profit and no EPS it is profit / the diluted shares "
        "known that day (†). "
        "What has no day or no certain fiscal year, guidance and other compilers' consensus "
        "enter no median. A revision is new against previous of the same broker, measure and "
        "fiscal year.",
        "各券商180天内最新带日期预测的中位数；列明N及券商，仅一家时注明。每股盈利为摊薄、"
        "按现时普通股；券商仅给利润时以利润除以当日已知摊薄股数（†）。"
        "无日期或财年不明的预测、公司指引及其他汇编一致预期不计入。调整为同一券商、指标、"
        "财年的新旧比较。",
    ),
    "computed.target": (
        "Upside = target / close of its own line - 1: dollars of an ADS against the ADS, Hong "
        "Kong dollars against the Hong Kong line. Where the line has no close it is derived from "
        "the issuer's own line by ratio and exchange rate, and marked. "
        "Then: the price printed with the target, else the last close known that day. Now: of "
        "each broker's latest target only. Median: latest of each broker, not older than 180 "
        "days.",
        "上行空间 = 目标价 / 所属代码收盘价 - 1：ADS美元目标价对ADS，港元目标价对港股。"
        "该代码无收盘价时，以发行人自身代码按比率及汇率推算并标注。"
        "当时：随目标价公布的股价，否则为当日已知最近收盘价。现时：仅计各券商最新目标价。中位数："
        "各券商180天内最新目标价。",
    ),
}
