# SPDX-License-Identifier: Apache-2.0
"""An SMTP server that keeps what it gets and answers as it is told.

--script is a JSON object from a stage to what happens there. Stages: CONNECT, EHLO, STARTTLS,
AUTH, MAIL, RCPT, DATA (the answer to the command), BODY (the answer to the final dot), QUIT.
What happens is a reply ("451 4.7.1 later"), "HANG" (no answer, ever), "CLOSE" (the connection is
reset), null (as usual), or a list of these used up in turn. RCPT also takes an object from an
address to one of them.
"""
import asyncio
import json
import os
import threading

from aiosmtpd.smtp import SMTP, AuthResult

import loopback


class Script:
    """What is to happen at each stage, lists used up from the front."""

    def __init__(self, text):
        self.stages = json.loads(text or "{}")

    def take(self, stage, argument=None):
        entry = self.stages.get(stage)
        if isinstance(entry, dict):
            address = (argument or "").partition(":")[2].strip().split(" ")[0].strip("<>")
            entry = entry.get(address)
        if isinstance(entry, list):
            return entry.pop(0) if entry else None
        return entry


class ScriptedSMTP(SMTP):
    """The protocol, with the script consulted before each command."""

    def __init__(self, keeper, **options):
        self.keeper = keeper
        self.greeted = False
        self.last_reply = None
        super().__init__(keeper, **options)

    async def push(self, status):
        if not self.greeted:
            self.greeted = True
            if await self.scripted("CONNECT", None):
                return
        text = status.decode("ascii", "replace") if isinstance(status, bytes) else status
        self.last_reply = text
        await super().push(status)

    async def act(self, what):
        """Carries out a script's entry; returns whether there was one."""
        if what is None:
            return False
        if what == "HANG":
            await asyncio.Event().wait()
        elif what == "CLOSE":
            self.transport.abort()
        else:
            self.last_reply = what
            await SMTP.push(self, what)
            if what.startswith("421") and self.transport:
                self.transport.close()
        return True

    async def scripted(self, stage, argument):
        what = self.keeper.script.take(stage, argument)
        if what is None:
            return False
        self.keeper.note(self, stage, argument, what)
        return await self.act(what)

    async def run(self, stage, argument, usual):
        if await self.scripted(stage, argument):
            return
        await usual(argument)
        shown = (argument or "").split(" ")[0] if stage == "AUTH" else argument
        self.keeper.note(self, stage, shown, self.last_reply)

    async def smtp_EHLO(self, arg):
        await self.run("EHLO", arg, super().smtp_EHLO)

    async def smtp_STARTTLS(self, arg):
        await self.run("STARTTLS", arg, super().smtp_STARTTLS)

    async def smtp_AUTH(self, arg):
        await self.run("AUTH", arg, super().smtp_AUTH)

    async def smtp_MAIL(self, arg):
        await self.run("MAIL", arg, super().smtp_MAIL)

    async def smtp_RCPT(self, arg):
        await self.run("RCPT", arg, super().smtp_RCPT)

    async def smtp_DATA(self, arg):
        # The body's own line is written by handle_DATA, which sees the mail.
        if not await self.scripted("DATA", arg):
            await super().smtp_DATA(arg)

    async def smtp_QUIT(self, arg):
        await self.run("QUIT", arg, super().smtp_QUIT)


class Keeper:
    """Stores mails as they came and logs every command."""

    def __init__(self, options):
        self.script = Script(options.script)
        self.log = loopback.RequestLog(options.log)
        self.folder = options.mails
        self.user, self.password = options.user, options.password
        self.mails = 0
        if self.folder:
            os.makedirs(self.folder, exist_ok=True)

    def note(self, server, stage, argument, reply):
        tls = bool(server.session and server.session.ssl)
        self.log.write({"stage": stage, "argument": argument, "reply": reply, "tls": tls})

    def authenticate(self, server, session, envelope, mechanism, data):
        login, password = data.login.decode(), data.password.decode()
        return AuthResult(success=(login, password) == (self.user, self.password), handled=False)

    async def handle_DATA(self, server, session, envelope):
        self.mails += 1
        name = f"{self.mails:04d}.eml"
        reply = self.script.take("BODY") or f"250 2.0.0 kept as {name}"
        if self.folder and (reply.startswith("2") or reply in ("HANG", "CLOSE")):
            path = os.path.join(self.folder, name)
            with open(path + ".part", "wb") as file:
                file.write(envelope.original_content)
            os.rename(path + ".part", path)
        self.log.write({
            "stage": "BODY", "from": envelope.mail_from, "to": envelope.rcpt_tos, "file": name,
            "size": len(envelope.original_content), "reply": reply, "tls": bool(session.ssl),
            "user": self.user if session.authenticated else None,
            "text": envelope.original_content.decode("utf-8", "replace")[:65536]})
        if reply in ("HANG", "CLOSE"):
            await server.act(reply)
        return reply


async def serve(options):
    keeper = Keeper(options)
    context = loopback.certificates(options.certificates) if options.tls != "none" else None
    if options.tls == "implicit" and options.handshake == "HANG":
        context = None  # the client's hello is never answered as TLS
    starttls = context if options.tls == "starttls" else None
    loop = asyncio.get_running_loop()

    def connection():
        return ScriptedSMTP(
            keeper, loop=loop, hostname="mail.test", tls_context=starttls,
            data_size_limit=options.size, enable_SMTPUTF8=options.smtputf8,
            require_starttls=starttls is not None and options.require_tls,
            auth_required=bool(options.user), auth_require_tls=starttls is not None,
            authenticator=keeper.authenticate if options.user else None)

    server = await loop.create_server(
        connection, "127.0.0.1", options.port,
        ssl=context if options.tls == "implicit" else None)
    loopback.ready(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def main():
    parser = loopback.arguments(__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mails", help="folder for the mails, 0001.eml and so on")
    parser.add_argument("--script", help="JSON, see above")
    parser.add_argument("--tls", choices=["none", "starttls", "implicit"], default="none")
    parser.add_argument("--require-tls", action="store_true", help="refuse MAIL before STARTTLS")
    parser.add_argument("--handshake", choices=["HANG"], help="with implicit: never answer TLS")
    parser.add_argument("--certificates", help="folder that ca.pem is written to (with --tls)")
    parser.add_argument("--user", help="AUTH is required, as this user")
    parser.add_argument("--password", default="")
    parser.add_argument("--size", type=int, default=33554432, help="SIZE announced, in bytes")
    parser.add_argument("--smtputf8", action="store_true")
    options = parser.parse_args()
    if options.tls != "none" and not options.certificates:
        parser.error("--tls needs --certificates")
    threading.Thread(target=asyncio.run, args=(serve(options),), daemon=True).start()
    loopback.until_told_to_end()


if __name__ == "__main__":
    main()
