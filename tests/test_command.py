"""The command against the local AWS: `explain --try`, and the policies of `iam`, which allow what they should alone."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import hcl2
import pytest
import yaml

from hosting.artifacts import Artifacts
from hosting.rules_folder import RulesFolder
from local_aws import LocalAws
from local_aws.seed import ACCOUNT, DATA_ANALYST, RESEARCH_ACCOUNT, RESEARCH_ROLE, UNTRUSTING_ROLE, Keys, client

BY_ENVIRONMENT = {"source": "environment"}


class Command:
    """Runs the command with the keys of an IAM user in its environment."""

    def __init__(self, artifacts: Artifacts, aws: LocalAws, keys: Keys) -> None:
        self._cli = artifacts.cli
        self._aws = aws
        self.environment = aws.environment() | {
            "AWS_ACCESS_KEY_ID": keys.access_key_id,
            "AWS_SECRET_ACCESS_KEY": keys.secret_access_key,
            "ROLECALL_TIMEOUT": "20s",
        }

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run it to its end; no secret may be in what it says."""
        done = subprocess.run(
            [self._cli, *arguments], capture_output=True, text=True, timeout=60, check=False, env=self.environment
        )
        assert not any(secret in done.stdout + done.stderr for secret in self._aws.recording.secrets())
        assert self.environment["AWS_SECRET_ACCESS_KEY"] not in done.stdout + done.stderr
        return done

    def tried(self, rules: Path, user: str, *more: str) -> tuple[int, dict[str, Any]]:
        """The exit code and the answer of `explain --try`."""
        asked = ("--user", user, "--location", "s3://somewhere/", *more, "--try", "--output", "json")
        done = self.run("explain", rules, *asked)
        return done.returncode, json.loads(done.stdout)

    def iam(self, rules: Path, *more: str) -> str:
        """What `iam` prints, and nothing left out."""
        done = self.run("iam", rules, *more)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


@pytest.fixture
def command(artifacts: Artifacts, aws: LocalAws) -> Command:
    """The command as the data analyst runs it."""
    return Command(artifacts, aws, aws.seeded.data_analyst)


def test_a_role_is_tried(command: Command, aws: LocalAws, folder: RulesFolder) -> None:
    rules = folder.rules({"name": "research", "role": RESEARCH_ROLE, "base": BY_ENVIRONMENT})
    mark = aws.recording.mark()
    code, answer = command.tried(rules, "carol")
    assert (code, answer["tried"]["outcome"]) == (0, "ok"), answer
    assert answer["tried"]["arn"] == f"arn:aws:sts::{RESEARCH_ACCOUNT}:assumed-role/demo-role/carol"
    assert answer["tried"]["expires"].endswith("Z")
    assert [call.signer for call in aws.recording.assume_roles(mark)] == [DATA_ANALYST]


def test_a_refusal_is_told_in_words(command: Command, folder: RulesFolder) -> None:
    rules = folder.rules({"name": "nobody", "role": UNTRUSTING_ROLE, "base": BY_ENVIRONMENT})
    code, answer = command.tried(rules, "carol")
    assert (code, answer["outcome"], answer["tried"]["outcome"]) == (1, "assume", "refused")
    assert answer["tried"]["error"] == "RC301"
    assert "check that the role exists, that its trust policy allows" in answer["tried"]["message"]


def test_a_grid_asks_once_for_each_session(command: Command, aws: LocalAws, folder: RulesFolder) -> None:
    rules = folder.rules({"name": "research", "role": RESEARCH_ROLE, "base": BY_ENVIRONMENT})
    mark = aws.recording.mark()
    callers = ("--caller", "carol:a", "--caller", "dave:b")
    done = command.run("explain", rules, *callers, "--location", "s3://one/", "--location", "s3://two/", "--try")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("STS: ok") == 4
    assert len(aws.recording.assume_roles(mark)) == 2


def test_without_try_nothing_is_asked(command: Command, aws: LocalAws, folder: RulesFolder) -> None:
    rules = folder.rules({"name": "research", "role": RESEARCH_ROLE, "base": BY_ENVIRONMENT})
    mark = aws.recording.mark()
    assert command.run("explain", rules, "--user", "carol", "--location", "s3://one/").returncode == 0
    assert aws.recording.since(mark) == []


