import pytest

from harness.variables import Choice, Literal, Nonce, Range, draw, read_variable


@pytest.mark.parametrize(
    ("rule", "variable"),
    [
        ("shop", Literal("shop")),
        (3, Literal(3)),
        ({"choice": ["a", "b"]}, Choice(("a", "b"))),
        ({"nonce": 8}, Nonce(8)),
        ({"range": [3, 9]}, Range(3, 9)),
    ],
)
def test_a_rule_is_read(rule, variable):
    assert read_variable(rule) == variable


@pytest.mark.parametrize(
    "rule",
    [None, [], {}, {"choice": []}, {"choice": "ab"}, {"nonce": 1}, {"nonce": "8"}, {"range": [9, 3]}, {"range": [1]},
     {"nonce": 8, "choice": ["a"]}, {"random": 3}],
)  # fmt: skip
def test_a_wrong_rule_says_what_may_be_written(rule):
    with pytest.raises(ValueError, match="write a value"):
        read_variable(rule)


def test_the_same_seed_draws_the_same_and_another_draws_others():
    variables = {"a": Nonce(8), "b": Range(1, 10**6), "c": Choice(("x", "y"))}
    assert draw(variables, "01-pass", 5) == draw(variables, "01-pass", 5)
    assert draw(variables, "01-pass", 5) != draw(variables, "01-pass", 6)
    assert draw(variables, "01-pass", 5) != draw(variables, "02-break", 5)


def test_a_new_variable_leaves_the_others_as_they_were():
    assert draw({"a": Nonce(8)}, "x", 1)["a"] == draw({"z": Nonce(4), "a": Nonce(8)}, "x", 1)["a"]


def test_a_nonce_is_a_dns_label():
    for seed in range(200):
        word = draw({"a": Nonce(8)}, "x", seed)["a"]
        assert len(word) == 8
        assert word[0].isalpha()
        assert word.isalnum()
        assert word == word.lower()
