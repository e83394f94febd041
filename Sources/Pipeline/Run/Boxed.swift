// SPDX-License-Identifier: Apache-2.0
// A long value that is mostly absent, or handed from hand to hand.

/// An optional behind one reference: what holds it is copied with every run, plan and order, and
/// room for a failure alone is eleven words.
///
/// Not for what is changed again and again: each change makes a new place.
@propertyWrapper
package struct Boxed<Value: Sendable>: Sendable {
  @usableFromInline var place: Place?

  @inlinable @inline(__always) package init(wrappedValue: Value?) {
    if let wrappedValue { place = .holding(wrappedValue) }
  }

  @inlinable @inline(__always) package var wrappedValue: Value? {
    get {
      guard case .holding(let value)? = place else { return nil }
      return value
    }
    set {
      if let newValue { place = .holding(newValue) } else { place = nil }
    }
  }

  @usableFromInline indirect enum Place: Sendable {
    case holding(Value)
  }
}

extension Boxed: Equatable where Value: Equatable {
  package static func == (left: Self, right: Self) -> Bool {
    left.wrappedValue == right.wrappedValue
  }
}

extension Boxed: Hashable where Value: Hashable {
  package func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue) }
}
