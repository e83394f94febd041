// SPDX-License-Identifier: Apache-2.0
// Mails of calls: the account, the Message-ID, the transport's request.
import Pipeline
import PluginHost
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
        forward(call, request, value, transport, number, account, reply)
      }
    }
  }

  private func forward(
    _ call: OpenCall, _ request: ServiceRequest, _ value: JSONValue, _ transport: InstalledPlugin,
    _ number: UInt32, _ account: OpenedCredential, _ reply: ReplyOnce
  ) {
    guard !call.isClosed, let left = remaining(of: request) else { return }
    guard case .object(var mail) = value else {
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
        deadline: loop.now + left),
      through: pool.transport(project: call.order.project, plugin: transport), of: call, reply)
  }
}
