// SPDX-License-Identifier: Apache-2.0
// Whether an HTTP response can be read as the one that was learned.

import Values

/// Judges the responses of one action of a connector against the shape of its first.
///
/// **Source** spec/engine.md, HTTP response mapping: the two messages are its words.
package enum ResponseMapping {
  package static let changed = "JSON Structure Change Detected"
  package static let notJSON = "Response Mapping Not Done, Only JSON can be mapped as Response"

  /// What came of one response.
  package struct Verdict: Sendable, Hashable {
    /// The shape to store: set when there was none.
    package var learned: ResponseShape?
    /// For the journal entry; at most one.
    package var notes: [String] = []
    /// The plugin's result, `mapping` filled in, and under `json` only what still fits.
    package var result: JSONValue
  }

  /// Judges a result of `http.request`, `{status, headers, json?, text?, mapping, …}`. Its
  /// `mapping` becomes `learned`, `matched` or `changed`; without JSON it stays `none`.
  ///
  /// - Parameter learned: the shape of the first response; nil where none was seen.
  package static func judge(_ result: JSONValue, learned: ResponseShape?) -> Verdict {
    guard case .object(var members) = result else { return Verdict(result: result) }
    guard let json = members["json"] else {
      // Nothing came, so nothing was to be mapped: a 204 is no answer of another shape.
      let isEmpty = members["text"]?.asText?.isEmpty ?? true
      return Verdict(notes: isEmpty ? [] : [notJSON], result: result)
    }
    let shape = ResponseShape(of: json)
    var verdict = Verdict(result: result)
    if let learned {
      let difference = shape.difference(from: learned)
      members["mapping"] = difference.isEmpty ? "matched" : "changed"
      if !difference.isEmpty {
        verdict.notes = ["\(changed): \(difference)"]
        members["json"] = learned.fitting(json)
      }
    } else {
      members["mapping"] = "learned"
      verdict.learned = shape
    }
    verdict.result = .object(members)
    return verdict
  }
}
