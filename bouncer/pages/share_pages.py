"""Sharing a story: a link shows one address to a colleague who has no account, for a day, without the raw letter."""

import secrets
from collections.abc import Mapping
from typing import Any

from bouncer.manage.page_links import base_url, share_url
from bouncer.manage.sharing import end_share, share_story, shared_story
from bouncer.pages.address_page import ACCOUNT, ADDRESS, requested_address
from bouncer.pages.page_route import Elsewhere, PageRoute, TemplatePage, Visit
from bouncer.pages.shown_story import shown_story
from bouncer.policy.sign_in import SECRET_OCTETS, Role
from bouncer.web.parameter import TEXT, Parameter
from bouncer.web.problem import ProblemError

SECRET_PAGE: Mapping[str, str] = {"referrer-policy": "no-referrer"}
"""The headers of pages whose URL holds a secret that is valid for long: no other page gets the URL as a Referer, not even ours."""
_SIGNED_OUT: Mapping[str, Any] = {"session": None, "role": None, "menu": (), "token": ""}
"""The frame of the page of a link: the same for everybody who opens it, signed in or not."""

LINK = Parameter("link", TEXT, "the secret of a share link", "")
SHARE = Parameter("share_id", TEXT, "the id of a share link", "5f0c1f3d9a7b", where="path")


async def _share(visit: Visit) -> TemplatePage:
    """Make a link and show it; this page alone has it."""
    octets = secrets.token_bytes(SECRET_OCTETS)
    address, person = requested_address(visit), visit.signed_in.person
    new_share = await share_story(
        visit.store, visit.scope, visit.account, address, person, octets=octets, now=visit.now
    )
    http = visit.host.settings().http
    url = share_url(base_url(http) if http.url else visit.origin, new_share.secret)
    values = {"share": new_share.share, "url": url, "names_account": visit.signed_in.account is None}
    return TemplatePage("share.html.j2", values)


async def _show_shared(visit: Visit) -> TemplatePage:
    shared = await shared_story(visit.store, visit.parameters["link"] or "", now=visit.now)
    if shared is None:
        raise ProblemError(404, visit.language.say("This link does not work any more."))
    share, story = shared
    values = {"share": share, "shown": shown_story(story, visit.language)}
    return TemplatePage("shared.html.j2", {**values, **_SIGNED_OUT})


async def _end(visit: Visit) -> Elsewhere:
    await end_share(visit.store, visit.scope, visit.parameters["share_id"])
    return Elsewhere("/sessions")


SHARE_PAGES = (
    PageRoute("POST", "/address/share", "Share this story", Role.OWNER, _share, (ADDRESS, ACCOUNT)),
    PageRoute(
        "GET",
        "/shared",
        "What became of mail to this address?",
        None,
        _show_shared,
        (LINK,),
        opens_by_link=True,
        headers=SECRET_PAGE,
    ),
    PageRoute("POST", "/sessions/shares/{share_id}/end", "End a share link", Role.OWNER, _end, (SHARE,)),
)
"""The pages of share links."""
