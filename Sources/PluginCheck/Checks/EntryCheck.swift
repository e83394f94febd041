// SPDX-License-Identifier: Apache-2.0
// The entry point and hosts of other minor versions.

import CJackfield
import Glibc
import PluginRuntime

/// Calls the entry point as hosts before and after this one will.
enum EntryCheck {
  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    guard let entry = try probe.load().entry else { return .fail("it has no entry point") }
    let own = UInt32(ABIVersion.host.minor)
    for minor in [own + 1, own + 7, 10_000, UInt32.max, own] {
      probe.note.say("the entry point, host minor \(minor)")
      guard let table = entry(minor) else {
        return .fail(
          "\(JF_PLUGIN_ENTRY_SYMBOL)(\(minor)) answered null: a later minor version of a host "
            + "takes what an earlier one took, so answer the same table")
      }
      if let problem = problem(table) { return .fail("host minor \(minor): \(problem)") }
    }
    // A host of an earlier version may be refused, and only by null.
    for minor in 0..<own {
      probe.note.say("the entry point, host minor \(minor)")
      if let table = entry(minor), let problem = problem(table) {
        return .fail("host minor \(minor): \(problem)")
      }
    }
    return .pass
  }

  private static func problem(_ table: UnsafePointer<jf_plugin>) -> String? {
    let size = MemoryLayout<jf_plugin>.size
    guard table.pointee.size >= UInt32(size) else {
      return "its jf_plugin says \(table.pointee.size) bytes, it has \(size): set `size` to sizeof "
        + "the struct"
    }
    let version = ABIVersion(major: table.pointee.abi_major, minor: table.pointee.abi_minor)
    guard version == ABIVersion.host else {
      return "its jf_plugin says ABI \(version), built for \(ABIVersion.host) it has to say that: "
        + "set JF_ABI_MAJOR and JF_ABI_MINOR, whatever the host is"
    }
    return nil
  }
}
