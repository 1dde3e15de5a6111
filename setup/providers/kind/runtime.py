"""Docker or Podman, whichever is there: the few things that we ask of it."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from setup.commands import Outcome, run
from setup.errors import LabsError

PROGRAMS = {  # and what each answers only when its service does
    "docker": ("docker", "version", "--format", "{{.Server.Version}}"),
    "podman": ("podman", "info", "--format", "{{.Version.Version}}"),
}
CLUSTER_LABEL = "io.x-k8s.kind.cluster"  # sigs.k8s.io/kind pkg/cluster/internal/providers/docker/constants.go
ROLE_LABEL = "io.x-k8s.kind.role"
STATE_LABEL = "cka-labs.state"  # on our networks: the state folder they belong to
OWNER_LABEL = "cka-labs.uid"
QUICK, SLOW = 10.0, 120.0  # seconds


@dataclass(frozen=True)
class Runtime:
    """One container runtime, called by its program's name."""

    program: str

    def run(self, *words: str, deadline: float = QUICK, stdin: bytes | None = None) -> Outcome:
        """Run ``docker WORDS``; the exit code is the caller's to judge."""
        return run((self.program, *words), deadline=deadline, stdin=stdin)

    def check(self, *words: str, deadline: float = SLOW, stdin: bytes | None = None) -> Outcome:
        """Run ``docker WORDS``; LabsError when it fails."""
        done = run((self.program, *words), deadline=deadline, stdin=stdin)
        if done.code:
            raise LabsError(f"{self.program} {words[0]} failed: {(done.err or done.text)[-500:]}", "labs doctor")
        return done

    def environment(self, network: str) -> dict[str, str]:
        """What tells kind to use this runtime and our network."""
        name = self.program.upper()
        return {"KIND_EXPERIMENTAL_PROVIDER": self.program, f"KIND_EXPERIMENTAL_{name}_NETWORK": network}

    @cached_property
    def info(self) -> dict[str, Any]:
        """What ``docker info`` tells of itself and its machine, as JSON; asked for once."""
        found: dict[str, Any] = json.loads(self.check("info", "--format", "{{json .}}", deadline=QUICK).text)
        return found

    def containers(self) -> dict[str, str]:
        """The cluster that each kind container belongs to, running or not, by the container's id."""
        form = '{{.ID}} {{.Label "' + CLUSTER_LABEL + '"}}'
        if self.program == "podman":  # its template knows labels as a map
            form = '{{.ID}} {{index .Labels "' + CLUSTER_LABEL + '"}}'
        words = ("ps", "--all", "--no-trunc", "--filter", f"label={CLUSTER_LABEL}", "--format", form)
        lines = self.check(*words, deadline=QUICK * 3).text.splitlines()
        return dict(line.split(" ", 1) for line in lines if " " in line)

    def running(self, names: Sequence[str]) -> bool:
        """Whether all these containers run."""
        done = self.run("inspect", "--type", "container", "--format", "{{.State.Running}}", *names)
        return done.code == 0 and done.text.split() == ["true"] * len(names)

    def present(self, names: Sequence[str]) -> bool:
        """Whether all these containers are there, running or not."""
        return self.run("inspect", "--type", "container", "--format", "{{.Id}}", *names).code == 0

    def own(self, image: str) -> str:
        """An image that was made here by the name that kind finds it under.

        Podman keeps it as ``localhost/NAME``; kind would look for ``docker.io/NAME`` (its podman provider's images.go).
        """
        return f"localhost/{image}" if self.program == "podman" else image

    def has_image(self, image: str) -> bool:
        """Whether the image is in the runtime's own store."""
        return self.run("image", "inspect", "--format", "{{.Id}}", image).code == 0

    def remove(self, containers: Iterable[str]) -> None:
        """Kill and remove these containers with their anonymous volumes; those that are gone are no error."""
        wanted = tuple(containers)
        if not wanted:
            return
        done = self.run("rm", "--force", "--volumes", *wanted, deadline=SLOW)
        left = set(self.containers()) & set(wanted) if done.code else set()
        if left:
            raise LabsError(f"{self.program} cannot remove {', '.join(sorted(left))}: {done.err[-300:]}", "try again")

    def volumes(self) -> dict[str, str]:
        """The node that each volume belongs to which outlives its container, by the volume's name.

        Only under Podman does kind give volumes a name (its podman provider's util.go), and the node's name as a label;
        Docker removes them with their container.
        """
        if self.program != "podman":
            return {}
        found = json.loads(self.check("volume", "ls", "--format", "json", deadline=QUICK).text) or ()
        return {each["Name"]: label for each in found for label in each.get("Labels") or {}}

    def remove_volumes(self, names: Iterable[str]) -> None:
        """Remove these volumes; one that is in use stays."""
        if wanted := tuple(names):
            self.run("volume", "rm", *wanted, deadline=SLOW)

    @property
    def forgets_limits(self) -> bool:
        """Whether ``limit`` may hold only until the containers are stopped, as with older releases of Podman."""
        return self.program == "podman"

    def limit(self, names: Sequence[str], memory: int, cpus: int) -> None:
        """Let none of these containers take more memory (no swap beside it) and more cores than this."""
        groups = [(name,) for name in names] if self.program == "podman" else [tuple(names)]  # one a call
        for group in groups:
            self.check("update", f"--memory={memory}", f"--memory-swap={memory}", f"--cpus={cpus}", *group)

    def exec(self, node: str, *words: str, stdin: bytes | None = None, deadline: float = 30.0) -> Outcome:
        """Run a command in a node as root."""
        interactive = () if stdin is None else ("--interactive",)
        return self.run("exec", *interactive, node, *words, stdin=stdin, deadline=deadline)

    def make_network(self, name: str, state: str) -> None:
        """Make our network, marked with the state folder that it belongs to; do nothing if it is there."""
        if self.run("network", "inspect", name).code == 0:
            return
        labels = ("--label", f"{STATE_LABEL}={state}", "--label", f"{OWNER_LABEL}={os.getuid()}")
        done = self.run("network", "create", "--driver", "bridge", *labels, name, deadline=30)
        if done.code and self.run("network", "inspect", name).code:
            raise LabsError(f"{self.program} cannot make the network {name}: {done.err[-300:]}", "labs doctor --clean")

    def networks(self) -> dict[str, str]:
        """Our user's networks: the state folder that each belongs to, by name."""
        words = ("network", "ls", "--filter", f"label={OWNER_LABEL}={os.getuid()}", "--format", "{{.Name}}")
        names = self.check(*words, deadline=QUICK).text.split()
        if not names:
            return {}
        found = json.loads(self.check("network", "inspect", *names, deadline=QUICK).text)
        return {_key(each, "Name"): _key(each, "Labels").get(STATE_LABEL, "") for each in found}

    def remove_network(self, name: str) -> bool:
        """Remove a network; False where there is none or somebody uses it."""
        return self.run("network", "rm", name, deadline=30).code == 0


def _key(document: dict[str, Any], key: str) -> Any:
    """Docker writes ``Name`` where Podman writes ``name``."""
    return document[key] if key in document else document[key.lower()]


@cache
def find() -> tuple[Runtime | None, str]:
    """The first runtime whose service answers, or why there is none."""
    reasons = []
    for program, question in PROGRAMS.items():
        try:
            done = run(question, deadline=QUICK)
        except LabsError as error:
            reasons.append(error.what)
            continue
        if done.code == 0:
            return Runtime(program), ""
        reasons.append(f"{program} does not answer: {(done.err or done.text).splitlines()[-1][:200]}")
    return None, "; ".join(reasons)
