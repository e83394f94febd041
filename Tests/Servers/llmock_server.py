# SPDX-License-Identifier: Apache-2.0
"""llmock: a chat server that limits rates and fails as the real ones do, with their headers.

Requests are not logged: the server is not ours.
"""
import os
import socket
import threading

import uvicorn

import loopback


def main():
    parser = loopback.arguments(__doc__)
    parser.add_argument("--rpm", help="requests a minute and key; beyond it 429 with the wait")
    parser.add_argument("--error-rate", action="append", default=[], metavar="STATUS=SHARE")
    options = parser.parse_args()

    if options.rpm:
        os.environ["LLMOCK_RPM"] = options.rpm
    for rate in options.error_rate:
        status, share = rate.split("=")
        os.environ[f"LLMOCK_ERROR_RATE_{status}"] = share
    os.environ["LLMOCK_RESPONSE_STYLE"] = "echo"

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(256)
    # It reads its settings when it is imported.
    server = uvicorn.Server(uvicorn.Config("llmock.main:app", log_level="error"))
    threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
    loopback.ready(listening.getsockname()[1])
    loopback.until_told_to_end()


if __name__ == "__main__":
    main()
