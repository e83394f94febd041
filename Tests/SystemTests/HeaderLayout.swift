// SPDX-License-Identifier: Apache-2.0
// The layout of every struct of the ABI as Swift imports it, and a C program that prints its own.
import CJackfield

enum HeaderLayout {
  /// One struct: its size and where each member begins.
  struct Entry {
    let name: String
    let size: Int
    let members: [(name: String, offset: Int?)]
  }

  static var names: Set<String> { Set(entries.map(\.name)) }

  static var asSwiftSeesIt: String {
    entries.map { entry in
      let members = entry.members.map { " \($0.name)=\($0.offset ?? -1)" }.joined()
      return "\(entry.name) \(entry.size)\(members)\n"
    }.joined()
  }

  /// A C program that prints the same lines from sizeof and offsetof.
  static func program(headers: [String]) -> String {
    var text = "#include <stddef.h>\n#include <stdio.h>\n"
    for header in headers { text += "#include \"\(header)\"\n" }
    text += "int main(void) {\n"
    for entry in entries {
      text += "  printf(\"\(entry.name) %zu\", sizeof(\(entry.name)));\n"
      for member in entry.members {
        text += "  printf(\" \(member.name)=%zu\", offsetof(\(entry.name), \(member.name)));\n"
      }
      text += "  printf(\"\\n\");\n"
    }
    return text + "  return 0;\n}\n"
  }

