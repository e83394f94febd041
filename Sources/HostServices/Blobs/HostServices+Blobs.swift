// SPDX-License-Identifier: Apache-2.0
// Blobs of calls: writing them, and who may read which.
import Pipeline
import PluginHost
import Store
import Values

extension HostServices {
  // MARK: writing

  func blobCreate(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    let name: BlobName
    do throws(ActionFailure) {
      name = try BlobName(
        checkingType: value["type"]?.asText ?? "", name: value["name"]?.asText ?? "")
    } catch {
      return reply(.failure(error))
    }
    guard call.blobs.drafts.count + call.blobs.opening < HostServicesLimits.blobDrafts else {
      return reply(
        .failure(
          .invalidInput, "too_many_drafts",
          "a call writes at most \(HostServicesLimits.blobDrafts) blobs at a time: finish one"))
    }
    call.blobs.opening += 1
    let blobs = blobs
    onBlobThread({ () throws(StoreError) in try blobs.begin() }) { result in
      call.blobs.opening -= 1
      switch result {
      case .failure(let error): reply(.failure(error.ofBlob))
      case .success(let file):
        let number = call.blobs.nextNumber()
        if !call.isReleased { call.blobs.drafts[number] = CallBlobs.Draft(file: file, name: name) }
        reply(.success(["draft": .integer(number)]))
      }
    }
  }

  func blobAppend(
    _ call: OpenCall, _ request: ServiceRequest, _ value: JSONValue, _ reply: ReplyOnce
  ) {
    guard let draft = call.blobs.drafts[value["draft"]?.asInteger ?? 0] else {
      return noDraft(value, reply)
    }
    let piece = Array(request.body)
    guard piece.count <= StoreLimits.blobPiece else {
      return reply(
        .failure(
          .invalidInput, "piece_too_large",
          "a piece of a blob has at most \(StoreLimits.blobPiece) bytes"))
    }
    guard mayWriteBlob(Int64(piece.count), call, reply) else { return }
    call.blobs.bytes += Int64(piece.count)
    onBlobThread({ () throws(StoreError) in try draft.file.append(piece[...]) }) { result in
      switch result {
      case .failure(let error): reply(.failure(error.ofBlob))
      case .success: reply(.success([:]))
      }
    }
  }

  func blobFinish(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    guard let draft = call.blobs.drafts.removeValue(forKey: value["draft"]?.asInteger ?? 0) else {
      return noDraft(value, reply)
    }
    let (blobs, order, now) = (blobs, call.order, clock())
    onBlobThread({ () throws(StoreError) in
      try blobs.keep(draft.file, in: order.project, for: order.run, nowMS: now)
    }) { result in
      switch result {
      case .failure(let error): reply(.failure(error.ofBlob))
      case .success(let kept):
        call.blobs.made.insert(kept.id)
        reply(.success(draft.name.value(kept.id, bytes: kept.size)))
      }
    }
  }

  private func noDraft(_ value: JSONValue, _ reply: ReplyOnce) {
    let number = value["draft"]?.asInteger ?? 0
    reply(
      .failure(
        .invalidInput, "no_draft",
        "there is no unfinished blob \(number) in this call: create one, and finish it once"))
  }

  /// Whether a call has room for so many bytes more.
  func mayWriteBlob(_ bytes: Int64, _ call: OpenCall, _ reply: ReplyOnce) -> Bool {
    guard call.blobs.bytes + bytes <= HostServicesLimits.blobBytesPerCall else {
      reply(
        .failure(
          .invalidInput, "too_many_blobs",
          "one call writes at most \(HostServicesLimits.blobBytesPerCall >> 20) MiB of blobs: spread "
            + "them over elements of a for_each"))
      return false
    }
    return true
  }

  // MARK: reading

  func blobLook(
    _ call: OpenCall, _ request: ServiceRequest, _ value: JSONValue, _ reply: ReplyOnce
  ) {
    let named = value["blob"] ?? .null
    openBlobs([named], for: call, request) { result in
      switch result {
      case .failure(let failure): reply(.failure(failure))
      case .success(let files):
        let values = files.map { BlobName(reading: named).value($0.id, bytes: $0.size) }
        reply(.success(values.first ?? .null))
      }
    }
  }

