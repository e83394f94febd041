// SPDX-License-Identifier: Apache-2.0
// A plugin's `plugin.json`: the only description of a plugin.

import Schema
import Values

/// What a plugin is, offers, needs and declares. Reading it runs nothing.
///
/// **Source** spec/formats.md 3; sdk/schema/plugin.schema.json.
package struct PluginManifest: Sendable {
  package var id: PluginID
  /// **Shape** `major.minor.patch`.
  package var version: String
  package var abi: ABIVersion
  package var kind: PluginKind = .action
  /// The interface of a transport or listener, such as `jackfield.transport.http/draft`.
  package var interface: String?
  package var title = ""
  package var description = ""
  package var vendor = ""
  package var license = ""
  package var homepage = ""
  package var icon: String?
  /// The library's file by platform, such as `linux-x86_64`; a name inside the plugin's folder.
  package var library: [String: String] = [:]
  /// Whether calls into one instance may overlap.
  package var isConcurrent = false
  /// Calls at a time in one worker; 1 when not concurrent.
  package var maxCalls = 1
  /// Host services without which it does not work, and those it uses when granted.
  package var requiredInterfaces: [String] = []
  package var optionalInterfaces: [String] = []
  package var grants = GrantRequest()
  package var credentials: [CredentialKind] = []
  package var channels: [ChannelKind] = []
  package var settings: JSONSchema?
  package var actions: [ActionManifest] = []
  package var collections: [CollectionManifest] = []
  /// Connectors the plugin ships, as written.
  package var connectors: [ShippedConnector] = []
  package var changes: String?

  package init(id: PluginID, version: String, abi: ABIVersion) {
    self.id = id
    self.version = version
    self.abi = abi
  }

  /// Whether one `major.minor.patch` comes before another.
  package static func isVersion(_ one: String, below other: String) -> Bool {
    func parts(_ text: String) -> [Int] { text.split(separator: ".").map { Int($0) ?? 0 } }
    return parts(one).lexicographicallyPrecedes(parts(other))
  }

  package func action(_ id: ActionID) -> ActionManifest? { actions.first { $0.id == id } }
}

/// The version of the C interface a plugin was built for.
package struct ABIVersion: Sendable, Hashable, CustomStringConvertible {
  package let major: Int
  package let minor: Int

  package init(major: Int, minor: Int) {
    self.major = major
    self.minor = minor
  }

  package var description: String { "\(major).\(minor)" }
}
