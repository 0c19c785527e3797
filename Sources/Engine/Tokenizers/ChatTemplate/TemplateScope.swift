/// Variables visible to a part of a template: a loop's turn, a macro's call, a `with`.
final class TemplateScope {
  let parent: TemplateScope?
  private var variables: [String: TemplateRuntimeValue] = [:]

  init(parent: TemplateScope?) { self.parent = parent }

  func lookup(_ name: String) -> TemplateRuntimeValue? {
    var scope: TemplateScope? = self
    while let current = scope {
      if let value = current.variables[name] { return value }
      scope = current.parent
    }
    return nil
  }

  func set(_ name: String, _ value: TemplateRuntimeValue) { variables[name] = value }

  /// Macros hold their scope and a scope its macros: the circle is cut here.
  func clear() { variables = [:] }
}

/// The variable `loop` of a `for`.
final class TemplateLoop {
  let items: [TemplateRuntimeValue]
  var index0 = 0
  private var lastChanged: [TemplateRuntimeValue]?

  init(_ items: [TemplateRuntimeValue]) { self.items = items }

  func attribute(_ name: String) -> TemplateRuntimeValue? {
    switch name {
    case "index": .int(index0 + 1)
    case "index0": .int(index0)
    case "revindex": .int(items.count - index0)
    case "revindex0": .int(items.count - index0 - 1)
    case "first": .bool(index0 == 0)
    case "last": .bool(index0 == items.count - 1)
    case "length": .int(items.count)
    case "previtem": index0 > 0 ? items[index0 - 1] : .undefined("there is no previous item")
    case "nextitem":
      index0 + 1 < items.count ? items[index0 + 1] : .undefined("there is no next item")
    // Of recursive loops, which are not supported.
    case "depth": .int(1)
    case "depth0": .int(0)
    default: nil
    }
  }

  static let methods: Set<String> = ["cycle", "changed"]

  /// True when `values` differ from those of the turn before.
  func hasChanged(
    _ values: [TemplateRuntimeValue], in interpreter: TemplateInterpreter
  ) throws(ChatTemplateError) -> Bool {
    defer { lastChanged = values }
    guard let lastChanged, lastChanged.count == values.count else { return true }
    for (a, b) in zip(lastChanged, values) where try !interpreter.isEqual(a, b) { return true }
    return false
  }
}
