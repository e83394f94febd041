// SPDX-License-Identifier: Apache-2.0
// What the host under the storm runs.
import Values

/// Project and connector of a storm: every event makes a row, a request that may not be repeated,
/// one that may, and a last row.
enum StormDocuments {
  static let project = "storm"
  static let firstStorage = "first"
  static let lastStorage = "last"
  /// Where requests go that must never arrive twice.
  static let oncePath = "/once"
  static let keyedPath = "/keyed"

  /// - Parameter target: `127.0.0.1:PORT` of the requests.
  static func project(target: String) -> JSONValue {
    let storages = [firstStorage, lastStorage].map { name -> JSONValue in
      ["name": .text(name), "columns": [["name": "event", "type": "text"]]]
    }
    return [
      "format": 1, "name": .text(project),
      "plugins": [
        "data_storage": [:],
        "http": [
          "grants": ["hosts": [.text(target)]],
          // The manifest's ten a minute would leave the runs waiting, and so would a breaker that
          // holds the plugin back because its workers die.
          "policy": [
            "timeout": "20 s", "rate": ["calls": 1_000_000, "per": "1 min"],
            "breaker": ["opens_after": 1_000],
          ],
        ],
      ],
      "storages": .list(storages),
    ]
  }

  static func connector(target: String) -> JSONValue {
    [
      "format": 1, "project": .text(project), "name": "storm",
      "trigger": ["webhook": ["dedupe": ["by": "{{event.id}}", "within": "1 d"]]],
      "steps": [
        [
          "id": "only",
          "components": [
            [
              "filter": [
                "id": "there",
                "all": [["left": "{{event.id}}", "type": "text", "op": "is_not_empty"]],
              ]
            ],
            row("first_row", firstStorage),
            request("once", target + oncePath, effect: "at_most_once"),
            request("keyed", target + keyedPath, effect: "keyed"),
            row("last_row", lastStorage),
          ],
        ]
      ],
    ]
  }

  private static func row(_ id: String, _ storage: String) -> JSONValue {
    [
      "action": [
        "id": .text(id), "use": "data_storage.create_row",
        "with": ["storage": .text(storage), "fields": ["event": "{{event.id}}"]],
      ]
    ]
  }

  private static func request(_ id: String, _ address: String, effect: String) -> JSONValue {
    [
      "action": [
        "id": .text(id), "use": "http.request", "fallback": "continue",
        "with": [
          "method": "POST", "url": .text("http://" + address), "body_kind": "json",
          "effect": .text(effect), "body": ["id": "{{event.id}}"],
        ],
      ]
    ]
  }
}
