// SPDX-License-Identifier: Apache-2.0
// Threads on which code of a plugin may run.
import CSystem
import Glibc

/// Starts threads with a small stack: 1,024 of them are to fit.
package enum PluginThread {
  /// **Unit**: bytes. 5,000 honest threads with 128 KiB are 43 MB resident.
  private static let stack = 256 << 10

  /// Runs `body` on a thread of its own; false when the system refuses one.
  package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stack)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let passed = Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, &attributes,
      { passed in
        guard let passed else { return nil }
        sys_crash_thread()
        Unmanaged<Body>.fromOpaque(passed).takeRetainedValue().body()
        return nil
      }, passed.toOpaque())
    if status != 0 { passed.release() }
    return status == 0
  }

  private final class Body: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
