// SPDX-License-Identifier: Apache-2.0
// The thread that moves and removes ended runs.

/// Runs the archive beside everything else: told when, it does what there is to do.
///
/// **Isolation** any thread; the work is done on a thread of its own, `store-archive`.
package final class Housekeeper: Sendable {
  /// What one round did.
  package struct Round: Sendable, Hashable {
    /// Runs whose journals moved to a segment.
    package var archived = 0
    /// nil where it was not yet time to look.
    package var removed: RetentionReport?

    package init() {}
  }

  private struct Order: Sendable {
    let policy: RetentionPolicy
    let nowMS: Int64
    let done: @Sendable (Result<Round, StoreError>) -> Void
  }

  private let inbox: Inbox<Order>
  private let thread: NamedThread

  /// **Throws** when the system has no thread left
  package init(_ archive: Archive) throws(StoreError) {
    let inbox = Inbox<Order>()
    self.inbox = inbox
    thread = try NamedThread("store-archive") {
      var retainedMS = Int64.min
      // Orders that came in meanwhile are one: the last says what is to be kept.
      while let order = inbox.takeAll()?.last {
        let mayRetain = order.nowMS < retainedMS || retainedMS == .min
        let isTime = mayRetain || order.nowMS - retainedMS >= StoreLimits.retainEveryMS
        if isTime { retainedMS = order.nowMS }
        order.done(
          Housekeeper.round(archive, order.policy, retains: isTime, nowMS: order.nowMS) {
            inbox.isClosedNow
          })
      }
    }
  }

  /// Asks for a round; `done` is called on the housekeeper's thread, or never where another order
  /// came before its turn.
  package func tend(
    _ policy: RetentionPolicy, nowMS: Int64,
    done: @escaping @Sendable (Result<Round, StoreError>) -> Void
  ) {
    _ = inbox.put(Order(policy: policy, nowMS: nowMS, done: done))
  }

  private static func round(
    _ archive: Archive, _ policy: RetentionPolicy, retains: Bool, nowMS: Int64,
    isEnding: () -> Bool
  ) -> Result<Round, StoreError> {
    Result { () throws(StoreError) in
      var round = Round()
      while !isEnding() {
        let moved = try archive.step(nowMS: nowMS)
        if moved == 0 { break }
        round.archived += moved
      }
      if retains, !isEnding() { round.removed = try archive.retain(policy, nowMS: nowMS) }
      return round
    }
  }

  /// Lets a round that is under way end its step, then the thread. Before the store is closed.
  package func close() {
    inbox.close()
    thread.join()
  }
}
