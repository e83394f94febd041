// SPDX-License-Identifier: Apache-2.0
// AWS Signature Version 4.
import Calendar
import Crypto
import Pipeline
import Values

/// Signs a request for one service in one region.
///
/// **Source** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
struct AWSSignature {
  let accessKey: String
  let secretKey: String
  let sessionToken: String
  let region: String
  let service: String
  let sodium: Sodium

  init(_ signing: AWSSigning, fields: JSONValue, _ sodium: Sodium) {
    accessKey = OpenedCredential.fill(signing.accessKey, fields)
    secretKey = OpenedCredential.fill(signing.secretKey, fields)
    sessionToken = signing.sessionToken.map { OpenedCredential.fill($0, fields) } ?? ""
    region = OpenedCredential.fill(signing.region, fields)
    service = OpenedCredential.fill(signing.service, fields)
    self.sodium = sodium
  }

  /// S3 wants the digest of the body in a header, and its paths are escaped once only.
  private var isS3: Bool { service == "s3" || service.hasPrefix("s3-") }

  /// - Throws: `ActionFailure`, code `bad_url`, for a URL that cannot be signed.
  func signature(of request: OutgoingRequest) throws(ActionFailure) -> RequestSignature {
    guard let url = SignedURL(request.url) else {
      throw ActionFailure(
        .invalidInput, code: "bad_url",
        message: "the URL cannot be signed: percent-encode it, and write its host in ASCII")
    }
    let time = AWSSignature.time(request.now)
    // The body of a HEAD is not sent.
    let digest = try digest(of: request)
    var added = [(name: "x-amz-date", value: time)]
    if !sessionToken.isEmpty { added.append(("x-amz-security-token", sessionToken)) }
    if isS3 { added.append(("x-amz-content-sha256", digest)) }
    let headers = signedHeaders(request, host: url.authority, added)
    let names = headers.map(\.name).joined(separator: ";")
    let canonical = [
      request.method, isS3 ? url.path : SignedURL.encode(url.path.utf8, keeps: [0x2F]),
      url.canonicalQuery, headers.map { "\($0.name):\($0.value)\n" }.joined(), names, digest,
    ].joined(separator: "\n")
    let signed = sign(canonical, time)
    let scope = "\(accessKey)/\(scope(time))"
    let value =
      "AWS4-HMAC-SHA256 Credential=\(scope), SignedHeaders=\(names), Signature=\(signed)"
    return RequestSignature(
      headers: added + [("Authorization", value)],
      secrets: [secretKey, sessionToken, signed], url: url.text)
  }

  private func digest(of request: OutgoingRequest) throws(ActionFailure) -> String {
    switch request.streamed {
    case .file(let sha256) where request.method != "HEAD": sha256
    case .form: throw OutgoingRequest.cannotSign
    default: Hex.encode(sodium.sha256(request.method == "HEAD" ? [] : request.body))
    }
  }

  private func scope(_ time: String) -> String {
    "\(time.prefix(8))/\(region)/\(service)/aws4_request"
  }

  private func sign(_ canonical: String, _ time: String) -> String {
    let digest = Hex.encode(sodium.sha256(Array(canonical.utf8)))
    var key = Array("AWS4\(secretKey)".utf8)
    for part in [String(time.prefix(8)), region, service, "aws4_request"] {
      key = sodium.hmacSHA256(key: key, Array(part.utf8))
    }
    let text = ["AWS4-HMAC-SHA256", time, scope(time), digest].joined(separator: "\n")
    return Hex.encode(sodium.hmacSHA256(key: key, Array(text.utf8)))
  }

  /// What is signed of the headers: the host, what the service itself reads, and the body's type.
  /// What else there is may be changed on the way.
  private func signedHeaders(
    _ request: OutgoingRequest, host: String, _ added: [(name: String, value: String)]
  ) -> [(name: String, value: String)] {
    let own = (request.headers.asObject ?? [:]).map {
      (name: $0.name.lowercased(), value: AWSSignature.canonical($0.value))
    }.filter { header in
      (header.name == "content-type" || header.name.hasPrefix("x-amz-"))
        && !added.contains { $0.name == header.name }
    }
    return ([("host", host)] + own + added).sorted { $0.0 < $1.0 }
  }

  /// A header's value without what its way through the network may change.
  private static func canonical(_ value: JSONValue) -> String {
    let texts = value.asList?.compactMap(\.asText) ?? [value.asText ?? ""]
    return texts.map {
      $0.split { $0 == " " || $0 == "\t" }.joined(separator: " ")
    }.joined(separator: ",")
  }

  /// **Shape** `20150830T123600Z`
  private static func time(_ milliseconds: Int64) -> String {
    let seconds = milliseconds - milliseconds % 1_000
    return Moment(milliseconds: seconds).iso.filter { $0 != "-" && $0 != ":" }
  }
}
