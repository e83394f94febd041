# SPDX-License-Identifier: Apache-2.0
"""The ways in which a secret may be written, made by Python's own encoders."""
import base64
import html
import json
import re
import urllib.parse


def lower_escapes(text):
    """The escapes of percent-encoded text in lower case, nothing else."""
    parts = text.split("%")
    return parts[0] + "".join("%" + p[:2].lower() + p[2:] for p in parts[1:])


def encoded(secret):
    """As a peer may echo it: name of the encoding, then the text."""
    data = secret.encode()
    dumped = json.dumps(secret)[1:-1]
    percent = urllib.parse.quote(secret, safe="")
    forms = {
        "raw": secret, "percent": percent, "percent_lower": lower_escapes(percent),
        "form": urllib.parse.quote_plus(secret), "json": dumped,
        "json_utf8": json.dumps(secret, ensure_ascii=False)[1:-1],
        "json_slash": dumped.replace("/", "\\/"),
        "json_html": dumped.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
        "hex": data.hex(), "hex_upper": data.hex().upper(), "html": html.escape(secret),
        "base64": base64.b64encode(data).decode(),
        "base64_url": base64.urlsafe_b64encode(data).decode(),
        "base64_pair": base64.b64encode(b"user:" + data).decode(),
        "base64_shifted": base64.b64encode(b"k=" + data + b"&x").decode(),
    }
    return forms


def traces(secret):
    """What must be found nowhere: name, then the bytes. Of base64 the part that does not depend on
    what stands around the secret."""
    found = {name: text.encode() for name, text in encoded(secret).items()
             if not name.startswith("base64")}
    data = secret.encode()
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + data).rstrip(b"=")
        stable = whole[-(-shift * 4 // 3):len(whole) - (1 if (shift + len(data)) % 3 else 0)]
        found[f"base64_{shift}"] = stable
        found[f"base64_url_{shift}"] = stable.replace(b"+", b"-").replace(b"/", b"_")
    # What was cut before it was looked through is a secret as well.
    for run in re.findall("[A-Za-z0-9]{10,}", secret):
        for at in range(len(run) - 9):
            found[f"part_{at}"] = run[at:at + 10].encode()
    return found
