// SPDX-License-Identifier: Apache-2.0
// A base group and its children.

/// A base group with its children, as the records know them.
struct GroupFamily {
  var base: KnownGroup
  /// By their numbers, those that are gone left out.
  var children: [KnownGroup]
  /// The highest number a child ever had.
  var lastChild: Int

  var all: [KnownGroup] { [base] + children }
}
