// SPDX-License-Identifier: Apache-2.0
// Documents and what is found in them: one case a file, `input`, five dashes, `expected`.

import Glibc
import Pipeline
import TestKit
import Testing
import Values

/// The findings of each case, line by line. `JACKFIELD_GOLDEN=write` writes what is found now, to
/// be read before it is committed.
@Suite struct GoldenTests {
  @Test func `a credential that a plugin in use was granted and that is not set is warned of once`()
    throws
  {
    let text = """
      {"format": 1, "project": "acme", "name": "order_in", "trigger": {"webhook": {}}, "steps": [
        {"id": "s", "components": [
          {"action": {"id": "a", "use": "shop.ask", "with": {}}},
          {"action": {"id": "b", "use": "shop.ask", "with": {}}}]}]}
      """
    let document = try JSONDocument(source: Array(text.utf8))
    var context = try Fixtures.context()
    #expect(Connector.check(document, in: context).findings.isEmpty)
    context.credentials.remove("shop_key")
    let findings = Connector.check(document, in: context).findings
    #expect(findings.map(\.code) == ["missing_credential"] && !findings.hasErrors)
    #expect(findings.first?.message.contains("jackfield credential set shop_key") == true)
  }

  @Test func `connectors are checked as their golden files say`() throws {
    let context = try Fixtures.context()
    let count = try run("connector") { document in
      Connector.check(document, in: context).findings
    }
    #expect(count >= 40, "only \(count) cases were found")
  }

  @Test func `manifests are read as their golden files say`() throws {
    let count = try run("manifest") { PluginManifest.parse($0).findings }
    #expect(count >= 15, "only \(count) cases were found")
  }

  @Test func `projects are read as their golden files say`() throws {
    let kinds = ["email", "whatsapp_cloud", "whatsapp_gateway"]
    let count = try run("project") {
      ProjectDocument.parse($0, zones: Fixtures.zones, channelKinds: kinds).findings
    }
    #expect(count >= 8, "only \(count) cases were found")
  }

  /// Runs every case of a folder; returns how many there were.
  private func run(_ folder: String, _ check: (JSONDocument) -> [Finding]) throws -> Int {
    let path = PackageFolder.path + "/Tests/PipelineTests/Golden/" + folder
    let files = TestFile.all(below: path, endings: [".txt"])
    for file in files {
      let text = try #require(TestFile.text(of: file))
      let parts = text.split(separator: "\n-----\n", omittingEmptySubsequences: false)
      let input = String(try #require(parts.first))
      let expected = parts.count > 1 ? String(parts[1]) : ""
      let found = findings(input, check).map { $0.text(in: "input") + "\n" }.joined()
      if getenv("JACKFIELD_GOLDEN") != nil, found != expected {
        write("\(input)\n-----\n\(found)", to: file)
      } else {
        #expect(found == expected, "\(file)")
      }
    }
    return files.count
  }

  private func findings(_ input: String, _ check: (JSONDocument) -> [Finding]) -> [Finding] {
    do throws(Finding) {
      return check(try JSONDocument(source: Array(input.utf8)))
    } catch {
      return [error]
    }
  }

  private func write(_ text: String, to path: String) {
    guard let file = fopen(path, "w") else { return }
    fputs(text, file)
    fclose(file)
  }
}
