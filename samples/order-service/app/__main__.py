"""Starts the service: python -m app"""

import os
import signal
import threading

from app.server import create_server


def main():
    server = create_server(
        host=os.environ.get("HOST", "0.0.0.0"),
        port=int(os.environ.get("PORT", "8080")),
        version=os.environ.get("APP_VERSION", "dev"),
    )
    # Kubernetes sends SIGTERM: finish what runs, then end. shutdown() waits for serve_forever(),
    # so it must not run on the same thread.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"order-service listens on port {server.server_address[1]}", flush=True)
    server.serve_forever()
    server.server_close()
    print("order-service has ended", flush=True)


if __name__ == "__main__":
    main()
