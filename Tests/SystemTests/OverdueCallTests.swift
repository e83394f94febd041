// SPDX-License-Identifier: Apache-2.0
// One call that never returns, crashes or exits, beside two hundred good ones of its worker.
import Glibc
import TestKit
import Testing
import Values

@Suite(.serialized) struct OverdueCallTests {
  @Test(arguments: ["hang", "crash", "exit"])
  func `one bad call takes its fallback, and two hundred beside it are sent once`(
    mode: String
  ) throws {
    let world = try World()
    var good: [Int64: String] = [:]
    func post(until count: Int, before end: ContinuousClock.Instant? = nil) throws {
      while good.count < count, end.map({ ContinuousClock.now < $0 }) ?? true {
        let key = "good-\(good.count)"
        good[try world.post(key, mode: "post")] = key
      }
    }
    // One that hangs is joined by all the others, as far as they come before its end: a request on
    // its way at that moment is unknown. One that ends its worker comes among them.
    if mode != "hang" { try post(until: 50) }
    let bad = try world.post("bad", mode: mode)
    let pid = try world.pidThatWasTold(to: mode)
    if mode == "hang" {
      try post(until: 200, before: ContinuousClock.now + .milliseconds(1_300))
      print("hang: \(good.count) good calls came while it hung")
      // What of them is on its way at the end of the worker would be unknown.
      try poll(for: "\(good.count) requests of good calls") {
        try world.bodies().count < good.count ? nil : ()
      }
      _ = try world.keeper.waitForEnd(of: bad)
    }
    try post(until: 200)
    let ended = try world.waitForAll(201)

    // The bad one: its outcome, its fallback, its group.
    let view = try world.keeper.show(bad)
    let entry = view["carry"]
    #expect(entry.status == (mode == "hang" ? "timeout" : "failed"), "\(view)")
    #expect(mode == "hang" || entry.code == "worker_crashed", "\(view)")
    #expect(entry.taken == "continue" && view["row"].status == "succeeded", "\(view)")
    #expect(view.state == "succeeded" && view.mark == nil, "\(view)")
    try poll(for: "the end of group \(pid)") { Glibc.kill(-pid, 0) == 0 ? nil : () }
    let took = try #require(view.duration)
    print("\(mode): from the call to the end of the run \(took) ms")

    // The good ones: each sent at most once; exactly once unless its run is marked.
    let sent = Dictionary(grouping: try world.bodies(), by: { $0 }).mapValues(\.count)
    var clean = 0
    for run in ended where run.id != bad {
      let key = try #require(good[run.id])
      let count = sent[key] ?? 0
      let isClean = run.mark == nil
      let isRight = isClean ? count == 1 : count <= 1
      let shown = isRight ? run : try world.keeper.show(run.id)
      #expect(isRight, "\(key): sent \(count) times, \(shown)")
      if isClean { clean += 1 }
    }
    print("\(mode): \(clean) of 200 succeeded, \(200 - clean) are marked unknown")
    // What was on its way when the worker ended is unknown by its class: as many as were in flight.
    #expect(clean >= 180)
    #expect(sent["bad"] == nil)
    let keys = try world.keeper.keys()
    #expect(keys.count == 201 && Set(keys).count == 201, "each run stored its row once")
    try world.host.stop()
  }

  @Test func `a target that counts after the timeout is not hidden from whoever looks`() throws {
    let target = try PythonServer("http_target", ["--accept-delay-ms", "2500"])
    let (keeper, view) = try late(port: target.port)

    #expect(view["post"].taken == "continue", "\(view)")
    // Whether it comes to count it at all is the target's: both are right, silence is not.
    try? target.waitForRequests(1, timeout: .seconds(10))
    print("the late target counted \(target.requestLines.count); mark: \(view.mark ?? "none")")
    #expect(target.requestLines.isEmpty || view.mark == "unknown", "\(view)")
    #expect(try keeper.keys() == ["after"])
  }

  @Test func `a request that never left is no unknown one`() throws {
    let port = try FullPort()
    let (keeper, view) = try late(port: port.number)

    #expect(view["post"].status == "failed" || view["post"].status == "timeout", "\(view)")
    #expect(view["post"].taken == "continue", "\(view)")
    #expect(view.mark == nil, "\(view)")
    #expect(port.bytesOfStrangers() == 0, "nothing was sent")
    #expect(try keeper.keys() == ["after"])
  }

