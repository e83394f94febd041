// SPDX-License-Identifier: Apache-2.0
// A question to what is confined to the loop.
import PluginHost
import Synchronization

extension HostRuntime {
  /// What a body answers on the loop's thread; nil when it does not come to it within ten seconds.
  ///
  /// **Isolation**: not on the loop thread; blocks.
  func ask<Answer: Sendable>(_ body: @escaping @Sendable () -> Answer) -> Answer? {
    let answered = Signal()
    // The closure may outlive this call.
    let box = AnswerBox<Answer>()
    loop.post {
      box.put(body())
      answered.give()
    }
    return answered.wait(seconds: 10) ? box.take() : nil
  }
}

/// An answer on its way between two threads.
private final class AnswerBox<Answer: Sendable>: Sendable {
  private let answer = Mutex<Answer?>(nil)
  func put(_ value: Answer) { answer.withLock { $0 = value } }
  func take() -> Answer? { answer.withLock { $0 } }
}
