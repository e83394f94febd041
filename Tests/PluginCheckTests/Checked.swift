// SPDX-License-Identifier: Apache-2.0
// A plugin, checked.
import PluginCheck
import TestKit

/// Runs checks over a folder as the command does, with little fuzz and a fixed seed.
enum Checked {
  static let program = BuiltProducts.program("jackfield-probe")

  static func folder(
    _ folder: String, only: [String]? = nil, seed: UInt64 = 7, reproduces: UInt64? = nil
  ) throws -> CheckReport {
    let run = CheckRun(
      subject: try CheckSubject(folder: folder), program: program, seed: seed, fuzzSeconds: 0,
      reproduces: reproduces,
      collections: KnownCollections.read(below: BuiltProducts.directory + "/plugins"))
    return run.report(PluginCheck.all.filter { only?.contains($0.name) ?? true })
  }
}
