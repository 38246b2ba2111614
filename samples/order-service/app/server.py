"""The HTTP side: GET /health and /live, GET and POST /orders, GET /orders/ID."""

import json
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from app.orders import InvalidOrder, OrderStore

MAX_BODY = 64 * 1024


def create_server(host, port, version, store=None):
    """A server that is ready for serve_forever(). Port 0 takes a free one."""
    handler = type("Handler", (OrderHandler,), {"version": version, "store": store or OrderStore()})
    return ThreadingHTTPServer((host, port), handler)


class OrderHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "order-service"
    sys_version = ""
    timeout = 30  # seconds that a silent client may hold a thread
    version = "dev"
    store = None

    def do_GET(self):
        path = self.path.split("?", 1)[0]
        if path == "/health":
            self._reply(HTTPStatus.OK, {"status": "ok", "version": self.version})
        elif path == "/live":
            self._reply(HTTPStatus.OK, {"alive": True})
        elif path == "/orders":
            self._reply(HTTPStatus.OK, {"orders": self.store.all()})
        elif path.startswith("/orders/"):
            order = self.store.get(path[len("/orders/"):])
            if order is None:
                self._refuse(HTTPStatus.NOT_FOUND, ["there is no such order"])
            else:
                self._reply(HTTPStatus.OK, order)
        else:
            self._refuse(HTTPStatus.NOT_FOUND, ["there is nothing here"])

    def do_POST(self):
        if self.path != "/orders":
            self.close_connection = True  # its body was not read
            self._refuse(HTTPStatus.NOT_FOUND, ["there is nothing here"])
            return
        body = self._read_body()
        if body is None:
            return
        try:
            order = self.store.add(json.loads(body))
        except InvalidOrder as error:
            self._refuse(HTTPStatus.UNPROCESSABLE_ENTITY, error.problems)
        except (ValueError, RecursionError):
            self._refuse(HTTPStatus.BAD_REQUEST, ["the body is no JSON"])
        else:
            self._reply(HTTPStatus.CREATED, order, {"Location": f"/orders/{order['id']}"})

    def log_message(self, format, *args):
        if self.path not in ("/health", "/live"):  # probes would drown everything else
            super().log_message(format, *args)

    def _read_body(self):
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            length = -1
        if 0 <= length <= MAX_BODY:
            return self.rfile.read(length)
        self.close_connection = True
        if length < 0:
            self._refuse(HTTPStatus.LENGTH_REQUIRED, ["Content-Length is required"])
        else:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, [f"the body has at most {MAX_BODY} bytes"])
        return None

    def _refuse(self, status, problems):
        self._reply(status, {"problems": problems})

    def _reply(self, status, body, headers=None):
        content = json.dumps(body).encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)
