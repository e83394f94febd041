# SPDX-License-Identifier: Apache-2.0
"""httpbin behind gunicorn: a server that nobody wrote for these tests.

A log line has {method, path, query}; it is written when the request has come.
"""
import os
import signal
import threading

import gunicorn.app.base
import httpbin

import loopback


def main():
    parser = loopback.arguments(__doc__)
    options = parser.parse_args()
    log = loopback.RequestLog(options.log)

    def logged(environ, start_response):
        log.write({"method": environ["REQUEST_METHOD"], "path": environ["PATH_INFO"],
                   "query": environ["QUERY_STRING"]})
        return httpbin.app(environ, start_response)

    def end_with_input():
        while os.read(0, 65536):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    def ready(server):
        threading.Thread(target=end_with_input, daemon=True).start()
        loopback.ready(server.LISTENERS[0].getsockname()[1])

    class Server(gunicorn.app.base.BaseApplication):
        def load_config(self):
            self.cfg.set("bind", "127.0.0.1:0")
            self.cfg.set("workers", 1)
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("threads", 8)
            self.cfg.set("control_socket_disable", True)
            self.cfg.set("loglevel", "critical")
            self.cfg.set("when_ready", ready)

        def load(self):
            return logged

    Server().run()


if __name__ == "__main__":
    main()
