"""Authentication-Results (RFC 8601): what our own mail server found when the message came in.

Anybody can write such a header into a message. Ours counts under five conditions, and fails closed:

1. our mail server's name is set (`authserv_id`), and only our servers can reach the receiver (`only_our_servers`);
2. it is the topmost that has our name: a mail server puts its own on top of what came, and removes what came with its
   name (RFC 8601, section 5); one with our name that cannot be read ends the search;
3. no `Received` of another host stands above it: those below were in the message when we got it (section 7.1);
   with `on_top`, not even our own may, which is for servers that are known to add it last of all;
4. nothing that the sender chose and the server repeats could be read as a result (`planted`);
5. it says `pass` for a method that is about From, or in line with it; ``none`` is no pass.
"""

import re
from collections.abc import Iterator

import authres

from models.authenticity import Check, Result
from notifications.authentic.domains import aligned, organisation_of
from notifications.authentic.fields import Fields, ascii_domain, unfolded
from notifications.authentic.planted import planted
from notifications.authentic.signature import NotTaken, Signature
from notifications.authentic.trust import Trust

NAME = "authentication-results"
#: Characters of a header that are read, and how many headers.
LONGEST, MOST = 4_000, 50
#: Comments within comments that are read.
DEEPEST = 10
#: Which property names the domain that a pass is for: the first that is said. The identity of a signature (``i=``)
#: is in the domain that signed or below it (RFC 6376, 3.5), and some servers name nothing else of it.
SPEAKERS = {"spf": ("smtp.mailfrom",), "dkim": ("header.d", "header.i")}
OWN_MACHINE = ("localhost", "localhost.localdomain")
_CONTEXT = authres.all_features()
_COMMENT = re.compile(r"\((?:[^()\\]|\\.)*\)")
_BY = re.compile(r"(?:^|\s)by\s+([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])")


def check_results(fields: Fields, trust: Trust) -> tuple[Check, str]:
    """Return what our own server says of the message, and what proves the sender's domain by it; empty: nothing."""
    if not trust.authserv_id:
        return Check(NAME, Result.NONE, "no mail server is trusted to say it"), ""
    header, why = _trusted(fields, trust)
    if header is None:
        return Check(NAME, Result.NONE, why), ""
    if word := planted(fields, _newest_hops(fields, trust)):
        return Check(NAME, Result.POLICY, f"{word} has marks that could be read as a result"), ""
    try:
        said = _CONTEXT.parse_value(header.rstrip("; \t"))
    except Exception as error:  # hostile headers find faults in parsers
        return Check(NAME, Result.PERMERROR, f"the header cannot be read ({type(error).__name__})"), ""
    if str(said.authserv_id).lower() != trust.authserv_id:
        return Check(NAME, Result.PERMERROR, "the header cannot be read: it has two names"), ""
    result, how = evaluate(said.results, fields)
    if result is Result.PASS:
        return Check(NAME, result, f"{trust.authserv_id} says {how}"), f"{NAME} {trust.authserv_id} {how}"
    return Check(NAME, result, f"{trust.authserv_id} says {how}"), ""


def _trusted(fields: Fields, trust: Trust) -> tuple[str | None, str]:
    """Return the value of the one header that may be ours, or why none is."""
    for name, value in fields.all[:MOST]:
        if name == "received" and (trust.on_top or not is_own(unfolded(value), trust)):
            return None, f"no header of {trust.authserv_id} stands above those that came with the message"
        if name == NAME:
            text = unfolded(value)
            if named(text) == trust.authserv_id:
                return (text, "") if len(text) <= LONGEST else ("", "")
    return None, f"there is no header of {trust.authserv_id}"


def _newest_hops(fields: Fields, trust: Trust) -> Iterator[str]:
    """Yield the ``Received`` of our own servers, and the first that is another's, or looks so by what it repeats."""
    for value in map(unfolded, fields.named("received")):
        yield value
        if not is_own(value, trust):
            return


def named(value: str) -> str:
    """Return the name that a header begins with, without comments; empty where there is none."""
    plain = value[:LONGEST]
    for _ in range(DEEPEST):
        plain = _COMMENT.sub(" ", plain)
    found = re.match(r"\s*\"?([^\s;\"]+)", plain)
    return found.group(1).lower() if found else ""


def is_own(received: str, trust: Trust) -> bool:
    """Tell whether one of our own servers wrote this ``Received`` (RFC 5321, 4.4).

    It is one that is named, or stands beside it: behind ``mx.zj.gov.cn`` there may be a ``store.zj.gov.cn``, and a
    filter that hands mail back calls its machine ``localhost``.
    """
    found = _BY.search(_COMMENT.sub(" ", received[:LONGEST]).partition(";")[0])
    if found is None:
        return False
    host, ours = found.group(1).lower().rstrip("."), trust.authserv_id
    if host in (*trust.own_hosts, *OWN_MACHINE, ours) or host.endswith(f".{ours}") or ours.endswith(f".{host}"):
        return True
    domain = ours.partition(".")[2]
    return domain == host.partition(".")[2] and organisation_of(domain) is not None


def evaluate(results: list[authres.AuthenticationResult], fields: Fields) -> tuple[Result, str]:
    """Return what the results come to for the From domain, and by which method.

    DMARC that fails or asks to wait has the last word, and one that passes must say for whom; where its domain has no
    policy, or it was not looked at, DKIM or SPF decides by a domain in line with From.
    """
    found = [(str(one.method).lower(), str(one.result).lower(), _properties(one)) for one in results]
    if any(len(said) != len(one.properties) for one, (_, _, said) in zip(results, found, strict=True)):
        return Result.POLICY, "a property twice, of which one may be the sender's own words"
    dmarc = [(result, said) for method, result, said in found if method == "dmarc"]
    for result, said in dmarc:
        about = said.get("header.from", fields.domain)
        if result in ("fail", "temperror") or ascii_domain(about.rpartition("@")[2]) != fields.domain:
            return Result.FAIL, f"dmarc={result} for {about}"
    says_whom = any(result == "pass" and "header.from" in said for result, said in dmarc)
    passed = {"dmarc": f"dmarc=pass for {fields.domain}"} if says_whom else {}
    for method, names in SPEAKERS.items():
        passes = [said for one, result, said in found if (one, result) == (method, "pass")]
        domains = [next((said[name] for name in names if name in said), "") for said in passes]
        if inline := [domain for domain in domains if _aligned(domain, fields)]:
            passed[method] = f"{method}=pass for {inline[0]}"
    if not passed:
        return Result.FAIL, ", ".join(f"{method}={result}" for method, result, _ in found[:6]) or "none"
    if "spf" not in passed and (fault := loose(fields)):
        return Result.POLICY, f"a pass, for a signature that {fault}"
    return Result.PASS, next(iter(passed.values()))


def loose(fields: Fields) -> str:
    """Return what every signature of the sender's domain leaves open for others to change; empty: nothing, or none.

    Whoever has any message of that person could else send it on to us, with a text or to an address of their own.
    """
    found = []
    for value in fields.named("dkim-signature")[:MOST]:
        try:
            signature = Signature.of(value)
        except NotTaken:
            continue
        if aligned(fields.domain, signature.domain):
            found.append(signature.leaves_open(fields))
    return found[0] if found and all(found) else ""


def _properties(result: authres.AuthenticationResult) -> dict[str, str]:
    return {f"{one.type}.{one.name}".lower(): str(one.value).lower() for one in result.properties}


def _aligned(said: str, fields: Fields) -> bool:
    return aligned(fields.domain, ascii_domain(said.rpartition("@")[2].strip("<>")))
