// SPDX-License-Identifier: Apache-2.0
// A request as the host describes it, checked before anything connects.
import CurlTransport
import ExchangeValues

/// One HTTP request: everything in it is safe to write on the wire.
struct HTTPRequest {
  let method: String
  let url: String
  let headers: [(name: String, value: String)]
  let body: Body
  /// Where the body of a good answer goes; nil: into memory.
  let saveTo: Int32?
  let timeoutMS: Int64
  let maxResponseBytes: Int
  let maxRedirects: Int
  let auth: HTTPAuth?
  let grant: HostGrant?
  let caFile: String?
  /// Whether only addresses of the public internet may be connected to.
  let publicOnly: Bool

  enum Body {
    case none
    case bytes(OwnedBytes)
    case file(FileBody)
    case form([FormPart])
  }

  static let longestTimeoutMS: Int64 = 24 * 60 * 60 * 1_000
  static let largestResponse: Int64 = 32 * 1_024 * 1_024
  static let largestSaved: Int64 = 100 * 1_024 * 1_024
  /// **Unit**: bytes. What of an answer that is no good one is taken into memory when the good ones
  /// are saved.
  static let largestUnsaved = 1_024 * 1_024
  static let mostRedirects: Int64 = 20
  static let mostHeaders = 128
  static let forbiddenHeaders: Set<String> = [
    "host", "content-length", "transfer-encoding", "connection", "proxy-authorization",
    "proxy-connection", "keep-alive", "te", "trailer", "upgrade", "expect",
  ]

  /// **Throws**: `invalid_input`, naming the member.
  init(
    reading value: ValueReader, body: UnsafeRawBufferPointer, files: AttachedFiles
  ) throws(ExchangeFailure) {
    method = try Self.method(value["method"])
    guard let url = value["url"].text else { throw .invalid("bad_url", "the request has no url") }
    self.url = url
    headers = try Self.headers(value["headers"])
    self.body = try Self.body(value, body, files)
    saveTo = try files.descriptor(value["save_file"])
    let largest = saveTo == nil ? Self.largestResponse : Self.largestSaved
    timeoutMS = try Self.number(value, "timeout_ms", 1...Self.longestTimeoutMS, 30_000)
    maxResponseBytes = Int(
      try Self.number(value, "max_response_bytes", 0...largest, 1_048_576))
    maxRedirects = Int(try Self.number(value, "max_redirects", 0...Self.mostRedirects, 0))
    auth = try HTTPAuth(reading: value["auth"])
    grant = try HostGrant(reading: value["allow_hosts"])
    caFile = value["ca_file"].text
    publicOnly = value["public_only"].boolean ?? false
  }

  private static func body(
    _ value: ValueReader, _ bytes: UnsafeRawBufferPointer, _ files: AttachedFiles
  ) throws(ExchangeFailure) -> Body {
    if let descriptor = try files.descriptor(value["body_file"]["file"]) {
      guard let size = value["body_file"]["bytes"].integer, size >= 0 else {
        throw .invalid("bad_file", "the body's file has no size")
      }
      return .file(FileBody(descriptor: descriptor, size: size))
    }
    let members = value["parts"].members
    guard !members.isEmpty else { return bytes.isEmpty ? .none : .bytes(OwnedBytes(bytes)) }
    guard members.count <= FormPart.mostParts else {
      throw .invalid("bad_part", "more than \(FormPart.mostParts) parts of a form: send fewer")
    }
    var parts: [FormPart] = []
    for member in members { parts.append(try FormPart(reading: member.value, files: files)) }
    return .form(parts)
  }

  private static func method(_ value: ValueReader) throws(ExchangeFailure) -> String {
    guard !value.isNull else { return "GET" }
    guard let method = value.text, method.isEmpty || UTF8Check.isToken(method), method != "CONNECT"
    else { throw .invalid("bad_method", "the method is no token, like GET or POST") }
    return method.isEmpty ? "GET" : method
  }

  private static func number(
    _ value: ValueReader, _ name: String, _ range: ClosedRange<Int64>, _ standard: Int64
  ) throws(ExchangeFailure) -> Int64 {
    guard !value[name].isNull else { return standard }
    guard let number = value[name].integer, number >= 0 else {
      throw .invalid("bad_\(name)", "\(name) must be a whole number, 0 or more")
    }
    return min(max(number, range.lowerBound), range.upperBound)
  }

  private static func headers(
    _ value: ValueReader
  ) throws(ExchangeFailure) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    for member in value.members {
      let listed = member.value.isList ? member.value.members.compactMap(\.value.text) : []
      let texts = member.value.text.map { [$0] } ?? listed
      guard member.value.text != nil || member.value.isList && texts.count == member.value.count
      else {
        throw .invalid("bad_header", "a header must be a text or a list of texts")
      }
      for text in texts {
        try checkHeader(member.name, text)
        headers.append((member.name, text))
      }
    }
    guard headers.count <= mostHeaders else {
      throw .invalid("bad_header", "more than \(mostHeaders) headers: send fewer")
    }
    return headers
  }

  private static func checkHeader(_ name: String, _ value: String) throws(ExchangeFailure) {
    guard UTF8Check.isToken(name) else {
      throw .invalid("bad_header", "a header's name holds a character that may not stand there")
    }
    guard !forbiddenHeaders.contains(name.lowercased()) else {
      throw .invalid("bad_header", "the header \(name) is the transport's own: leave it out")
    }
    let body = value.replacingTabs
    guard !UTF8Check.hasControl(body) else {
      throw .invalid("bad_header", "the header \(name) holds a control character")
    }
  }
}

extension String {
  /// A tab is the one control character a header's value may hold.
  fileprivate var replacingTabs: String { String(map { $0 == "\t" ? " " : $0 }) }
}
