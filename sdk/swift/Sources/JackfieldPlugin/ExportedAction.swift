// SPDX-License-Identifier: Apache-2.0
// An action type, ready to be called by number.
import Values

/// What the host's `run` needs of an action type.
struct ExportedAction: Sendable {
  let id: String
  let run: @Sendable (Call) -> Void

  init<A: Action>(_ type: A.Type) {
    id = A.id
    run = { call in
      do throws(ActionError) {
        let parameters = try call.parameters(as: A.Parameters.self)
        let result = try A().run(parameters, call)
        try call.succeed(with: result)
      } catch {
        call.fail(with: error)
      }
    }
  }
}
