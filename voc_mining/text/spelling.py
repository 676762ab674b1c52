"""One everyday spelling for the ways a word is written."""

from __future__ import annotations

import re
import unicodedata

from voc_mining.text import lexicon
from voc_mining.text.conjugation import Form, potential
from voc_mining.text.tokens import KANJI

_KATAKANA = re.compile("[ァ-ヶー]{2,}")
_SMALL = str.maketrans({"ァ": "ア", "ィ": "イ", "ゥ": "ウ", "ェ": "エ", "ォ": "オ", "ー": None})


class Spelling:
    """Chooses the spelling of a word by its entry in the dictionary.

    >>> spell = Spelling()
    >>> spell("繋がる", "ツナガル", "繋がる"), spell("問い合わせ", "トイアワセ", "問合せ"), spell("サーバー-server", "サーバー", "サーバ")
    ('つながる', '問い合わせ', 'サーバー')
    """

    def __init__(self) -> None:
        rows = lexicon.rows("spellings")
        self._listed = {(row["lemma"], row["reading"]): row["spelling"] for row in rows}
        self._apart = {(row["lemma"], spelling) for row in rows for spelling in row["apart"].split("|")}

    def __call__(self, lemma: str, reading: str, base: str) -> str:
        """Spell a word.

        Parameters
        ----------
        lemma : str
            As UniDic gives it, with its note.
        reading : str
            Of the lemma, in katakana.
        base : str
            Dictionary form in the spelling of the text.
        """
        head = lemma.partition("-")[0] or lemma
        if (head, base) in self._apart:
            return base
        common = head if _same_word(unicodedata.normalize("NFKC", head), base) else base
        listed = self._listed.get((head, reading)) or self._listed.get((head, "")) or self._listed.get((common, ""))
        return listed or common

    def able(self, lemma: str, base: str) -> str:
        """Spell a verb of ability as the verb it comes from.

        >>> Spelling().able("貰う", "貰える"), Spelling().able("直す", "治せる")
        ('もらえる', '治せる')
        """
        listed = self._listed.get((lemma, ""))
        if not listed or any((lemma, f"{base[:at]}{lemma[-1]}") in self._apart for at in range(1, len(base))):
            return base
        return potential(Form(listed, "godan")).base


def _same_word(lemma: str, base: str) -> bool:
    """Whether two spellings differ only in okurigana, or in long and small vowels."""
    signs = KANJI.findall(lemma)
    if signs:
        return signs == KANJI.findall(base)
    return bool(_KATAKANA.fullmatch(lemma) and _KATAKANA.fullmatch(base)) and _plain(lemma) == _plain(base)


def _plain(word: str) -> str:
    return word.translate(_SMALL)
