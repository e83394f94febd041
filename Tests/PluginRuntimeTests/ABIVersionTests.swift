// SPDX-License-Identifier: Apache-2.0
// Which versions of plugins a host loads.
import Testing

@testable import PluginRuntime

@Suite struct ABIVersionTests {
  private func problem(_ plugin: (UInt16, UInt16), _ host: (UInt16, UInt16)) -> LoadError? {
    do throws(LoadError) {
      try ABIVersion(major: plugin.0, minor: plugin.1)
        .check(file: "x.so", host: ABIVersion(major: host.0, minor: host.1))
      return nil
    } catch {
      return error
    }
  }

  @Test func `the same major and a minor not above the host's load`() {
    #expect(problem((1, 0), (1, 0)) == nil)
    #expect(problem((1, 2), (1, 7)) == nil)
    #expect(problem((0, 1), (0, 1)) == nil)
  }

  @Test func `a newer minor is refused`() {
    #expect(problem((1, 8), (1, 7))?.code == .abiMinor)
  }

  @Test func `before 1.0 another minor is refused in both directions`() {
    #expect(problem((0, 1), (0, 2))?.code == .abiMinor)
    #expect(problem((0, 2), (0, 1))?.code == .abiMinor)
  }

  @Test func `another major is refused, with both versions, the file and what to do`() {
    let newer = problem((2, 0), (1, 3))
    #expect(newer?.code == .abiMajor)
    #expect(
      newer?.message == "x.so was built for ABI 2.0, this host speaks 1.3: the major version "
        + "differs: update jackfield, or install a build of the plugin for ABI 1")
    let older = problem((0, 1), (1, 0))
    #expect(older?.code == .abiMajor)
    #expect(older?.message.contains("update jackfield") == false)
  }
}
