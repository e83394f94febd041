// SPDX-License-Identifier: Apache-2.0
// One body waiting for the writer, whatever it answers.

/// A body and what is to be called with its result.
protocol WriteItem: AnyObject, Sendable {
  /// Runs it, and keeps its result until the commit.
  func perform(_ transaction: WriteTransaction) -> StoreError?
  /// The result stands, or `error` took its place.
  ///
  /// **Shape** what is still to be delivered, nil where the caller was told already.
  func settle(_ error: StoreError?) -> (@Sendable () -> Void)?
}

/// Safe because it is written by the caller before it is queued and by the writer thread after.
final class WriteBody<Value: Sendable>: WriteItem, @unchecked Sendable {
  private let body: @Sendable (WriteTransaction) throws(StoreError) -> Value
  private let completion: @Sendable (Result<Value, StoreError>) -> Void
  /// A blocked caller is told from the writer thread: the thread that delivers may be the blocked.
  private let isDirect: Bool
  private var result: Result<Value, StoreError>?

  init(
    isDirect: Bool,
    body: @escaping @Sendable (WriteTransaction) throws(StoreError) -> Value,
    completion: @escaping @Sendable (Result<Value, StoreError>) -> Void
  ) {
    self.isDirect = isDirect
    self.body = body
    self.completion = completion
  }

  func perform(_ transaction: WriteTransaction) -> StoreError? {
    do {
      result = .success(try body(transaction))
      return nil
    } catch {
      result = .failure(error)
      return error
    }
  }

  func settle(_ error: StoreError?) -> (@Sendable () -> Void)? {
    let fallback = StoreError(.closed, "the store was closed before this was written")
    let final: Result<Value, StoreError>
    if let error {
      final = .failure(error)
    } else {
      final = result ?? .failure(fallback)
    }
    guard isDirect else { return { [completion] in completion(final) } }
    completion(final)
    return nil
  }
}
