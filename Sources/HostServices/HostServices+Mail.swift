// SPDX-License-Identifier: Apache-2.0
// Mails of calls: the account, the Message-ID, the transport's request.
import Pipeline
import PluginHost
import Store
import Values

extension HostServices {
  func mailSend(
    _ call: OpenCall, _ request: ServiceRequest, _ value: JSONValue, _ reply: ReplyOnce
  ) {
    guard let transport = call.setup.mailTransport else {
      reply(
        .failure(
          .denied, "no_transport",
          "no mail transport is installed: make deps installs libcurl4-openssl-dev, then build"))
      return
    }
    guard remaining(of: request) != nil else {
      reply(.failure(.unavailable, "deadline", "no time is left for a mail"))
      return
    }
    let number = call.nextRequest()
    let name = value["credential"]?.asText ?? ""
    let wanted = name.isEmpty ? nil : CredentialName(rawValue: name)
    credential(wanted, for: call) { [self] result in
      switch result {
      case .failure(let failure): reply(.failure(failure))
      case .success(let account):
        guard account.isMail else {
          reply(
            .failure(
              .invalidInput, "not_a_mail_account",
              "credential \"\(account.name)\" is of kind \(account.kind), not a mail account"))
          return
        }
        openAttachments(call, request, value) { [self] result in
          switch result {
          case .failure(let failure): reply(.failure(failure))
          case .success(let mail):
            forward(call, request, mail, transport, number, account, reply)
          }
        }
      }
    }
  }

  /// A mail as it goes to the transport, and the blobs it counts.
  private struct MailWithFiles: Sendable {
    var value: JSONValue
    var files: [BlobFile] = []
  }

  /// Opens the attachments that are blobs.
  private func openAttachments(
    _ call: OpenCall, _ request: ServiceRequest, _ value: JSONValue,
    _ done: @escaping @Sendable (Result<MailWithFiles, ActionFailure>) -> Void
  ) {
    let attachments = value["attachments"]?.asList ?? []
    let blobs = attachments.compactMap { $0["blob"] }
    guard !blobs.isEmpty else { return done(.success(MailWithFiles(value: value))) }
    let carried = Int64(request.body.count)
    openBlobs(blobs, for: call, request) { result in
      done(
        result.flatMap { files in
          let total = files.reduce(carried) { $0 + $1.size }
          guard total <= HostServicesLimits.attachmentBytes else {
            return .failure(
              ActionFailure(
                .invalidInput, code: "attachments_too_large",
                message: "the attachments have \(total) bytes together, the most is "
                  + "\(HostServicesLimits.attachmentBytes): send fewer, or a link"))
          }
          return .success(MailWithFiles(value: Self.counting(files, in: value), files: files))
        })
    }
  }

  private static func counting(_ files: [BlobFile], in mail: JSONValue) -> JSONValue {
    var next = 0
    let list = (mail["attachments"]?.asList ?? []).map { attachment -> JSONValue in
      guard let blob = attachment["blob"], var object = attachment.asObject else {
        return attachment
      }
      let shown = BlobName(reading: blob)
      if object["name"]?.asText?.isEmpty ?? true { object["name"] = .text(shown.name) }
      if object["type"]?.asText?.isEmpty ?? true { object["type"] = .text(shown.type) }
      object["blob"] = nil
      object["file"] = .integer(Int64(next))
      object["size"] = .integer(files[next].size)
      next += 1
      return .object(object)
    }
    var object = mail.asObject ?? [:]
    object["attachments"] = .list(list)
    return .object(object)
  }

  private func forward(
    _ call: OpenCall, _ request: ServiceRequest, _ opened: MailWithFiles,
    _ transport: InstalledPlugin, _ number: UInt32, _ account: OpenedCredential, _ reply: ReplyOnce
  ) {
    guard !call.isClosed, let left = remaining(of: request) else { return }
    guard case .object(var mail) = opened.value else {
      reply(.failure(.bug, "bad_request", "a mail is an object"))
      return
    }
    mail["credential"] = nil
    mail["server"] = account.fields
    mail["timeout_ms"] = .integer(Int64(max(1, left / 1_000_000)))
    // The same on every try, so that receivers and we recognise a mail that came twice.
    let domain = account.fields["from"]?.asText?.split(separator: "@").last.map(String.init)
    let suffix = number == 1 ? "" : "-\(number)"
    mail["message_id"] = .text("<\(call.order.key)\(suffix)@\(domain ?? "localhost")>")
    send(
      EgressRequest(
        number: number, json: JSONValue.object(mail).jsonBytes,
        body: Array(request.body), digest: digest(Array(request.json) + Array(request.body)),
        deadline: loop.now + left, files: opened.files),
      through: pool.transport(project: call.order.project, plugin: transport), of: call, reply)
  }
}
