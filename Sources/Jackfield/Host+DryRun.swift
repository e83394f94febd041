// SPDX-License-Identifier: Apache-2.0
// A connector document run to its end without touching anything.
import Calendar
import Pipeline
import Values

/// What a run would have done.
public struct DryRunReport: Sendable {
  public let project: String
  public let connector: String
  /// `succeeded`, `stopped` or `failed`.
  public let state: String
  public let reason: String?
  /// How long the run would have waited in all. **Unit**: milliseconds.
  public let waitedMS: Int64
  /// What the caller of the webhook would have got; nil where the document maps no answer.
  ///
  /// **Shape** `{status, headers: {name: text}, body?}`.
  public let response: JSONValue?
  public let event: JSONValue
  /// As the journal of a run, each with `dry_run`.
  public let entries: [JSONValue]

  /// **Shape** `{dry_run, project, connector, version, state, reason?, waited_ms, response?, event,
  /// timeline}`.
  public var value: JSONValue {
    var value: JSONObject = [
      "dry_run": true, "project": .text(project), "connector": .text(connector),
      "version": "draft", "state": .text(state), "waited_ms": .integer(waitedMS),
    ]
    if let reason { value["reason"] = .text(reason) }
    if let response { value["response"] = response }
    value["event"] = event
    value["timeline"] = .list(entries)
    return .object(value)
  }
}

extension Host {
  /// Runs a checked document on an event as the project stands: filters, formats and loops as they
  /// are, actions answered by their examples, delays on a test clock. Needs no workers.
  ///
  /// - Parameter messages: what the contact writes, one for each wait for a message.
  package func dryRun(
    _ connector: Connector, project: ProjectID, event: JSONValue, messages: [JSONValue] = []
  ) throws(HostError) -> DryRunReport {
    let (setup, rules) = try setup(of: project)
    let urls = setup.connectorURLs
    var run = DryRun(
      RunProgress(
        runID: RunID(0), project: project, constants: setup.constants.asObject ?? [:],
        connector: connector, connectorVersion: 0,
        startedAt: Moment(milliseconds: Host.now()), event: event,
        contact: Host.contact(of: connector, event), zone: setup.zone, zones: zones,
        digests: Digests(sodium), connectorURLs: { urls }),
      messages: messages, policies: { rules.inputs(for: $0) })
    let report = run.finish()
    return DryRunReport(
      project: project.rawValue, connector: connector.name.rawValue,
      state: report.end.state.rawValue,
      reason: report.end.reason.isEmpty ? nil : report.end.reason,
      waitedMS: report.waited.milliseconds, response: report.response.map(Host.shown),
      event: event, entries: report.journal.map(\.value))
  }

  /// Who a run is about whose trigger brings a contact: made up, but for what the event says.
  private static func contact(of connector: Connector, _ event: JSONValue) -> JSONValue? {
    guard ![.webhook, .schedule].contains(connector.trigger.kind) else { return nil }
    return [
      "id": "1", "channel": event["channel"] ?? "sample",
      "number": event["number"] ?? "+491701234567", "name": "Sample contact", "attributes": [:],
    ]
  }

  private static func shown(_ response: Response) -> JSONValue {
    var headers = JSONObject()
    for header in response.headers { headers[header.name] = .text(header.value) }
    var value: JSONObject = [
      "status": .integer(Int64(response.status)), "headers": .object(headers),
    ]
    if let body = response.body { value["body"] = body }
    return .object(value)
  }
}
