"""How pika connects to the broker: the one place that reads its URL for threads."""

import ssl
from urllib.parse import parse_qsl, urlencode, urlsplit

import pika

from shared.tls import broker_certificates


def parameters(url: str) -> pika.URLParameters:
    """Return pika's parameters of an amqp:// or amqps:// URL.

    Over TLS the broker's certificate has to fit `cacertfile` of the URL and the URL's host. Raises
    OSError when the file is not there.
    """
    parts = urlsplit(url)
    # pika refuses parameters that it doesn't know.
    query = urlencode([item for item in parse_qsl(parts.query) if item[0] != "cacertfile"])
    found = pika.URLParameters(parts._replace(query=query).geturl())
    if certificates := broker_certificates(url):
        context = ssl.create_default_context(cafile=certificates)
        found.ssl_options = pika.SSLOptions(context, found.host)
    return found
