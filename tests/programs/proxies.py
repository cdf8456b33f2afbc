"""HTTP proxies as Debian ships them, which keep connections to our daemon open and hand on the requests of many over each.

nginx has the lines of docs/pages.md, and the two by which its manual keeps connections open (ngx_http_upstream_module,
``keepalive``). HAProxy's ``option forwardfor`` and ``http-reuse always`` stand in its Configuration Manual 2.6, section 4.2.
"""

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from programs.names import LOOPBACK
from programs.parts import find, free_port, why_absent
from programs.private_root import Folder, Place, Setup, inhabit

PAGES = Path(__file__).parents[2] / "docs" / "pages.md"
NGINX = """\
daemon off;
user nobody nobody;
worker_processes 1;
error_log stderr;
pid /run/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path /tmp/body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;
    proxy_http_version 1.1;
    upstream bouncer {{ server 127.0.0.1:{ours}; keepalive 4; }}
    server {{
        listen 127.0.0.1:{here};
        {location}
    }}
}}
"""
HAPROXY = """\
global
    maxconn 200
defaults
    mode http
    timeout connect 20s
    timeout client 20s
    timeout server 20s
frontend pages
    bind 127.0.0.1:{here}
    option forwardfor
    http-request set-header X-Forwarded-Proto %[ssl_fc,iif(https,http)]
    default_backend bouncer
backend bouncer
    http-reuse always
    server ours 127.0.0.1:{ours}
"""


def nginx_setup(here: int, ours: int) -> Setup:
    """Make nginx listen on port *here* for our daemon on port *ours*."""
    printed = re.search(r"^    location / \{.*?^    \}", PAGES.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert printed is not None
    kept_open = 'proxy_pass http://bouncer;\nproxy_set_header Connection "";'
    location = printed[0].replace("proxy_pass http://127.0.0.1:8080;", kept_open)
    assert kept_open in location
    return Setup(
        command="exec /usr/sbin/nginx -c /etc/nginx/ours.conf",
        files={"/etc/nginx/ours.conf": NGINX.format(here=here, ours=ours, location=location)},
        folders=(Folder("/var/log/nginx"),),
        greeting=b"",
    )


def haproxy_setup(here: int, ours: int) -> Setup:
    """Make HAProxy listen on port *here* for our daemon on port *ours*."""
    return Setup(
        command="exec /usr/sbin/haproxy -db -f /etc/haproxy/ours.cfg",
        files={"/etc/haproxy/ours.cfg": HAPROXY.format(here=here, ours=ours)},
        greeting=b"",
    )


PROXIES: dict[str, Callable[[int, int], Setup]] = {"nginx": nginx_setup, "haproxy": haproxy_setup}


@contextlib.contextmanager
def http_proxy(name: str, ours: int) -> Iterator[Place]:
    """Run the proxy before our HTTP server on port *ours* until the block ends. LookupError when it is absent."""
    part = find(name)
    if part is None:
        raise LookupError(why_absent(name))
    here = free_port()
    setup = PROXIES[name](here, ours)
    with inhabit(part.root, setup, hostname="bounces.acme.example", port=here, nameserver=LOOPBACK) as place:
        yield place
