// SPDX-License-Identifier: Apache-2.0
// Whether a plugin lets go of its calls.

import Glibc
import PluginRuntime

/// Calls the samples and watches for uses of a call that has returned.
enum LateUseCheck {
  /// **Unit**: milliseconds that threads which a call left behind are watched.
  private static let patience: Int64 = 300

  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let plugin = try OpenPlugin(probe, services: Probe.allServices)
    let threads = ProcessState().threads
    for sample in probe.samples {
      _ = plugin.call(sample)
      let end = MonotonicClock.now + patience * 1_000_000
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
