// SPDX-License-Identifier: Apache-2.0
// A credential, applied to a request and removed from what comes back.
import CurlTransport
import ExchangeValues

/// How the host wants a request to be authenticated. Its secrets are zeroed with it.
struct HTTPAuth {
  /// Header lines, ready to be sent.
  private(set) var headerLines: [OwnedBytes] = []
  /// The headers' names in lower case; the request's own headers of these names give way.
  private(set) var headerNames: Set<String> = []
  /// Whether it was computed for the first hop, and fits no other.
  private(set) var isSignature = false
  /// `name=value` for the query, percent-encoded, and the name as it stands there.
  private(set) var queryField: OwnedBytes?
  private(set) var queryName: String?
  private(set) var scrubber = Scrubber()

  /// `{bearer}`, `{header, value}`, `{basic: {user, password}}`, `{query, value}` or `{signed: {name:
  /// value}}`, each with `secrets`, what else is to be removed from the answer; nil for null.
  init?(reading value: ValueReader) throws(ExchangeFailure) {
    guard !value.isNull else { return nil }
    if let token = try Self.secret(value["bearer"]) {
      setHeader("Authorization", ["Bearer ".utf8Bytes, token])
      scrubber.add(token)
    } else if !value["basic"].isNull {
      try setBasic(value["basic"])
    } else if !value["signed"].isNull {
      isSignature = true
      for member in value["signed"].members {
        guard let text = try Self.secret(member.value) else { continue }
        try setCheckedHeader(member.name, text)
      }
    } else if let name = value["header"].text, let secret = try Self.secret(value["value"]) {
      try setCheckedHeader(name, secret)
      scrubber.add(secret)
    } else if let name = value["query"].text, let secret = try Self.secret(value["value"]) {
      let encoded = OwnedBytes(secret.withBytes { Percent.encode($0) })
      let plainName = Percent.encode(name.utf8)
      queryName = String(decoding: plainName, as: UTF8.self)
      queryField = OwnedBytes(joining: [OwnedBytes(plainName), "=".utf8Bytes, encoded])
      scrubber.add(secret)
    } else {
      throw .invalid("bad_credential", "auth must hold bearer, basic, header, query or signed")
    }
    for secret in value["secrets"].members {
      if let bytes = secret.value.textBytes { scrubber.add(OwnedBytes(bytes)) }
    }
  }

  private mutating func setCheckedHeader(
    _ name: String, _ value: OwnedBytes
  ) throws(ExchangeFailure) {
    guard UTF8Check.isToken(name), !HTTPRequest.forbiddenHeaders.contains(name.lowercased())
    else { throw .invalid("bad_credential", "the credential's header may not be sent") }
    setHeader(name, [value])
  }

  private mutating func setBasic(_ value: ValueReader) throws(ExchangeFailure) {
    guard let user = try Self.secret(value["user"]),
      let password = try Self.secret(value["password"])
    else { throw .invalid("bad_credential", "basic needs user and password") }
    guard !user.withBytes({ $0.contains(0x3A) }) else {
      throw .invalid("bad_credential", "the user of a basic credential may hold no colon")
    }
    let pair = OwnedBytes(joining: [user, ":".utf8Bytes, password])
    var text: [UInt8] = []
    pair.withBytes { Base64.append($0, to: &text) }
    let encoded = OwnedBytes(text)
    setHeader("Authorization", ["Basic ".utf8Bytes, encoded])
    scrubber.add(password)
    scrubber.add(encoded)
  }

  private mutating func setHeader(_ name: String, _ parts: [OwnedBytes]) {
    headerLines.append(OwnedBytes(joining: ["\(name): ".utf8Bytes] + parts))
    headerNames.insert(name.lowercased())
  }

  private static func secret(_ value: ValueReader) throws(ExchangeFailure) -> OwnedBytes? {
    guard let bytes = value.textBytes else { return nil }
    guard !UTF8Check.hasControl(bytes) else {
      throw .invalid("bad_credential", "the credential holds a control character: store it again")
    }
    return OwnedBytes(bytes)
  }
}

extension String {
  fileprivate var utf8Bytes: OwnedBytes { OwnedBytes(Array(utf8)) }
}
