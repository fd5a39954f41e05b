"""An endpoint to which ЭҮШ pushes: prints what comes and acknowledges it. `shep_receive.py PORT`, 9000 by itself."""

import contextlib
import sys
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lxml import etree

RECEIPT = """<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<a:sendMessageResponse xmlns:a="http://bip.bee.kz/AsyncChannel/v10/Types"><response><messageId>{messageId}</messageId>
<correlationId>{correlationId}</correlationId><responseDate>{date}</responseDate><sessionId>{sessionId}</sessionId>
</response></a:sendMessageResponse></soap:Body></soap:Envelope>"""

seen = set()


class Endpoint(BaseHTTPRequestHandler):
    """Takes `sendMessage` of IAsyncChannelClient."""

    def do_POST(self):
        envelope = etree.fromstring(self.rfile.read(int(self.headers["Content-Length"])))
        info = {each.tag: each.text for each in envelope.find(".//messageInfo")}
        # A message may come twice: it is acknowledged again and acts once.
        if info["messageId"] not in seen:
            seen.add(info["messageId"])
            print(info["messageType"], info["messageId"], envelope.findtext(".//messageData/data"), flush=True)
        # Signed answers are taken as well, and a service may demand them; the echo does not.
        answer = RECEIPT.format(**info, date=datetime.now().astimezone().isoformat(timespec="milliseconds")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        """Say nothing of each call."""


port = int(sys.argv[1]) if len(sys.argv) > 1 else 9000
server = ThreadingHTTPServer(("127.0.0.1", port), Endpoint)
print(f"waiting at http://127.0.0.1:{server.server_port}/push", flush=True)
with contextlib.suppress(KeyboardInterrupt):
    server.serve_forever()
