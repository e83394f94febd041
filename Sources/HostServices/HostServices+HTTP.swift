// SPDX-License-Identifier: Apache-2.0
// HTTP requests of calls: the grant, the credential, the transport's request.
import Pipeline
import PluginHost
import Store
import Values

extension HostServices {
  func httpSend(
    _ call: OpenCall, _ request: ServiceRequest, _ value: JSONValue, _ reply: ReplyOnce
  ) {
    guard let transport = call.setup.httpTransport else {
      reply(
        .failure(
          .denied, "no_transport",
          "no HTTP transport is installed: make deps installs libcurl4-openssl-dev, then build"))
      return
    }
    guard let left = remaining(of: request) else {
      reply(.failure(.unavailable, "deadline", "no time is left for a request"))
      return
    }
    guard let url = value["url"]?.asText, let (host, port) = HostPattern.authority(of: url) else {
      reply(
        .failure(
          .invalidInput, "bad_url",
          "the URL must be absolute, http or https, without a user or password in it"))
      return
    }
    let number = call.nextRequest()
    guard allows(.host("\(host):\(port)"), call) else {
      reply(.failure(.denied, "host_not_granted", hostNotGranted(host, port, call)))
      return
    }
    outgoingBody(call, request, value) { [self] result in
      switch result {
      case .failure(let failure): reply(.failure(failure))
      case .success(let body):
        guard !call.isClosed else { return }
        send(call, request, value, body, transport, left, number, (host, port), reply)
      }
    }
  }

  /// Opens the credential where one is named, then forwards.
  private func send(
    _ call: OpenCall, _ request: ServiceRequest, _ value: JSONValue, _ body: OutgoingBody,
    _ transport: InstalledPlugin, _ left: UInt64, _ number: UInt32,
    _ place: (host: String, port: Int), _ reply: ReplyOnce
  ) {
    let (host, port, url) = (place.host, place.port, value["url"]?.asText ?? "")
    let name = value["credential"]?.asText ?? ""
    guard name.isEmpty else {
      credential(CredentialName(rawValue: name), for: call) { [self] result in
        switch result {
        case .failure(let failure): reply(.failure(failure))
        case .success(let secret):
          guard secret.covers(host: host, port: port, isPlain: url.lowercased().hasPrefix("http:"))
          else {
            reply(
              .failure(
                .denied, "credential_not_bound",
                "credential \"\(name)\" is not bound to \(host):\(port), only to "
                  + secret.hosts.joined(separator: ", ")
                  + "; over plain http it has to be bound by an http: URL or by a host with its "
                  + "port, and the secret has 8 bytes at least"))
            return
          }
          forward(call, request, value, body, transport, left, number, auth: secret, reply)
        }
      }
      return
    }
    forward(call, request, value, body, transport, left, number, auth: nil, reply)
  }

