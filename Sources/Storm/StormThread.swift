// SPDX-License-Identifier: Apache-2.0
// Threads of a storm, which block.
import CSystem
import Glibc

/// Detached threads with a name.
enum StormThread {
  private final class Start {
    let name: String
    let body: @Sendable () -> Void
    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  static func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let start = Unmanaged.passRetained(Start(name, body))
    var thread = pthread_t()
    let failed = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        sys_thread_name(start.name)
        start.body()
        return nil
      }, start.toOpaque())
    precondition(failed == 0, "no thread can be made: \(String(cString: strerror(failed)))")
    pthread_detach(thread)
  }
}
