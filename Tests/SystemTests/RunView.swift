// SPDX-License-Identifier: Apache-2.0
// A run as `jackfield run --json` and `runs show --json` print it.
import Values

/// One run and its timeline.
struct RunView: Sendable, CustomStringConvertible {
  let value: JSONValue

  var id: Int64 { value["id"]?.asInteger ?? 0 }
  var state: String { value["state"]?.asText ?? "" }
  var mark: String? { value["mark"]?.asText }
  var isFinished: Bool { value["finished_at"] != nil }
  /// **Unit**: milliseconds; nil while it is under way.
  var duration: Int64? { value["duration_ms"]?.asInteger }
  var timeline: [Entry] { (value["timeline"]?.asList ?? []).map(Entry.init) }
  var description: String { value.prettyJSON }

  /// The last entry of an action; an empty one when the run never got there.
  subscript(_ component: String) -> Entry {
    timeline.last { $0.component == component } ?? Entry(value: [:])
  }

  /// One line of the timeline.
  struct Entry: Sendable {
    let value: JSONValue

    var component: String { value["component"]?.asText ?? "" }
    var kind: String { value["kind"]?.asText ?? "" }
    var status: String { value["status"]?.asText ?? "" }
    var taken: String? { value["taken"]?.asText }
    var output: JSONValue { value["output"] ?? .null }
    var errorClass: String { value["error"]?["class"]?.asText ?? "" }
    var code: String { value["error"]?["code"]?.asText ?? "" }
    var providerCode: String { value["error"]?["provider_code"]?.asText ?? "" }
    var message: String { value["error"]?["message"]?.asText ?? "" }
  }
}
