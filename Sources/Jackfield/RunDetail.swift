// SPDX-License-Identifier: Apache-2.0
// A run as people look at it.
import Calendar
import Pipeline
import Store
import Values

/// One run in a list.
public struct RunSummary: Sendable {
  public let id: Int64
  public let project: String
  public let connector: String
  /// The version it runs on; `draft` for one that was never applied.
  public let version: String
  public let state: String
  /// `unknown` when the fate of something it sent is not known; `repeated` when it sent again what
  /// may have arrived before and may be repeated.
  public let mark: String?
  public let reason: String?
  /// **Unit**: milliseconds since 1970.
  public let startedAt: Int64
  public let finishedAt: Int64?

  init(_ row: RunRow, isDraft: Bool) {
    id = row.id.rawValue
    project = row.project.rawValue
    connector = row.connectorName.rawValue
    version = isDraft ? "draft" : String(row.version)
    state = row.state.rawValue
    mark = row.mark
    reason = row.reason
    startedAt = row.startedAt
    finishedAt = row.finishedAt
  }

  public var value: JSONValue {
    var value: JSONObject = [
      "id": .integer(id), "project": .text(project), "connector": .text(connector),
      "version": .text(version), "state": .text(state), "started_at": .text(isoText(startedAt)),
    ]
    if let mark { value["mark"] = .text(mark) }
    if let reason { value["reason"] = .text(reason) }
    if let finishedAt {
      value["finished_at"] = .text(isoText(finishedAt))
      value["duration_ms"] = .integer(finishedAt - startedAt)
    }
    return .object(value)
  }

  private func isoText(_ milliseconds: Int64) -> String {
    Moment(milliseconds: milliseconds).iso
  }
}

/// One run with all that happened in it.
public struct RunDetail: Sendable {
  /// One line of the timeline.
  public struct Entry: Sendable {
    public let sequence: Int64
    /// **Unit**: milliseconds since 1970.
    public let startedAt: Int64
    public let durationMS: Int64
    /// `{step, component, kind, status, use?, input?, output?, error?, note?, taken?}`.
    public let content: JSONValue
    /// Counts the calls of the run from 1; nil for what called nothing.
    public let attempt: Int?
    /// Whether the call can be had as a file that runs it again.
    public let isRecorded: Bool

    package init(
      sequence: Int64, startedAt: Int64, durationMS: Int64, content: JSONValue,
      attempt: Int? = nil, isRecorded: Bool = false
    ) {
      self.attempt = attempt
      self.isRecorded = isRecorded
      self.sequence = sequence
      self.startedAt = startedAt
      self.durationMS = durationMS
      self.content = content
    }

    /// `content` with `{sequence, started_at, duration_ms, attempt?, recorded?}`.
    public var value: JSONValue {
      var shown = content.asObject ?? [:]
      shown["sequence"] = .integer(sequence)
      shown["started_at"] = .text(Moment(milliseconds: startedAt).iso)
      shown["duration_ms"] = .integer(durationMS)
      if let attempt { shown["attempt"] = .integer(Int64(attempt)) }
      if isRecorded { shown["recorded"] = true }
      return .object(shown)
    }
  }

  public let summary: RunSummary
  public let event: JSONValue
  public let entries: [Entry]

  public var value: JSONValue {
    guard case .object(var value) = summary.value else { return .null }
    value["event"] = event
    value["timeline"] = .list(entries.map(\.value))
    return .object(value)
  }
}
