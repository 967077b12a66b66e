"""Parameters that do not choose the article, by name and value.

Short words that some sites use as article numbers ("id", "cid", "p", "page", "source", "ref", "region") are in no list.
"""

from __future__ import annotations

import re

# Source: the query-stripping lists of Firefox and AdGuard (TrackParamFilter), reduced to what news links carry, and the
# parameters of the links on the pages in shared/data.
_TRACKING = re.compile(
    r"""(utm|hsa|mtm|matomo|pk|piwik|ga|mc|oly|vero|itm|stm|fb|cx|wt|amp)_\w+ | WT\.\w+         # campaign families
      | (dc|fbc?|g|gb|tw|yc|ysc|ms|msclk|wb|ttc)lid | fbclid | gclid | gclsrc | msclkid | twclid | ttclid
      | srsltid | rdt_cid | igsh(id)? | mibextid | ScCid | gad_(source|campaignid) | emc
      | wbraid | gbraid | yclid | li_fat_id | epik | dicbo | tblci | obOrigUrl | obref | _openstat
      | _ga | _gl | _hsenc | _hsmi | __hs(tc|sc|fp) | hsCtaTracking | mkt_tok | __tn__ | __cft__(\[\d\])?
      | xtor | xtref | ncid | n_cid | cmpid | ocid | ecid | ex_cid | s_cid | sc_cid | smid | smtyp | cmp | icid | mbid
      | s_kwcid | ef_id | irclickid | ICO | ito | intc(mp|id|omp) | iref | rref | srcref | sref | srnd | spref | tpcc
      | ref_(src|url) | referringSource | unlocked_article_code | clickSource | pgtype | hpid | contentPlacement
      | ns_(campaign|mchannel|source|linkname|fee)
      | at_(bbc_team|campaign(_type)?|custom\d|format|link\w*|medium|ptr_name)
      | ftag | taid | guccounter | guce_referr\w+ | sr_share | soc_(src|trk) | __twitter_impression | __source | partner
      | feed(Name|Type) | replytocom | usqp
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TRACKING_VALUES = {
    "share": re.compile(r"facebook|twitter|x|tumblr|google-plus-1|linkedin|reddit|email|whatsapp|telegram|pinterest"),
    "action": re.compile(r"click"),
    "feature": re.compile(r"youtu\.be|share"),
}
_SESSION = re.compile(
    r"j?sessionid|jsessionid|phpsessid|aspsessionid\w*|cfid|cftoken|session_?id|osCsid|zenid", re.IGNORECASE
)
_MAYBE_SESSION = frozenset({"sid", "session", "sess", "s"})
_SESSION_VALUE = re.compile(r"(?=(?:\d*[a-z]){4})(?=(?:[a-z]*\d){4})[0-9a-z]{26,128}", re.IGNORECASE)
"""PHP's session ids have 26 or 32 letters and digits by default, mixed; numbers of articles and most keys fewer."""
_YES = frozenset({"", "1", "true", "yes", "y"})
_AMP = frozenset({"amp", "_amp", "isamp", "is_amp", "ampmode"})
_FORM = frozenset({"output", "outputtype", "view", "format", "mode", "type", "content_type"})
_PRINT = frozenset({"print", "printable", "printview", "printpage", "printerfriendly", "singlepage", "single_page"})
_ALL_PAGES = frozenset({("pagewanted", "all"), ("pagewanted", "print"), ("page", "all"), ("seite", "all")})


def is_tracking(name: str, value: str) -> bool:
    """Return whether a parameter only says how the reader came here.

    >>> is_tracking("utm_source", "x"), is_tracking("share", "twitter"), is_tracking("share", "7")
    (True, True, False)
    """
    values = _TRACKING_VALUES.get(name.lower())
    return bool(_TRACKING.fullmatch(name) or (values and values.fullmatch(value)))


def is_session(name: str, value: str) -> bool:
    """Return whether a parameter is the reader's session; "sid" is, where its value looks like one.

    >>> is_session("PHPSESSID", "x"), is_session("sid", "0k3v9s1m2n8d7f6g5h4j3k2l1p"), is_session("sid", "ST20090122")
    (True, True, False)
    """
    return bool(_SESSION.fullmatch(name)) or (name.lower() in _MAYBE_SESSION and bool(_SESSION_VALUE.fullmatch(value)))


def is_amp(name: str, value: str) -> bool:
    """Return whether a parameter asks for the AMP form of the page, or not to.

    >>> is_amp("amp", ""), is_amp("outputType", "amp"), is_amp("amp", "marshall"), is_amp("type", "guitar")
    (True, True, False, False)
    """
    name, value = name.lower(), value.lower()
    return (name in _AMP and value in _YES | {"0", "false", "amp"}) or (name in _FORM and value in {"amp", "amphtml"})


def is_print(name: str, value: str) -> bool:
    """Return whether a parameter asks for a form to print, or for all of the article on one page.

    >>> is_print("print", "true"), is_print("pagewanted", "all"), is_print("page", "2"), is_print("print", "2016-11-01")
    (True, True, False, False)
    """
    name, value = name.lower(), value.lower()
    return (
        (name in _PRINT and value in _YES)
        or (name, value) in _ALL_PAGES
        or (name in _FORM and value in {"print", "printable"})
    )
