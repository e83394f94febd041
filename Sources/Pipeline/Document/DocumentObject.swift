// SPDX-License-Identifier: Apache-2.0
// One object of a document being read: its keys are known, or reported.

import Values

/// An object with its place, whose keys have been checked.
struct DocumentObject {
  let base: DocumentValue
  private let members: JSONObject

  var path: DocumentPath { base.path }
  var findings: FindingList { base.findings }
  var names: [String] { Array(members.names) }

  fileprivate init(base: DocumentValue, members: JSONObject) {
    self.base = base
    self.members = members
  }

  /// A member that is there.
  subscript(key: String) -> DocumentValue? {
    members[key].map { DocumentValue($0, path: path.appending(key), findings: findings) }
  }

  /// A member that has to be there.
  func required(_ key: String) -> DocumentValue? {
    if let member = self[key] { return member }
    base.error("missing_key", "\(base.label) needs \"\(key)\"")
    return nil
  }

  /// All members, in the order of the document.
  var all: [(key: String, value: DocumentValue)] {
    members.map { member in
      (
        member.name,
        DocumentValue(member.value, path: path.appending(member.name), findings: findings)
      )
    }
  }
}

extension DocumentValue {
  /// The value as an object that may have `keys`, and `note` everywhere. Keys of `later` are
  /// recognised and reported as not supported by this version.
  func object(
    keys: [String], later: [String] = [], laterSeverity: Finding.Severity = .error
  ) -> DocumentObject? {
    guard let members = value.asObject else {
      wrongType("an object")
      return nil
    }
    for (name, _) in members where !keys.contains(name) && name != "note" {
      if later.contains(name) {
        notSupported(name, severity: laterSeverity)
        continue
      }
      let known = keys + later
      findings.add(
        .error, "unknown_key",
        "unknown key \"\(name)\"" + Suggestion.text(for: name, among: known),
        at: path.appending(name), ofKey: true, nearest: Suggestion.nearest(to: name, among: known))
    }
    return DocumentObject(base: self, members: members)
  }

  /// The value as an object with free keys.
  func map(atMost limit: Int) -> DocumentObject? {
    guard let members = value.asObject else {
      wrongType("an object")
      return nil
    }
    guard members.count <= limit else {
      error("too_many", "\(label) has \(members.count) members: at most \(limit)")
      return nil
    }
    return DocumentObject(base: self, members: members)
  }

  /// Reports a key of the format that this version does not act on.
  func notSupported(_ key: String, severity: Finding.Severity = .error) {
    findings.add(
      severity, "not_supported",
      "\"\(key)\" is not supported by this version yet: "
        + (severity == .error ? "leave it out" : "it is ignored"),
      at: path.appending(key), ofKey: true)
  }
}
