// SPDX-License-Identifier: Apache-2.0
// A thread of our own with a name, because SQLite blocks and the cooperative pool must not.

import CSystem
import Glibc

/// A running thread that can be waited for.
final class NamedThread: Sendable {
  private let thread: pthread_t

  /// **Throws** when the system has no thread left.
  init(_ name: String, _ body: @escaping @Sendable () -> Void) throws(StoreError) {
    let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
    var made = pthread_t()
    let code = pthread_create(
      &made, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
        sys_thread_name(start.name)
        start.body()
        return nil
      }, start.toOpaque())
    guard code == 0 else {
      start.release()
      throw StoreError(
        .internalFault, "no thread left for \(name) (error \(code)): raise the limit of processes")
    }
    thread = made
  }

  /// Waits for its end; once.
  func join() { pthread_join(thread, nil) }
}

/// What a new thread is told.
private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void
  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}
