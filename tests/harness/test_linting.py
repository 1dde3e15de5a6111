import shutil

import pytest

from harness.catalog import Catalog
from harness.drafting import draft
from harness.linting import lint
from harness.paths import content
from setup.errors import LabsError

SHAPES = ("three-node",)


def problems(folder):
    return [str(problem) for problem in lint(Catalog((folder.parent,)), folder.name, SHAPES)]


def test_a_good_lab_has_no_problems(mine):
    assert problems(mine) == []


def test_many_mistakes_are_named_at_once(mine):
    (mine / "notes.txt").write_text("x")
    (mine / "task.md").write_text("{{ nobody }}")
    (mine / "start" / "20-bad.yaml").write_text("kind: Pod\n")
    (mine / "start" / "run.py").write_text("")
    (mine / "wrong" / "empty" / "expect.yaml").write_text("points: 2\nfails: [nothing]\nwhy: x\n")
    (mine / "wrong" / "spaces" / "expect.yaml").write_text("point: 2\n")
    other = mine / "wrong" / "other-code" / "expect.yaml"
    other.write_text(other.read_text().replace("base: reference", "base: nobody"))
    (mine / "solutions" / "reference" / "data.txt").write_text("x")
    (mine / "start" / "work" / "bad.yaml").write_text("{{{ this may be as wrong as the task wants")
    shutil.rmtree(mine / "solutions" / "from-file")
    found = "\n".join(problems(mine))
    for words in (
        "01-pass/notes.txt: is not part of a lab",
        "'nobody' is undefined",
        "20-bad.yaml: document 1 has no apiVersion, metadata.name",
        "run.py: is neither",
        "expects 'nothing' to fail, which is not a check",
        "expects 2 points, but the checks that do not fail are worth 4",
        "unknown key 'point'",
        "wrong/other-code builds on 'nobody', which is no way of the lab",
        "01-pass/solutions: has 1 of at least 2",
        "data.txt: is used by no script",
    ):
        assert words in found, words
    assert "bad.yaml" not in found.replace("20-bad.yaml", "")


def test_a_variable_that_nobody_uses_is_a_problem(mine):
    spec = mine / "lab.yaml"
    spec.write_text(spec.read_text().replace("vars:\n", "vars:\n  spare: 1\n"))
    assert problems(mine) == ["01-pass/lab.yaml: the variable 'spare' is used nowhere"]


def test_nine_checks_are_too_many(mine):
    extra = "".join(f'\n\n@check(points=1)\ndef c{n}(k8s: K8s) -> None:\n    """N."""\n' for n in range(7))
    (mine / "checks.py").write_text((mine / "checks.py").read_text() + extra)
    assert any("has 9 checks" in problem for problem in problems(mine))


def test_checks_that_do_not_load_are_named(mine):
    (mine / "checks.py").write_text("import nothing_of_that_name\n")
    assert any("nothing_of_that_name" in problem for problem in problems(mine))


def test_files_of_no_way_are_named(mine):
    (mine / "solutions" / "notes.md").write_text("x")
    (mine / "wrong" / "empty" / "more").mkdir()
    (mine / "solutions" / "reference" / ".hidden").write_text("x")
    assert problems(mine) == [
        "01-pass/solutions/notes.md: is no folder: each way has one of its own",
        "01-pass/solutions/reference/.hidden: is never used: the files of a way lie in its folder, and none is hidden",
        "01-pass/wrong/empty/more: is never used: the files of a way lie in its folder, and none is hidden",
    ]


def second_way(lab, text):
    shutil.rmtree(lab / "solutions" / "from-file")
    (lab / "solutions" / "second").mkdir()
    (lab / "solutions" / "second" / "10-other.sh.j2").write_text(text)


def test_a_second_solution_that_says_nothing_new_is_refused(mine):
    second_way(mine, '# in other words\nprintf %s   "{{ code }}" > answer.txt\nsleep 1\n')
    assert problems(mine) == [
        "01-pass/solutions/second: differs from reference only in names, order, waiting or packaging: show another way"
    ]


def test_another_command_is_another_way(mine):
    second_way(mine, 'echo "{{ code }}" > /tmp/answer; mv /tmp/answer answer.txt\n')
    assert problems(mine) == []


