import Foundation

@testable import Tokenizers

/// What `scripts/fixtures/chat_templates.py` wrote.
enum ChatTemplateFixture {
  static func text(_ name: String) throws -> String {
    let folder = Bundle.module.resourceURL!.appendingPathComponent("Fixtures/ChatTemplates")
    return try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  static func json(_ name: String) throws -> TemplateValue { try TemplateValue(json: text(name)) }

  /// The time the fixtures were rendered at.
  static let now = TemplateDate(year: 2025, month: 3, day: 7, hour: 9, minute: 5, second: 3)

  static let models = [
    "smollm2", "qwen2.5", "qwen3", "llama3.1", "llama3.2", "gemma2", "gemma3", "deepseek-v3",
    "deepseek-r1", "mistral", "schema",
  ]

  /// `["text", …]`, `["raised", message]` or `["fails"]`, as in the fixtures.
  static func outcome(_ body: () throws -> String) throws -> TemplateValue {
    do {
      return ["text", .string(try body())]
    } catch let error as ChatTemplateError {
      return error.code == .raised ? ["raised", .string(error.message)] : ["fails"]
    }
  }

  static func render(
    _ source: String, _ variables: [String: TemplateValue] = [:],
    limits: ChatTemplate.Limits = .default
  ) throws -> String {
    try ChatTemplate(source).render(variables: variables, now: { now }, limits: limits)
  }
}
