// SPDX-License-Identifier: Apache-2.0
// A URL as libcurl reads it: checked and used through the same parse.
import CCurlCalls
import CurlTransport
import ExchangeValues
import Glibc

/// An absolute http or https URL without user, password or zone.
final class CurlURL {
  let handle: OpaquePointer
  private(set) var scheme = ""
  /// The host in lower case and in its ASCII form; an IPv6 address is in brackets.
  private(set) var host = ""
  private(set) var port = 0

  /// Parses an absolute URL. **Throws**: `invalid_input` with what is wrong.
  convenience init(parsing text: String) throws(ExchangeFailure) {
    try self.init(handle: curl_url())
    try set(text)
  }

  /// Resolves a `Location` against the URL that answered it.
  convenience init(
    resolving location: String, against base: CurlURL
  ) throws(ExchangeFailure) {
    try self.init(handle: curl_url_dup(base.handle))
    try set(location)
  }

  private init(handle: OpaquePointer?) throws(ExchangeFailure) {
    guard let handle else {
      throw ExchangeFailure(.unavailable, "out_of_memory", "no memory for a URL")
    }
    self.handle = handle
  }

  deinit { curl_url_cleanup(handle) }

  var text: String { part(CURLUPART_URL) ?? "" }

  var query: String? { part(CURLUPART_QUERY) }

  /// Whether credentials meant for the one may go to the other.
  func hasSameOrigin(as other: CurlURL) -> Bool {
    scheme == other.scheme && host == other.host && port == other.port
  }

  /// Adds `name=value`, both percent-encoded already, to the query.
  func appendQuery(_ field: OwnedBytes) throws(ExchangeFailure) {
    let flags = UInt32(CURLU_APPENDQUERY)
    let code = field.withCString { curl_url_set(handle, CURLUPART_QUERY, $0, flags) }
    guard code == CURLUE_OK else {
      throw .invalid("bad_url", "the credential does not fit into the URL's query")
    }
  }

  private func set(_ text: String) throws(ExchangeFailure) {
    guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == 0x5C }),
      !UTF8Check.hasControl(text)
    else {
      throw .invalid(
        "bad_url", "the URL holds a space, a backslash or a control character: percent-encode it")
    }
    let flags = UInt32(CURLU_DISALLOW_USER | CURLU_URLENCODE)
    let code = curl_url_set(handle, CURLUPART_URL, text, flags)
    guard code != CURLUE_USER_NOT_ALLOWED else {
      throw .invalid("bad_url", "the URL holds a user or password: use a credential instead")
    }
    guard code != CURLUE_UNSUPPORTED_SCHEME else { throw Self.wrongScheme }
    guard code == CURLUE_OK else {
      throw .invalid("bad_url", "no absolute URL: \(String(cString: curl_url_strerror(code)))")
    }
    try readParts()
  }

  private func readParts() throws(ExchangeFailure) {
    scheme = (part(CURLUPART_SCHEME) ?? "").lowercased()
    guard scheme == "http" || scheme == "https" else { throw Self.wrongScheme }
    guard part(CURLUPART_ZONEID) == nil else {
      throw .invalid("bad_url", "the URL's address holds a zone: leave it out")
    }
    host = (asciiHost ?? part(CURLUPART_HOST) ?? "").lowercased()
    port = Int(part(CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)) ?? "") ?? 0
    guard !host.isEmpty, host.utf8.allSatisfy({ $0 < 0x7F }), port > 0 else {
      throw .invalid("bad_url", "the URL has no usable host")
    }
  }

  private var asciiHost: String? {
    guard let text = jf_url_ascii_host(handle) else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }

  private static let wrongScheme = ExchangeFailure.invalid(
    "bad_url", "the URL must begin with http:// or https://")

  private func part(_ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, part, &text, flags) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }
}
