"""Which labs are proved where, and in how many shares."""

import dataclasses

import pytest
from fakes.provider import FakeProvider

from harness.certification.certificate import Certificate
from harness.certification.jobs import Job, plan
from setup.errors import LabsError

ALL = ("api", "scheduling", "pods", "traffic")


@pytest.fixture
def app(world, tmp_path):
    """An app with a cheap provider, and one that has everything."""
    real = FakeProvider(tmp_path / "real", "real", ALL)
    return dataclasses.replace(world.app, providers={"fake": world.provider, "real": real})


def planned(app, *slugs, provider=None, everywhere=False, shares=False):
    return list(plan(app, slugs, provider, everywhere=everywhere, shares=shares))


def places(found):
    return {(each.slug, each.provider) for each in found if isinstance(each, Job)}


def test_each_lab_is_proved_on_its_cheapest_provider(app):
    found = places(planned(app))
    assert {("01-pass", "fake"), ("05-traffic", "real")} <= found
    assert ("01-pass", "real") not in found


def test_a_provider_alone_means_the_labs_that_it_is_the_cheapest_for(app):
    assert places(planned(app, provider="real")) == {("05-traffic", "real")}


def test_everywhere_means_every_provider_that_has_what_a_lab_needs(app):
    found = places(planned(app, everywhere=True))
    assert {("01-pass", "fake"), ("01-pass", "real"), ("05-traffic", "real")} <= found
    assert ("05-traffic", "fake") not in found
    assert ("01-pass", "fake") not in places(planned(app, everywhere=True, provider="real"))


def test_a_lab_that_cannot_run_here_gets_a_certificate_that_says_why(app):
    app.providers["real"].lacks = "Docker is not installed"
    assert planned(app, "05-traffic") == [Certificate("05-traffic", "real", obstacle="real: Docker is not installed")]
    named = planned(app, "05-traffic", provider="fake")
    assert [each.obstacle for each in named] == ["fake: it has no traffic"]


def test_an_unknown_provider_is_wrong_usage(app):
    with pytest.raises(LabsError, match="no provider 'kid'") as caught:
        planned(app, provider="kid")
    assert caught.value.code == 2


def test_a_lab_yaml_that_cannot_be_read_is_a_problem_of_that_lab_alone(make_world, write_lab):
    world = make_world(write_lab("42-mine", "title: x\n"))
    found = planned(world.app, "42-mine", "01-pass")
    assert not found[0].ok
    assert "mistakes" in found[0].steps[0].problems[0].sentence
    assert places(found) == {("01-pass", "fake")}


@pytest.mark.parametrize(("mutants", "shares"), [(0, 1), (45, 1), (46, 2), (100, 3)])
def test_many_mutants_are_shared_the_first_share_taking_all_the_steps(app, monkeypatch, mutants, shares):
    monkeypatch.setattr("harness.certification.faulty.example_mutants", lambda lab: [None] * mutants)
    found = planned(app, "01-pass", shares=True)
    assert [(each.share, each.shares, each.whole) for each in found] == [(n, shares, n == 0) for n in range(shares)]


def test_shares_are_smaller_where_a_mutant_takes_longer(app, monkeypatch):
    monkeypatch.setattr("harness.certification.faulty.example_mutants", lambda lab: [None] * 70)
    monkeypatch.setattr("harness.certification.jobs.LARGE", "fake")
    assert [each.shares for each in planned(app, "01-pass", shares=True)] == [4] * 4
