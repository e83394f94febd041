// SPDX-License-Identifier: Apache-2.0
// One hop of an exchange: the first request, or the one after a redirect.
import CurlTransport
import ExchangeValues

/// Where a hop goes and what it carries.
struct HTTPHop {
  var url: CurlURL
  var method: String
  var headers: [(name: String, value: String)]
  var sendsBody: Bool
  /// Whether the credential may be applied: the origin is the first one's.
  var isFirstOrigin: Bool

  /// What goes on to another origin; everything else may be a secret of the first one.
  private static let impersonal: Set<String> = [
    "accept", "accept-language", "user-agent", "content-type", "content-language",
    "content-encoding",
  ]
  private static let ofBody: Set<String> = [
    "content-type", "content-encoding", "content-language", "content-location", "digest",
  ]

  /// `host:port`.
  var place: String { "\(url.host):\(url.port)" }

  init(first request: HTTPRequest) throws(ExchangeFailure) {
    url = try CurlURL(parsing: request.url)
    method = request.method
    headers = request.headers
    if case .none = request.body { sendsBody = false } else { sendsBody = true }
    isFirstOrigin = true
    try request.grant?.check(url)
  }

  /// The hop a redirect leads to. **Throws**: `invalid_input` for a location that is no URL,
  /// `denied` for a host that is not granted.
  ///
  /// **Source**: RFC 9110, section 15.4.
  func following(
    _ location: String, status: Int, grant: HostGrant?
  ) throws(ExchangeFailure) -> HTTPHop {
    var next = self
    next.url = try CurlURL(resolving: location, against: url)
    try grant?.check(next.url)
    if !next.url.hasSameOrigin(as: url) {
      next.isFirstOrigin = false
      next.headers = headers.filter { Self.impersonal.contains($0.name.lowercased()) }
    }
    let becomesGet =
      status == 303 && method != "GET" && method != "HEAD"
      || (status == 301 || status == 302) && method == "POST"
    if becomesGet {
      next.method = "GET"
      next.sendsBody = false
      next.headers = next.headers.filter { !Self.ofBody.contains($0.name.lowercased()) }
    }
    return next
  }

  static func isRedirect(_ status: Int) -> Bool {
    [301, 302, 303, 307, 308].contains(status)
  }
}
