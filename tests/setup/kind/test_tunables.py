"""The kernel's settings that kubelets change are remembered once and told apart from what they are now."""

import json

from setup.providers.kind import tunables


def test_what_was_remembered_first_stays(tmp_path):
    tunables.remember(tmp_path)
    (tmp_path / tunables.FILE).write_text(json.dumps({"kernel/panic": "77"}))
    tunables.remember(tmp_path)
    assert json.loads((tmp_path / tunables.FILE).read_text()) == {"kernel/panic": "77"}


def test_only_what_is_another_now_is_put_back():
    kept = {"kernel/panic": "0", "vm/overcommit_memory": "0", "kernel/gone": "1"}
    assert tunables.different(kept, {"kernel/panic": "10", "vm/overcommit_memory": "0"}) == {"kernel/panic": "0"}
