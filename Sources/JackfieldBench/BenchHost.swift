// SPDX-License-Identifier: Apache-2.0
// A whole host on a folder of the bench, with the echo plugin beside the listener.
import Jackfield
import Pipeline
import Store

/// A host with one project `bench` and what the questions ask of it.
///
/// **Isolation**: one thread, not the loop's.
final class BenchHost {
  let folder: BenchFolder
  let host: Host

  /// `plugins` are bundled ones wanted beside the echo, `own` are the bench's in this folder; a folder that is named may have been used
  /// before.
  init(
    plugins: [String] = [], own: [String] = [], in folder: BenchFolder? = nil,
    extent: HostOptions.Extent = .everything
  ) throws {
    self.folder = try folder ?? BenchFolder()
    _ = try EchoPlugin.install(in: self.folder)
    let bundled = plugins.map { ", {\"id\": \"\($0)\"}" }.joined()
      + own.map { ", {\"path\": \"plugins/\($0)\"}" }.joined()
    let set = "{\"format\": 1, \"plugins\": [{\"path\": \"plugins/\(EchoPlugin.id)\"}\(bundled)]}"
    try self.folder.write(set, to: "set.json")
    host = try Host(
      HostOptions(
        dataFolder: self.folder("data"), extent: extent, pluginSetFile: self.folder("set.json")))
    try apply(
      project: "{\"format\": 1, \"name\": \"bench\", \"plugins\": {\"\(EchoPlugin.id)\": {}}}")
  }

  func apply(project: String) throws {
    let report = try host.applyProject(Array(project.utf8), file: "project.json")
    guard !report.hasErrors else {
      throw BenchError(code: "host_failed", reason: report.findings.joined(separator: "\n"))
    }
  }

  /// Applies a connector and returns it with its row and URL.
  func apply(
    _ document: String, project: String = "bench"
  ) throws -> (connector: Connector, row: ConnectorRow, url: String) {
    let source = Array(document.utf8)
    let report = try host.applyConnector(source, file: "connector.json", project: project)
    guard let stored = report.stored,
      let connector = try host.check(source, project: project).connector
    else {
      throw BenchError(code: "host_failed", reason: report.findings.joined(separator: "\n"))
    }
    return (connector, try host.connector(named: stored.name, in: ProjectID(project)), stored.url ?? "")
  }

  /// Moves the journals of all runs that have ended to their segments, as a minute would.
  func archive() throws {
    while try host.archive.step(nowMS: Host.now(), after: 0) > 0 {}
  }

  func close() { host.close(grace: 2) }
}
