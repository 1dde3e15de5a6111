"""The archive of images is what `docker save` would write."""

import hashlib
import json
import tarfile

from setup.images import archive
from setup.images.archive import Built
from setup.images.layers import Entry, write


def written(tmp_path, *images):
    archive.write(images, tmp_path / "images.tar")
    with tarfile.open(tmp_path / "images.tar") as tar:
        return {each.name: tar.extractfile(each).read() for each in tar}


def test_a_shared_layer_is_written_once(tmp_path):
    layer = write((Entry("/tmp"),), tmp_path)
    members = written(tmp_path, Built("a.io/x:1", (layer,)), Built("a.io/y:1", (layer,)))
    assert [name for name in members if name.endswith(".tar")] == [f"{layer.sha256}.tar"]
    assert [each["RepoTags"] for each in json.loads(members["manifest.json"])] == [["a.io/x:1"], ["a.io/y:1"]]


def test_the_configuration_names_its_layers_by_their_digest(tmp_path):
    layer = write((Entry("/tmp"),), tmp_path)
    members = written(tmp_path, Built("a.io/x:1", (layer,), ("/x",), ("run",), ("80/tcp",)))
    config = json.loads(members[json.loads(members["manifest.json"])[0]["Config"]])
    digest = hashlib.sha256(members[f"{layer.sha256}.tar"]).hexdigest()
    assert config["rootfs"]["diff_ids"] == [f"sha256:{digest}"]
    assert (config["config"]["Entrypoint"], config["config"]["Cmd"]) == (["/x"], ["run"])
    assert config["config"]["ExposedPorts"] == {"80/tcp": {}}


def test_what_an_image_does_not_set_is_not_in_its_configuration(tmp_path):
    members = written(tmp_path, Built("a.io/x:1", (write((Entry("/tmp"),), tmp_path),)))
    assert set(json.loads(members["0.json"])["config"]) == {"Env", "WorkingDir"}
