"""Whether Microsoft lets the app in with what is set, asked for once: a wrong secret shows before an alert hangs on it.

Of what Microsoft answers only its own number for the fault is used, never the secret, the token or its text.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from adapters.teams.faults import TeamsError
from adapters.teams.tokens import SCOPE, UNREACHED, application
from bot.settings import Teams

_ONCE = 4.0  # seconds for one request ...
_ALTOGETHER = 10.0  # ... and for the whole: looking up a name has no limit of its own
_NEW = "Make a new one (docs/teams.md, step 1), set it, and start AskFirst again"
_REGISTERED = "Copy both ids from the app's Overview in Entra"
# Microsoft's numbers, as they stand in its list of sign-in errors -> what to do.
_SAID: Mapping[str, str] = {
    "7000215": "TEAMS_APP_PASSWORD is not the value of a client secret of this app. Copy the Value, not the Secret ID",
    "7000222": f"the client secret in TEAMS_APP_PASSWORD has ended. {_NEW}",
    "700016": f"there is no app TEAMS_APP_ID in the tenant TEAMS_TENANT_ID. {_REGISTERED}",
    "90002": f"there is no tenant TEAMS_TENANT_ID. {_REGISTERED}",
    "700027": "the certificate in TEAMS_APP_CERTIFICATE is not one of this app. Upload it (docs/teams.md, step 1)",
    "700024": "the clock of this server is wrong. Set it right",
    "7000112": "the app is switched off in Entra. Switch it on under Enterprise applications, Properties",
    "53003": "a Conditional Access policy of the tenant keeps the app out. Ask whoever looks after Entra",
}
_NUMBER = re.compile(r"AADSTS(\d{4,9})\b")


@dataclass(frozen=True)
class SignInTried:
    """What came of it: "ok", "FAULT" where Microsoft refused, "WARN" where it was not reached and nobody can say."""

    mark: Literal["ok", "WARN", "FAULT"]
    said: str


def try_sign_in(settings: Teams, now: dt.datetime, http: Any = None) -> SignInTried:
    """Ask Microsoft for a token, and throw it away. It never fails and ends within seconds, whatever the net does;
    `http` is MSAL's way to the net (tests only)."""
    found: list[SignInTried] = []
    asking = threading.Thread(target=lambda: found.append(_tried(settings, now, http)), daemon=True)
    asking.start()
    asking.join(_ALTOGETHER)
    return found[0] if found else _not_reached("no answer in time")


def _tried(settings: Teams, now: dt.datetime, http: Any) -> SignInTried:
    try:
        app = application(settings, now, http, _ONCE)
        found: Mapping[str, Any] = app.acquire_token_for_client(scopes=[SCOPE])
    except TeamsError as fault:
        return SignInTried("FAULT", str(fault))
    except UNREACHED as fault:
        # MSAL says of a tenant that Microsoft does not know no more than that it could not look it up.
        number = _number_in(fault)
        return _refused(number, settings) if number else _not_reached(type(fault).__name__)
    if "access_token" in found:
        return SignInTried("ok", f"Microsoft took the app's id and {_what(settings)}")
    return _refused(_number(str(found.get("error_description", ""))), settings)


def _refused(number: str, settings: Teams) -> SignInTried:
    what = "TEAMS_APP_CERTIFICATE" if settings.certificate else "TEAMS_APP_PASSWORD"
    usual = f"Check TEAMS_APP_ID, TEAMS_TENANT_ID and {what}"
    named = f" (AADSTS{number})" if number else ""
    return SignInTried("FAULT", f"Microsoft refused the app's sign-in{named}: {_SAID.get(number, usual)}")


def _not_reached(why: str) -> SignInTried:
    return SignInTried(
        "WARN",
        f"it could not be tried: login.microsoftonline.com was not reached ({why}). Look at the network and the "
        "firewall. While the server cannot reach it either, nothing is sent to Teams, and alerts go by e-mail",
    )


def _what(settings: Teams) -> str:
    return "certificate" if settings.certificate else "secret"


def _number_in(fault: BaseException | None) -> str:
    """Microsoft's number in an error of MSAL's, or in what it arose from."""
    while fault is not None:
        if number := _number(str(fault)):
            return number
        fault = fault.__cause__ or fault.__context__
    return ""


def _number(text: str) -> str:
    found = _NUMBER.search(text)
    return found[1] if found else ""
