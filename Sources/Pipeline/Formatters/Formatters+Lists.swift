// SPDX-License-Identifier: Apache-2.0
// Formatters of lists. One value is a list of one; null and an empty text are a list of none.

import Values

extension Formatters {
  static let lists: [Formatter] = [
    Formatter(
      "join", [FormatterParameter("separator", .text, isOptional: true)],
      "list → its elements as one text, between them \"separator\" (\", \"); an object: missing",
      joined),
    Formatter("count", "list → how many elements; one value counts 1, null and empty 0") {
      call throws(FormatterRefusal) in .integer(Int64(call.elements.count))
    },
    Formatter("first", "list → its first element; an empty list: missing") {
      call throws(FormatterRefusal) in try element(call.elements.first)
    },
    Formatter("last", "list → its last element; an empty list: missing") {
      call throws(FormatterRefusal) in try element(call.elements.last)
    },
    Formatter(
      "pick", [FormatterParameter("field", .text)],
      "list of objects → the list of that member, without those that have none; no object: missing",
      picked),
    Formatter(
      "unique", [FormatterParameter("field", .text, isOptional: true)],
      "list → without repetitions, of whole elements or of a member; the first of each stays",
      unique),
    Formatter(
      "sort",
      [
        FormatterParameter("field", .text, isOptional: true),
        FormatterParameter("direction", .choice(["asc", "desc"]), isOptional: true),
      ],
      "list → in order, by a member where \"field\" is given (null: whole elements): numbers, then "
        + "texts without case, then the rest; what is equal keeps its order", sorted),
    Formatter(
      "where",
      [
        FormatterParameter("filter", .filter),
        FormatterParameter("op_or_value", .any, isOptional: true),
        FormatterParameter("value", .any, isOptional: true),
      ],
      "list of objects → those that pass: field and value, or field, operator and value, or a filter "
        + "{\"field\", \"op\", \"right\"} with \"all\" and \"any\"; no filter, no object: missing",
      filtered),
  ]

  private static func element(_ value: JSONValue?) throws(FormatterRefusal) -> JSONValue {
    guard let value else { throw FormatterRefusal("the list is empty") }
    return value
  }

  private static func joined(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    if call.value?.asObject != nil { throw FormatterRefusal("an object is no list") }
    let separator = try call.text(0, default: ", ")
    var text = ""
    for (index, element) in call.elements.enumerated() {
      if index > 0 { text += separator }
      text += plainText(element)
      // While it grows: a long separator counts once for each element.
      if text.utf8.count > FormatterLimits.textBytes { throw FormatterLimits.tooLong }
    }
    return .text(text)
  }

  private static func picked(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let field = try call.text(0)
    return .list(try objects(of: call).compactMap { RecordFilter.resolve(field, in: $0) })
  }

  /// The elements that have members; others can have none that is asked for.
  private static func objects(of call: FormatterCall) throws(FormatterRefusal) -> [JSONValue] {
    let objects = call.elements.filter { $0.asObject != nil }
    guard !objects.isEmpty || call.elements.isEmpty else {
      throw FormatterRefusal("no element is an object")
    }
    return objects
  }

  private static func unique(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let field = try call.argument(0).map { _ throws(FormatterRefusal) in try call.text(0) }
    var seen: Set<JSONValue?> = []
    return .list(
      call.elements.filter { element in
        seen.insert(field.map { RecordFilter.resolve($0, in: element) } ?? element).inserted
      })
  }

  private static func sorted(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let field = try call.argument(0).map { _ throws(FormatterRefusal) in try call.text(0) }
    let direction = try call.text(1, default: "asc")
    guard direction == "asc" || direction == "desc" else {
      throw FormatterRefusal("argument 2 is neither \"asc\" nor \"desc\"")
    }
    let elements = call.elements
    let keys = elements.map { element in
      SortKey(field.map { RecordFilter.resolve($0, in: element) } ?? element)
    }
    let order = SortKey.order(of: keys, isDescending: direction == "desc")
    return .list(order.map { elements[$0] })
  }

  private static func filtered(_ call: FormatterCall) throws(FormatterRefusal) -> JSONValue {
    let filter: RecordFilter
    do throws(PipelineError) {
      filter = try RecordFilter.parse(condition(call))
    } catch {
      throw FormatterRefusal("the filter is wrong: \(error.message)")
    }
    return .list(
      try objects(of: call).filter { filter.matches($0, zone: call.context.zone) })
  }

  /// The filter that the arguments mean; what is wrong with it says `RecordFilter`.
  private static func condition(_ call: FormatterCall) -> JSONValue {
    let first = call.arguments.first ?? .null
    guard case .text = first else { return first }
    var object: JSONObject = ["field": first]
    switch call.arguments.count {
    case 3:
      object["op"] = call.arguments[1]
      object["right"] = call.arguments[2]
    default:
      object["op"] = "is"
      object["right"] = call.argument(1) ?? ""
    }
    return .object(object)
  }
}
