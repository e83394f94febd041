// SPDX-License-Identifier: Apache-2.0
// One exchange with the outside world: ledger, transport, answer. The same for HTTP and mail.
import CSystem
import Pipeline
import PluginHost
import Store
import Values
import WorkerProtocol

/// One request on its way out, complete but for what the transport does with it.
struct EgressRequest: Sendable {
  let number: UInt32
  /// The transport's request, secrets included; never logged, never stored.
  let json: [UInt8]
  let body: [UInt8]
  /// Over everything the plugin asked for, without secrets.
  let digest: String
  /// When the service ends by itself, monotonic nanoseconds.
  let deadline: UInt64
  /// The blobs that the transport's request counts.
  var files: [BlobFile] = []
  /// Where the answer's body is to be saved, counted after the files.
  var draft: BlobDraft?
}

extension HostServices {
  /// How long before the call's own deadline a service ends (`architecture.md` §5.6).
  static let marginLimit: UInt64 = 500_000_000

  /// What is left for an exchange of a call, in nanoseconds; nil when it is over.
  func remaining(of request: ServiceRequest) -> UInt64? {
    let budget = UInt64(max(0, request.call.timeout.components.seconds)) * 1_000_000_000
      + UInt64(max(0, request.call.timeout.components.attoseconds)) / 1_000_000_000
    let margin = min(Self.marginLimit, budget / 10)
    let end = request.deadline - margin
    let now = loop.now
    return end > now ? end - now : nil
  }

  /// Sends a request out, or answers it from the ledger.
  func send(
    _ egress: EgressRequest, through channel: TransportChannel, of call: OpenCall,
    _ reply: ReplyOnce
  ) {
    call.exchanges[egress.number] = OpenCall.Exchange(
      state: .asked, channel: channel, bytes: egress.json.count + egress.body.count)
    call.openBytes += egress.json.count + egress.body.count
    guard call.order.effect != .pure else { return submit(egress, of: call, reply) }
    guard call.order.mayHaveSent else { return writeIntent(egress, of: call, reply) }
    let (run, key, number) = (call.order.run, call.order.ledgerKey, Int64(egress.number))
    store.read({ transaction throws(StoreError) in
      try transaction.egressGet(run, attempt: key, request: number)
    }) { [self] result in
      guard !call.isClosed else { return endExchange(call, egress.number) }
      switch result {
      case .failure(let error):
        endExchange(call, egress.number)
        reply(.failure(.unavailable, error.code.rawValue, error.message))
      case .success(nil): writeIntent(egress, of: call, reply)
      case .success(let row?): resume(row, egress, of: call, reply)
      }
    }
  }

  /// An earlier try at this attempt got as far as the ledger: decide by what stands there.
  private func resume(
    _ row: EgressRow, _ egress: EgressRequest, of call: OpenCall, _ reply: ReplyOnce
  ) {
    let isSame = row.digest == egress.digest
    if isSame, let kept = row.response, let answer = StoredAnswer(bytes: kept) {
      // The run holds what was saved; this call goes on as the one that had it saved.
      if egress.draft != nil, let head = try? JSONValue(parsing: answer.head),
        let blob = BlobName.id(head["blob"])
      {
        call.blobs.made.insert(blob)
      }
      endExchange(call, egress.number)
      call.hasAnswered = true
      reply(ServiceReply(status: 0, json: answer.head, body: answer.body[...]))
    } else if call.order.effect.mayRepeat {
      markRepeated(call)
      submit(egress, of: call, reply)
    } else {
      call.hasLeftUnanswered = true
      endExchange(call, egress.number)
      reply(
        .failure(
          .unknownOutcome, "interrupted",
          "the host was interrupted while this request was under way: it may have been carried out"))
    }
  }

  /// A request that may have arrived goes out again, as its class allows: the run says so from now
  /// on, whatever becomes of the call.
  private func markRepeated(_ call: OpenCall) {
    let run = call.order.run
    writeLedger(
      call,
      { transaction throws(StoreError) in try transaction.runMark(run, "repeated") })
  }

