"""Processes are told apart by more than their pid, and ports are held."""

import dataclasses
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from setup.processes import Identity, read_identities, spawn_child, write_identities
from setup.providers.embedded.ports import hold_port


@pytest.fixture
def sleeper():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def test_an_identity_is_that_process_and_no_later_one(sleeper):
    identity = Identity.of(sleeper.pid)
    assert identity.alive()
    assert not dataclasses.replace(identity, started=f"{identity.started}0").alive()


def test_a_zombie_is_not_alive(sleeper):
    identity = Identity.of(sleeper.pid)
    sleeper.kill()
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)
    assert not identity.alive()


ENDS_ITS_FIRST_THREAD = """
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
ctypes.CDLL(None).pthread_exit(None)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_a_process_whose_threads_still_end_is_alive():
    with subprocess.Popen([sys.executable, "-c", ENDS_ITS_FIRST_THREAD]) as process:
        identity = Identity.of(process.pid)
        until = time.monotonic() + 10
        while ") Z " not in Path(f"/proc/{process.pid}/stat").read_text():
            assert time.monotonic() < until
            time.sleep(0.02)
        assert identity.alive()
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not identity.alive()


def test_a_signal_reaches_only_that_process(sleeper):
    stranger = dataclasses.replace(Identity.of(sleeper.pid), started="another time")
    stranger.send(signal.SIGKILL)
    assert sleeper.poll() is None
    Identity.of(sleeper.pid).send(signal.SIGKILL)
    assert sleeper.wait(5) == -signal.SIGKILL


def test_there_is_no_identity_of_nobody():
    with pytest.raises(ProcessLookupError):
        Identity.of(2**22 + 1)


def test_identities_survive_a_file_and_a_damaged_file_is_empty(tmp_path):
    path = tmp_path / "processes.json"
    write_identities(path, {"me": Identity.of(os.getpid())})
    assert read_identities(path)["me"].alive()
    path.write_text('{"me": [1')
    assert read_identities(path) == {}


def test_a_child_dies_with_its_parent(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from setup.processes import spawn_child;"
        "p = spawn_child(['sleep', '60'], Path(sys.argv[1]), Path('/'), {}); print(p.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True)
    child = Identity.of(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(100):
        if not child.alive():
            break
        signal.sigtimedwait([], 0.05)
    assert not child.alive()


def test_a_childs_words_are_kept(tmp_path):
    assert spawn_child(["echo", "hello"], tmp_path / "log", tmp_path, {}).wait() == 0
    assert (tmp_path / "log").read_text() == "hello\n"


def test_a_held_port_goes_to_nobody_but_one_who_shares():
    with hold_port() as holder:
        port = holder.getsockname()[1]
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", port))
        with socket.socket() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            server.bind(("127.0.0.1", port))
            server.listen()
            socket.create_connection(("127.0.0.1", port), timeout=2).close()


def test_a_wanted_port_that_is_taken_is_not_shared():
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        port = taken.getsockname()[1]
        with hold_port(port) as holder:
            assert holder.getsockname()[1] != port
    with hold_port(port) as holder:
        assert holder.getsockname()[1] == port
