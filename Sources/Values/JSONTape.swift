// SPDX-License-Identifier: Apache-2.0
// A parsed text as one flat array: what a plugin sees of a value through the C interface.

/// A JSON value, read-only, in two blocks of memory: the text, and one entry of fixed size for each
/// value in it. Entries have stable addresses, so a pointer to one can be handed to a plugin.
///
/// Where a name stands twice in an object, both members are kept and `child` finds the last.
///
/// **Ownership**: entries and the bytes they show live as long as the tape, which Swift may end
/// right after the last use of the tape itself.
/// **Isolation**: immutable once made; any thread may read it.
// Safe because: nothing is written after `init` returns, and `deinit` runs when nobody reads.
public final class JSONTape: @unchecked Sendable {
  private let parts: JSONTapeParts

  /// How many values, the root included.
  public var count: Int { parts.count }

  /// The outermost value. A pointer does not keep the tape: whoever holds one keeps the tape in a
  /// property, or reads through `withRoot`.
  public var root: UnsafePointer<Node> { UnsafePointer(parts.nodes) }

  /// Copies the text and parses it.
  /// **Throws**: where and why the text is refused
  public init(
    parsing source: UnsafeRawBufferPointer, limits: JSONLimits = .standard
  ) throws(JSONError) {
    parts = try JSONTapeSink.parse(source, limits)
  }

  public init(parsing source: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    let outcome = source.withUnsafeBytes { bytes in
      Result { () throws(JSONError) in try JSONTapeSink.parse(bytes, limits) }
    }
    parts = try outcome.get()
  }

  /// Reads the tape while it is certain to live.
  public func withRoot<Result, Failure: Error>(
    _ body: (UnsafePointer<Node>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(root)
  }

  /// Compact JSON of the whole. **Unit**: UTF-8
  public var jsonBytes: [UInt8] { withRoot { $0.jsonBytes } }
  public var json: String { withRoot { $0.json } }
  /// A copy of the whole as a value.
  public var value: JSONValue { withRoot { $0.value } }

  deinit {
    parts.nodes.deallocate()
    parts.text.deallocate()
  }

  /// One value. Read through a pointer to it (see the extension of `UnsafePointer`), since the
  /// values inside it and after it are its neighbours in memory. 40 bytes.
  public struct Node {
    /// A text's bytes, or a number's digits.
    var bytes: UnsafePointer<UInt8>?
    var name: UnsafePointer<UInt8>?
    /// An integer, a boolean as 0 or 1, or a container's count.
    var number: Int64 = 0
    var length: UInt32 = 0
    var nameLength: UInt32 = 0
    /// How many entries this value takes, itself included.
    var span: UInt32 = 1
    public internal(set) var type: JSONType
    var isLast = false
  }
}

/// The kind of a value; the numbers are those of the C interface (`jf_type`).
public enum JSONType: UInt8, Sendable {
  case null = 0
  case boolean, integer, number, text, list, object
}

/// The memory of a tape.
struct JSONTapeParts {
  let text: UnsafeMutablePointer<UInt8>
  let nodes: UnsafeMutablePointer<JSONTape.Node>
  let count: Int
}
