// SPDX-License-Identifier: Apache-2.0
// What a run did without a call, and what it wants now.

import Values

/// The answer of `RunProgress.next`.
package struct Advance: Sendable {
  /// Components that ended since the last call, in order: to be stored with the decision.
  package var journal: [JournalEntry]
  package var decision: Decision
  /// The answer to the caller of the run's webhook, once, as soon as its values are there.
  package var response: Response?

  package init(journal: [JournalEntry] = [], decision: Decision, response: Response? = nil) {
    self.journal = journal
    self.decision = decision
    self.response = response
  }
}

/// What a run wants.
package enum Decision: Sendable, Hashable {
  indirect case call(CallPlan)
  /// To be parked; `RunProgress.park` is what the journalled entry does to the run.
  indirect case wait(WaitPlan)
  /// Runs for the elements of a loop; `RunProgress.start` is what the entry does to the run.
  indirect case children(ChildrenPlan)
  /// The journal has grown long without a call: store it, then ask again.
  case checkpoint
  case finish(RunEnd)
}

/// A mapped answer to a webhook.
package struct Response: Sendable, Hashable {
  package var status: Int
  /// In the order of the document.
  package var headers: [ResponseHeader]
  /// Nil is an empty body.
  package var body: JSONValue?

  package init(status: Int, headers: [ResponseHeader] = [], body: JSONValue? = nil) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

/// One header of a mapped answer.
package struct ResponseHeader: Sendable, Hashable {
  package var name: String
  /// Without control characters.
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}

/// Whether a run goes on after an outcome.
package enum Continuation: Sendable, Hashable {
  /// Ask `next`.
  case goOn
  case finish(RunEnd)
}
