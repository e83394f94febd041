// SPDX-License-Identifier: Apache-2.0
//
// A worker's socket: the host's end never blocks, and believes nothing.

import WorkerProtocol

extension WorkerProcess {
  /// Whether so much waits for it that nothing new should be begun with it.
  var isCongested: Bool {
    outbox.count > context.limits.congestedMessages || outbox.weight > context.limits.congestedBytes
  }

  /// Sends a message at the end of this turn, or when it reads again. Dropped from `dying` on.
  func send(_ message: EncodedMessage) {
    context.loop.assertCurrent()
    guard state.isHeard else { return }
    outbox.append(message)
    // Also when older messages wait for room: their bound is looked at where they are sent.
    guard !isFlushDue else { return }
    isFlushDue = true
    context.loop.deferToTurnEnd { [self] in flush() }
  }

  func watchSocket() {
    guard let socket else { return }
    isSocketWatched = true
    context.loop.watch(fd: socket.descriptor, reading: true, writing: false) { [self] ready in
      if ready.contains(.writable) { flush() }
      if !ready.isDisjoint(with: [.readable, .closed, .failed]) {
        receive(batches: 4, untilEmpty: false)
      }
    }
  }

  func unwatchSocket() {
    guard let socket, isSocketWatched else { return }
    context.loop.unwatch(fd: socket.descriptor)
    isSocketWatched = false
  }

  /// Handles what it has said so far; at most that many batches of sixteen, so that a talkative
  /// worker does not keep the loop from the others.
  ///
  /// - Parameter untilEmpty: whether to look again behind a batch that was not full. Who is called
  ///   because the socket is readable need not: what comes later is reported again.
  func receive(batches: Int, untilEmpty: Bool = true) {
    var closed = 0
    var left = batches
    while left > 0, state.isHeard, let socket {
      left -= 1
      var messages: [Message] = []
      var violation: ProtocolViolation?
      do throws(ProtocolViolation) {
        let (count, isClosed) = try socket.receiveMany(context.receiveBuffer, into: &messages)
        closed = isClosed ? closed + 1 : 0
        let isEnough = untilEmpty ? count == 0 : count < context.receiveBuffer.slots
        if isEnough && !isClosed { left = 0 }
      } catch {
        violation = error
      }
      hear(messages, then: violation)
      // A peer that died with unread messages is reported as a reset *before* what it had said:
      // only the second end in a row is the end.
      if closed == 1 { left += 1 }
      if closed > 1 { return socketClosed() }
    }
  }

  private func hear(_ messages: [Message], then violation: ProtocolViolation?) {
    do throws(ProtocolViolation) {
      for message in messages {
        guard state.isHeard else { return hasLostWords = true }
        try hear(try WorkerMessage(message))
      }
      if let violation { throw violation }
    } catch {
      hasLostWords = true
      kill(.violation, "\(error)")
    }
  }

  private func hear(_ message: WorkerMessage) throws(ProtocolViolation) {
    switch (message, state) {
    case (.log(let line), _) where line.call == 0:
      if let line = admitted(line) { log(level: line.level, line.text) }
    case (.ready, .loading):
      becameReady()
    case (.loadFailed(let failure), .loading):
      failedToLoad(failure.json)
    case (.ready, _), (.loadFailed, _):
      throw ProtocolViolation(code: "kind_unexpected", reason: "ready, a second time")
    case (_, .loading):
      throw ProtocolViolation(code: "kind_unexpected", reason: "a message before ready")
    case (.log(let line), _):
      if let line = admitted(line) { try owner?.worker(self, said: .log(line)) }
    default:
      try owner?.worker(self, said: message)
    }
  }

  /// What it had said before it was killed, for an owner to whom that counts: read once, when it
  /// can say nothing more.
  func hearLastWords() {
    guard let owner, owner.hearsLastWords, let socket else { return }
    var ends = 0
    var batches = 0
    // A reset comes before what was said: see `receive`.
    while ends < 2, !hasLostWords {
      var messages: [Message] = []
      do throws(ProtocolViolation) {
        let (count, isClosed) = try socket.receiveMany(context.receiveBuffer, into: &messages)
        ends = isClosed ? ends + 1 : 0
        if count == 0 && !isClosed { ends = 2 }
      } catch {
        hasLostWords = true
      }
      hearLastWords(messages, owner)
      batches += 1
      // More than a socket holds: something it left behind goes on talking.
      if batches == Self.mostLastBatches { hasLostWords = true }
    }
    if hasLostWords { owner.workerLastWordsAreLost(self) }
  }

  private func hearLastWords(_ messages: [Message], _ owner: WorkerOwner) {
    do throws(ProtocolViolation) {
      for message in messages {
        let word = try WorkerMessage(message)
        switch word {
        case .left, .answered: try owner.worker(self, said: word)
        default: break
        }
      }
    } catch {
      hasLostWords = true
    }
  }

  private static let mostLastBatches = 4_096

  private func flush() {
    isFlushDue = false
    guard state.isHeard, let socket, !outbox.isEmpty else { return }
    while !outbox.isEmpty {
      do throws(ProtocolViolation) {
        let (count, sent) = try socket.sendMany(outbox.waiting)
        outbox.drop(count)
        if sent == .closed { return socketClosed() }
        if count == 0 { return waitForRoom() }
      } catch {
        return kill(.violation, "\(error)")
      }
    }
    watchForRoom(false)
    owner?.workerIsDrained(self)
  }

  private func waitForRoom() {
    let limits = context.limits
    if outbox.weight > limits.unreadBytes || outbox.count > limits.unreadMessages {
      kill(.notReading, "\(outbox.count) messages, \(outbox.weight) bytes wait for it")
    } else {
      watchForRoom(true)
    }
  }

  /// Only a change is told the kernel: nearly every flush finds room, and would cost a system call.
  private func watchForRoom(_ awaits: Bool) {
    guard awaits != awaitsRoom, isSocketWatched, let socket else { return }
    awaitsRoom = awaits
    context.loop.modify(fd: socket.descriptor, reading: true, writing: awaits)
  }

  /// It closed its end. A process that ends does so just before its end is seen, so that its status
  /// says more than a kill would.
  private func socketClosed() {
    guard isSocketWatched else { return }
    unwatchSocket()
    setTimer(context.limits.closedSocket) { [self] in
      kill(.closedSocket, "it closed its socket and went on")
    }
  }
}
