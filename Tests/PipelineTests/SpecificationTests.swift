// SPDX-License-Identifier: Apache-2.0
// The worked examples of the specification, the plugins' own manifests, and what is no document.

import Pipeline
import TestKit
import Testing
import Values

@Suite struct SpecificationTests {
  static let examples = SharedData.folder.map { $0 + "/spec/examples" } ?? ""

  private func document(_ path: String) throws -> JSONDocument {
    try JSONDocument(source: try #require(TestFile.bytes(of: path), "\(path)"))
  }

  @Test(
    .enabled(if: TestFile.isFolder(examples)),
    arguments: [
      "lead_intake.json", "webinar_registration.json", "webinar_cancelled.json",
      "unhappy_feedback.json",
    ])
  func `an example connector is read whole, and nothing in it is wrong but what is not installed`(
    file: String
  ) throws {
    let document = try document(Self.examples + "/" + file)
    let parsed = Connector.parse(document)
    #expect(parsed.findings.isEmpty, "\(parsed.findings.map { $0.text(in: file) })")
    let connector = try #require(parsed.connector)
    let absent: Set = [
      "unknown_plugin", "unknown_action", "plugin_not_enabled", "missing_credential",
      "unknown_connector",
      // The bundled plugins do not have every parameter of actions.md yet.
      "unknown_parameter", "missing_parameter",
    ]
    let found = connector.check(in: try exampleContext()).filter { !absent.contains($0.code) }
    #expect(found.isEmpty, "\(found.map { $0.text(in: file) })")
    let formatted = Connector.format(document)
    let again = try JSONDocument(source: Array(formatted.utf8))
    #expect(Connector.parse(again).findings.isEmpty && Connector.format(again) == formatted)
  }

  /// The example project with the bundled plugins.
  private func exampleContext() throws -> CheckContext {
    let project = ProjectDocument.parse(try document(Self.examples + "/project.json")).project
    let folder = PackageFolder.path + "/Plugins"
    let manifests = TestFile.names(in: folder).compactMap { name -> PluginManifest? in
      guard let bytes = TestFile.bytes(of: "\(folder)/\(name)/plugin.json"),
        let document = try? JSONDocument(source: bytes)
      else { return nil }
      return PluginManifest.parse(document).manifest
    }
    var context = CheckContext(
      manifests: manifests, project: try #require(project), credentials: [], zones: Fixtures.zones)
    context.connectors = ["feedback_solved": .webhook]
    return context
  }

  @Test(.enabled(if: TestFile.isFolder(examples)))
  func `the example project is read with warnings alone`() throws {
    let parsed = ProjectDocument.parse(try document(Self.examples + "/project.json"))
    let project = try #require(parsed.project, "\(parsed.findings.map { $0.text(in: "p") })")
    #expect(parsed.findings.allSatisfy { $0.code == "not_supported" })
    #expect(project.plugin("whatsapp")?.policy.timeout == .seconds(30))
    #expect(project.plugin("whatsapp")?.grants.credentials == ["wa_cloud"])
    #expect(project.channels.count == 2)
    #expect(project.storages.first?.columns.count == 3)
  }

  @Test(.enabled(if: TestFile.isFolder(examples)))
  func `the example manifest is read`() throws {
    let parsed = PluginManifest.parse(try document(Self.examples + "/plugin.json"))
    let manifest = try #require(parsed.manifest, "\(parsed.findings.map { $0.text(in: "p") })")
    #expect(manifest.maxCalls == 32)
    #expect(manifest.grants.resources.memoryBytes == 64 << 20)
    #expect(manifest.credentials.first?.sendAs == .header(name: "X-Api-Key", value: "{key}"))
    #expect(manifest.action("acme-sms.send")?.errors.count == 2)
    #expect(manifest.action("acme-sms.send")?.timeout == .seconds(20))
  }

  @Test func `every bundled manifest is read`() throws {
    let folder = PackageFolder.path + "/Plugins"
    for name in TestFile.names(in: folder) {
      guard let bytes = TestFile.bytes(of: "\(folder)/\(name)/plugin.json"), bytes.count > 10 else {
        continue
      }
      let parsed = PluginManifest.parse(try JSONDocument(source: bytes))
      let texts = parsed.findings.map { $0.text(in: "Plugins/\(name)/plugin.json") }
      #expect(parsed.manifest?.id.rawValue == name, "\(texts)")
    }
  }

  @Test func `garbage is refused with a place, never followed`() throws {
    var seed: UInt64 = 7
    func roll(_ sides: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((seed >> 33) % UInt64(sides))
    }
    let file = PackageFolder.path + "/Tests/PipelineTests/Golden/connector/good_everything.txt"
    let text = try #require(TestFile.text(of: file))
    let source = Array(try #require(text.split(separator: "\n-----").first).utf8)
    let context = try Fixtures.context()
    for _ in 0..<150 {
      var bytes = source
      for _ in 0...roll(4) {
        let at = roll(bytes.count)
        switch roll(3) {
        case 0: bytes[at] = UInt8(roll(256))
        case 1: bytes.remove(at: at)
        default: bytes.removeSubrange(at..<min(bytes.count, at + roll(40)))
        }
      }
      do throws(Finding) {
        let document = try JSONDocument(source: bytes)
        for finding in Connector.check(document, in: context).findings {
          #expect(finding.line >= 1 && finding.column >= 1)
          #expect(!finding.message.isEmpty)
        }
        _ = ProjectDocument.parse(document)
        _ = PluginManifest.parse(document)
      } catch {
        #expect(error.line >= 1)
      }
    }
  }

  @Test func `a position is that of the last of equal keys`() throws {
    let document = try JSONDocument(source: Array("{\"a\": 1,\n \"a\": {\"b\": [1, 22]}}".utf8))
    let path = DocumentPath([.key("a"), .key("b"), .index(1)])
    let position = document.position(of: path)
    #expect(position == (2, 17))
    #expect(document.position(of: DocumentPath([.key("a")]), ofKey: true) == (2, 2))
    #expect(path.description == "$.a.b[1]")
  }
}
