"""Words of the frame: pages, filters, buttons, footers, panels, links."""

TEXTS: dict[str, tuple[str, str]] = {
    # Pages
    "page.overview": ("Overview", "总览"),
    "page.company": ("Company", "公司"),
    "page.valuation": ("Valuation", "估值"),
    "page.buybacks": ("Buybacks", "回购"),
    "page.segments": ("Segments", "分部收入"),
    "page.estimates": ("Estimates", "盈利预测"),
    "page.coverage": ("Coverage", "覆盖标的"),
    "page.market": ("Market", "市场回顾"),
    "page.documents": ("Documents", "研究文献"),
    "page.traffic": ("Traffic", "网站流量"),
    "page.data": ("Data", "数据"),
    # Filters and the frame
    "filter.tickers": ("Companies", "公司"),
    "filter.all": ("All", "全部"),
    "filter.add": ("Add a company", "添加公司"),
    "filter.search": ("Ticker or name", "代码或名称"),
    "filter.as_of": ("As of", "截至"),
    "filter.latest": ("Latest", "最新"),
    "filter.placeholder": ("All companies: type a ticker or a name", "全部公司：输入代码或名称"),
    "frame.hint": (
        (
            "Type or paste tickers above (700, 腾讯, a column of a spreadsheet, games); pick any "
            "past evening; Copy link keeps the view for good."
        ),
        (
            "在上方输入或粘贴代码（700、腾讯、表格中的一列、games），可选任意历史日期；"
            "“复制链接”长期保留当前视图。"
        ),
    ),
    "action.close_hint": ("Got it", "知道了"),
    "frame.no_snapshot": ("Nothing has been published yet.", "尚未发布任何数据。"),
    "frame.damaged": (
        "The newest snapshot is damaged ({problem}); this page shows {snapshot}.",
        "最新快照已损坏（{problem}）；本页显示 {snapshot}。",
    ),
    # What marks a price
    "mark.to": ("{names} to {date}", "{names}截至{date}"),
    "mark.comma": (", ", "、"),
    "mark.more": (" and {number} more", "及另外{number}只"),
    "mark.stale": ("Prices of {lines}: stale.", "股价已过期：{lines}。"),
    "mark.failed": (
        "Prices of {lines}; the last run failed: {reason}.",
        "股价：{lines}；最近一次更新失败：{reason}。",
    ),
    "outcome.got": ("got", "已获取"),
    "outcome.nothing new": ("nothing new", "无新数据"),
    "outcome.unknown ticker": ("unknown ticker", "代码不存在"),
    "outcome.rate limited": ("rate limited", "请求受限"),
    "outcome.provider fault": ("provider fault", "数据商故障"),
    "outcome.offline": ("offline", "无网络"),
    "outcome.stopped": ("kept out by a price rule", "被价格规则拦截"),
    "frame.earlier": (
        "Earlier snapshot {snapshot}, as the link asks; the current one is {current}.",
        "按链接显示较早的快照 {snapshot}；当前快照为 {current}。",
    ),
    "frame.too_old": (
        (
            "Snapshot {snapshot} was built by another version of Harbourview and does not hold "
            "what this page shows."
        ),
        "快照 {snapshot} 由其他版本的 Harbourview 构建，不含本页所需内容。",
    ),
    "frame.build_first": (
        (
            "The data here (snapshot {snapshot}) was built by another version of Harbourview and "
            "does not hold what this page shows. On the server, run: python -m loaders build"
        ),
        (
            "此处数据（快照 {snapshot}）由其他版本的 Harbourview 构建，不含本页所需内容。"
            "请在服务器上运行：python -m loaders build"
        ),
    ),
    "frame.too_late": (
        (
            "The link asks for the evening of {asked}; the latest session here is {latest}, and "
            "that is what is shown."
        ),
        "链接指定{asked}；本站最新交易日为{latest}，现按该日显示。",
    ),
    "frame.clock_behind": (
        (
            "By this machine's clock it is {today}, before the latest session here, {latest}: "
            "the clock is behind, or the data is dated wrongly."
        ),
        "本机时钟为{today}，早于最新交易日{latest}：时钟落后，或数据日期有误。",
    ),
    "frame.clock_ahead": (
        (
            "By this machine's clock it is {today}, more than a year after the latest session "
            "here, {latest}: the clock is ahead, or the data is old."
        ),
        "本机时钟为{today}，比最新交易日{latest}晚一年以上：时钟超前，或数据陈旧。",
    ),
    "frame.footer": (
        "As of {as_of} · latest session {latest} · {frequency} · snapshot {snapshot}",
        "截至{as_of} · 最新交易日{latest} · {frequency} · 快照 {snapshot}",
    ),
    "empty.company": (
        "Choose another company in the box above, or clear it for all.",
        "请在上方选择其他公司，或清空以显示全部。",
    ),
    "empty.date": (
        "Choose a later date above, or clear it for the latest.",
        "请在上方选择更晚的日期，或清空以显示最新。",
    ),
    "empty.filter": ("Clear a filter of this page.", "请清除本页的筛选条件。"),
    "empty.nothing": (
        "Bring it with a loader: README, “What stands behind a number”.",
        "请用加载程序导入数据：见项目说明。",
    ),
    "finding.overview_none": (
        "No company has a fresh PE on this basis by {date}.",
        "截至{date}，该口径下无公司有有效市盈率。",
    ),
    "help.index_pe": (
        "PE-TTM as the index data site quotes it; percentile in the window by our definition.",
        "指数市盈率为数据网站公布值；百分位按本站定义计算。",
    ),
    "help.median_percentile": (
        "Median of {number} ranked companies of {total}.",
        "{total}家公司中{number}家可排名公司的中位数。",
    ),
    "help.close": (
        "Last close on or before the date, in the currency of the line; grey: stale.",
        "截至该日最近收盘价，以该股计价货币表示；灰色为过期。",
    ),
    "help.change_1m": (
        (
            "Since the close a month earlier; where a line has month-ends only, since the last "
            "close of the month before."
        ),
        "较一个月前收盘价；仅有月末数据者，较上月末收盘价。",
    ),
    "help.percentile": (
        "0 cheapest, 100 dearest in the window; first observation {first}.",
        "0为区间内最便宜，100为最贵；首个观测{first}。",
    ),
    "help.buyback": (
        "By trade date since 1 January; blank: no complete basis is known, never a partial sum.",
        "自1月1日起按交易日计；空白表示无完整数据，不以部分合计代替。",
    ),
    "window_of": ("of {window}", "{window}"),
    "window_since": ("since {month}", "{month}以来"),
    "source.computed_of": (
        "{name} results to {announced}; month-end closes, vendors cross-checked; ECB rates",
        "{name}截至{announced}的业绩公告；月末收盘价（多家数据商核对）；欧洲央行汇率",
    ),
    "source.computed_of_daily": (
        "{name} results to {announced}; daily closes; ECB rates",
        "{name}截至{announced}的业绩公告；每日收盘价；欧洲央行汇率",
    ),
    "source.computed": (
        "company results, {frequency} and ECB rates; see Sources",
        "公司业绩、{frequency}、欧洲央行汇率；见“来源”",
    ),
    "table.eps_to": ("EPS to {date}", "EPS至{date}"),
    "observations.month_end": ("month-ends", "月末"),
    "observations.daily": ("sessions", "交易日"),
    "column.first": ("First", "首个观测"),
    "column.frequency": ("Frequency", "频率"),
    "column.window": ("Window", "区间"),
    "basis.quoted": ("quoted", "网站公布"),
    "source.quoted": (
        "jiucaishuo index valuation; broker reports as named",
        "韭圈儿指数估值；券商报告见标注",
    ),
    "window_long.1y": ("1 year", "1年"),
    "window_long.3y": ("3 years", "3年"),
    "window_long.5y": ("5 years", "5年"),
    "window_long.10y": ("10 years", "10年"),
    "window_long.max": ("all since listing", "上市以来"),
    "column.of_period": ("of", "期间"),
    "source.quoted_by": ("jiucaishuo", "韭圈儿"),
    # Buttons and small actions
    "action.copy_link": ("Copy link", "复制链接"),
    "action.copied": ("Copied", "已复制"),
    "action.copy_failed": ("Not copied: see …", "未能复制：见“…”"),
    "action.link_itself": ("The link of this view", "本视图的链接"),
    "action.keep_list": ("Keep as my list", "存为自选"),
    "action.show_list": ("Show my list ({number})", "显示自选（{number}）"),
    "action.leave_presentation": ("Leave presentation", "退出演示"),
    "choice.focus": ("Company shown", "所示公司"),
    "filter.group": ("▸ {name} ({number})", "▸ {name}（{number}）"),
    "filter.group_companies": ("All covered companies", "全部覆盖公司"),
    "filter.group_peers": ("Peers", "同业"),
    "filter.group_US lines": ("US lines", "美股代码"),
    "filter.group_indices": ("Indices", "指数"),
    "filter.group_AI software": ("AI software", "AI软件"),
    "filter.group_devices and EV": ("Devices and EV", "智能设备与电动车"),
    "filter.group_digital health": ("Digital health", "互联网医疗"),
    "filter.group_e-commerce": ("E-commerce", "电商"),
    "filter.group_e-commerce and cloud": ("E-commerce and cloud", "电商与云"),
    "filter.group_e-commerce and games": ("E-commerce and games", "电商与游戏"),
    "filter.group_enterprise software": ("Enterprise software", "企业软件"),
    "filter.group_games": ("Games", "游戏"),
    "filter.group_imaging apps": ("Imaging apps", "影像应用"),
    "filter.group_local services": ("Local services", "本地生活"),
    "filter.group_online literature": ("Online literature", "网络文学"),
    "filter.group_online music": ("Online music", "在线音乐"),
    "filter.group_online recruitment": ("Online recruitment", "在线招聘"),
    "filter.group_online travel": ("Online travel", "在线旅游"),
    "filter.group_property platform": ("Property platform", "房产平台"),
    "filter.group_search and AI": ("Search and AI", "搜索与AI"),
    "filter.group_short video": ("Short video", "短视频"),
    "filter.group_social and games": ("Social and games", "社交与游戏"),
    "filter.group_social media": ("Social media", "社交媒体"),
    "filter.group_software and games": ("Software and games", "软件与游戏"),
    "filter.group_video community": ("Video community", "视频社区"),
    "frame.rate": ("{rate} per {base}", "每{base}兑{rate}"),
    "frame.in_currency": (
        (
            "Money in {currency} at one rate of the evening ({rates}; ECB, {date}): growth and "
            "multiples stay as they are. Tables and pictures that name a currency are in that "
            "one."
        ),
        (
            "金额按当日同一汇率折为{currency}（{rates}；欧洲央行，{date}），增速与倍数不变。"
            "标明货币的表格与图以所标货币计。"
        ),
    ),
    "frame.no_rate": (
        "No rate into {currency} is known on {date}: money stays as quoted.",
        "{date}无折算为{currency}的汇率：金额按原货币显示。",
    ),
    "action.picture": ("Picture", "图片"),
    "format.wide": ("16:9", "16:9"),
    "format.half": ("4:3", "4:3"),
    "format.tall": ("Portrait", "竖版"),
    "help.format_wide": (
        "PNG for a slide, 1920 x 1080, on white",
        "整页幻灯片 PNG，1920 x 1080，白底",
    ),
    "help.format_half": (
        "PNG for half a slide, 1440 x 1080, on white",
        "半页幻灯片 PNG，1440 x 1080，白底",
    ),
    "help.format_tall": (
        "PNG for a phone, 1080 x 1350, on white",
        "手机竖版 PNG，1080 x 1350，白底",
    ),
    "action.pack": ("Meeting pack", "会议资料"),
    "action.download_csv": ("CSV", "CSV"),
    "action.download_xlsx": ("XLSX", "XLSX"),
    "action.go_to_date": ("Show {date}", "查看 {date}"),
    "action.current_snapshot": ("Open the current snapshot", "打开当前快照"),
    "action.sign_in": ("Sign in", "登录"),
    "action.sign_out": ("Sign out", "退出登录"),
    # Who may see the pages
    "sign_in.outside": ("Please sign in with your firm's account.", "请使用贵公司账户登录。"),
    "sign_in.ended": ("Your sign-in has ended. Please sign in again.", "登录已过期，请重新登录。"),
    "sign_in.unproven": (
        (
            "Your identity provider does not vouch for an e-mail address of yours, so that "
            "nobody can tell whether you may see these pages. Ask whoever runs this Harbourview."
        ),
        "身份提供方未确认您的电子邮箱，无法判断您是否有权访问。请联系本站管理员。",
    ),
    "sign_in.stranger": (
        (
            "{name} may not see these pages. Ask whoever runs this Harbourview, or sign out and "
            "sign in with another account."
        ),
        "{name} 无权访问本站。请联系本站管理员，或退出后使用其他账户登录。",
    ),
    "sign_in.unusable": (
        "Nobody can sign in, so nothing is shown: {reason}.",
        "登录无法使用，因此不显示任何内容：{reason}。",
    ),
    "sign_in.as": ("Signed in as {name}", "已登录：{name}"),
    # The meeting pack
    "pack.title": ("Meeting pack, as of {date}", "会议资料，截至{date}"),
    "pack.companies": ("Companies: {names}", "公司：{names}"),
    "pack.state": ("{window} · {basis} · {number} pictures", "{window} · {basis} · {number}幅图"),
    "pack.snapshot": ("Snapshot {snapshot}", "快照 {snapshot}"),
    "pack.proof": (
        (
            "Each picture carries its date, its source and the link that opens it with the same "
            "figures; the notes name the documents."
        ),
        "每幅图均附日期、来源及重现同一数据的链接；备注列出文件。",
    ),
    "pack.sources": ("Sources and links", "来源与链接"),
    "pack.nothing": (
        "None of these pages has a picture for these companies on this evening.",
        "所选页面在该日对所选公司均无图。",
    ),
    "pack.pages": ("Pages", "页面"),
    "pack.make": ("Make the pack", "生成资料"),
    "pack.made": ("{number} pictures.", "共{number}幅图。"),
    "pack.left_out": ("Left out, nothing known: {what}.", "未纳入（无数据）：{what}。"),
    "pack.unable": ("The pack cannot be made here: {reason}.", "此处无法生成资料：{reason}。"),
    "pack.at_work": ("{done} of {whole}", "{done} / {whole}"),
    # Tables taken along
    "export.as_of": ("As of", "截至"),
    "export.source": ("Source", "来源"),
    "export.link": ("Link", "链接"),
    "export.latest": ("Latest session", "最新交易日"),
    "export.snapshot": ("Snapshot", "快照"),
    "export.definitions": ("Definitions", "定义"),
    "export.sources": ("Sources", "来源"),
    "export.state": ("State", "状态"),
    "export.column": ("Column", "列"),
    "export.meaning": ("Meaning", "含义"),
    "export.publisher": ("Publisher", "发布方"),
    "export.title": ("Title", "标题"),
    "export.published_on": ("Published", "发布日期"),
    "export.setting": ("Setting", "设置"),
    "export.value": ("Value", "取值"),
    "export.help_xlsx": (
        "The table, what its columns mean, its sources and the link that shows it again.",
        "表格、各列定义、来源及重现该表的链接。",
    ),
    "export.help_csv": ("The table alone, figures plain.", "仅表格，数值为原始值。"),
    # Footers, in and under the figures
    "footer.as_of": ("As of {date}", "截至{date}"),
    "footer.source": ("Source: {source}", "来源：{source}"),
    "footer.number": ("N {number}", "N {number}"),
    "footer.dagger": ("† derived or ruled by us: see Data.", "† 推算或更正数值，见“数据”页。"),
    "footer.colours_cn": ("Red up, green down.", "红涨绿跌。"),
    # Panels
    "panel.sources": ("Sources ({number})", "来源（{number}）"),
    "panel.computed": ("How is this computed?", "如何计算？"),
    "panel.not_understood": ("Not understood in the link:", "链接中无法识别："),
    # Links
    "link.no_ticker": (
        "{parameter}: nothing here is called “{value}”.",
        "{parameter}：没有名为“{value}”的标的。",
    ),
    "link.two_tickers": (
        "{parameter}: “{value}” means more than one company.",
        "{parameter}：“{value}”对应多家公司。",
    ),
    "typed.no_ticker": ("No match for “{value}”.", "未找到“{value}”。"),
    "typed.two_tickers": ("“{value}” fits several companies.", "“{value}”对应多家公司。"),
    "typed.several": ("“{value}” fits several companies.", "“{value}”对应多家公司。"),
    "typed.too_many": ("Only the first {value} are read.", "仅读取前{value}项。"),
    "link.several": (
        "{parameter}: “{value}” fits several companies.",
        "{parameter}：“{value}”对应多家公司。",
    ),
    "link.not_a_choice": (
        "{parameter}: “{value}” is not a choice.",
        "{parameter}：“{value}”不是可选值。",
    ),
    "link.not_a_date": (
        "{parameter}: “{value}” is not a date (YYYY-MM-DD).",
        "{parameter}：“{value}”不是日期（YYYY-MM-DD）。",
    ),
    "link.not_a_month": (
        "{parameter}: “{value}” is not a month (YYYY-MM).",
        "{parameter}：“{value}”不是月份（YYYY-MM）。",
    ),
    "link.too_early": (
        "{parameter}: {value} is before anything known here.",
        "{parameter}：{value}早于全部数据。",
    ),
    "link.too_late": (
        "{parameter}: {value} is after the latest data.",
        "{parameter}：{value}晚于最新数据。",
    ),
    "link.not_a_snapshot": (
        "{parameter}: “{value}” is not a snapshot id.",
        "{parameter}：“{value}”不是快照编号。",
    ),
    "link.not_text": (
        "{parameter}: “{value}” is too long, or holds control characters.",
        "{parameter}：“{value}”过长或含控制字符。",
    ),
    "link.from_after_to": (
        "{parameter}: {value} lies after the end of the period.",
        "{parameter}：{value}晚于期末。",
    ),
    "link.unknown_parameter": (
        "{parameter}: no such setting (“{value}”).",
        "{parameter}：没有该设置（“{value}”）。",
    ),
    "link.too_many": (
        "{parameter}: only the first {value} are read.",
        "{parameter}：仅读取前{value}项。",
    ),
    "link.near": (" Near: {near}.", "相近：{near}。"),
}
