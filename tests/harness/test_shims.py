"""`ssh` and `scp` in a lab's shell, on a docker that runs the command on this machine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.entering import Nodes, parse
from harness.nodes import by_name, variables
from harness.scp import Place, place
from harness.shims import folder, lay_out, path
from harness.ssh import VALUED, enter
from setup.sandbox import Sandbox

FAKES = Path(__file__).parent.parent / "fakes" / "bin"
NODES = (("labs-ab12-three-node-1-control-plane", "docker://cp"), ("labs-ab12-three-node-1-worker2", "docker://w"))


@pytest.fixture
def sandbox(tmp_path) -> Sandbox:
    made = Sandbox("three-node-1", "kind", "three-node", "v1.36.3", tmp_path / "box", tmp_path / "bin", NODES)
    lay_out(made)
    return made


@pytest.fixture
def call(sandbox, tmp_path, monkeypatch):
    """Run a shim as the candidate's shell does; ssh and scp of the user's own say what they were given."""
    runtime, own = tmp_path / "runtime", tmp_path / "own"
    (runtime / "containers").mkdir(parents=True)
    own.mkdir()
    for name, _ in NODES:
        (runtime / "containers" / name).write_text("{}")
    for program in ("ssh", "scp"):
        (own / program).write_text(f'#!/bin/sh\necho the users {program} "$@"\n')
        (own / program).chmod(0o755)
    front = os.pathsep.join((str(folder(sandbox)), str(FAKES), str(own), str(Path(sys.executable).parent)))
    environment = {**os.environ, "PATH": f"{front}:{os.environ['PATH']}", "FAKE_RUNTIME": str(runtime), "LC_ALL": "C"}

    def run(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        program = str(folder(sandbox) / words[0])
        return subprocess.run(
            [program, *words[1:]], env=environment, input=stdin, capture_output=True, text=True, timeout=30, check=False
        )

    return run


def test_nodes_are_known_by_their_short_and_full_names():
    assert by_name(NODES)["worker2"] == by_name(NODES)["labs-ab12-three-node-1-worker2"] == NODES[1][0]
    assert variables(NODES) == {"control_plane": NODES[0][0], "worker2": NODES[1][0]}


def test_only_a_sandbox_with_nodes_has_shims(sandbox, tmp_path):
    assert path(sandbox).startswith(str(folder(sandbox)))
    embedded = Sandbox("three-node-2", "embedded", "three-node", "v1.36.3", tmp_path / "other", tmp_path / "bin")
    lay_out(embedded)
    assert not folder(embedded).exists()
    assert path(embedded) == str(embedded.bin)


@pytest.mark.parametrize("code", [0, 1, 42, 255])
def test_ssh_exits_as_its_command_does(call, code):
    assert call("ssh", "worker2", f"exit {code}").returncode == code


def test_ssh_joins_its_words_and_lets_the_node_read_them_again(call):
    assert call("ssh", "worker2", "echo", "'a  b'", "$((1+1));", "echo", "c").stdout == "a  b 2\nc\n"
    assert call("ssh", "worker2", 'printf "%s|" "x y" z').stdout == "x y|z|"


def test_ssh_passes_stdin_on_unless_told_not_to(call):
    assert call("ssh", "root@worker2", "cat", stdin="hello\nthere").stdout == "hello\nthere"


def test_ssh_takes_options_before_and_after_the_node(call):
    words = ("ssh", "-o", "StrictHostKeyChecking=no", "-q", "worker2", "-T", "echo", "-n", "yes")
    assert call(*words).stdout == "yes"


def test_ssh_as_another_user_is_refused(call):
    answer = call("ssh", "bob@worker2", "id")
    assert answer.returncode == 255
    assert "ssh worker2" in answer.stderr


def test_other_hosts_are_the_users_own_ssh(call):
    assert call("ssh", "-p", "22", "example.org", "ls -l").stdout == "the users ssh -p 22 example.org ls -l\n"
    assert call("ssh", "-V").stdout == "the users ssh -V\n"
    assert call("scp", "a", "example.org:b").stdout == "the users scp a example.org:b\n"


@pytest.mark.parametrize(
    ("words", "terminal", "wanted"),
    [
        ((), True, ["--tty", "--interactive"]),
        ((), False, ["--interactive"]),
        (("ls",), True, ["--interactive"]),
        (("-t", "top"), True, ["--tty", "--interactive"]),
        (("-n", "ls"), True, []),
    ],
)
def test_a_terminal_is_given_where_ssh_gives_one(words, terminal, wanted):
    line = enter("docker", "c", parse(words, VALUED), terminal)
    assert line[2 : line.index("--workdir")] == wanted


def test_scp_copies_to_a_node_and_back(call, tmp_path):
    here, there, back = tmp_path / "a file", tmp_path / "node", tmp_path / "back"
    there.mkdir()
    here.write_bytes(bytes(range(256)) * 100)
    here.chmod(0o640)
    assert call("scp", str(here), f"worker2:{there}/").returncode == 0
    copied = there / "a file"
    assert copied.read_bytes() == here.read_bytes()
    assert copied.stat().st_mode & 0o777 == 0o640
    assert call("scp", f"root@worker2:{copied}", str(back)).returncode == 0
    assert back.read_bytes() == here.read_bytes()


def test_scp_copies_folders_only_when_told_to(call, tmp_path):
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "d" / "e" / "f").write_text("deep")
    refused = call("scp", str(tmp_path / "d"), f"worker2:{tmp_path}/copy")
    assert (refused.returncode, "not a regular file" in refused.stderr) == (1, True)
    assert call("scp", "-r", str(tmp_path / "d"), f"worker2:{tmp_path}/copy").returncode == 0
    assert (tmp_path / "copy" / "e" / "f").read_text() == "deep"


def test_scp_takes_several_files_and_patterns(call, tmp_path):
    for name in ("one.conf", "two.conf", "three.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "into").mkdir()
    assert call("scp", f"worker2:{tmp_path}/*.conf", str(tmp_path / "into")).returncode == 0
    assert sorted(each.name for each in (tmp_path / "into").iterdir()) == ["one.conf", "two.conf"]
    several = call("scp", str(tmp_path / "one.conf"), str(tmp_path / "two.conf"), f"worker2:{tmp_path}/three.txt")
    assert (several.returncode, "Not a directory" in several.stderr) == (1, True)


def test_scp_says_what_is_not_there(call, tmp_path):
    answer = call("scp", f"worker2:{tmp_path}/nothing", str(tmp_path))
    assert (answer.returncode, "No such file" in answer.stderr) == (1, True)
    assert call("scp", str(FAKES / "kind"), f"worker2:{tmp_path}/no/where/x").returncode == 1


def test_places_are_told_apart_as_scp_does():
    nodes = Nodes("docker", {"worker": "w"}, Path("/x"))
    assert place("worker:/etc/hosts", nodes) == Place("w", "/etc/hosts")
    assert place("worker:notes", nodes) == Place("w", "/root/notes")
    assert place("./worker:x", nodes) == Place(None, "./worker:x")
    assert place("plain", nodes) == Place(None, "plain")


def test_the_table_beside_the_shims_names_the_program(sandbox):
    assert json.loads((folder(sandbox) / "nodes.json").read_text())["program"] == "docker"
