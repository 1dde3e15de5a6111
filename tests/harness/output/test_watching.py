"""Progress of a certification in a pipe: few lines, on stderr."""

from harness.certification.certificate import Certificate
from harness.certification.jobs import Job
from harness.certification.progress import Done, Progress
from harness.output.watching import Watch


def test_steps_tens_and_ends_are_told(capsys):
    job = Job("07-rbac", "embedded", "three-node", 0, 2)
    with Watch([job]) as watch:
        watch.show(Progress(job, "mutants"))
        for at in range(1, 21):
            watch.show(Progress(job, "mutants", at, 20))
        watch.show("starting \x1b[31mthree-node-1")
        watch.show(Done(job, Certificate("07-rbac", "embedded")))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "07-rbac on embedded (share 1 of 2): mutants",
        "07-rbac on embedded (share 1 of 2): mutants 10/20",
        "07-rbac on embedded (share 1 of 2): mutants 20/20",
        "starting ?[31mthree-node-1",
        "07-rbac on embedded (share 1 of 2): in order (1 of 1)",
    ]
