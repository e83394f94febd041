// SPDX-License-Identifier: Apache-2.0
// A call that has its result, which counts once news of what it sent have come.

import Values

/// What a call ends with that waits for news: its result, and how many targets have to tell.
package struct NewsWait: Sendable, Hashable {
  /// The status of such a result, beside those of `jf_status`.
  package static let status: Int32 = 64

  package let result: JSONValue
  /// Different targets of which news are waited for.
  package let count: Int
  package let within: Duration

  package init(result: JSONValue, count: Int, within: Duration) {
    self.result = result
    self.count = count
    self.within = within
  }

  /// From what a worker says; nil where it says nothing that could be.
  ///
  /// **Shape** `{result: object, count, within_ms}`
  package init?(_ value: JSONValue) {
    guard let result = value["result"], case .object = result,
      let count = value["count"]?.asInteger, (1...RunLimits.newsTargets).contains(count),
      let within = value["within_ms"]?.asInteger, (1...RunLimits.newsWithinMS).contains(within)
    else { return nil }
    self.init(result: result, count: Int(count), within: .milliseconds(within))
  }
}

/// News of one target.
package struct NewsTold: Sendable, Hashable {
  /// Empty where the news name none.
  package let target: String
  /// **Shape** `{state, target?, class?, code?, message?, result?}`
  package let news: JSONValue

  package init(target: String, news: JSONValue) {
    self.target = target
    self.news = news
  }

  package var hasSucceeded: Bool { news["state"] == "succeeded" }

  /// What the action fails with, where nothing arrived.
  var failure: ActionFailure {
    ActionFailure(
      news["class"]?.asText.flatMap(ErrorClass.init) ?? .failed,
      code: news["code"]?.asText ?? "news_failed",
      message: news["message"]?.asText ?? "it was taken, and news came that it did not arrive")
  }
}

/// What a wait for news came to: the outcome of the action.
package struct NewsAnswer: Sendable, Hashable {
  package let outcome: ActionOutcome
  package let attempts: Int
  /// The reason, where the action asked for the run to stop.
  package let stops: String?
}
