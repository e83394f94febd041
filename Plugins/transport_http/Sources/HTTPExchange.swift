// SPDX-License-Identifier: Apache-2.0
// One exchange: a request, the redirects it leads to, and the response that ends it.
import CCurlCalls
import CurlTransport
import ExchangeValues
import Glibc

/// Drives the hops of one HTTP exchange.
final class HTTPExchange: @unchecked Sendable {
  // Safe because: made on the entry thread, handed over through the loop's inbox, and touched on
  // the loop's thread only from then on.

  /// What comes after a transfer.
  enum Step {
    /// Another transfer of the same exchange: a redirect.
    case again
    case answer(ExchangeAnswer)
  }

  let number: UInt64
  /// Whether a request may have reached a peer.
  private(set) var hasLeft = false

  private let request: HTTPRequest
  private let reports: TransportReports
  private let beganMS = Clock.milliseconds
  private var hop: HTTPHop
  /// Where the redirects led so far, as `host:port`.
  private var hops: [String] = []
  private var requestsWritten = 0
  private var response = HTTPResponse()
  private var saved: SavedBody?
  /// Why one of our own callbacks ended the transfer.
  private var verdict: ExchangeFailure?

  init(
    _ number: UInt64, _ request: HTTPRequest, _ reports: TransportReports
  ) throws(ExchangeFailure) {
    self.number = number
    self.request = request
    self.reports = reports
    hop = try HTTPHop(first: request)
  }

  private var remainingMS: Int64 { beganMS + request.timeoutMS - Clock.milliseconds }

  // MARK: - Setting a hop up

  /// Makes the next hop's transfer, ready to be added.
  func transfer() throws(ExchangeFailure) -> CurlEasy {
    response = HTTPResponse()
    saved = request.saveTo.map {
      SavedBody(descriptor: $0, limit: request.maxResponseBytes, scrubber: scrubber)
    }
    requestsWritten = 0
    let easy = try CurlEasy()
    try easy.setGround(
      timeoutMS: remainingMS, caFile: request.caFile, protocols: "http,https")
    try easy.set(CURLOPT_FOLLOWLOCATION, 0)
    try easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
    try easy.set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate")
    try easy.set(CURLOPT_USERAGENT, "jackfield")
    try setURL(easy)
    try setMethod(easy)
    try easy.set(CURLOPT_HTTPHEADER, lines: headerLines())
    try setCallbacks(easy)
    return easy
  }

  /// What this hop is authenticated with: another origin gets nothing, and a signature is for the
  /// one request it was computed from.
  private var auth: HTTPAuth? {
    guard hop.isFirstOrigin, let auth = request.auth else { return nil }
    return auth.isSignature && !hops.isEmpty ? nil : auth
  }

  private func setURL(_ easy: CurlEasy) throws(ExchangeFailure) {
    if let auth, let field = auth.queryField {
      let names = (hop.url.query ?? "").split(separator: "&").map { $0.prefix { $0 != "=" } }
      if !names.contains(where: { $0 == auth.queryName ?? "" }) {
        try hop.url.appendQuery(field)
      }
    }
    let pointer = UnsafeMutableRawPointer(hop.url.handle)
    try easy.set(CURLOPT_CURLU, pointer: pointer, owner: hop.url)
  }

