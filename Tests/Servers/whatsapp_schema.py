# SPDX-License-Identifier: Apache-2.0
"""The messages that whatsapp_cloud.py accepts, as JSON Schema, from Meta's published
specification (facebook/openapi v23.0) and documented limits. Unknown members are refused, which
is stricter than Meta: a misspelt member must not pass a test.
"""
import jsonschema


def text(longest, shortest=1):
    return {"type": "string", "minLength": shortest, "maxLength": longest}


def closed(required, **properties):
    """An object with these members and no others; required is a space-separated list."""
    return {"type": "object", "properties": properties, "required": required.split(),
            "additionalProperties": False}


def media(**extra):
    return {**closed("", id=text(256), link={"type": "string", "pattern": "^https?://"}, **extra),
            "oneOf": [{"required": ["id"]}, {"required": ["link"]}]}


CAPTION = text(1024)
MEDIA = {
    "image": media(caption=CAPTION), "video": media(caption=CAPTION), "audio": media(),
    "document": media(caption=CAPTION, filename=text(240)), "sticker": media(),
}

FILLING = {**text(32768), "not": {"pattern": "[\\n\\r\\t]| {5}"}}
PARAMETER = {"oneOf": [
    closed("type text", type={"const": "text"}, text=FILLING, parameter_name=text(64)),
    closed("type payload", type={"const": "payload"}, payload=text(128)),
    closed("type currency", type={"const": "currency"}, parameter_name=text(64), currency=closed(
        "fallback_value code amount_1000", fallback_value=text(60),
        code={"type": "string", "pattern": "^[A-Z]{3}$"}, amount_1000={"type": "integer"})),
    closed("type date_time", type={"const": "date_time"}, parameter_name=text(64),
           date_time=closed("fallback_value", fallback_value=text(60))),
    closed("type image", type={"const": "image"}, image=MEDIA["image"]),
    closed("type video", type={"const": "video"}, video=MEDIA["video"]),
    closed("type document", type={"const": "document"}, document=MEDIA["document"]),
]}
COMPONENT = {"oneOf": [
    closed("type parameters", type={"enum": ["header", "body"]},
           parameters={"type": "array", "items": PARAMETER, "minItems": 1}),
    closed("type sub_type index parameters", type={"const": "button"},
           sub_type={"enum": ["quick_reply", "url"]},
           index={"type": "string", "pattern": "^[0-9]$"},
           parameters={"type": "array", "items": PARAMETER, "minItems": 1, "maxItems": 1}),
]}
TEMPLATE = closed(
    "name language", name={"type": "string", "pattern": "^[a-z0-9_]{1,512}$"},
    language=closed("code", code={"type": "string", "pattern": "^[a-z]{2,3}(_[A-Z]{2,3})?$"}),
    components={"type": "array", "items": COMPONENT, "minItems": 1})

HEADER = {"oneOf": [closed("type text", type={"const": "text"}, text=text(60))] + [
    closed(f"type {kind}", type={"const": kind}, **{kind: MEDIA[kind]})
    for kind in ("image", "video", "document")]}
ROW = closed("id title", id=text(200), title=text(24), description=text(72))
INTERACTIVE = {"oneOf": [
    closed("type body action", type={"const": "button"}, header=HEADER,
           body=closed("text", text=text(1024)), footer=closed("text", text=text(60)),
           action=closed("buttons", buttons={
               "type": "array", "minItems": 1, "maxItems": 3, "items": closed(
                   "type reply", type={"const": "reply"},
                   reply=closed("id title", id=text(256), title=text(20)))})),
    closed("type body action", type={"const": "list"}, header=HEADER,
           body=closed("text", text=text(1024)), footer=closed("text", text=text(60)),
           action=closed("button sections", button=text(20), sections={
               "type": "array", "minItems": 1, "maxItems": 10, "items": closed(
                   "rows", title=text(24),
                   rows={"type": "array", "minItems": 1, "maxItems": 10, "items": ROW})})),
]}

CONTENT = {
    "text": closed("body", body=text(4096), preview_url={"type": "boolean"}),
    "template": TEMPLATE, "interactive": INTERACTIVE, **MEDIA,
}


def envelope(kind):
    """A message of one type: exactly its own content beside the envelope."""
    return closed(
        f"messaging_product to type {kind}",
        messaging_product={"const": "whatsapp"},
        recipient_type={"enum": ["individual", "group"]},
        to={"type": "string", "pattern": "^\\+?[1-9][0-9]{5,14}$"},
        type={"const": kind}, context=closed("message_id", message_id=text(256)),
        biz_opaque_callback_data=text(512), **{kind: CONTENT[kind]})


def violations(message):
    """What is wrong with a message, as sentences; none when Meta's form is kept."""
    kind = message.get("type")
    if kind not in CONTENT:
        return [f"type is {kind!r}, not one of {', '.join(CONTENT)}"]
    validator = jsonschema.Draft202012Validator(envelope(kind))
    found = [
        f"Param {'/'.join(str(part) for part in error.absolute_path) or 'body'}: {error.message}"
        for error in sorted(validator.iter_errors(message), key=lambda error: list(error.path))]
    rows = [row for section in message.get("interactive", {}).get("action", {}).get("sections", [])
            for row in section.get("rows", [])] if not found else []
    if len(rows) > 10:
        found.append(f"Param interactive: {len(rows)} rows, at most 10 over all sections")
    return found
