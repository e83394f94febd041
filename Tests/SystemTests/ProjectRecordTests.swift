// SPDX-License-Identifier: Apache-2.0
// Opt-out lists and segments, which the project's document makes.
import Testing
import Values

@Suite struct ProjectRecordTests {
  private let keeper = Operator()

  private func project(_ more: JSONObject) -> String {
    var document = Document.project().asObject ?? [:]
    for (name, value) in more { document[name] = value }
    return keeper.write(.object(document), to: "project.json")
  }

  @Test func `lists and segments are made, changed, and left alone where nothing changed`() throws {
    let filter: JSONValue = ["all": [["field": "tags", "op": "contains", "right": "lead"]]]
    let more: JSONObject = [
      "optout_lists": ["newsletter", "All"], "segments": [["name": "leads", "filter": filter]],
    ]
    let made = try keeper.command("project", "apply", project(more))
    for line in ["optout_list all: new", "optout_list newsletter: new", "segment leads: new"] {
      #expect(made.contains(line), "\(made)")
    }
    #expect(!made.contains("optout_list All"))
    let again = try keeper.command("project", "apply", project(more), "--dry-run")
    #expect(!again.contains("optout_list") && !again.contains("segment"), "\(again)")
    let other: JSONValue = ["all": [["field": "attributes.Score", "op": "at_least", "right": 3]]]
    let changed = try keeper.command(
      "project", "apply", project(["segments": [["name": "Leads", "filter": other]]]))
    #expect(changed.contains("segment Leads: changed"), "\(changed)")
  }

  @Test func `a segment of what no date is says so, and nothing is applied`() throws {
    let filter: JSONValue = [
      "all": [["field": "last_interaction_at", "op": "starts_with", "right": "x"]]
    ]
    let result = try keeper.command([
      "project", "apply", project(["segments": [["name": "odd", "filter": filter]]]),
    ])
    #expect(!result.isSuccess)
    #expect(result.errors.contains("segment odd: where:"), "\(result.errors)")
    let known = try keeper.json("project", "list").json
    #expect(!known.contains("\"\(Document.project)\""), "\(known)")
  }
}
