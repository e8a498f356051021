"""A name server of one's own: TXT records, over UDP on a port of 127.0.0.1."""

from collections.abc import Iterator
from contextlib import contextmanager

from dnslib import QTYPE, RCODE, RR, TXT
from dnslib.server import BaseResolver, DNSHandler, DNSLogger, DNSRecord, DNSServer


class Names(BaseResolver):
    """Knows ``texts``: name -> TXT record; every other name does not exist."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        #: What was asked for, in order.
        self.asked: list[str] = []

    def resolve(self, request: DNSRecord, handler: DNSHandler) -> DNSRecord:
        """Answer one question."""
        name = str(request.q.qname).rstrip(".").lower()
        self.asked.append(name)
        answer = request.reply()
        text = self.texts.get(name)
        if text is None:
            answer.header.rcode = RCODE.NXDOMAIN
        elif request.q.qtype == QTYPE.TXT:
            parts = [text[at : at + 255].encode() for at in range(0, len(text), 255)]
            answer.add_answer(RR(request.q.qname, QTYPE.TXT, rdata=TXT(parts), ttl=60))
        return answer


@contextmanager
def name_server(texts: dict[str, str], port: int) -> Iterator[Names]:
    """Answer on ``port`` until the block ends."""
    names = Names(texts)
    server = DNSServer(names, address="127.0.0.1", port=port, logger=DNSLogger(log="-request,-reply", prefix=False))
    server.start_thread()
    try:
        yield names
    finally:
        server.stop()
        server.server.server_close()
