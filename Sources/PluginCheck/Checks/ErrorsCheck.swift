// SPDX-License-Identifier: Apache-2.0
// Whether the errors of an action are those of its manifest.

import CJackfield

/// Provokes errors with samples, denials and odd answers, and looks each up in the manifest. Codes
/// that came from a service are the host's.
enum ErrorsCheck {
  static func check(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let plugin = try OpenPlugin(probe, services: Probe.allServices)
    var manners: [CallScript.Manner] = [.willing, .denying]
    if probe.services.contains(JF_HTTP_INTERFACE) {
      manners += (0..<OddResponse.count).map { .odd($0) }
    }
    var seen: Set<String> = []
    for sample in probe.samples {
      for manner in manners {
        let report = plugin.call(sample, manner)
        if let problem = problem(sample, report) { return .fail("\(sample.name): \(problem)") }
        if !report.code.isEmpty { seen.insert(report.code) }
      }
    }
    plugin.close()
    return .pass("\(seen.count) codes seen")
  }

  private static func problem(_ sample: CallSample, _ report: CallReport) -> String? {
    guard let errorClass = report.errorClass, !report.script.serviceCodes.contains(report.code)
    else { return nil }
    guard let declared = sample.action.errors.first(where: { $0.code == report.code }) else {
      return "its error \(report.shown) is not in the action's \"errors\": add {\"code\": "
        + "\"\(report.code)\", \"class\": \"\(errorClass.rawValue)\"}"
    }
    guard declared.class != errorClass else { return nil }
    return "its error \(report.code) came as \(errorClass.rawValue), the manifest says "
      + "\(declared.class.rawValue): rules match both, so make them one"
  }
}
