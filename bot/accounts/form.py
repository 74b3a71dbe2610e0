"""What is asked before there is a new account or tool, described once: every channel draws these screens in order."""

from __future__ import annotations

from dataclasses import dataclass

from bot.concerns.form import LINE, Field, FieldOption, Screen, form_for, staff
from bot.knowledge import School

_TEXT = 600  # characters: a request is read by two busy people
_YES_NO = (FieldOption("yes", "Yes"), FieldOption("no", "No"))
YEARS = (
    FieldOption("nursery", "Nursery"),
    FieldOption("reception", "Reception"),
    *(FieldOption(f"year-{number}", f"Year {number}") for number in range(1, 14)),
)
AUDIENCES = (
    FieldOption("pupils", "Pupils"),
    FieldOption("parents", "Parents and carers"),
    FieldOption("community", "The community, such as former pupils or neighbours"),
    FieldOption("staff", "Staff"),
)
KINDS = (
    FieldOption("page", "A page"),
    FieldOption("group", "A group that people join"),
    FieldOption("account", "An account of the school or department, such as on Instagram or X"),
    FieldOption("class-tool", "A tool for lessons, such as a quiz or a class blog"),
    FieldOption("profile", "A personal profile that people add as a friend"),
)
WHOSE = (
    FieldOption("school", "The school’s"),
    FieldOption("department", "A department’s, class’s or club’s"),
    FieldOption("own", "My own, or a colleague’s own"),
)
# The risks that every request names, and what to think of. Whoever asks says what is done about each.
RISKS: tuple[tuple[str, str, str], ...] = (
    (
        "risk_strangers",
        "Strangers follow it or write to pupils",
        "Such as: each follower is approved, and the list is checked each term.",
    ),
    (
        "risk_comments",
        "Hurtful or wrong comments appear under it",
        "Such as: comments are off, or approved before they show.",
    ),
    (
        "risk_contact",
        "Staff and pupils are drawn into private messages",
        "Such as: messages are off; questions are answered in the open, about work only.",
    ),
    (
        "risk_pictures",
        "A picture shows a child who must not be seen",
        "Such as: the consent list is checked before each post; no full names.",
    ),
    (
        "risk_takeover",
        "Somebody takes the account over, or copies it",
        "Such as: strong passwords, a second login step, the address on the school’s website.",
    ),
    ("risk_data", "Personal data of pupils gets out", "Such as: no names, no timetables, no work with names on it."),
    (
        "risk_unwatched",
        "Nobody looks at it in the holidays",
        "Such as: who covers, or that it is closed to comments meanwhile.",
    ),
)


@dataclass(frozen=True)
class AccountForm:
    """The screens in order; `you` only where the channel does not know who asks."""

    screens: tuple[Screen, ...]
    you: Screen

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field but those about the asker."""
        return tuple(field for screen in self.screens for field in screen.fields)


def account_form(school: School) -> AccountForm:
    """The form with this school's people in it."""
    screens = (_WHAT, _WHY, _hands(school), _SAFE, _risks(), _deciding(school))
    you = form_for(school).reporter
    return AccountForm(screens, Screen("you", you.title, (*you.fields[:3], _EMAIL)))


def _line(name: str, label: str, hint: str = "", *, required: bool = True, limit: int = LINE) -> Field:
    return Field(name, "line", label, hint, required, limit)


def _text(name: str, label: str, hint: str = "", *, required: bool = True) -> Field:
    return Field(name, "text", label, hint, required, _TEXT)


def _pick(name: str, label: str, options: tuple[FieldOption, ...], hint: str = "") -> Field:
    return Field(name, "choice", label, hint, True, options=options)


