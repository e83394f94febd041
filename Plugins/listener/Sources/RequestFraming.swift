// SPDX-License-Identifier: Apache-2.0
// How long a request says its body is, and whether it says so once.
import CMicrohttpdCalls
import ExchangeValues
import Glibc

/// The headers that decide where a request ends. Two answers to that question are how requests
/// are smuggled past a proxy, so a request that gives two is refused.
///
/// **Source**: RFC 9112, section 6.3.
struct RequestFraming {
  private var lengths = 0
  private var codings = 0
  private var isPlainlyChunked = true
  private(set) var bodyBytes = 0
  private var isBadLength = false
  private var isBadName = false

  init(_ connection: OpaquePointer?) {
    withUnsafeMutablePointer(to: &self) { framing in
      _ = MHD_get_connection_values(
        connection, .HEADER_KIND,
        { context, _, name, value in
          guard let context, let name else { return .NO }
          context.assumingMemoryBound(to: RequestFraming.self).pointee.see(name, value)
          return .YES
        }, framing)
    }
  }

  /// What is wrong, or nil.
  var problem: String? {
    if isBadName { return "a header's name holds a character that may not stand there" }
    if lengths > 1 || isBadLength { return "send one Content-Length, a whole number" }
    if lengths > 0 && codings > 0 { return "send Content-Length or Transfer-Encoding, not both" }
    if codings > 1 || !isPlainlyChunked { return "the only Transfer-Encoding taken is chunked" }
    return nil
  }

  private mutating func see(_ name: UnsafePointer<CChar>, _ value: UnsafePointer<CChar>?) {
    // `Content-Length : 5` is one header to us and another, or none, to a proxy.
    if !UTF8Check.isToken(name) { isBadName = true }
    if strcasecmp(name, "content-length") == 0 {
      lengths += 1
      let text = value.map { String(cString: $0) } ?? ""
      let isNumber = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
      isBadLength = isBadLength || !isNumber
      bodyBytes = Int(text) ?? Int.max
    } else if strcasecmp(name, "transfer-encoding") == 0 {
      codings += 1
      isPlainlyChunked = isPlainlyChunked && value.map { strcasecmp($0, "chunked") == 0 } ?? false
    }
  }
}
