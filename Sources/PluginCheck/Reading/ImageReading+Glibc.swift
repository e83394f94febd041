// SPDX-License-Identifier: Apache-2.0
// The version of the C library that an image needs.

import CSystem
import PluginHost

extension ImageReading {
  /// What Debian 12 has, the oldest system that jackfield runs on.
  private static let oldest = [2, 36]

  static func glibc(_ subject: CheckSubject) -> CheckFinding {
    guard let image = subject.image else { return gone }
    let needed = image.versions.compactMap(\.glibc)
    guard let highest = needed.max(by: { $0.lexicographicallyPrecedes($1) }) else {
      return .pass("no version needed")
    }
    let shown = text(highest)
    let own = numbers(String(cString: sys_probe_glibc()))
    if own.lexicographicallyPrecedes(highest) {
      return .fail(
        "\(subject.imagePath) needs glibc \(shown), this machine has \(text(own)): build it on the "
          + "oldest system it is to run on",
        lacks: .load)
    }
    if oldest.lexicographicallyPrecedes(highest) {
      return .warning(
        "\(subject.imagePath) needs glibc \(shown), Debian 12 has \(text(oldest)) and cannot load "
          + "it: build it on Debian 12 to reach all whom jackfield reaches")
    }
    return .pass("glibc \(shown)")
  }

  private static func numbers(_ text: String) -> [Int] {
    text.split(separator: ".").compactMap { Int($0) }
  }

  private static func text(_ numbers: [Int]) -> String {
    numbers.map(String.init).joined(separator: ".")
  }
}
