// SPDX-License-Identifier: Apache-2.0
// Whether a plugin lets go of its calls.

import Glibc
import PluginRuntime

/// Calls the samples and watches for uses of a call that has returned.
enum LateUseCheck {
  /// **Unit**: milliseconds for which threads that calls left behind are watched, all in all.
  private static let patience: Int64 = 1_000

  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let plugin = try OpenPlugin(probe, services: Probe.allServices)
    let threads = ProcessState().threads
    let end = MonotonicClock.now + patience * 1_000_000
    for sample in probe.samples {
      _ = plugin.call(sample)
      while ProcessState().threads > threads, plugin.host.lateUses == 0, MonotonicClock.now < end {
        usleep(2_000)
      }
      guard plugin.host.lateUses == 0 else {
        return .fail(
          "\(sample.name): \(RuntimeError.lateUse); join the threads of a call in the call")
      }
    }
    plugin.close()
    return .pass
  }
}
