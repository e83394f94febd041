// SPDX-License-Identifier: Apache-2.0
//
// How long to leave a plugin alone that cannot be started.

import Pipeline

/// Failed starts by project and build: capped, visible, reset by the first start that succeeds.
/// Another project, or other settings and grants, may well start the same build.
struct StartBackOff {
  struct Build: Hashable {
    let project: ProjectID
    let plugin: PluginID
    let hash: String
    let settings: [UInt8]
    let allowance: WorkerAllowance
  }

  struct Entry {
    var failure: LoadFailure
    var failures: Int
    /// **Unit** nanoseconds of the monotonic clock.
    var nextAttempt: UInt64
  }

  private(set) var entries: [Build: Entry] = [:]
  let first: Duration
  let most: Duration

  init(first: Duration, most: Duration) {
    self.first = first
    self.most = most
  }

  /// The last failure, when it is too early to try again.
  func blocking(_ build: Build, now: UInt64) -> LoadFailure? {
    guard let entry = entries[build], now < entry.nextAttempt else { return nil }
    return entry.failure
  }

  mutating func failed(_ build: Build, _ failure: LoadFailure, now: UInt64) {
    let failures = (entries[build]?.failures ?? 0) + 1
    let factor = UInt64(1) << UInt64(min(failures - 1, 20))
    let pause = min(first.nanoseconds.multipliedReportingOverflow(by: factor).partialValue,
      most.nanoseconds)
    if entries.count >= 1_000, entries[build] == nil { entries.removeAll() }
    entries[build] = Entry(failure: failure, failures: failures, nextAttempt: now + pause)
  }

  mutating func reset(_ build: Build) {
    if !entries.isEmpty { entries[build] = nil }
  }

  /// Forgets a build for all projects.
  mutating func reset(hash: String) {
    entries = entries.filter { $0.key.hash != hash }
  }
}
