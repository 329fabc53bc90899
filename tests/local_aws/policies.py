"""Whether IAM's policies allow an AssumeRole: the role's trust policy and the caller's own, as IAM reads them.

Tags need `sts:TagSession` and a source identity needs `sts:SetSourceIdentity`, in both. What a policy here does not
understand is an error, so that no test passes by a condition that nobody looked at.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PolicyDocument = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """What an AssumeRole asks for."""

    role: str
    caller: str
    external_id: str | None = None
    source_identity: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive_tag_keys: Sequence[str] = ()

    @classmethod
    def of_form(cls, form: Mapping[str, str], caller: str) -> "Asked":
        """Reads the form of the request."""
        keys = {
            name.split(".")[2]: value for name, value in form.items() if re.fullmatch(r"Tags\.member\.\d+\.Key", name)
        }
        return cls(
            role=form["RoleArn"],
            caller=caller,
            external_id=form.get("ExternalId"),
            source_identity=form.get("SourceIdentity"),
            tags={key: form[f"Tags.member.{number}.Value"] for number, key in keys.items()},
            transitive_tag_keys=[value for name, value in form.items() if name.startswith("TransitiveTagKeys.member.")],
        )

    @property
    def actions(self) -> list[str]:
        """The actions that all must be allowed."""
        tagging = ["sts:TagSession"] if self.tags or self.transitive_tag_keys else []
        return ["sts:AssumeRole", *tagging, *(["sts:SetSourceIdentity"] if self.source_identity else [])]

    def values(self, key: str) -> list[str]:
        """What the request holds for a condition's key; keys are compared without regard to case."""
        known: dict[str, list[str]] = {
            "sts:externalid": [self.external_id] if self.external_id else [],
            "sts:sourceidentity": [self.source_identity] if self.source_identity else [],
            "sts:transitivetagkeys": list(self.transitive_tag_keys),
            "aws:tagkeys": list(self.tags),
        }
        if key.lower() in known:
            return known[key.lower()]
        if key.lower().startswith("aws:requesttag/"):
            wanted = key.split("/", 1)[1].lower()
            return [value for tag, value in self.tags.items() if tag.lower() == wanted]
        raise NotImplementedError(f"the condition key {key}")


def allows(trust: PolicyDocument, own: Iterable[PolicyDocument], asked: Asked) -> bool:
    """Whether the role trusts the caller and the caller's own policies allow all that is asked."""
    own = list(own)
    return all(trusts(trust, asked, action) and permits(own, asked, action) for action in asked.actions)


def trusts(trust: PolicyDocument, asked: Asked, action: str = "sts:AssumeRole") -> bool:
    """Whether a trust policy lets the caller in: by its ARN, its role's, its account's root, or anybody."""
    account = asked.caller.split(":")[4]
    names = {"*", asked.caller, role_of(asked.caller), account, f"arn:aws:iam::{account}:root"}

    def applies(statement: PolicyDocument) -> bool:
        principal = statement.get("Principal") or {}
        trusted = principal if isinstance(principal, str) else principal.get("AWS", [])
        return bool(names & set(_list(trusted)))

    return _decided([trust], asked, action, applies)


def permits(own: Iterable[PolicyDocument], asked: Asked, action: str) -> bool:
    """Whether an identity's own policies allow an action on the role."""

    def applies(statement: PolicyDocument) -> bool:
        return any(like(resource, asked.role) for resource in _list(statement["Resource"]))

    return _decided(own, asked, action, applies)


def like(pattern: str, text: str) -> bool:
    """Whether IAM's pattern covers a text: `*` and `?` stand for anything, `${*}` and the like for themselves."""
    pieces = re.findall(r"\$\{[*?$]\}|.", pattern, re.DOTALL)
    known = {"*": ".*", "?": ".", "${*}": r"\*", "${?}": r"\?", "${$}": r"\$"}
    return re.fullmatch("".join(known.get(piece) or re.escape(piece) for piece in pieces), text, re.DOTALL) is not None


def role_of(arn: str) -> str:
    """The role behind a role session's ARN; any other ARN as it is."""
    if ":assumed-role/" not in arn:
        return arn
    return arn.replace(":sts:", ":iam:").replace(":assumed-role/", ":role/").rsplit("/", 1)[0]


def _decided(policies: Iterable[PolicyDocument], asked: Asked, action: str, applies: Any) -> bool:
    effects = {
        statement["Effect"]
        for policy in policies
        for statement in _list(policy["Statement"])
        if any(like(known.lower(), action.lower()) for known in _list(statement["Action"]))
        and applies(statement)
        and _holds(statement.get("Condition", {}), asked)
    }
    return effects == {"Allow"}


def _holds(condition: Mapping[str, Mapping[str, Any]], asked: Asked) -> bool:
    return all(
        _test(operator, asked.values(key), _list(wanted))
        for operator, keys in condition.items()
        for key, wanted in keys.items()
    )


def _test(operator: str, found: list[str], wanted: list[str]) -> bool:
    if operator == "Null":
        return wanted == ["true" if not found else "false"]
    if operator == "ForAllValues:StringEquals":
        return all(value in wanted for value in found)
    # Without a value in the request none of these holds.
    if operator == "StringEquals":
        return any(value == plain(text) for value in found for text in wanted)
    if operator == "StringLike":
        return any(like(pattern, value) for value in found for pattern in wanted)
    raise NotImplementedError(f"the condition operator {operator}")


def plain(text: str) -> str:
    """A text of StringEquals, with IAM's `${*}`, `${?}` and `${$}` read."""
    return re.sub(r"\$\{([*?$])\}", r"\1", text)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
