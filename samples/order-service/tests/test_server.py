import http.client
import json
import threading
import unittest

from app.server import MAX_BODY, OrderHandler, create_server


class ServerTests(unittest.TestCase):
    """Against the real server, on a free port of loopback."""

    @classmethod
    def setUpClass(cls):
        cls.log = OrderHandler.log_message
        OrderHandler.log_message = lambda *_: None
        cls.server = create_server("127.0.0.1", 0, "1.2.3")
        cls.thread = threading.Thread(target=cls.server.serve_forever, kwargs={"poll_interval": 0.01})
        cls.thread.start()

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.thread.join()
        cls.server.server_close()
        OrderHandler.log_message = cls.log

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(*self.server.server_address, timeout=5)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, json.loads(response.read()), response.headers
        finally:
            connection.close()

    def post(self, order):
        return self.request("POST", "/orders", json.dumps(order))

    def test_live_says_only_that_the_process_works(self):
        status, body, _ = self.request("GET", "/live")
        self.assertEqual((200, {"alive": True}), (status, body))

    def test_health_names_the_version(self):
        status, body, headers = self.request("GET", "/health")
        self.assertEqual((200, {"status": "ok", "version": "1.2.3"}), (status, body))
        self.assertEqual("application/json", headers["Content-Type"])

    def test_order_can_be_read_back(self):
        status, created, headers = self.post(
            {"customer": "Zoë", "items": [{"sku": "tea", "quantity": 2, "price_cents": 350}]})
        self.assertEqual(201, status)
        self.assertEqual(700, created["total_cents"])
        self.assertEqual((200, created), self.request("GET", headers["Location"])[:2])
        self.assertIn(created, self.request("GET", "/orders?page=1")[1]["orders"])

    def test_invalid_order_is_refused_with_its_problems(self):
        status, body, _ = self.post({"customer": "Ada", "items": []})
        self.assertEqual((422, ["items is a list with at least one item"]), (status, body["problems"]))

    def test_body_that_is_no_json_is_refused(self):
        for body in (b"{", b"", b"\xff\xfe", b"[" * 50_000):
            with self.subTest(body=body[:10]):
                self.assertEqual(400, self.request("POST", "/orders", body)[0])

    def test_body_that_is_too_large_is_refused_unread(self):
        status, _, headers = self.request("POST", "/orders", headers={"Content-Length": str(MAX_BODY + 1)})
        self.assertEqual((413, "close"), (status, headers["Connection"]))

    def test_body_without_a_usable_length_is_refused(self):
        self.assertEqual(411, self.request("POST", "/orders", headers={"Content-Length": "many"})[0])

    def test_unknown_places_are_not_found(self):
        for method, path in (("GET", "/"), ("GET", "/orders/none"), ("POST", "/health")):
            with self.subTest(method=method, path=path):
                self.assertEqual(404, self.request(method, path)[0])


if __name__ == "__main__":
    unittest.main()
