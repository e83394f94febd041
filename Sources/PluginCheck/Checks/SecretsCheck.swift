// SPDX-License-Identifier: Apache-2.0
// Whether what the outside says in confidence stays there.

import CJackfield

/// Puts a token into every response, as servers do that hand out keys and sessions, and looks for
/// it where people and journals read: log lines, progress, messages of errors.
enum SecretsCheck {
  private static let secret = "jf-canary-6f1d8be04c2a"

  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    guard probe.services.contains(JF_HTTP_INTERFACE) else {
      return .skipped("it sends no requests")
    }
    let plugin = try OpenPlugin(probe, services: probe.services)
    for sample in probe.samples {
      let report = plugin.call(sample, .leaking(secret))
      let places = [
        ("a log line", report.script.logs), ("its progress", report.script.progress),
        // Not in its detail, which is for the run view and for rules.
        ("its error", [report.code, report.message]),
      ]
      if let place = places.first(where: { $0.1.contains { $0.contains(secret) } }) {
        return .fail(
          "\(sample.name): a token of the response's \"access_token\" or Set-Cookie stands in "
            + "\(place.0): say what happened and leave the response out")
      }
    }
    plugin.close()
    return .pass
  }
}
