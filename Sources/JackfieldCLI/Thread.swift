// SPDX-License-Identifier: Apache-2.0
// A named thread for work that blocks.
import CSystem
import Glibc

/// Starts a detached thread with a name (at most 15 characters are shown by the kernel).
func startThread(name: String, _ body: @escaping @Sendable () -> Void) {
  final class Box {
    let name: String
    let body: @Sendable () -> Void
    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
  var thread = pthread_t()
  let box = Unmanaged.passRetained(Box(name, body))
  let failed = pthread_create(
    &thread, nil,
    { argument in
      guard let argument else { return nil }
      let box = Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
      sys_thread_name(box.name)
      box.body()
      return nil
    }, box.toOpaque())
  guard failed == 0 else {
    box.release()
    body()
    return
  }
  pthread_detach(thread)
}
