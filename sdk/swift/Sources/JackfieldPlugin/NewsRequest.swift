// SPDX-License-Identifier: Apache-2.0
// Whether a call's result waits for news of what was sent.
import Synchronization

/// What a call asked for besides its result.
final class NewsRequest: Sendable {
  struct Terms: Sendable {
    var count: Int64
    var withinMS: Int64
  }

  let terms = Mutex<Terms?>(nil)
}
