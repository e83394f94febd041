// SPDX-License-Identifier: Apache-2.0
// A request as the listener hands it over.

import Values

/// One whole HTTP request.
package struct IngressRequest: Sendable {
  package var method: String
  /// Without the query; not decoded.
  package var path: String
  /// Without the question mark; not decoded.
  package var query: String
  /// As they came, repeated ones too.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  package var peer: String

  package init(
    method: String, path: String, query: String = "",
    headers: [(name: String, value: String)] = [], body: [UInt8] = [], peer: String = ""
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.peer = peer
  }

  /// Reads the listener's head: `{method, path, query, headers: [[name, value]], peer}`; nil where
  /// it is none.
  package init?(head: JSONValue, body: [UInt8]) {
    guard let method = head["method"]?.asText, let path = head["path"]?.asText,
      let list = head["headers"]?.asList
    else { return nil }
    var headers: [(name: String, value: String)] = []
    for pair in list {
      guard let name = pair[0]?.asText, let value = pair[1]?.asText else { return nil }
      headers.append((name, value))
    }
    self.init(
      method: method, path: path, query: head["query"]?.asText ?? "", headers: headers, body: body,
      peer: head["peer"]?.asText ?? "")
  }

  /// The value of a header that came exactly once, without white space around it. A repeated one
  /// counts as missing: a proxy and we might each believe another of them.
  package func header(_ name: String) -> String? {
    let name = name.lowercased()
    var found: String?
    for header in headers where header.name.lowercased() == name {
      if found != nil { return nil }
      found = header.value
    }
    return found.map { trimmed($0) }
  }

  private func trimmed(_ text: String) -> String {
    var rest = Substring(text)
    while let first = rest.utf8.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
    while let last = rest.utf8.last, last == 0x20 || last == 0x09 { rest.removeLast() }
    return String(rest)
  }
}
