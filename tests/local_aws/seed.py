"""What the scenario of EMRFS authorization needs in two accounts: buckets with rows, roles, and one IAM user.

It runs while authorization is still off, when AssumeRole of any made-up role gives keys that act in its account.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

REGION = "us-east-1"
ACCOUNT = "111122223333"
RESEARCH_ACCOUNT = "444455556666"

ENGINEERING_BUCKET = "emrfs-auth-data-engineering-bucket-demo"
SCIENCE_BUCKET = "emrfs-auth-data-science-bucket-demo"
DEFAULT_BUCKET = "emrfs-auth-default-bucket-demo"
RESEARCH_BUCKET = "research-data"
# Holds rules and no data: the instance may read it, and somebody else writes it.
RULES_BUCKET = "rules.data-platform"
TENANT_BUCKETS = ("tenant-acme", "tenant-zenith")

INSTANCE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/EMR_EC2_RestrictedRole"
ADMIN_ROLE = f"arn:aws:iam::{ACCOUNT}:role/emrfs_auth_user_role_admin_user"
ENGINEERING_ROLE = f"arn:aws:iam::{ACCOUNT}:role/emrfs_auth_group_role_data_eng"
SCIENCE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/emrfs_auth_group_role_data_sci"
DEFAULT_ROLE = f"arn:aws:iam::{ACCOUNT}:role/emrfs_auth_prefix_role_default_s3_prefix"
RULES_OWNER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/rules_owner"
UNTRUSTING_ROLE = f"arn:aws:iam::{ACCOUNT}:role/trusts_nobody"
RESEARCH_ROLE = f"arn:aws:iam::{RESEARCH_ACCOUNT}:role/demo-role"
DATA_ANALYST = f"arn:aws:iam::{ACCOUNT}:user/data_analyst"
# All that an AssumeRole with tags and a source identity needs, of whoever asks and of the role.
ASSUMING = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
# Plays the EC2 service, which is what assumes an instance profile's role in AWS.
EC2_SERVICE = f"arn:aws:iam::{ACCOUNT}:user/ec2_service"

OBJECT_KEY = "data/rows.csv"
ROWS = {
    ENGINEERING_BUCKET: 5,
    SCIENCE_BUCKET: 7,
    DEFAULT_BUCKET: 3,
    RESEARCH_BUCKET: 4,
    "tenant-acme": 2,
    "tenant-zenith": 6,
}


@dataclass(frozen=True)
class Keys:
    """Access keys of some identity; the secrets are left out of its text."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    def __repr__(self) -> str:
        return f"Keys({self.access_key_id}, …)"


@dataclass(frozen=True)
class Seeded:
    """The long-term keys that the seed made."""

    data_analyst: Keys
    ec2_service: Keys
    administrators: Mapping[str, Keys]
    """For each account a user who may do everything there."""


def object_body(bucket: str) -> str:
    """The rows of a bucket's only object; each names its bucket, so that a reader can't mistake it."""
    return "id,bucket\n" + "".join(f"{number},{bucket}\n" for number in range(ROWS[bucket]))


def client(service: str, endpoint: str, keys: Keys) -> Any:
    """A boto3 client of the local AWS that signs with `keys` and tries nothing twice."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key,
        aws_session_token=keys.session_token,
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )


def seed(endpoint: str) -> Seeded:
    """Fill both accounts and tell the keys of the two IAM users."""
    first, second = _keys_inside(endpoint, ACCOUNT), _keys_inside(endpoint, RESEARCH_ACCOUNT)
    iam = client("iam", endpoint, first)
    assuming = _allow(ASSUMING, "*")
    administrators = {
        account: _user(client("iam", endpoint, keys), f"arn:aws:iam::{account}:user/administrator", _allow("*", "*"))
        for account, keys in ((ACCOUNT, first), (RESEARCH_ACCOUNT, second))
    }
    seeded = Seeded(_user(iam, DATA_ANALYST, assuming), _user(iam, EC2_SERVICE, assuming), administrators)

    read_rules = _allow("s3:GetObject", f"arn:aws:s3:::{RULES_BUCKET}/*")
    _role(iam, INSTANCE_ROLE, [EC2_SERVICE], _allow(ASSUMING, "*"), read_rules)
    _role(iam, RULES_OWNER_ROLE, [DATA_ANALYST], _everything_on([RULES_BUCKET]))
    client("s3", endpoint, first).create_bucket(Bucket=RULES_BUCKET)
    for role, buckets in {
        ADMIN_ROLE: [ENGINEERING_BUCKET, SCIENCE_BUCKET, DEFAULT_BUCKET],
        ENGINEERING_ROLE: [ENGINEERING_BUCKET],
        SCIENCE_ROLE: [SCIENCE_BUCKET],
        DEFAULT_ROLE: [DEFAULT_BUCKET],
        **{f"arn:aws:iam::{ACCOUNT}:role/{tenant}": [tenant] for tenant in TENANT_BUCKETS},
    }.items():
        _role(iam, role, [INSTANCE_ROLE], _everything_on(buckets))
    _role(iam, UNTRUSTING_ROLE, [f"arn:aws:iam::{ACCOUNT}:user/somebody_else"], _everything_on(list(ROWS)))
    _role(
        client("iam", endpoint, second), RESEARCH_ROLE, [DATA_ANALYST, INSTANCE_ROLE], _everything_on([RESEARCH_BUCKET])
    )
    for bucket in ROWS:
        s3 = client("s3", endpoint, second if bucket == RESEARCH_BUCKET else first)
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key=OBJECT_KEY, Body=object_body(bucket).encode())
    return seeded


def _keys_inside(endpoint: str, account: str) -> Keys:
    sts = client("sts", endpoint, Keys("seed", "seed"))
    answer = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/seeder", RoleSessionName="seed")["Credentials"]
    return Keys(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])


def _user(iam: Any, arn: str, permission: dict[str, Any]) -> Keys:
    name = arn.rsplit("/", 1)[1]
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=_policy(permission))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Keys(key["AccessKeyId"], key["SecretAccessKey"])


def _role(iam: Any, arn: str, trusted: list[str], *permissions: dict[str, Any]) -> None:
    name = arn.rsplit("/", 1)[1]
    trust = {"Effect": "Allow", "Principal": {"AWS": trusted}, "Action": ASSUMING}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=_policy(*permissions))


def _allow(action: str | list[str], resource: str | list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _everything_on(buckets: list[str]) -> dict[str, Any]:
    return _allow("s3:*", [arn for bucket in buckets for arn in (f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*")])


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
