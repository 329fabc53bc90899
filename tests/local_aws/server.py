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

from local_aws.policies import Asked, allows


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
    """Let AssumeRole succeed only where the role exists, its trust policy lets the caller in, and the caller's own
    policies allow it, with session tags and source identity.

    moto gives keys for roles that do not exist (S3 then answers HTTP 500, which S3A tries again for ten
    minutes), checks trust only inside the caller's own account, does not match callers that are roles, and asks
    nobody whether a session may be tagged.
    """
    original = TokenResponse.assume_role

    def assume_role(self: TokenResponse) -> Any:
        if not _authorization_is_on():
            return original(self)
        caller = access_control.create_access_key(
            self.current_account, self.partition, self.get_access_key(), self.headers
        )
        asked = Asked.of_form({name: values[0] for name, values in self.querystring.items()}, caller.arn)
        try:
            role = iam_backends[asked.role.split(":")[4]][self.partition].get_role_by_arn(asked.role)
            own = [access_control.IAMPolicy(policy)._policy_json for policy in caller.collect_policies()]
            allowed = allows(json.loads(role.assume_role_policy_document), own, asked)
        except NotFoundException:
            allowed = False
        if not allowed:
            raise AccessDeniedError(user_arn=caller.arn, action=f"sts:AssumeRole on resource: {asked.role}")
        return original(self)

    TokenResponse.assume_role = assume_role
    access_control.IAMRequestBase._is_assuming_role_operation = lambda _self, _arn: False


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
