// SPDX-License-Identifier: Apache-2.0
// The error of this module.

/// Why a simulation could not even be set up; what it finds is no error but a report.
package enum TortureError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A document of the simulation is not what the product reads today.
  case document(String)
  /// No fault has this name.
  case unknownFault(String)

  package var code: String {
    switch self {
    case .document: "simulation_document"
    case .unknownFault: "unknown_fault"
    }
  }

  package var description: String {
    switch self {
    case .document(let message): message
    case .unknownFault(let name):
      "no fault is called \"\(name)\": choose one of "
        + SimulatedFault.allCases.map(\.rawValue).joined(separator: ", ")
    }
  }
}