def test_a_lab_with_truly_one_way_says_why(mine):
    shutil.rmtree(mine / "solutions" / "from-file")
    spec = mine / "lab.yaml"
    text = spec.read_text()
    assert "if there is truly one, say why in one_way" in problems(mine)[0]
    spec.write_text(text + "one_way: The file can only be written.\n")
    assert problems(mine) == []
    second_way_folder = mine / "solutions" / "second"
    second_way_folder.mkdir()
    (second_way_folder / "10-x.sh.j2").write_text("echo {{ code }} > answer.txt; true\n")
    assert problems(mine) == ["01-pass/lab.yaml: says in one_way that there is one way, but solutions/ has more"]


def test_mutants_yaml_names_mutants_that_there_are(mine):
    known = """'10-write.sh command 1 left out: printf %s "…" > answer.txt': It is free."""
    (mine / "mutants.yaml").write_text(f'{known}\n"10-write.sh command 9 left out: x": It is free.\n')
    assert problems(mine) == ["01-pass/mutants.yaml: names a mutant that is none: 10-write.sh command 9 left out: x"]


@pytest.mark.parametrize(
    "url",
    [
        "https://kubernetes.io/docs/concepts//storage/", "https://kubernetes.io/docs/a b/", "https://kubernetes.io/docs/?q=x",
        "https://kubernetes.io/docs/../blog/", "https://kubernetes.io/docs/x#", "https://kubernetes.io.example.com/docs/x",
    ],
)  # fmt: skip
def test_a_link_that_is_no_allowed_page_is_named(mine, url):
    spec = mine / "lab.yaml"
    spec.write_text(spec.read_text().replace("https://kubernetes.io/docs/concepts/storage/", url))
    assert any("docs" in problem for problem in problems(mine))


POD = "{{apiVersion: v1, kind: Pod, metadata: {{name: web}}, spec: {{containers: [{{name: c, image: '{0}'}}]}}}}"


@pytest.mark.parametrize(
    ("image", "fine"),
    [
        ("registry.k8s.io/pause:3.10", True),
        ("nginx", False),
        ("Nginx:1", False),
        ("nginx:1.29", True),
        ("docker.io/library/nginx:1.29", True),
        ("nginx:1.99", False),
        ("registry.k8s.io/e2e-test-images/agnhost:2.53", True),
    ],
)
def test_images_are_known(mine, image, fine):
    (mine / "start" / "20-pod.yaml").write_text(POD.format(image))
    spec = mine / "lab.yaml"
    found = problems(mine)
    assert (found == []) is fine
    assert fine or (found[0].startswith("01-pass/start: ") and image in found[0])
    spec.write_text(spec.read_text() + f"missing_images: ['{image}']\n")
    assert problems(mine) == []


def test_images_of_commands_are_looked_at(mine):
    file = mine / "solutions" / "reference" / "10-write.sh.j2"
    file.write_text(file.read_text() + "\nkubectl run web --image=nginx\n")
    assert problems(mine)[0].startswith("01-pass/solutions/reference: the image 'nginx' has no version")


def test_lint_exits_with_1_if_there_are_mistakes(labs):
    answer = labs("lint")
    assert answer.code == 1
    assert "05-traffic" in answer.out
    assert labs("lint", "1").out == "01-pass is in order\n"


@pytest.fixture
def own(tmp_path, mini_labs):
    return Catalog((tmp_path / "own", mini_labs))


@pytest.mark.parametrize(("text", "slug"), [("42-node-affinity", "42-node-affinity"), ("quota", "07-quota")])
def test_a_new_lab_passes_lint(tmp_path, own, mini_labs, text, slug):
    folder = draft(own, text)
    assert folder == tmp_path / "own" / slug
    assert list((tmp_path / "own").iterdir()) == [folder]
    shutil.copy(content("labs") / "curriculum.yaml", folder.parent)
    assert lint(Catalog((folder.parent,)), slug, SHAPES) == ()


@pytest.mark.parametrize("text", ["01-other", "Bad Name", "../x", "1-x", ""])
def test_a_bad_or_taken_name_is_refused_and_nothing_is_made(tmp_path, own, text):
    with pytest.raises(LabsError) as caught:
        draft(own, text)
    assert caught.value.code == 2
    assert not (tmp_path / "own").exists()
