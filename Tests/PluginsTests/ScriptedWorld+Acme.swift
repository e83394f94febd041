// SPDX-License-Identifier: Apache-2.0
// The project every test of a plugin starts from.
import Values

extension ScriptedWorld {
  /// Three channels, a contact, a storage with two rows, an attribute of each kind.
  static func acme() -> ScriptedWorld {
    let world = ScriptedWorld()
    world.collections = [
      "channel": [
        "101": ["name": "wa_main", "kind": "whatsapp_cloud", "credential": "wa_cloud"],
        "102": [
          "name": "ops_mail", "kind": "email", "credential": "smtp_main",
          "reply_address": "reply+{token}@mail.example.com",
        ],
        "103": ["name": "wa_off", "kind": "whatsapp_cloud", "credential": "c", "enabled": false],
        "104": [
          "name": "wa_web", "kind": "whatsapp_gateway", "credential": "wa_web", "gap": "0 s",
        ],
      ],
      "contact": [
        "401": [
          "channel": "101", "number": "16505551234", "name": "Bo", "tags": ["lead"],
          "attributes": ["Score": 3],
        ]
      ],
      "reply_address": [
        "901": [
          "token": "4z2m1c7r9x0d5k8w3p6t1v2b4n", "contact": "401", "channel": "101",
          "mail_channel": "102", "senders": [],
        ]
      ],
      "media": [
        "901": [
          "name": "Price list", "url": "https://files.example.com/p?v=2", "type": "application/pdf",
        ]
      ],
      "wa_template": [
        "951": [
          "channel": "101", "name": "order_ready", "language": "en_US", "placeholders": 2,
          "status": "APPROVED",
        ]
      ],
      "wa_group": [
        "971": [
          "channel": "104", "group_id": "120363000000000001@g.us", "name": "Technology",
        ]
      ],
      "tag": ["601": ["name": "lead"]],
      "attribute": [
        "701": ["name": "Lead Source", "type": "text"],
        "702": ["name": "Score", "type": "number"],
        "703": ["name": "Plan", "type": "choice", "options": ["starter", "team"]],
      ],
      "optout_list": ["801": ["name": "all", "system": true], "802": ["name": "newsletter"]],
      "storage": [
        "301": [
          "name": "Lead Topics",
          "columns": [
            ["name": "lead", "type": "text", "indexed": true], ["name": "topic", "type": "text"],
            ["name": "position", "type": "number"], ["name": "open", "type": "boolean"],
            ["name": "due", "type": "date"], ["name": "at", "type": "date_time"],
            ["name": "mail", "type": "email"], ["name": "site", "type": "website"],
            ["name": "parts", "type": "list"], ["name": "more", "type": "object"],
          ],
        ]
      ],
      "row": [
        "501": ["storage": "301", "fields": ["lead": "L-7", "topic": "Pipelines"]],
        "502": ["storage": "301", "fields": ["lead": "L-8", "topic": "Plugins", "position": 5]],
      ],
    ]
    world.credentials = [
      "wa_cloud": [
        "name": "wa_cloud", "kind": "whatsapp_cloud", "phone_number_id": "106540352242922",
        "base_url": "https://graph.facebook.com", "api_version": "v23.0",
      ],
      "wa_web": [
        "name": "wa_web", "kind": "whatsapp_gateway", "adapter": "waha",
        "base_url": "https://waha.example.com", "session": "default",
      ],
      "smtp_main": ["name": "smtp_main", "kind": "mail", "host": "mail.example.com"],
    ]
    world.runs.connectors = [
      "orders": true, "night_desk": true, "old_desk": false, "webinar_registration": true,
      "system.broadcast": true,
    ]
    world.runs.waiting = [
      ("webinar_registration", "webinar:77", "31"), ("webinar_registration", "webinar:77", "32"),
      ("webinar_registration", "webinar:78", "33"),
    ]
    return world
  }

  /// The same with an OpenAI credential and no other.
  static func openAI(_ fields: JSONObject = [:]) -> ScriptedWorld {
    let world = acme()
    var credential: JSONObject = [
      "name": "openai_main", "kind": "openai", "base_url": "https://api.openai.com/v1",
    ]
    for (name, value) in fields { credential[name] = value }
    world.credentials = ["openai_main": .object(credential)]
    return world
  }
}
