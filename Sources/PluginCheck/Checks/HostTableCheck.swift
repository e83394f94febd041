// SPDX-License-Identifier: Apache-2.0
// A host that has less than this one.

import CJackfield
import Glibc
import PluginRuntime

/// Opens the plugin with a host table that is cut short. It may refuse; it may not read on.
enum HostTableCheck {
  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let image = try probe.load()
    let host = ScriptedHost()
    let runtime = RuntimeHost(services: Probe.allServices, backend: host)
    for (member, size) in [("log", 24), ("interface", 16)] {
      probe.note.say("open with a jf_host of \(size) bytes, which end before `\(member)`")
      let table = cut(runtime, size)
      let opened = image.open(host: table, settings: Array("{}".utf8))
      if opened.status == JF_OK {
        probe.note.say("close after an open with a jf_host of \(size) bytes")
        image.close(opened.instance)
      }
    }
    return .pass
  }

  /// A copy of the host's table that says `size`, at the end of a page after which nothing is: what
  /// is read beyond it ends the process.
  private static func cut(_ host: RuntimeHost, _ size: Int) -> UnsafePointer<jf_host> {
    let page = Int(getpagesize())
    let mapped = mmap(
      nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let mapped, mapped != MAP_FAILED, mprotect(mapped + page, page, PROT_NONE) == 0 else {
      preconditionFailure("no memory for two pages")
    }
    let start = mapped + page - size
    start.copyMemory(from: host.table, byteCount: size)
    start.storeBytes(of: UInt32(size), as: UInt32.self)
    return UnsafePointer(start.assumingMemoryBound(to: jf_host.self))
  }
}
