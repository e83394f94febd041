// SPDX-License-Identifier: Apache-2.0
// What must be on disk before a run goes on, and what became of it.
import Pipeline
import Values

/// What a run must have on disk before anything further happens to it.
package struct RecordOrder: Sendable {
  package let run: RunID
  package let project: ProjectID
  package let connector: ConnectorID
  /// The attempt whose gathered record writes and effects belong to this recording; nil without a
  /// call.
  package var attempt: AttemptNumber?
  /// Whether the writes of the attempt are committed; false when the action failed.
  package var keepsWrites = false
  package let journal: [JournalEntry]
  /// The sequence number of the first of them.
  package let firstSequence: Int
  package let position: Position
  /// Set when the run ends with this recording.
  package var end: RunEnd?
  /// Set when the fate of something sent is not known: the run is marked for a person to see.
  package var marksUnknown = false
  /// Set when the action names a contact that is the run's from here on.
  package var newContact: String?
  package var contactID: String?
  /// Set when the run is parked with this recording.
  @Boxed package var wait: WaitOrder?
  /// Set when runs for the elements of a loop are made; `children.waits` parks the run until all
  /// have ended.
  @Boxed package var children: ChildrenPlan?
  /// Whether the run waits on disk until this recording.
  package var isWake = false
  package var alerts: [AlertOrder] = []
  /// Raised when the recording finds that a response has another shape than the learned one.
  @Boxed package var shapeAlert: AlertOrder?
  /// What the statistics of the connector's steps grow by.
  package var tallies: [StepTally] = []

  /// Whether the run waits on disk from this recording on.
  package var parks: Bool { wait != nil || children?.waits == true }
}

/// A wait as it is stored.
package struct WaitOrder: Sendable, Hashable {
  /// Nil waits for something without a time. **Unit** milliseconds since 1970.
  package let due: Int64?
  package let kind: WaitKind
  package let identifiers: [String]
  package let component: ComponentID
  package let messageContact: String?
  /// For news: the attempt's key, where the journal has it already, and of how many targets.
  package let newsKey: String?
  package let newsCount: Int

  package init(
    due: Int64?, kind: WaitKind, identifiers: [String], component: ComponentID,
    messageContact: String?, newsKey: String? = nil, newsCount: Int = 1
  ) {
    self.due = due
    self.kind = kind
    self.identifiers = identifiers
    self.component = component
    self.messageContact = messageContact
    self.newsKey = newsKey
    self.newsCount = newsCount
  }

  init(_ plan: WaitPlan) {
    self.init(
      due: plan.due?.milliseconds, kind: plan.kind, identifiers: plan.identifiers,
      component: plan.component, messageContact: plan.messageContact, newsKey: plan.newsKey,
      newsCount: plan.newsCount)
  }
}

/// Somebody is to be told, unless they were told of the same a short time ago.
package struct AlertOrder: Sendable, Hashable {
  package enum Subject: Sendable, Hashable {
    case actionFailed(ComponentID)
    case actionUnknown(ComponentID)
    case runFailed, runUnknown
    /// A response of this action has another shape than the learned one.
    case shapeChanged(ComponentID)
  }

  package let subject: Subject
  package let to: [String]
  /// A mail channel of the project; nil is the project's own alert channel.
  package let channel: String?
  /// At most one in this time.
  package let every: Duration
  /// What happened, in words, without payloads.
  package let message: String
}

/// What became of a recording.
package enum RecordReport: Sendable {
  /// On disk. `contact` is the run's contact as it is now, when the recording changed it; `result`
  /// the call's result with what only the commit knew; `held` is set when the delay of a run that
  /// was to be parked is cancelled by a hold.
  case committed(
    contact: JSONValue? = nil, result: JSONValue? = nil, held: WaitHold? = nil)
  /// A record was changed by somebody else since it was read, or a unique value was taken: the
  /// whole recording was rolled back.
  case lostRace(detail: String)
  /// The run is no longer in the state this recording expected: somebody else ended it.
  case superseded
  /// What the action wrote can never be stored (too large, no such record): nothing was written,
  /// and trying again would not help.
  case rejected(code: String, message: String)
  /// The disk refused. Nothing was written; the same recording is tried again.
  case refused(message: String)
}

/// What a hold on an identifier does to a delay that is created while it lasts.
package enum WaitHold: String, Sendable, Hashable {
  /// The run has ended as cancelled with the recording.
  case end
  /// It is parked and due at once.
  case resume
}
