// SPDX-License-Identifier: Apache-2.0
// What a plugin is granted, and what it does without.

/// Calls the samples with the declared grants, with none, and without each optional service.
enum GrantsCheck {
  static func granted(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    if let undeclared = try undeclaredService(probe) { return .fail(undeclared) }
    let plugin = try OpenPlugin(probe, services: probe.services)
    var missing: [String] = []
    for sample in probe.samples {
      let report = plugin.call(sample, .granting(CheckGrants(manifest: probe.manifest)))
      missing += report.script.refusals.map { "\(sample.name): \($0)" }
    }
    plugin.close()
    guard missing.isEmpty else {
      return .fail("not granted by the manifest: " + unique(missing).joined(separator: "\n  "))
    }
    return .pass
  }

  /// A service that it uses where it is there, and that no host will offer it.
  private static func undeclaredService(_ probe: Probe) throws(CheckStop) -> String? {
    let plugin = try OpenPlugin(probe, services: Probe.allServices)
    for sample in probe.samples {
      let used = plugin.call(sample).script.uses.compactMap(\.interface)
      guard let service = used.first(where: { !probe.services.contains($0) }) else { continue }
      return "\(sample.name) uses \(service), which its manifest does not name, so that no host "
        + "offers it: add it to \"requires\".\"interfaces\", or to \"optional\""
    }
    plugin.close()
    return nil
  }

  static func denied(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let plugin = try OpenPlugin(probe, services: probe.services)
    for sample in probe.samples {
      let report = plugin.call(sample, .denying)
      if let blemish = report.blemish {
        return .fail("\(sample.name), with everything denied: \(blemish)")
      }
      let needed = report.script.uses.first {
        $0.interface.map(probe.manifest.requiredInterfaces.contains) ?? false
      }
      if report.errorClass == nil, let needed {
        return .fail(
          "\(sample.name): \(needed.shown) was denied, and it says that it succeeded: look at the "
            + "status of every service, and answer an error of the class denied")
      }
    }
    plugin.close()
    return .pass
  }

  static func withheld(_ probe: Probe) throws(CheckStop) -> CheckFinding {
    let optional = probe.manifest.optionalInterfaces
    guard !optional.isEmpty else { return .skipped("its manifest calls no service optional") }
    for service in optional {
      let plugin = try open(probe, without: service)
      for sample in probe.samples {
        let report = plugin.call(sample, says: "\(sample.name) without \(service)")
        if let blemish = report.blemish {
          return .fail("\(sample.name) without the optional \(service): \(blemish)")
        }
      }
      plugin.close()
    }
    return .pass(optional.joined(separator: ", "))
  }

  private static func open(
    _ probe: Probe, without service: String
  ) throws(CheckStop) -> OpenPlugin {
    do throws(CheckStop) {
      return try OpenPlugin(probe, services: probe.services.filter { $0 != service })
    } catch {
      throw CheckStop(
        .fail(
          "without the optional \(service): \(error.finding.message); a service without which it "
            + "cannot open belongs to \"requires\".\"interfaces\""))
    }
  }

  private static func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }
}
