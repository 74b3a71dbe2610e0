"""What the wordings of British school calendars mean. All are made up after what such calendars are like."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.calendars.words import meaning

WORDINGS = {
    "inset": """
        In-Set Day; In set day; Whole school training; Federation Training Day; INSET; INSET Day; Inset day 1
        INSET DAY - school closed to pupils; Oakfield: INSET Day (school closed)
        Staff INSET (students not required to attend); I.N.S.E.T. day; In-service day; School in-service day
        In service training; Training day; Staff Training; Staff training day; Teacher training day
        Teachers' training day; Staff development day; PD Day; CPD day; Professional development day
        Professional Learning Day; Disaggregated Day; Disaggregated INSET; Disaggregated training day; Non-pupil day
        Non pupil day; Pupil free day; No pupils in school; Staff day; Teacher day; Staff only day; Baker day
        Whole staff training; Staff planning day; Staff return; Non-contact day
        Disaggregated twilight INSET - school closed
    """,
    "closed": """
        School closed for Christmas; Closed for Half Term; No school; Pupils off; Fair Holiday; ½ term
        School not in session; Half term; Half-term; Halfterm; Half Term Break; Half-term holiday; October half term
        Spring half term break; May half-term; Oakfield Autumn Half Term; Autumn half term week; Mid-term break
        Mid term; Easter Break; Christmas Break; Easter holiday; Easter Holidays; Christmas holiday
        Christmas - School holiday; Summer Holidays; Summer break; School Holiday; Holiday; Holidays; Winter break
        Bank holiday; Bank Holiday Monday; Early May bank holiday; Public holiday; May Day; School closed
        School is closed; School closed to all; Closed; School closure; Closure day; Polling day - school closed
        Occasional day; Occasional holiday; February break; Spring / Summer holiday; Spring vacation; Local holiday
        September weekend; Exeat weekend; Snow day - school closed; Good Friday; October Break
        Half Term (school closed)
    """,
    "term": """
        Autumn Term; Autumn Term 2026; Autumn term 2026/27; Autumn Term 2026-2027; Spring term; Summer Term 1
        Term 1; Term 1 2026/27; Term 6:; Term 3: Mon 7th Jan - Fri 15th Feb 2027; Michaelmas Term; Lent term 2027
        Oakfield Autumn Term; Term 2: Mon 2nd Nov - Fri 18 Dec 2026 - 35 days; Autumn 1; Spring 2; Half term 3
        Term time; Term dates
    """,
    "first": """
        First day of Autumn 2; Autumn 2 begins; First day for Year 7; Students' first day; Pupils start
        School opens; Term starts; Term begins; Term Starts 8.45am; Autumn term begins; Summer Term starts
        Start of term; Start of Autumn Term; Start of the new term; Start of term Y7 & Y12
        Start of term - all other years; Term begins for Year 7 and Year 12 only; First day of term
        First day of Spring Term; Spring Term first day; Autumn Term 1 starts; Beginning of term; Back to School
        Oakfield: First day back; First Day Back; Return to school; Pupils return; Pupils return to school
        Students return; School reopens; School re-opens; Reopens; All pupils back in school
        School opens to children; Children return after half term; Term resumes; Term commences
        Back to school after half term; Return from half term; Start of the school year; School starts
        Year 7 return; All other year groups return; Half term 2 begins; First day of school; School returns
        Welcome back to school
    """,
    "last": """
        Finish for Easter; School finishes at 1pm for Christmas; Last day of Autumn 1; Spring 1 ends; Breakup day
        Term ends; Term finishes; Autumn Term ends; Term ends 1:15pm; End of term; End of Term (Last day)
        End of Autumn Term; End of the summer term; Last day of term; Last Day of Autumn Term; Final Day of Term
        Oakfield Final day of term; Summer term last teaching day; Autumn Term last day; Breaks up; School breaks up
        Break up; Break up for Easter; Break up for half term; Finish for half term 1:30pm
        School closes for Christmas; School closes for half term; Last day of term - non uniform
        End of Term (Last day before Christmas Holidays); Last day before half term; Term 2 ends; Last day of school
        Close for summer; End of school year; Last school day; Half term 1 ends
        School finishes for the Easter holidays; Pupils break up; Last day of term - Christmas jumper day
        School closes at 1.15pm for half term
    """,
    "begins": """
        Half term begins; Half Term starts; Start of half term; Start of half term holiday; Half-term holiday begins
        Christmas holidays begin; Christmas holidays start; Easter break starts; Summer holidays begin 1.30pm
        Beginning of half term; Start of the Christmas break; First day of half term
        First day of the summer holidays
    """,
    "ends": """
        Half term ends; Half Term finishes; End of half term; Half-term holiday ends; Christmas holidays end
        End of Easter holidays; End of half term holiday; Last day of half term holiday; Summer holiday ends
        Easter break ends
    """,
    "residential": "Year 6 residential; Residential trip; Y5 Residential (half of it); Return from Y6 residential",
    "inset first": "INSET Day - Start of Autumn Term; First day of term (INSET); Term begins - staff training day",
    "inset last": "Last day of term - INSET day",
    "unclear": """
        Last day of half term; INSET day cancelled; School closes early; Early closure; Half term?? tbc; Strike day
        No clubs - last day of term; Return; Possible snow day; Teams training
    """,
    "": """
        School open evening; Back to school event; Christmas break up party; Holiday activities
        Football holiday course; Sports day; Parents' evening; Holiday club; Half term football camp
        Christmas holiday homework; Breakfast club starts; End of term assembly; End of term reports
        Autumn term reports; Christmas party; Christmas lunch; Christmas Jumper Day; Easter service; Easter assembly
        Day 99 (Week 21); Week 3; Short term loan; Return library books; Clubs finish for half term
        Autumn term parents' evening; End of term disco; Netball training; Summer fair; Nasal Flu Spray
        Assessment Week; Harvest; Year 11 study leave; Twilight INSET; Term 2 clubs start; Return consent forms
        First aid training; Spring concert; Mr Day on holiday; Playground duty; Flu vaccination
        After school clubs begin; Long term planning; Exams begin; Break time changes
    """,
}  # fmt: skip
CASES = [
    (title.strip(), wanted)
    for wanted, titles in WORDINGS.items()
    for title in titles.replace("\n", ";").split(";")
    if title.strip()
]


def test_there_are_many_wordings() -> None:
    assert len(CASES) >= 60


def test_every_wording_means_what_it_says_in_capitals_too() -> None:
    typed = [(way, wanted) for title, wanted in CASES for way in (title, f"  {title.upper()} ")]
    assert [(way, wanted, meaning(way)) for way, wanted in typed if " ".join(meaning(way)) != wanted] == []


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from("half term ends start of break day the 1 & school - 2026".split())).map(" ".join)
)
def test_whatever_an_event_is_called_has_a_meaning_or_none(title: str) -> None:
    assert len(meaning(title)) <= 2
