// SPDX-License-Identifier: Apache-2.0
// The parameters behind a header's value.

/// `; name=value` and `; name="value"`, names in lower case; the first of a name counts.
///
/// **Source** RFC 9110 section 5.6.6
struct HeaderParameters {
  private var values: [String: String] = [:]

  init(_ header: String) {
    var rest = Substring(header).drop { $0 != ";" }
    while !rest.isEmpty {
      rest = rest.drop { $0 == ";" || $0 == " " || $0 == "\t" }
      let name = rest.prefix { $0 != "=" && $0 != ";" }
      rest = rest.dropFirst(name.count)
      guard rest.first == "=" else { continue }
      rest = rest.dropFirst()
      let value = HeaderParameters.value(&rest)
      let key = name.lowercased().filter { $0 != " " }
      if values[key] == nil { values[key] = value }
    }
  }

  subscript(_ name: String) -> String? { values[name] }

  private static func value(_ rest: inout Substring) -> String {
    guard rest.first == "\"" else {
      let value = rest.prefix { $0 != ";" }
      rest = rest.dropFirst(value.count)
      return value.filter { $0 != " " && $0 != "\t" }
    }
    rest = rest.dropFirst()
    var value = ""
    while let character = rest.popFirst(), character != "\"" {
      // Browsers write a backslash of a file's name as itself; only a quote is ever escaped.
      if character == "\\", rest.first == "\"" {
        value.append(rest.removeFirst())
      } else {
        value.append(character)
      }
    }
    return value
  }
}
