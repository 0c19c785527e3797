/// Walks a template's tree and writes its text.
///
/// One interpreter serves one rendering. Every expression, statement and loop turn costs a
/// step, and every operation that makes or walks text or lists costs steps in proportion
/// (`charge`), before it does so.
final class TemplateInterpreter {
  let limits: ChatTemplate.Limits
  let now: () -> TemplateDate
  private var steps = 0
  private var depth = 0
  /// The line of what was evaluated last: where an error is.
  private(set) var line = 1
  /// The text so far; inner ones belong to macros and block assignments being rendered.
  private var outputs: [String] = [""]
  /// What could hold itself, cut apart at the end.
  private var scopes: [TemplateScope] = []
  private var namespaces: [TemplateNamespace] = []

  init(limits: ChatTemplate.Limits, now: @escaping () -> TemplateDate) {
    self.limits = limits
    self.now = now
  }

  deinit {
    for scope in scopes { scope.clear() }
    for namespace in namespaces { namespace.attributes = [:] }
  }

  func render(
    _ nodes: [TemplateNode], variables: [String: TemplateValue]
  ) throws(ChatTemplateError) -> String {
    do throws(ChatTemplateError) {
      let root = TemplateScope(parent: nil)
      track(root)
      for (name, value) in variables { root.set(name, try runtimeValue(value)) }
      _ = try execute(nodes, in: TemplateScope(parent: root))
      return outputs[0]
    } catch {
      var located = error
      if located.line == nil { located.line = line }
      throw located
    }
  }

  // MARK: Bounds

  func charge(_ cost: Int = 1) throws(ChatTemplateError) {
    steps += cost
    guard steps <= limits.maximumSteps else {
      throw ChatTemplateError(
        .limit, "the template takes more than \(limits.maximumSteps) steps")
    }
  }

  /// Charges for text of `bytes` that is about to be made or walked.
  func charge(bytes: Int) throws(ChatTemplateError) {
    guard bytes <= limits.maximumStringBytes else {
      throw ChatTemplateError(
        .limit, "a string would be longer than \(limits.maximumStringBytes) bytes")
    }
    try charge(1 + bytes / 64)
  }

  /// Charges for a search through `bytes`, which costs more a byte than copying them.
  func charge(searching bytes: Int) throws(ChatTemplateError) { try charge(1 + bytes / 16) }

  /// Charges for hashing a key.
  func charge(key: TemplateRuntimeValue) throws(ChatTemplateError) {
    if case .string(let text) = key { try charge(bytes: text.utf8.count) }
  }

  func enter(line: Int) throws(ChatTemplateError) {
    self.line = line
    depth += 1
    guard depth <= limits.maximumDepth else {
      throw ChatTemplateError(
        .limit, "blocks, operators or macro calls are nested deeper than \(limits.maximumDepth)")
    }
    try charge()
  }

  func leave() { depth -= 1 }

  func track(_ scope: TemplateScope) { scopes.append(scope) }

  func makeNamespace() -> TemplateNamespace {
    let namespace = TemplateNamespace()
    namespaces.append(namespace)
    return namespace
  }

  // MARK: Output

  func write(_ text: String) throws(ChatTemplateError) {
    let size = outputs[outputs.count - 1].utf8.count + text.utf8.count
    guard size <= limits.maximumOutputBytes else {
      throw ChatTemplateError(
        .limit, "the output would be longer than \(limits.maximumOutputBytes) bytes")
    }
    try charge(1 + text.utf8.count / 64)
    outputs[outputs.count - 1] += text
  }

  /// What `body` writes, as a string.
  func capture(
    _ nodes: [TemplateNode], in scope: TemplateScope
  ) throws(ChatTemplateError) -> String {
    outputs.append("")
    _ = try execute(nodes, in: scope)
    return outputs.removeLast()
  }

  // MARK: Values from outside

  func runtimeValue(
    _ value: TemplateValue, depth: Int = 0
  ) throws(ChatTemplateError) -> TemplateRuntimeValue {
    guard depth <= TemplateRuntimeValue.maximumDepth else {
      throw ChatTemplateError(
        .limit, "a message or tool is nested deeper than \(TemplateRuntimeValue.maximumDepth)")
    }
    switch value {
    case .undefined: return .undefined("the value is undefined")
    case .none: return .null
    case .bool(let value): return .bool(value)
    case .int(let value): return .int(value)
    case .double(let value): return .double(value)
    case .string(let text): return .string(text)
    case .array(let items):
      try charge(items.count)
      var list: [TemplateRuntimeValue] = []
      list.reserveCapacity(items.count)
      for item in items { list.append(try runtimeValue(item, depth: depth + 1)) }
      return try .list(list)
    case .object(let object):
      try charge(object.count)
      var pairs: [(TemplateRuntimeValue, TemplateRuntimeValue)] = []
      pairs.reserveCapacity(object.count)
      for (key, item) in zip(object.keys, object.values) {
        try charge(bytes: key.utf8.count)
        pairs.append((.string(key), try runtimeValue(item, depth: depth + 1)))
      }
      return try .dictionary(pairs)
    }
  }
}
