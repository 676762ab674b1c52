"""What is wrong with a command line that cannot be read, and how to write it."""

from __future__ import annotations

from typer import TyperException

from voc_mining.errors import UserError


def wrong_usage(wrong: TyperException) -> UserError | None:
    """Put an error of the command line's parser into the catalogue's words; None where it only shows the help."""
    kind = type(wrong).__name__
    if kind == "NoArgsIsHelpError":
        return None
    context = getattr(wrong, "ctx", None)
    command = context.command_path if context else "voc"
    parameter = getattr(wrong, "param", None)
    name = _name(parameter) if parameter else getattr(wrong, "option_name", "")
    problem = wrong.message or wrong.format_message()
    known = list(getattr(getattr(context, "command", None), "commands", ()))
    if known:
        other = UserError("usage.no_command", command=command, problem=problem, known=known)
    else:
        other = UserError("usage.other", command=command, problem=problem)
    kinds = {
        "MissingParameter": UserError("usage.missing", command=command, name=name),
        "NoSuchOption": UserError("usage.no_option", command=command, name=name),
        "BadOptionUsage": UserError("usage.no_value", command=command, name=name),
        "BadParameter": UserError("usage.value", command=command, name=name, problem=problem),
    }
    return kinds.get(kind, other)


def _name(parameter: object) -> str:
    """Name of an option as it is written, or of an argument."""
    names = [each for each in getattr(parameter, "opts", ()) if each.startswith("-")]
    return max(names, key=len) if names else str(getattr(parameter, "name", ""))