BASE_USER = f"arn:aws:iam::{ACCOUNT}:user/base_of_iam"
OTHER_USER = f"arn:aws:iam::{ACCOUNT}:user/other_base_of_iam"
RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "tenant",
        "conf": {"tenant": ["acme", "zenith"]},
        "role": f"arn:aws:iam::{ACCOUNT}:role/iam_tenant_${{conf:tenant}}",
        "session": {
            "sourceIdentity": "${user}",
            "tags": {"tenant": "${conf:tenant}", "Kostenstelle Süd": "7"},
            "transitiveTagKeys": ["tenant"],
        },
    },
    {
        "name": "partner",
        "users": ["paula"],
        "role": f"arn:aws:iam::{RESEARCH_ACCOUNT}:role/iam_partner",
        "session": {"externalId": "handshake:7", "durationSeconds": 7200},
    },
    {"name": "people", "groups": ["staff"], "role": f"arn:aws:iam::{ACCOUNT}:role/iam_user_${{user}}"},
)
OPTIONS = ("--base-role", BASE_USER, "--rules-at", "s3://config/rolecall/r*.json")
# Each caller with the role that it comes to.
CALLERS = {
    "tina": (("--conf", "tenant=acme"), f"arn:aws:iam::{ACCOUNT}:role/iam_tenant_acme"),
    "zoe": (("--conf", "tenant=zenith"), f"arn:aws:iam::{ACCOUNT}:role/iam_tenant_zenith"),
    "paula": ((), f"arn:aws:iam::{RESEARCH_ACCOUNT}:role/iam_partner"),
    "sam": (("--group", "staff"), f"arn:aws:iam::{ACCOUNT}:role/iam_user_sam"),
}


class Account:
    """The IAM of both accounts, as their administrators use it."""

    def __init__(self, aws: LocalAws) -> None:
        self._iam = {account: client("iam", aws.proxy.url, keys) for account, keys in aws.seeded.administrators.items()}

    def user(self, arn: str) -> Keys:
        """Make a user without any permission."""
        iam, name = self._iam[arn.split(":")[4]], arn.rsplit("/", 1)[1]
        iam.create_user(UserName=name)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return Keys(key["AccessKeyId"], key["SecretAccessKey"])

    def allow(self, arn: str, policy: Mapping[str, Any]) -> None:
        """Give a user one policy in place of the last."""
        name = arn.rsplit("/", 1)[1]
        self._iam[arn.split(":")[4]].put_user_policy(
            UserName=name, PolicyName="only", PolicyDocument=json.dumps(policy)
        )

    def role(self, arn: str, trust: Mapping[str, Any]) -> None:
        """Make a role."""
        self._iam[arn.split(":")[4]].create_role(
            RoleName=arn.rsplit("/", 1)[1], AssumeRolePolicyDocument=json.dumps(trust)
        )

    def trust(self, arn: str, trust: Mapping[str, Any]) -> None:
        """Give a role another trust policy."""
        self._iam[arn.split(":")[4]].update_assume_role_policy(
            RoleName=arn.rsplit("/", 1)[1], PolicyDocument=json.dumps(trust)
        )


class Made:
    """Users and roles with exactly the policies that the command printed."""

    def __init__(self, command: Command, aws: LocalAws, artifacts: Artifacts, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.rules = folder / "rules.json"
        document = {"version": 1, "base": BY_ENVIRONMENT, "rules": RULES, "otherwise": "deny"}
        self.rules.write_text(json.dumps(document))
        needs = json.loads(command.iam(self.rules, *OPTIONS))
        self.account = Account(aws)
        self.base = Command(artifacts, aws, self.account.user(BASE_USER))
        self.stranger = Command(artifacts, aws, self.account.user(OTHER_USER))
        (base,) = needs["bases"]
        self.policy: dict[str, Any] = base["policy"]
        self.trust: dict[str, dict[str, Any]] = {role["role"]: role["trustPolicy"] for role in needs["roles"]}
        self.account.allow(BASE_USER, self.policy)
        self.account.allow(OTHER_USER, self.policy)
        for _, arn in CALLERS.values():
            self.account.role(arn, self.trust_of(arn))

    def trust_of(self, arn: str) -> dict[str, Any]:
        """The printed trust policy of a role, which may be one for many."""
        return self.trust.get(arn) or self.trust[f"arn:aws:iam::{ACCOUNT}:role/iam_user_*"]

    def outcome(self, caller: str, by: Command | None = None, rules: Path | None = None) -> str:
        """What STS answers a caller: ok, or the code of a refusal."""
        _, answer = (by or self.base).tried(rules or self.rules, caller, *CALLERS[caller][0])
        return answer["tried"].get("error", "ok")


@pytest.fixture(scope="module")
def made(artifacts: Artifacts, aws: LocalAws, output: Path) -> Iterator[Made]:
    """Everything made once."""
    yield Made(Command(artifacts, aws, aws.seeded.data_analyst), aws, artifacts, output / "tests" / "iam")


@pytest.mark.parametrize("caller", CALLERS)
def test_the_printed_policies_are_enough(made: Made, caller: str) -> None:
    assert made.outcome(caller) == "ok"


@pytest.mark.parametrize("caller", CALLERS)
def test_a_role_trusts_nobody_but_its_base(made: Made, caller: str) -> None:
    assert made.outcome(caller, by=made.stranger) == "RC301"


@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])
def test_every_action_of_the_base_is_needed(made: Made, action: str) -> None:
    try:
        made.account.allow(BASE_USER, without(made.policy, action))
        assert made.outcome("tina") == "RC301"
    finally:
        made.account.allow(BASE_USER, made.policy)


