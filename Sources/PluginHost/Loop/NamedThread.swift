// SPDX-License-Identifier: Apache-2.0
//
// A thread with a name that `top -H` shows, joined by whoever started it.

import CSystem
import Glibc

/// A POSIX thread that runs one closure; for blocking calls, which never run on Swift's own pool.
package struct NamedThread: Sendable {
  private let handle: pthread_t

  /// Starts the thread.
  ///
  /// **Throws** `PluginHostError` with the code `no_thread` when the system refuses another one.
  package init(
    name: String, _ body: @escaping @Sendable () -> Void
  ) throws(PluginHostError) {
    let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
    var handle = pthread_t()
    let failure = pthread_create(&handle, nil, threadMain, start.toOpaque())
    guard failure == 0 else {
      start.release()
      throw PluginHostError(
        code: "no_thread",
        message: "the thread \(name) could not be started: \(systemText(failure)); "
          + "raise the limit of processes (ulimit -u)")
    }
    self.handle = handle
  }

  /// Waits until the thread has ended; call it once.
  package func join() {
    pthread_join(handle, nil)
  }
}

/// What a new thread is handed, through one pointer.
private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
  start.name.withCString { sys_thread_name($0) }
  start.body()
  return nil
}
