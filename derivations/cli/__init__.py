"""The command line: one module a command, imported only when it is called. No mathematics here."""

from __future__ import annotations

from importlib import import_module

import click

from derivations import __version__

COMMANDS: dict[str, tuple[str, str]] = {
    "list": ("derivations.cli.list", "Show the names and titles of the catalogue."),
    "derive": ("derivations.cli.derive", "Write out a derivation from the catalogue."),
    "mle": ("derivations.cli.mle", "Derive maximum-likelihood estimates of a density, or fit a file."),
    "network": ("derivations.cli.network", "Count a network: parameters, connections, receptive fields."),
    "gradient": ("derivations.cli.gradient", "Differentiate a matrix expression, with every step."),
    "compare": ("derivations.cli.compare", "Compare two formulas in LaTeX."),
    "check": ("derivations.cli.check", "Judge students' derivations line by line."),
    "read": ("derivations.cli.read", "Show what a formula in LaTeX is read as."),
    "verify": ("derivations.cli.verify", "Verify derivations on sampled data."),
    "replay": ("derivations.cli.replay", "Check a stored derivation step by step."),
    "equivalent": ("derivations.cli.equivalent", "Decide whether two optimisers are the same method."),
    "build": ("derivations.cli.build", "Regenerate and verify the catalogue and write the book."),
}
"""Command → (module with a click command named `command`, one-line help)."""


class LazyCommands(click.Group):
    """A group that imports a command's module when the command is used; help texts come from the table."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import the command's module."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(COMMANDS[name][0]).command
        return command

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest command for an unknown one."""
        from difflib import get_close_matches

        if arguments and arguments[0] not in COMMANDS:
            near = get_close_matches(arguments[0], COMMANDS, n=2)
            hint = f" Did you mean {' or '.join(near)}?" if near else f" Commands: {', '.join(COMMANDS)}."
            context.fail(f"No such command {arguments[0]!r}.{hint}")
        return super().resolve_command(context, arguments)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_text) for name, (_, help_text) in COMMANDS.items()])


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="derivations")
def main() -> None:
    """Symbolic derivations for machine learning: derived, certified, verified, rendered.

    Exit codes: 0 good; 1 something wrong was found; 2 usage or input error; 3 nothing wrong, but something undecided.
    """
