// SPDX-License-Identifier: Apache-2.0
// What a call does after it was killed midway.

import CSystem
import Glibc
import Pipeline
import Values

/// Kills the process of a call right after each of its requests, and calls again in a new one: it
/// has to end as if nothing had happened, and to send the same, or the host would not recognise
/// what it has sent already.
enum KilledCheck {
  /// Places to be killed at, for each sample.
  private static let places = 4

  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    var kills = 0
    for sample in probe.samples {
      guard let whole = try trial(sample, probe, killedAfter: nil) else { continue }
      guard whole.requests > 0 else { continue }
      for place in 1...min(whole.requests, places) {
        let died = try trial(sample, probe, killedAfter: place)
        guard died == nil else { continue }
        kills += 1
        let again = try trial(sample, probe, killedAfter: nil)
        if let again, again.text == whole.text { continue }
        return .fail(
          "\(sample.name) was killed after its request \(place) and called again: "
            + "\(difference(whole, again)): derive what it does from its parameters, its key and "
            + "the host's records, and keep nothing elsewhere")
      }
    }
    return kills > 0 ? .pass("\(kills) times") : .skipped("no example asks the host for anything")
  }

  /// What a call asked for and how it ended.
  private struct Trial {
    let text: JSONValue
    var requests: Int { text["requests"]?.asList?.count ?? 0 }
  }

  private static func difference(_ whole: Trial, _ again: Trial?) -> String {
    guard let again else { return "it took its process down" }
    if whole.text["end"] != again.text["end"] {
      return "it ended with \(again.text["end"]?.asText ?? ""), not with "
        + (whole.text["end"]?.asText ?? "")
    }
    let pairs = zip(whole.text["requests"]?.asList ?? [], again.text["requests"]?.asList ?? [])
    for (one, other) in pairs where one != other {
      let (before, after) = (one["shown"]?.asText ?? "", other["shown"]?.asText ?? "")
      return "it sent \(after) " + (before == after ? "with another content" : "and not \(before)")
    }
    return "it made \(again.requests) requests, not \(whole.requests)"
  }

  /// Calls in a process of its own; nil when that was killed.
  private static func trial(
    _ sample: CallSample, _ probe: Probe, killedAfter place: Int?
  ) throws(CheckStop) -> Trial? {
    let memory = sys_memory_create("jackfield-trial")
    defer { close(memory) }
    let pid = sys_probe_fork()
    guard pid >= 0 else {
      let reason = String(cString: strerror(-pid))
      throw CheckStop(.skipped("the system has no process to kill: \(reason)"))
    }
    if pid == 0 { run(sample, probe, place, memory) }
    let status = sys_probe_wait(pid)
    if status == -SIGKILL, place != nil { return nil }
    lseek(memory, 0, SEEK_SET)
    guard status == 0, let bytes = FileText.read(memory, limit: 64 << 20),
      let value = try? JSONValue(parsing: bytes)
    else {
      let how = status < 0 ? ProbeDeath.signalled(-status) : .exited(status)
      throw CheckStop(CheckFinding(.crashed, "\(sample.name): \(how.text)"))
    }
    if let finding = CheckFinding(value) { throw CheckStop(finding) }
    return Trial(text: value)
  }

  private static func run(
    _ sample: CallSample, _ probe: Probe, _ place: Int?, _ memory: Int32
  ) -> Never {
    let answer: JSONValue
    do throws(CheckStop) {
      let plugin = try OpenPlugin(probe, services: Probe.allServices)
      let report = plugin.call(sample, place.map { .killing(after: $0) } ?? .willing)
      answer = ["end": .text(end(of: report)), "requests": .list(requests(of: report))]
    } catch {
      answer = error.finding.value
    }
    FileText.write(answer.jsonBytes, to: memory)
    _exit(0)
  }

  private static func end(of report: CallReport) -> String {
    report.errorClass.map { "\($0.rawValue) \(report.code)" } ?? "success"
  }

  /// All requests, those to the outside with their content.
  private static func requests(of report: CallReport) -> [JSONValue] {
    report.script.uses.map { use in
      var request: JSONObject = ["shown": .text(use.shown)]
      if use.isEgress {
        var json = use.json.asObject ?? [:]
        json["timeout_ms"] = nil
        request["json"] = .object(json)
        request["body"] = .text(use.body.map { String($0, radix: 16) }.joined())
      }
      return .object(request)
    }
  }
}
