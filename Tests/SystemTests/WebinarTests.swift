// SPDX-License-Identifier: Apache-2.0
// The example connectors of a webinar: reminders with several identifiers, and what takes them back.
import TestKit
import Testing
import Values

@Suite struct WebinarTests {
  private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

  @Test func `a registration is confirmed and reminded until its webinar is cancelled`() throws {
    let cloud = try PythonServer("whatsapp_cloud")
    let world = try Scenario(
      plugins: [
        "whatsapp": Document.plugin(hosts: ["127.0.0.1:\(cloud.port)"], credentials: ["wa"])
      ],
      more: [
        "storages": [
          [
            "name": "Webinar Log",
            "columns": [
              ["name": "webinar", "type": "text"],
              ["name": "reminders_cancelled", "type": "number"],
            ],
          ]
        ]
      ]
    ) { keeper in
      try keeper.set(
        credential: "wa", kind: "whatsapp_cloud",
        fields: [
          "phone_number_id": "106540352242922", "base_url": cloud.url, "api_version": "v23.0",
        ], secret: "token-of-the-test")
      try keeper.set(credential: "webinar_hook", kind: "secret", secret: Self.secret)
    }
    for name in ["webinar_registration", "webinar_cancelled"] { try world.apply(example(name)) }

    // The link goes out half an hour before; the two reminders before that are past due.
    let start = Document.time(inSeconds: 30 * 60 + 4)
    let soon = try send(world, "webinar_registration", registration("r1", start, "+15550001111"))
    let far = try send(
      world, "webinar_registration",
      registration("r2", Document.time(inSeconds: 10 * 86_400), "+15550002222"))
    let copy = try send(world, "webinar_registration", registration("r1", start, "+15550001111"))
    #expect(copy == soon, "the same registration again makes no run")

    try poll(for: "the link") { texts(cloud).contains { $0.hasPrefix("Join here") } ? () : nil }
    let view = try world.wait(for: soon, toBe: "waiting")
    let dates = view.timeline.filter { $0.kind == "delay" }.map { "\($0.component) \($0.status)" }
    #expect(
      dates.prefix(4) == [
        "wait_two_days past_due", "wait_five_hours past_due", "wait_half_hour waiting",
        "wait_half_hour passed",
      ], "\(view)")
    #expect(texts(cloud).filter { $0.hasPrefix("You are registered, Ana") }.count == 2)

    let cancelled = try send(
      world, "webinar_cancelled", ["type": "webinar.cancelled", "webinar": ["id": "w1"]])
    let log = try world.keeper.waitForEnd(of: cancelled)
    #expect(log["cancel_all"].output["cancelled"] == 2, "\(log)")
    #expect(log["note_it"].output["fields"]?["reminders_cancelled"] == 2, "\(log)")
    for run in [soon, far] {
      #expect(try world.keeper.waitForEnd(of: run).state == "cancelled")
    }
    try world.host.stop()
  }

  @Test func `an unsigned registration is refused and one attendee is cancelled alone`() throws {
    let world = try Scenario { keeper in
      try keeper.set(credential: "webinar_hook", kind: "secret", secret: Self.secret)
    }
    try world.apply(
      Document.connector(
        "webinar_registration",
        steps: Document.step(
          "a",
          Document.delay(
            "wait", ["amount": "1 h", "identifier": "registration:{{event.registration.id}}"]))))
    let cancelling = try example("webinar_cancelled")
    guard case .object(var members) = cancelling, case .list(let steps)? = members["steps"] else {
      throw WebFailure(description: "the example has no steps")
    }
    members["steps"] = .list([steps[1]])
    try world.apply(.object(members))
    let runs = try ["a", "b"].map {
      try world.post("webinar_registration", ["registration": ["id": .text($0)]])
    }
    for run in runs { try world.wait(for: run, toBe: "waiting") }
    let event: JSONValue = ["type": "registration.cancelled", "registration": ["id": "a"]]
    let unsigned = try WebRequest(world.url(of: "webinar_cancelled"), body: event.json).send()
    #expect(unsigned.status == 401, "\(unsigned)")

    let canceller = try send(world, "webinar_cancelled", event)

    #expect(try world.keeper.waitForEnd(of: canceller).state == "stopped")
    #expect(try world.keeper.waitForEnd(of: runs[0]).state == "cancelled")
    #expect(try world.keeper.show(runs[1]).state == "waiting")
    try world.host.stop()
  }

  /// An example of the plugin `control`, in the project of the tests.
  private func example(_ name: String) throws -> JSONValue {
    let path = PackageFolder.path + "/Plugins/control/examples/\(name).json"
    guard let text = TestFile.text(of: path), case .object(var document) = try JSONValue(parsing: text)
    else { throw WebFailure(description: "\(path) is no object") }
    document["project"] = .text(Document.project)
    return .object(document)
  }

  private func registration(_ id: String, _ start: JSONValue, _ phone: String) -> JSONValue {
    [
      "registration": ["id": .text(id), "phone": .text(phone), "name": "Ana"],
      "webinar": [
        "id": "w1", "title": "Wiring", "starts_at": start, "join_url": "https://live.example/w1",
      ],
    ]
  }

  private func texts(_ cloud: PythonServer) -> [String] {
    cloud.requestLines.compactMap { line in
      guard let body = (try? JSONValue(parsing: line))?["body"]?.asText else { return nil }
      return (try? JSONValue(parsing: body))?["text"]?["body"]?.asText
    }
  }

  /// Posts an event signed as Standard Webhooks says, and returns its run.
  private func send(_ world: Scenario, _ connector: String, _ event: JSONValue) throws -> Int64 {
    var request = WebRequest(try world.url(of: connector), body: event.json)
    let id = "msg_\(event.json.utf8.count)_\(request.body.reduce(0) { $0 &* 31 &+ Int($1) })"
    let script = """
      import base64, hashlib, hmac, sys, time
      at = str(int(time.time()))
      key = base64.b64decode(sys.argv[1].removeprefix("whsec_"))
      text = f"{sys.argv[2]}.{at}.{sys.argv[3]}".encode()
      print(at, base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode())
      """
    let signed = try Subprocess.run(
      PythonServer.python, ["-c", script, Self.secret, id, event.json])
    let parts = signed.output.split(whereSeparator: \.isWhitespace).map(String.init)
    try #require(parts.count == 2, "\(signed.errors)")
    request.headers["webhook-id"] = id
    request.headers["webhook-timestamp"] = parts[0]
    request.headers["webhook-signature"] = "v1,\(parts[1])"
    let answer = try request.send()
    try #require(answer.status == 202, "\(answer)")
    let run = try JSONValue(parsing: answer.body)["run"]
    return try #require(run?.asInteger ?? run?.asText.flatMap { Int64($0) }, "\(answer)")
  }
}
