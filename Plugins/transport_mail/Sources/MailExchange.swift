// SPDX-License-Identifier: Apache-2.0
// One mail handed over to its server.
import CCurlCalls
import CurlTransport
import ExchangeValues
import Glibc
import MailMessage

/// Drives one SMTP session.
final class MailExchange: CurlExchange, @unchecked Sendable {
  // Safe because: made on the entry thread, handed over through the loop's inbox, and touched on
  // the loop's thread only from then on.
  let number: UInt64
  private(set) var hasLeft = false

  private let request: MailRequest
  private let reports: TransportReports
  private var sent = 0
  private var dialogue = SMTPDialogue()

  init(_ number: UInt64, _ request: MailRequest, _ reports: TransportReports) {
    self.number = number
    self.request = request
    self.reports = reports
  }

  // MARK: - Setting up

  func transfer() throws(ExchangeFailure) -> CurlEasy {
    let easy = try CurlEasy()
    let server = request.server
    try easy.setGround(
      timeoutMS: request.timeoutMS, caFile: server.caFile, protocols: "smtp,smtps")
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
    try setCallbacks(easy)
    return easy
  }

  private func setCallbacks(_ easy: CurlEasy) throws(ExchangeFailure) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    let read: jf_curl_bytes = { bytes, size, count, context in
      guard let bytes, let exchange = MailExchange.from(context) else { return 0 }
      let room = UnsafeMutableRawBufferPointer(start: bytes, count: size * count)
      return exchange.handOut(into: room)
    }
    let reply: jf_curl_bytes = { bytes, _, count, context in
      let line = UnsafeRawBufferPointer(start: bytes, count: count)
      MailExchange.from(context)?.dialogue.take(reply: line)
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

  private static func from(_ context: UnsafeMutableRawPointer?) -> MailExchange? {
    context.map { Unmanaged<MailExchange>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Hands libcurl the next piece. Before the last one the mail counts as left: from then on the
  /// end of the data, and with it the server's acceptance, can be on the wire.
  private func handOut(into room: UnsafeMutableRawBufferPointer) -> Int {
    let rest = UnsafeRawBufferPointer(rebasing: request.bytes.bytes[sent...])
    let count = min(rest.count, room.count)
    if count == rest.count && !hasLeft {
      hasLeft = true
      reports.left(number)
    }
    room.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest[..<count]))
    sent += count
    return count
  }

  // MARK: - The end

  func ended(_ easy: CurlEasy, code: CURLcode) -> CurlStep {
    guard code != CURLE_OK else { return .answer(accepted()) }
    var failure = failure(code)
    failure.message = request.server.scrubber.scrub(failure.message)
    return .answer(ExchangeAnswer(head: failure.head(left: hasLeft)))
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
