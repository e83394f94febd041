// SPDX-License-Identifier: Apache-2.0
import Foundation
import PluginCheck
import TestKit
import Testing
import Values

/// How findings are told.
@Suite struct CheckOutcomeTests {
  @Test func `a crash names the signal and the call it was in`() throws {
    let plugin = try FixturePlugin("check/hostile_input")
    let report = try Checked.folder(plugin.folder.path, only: ["hostile_input"])
    let result = try #require(report.results.first)
    #expect(result.outcome == .crashed)
    #expect(result.finding.message.contains("crashed with SIGSEGV"), "\(result.finding.message)")
    let place = "inside of hostile_input.run, example 1 with text a text of 512 KiB"
    #expect(result.finding.message.contains(place), "\(result.finding.message)")
  }

  @Test func `a plugin that does not open is told with what it logged`() throws {
    let plugin = try FixturePlugin("check/open")
    let report = try Checked.folder(plugin.folder.path, only: ["open"])
    #expect(report.text.contains("open answered unavailable"), "\(report.text)")
    #expect(report.text.contains("its log: there is no key"), "\(report.text)")
  }

  @Test func `a plugin that ends its process is told with the exit code`() throws {
    let plugin = try FixturePlugin("exits")
    try plugin.addExample(#"{"exit": true}"#)
    let report = try Checked.folder(plugin.folder.path, only: ["examples"])
    let result = try #require(report.results.first)
    #expect(result.outcome == .crashed)
    #expect(result.finding.message.contains("exit code 3"), "\(result.finding.message)")
  }

  @Test func `a plugin that never comes back is killed, and the call named`() throws {
    let plugin = try FixturePlugin("hangs")
    try plugin.addExample(#"{"hang": true}"#)
    let report = try Checked.folder(plugin.folder.path, only: ["cancel"])
    let result = try #require(report.results.first)
    #expect(result.outcome == .fail)
    #expect(result.finding.message.contains("hangs.run, example 1"), "\(result.finding.message)")
  }

  @Test func `a round of the fuzz that crashed crashes again by its seed`() throws {
    let plugin = try FixturePlugin("check/fuzz")
    let found = try #require(try Checked.folder(plugin.folder.path, only: ["fuzz"]).results.first)
    #expect(found.outcome == .crashed)
    let words = found.finding.message.split(separator: " ")
    let place = try #require(words.firstIndex(of: "--reproduce"))
    let seed = try #require(UInt64(words[place + 1]))
    let again = try Checked.folder(plugin.folder.path, only: ["fuzz"], seed: 1, reproduces: seed)
    #expect(again.results.first?.outcome == .crashed)
    let other = try Checked.folder(
      plugin.folder.path, only: ["fuzz"], reproduces: seed &+ 1_000_003)
    #expect(other.results.first?.outcome == .pass, "\(other.text)")
  }

  @Test func `a plugin without an image has only its manifest checked`() throws {
    let report = try Checked.folder(PackageFolder.path + "/Plugins/base")
    #expect(report.count(.pass) == 1)
    #expect(report.count(.skipped) == PluginCheck.all.count - 1)
    #expect(report.text.contains("skipped: a plugin of kind data has no image"))
  }

  @Test func `a service that no host has is told with the one that was meant`() throws {
    let plugin = try FixturePlugin("check/denied")
    let text = try #require(TestFile.text(of: plugin.folder("plugin.json")))
    plugin.folder.write(
      text.replacingOccurrences(of: "jackfield.http/1", with: "jackfield.htpp/1"),
      to: "plugin.json")
    let report = try Checked.folder(plugin.folder.path, only: ["manifest"])
    #expect(report.results.first?.outcome == .fail)
    #expect(report.text.contains("did you mean \"jackfield.http/1\"?"), "\(report.text)")
  }

  @Test func `a connector that comes with the plugin is read too`() throws {
    let plugin = try FixturePlugin("good")
    let text = try #require(TestFile.text(of: plugin.folder("plugin.json")))
    let shipped = #""connectors": [{"name": "system.lead", "stepz": []}], "actions":"#
    plugin.folder.write(
      text.replacingOccurrences(of: #""actions":"#, with: shipped), to: "plugin.json")
    let report = try Checked.folder(plugin.folder.path, only: ["manifest"])
    #expect(report.results.first?.outcome == .fail)
    #expect(report.text.contains("connector system.lead") && report.text.contains("stepz"))
  }

  @Test func `a service that is used and not named is told, though it would crash`() throws {
    let plugin = try FixturePlugin("check/secrets")
    let text = try #require(TestFile.text(of: plugin.folder("plugin.json")))
    plugin.folder.write(
      text.replacingOccurrences(of: #""jackfield.http/1""#, with: ""), to: "plugin.json")
    let report = try Checked.folder(plugin.folder.path, only: ["grants", "denied"])
    #expect(report.results.map(\.outcome) == [.fail, .crashed], "\(report.text)")
    #expect(report.text.contains("uses jackfield.http/1, which"), "\(report.text)")
  }

  @Test func `a transport is loaded and opened, and none of its actions asked for`() throws {
    let plugin = try FixturePlugin("transport_fixture")
    let report = try Checked.folder(plugin.folder.path)
    let passed = Set(report.results.filter { $0.outcome == .pass }.map(\.name))
    #expect(passed.isSuperset(of: ["load", "open", "reopen", "process_state"]), "\(report.text)")
    let fuzz = report.results.first { $0.name == "fuzz" }
    #expect(fuzz?.finding.message == "a transport has no actions")
  }

  @Test(arguments: [
    (#"{"recrods": {}}"#, "recrods"), ("[]", "no object"), ("{", "no JSON"),
    (#"{"records": {"thing": {"1": {}}}}"#, "does not ask to read or write"),
    (#"{"records": {"thing": []}}"#, "are written {id"),
    (#"{"credentials": {"main": {"kind": "smtp"}}}"#, "does not declare"),
  ])
  func `a world that is wrong is a fault of the manifest`(text: String, told: String) throws {
    let plugin = try FixturePlugin("good")
    plugin.folder.write(text, to: "check.json")
    let report = try Checked.folder(plugin.folder.path, only: ["manifest"])
    #expect(report.results.first?.outcome == .fail)
    #expect(report.text.contains(told), "\(report.text)")
    #expect(report.text.contains("check.json"), "\(report.text)")
  }
}

extension FixturePlugin {
  /// Gives the only action an example of these parameters.
  fileprivate func addExample(_ with: String) throws {
    let text = try #require(TestFile.text(of: folder("plugin.json")))
    let end = try #require(text.range(of: "\"result\": {"))
    let example = "\"examples\": [{\"with\": \(with)}], "
    folder.write(
      text.replacingCharacters(in: end.lowerBound..<end.lowerBound, with: example),
      to: "plugin.json")
  }
}
