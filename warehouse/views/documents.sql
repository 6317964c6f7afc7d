-- Which documents and events were known on an evening, which of them tell one story, and which answer a search?

-- A text as a search compares it: full-width letters and signs as plain ones, each letter in one form, no case.
CREATE MACRO searchable(words) AS lower(translate(nfc_normalize(words),
    'ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ'
    'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ'
    '０１２３４５６７８９　，．：；！？（）－＆％＋',
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
    'abcdefghijklmnopqrstuvwxyz'
    '0123456789 ,.:;!?()-&%+'));
COMMENT ON MACRO searchable IS
    'A text as a search compares it: full-width letters and signs as plain ones, composed, lower case';

-- The words that must all be found: Chinese runs and other runs apart, signs left out, so that "kling可灵" asks for
-- both.
CREATE MACRO search_terms(words) AS list_distinct(regexp_extract_all(searchable(words),
    '[\p{Han}]+|[^\s\p{Han}\p{P}\p{S}]+'));
COMMENT ON MACRO search_terms IS
    'The words of a search, all of which must be found: runs of Chinese characters and runs of other letters and '
    'digits';

-- What is searched. Chinese has no blanks between words and many of its words are of two characters, which an index of
-- three misses: so each text stands here once in comparable form, and a search reads through all of them. A tag is
-- found by the company's or topic's names in both languages.
CREATE OR REPLACE TABLE document_index AS
WITH RECURSIVE chain AS (
    SELECT document_id, document_id AS story, 0 AS steps FROM documents
    UNION ALL SELECT c.document_id, coalesce(d.duplicate_of, d.supersedes), c.steps + 1
    FROM chain AS c
    JOIN documents AS d ON d.document_id = c.story
    WHERE coalesce(d.duplicate_of, d.supersedes) IS NOT NULL AND c.steps < 20
),
stories AS (SELECT document_id, arg_max(story, steps) AS story FROM chain GROUP BY document_id),
names AS (
    SELECT c.ticker AS tag, concat_ws(' ', c.ticker, c.name_en, c.name_zh, c.short_en, c.short_zh,
        string_agg(a.alias, ' ' ORDER BY a.alias)) AS words
    FROM companies AS c
    LEFT JOIN aliases AS a ON a.ticker = c.ticker
    GROUP BY c.ticker, c.name_en, c.name_zh, c.short_en, c.short_zh
),
tagged AS (
    SELECT t.document_id, list(t.tag ORDER BY t.tag) FILTER (t.tag_kind = 'ticker') AS tickers,
        list(t.tag ORDER BY t.tag) FILTER (t.tag_kind = 'topic') AS topics,
           list(t.tag ORDER BY t.tag) FILTER (t.tag_kind = 'entity') AS entities,
               string_agg(coalesce(n.words, concat_ws(' ', t.tag, p.name_en, p.name_zh)), ' ' ORDER BY t.tag_kind,
               t.tag) AS words
    FROM document_tags AS t
    LEFT JOIN names AS n ON t.tag_kind = 'ticker' AND n.tag = t.tag
    LEFT JOIN topics AS p ON t.tag_kind = 'topic' AND p.topic = t.tag
    GROUP BY t.document_id
),
final AS (
    SELECT d.document_id, s.story, count(*) OVER (PARTITION BY s.story) = 1 AS is_told_once,
        timezone('Asia/Hong_Kong', d.published_at) AS published_hkt, coalesce(t.tickers, []) AS tickers,
        coalesce(t.topics, []) AS topics, coalesce(t.entities, []) AS entities,
           searchable(d.title) AS title_words, nullif(searchable(concat_ws(' ', d.publisher, d.publisher_printed,
               t.words)), '') AS tag_words, searchable(d.summary) AS summary_words
    FROM documents AS d LEFT JOIN tagged AS t USING (document_id) JOIN stories AS s USING (document_id)
)
SELECT * FROM final ORDER BY document_id;
COMMENT ON TABLE document_index IS
    'What is searched of a document, in comparable form, and the story it tells. One row per (document_id).';
COMMENT ON COLUMN document_index.document_id IS 'Document';
COMMENT ON COLUMN document_index.story IS
    'What all copies and versions of one story share: the document that they copy or replace in the end';
