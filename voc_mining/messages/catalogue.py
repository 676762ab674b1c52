"""Message catalogues: every sentence that people read, by key and language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("ja", "en")
_FOLDER = Path(__file__).parent


class Messages:
    """The messages of one language.

    Parameters
    ----------
    lang : {"ja", "en"}
        Language.

    Raises
    ------
    KeyError
        If a key is not in the catalogue; catalogues are tested to hold the same keys.
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._sentences = _sentences(lang)

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the sentence of ``key`` with ``values`` filled in.

        >>> Messages("en")("run.done", out="out")
        'Done. The report and the CSVs are in out.'
        """
        return self._sentences[key].format(**values)

    def has(self, key: str) -> bool:
        """Whether the catalogue holds ``key``."""
        return key in self._sentences

    def value(self, family: str, code: object) -> str:
        """Return the words for a coded value, such as an origin; codes without words stay as they are.

        >>> Messages("en").value("origin", "reactive")
        'Reactive (inquiries)'
        """
        return self._sentences.get(f"{family}.{code}", "" if code is None else str(code))


@lru_cache
def _sentences(lang: str) -> Mapping[str, str]:
    if lang not in LANGUAGES:
        raise KeyError(f"no messages in {lang!r}; there are {LANGUAGES}")
    tables = tomllib.loads((_FOLDER / f"{lang}.toml").read_text("utf-8"))
    return {f"{section}.{name}": text for section, entries in tables.items() for name, text in entries.items()}


def language_of(locale: str | None) -> str:
    """Language of a locale name such as ``ja_JP.UTF-8``; Japanese unless it is plainly another.

    >>> language_of("en_US.UTF-8"), language_of("C.UTF-8"), language_of(None)
    ('en', 'ja', 'ja')
    """
    return "en" if locale and locale.lower().startswith("en") else "ja"