_EMAIL = Field("you_email", "line", "Your work e-mail address", "So that you hear what was decided.", limit=LINE)
_WHAT = Screen(
    "what",
    "What it is, and for whom",
    (
        _line("tool", "Which tool or site?", "Such as Instagram, YouTube, Padlet.", limit=60),
        _line(
            "name",
            "What do people at school call it?",
            "Such as: PE, or Year 6 trip. Not the name of the tool again.",
            limit=60,
        ),
        _pick("whose", "Whose is it?", WHOSE),
        Field("audience", "choices", "For whom is it?", "Tick all that fit.", required=True, options=AUDIENCES),
        Field(
            "years",
            "choices",
            "For pupils of which years?",
            "Everybody who uses it or follows it.",
            options=YEARS,
            only_with=("audience", "pupils"),
        ),
        _line(
            "age_limit",
            "From which age does the tool’s own rule let people use it?",
            "A number, as in the tool’s terms. 0 if there is none.",
            limit=2,
        ),
    ),
)
_WHY = Screen(
    "why",
    "What for, and how it is set up",
    (
        _text("purpose", "What is it for?", "One aim, in a sentence or two."),
        _text("why_this", "Why this tool?", "Why not the school’s website, email or learning platform?"),
        _text("without", "How do those hear who have no access to it?", "Not every family is online."),
        _pick("kind", "What kind is it?", KINDS),
        _pick(
            "open_to",
            "Who can see it?",
            (FieldOption("members", "Only those whom we let in"), FieldOption("all", "Anybody")),
        ),
        _pick(
            "followers",
            "Who may follow or join?",
            (
                FieldOption("approved", "Only those whom we approve one by one"),
                FieldOption("anybody", "Anybody"),
                FieldOption("nobody", "Nobody follows or joins it"),
            ),
        ),
        _pick(
            "follows",
            "Whom does it follow itself?",
            (
                FieldOption("nobody", "Nobody"),
                FieldOption("organisations", "Schools, authors, museums and the like"),
                FieldOption("pupils", "Pupils too"),
            ),
        ),
    ),
)


def _hands(school: School) -> Screen:
    people = tuple(FieldOption(each.id, f"{each.name}, {each.role}") for each in staff(school))
    return Screen(
        "hands",
        "In whose hands it is",
        (
            Field(
                "holders",
                "choices",
                "Who of these has a login?",
                "Two people at least have one, a senior leader (SLT) among them with full access.",
                required=True,
                options=people,
            ),
            Field(
                "others",
                "text",
                "Who else has a login?",
                "Full name, then a comma, then their role. One a line.",
                limit=_TEXT,
            ),
            _pick("own_way", "Does each have a login of their own?", _YES_NO),
            _line("moderator", "Who looks at what others write there?"),
            _pick(
                "how_often",
                "How often?",
                (
                    FieldOption("daily", "Each school day"),
                    FieldOption("often", "Two or three times a week"),
                    FieldOption("weekly", "Once a week"),
                    FieldOption("nothing", "Others cannot write there"),
                ),
            ),
            _line("cover", "Who does it when they are away?"),
        ),
    )


_SAFE = Screen(
    "safe",
    "How it is kept safe",
    (
        _pick(
            "comments",
            "Comments",
            (
                FieldOption("off", "Off"),
                FieldOption("approved", "Each is approved before it shows"),
                FieldOption("open", "They show at once"),
            ),
        ),
        _pick(
            "official", "Do all who post know that every post and reply is official contact from the school?", _YES_NO
        ),
        _pick(
            "pictures",
            "Pictures",
            (
                FieldOption("none", "None"),
                FieldOption("things", "Only of things, and of people who cannot be known"),
                FieldOption("pupils", "Of pupils too"),
            ),
        ),
        Field(
            "consent",
            "text",
            "How is consent checked before each picture?",
            "Needed if pictures show pupils.",
            limit=_TEXT,
            only_with=("pictures", "pupils"),
        ),
        _pick(
            "data",
            "Do pupils’ names, logins or work go into the tool?",
            (
                FieldOption("no", "No"),
                FieldOption("agreed", "Yes, and the data protection lead has agreed"),
                FieldOption("unasked", "Yes, and nobody has been asked yet"),
            ),
        ),
        _line(
            "training",
            "When were those who post trained, or when will they be?",
            "Such as: 14 September, by the online safety lead.",
        ),
    ),
)


def _risks() -> Screen:
    named = (_text(name, f"{label}: what is done about it?", hint) for name, label, hint in RISKS)
    other = _text("risk_other", "Another risk, and what is done about it?", required=False)
    return Screen("risks", "What could go wrong", (*named, other))


def _deciding(school: School) -> Screen:
    people = tuple(FieldOption(each.id, f"{each.name}, {each.role}") for each in staff(school))
    return Screen(
        "deciding",
        "Review, end, and who decides",
        (
            Field("review", "date", "When is it looked at again?", "Within a year.", required=True),
            _text("ending", "How will it be closed?", "When, by whom, and what becomes of posts and followers."),
            Field(
                "manager",
                "person",
                "Who is your line manager?",
                "They decide first, then a senior leader (SLT).",
                required=True,
                options=people,
            ),
        ),
    )
