"""`.ci/run` ends well only where each of its parts did, and shows what each said."""

import shutil
import subprocess
from pathlib import Path

import pytest
from manual import ROOT

TARGETS = ("real-parts", ".venv/ready", "lint", "test", "test-pythons")
MAKE = """\
#!/bin/sh
echo "made: $1"
[ "$1" != "test" ] || [ "$BOUNCER_REAL_PARTS" = required ] || exit 1
[ "$1" = test ] && [ -n "$CHANGED" ] && echo new >"$CHANGED"
[ "$1" != "$FAILING" ]
"""


def script(file: Path, text: str) -> None:
    """Write a program."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)


def run(project: Path, *, failing: str = "", changed: str = "") -> subprocess.CompletedProcess[str]:
    """Run it in a project of its own, where `make` says what it is asked for and fails for *failing*."""
    script(project / "bin/make", MAKE)
    script(project / ".venv/bin/pytest", "#!/bin/sh\nexit 0\n")
    script(project / ".ci/run", (ROOT / ".ci/run").read_text())
    git = [shutil.which("git") or "git", "-C", project]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    environment = {"PATH": f"{project}/bin:/usr/bin:/bin", "FAILING": failing, "CHANGED": changed}
    return subprocess.run([project / ".ci/run"], env=environment, capture_output=True, text=True, check=False)


def test_all_is_made_and_what_each_said_is_shown(tmp_path: Path):
    result = run(tmp_path)

    assert result.returncode == 0, result.stderr
    assert sorted(line for line in result.stdout.splitlines() if line.startswith("made: ")) == sorted(
        f"made: {target}" for target in TARGETS
    )


@pytest.mark.parametrize("failing", TARGETS)
def test_a_part_that_fails_fails_the_whole(failing: str, tmp_path: Path):
    result = run(tmp_path, failing=failing)

    assert result.returncode != 0
    assert f"made: {failing}\n" in result.stdout


def test_a_test_that_changes_the_work_tree_fails_the_whole(tmp_path: Path):
    result = run(tmp_path, changed="left-behind")

    assert result.returncode != 0
    assert "left-behind" in result.stdout
