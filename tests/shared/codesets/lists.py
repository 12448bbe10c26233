"""Invented rows in the layouts of the real files; nothing here is a publisher's."""

from datetime import UTC, date, datetime
from pathlib import Path

from rcm.codesets.book import CodeSets
from rcm.codesets.loading.kinds import kind_of
from rcm.codesets.loading.store import Loaded, Wish, load

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


class Shelf:
    """A file of loaded lists in a test's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = folder / "loaded" / "codesets.sqlite"

    def load(
        self,
        kind: str,
        name: str,
        content: str | bytes,
        *,
        release: str = "R1",
        effective_from: date | None = None,
        effective_to: date | None = None,
        acknowledged_by: str | None = None,
        setting: str = "",
        columns: dict[str, str] | None = None,
    ) -> Loaded:
        """Loads one file of that name; text is written as Latin-1 with the line ends that it has."""
        file = self._folder / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode("latin-1"))
        wish = Wish(kind_of(kind), [file], release, effective_from, effective_to, acknowledged_by, setting, columns or {})
        return load(self.path, wish, NOW)

    def sets(self) -> CodeSets:
        """The code sets with what is loaded."""
        return CodeSets.open(loaded=self.path)


def order_line(number: int, code: str, flag: str, words: str) -> str:
    """A line of an ICD-10 order file."""
    return f"{number:05d} {code:<7} {flag} {words[:60]:<60} {words}\r\n"


def hcpcs_line(
    kind: str,
    code: str,
    sequence: int,
    long: str,
    short: str = "",
    *,
    added: str = "20200101",
    ended: str = "",
    trim: bool = False,
) -> str:
    """A record of the HCPCS file, 320 wide or with its filler trimmed."""
    line = list(" " * 320)

    def put(first: int, text: str) -> None:
        line[first - 1 : first - 1 + len(text)] = text

    put(1 if kind in "34" else 4, code)
    put(6, f"{sequence:05d}")
    put(11, kind)
    put(12, f"{long:<80}")
    put(92, f"{short:<28}")
    if kind in "37":
        put(128, "A")
        put(230, "C")
        put(256, "D1E ")
        put(269, added)
        put(277, added)
        put(285, ended)
        put(293, "N")
    text = "".join(line)
    return (text.rstrip() if trim else text) + "\r\n"


PAIRS = (
    "CPT only copyright notice stands here\r\nAn invented preamble\r\n\r\n"
    "Column 1\tColumn 2\t*\tEffective\tDeletion\tIndicator\tRationale\r\n"
    "10001\t10002\t\t20200101\t*\t1\tMisuse of column two code with column one code\r\n"
    "10001\t10003\t*\t19960101\t20260701\t0\tMore extensive procedure\r\n"
    "10001\t10004\t\t20250101\t20250101\t0\tNever active\r\n"
    "10005\t10001\t\t20200101\t*\t9\tNot applicable\r\n"
    "10006\tG0001\t\t20200101\t*\t0\tStandards of practice\r\n"
)
UNIT_LIMITS = (
    '"CPT codes are copyrighted",,,\r\n'
    '"HCPCS/\nCPT Code","Practitioner Services MUE Values","MUE Adjudication Indicator","MUE Rationale"\r\n'
    '"10001","1","2 Date of Service Edit: Policy","CMS Policy"\r\n'
    '"10002","4","3 Date of Service Edit: Clinical","Clinical: Data"\r\n'
    '"G0001","2","1 Line Edit","Nature of Service/Procedure"\r\n'
)
ADD_ONS = (
    "This notice is the first row\t\t\t\t\t\t\r\n"
    "AOC_Edit_Type\tAdd-On_Code\tAOC_DelDT\tPrimary_Code\tPrimary_Code_DelDT\tAOC_Edit_EffDT\tAOC_Edit_DelDT\r\n"
    "1\t10010\t\t10001\t\t2013091\t\r\n"
    "1\t10010\t\t10002\t\t2013091\t2026001\r\n"
    "2\t10011\t\tCCCCC\t\t2013091\t\r\n"
)
RELATIVE_VALUES = (
    "2026 invented relative values,,,,,,,,,,,,\r\n"
    "released 10/01/2026,,,,,,,,,,,,\r\n"
    ",,,,NOT USED FOR,,NON-FAC,,FACILITY,,,,\r\n"
    ",,,STATUS,MEDICARE,WORK,PE,NA,PE,MP,PCTC,GLOB,BILAT\r\n"
    "HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,RVU,INDICATOR,RVU,RVU,IND,DAYS,SURG\r\n"
    "10001,,Licensed words,A,,1.30,1.20,,0.55,0.10,0,090,1\r\n"
    "10001,26,Licensed words,A,,0.80,0.40,,0.40,0.05,1,XXX,0\r\n"
    "G0001,,Caf\xe9 visit,A,,0.50,0.30,,0.20,0.02,0,ZZZ,0\r\n"
)
AMOUNTS = (
    '"2026","01112","05","10001","  ","0000090.44","0000064.21"," ","0000"\r\n'
    '"2026","01112","05","10001","26","0000040.10","0000040.10"," ","0000"\r\n'
    '"TRL","2","","","","","","",""\r\n'
)
LABORATORY = (
    "Invented laboratory schedule,,,,,,\r\n,,,,,,\r\nnotice,,,,,,\r\n,,,,,,\r\n"
    "YEAR,HCPCS,MOD,EFF_DATE,INDICATOR,RATE,SHORTDESC\r\n"
    "2026,10020,,20260101,N,8.46,Licensed\r\n2026,10020,QW,20260101,N,8.46,Licensed\r\n"
)
TAXONOMY = (
    "Code,Grouping,Classification,Specialization,Definition,Notes,Display Name,Section\r\n"
    '193400000X,Group,Invented Group,,"Words, with a comma",,Invented Group,Non-Individual\r\n'
)
TABULAR = b"""<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><version>2028</version><chapter><name>1</name><desc>Invented diseases (A00-B99)</desc>
<section id="A00-A09"><desc>Invented section (A00-A09)</desc>
<excludes1><note>another thing (B20)</note></excludes1>
<diag><name>A00</name><desc>Cholera of next year</desc>
<sevenChrDef><extension char="A">first time</extension><extension char="D">again</extension></sevenChrDef>
<diag><name>A00.0</name><desc>Cholera of one kind</desc>
<inclusionTerm><note>Classical invention</note></inclusionTerm></diag></diag></section></chapter></ICD10CM.tabular>"""
INDEX = b"""<?xml version="1.0"?><ICD10CM.index><letter><title>A</title>
<mainTerm><title>Abscess<nemod>(acute)</nemod></title><code>L02.91</code>
<term level="1"><title>knee</title><code>M00.9-</code><manif>M01</manif><see>Arthritis</see></term></mainTerm>
<mainTerm><title>Neoplasm</title><cell col="2">C80.1</cell><cell col="3">-</cell><cell col="5">D36.9</cell></mainTerm>
</letter></ICD10CM.index>"""
