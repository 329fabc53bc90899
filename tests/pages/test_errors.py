"""docs/errors.md has a paragraph for each code of the tables in Rust and in Java, and for no other."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUST = (ROOT / "native/core/src/error.rs").read_text()
JAVA = (ROOT / "java/core/src/main/java/dev/rolecall/Failure.java").read_text()
PAGE = (ROOT / "docs/errors.md").read_text()

# `RulesNotSet = 101, final, failure, "no rules are configured";`
IN_RUST = re.findall(r'^ +\w+ = (\d{3}), (retry|final), (refusal|failure), "(.+)";$', RUST, re.MULTILINE)
# `static final int LIBRARY_MISSING = 701;`
IN_JAVA = re.findall(r"^ +static final int \w+ = (\d{3});$", JAVA, re.MULTILINE)

SECTIONS = {
    heading.split()[0]: (heading.split(maxsplit=1)[1], body)
    for heading, body in re.findall(r"^## (.+)\n((?:(?!^## ).*\n)*)", PAGE, re.MULTILINE)
}


def test_both_tables_were_found() -> None:
    assert len(IN_RUST) > 40
    assert len(IN_JAVA) > 5


@pytest.mark.parametrize(("number", "lasting", "kind", "title"), IN_RUST)
def test_a_code_of_the_library_has_its_title_kind_and_paragraph(
    number: str, lasting: str, kind: str, title: str
) -> None:
    heading, body = SECTIONS[f"RC{number}"]
    assert heading == title
    first, *paragraph = body.strip().splitlines()
    assert first == f"Kind: {kind}{', may pass' if lasting == 'retry' else ''}."
    assert len(" ".join(paragraph)) > 80


@pytest.mark.parametrize("number", IN_JAVA)
def test_a_code_of_the_jar_has_a_paragraph(number: str) -> None:
    _heading, body = SECTIONS[f"RC{number}"]
    assert len(body.strip()) > 80


def test_no_paragraph_is_about_a_code_that_nothing_tells() -> None:
    told = {number for number, *_ in IN_RUST} | set(IN_JAVA)
    assert set(SECTIONS) - {f"RC{number}" for number in told} == set()


def test_the_page_is_in_the_order_of_the_numbers() -> None:
    assert list(SECTIONS) == sorted(SECTIONS)


@pytest.mark.parametrize("page", ["docs/errors.md", "docs/settings.md"])
def test_the_key_that_stands_for_a_refusal_is_told(page: str) -> None:
    java = (ROOT / "java/core/src/main/java/dev/rolecall/Refusal.java").read_text()
    (key,) = re.findall(r'String ACCESS_KEY_ID = "(AKIA\w+)"', java)
    assert key in (ROOT / page).read_text()
