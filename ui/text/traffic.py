"""Words of Traffic: visits to AI sites, and what reports say of the sector."""

TEXTS: dict[str, tuple[str, str]] = {
    "finding.traffic": (
        (
            "{first} had {visits} visits in the week {week}, {share} of the {sites} sites that "
            "{vendor} counts, {change} on the week before; {up} rose, {down} fell."
        ),
        (
            "{week}一周，{first}访问量{visits}，占{vendor}所列{sites}个网站的{share}，"
            "周环比{change}；{up}个上升，{down}个下降。"
        ),
    ),
    "finding.traffic_none": (
        "No week of site traffic is known as of {date}.",
        "截至{date}，无已知网站流量数据。",
    ),
    "finding.traffic_companies": (
        (
            "Site traffic is not counted by company; of {names}, {number} sector figures are "
            "known as of {date}."
        ),
        "网站流量不按公司统计；截至{date}，关于{names}的行业数据有{number}项。",
    ),
    "finding.traffic_companies_none": (
        (
            "Site traffic is not counted by company, and no sector figure about {names} is known "
            "as of {date}."
        ),
        "网站流量不按公司统计；截至{date}，亦无关于{names}的行业数据。",
    ),
    "traffic.week": ("{first} to {last}", "{first}至{last}"),
    "traffic.change_none": ("no change printed", "未载环比"),
    # Controls
    "choice.vendor": ("Vendor", "数据商"),
    "traffic.week_choice": ("Week", "周"),
    "traffic.view_tiers": ("visits", "访问量"),
    "traffic.view_movers": ("movers", "升降"),
    "traffic.view_stay": ("stay against visits", "停留与访问量"),
    "traffic.view_history": ("history", "历史"),
    # Headline figures
    "traffic.total": ("All sites", "合计"),
    "traffic.total_help": (
        (
            "Sum of the {sites} sites of the vendor's table; the change is what the printed "
            "changes of all sites imply (derived)."
        ),
        "数据商列表中{sites}个网站之和；变动由各网站所载环比推算。",
    ),
    "traffic.share": ("Its share of the table", "占列表比重"),
    "traffic.top_riser": ("Strongest rise", "升幅最大"),
    "traffic.top_faller": ("Strongest fall", "跌幅最大"),
    "traffic.weeks": ("Weeks known", "已知周数"),
    "traffic.millions": ("{number} mn", "{number}百万"),
    # Pictures
    "tier.1": ("100 mn and more", "1亿以上"),
    "tier.2": ("10 to 100 mn", "1000万至1亿"),
    "tier.3": ("1 to 10 mn", "100万至1000万"),
    "tier.4": ("under 1 mn", "不足100万"),
    "traffic.tiers": ("Visits to AI sites, by size", "AI网站访问量（按规模）"),
    "traffic.tiers_subtitle": (
        "Visits in the week {week}, millions, each panel on its own scale; {vendor}",
        "{week}一周访问量，百万次，各栏自有刻度；{vendor}",
    ),
    "traffic.movers": ("Who rose, who fell", "升降网站"),
    "traffic.movers_subtitle": (
        "Visits in the week {week}, change on the week before, per cent; {vendor}",
        "{week}一周访问量周环比，%；{vendor}",
    ),
    "traffic.movers_note": (
        (
            "The {number} strongest rises and falls of {total} sites; light: under 1 mn visits, "
            "where a small number moves much."
        ),
        "{total}个网站中升跌最大的各{number}个；浅色：访问量不足100万，变动易被放大。",
    ),
    "traffic.stay": ("Stay against visits", "停留时间与访问量"),
    "traffic.stay_subtitle": (
        "Average stay, min:s, against visits in the week {week}, millions, log scale; {vendor}",
        "平均停留（分:秒）与{week}一周访问量（百万次，对数刻度）；{vendor}",
    ),
    "traffic.history": ("Visits by week", "每周访问量"),
    "traffic.history_subtitle": (
        "Visits a week, millions, the largest sites of the latest week; {vendor}",
        "每周访问量，百万次，最近一周最大的网站；{vendor}",
    ),
    "traffic.history_one": (
        "Only one week of {vendor} is known: {week}.",
        "{vendor}仅有一周数据：{week}。",
    ),
    "traffic.source": (
        "{vendor}, weekly table, report of {date}",
        "{vendor}，周度列表，报告日{date}",
    ),
    "traffic.source_undated": ("{vendor}, weekly table", "{vendor}，周度列表"),
    "traffic.table": ("All sites of the week", "本周全部网站"),
    "traffic.share_column": ("Share %", "占比 %"),
    "traffic.four_week": ("4 weeks %", "四周 %"),
    "traffic.own_wow": ("WoW by rows %", "按各周数据环比 %"),
    "traffic.tier": ("Size", "规模"),
    "traffic.category": ("Category", "类别"),
    "traffic.rank": ("#", "#"),
    "traffic.vendors_apart": (
        "Vendors count differently: each has its own table and its own line.",
        "各数据商口径不同：分表、分线列示。",
    ),
    "traffic.four_week_none": (
        "The four-week change needs the week four weeks before.",
        "四周变动需有四周前的数据。",
    ),
    "computed.traffic": (
        "Visits, change and stay are the vendor's own. Share = visits / visits of all sites in "
        "the vendor's table of that week, not of the internet. Change by rows and over four "
        "weeks compare this week's row with the vendor's row of the earlier week. "
        "The change of the total is derived: this week's sum over the sum that the printed "
        "changes imply for the week before. A week is known from the day of its report, or a "
        "week after its end where that is not seen. Vendors are never joined.",
        "访问量、环比与停留时间均为数据商公布值。占比 = 该网站访问量 / "
        "数据商当周列表全部网站之和，并非全网。"
        "按各周数据的环比与四周变动以同一数据商的相应周计算。合计变动为推算："
        "本周合计除以各网站环比所隐含的上周合计。"
        "数据自报告日起视为已知；报告日未见者，自周末后一周起。不同数据商不作拼接。",
    ),
    # Sector figures
    "traffic.sector": ("The sector in figures", "行业数据"),
    "traffic.sector_finding": (
        (
            "{number} figures from {sources} sources as of {date}; {doubtful} of them doubtful "
            "(marked, not charted)."
        ),
        "截至{date}共{number}项数据，来自{sources}个来源；其中{doubtful}项存疑（有标记，不入图）。",
    ),
    "traffic.sector_none": (
        "No sector figure of this choice is known as of {date}.",
        "截至{date}，该选择下无已知行业数据。",
    ),
    "choice.section": ("Section", "板块"),
    "section.payments": ("Payments", "支付"),
    "section.games": ("Games and licences", "游戏与版号"),
    "section.apps": ("App usage", "应用使用"),
    "section.ai": ("AI", "人工智能"),
    "section.commerce": ("E-commerce", "电商"),
    "section.advertising": ("Advertising", "广告"),
    "section.regulation": ("Regulation", "监管"),
    "section.media": ("Film, series, music", "影视音乐"),
    "section.devices": ("Devices, robots", "硬件与机器人"),
    "section.market": ("Market", "市场"),
    "section.corporate": ("Investments", "投资"),
    "section.outside": ("Other companies", "其他公司"),
    "traffic.sector_chart": ("{section}: figures side by side", "{section}：同类数据对比"),
    "traffic.sector_subtitle": (
        "{stat}, {unit}; hollow: forecast or target",
        "{stat}，{unit}；空心：预测或目标",
    ),
    "traffic.sector_source": ("reports named in the table", "表内所列报告"),
    "column.stat": ("What", "指标"),
    "column.entity": ("Of whom, or who counts", "对象或统计方"),
    "column.value_printed": ("Value", "数值"),
    "column.yoy_short": ("YoY %", "同比 %"),
    "column.mom_short": ("MoM %", "环比 %"),
    "column.topic": ("Topic", "主题"),
    "column.doubt": ("What speaks against it", "存疑之处"),
    "traffic.forecast": ("forecast", "预测"),
    "traffic.withdrawn": ("withdrawn, printed {value}", "撤回，原文{value}"),
    "unit.million": ("{currency} mn", "百万{currency}"),
    "computed.sector": (
        "Figures stand as their report prints them, value and unit. † doubtful: a ruling "
        "withdrew or replaced it, a contradiction is on record, or its own series makes a "
        "tenfold step between two observations. Doubtful figures stay in the table with the "
        "reason and are left out of pictures. "
        "A picture shows figures of one kind, unit and length of period.",
        (
            "数据按报告原文列示，含数值与单位。†存疑：已被更正或撤回、存在矛盾记录，"
            "或相邻两期相差十倍。存疑数据连同理由保留于表内，但不入图。图中只列同一指标、"
            "单位与期间长度的数据。"
        ),
    ),
}
