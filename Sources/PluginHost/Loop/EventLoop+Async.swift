// SPDX-License-Identifier: Apache-2.0
//
// The loop, from code that awaits: the embedding API and tests.

extension EventLoop {
  /// Runs `body` on the loop's thread and returns what it answers.
  package func perform<Answer: Sendable>(
    _ body: @escaping @Sendable () -> Answer
  ) async -> Answer {
    await withCheckedContinuation { continuation in
      post { continuation.resume(returning: body()) }
    }
  }

  /// Runs `body` on the loop's thread; it answers when it likes, once, through its argument.
  package func answer<Answer: Sendable>(
    _ body: @escaping @Sendable (_ answer: @escaping @Sendable (Answer) -> Void) -> Void
  ) async -> Answer {
    await withCheckedContinuation { continuation in
      post { body { continuation.resume(returning: $0) } }
    }
  }
}
