// SPDX-License-Identifier: Apache-2.0
// A connection that waits for the host.
import CMicrohttpdCalls

/// A connection of the daemon's, suspended while the host has its request.
struct SuspendableConnection: @unchecked Sendable {
  // Safe because: libmicrohttpd takes `resume` of a suspended connection on any thread, and a
  // suspended connection lives until it is resumed.
  private let connection: OpaquePointer?

  init(_ connection: OpaquePointer?) { self.connection = connection }

  /// On the daemon's thread only.
  func suspend() { MHD_suspend_connection(connection) }

  func resume() { MHD_resume_connection(connection) }
}
