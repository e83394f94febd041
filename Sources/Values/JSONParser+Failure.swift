// SPDX-License-Identifier: Apache-2.0
// The words for what a text does wrong; all out of the way of the parsing.

extension JSONParser {
  var offset: Int { at - start }

  @inline(never)
  func failure(_ code: String, _ reason: String) -> JSONError {
    JSONError(code, reason, at: offset, in: source)
  }

  @inline(never)
  func shown() -> String { JSONError.shown(at: offset, in: source) }

  @inline(never)
  func unexpectedEnd(_ missing: String) -> JSONError {
    failure("unexpected_end", "the text ends too early: \(missing)")
  }

  @inline(never)
  func tooDeep() -> JSONError {
    failure("too_deep", "lists and objects are nested more than \(limits.depth) deep: flatten it")
  }

  @inline(never)
  func tooManyValues() -> JSONError {
    failure("too_many_values", "more than \(limits.values) values: send less at once")
  }

  @inline(never)
  func unclosed(_ inObject: Bool) -> JSONError {
    let closing = inObject ? "\"}\"" : "\"]\""
    if at == end { return unexpectedEnd("a closing \(closing) is missing") }
    let container = inObject ? "object" : "list"
    return failure(
      "unexpected_character", "\(shown()) in a \(container) where a comma or \(closing) is wanted")
  }

  @inline(never)
  func noName(_ isFirst: Bool) -> JSONError {
    if at == end { return unexpectedEnd("an object is not closed") }
    if at[0] == 0x7D {
      return failure("unexpected_character", "\"}\" after a comma: leave the last comma out")
    }
    let wanted = isFirst ? "a name in quotes or \"}\"" : "a name in quotes"
    return failure("unexpected_character", "\(shown()) where \(wanted) is wanted")
  }

  @inline(never)
  mutating func misspelled(_ word: StaticString) -> JSONError {
    var length = 0
    while length < word.utf8CodeUnitCount, at < end, at[0] == word.utf8Start[length] {
      at += 1
      length += 1
    }
    if at == end { return unexpectedEnd("\(word) is cut") }
    return failure("unexpected_character", "\(shown()) in a word that should be \(word)")
  }
}
