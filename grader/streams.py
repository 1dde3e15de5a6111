"""Commands in a container, over the API server's exec websocket.

Source: protocol v4.channel.k8s.io, k8s.io/apimachinery/pkg/util/remotecommand; each message begins with its channel:
1 output, 2 errors, 3 a Status object at the end, with the exit code where it is not 0.
"""

import json
import ssl
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from grader.errors import Broken, NoAnswer
from grader.node import Ran
from grader.text import clean

PROTOCOL = "v4.channel.k8s.io"
CONNECT_SECONDS = 5.0
LARGEST = 1 << 20
_OUTPUT, _ERRORS, _STATUS = 1, 2, 3


def exec_url(server: str, path: str, container: str, command: Sequence[str]) -> str:
    """The address that runs ``command`` in a pod; ``path`` is that of the pod."""
    query = [("container", container), ("stdout", "true"), ("stderr", "true")]
    query += [("command", word) for word in command]
    return f"{server.replace('http', 'ws', 1)}{path}/exec?{urlencode(query)}"


def run(url: str, headers: Sequence[tuple[str, str]], tls: ssl.SSLContext, seconds: float) -> Ran:
    """Run the command of this address and return what it printed; raises NoAnswer, or Broken if it cannot run."""
    import websocket  # noqa: PLC0415 - with the client, late

    end = time.monotonic() + seconds
    try:
        stream: Any = websocket.create_connection(
            url,
            timeout=CONNECT_SECONDS,
            header=[f"{name}: {value}" for name, value in headers],
            subprotocols=[PROTOCOL],
            sslopt={"context": tls},
            http_proxy_host=None,
            http_no_proxy=["*"],
            suppress_origin=True,
        )
    except websocket.WebSocketBadStatusException as error:
        raise Broken(f"no command can be run in the pod: {_refusal(error)}") from None
    except (websocket.WebSocketException, OSError) as error:
        raise NoAnswer(f"no connection to the API server for a command in a pod: {clean(str(error), 200)}") from None
    try:
        return collect(stream, end)
    except websocket.WebSocketTimeoutException:
        raise NoAnswer(f"a command in a pod did not end within {seconds:g} s") from None
    except (websocket.WebSocketException, OSError) as error:
        raise NoAnswer(f"the connection to a command in a pod broke: {clean(str(error), 200)}") from None
    finally:
        stream.shutdown()


def collect(stream: Any, end: float) -> Ran:
    """Read a websocket's channels until the Status comes; ``end`` in time.monotonic's seconds."""
    channels = {_OUTPUT: b"", _ERRORS: b"", _STATUS: b""}
    while True:
        stream.settimeout(max(0.01, end - time.monotonic()))
        opcode, frame = stream.recv_data()
        if opcode == 0x8:
            break
        channel, content = (frame[0], frame[1:]) if frame else (-1, b"")
        if channel in channels and len(channels[channel]) < LARGEST:
            channels[channel] += content
        if channel == _STATUS:
            break
    output, errors = (channels[each].decode(errors="replace") for each in (_OUTPUT, _ERRORS))
    return Ran(exit_code(channels[_STATUS]), clean(output, 100_000), clean(errors, 10_000))


def exit_code(status: bytes) -> int:
    """Return the exit code that the last channel tells; raises Broken when the command never ran."""
    try:
        told = json.loads(status)
    except ValueError:
        raise Broken("a command in a pod ended without saying how") from None
    if told.get("status") == "Success":
        return 0
    for cause in (told.get("details") or {}).get("causes") or ():
        if cause.get("reason") == "ExitCode":
            return int(cause["message"])
    raise Broken(f"a command could not be run in a pod: {clean(str(told.get('message')), 300)}")


def _refusal(error: Any) -> str:
    body = getattr(error, "resp_body", b"") or b""
    try:
        return clean(str(json.loads(body).get("message") or error.status_code), 300)
    except (ValueError, AttributeError):
        return f"HTTP {error.status_code}"