  /// One POST with a timeout of 1 s to this port, and a row after it.
  private func late(port: Int) throws -> (Operator, RunView) {
    let keeper = Operator()
    try keeper.apply(
      project: Document.project(plugins: [
        "http": Document.plugin(
          hosts: ["127.0.0.1:\(port)"], timeout: "1 s", fallback: "continue")
      ]))
    let (view, _) = try keeper.run(
      Document.connector(
        "late",
        Document.action(
          "post", "http.request",
          with: [
            "method": "POST", "url": .text("http://127.0.0.1:\(port)/count"), "body_kind": "raw",
            "body": "one",
          ]),
        Document.row("after")))
    return (keeper, view)
  }

  /// A host with the plugin that posts, hangs, crashes and exits, and a target it posts to.
  struct World {
    let keeper = Operator()
    let target: PythonServer
    let host: ServedHost
    private let plugin: FixturePlugin
    private let url: String
    private let badURL: String

    init() throws {
      target = try PythonServer("http_target")
      plugin = try FixturePlugin("courier")
      host = try ServedHost(
        keeper,
        plugins: [
          ["id": "data_storage"], ["id": "listener"], ["id": "transport_http"],
          ["path": .text(plugin.folder.path)],
        ])
      try keeper.apply(
        project: Document.project(plugins: [
          // One attempt: another would end another worker, which is another test's.
          "courier": [
            "grants": ["hosts": [.text("127.0.0.1:\(target.port)")]],
            "policy": ["timeout": "60 s", "fallback": "continue", "retry": ["attempts": 1]],
          ]
        ]))
      // Only the bad one is short of time: a good one may be slow where the machine is.
      let address = target.url + "/carry"
      url = try keeper.apply(connector: World.carry("carry", to: address))
      badURL = try keeper.apply(connector: World.carry("bad", to: address, ["timeout": "4 s"]))
    }

    private static func carry(
      _ connector: String, to address: String, _ more: JSONObject = [:]
    ) -> JSONValue {
      Document.connector(
        connector,
        Document.action(
          "carry", "courier.run",
          with: [
            "url": .text(address), "body": "{{event.key}}", "mode": "{{event.mode}}",
          ], more),
        Document.row("{{event.key}}"))
    }

    func post(_ key: String, mode: String) throws -> Int64 {
      try host.post(["key": .text(key), "mode": .text(mode)], to: mode == "post" ? url : badURL)
    }

    /// The worker that said so: `plugin courier [PID]: told to hang`.
    func pidThatWasTold(to mode: String) throws -> pid_t {
      try poll(for: "a worker told to \(mode)") {
        for line in host.process.errors.split(separator: "\n")
        where line.hasSuffix("told to \(mode)") {
          let digits = line.drop { $0 != "[" }.dropFirst().prefix { $0.isNumber }
          return pid_t(digits)
        }
        return nil
      }
    }

    func waitForAll(_ count: Int) throws -> [RunView] {
      try poll(within: .seconds(90), for: "the end of \(count) runs") {
        let runs = try keeper.runs()
        return runs.count == count && runs.allSatisfy(\.isFinished) ? runs : nil
      }
    }

    func bodies() throws -> [String] {
      try target.requestLines.map { try JSONValue(parsing: $0)["body"]?.asText ?? "" }
    }
  }
}

/// A port whose queue of connections is full: a further one is neither taken nor refused.
final class FullPort {
  let number: Int
  private let listening: Int32
  private var fillers: [Int32] = []

  init() throws {
    listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listening
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && listen(descriptor, 0) == 0
          && getsockname(descriptor, $0, &size) == 0
      }
    }
    number = Int(UInt16(bigEndian: address.sin_port))
    try #require(isBound)
    for _ in 0..<4 {
      let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
      let filler = socket(AF_INET, kind | Int32(SOCK_CLOEXEC.rawValue), 0)
      _ = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(filler, $0, size) }
      }
      fillers.append(filler)
    }
  }

  deinit {
    for filler in fillers { close(filler) }
    close(listening)
  }

  /// What came over the connections that were made all the same: the fillers send nothing.
  func bytesOfStrangers() -> Int {
    _ = fcntl(listening, F_SETFL, O_NONBLOCK)
    var count = 0
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let taken = accept(listening, nil, nil)
      guard taken >= 0 else { return count }
      count += max(0, recv(taken, &buffer, buffer.count, Int32(MSG_DONTWAIT)))
      close(taken)
    }
  }
}
