"""What all verbs share: errors as messages, a progress bar, who acts, and the types of their arguments."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
OUT = click.Path(dir_okay=False, path_type=Path)


class Verbs(click.Group):
    """Turns every named error of the rooms into one message and exit code 1."""

    def invoke(self, ctx: click.Context):
        from scoring.errors import ScoringError
        from store.errors import StoreError

        try:
            return super().invoke(ctx)
        except (StoreError, ScoringError) as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:  # the reader has seen enough, as `head` has: click ends without a word
            raise
        except OSError as error:
            raise click.ClickException(f"{error.filename or ''}：{error.strerror or error}；请检查路径、权限和磁盘空间") from error


@contextmanager
def progress_bar(label: str) -> Iterator:
    """A callback (done, of how many, what) that draws a bar on a terminal."""
    with click.progressbar(length=1, label=label, file=sys.stderr, item_show_func=lambda what: what or "", hidden=not sys.stderr.isatty()) as bar:

        def step(done: int, total: int, what: str) -> None:
            bar.length = total
            bar.update(done - bar.pos, what)

        yield step


@contextmanager
def what_is_done() -> Iterator:
    """A callback (what) that shows on a terminal, on one line, what is being done."""
    shown = sys.stderr.isatty()
    try:
        yield lambda what: click.echo(f"\r\x1b[K{what} …", err=True, nl=False) if shown else None
    finally:
        if shown:
            click.echo("\r\x1b[K", err=True, nl=False)


def person(context: click.Context | None = None, option: click.Parameter | None = None, name: str | None = None) -> str:
    """Who acts: the name that was given, else the system's."""
    from store.connection import user

    return name or user()


def taken_out(what: str, out: Path, **detail: object) -> None:
    """Leave a row in the journal for a file that was written from the store."""
    from store.keeping.journal import record_export

    record_export(person(), what, file=out.name, **detail)


by_option = click.option("--by", metavar="NAME", callback=person, help="Who does this (default: the system's user name).")
