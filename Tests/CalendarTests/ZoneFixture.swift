// SPDX-License-Identifier: Apache-2.0
// The machine's zones, and what Python says about them.
import Calendar
import TestKit
import Testing

enum ZoneFixture {
  static let folder = "/usr/share/zoneinfo/"

  static func bytes(_ name: String) throws -> [UInt8] {
    try #require(TestFile.bytes(of: folder + name), "install tzdata: \(name) is not there")
  }

  static func zone(_ name: String) throws -> Zone {
    if let zone = Zone(fixed: name) { return zone }
    return Zone(name: name, rules: try ZoneRules(tzif: bytes(name)))
  }

  /// A moment in milliseconds, from ISO 8601.
  static func moment(_ text: String, in zone: Zone = .utc) throws -> Int64 {
    try #require(Moment(text: text, zone: zone), "\(text)").milliseconds
  }

  /// What a script of Reference prints, line by line.
  static func reference(_ script: String) throws -> [Substring] {
    let path = PackageFolder.path + "/Tests/CalendarTests/Reference/" + script
    let result = try Subprocess.run(PythonServer.python, [path], timeout: .seconds(300))
    try #require(result.isSuccess, "\(script): \(result.errors)")
    return result.output.split(separator: "\n")
  }
}

/// Numbers that are the same on every machine.
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64 = 20_261_122

  /// **Source** the SplitMix64 generator of Steele, Lea and Flood (2014).
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
