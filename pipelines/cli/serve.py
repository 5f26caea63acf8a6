"""``winnow serve``: the corpus in Datasette."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.options import Command, data_option, examples, profile_option


@click.command(
    cls=Command,
    epilog=examples(
        "winnow serve", "winnow serve --port 9000", "winnow serve -- --setting facet_time_limit_ms 3000"
    ),
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0 takes any free port."
)
@click.argument("arguments", nargs=-1, metavar="[-- DATASETTE ARGUMENTS]")
@profile_option
@data_option
def serve(port: int, arguments: tuple[str, ...], profile: str, data: Path) -> None:
    """Browse the corpus in Datasette, on 127.0.0.1. It may be crawled into meanwhile.

    Everybody who reaches it reads. Whoever opens the link that is printed first, which is good for one browser,
    decides as a curator: what is in or out, which blocks stay, what is known of a page. A page that was decided about
    is curated anew under --profile.
    """
    from pipelines.profile import load_profile
    from pipelines.ui import serve as datasette

    load_profile(profile)  # raises what is wrong with it now, and not when somebody decides
    datasette.serve(data, arguments, port=port, profile=profile)
