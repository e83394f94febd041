// SPDX-License-Identifier: Apache-2.0
// One mail handed over to its server.
import CCurlCalls
import CurlTransport
import ExchangeValues
import Glibc
import MailMessage

/// Drives one SMTP session, on the thread that calls ``run()``.
final class MailExchange: @unchecked Sendable {
  // Safe because: everything but `sockets`, which guards itself, is touched by the thread that
  // runs the session, after the pool's lock handed the exchange to it.
  let number: UInt64
  private let request: MailRequest
  private let reports: TransportReports
  private let sockets = SessionSockets()
  private let beganMS = Clock.milliseconds
  private var hasLeft = false
  private var isAnswered = false
  private var sent = 0
  private var dialogue: SMTPDialogue

  /// A server that has taken or refused the mail gets this long to say goodbye.
  private static let farewellMS: Int64 = 1_000

  init(_ number: UInt64, _ request: MailRequest, _ reports: TransportReports) {
    self.number = number
    self.request = request
    self.reports = reports
    dialogue = SMTPDialogue(scrubber: request.server.scrubber)
  }

  /// Ends the session from another thread.
  func abort() { sockets.abort() }

  /// Runs the session to its end and answers. Blocks.
  func run() {
    do throws(ExchangeFailure) {
      let easy = try transfer()
      let code = curl_easy_perform(easy.handle)
      end(code)
    } catch {
      answer(ExchangeAnswer(head: error.head(left: hasLeft)))
    }
  }

  // MARK: - Setting up