COMMENT ON COLUMN document_index.is_told_once IS 'true: no copy and no other version of the story is here';
COMMENT ON COLUMN document_index.published_hkt IS 'Time of publication in Hong Kong; NULL where no time is printed';
COMMENT ON COLUMN document_index.tickers IS 'Companies of the universe in it';
COMMENT ON COLUMN document_index.topics IS 'Topics of it';
COMMENT ON COLUMN document_index.entities IS 'Codes outside the universe in it';
COMMENT ON COLUMN document_index.title_words IS 'Title as a search compares it';
COMMENT ON COLUMN document_index.tag_words IS
    'Publisher, tickers with all their names, and topics in both languages, as a search compares them';
COMMENT ON COLUMN document_index.summary_words IS 'Summary as a search compares it; NULL where there is none';

CREATE MACRO built_day() AS (SELECT CAST(timezone('Asia/Hong_Kong', built_at) AS DATE) FROM snapshot);
COMMENT ON MACRO built_day IS
    'The day in Hong Kong on which the snapshot was built: what had come out by then is the feed of now';

CREATE MACRO reading_day() AS (
    SELECT greatest((SELECT data_as_of FROM snapshot),
        (SELECT max(published_on) FROM documents WHERE published_on <= built_day()))
);
COMMENT ON MACRO reading_day IS
    'The evening to which the feed of now reaches: the latest session, or a later day on which a document has come '
    'out';

-- A document is known from its Hong Kong day on. One without a day cannot be placed in time: it stands in no evening,
-- only in the feed of now (as_of NULL), at its end. story_id is the document shown for all that tell one story: of
-- those known and not replaced, the one that the copies name, else the earliest.
CREATE MACRO documents_known(as_of) AS TABLE
WITH asked AS (SELECT CAST(as_of AS DATE) AS day, coalesce(CAST(as_of AS DATE), built_day()) AS evening),
known AS (
    SELECT d.document_id, d.supersedes, d.duplicate_of, d.published_on, i.published_hkt, i.story, i.is_told_once
    FROM documents AS d
    JOIN document_index AS i USING (document_id), asked
    WHERE d.published_on <= asked.evening OR (d.published_on IS NULL AND asked.day IS NULL)
),
successors AS (
    SELECT supersedes AS document_id, max(document_id) AS superseded_by
    FROM known
    WHERE supersedes IS NOT NULL
    GROUP BY supersedes
),
heads AS (
    SELECT k.story, count(*) AS told,
           arg_min(k.document_id, row(n.superseded_by IS NOT NULL, k.duplicate_of IS NOT NULL,
               coalesce(k.published_on, DATE '9999-12-31'), coalesce(k.published_hkt, TIMESTAMP '9999-12-31'),
               k.document_id)) AS story_id
    FROM known AS k LEFT JOIN successors AS n USING (document_id) WHERE NOT k.is_told_once GROUP BY k.story
)
SELECT k.document_id, coalesce(h.story_id, k.document_id) AS story_id, coalesce(h.told, 1) AS told, n.superseded_by
FROM known AS k LEFT JOIN heads AS h USING (story) LEFT JOIN successors AS n ON n.document_id = k.document_id;
COMMENT ON MACRO TABLE documents_known IS
    'Which documents were known on the evening of as_of (NULL: now), and which of them tell one story. One row per '
    '(document_id), in no order.';

CREATE MACRO documents_as_of(as_of) AS TABLE
SELECT d.*, i.published_hkt, i.tickers, i.topics, i.entities, k.superseded_by, k.story_id, k.told
FROM documents_known(as_of) AS k JOIN documents AS d USING (document_id) JOIN document_index AS i USING (document_id)
ORDER BY d.published_on DESC NULLS LAST, i.published_hkt DESC NULLS LAST, d.document_id;
COMMENT ON MACRO TABLE documents_as_of IS
    'The documents known on the evening of as_of (NULL: now) with their tags, newest first, those of one story under '
    'one story_id. One row per (document_id).';