  private func writeIntent(_ egress: EgressRequest, of call: OpenCall, _ reply: ReplyOnce) {
    let order = call.order
    writeLedger(call) { transaction throws(StoreError) in
      try transaction.egressIntent(
        order.run, attempt: order.ledgerKey, request: Int64(egress.number), effect: order.effect,
        digest: egress.digest)
    } done: { [self] result in
      switch result {
      case .success where call.isClosed:
        forgetIntent(egress, of: call)
        endExchange(call, egress.number)
      case .success: submit(egress, of: call, reply)
      case .failure(let error):
        endExchange(call, egress.number)
        reply(.failure(.unavailable, error.code.rawValue, error.message))
      }
    }
  }

  private func submit(_ egress: EgressRequest, of call: OpenCall, _ reply: ReplyOnce) {
    guard !call.isClosed, let channel = call.exchanges[egress.number]?.channel else {
      return endExchange(call, egress.number)
    }
    let files: [AttachedFile]
    do throws(StoreError) { files = try attached(egress) } catch {
      var failure = error.ofBlob
      conclude(&failure, hasLeft: false, egress, of: call)
      return reply(.failure(failure))
    }
    let transportNumber = nextTransportNumber()
    call.exchanges[egress.number]?.transportNumber = transportNumber
    call.exchanges[egress.number]?.state = .submitted
    channel.submit(
      exchange: transportNumber, request: egress.json, body: egress.body, files: files
    ) { [self] event in
      switch event {
      case .left:
        call.exchanges[egress.number]?.state = .left
        if sys_fault(SYS_FAULT_LEFT) != 0 { pool.killFaultVictim() }
      case .answered(let head, let body):
        answered(egress, of: call, head: Array(head), body: Array(body), reply)
      case .lost(let left, let death):
        lost(egress, of: call, left: left, death: death, reply)
      }
    }
  }

  private func answered(
    _ egress: EgressRequest, of call: OpenCall, head: [UInt8], body: [UInt8], _ reply: ReplyOnce
  ) {
    guard let value = try? JSONValue(parsing: head) else {
      lost(egress, of: call, left: true, death: nil, reply)
      return
    }
    if let draft = egress.draft, value["saved"] != nil {
      return save(draft, egress, of: call, value, reply)
    }
    guard let error = value["error"] else {
      call.hasAnswered = true
      recordAnswer(egress, of: call, StoredAnswer(head: head, body: body).bytes)
      endExchange(call, egress.number)
      reply(ServiceReply(status: 0, json: head, body: body[...]))
      return
    }
    let hasLeft = value["left"]?.asBoolean ?? true
    var failure = ActionFailure(
      ErrorClass(rawValue: error["class"]?.asText ?? "") ?? .bug,
      code: error["code"]?.asText ?? "transport", message: error["message"]?.asText ?? "",
      providerCode: error["provider_code"]?.asText)
    conclude(&failure, hasLeft: hasLeft, egress, of: call)
    reply(.failure(failure))
  }

  /// The files of a request, each with a descriptor of its own for the transport.
  private func attached(_ egress: EgressRequest) throws(StoreError) -> [AttachedFile] {
    var files: [AttachedFile] = []
    for file in egress.files { files.append(AttachedFile(owning: try file.duplicate())) }
    if let draft = egress.draft {
      try draft.restart()
      files.append(AttachedFile(owning: try draft.duplicate()))
    }
    return files
  }

  /// Keeps the body that the transport has written, and answers with the blob's name: whoever reads
  /// the answer, in the ledger too, finds the file.
  private func save(
    _ draft: BlobDraft, _ egress: EgressRequest, of call: OpenCall, _ value: JSONValue,
    _ reply: ReplyOnce
  ) {
    let (blobs, order, now) = (blobs, call.order, clock())
    let shown = BlobName(
      type: value["headers"]?["content-type"]?.asText.flatMap { BlobName.essence($0) }
        ?? BlobName.usualType,
      name: DownloadName.name(headers: value["headers"], url: value["url"]?.asText ?? ""))
    // Several at a time may come to more than each was let.
    let size = max(0, value["saved"]?.asInteger ?? 0)
    let isTooMuch = call.blobs.bytes + size > HostServicesLimits.blobBytesPerCall
    call.blobs.bytes += size
    onBlobThread({ () throws(StoreError) in
      guard !isTooMuch else {
        draft.discard()
        throw StoreError(
          .tooLarge,
          "what one call saves is at most \(HostServicesLimits.blobBytesPerCall >> 20) MiB together: "
            + "save less, or one after the other")
      }
      return try blobs.keep(saved: draft, in: order.project, for: order.run, nowMS: now)
    }) { [self] result in
      call.hasAnswered = true
      switch result {
      case .success(let kept):
        call.blobs.made.insert(kept.id)
        var head = value.asObject ?? [:]
        head["saved"] = nil
        head["blob"] = shown.value(kept.id, bytes: kept.size)
        let json = JSONValue.object(head).jsonBytes
        recordAnswer(egress, of: call, StoredAnswer(head: json, body: []).bytes)
        endExchange(call, egress.number)
        reply(ServiceReply(status: 0, json: json))
      case .failure(let error):
        // The peer has answered: only what may be repeated is tried again.
        var failure = error.ofBlob
        if !call.order.effect.mayRepeat { failure.class = .failed }
        discard(draft)
        endExchange(call, egress.number)
        reply(.failure(failure))
      }
    }
  }

