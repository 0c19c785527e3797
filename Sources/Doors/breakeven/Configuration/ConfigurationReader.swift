import Foundation
import Ledger
import Yams

/// Reads one mapping of a YAML file strictly: every key must be known, every value of its type, and
/// each error names file, line and key. `BREAKEVEN_<KEY PATH>` in the environment wins over the file.
final class ConfigurationReader {
  private let file: String
  private let path: String
  private let mapping: Node.Mapping?
  private let environment: [String: String]
  private var known: [String] = []

  init(file: String, text: String, environment: [String: String]) throws {
    self.file = file
    self.path = ""
    self.environment = environment
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      throw CommandError("\(file): not valid YAML: \(error)")
    }
    guard let node, node != Node("", Tag(.null)) else {
      mapping = nil
      return
    }
    guard let mapping = node.mapping else {
      throw CommandError("\(file): the file must be a mapping of keys to values")
    }
    self.mapping = mapping
  }

  private init(parent: ConfigurationReader, key: String, mapping: Node.Mapping?) {
    file = parent.file
    path = parent.path + key + "."
    environment = parent.environment
    self.mapping = mapping
  }

  func section(_ key: String) throws -> ConfigurationReader {
    known.append(key)
    guard let node = mapping?[Node(key)], !node.isNull else {
      return ConfigurationReader(parent: self, key: key, mapping: nil)
    }
    guard let inner = node.mapping else {
      throw refusal(key, node, "must hold keys, such as '\(key):\\n  name: value'")
    }
    return ConfigurationReader(parent: self, key: key, mapping: inner)
  }

  func text(_ key: String) throws -> String? {
    known.append(key)
    let variable = "BREAKEVEN_" + (path + key).uppercased().replacingOccurrences(of: ".", with: "_")
    if let value = environment[variable] { return value }
    guard let node = mapping?[Node(key)], !node.isNull else { return nil }
    guard let scalar = node.scalar else { throw refusal(key, node, "must be a single value") }
    return scalar.string
  }

  func text(_ key: String, default value: String) throws -> String { try text(key) ?? value }

  func integer(_ key: String, default value: Int, in range: ClosedRange<Int>) throws -> Int {
    guard let text = try text(key) else { return value }
    guard let number = Int(text), range.contains(number) else {
      throw refusal(
        key, mapping?[Node(key)],
        "is '\(text)' but must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func boolean(_ key: String, default value: Bool) throws -> Bool {
    guard let text = try text(key) else { return value }
    switch text.lowercased() {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: throw refusal(key, mapping?[Node(key)], "is '\(text)' but must be true or false")
    }
  }

  func money(_ key: String, _ currency: Currency, default value: String) throws -> Money {
    let text = try text(key) ?? value
    do {
      return try Money(parsing: text, currency, field: path + key)
    } catch {
      throw refusal(key, mapping?[Node(key)], "is '\(text)' but must be an amount such as 0.15")
    }
  }

  func currency(_ key: String, default value: Currency) throws -> Currency {
    guard let text = try text(key) else { return value }
    do {
      return try Currency(text)
    } catch {
      throw refusal(key, mapping?[Node(key)], "is wrong: \(error)")
    }
  }

  /// Every key with its scalar text, for tables whose keys are the owner's.
  func entries() throws -> [(key: String, value: String)] {
    try (mapping ?? [:]).map { key, node in
      guard let name = key.scalar?.string, let value = node.scalar?.string else {
        throw CommandError("\(file): \(path.dropLast()) must hold 'NAME: value' lines")
      }
      known.append(name)
      return (name, value)
    }
  }

  /// Call when all keys were read: what is left is a mistake.
  func finish() throws {
    for (key, _) in mapping ?? [:] {
      let name = key.scalar?.string ?? "?"
      guard !known.contains(name) else { continue }
      let nearest = known.min { distance($0, name) < distance($1, name) }
      let hint =
        nearest.map { distance($0, name) <= 3 ? "; did you mean '\(path)\($0)'?" : "" } ?? ""
      let line = key.mark.map { ":\($0.line)" } ?? ""
      throw CommandError(
        "\(file)\(line): unknown key '\(path)\(name)'\(hint) (known here: \(known.sorted().joined(separator: ", ")))"
      )
    }
  }

  func refusal(_ key: String, _ node: Node?, _ problem: String) -> CommandError {
    let line = node?.mark.map { ":\($0.line)" } ?? ""
    return CommandError("\(file)\(line): '\(path)\(key)' \(problem)")
  }

  /// Edit distance (Levenshtein).
  private func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left), right = Array(right)
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let next = min(row[j] + 1, row[j + 1] + 1, diagonal + (a == b ? 0 : 1))
        diagonal = row[j + 1]
        row[j + 1] = next
      }
    }
    return row[right.count]
  }
}

extension Node {
  fileprivate var isNull: Bool {
    self.null != nil || scalar?.string == "" && scalar?.style == .plain
  }
}
