// SPDX-License-Identifier: Apache-2.0
//
// What a worker is to be.

import Pipeline
import Values

/// One worker, as its owner orders it.
struct WorkerOrder: Sendable {
  let project: ProjectID
  let plugin: InstalledPlugin
  /// The hello without the confinement.
  let hello: JSONObject
  let maxCalls: Int
  let profile: ConfinementText.Profile
  let allowance: WorkerAllowance
  let listening: OwnedDescriptor?
}
