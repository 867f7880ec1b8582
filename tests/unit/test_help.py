"""`clerestory COMMAND --help`: a person can work from it."""

import re
import subprocess
import sys

import pytest

from cli.__main__ import COMMANDS
from tests.pack import ROOT

OPTION = re.compile(
    r"^  (?P<option>-\S.*?|[A-Z]+)(?:\s{2,}(?P<help>\S.*)|\n\s{6,}(?P<below>\S.*))?$", re.MULTILINE
)


def help_of(*command: str) -> str:
    run = [sys.executable, "-m", "cli", *command, "--help"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def section(text: str, name: str) -> str:
    return text.partition(f"\n{name}:\n")[2].partition("\n\n")[0]


def test_each_command_is_listed_with_what_it_is_for() -> None:
    listed = help_of()
    assert all(f"  {name:8} {purpose}\n" in listed for name, (_, purpose) in COMMANDS.items())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_commands_help_explains_each_argument_and_exit_code_and_has_an_example(command: str) -> None:
    text = help_of(command)
    assert text.startswith(f"usage: clerestory {command} ")
    arguments = list(OPTION.finditer(section(text, "positional arguments") + "\n" + section(text, "options")))
    assert len(arguments) > 1
    assert [each["option"] for each in arguments if not (each["help"] or each["below"])] == []
    assert section(text, "example").startswith(f"  clerestory {command} ")
    assert re.findall(r"^  (\d)  \S", section(text, "exit codes"), re.MULTILINE) == ["0", "1", "2"]


@pytest.mark.parametrize("command", COMMANDS)
def test_arguments_that_cannot_be_read_end_with_2(command: str) -> None:
    run = [sys.executable, "-m", "cli", command, "--dashboards"]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "usage: clerestory" in done.stderr) == (2, True)