-- score: each word counts 8 in the title, else 4 in tags and publisher, else 2 in the summary; the whole query in the
-- title adds 10. Without a query every document answers.
CREATE MACRO document_search(as_of, query) AS TABLE
WITH wanted AS (
    SELECT searchable(trim(CAST(query AS VARCHAR))) AS whole, search_terms(CAST(query AS VARCHAR)) AS terms
),
terms AS (SELECT unnest(terms) AS term, whole FROM wanted),
hits AS (
    SELECT i.document_id, sum(CASE WHEN contains(i.title_words, t.term) THEN 8
        WHEN contains(i.tag_words, t.term) THEN 4 ELSE 2 END) + CASE WHEN bool_or(contains(i.title_words, t.whole))
        THEN 10 ELSE 0 END AS score, count(*) AS found
    FROM document_index AS i, terms AS t
    WHERE contains(i.title_words, t.term) OR contains(i.tag_words, t.term) OR contains(i.summary_words, t.term)
    GROUP BY i.document_id
)
SELECT d.*, i.published_hkt, i.tickers, i.topics, i.entities, k.superseded_by, k.story_id, k.told, h.score
FROM documents_known(as_of) AS k
JOIN documents AS d USING (document_id)
JOIN document_index AS i USING (document_id)
CROSS JOIN wanted AS w
LEFT JOIN hits AS h USING (document_id)
WHERE coalesce(w.whole, '') = '' OR h.found = len(w.terms)
ORDER BY h.score DESC NULLS LAST, d.published_on DESC NULLS LAST, i.published_hkt DESC NULLS LAST, d.document_id;
COMMENT ON MACRO TABLE document_search IS
    'The documents known on the evening of as_of (NULL: now) that hold every word of query in title, summary, tags '
    'or publisher, best first; all of them without a query. One row per (document_id).';

-- Events, each once, known from the day of their document. Where only a month or a year is printed the event lies
-- somewhere from first_day to event_date.
CREATE MACRO events_as_of(as_of) AS TABLE
WITH asked AS (
    SELECT CAST(as_of AS DATE) AS day, coalesce(CAST(as_of AS DATE), built_day()) AS evening,
        coalesce(CAST(as_of AS DATE), reading_day()) AS shown
),
known AS (
    SELECT e.*
    FROM events AS e, asked
    WHERE e.published_on <= asked.evening OR (e.published_on IS NULL AND asked.day IS NULL)
),
single AS (
    SELECT event_id, any_value(event_date) AS event_date, any_value(date_precision) AS date_precision,
        list(ticker ORDER BY ticker) FILTER (ticker IS NOT NULL) AS tickers, any_value(entity) AS entity,
           any_value(event_type) AS event_type, any_value(topic) AS topic, any_value(string_split(topics, ';'))
               AS topics, any_value(title) AS title, any_value(figures) AS figures,
           any_value(published_on) AS published_on, any_value(date_basis) AS date_basis,
               any_value(source_id) AS source_id, any_value(note) AS note
    FROM known GROUP BY event_id
),
final AS (
    SELECT s.* REPLACE (coalesce(s.tickers, []) AS tickers), CASE s.date_precision WHEN 'day' THEN s.event_date
        ELSE CAST(date_trunc(s.date_precision, s.event_date) AS DATE) END AS first_day,
           CASE WHEN s.event_type IN ('regulation', 'policy', 'enforcement', 'governance') THEN 'policy'
               WHEN s.event_type IN ('product', 'open_source', 'channel')
               OR (s.event_type = 'research' AND s.topic <> 'broker view') THEN 'product'
                WHEN s.event_type IN ('results', 'statistics') THEN 'results'
                    WHEN s.event_type = 'management' THEN 'personnel'
                WHEN s.event_type IN ('partnership', 'corporate', 'share_sale', 'ipo', 'buyback') THEN 'deals'
                    ELSE 'market' END AS lane,
           s.date_precision = 'day' AND s.event_date > asked.shown OR s.date_precision <> 'day'
               AND s.event_date > last_day(asked.shown) AS is_ahead
    FROM single AS s, asked
)
SELECT * FROM final ORDER BY event_date DESC, event_id;
COMMENT ON MACRO TABLE events_as_of IS
    'The events known on the evening of as_of (NULL: now), each once with all its companies. One row per (event_id).';
