// SPDX-License-Identifier: Apache-2.0
// SHA-256 of what comes in pieces.

/// A digest under way.
///
/// **Isolation**: one thread at a time.
package final class SHA256Stream {
  private let functions: SodiumLibrary.Stream
  private let state: UnsafeMutableRawPointer

  init(_ functions: SodiumLibrary.Stream) {
    self.functions = functions
    state = .allocate(byteCount: functions.stateSize, alignment: 64)
    precondition(functions.begin(state) == 0, "libsodium failed to begin a digest")
  }

  deinit { state.deallocate() }

  package func add(_ piece: UnsafeRawBufferPointer) {
    guard let start = piece.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
    precondition(
      functions.update(state, start, UInt64(piece.count)) == 0, "libsodium failed in a digest")
  }

  /// The digest of all pieces; once.
  package func finish() -> [UInt8] {
    var hash = [UInt8](repeating: 0, count: 32)
    precondition(functions.end(state, &hash) == 0, "libsodium failed to end a digest")
    return hash
  }
}

extension Sodium {
  package func sha256Stream() -> SHA256Stream { SHA256Stream(library.sha256Stream) }
}
