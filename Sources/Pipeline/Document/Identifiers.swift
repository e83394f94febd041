// SPDX-License-Identifier: Apache-2.0
// The names of things, each a type of its own, so that one is never taken for another.

/// A name that is text in documents and in the store, and a type of its own in Swift.
package protocol TextIdentifier: RawRepresentable, Hashable, Sendable, Comparable,
  CustomStringConvertible, ExpressibleByStringLiteral
where RawValue == String {
  /// Takes any text: documents are checked where they are read.
  init(rawValue: String)
}

extension TextIdentifier {
  /// The same without a label, for literals and calls that say the type already.
  package init(_ text: String) { self.init(rawValue: text) }

  package init(stringLiteral value: String) { self.init(rawValue: value) }

  package var description: String { rawValue }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A plugin: one word for bundled ones, `vendor-name` for the others.
package struct PluginID: TextIdentifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// An action: `plugin.action`.
package struct ActionID: TextIdentifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }

  /// The plugin that provides it: the part before the first dot.
  package var plugin: PluginID {
    let end = rawValue.utf8.firstIndex(of: UInt8(ascii: ".")) ?? rawValue.endIndex
    return PluginID(rawValue: String(rawValue[..<end]))
  }
}

/// A project: the owner of connectors, records, credentials and policies.
package struct ProjectID: TextIdentifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A connector's stable name inside its project.
package struct ConnectorName: TextIdentifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }

  /// How the names of those begin that the host makes for channels: no document can have such one.
  package static let channelPrefix = "channel."

  package init(channel: String) { self.init(rawValue: Self.channelPrefix + channel) }

  /// How the names of those begin that plugins bring.
  package static let shippedPrefix = "system."

  /// Whether the host made the connector, and nobody else may change it.
  package var isHostMade: Bool { rawValue.hasPrefix(Self.channelPrefix) || isShipped }

  /// Whether a plugin brought it.
  package var isShipped: Bool { rawValue.hasPrefix(Self.shippedPrefix) }
}

/// A component of a connector; unique in the document together with the step ids.
package struct ComponentID: TextIdentifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A step of a connector.
package struct StepID: TextIdentifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A credential of a project. Its name travels, its secrets never do.
package struct CredentialName: TextIdentifier {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
}

/// A run: the store's row id, which only grows.
package struct RunID: RawRepresentable, Hashable, Sendable, Comparable, CustomStringConvertible {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
  package init(_ number: Int64) { rawValue = number }

  package var description: String { String(rawValue) }

  package static func < (left: RunID, right: RunID) -> Bool { left.rawValue < right.rawValue }
}