  /// The transport died. What never left, or may be repeated, is sent again through the next one;
  /// the rest may have been carried out.
  private func lost(
    _ egress: EgressRequest, of call: OpenCall, left: Bool, death: WorkerDeath?,
    _ reply: ReplyOnce
  ) {
    let losses = (call.exchanges[egress.number]?.losses ?? 0) + 1
    call.exchanges[egress.number]?.losses = losses
    let mayGoAgain = !left || call.order.effect.mayRepeat
    if mayGoAgain, !call.isClosed, losses <= 3, loop.now < egress.deadline {
      if left { markRepeated(call) }
      submit(egress, of: call, reply)
      return
    }
    let what = death.map { " (\($0))" } ?? ""
    var failure = ActionFailure(
      left ? .unknownOutcome : .unavailable, code: "transport_lost",
      message: "the transport died while this request was under way\(what)")
    conclude(&failure, hasLeft: left, egress, of: call)
    reply(.failure(failure))
  }

  /// Ends an exchange that failed: what a repetition cannot harm is no unknown outcome.
  private func conclude(
    _ failure: inout ActionFailure, hasLeft: Bool, _ egress: EgressRequest, of call: OpenCall
  ) {
    if failure.class == .unknownOutcome {
      if call.order.effect.mayRepeat { failure.class = .unavailable }
      if !call.order.effect.mayRepeat { call.hasLeftUnanswered = true }
    } else if hasLeft {
      call.hasAnswered = true
    }
    if !hasLeft, call.order.effect != .pure { forgetIntent(egress, of: call) }
    if let draft = egress.draft { discard(draft) }
    endExchange(call, egress.number)
  }

  private func recordAnswer(_ egress: EgressRequest, of call: OpenCall, _ response: [UInt8]) {
    guard call.order.effect != .pure else { return }
    let order = call.order
    // The plugin does not wait for it: the outcome is written after it by the same writer, so
    // whoever finds the outcome finds the answer too.
    writeLedger(call) { transaction throws(StoreError) in
      try transaction.egressAnswered(
        order.run, attempt: order.ledgerKey, request: Int64(egress.number), response: response)
    }
  }

  /// Nothing reached the peer: a later try at this attempt may send it.
  private func forgetIntent(_ egress: EgressRequest, of call: OpenCall) {
    let order = call.order
    writeLedger(call) { transaction throws(StoreError) in
      try transaction.egressWithdraw(
        order.run, attempt: order.ledgerKey, request: Int64(egress.number))
    }
  }
}

/// An answer as the ledger keeps it: the head's length, the head, the body.
struct StoredAnswer {
  let head: [UInt8]
  let body: [UInt8]

  init(head: [UInt8], body: [UInt8]) {
    self.head = head
    self.body = body
  }

  init?(bytes: [UInt8]) {
    guard bytes.count >= 4 else { return nil }
    let size =
      Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16 | Int(bytes[3]) << 24
    guard bytes.count - 4 >= size else { return nil }
    head = Array(bytes[4..<(4 + size)])
    body = Array(bytes[(4 + size)...])
  }

  var bytes: [UInt8] {
    let size = UInt32(head.count)
    return [
      UInt8(truncatingIfNeeded: size), UInt8(truncatingIfNeeded: size >> 8),
      UInt8(truncatingIfNeeded: size >> 16), UInt8(truncatingIfNeeded: size >> 24),
    ] + head + body
  }
}
