"""What servers say of the recipient's domain: it does not exist, takes no mail, or its DNS does not answer now."""

from bouncer.policy.rules.rule import Rule
from bouncer.policy.verdict import Reason

RULES = (
    Rule(
        "dns-error",
        Reason.DNS_ERROR,
        "RFC 3463 X.4.3; Postfix (Name service error ... try again), Sendmail (Name server: host name lookup failure), Exim, qmail CNAME",
        (
            r"host not found, try again",
            r"name service error .{0,80}(?:try again|type=aaaa)",
            r"(?:name ?server|dns|host|domain|mx|domain name|name service|address|resolver|name) .{0,30}(?:lookup|query|resolution|server) (?:was |has )?(?:time|timed|fail(?:ure|ed)[,.]? (?:temporar|try)|temporar|error, try)",
            r"(?:temporary|transient|intermittent) .{0,30}(?:dns|name ?server|resolution|lookup|resolver|name service) ?(?:error|fail|problem)?",
            r"host name lookup failure",
            r"(?:name ?server|dns) (?:error|failure|timeout|server fail|problem|query fail|timed out|lookup timed|does not answer|not respond|malfunction)",
            r"\bservfail\b",
            r"cname lookup failed",
            r"lowest[- ]numbered mx record points to local host",
            r"mx (?:record|list|host)s? .{0,60}(?:loops? back|points? (?:back )?to (?:local|myself|me|itself))",
            r"unable to (?:resolve|lookup|look up|determine).{0,80}(?:temporar|try again|retry)",
            r"(?:dnssec|dane|tlsa) .{0,60}(?:bogus|fail|invalid|lookup|error)",
            r"domain name server .{0,40}(?:error|fail)",
        ),
    ),
    Rule(
        "domain-takes-no-mail",
        Reason.DOMAIN_TAKES_NO_MAIL,
        "RFC 7505 (null MX), RFC 7504 (521, 556), RFC 3463 X.3.2",
        (
            r"null ?-?mx",
            r"nullmx",
            r"(?:mx|srv) (?:or srv )?record indicated no smtp service",
            r"domain (?:@ |[a-z0-9.-]{1,100} )?(?:does not|doesn't|will not|won't|not|never) (?:accept|receive|take|accepting|handle)[a-z]{0,4} (?:any )?(?:e-?mail|mail|smtp)",
            r"(?:host|server|system|domain|site|machine) (?:does not|doesn't|will not|never|do not) (?:accept|receive|take|process|handle)[a-z]{0,3} (?:any )?(?:incoming |inbound |network )?(?:e-?mail|mail|smtp|messages)(?! from)",
            r"not accepting network messages",
            r"(?:no|not any|without|does not have an?|has no|not have a valid|no valid|not find an?|not found) mx (?:record|host|server|or a record|entr)",
            r"mx record(?:s)? (?:not found|does not exist|missing)",
            r"all (?:relevant )?mx records point to non-?exist",
            r"recipient address has (?:a )?null mx",
            r"domain is (?:not configured|parked|for sale|not in use)",
            r"no (?:mail|smtp) (?:server|exchanger|host|service)s? (?:for|at|found|configured|available for) ",
        ),
    ),
    Rule(
        "bad-domain",
        Reason.BAD_DOMAIN,
        "RFC 3463 X.1.2; Postfix, Sendmail, qmail, Exim, Gmail, Exchange 5.4.4 and 5.4.310, DragonFly, OpenSMTPD",
        (
            r"(?:host|domain|hostname|domain name|site|mail server|system)s? (?:name )?(?:@ |[a-z0-9_.-]{1,200} |\"?[a-z0-9_.-]{1,200}\"? |name )?(?:is |was |does |do |could |can |has |in address )?(?:not found|unknown|not exist|does not exist|doesn't exist|n[o']t exist|invalid|not valid|not be found|not recogni[sz]ed|not be resolved|not resolve|nonexist|non-exist|isn't valid|not registered|unresolvable|not reachable|not known|not be located|no longer exist|has expired)",
            r"(?:unknown|no such|invalid|non-?existent|bad|unrout(?:e)?able|illegal|unresolvable|misspelled|unresolved|inexistent) (?:mail |destination |recipient |remote |smtp |e-?mail |recipient's |destination system |top-?level )?(?:host|domain|hostname|domain name|destination system|site)\b",
            r"(?:couldn't|could not|can't|cannot|unable to|failed to|not) (?:find|resolve|locate|look ?up|route) (?:any |the |a |your )?(?:mail )?(?:host|domain|hostname|mx|dns|gateway|exchanger|mail exchanger|route|ip)",
            r"name or service not known",
            r"nxdomain",
            r"host or domain name not found",
            r"unrout(?:e)?able (?:address|mail domain|domain)",
            r"all host address lookups failed permanently",
            r"no (?:such|route to) (?:domain|host name)",
            r"(?:domain|dns) (?:name )?lookup (?:has )?failed",
            r"dns (?:lookup failure|error)",
            r"non-?existent ?domain",
            r"no (?:dns|a|address) (?:record|entr)[a-z]{0,3} (?:for|found|exist)",
            r"could not find a gateway",
            r"domain .{0,60}(?:couldn't|could not|can't|cannot) be found",
            r"because the domain is not reachable",
        ),
    ),
)
