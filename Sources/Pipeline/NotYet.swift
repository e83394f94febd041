// SPDX-License-Identifier: Apache-2.0
// What is read and checked, and does not run yet: the only place that refuses it.

extension Connector {
  /// Refusals of what this version does not carry out. Empty once everything runs; then this file
  /// goes.
  package var notYet: [Finding] {
    let findings = FindingList(document: document)
    func refuse(_ what: String, at path: DocumentPath, hint: String = "leave it out") {
      findings.add(
        .error, "not_supported", "\(what) is not supported by this version yet: \(hint)", at: path,
        ofKey: true)
    }
    if contact != nil {
      refuse(
        "\"contact\"", at: DocumentPath([.key("contact")]),
        hint: "make crm.map_contact the first action instead")
    }
    return findings.sorted
  }
}
