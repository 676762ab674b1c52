"""What is put into the frames of the tagger's training sentences: personal data, made up, and what looks like them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from random import Random

from benchmarks.tagger_addresses import Addresses
from benchmarks.tagger_dates import Dates
from benchmarks.tagger_mails import Mails
from benchmarks.tagger_words import KANA_DIGITS, KANJI_DIGITS, KATAKANA_DIGITS, WORDS, Piece, kanji_number, towns
from voc_mining.text import lexicon


class Slots(Addresses, Mails, Dates):
    """Fills the slots of frames.

    Parameters
    ----------
    random : Random
        Source of chance.
    statements : sequence of str
        Sentences with nothing personal.
    words : mapping of str to sequence of str
        By kanji, words that hold it, to explain how a name is written.
    ordinary : sequence of str
        Words in kana that are no names.
    """

    def __init__(
        self, random: Random, statements: Sequence[str], words: Mapping[str, Sequence[str]], ordinary: Sequence[str]
    ) -> None:
        super().__init__(random, words)
        self._statements = statements
        self._ordinary = ordinary
        self._cities = lexicon.column("cities", "name")

    def fill(self, slot: str, style: str) -> list[Piece]:
        """Pieces for a slot in a sentence of a style."""
        self.style = style
        name = slot.translate({ord("2"): "", ord("3"): ""})
        told: Callable[[], list[Piece]] = getattr(self, f"_slot_{name}")
        if name != slot or name in {"sur", "full", "who", "given"}:
            self.person = self._person()
        return told()

    def _digits(self, count: int) -> str:
        return "".join(self._one("0123456789") for _ in range(count))

    def _spoken_digits(self, groups: Sequence[str]) -> str:
        how = self._one(("figure", "figure", "row", "katakana", "kana"))
        signs = {"row": KANJI_DIGITS, "katakana": KATAKANA_DIGITS, "kana": KANA_DIGITS}.get(how)
        said = ["".join(signs[int(sign)] for sign in group) if signs else group for group in groups]
        return self._one(("の", "の", "", " ")).join(said)

    def _slot_phone(self) -> list[Piece]:
        groups = (
            [self._one(("090", "080", "070")), self._digits(4), self._digits(4)]
            if self._chance(0.6)
            else [self._one(("03", "06", "045", "052", "0742", "0466", "011")), self._digits(3), self._digits(4)]
        )
        if self.style == "call":
            return [(self._spoken_digits(groups), "phone")]
        return [(self._one(("-", "-", "", " ", "−")).join(groups), "phone")]

    def _slot_postal(self) -> list[Piece]:
        groups = [self._digits(3), self._digits(4)]
        return [
            (
                self._spoken_digits(groups) if self.style == "call" else self._one(("-", "-", "")).join(groups),
                "postal_code",
            )
        ]

    def _slot_id(self) -> list[Piece]:
        groups = [self._digits(self.random.randint(2, 4)) for _ in range(self.random.randint(2, 3))]
        return [(self._spoken_digits(groups), "number")]

    def _slot_place(self) -> list[Piece]:
        chance = self.random.random()
        town = self.random.choice(towns())
        if chance < 0.5:
            return [(self._one(self._cities), "")]
        if chance < 0.7:
            return [(town.prefecture if self._chance(0.5) else town.prefecture[:-1], "")]
        return [(town.city if self._chance(0.6) else town.name, "")]

    def _slot_muni(self) -> list[Piece]:
        town = self.random.choice(towns())
        return [(town.prefecture + town.city, "")]

    def _slot_city(self) -> list[Piece]:
        return [(self.random.choice(towns()).city, "address")]

    def _slot_word(self) -> list[Piece]:
        return [(self._one(WORDS["words"]), "")]

    def _slot_sight(self) -> list[Piece]:
        return [
            (
                self._one(WORDS["sights"]),
                "",
            )
        ]

    def _slot_famous(self) -> list[Piece]:
        return [
            (
                self._one(WORDS["famous"]),
                "",
            )
        ]

    def _slot_train(self) -> list[Piece]:
        return [
            (
                self._one(WORDS["trains"]) + self._one(("", "", "号", "五十三号", "12号")),
                "",
            )
        ]

    def _slot_ordinary(self) -> list[Piece]:
        return [(self._one(self._ordinary), "")]

    def _slot_misheard(self) -> list[Piece]:
        signs = sorted(self._words)
        return [("".join(self._one(signs) for _ in range(self.random.choice((2, 2, 3)))), "")]

    def _slot_plan(self) -> list[Piece]:
        head = self._one(WORDS["plan_heads"])
        return [
            (
                head + self._one(("", "さくら", "ひかり", "フラット", "でんき")) + self._one(WORDS["plan_ends"]),
                "",
            )
        ]

    def _slot_work(self) -> list[Piece]:
        return [
            (
                self._one(WORDS["works"]),
                "",
            )
        ]

    def _slot_brand(self) -> list[Piece]:
        head = self.random.choice(self._surnames)[0] if self._chance(0.7) else self._one(WORDS["firm_words"])
        return [(head + self._one(WORDS["shops"]), "")]

    def _slot_org(self) -> list[Piece]:
        head = self.random.choice(self._surnames)[0] if self._chance(0.3) else self._one(WORDS["firm_words"])
        return [(self._one(WORDS["firm_forms"]).format(head + self._one(WORDS["firm_trades"])), "")]

    def _slot_date(self) -> list[Piece]:
        month, day = self.random.randint(1, 12), self.random.randint(1, 28)
        script = self._one(("kanji", "figure")) if self.style == "call" else "figure"
        if self._chance(0.5):
            return [
                (
                    f"{self._figure(month, script)}月{self._figure(day, script)}日"
                    if self.style == "call" or self._chance(0.6)
                    else f"{month}/{day}",
                    "",
                )
            ]
        return [(self._date(self.random.randint(2015, 2027), month, day), "")]

    def _slot_time(self) -> list[Piece]:
        return [(self._one(("10時", "午後三時", "14:00", "午前中", "9時半", "18時", "夜七時")), "")]

    def _slot_amount(self) -> list[Piece]:
        number = self.random.randint(100, 99999)
        if self.style == "call" and number < 10000 and self._chance(0.6):
            return [(kanji_number(number) + "円", "")]
        return [(f"{number:,}円", "")]

    def _slot_model(self) -> list[Piece]:
        return [(self._one(WORDS["products"]), "")]

    def _slot_n(self) -> list[Piece]:
        number = self.random.randint(1, 30)
        return [(kanji_number(number) if self.style == "call" and self._chance(0.6) else str(number), "")]

    def _slot_years(self) -> list[Piece]:
        return [(f"{self.random.randint(18, 92)}歳", "")]

    def _slot_pipe(self) -> list[Piece]:
        return [(self._one(("\t", " | ", ",", "／", "　")), "")]

    def _slot_statement(self) -> list[Piece]:
        return [(self._one(self._statements), "")]
