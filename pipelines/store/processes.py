"""Whether the process of a run still lives."""

from __future__ import annotations

import os
import socket
import sqlite3


def is_gone(connection: sqlite3.Connection, run: int) -> bool:
    """Whether a run that is *running* by its row is not: its process, one of this machine, is gone.

    The next run closes it as *killed*.
    """
    row = connection.execute(
        "SELECT host, pid FROM runs WHERE id = ? AND status = 'running'", (run,)
    ).fetchone()
    return row is not None and row[0] == socket.gethostname() and not _is_alive(row[1])


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
