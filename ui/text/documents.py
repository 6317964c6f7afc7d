"""Words of Documents: the feed, the search, events."""

TEXTS: dict[str, tuple[str, str]] = {
    # The sentence that opens the page
    "finding.documents": (
        (
            "{stories} stories in {documents} documents as of {date}; the latest: {publisher}, "
            "“{title}”, {when}."
        ),
        "截至{date}，{documents}篇文献共{stories}个事件；最新为{when}{publisher}《{title}》。",
    ),
    "finding.documents_of": (
        (
            "{about}: {stories} stories in {documents} documents as of {date}; the latest: "
            "{publisher}, “{title}”, {when}."
        ),
        (
            "{about}：截至{date}，{documents}篇文献共{stories}个事件；"
            "最新为{when}{publisher}《{title}》。"
        ),
    ),
    "finding.documents_one": (
        "{about}: one document as of {date}: {publisher}, “{title}”, {when}.",
        "{about}：截至{date}仅一篇：{when}{publisher}《{title}》。",
    ),
    "finding.documents_event": (
        " What happened last: {event} ({when})",
        "最近事件：{event}（{when}）",
    ),
    "finding.documents_found": (
        (
            "“{query}”: {stories} stories in {documents} documents; best: {publisher}, "
            "“{title}”, {when}."
        ),
        "“{query}”：{documents}篇文献共{stories}个事件；最匹配：{when}{publisher}《{title}》。",
    ),
    "finding.documents_not_found": (
        "No document as of {date} holds “{query}”.",
        "截至{date}，没有文献包含“{query}”。",
    ),
    "finding.documents_none": (
        "No document about this choice is known as of {date}.",
        "截至{date}，该选择下无已知文献。",
    ),
    "documents.none_hint": (
        (
            "Every word must be found in the title, the summary, a tag or the publisher; put a "
            "blank between Chinese words that need not stand together."
        ),
        "须在标题、摘要、标签或发布机构中找到全部词语；不必相连的中文词之间请加空格。",
    ),
    "documents.nobody": ("publisher not printed", "未载发布机构"),
    # Controls
    "documents.search": (
        "Search titles, summaries, tags, publishers",
        "搜索标题、摘要、标签、机构",
    ),
    "documents.all_topics": ("All topics", "全部主题"),
    "documents.all_kinds": ("All kinds", "全部类别"),
    "documents.all_publishers": ("All publishers", "全部机构"),
    "documents.more": ("Show {number} more", "再显示{number}个"),
    "choice.topic": ("Topic", "主题"),
    "choice.kind": ("Kind", "类别"),
    "choice.publisher": ("Publisher", "发布机构"),
    "documents.view_events": ("events", "事件"),
    "documents.view_price": ("price with events", "股价与事件"),
    # Headline figures
    "documents.stories": ("Stories", "事件"),
    "documents.stories_help": (
        "{documents} documents; copies and versions of one story stand under one entry.",
        "{documents}篇文献；同一事件的转载与各版本归于一条。",
    ),
    "documents.primary": ("Filings, results", "公告、业绩"),
    "documents.primary_help": ("What companies themselves have published.", "公司自行发布的文件。"),
    "documents.brokers": ("Broker reports", "券商报告"),
    "documents.news": ("News", "新闻"),
    "documents.events": ("Events", "大事"),
    "documents.latest": ("Latest", "最新"),
    # Kinds
    "kind.filing": ("filing", "公告"),
    "kind.results": ("results", "业绩"),
    "kind.broker report": ("broker report", "券商报告"),
    "kind.news": ("news", "新闻"),
    # An entry
    "documents.hkt": ("{time} HKT", "香港时间{time}"),
    "documents.hkt_inferred": ("{time} HKT, zone inferred", "香港时间{time}（时区为推定）"),
    "documents.day_inferred": ("about {day}, date inferred", "约{day}（日期为推定）"),
    "documents.undated": ("date not printed", "未载日期"),
    "documents.original_zh": ("in Chinese", "中文"),
    "documents.original_en": ("in English", "英文"),
    "documents.title_only": (
        "Only the title is known; the document was not read.",
        "仅知标题，未读原文。",
    ),
    "documents.copies_one": ("1 more tells this story", "另有1篇讲述同一事件"),
    "documents.copies": ("{number} more tell this story", "另有{number}篇讲述同一事件"),
    "documents.replaced": ("replaced by a later version", "已被后续版本取代"),
    # Events
    "documents.timeline": ("{about}: what happened", "{about}：事件时间线"),
    "documents.timeline_all": ("What happened", "事件时间线"),
    "documents.timeline_subtitle": (
        "Events by kind; a bar where only the month is printed",
        "按类别的事件；仅载月份者以横条表示",
    ),
    "documents.timeline_source": ("the documents beside it, see Sources", "旁列文献，见“来源”"),
    "documents.timeline_none": (
        "No event of this choice is known as of {date}.",
        "截至{date}，该选择下无已知事件。",
    ),
    "documents.price": ("{name}: price and events", "{name}：股价与事件"),
    "documents.price_subtitle": (
        (
            "Close, {currency}, {frequency}; numbers are those of the table below; hollow: day "
            "not printed"
        ),
        "收盘价，{currency}，{frequency}；编号见下表；空心：未载具体日期",
    ),
    "documents.price_source": (
        "prices as on Data; events from the documents beside it",
        "股价见“数据”页；事件来自旁列文献",
    ),
    "documents.price_none": (
        "No close of {name} is known as of {date}.",
        "截至{date}，无{name}收盘价。",
    ),
    "documents.ahead": ("still ahead", "尚未发生"),
    "documents.what_happened": ("What happened", "事件"),
    "documents.who": ("Who", "主体"),
    "documents.event_figures": ("Figures as printed", "原文数字"),
    "documents.event_table": ("Events", "事件"),
    "documents.outside_window": (
        "Earlier than the window ({window}), in the table only: {number}.",
        "早于所选区间（{window}）、仅列于表中：{number}项。",
    ),
    "documents.outside_range": (
        "Events before or after the closes shown carry no mark.",
        "所示股价区间以外的事件不作标记。",
    ),
    "lane.policy": ("policy", "政策"),
    "lane.product": ("product", "产品"),
    "lane.results": ("results", "业绩"),
    "lane.personnel": ("personnel", "人事"),
    "lane.deals": ("deals, capital", "交易与资本"),
    "lane.market": ("market, macro", "市场与宏观"),
    "documents.undated_note": (
        "{number} documents without a printed date stand at the end, and in no earlier evening.",
        "{number}篇未载日期，列于最后，且不计入更早的截至日。",
    ),
    "documents.undated_left_out": (
        (
            "Documents without a printed date are left out of earlier evenings: nobody can say "
            "whether they were known."
        ),
        "未载日期的文献不计入更早的截至日：无法判断当时是否已知。",
    ),
    "computed.documents": (
        "A document is known from its Hong Kong day of publication. A printed clock time without "
        "a zone is read by the evidence of its feed and marked as inferred. Copies (same text, "
        "same title, same story) and earlier versions stand under one entry. "
        "A search finds the documents that hold every word in title, summary, tags or publisher, "
        "in any part of a word, English or Chinese; company tags answer to all names of the "
        "company. A word in the title counts 8, in tags or publisher 4, in the summary 2, the "
        "whole query in the title 10 more. "
        "Summaries are in our own words.",
        "文献自香港发布日起视为已知。未注明时区的时间按所在信息流的证据判读，并标为推定。"
        "转载（同文、同题、同事件）与旧版本归于一条。"
        "搜索返回在标题、摘要、标签或发布机构中包含全部词语的文献，中英文均按字串匹配；"
        "公司标签对应该公司的全部名称。标题命中计8分，标签或机构4分，摘要2分，"
        "标题含整个查询另加10分。摘要为本站撰写。",
    ),
}
