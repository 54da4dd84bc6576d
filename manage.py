"""The command line: the same verbs as the pages. Exit codes: 0 done, 1 refused or failed, 2 wrong usage."""

import sys

import click

from commands import auditing, exporting, exporting_city, keeping, method, people, publishing, records, rolling, serving, tables
from commands.terminal import Verbs


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Manage the store (QUALITY_STORE, or data/quality.db)."""


for verb in (
    *(records.init, records.import_, records.watch, records.revoke),
    *(keeping.check, keeping.journal, keeping.file_, keeping.replay),
    *(keeping.backup, keeping.restore, keeping.migrate),
    rolling.rollup,
    *(publishing.draft, publishing.publish, publishing.releases, publishing.withdraw, publishing.reopen, publishing.setting),
    *(method.score, method.uncertainty, auditing.audit),
    *(tables.template, tables.export, tables.demo),
    *(people.user, people.token, serving.run),
):
    cli.add_command(verb)
for verb in (exporting_city.report, exporting.portrait, exporting.portraits):
    tables.export.add_command(verb)

if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a console that lacks a character of some unit's name must not stop a verb
    cli()
