// SPDX-License-Identifier: Apache-2.0
// Conditions of filters and queries over values of strangers.
import Pipeline
import Values

extension Surface {
  /// **Shape** of an input: `{"filter": …, "record": …}`.
  static let condition = Surface(
    name: "condition",
    summary: "a filter is read or refused, decides twice the same, and an equality it names holds",
    mostBytes: 2_048,
    words: """
      filter record all any field op right type case_sensitive delimiter equals not_equals contains
      in_list is_empty is_not_empty matches between at_least at_most less_than greater_than
      min_length max_length starts_with ends_with before after on text number date time date_time
      list boolean
      """.split(whereSeparator: \.isWhitespace).map { "\"\($0)\"" } + ["{\"field\": "],
    examine: { (input) throws(BrokenProperty) in
      guard let whole = try? JSONValue(parsing: input), let source = whole["filter"] else { return }
      let filter: RecordFilter
      do throws(PipelineError) {
        filter = try RecordFilter.parse(source)
      } catch {
        return try require(!error.code.isEmpty && !error.message.isEmpty, "a refusal says why")
      }
      let record = whole["record"] ?? [:]
      let matches = filter.matches(record)
      try require(filter.matches(record) == matches, "a filter decides twice the same")
      try require(!filter.isEmpty || matches, "a filter without conditions means every record")
      let again = try expect("a filter can be read again") { try RecordFilter.parse(source) }
      try require(again == filter, "a filter reads the same again")
      if matches { try examine(filter.equalities, of: record) }
    })

  /// A query narrows by these before it asks the filter: they must hold of every match.
  private static func examine(
    _ equalities: [RecordEquality], of record: JSONValue
  ) throws(BrokenProperty) {
    for equality in equalities {
      let found = RecordFilter.resolve(equality.field, in: record)
      guard case .text(let left)? = found, case .text(let right) = equality.value else { continue }
      let isEqual =
        equality.isCaseSensitive ? left == right : left.lowercased() == right.lowercased()
      try require(isEqual, "\"\(equality.field)\" is what its equality says")
    }
  }
}
