"""Units that run a crawl of whatever is due: for systemd, cron and GitHub Actions. Text only; nothing is installed.

Two crawls of one folder exclude each other, and a crawl that was cut short is taken up by the next, so that no unit
has to see to that. After the crawl comes the report: an alarm ends the unit, the line or the workflow as failed, which
is how its owner hears of it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

KINDS = ("systemd", "cron", "actions")
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
# a source that drips can hold a crawl up for hours, and the next night has to find it gone
LONGEST = "6h"
# what a crawl takes after Ctrl-C to finish what is under way, and then some
STOP_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Job:
    """A nightly crawl: ``command`` is the program, ``folder`` where it runs, ``data`` its databases, all absolute.

    ``sources`` is a folder of the user's own (empty: the one beside the databases), ``contact`` what sites are told,
    ``at`` the time of day as ``HH:MM``.
    """

    command: str
    folder: str
    data: str
    sources: str = ""
    contact: str = ""
    at: str = "03:15"

    @property
    def environment(self) -> Mapping[str, str]:
        """What the command reads from its environment."""
        told = {"WINNOW_DATA": self.data, "WINNOW_SOURCES": self.sources, "WINNOW_CONTACT": self.contact}
        return {name: value for name, value in told.items() if value}


def systemd(job: Job) -> dict[str, str]:
    """The service and its timer, by file name."""
    environment = "".join(
        f"Environment={_quoted(f'{name}={value}')}\n" for name, value in job.environment.items()
    )
    service = f"""\
[Unit]
Description=winnow: crawl the sources that are due
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={_percent(job.folder)}
{environment}ExecStart={_quoted(job.command).replace("$", "$$")} crawl
# with status 1 on an alarm, so that the unit is seen to have failed
ExecStart={_quoted(job.command).replace("$", "$$")} report
# like Ctrl-C: what is under way is finished, and the next crawl takes up the rest
KillSignal=SIGINT
TimeoutStartSec={LONGEST}
TimeoutStopSec={STOP_SECONDS}
Nice=10
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={_quoted(job.data)}
"""
    timer = f"""\
[Unit]
Description=winnow: every day

[Timer]
OnCalendar=*-*-* {job.at}:00
RandomizedDelaySec=30min
# after a night when the machine was off
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {"winnow.service": service, "winnow.timer": timer}


def cron(job: Job) -> str:
    """A line of a crontab: ``cron.log`` beside the databases holds the last crawl, and cron mails what went wrong."""
    hour, minute = job.at.split(":")
    setting = "".join(f" {name}={shlex.quote(value)}" for name, value in job.environment.items())
    log, command = shlex.quote(str(Path(job.data) / "cron.log")), shlex.quote(job.command)
    line = (
        f"cd {shlex.quote(job.folder)} && export{setting} &&"
        f" {{ {command} crawl && {command} report; }} >{log} 2>&1 || {{ tail -n 40 {log}; false; }}"
    )
    # cron reads a bare % as the end of the line
    return f"{int(minute)} {int(hour)} * * * {line}\n".replace("%", r"\%")


def actions(job: Job) -> str:
    """A workflow for a checkout of winnow on GitHub, which keeps the databases in the cache between its runs."""
    hour, minute = job.at.split(":")
    return f"""\
# .github/workflows/crawl.yml
name: crawl
on:
  schedule:
    - cron: "{int(minute)} {int(hour)} * * *"  # UTC
  workflow_dispatch:
permissions:
  contents: read
concurrency: crawl
jobs:
  crawl:
    runs-on: ubuntu-latest
    timeout-minutes: 350
    env:
      WINNOW_DATA: data
      WINNOW_SOURCES: sources  # your own, in this repository
      WINNOW_CONTACT: ${{{{ vars.WINNOW_CONTACT }}}}  # set it in the repository's settings
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.11"
      - run: |
          pip install --require-hashes -r requirements.txt
          pip install --no-deps --no-build-isolation .
      - uses: actions/cache/restore@v4
        with:
          path: data
          key: winnow-${{{{ github.run_id }}}}
          restore-keys: winnow-
      - run: mkdir -p data sources
      - run: winnow crawl
      # also after a crawl that failed half-way, or for one source: what it fetched need not be fetched again
      - uses: actions/cache/save@v4
        if: always()
        with:
          path: data
          key: winnow-${{{{ github.run_id }}}}
      - run: winnow export jsonl articles.jsonl.gz
        if: always()
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: articles
          path: articles.jsonl.gz
      # last, as an alarm fails the workflow
      - run: winnow report
        if: always()
"""


def _percent(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    """A word of a unit file: in quotes, with nothing in it that systemd would read as its own."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_percent(escaped)}"'
