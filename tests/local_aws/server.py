"""moto's server with authorization that means something: `python -m local_aws.server` prints its port.

moto 5.2.5 answers some things as AWS never would. Each function below mends one of them, and says what went
wrong without it. They reach into moto, which is why its version is pinned.
"""

import json
import math
import signal
import sys
from http.client import HTTPMessage
from typing import Any

from moto import settings
from moto.core.exceptions import AccessDeniedError, _RESTError
from moto.core.request import Request
from moto.iam import access_control
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from moto.sts.responses import TokenResponse
from werkzeug.serving import make_server


def verify_every_signed_header() -> None:
    """Check the headers that the client signed, not those that botocore would have signed.

    SDK for Java v1 signs `User-Agent`, which botocore leaves out: every request of it is SignatureDoesNotMatch.
    """

    def calculate_signature(self: access_control.IAMRequestBase) -> str:
        auth = self._create_auth(self._access_key.create_credentials())
        request = self._create_aws_request()
        signed = self._get_string_between("SignedHeaders=", ",", self._headers["Authorization"]).split(";")

        def headers_to_sign(of: Any) -> HTTPMessage:
            headers = HTTPMessage()
            for name, value in of.headers.items():
                if name.lower() in signed:
                    headers[name.lower()] = value
            if "host" not in headers:
                headers["host"] = self._headers["Host"]
            return headers

        auth.headers_to_sign = headers_to_sign
        return auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)

    access_control.IAMRequestBase._calculate_signature = calculate_signature


def keep_the_bytes_of_forms() -> None:
    """Verify a form as it was sent.

    moto encodes a parsed form anew, with `+` for a space: a request of SDK for Java v1 with a space in a session
    policy does not verify.
    """
    original = Request.__init__

    def init(self: Request, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        if self.method == "POST" and "form-urlencoded" in (self.headers.get("Content-Type") or ""):
            self.get_data(cache=True, parse_form_data=False)

    Request.__init__ = init


def answer_errors_as_sts_does() -> None:
    """Take out the `<Errors>` between `<ErrorResponse>` and `<Error>` that STS and IAM don't have.

    Both Java SDKs show code and message `null` otherwise.
    """
    original = _RESTError.__init__

    def init(self: _RESTError, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        if self.description:
            self.description = self.description.replace("<Errors>", "").replace("</Errors>", "")

    _RESTError.__init__ = init


def check_trust_of_every_assumed_role() -> None:
    """Let AssumeRole succeed only where the role exists and its trust policy names the caller.

    moto gives keys for roles that do not exist (S3 then answers HTTP 500, which S3A tries again for ten
    minutes), checks trust only inside the caller's own account, and does not match callers that are roles.
    """
    original = TokenResponse.assume_role

    def assume_role(self: TokenResponse) -> Any:
        if not _authorization_is_on():
            return original(self)
        role_arn = self._get_param("RoleArn")
        caller = access_control.create_access_key(
            self.current_account, self.partition, self.get_access_key(), self.headers
        )
        try:
            role = iam_backends[role_arn.split(":")[4]][self.partition].get_role_by_arn(role_arn)
            allowed = trusts(role.assume_role_policy_document, caller.arn, self._get_param("ExternalId"))
        except NotFoundException:
            allowed = False
        if not allowed:
            raise AccessDeniedError(user_arn=caller.arn, action=f"sts:AssumeRole on resource: {role_arn}")
        return original(self)

    TokenResponse.assume_role = assume_role
    access_control.IAMRequestBase._is_assuming_role_operation = lambda _self, _arn: False


def trusts(policy: str, caller: str, external_id: str | None) -> bool:
    """Whether a trust policy lets the caller in: by its ARN, its role's, its account's root, or anybody."""
    account = caller.split(":")[4]
    names = {"*", caller, role_of(caller), account, f"arn:aws:iam::{account}:root"}
    statements = json.loads(policy)["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal") or {}
        trusted = principal if isinstance(principal, str) else principal.get("AWS", [])
        wanted = statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId")
        if (
            statement["Effect"] == "Allow"
            and names & set([trusted] if isinstance(trusted, str) else trusted)
            and wanted in (None, external_id)
        ):
            return True
    return False


def role_of(arn: str) -> str:
    """The role behind a role session's ARN; any other ARN as it is."""
    if ":assumed-role/" not in arn:
        return arn
    return arn.replace(":sts:", ":iam:").replace(":assumed-role/", ":role/").rsplit("/", 1)[0]


def _authorization_is_on() -> bool:
    return not math.isinf(settings.INITIAL_NO_AUTH_ACTION_COUNT)


def main() -> None:
    """Serve S3, STS and IAM on a free port until the end of the process."""
    verify_every_signed_header()
    keep_the_bytes_of_forms()
    answer_errors_as_sts_does()
    check_trust_of_every_assumed_role()
    # Without this each answer waits 40 ms for the client's acknowledgement.
    MotoRequestHandler.disable_nagle_algorithm = True
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=MotoRequestHandler)
    print(server.port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
