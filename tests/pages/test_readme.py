"""What the README tells a newcomer to type is there, and does what it says."""

import ast
import json
import re
import shlex
import subprocess
import zipfile
from pathlib import Path

import pytest

from hosting.artifacts import Artifacts

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def printed(artifacts: Artifacts, *arguments: str) -> str:
    done = subprocess.run(
        [artifacts.cli, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


COMMANDS = re.findall(r"^target/release/rolecall (.*?[^\\])\n", "".join(blocks("sh")), re.M | re.S)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("check", "docs/examples/rules.json"),
        ("explain", "arn:aws:iam::111122223333:role/admin"),
        ("iam", 'resource "aws_iam_policy" "base_emr_node"'),
    ],
)
def test_each_command_that_it_shows_does_what_it_says(artifacts: Artifacts, command: str, told: str) -> None:
    assert [line.split()[0] for line in COMMANDS] == ["check", "explain", "iam"]
    (arguments,) = [shlex.split(line.replace("\\\n", " ")) for line in COMMANDS if line.startswith(command)]
    assert told in printed(artifacts, *arguments)


@pytest.mark.parametrize("task", sorted(set(re.findall(r"\./gradlew (\w+)", README))))
def test_a_task_that_it_names_is_there(task: str) -> None:
    scripts = [ROOT / "build.gradle", *(ROOT / "gradle").glob("*.gradle")]
    declared = rf"(task\s+|tasks\.create\(\s*(name:\s*)?)['\"(]*{task}\b|['\"]{task}['\"]"
    assert any(re.search(declared, script.read_text()) for script in scripts)


def test_each_setting_and_class_that_it_names_is_there(artifacts: Artifacts) -> None:
    table = subprocess.run([artifacts.cli, "settings"], capture_output=True, text=True, timeout=30, check=True).stdout
    text = " ".join(blocks(r"\w+")).replace("spark.hadoop.", "")
    settings = set(re.findall(r"(?<![\w./-])rolecall(?:[.-][a-z]+)+(?=[\"=\s])", text))
    assert {"rolecall.rules", "rolecall.conf.tenant"} <= settings
    known = table.replace("rolecall.conf.KEY", "rolecall.conf.tenant")
    assert {name for name in settings if f"`{name}`" not in known} == set()
    classes = set(re.findall(r"dev\.rolecall\.\w+\.\w+", README))
    with zipfile.ZipFile(artifacts.jar) as jar:
        assert len(classes) == 2
        assert {name.replace(".", "/") + ".class" for name in classes} <= set(jar.namelist())


def test_its_classifications_are_json_of_emr() -> None:
    classifications = [block for text in blocks("json") if isinstance(block := json.loads(text), list)]
    assert [block[0]["Classification"] for block in classifications] == ["emrfs-site", "core-site"]


def test_the_rules_of_its_job_give_each_tenant_its_role(artifacts: Artifacts, tmp_path: Path) -> None:
    (job,) = blocks("python")
    assignments = [node for node in ast.parse(job).body if isinstance(node, ast.Assign)]
    values = {node.targets[0].id: node.value for node in assignments if isinstance(node.targets[0], ast.Name)}
    tmp_path.chmod(0o755)
    rules = tmp_path / "rules.json"
    rules.write_text(ast.literal_eval(values["RULES"]))
    rules.chmod(0o644)
    told = printed(
        artifacts, "explain", str(rules), "--user", "glue", "--conf", "tenant=acme", "--location", "s3://lake/"
    )
    assert "arn:aws:iam::111122223333:role/tenant-acme" in told
