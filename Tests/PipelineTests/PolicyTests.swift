// SPDX-License-Identifier: Apache-2.0
// Which policy is in force, and the texts of durations and sizes.

import Pipeline
import Testing
import Values

@Suite struct PolicyTests {
  private func component(_ extra: String = "") throws -> ActionComponent {
    let connector = try Fixtures.connector(
      steps: """
        [{"id": "s", "components": [{"action": {"id": "a", "use": "shop.order"\(extra)}}]}]
        """)
    return try #require(connector.actions.first?.action)
  }

  @Test func `the action wins, then the project, then the manifest, then the host`() throws {
    let manifest = try #require(try Fixtures.context().actions["shop.order"])
    let said = try component(#", "timeout": "5 s", "fallback": "continue""#)
    let silent = try component()
    let project = PluginPolicy(timeout: .seconds(10), fallback: .continue)

    var policy = PolicyResolution(component: said, project: project, manifest: manifest)
    #expect(policy.timeout == PolicyValue(.seconds(5), .action))
    #expect(policy.fallback == PolicyValue(.continue, .action))
    policy = PolicyResolution(component: silent, project: project, manifest: manifest)
    #expect(policy.timeout == PolicyValue(.seconds(10), .project))
    #expect(policy.fallback == PolicyValue(.continue, .project))
    policy = PolicyResolution(component: silent, project: nil, manifest: manifest)
    #expect(policy.timeout == PolicyValue(.seconds(20), .manifest))
    #expect(policy.fallback == PolicyValue(.stop, .host))
    policy = PolicyResolution(component: silent, project: nil, manifest: nil)
    #expect(policy.timeout == PolicyValue(.seconds(60), .host))
    #expect(policy.timeoutMax == PolicyValue(.seconds(60), .host))
  }

  @Test func `no timeout passes the ceiling, which only the operator raises`() throws {
    let long = try component(#", "timeout": "2 min""#)
    var policy = PolicyResolution(component: long, project: nil, manifest: nil)
    #expect(policy.timeout == PolicyValue(.seconds(60), .action))
    #expect(policy.cutTimeout == .seconds(120))
    policy = PolicyResolution(
      component: long, project: PluginPolicy(timeoutMax: .seconds(300)), manifest: nil)
    #expect(policy.timeout == PolicyValue(.seconds(120), .action))
    #expect(policy.cutTimeout == nil)
  }

  @Test(arguments: [
    ("90 s", 90_000), ("5 min", 300_000), ("2 h", 7_200_000), ("3 d", 259_200_000),
    ("250 ms", 250), ("1s", 1_000), ("0 s", 0),
  ])
  func `a duration is a number and a unit`(text: String, milliseconds: Int64) throws {
    let duration = try DurationText.parse(text)
    #expect(duration.milliseconds == milliseconds)
    #expect(try DurationText.parse(DurationText.text(duration)) == duration)
  }

  @Test(arguments: [
    "", "s", "90", "90  s", "1.5 h", "-1 s", "90 sec", "99999999999999 s", "1 d 2 h", " 1 s", "١ s",
    "999999 d",
  ])
  func `any other text is no duration`(text: String) {
    #expect(throws: PipelineError.self) { try DurationText.parse(text) }
  }

  @Test func `a size is a number and a binary unit`() throws {
    #expect(try ByteSizeText.parse("1 MiB") == 1 << 20)
    #expect(try ByteSizeText.parse("64KiB") == 64 << 10)
    #expect(ByteSizeText.text(1 << 20) == "1 MiB")
    #expect(ByteSizeText.text(1_000) == "1000 B")
    for text in ["1 MB", "", "-1 B", "1", "999999999999 TiB"] {
      #expect(throws: PipelineError.self) { try ByteSizeText.parse(text) }
    }
  }

  @Test func `a parameter narrows the effect of its call`() throws {
    let action = try #require(try Fixtures.context().actions["shop.order"])
    #expect(action.effect(of: ["method": "buy"]) == .atMostOnce)
    #expect(action.effect(of: ["method": "look"]) == .pure)
    #expect(action.effect(of: ["method": "put"]) == .idempotent)
    #expect(action.effect(of: ["effect": "keyed", "method": "look"]) == .keyed)
    #expect(action.effect(of: ["effect": "auto", "method": "look"]) == .pure)
    #expect(action.effect(of: [:]) == .atMostOnce)
  }
}
