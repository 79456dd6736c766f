"""A real mail server for the journeys (aiosmtpd). It takes every mail from whoever signs in, and writes it, parsed, as a
line of JSON; the first line has its port.

    server.py starttls|smtps CERTIFICATE KEY NAME PASSWORD
"""

import asyncio
import json
import ssl
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP, AuthResult

mode, certificate, key, name, password = sys.argv[1:]


def say(value):
    print(json.dumps(value), flush=True)


def sign_in(server, session, envelope, mechanism, data):
    good = data.login == name.encode() and data.password == password.encode()
    # What is not handled here is answered 535 by the server itself.
    return AuthResult(success=good, handled=good)


class Handler:
    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        parts = [
            {
                "type": part.get_content_type(),
                "charset": part.get_content_charset(),
                "text": part.get_content(),
            }
            for part in mail.walk()
            if not part.is_multipart()
        ]
        say(
            {
                "type": mail.get_content_type(),
                "encrypted": session.ssl is not None or mode == "smtps",
                "receivers": envelope.rcpt_tos,
                "sender": envelope.mail_from,
                "headers": {header: str(value) for header, value in mail.items()},
                "defects": [str(defect) for defect in mail.defects],
                "parts": parts,
            }
        )
        return "250 taken"


async def serve():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    wrapped = mode == "smtps"

    def session():
        return SMTP(
            Handler(),
            hostname="localhost",
            authenticator=sign_in,
            auth_required=True,
            # What is wrapped in TLS has no need of STARTTLS, and aiosmtpd does not know that it is.
            auth_require_tls=not wrapped,
            tls_context=None if wrapped else context,
            require_starttls=not wrapped,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0, ssl=context if wrapped else None)
    say({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


asyncio.run(serve())
