// SPDX-License-Identifier: Apache-2.0
// Formatters of dates: the slot of `date_parse`, `date_format`, `date_add`, `date_difference` and
// `in_time_zone`.

extension Formatters {
  /// Those that are built; what stands here leaves `later` by itself.
  static let dates: [Formatter] = []
}
