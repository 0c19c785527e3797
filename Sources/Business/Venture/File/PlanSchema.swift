import Foundation

extension Plan {
  /// Name of the schema's file beside the plan, as the example's first line says.
  package static let schemaName = "venture.schema.json"

  /// JSON Schema (draft 2020-12) of the file, for editors.
  package static func schema() -> String {
    var root = PlanField.Kind.mapping(PlanFields.root).schema
    root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    root["title"] = "Breakeven plan"
    let options: JSONSerialization.WritingOptions = [
      .prettyPrinted, .sortedKeys, .withoutEscapingSlashes,
    ]
    guard let data = try? JSONSerialization.data(withJSONObject: root, options: options) else {
      preconditionFailure("the schema is made of texts, numbers, lists and mappings")
    }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}

extension PlanField {
  fileprivate var schema: [String: Any] {
    var schema = kind.schema
    schema["description"] = about
    return schema
  }
}

extension PlanField.Kind {
  /// YAML reads `30` as a number and `30 ¥` as a text; a quantity is either.
  private static var value: [String: Any] { ["type": ["string", "number", "null"]] }

  var schema: [String: Any] {
    switch self {
    case .text: return ["type": ["string", "number", "boolean", "null"]]
    case .texts:
      return ["anyOf": [Self.text.schema, ["type": "array", "items": Self.text.schema]]]
    case .flag: return ["type": "boolean"]
    case .date: return ["type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"]
    case .month: return ["type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"]
    case .integer(let range):
      return ["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound]
    case .number(let range):
      return [
        "anyOf": [
          ["type": "number", "minimum": range.lowerBound, "maximum": range.upperBound],
          ["type": "string", "pattern": "^-?[0-9.]+ *%$"],
        ]
      ]
    case .choice(let names): return ["enum": names]
    case .quantity, .any: return isQuantity ? Self.value : [:]
    case .mapping(let fields): return Self.object(fields)
    case .textOr(let fields): return ["anyOf": [Self.text.schema, Self.object(fields)]]
    case .list(let fields): return ["type": ["array", "null"], "items": Self.object(fields)]
    case .open(let kind):
      return ["type": ["object", "null"], "additionalProperties": kind.schema]
    case .elements(let kind): return ["type": "array", "items": kind.schema]
    }
  }

  private var isQuantity: Bool { if case .quantity = self { true } else { false } }

  private static func object(_ fields: [PlanField]) -> [String: Any] {
    var schema: [String: Any] = [
      "type": ["object", "null"], "additionalProperties": false,
      "properties": Dictionary(
        fields.map { ($0.name, $0.schema as Any) }, uniquingKeysWith: { first, _ in first }),
    ]
    let required = fields.filter(\.isRequired).map(\.name)
    if !required.isEmpty { schema["required"] = required }
    return schema
  }

  /// Patterns of the fields that may be a text instead of a mapping.
  func textPatterns(at path: String) -> [String] {
    func below(_ fields: [PlanField], _ path: String) -> [String] {
      fields.flatMap { $0.kind.textPatterns(at: path.isEmpty ? $0.name : "\(path).\($0.name)") }
    }
    switch self {
    case .textOr(let fields): return [path] + below(fields, path)
    case .mapping(let fields): return below(fields, path)
    case .list(let fields): return below(fields, path + "[]")
    case .open(let kind): return kind.textPatterns(at: path + ".*")
    default: return []
    }
  }

  /// Patterns of all fields below, as `PlanProblems.asked` names them; `exact` false: what is below is
  /// of a form of its own.
  func patterns(at path: String) -> [(pattern: String, isExact: Bool)] {
    func below(_ fields: [PlanField], _ path: String) -> [(pattern: String, isExact: Bool)] {
      fields.flatMap { field in
        field.kind.patterns(at: path.isEmpty ? field.name : "\(path).\(field.name)")
      }
    }
    switch self {
    case .mapping(let fields), .textOr(let fields): return [(path, true)] + below(fields, path)
    case .list(let fields): return [(path, true)] + below(fields, path + "[]")
    case .open(let kind): return [(path, true)] + kind.patterns(at: path + ".*")
    case .any: return [(path, false)]
    default: return [(path, true)]
    }
  }
}
