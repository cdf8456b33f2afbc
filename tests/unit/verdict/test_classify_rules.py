"""The rules themselves: linear in time, findable, sourced, and each named once."""

import itertools
import random
import re
from collections.abc import Iterator
from re import _constants as ops  # the parse tree is the only place where a pattern's shape can be seen
from re import _parser as parser

import pytest

from bouncer.ndr.dialects import unsubscribe
from bouncer.verdict import asserted, hosts, spelling, stage, subject, unread, words
from bouncer.verdict.lexicon import Lexicon
from bouncer.verdict.rules import needs
from bouncer.verdict.rules.order import DOUBT, PLAIN, VAGUE
from bouncer.verdict.rules.rule import VOCABULARY, Rule, pattern_of
from bouncer.verdict.verdict import Reason
from bouncer.verdict.words import AnswerText

RULES = (*PLAIN, *VAGUE, *DOUBT)
PHRASES = [phrase for rule in RULES for phrase in rule.phrases]
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
OTHER_PATTERNS = [
    pattern
    for module in (asserted, hosts, spelling, stage, subject, unread, words, needs, unsubscribe)
    for pattern in vars(module).values()
    if isinstance(pattern, re.Pattern)
]
MOST_REPEATS = 255
"""A bounded repetition of at most this many costs at most this many steps for each place of the text (RFC 1035: a name)."""
_REPEATS = (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT)


def repeats(tree: object, inside: int = 0) -> Iterator[tuple[int, int, int]]:
    """Give (depth of enclosing repeats that go on, least, most) of every repeat in a parse tree."""
    if isinstance(tree, parser.SubPattern | list | tuple):
        pair = tree if isinstance(tree, tuple) and len(tree) == 2 else None
        if pair and pair[0] in _REPEATS:
            least, most, body = pair[1]
            yield inside, least, most
            yield from repeats(body, inside + (most > 3))
        else:
            for branch in tree:
                yield from repeats(branch, inside)


def open_neighbours(tree: object) -> Iterator[tuple[object, object]]:
    """Give pairs of unbounded repeats that stand side by side and can match the same character."""
    if isinstance(tree, parser.SubPattern):
        for left, right in itertools.pairwise(list(tree)):
            if all(side[0] in _REPEATS and side[1][1] is ops.MAXREPEAT for side in (left, right)):
                yield left, right
    if isinstance(tree, parser.SubPattern | list | tuple):
        for branch in tree:
            yield from open_neighbours(branch)


def test_phrases_repeat_only_so_often():
    """No repetition is unbounded or long, and none that goes on stands inside another: time is linear in the text."""
    for phrase in PHRASES:
        for inside, _, most in repeats(parser.parse(pattern_of(phrase))):
            assert most is not ops.MAXREPEAT, phrase
            assert most <= MOST_REPEATS, phrase
            assert inside == 0 or most <= 3, phrase


@pytest.mark.parametrize("pattern", OTHER_PATTERNS, ids=lambda pattern: pattern.pattern[:40])
def test_preparing_patterns_do_not_nest_open_repeats(pattern: re.Pattern[str]):
    """The patterns that prepare text and settle doubts keep the same law."""
    tree = parser.parse(pattern.pattern, pattern.flags)

    assert [most for inside, _, most in repeats(tree) if inside > 1 or (inside and most is ops.MAXREPEAT)] == []
    assert list(open_neighbours(tree)) == []


@pytest.mark.parametrize("nested", [r"(?:a+)+b", r"(?:a{0,9}b?){0,9}", r"a*"])
def test_the_inspection_sees_what_it_looks_for(nested: str):
    """The test above can fail."""
    repetitions = list(repeats(parser.parse(nested)))

    assert any(most is ops.MAXREPEAT or (inside and most > 3) for inside, _, most in repetitions)


def test_phrases_have_alternatives_in_groups_only():
    """An alternative at the top would hide from the index which words a phrase needs."""
    for phrase in PHRASES:
        bare = re.sub(r"\\.", "", pattern_of(phrase))
        while "(" in bare:
            bare = re.sub(r"\([^()]*\)", "", bare)

        assert "|" not in bare, phrase
        assert set(re.findall("<([a-z]+)>", phrase)) <= set(VOCABULARY), phrase


def test_phrases_name_a_word_that_they_need():
    """A phrase of which no word is sure would never be looked at."""
    assert [phrase for phrase in PHRASES if needs.needs_of(pattern_of(phrase)) == ()] == []


def sample(tree: object, chance: random.Random) -> str:
    """Make a text that the parsed pattern matches: the shortest repeats, any alternative."""
    text = ""
    for op, value in list(tree):
        match op:
            case ops.LITERAL:
                text += chr(value)
            case ops.ANY | ops.NOT_LITERAL:
                text += " "
            case ops.IN:
                text += _member(value)
            case ops.SUBPATTERN:
                text += sample(value[3], chance)
            case ops.BRANCH:
                text += sample(chance.choice(value[1]), chance)
            case _ if op in _REPEATS:
                text += sample(value[2], chance) * max(value[0], chance.randint(0, min(value[1], 2)))
            case _:
                pass  # edges and lookarounds have no width
    return text


def _member(options: list[tuple[object, object]]) -> str:
    op, value = options[0]
    if op is ops.NEGATE:
        return "z"
    if op is ops.LITERAL:
        return chr(value)
    return chr(value[0]) if op is ops.RANGE else {ops.CATEGORY_DIGIT: "7"}.get(value, "x")


@each_rule
def test_index_finds_what_the_phrases_match(rule: Rule):
    """A text that a phrase matches has the words that the phrase is said to need: the index hides nothing."""
    for phrase in rule.phrases:
        pattern = re.compile(pattern_of(phrase))
        chance = random.Random(phrase)  # noqa: S311 -- it makes texts, not secrets
        tree = parser.parse(pattern.pattern)
        texts = [f"550 {sample(tree, chance)}" for _ in range(20)]
        matched = [text for text in texts if pattern.search(text)]

        lexicon = Lexicon([Rule(rule.id, Reason.UNKNOWN, "", (phrase,))])
        assert matched, phrase
        for text in matched:
            assert lexicon.find(AnswerText((text,), (text,), text)), text


def test_rule_ids_are_given_once():
    """An operator looks a rule up by its id."""
    ids = [rule.id for rule in RULES]

    assert len(ids) == len(set(ids))
    assert all(rule.source and re.fullmatch(r"[a-z0-9-]+", rule.id) for rule in RULES)


def test_first_rule_in_order_decides():
    """Rules that blame the sender are asked before rules that blame the recipient."""
    phrases = Lexicon(PLAIN).find(AnswerText.of(["550 user unknown; client host blocked using zen.spamhaus.org"]))

    assert phrases is not None
    assert phrases[0].id == "reputation-blocklist"
