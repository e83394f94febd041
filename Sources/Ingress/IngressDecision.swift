// SPDX-License-Identifier: Apache-2.0
// What is to be done with a request.

import Pipeline
import Store
import Values

/// The outcome of looking at a request.
package enum IngressDecision: Sendable {
  /// Answer at once; the verdict, where there is one, goes with the body to the connector's list of
  /// received bodies.
  case reply(IngressReply, verdict: IngressVerdict?)
  /// Write it, and answer from the commit.
  case accept(IntakePlan)
}

/// What became of a received body.
package enum IngressVerdict: String, Sendable, Hashable, CaseIterable {
  case accepted, duplicate
  case badSignature = "bad_signature"
  /// A secret that the connector verifies with is not there, or does not open.
  case noSecret = "no_secret"
  case tooLarge = "too_large"
  case badJSON = "bad_json"
  case badBody = "bad_body"
  /// Compressed, or in a character set other than UTF-8.
  case unsupported
}

/// An event that may be written.
package struct IntakePlan: Sendable {
  package var project: ProjectID
  package var connector: ConnectorID
  package var version: Int64
  package var event: JSONValue
  package var dedupe: NewEvent.Dedupe?
  /// A person pressed the button of a page: the receipt is a page too.
  package var answersWithPage = false
  /// The sender wants 200 and nothing else.
  package var hasBareReceipt = false

  /// What the store takes.
  package var newEvent: NewEvent {
    NewEvent(
      project: project, connector: connector, version: version, body: event.json, dedupe: dedupe)
  }

  /// The receipt for the run that the event became, or had become before.
  package func receipt(_ run: RunID) -> IngressReply {
    if hasBareReceipt { return IngressReply(status: 200, plain: "") }
    return answersWithPage ? ConfirmationPage.done : .accepted(run)
  }
}
