// SPDX-License-Identifier: Apache-2.0
// Runs that want the same record at once.
import TestKit
import Testing
import Values

@Suite struct RaceTests {
  @Test func `runs that map and tag one contact at once make one contact with every tag`() throws {
    let keeper = Operator()
    try keeper.apply(
      project: Document.project(
        plugins: ["crm": [:]],
        channels: [["name": "wa", "kind": "whatsapp_cloud", "credential": "none"]]))
    let host = try ServedHost(keeper)
    let url = try keeper.apply(
      connector: Document.connector(
        "tag",
        Document.action(
          "who", "crm.map_contact",
          with: ["channel": "wa", "number": "+49 170 1234567", "fields": ["name": "Ann"]]),
        Document.action("tag", "crm.add_tag", with: ["tags": ["tag-{{event.n}}"]], ["save": "t"])))
    var runs: [Int64] = []
    for number in 1...8 {
      runs.append(try host.post(["n": .integer(Int64(number))], to: url))
    }
    var contacts: Set<String> = []
    for run in runs {
      let view = try keeper.waitForEnd(of: run)
      #expect(view.state == "succeeded", "\(view)")
      contacts.insert(view["who"].output["contact"]?.asText ?? "")
    }
    #expect(contacts.count == 1, "one number is one contact: \(contacts)")
    let last = try keeper.run(
      Document.connector(
        "look",
        Document.action(
          "who", "crm.map_contact", with: ["channel": "wa", "number": "491701234567"]),
        Document.action("tag", "crm.add_tag", with: ["tags": ["tag-1"]])))
    let tags = last.view["tag"].output["tags"]?.asList?.compactMap(\.asText) ?? []
    #expect(Set(tags) == Set((1...8).map { "tag-\($0)" }), "\(last.view)")
    try host.stop()
  }
}
