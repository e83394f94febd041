// SPDX-License-Identifier: Apache-2.0
// Optional texts as parameters and fields have them.
import JackfieldPlugin

extension String? {
  /// The text without spaces around it; nil where nothing is left, which counts as not given.
  public var given: String? { flatMap { $0.trimmed.isEmpty ? nil : $0.trimmed } }
}