  private func setMethod(_ easy: CurlEasy) throws(ExchangeFailure) {
    guard hop.method != "HEAD" else { return try easy.set(CURLOPT_NOBODY, 1) }
    switch hop.sendsBody ? request.body : .none {
    case .bytes(let body):
      try easy.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: body.count)
      try easy.set(CURLOPT_POSTFIELDS, pointer: body.mutablePointer, owner: body)
    case .file(let file):
      // One of its own for each transfer: a redirect reads from the beginning again.
      let body = FileBody(descriptor: file.descriptor, size: file.size)
      try easy.set(CURLOPT_POST, 1)
      try easy.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: Int(body.size))
      try easy.set(CURLOPT_READDATA, pointer: body.context, owner: body)
      try easy.check(
        jf_easy_on_read(easy.handle, FileBody.read, body.context), CURLOPT_READFUNCTION)
      try easy.check(
        jf_easy_on_seek(easy.handle, FileBody.seek, body.context), CURLOPT_SEEKFUNCTION)
    case .form(let parts):
      let form = try FormBody(parts, for: easy)
      try easy.set(CURLOPT_MIMEPOST, pointer: form.pointer, owner: form)
    case .none where ["POST", "PUT", "PATCH"].contains(hop.method):
      // A method that means to carry a body says that it is empty.
      let empty = OwnedBytes([UInt8]())
      try easy.set(CURLOPT_POSTFIELDSIZE_LARGE, offset: 0)
      try easy.set(CURLOPT_POSTFIELDS, pointer: empty.mutablePointer, owner: empty)
    case .none: try easy.set(CURLOPT_HTTPGET, 1)
    }
    try easy.set(CURLOPT_CUSTOMREQUEST, hop.method)
  }

  /// Whether this hop sends a form, whose type with its boundary libcurl writes.
  private var sendsForm: Bool {
    if case .form = request.body { hop.sendsBody && hop.method != "HEAD" } else { false }
  }

  private func headerLines() -> [OwnedBytes] {
    let auth = auth
    // `Expect: 100-continue` costs a second where a peer ignores it; libcurl's own Content-Type
    // says "form" about any body.
    var lines = ["Expect:"]
    let hasType = hop.headers.contains { $0.name.lowercased() == "content-type" }
    if !hasType && !sendsForm { lines.append("Content-Type:") }
    for header in hop.headers where auth?.headerNames.contains(header.name.lowercased()) != true {
      if sendsForm && header.name.lowercased() == "content-type" { continue }
      let value = header.value.drop { $0 == " " || $0 == "\t" }
      lines.append(value.isEmpty ? "\(header.name);" : "\(header.name): \(value)")
    }
    return lines.map { OwnedBytes(Array($0.utf8)) } + (auth?.headerLines ?? [])
  }

  private func setCallbacks(_ easy: CurlEasy) throws(ExchangeFailure) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    let body: jf_curl_bytes = { bytes, _, count, context in
      let piece = UnsafeRawBufferPointer(start: bytes, count: count)
      return HTTPExchange.from(context)?.take(body: piece) == true ? count : 0
    }
    let header: jf_curl_bytes = { bytes, _, count, context in
      let line = UnsafeRawBufferPointer(start: bytes, count: count)
      return HTTPExchange.from(context)?.take(line: line) == true ? count : 0
    }
    let ready: jf_curl_ready = { context, peer, _, _, _ in
      HTTPExchange.from(context)?.aboutToWrite(to: peer) == true
        ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }
    try easy.check(jf_easy_on_write(easy.handle, body, context), CURLOPT_WRITEFUNCTION)
    try easy.check(jf_easy_on_header(easy.handle, header, context), CURLOPT_HEADERFUNCTION)
    try easy.check(jf_easy_on_ready(easy.handle, ready, context), CURLOPT_PREREQFUNCTION)
    if request.publicOnly {
      let open: jf_curl_open = { context, _, address in
        HTTPExchange.from(context)?.socket(for: address) ?? CURL_SOCKET_BAD
      }
      try easy.check(jf_easy_on_open(easy.handle, open, context), CURLOPT_OPENSOCKETFUNCTION)
    }
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPExchange? {
    context.map { Unmanaged<HTTPExchange>.fromOpaque($0).takeUnretainedValue() }
  }

  // MARK: - What libcurl calls

  /// The connection stands and the request comes next; false to end the transfer instead.
  private func aboutToWrite(to peer: UnsafeMutablePointer<CChar>?) -> Bool {
    if request.publicOnly, let peer, !PublicAddress.isPublic(text: String(cString: peer)) {
      verdict = Self.notPublic
      return false
    }
    // libcurl writes a request again when a kept connection closed without an answer. The first
    // one may have been acted on, so only what may be repeated is.
    guard requestsWritten == 0 || mayRepeat else { return false }
    requestsWritten += 1
    if !hasLeft {
      hasLeft = true
      reports.left(number)
    }
    return true
  }

  private var mayRepeat: Bool {
    ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"].contains(hop.method)
      || hop.headers.contains { $0.name.lowercased() == "idempotency-key" }
  }

  private func take(line: UnsafeRawBufferPointer) -> Bool {
    if response.take(line: line) { return true }
    verdict = ExchangeFailure(
      .failed, "response_headers_too_large",
      "the response's headers are over \(CurlLimits.responseHeaderBytes) bytes")
    return false
  }

  private func take(body piece: UnsafeRawBufferPointer) -> Bool {
    // What comes with a redirect is not the response.
    if followsRedirect { return true }
    var limit = request.maxResponseBytes
    if let saved {
      do throws(SavedBody.Problem) {
        if isGood { try saved.take(piece) }
      } catch {
        verdict = error.failure(limit: limit)
        return false
      }
      if isGood { return true }
      limit = min(limit, HTTPRequest.largestUnsaved)
    }
    if response.take(body: piece, limit: limit) { return true }
    verdict = SavedBody.Problem.tooLarge.failure(limit: limit)
    return false
  }

  private var isGood: Bool { (200..<300).contains(response.status) }


  private func socket(for address: UnsafeMutablePointer<curl_sockaddr>?) -> Int32 {
    guard let address else { return CURL_SOCKET_BAD }
    let allowed = withUnsafePointer(to: &address.pointee.addr) { PublicAddress.isPublic($0) }
    guard allowed else {
      verdict = Self.notPublic
      return CURL_SOCKET_BAD
    }
    let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
    return Glibc.socket(address.pointee.family, type, address.pointee.protocol)
  }

  private static let notPublic = ExchangeFailure(
    .denied, "address_not_allowed",
    "the host resolves to an address that is not public: allow it by name in the grants")

  // MARK: - The end of a hop

  /// What a finished transfer means.
  func ended(_ easy: CurlEasy, code: CURLcode) -> Step {
    guard code == CURLE_OK else { return .answer(failed(code)) }
    guard followsRedirect, let location = response.header("location") else {
      return .answer(answered())
    }
    do throws(ExchangeFailure) {
      try follow(String(decoding: location, as: UTF8.self))
      return .again
    } catch {
      return .answer(answer(error))
    }
  }

  private var followsRedirect: Bool {
    request.maxRedirects > 0 && HTTPHop.isRedirect(response.status)
      && response.header("location") != nil
  }

  private func follow(_ location: String) throws(ExchangeFailure) {
    guard hops.count < request.maxRedirects else {
      throw ExchangeFailure(
        .failed, "too_many_redirects", "more than \(request.maxRedirects) redirects")
    }
    guard remainingMS > 0 else { throw failure(CURLE_OPERATION_TIMEDOUT) }
    do throws(ExchangeFailure) {
      hop = try hop.following(location, status: response.status, grant: request.grant)
      hops.append(hop.place)
    } catch {
      guard error.class == .invalidInput else { throw error }
      throw ExchangeFailure(.failed, "bad_redirect", "redirected to a bad URL: \(error.message)")
    }
  }

  private func answered() -> ExchangeAnswer {
    var size: Int?
    if let saved, isGood, hop.method != "HEAD", response.status != 204 {
      do throws(SavedBody.Problem) { try saved.finish() } catch {
        return answer(error.failure(limit: request.maxResponseBytes))
      }
      size = saved.size
    }
    let url = scrubber.scrub(hop.url.text)
    response.scrub(scrubber)
    let head = response.head(url: url, elapsedMS: Clock.milliseconds - beganMS, hops: hops, saved: size)
    return ExchangeAnswer(head: head, body: response.body)
  }

  private func failed(_ code: CURLcode) -> ExchangeAnswer { answer(verdict ?? failure(code)) }

  private func answer(_ failure: ExchangeFailure) -> ExchangeAnswer {
    var failure = failure
    failure.message = scrubber.scrub(failure.message)
    return ExchangeAnswer(head: failure.head(left: hasLeft))
  }

  private var scrubber: Scrubber { request.auth?.scrubber ?? Scrubber() }

  private func failure(_ code: CURLcode) -> ExchangeFailure {
    let place = hop.place
    guard !hasLeft else {
      let isTimeout = code == CURLE_OPERATION_TIMEDOUT
      return ExchangeFailure(
        .unknownOutcome, isTimeout ? "timeout" : "no_answer",
        "\(place) was sent the request and gave no complete answer"
          + (isTimeout ? " in \(request.timeoutMS) ms" : ": \(CurlReason.text(code))"))
    }
    return CurlReason.failure(code, place: place, timeoutMS: request.timeoutMS)
  }
}
