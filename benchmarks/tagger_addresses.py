"""Made-up addresses for the tagger's training sentences, whole and in pieces."""

from __future__ import annotations

from benchmarks.tagger_people import People
from benchmarks.tagger_words import WORDS, Piece, Town, kana_number, towns, towns_names


class Addresses(People):
    """Addresses of real towns with made-up numbers and buildings."""

    def _block(self) -> str:
        chome, ban, go = (self._number(top) for top in (9, 40, 30))
        if self.style == "call":
            script = self._one(WORDS["scripts"])
            fig = lambda number: self._figure(number, script)  # noqa: E731 - a short name for one script
            no = self._one(("の", "の", "の", "ノ", "-", "、", "の "))
            return self._one((
                f"{fig(chome)}丁目{fig(ban)}{no}{fig(go)}", f"{fig(chome)}丁目の{fig(ban)}の{fig(go)}", f"{fig(chome)}{no}{fig(ban)}{no}{fig(go)}",
                f"{fig(chome)}丁目{fig(ban)}番{fig(go)}号", f"{fig(chome)}丁目{fig(ban)}番地", f"{fig(ban * 31)}番地", f"{fig(ban * 17)}番地の{fig(go)}", f"{fig(ban * 11)}{no}{fig(go)}",
                f"{fig(chome)}の{fig(ban)}の{fig(go)}の{fig(self._number(1200))}", f"{fig(chome)}番{fig(go)}号", f"の{fig(chome)}の{fig(ban)}", f"{fig(chome)}丁目の{fig(ban)}", f"{fig(ban * 7)}番", f"{fig(chome)}丁目",
                f"{fig(chome)}ハイフン{fig(ban)}ハイフン{fig(go)}",
            ))  # fmt: skip
        script = self._one(("figure", "figure", "figure", "wide", "kanji"))
        fig = lambda number: self._figure(number, script)  # noqa: E731 - as above
        dash = self._one(WORDS["dashes"])
        return self._one((
            f"{fig(chome)}{dash}{fig(ban)}{dash}{fig(go)}", f"{fig(chome)}{dash}{fig(ban)}{dash}{fig(go)}", f"{fig(chome)}丁目{fig(ban)}番{fig(go)}号", f"{fig(chome)}丁目{fig(ban)}{dash}{fig(go)}", f"{fig(ban * 31)}番地", f"{fig(ban * 17)}番地{fig(go)}",
            f"{fig(ban * 11)}{dash}{fig(go)}", f"{fig(ban * 23)}", f"字{self._one(('上', '下', '西', '東', '前', '新'))}{self._one(('野', '原', '町', '田', '沢'))}{fig(ban)}", f"{fig(chome)}{dash}{fig(ban)}{dash}{fig(go)}{dash}{fig(self._number(1200))}", f"甲{fig(ban)}", f"{fig(chome)}丁目",
        ))  # fmt: skip

    def _building(self) -> str:
        word, name = self._one(WORDS["buildings"]), self._one(WORDS["building_names"])
        if self._chance(0.2):
            name = self._made_up() if self._chance(0.5) else self._one(towns_names())
        whole = word + name if self._chance(0.25) else name + word
        if self._chance(0.1):
            whole += self._one(("一番館", "弐番館", "A棟", "2号棟", "イースト", "南", "B"))
        spoken = self.style == "call"
        script = self._one(("figure", "figure", "row", "spaced")) if spoken else "figure"
        room = self._figure(self._number(14) * 100 + self._number(12), script)
        end = (
            self._one(("号室", "号", "号室", "", ""))
            if not spoken
            else self._one(("号室", "号室", "号", "", "の部屋"[:0]))
        )
        room += end
        return (
            whole
            + self._one(("", "の", "の") if spoken else ("", " ", "　", ""))
            + (room if self._chance(0.85) else "")
        )

    def _city(self, town: Town) -> str:
        name = town.city
        if "郡" in name and self._chance(0.4):
            name = name[name.index("郡") + 1 :]
        if "市" in name[:-1] and name.endswith("区") and self._chance(0.25):
            name = name[name.index("市") + 1 :]
        return (town.prefecture if self._chance(0.4) else "") + name

    def _slot_addr(self) -> list[Piece]:
        town = self.random.choice(towns())
        spoken = self.style == "call"
        head = self._city(town)
        name = town.name
        if spoken and self._chance(0.12):
            head, name = (town.city_kana if self._chance(0.5) else head), town.name_kana
        link = self._one(("", "", "", "", "の", "、")) if spoken else self._one(("", "", "", "", " "))
        pieces: list[Piece] = [(head + link + name, "address")]
        chance = self.random.random()
        if chance < 0.1:
            return pieces
        if spoken and chance < 0.3:
            pieces += [
                (self._one(("の", "、", " ", "")) + self._one(WORDS["fillers"]) + self._one(("、", " ", "")), "")
            ]
            pieces.append((self._block().lstrip("の"), "address"))
        else:
            pieces[0] = (
                pieces[0][0] + (self._one(("の", "", "")) if spoken else self._one(("", "", " "))) + self._block(),
                "address",
            )
        if self._chance(0.3):
            if spoken and self._chance(0.4):
                pieces.append(
                    (self._one(("の", "、", "、えー", "、マンション名が", "で、建物が", "の、えっと", "、はい、")), "")
                )
                pieces.append((self._building(), "address"))
            else:
                text = (
                    pieces[-1][0]
                    + (self._one(("の", "", "、")) if spoken else self._one((" ", "　", "")))
                    + self._building()
                )
                pieces[-1] = (text, "address")
        return pieces

    def _slot_addrtown(self) -> list[Piece]:
        town = self.random.choice(towns())
        name = town.name_kana if self.style == "call" and self._chance(0.15) else town.name
        return [(self._city(town) + (self._one(("", "の")) if self.style == "call" else "") + name, "address")]

    def _slot_addrpart(self) -> list[Piece]:
        town = self.random.choice(towns())
        name = town.name_kana if self.style == "call" and self._chance(0.25) else town.name
        text = name + (self._one(("の", "", "")) if self.style == "call" else "") + self._block()
        return [(text, "address")]

    def _slot_block(self) -> list[Piece]:
        return [(self._block().lstrip("の"), "address")]

    def _slot_bldg(self) -> list[Piece]:
        return [(self._building(), "address")]

    def _slot_room(self) -> list[Piece]:
        number = self._number(14) * 100 + self._number(12)
        script = self._one(("figure", "figure", "row", "kanji")) if self.style == "call" else "figure"
        room = (
            self._one(("", "", "A棟", "B棟", "2号棟", "C-"))
            + self._figure(number, script)
            + self._one(("号室", "号", "", "号室"))
        )
        return [(room, "address")]

    def _slot_street(self) -> list[Piece]:
        streets = [self._one(WORDS["streets"]) for _ in range(2)]
        way = self._one(WORDS["street_ways"])
        ward = self._one(("京都市中京区", "京都市下京区", "京都市上京区", "中京区", "上京区", "東山区"))
        town = self._one(
            (
                "",
                "",
                self._one(("笹屋町", "鶴山町", "七観音町", "上本能寺前町", "橋本町", "菊屋町", "亀屋町"))
                + self._one(("", self._block())),
            )
        )
        return [(f"{ward}{streets[0]}通{self._one(('', 'り'))}{streets[1]}{way}{town}", "address")]

    def _slot_addrlatin(self) -> list[Piece]:
        number = self._one((f"{self._number(9)}-{self._number(40)}-{self._number(30)}", f"{self._number(900)}"))
        town, city = self._one(self._latin).capitalize(), self._one(self._latin).capitalize()
        return [
            (
                f"{number}, {town}{self._one(('-cho', 'machi', ''))}, {city}{self._one(('-shi', '-ku', '-gun', ' City'))}, {self._one(('Tokyo', 'Osaka', 'Aichi', 'Hokkaido', 'Japan'))}",
                "address",
            )
        ]

    def _slot_addrkana(self) -> list[Piece]:
        town = self.random.choice(towns())
        number = self._one(
            (
                "",
                "",
                kana_number(self._number(9)) + self._one(("ちょうめ", "の" + kana_number(self._number(20)), "ばんち")),
                self._block(),
            )
        )
        head = town.city_kana if self._chance(0.6) else town.city
        if self._chance(0.3):
            pieces: list[Piece] = [
                (head + town.name_kana, "address"),
                (self._one(("の", "のねえ", "、", "の、えーと", "のええと", " ")), ""),
                (
                    kana_number(self._number(30)) if self._chance(0.5) else self._figure(self._number(30), "kanji"),
                    "address",
                ),
            ]
            if self._chance(0.5):
                pieces += [
                    (self._one(("の", "のええと", "の、")), ""),
                    (self._one(("いち", "に", "一", "二", "さん", "十")), "address"),
                ]
            return pieces
        return [
            (
                head
                + self._one(("", "の"))
                + town.name_kana
                + self._one(("", "の")) * bool(number)
                + number.lstrip("の"),
                "address",
            )
        ]