  private func forward(
    _ call: OpenCall, _ request: ServiceRequest, _ value: JSONValue, _ body: OutgoingBody,
    _ transport: InstalledPlugin, _ left: UInt64, _ number: UInt32, auth: OpenedCredential?,
    _ reply: ReplyOnce
  ) {
    guard !call.isClosed else { return }
    let asked = value["timeout_ms"]?.asInteger ?? 0
    let leftMS = Int64(left / 1_000_000)
    let timeout = asked > 0 ? min(asked, leftMS) : leftMS
    let signed: (auth: JSONValue, url: String)?
    do throws(ActionFailure) {
      signed = try auth?.applied(
        to: OutgoingRequest(
          method: value["method"]?.asText ?? "GET", url: value["url"]?.asText ?? "",
          headers: value["headers"] ?? [:], body: body.bytes,
          id: number == 1 ? call.order.key : "\(call.order.key)-\(number)", now: clock(),
          streamed: body.streamed),
        vault.sodium)
    } catch {
      return reply(.failure(error))
    }
    var out: JSONObject = [
      "method": value["method"] ?? "GET", "url": signed.map { .text($0.url) } ?? value["url"] ?? "",
      "headers": value["headers"] ?? [:], "timeout_ms": .integer(max(1, timeout)),
      "max_response_bytes": .integer(responseLimit(value, call)),
      "max_redirects": value["max_redirects"] ?? 0,
    ]
    if let signed, !signed.auth.isEmpty { out["auth"] = signed.auth }
    for member in body.members { out[member.name] = member.value }
    let saves = value["save_body"]?.asBoolean ?? false
    guard !saves || mayWriteBlob(1, call, reply) else { return }
    if saves { out["save_file"] = .integer(Int64(body.files.count)) }
    // An address of this machine or its network is reached only where the operator named host and
    // port; a pattern that an author could steer never leads there.
    let (host, port) = HostPattern.authority(of: value["url"]?.asText ?? "") ?? ("", 0)
    let isNamed = call.plugin.grants.hosts.contains {
      HostPattern.namesPort($0) && HostPattern.covers($0, host: host, port: port)
    }
    out["public_only"] = .boolean(!isNamed && record == nil)
    // The transport checks each hop, and drops the credential on any other than the first host.
    let hosts = record == nil ? call.plugin.grants.hosts : ["*"]
    out["allow_hosts"] = .list(hosts.map { .text($0) })
    let began = loop.now
    call.keep(
      KeptExchange(
        request: value, body: request.body, fileBytes: body.files.reduce(0) { $0 + $1.size },
        secrets: auth?.redaction ?? SecretRedaction(),
        startedAt: clock()), as: number)
    let noted = ReplyOnce { [self] answer in
      call.finish(number, answer, milliseconds: Int64((loop.now - began) / 1_000_000))
      noteRedirects(answer, call)
      reply(answer)
    }
    guard call.order.caller?.isTrial != true else { return noted(.failure(Self.triedOnly)) }
    let egress = EgressRequest(
      number: number, json: JSONValue.object(out).jsonBytes, body: body.bytes,
      digest: digest(Array(request.json) + Array(request.body)), deadline: loop.now + left,
      files: body.files)
    guard saves else {
      let channel = pool.transport(project: call.order.project, plugin: transport)
      return send(egress, through: channel, of: call, noted)
    }
    let blobs = blobs
    onBlobThread({ () throws(StoreError) in try blobs.begin() }) { [self] result in
      guard !call.isClosed else { return }
      switch result {
      case .failure(let error): noted(.failure(error.ofBlob))
      case .success(let draft):
        var egress = egress
        egress.draft = draft
        let channel = pool.transport(project: call.order.project, plugin: transport)
        send(egress, through: channel, of: call, noted)
      }
    }
  }

  /// Where a permissive host let redirects lead.
  private func noteRedirects(_ answer: ServiceReply, _ call: OpenCall) {
    guard record != nil, answer.status == 0, let head = try? JSONValue(parsing: answer.json),
      let hops = head["hops"]?.asList
    else { return }
    for hop in hops.compactMap(\.asText) { _ = allows(.host(hop), call) }
  }

  /// How much of a response the plugin takes: to a plugin 0 is the usual, to a transport nothing.
  private func responseLimit(_ value: JSONValue, _ call: OpenCall) -> Int64 {
    let asked = value["max_response_bytes"]?.asInteger ?? 0
    if value["save_body"]?.asBoolean == true {
      let most = min(
        HostServicesLimits.savedBytes,
        max(0, HostServicesLimits.blobBytesPerCall - call.blobs.bytes))
      return asked > 0 ? min(asked, most) : most
    }
    return asked > 0
      ? min(asked, HostServicesLimits.responseBytes) : HostServicesLimits.usualResponseBytes
  }

  private func hostNotGranted(_ host: String, _ port: Int, _ call: OpenCall) -> String {
    let (plugin, project) = (call.order.plugin, call.order.project)
    return "plugin \(plugin) may not talk to \(host):\(port) in project \(project): "
      + "jackfield plugin enable \(plugin) --project \(project) --host \(host):\(port)"
  }
}
