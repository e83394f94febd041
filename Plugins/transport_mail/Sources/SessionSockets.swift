// SPDX-License-Identifier: Apache-2.0
// The sockets of one session, so that another thread can end it.
import Glibc
import Synchronization

/// Opens and closes a session's sockets for libcurl, and shuts them down at an abort: what blocks
/// on one returns at once.
final class SessionSockets: Sendable {
  private struct State {
    var open: Set<Int32> = []
    var isAborted = false
  }

  private let state = Mutex(State())

  var isAborted: Bool { state.withLock(\.isAborted) }

  /// A new socket, or -1 after an abort.
  func open(_ family: Int32, _ type: Int32, _ number: Int32) -> Int32 {
    state.withLock { state in
      guard !state.isAborted else { return -1 }
      let descriptor = socket(family, type | Int32(SOCK_CLOEXEC.rawValue), number)
      if descriptor >= 0 { state.open.insert(descriptor) }
      return descriptor
    }
  }

  /// Under the lock, so that an abort never meets another's descriptor of the same number.
  func close(_ descriptor: Int32) -> Int32 {
    state.withLock { state in
      state.open.remove(descriptor)
      return Glibc.close(descriptor)
    }
  }

  func abort() {
    state.withLock { state in
      state.isAborted = true
      for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }
}
