"""``winnow export``: the clean posts as files for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.options import Command, data_option, did_you_mean, examples, since_option
from pipelines.cli.problems import Usage


class Export(Command):
    """Lists the formats there are in its help."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from pipelines.export import formats

        super().format_options(ctx, formatter)
        with formatter.section("Formats"):
            formatter.write_dl([(kind.name, kind.summary) for kind in formats().values()])


@click.command(
    cls=Export,
    epilog=examples(
        "winnow export jsonl corpus.jsonl.gz",
        "winnow export jsonl - --language en | head -n 1",
        'winnow export jsonl long.jsonl --where "words > 1000"',
        "winnow export csv corpus.csv --since 2024-01-01",
        "winnow export markdown notes/ --topic salary",
        "winnow export jsonl first-job.jsonl --kind guide --stage entry --topic interviews",
    ),
)
@click.argument("format_name", metavar="FORMAT")
@click.argument("path", metavar="PATH")
@click.option("--language", metavar="CODE", help="Only posts in this language, such as en.")
@click.option("--source", metavar="NAME", help="Only posts of this source.")
@click.option("--site", metavar="NAME", help="Only posts of this site.")
@click.option("--kind", metavar="NAME", help="Only posts of this kind, such as guide or career-story.")
@click.option(
    "--stage", metavar="NAME", help="Only posts on this stage of a career, such as entry or senior."
)
@click.option("--topic", metavar="NAME", help="Only posts on this topic, such as interviews or salary.")
@click.option("--where", metavar="SQL", help="Only posts that meet a condition on the columns of posts.")
@since_option("Only posts published on this day or later; posts without a date are left out.")
@data_option
def export(
    format_name: str,
    path: str,
    language: str | None,
    source: str | None,
    site: str | None,
    kind: str | None,
    stage: str | None,
    topic: str | None,
    where: str | None,
    since: str | None,
    data: Path,
) -> None:
    """Write the accepted posts to a file or a folder.

    PATH is a file, or - for standard output; for markdown, txt and dataset it is a folder, new or written by an earlier
    export, which is then replaced. The same corpus gives the same bytes.
    """
    from pipelines.export import formats

    known = formats()
    if format_name not in known:
        raise Usage(did_you_mean("format", format_name, known))
    wanted = known[format_name]
    if wanted.folder and path == "-":
        raise Usage(f"{format_name} writes a folder, which standard output cannot take; name one.")
    if not wanted.folder and path != "-" and Path(path).exists() and not Path(path).is_file():
        raise Usage(f"{path!r} is not a regular file; - is standard output.")
    count = wanted.export(
        data,
        path,
        language=language,
        source=source,
        site=site,
        kind=kind,
        stage=stage,
        topic=topic,
        since=since,
        where=where,
    )
    click.echo(f"exported: {count:,} posts", err=True)
