// SPDX-License-Identifier: Apache-2.0
// A server that says what no HTTP server would.
import Glibc

/// Accepts one connection, reads a request's headers and calls `answer`, on a thread of its own.
final class RawServer: @unchecked Sendable {
  // Safe because: nothing of it changes after `init`.
  let port: UInt16
  private let descriptor: Int32
  private let answer: @Sendable (RawConnection) -> Void

  var url: String { "http://127.0.0.1:\(port)/" }

  init(_ answer: @escaping @Sendable (RawConnection) -> Void) throws {
    (descriptor, port) = try Loopback.listen()
    self.answer = answer
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<RawServer>.fromOpaque(context).takeRetainedValue().serve()
        return nil
      }, context)
    pthread_detach(thread)
  }

  private func serve() {
    let peer = accept(descriptor, nil, nil)
    guard peer >= 0 else { return }
    let connection = RawConnection(descriptor: peer)
    connection.readHead()
    answer(connection)
    Glibc.close(descriptor)
  }
}
