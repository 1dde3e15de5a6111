"""A TCP port that stays ours from the moment it is chosen."""

import socket
from contextlib import suppress


def hold_port(wanted: int = 0) -> socket.socket:
    """Bind a port of 127.0.0.1 and keep it: ``wanted`` where it is free, else any.

    The socket is bound with SO_REUSEPORT and never listens. The API server, told to share its port, binds the same one
    beside it, while the kernel gives the port to nobody else: no moment is left in which it could be taken.
    """
    if wanted and not _somebody_listens(wanted):
        with suppress(OSError):
            return _bind(wanted)
    return _bind(0)


def _bind(port: int) -> socket.socket:
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", port))
    except OSError:
        holder.close()
        raise
    return holder


def _somebody_listens(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
