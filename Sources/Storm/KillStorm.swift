// SPDX-License-Identifier: Apache-2.0
// Real kills of a real host under load.
import Glibc
import Jackfield
import Pipeline
import Store
import Values

/// Kills `serve`, its workers and its transports while events stream in, and counts what is left.
///
/// Each start of `serve` has one fault point armed (see `CSystem/include/fault.h`). Senders post
/// each event until it is acknowledged, as a webhook's sender does. At the end every acknowledged
/// event must have exactly one first and one last row, whatever was killed; a request of class
/// `at_most_once` may never have arrived twice, and where its fate is open the run must be marked;
/// a `keyed` one may have arrived again.
///
/// **Isolation**: one thread; it blocks.
package final class KillStorm {
  private static let senders = 8

  private let program: String
  private let folder: String
  private let rounds: Int
  private var random: StormRandom
  private let target: StormTarget
  private let port: UInt16
  private let progress: (String) -> Void

  /// - Parameters:
  ///   - program: the `jackfield` to kill.
  ///   - folder: an empty folder; what is in it afterwards can be looked at.
  ///   - rounds: how many kills.
  ///   - progress: hears how far it is.
  /// - Throws: `StormError` when there is no free port.
  package init(
    program: String, folder: String, rounds: Int, seed: UInt64, progress: @escaping (String) -> Void
  ) throws(StormError) {
    self.program = program
    self.folder = folder
    self.rounds = rounds
    self.progress = progress
    random = StormRandom(seed: seed)
    target = try StormTarget()
    guard let (descriptor, port) = StormSocket.listen() else {
      throw StormError("no port of the loopback is free")
    }
    close(descriptor)
    self.port = port
  }

  private var data: String { folder + "/data" }
  private var faultLog: String { folder + "/faults" }
  private var serveLog: String { folder + "/serve.log" }

  /// Runs the storm to its end and reckons.
  ///
  /// - Throws: `StormError` when a host ends by itself or does not come up, `HostError`.
  package func run() throws -> StormReport {
    let path = try prepare()
    let sender = StormSender(port: port, path: path, threads: Self.senders)
    sender.post(true)
    var index = 0
    while faults().count < rounds, index < rounds * 2 {
      try killOnce(StormPlan.kills[index % StormPlan.kills.count])
      index += 1
      progress("\(faults().count) of \(rounds) kills, \(sender.acknowledged.count) events")
    }
    sender.post(false)
    let last = try serve(fault: nil)
    sender.stop()
    last.kill()
    guard last.wait(seconds: 60) != nil else { throw StormError("serve cannot be killed") }
    progress("the rest is worked off")
    return try reckon(sender)
  }

  // MARK: the storm

  /// Applies the documents; the path of the connector's URL.
  private func prepare() throws -> String {
    let host = try Host(HostOptions(dataFolder: data, extent: .documents))
    defer { host.close() }
    let target = "127.0.0.1:\(target.port)"
    let project = try host.applyProject(
      StormDocuments.project(target: target).jsonBytes, file: "project.json")
    let connector = try host.applyConnector(
      StormDocuments.connector(target: target).jsonBytes, file: "connector.json", project: nil)
    guard let url = connector.stored?.url, let start = url.firstRange(of: "/in/")?.lowerBound else {
      let findings = project.findings + connector.findings
      throw StormError("the documents were refused: \(findings.joined(separator: "; "))")
    }
    return String(url[start...])
  }

  private func serve(fault: String?) throws(StormError) -> StormHost {
    try StormHost(
      program: program, data: data, port: port, log: serveLog, fault: fault, faultLog: faultLog)
  }

  private func killOnce(_ kill: StormKill) throws(StormError) {
    let before = faults().count
    let pass = Int.random(in: 1...12, using: &random)
    let host = try serve(fault: "\(kill.point):\(pass):\(kill.victim)")
    for _ in 0..<2_000 where faults().count == before && host.ended == nil { usleep(10_000) }
    if let status = host.ended, status & 0x7F == 0 {
      throw StormError("serve ended by itself with \(status >> 8): see \(serveLog)")
    }
    // A dead worker must not stop the host, until it is killed at no point at all.
    if kill.victim != "host" { usleep(200_000) }
    host.kill()
    guard host.wait(seconds: 60) != nil else { throw StormError("serve cannot be killed") }
  }

  /// The kills so far, `point victim` each.
  private func faults() -> [String] {
    guard let file = fopen(faultLog, "re") else { return [] }
    defer { fclose(file) }
    var lines: [String] = []
    var text = [CChar](repeating: 0, count: 256)
    while fgets(&text, 256, file) != nil {
      let line = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      if line.last == UInt8(ascii: "\n") {
        lines.append(String(decoding: line.dropLast(), as: UTF8.self))
      }
    }
    return lines
  }

  // MARK: the reckoning

  private func reckon(_ sender: StormSender) throws -> StormReport {
    var options = HostOptions(dataFolder: data, extent: .everything)
    options.resumesRuns = true
    let host = try Host(options)
    defer { host.close() }
    try waitForRest(host)
    var report = StormReport()
    count(faults(), into: &report)
    report.sentAgain = sender.sentAgain
    report.keyedRepeated = target.repeated(StormDocuments.keyedPath)
    let rows = try rows(host)
    for (event, run) in sender.acknowledged.sorted(by: { $0.value < $1.value }) {
      report.acknowledged += 1
      guard let summary = try? host.run(run).summary else {
        report.wrong.append("\(event) was acknowledged as run \(run), which is not there")
        continue
      }
      check(event, summary, rows, &report)
    }
    return report
  }

  private func waitForRest(_ host: Host) throws {
    for _ in 0..<600 {
      let left = try ["ready", "running", "waiting"].flatMap { state in
        try host.runs(project: StormDocuments.project, state: state, limit: 1)
      }
      if left.isEmpty { return }
      usleep(500_000)
    }
    throw StormError("after five minutes there are still runs that have not ended")
  }

  private func count(_ faults: [String], into report: inout StormReport) {
    for fault in faults {
      report.kills += 1
      report.byVictim[fault, default: 0] += 1
      report.byPoint[String(fault.prefix { $0 != " " }), default: 0] += 1
    }
    // Each point has to have been hit, or the storm has shown less than it says.
    for point in StormPlan.points where report.byPoint[point, default: 0] < min(5, rounds / 20) {
      report.wrong.append("only \(report.byPoint[point, default: 0]) kills at \(point)")
    }
    if report.kills < rounds { report.wrong.append("only \(report.kills) kills") }
  }

  private func check(
    _ event: String, _ run: RunSummary, _ rows: [String: Int], _ report: inout StormReport
  ) {
    let isUnknown = run.mark == "unknown"
    if isUnknown { report.markedUnknown += 1 }
    if run.state != "succeeded" { report.wrong.append("\(event) is \(run.state)") }
    for storage in [StormDocuments.firstStorage, StormDocuments.lastStorage] {
      let count = rows["\(storage) \(event)"] ?? 0
      if count != 1 { report.wrong.append("\(event) has \(count) rows in \(storage)") }
    }
    let once = target.count(StormDocuments.oncePath, event)
    if once > 1 || (once == 0 && !isUnknown) {
      report.wrong.append("\(event) arrived \(once) times at \(StormDocuments.oncePath)")
    }
    let keyed = target.count(StormDocuments.keyedPath, event)
    if keyed < 1 { report.wrong.append("\(event) never arrived at \(StormDocuments.keyedPath)") }
    if keyed > 1 && run.mark == nil {
      report.wrong.append("\(event) was sent again and carries no mark")
    }
  }

  /// How many rows each event has in each storage, by `storage event`.
  private func rows(_ host: Host) throws -> [String: Int] {
    var names: [String: String] = [:]
    for storage in try records("storage", host) {
      names[storage.id.description] = storage.fields["name"]?.asText
    }
    var counts: [String: Int] = [:]
    for row in try records("row", host) {
      let storage = names[row.fields["storage"]?.asText ?? ""] ?? ""
      let event = row.fields["fields"]?["event"]?.asText ?? ""
      counts["\(storage) \(event)", default: 0] += 1
    }
    return counts
  }

  private func records(_ collection: String, _ host: Host) throws -> [RecordRow] {
    guard let manifest = host.catalogue.collections[collection] else {
      throw StormError("no plugin declares the collection \(collection)")
    }
    let schema = RecordSchema(manifest)
    var found: [RecordRow] = []
    while true {
      let query = try RecordQuery(
        ["limit": .integer(StoreLimits.queryLimit), "offset": .integer(Int64(found.count))],
        of: schema)
      let page = try host.store.readAndWait { transaction throws(StoreError) in
        try transaction.recordQuery(ProjectID(StormDocuments.project), schema, query).records
      }
      guard !page.isEmpty else { return found }
      found += page
    }
  }
}
