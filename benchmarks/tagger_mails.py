"""Made-up mail addresses for the tagger's training sentences, written and said."""

from __future__ import annotations

from collections.abc import Iterable

from benchmarks.tagger_people import People
from benchmarks.tagger_words import KATAKANA, LETTERS, WORDS, Piece, katakana
from voc_mining.text.mask.name_words import hiragana

_LETTER_WORDS = WORDS["letter_words"]


class Mails(People):
    """Mail addresses."""

    def _local(self) -> list[tuple[str, bool]]:
        """Parts of what stands before the sign: the part and whether it is a joint."""
        parts = [
            (
                self._one(self._latin)
                if self._chance(0.7)
                else "".join(self._one("abcdefghijklmnopqrstuvwxyz") for _ in range(self.random.randint(2, 5))),
                False,
            )
        ]
        while self._chance(0.45) and len(parts) < 5:
            parts.append((self._one("._--"), True))
            parts.append((self._one(self._latin) if self._chance(0.4) else str(self.random.randint(1, 2020)), False))
        if self._chance(0.4):
            parts.append((str(self.random.randint(1, 9999)), False))
        return parts

    def _domain(self) -> str:
        own = f"{self._one(self._latin)}{self._one(('', '-' + self._one(('dental', 'shop', 'works', 'net')), 'mail'))}"
        return self._one(
            (
                "gmail.com",
                "yahoo.co.jp",
                "docomo.ne.jp",
                "ezweb.ne.jp",
                "softbank.ne.jp",
                "icloud.com",
                "example.com",
                "example.jp",
                "example.co.jp",
                "hotmail.com",
                "outlook.jp",
                "nifty.com",
                f"{own}.co.jp",
                f"{own}.jp",
                f"{own}.com",
                f"{own}.or.jp",
                "au.com",
                "example.ne.jp",
                f"{own}.example",
            )
        )

    def _said_word(self, word: str, how: str) -> str:
        if how == "letters":
            gap = self._one(("", " ", "、"))
            return gap.join(LETTERS.get(sign, sign) for sign in word)
        if how == "spaced":
            return " ".join(word)
        if how == "kana":
            return {
                "gmail": "ジーメール",
                "yahoo": "ヤフー",
                "docomo": "ドコモ",
                "icloud": "アイクラウド",
                "com": "コム",
                "jp": "ジェーピー",
                "co": "シーオー",
                "ne": "エヌイー",
                "softbank": "ソフトバンク",
                "ezweb": "イージーウェブ",
                "hotmail": "ホットメール",
                "outlook": "アウトルック",
                "example": "イグザンプル",
                "net": "ネット",
                "or": "オーアール",
                "nifty": "ニフティ",
                "au": "エーユー",
            }.get(word) or "".join(self._one(KATAKANA[:45]) for _ in range(3))
        if how == "digits":
            return "".join(
                self._one(("ワン", "ツー", "スリー", "フォー", "ファイブ", "ゼロ", "セブン"))
                for _ in range(self.random.randint(1, 3))
            )
        if how == "hiragana":
            return "".join(hiragana(self._one(KATAKANA[:45])) for _ in range(self.random.randint(2, 5)))
        return word

    def _said(self, parts: Iterable[tuple[str, bool]], *, domain: bool) -> str:
        gap = self._one(("", "", " ", "、"))
        joints = {
            ".": self._one(WORDS["dots"]),
            "-": self._one(("ハイフン", "ハイフン", "はいふん", "マイナス", "横棒", "-")),
            "_": self._one(("アンダーバー", "アンダーバー", "アンダースコア", "あんだーばー", "下線", "_")),
        }
        how = self._one(
            ("plain", "plain", "letters", "spaced", "kana", "hiragana", "digits")
            if not domain
            else ("plain", "plain", "kana", "kana", "letters")
        )
        script = self._one(("figure", "figure", "row", "katakana", "kana"))
        said = []
        for part, joint in parts:
            if joint:
                said.append(joints[part])
            elif part.isdigit():
                said.append(self._one(("", "", "", "数字の")) + self._figure(int(part), script))
            else:
                said.append(self._said_word(part, how))
        return gap.join(said)

    def _aside(self) -> Piece:
        return self._one(WORDS["mail_asides"]), ""

    def _slot_maillocal(self) -> list[Piece]:
        return [self._aside(), (self._said(self._local(), domain=False), "mail")]

    def _slot_maildom(self) -> list[Piece]:
        return [(self._said(_domain_parts(self._domain()), domain=True), "mail")]

    def _slot_mailparts(self) -> list[Piece]:
        """A mail address said bit by bit, with words between, all in hiragana or in English."""
        local, domain = self._local(), self._domain()
        chance = self.random.random()
        if chance < 0.3:
            word = "".join(
                self._one((self.random.choice(self._given)[1], self.random.choice(self._surnames)[1]))
                for _ in range(self.random.choice((1, 1, 2)))
            )
            digits = "".join(self._one(WORDS["hiragana_digits"]) for _ in range(self.random.randint(0, 4)))
            joint = self._one(("", "", "どっと", "てん", "点", "はいふん", "あんだーばー"))
            end = self._one(
                (
                    "いぐざんぷるどっとこむ",
                    "いぐざんぷるどっとじぇーぴー",
                    "じーめーるどっとこむ",
                    "やふーどっとしーおーどっとじぇーぴー",
                    "どこもどっとえぬいーどっとじぇーぴー",
                    "えーゆーどっとこむ",
                    "いぐざんぷるてんこむ",
                )
            )
            whole = (
                word
                + (joint + self.random.choice(self._given)[1] if joint else "")
                + digits
                + self._one(("あっとまーく", "あっとまーく", "あっと", "あっとまあく", "アットマーク"))
                + end
            )
            return [(whole if self._chance(0.7) else katakana(whole), "mail")]
        if chance < 0.4:
            said = self._said([(part if part != "-" else "-", joint) for part, joint in local], domain=False)
            return (
                [
                    (
                        "".join(
                            {".": " dot ", "-": " hyphen ", "_": " underscore "}.get(part, part) for part, _ in local
                        )
                        + self._one((" at mark ", " at ", " アットマーク "))
                        + domain.replace(".", " dot "),
                        "mail",
                    )
                ]
                if said
                else []
            )
        if chance < 0.5:
            spelled = [self._one(sorted(LETTERS)) for _ in range(self.random.randint(1, 3))]
            pieces: list[Piece] = [
                (
                    f"{LETTERS[sign]}は{self._one(WORDS['letter_words'])}の{LETTERS[sign]}",
                    "mail",
                )
                for sign in spelled
            ]
            pieces += [
                (self._one(("", "そのあと", "で、", "それから", "、")) + self._one(("アットマーク", "アット")), ""),
                (self._said(_domain_parts(domain), domain=True), "mail"),
            ]
            return pieces
        before = self._said(local, domain=False)
        after = self._said(_domain_parts(domain), domain=True)
        if chance < 0.8:
            letter = self._one(sorted(LETTERS))
            aside = self._one(
                (
                    f"{LETTERS[letter]}は{self._one(('アップル', 'ブラボー', 'ナンシー', '東京', 'サッカー', 'パンダ', 'ドラゴン'))}の{LETTERS[letter]}",
                    "全部小文字です",
                    "オーが二つです",
                    "ハイフンは真ん中の",
                    "続けて",
                    "そのあと",
                    "で、",
                    "のあと",
                    "はい",
                    "えーと",
                    "、",
                    "が前で",
                )
            )
            return [
                (before, "mail"),
                (aside, ""),
                (self._one(("アットマーク", "アット", "アットマークで", "@")) + after, "mail"),
            ]
        return [(before + self._one(("アットマーク", "アット", "@マーク")) + after, "mail")]

    def _slot_mail(self) -> list[Piece]:
        local, domain = self._local(), self._domain()
        written = "".join(part for part, _ in local)
        if self.style != "call":
            sign = self._one(("@",) * 12 + WORDS["odd_at_signs"])
            whole = written + sign + domain
            wide = whole.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
            return [(wide if self._chance(0.06) else whole.upper() if self._chance(0.06) else whole, "mail")]
        if self._chance(0.1):
            return [(f"{written}@{domain}", "mail")]
        sign = self._one(WORDS["at_signs"])
        if self._chance(0.12):
            return [
                self._aside(),
                (self._said(local, domain=False), "mail"),
                (self._one(("、えっと", "、はい、", "で、", "えー", "そのあと")), ""),
                (sign.strip(" 、") + self._said(_domain_parts(domain), domain=True), "mail"),
            ]
        return [
            self._aside(),
            (self._said(local, domain=False) + sign + self._said(_domain_parts(domain), domain=True), "mail"),
        ]


def _domain_parts(domain: str) -> list[tuple[str, bool]]:
    parts: list[tuple[str, bool]] = []
    word = ""
    for sign in domain:
        if sign in ".-":
            parts += [(word, False), (sign, True)]
            word = ""
        else:
            word += sign
    return [*parts, (word, False)]
