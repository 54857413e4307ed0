"""A document that is no longer true is worse than none: commands, words, numbers and files are checked."""

import importlib
import importlib.util
import re
from collections import Counter
from collections.abc import Iterator

import pytest
import typer.main

from shared.contracts.topics import TOPICS
from tests.architecture.repository import ROOT, documents, texts

DECISIONS = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
# Written in parts, so that this file does not find itself.
FORBIDDEN = re.compile(
    r"(?<![\w.$}<-])/(?:wo" + r"rk|ro" + r"ot|fa" + r"rm|ho" + r"me/\w+|Us" + r"ers)/"
    r"|pyp" + r"i\.org|pythonho" + r"sted\.org|npm" + r"js\.(?:org|com)|repo1?\.mav" + r"en\.|deb\.deb" + r"ian\.org"
    r"|proxy\.gol" + r"ang\.org"
)


def console_lines(text: str) -> Iterator[str]:
    """Give the lines of code blocks in which somebody types commands."""
    for block in re.findall(r"```(?:console|bash|sh)\n(.*?)```", text, flags=re.DOTALL):
        yield from block.splitlines()


def typed(text: str, word: str) -> set[str]:
    """Give what follows a command's name, in code blocks and between single backticks."""
    spoken = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    lines = [*console_lines(text), *spoken]
    pattern = rf"(?:^|&& |; |\$ |bin/){word} ([a-z][a-z-]*)"
    return {name for line in lines for name in re.findall(pattern, line.strip())}


def test_there_is_a_readme_whose_commands_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert typed(readme, "make"), "the README shows no door"
    assert typed(readme, "make") <= TARGETS


def test_every_make_target_that_a_document_names_exists() -> None:
    unknown = {name: missing for name, text in documents().items() if (missing := typed(text, "make") - TARGETS)}
    assert unknown == {}


def test_ci_and_the_guide_call_doors_that_exist() -> None:
    called = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / ".ci" / "run").read_text(encoding="utf-8")))
    assert {"setup", "lint", "types", "rooms", "test", "test-connected", "demo"} <= called <= TARGETS


def test_every_linli_command_that_is_named_to_people_exists() -> None:
    """Also in errors and metrics: they tell somebody in trouble what to type."""
    known = set(typer.main.get_group(importlib.import_module("linli.cli").cli).commands)
    sources = {name: text for name, text in texts().items() if name.endswith((".md", ".py", ".yml", ".yaml", ".html"))}
    unknown = {name: missing for name, text in sources.items() if (missing := typed(text, "linli") - known)}
    assert unknown == {}


def test_every_module_that_a_document_runs_exists() -> None:
    named_modules = {
        module for text in documents().values() for module in re.findall(r"python3? -m ([a-z_]+(?:\.[a-z_]+)+)", text)
    }
    assert {name for name in named_modules if importlib.util.find_spec(name) is None} == set()


def test_every_file_that_a_document_names_exists() -> None:
    missing = {
        f"{name}: {path}"
        for name, text in documents().items()
        for path in re.findall(r"`((?:services|shared|linli|deploy|tests|docs|k8s)/[\w./-]+)`", text)
        if not (ROOT / path).exists()
    }
    assert missing == set()


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = {
        f"{name}: {link}"
        for name, text in documents().items()
        for link in re.findall(r"\]\((?!\w+:)([^)#\s]+)", text)
        if not (ROOT / name).parent.joinpath(link).exists()
    }
    assert broken == set()


def test_decisions_are_numbered_without_gaps() -> None:
    assert [int(name[:4]) for name in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("name", DECISIONS)
def test_every_decision_has_the_same_parts_and_is_listed(name: str) -> None:
    text = (ROOT / "docs" / "decisions" / name).read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
        "Alternatives",
        "References",
    ]
    assert f"({name})" in (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")


def test_every_decision_that_code_cites_exists() -> None:
    cited = {
        number
        for name, text in texts().items()
        if name.endswith((".py", ".md", ".toml"))
        for number in re.findall(r"ADR[- ](\d{4})", text)
    }
    assert cited <= {name[:4] for name in DECISIONS}


def test_the_glossary_explains_each_word_once() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = Counter(word.casefold() for word in re.findall(r"\*\*([^*]+)\*\*", glossary))
    assert words, "the glossary has no bold word"
    assert {word: count for word, count in words.items() if count > 1} == {}


def test_the_architecture_lists_every_topic_with_its_readers_and_facts() -> None:
    architecture = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines()
    for topic in TOPICS:
        facts = ", ".join(f"`{fact.__name__}`" for fact in topic.facts)
        row = f"| `{topic.name}` | {topic.owner} | {', '.join(sorted(topic.readers))} | {facts} |"
        assert row in architecture


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    found = {
        f"{name}:{number}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if FORBIDDEN.search(line)
    }
    assert found == set()