  private static let entries: [Entry] = [
    Entry(
      name: "jf_bytes", size: MemoryLayout<jf_bytes>.size,
      members: [
        ("data", MemoryLayout<jf_bytes>.offset(of: \.data)),
        ("size", MemoryLayout<jf_bytes>.offset(of: \.size)),
      ]),
    Entry(
      name: "jf_value_interface", size: MemoryLayout<jf_value_interface>.size,
      members: [
        ("size", MemoryLayout<jf_value_interface>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_value_interface>.offset(of: \.reserved)),
        ("type", MemoryLayout<jf_value_interface>.offset(of: \.type)),
        ("text", MemoryLayout<jf_value_interface>.offset(of: \.text)),
        ("integer", MemoryLayout<jf_value_interface>.offset(of: \.integer)),
        ("number", MemoryLayout<jf_value_interface>.offset(of: \.number)),
        ("count", MemoryLayout<jf_value_interface>.offset(of: \.count)),
        ("child", MemoryLayout<jf_value_interface>.offset(of: \.child)),
        ("first", MemoryLayout<jf_value_interface>.offset(of: \.first)),
        ("next", MemoryLayout<jf_value_interface>.offset(of: \.next)),
        ("name", MemoryLayout<jf_value_interface>.offset(of: \.name)),
        ("object_begin", MemoryLayout<jf_value_interface>.offset(of: \.object_begin)),
        ("list_begin", MemoryLayout<jf_value_interface>.offset(of: \.list_begin)),
        ("end", MemoryLayout<jf_value_interface>.offset(of: \.end)),
        ("key", MemoryLayout<jf_value_interface>.offset(of: \.key)),
        ("null", MemoryLayout<jf_value_interface>.offset(of: \.null)),
        ("boolean", MemoryLayout<jf_value_interface>.offset(of: \.boolean)),
        ("integer_value", MemoryLayout<jf_value_interface>.offset(of: \.integer_value)),
        ("number_value", MemoryLayout<jf_value_interface>.offset(of: \.number_value)),
        ("text_value", MemoryLayout<jf_value_interface>.offset(of: \.text_value)),
        ("copy", MemoryLayout<jf_value_interface>.offset(of: \.copy)),
        ("json", MemoryLayout<jf_value_interface>.offset(of: \.json)),
        ("finish", MemoryLayout<jf_value_interface>.offset(of: \.finish)),
      ]),
    Entry(
      name: "jf_host", size: MemoryLayout<jf_host>.size,
      members: [
        ("size", MemoryLayout<jf_host>.offset(of: \.size)),
        ("abi_major", MemoryLayout<jf_host>.offset(of: \.abi_major)),
        ("abi_minor", MemoryLayout<jf_host>.offset(of: \.abi_minor)),
        ("impl", MemoryLayout<jf_host>.offset(of: \.impl)),
        ("interface", MemoryLayout<jf_host>.offset(of: \.interface)),
        ("log", MemoryLayout<jf_host>.offset(of: \.log)),
      ]),
    Entry(
      name: "jf_plugin", size: MemoryLayout<jf_plugin>.size,
      members: [
        ("size", MemoryLayout<jf_plugin>.offset(of: \.size)),
        ("abi_major", MemoryLayout<jf_plugin>.offset(of: \.abi_major)),
        ("abi_minor", MemoryLayout<jf_plugin>.offset(of: \.abi_minor)),
        ("open", MemoryLayout<jf_plugin>.offset(of: \.open)),
        ("close", MemoryLayout<jf_plugin>.offset(of: \.close)),
        ("interface", MemoryLayout<jf_plugin>.offset(of: \.interface)),
      ]),
    Entry(
      name: "jf_error", size: MemoryLayout<jf_error>.size,
      members: [
        ("size", MemoryLayout<jf_error>.offset(of: \.size)),
        ("status", MemoryLayout<jf_error>.offset(of: \.status)),
        ("code", MemoryLayout<jf_error>.offset(of: \.code)),
        ("message", MemoryLayout<jf_error>.offset(of: \.message)),
        ("provider_code", MemoryLayout<jf_error>.offset(of: \.provider_code)),
        ("retry_after_ms", MemoryLayout<jf_error>.offset(of: \.retry_after_ms)),
        ("detail", MemoryLayout<jf_error>.offset(of: \.detail)),
      ]),
    Entry(
      name: "jf_action_interface", size: MemoryLayout<jf_action_interface>.size,
      members: [
        ("size", MemoryLayout<jf_action_interface>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_action_interface>.offset(of: \.reserved)),
        ("find_action", MemoryLayout<jf_action_interface>.offset(of: \.find_action)),
        ("run", MemoryLayout<jf_action_interface>.offset(of: \.run)),
      ]),
    Entry(
      name: "jf_call_interface", size: MemoryLayout<jf_call_interface>.size,
      members: [
        ("size", MemoryLayout<jf_call_interface>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_call_interface>.offset(of: \.reserved)),
        ("parameters", MemoryLayout<jf_call_interface>.offset(of: \.parameters)),
        ("context", MemoryLayout<jf_call_interface>.offset(of: \.context)),
        ("key", MemoryLayout<jf_call_interface>.offset(of: \.key)),
        ("budget_ms", MemoryLayout<jf_call_interface>.offset(of: \.budget_ms)),
        ("cancelled", MemoryLayout<jf_call_interface>.offset(of: \.cancelled)),
        ("log", MemoryLayout<jf_call_interface>.offset(of: \.log)),
        ("builder", MemoryLayout<jf_call_interface>.offset(of: \.builder)),
        ("progress", MemoryLayout<jf_call_interface>.offset(of: \.progress)),
        ("last_error", MemoryLayout<jf_call_interface>.offset(of: \.last_error)),
        ("result_value", MemoryLayout<jf_call_interface>.offset(of: \.result_value)),
        ("result_error", MemoryLayout<jf_call_interface>.offset(of: \.result_error)),
        ("credential", MemoryLayout<jf_call_interface>.offset(of: \.credential)),
        ("result_wait", MemoryLayout<jf_call_interface>.offset(of: \.result_wait)),
      ]),
    Entry(
      name: "jf_http_request", size: MemoryLayout<jf_http_request>.size,
      members: [
        ("size", MemoryLayout<jf_http_request>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_http_request>.offset(of: \.reserved)),
        ("method", MemoryLayout<jf_http_request>.offset(of: \.method)),
        ("url", MemoryLayout<jf_http_request>.offset(of: \.url)),
        ("headers", MemoryLayout<jf_http_request>.offset(of: \.headers)),
        ("body", MemoryLayout<jf_http_request>.offset(of: \.body)),
        ("credential", MemoryLayout<jf_http_request>.offset(of: \.credential)),
        ("timeout_ms", MemoryLayout<jf_http_request>.offset(of: \.timeout_ms)),
        ("max_response_bytes", MemoryLayout<jf_http_request>.offset(of: \.max_response_bytes)),
        ("max_redirects", MemoryLayout<jf_http_request>.offset(of: \.max_redirects)),
        ("save_body", MemoryLayout<jf_http_request>.offset(of: \.save_body)),
        ("body_blob", MemoryLayout<jf_http_request>.offset(of: \.body_blob)),
        ("parts", MemoryLayout<jf_http_request>.offset(of: \.parts)),
      ]),
    Entry(
      name: "jf_http_response", size: MemoryLayout<jf_http_response>.size,
      members: [
        ("size", MemoryLayout<jf_http_response>.offset(of: \.size)),
        ("status", MemoryLayout<jf_http_response>.offset(of: \.status)),
        ("headers", MemoryLayout<jf_http_response>.offset(of: \.headers)),
        ("body", MemoryLayout<jf_http_response>.offset(of: \.body)),
        ("json", MemoryLayout<jf_http_response>.offset(of: \.json)),
        ("url", MemoryLayout<jf_http_response>.offset(of: \.url)),
        ("elapsed_ms", MemoryLayout<jf_http_response>.offset(of: \.elapsed_ms)),
        ("blob", MemoryLayout<jf_http_response>.offset(of: \.blob)),
      ]),
    Entry(
      name: "jf_events_interface", size: MemoryLayout<jf_events_interface>.size,
      members: [
        ("size", MemoryLayout<jf_events_interface>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_events_interface>.offset(of: \.reserved)),
        ("raise", MemoryLayout<jf_events_interface>.offset(of: \.raise)),
        ("settle", MemoryLayout<jf_events_interface>.offset(of: \.settle)),
      ]),
    Entry(
      name: "jf_http_interface", size: MemoryLayout<jf_http_interface>.size,
      members: [
        ("size", MemoryLayout<jf_http_interface>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_http_interface>.offset(of: \.reserved)),
        ("send", MemoryLayout<jf_http_interface>.offset(of: \.send)),
        ("perform", MemoryLayout<jf_http_interface>.offset(of: \.perform)),
      ]),
    Entry(
      name: "jf_mail_attachment", size: MemoryLayout<jf_mail_attachment>.size,
      members: [
        ("size", MemoryLayout<jf_mail_attachment>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_mail_attachment>.offset(of: \.reserved)),
        ("name", MemoryLayout<jf_mail_attachment>.offset(of: \.name)),
        ("type", MemoryLayout<jf_mail_attachment>.offset(of: \.type)),
        ("bytes", MemoryLayout<jf_mail_attachment>.offset(of: \.bytes)),
        ("blob", MemoryLayout<jf_mail_attachment>.offset(of: \.blob)),
      ]),
    Entry(
      name: "jf_mail", size: MemoryLayout<jf_mail>.size,
      members: [
        ("size", MemoryLayout<jf_mail>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_mail>.offset(of: \.reserved)),
        ("credential", MemoryLayout<jf_mail>.offset(of: \.credential)),
        ("from_name", MemoryLayout<jf_mail>.offset(of: \.from_name)),
        ("to", MemoryLayout<jf_mail>.offset(of: \.to)),
        ("cc", MemoryLayout<jf_mail>.offset(of: \.cc)),
        ("bcc", MemoryLayout<jf_mail>.offset(of: \.bcc)),
        ("reply_to", MemoryLayout<jf_mail>.offset(of: \.reply_to)),
        ("subject", MemoryLayout<jf_mail>.offset(of: \.subject)),
        ("text", MemoryLayout<jf_mail>.offset(of: \.text)),
        ("html", MemoryLayout<jf_mail>.offset(of: \.html)),
        ("headers", MemoryLayout<jf_mail>.offset(of: \.headers)),
        ("attachments", MemoryLayout<jf_mail>.offset(of: \.attachments)),
        ("attachment_count", MemoryLayout<jf_mail>.offset(of: \.attachment_count)),
      ]),
    Entry(
      name: "jf_mail_interface", size: MemoryLayout<jf_mail_interface>.size,
      members: [
        ("size", MemoryLayout<jf_mail_interface>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_mail_interface>.offset(of: \.reserved)),
        ("send", MemoryLayout<jf_mail_interface>.offset(of: \.send)),
      ]),
    Entry(
      name: "jf_records_interface", size: MemoryLayout<jf_records_interface>.size,
      members: [
        ("size", MemoryLayout<jf_records_interface>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_records_interface>.offset(of: \.reserved)),
        ("get", MemoryLayout<jf_records_interface>.offset(of: \.get)),
        ("query", MemoryLayout<jf_records_interface>.offset(of: \.query)),
        ("put", MemoryLayout<jf_records_interface>.offset(of: \.put)),
        ("remove", MemoryLayout<jf_records_interface>.offset(of: \.remove)),
      ]),
    Entry(
      name: "jf_blobs_interface", size: MemoryLayout<jf_blobs_interface>.size,
      members: [
        ("size", MemoryLayout<jf_blobs_interface>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_blobs_interface>.offset(of: \.reserved)),
        ("create", MemoryLayout<jf_blobs_interface>.offset(of: \.create)),
        ("append", MemoryLayout<jf_blobs_interface>.offset(of: \.append)),
        ("finish", MemoryLayout<jf_blobs_interface>.offset(of: \.finish)),
        ("look", MemoryLayout<jf_blobs_interface>.offset(of: \.look)),
        ("read", MemoryLayout<jf_blobs_interface>.offset(of: \.read)),
      ]),
    Entry(
      name: "jf_runs_interface", size: MemoryLayout<jf_runs_interface>.size,
      members: [
        ("size", MemoryLayout<jf_runs_interface>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_runs_interface>.offset(of: \.reserved)),
        ("start", MemoryLayout<jf_runs_interface>.offset(of: \.start)),
        ("cancel_delays", MemoryLayout<jf_runs_interface>.offset(of: \.cancel_delays)),
        ("leave", MemoryLayout<jf_runs_interface>.offset(of: \.leave)),
        ("stop", MemoryLayout<jf_runs_interface>.offset(of: \.stop)),
      ]),
    Entry(
      name: "jf_transport_host", size: MemoryLayout<jf_transport_host>.size,
      members: [
        ("size", MemoryLayout<jf_transport_host>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_transport_host>.offset(of: \.reserved)),
        ("impl", MemoryLayout<jf_transport_host>.offset(of: \.impl)),
        ("left", MemoryLayout<jf_transport_host>.offset(of: \.left)),
        ("answered", MemoryLayout<jf_transport_host>.offset(of: \.answered)),
      ]),
    Entry(
      name: "jf_transport_interface", size: MemoryLayout<jf_transport_interface>.size,
      members: [
        ("size", MemoryLayout<jf_transport_interface>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_transport_interface>.offset(of: \.reserved)),
        ("start", MemoryLayout<jf_transport_interface>.offset(of: \.start)),
        ("submit", MemoryLayout<jf_transport_interface>.offset(of: \.submit)),
        ("abort", MemoryLayout<jf_transport_interface>.offset(of: \.abort)),
        ("attach", MemoryLayout<jf_transport_interface>.offset(of: \.attach)),
      ]),
    Entry(
      name: "jf_listener_host", size: MemoryLayout<jf_listener_host>.size,
      members: [
        ("size", MemoryLayout<jf_listener_host>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_listener_host>.offset(of: \.reserved)),
        ("impl", MemoryLayout<jf_listener_host>.offset(of: \.impl)),
        ("incoming", MemoryLayout<jf_listener_host>.offset(of: \.incoming)),
      ]),
    Entry(
      name: "jf_listener_interface", size: MemoryLayout<jf_listener_interface>.size,
      members: [
        ("size", MemoryLayout<jf_listener_interface>.offset(of: \.size)),
        ("reserved", MemoryLayout<jf_listener_interface>.offset(of: \.reserved)),
        ("start", MemoryLayout<jf_listener_interface>.offset(of: \.start)),
        ("respond", MemoryLayout<jf_listener_interface>.offset(of: \.respond)),
        ("stop", MemoryLayout<jf_listener_interface>.offset(of: \.stop)),
      ]),
  ]
}
