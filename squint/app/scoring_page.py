"""The page on which a coder scores (thesis, 4.5.1 with Table 4.6)."""

from datetime import datetime

from nicegui import ui

from squint.app.guide import describe_answer, score_meanings, score_names
from squint.app.journal import Change
from squint.app.layout import Page, button_for_seen
from squint.app.quiz import sample_question
from squint.app.scoring import Scoring
from squint.app.session import Session
from squint.app.sheets import NOT_OBSERVABLE
from squint.app.views import Views
from squint.web.elements import INSTANT, button, html, keys_table, set_attribute, set_text, tell

KEYS = [
    ("x .", "the marked unit is not observable"),
    ("↑ ↓", "mark another unit"),
    ("Backspace", "take the last answer back, or the marked unit's"),
    ("Enter", "next item that is not scored"),
    ("← →", "previous, next item"),
    ("g", "go to an item by its number"),
    ("b", "bad image, or not after all"),
    ("e", "not evaluated: empty the whole item"),
    ("u", "undo"),
    ("+ −", "zoom all views in, out"),
    ("Shift arrow", "move all views; or drag one, and turn the wheel over it"),
    ("v Esc", "enlarge one view after another; all again; or double click"),
    ("l", "log of what you did"),
    ("h", "these keys, and what the scores mean"),
]
NOT_OBSERVABLE_KEYS = ("x", ".", ",")
FEW_ANSWERS = 4  # so many stand in one row with their names
FEW_UNITS = 5  # that have room with an answer in two lines
MOST_IN_A_ROW = 6
MOST_LOGGED = 300
# Of the keys that stand on no button those that are shown beside the views, where there is room.
ALWAYS_SHOWN = ("↑ ↓", "Backspace", "+ −", "Shift arrow", "v Esc")


def describe_time(seconds: float) -> str:
    """A time for people: seconds, minutes or hours."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def count(number: int, thing: str) -> str:
    """A number of things in words."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


