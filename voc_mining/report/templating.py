"""The templates with what they may call; the app renders the same ones with links of its own."""

from __future__ import annotations

import jinja2

from voc_mining.messages.catalogue import Messages
from voc_mining.report import formats


def environment(say: Messages) -> jinja2.Environment:
    """Make the environment of one language; everything is escaped, and a name that is missing fails."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("voc_mining.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"say": say, "lang": say.lang}
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    made.filters |= {
        name: getattr(formats, name)
        for name in (
            "percent",
            "count",
            "decimal",
            "clock",
            "second",
            "span",
            "hours",
            "day",
            "minute",
            "month",
            "polyline",
        )
    }
    return made