@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"])
def test_every_action_of_a_trust_policy_is_needed(made: Made, action: str) -> None:
    _, role = CALLERS["tina"]
    try:
        made.account.trust(role, without(made.trust_of(role), action))
        assert made.outcome("tina") == "RC301"
    finally:
        made.account.trust(role, made.trust_of(role))


@pytest.mark.parametrize(
    ("rule", "session"),
    [
        ("tenant", {"sourceIdentity": "${user}", "tags": {"tenant": "zenith", "Kostenstelle Süd": "7"}}),
        ("tenant", {"sourceIdentity": "${user}", "tags": {"tenant": "acme"}}),
        ("tenant", {"sourceIdentity": "${user}"}),
        ("tenant", {"tags": {"tenant": "acme", "Kostenstelle Süd": "7"}}),
        ("partner", {"externalId": "handshake:8"}),
        ("partner", {}),
    ],
)
def test_nothing_else_than_the_rule_says_is_allowed(
    made: Made, folder: RulesFolder, rule: str, session: dict[str, Any]
) -> None:
    changed = [known | ({"session": session} if known["name"] == rule else {}) for known in RULES]
    rules = folder.rules(*(known | {"base": BY_ENVIRONMENT} for known in changed))
    assert made.outcome({"tenant": "tina", "partner": "paula"}[rule], rules=rules) == "RC301"


def without(policy: Mapping[str, Any], action: str) -> dict[str, Any]:
    """A policy that no longer names an action."""

    def rest(statement: Mapping[str, Any]) -> dict[str, Any]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        return {**statement, "Action": [known for known in actions if known != action]}

    statements = [rest(statement) for statement in policy["Statement"]]
    return {**policy, "Statement": [statement for statement in statements if statement["Action"]]}


def test_the_template_is_one_of_cloudformation_and_says_the_same(made: Made, tmp_path: Path) -> None:
    template = tmp_path / "rolecall.yaml"
    template.write_text(made.base.iam(made.rules, *OPTIONS, "--format", "cloudformation"))
    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), template], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout
    resources = yaml.safe_load(template.read_text())["Resources"].values()
    of_type = {
        kind: [it["Properties"] for it in resources if it["Type"] == f"AWS::IAM::{kind}"]
        for kind in ("ManagedPolicy", "Role")
    }
    assert [it["PolicyDocument"] for it in of_type["ManagedPolicy"]] == [made.policy]
    trusts = {it["RoleName"]: it["AssumeRolePolicyDocument"] for it in of_type["Role"]}
    assert trusts == {arn.rsplit("/", 1)[1]: trust for arn, trust in made.trust.items() if "*" not in arn}


def test_the_file_is_one_of_terraform(made: Made) -> None:
    text = made.base.iam(made.rules, *OPTIONS, "--format", "terraform")
    parsed = hcl2.loads(text)
    roles = {
        name.strip('"')
        for block in parsed["resource"]
        for name in block.get('"aws_iam_role"', block.get("aws_iam_role", {}))
    }
    assert roles == {"role_iam_tenant_acme", "role_iam_tenant_zenith", "role_iam_partner"}
    assert "$${*}" in text, "nothing in a text is a template of Terraform"
