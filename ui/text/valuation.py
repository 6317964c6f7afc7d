"""Words of Valuation: measures, pictures, proofs."""

TEXTS: dict[str, tuple[str, str]] = {
    "valuation.windows": ("Windows side by side", "各区间对照"),
    "valuation.points": ("Every point, with its inputs", "各观测及其构成"),
    "valuation.index_method": (
        (
            "Quoted by the index data site, month-end, not spliced with ours. Point: as printed "
            "by the broker."
        ),
        "指数网站公布值，月末，未与本站计算值拼接。圆点：券商原文数值。",
    ),
    "valuation.note_coverage": (
        "Only {coverage} of the window has a fresh, positive PE.",
        "区间内仅{coverage}的观测有有效正市盈率。",
    ),
    "valuation.note_losses": ("{losses} loss observations left out.", "剔除亏损观测{losses}个。"),
    "valuation.not_valued": (
        "{name} is an ETF: it has a price and no PE here.",
        "{name}为ETF，此处仅有价格，无市盈率。",
    ),
    "valuation.note_absent": (
        "{number} of {total} companies have no multiple on this basis.",
        "{total}家公司中{number}家在该口径下无倍数。",
    ),
    # Valuation: measures, pictures, proofs
    "choice.metric": ("Measure", "指标"),
    "choice.chart": ("Picture", "图表"),
    "choice.against": ("Against", "相对于"),
    "choice.across": ("Comparison", "比较"),
    "choice.order": ("Order", "排序"),
    "metric.earnings_yield_ttm": ("Earnings yield", "盈利收益率"),
    "valuation.chart_history": ("History", "历史"),
    "valuation.chart_price": ("Price bands", "股价区间"),
    "valuation.chart_distribution": ("Distribution", "分布"),
    "valuation.chart_percentile": ("Percentile", "百分位"),
    "valuation.chart_relative": ("Relative", "相对估值"),
    "valuation.across_windows": ("Windows", "各区间"),
    "valuation.across_ranges": ("Ranges", "区间"),
    "valuation.across_median": ("To median", "较中位数"),
    "valuation.across_growth": ("Growth", "成长性"),
    "valuation.order_cheapest": ("cheapest first", "由低到高"),
    "valuation.order_dearest": ("dearest first", "由高到低"),
    "valuation.inputs_of": ("What makes {metric} on {date}", "{date}{metric}的构成"),
    "valuation.click_a_point": (
        "(click a point in the picture for another day)",
        "（点击图中任一点查看其他日期）",
    ),
    "valuation.note_thin": (
        "Only {coverage} of the window has a fresh, positive multiple ({losses} losses left out).",
        "区间内仅{coverage}的观测有有效正值（剔除亏损{losses}个）。",
    ),
    "valuation.see_instead": ("{metric} instead", "改看{metric}"),
    "valuation.against": ("against {name}", "相对{name}"),
    "valuation.no_relative": (
        "{name} and {other} have no {metric} on one and the same date in this window.",
        "{name}与{other}在该区间内没有同一日期的{metric}。",
    ),
    "valuation.quoted_against": (
        "{name} as quoted by its data site; its method differs from ours.",
        "{name}为指数网站公布值，方法与本站不同。",
    ),
    "valuation.no_price_bands": (
        "A yield has no price bands: choose PE or PS.",
        "收益率没有股价区间，请选择市盈率或市销率。",
    ),
    "valuation.bring_estimates": (
        (
            "A dated row of a broker for each of two fiscal years in data/curated/estimates.csv "
            "(EPS, or adjusted profit) brings it."
        ),
        (
            "在 data/curated/estimates.csv 中补充带日期、"
            "覆盖两个财年的券商预测（每股盈利或经调整利润）即可计算。"
        ),
    ),
    "valuation.note_weekly": ("Drawn by week; N counts sessions.", "按周绘制；N按交易日计。"),
    "valuation.note_growth": (
        "{number} of {total} companies have dated estimates of two fiscal years.",
        "{total}家公司中{number}家有带日期的两个财年预测。",
    ),
    "valuation.basket_note": (
        (
            "Our basket: sum of market caps / sum of {basis} trailing profits, losses included, "
            "{members} of {companies} covered companies: not the index's members, weights or "
            "method."
        ),
        (
            "本站组合：覆盖公司中{members}/{companies}家总市值 / {basis}口径TTM利润之和，含亏损；"
            "与指数成分、权重及方法不同。"
        ),
    ),
    "valuation.basket_sum": (
        (
            "{cap} / {profit} = {value}; {members} of {companies} companies entered. Variants: "
            "median {median}, without losses {without}."
        ),
        (
            "{cap} / {profit} = {value}；{companies}家中{members}家计入。其他口径："
            "中位数{median}，剔除亏损{without}。"
        ),
    ),
    "valuation.restated_from": ("restated from {value}", "由{value}重列"),
    "valuation.year_pe": (
        "Year PE as brokers printed it, and from the same inputs",
        "券商原文年度市盈率及按同一输入复算",
    ),
    "valuation.close_of": ("close of {date}", "{date}收盘"),
    "valuation.fx_of": ("{pair} of {date} (ECB)", "{pair} {date}（欧洲央行）"),
    "unit.times": ("times", "倍"),
    "unit.per_cent": ("per cent", "%"),
    "column.fx_date": ("FX of", "汇率日"),
    "column.close_date": ("Close of", "收盘日"),
    "column.profit_ttm": ("Profit TTM", "利润 TTM"),
    "column.revenue_per_share": ("Revenue per share", "每股收入"),
    "column.eps_expected": ("EPS expected", "预测每股盈利"),
    "column.revenue_mn": ("Revenue, million", "收入（百万）"),
    "column.fiscal_year_to": ("Year to", "财年截至"),
    "column.pe_printed": ("PE printed (x)", "原文市盈率（倍）"),
    "column.pe_recomputed": ("PE recomputed (x)", "复算市盈率（倍）"),
    "column.close_over_eps": ("Close / (EPS x FX of that day)", "收盘 /（每股盈利 x 当日汇率）"),
    "help.median": (
        "Half of the {number} observations {window} are lower.",
        "{window}{number}个观测的中位数。",
    ),
    "help.range": ("Lowest and highest observation of the window.", "区间内最低与最高观测。"),
    "help.coverage": (
        (
            "Observations with a fresh, positive figure, of all {frequency} in the window; "
            "{losses} losses left out."
        ),
        "区间内有效正值观测占全部{frequency}的比例；剔除亏损{losses}个。",
    ),
    "help.estimate_derived": (
        "† The broker gives a profit: divided by the latest diluted shares known that day.",
        "† 券商仅给利润：除以当日已知最新摊薄股数。",
    ),
    "help.profit_derived": (
        "† Trailing EPS times the shares behind the market cap: the profit itself is not known.",
        "† TTM每股盈利乘以市值所用股数：该口径利润本身未知。",
    ),
    "source.computed_basket": (
        "Computed from exchange closes, share counts and company results",
        "根据交易所收盘价、股数及公司业绩计算",
    ),
    "source.computed_estimates": (
        "Exchange closes; brokers' estimates, dated, none older than 180 days",
        "交易所收盘价；券商预测（带日期，180天内）",
    ),
    "chart.price_bands": (
        "{name}: price against its own {metric} bands",
        "{name}：股价与自身{metric}区间",
    ),
    "chart.price_bands_subtitle": (
        (
            "Close, {currency}; band = k x per-share figure x FX, k = 10th, 25th, 50th, 75th, "
            "90th percentile of {metric} {window}, {basis}, {frequency}"
        ),
        (
            "收盘价，{currency}；区间线 = k x 每股数值 x 汇率，k为{metric}{window}第10、25、50、"
            "75、90百分位，{basis}，{frequency}"
        ),
    ),
    "chart.distribution": ("{name}: how often {metric} stood where", "{name}：{metric}分布"),
    "chart.distribution_subtitle": (
        "Observations per bucket of {metric}, {unit}, {basis}, {frequency}, {window}",
        "{metric}（{unit}）各档观测数，{basis}，{frequency}，{window}",
    ),
    "chart.percentile_history": (
        "{name}: percentile of {metric} through time",
        "{name}：{metric}百分位走势",
    ),
    "chart.percentile_history_subtitle": (
        (
            "Percentile in the {rolling} before each date, as known then, {basis}, {frequency}; "
            "0 cheapest, 100 dearest"
        ),
        "各日期之前{rolling}内的百分位（按当时已知），{basis}，{frequency}；0最便宜，100最贵",
    ),
    "chart.relative": ("{name} against {other}: {metric}", "{name}相对{other}：{metric}"),
    "chart.relative_finding": (
        "{name} at {ratio} of the multiple of {other}, {percentile} percentile",
        "{name}估值为{other}的{ratio}，{percentile}",
    ),
    "chart.relative_subtitle": (
        (
            "{metric} over that of {other}, same dates, {basis}, {frequency}; bands: quantiles "
            "of the ratio {window}"
        ),
        "{metric}与{other}之比，同日，{basis}，{frequency}；区间带：{window}比值分位",
    ),
    "chart.windows_heat": ("Percentile of {metric} in each window", "{metric}在各区间的百分位"),
    "chart.windows_heat_subtitle": (
        "{metric}, {unit}, {basis}; percentile within each window: 0 cheapest, 100 dearest",
        "{metric}，{unit}，{basis}；各区间百分位：0最便宜，100最贵",
    ),
    "chart.against_median": ("{metric} now against its own median", "{metric}当前值与自身中位数"),
    "chart.against_median_subtitle": (
        "{metric}, {unit}, {basis}, {window}; tick: median, dot: now",
        "{metric}，{unit}，{basis}，{window}；竖线：中位数，圆点：当前",
    ),
    "chart.growth_scatter": (
        "Forward PE against expected growth of EPS",
        "预测市盈率与预期每股盈利增速",
    ),
    "chart.growth_scatter_subtitle": (
        (
            "Forward PE, times; EPS of FY2 over FY1, per cent; median of dated broker estimates, "
            "{basis}"
        ),
        "预测市盈率，倍；FY2相对FY1每股盈利增速，%；带日期券商预测中位数，{basis}",
    ),
    "computed.pe_forward": (
        (
            "Forward PE = close / ((w x FY1 + (1 - w) x FY2) x FX). FY1 is the fiscal year that "
            "contains the day, w the days to its end / 365. Each EPS is the median of the latest "
            "estimate of each broker dated on or before the day and none older than 180 days; "
            "undated estimates enter nothing. Where a broker gives a profit ({basis}) and no "
            "EPS: profit / the latest diluted shares. FX is the spot rate of that day."
        ),
        (
            "预测市盈率 = 收盘价 /（(w x FY1 + (1 - w) x FY2) x 汇率）。FY1为当日所在财年，w = "
            "距其年末天数 / 365。每股盈利取各券商当日或之前、180天内最新预测的中位数；"
            "无日期的预测不计入。券商仅给利润（{basis}）时：利润 / 最新摊薄股数。"
            "汇率为当日即期汇率。"
        ),
    ),
    "computed.ps_ttm": (
        (
            "PS-TTM = market cap / (revenue of the last four quarters x FX). Market cap = close "
            "x all ordinary shares: the latest outstanding count known, at most 100 days old, "
            "else the diluted average of the latest quarter known. Revenue is {basis}; FX is the "
            "spot rate of that day."
        ),
        (
            "市销率（TTM）= 市值 /（最近四个季度收入 x 汇率）。市值 = 收盘价 x 全部普通股："
            "取当时已知且不超过100天的发行在外股数，否则取最近季度摊薄加权股数。"
            "收入为{basis}口径；汇率为当日即期汇率。"
        ),
    ),
    "computed.earnings_yield_ttm": (
        (
            "Earnings yield = EPS of the last four quarters x FX / close, in per cent, {basis}, "
            "losses included. Its percentile is turned round (100 - rank): 0 is the highest "
            "yield, the cheapest, 100 the lowest."
        ),
        (
            "盈利收益率 = 最近四个季度每股盈利 x 汇率 / 收盘价，%，{basis}口径，含亏损。"
            "百分位已反向（100 - 排名）：0为收益率最高即最便宜，100为最低。"
        ),
    ),
    "computed.price": (
        (
            "Band = k x trailing (or expected) per-share figure x FX on each day, k the "
            "quantiles of the multiple in the window. So price / band = multiple / k on every "
            "day: where the price crosses the 25th-percentile band, the multiple stands at that "
            "quantile."
        ),
        (
            "区间线 = k x 当日每股数值 x 汇率，k为窗口内倍数的分位。因此任一日 股价 / 区间线 = "
            "倍数 / k：股价触及第25百分位线时，倍数即处于该分位。"
        ),
    ),
    "computed.percentile_rolling": (
        (
            "Each point is the percentile of that day among the observations of the window that "
            "ended on it, with only what was known then. It is never ranked against what came "
            "later."
        ),
        "每一点均为当日在截至当日的窗口内、按当时已知数据计算的百分位，不与其后的数据比较。",
    ),
    "computed.relative": (
        (
            "The multiple of one line over that of the other on the same session (month-ends: "
            "the same month; New York: its last close known in Hong Kong that evening), both "
            "fresh and positive. Its percentile is taken among such ratios in the window: 0 is "
            "the cheapest against the other."
        ),
        (
            "同一交易日（月末数据为同一月份；纽约取当晚香港已知的最近收盘）两者倍数之比，"
            "均为有效正值。百分位在窗口内的比值中计算：0为相对最便宜。"
        ),
    ),
    "computed.basket_short": (
        (
            "Basket: sum of market caps / sum of trailing profits of the companies covered, "
            "losses included."
        ),
        "组合：覆盖公司总市值 / TTM利润之和，含亏损。",
    ),
    "computed.basket": (
        (
            "Basket PE = sum of the market caps of the companies covered / sum of their {basis} "
            "trailing attributable profits, losses included, one line an issuer, all in HKD at "
            "the rates of the session, members as known that evening. Never a mean of PEs."
        ),
        (
            "组合市盈率 = 覆盖公司市值之和 / {basis}口径TTM归母利润之和，含亏损，"
            "每家发行人计一条，均按当日汇率折港元，成分按当晚已知。不取市盈率的平均。"
        ),
    ),
    "status.FEW_MEMBERS": ("too few members", "成分过少"),
    "reason.NOT_QUOTED": ("Nothing is quoted on or before this date.", "该日或之前无公布值。"),
    "reason.FEW_MEMBERS": (
        "Fewer than five companies had a market cap and a fresh trailing profit.",
        "有市值及有效TTM利润的公司少于五家。",
    ),
    "finding.valuation_cheaper": (
        "{name} {trades}, cheaper than on {share} of {observations} since {since}.",
        "{name}{trades}，比{since}以来{share}的{observations}便宜。",
    ),
    "finding.valuation_dearer": (
        "{name} {trades}, dearer than on {share} of {observations} since {since}.",
        "{name}{trades}，比{since}以来{share}的{observations}贵。",
    ),
    "finding.valuation_stale": (
        "{name} {trades} by its last close, of {date}: too old to be ranked.",
        "{name}按最近收盘价（{date}）{trades}：收盘价过旧，未参与排名。",
    ),
    "finding.valuation_unranked": (
        "{name} {trades}; not ranked: {reason}",
        "{name}{trades}；未参与排名：{reason}",
    ),
    "finding.valuation_missing": (
        "{name} has no {metric} ({basis}) on {date}: {reason}",
        "{name}在{date}无{metric}（{basis}）：{reason}",
    ),
    "finding.valuation_results": (
        "Results of {date} enter the PE from the next session.",
        "{date}公布的业绩自下一交易日起计入市盈率。",
    ),
}
