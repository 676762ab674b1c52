"""Dictionary forms of what was said of a predicate: 使える + ない → 使えない."""

from __future__ import annotations

from typing import NamedTuple

_A_ROW = dict(zip("うくぐすつぬぶむる", "わかがさたなばまら", strict=True))
_I_ROW = dict(zip("うくぐすつぬぶむる", "いきぎしちにびみり", strict=True))
_GODAN_R = "らりるれろっ"


class Form(NamedTuple):
    """A predicate in dictionary form and how it conjugates (godan, ichidan, suru, kuru, adjective)."""

    base: str
    kind: str


def verb(lemma: str, surface: str) -> Form:
    """Tell how a verb conjugates from its dictionary form and the form it stands in.

    >>> verb("帰る", "帰り").kind, verb("借りる", "借り").kind
    ('godan', 'ichidan')
    """
    if lemma.endswith("する"):
        return Form(lemma, "suru")
    if lemma in {"来る", "くる"}:
        return Form(lemma, "kuru")
    if not lemma.endswith("る"):
        return Form(lemma, "godan" if lemma[-1] in _A_ROW else "ichidan")
    if surface[-1] != lemma[-2:-1] and surface[-1] in _GODAN_R and surface != lemma:
        return Form(lemma, "godan")
    return Form(lemma, "ichidan")


def negative(form: Form) -> Form:
    """Put it in the negative.

    >>> negative(Form("つながる", "godan")).base, negative(Form("高い", "adjective")).base
    ('つながらない', '高くない')
    """
    if form.base in {"ある", "有る"}:
        return Form("ない", "adjective")
    if form.kind == "adjective":
        return Form(f"{'よ' if form.base == 'いい' else form.base[:-1]}くない", "adjective")
    return Form(f"{_irrealis(form, 'し')}ない", "adjective")


def desire(form: Form) -> Form:
    """Say that it is wanted.

    >>> desire(Form("使う", "godan")).base
    '使いたい'
    """
    stem = form.base[:-1] + _I_ROW[form.base[-1]] if form.kind == "godan" else _irrealis(form, "し")
    return Form(f"{stem}たい", "adjective")


def passive(form: Form) -> Form:
    """Put it in the passive, which is also the potential of ichidan verbs.

    >>> passive(Form("見る", "ichidan")).base
    '見られる'
    """
    return Form(f"{_irrealis(form, 'さ')}{'れる' if form.kind in {'godan', 'suru'} else 'られる'}", "ichidan")


def causative(form: Form) -> Form:
    """Say that someone is made or let to do it.

    >>> causative(Form("待つ", "godan")).base
    '待たせる'
    """
    return Form(f"{_irrealis(form, 'さ')}{'せる' if form.kind in {'godan', 'suru'} else 'させる'}", "ichidan")


def ease(form: Form, suffix: str) -> Form:
    """Add にくい, づらい or やすい.

    >>> ease(Form("使う", "godan"), "にくい").base
    '使いにくい'
    """
    return Form(f"{desire(form).base[:-2]}{suffix}", "adjective")


def _irrealis(form: Form, suru: str) -> str:
    if form.kind == "godan":
        return form.base[:-1] + _A_ROW[form.base[-1]]
    return form.base[:-2] + suru if form.kind == "suru" else form.base[:-1]
