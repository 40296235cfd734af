"""Answers as jupyterhub.tests.mocksu does, and starts in a tenth of its time.

Run as a program, with nothing but the standard library: its path with /args gives sys.argv, with
/env the environment, and any other comes back as it is.
"""

import json
import os
import ssl
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlparse


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.endswith("/args"):
            self._answer("application/json", json.dumps(sys.argv))
        elif path.endswith("/env"):
            self._answer("application/json", json.dumps(dict(os.environ)))
        else:
            self._answer("text/plain", path)

    do_HEAD = do_GET

    def _answer(self, content_type: str, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def main() -> None:
    url = urlparse(os.environ["JUPYTERHUB_SERVICE_URL"])
    server = ThreadingHTTPServer((url.hostname or "", url.port or 0), Echo)
    if url.scheme == "https":
        context = ssl.create_default_context(
            ssl.Purpose.CLIENT_AUTH, cafile=os.environ["JUPYTERHUB_SSL_CLIENT_CA"]
        )
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_cert_chain(
            os.environ["JUPYTERHUB_SSL_CERTFILE"], os.environ["JUPYTERHUB_SSL_KEYFILE"]
        )
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
