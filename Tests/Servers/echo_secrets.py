# SPDX-License-Identifier: Apache-2.0
"""An HTTP server that tells everybody the secret it was sent.

--secrets is a JSON object from a name to the secrets a peer of that credential knows. The request
/<manner>/<name>… is answered with these, and with what the request held, in every spelling:
  body       200, a JSON body and response headers
  names      200, in the names of headers
  split      200, chunked, a few bytes at a time
  error      401, an error page
  redirect   302 to /body/<name> with the secret in the location
  away       302 to another origin that answers nothing, with the secret in the location
  cut        a body that breaks off
"""
import http.server
import json
import re
import threading
import urllib.parse

import loopback
import spellings


class Echo(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def act(self):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        path = urllib.parse.urlsplit(self.path).path.strip("/").split("/")
        manner, name = path[:2]
        self.server.log.write({
            "path": "/" + "/".join(path), "line": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode("utf-8", "replace")})
        told = {f"{at}_{name}": text for at, secret in enumerate(self.server.secrets[name])
                for name, text in spellings.encoded(secret).items()}
        try:
            getattr(self, "do_" + manner)(told, name)
        except OSError:
            self.close_connection = True

    do_GET = do_POST = do_PUT = act

    def echo(self, told):
        return json.dumps({
            "told": told, "line": self.path, "headers": dict(self.headers.items()),
            "text": " ".join(told.values())}, ensure_ascii=False).encode()

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def in_headers(self, told):
        """Header values are Latin-1 here, and hold no control characters."""
        return [(f"X-Told-{name.replace('_', '-')}", text.encode().decode("latin-1"))
                for name, text in told.items()]

    def do_body(self, told, _):
        self.answer(200, [("Content-Type", "application/json"), *self.in_headers(told)],
                    self.echo(told))

    def do_names(self, told, _):
        token = re.compile(r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
        names = [(f"X-{text}", "1") for text in told.values() if token.match(text)]
        self.answer(200, names, b"{}")

    def do_split(self, told, _):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        body = self.echo(told)
        for at in range(0, len(body), 7):
            part = body[at:at + 7]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def do_error(self, told, _):
        page = "<p>wrong key: " + "</p><p>".join(told.values()) + "</p>"
        self.answer(401, [("Content-Type", "text/html; charset=utf-8"),
                          ("WWW-Authenticate", "Bearer error=" + told["0_percent"])], page.encode())

    def do_redirect(self, told, name):
        self.answer(302, [("Location", f"/body/{name}?leak=" + told["0_percent"])], self.echo(told))

    def do_away(self, told, _):
        self.answer(302, [("Location", "http://127.0.0.1:1/?leak=" + told["0_percent"])], b"")

    def do_cut(self, told, _):
        body = self.echo(told)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + 100))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


def main():
    parser = loopback.arguments(__doc__)
    parser.add_argument("--secrets", default="{}", help="JSON, see above")
    options = parser.parse_args()
    server = Server(("127.0.0.1", 0), Echo)
    server.secrets = json.loads(options.secrets)
    server.log = loopback.RequestLog(options.log)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    loopback.ready(server.server_address[1])
    loopback.until_told_to_end()


if __name__ == "__main__":
    main()
