// SPDX-License-Identifier: Apache-2.0
// The mapped answer to a webhook.

import Values

extension RunProgress {
  /// The answer, once the step it waits for is behind the run, or the contact is mapped where it
  /// waits for none. Nil before that, and where a template of it cannot be evaluated: the caller
  /// then gets the usual receipt.
  mutating func respond() -> Response? {
    guard let mapping = facts.connector.respond, hasPassed(mapping.after) else { return nil }
    hasResponded = true
    var scope = scope
    var response = Response(status: mapping.status)
    do throws(TemplateError) {
      for header in mapping.headers {
        guard let value = try header.value.render(in: &scope) else { continue }
        let text = plainText(value)
        // A line break would begin another header.
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { continue }
        response.headers.append(ResponseHeader(name: header.name, value: text))
      }
      response.body = try mapping.body?.render(in: &scope)
    } catch {
      return nil
    }
    return response
  }

  /// Whether the step is behind the run. One that the run ended before, or jumped over, never is:
  /// what the answer is made of was not produced.
  private func hasPassed(_ step: StepID?) -> Bool {
    guard let step, let index = facts.connector.stepIndex(step) else {
      return end != nil || position.step >= 0
    }
    return position.step > index && steps[step] != .skipped
  }
}
