// SPDX-License-Identifier: Apache-2.0
// Every bound of the protocol, each with its reason.

/// The bounds of what crosses between host and worker.
package enum Limits {
  /// **Unit**: bytes. The fixed header of each message.
  package static let header = 16
  /// **Unit**: bytes. The largest payload inside a message: with its header 64 KiB, which fits
  /// the kernel's default socket buffer three times.
  package static let inlinePayload = 65_520
  /// **Unit**: bytes. The largest message as the socket carries it.
  package static let message = header + inlinePayload
  /// **Unit**: bytes. The largest payload in sealed memory: the largest HTTP body and the largest
  /// mail fit, and a hostile worker cannot make the host hold more per message.
  package static let payload = 32 << 20
  /// **Unit**: bytes. The result of a call, as the ABI says.
  package static let result = 1 << 20
  /// **Unit**: bytes. One log line, as the ABI says; longer ones are cut by the runtime.
  package static let logLine = 8 << 10
  /// Calls at once in one worker, as the manifest may say.
  package static let callsAtOnce = 1_024
  /// Messages in one system call; the receive buffers of a batch take this times 64 KiB.
  package static let batch = 16
}
