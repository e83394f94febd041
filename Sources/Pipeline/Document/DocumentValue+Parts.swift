// SPDX-License-Identifier: Apache-2.0
// Readers that several documents share.

import Schema
import Values

extension FindingList {
  /// Reports keys that stand twice in one object: the parser keeps the last, people mean one.
  func addDuplicateKeys(of document: JSONDocument) {
    for path in document.duplicateKeys() {
      guard case .key(let key) = path.elements.last else { continue }
      add(
        .error, "duplicate_key", "the key \"\(key)\" stands twice in one object: keep one",
        at: path, ofKey: true)
    }
  }
}

extension DocumentObject {
  /// The document's `format`, which is 1.
  func checkFormat() {
    guard let format = required("format") else { return }
    guard let number = format.value.asInteger else {
      format.wrongType("the number 1")
      return
    }
    if number != 1 {
      format.error(
        "unknown_format",
        "\"format\" is \(number), this version reads 1: update jackfield, or write format 1")
    }
  }
}

extension DocumentValue {
  /// Reads each element; those that are wrong are left out after their finding.
  func elements<Element>(atMost limit: Int, _ read: (DocumentValue) -> Element?) -> [Element]? {
    list(atMost: limit)?.compactMap(read)
  }

  /// Reports a name that stands twice in this list.
  func unique(_ names: [String], what: String) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      error("duplicate_name", "the \(what) \"\(name)\" is declared twice: rename one")
    }
  }

  /// A file beside the document: no folders, so that nothing outside is named.
  func fileName() -> String? {
    guard let text = text(atMost: 200) else { return nil }
    guard !text.utf8.contains(47), !text.utf8.contains(0), text != ".", text != ".." else {
      error("bad_file", "\(label) is \"\(text)\": name a file in the same folder")
      return nil
    }
    return text
  }

  /// A host name that a grant or credential may name: `api.example`, `*.example`, `host:8080`,
  /// `*`, or `{field}` where `mayBeField`.
  func hostName(mayBeField: Bool = false) -> String? {
    guard let text = text(atMost: 255) else { return nil }
    if mayBeField, text.first == "{", text.last == "}" { return text }
    let isHost =
      text == "*"
      || text.utf8.allSatisfy { byte in
        (97...122).contains(byte) || (48...58).contains(byte) || byte == 45 || byte == 46
          || byte == 42 || byte == 91 || byte == 93 || byte == 95
      }
    guard isHost, !text.dropFirst().contains("*") else {
      error(
        "bad_host",
        "\(label) is \"\(text)\": write a host name in lower case without scheme and path, "
          + "as api.example")
      return nil
    }
    return text
  }

  /// A JSON Schema of the subset that manifests use.
  func schema(ofObject: Bool) -> JSONSchema? {
    do {
      let schema = try JSONSchema(parsing: value)
      if ofObject, schema.raw["type"]?.asText != "object" {
        error("bad_schema", "\(label) has to be a schema of \"type\": \"object\"")
        return nil
      }
      return schema
    } catch {
      self.error("bad_schema", "\(label): \(error)")
      return nil
    }
  }

}