class ScoringPage:
    """Lays the page out and keeps it in step with the coder's `Scoring`."""

    def __init__(self, session: Session, coder: str, token: str, addresses, quiz_every: int):
        self.scoring = Scoring(session, coder)
        self.session, self.coder, self.token, self.quiz_every = session, coder, token, quiz_every
        self.quiz = None
        if quiz_every and not session.journal.value(coder, "quiz", "scored"):
            self._note_quiz(0)  # from here on items are counted
        self.left_open = ""  # the item about which the coder was told that it is not finished
        self.page = Page(session, coder, token, "score", self.refresh)
        self._lay_out(addresses)
        self.refresh()

    def _lay_out(self, addresses) -> None:
        recording, guide = self.session.recording, self.session.recording.guide
        with self.page.menu:
            button("Log (l)", self.open_log)
            button("Help (h)", lambda: self.help.open())
        with html("section", classes="work"):
            self.views = Views(recording.cameras, addresses, self.on_key)
            with html("aside", aria_label="Scores"):
                self._lay_out_units()
                self._lay_out_progress()
        with self.page.dialog("Keys and scores") as self.help:
            keys_table([self._score_keys(), *KEYS])
            html("p", guide.name, "hint")  # its source may tell what the study is about
            with html("table", classes="meanings"):
                for value, meaning in score_meanings(guide).items():
                    with html("tr"):
                        html("th", score_names(guide)[value], scope="row")
                        html("td", meaning)
                for unit, meanings in guide.meanings.items():
                    for value, meaning in enumerate(meanings):
                        with html("tr"):
                            html("th", f"{guide.units[unit].capitalize()} {value}", scope="row")
                            html("td", meaning)
        with self.page.dialog("What you did") as self.log:
            self.log_list = html("ol", classes="log")
        with self.page.dialog("Go to an item", close=False) as self.finder:
            items = len(self.scoring.items)
            rule = {f"There are items 1 to {items}": lambda value: value is None or 1 <= value <= items}
            self.wanted = ui.number("Item", precision=0, format="%d", validation=rule)
            self.wanted.props("autofocus").on("keydown.enter", self.find)
            button("Go", self.find, "wide")
        self.quiz_dialog = ui.dialog().props(f"persistent {INSTANT} aria-label=Quiz")

    def _score_keys(self) -> tuple[str, str]:
        """The keys that score, and what they mean."""
        names = [name for name, _ in self.session.recording.guide.steps]
        keys = " ".join(value for value in self.scoring.values if value != NOT_OBSERVABLE)
        return keys, f"score the marked unit {', '.join(names)}"

    def _lay_out_units(self) -> None:
        self.rows, self.buttons = [], {}
        guide, values = self.session.recording.guide, self.scoring.values
        few = len(values) <= FEW_ANSWERS
        many = len(self.scoring.units) > FEW_UNITS
        columns = f"repeat({min(len(values), MOST_IN_A_ROW)}, {'auto' if many else '1fr'})"
        self.units = html("div", classes="units many" if many else "units")
        for index, unit in enumerate(self.scoring.units):
            name = guide.units[unit].capitalize()
            with self.units, html("section", classes="unit", role="group", aria_label=name) as row:
                html("h2", name)
                with html("div", classes="answers").style(f"grid-template-columns: {columns}"):
                    for value in values:
                        key = "x" if value == NOT_OBSERVABLE else value
                        word = describe_answer(value, guide)
                        answer = button_for_seen("", lambda shown, v=value, i=index: self.score(shown, v, i), "answer")
                        answer.props["aria-label"] = f"{' '.join(filter(None, (key, word)))}, {name}"
                        with answer:
                            html("kbd", key)
                            if few:
                                html("span", f" {word}")
                        self.buttons[unit, value] = answer
            self.rows.append(row)
        with html("dl", classes="meaning", aria_label="What the scores of the marked unit mean"):
            self.meanings = []
            for value, meaning in enumerate(guide.meanings[self.scoring.units[0]]):
                html("dt", str(value))
                self.meanings.append(html("dd", meaning))
        with html("div", classes="row"):
            self.bad = button_for_seen("Bad image (b)", lambda shown: self.judge(shown, "b"))
            button_for_seen("Not evaluated (e)", lambda shown: self.judge(shown, "e"))
            button_for_seen("Undo (u)", lambda shown: self.judge(shown, "u"))
        keys_table([(key, meaning) for key, meaning in KEYS if key in ALWAYS_SHOWN], "if-room")
        html("p", "↑ ↓ mark · Backspace take back · + − zoom · Shift arrow move · v enlarge", "hint if-no-room")

    def _lay_out_progress(self) -> None:
        with html("section", classes="progress", aria_label="Progress"):
            self.state = html("p", classes="state", aria_live="polite")
            with html("div", classes="row"):
                button("← Previous", lambda: self.step(-1))
                button("Next →", lambda: self.step(1))
                button("Go to (g)", self.finder_open)
            self.next = button("Next not scored (Enter)", self.go_on, "wide main")
            self.bar = html("progress", max=str(len(self.scoring.items)), aria_label="Items scored")
            self.pace = html("p", classes="pace")

    # What the coder does

    def on_key(self, pressed: dict) -> None:
        """A key that was pressed while item `shown` (from 1) was to be seen."""
        key = pressed["key"]
        if self.quiz:
            self.answer_quiz(key)
            return
        if self.log.value or self.finder.value or self.help.value:
            for dialog, own in ((self.log, "l"), (self.help, "h")):
                if key == own:
                    dialog.close()
            return
        moves = {
            "ArrowLeft": lambda: self.step(-1),
            "ArrowRight": lambda: self.step(1),
            "Enter": self.go_on,
            "g": self.finder_open,
            "l": self.open_log,
            "h": self.help.open,
            "?": self.help.open,
        }
        if key in moves:
            moves[key]()
        else:
            self.judge(pressed["shown"], key)

    def judge(self, shown: str, key: str) -> None:
        """A key that says something of the item that was to be seen when it was pressed."""
        scoring = self.scoring
        actions = {
            "ArrowUp": lambda: scoring.choose_unit(-1),
            "ArrowDown": lambda: scoring.choose_unit(1),
            "Backspace": scoring.take_back,
            "b": scoring.call_bad,
            "e": scoring.clear,
            "u": lambda: scoring.undo() or tell("Nothing to undo."),
        }
        if key in scoring.values:
            self.score(shown, key)
        elif key in NOT_OBSERVABLE_KEYS:
            self.score(shown, NOT_OBSERVABLE)
        elif key in actions and self.scoring.is_shown(shown):
            self.act(actions[key])

    def score(self, shown: str, value: str, unit: int | None = None) -> None:
        """Give a unit (the marked one) a score."""
        if not self.scoring.is_shown(shown):
            return
        if self.scoring.bad():
            tell("This is called a bad image. b takes that back.")
        elif unit is None and self.scoring.unit is None:
            tell("All units are answered. ↑ or ↓ marks one to change it.")
        else:
            self.act(lambda: self.scoring.score(value, unit))

    def act(self, action) -> None:
        """Do something to the item, and show it."""
        action()
        self.page.refresh_soon()

    def step(self, distance: int) -> None:
        """To the item so many further on, or back where `distance` is negative."""
        self.scoring.go(self.scoring.index + distance)
        self.page.refresh_soon()
        self.ask_quiz()

    def go_on(self) -> None:
        """To the next item that is not scored; after the last one to the coder's agreement."""
        left = self.units_to_go()
        if 0 < left < len(self.scoring.units) and self.left_open != self.scoring.item.key:
            self.left_open = self.scoring.item.key
            tell(f"{count(left, 'unit')} of this item to go. Enter again leaves it so.")
            return
        index = self.scoring.next_open()
        if index is None:
            ui.navigate.to(f"/as/{self.token}/agreement")
        elif index == self.scoring.index:
            tell("This is the last item that is not scored.")
        else:
            self.step(index - self.scoring.index)

    def units_to_go(self) -> int:
        """How many units of the item have no answer; none of a bad image."""
        return 0 if self.scoring.bad() else sum(not value for value in self.scoring.answers().values())

    def finder_open(self) -> None:
        """Ask for the number of an item."""
        self.wanted.set_value(None)
        self.finder.open()

    def find(self) -> None:
        """Go to the item that was asked for."""
        if self.wanted.value and self.wanted.validate():
            self.finder.close()
            self.step(int(self.wanted.value) - 1 - self.scoring.index)

    # What the page shows

    def refresh(self) -> None:
        """Show things as they are now."""
        scoring = self.scoring
        given, bad, done = scoring.answers(), scoring.bad(), scoring.count_done()
        self.views.show(scoring.index, scoring.item, scoring.faces(), scoring.ahead())
        set_text(self.page.status, f"Item {scoring.index + 1} of {len(scoring.items)}")
        for index, unit in enumerate(scoring.units):
            set_attribute(self.rows[index], "aria-current", str(index == scoring.unit and not bad).lower())
            for value in scoring.values:
                set_attribute(self.buttons[unit, value], "aria-pressed", str(given[unit] == value).lower())
        if scoring.unit is not None:
            meanings = self.session.recording.guide.meanings[scoring.units[scoring.unit]]
            for element, meaning in zip(self.meanings, meanings, strict=True):
                set_text(element, meaning)
        set_attribute(self.bad, "aria-pressed", str(bad).lower())
        set_attribute(self.units, "data-bad", str(bad).lower())
        left = self.units_to_go()
        state = (
            "Not evaluated" if left == len(self.scoring.units) else f"{count(left, 'unit')} to go" if left else "Scored"
        )
        set_text(self.state, "Bad image" if bad else state)
        set_attribute(self.next, "data-ready", str(scoring.done()).lower())
        set_text(self.next, "Next not scored (Enter)" if done < len(scoring.items) else "Your agreement (Enter)")
        set_attribute(self.bar, "value", str(done))
        pace = scoring.seconds_an_item()
        rest = len(scoring.items) - done
        text = f" · {describe_time(pace)} an item, some {describe_time(pace * rest)} to go" if pace and rest else ""
        set_text(self.pace, f"{done} of {len(scoring.items)} scored{text}")

    def open_log(self) -> None:
        """Show what this coder did, the latest first."""
        self.log_list.clear()
        with self.log_list:
            history = self.scoring.history(MOST_LOGGED)
            if not history:
                html("li", "Nothing yet.")
            for at, what in history:
                with html("li"):
                    html("time", f"{datetime.fromisoformat(at).astimezone():%d %b %H:%M:%S}")
                    html("span", what)
        self.log.open()

    # Pop-quiz

    def ask_quiz(self) -> None:
        """A question after every so many items that were scored."""
        asked, before = (int(self.session.journal.value(self.coder, "quiz", of) or 0) for of in ("asked", "scored"))
        if not self.quiz_every or self.scoring.count_done() - before < self.quiz_every:
            return
        self.quiz = sample_question(self.coder, asked)
        self._note_quiz(asked + 1)
        self.quiz_dialog.clear()
        with self.quiz_dialog, html("section", classes="dialog", role="document"):
            html("h2", "A short break")
            html("p", self.quiz.text)
            for index, option in enumerate(self.quiz.options):
                with button("", lambda i=index: self.answer_quiz(str(i + 1)), "wide"):
                    html("kbd", str(index + 1))
                    html("span", f" {option}")
            self.verdict = html("p", "Press the number of your answer.", aria_live="assertive")
            self.answered = False
            button("Go on (Enter)", lambda: self.answer_quiz("Enter"), "wide main")
        self.quiz_dialog.open()

    def _note_quiz(self, asked: int) -> None:
        """Note how many questions were asked, and how many items were scored by then."""
        counts = {"asked": asked, "scored": self.scoring.count_done()}
        self.session.act(self.coder, [Change("quiz", of, "", str(number)) for of, number in counts.items()])

    def answer_quiz(self, key: str) -> None:
        """A key while a question is open."""
        if not self.quiz:
            return
        options = [str(index + 1) for index in range(len(self.quiz.options))]
        if key in options and not self.answered:
            self.answered = True
            right = self.quiz.options[self.quiz.right]
            verdict = "Right" if int(key) - 1 == self.quiz.right else f"No, it is: {right}"
            set_text(self.verdict, f"{verdict}. Enter goes on.")
        elif key == "Enter":
            self.quiz = None
            self.quiz_dialog.close()
