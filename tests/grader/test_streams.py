"""A command in a pod: its channels, its exit code, and what it means when it never ran."""

import json

import pytest

from grader import streams
from grader.errors import Broken


class Socket:
    """A websocket that delivers these frames, then closes."""

    def __init__(self, *frames: bytes) -> None:
        self.frames = list(frames)

    def settimeout(self, seconds: float) -> None:
        assert seconds > 0

    def recv_data(self) -> tuple[int, bytes]:
        return (0x2, self.frames.pop(0)) if self.frames else (0x8, b"")


def status(**fields) -> bytes:
    return b"\x03" + json.dumps(fields).encode()


def test_output_errors_and_exit_code():
    cause = {"causes": [{"reason": "ExitCode", "message": "3"}]}
    ended = status(status="Failure", reason="NonZeroExitCode", details=cause)
    ran = streams.collect(Socket(b"\x01", b"\x01open\n", b"\x02war\x1b[31mning", b"\x01more", ended), 1e12)
    assert (ran.code, ran.output, ran.errors) == (3, "open\nmore", "warning")


def test_success_is_zero():
    assert streams.collect(Socket(b"\x01ok", status(status="Success")), 1e12).code == 0


@pytest.mark.parametrize("frames", [(), (b"\x01half",), (status(status="Failure", message="no such container"),)])
def test_a_command_that_never_ended_well_is_broken(frames):
    with pytest.raises(Broken, match=r"a command"):
        streams.collect(Socket(*frames), 1e12)


def test_the_address_carries_each_word_of_the_command():
    url = streams.exec_url("https://h:6443", "/api/v1/namespaces/a/pods/b", "probe", ["sh", "-c", "echo $1 &"])
    assert url.startswith("wss://h:6443/api/v1/namespaces/a/pods/b/exec?container=probe&")
    assert "command=sh&command=-c&command=echo+%241+%26" in url
