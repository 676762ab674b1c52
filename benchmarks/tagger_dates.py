"""Dates of birth and other dates for the tagger's training sentences."""

from __future__ import annotations

from benchmarks.tagger_words import KANJI_DIGITS, WORDS, Filler, Piece, kana_number, kanji_number

_MONTHS = WORDS["months"]
_DAYS = {
    1: "ついたち", 2: "ふつか", 3: "みっか", 4: "よっか", 5: "いつか", 6: "むいか", 7: "なのか", 8: "ようか", 9: "ここのか",
    10: "とおか", 14: "じゅうよっか", 20: "はつか", 24: "にじゅうよっか",
}  # fmt: skip
_ERAS = (("明治", "M", 1868), ("大正", "T", 1912), ("昭和", "S", 1926), ("平成", "H", 1989), ("令和", "R", 2019))
_ERA_KANA = {"明治": "めいじ", "大正": "たいしょう", "昭和": "しょうわ", "平成": "へいせい", "令和": "れいわ"}


class Dates(Filler):
    """Dates as they are written and said."""

    def _birth(self) -> str:
        year = 2014 - int(88 * self.random.random() ** 0.9)
        return self._date(year, self.random.randint(1, 12), self.random.randint(1, 28))

    def _era(self, year: int) -> tuple[str, str, int]:
        return next((era, letter, year - start + 1) for era, letter, start in reversed(_ERAS) if year >= start)

    def _date(self, year: int, month: int, day: int) -> str:
        era, letter, of_era = self._era(year)
        if self.style == "call":
            return self._spoken_date(year, month, day)
        script = self._one(("figure", "figure", "figure", "wide", "kanji"))
        fig = lambda number: self._figure(number, script)  # noqa: E731 - a short name for one script
        sign = self._one(("/", ".", "-", "/"))
        short = self._one((era[0], letter, letter))
        own = "元" if of_era == 1 and self._chance(0.6) else fig(of_era)
        return self._one((
            f"{year}年{month}月{day}日", f"{fig(year)}年{fig(month)}月{fig(day)}日", f"{year}{sign}{month}{sign}{day}", f"{year}{sign}{month:02}{sign}{day:02}", f"{era}{own}年{fig(month)}月{fig(day)}日", f"{era}{own}年{fig(month)}月{fig(day)}日",
            f"{short}{of_era}{sign}{month}{sign}{day}", f"{short}{of_era:02}.{month:02}.{day:02}", f"{year}{month:02}{day:02}", f"{short}{of_era}年{month}月{day}日", f"{day:02}/{month:02}/{year}", f"{year} 年 {month} 月 {day} 日", f"{day} {self._one(_MONTHS)} {year}", f"{self._one(_MONTHS)} {day}, {year}",
            f"{era}{of_era}.{month}.{day}", f"西暦{year}年{month}月{day}日", f"{year}年（{era}{of_era}年）{month}月{day}日",
        ))  # fmt: skip

    def _spoken_date(self, year: int, month: int, day: int) -> str:
        era, letter, of_era = self._era(year)
        script = self._one(("kanji", "kanji", "figure", "figure", "kana", "row"))
        fig = lambda number: self._figure(number, script)  # noqa: E731 - a short name for one script
        no = self._one(("", "", "の", "、", " "))
        if script == "kana":
            era_kana = self._one((_ERA_KANA[era], era)) + "の" * self._chance(0.2)
            end = _DAYS.get(day, kana_number(day) + "にち")
            head = era_kana + kana_number(of_era) if self._chance(0.75) else kana_number(year)
            return f"{head}ねん{self._one(('', 'の', '、'))}{kana_number(month)}がつ{self._one(('', 'の', ''))}{end}"
        own = "元" if of_era == 1 else fig(of_era)
        of_year = fig(year) if script != "row" else "".join(KANJI_DIGITS[int(sign)] for sign in str(year))
        short = self._one((era, letter, era))
        the_day = _DAYS[day] if day in _DAYS and self._chance(0.2) else fig(day) + "日"
        filler = self._one(("", "", "", "えーと", "えっと", "えー"))
        return self._one((
            f"{era}{own}年{no}{fig(month)}月{no}{the_day}", f"{era}{own}年{no}{fig(month)}月{no}{the_day}", f"{era}の{own}年{no}{filler}{fig(month)}月{the_day}", f"{of_year}年{no}{fig(month)}月{no}{the_day}", f"{of_year}年{filler}{fig(month)}月{the_day}",
            f"{short}{own}の{fig(month)}の{fig(day)}", f"{of_year}の{fig(month)}の{fig(day)}", f"西暦{of_year}年{no}{fig(month)}月{no}{the_day}", f"{era}{own}年{no}{fig(month)}の{fig(day)}", f"{short}{own}、{fig(month)}の{fig(day)}",
            f"{fig(year % 100)}年{no}{fig(month)}月{the_day}", f"{of_era}年の{fig(month)}月{the_day}", f"{year}{month:02}{day:02}", f"{era}{own}年生まれの{fig(month)}月{the_day}", f"{year}/{month}/{day}", f"{era[0]}{own}年{fig(month)}月{the_day}",
        ))  # fmt: skip

    def _slot_birth(self) -> list[Piece]:
        return [(self._birth(), "birth_date")]

    def _kana_number(self, number: int) -> str:
        read = kana_number(number)
        return read.replace("に", "にい").replace("ご", "ごお") if self._chance(0.2) else read

    def _slot_birthbad(self) -> list[Piece]:
        date = self._birth()
        return [(date[: max(4, len(date) - self.random.randint(0, 3))], "birth_date")]

    def _slot_birthparts(self) -> list[Piece]:
        """A date said bit by bit, or without its era."""
        year, month, day = self.random.randint(1926, 2014), self.random.randint(1, 12), self.random.randint(1, 28)
        era, _, of_era = self._era(year)
        script = self._one(("kanji", "kanji", "figure", "kana"))
        kana = script == "kana"
        own = {"kanji": kanji_number, "kana": self._kana_number}.get(script, str)
        words = ("ねん", "がつ") if kana else ("年", "月")
        the_day = (_DAYS.get(day) if kana or self._chance(0.1) else None) or own(day) + ("にち" if kana else "日")
        which = self._one(("", "", (_ERA_KANA[era] if kana else era) + self._one(("", "の")), "西暦"))
        of_year = own(year) if which == "西暦" or (not which and self._chance(0.3)) else own(of_era)
        parts = [f"{which}{of_year}{words[0]}", f"{own(month)}{words[1]}", self._one((the_day, the_day, own(day)))]
        gaps = self._one((("", ""), ("の", "の"), ("の", ""), ("", "の"), ("、", "、"), (" ", " ")))
        if self._chance(0.4):
            gap = self._one(WORDS["pauses"])
            return [(parts[0], "birth_date"), (gap, ""), (parts[1] + gaps[1] + parts[2], "birth_date")] if self._chance(0.6) else [
                (parts[0], "birth_date"), (gap, ""), (parts[1], "birth_date"), (gap, ""), (parts[2], "birth_date")
            ]  # fmt: skip
        return [(parts[0] + gaps[0] + parts[1] + gaps[1] + parts[2], "birth_date")]

    def _slot_birthmd(self) -> list[Piece]:
        month, day = self.random.randint(1, 12), self.random.randint(1, 28)
        script = self._one(("kanji", "figure")) if self.style == "call" else "figure"
        if self.style == "call" and self._chance(0.2):
            return [(f"{kana_number(month)}がつ{_DAYS.get(day, kana_number(day) + 'にち')}", "birth_date")]
        return [(f"{self._figure(month, script)}月{self._one(('', 'の'))}{self._figure(day, script)}日", "birth_date")]

    def _slot_birthy(self) -> list[Piece]:
        year = self.random.randint(1930, 2014)
        era, letter, of_era = self._era(year)
        script = self._one(("kanji", "figure"))
        return [
            (
                self._one(
                    (
                        f"{era}{self._figure(of_era, script)}年",
                        f"{era}の{self._figure(of_era, script)}",
                        f"{year}年",
                        f"{letter}{of_era}",
                        f"西暦{year}年",
                    )
                ),
                "birth_date",
            )
        ]
