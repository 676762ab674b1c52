"""Identifiers: short, stable digests of what makes a thing the same thing."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

ID_BYTES = 10
_SEPARATOR = "\x1f"
_NUMBER = re.compile(r"\d+(e\d+)?", re.ASCII)
_LETTERS = "ghijklmnop"


def digest(*parts: object) -> str:
    """Digest the parts into 20 hexadecimal characters (80 bits, BLAKE2b).

    ``None`` differs from the empty string, and parts never run into each other.

    >>> digest("inquiry", "Q-1") == digest("inquiry", "Q-1")
    True
    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    joined = _SEPARATOR.join("\x00" if part is None else str(part) for part in parts)
    return hashlib.blake2b(joined.encode("utf-8"), digest_size=ID_BYTES).hexdigest()


def number(*parts: object) -> int:
    """Digest the parts into a number of 60 bits.

    >>> number("rules", 1) == number("rules", 1) != number("rules", 2)
    True
    """
    return int(digest(*parts)[:15], 16)


def as_word(name: str) -> str:
    """Give a digest that reads as a number a letter for its first digit; no other digest has one past ``f``.

    One digest in four thousand looks like 35593331405591e37582, and a spreadsheet would make a number of it.

    >>> as_word("35593331405591e37582"), as_word("696f85d3ce22d0878872")
    ('j5593331405591e37582', '696f85d3ce22d0878872')
    """
    return _LETTERS[int(name[0])] + name[1:] if _NUMBER.fullmatch(name) else name


def contact_id(source: str, source_id: str) -> str:
    """Id of the contact that ``source`` knows as ``source_id`` (for a survey answer: response and question)."""
    return as_word(digest("contact", source, source_id))


def orphan_contact_id(audio_sha256: str) -> str:
    """Id of a contact known only by its recording; it is kept when the log row arrives later."""
    return as_word(digest("contact", "audio", audio_sha256))


def text_hash(text: str) -> str:
    """Id of a distinct masked text: the key of vectors and assignments."""
    return digest("text", text)


def voc_id(contact: str, channel: str, text: str, nth: int) -> str:
    """Id of the ``nth`` statement with this text in this contact and channel."""
    return as_word(digest("voc", contact, channel, text, nth))


def topic_id(founding_text_hashes: Iterable[str]) -> str:
    """Id of the topic founded by these texts, in any order; opaque and never reused."""
    return "T" + digest("topic", *sorted(founding_text_hashes))[:12]


def layer_id(layer: str, topics: Iterable[str]) -> str:
    """Id of the group that these topics were put into in a coarser layer, in any order."""
    return "L" + digest("layer", layer, *sorted(topics))[:12]


def code_id(name: str) -> str:
    """Id of the code, and of the guided topic, that an analyst has named so."""
    return "C" + digest("code", name)[:12]


def edit_id(*parts: object) -> str:
    """Id of an analyst's edit."""
    return "E" + digest("edit", *parts)[:12]


def row_digest(values: Iterable[object]) -> str:
    """Digest of a record's content, to tell a changed record from a re-delivered one."""
    return digest("row", *values)


def phone_key(e164: str, secret: str = "") -> str:
    """Pseudonym of a phone number in E.164 form, so that numbers link without being stored.

    Ten-digit numbers can be enumerated: configure a ``secret`` wherever others can read the lake.
    """
    key = secret.encode("utf-8")[: hashlib.blake2b.MAX_KEY_SIZE]
    return hashlib.blake2b(e164.encode("utf-8"), digest_size=ID_BYTES, key=key).hexdigest()
