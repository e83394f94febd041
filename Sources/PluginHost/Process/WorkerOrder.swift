// SPDX-License-Identifier: Apache-2.0
//
// What a worker is to be.

import Pipeline

/// One worker, as its owner orders it.
struct WorkerOrder: Sendable {
  let project: ProjectID
  let plugin: InstalledPlugin
  /// **Shape** JSON, the hello.
  let hello: [UInt8]
  let maxCalls: Int
  let listening: OwnedDescriptor?
}
