// SPDX-License-Identifier: Apache-2.0
// Input that nobody sends who means it well.

import CJackfield
import PluginRuntime
import Values

/// Hands the plugin what is malformed, huge, deep and not UTF-8: in parameters, in answers of the
/// outside, and as ids of actions. Any outcome is right; a crash is not.
enum HostileInputCheck {
  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    // All of it on a thread as small as a worker's: deep input costs stack.
    let answer = ProbeThread.run(count: 1) { _ -> Result<CheckFinding, CheckStop> in
      Result { () throws(CheckStop) in try tryAll(probe) }
    }
    return try answer[0].get()
  }

  private static func tryAll(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let plugin = try OpenPlugin(probe, services: Probe.allServices)
    for id in ids {
      probe.note.say("find_action of \(id.count) odd bytes")
      if let number = try? plugin.instance.find(id), number >= 0 {
        return .fail(
          "find_action answered \(number) to \(id.count) bytes that are no action's id: compare "
            + "the whole id with its size")
      }
    }
    var count = 0
    for sample in probe.samples {
      for (what, parameters) in mutations(of: sample) {
        _ = plugin.call(
          sample, parameters: parameters, says: "\(sample.name) with \(what)")
        count += 1
      }
      guard probe.services.contains(JF_HTTP_INTERFACE) else { continue }
      for way in 0..<OddResponse.count {
        _ = plugin.call(sample, .odd(way), says: "\(sample.name), odd response \(way + 1)")
        count += 1
      }
    }
    plugin.close()
    return .pass("\(count) calls")
  }

  private static let ids: [[UInt8]] = [
    [], [0], [0xff, 0xfe, 0x80], Array(repeating: 0x61, count: 1 << 20),
  ]

  /// Each member replaced by each value, and the whole.
  private static func mutations(of sample: CallSample) -> [(String, JSONValue)] {
    let names = sample.action.parameters.propertyNames.prefix(40)
    var mutations: [(String, JSONValue)] = [("no parameters at all", [:])]
    for (what, value) in values {
      for name in names {
        var object = sample.parameters.asObject ?? [:]
        object[name] = value
        mutations.append(("\(name) \(what)", .object(object)))
      }
      mutations.append(("an unknown member \(what)", ["unknown": value]))
    }
    return mutations
  }

  private static let values: [(String, JSONValue)] = [
    ("null", .null), ("true", true), ("a negative number", -1),
    ("the largest integer", .integer(.max)), ("the smallest integer", .integer(.min)),
    ("a number near the end of double", JSONValue(floatLiteral: 1.7e308)),
    ("an empty text", ""), ("an empty list", []), ("an empty object", [:]),
    ("a text of control characters", "\u{0}\u{1}\r\n\u{7f}\u{85}\u{2028}"),
    ("a text of 512 KiB", .text(String(repeating: "x", count: 512 << 10))),
    ("a format string", "%s%n%x%s%n"), ("a deep list", nested(120, isObject: false)),
    ("a deep object", nested(120, isObject: true)),
    ("a list of 10,000", .list(Array(repeating: "a", count: 10_000))),
  ]

  private static func nested(_ depth: Int, isObject: Bool) -> JSONValue {
    (0..<depth).reduce(JSONValue.text("deep")) { value, _ in
      isObject ? ["text": value] : [value]
    }
  }
}
