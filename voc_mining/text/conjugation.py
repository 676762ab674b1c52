"""Dictionary forms of what was said of a predicate: 使える + ない → 使えない."""

from __future__ import annotations

from typing import NamedTuple

_A_ROW = dict(zip("うくぐすつぬぶむる", "わかがさたなばまら", strict=True))
_I_ROW = dict(zip("うくぐすつぬぶむる", "いきぎしちにびみり", strict=True))
_E_ROW = dict(zip("うくぐすつぬぶむる", "えけげせてねべめれ", strict=True))
_TE = dict(
    zip("うくぐすつぬぶむる", ("って", "いて", "いで", "して", "って", "んで", "んで", "んで", "って"), strict=True)
)
_GODAN_R = "らりるれろっ"
_GOING = frozenset({"行く", "いく"})


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
    return Form(f"{stem(form)}たい", "adjective")


def potential(form: Form) -> Form:
    """Say that it can be done.

    >>> potential(Form("使う", "godan")).base, potential(Form("変更する", "suru")).base
    ('使える', '変更できる')
    """
    if form.kind == "godan":
        return Form(f"{form.base[:-1]}{_E_ROW[form.base[-1]]}る", "ichidan")
    if form.kind == "suru":
        return Form(f"{form.base[:-2]}できる", "ichidan")
    return passive(form)


def excess(form: Form) -> Form:
    """Say that it is too much.

    >>> excess(Form("高い", "adjective")).base, excess(Form("使う", "godan")).base
    ('高すぎる', '使いすぎる')
    """
    return Form(f"{form.base[:-1] if form.kind == 'adjective' else stem(form)}すぎる", "ichidan")


def duty(form: Form) -> Form:
    """Say that it has to be done.

    >>> duty(Form("払う", "godan")).base
    '払わなければならない'
    """
    return Form(f"{negative(form).base[:-1]}ければならない", "adjective")


def request(form: Form) -> Form:
    """Say that someone is wanted to do it, or not to do it.

    >>> request(Form("送る", "godan")).base, request(Form("送らない", "adjective")).base
    ('送ってほしい', '送らないでほしい')
    """
    return Form(f"{_linked(form)}ほしい", "adjective")


def past(form: Form) -> str:
    """Give the form in た.

    >>> past(Form("読む", "godan")), past(Form("見る", "ichidan"))
    ('読んだ', '見た')
    """
    linked = _linked(form)
    return f"{linked[:-1]}{'だ' if linked.endswith('で') else 'た'}"


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


def compound(form: Form, lemma: str, surface: str) -> Form:
    """Join another verb.

    >>> compound(Form("払う", "godan"), "終わる", "終わっ").base
    '払い終わる'
    """
    return Form(f"{stem(form)}{lemma}", verb(lemma, surface).kind)


def ease(form: Form, suffix: str) -> Form:
    """Add にくい, づらい or やすい.

    >>> ease(Form("使う", "godan"), "にくい").base
    '使いにくい'
    """
    return Form(f"{stem(form)}{suffix}", "adjective")


def stem(form: Form) -> str:
    """Give the form that other words join.

    >>> stem(Form("書く", "godan"))
    '書き'
    """
    return form.base[:-1] + _I_ROW[form.base[-1]] if form.kind == "godan" else _irrealis(form, "し")


def _linked(form: Form) -> str:
    """て after a verb, で after its negative."""
    if form.kind == "godan":
        return f"{form.base[:-1]}{'って' if form.base in _GOING else _TE[form.base[-1]]}"
    return f"{form.base}で" if form.kind == "adjective" else f"{_irrealis(form, 'し')}て"


def _irrealis(form: Form, suru: str) -> str:
    if form.kind == "godan":
        return form.base[:-1] + _A_ROW[form.base[-1]]
    return form.base[:-2] + suru if form.kind == "suru" else form.base[:-1]
