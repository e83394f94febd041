// SPDX-License-Identifier: Apache-2.0
// Which plugins a host can load: the one place that decides it.
import CJackfield

/// A version of the C interface.
package struct ABIVersion: Equatable, Sendable, CustomStringConvertible {
  package let major: UInt16
  package let minor: UInt16

  package init(major: UInt16, minor: UInt16) {
    self.major = major
    self.minor = minor
  }

  /// The version this runtime speaks.
  package static let host = ABIVersion(
    major: UInt16(JF_ABI_MAJOR), minor: UInt16(JF_ABI_MINOR))

  package var description: String { "\(major).\(minor)" }

  /// Checks that a plugin built for `self` runs in a host that speaks `host`.
  ///
  /// The major has to be the host's and the minor not above the host's. While the major is 0 any
  /// minor may break the interface, so the minor has to be the host's as well.
  package func check(file: String, host: ABIVersion = .host) throws(LoadError) {
    let built = "\(file) was built for ABI \(self), this host speaks \(host)"
    if major > host.major {
      throw LoadError(
        code: .abiMajor,
        message: "\(built): the major version differs: update jackfield, or install a build of "
          + "the plugin for ABI \(host.major)")
    }
    if major < host.major {
      throw LoadError(
        code: .abiMajor,
        message: "\(built): the major version differs: install a build of the plugin for ABI "
          + "\(host.major)")
    }
    if minor > host.minor {
      throw LoadError(
        code: .abiMinor,
        message: "\(built): the plugin needs a newer minor version: update jackfield, or install "
          + "an older build of the plugin")
    }
    if major == 0 && minor < host.minor {
      throw LoadError(
        code: .abiMinor,
        message: "\(built): before 1.0 the minor versions have to be the same: install a build "
          + "of the plugin for ABI \(host)")
    }
  }
}
