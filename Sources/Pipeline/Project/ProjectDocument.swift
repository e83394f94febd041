// SPDX-License-Identifier: Apache-2.0
// A project as its document describes it.

import Calendar
import Values

/// A project: what its actions refer to, and the policy of each plugin.
///
/// **Source** spec/formats.md 2.
package struct ProjectDocument: Sendable, Hashable {
  package var name: ProjectID
  package var title: String?
  /// As written; `zone(in:)` is what dates are read in.
  package var timeZone: String?
  package var defaultUser: String?
  /// The mail channel of alerts that name none.
  package var alertChannel: String?
  /// Whom the host tells of what is no single connector's.
  package var alert: ProjectAlert?
  /// Where listeners are reached from outside, without a slash at the end.
  package var publicURL: String?
  package var constants = JSONObject()
  /// How long finished runs are kept whose connector does not say.
  package var retention = KeepRuns()
  /// In the order of the document.
  package var plugins: [ProjectPlugin] = []
  package var channels: [ChannelDocument] = []
  package var storages: [StorageDocument] = []
  package var attributes: [AttributeDocument] = []
  /// Lists people may opt out of, beside the system's own, `all`.
  package var optOutLists: [String] = []
  package var segments: [SegmentDocument] = []

  package init(name: ProjectID) { self.name = name }

  package func plugin(_ id: PluginID) -> ProjectPlugin? { plugins.first { $0.id == id } }

  /// The zone of dates without one; nil where the machine does not know the one that is named.
  package func zone(in zones: ZoneSource) -> Zone? { timeZone.map { zones($0) } ?? .utc }
}

/// Whom the host tells of a project's breakers and of its queue.
package struct ProjectAlert: Sendable, Hashable {
  /// Mail addresses, at most ten.
  package var to: [String]
  /// A mail channel of the project; nil is its alert channel.
  package var channel: String?
  package var on = Set(ProjectAlertKind.allCases)
  /// How long a run may be ready before the queue is too old.
  package var queueAfter: Duration = .seconds(300)

  package init(to: [String]) { self.to = to }
}

/// What a project's alert may be about.
package enum ProjectAlertKind: String, Sendable, Hashable, CaseIterable {
  /// A plugin failed too often in a row and is held back.
  case breakerOpen = "breaker_open"
  /// A run has been ready for too long.
  case queueOld = "queue_old"
}

/// What a project says about one plugin.
package struct ProjectPlugin: Sendable, Hashable {
  package var id: PluginID
  package var version: String?
  /// **Shape** lower-case hex.
  package var sha256: String?
  package var isolation: PluginIsolation = .worker
  package var settings: JSONValue?
  package var isEnabled = true
  package var grants = ProjectGrants()
  package var policy = PluginPolicy()

  package init(id: PluginID) { self.id = id }
}

/// Where a plugin's code runs.
package enum PluginIsolation: String, Sendable, Hashable, CaseIterable {
  /// In a process of its own.
  case worker
  /// Inside the host: trusted code only.
  case none
}

/// What a project allows a plugin.
package struct ProjectGrants: Sendable, Hashable {
  package var hosts: [String] = []
  package var credentials: [CredentialName] = []
  package var readCollections: [String] = []
  package var writeCollections: [String] = []
  package var runs = false
  package var events = false
  package var resources = ResourceGrants()

  package init() {}
}

/// The policy of a plugin in a project; what is nil is decided by the manifest or the host.
package struct PluginPolicy: Sendable, Hashable {
  /// The object it was read from.
  var written: JSONValue = [:]
  package var timeout: Duration?
  /// The ceiling of every timeout; only the operator raises it above the host's.
  package var timeoutMax: Duration?
  package var retry: RetryPolicy?
  package var fallback: Fallback?
  package var rate: RatePolicy?
  /// For a manifest's rate, where the project names none.
  package var onLimit: OnLimit?
  /// Calls at a time.
  package var concurrency: Int?
  package var breaker: BreakerPolicy?
  package var whenDisabled: WhenDisabled?

  package init(timeout: Duration? = nil, timeoutMax: Duration? = nil, fallback: Fallback? = nil) {
    self.timeout = timeout
    self.timeoutMax = timeoutMax
    self.fallback = fallback
  }
}

/// A channel: a way to reach people, with the credential it uses.
package struct ChannelDocument: Sendable, Hashable {
  package var name: String
  /// One that a plugin declares, such as `email`.
  package var kind: String
  package var credential: CredentialName?
  package var isEnabled = true
  /// Whether it receives; nil leaves it as it is, false for a new one.
  package var isInbound: Bool?
  package var dailyUnique: Int64?
  package var settings: JSONValue?
}

/// A table of the `data_storage` plugin.
package struct StorageDocument: Sendable, Hashable {
  package var name: String
  package var columns: [StorageColumn] = []
}

/// One column of a storage.
package struct StorageColumn: Sendable, Hashable {
  package var name: String
  package var type: CollectionFieldType
  package var isIndexed = false
  package var isUnique = false
  package var isRequired = false
  package var defaultValue: JSONValue?
  package var options: [String] = []
}

/// Contacts by what is known of them: who they are is looked up when the segment is used.
package struct SegmentDocument: Sendable, Hashable {
  package var name: String
  /// A record filter over contacts.
  package var filter: JSONValue
}

/// A project-wide attribute of contacts.
package struct AttributeDocument: Sendable, Hashable {
  package var name: String
  package var type: CollectionFieldType
  package var defaultValue: JSONValue?
  package var options: [String] = []
}
