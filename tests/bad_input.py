"""Everything that can be wrong with what a provider is given, and what its user must be told then."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hosting.rules_folder import RulesFolder
from local_aws.seed import ENGINEERING_ROLE, UNTRUSTING_ROLE

NOBODY_LISTENS = "http://127.0.0.1:1"

Settings = dict[str, str]


@dataclass(frozen=True)
class Case:
    """One thing that is wrong."""

    name: str
    settings: Callable[[RulesFolder], Settings]
    """Prepares the files, and gives the settings that name them."""
    told: tuple[str, ...]
    """What one message or log line must hold: code, file, place, rule, field, what to do."""
    user: str = "dataeng1"
    throttled: bool = False
    """Whether STS throttles meanwhile."""

    def __str__(self) -> str:
        return self.name


def rule(**fields: Any) -> dict[str, Any]:
    """A rule with a name that messages must repeat."""
    return {"name": "broken"} | fields


def text(content: str, mode: int = 0o644) -> Callable[[RulesFolder], Settings]:
    """Rules of any content."""
    return lambda folder: {"rolecall.rules": str(folder.text(content, mode=mode))}


def rules(*entries: dict[str, Any], more: Settings | None = None, **top: Any) -> Callable[[RulesFolder], Settings]:
    """Rules of the given entries, and more settings beside them."""
    return lambda folder: {"rolecall.rules": str(folder.rules(*entries, **top))} | (more or {})


def incomplete_properties(folder: RulesFolder) -> Settings:
    """A properties file that lacks the secret."""
    file = folder.text("accessKey=AKIAEXAMPLEEXAMPLE00\n", "Half.properties", 0o600)
    base = {"source": "properties", "file": str(file)}
    return {"rolecall.rules": str(folder.rules(rule(role=ENGINEERING_ROLE, base=base)))}


RULES_FILES = [
    Case("no rules setting", lambda _: {}, ("RC101", "rolecall.rules")),
    Case(
        "missing file",
        lambda folder: {"rolecall.rules": str(folder.path / "nowhere.json")},
        ("RC102", "nowhere.json"),
    ),
    Case("writable by others", text('{"version": 1}', 0o666), ("RC104", "rules.json", "chmod")),
    Case("empty", text(""), ("RC105", "rules.json", "is empty", '{"version": 1, "rules": [], "otherwise": "deny"}')),
    Case("not JSON", text('{\n  "version": 1,\n  rules: []\n}'), ("RC105", "rules.json:3:")),
    Case(
        "unknown field",
        rules(rule(role=ENGINEERING_ROLE, rolle="x")),
        ("RC106", "rules.json:1:", "broken", "rolle"),
    ),
    Case("wrong version", rules(version=99), ("RC107", "rules.json", "version", "99")),
    Case(
        "two outcomes",
        rules(rule(role=ENGINEERING_ROLE, deny="no")),
        ("RC106", "rules.json:1:", "broken", "role", "deny"),
    ),
    Case("no outcome", rules(rule(users=["a"])), ("RC106", "rules.json:1:", "broken", "role", "deny", "use")),
    Case(
        "bad ARN",
        rules(rule(role="arn:aws:iam::1111:role/x")),
        ("RC106", "rules.json:1:", "broken", "role", "1111", "12 digits"),
    ),
    Case(
        "bad session name",
        rules(rule(role=ENGINEERING_ROLE, session={"name": ""})),
        ("RC106", "rules.json:1:", "broken", "session.name", "2 to 64"),
    ),
    Case(
        "no otherwise",
        text('{"version": 1, "base": {"source": "instance-profile"}, "rules": []}'),
        ("RC106", "rules.json", "otherwise"),
    ),
    Case("properties file without secret", incomplete_properties, ("RC405", "Half.properties", "secretKey", "broken")),
]

GROUPS = [
    Case(
        "group lookup fails",
        rules(rule(groups=["grp"], role=ENGINEERING_ROLE)),
        ("RC204", "unresolvable1", "broken", "the directory does not answer"),
        user="unresolvable1",
    ),
    Case(
        "no groups",
        rules(rule(groups=["grp"], role=ENGINEERING_ROLE)),
        ("RC204", "groupless1", "broken", "rolecall.groups.empty"),
        user="groupless1",
    ),
]

# What may pass is waited for; not for long here.
SOON = {"rolecall.timeout": "2s"}

STS = [
    Case(
        "STS refuses",
        rules(rule(role=UNTRUSTING_ROLE)),
        ("RC301", "broken", UNTRUSTING_ROLE, "not authorized to perform: sts:AssumeRole", "trust policy"),
    ),
    Case(
        "STS throttles",
        rules(rule(role=ENGINEERING_ROLE), more=SOON),
        ("RC302", "throttled1", "broken", ENGINEERING_ROLE, "Rate exceeded"),
        user="throttled1",
        throttled=True,
    ),
    Case(
        "STS is unreachable",
        rules(rule(role=ENGINEERING_ROLE), more=SOON | {"rolecall.sts.endpoint": NOBODY_LISTENS}),
        ("RC303", "unreached1", "broken", ENGINEERING_ROLE, NOBODY_LISTENS),
        user="unreached1",
    ),
]

# Each needs a JVM whose surroundings are wrong.
IN_BAD_SURROUNDINGS = [
    Case(
        "unreadable file",
        text('{"version": 1}', 0o000),
        ("RC103", "rules.json"),
    ),
    Case(
        "no instance metadata",
        rules(rule(role=ENGINEERING_ROLE), more=SOON),
        ("RC402", "broken", "instance metadata"),
    ),
]
