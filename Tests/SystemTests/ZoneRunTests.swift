// SPDX-License-Identifier: Apache-2.0
// Times of day where clocks change, and a machine that knows no time zones.
import Glibc
import TestKit
import Testing
import Values

@Suite struct ZoneRunTests {
  private let keeper = Operator()

  /// In 2040 summer time begins on 25 March and ends on 28 October.
  private static let days = [
    ("2040-01-01", "2039-12-31T23:00:00Z"),
    ("2040-03-25T01:59:59", "2040-03-25T00:59:59Z"),
    // There is no 02:30 that day: it moves forward by the hour that is missing.
    ("2040-03-25T02:30:00", "2040-03-25T01:30:00Z"),
    ("2040-07-01", "2040-06-30T22:00:00Z"),
    // 02:30 comes twice: the first is meant.
    ("2040-10-28T02:30:00", "2040-10-28T00:30:00Z"),
    ("2040-10-28T03:00:00", "2040-10-28T02:00:00Z"),
  ]

  @Test func `delays of a zone with summer time are due when its clocks say so, on a test clock`()
    throws
  {
    try keeper.apply(project: Document.project())
    var steps: [JSONValue] = []
    for (index, day) in Self.days.enumerated() {
      steps.append(
        Document.step(
          "s\(index)", Document.delay("d\(index)", ["on": .text(day.0), "past_due": "fail"])))
    }
    steps.append(
      Document.step(
        "sum",
        [
          "format": [
            "id": "calculate", "save": "sum",
            "values": [
              "day": #"{{event.at | date_add: "1 day"}}"#,
              "hours": #"{{event.at | date_add: "1 d"}}"#,
            ],
          ]
        ]))
    let document = berlin("waits", steps: steps)
    let event = keeper.write(["at": "2040-03-24T12:00:00"], to: "event.json")

    let result = try keeper.command([
      "run", keeper.write(document, to: "waits.json"), "--dry-run", "--json", "--event", event,
    ])

    try #require(result.isSuccess, "\(result.errors)\(result.output)")
    let view = RunView(value: try JSONValue(parsing: result.output))
    #expect(view.state == "succeeded", "\(view)")
    for (index, day) in Self.days.enumerated() {
      let entry = view["d\(index)"]
      #expect(entry.value["due_at"]?.asText == day.1, "\(day.0): \(entry.value)")
      #expect(entry.status == "passed", "\(entry.value)")
    }
    #expect(view["calculate"].output["day"] == "2040-03-25T10:00:00Z", "noon again: \(view)")
    #expect(view["calculate"].output["hours"] == "2040-03-25T11:00:00Z", "24 hours: \(view)")
  }

  @Test func `a served delay and a schedule are due by the zone's clocks`() throws {
    try keeper.apply(project: Document.project())
    try keeper.apply(
      connector: berlin(
        "waits",
        steps: [Document.step("a", Document.delay("wait", ["on": "2040-03-25T02:30:00"]))]))
    for (name, cron) in [("summer", "30 9 1 7 *"), ("winter", "30 9 1 12 *")] {
      try keeper.apply(connector: berlin(name, ["trigger": ["schedule": ["cron": .text(cron)]]]))
    }
    let host = try ServedHost(keeper)
    _ = try host.post([:], to: keeper.url(of: "waits"))

    let delay = try poll(for: "the delay") { try keeper.json("delay", "list").asList?.first }
    let due = try poll(for: "the due times") { () -> String? in
      let text = try keeper.sql(
        "SELECT group_concat(time(due_at / 1000, 'unixepoch'), ' ') FROM "
          + "(SELECT due_at FROM schedule JOIN connector ON connector.id = schedule.connector "
          + "ORDER BY connector.name)")
      return text.contains(" ") ? text : nil
    }
    #expect(delay["due_at"] == "2040-03-25T01:30:00Z", "\(delay)")
    #expect(due == "07:30:00 08:30:00", "summer, winter")
    try host.stop()
  }

  @Test(.enabled(if: MountNamespace.isPossible, "\(MountNamespace.whatIsMissing)"))
  func `a machine without time zones is told which package to install`() throws {
    try keeper.apply(project: Document.project())
    let file = keeper.write(berlin("waits"), to: "waits.json")
    let folder = keeper.folder.path
    for words in [["connector", "check", file], ["doctor"]] {
      // An empty file system lies over the zones' folder.
      let process = try MountNamespace.start(
        #"mount -t tmpfs -o size=1m tmpfs /usr/share/zoneinfo && exec "$0" "$@""#,
        [BuiltProducts.program("jackfield")] + words + ["--data", folder])
      let result = try process.wait()
      #expect(!result.isSuccess, "\(words): \(result.output)")
      let text = result.output + result.errors
      #expect(text.contains("install the package tzdata"), "\(words): \(text)")
    }
    let known = try keeper.command(["connector", "check", file])
    #expect(known.isSuccess, "\(known.errors)")
  }

  private func berlin(
    _ name: String, _ more: JSONObject = [:], steps: [JSONValue]? = nil
  ) -> JSONValue {
    let row = Document.step("a", Document.row("x"))
    var document = Document.connector(name, more, steps: row).asObject ?? [:]
    document["time_zone"] = "Europe/Berlin"
    if let steps { document["steps"] = .list(steps) }
    return .object(document)
  }
}
