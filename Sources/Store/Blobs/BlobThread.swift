// SPDX-License-Identifier: Apache-2.0
// The thread that works on blobs for a loop that must not wait.

/// Does one thing after the other: what is done for one call keeps its order.
///
/// **Isolation** any thread; the work is done on a thread of its own, `store-blobs`.
package final class BlobThread: Sendable {
  private let inbox: Inbox<@Sendable () -> Void>
  private let thread: NamedThread

  /// **Throws** when the system has no thread left
  package init() throws(StoreError) {
    let inbox = Inbox<@Sendable () -> Void>()
    self.inbox = inbox
    thread = try NamedThread("store-blobs") {
      while let work = inbox.takeOne() { work() }
    }
  }

  /// False once it is closed: the work is then not done.
  package func run(_ work: @escaping @Sendable () -> Void) -> Bool { inbox.put(work) }

  /// Does what is queued, then ends the thread. Before the store is closed.
  package func close() {
    inbox.close()
    thread.join()
  }
}
