// SPDX-License-Identifier: Apache-2.0
// What differs between two documents.

import Values

/// One difference.
package struct DocumentChange: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    case added, removed, changed
    /// The same part at another place among its neighbours, or in another step.
    case moved
  }

  /// **Shape** keys and ids, `steps.store.add_lead.with.fields.Plan`; no indices of parts that have
  /// an id.
  package var path: String
  package var kind: Kind
  package var old: JSONValue?
  package var new: JSONValue?

  package init(path: String, kind: Kind, old: JSONValue? = nil, new: JSONValue? = nil) {
    self.path = path
    self.kind = kind
    self.old = old
    self.new = new
  }

  /// **Shape** `changed steps.store.title: "CRM" → "CRM record"`; long values are cut.
  package var text: String {
    func short(_ value: JSONValue?) -> String {
      let text = value?.json ?? ""
      return text.unicodeScalars.count <= 120
        ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(120))) + "…"
    }
    switch kind {
    case .added: return "added \(path): \(short(new))"
    case .removed: return "removed \(path): \(short(old))"
    case .changed: return "changed \(path): \(short(old)) → \(short(new))"
    case .moved: return "moved \(path): \(short(old)) → \(short(new))"
    }
  }

  /// **Shape** `{path, kind, old?, new?}`.
  package var value: JSONValue {
    var object: JSONObject = ["path": .text(path), "kind": .text(kind.rawValue)]
    if let old { object["old"] = old }
    if let new { object["new"] = new }
    return .object(object)
  }
}