  private func transfer() throws(ExchangeFailure) -> CurlEasy {
    let remainingMS = beganMS + request.timeoutMS - Clock.milliseconds
    guard remainingMS > 0 else { throw failure(CURLE_OPERATION_TIMEDOUT) }
    let easy = try CurlEasy()
    let server = request.server
    try easy.setGround(timeoutMS: remainingMS, caFile: server.caFile, protocols: "smtp,smtps")
    // libcurl's own limit for one reply is 120 s.
    try easy.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, Int(remainingMS / 1_000 + 1))
    try easy.set(CURLOPT_FORBID_REUSE, 1)
    let domain = request.sender.split(separator: "@").last.map(String.init) ?? "localhost"
    try easy.set(CURLOPT_URL, server.url(ehloName: domain))
    // ALL, never TRY: a server that does not offer STARTTLS gets nothing.
    let tls = server.security == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL
    try easy.set(CURLOPT_USE_SSL, Int(tls.rawValue))
    if let user = server.user { try easy.set(CURLOPT_USERNAME, secret: user) }
    if let password = server.password { try easy.set(CURLOPT_PASSWORD, secret: password) }
    try easy.set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN;AUTH=CRAM-MD5")
    try easy.set(CURLOPT_MAIL_FROM, "<\(request.sender)>")
    try easy.set(
      CURLOPT_MAIL_RCPT, lines: request.recipients.map { OwnedBytes(Array("<\($0)>".utf8)) })
    try easy.set(CURLOPT_UPLOAD, 1)
    try easy.set(CURLOPT_INFILESIZE_LARGE, offset: request.bytes.count)
    try setDialogue(easy)
    try setControl(easy)
    return easy
  }

  private func setDialogue(_ easy: CurlEasy) throws(ExchangeFailure) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    let read: jf_curl_bytes = { bytes, size, count, context in
      guard let bytes, let exchange = MailExchange.from(context) else { return 0 }
      let room = UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
      return exchange.handOut(into: room)
    }
    let reply: jf_curl_bytes = { bytes, _, count, context in
      let line = UnsafeRawBufferPointer(start: bytes, count: count)
      MailExchange.from(context)?.take(reply: line)
      return count
    }
    let ignored: jf_curl_bytes = { _, _, count, _ in count }
    let debug: jf_curl_debug = { _, type, bytes, size, context in
      guard type == CURLINFO_HEADER_OUT else { return 0 }
      let command = UnsafeRawBufferPointer(start: bytes, count: size)
      MailExchange.from(context)?.dialogue.take(command: command)
      return 0
    }
    try easy.check(jf_easy_on_read(easy.handle, read, context), CURLOPT_READFUNCTION)
    try easy.check(jf_easy_on_header(easy.handle, reply, context), CURLOPT_HEADERFUNCTION)
    try easy.check(jf_easy_on_write(easy.handle, ignored, context), CURLOPT_WRITEFUNCTION)
    // The only place where libcurl tells which command a reply answers.
    try easy.check(jf_easy_on_debug(easy.handle, debug, context), CURLOPT_DEBUGFUNCTION)
    try easy.set(CURLOPT_VERBOSE, 1)
  }

  private func setControl(_ easy: CurlEasy) throws(ExchangeFailure) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    let open: jf_curl_open = { context, _, address in
      guard let address, let exchange = MailExchange.from(context) else { return CURL_SOCKET_BAD }
      return exchange.sockets.open(
        address.pointee.family, address.pointee.socktype, address.pointee.protocol)
    }
    let close: jf_curl_close = { context, socket in
      MailExchange.from(context)?.sockets.close(socket) ?? Glibc.close(socket)
    }
    let progress: jf_curl_progress = { context, _, _, _, _ in
      MailExchange.from(context)?.mustEnd == true ? 1 : 0
    }
    try easy.check(jf_easy_on_open(easy.handle, open, context), CURLOPT_OPENSOCKETFUNCTION)
    try easy.check(jf_easy_on_close(easy.handle, close, context), CURLOPT_CLOSESOCKETFUNCTION)
    try easy.check(jf_easy_on_progress(easy.handle, progress, context), CURLOPT_XFERINFOFUNCTION)
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> MailExchange? {
    context.map { Unmanaged<MailExchange>.fromOpaque($0).takeUnretainedValue() }
  }

  private var mustEnd: Bool {
    if sockets.isAborted { return true }
    guard let quitMS = dialogue.quitMS else { return false }
    return Clock.milliseconds - quitMS > Self.farewellMS
  }

  /// A reply to the end of the data is the outcome, whatever becomes of the session after it.
  private func take(reply line: UnsafeRawBufferPointer) {
    dialogue.take(reply: line)
    if hasLeft && dialogue.hasAccepted { answer(accepted()) }
  }

  /// Hands libcurl the next piece. Before the last one the mail counts as left: from then on the
  /// end of the data, and with it the server's acceptance, can be on the wire.
  private func handOut(into room: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(request.bytes.count - sent, room.count)
    if sent + count == request.bytes.count && !hasLeft {
      hasLeft = true
      reports.left(number)
    }
    request.bytes.withBytes { bytes in
      room.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[sent..<(sent + count)]))
    }
    sent += count
    return count
  }

  // MARK: - The end

  private func end(_ code: CURLcode) {
    guard code != CURLE_OK else { return answer(accepted()) }
    guard !sockets.isAborted || dialogue.refusal != nil else {
      return answer(.aborted(left: hasLeft))
    }
    var failure = failure(code)
    failure.message = request.server.scrubber.scrub(failure.message)
    answer(ExchangeAnswer(head: failure.head(left: hasLeft)))
  }

  private func answer(_ answer: ExchangeAnswer) {
    guard !isAnswered else { return }
    isAnswered = true
    reports.answered(number, answer)
  }

  private func accepted() -> ExchangeAnswer {
    var writer = HeadWriter()
    writer.objectBegin()
    writer.key("message_id")
    writer.text(request.messageID)
    writer.key("reply")
    writer.text(request.server.scrubber.scrub(dialogue.lastReply?.line ?? ""))
    writer.key("accepted")
    writer.listBegin()
    for recipient in request.recipients { writer.text(recipient) }
    writer.listEnd()
    writer.objectEnd()
    return ExchangeAnswer(head: writer.bytes)
  }

  private var place: String { "\(request.server.host):\(request.server.port)" }

  private func failure(_ code: CURLcode) -> ExchangeFailure {
    if let refusal = dialogue.refusal { return SMTPRefusal.failure(refusal, place: place) }
    if hasLeft {
      let isTimeout = code == CURLE_OPERATION_TIMEDOUT
      return ExchangeFailure(
        .unknownOutcome, isTimeout ? "timeout" : "no_reply",
        "\(place) was sent the whole mail and did not say whether it took it")
    }
    switch code {
    case CURLE_LOGIN_DENIED:
      return ExchangeFailure(
        .denied, "login_refused", "\(place) offers no way to log in that is supported")
    case CURLE_USE_SSL_FAILED:
      return ExchangeFailure(
        .unavailable, "tls_failed", "\(place) does not offer STARTTLS: check port and security")
    default:
      return CurlReason.failure(code, place: place, timeoutMS: request.timeoutMS)
    }
  }
}