  func blobRead(
    _ call: OpenCall, _ request: ServiceRequest, _ value: JSONValue, _ reply: ReplyOnce
  ) {
    let (offset, size) = (value["offset"]?.asInteger ?? 0, value["size"]?.asInteger ?? 0)
    guard offset >= 0, (0...Int64(StoreLimits.blobPiece)).contains(size) else {
      return reply(
        .failure(
          .invalidInput, "piece_too_large",
          "a piece of a blob has at most \(StoreLimits.blobPiece) bytes"))
    }
    openBlobs(
      [value["blob"] ?? .null], for: call, request, then: { files throws(StoreError) in
        try files.first?.read(from: offset, size: Int(size)) ?? []
      }
    ) { result in
      switch result {
      case .failure(let failure): reply(.failure(failure))
      case .success(let bytes): reply(.success([:], body: bytes))
      }
    }
  }

  func openBlobs(
    _ named: [JSONValue], for call: OpenCall, _ request: ServiceRequest,
    _ done: @escaping @Sendable (Result<[BlobFile], ActionFailure>) -> Void
  ) {
    openBlobs(named, for: call, request, then: { $0 }, done)
  }

  /// Opens blobs that a call names, all or none, and does something with them on a thread that may
  /// wait for the disk.
  ///
  /// A call reads what it made, what stands in its parameters and its run holds, and what is in
  /// the gallery where its plugin may read that. Every other one is not found, so that nobody
  /// learns by asking what there is.
  func openBlobs<Value: Sendable>(
    _ named: [JSONValue], for call: OpenCall, _ request: ServiceRequest,
    then use: @escaping @Sendable ([BlobFile]) throws(StoreError) -> Value,
    _ done: @escaping @Sendable (Result<Value, ActionFailure>) -> Void
  ) {
    var ids: [BlobID] = []
    for value in named {
      guard let id = BlobName.id(value) else {
        return done(
          .failure(
            ActionFailure(
              .invalidInput, code: "bad_blob",
              message: "a blob is named by {blob: \"sha256-…\", type, bytes, name}, as an action "
                + "gave it")))
      }
      ids.append(id)
    }
    let handedIn = call.blobs.handedIn ?? BlobID.all(in: request.call.parameters)
    call.blobs.handedIn = handedIn
    let (blobs, order, made, wanted) = (blobs, call.order, call.blobs.made, ids)
    let mayReadGallery = record != nil || call.plugin.grants.has(.read("media"))
    store.read({ transaction throws(StoreError) -> Value? in
      var files: [BlobFile] = []
      for id in wanted {
        var mayRead = made.contains(id)
        if !mayRead, handedIn.contains(id) {
          mayRead = try transaction.blobIsHeld(id, by: order.run)
        }
        if !mayRead, mayReadGallery {
          mayRead = try transaction.blobIsInGallery(id, order.project)
        }
        guard mayRead, let file = try blobs.file(id, in: order.project, transaction) else {
          return nil
        }
        files.append(file)
      }
      return try use(files)
    }) { result in
      switch result {
      case .failure(let error): done(.failure(error.ofBlob))
      case .success(nil):
        done(
          .failure(
            ActionFailure(
              .notFound, code: "blob_not_found",
              message: "there is no such blob for this action: hand it over in its parameters, as "
                + "{{saved.body}}, while the run that made it is kept")))
      case .success(let value?): done(.success(value))
      }
    }
  }

  // MARK: the thread

  /// Throws a draft away where an unlink of a hundred mebibytes holds up nobody.
  func discard(_ draft: BlobDraft) { _ = blobThread.run { draft.discard() } }

  /// Does what waits for the disk beside the loop; `done` is called on the loop.
  func onBlobThread<Value: Sendable>(
    _ work: @escaping @Sendable () throws(StoreError) -> Value,
    _ done: @escaping @Sendable (Result<Value, StoreError>) -> Void
  ) {
    let loop = loop
    let isTaken = blobThread.run {
      let result = Result { () throws(StoreError) in try work() }
      loop.post { done(result) }
    }
    if !isTaken { done(.failure(StoreError(.closed, "the host is stopping"))) }
  }
}

extension StoreError {
  /// As a call is told it.
  var ofBlob: ActionFailure {
    switch code {
    case .tooLarge: ActionFailure(.invalidInput, code: "blob_too_large", message: message)
    case .blobsFull: ActionFailure(.invalidInput, code: code.rawValue, message: message)
    case .diskFull, .ioFailed, .folderUnwritable, .closed, .commitFailed:
      ActionFailure(.unavailable, code: code.rawValue, message: message)
    default: ActionFailure(.failed, code: code.rawValue, message: message)
    }
  }
}
