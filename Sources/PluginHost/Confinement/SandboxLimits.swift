// SPDX-License-Identifier: Apache-2.0
//
// The bounds of worker processes, each with its reason.

import WorkerProtocol

/// What every worker is held to, beside the memory that was granted.
enum SandboxLimits {
  /// **Unit** bytes. A call's thread has a stack of 256 KiB, and 24 for the handler of a crash.
  static let callBytes = 280 << 10
  /// **Unit** bytes. The largest body of a message is a file in memory of this size.
  static let fileBytes = Limits.payload
  /// **Unit** bytes. The same for a transport, which writes an answer into a blob's file.
  static let savedBytes = 100 << 20
  /// Sixteen requests at once for each of 32 calls come to 512 bodies.
  static let actionFiles = 1_024
  /// Thousands of exchanges, each a socket; the hard limit of the host's user may be lower.
  static let channelFiles = 65_536
  /// How many threads a worker may have: one for each call, its watch, and what a plugin starts for
  /// itself. A transport has one for each name it looks up and for each mail under way.
  static func threads(_ profile: ConfinementText.Profile, maxCalls: Int) -> Int {
    profile == .action ? 64 + maxCalls : 8_192
  }
  /// The host's loop goes first: with 5 it keeps its pace beside a plugin that computes.
  static let niceness: Int32 = 5
  /// The lightest there is, for the autogroup of a worker with a thread behind all others.
  static let nicenessBehind: Int32 = 19
  /// **Unit** bytes. What is resident in a worker without being its plugin's: runtime libraries.
  static let runtimeBytes = 96 << 20
  /// How often workers are looked at while one of them computes.
  static let watchOften: Duration = .milliseconds(100)
  /// And while none does.
  static let watchSeldom: Duration = .seconds(1)
  /// A thread that computes at so many looks in a row goes behind all others: two seconds. It is
  /// so long too that one comes back which only rested.
  static let computes = 20
  /// Looking at threads costs 10 µs for each: with many of them it is done less often, so that it
  /// takes at most one in so many parts of the loop's time.
  static let lookingParts: UInt64 = 100
}
